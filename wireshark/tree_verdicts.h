/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verdicts on what a packet carries: HMACs and checksums. */
#ifndef WIRESHARK_TREE_VERDICTS_H
#define WIRESHARK_TREE_VERDICTS_H

#include <epan/packet.h>

#include "wireshark/packet_facts.h"

void tree_verdicts_register(int protocol);
void tree_verdicts_show(tvbuff_t *tvb, proto_tree *tree, const struct packet_facts *facts);

#endif
