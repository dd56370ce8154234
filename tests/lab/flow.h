/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How far each TCP flow has come, as a middlebox with a little memory knows it: enough to tell the
 * third packet of a handshake from what follows, and how much payload went by.
 */
#ifndef LAB_FLOW_H
#define LAB_FLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "dissector/dissector.h"

/* Directions and sides share their numbers: what a side sends goes in the direction of its name. */
enum direction { C2S, S2C };
enum { SIDES = 2 };

/* What a segment is within its flow: a set, because a segment may be two of these. */
enum {
    STAGE_SYN = 0x01,
    STAGE_SYN_ACK = 0x02,
    STAGE_THIRD_ACK = 0x04, /* the opener's first segment after its SYN */
    STAGE_LATER = 0x08,
    STAGE_DATA = 0x10, /* has payload; set beside one of the others */
    STAGE_ANY = 0x1f,
};

struct flow {
    struct mpta_address address[SIDES]; /* as the client's side of the path sees them */
    uint16_t port[SIDES];
    enum direction opener;
    bool third_ack_seen;
    uint64_t payload_octets; /* both directions */
    struct flow *next;
};

enum { FLOW_BUCKETS = 256 };

struct flow_table {
    struct flow *buckets[FLOW_BUCKETS];
};

/*
 * Notes a segment, sets *stages to what it is, and returns its flow, whose payload_octets do not
 * count the segment itself yet. NULL without memory. The table owns the flow.
 */
struct flow *flow_note(struct flow_table *table, const struct mpta_segment *segment,
                       enum direction direction, unsigned *stages);

void flow_table_free(struct flow_table *table);

#endif
