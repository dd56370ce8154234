/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One open file or capture: its tracker, which is fed each TCP segment once, in the order of the
 * file, and draws its last conclusions when Wireshark has read all.
 */
#ifndef WIRESHARK_SESSION_H
#define WIRESHARK_SESSION_H

#include <epan/packet.h>

#include "wireshark/packet_facts.h"

void session_register(void);

/*
 * Feeds a TCP segment on the first pass; `ip` as for segment_make. NULL where the tracker has
 * nothing to say of it.
 */
struct packet_facts *session_feed(tvbuff_t *tvb, packet_info *pinfo, void *ip);

/* The tracker; NULL where there is no memory for one. */
const struct mpta_tracker *session_tracker(void);

/* All packets have been fed, and the conclusions drawn. */
bool session_finished(void);

/* How many connections there are so far. */
uint32_t session_connection_count(void);

/* How the checksum was judged whose mapping this packet brought; NULL while it is not. */
const struct mpta_judgement *session_judgement(uint64_t packet);

/* The packet that a connection began with. */
uint64_t session_first_packet(uint32_t connection);

#endif
