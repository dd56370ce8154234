/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hands data streams, in order, to the dissectors that Wireshark has for their ports. */
#ifndef WIRESHARK_REASSEMBLY_H
#define WIRESHARK_REASSEMBLY_H

#include <epan/packet.h>

#include "wireshark/packet_facts.h"

struct reassembly;

void reassembly_register(int protocol);

/* Frees what the memory of the file does not hold; NULL is allowed. */
void reassembly_close(struct reassembly *state);

/* Dissects what left the queue of a stream with this packet, whose TCP segment is the tvbuff. */
void reassembly_dissect(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                        struct packet_facts *facts);

#endif
