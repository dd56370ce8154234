/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Nonces of joins: each is random, RFC 8684 section 3.2. Two joins with one token and one nonce are
 * the same packet seen twice, a host that draws badly, or somebody who repeats what he has seen,
 * RFC 7430 section 6. They are looked for at the end, by sorting.
 */
#include "analyzer/join_list.h"

#include <stdlib.h>

/* ---- Their order ----------------------------------------------------------------------------- */

static int number_compare(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

/* By token, then by the nonce of a role, then by time. */
static int join_compare(const struct subflow *a, const struct subflow *b, enum role role)
{
    const struct joining *x = subflow_joining(a), *y = subflow_joining(b);
    uint64_t first = (uint64_t)x->token << 32 | x->nonce[role];
    uint64_t second = (uint64_t)y->token << 32 | y->nonce[role];
    int order = number_compare(first, second);
    if (order == 0)
        order = (a->first.time_ns > b->first.time_ns) - (a->first.time_ns < b->first.time_ns);
    return order != 0 ? order : number_compare(a->first.packet, b->first.packet);
}

static int by_opener(const void *left, const void *right)
{
    return join_compare(*(const struct subflow *const *)left, *(const struct subflow *const *)right,
                        OPENER);
}

static int by_responder(const void *left, const void *right)
{
    return join_compare(*(const struct subflow *const *)left, *(const struct subflow *const *)right,
                        RESPONDER);
}

/* ---- Two of them ----------------------------------------------------------------------------- */

static bool same_nonce(const struct subflow *a, const struct subflow *b, enum role role)
{
    const struct joining *x = subflow_joining(a), *y = subflow_joining(b);
    return x->token == y->token && x->nonce_known[role] && y->nonce_known[role] &&
           x->nonce[role] == y->nonce[role];
}

/* No NAT looks into the option. */
static bool same_address_id(const struct subflow *a, const struct subflow *b)
{
    return a->halves[OPENER].address_id == b->halves[OPENER].address_id;
}

/* One join captured before and behind something that translates it: so it got one answer. */
static bool is_one_join(const struct subflow *a, const struct subflow *b)
{
    bool same_isn = (uint32_t)a->halves[OPENER].isn == (uint32_t)b->halves[OPENER].isn;
    return same_nonce(a, b, RESPONDER) || !subflow_one_point(a, b) ||
           (same_isn && same_address_id(a, b) && !b->repeats);
}

/*
 * Each got an answer of its own; or it was captured more often, or later, than the same packet can
 * be. Without the answers, they may be one before and behind something that changes ISNs, too.
 */
static bool is_another_join(const struct subflow *a, const struct subflow *b)
{
    bool answered =
        subflow_joining(a)->nonce_known[RESPONDER] && subflow_joining(b)->nonce_known[RESPONDER];
    bool too_often = b->repeats && join_judge_repeat(a, b) == JOIN_REPEAT_NONE;
    return answered || too_often || !same_address_id(a, b) ||
           join_judge_repeat(a, b) == JOIN_REPEAT_CERTAIN;
}

static bool report_opener(struct mpta_tracker *tracker, const struct subflow *before,
                          const struct subflow *join)
{
    struct occurrence repeated =
        occurrence_by(FINDING_JOIN_NONCE_REUSE, join, OPENER, &join->first);
    const struct mpta_address *from = &before->ends[OPENER].address;
    const struct mpta_address *to = &join->ends[OPENER].address;
    const struct joining *said = subflow_joining(join);
    char one[MPTA_ADDRESS_TEXT_MAX], other[MPTA_ADDRESS_TEXT_MAX];
    mpta_address_format(from, one, sizeof(one));
    mpta_address_format(to, other, sizeof(other));
    if (mpta_address_equal(from, to))
        return finding_add(tracker_findings(tracker, join), &repeated,
                           "two joins from %s have the token 0x%08x and the nonce 0x%08x", one,
                           said->token, said->nonce[OPENER]);
    repeated.id = FINDING_JOIN_REPLAY;
    repeated.by = BY_NOBODY;
    repeated.variant = is_another_join(before, join);
    if (is_another_join(before, join))
        return finding_add(tracker_findings(tracker, join), &repeated,
                           "a join from %s repeats token and nonce of one from %s", other, one);
    return finding_add_as(tracker_findings(tracker, join), MPTA_WARNING, &repeated,
                          "a join from %s repeats token and nonce of one from %s, or was captured "
                          "on both sides of a NAT%s",
                          other, one,
                          join->repeats ? ", where it was held up" : " that changes ISNs");
}

static bool opener_conclude(struct mpta_tracker *tracker, const struct subflow *before,
                            const struct subflow *join)
{
    return subflow_wake(tracker, before) && subflow_wake(tracker, join) &&
           (is_one_join(before, join) || report_opener(tracker, before, join));
}

static bool report_responder(struct mpta_tracker *tracker, const struct subflow *before,
                             const struct subflow *join)
{
    const struct joining *said = subflow_joining(join);
    struct occurrence repeated =
        occurrence_by(FINDING_JOIN_NONCE_REUSE, join, RESPONDER, &said->syn_ack_at);
    repeated.variant = 1;
    if (same_nonce(before, join, OPENER))
        return true;
    return finding_add(tracker_findings(tracker, join), &repeated,
                       "two joins are answered with one nonce, 0x%08x", said->nonce[RESPONDER]);
}

static bool report_zero(struct mpta_tracker *tracker, const struct subflow *join, enum role role)
{
    const struct joining *said = subflow_joining(join);
    struct occurrence zero = occurrence_by(FINDING_JOIN_NONCE_REUSE, join, role,
                                           role == OPENER ? &join->first : &said->syn_ack_at);
    zero.variant = 2;
    if (!concludes_for(tracker, join) || !said->nonce_known[role] || said->nonce[role] != 0)
        return true;
    return finding_add(tracker_findings(tracker, join), &zero, "a join with nonce 0");
}

/* ---- All of them ----------------------------------------------------------------------------- */

static bool openers_conclude(struct mpta_tracker *tracker, const struct join_list *joins)
{
    size_t first = 0; /* of those with one nonce */
    if (joins->count > 0)
        qsort(joins->items, joins->count, sizeof(const struct subflow *), by_opener);
    for (size_t i = 0; i < joins->count; i++) {
        const struct subflow *before = joins->items[first], *join = joins->items[i];
        if (!report_zero(tracker, join, OPENER))
            return false;
        if (i == first || !same_nonce(before, join, OPENER))
            first = i;
        else if (concludes_for(tracker, join) && !opener_conclude(tracker, before, join))
            return false;
    }
    return true;
}

static bool responders_conclude(struct mpta_tracker *tracker, const struct join_list *joins)
{
    if (joins->count > 0)
        qsort(joins->items, joins->count, sizeof(const struct subflow *), by_responder);
    for (size_t i = 0; i < joins->count; i++) {
        const struct subflow *join = joins->items[i];
        if (!report_zero(tracker, join, RESPONDER))
            return false;
        if (i > 0 && concludes_for(tracker, join) &&
            same_nonce(joins->items[i - 1], join, RESPONDER) &&
            !report_responder(tracker, joins->items[i - 1], join))
            return false;
    }
    return true;
}

static bool any(const struct mpta_tracker *tracker, const struct subflow *join)
{
    (void)tracker;
    return subflow_joining(join)->nonce_known[OPENER];
}

bool conclude_nonces(struct mpta_tracker *tracker)
{
    struct join_list joins;
    if (!join_list_gather(&joins, tracker, SUBFLOW_JOIN, any))
        return false;
    bool done = openers_conclude(tracker, &joins) && responders_conclude(tracker, &joins);
    join_list_free(&joins);
    return done;
}
