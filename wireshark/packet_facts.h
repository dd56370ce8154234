/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the tracker said of a packet when it was fed, kept as long as the file is open: Wireshark
 * dissects packets again in any order, and the tracker is fed each but once.
 */
#ifndef WIRESHARK_PACKET_FACTS_H
#define WIRESHARK_PACKET_FACTS_H

#include <epan/packet.h>

#include "analyzer/analyzer.h"

struct delivery;

struct packet_facts {
    uint32_t frame;
    uint8_t layer; /* which of the frame's layers is TCP */
    struct mpta_fed fed;
    uint32_t address_first;  /* index of the first address event that it brought, */
    uint32_t address_count;  /* and how many */
    uint32_t reinjection_of; /* the frame that carried its data before, on another subflow; or 0 */
    uint32_t reinjected_in;  /* ... and the one that carried it again */
    bool taken;              /* its payload is dissected as part of the data stream */
    struct delivery *deliveries; /* what left the stream's queue with it; or NULL */
};

/* Keeps them, which are in the memory of the file, with the frame and the layer at hand. */
void packet_facts_keep(packet_info *pinfo, struct packet_facts *facts);

/* Those of the layer at hand; NULL where there are none. */
struct packet_facts *packet_facts_find(packet_info *pinfo);

/* Those of the outermost layer of a frame that has some; NULL where none has. */
struct packet_facts *packet_facts_of_frame(packet_info *pinfo);

#endif
