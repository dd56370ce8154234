/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a receiver says that keeps data from going on, packet by packet: a window of nothing, which
 * is one for the connection (RFC 8684 section 3.3.4), and a DATA_ACK that stays where it was while
 * the same packets acknowledge on TCP's level. Only packets that say so are counted.
 */
#include "analyzer/data.h"
#include "analyzer/elapsed.h"
#include "analyzer/part.h"

/* It says so for so long, and in so many packets, to be worth a finding. */
#define STALL_NS      INT64_C(10000000000)
#define STALL_PACKETS 4

static bool go_on(struct stalls **stalls, const struct incoming *in)
{
    *stalls = part_make(*stalls, sizeof(**stalls));
    if (!*stalls)
        return false;
    struct stall *now = &(*stalls)->now, *longest = &(*stalls)->longest;
    if (!now->by.subflow)
        *now = (struct stall){.by = remember(in)};
    now->packets++;
    now->bare += !options_find(in->options, MPTA_DSS);
    now->lasted_ns = elapsed_ns(now->by.at.time_ns, in->packet->place.time_ns);
    if (now->lasted_ns > longest->lasted_ns)
        *longest = *now;
    return true;
}

/* It does not say so any more. */
static void stop(struct stalls *stalls)
{
    if (stalls)
        stalls->now.by.subflow = NULL;
}

/* All that the peer of this packet's sender had to send has arrived. */
static bool is_done(const struct incoming *in)
{
    const struct stream *stream = &in->subflow->connection->streams[receiver_side(in)];
    const struct half *half = receiver_half(in);
    return (stream->fin && stream->acked_known && stream->acked > stream->fin_at) ||
           (half->fin && half->acked >= half->fin_end);
}

bool stall_take_shut(const struct incoming *in)
{
    struct stall_watch *watch = &receiver_watch(in)->stall;
    if (in->segment->flags & (MPTA_TCP_SYN | MPTA_TCP_RST))
        return true;
    if (in->segment->window == 0 && !is_done(in))
        return go_on(&watch->shut, in);
    stop(watch->shut);
    return true;
}

bool stall_take_ack(const struct incoming *in)
{
    struct stall_watch *watch = &receiver_watch(in)->stall;
    const struct stream *stream = &in->subflow->connection->streams[receiver_side(in)];
    bool waits = stream->acked_known && stream->acked < stream_data_end(stream);
    bool moved = !waits || stream->acked != watch->data_ack || in->options->cut;
    watch->data_ack = stream->acked;
    if (!moved)
        return go_on(&watch->unmoved, in);
    stop(watch->unmoved);
    return true;
}

static bool is_worth_telling(const struct stall *stall)
{
    return stall->lasted_ns >= STALL_NS && stall->packets >= STALL_PACKETS;
}

static bool conclude_shut(struct connection *connection, enum mpta_side side)
{
    const struct stalls *stalls = connection->watches[side].stall.shut;
    if (!stalls)
        return true;
    const struct stall *shut = &stalls->longest;
    struct occurrence closed = occurrence_remembered(FINDING_WINDOW_CLOSED, &shut->by);
    return !is_worth_telling(shut) ||
           finding_add(&connection->findings, &closed,
                       "the window of the %s was closed for %.1f s (more than %.0f s), as %llu "
                       "packets say: the %s had to wait",
                       side_word(side_other(side)), (double)shut->lasted_ns / 1e9,
                       (double)STALL_NS / 1e9, (unsigned long long)shut->packets, side_word(side));
}

/* After a fallback there are no DATA_ACKs. */
static bool conclude_unmoved(struct connection *connection, enum mpta_side side)
{
    const struct stalls *stalls = connection->watches[side].stall.unmoved;
    if (!stalls)
        return true;
    const struct stall *unmoved = &stalls->longest;
    struct occurrence stuck = occurrence_remembered(FINDING_DATA_ACK_STUCK, &unmoved->by);
    struct mpta_place at;
    enum mpta_side by;
    if (!is_worth_telling(unmoved) ||
        fallback_cause(&connection->awake->fallback, &at, &by) != MPTA_FALLBACK_NONE)
        return true;
    return finding_add(&connection->findings, &stuck,
                       "for %.1f s (more than %.0f s) TCP acknowledged data of the %s in %llu "
                       "packets, %llu of them without DSS, and the DATA_ACK of the %s stood still",
                       (double)unmoved->lasted_ns / 1e9, (double)STALL_NS / 1e9, side_word(side),
                       (unsigned long long)unmoved->packets, (unsigned long long)unmoved->bare,
                       side_word(side_other(side)));
}

bool stall_conclude(struct connection *connection, enum mpta_side side)
{
    return conclude_shut(connection, side) && conclude_unmoved(connection, side);
}
