/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which subflow gets on and which does not, packet by packet. A dead path shows where it is one of
 * several: what was sent over it is sent again and not acknowledged, while others carry on.
 */
#include "analyzer/amount.h"
#include "analyzer/data.h"
#include "analyzer/elapsed.h"

/* A subflow that makes no progress for so long is stale, and for so many of its round trips. */
#define STALE_NS    INT64_C(2000000000)
#define STALE_TRIPS 3

static struct progress_watch *watch_of(const struct subflow *subflow, enum role role)
{
    return &subflow->connection->watches[subflow_side(subflow, role)].progress;
}

/* How long octets had been waiting when some other subflow made progress last. */
static int64_t stale_ns(const struct subflow *subflow, enum role role)
{
    const struct half *half = &subflow->halves[role];
    int64_t until_ns = watch_of(subflow, role)->last_ns;
    bool closed = subflow_closed(subflow);
    if (closed && subflow->end_ns < until_ns)
        until_ns = subflow->end_ns;
    return elapsed_ns(half->progress.since.time_ns, until_ns);
}

static bool is_stale(const struct half *half, int64_t silent_ns)
{
    const struct durations *rtt = &half->measure.rtt.stats;
    int64_t trip_ns = rtt->samples > 0 ? rtt->sum_ns / (int64_t)rtt->samples : 0;
    return half->progress.acked > 0 && half->progress.sent > half->progress.acked &&
           half->retransmitted_bytes > half->progress.repeated && silent_ns >= STALE_NS &&
           silent_ns / STALE_TRIPS >= trip_ns;
}

bool progress_is_stale(const struct subflow *subflow, enum role role)
{
    return is_stale(&subflow->halves[role], stale_ns(subflow, role));
}

bool progress_conclude(struct subflow *subflow, enum role role)
{
    const struct half *half = &subflow->halves[role];
    int64_t silent_ns = stale_ns(subflow, role);
    if (!is_stale(half, silent_ns))
        return true;
    struct occurrence stale =
        occurrence_by(FINDING_SUBFLOW_STALE, subflow, role, &half->progress.since);
    char hint[SIZES_HINT_MAX];
    stale.variant = subflow_side(subflow, role);
    progress_hint(&half->progress, hint);
    return finding_add(&subflow->connection->findings, &stale,
                       "subflow %u made no progress with %s of the %s for %.1f s, while "
                       "others carried on (more than %.0f s)%s",
                       subflow->id,
                       amount_of(half->progress.sent - half->progress.acked, "byte").text,
                       side_word(subflow_side(subflow, role)), (double)silent_ns / 1e9,
                       (double)STALE_NS / 1e9, hint);
}

/* From this packet on octets wait. */
static void wait_from(struct half *half, const struct mpta_place *at)
{
    struct progress *progress = &half->progress;
    progress->since = *at;
    progress->again_ns = at->time_ns;
    progress->repeated = half->retransmitted_bytes;
}

/* Octets of the other end were acknowledged; its SYN and its FIN are none. */
static bool take_ack(struct incoming *in)
{
    struct half *half = receiver_half(in);
    struct progress *progress = &half->progress;
    uint64_t acked = half->fin && half->acked >= half->fin_end ? half->fin_end - 1 : half->acked;
    if (acked <= progress->acked)
        return true;
    if (!progress_conclude(in->subflow, role_other(in->role)))
        return false;
    if (!standstill_take_ack(in))
        return false;
    sizes_acked(&progress->sizes, acked);
    if (progress->acked > 0) {
        watch_of(in->subflow, role_other(in->role))->last_ns = in->packet->place.time_ns;
        if (!stall_take_ack(in))
            return false;
    }
    progress->acked = acked;
    wait_from(half, &in->packet->place);
    return true;
}

/* The first octet that waits is sent again: no word of its arrival has reached its sender yet. */
static void take_again(const struct incoming *in)
{
    const struct half *half = sender_half(in);
    struct progress *progress = &sender_half(in)->progress;
    if (half->retransmitted_bytes <= progress->repeated || in->extent.begin > half->acked ||
        in->extent.end <= half->acked)
        return;
    progress->again_ns = in->packet->place.time_ns;
    progress->sizes.again = in->segment->payload_len;
}

static bool take_data(const struct incoming *in)
{
    struct half *half = sender_half(in);
    struct progress *progress = &half->progress;
    if (progress->sent <= progress->acked)
        wait_from(half, &in->packet->place);
    progress->sent = half->next - half->fin;
    if (in->extent.end > in->extent.begin &&
        !sizes_sent(&progress->sizes, in->extent.end, in->segment->payload_len))
        return false;
    take_again(in);
    return true;
}

/* Hosts that count the packets of a connection let it be seen that none is missing. */
static void take_id(const struct incoming *in)
{
    struct id_chain *ids = &sender_half(in)->ids;
    const struct mpta_segment *segment = in->segment;
    bool follows =
        segment->ip_id_present && ids->known && segment->ip_id == (uint16_t)(ids->last + 1);
    if (!follows)
        ids->from = in->extent.begin - (segment->flags & MPTA_TCP_SYN ? 1 : 0);
    sender_half(in)->blind |= in->options->cut;
    ids->known = segment->ip_id_present;
    ids->last = segment->ip_id;
}

bool progress_take(struct incoming *in)
{
    if (in->segment->flags & MPTA_TCP_RST)
        return true;
    take_id(in);
    return take_data(in) && take_ack(in);
}
