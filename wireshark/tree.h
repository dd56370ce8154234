/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The protocol tree `mptcpa` of a packet. */
#ifndef WIRESHARK_TREE_H
#define WIRESHARK_TREE_H

#include <epan/packet.h>

#include "wireshark/packet_facts.h"

void tree_register(int protocol);

/* The last item of a tree, which may be NULL; to be asked before TCP is dissected. */
proto_item *tree_end(const proto_tree *tree);

/*
 * Shows what is known of a packet, whose TCP segment is the tvbuff, below the item of TCP: that is
 * the first one after `before`.
 */
void tree_show(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, proto_item *before,
               const struct packet_facts *facts);

#endif
