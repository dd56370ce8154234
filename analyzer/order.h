/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which of two packets of a sender on one subflow was sent after the other? Packets overtake each
 * other, so the order of the capture does not tell; but two numbers of a host never go back, what
 * it acknowledges and its timestamps.
 */
#ifndef ANALYZER_ORDER_H
#define ANALYZER_ORDER_H

#include "analyzer/options.h"
#include "analyzer/seq.h"

/* What a packet says of its own time. */
struct order_stamp {
    bool has_ack;
    uint32_t ack;
    struct timestamps timestamps;
};

static inline struct order_stamp order_stamp_of(const struct mpta_segment *segment,
                                                const struct options *options)
{
    return (struct order_stamp){
        .has_ack = segment->flags & MPTA_TCP_ACK,
        .ack = segment->ack,
        .timestamps = options->timestamps,
    };
}

/* It is proven that `a` was sent after `b`. */
static inline bool order_is_after(const struct order_stamp *a, const struct order_stamp *b)
{
    return (a->has_ack && b->has_ack && seq_is_after(a->ack, b->ack)) ||
           (a->timestamps.present && b->timestamps.present &&
            seq_is_after(a->timestamps.value, b->timestamps.value));
}

#endif
