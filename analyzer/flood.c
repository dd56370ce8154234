/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Floods of SYNs, RFC 7430 section 3: each makes its receiver keep a half-open connection or
 * subflow, or at least answer. Those that were never completed are sorted by whom they hit and
 * when, at the end; how dense they lie tells a flood from bad luck.
 *
 * A path on which nothing comes back makes an honest host try again and again, and packets that
 * were not captured may have completed any of them. So a flood is a warning, but for one: joins of
 * one connection from more addresses than a host can have are not all that host's, whatever came of
 * them.
 */
#include "analyzer/amount.h"
#include "analyzer/elapsed.h"
#include "analyzer/join_list.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Room for "for the token 0x12345678", "to ADDRESS". */
#define WHOM_MAX (MPTA_ADDRESS_TEXT_MAX + 20)

/* Room for ", beside 18446744073709551615 joins given up". */
#define GIVEN_UP_MAX 80

/* What is counted together, and how much of it is a flood. */
struct flood_rule {
    enum finding_id id;
    enum subflow_kind kind;
    const char *what;
    int (*order)(const void *left, const void *right); /* by whom they hit, then by time */
    int (*compare)(const struct subflow *a, const struct subflow *b); /* by whom they hit */
    join_list_counts *counts;
    void (*whom)(const struct subflow *join, char text[WHOM_MAX]);
    bool of_connection; /* it says something of the connection that the joins belong to */
    unsigned max;
    int64_t span_ns;
    const char *span;
};

/* Those that hit the same, in the order of time. */
struct wave {
    struct subflow *const *joins;
    size_t count;
};

/* Where they lie as dense as nowhere else. */
struct crest {
    size_t begin;
    size_t count;
};

/* ---- Which count ----------------------------------------------------------------------------- */

/*
 * Nothing shows that its opener went on after the SYN. In a capture of SYNs alone nothing can, but
 * that a SYN was answered lets hope for the best.
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

/* A SYN with MP_CAPABLE has a connection of its own. */
static bool is_half_open_connection(const struct mpta_tracker *tracker,
                                    const struct subflow *initial)
{
    return initial->connection && is_half_open(tracker, initial);
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
    uint32_t one = subflow_joining(a)->token, other = subflow_joining(b)->token;
    if (one != other)
        return one < other ? -1 : 1;
    return (x > y) - (x < y);
}

static int target_compare(const struct subflow *a, const struct subflow *b)
{
    const struct mpta_address *x = &a->ends[RESPONDER].address;
    const struct mpta_address *y = &b->ends[RESPONDER].address;
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
    snprintf(text, WHOM_MAX, "for the token 0x%08" PRIx32, subflow_joining(join)->token);
}

static void whom_by_target(const struct subflow *join, char text[WHOM_MAX])
{
    char address[MPTA_ADDRESS_TEXT_MAX];
    mpta_address_format(&join->ends[RESPONDER].address, address, sizeof(address));
    snprintf(text, WHOM_MAX, "to %s", address);
}

/*
 * A host forgets a half-open subflow after about a minute. A server gets many SYNs a second, but
 * they are completed.
 */
static const struct flood_rule join_rules[] = {
    {
     .id = FINDING_JOIN_FLOOD,
     .kind = SUBFLOW_JOIN,
     .what = "joins",
     .order = by_token,
     .compare = token_compare,
     .counts = is_half_open,
     .whom = whom_by_token,
     .of_connection = true,
     .max = 8,
     .span_ns = INT64_C(60000000000),
     .span = "a minute",
     },
    {
     .id = FINDING_JOIN_FLOOD,
     .kind = SUBFLOW_JOIN,
     .what = "joins",
     .order = by_target,
     .compare = target_compare,
     .counts = is_unfinished,
     .whom = whom_by_target,
     .max = 100,
     .span_ns = INT64_C(1000000000),
     .span = "a second",
     },
};
#define JOIN_RULE_COUNT (sizeof(join_rules) / sizeof(join_rules[0]))

static const struct flood_rule syn_rule = {
    .id = FINDING_SYN_FLOOD,
    .kind = SUBFLOW_INITIAL,
    .what = "connections",
    .order = by_target,
    .compare = target_compare,
    .counts = is_half_open_connection,
    .whom = whom_by_target,
    .max = 100,
    .span_ns = INT64_C(1000000000),
    .span = "a second",
};

/* ---- How dense they lie ---------------------------------------------------------------------- */

/* The most of them within a span of time. Those of one moment are within any. */
static struct crest wave_crest(const struct wave *wave, int64_t span_ns)
{
    struct crest crest = {0, 0};
    size_t begin = 0;
    for (size_t i = 0; i < wave->count; i++) {
        int64_t now_ns = wave->joins[i]->first.time_ns;
        while (elapsed_ns(wave->joins[begin]->first.time_ns, now_ns) > span_ns)
            begin++;
        if (i + 1 - begin > crest.count)
            crest = (struct crest){begin, i + 1 - begin};
    }
    return crest;
}

/* ---- Whose they can be ----------------------------------------------------------------------- */

/* Address IDs have 8 bits. */
#define ADDRESSES_OF_A_HOST 256

static int address_compare(const void *left, const void *right)
{
    const struct mpta_address *x = left, *y = right;
    return x->family != y->family ? (x->family > y->family) - (x->family < y->family)
                                  : memcmp(x->octets, y->octets, sizeof(x->octets));
}

/* From how many addresses they came. False if there is no memory. */
static bool crest_sources(const struct wave *wave, const struct crest *crest, size_t *sources)
{
    struct mpta_address *addresses = malloc(crest->count * sizeof(*addresses));
    if (!addresses)
        return false;
    for (size_t i = 0; i < crest->count; i++)
        addresses[i] = wave->joins[crest->begin + i]->ends[OPENER].address;
    qsort(addresses, crest->count, sizeof(*addresses), address_compare);
    *sources = 1;
    for (size_t i = 1; i < crest->count; i++)
        *sources += address_compare(&addresses[i - 1], &addresses[i]) != 0;
    free(addresses);
    return true;
}

/* ---- All of them ----------------------------------------------------------------------------- */

/* Of a flood that is greater than what is kept of it the rest is but a number. */
static const char *beside_given_up(const struct mpta_tracker *tracker,
                                   const struct flood_rule *rule, char text[GIVEN_UP_MAX])
{
    uint64_t given_up = tracker->half_open.expired + tracker->half_open.evicted;
    text[0] = '\0';
    if (rule->kind == SUBFLOW_JOIN && given_up > 0)
        snprintf(text, GIVEN_UP_MAX, ", beside %s given up", amount_of(given_up, "join").text);
    return text;
}

static bool syn_report(struct mpta_tracker *tracker, const struct wave *wave, size_t index,
                       const struct flood_rule *rule, const struct crest *crest, size_t sources)
{
    const struct subflow *join = wave->joins[index];
    bool of_one = rule->of_connection;
    bool proven = of_one && sources > ADDRESSES_OF_A_HOST;
    char whom[WHOM_MAX], given_up[GIVEN_UP_MAX];
    const struct occurrence syn = {
        .id = rule->id,
        .variant = of_one + 2U * proven,
        .at = join->first,
        .subflow = join,
    };
    rule->whom(wave->joins[0], whom);
    return finding_add_as(of_one ? tracker_findings(tracker, join) : &tracker->findings,
                          proven ? MPTA_ERROR : MPTA_WARNING, &syn,
                          "%zu %s %s were never completed%s, %zu of them within %s from %zu "
                          "address%s (more than %u: a flood, or a path on which nothing comes "
                          "back%s)",
                          wave->count, rule->what, whom, beside_given_up(tracker, rule, given_up),
                          crest->count, rule->span, sources, sources == 1 ? "" : "es", rule->max,
                          proven ? "; more than 256 addresses are not one host's" : "");
}

/* Those that left took the crest with them: what stays is known to be of the flood. */
static bool wave_is_known(const struct wave *wave)
{
    bool known = false;
    for (size_t i = 0; i < wave->count && !known; i++)
        known = wave->joins[i]->in_flood;
    return known;
}

static bool wave_report(struct mpta_tracker *tracker, const struct wave *wave,
                        const struct flood_rule *rule)
{
    const struct crest crest = wave_crest(wave, rule->span_ns);
    bool dense = crest.count > rule->max;
    size_t sources;
    if (crest.count == 0 || (!dense && (rule->of_connection || !wave_is_known(wave))))
        return true;
    if (!crest_sources(wave, &crest, &sources))
        return false;
    for (size_t i = 0; i < wave->count; i++) {
        wave->joins[i]->in_flood |= tracker->parting && !rule->of_connection;
        if (!concludes_for(tracker, wave->joins[i]))
            continue;
        if (rule->kind == SUBFLOW_INITIAL)
            wave->joins[i]->connection->in_flood = true;
        if (!syn_report(tracker, wave, i, rule, &crest, sources))
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
    if (!join_list_gather(&joins, tracker, rule->kind, rule->counts))
        return false;
    if (joins.count > 0)
        qsort(joins.items, joins.count, sizeof(const struct subflow *), rule->order);
    bool done = waves_report(tracker, &joins, rule);
    join_list_free(&joins);
    return done;
}

bool conclude_syn_floods(struct mpta_tracker *tracker)
{
    return rule_apply(tracker, &syn_rule);
}

bool conclude_join_floods(struct mpta_tracker *tracker)
{
    for (size_t i = 0; i < JOIN_RULE_COUNT; i++) {
        if (!rule_apply(tracker, &join_rules[i]))
            return false;
    }
    return true;
}
