/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keeps Wireshark's TCP from dissecting payload that is taken, and hears which dissector others
 * have chosen for a connection.
 */
#ifndef WIRESHARK_SINK_H
#define WIRESHARK_SINK_H

#include <epan/conversation.h>
#include <epan/packet.h>

#include "wireshark/streams.h"

void sink_register(int protocol);

/*
 * The packet that is dissected from now on; NULL: none, or its payload goes to dissectors. Returns
 * what it was before.
 */
const struct packet_facts *sink_watch(const struct packet_facts *facts);

/* Puts the sink into the conversation of a packet, where there is one by now. */
void sink_install(packet_info *pinfo, const struct packet_facts *facts);

/*
 * Which dissector others want for a connection from this packet on; NULL: by its ports. Those that
 * they left in the conversation of the initial subflow give way to the sink again.
 */
dissector_handle_t sink_application(const packet_info *pinfo, const struct stream_pair *pair);
void sink_restore(const packet_info *pinfo, struct stream_pair *pair);

/* The conversation of the initial subflow; NULL if Wireshark has none. */
conversation_t *sink_conversation(const packet_info *pinfo, const struct stream_pair *pair);

#endif
