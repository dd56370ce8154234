/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Holes in a data stream for which its receiver waits: octets that it lacks while some behind them
 * were sent. What it lacks is its own word: the DATA_ACK stays at the hole. So a hole that only the
 * capture has is none.
 */
#include "analyzer/amount.h"
#include "analyzer/data.h"
#include "analyzer/elapsed.h"
#include "analyzer/part.h"

/* So long a hole stalls delivery to be worth a finding. */
#define HOLE_NS INT64_C(2000000000)

/* The first octets that were neither seen nor acknowledged, below some that were seen. */
static bool first_hole(const struct stream *stream, struct range *hole)
{
    uint64_t from = rangeset_ranges(&stream->seen)[0].begin;
    if (stream->acked_known && stream->acked > from)
        from = stream->acked;
    return rangeset_next_gap(&stream->seen, &from, stream_data_end(stream), hole);
}

bool hole_take_change(struct incoming *in, bool waiting)
{
    struct watch *watch = sender_watch(in);
    struct range range;
    if (!waiting) {
        if (watch->hole)
            watch->hole->now.behind.subflow = NULL;
        return true;
    }
    if ((watch->hole && watch->hole->now.behind.subflow) || !first_hole(sender_stream(in), &range))
        return true;
    watch->hole = part_make(watch->hole, sizeof(*watch->hole));
    if (!watch->hole)
        return false;
    watch->hole->now =
        (struct hole){.behind = remember(in), .begin = range.begin, .end = range.end};
    return true;
}

void hole_take_ack(struct incoming *in, struct hole_watch *watch)
{
    const struct stream *stream = &in->subflow->connection->streams[receiver_side(in)];
    if (stream->acked < watch->now.begin)
        return;
    struct hole *now = &watch->now;
    if (stream->acked > now->begin) { /* it has come, be it captured or not */
        now->behind.subflow = NULL;
        return;
    }
    now->waited_ns = elapsed_ns(now->behind.at.time_ns, in->packet->place.time_ns);
    if (now->waited_ns > watch->longest.waited_ns)
        watch->longest = *now;
}

bool hole_conclude(struct connection *connection, enum mpta_side side)
{
    const struct hole_watch *watch = connection->watches[side].hole;
    if (!watch)
        return true;
    const struct hole *hole = &watch->longest;
    const struct occurrence stall = occurrence_remembered(FINDING_DATA_HOLE, &hole->behind);
    return hole->waited_ns < HOLE_NS ||
           finding_add(&connection->findings, &stall,
                       "the %s waited %.1f s or more for %s of the %s at offset %llu, while "
                       "what follows them had been sent (more than %.0f s)",
                       side_word(side_other(side)), (double)hole->waited_ns / 1e9,
                       amount_of(hole->end - hole->begin, "byte").text, side_word(side),
                       (unsigned long long)data_offset(&connection->streams[side], hole->begin),
                       (double)HOLE_NS / 1e9);
}
