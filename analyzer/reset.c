/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * RSTs that look forged, RFC 8684 section 5: from another distance than the other packets of their
 * sender, or with a sequence number far from all that the receiver would take. Both are guesses,
 * by thresholds that they name.
 */
#include "analyzer/amount.h"
#include "analyzer/tracker.h"

#include "analyzer/seq.h"

#include <inttypes.h>

/* Routes change by a few hops. */
#define HOPS_APART_MAX 5
/* What answers a segment that was long under way lies below what was acknowledged since. */
#define WINDOW_MARGIN 65536

enum suspicion {
    SUSPECT_DISTANCE,
    SUSPECT_SEQUENCE,
};

static bool suspect_distance(const struct incoming *in)
{
    const struct subflow *subflow = in->subflow;
    const struct habit *habit = &in->sender->habit;
    struct occurrence suspect = occurrence_in(FINDING_RESET_SUSPECT, in);
    unsigned apart = habit_hops_apart(habit, in->segment, packet_source(in->packet));
    suspect.variant = SUSPECT_DISTANCE;
    if (apart <= HOPS_APART_MAX)
        return true;
    subflow_doubt_reset(in->subflow, &in->packet->place, MPTA_RESET_DISTANCE);
    return finding_add(&subflow->connection->findings, &suspect,
                       "a RST in the name of the %s may be another's: its hop limit is %u, that of "
                       "the other packets %u to %u; more than %d hops apart are suspect",
                       side_word(subflow_side(subflow, in->role)), in->segment->hop_limit,
                       habit->hop_limit_least, habit->hop_limit_most, HOPS_APART_MAX);
}

/*
 * How far a RST lies outside of what its receiver takes: from what it has acknowledged on, as much
 * as its largest window. As RFC 5961 section 3.2 has it, but for a margin below.
 */
static uint64_t octets_outside(const struct incoming *in, uint32_t window)
{
    const struct half *sender = in->sender;
    uint64_t position = seq_extend(in->segment->seq, sender->next);
    uint64_t end = sender->next + window;
    uint64_t begin = sender->acked > sender->isn ? sender->acked : sender->isn;
    uint64_t margin = (uint64_t)window + WINDOW_MARGIN;
    if (position > end)
        return position - end;
    return position + margin < begin ? begin - margin - position : 0;
}

static bool suspect_sequence(const struct incoming *in)
{
    const struct subflow *subflow = in->subflow;
    const struct half *sender = in->sender;
    const struct half *receiver = in->receiver;
    struct occurrence suspect = occurrence_in(FINDING_RESET_SUSPECT, in);
    uint32_t window = habit_window(&receiver->habit, &sender->habit);
    /* A RST in answer to a SYN has no sequence number to go by: RFC 9293 section 3.10.7.1. */
    bool answers_syn = in->segment->seq == 0 && in->segment->flags & MPTA_TCP_ACK;
    if (answers_syn || window == 0 || !sender->isn_known)
        return true;
    uint64_t outside = octets_outside(in, window);
    suspect.variant = SUSPECT_SEQUENCE;
    if (outside == 0)
        return true;
    subflow_doubt_reset(in->subflow, &in->packet->place, MPTA_RESET_SEQUENCE);
    return finding_add(&subflow->connection->findings, &suspect,
                       "a RST in the name of the %s may be another's: its sequence number lies "
                       "%s outside of the largest window seen, %" PRIu32,
                       side_word(subflow_side(subflow, in->role)), amount_of(outside, "octet").text,
                       window);
}

bool reset_inspect(const struct incoming *in)
{
    if (!(in->segment->flags & MPTA_TCP_RST) || !in->subflow->connection)
        return true;
    return suspect_distance(in) && suspect_sequence(in);
}
