/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The data streams of all connections, as the tracker hands them on, put in order; and whether the
 * payload of a packet is left to Wireshark as it comes, or taken as part of its stream.
 */
#ifndef WIRESHARK_STREAMS_H
#define WIRESHARK_STREAMS_H

#include "wireshark/packet_facts.h"
#include "wireshark/stream_queue.h"

struct reassembly;

/* Up to where a stream is placed, and where on a subflow that was: there it goes on after a
 * fallback. */
struct stream_front {
    bool known;
    uint32_t subflow;
    uint32_t seq;
    uint64_t offset;
};

/* A connection, as Wireshark sees its stream. */
struct stream_pair {
    address addresses[2]; /* of the initial subflow, by side, in the memory of the file */
    uint32_t ports[2];
    bool taken; /* payload is part of the stream */
    bool left;  /* payload is Wireshark's own business, for good */
    struct stream_queue queues[2];
    struct stream_front fronts[2];
    struct packet_facts *last[2];     /* with payload */
    struct reassembly *reassembly[2]; /* see reassembly.c */
    wmem_array_t *applications;       /* the same */
    wmem_array_t *ordinals;           /* of its subflows among all of the file */
    uint64_t sinks;                   /* of which subflows conversations are watched, by id */
};

void streams_open(void);
void streams_close(void);

/* The tracker hands on octets, while this segment is fed to it. */
void streams_deliver(const struct mpta_octets *octets, const struct mpta_segment *segment);

/* The segment has been fed: notes what leaves with it, and whether its payload is taken. */
void streams_take(struct packet_facts *facts, const struct mpta_segment *segment, int64_t now_ns);

/* All has been fed: what still waits leaves with the last packet of its direction. */
void streams_finish(void);

/* A subflow is there that no packet was seen of so far. */
void streams_note_subflow(uint32_t connection, uint32_t subflow);

/* The number of a subflow among all of the file that a packet was seen of, from 0. */
uint32_t streams_ordinal(const struct stream_pair *pair, uint32_t subflow);

/* NULL where there is none. */
struct stream_pair *streams_of(uint32_t connection);

#endif
