/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Is a request hidden from whoever sees only one path? Its head is then spread over several
 * subflows, in runs too short to be recognised.
 *
 * So short segments of the client that lie side by side in the stream make up a head, wherever in
 * the stream that is, in whatever order they come, until a longer run ends it. An honest host sends
 * the same if its application writes little at a time and its scheduler takes turns. What was cut
 * out of something longer may betray itself: a host sets PSH on the last segment of what is queued
 * (RFC 9293 section 3.9.1), and while more is queued it fills its segments. Else it is the server
 * that tells: a request is sent without waiting for it, while in a dialogue it speaks in between.
 */
#include "analyzer/data.h"
#include "analyzer/elapsed.h"
#include "analyzer/part.h"

#include <stdio.h>

/* The head of a request, and how it is hidden: on so many subflows, in runs so short. */
#define EVASION_HEAD     512
#define EVASION_SUBFLOWS EVASION_CARRIERS
#define EVASION_RUN      128
/* Less than so many octets are no request. */
#define EVASION_LEAST 64
/* Whoever makes a request does not wait so long between its parts. */
#define EVASION_PAUSE_NS INT64_C(10000000000)
/* So many places in a head are looked at. */
#define EVASION_LOOKS 16
/* So many subflows are asked, the first ones. */
#define EVASION_ASKED_MAX 64

/* ---- While packets come ---------------------------------------------------------------------- */

static bool head_is_hidden(const struct evasion_head *head)
{
    return head->carriers[EVASION_SUBFLOWS - 1] && head->end - head->begin >= EVASION_LEAST;
}

/* A head is complete: it is put down if it may be a finding. */
static bool head_finish(struct evasion_watch *watch)
{
    if (head_is_hidden(watch->now) && watch->head_count < EVASION_HEADS) {
        watch->heads = part_make(watch->heads, EVASION_HEADS * sizeof(*watch->heads));
        if (!watch->heads)
            return false;
        watch->heads[watch->head_count++] = *watch->now;
    }
    *watch->now = (struct evasion_head){0};
    return true;
}

/* It lies where a head may go on, on either side of it. */
static bool head_reaches(const struct evasion_head *head, uint64_t position)
{
    return position + EVASION_HEAD >= head->begin && position <= head->end + EVASION_HEAD;
}

static void head_add_carrier(struct evasion_head *head, const struct subflow *subflow)
{
    size_t i = 0;
    while (i < EVASION_SUBFLOWS && head->carriers[i] && head->carriers[i] != subflow)
        i++;
    if (i < EVASION_SUBFLOWS)
        head->carriers[i] = subflow;
}

static bool head_add(struct evasion_watch *watch, const struct incoming *in, uint64_t position,
                     uint64_t end, bool spoken)
{
    struct evasion_head *head = watch->now = part_make(watch->now, sizeof(*watch->now));
    if (!head)
        return false;
    bool first = head->pieces == 0;
    head->answered += !first && spoken;
    if (first)
        head->first = remember(in);
    if (first || position < head->begin)
        head->begin = position;
    if (end > head->end)
        head->end = end;
    head->pieces++;
    head->cut += !(in->segment->flags & (MPTA_TCP_PSH | MPTA_TCP_FIN));
    head_add_carrier(head, in->subflow);
    return true;
}

/* How long the run is on its subflow that a piece ends. */
static uint64_t run_length(struct evasion_watch *watch, const struct incoming *in,
                           uint64_t position, uint64_t end)
{
    if (watch->run_on != in->subflow || watch->run_end != position)
        watch->run_begin = position;
    watch->run_on = in->subflow;
    watch->run_end = end;
    return end - watch->run_begin;
}

/* How far the server has spoken, seen or acknowledged. */
static uint64_t server_end(const struct connection *connection)
{
    const struct stream *stream = &connection->streams[MPTA_SERVER];
    uint64_t end = stream_data_end(stream);
    return stream->acked_known && stream->acked > end ? stream->acked : end;
}

bool evasion_take_data(struct incoming *in, uint64_t position, uint64_t end)
{
    struct connection *connection = in->subflow->connection;
    struct evasion_watch *watch = &connection->awake->evasion;
    int64_t now_ns = in->packet->place.time_ns;
    if (sender_side(in) != MPTA_CLIENT ||
        rangeset_count(&connection->streams[MPTA_CLIENT].seen, position, end) > 0)
        return true;
    uint64_t answered = server_end(connection);
    /* Who goes on elsewhere because a subflow was closed does not take turns. */
    bool begun = watch->now && watch->now->pieces > 0;
    bool handed_over = begun && watch->run_on && subflow_closed(watch->run_on);
    bool is_short = run_length(watch, in, position, end) < EVASION_RUN &&
                    in->segment->payload_len < EVASION_RUN;
    if (begun &&
        (!is_short || elapsed_ns(watch->last_ns, now_ns) > EVASION_PAUSE_NS || handed_over ||
         !head_reaches(watch->now, position)) &&
        !head_finish(watch))
        return false;
    if (is_short && !head_add(watch, in, position, end, answered != watch->answered))
        return false;
    watch->answered = answered;
    watch->last_ns = now_ns;
    return true;
}

/* ---- At the end ------------------------------------------------------------------------------ */

/* How the octets [begin, end) of the client are spread. */
struct spread {
    uint64_t begin;
    uint64_t end;
    uint64_t longest; /* run on one subflow, */
    uint64_t longest_end;
    size_t carriers;
};

/* The longest run of [begin, end) that a half carried. */
static struct range longest_run(const struct half *half, uint64_t begin, uint64_t end)
{
    struct range longest = {begin, begin}, gap;
    uint64_t at = begin, from = begin;
    if (rangeset_count(&half->carried, begin, end) == 0)
        return longest;
    for (; at < end; at = gap.end) {
        if (!rangeset_next_gap(&half->carried, &from, end, &gap))
            gap = (struct range){end, end};
        if (gap.begin - at > longest.end - longest.begin)
            longest = (struct range){at, gap.begin};
    }
    return longest;
}

static struct spread spread_of(const struct connection *connection, uint64_t begin, uint64_t end)
{
    struct spread spread = {.begin = begin, .end = end};
    if (spread.end - spread.begin > EVASION_HEAD)
        spread.end = spread.begin + EVASION_HEAD;
    for (size_t i = 0; i < connection->subflow_count && i < EVASION_ASKED_MAX; i++) {
        const struct subflow *subflow = connection->subflows[i];
        const struct half *half = &subflow->halves[subflow_role(subflow, MPTA_CLIENT)];
        struct range run = longest_run(half, spread.begin, spread.end);
        spread.carriers += run.end > run.begin;
        if (run.end - run.begin > spread.longest) {
            spread.longest = run.end - run.begin;
            spread.longest_end = run.end;
        }
    }
    return spread;
}

/*
 * Where something is hidden in a head, if anything is: not where runs turn out to be longer, side
 * by side, for segments came in another order, or again on another subflow.
 */
static bool spread_find(const struct connection *connection, const struct evasion_head *head,
                        struct spread *spread)
{
    uint64_t begin = head->begin;
    for (unsigned i = 0; i < EVASION_LOOKS && begin + EVASION_LEAST <= head->end; i++) {
        *spread = spread_of(connection, begin, head->end);
        if (spread->carriers >= EVASION_SUBFLOWS && spread->longest < EVASION_RUN)
            return true;
        begin = spread->longest >= EVASION_RUN ? spread->longest_end : spread->end;
    }
    return false;
}

/* How it was made, as far as can be told. */
enum evasion_manner {
    EVASION_DIALOGUE,
    EVASION_AT_ONCE,
    EVASION_CUT,
};

/* Packets of the server were captured on all of them: it would have been heard. */
static bool head_hears_server(const struct evasion_head *head)
{
    for (size_t i = 0; i < EVASION_CARRIERS; i++) {
        const struct subflow *carrier = head->carriers[i];
        if (carrier->halves[subflow_role(carrier, MPTA_SERVER)].packets == 0)
            return false;
    }
    return true;
}

static enum evasion_manner head_manner(const struct evasion_head *head)
{
    if (2 * head->cut >= head->pieces)
        return EVASION_CUT;
    return 2 * head->answered >= head->pieces || !head_hears_server(head) ? EVASION_DIALOGUE
                                                                          : EVASION_AT_ONCE;
}

static bool report_evasion(struct connection *connection, const struct evasion_head *head,
                           const struct spread *spread)
{
    static const char *const manners[] = {
        [EVASION_DIALOGUE] =
            ", as a scheduler does that takes turns, if it is a dialogue of short words",
        [EVASION_AT_ONCE] = (", sent without waiting for the server; an application may write so "
                             "little at a time, if the scheduler takes turns"),
        [EVASION_CUT] = ", cut out of something longer, for they end without PSH",
    };
    enum evasion_manner manner = head_manner(head);
    const struct stream *stream = &connection->streams[MPTA_CLIENT];
    struct occurrence evasion = occurrence_remembered(FINDING_EVASION_FRAGMENTS, &head->first);
    unsigned long long offset = data_offset(stream, spread->begin);
    char at[40] = "";
    evasion.variant = manner;
    if (offset > 0)
        snprintf(at, sizeof(at), " from offset %llu on", offset);
    return finding_add_as(
        &connection->findings, manner == EVASION_DIALOGUE ? MPTA_NOTE : MPTA_WARNING, &evasion,
        "%s%llu bytes of the client%s are spread over %zu subflows (%u or more) in runs of "
        "%llu bytes at most (fewer than %u)%s",
        offset > 0 ? "" : "the first ",
        (unsigned long long)rangeset_count(&stream->seen, spread->begin, spread->end), at,
        spread->carriers, EVASION_SUBFLOWS, (unsigned long long)spread->longest, EVASION_RUN,
        manners[manner]);
}

static bool head_conclude(struct connection *connection, const struct evasion_head *head)
{
    struct spread spread;
    return !head_is_hidden(head) || !spread_find(connection, head, &spread) ||
           report_evasion(connection, head, &spread);
}

bool evasion_conclude(struct connection *connection)
{
    const struct evasion_watch *watch = &connection->awake->evasion;
    for (size_t i = 0; i < watch->head_count; i++) {
        if (!head_conclude(connection, &watch->heads[i]))
            return false;
    }
    return !watch->now || head_conclude(connection, watch->now);
}
