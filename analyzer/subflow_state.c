/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The state of a subflow, and how it ended. It is not stepped from packet to packet but worked out
 * from the facts that subflow.c keeps, by one pure function, so that packets that were lost,
 * repeated or captured out of order cannot lead it astray.
 */
#include "analyzer/elapsed.h"
#include "analyzer/subflow.h"

/* Both FINs were sent and acknowledged. */
static bool subflow_finished(const struct subflow *subflow)
{
    const struct half *opener = &subflow->halves[OPENER];
    const struct half *responder = &subflow->halves[RESPONDER];
    return opener->fin && responder->fin && opener->acked >= opener->fin_end &&
           responder->acked >= responder->fin_end;
}

bool subflow_closed(const struct subflow *subflow)
{
    return subflow->state == MPTA_SUBFLOW_CLOSED || subflow->state == MPTA_SUBFLOW_RESET;
}

enum mpta_subflow_close subflow_close_of(const struct subflow *subflow)
{
    if (subflow->state == MPTA_SUBFLOW_RESET)
        return MPTA_CLOSE_RESET;
    bool both = subflow->halves[OPENER].fin && subflow->halves[RESPONDER].fin;
    return both ? MPTA_CLOSE_FIN : MPTA_CLOSE_OPEN;
}

const char *subflow_reset_reason(const struct subflow *subflow)
{
    const struct half *half = &subflow->halves[subflow->awake->reset_by];
    return half->reset_reason_known ? mpta_reset_reason_text(half->reset_reason)
                                    : "no reason given";
}

/* Anything but its SYN was sent by this end, or acknowledged by the other. */
static bool half_went_on(const struct half *half)
{
    return half->seen.count > 0 || (half->isn_known && half->next > half->isn + 1);
}

/* So long an answer may take whose reason says that MPTCP's handshake was wrong. */
#define REFUSAL_NS INT64_C(1000000000)

/*
 * The RST answers the SYN, as its numbers tell, or comes as soon after the third ACK as an answer
 * would: within two round trips, as long as the handshake took. One that comes later may end a join
 * that was complete, and idle, where what confirmed it was not captured.
 */
static bool reset_answers_join(const struct subflow *subflow)
{
    enum { SPECIFIC = 1 }; /* RFC 8684 section 3.6 */
    const struct half *responder = &subflow->halves[RESPONDER];
    const struct joining *join = subflow_joining(subflow);
    const struct mpta_place *ack = join->ack_joined ? &join->ack_at : &join->stripped_at;
    int64_t trip_ns = elapsed_ns(subflow->first.time_ns, ack->time_ns);
    int64_t most_ns = responder->reset_reason_known && responder->reset_reason == SPECIFIC &&
                              trip_ns < REFUSAL_NS / 2
                          ? REFUSAL_NS / 2
                          : trip_ns;
    return subflow->reset_syn ||
           (join->syn_ack_joined && ack->packet != 0 &&
            elapsed_ns(ack->time_ns, subflow->awake->reset_at.time_ns) / 2 <= most_ns);
}

/* One of its HMACs is wrong. */
static bool join_is_wrong(const struct subflow *subflow)
{
    const struct joining *join = subflow_joining(subflow);
    return join->syn_ack_verdict == MPTA_INVALID || join->ack_verdict == MPTA_INVALID;
}

bool subflow_is_refused(const struct subflow *subflow)
{
    bool went_on = subflow->seen & SEEN_CONFIRMED || subflow->reset_after_data ||
                   half_went_on(&subflow->halves[OPENER]) ||
                   half_went_on(&subflow->halves[RESPONDER]);
    return subflow->kind == SUBFLOW_JOIN && subflow->was_reset && !subflow->established &&
           subflow->awake->reset_by == RESPONDER &&
           (join_is_wrong(subflow) || (!went_on && reset_answers_join(subflow)));
}

/* A join needs the responder's word after its ACK, MP_JOIN throughout, and no wrong HMAC. */
static bool join_is_established(const struct subflow *subflow)
{
    const unsigned all = SEEN_SYN | SEEN_SYN_ACK | SEEN_ACK | SEEN_CONFIRMED;
    const struct joining *join = subflow_joining(subflow);
    return (subflow->seen & all) == all && join->syn_ack_joined && join->ack_joined &&
           !join_is_wrong(subflow);
}

static bool handshake_is_complete(const struct subflow *subflow)
{
    const unsigned all = SEEN_SYN | SEEN_SYN_ACK | SEEN_ACK;
    if (subflow->kind == SUBFLOW_JOIN)
        return join_is_established(subflow);
    return (subflow->seen & all) == all;
}

/* The state that follows from the facts; the only place where a state is chosen. */
static enum mpta_subflow_state subflow_state_of(const struct subflow *subflow)
{
    if (subflow->state == MPTA_SUBFLOW_RESET || subflow->state == MPTA_SUBFLOW_CLOSED)
        return subflow->state;
    if (subflow_finished(subflow))
        return MPTA_SUBFLOW_CLOSED;
    if (subflow->was_reset)
        return MPTA_SUBFLOW_RESET;
    if (subflow->halves[OPENER].fin || subflow->halves[RESPONDER].fin)
        return MPTA_SUBFLOW_CLOSING;
    if (handshake_is_complete(subflow))
        return MPTA_SUBFLOW_ESTABLISHED;
    if (subflow->seen & SEEN_ACK && subflow->seen & (SEEN_SYN | SEEN_SYN_ACK))
        return MPTA_SUBFLOW_PRE_ESTABLISHED;
    if (subflow->seen & SEEN_SYN_ACK)
        return MPTA_SUBFLOW_SYN_ACK;
    return subflow->seen & SEEN_SYN ? MPTA_SUBFLOW_SYN : MPTA_SUBFLOW_MIDSTREAM;
}

void subflow_update(struct subflow *subflow)
{
    /* Who goes on has found the ACK right: it answers a SYN/ACK that was not captured. */
    if (subflow->joining && subflow->joining->ack_verdict == MPTA_INVALID &&
        subflow->seen & SEEN_CONFIRMED)
        subflow->joining->ack_verdict = MPTA_UNVERIFIABLE;
    subflow->established =
        (subflow->established && !join_is_wrong(subflow)) || handshake_is_complete(subflow);
    subflow->state = subflow_state_of(subflow);
}
