/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Findings as Wireshark's expert items: one kind of item for each row of the catalogue. */
#ifndef WIRESHARK_EXPERT_H
#define WIRESHARK_EXPERT_H

#include <epan/packet.h>

#include "wireshark/packet_facts.h"

void expert_register(int protocol);

/* Adds the findings that this packet is a witness of. */
void expert_show(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                 const struct packet_facts *facts);

#endif
