/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which packet carried which octets of a data stream first: for the frame numbers beside
 * reinjections. That there is one, and how much, is what the tracker says.
 */
#ifndef WIRESHARK_CARRIERS_H
#define WIRESHARK_CARRIERS_H

#include "wireshark/packet_facts.h"

/* A new file. */
void carriers_open(void);

/* Notes what a packet carries, or finds who carried it before. */
void carriers_take(struct packet_facts *facts);

#endif
