/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A tree of statistics: packets and octets by connection, subflow and sender. */
#ifndef WIRESHARK_STATS_TREE_H
#define WIRESHARK_STATS_TREE_H

void stats_tree_register_all(void);

#endif
