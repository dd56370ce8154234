/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Floods of joins, RFC 7430 section 3: each SYN makes its receiver keep a half-open subflow, or at
 * least answer. Joins that were never completed are sorted by whom they hit and when, at the end;
 * how dense they lie tells a flood from bad luck.
 */
#include "analyzer/elapsed.h"
#include "analyzer/join_list.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Room for "for the token 0x12345678", "to ADDRESS". */
#define WHOM_MAX (MPTA_ADDRESS_TEXT_MAX + 20)

/* What is counted together, and how much of it is a flood. */
struct flood_rule {
    int (*order)(const void *left, const void *right); /* by whom they hit, then by time */
    int (*compare)(const struct subflow *a, const struct subflow *b); /* by whom they hit */
    join_list_counts *counts;
    void (*whom)(const struct subflow *join, char text[WHOM_MAX]);
    bool of_connection; /* it says something of the connection that the joins belong to */
    unsigned max;
    int64_t span_ns;
    const char *span;
};

/* Joins that hit the same, in the order of time. */
struct wave {
    const struct subflow *const *joins;
    size_t count;
};

/* ---- Which joins count ----------------------------------------------------------------------- */

/*
 * Nothing shows that its opener went on after the SYN. In a capture of SYNs alone nothing can, but
 * that a join was answered lets hope for the best.
 */
static bool is_unfinished(const struct mpta_tracker *tracker, const struct subflow *join)
{
    return !(join->seen & SEEN_ACK) && (tracker->has_acks || !(join->seen & SEEN_SYN_ACK));
}

/* A RST frees what its receiver keeps. */
static bool is_half_open(const struct mpta_tracker *tracker, const struct subflow *join)
{
    return is_unfinished(tracker, join) && !join->was_reset;
}

/* ---- Whom they hit --------------------------------------------------------------------------- */

static int time_compare(const struct subflow *a, const struct subflow *b)
{
    if (a->first.time_ns != b->first.time_ns)
        return a->first.time_ns < b->first.time_ns ? -1 : 1;
    return (a->first.packet > b->first.packet) - (a->first.packet < b->first.packet);
}

/* Of equal tokens each connection has its own, and nobody his. */
static int token_compare(const struct subflow *a, const struct subflow *b)
{
    uint64_t x = a->connection ? 1U + (uint64_t)a->connection->id : 0;
    uint64_t y = b->connection ? 1U + (uint64_t)b->connection->id : 0;
    if (a->token != b->token)
        return a->token < b->token ? -1 : 1;
    return (x > y) - (x < y);
}

static int target_compare(const struct subflow *a, const struct subflow *b)
{
    const struct mpta_address *x = &a->halves[RESPONDER].address;
    const struct mpta_address *y = &b->halves[RESPONDER].address;
    return x->family != y->family ? (x->family > y->family) - (x->family < y->family)
                                  : memcmp(x->octets, y->octets, sizeof(x->octets));
}

static int by_token(const void *left, const void *right)
{
    const struct subflow *a = *(const struct subflow *const *)left;
    const struct subflow *b = *(const struct subflow *const *)right;
    int order = token_compare(a, b);
    return order != 0 ? order : time_compare(a, b);
}

static int by_target(const void *left, const void *right)
{
    const struct subflow *a = *(const struct subflow *const *)left;
    const struct subflow *b = *(const struct subflow *const *)right;
    int order = target_compare(a, b);
    return order != 0 ? order : time_compare(a, b);
}

static void whom_by_token(const struct subflow *join, char text[WHOM_MAX])
{
    snprintf(text, WHOM_MAX, "for the token 0x%08" PRIx32, join->token);
}

static void whom_by_target(const struct subflow *join, char text[WHOM_MAX])
{
    char address[MPTA_ADDRESS_TEXT_MAX];
    mpta_address_format(&join->halves[RESPONDER].address, address, sizeof(address));
    snprintf(text, WHOM_MAX, "to %s", address);
}

/*
 * A host forgets a half-open subflow after about a minute. A server gets many joins a second, but
 * they are completed.
 */
static const struct flood_rule rules[] = {
    {by_token,  token_compare,  is_half_open,  whom_by_token,  true,  8,   INT64_C(60000000000),
     "a minute"},
    {by_target, target_compare, is_unfinished, whom_by_target, false, 100, INT64_C(1000000000),
     "a second"},
};
#define RULE_COUNT (sizeof(rules) / sizeof(rules[0]))

/* ---- How dense they lie ---------------------------------------------------------------------- */

/* The most of them within a span of time. Those of one moment are within any. */
static size_t wave_crest(const struct wave *wave, int64_t span_ns)
{
    size_t crest = 0, begin = 0;
    for (size_t i = 0; i < wave->count; i++) {
        int64_t now_ns = wave->joins[i]->first.time_ns;
        while (elapsed_ns(wave->joins[begin]->first.time_ns, now_ns) > span_ns)
            begin++;
        if (i + 1 - begin > crest)
            crest = i + 1 - begin;
    }
    return crest;
}

static bool wave_report(struct mpta_tracker *tracker, const struct wave *wave,
                        const struct flood_rule *rule)
{
    size_t crest = wave_crest(wave, rule->span_ns);
    char whom[WHOM_MAX];
    if (crest <= rule->max)
        return true;
    rule->whom(wave->joins[0], whom);
    for (size_t i = 0; i < wave->count; i++) {
        const struct subflow *join = wave->joins[i];
        const struct occurrence syn = {
            .id = FINDING_JOIN_FLOOD,
            .variant = (unsigned)(rule - rules),
            .at = join->first,
            .subflow = join,
        };
        if (!finding_add(rule->of_connection ? tracker_findings(tracker, join) : &tracker->findings,
                         &syn,
                         "%zu joins %s were never completed, %zu of them within %s (more than %u "
                         "are a flood)",
                         wave->count, whom, crest, rule->span, rule->max))
            return false;
    }
    return true;
}

static bool waves_report(struct mpta_tracker *tracker, const struct join_list *joins,
                         const struct flood_rule *rule)
{
    size_t begin = 0;
    for (size_t i = 1; i <= joins->count; i++) {
        if (i < joins->count && rule->compare(joins->items[begin], joins->items[i]) == 0)
            continue;
        const struct wave wave = {joins->items + begin, i - begin};
        if (!wave_report(tracker, &wave, rule))
            return false;
        begin = i;
    }
    return true;
}

static bool rule_apply(struct mpta_tracker *tracker, const struct flood_rule *rule)
{
    struct join_list joins;
    if (!join_list_gather(&joins, tracker, rule->counts))
        return false;
    if (joins.count > 0)
        qsort(joins.items, joins.count, sizeof(const struct subflow *), rule->order);
    bool done = waves_report(tracker, &joins, rule);
    join_list_free(&joins);
    return done;
}

bool conclude_floods(struct mpta_tracker *tracker)
{
    for (size_t i = 0; i < RULE_COUNT; i++) {
        if (!rule_apply(tracker, &rules[i]))
            return false;
    }
    return true;
}
