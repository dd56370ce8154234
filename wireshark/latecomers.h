/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packets of joins that had no connection yet when they were fed, because its key came later: once
 * all has been read, they are given the one that they turned out to belong to.
 */
#ifndef WIRESHARK_LATECOMERS_H
#define WIRESHARK_LATECOMERS_H

#include "wireshark/packet_facts.h"

void latecomers_open(void);
void latecomers_close(void);

/* Notes a packet, if it is one. */
void latecomers_add(struct packet_facts *facts, const struct mpta_packet *packet);

/* All has been fed, and the tracker has drawn its conclusions. */
void latecomers_settle(void);

#endif
