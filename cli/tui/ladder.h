/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The packets of a connection as rungs of a ladder: each packet that means something is one, and a
 * run of data on one subflow is one together with the acknowledgements between. Of packets that
 * have given way only those are left that mean something. It knows packets, no screen.
 */
#ifndef CLI_TUI_LADDER_H
#define CLI_TUI_LADDER_H

#include "cli/tui/packet_store.h"

enum rung_kind {
    RUNG_EVENT, /* a packet with more than data and acknowledgements */
    RUNG_DATA,
    RUNG_AGAIN, /* data that was reinjected or retransmitted */
    RUNG_ACK,
};

/* Whether the data was sent before. */
enum rung_repeat {
    REPEAT_NONE,
    REPEAT_AGAIN,      /* by this subflow, under the same sequence numbers or others */
    REPEAT_REINJECTED, /* by another one */
};

struct rung {
    enum rung_kind kind;
    uint32_t subflow;
    enum mpta_side by;
    uint64_t first; /* serial numbers of packets */
    uint64_t last;
    uint64_t packets; /* with data, or all where there is none */
    uint64_t bytes;   /* of payload */
    enum rung_repeat repeat;
    bool placed; /* in the stream: */
    int64_t begin;
    int64_t end;
    uint64_t placed_bytes; /* sent of that; fewer where the run has gaps */
    bool acked;
    int64_t data_ack;
};

/* How packets are put together. */
struct ladder_shape {
    uint32_t connection;
    bool single; /* a rung for each packet */
    bool events; /* only rungs that are events */
};

/* All zero is a ladder without rungs. */
struct ladder {
    struct ladder_shape shape;
    bool made;
    struct rung *rungs;
    size_t begin; /* of those that are not forgotten, */
    size_t full;  /* and of those before which packets have given way */
    size_t end;
    size_t capacity;
    struct rung open; /* the newest one, which may still grow */
    bool has_open;
    uint64_t next;   /* serial number of the next packet to look at, or PACKET_NONE */
    uint64_t newest; /* of the last one that was looked at */
};

/* Takes in what came since, or everything where the shape is another one. False if memory is
 * short. */
bool ladder_update(struct ladder *ladder, const struct packet_store *store,
                   const struct ladder_shape *shape);

size_t ladder_count(const struct ladder *ladder);
const struct rung *ladder_rung(const struct ladder *ladder, size_t index);

/* The index of the rung that has a packet, or of the next one. */
size_t ladder_find(const struct ladder *ladder, uint64_t serial);

void ladder_free(struct ladder *ladder);

#endif
