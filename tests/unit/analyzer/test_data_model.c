/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The tracker beside a model too plain to be wrong: an octet for each octet of each subflow and of
 * each stream. Both are fed the same random traffic; then every number and every octet must agree,
 * and nobody may be accused. Where the path changed octets, each wrong sum must be found, and what
 * a right one proves must be what is handed on.
 *
 * MPTA_MODEL_RUNS=n makes more runs or fewer, MPTA_MODEL_SEED=n begins with another seed: a failure
 * names the one that leads to it.
 */
#include "tests/unit/analyzer/traffic.h"

#include <stdlib.h>
#include <string.h>

#define RUNS        4000
#define CHECKS_MAX  1024
#define MAPPING_MAX 4096

/* One direction of a subflow; an octet of SSN 1 is at 0. */
struct model_half {
    uint32_t place[TRAFFIC_FLOW_MAX]; /* offset in the stream by mapping, plus 1; 0: none */
    uint8_t seen[TRAFFIC_FLOW_MAX];
    uint8_t held[TRAFFIC_FLOW_MAX];     /* captured before its mapping was known */
    uint8_t first[TRAFFIC_FLOW_MAX];    /* what these were */
    uint8_t captured[TRAFFIC_FLOW_MAX]; /* in any copy */
    uint64_t payload, retransmitted, reinjected, remapped;
    bool bare_fin; /* with a checksum */
};

/* One direction of the stream; the octet of IDSN + 1 is at 0. */
struct model_stream {
    uint8_t carried[TRAFFIC_APP_MAX];   /* a bit for each subflow */
    uint8_t delivered[TRAFFIC_APP_MAX]; /* captured, and placed */
    uint8_t received[TRAFFIC_APP_MAX];  /* handed on by the tracker, */
    uint8_t octets[TRAFFIC_APP_MAX];    /* and this is what, in the end */
    uint8_t changed[TRAFFIC_APP_MAX];   /* some copy was not what the application sent */
    uint8_t proven[TRAFFIC_APP_MAX];    /* some copy was, by its checksum */
    uint8_t mistaken[TRAFFIC_APP_MAX];  /* one was not, and its checksum was right */
    bool met;
    uint32_t base; /* the first DSN met, if the capture is late */
    uint64_t acked;
    bool fin;
};

/* A distinct mapping with a checksum. */
struct model_check {
    unsigned flow;
    enum story_from from;
    struct wire_map map;
    uint32_t gathered; /* octets of it that were captured while it was known, or held */
    bool mixed;        /* some came in packets that told another mapping of them */
    uint8_t got[MAPPING_MAX];
    uint8_t octets[MAPPING_MAX];
    uint32_t own_gathered; /* the same, but of its own packets only */
    uint8_t own[MAPPING_MAX];
    uint8_t own_octets[MAPPING_MAX];
    uint8_t latest[MAPPING_MAX]; /* what came last, since all had come */
};

struct model {
    const struct traffic *traffic;
    struct model_half halves[WIRE_FLOWS][2];
    struct model_stream streams[2];
    struct model_check checks[CHECKS_MAX];
    size_t check_count;
    bool started; /* a late capture begins with the first option of kind 30 */
};

/* The IDSN of a side is not known: its first DSN met is the base. */
static bool is_late(const struct model *model, enum mpta_side by)
{
    enum traffic_missing missing = model->traffic->style.missing;
    return missing == MISSING_ALL || (missing == MISSING_ACK && by == MPTA_CLIENT);
}

/* Where its SSN 1 lies may stay unknown. */
static bool may_be_lost(const struct model *model, enum mpta_side by)
{
    enum traffic_missing missing = model->traffic->style.missing;
    return missing == MISSING_ALL || (missing == MISSING_SYN_ACK && by == MPTA_SERVER);
}

static void model_begin(struct model *model, const struct traffic *traffic)
{
    model->traffic = traffic;
    model->check_count = 0;
    model->started = traffic->style.missing != MISSING_ALL;
    for (unsigned flow = 0; flow < traffic->style.flows; flow++) {
        for (int from = OPENER_SAYS; from <= RESPONDER_SAYS; from++) {
            struct model_half *half = &model->halves[flow][from];
            uint32_t len = traffic->halves[flow][from].len;
            memset(half->place, 0, len * sizeof(half->place[0]));
            memset(half->seen, 0, len);
            memset(half->held, 0, len);
            memset(half->captured, 0, len);
            half->payload = half->retransmitted = half->reinjected = half->remapped = 0;
            half->bare_fin = false;
        }
    }
    for (int side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
        struct model_stream *stream = &model->streams[side];
        memset(stream->carried, 0, traffic->app_len[side]);
        memset(stream->delivered, 0, traffic->app_len[side]);
        memset(stream->received, 0, traffic->app_len[side]);
        memset(stream->changed, 0, traffic->app_len[side]);
        memset(stream->proven, 0, traffic->app_len[side]);
        memset(stream->mistaken, 0, traffic->app_len[side]);
        stream->met = stream->fin = false;
        stream->base = 0;
        stream->acked = 0;
    }
}

/* ---- What a packet changes --------------------------------------------------------------------
 */

/* An octet gets its place in the stream. */
static void model_place(struct model *model, unsigned flow, enum story_from from, uint32_t at)
{
    enum mpta_side by = wire_side(model->traffic->wire, flow, from);
    struct model_half *half = &model->halves[flow][from];
    uint32_t data = half->place[at] - 1;
    uint8_t *carried = &model->streams[by].carried[data], own = (uint8_t)(1 << flow);
    if (*carried & own)
        half->remapped++;
    else if (*carried)
        half->reinjected++;
    *carried |= own;
    if (half->held[at])
        model->streams[by].delivered[data] = 1;
}

static bool same_map(const struct wire_map *a, const struct wire_map *b)
{
    return a->ssn == b->ssn && a->data == b->data && a->len == b->len && a->fin == b->fin &&
           a->checksum == b->checksum;
}

/* The first copy of an octet, and the first one that was told to be this mapping's, or nobody's. */
static void check_gather(struct model_check *check, uint32_t at, uint8_t octet, bool own)
{
    uint32_t offset = at + 1 - check->map.ssn;
    if (!check->got[offset]) {
        check->got[offset] = 1;
        check->octets[offset] = check->latest[offset] = octet;
        check->mixed |= !own;
        check->gathered++;
    }
    if (own && !check->own[offset]) {
        check->own[offset] = 1;
        check->own_octets[offset] = octet;
        check->own_gathered++;
    }
}

static void model_check_add(struct model *model, const struct wire_segment *packet)
{
    for (size_t i = 0; i < model->check_count; i++) {
        const struct model_check *check = &model->checks[i];
        if (check->flow == packet->flow && check->from == packet->from &&
            same_map(&check->map, &packet->map))
            return;
    }
    assert_true(model->check_count < CHECKS_MAX && packet->map.len <= MAPPING_MAX);
    struct model_check *check = &model->checks[model->check_count++];
    const struct model_half *half = &model->halves[packet->flow][packet->from];
    uint32_t begin = packet->map.ssn - 1, end = begin + packet->map.len - packet->map.fin;
    check->flow = packet->flow;
    check->from = packet->from;
    check->map = packet->map;
    check->gathered = check->own_gathered = 0;
    check->mixed = false;
    memset(check->got, 0, packet->map.len);
    memset(check->own, 0, packet->map.len);
    for (uint32_t at = begin; at < end; at++) {
        if (half->held[at] && half->place[at] == 0)
            check_gather(check, at, half->first[at], true);
    }
}

static void model_map(struct model *model, const struct wire_segment *packet)
{
    struct model_half *half = &model->halves[packet->flow][packet->from];
    enum mpta_side by = wire_side(model->traffic->wire, packet->flow, packet->from);
    struct model_stream *stream = &model->streams[by];
    const struct wire_map *map = &packet->map;
    uint32_t begin = map->ssn - 1, len = (uint32_t)map->len - map->fin;
    if (!stream->met && is_late(model, by))
        stream->base = (uint32_t)map->data;
    stream->met = true;
    stream->fin |= map->fin;
    if (len == 0) {
        half->bare_fin |= map->has_checksum;
        return;
    }
    if (map->has_checksum)
        model_check_add(model, packet);
    for (uint32_t i = 0; i < len; i++) {
        bool known = half->place[begin + i] != 0;
        half->place[begin + i] = (uint32_t)map->data + i + 1;
        if (half->seen[begin + i] && !known)
            model_place(model, packet->flow, packet->from, begin + i);
    }
}

static bool is_right(const struct model *model, enum mpta_side by, const struct model_check *check,
                     const uint8_t *octets)
{
    return wire_checksum(model->traffic->wire, by, &check->map, octets) == check->map.checksum;
}

/* What a right sum proves. Two changes may cancel each other out: then it is right by mistake. */
static void model_take_sum(struct model *model, const struct model_check *check,
                           const uint8_t *octets)
{
    enum mpta_side by = wire_side(model->traffic->wire, check->flow, check->from);
    struct model_stream *stream = &model->streams[by];
    uint32_t len = (uint32_t)check->map.len - check->map.fin;
    if (!is_right(model, by, check, octets))
        return;
    if (memcmp(octets, model->traffic->app[by] + check->map.data, len) == 0)
        memset(stream->proven + check->map.data, 1, len);
    else
        memset(stream->mistaken + check->map.data, 1, len);
}

/* Octets of a mapping come again: once all are right it is proven. */
static void check_take_again(struct model *model, struct model_check *check, uint32_t from,
                             uint32_t until, const uint8_t *octets)
{
    memcpy(check->latest + (from + 1 - check->map.ssn), octets, until - from);
    model_take_sum(model, check, check->latest);
}

/* A packet that tells another mapping of some of [from, until). */
static bool tells_otherwise(const struct wire_segment *packet, const struct model_check *check,
                            uint32_t from, uint32_t until)
{
    uint32_t begin = packet->map.ssn - 1, end = begin + packet->map.len - packet->map.fin;
    return packet->map.len > (packet->map.fin ? 1 : 0) && !same_map(&packet->map, &check->map) &&
           begin < until && end > from;
}

static void model_check_octets(struct model *model, const struct wire_segment *packet,
                               uint32_t begin, uint32_t end)
{
    for (size_t i = 0; i < model->check_count; i++) {
        struct model_check *check = &model->checks[i];
        uint32_t from = check->map.ssn - 1, until = from + check->map.len - check->map.fin;
        if (check->flow != packet->flow || check->from != packet->from)
            continue;
        from = from > begin ? from : begin;
        until = until < end ? until : end;
        if (from >= until)
            continue;
        bool own = !tells_otherwise(packet, check, from, until);
        uint32_t len = (uint32_t)check->map.len - check->map.fin;
        if (check->gathered == len)
            check_take_again(model, check, from, until, packet->octets + (from - begin));
        for (uint32_t at = from; at < until; at++)
            check_gather(check, at, packet->octets[at - begin], own);
    }
}

static void model_octet(struct model *model, const struct wire_segment *packet, uint32_t at,
                        uint8_t octet, bool captured)
{
    struct model_half *half = &model->halves[packet->flow][packet->from];
    enum mpta_side by = wire_side(model->traffic->wire, packet->flow, packet->from);
    half->captured[at] |= captured;
    if (captured && octet != model->traffic->halves[packet->flow][packet->from].octets[at])
        model->streams[by].changed[model->traffic->halves[packet->flow][packet->from].data[at]] = 1;
    if (half->seen[at]) {
        half->retransmitted++;
    } else {
        half->seen[at] = 1;
        half->held[at] = captured;
        half->first[at] = octet;
        if (half->place[at])
            model_place(model, packet->flow, packet->from, at);
    }
    if (half->place[at] && captured)
        model->streams[by].delivered[half->place[at] - 1] = 1;
}

/* A mapping whose octets all come with it, and right: whatever others were, these are proven. */
static void model_prove(struct model *model, const struct wire_segment *packet)
{
    const struct wire_map *map = &packet->map;
    enum mpta_side by = wire_side(model->traffic->wire, packet->flow, packet->from);
    uint32_t len = (uint32_t)map->len - map->fin;
    if (!map->has_checksum || packet->ssn > map->ssn ||
        packet->ssn + packet->len - packet->cut < map->ssn + len || packet->cut > 0)
        return;
    if (memcmp(packet->octets + (map->ssn - packet->ssn), model->traffic->app[by] + map->data,
               len) == 0)
        memset(model->streams[by].proven + map->data, 1, len);
}

/* False if the tracker cannot know yet that this is MPTCP. */
static bool model_feed(struct model *model, const struct wire_segment *packet)
{
    bool has_option = packet->map.len > 0 || !packet->no_dss;
    enum mpta_side by = wire_side(model->traffic->wire, packet->flow, packet->from);
    struct model_stream *other = &model->streams[!by];
    uint32_t begin = packet->ssn - 1;
    if (!has_option && !model->started)
        return false;
    model->started = true;
    if (has_option && packet->ack > other->acked)
        other->acked = packet->ack;
    if (packet->map.len > 0) {
        model_map(model, packet);
        model_prove(model, packet);
    }
    model->halves[packet->flow][packet->from].payload += packet->len;
    for (uint32_t i = 0; i < packet->len; i++)
        model_octet(model, packet, begin + i, packet->octets[i], i < packet->len - packet->cut);
    model_check_octets(model, packet, begin, begin + packet->len - packet->cut);
    return true;
}

static uint64_t model_carried(const struct model *model, enum mpta_side by)
{
    uint64_t bytes = 0;
    for (uint32_t at = 0; at < model->traffic->app_len[by]; at++)
        bytes += model->streams[by].carried[at] != 0;
    return bytes;
}

/* Octets that were captured on its subflows, and no mapping of them. */
static uint64_t model_unplaced(const struct model *model, enum mpta_side by)
{
    uint64_t bytes = 0;
    for (unsigned flow = 0; flow < traffic_seen_flows(model->traffic); flow++) {
        bool opener = wire_side(model->traffic->wire, flow, OPENER_SAYS) == by;
        enum story_from from = opener ? OPENER_SAYS : RESPONDER_SAYS;
        const struct model_half *half = &model->halves[flow][from];
        for (uint32_t at = 0; at < model->traffic->halves[flow][from].len; at++)
            bytes += half->seen[at] && half->place[at] == 0;
    }
    return bytes;
}

/* ---- The receiver -----------------------------------------------------------------------------
 */

static void receive(void *context, const struct mpta_octets *octets)
{
    struct model *model = context;
    const struct traffic *traffic = model->traffic;
    struct model_stream *stream = &model->streams[octets->by];
    uint64_t begin = (uint64_t)octets->offset + stream->base;
    bool honest = traffic->style.percent_changed == 0;
    if (octets->connection != 0) /* of subflows that nobody knows whose they are */
        return;
    assert_true(begin + octets->len <= traffic->app_len[octets->by]);
    for (size_t i = 0; i < octets->len; i++) {
        if (honest && stream->received[begin + i])
            fail_msg("handed on twice: %zu", (size_t)begin + i);
        stream->received[begin + i] = 1;
    }
    memcpy(stream->octets + begin, octets->octets, octets->len);
}

/* ---- Comparison -------------------------------------------------------------------------------
 */

struct totals {
    uint64_t packets, octets, sides, understood, verdicts, exact, wrong, unplaced, plain, soon;
};

/* In the end octets are right wherever one copy was proven so, or none was wrong. */
static void assert_octets(const struct model *model, enum mpta_side by)
{
    const struct model_stream *stream = &model->streams[by];
    for (uint32_t at = 0; at < model->traffic->app_len[by]; at++) {
        bool wanted = stream->delivered[at];
        bool right = stream->octets[at] == model->traffic->app[by][at];
        if (stream->received[at] != wanted || (wanted && !right && !stream->mistaken[at] &&
                                               (stream->proven[at] || !stream->changed[at])))
            fail_msg("octet %u of side %d: %s", at, (int)by,
                     wanted ? "wrong or missing" : "made up");
    }
}

static void assert_streams(const struct model *model, enum mpta_side by,
                           const struct mpta_stream *view)
{
    const struct model_stream *stream = &model->streams[by];
    uint32_t len = model->traffic->app_len[by], first = UINT32_MAX, end = 0;
    bool late = is_late(model, by);
    uint64_t bytes = model_carried(model, by);
    for (uint32_t at = 0; at < len; at++) {
        if (stream->carried[at] && first == UINT32_MAX)
            first = at;
        if (stream->carried[at])
            end = at + 1;
    }
    assert_int_equal(view->data_bytes, bytes);
    assert_int_equal(view->missing_bytes, bytes ? end - (late ? first : 0) - bytes : 0);
    assert_int_equal(view->base_is_idsn, !late);
    assert_int_equal(view->unplaced_bytes, model_unplaced(model, by));
}

/* Who falls back says nothing of the last octets: none of them has to have a place, but the right
 * one if any. */
static void assert_no_octet_is_wrong(const struct model *model, enum mpta_side by)
{
    const struct model_stream *stream = &model->streams[by];
    for (uint32_t at = 0; at < model->traffic->app_len[by]; at++) {
        if (stream->received[at] && stream->octets[at] != model->traffic->app[by][at])
            fail_msg("octet %u of side %d is wrong", at, (int)by);
        if (stream->delivered[at] && !stream->received[at])
            fail_msg("octet %u of side %d is missing", at, (int)by);
    }
}

/* What is new on a subflow is new in the stream, was there before, or has no place. */
static void assert_all_is_counted(const struct mpta_tracker *tracker,
                                  const struct mpta_connection *connection, enum mpta_side by)
{
    const struct mpta_stream *stream = &connection->streams[by];
    uint64_t fresh = 0, remapped = 0;
    for (uint32_t flow = 0; flow < connection->subflow_count; flow++) {
        const struct mpta_subflow subflow = story_subflow(tracker, 0, flow);
        fresh += subflow.directions[by].payload_bytes - subflow.directions[by].retransmitted_bytes;
        remapped += subflow.directions[by].remapped_bytes;
    }
    assert_int_equal(fresh, stream->data_bytes + stream->reinjected_bytes + remapped +
                                stream->unplaced_bytes);
}

static void assert_signals(const struct model *model, enum mpta_side by,
                           const struct mpta_stream *view)
{
    bool silent = model->traffic->style.vanish && !view->acked_known;
    bool known = !is_late(model, by) && !silent;
    assert_int_equal(view->data_fin, model->streams[by].fin);
    assert_int_equal(view->acked_known, known);
    if (known)
        assert_int_equal(view->acked, model->streams[by].acked);
}

static void assert_subflows(const struct model *model, enum mpta_side by,
                            const struct mpta_tracker *tracker, uint64_t reinjected)
{
    for (unsigned flow = 0; flow < traffic_seen_flows(model->traffic); flow++) {
        bool opener = wire_side(model->traffic->wire, flow, OPENER_SAYS) == by;
        const struct model_half *half = &model->halves[flow][opener ? OPENER_SAYS : RESPONDER_SAYS];
        struct mpta_subflow subflow = story_subflow(tracker, 0, flow);
        const struct mpta_subflow_direction *view = &subflow.directions[by];
        assert_int_equal(view->payload_bytes, half->payload);
        assert_int_equal(view->retransmitted_bytes, half->retransmitted);
        assert_int_equal(view->reinjected_bytes, half->reinjected);
        assert_int_equal(view->remapped_bytes, half->remapped);
        reinjected -= half->reinjected;
    }
    assert_int_equal(reinjected, 0);
}

/* All octets were captured, although perhaps before the mapping was known. */
static bool check_is_possible(const struct model *model, const struct model_check *check)
{
    const struct model_half *half = &model->halves[check->flow][check->from];
    uint32_t begin = check->map.ssn - 1, len = (uint32_t)check->map.len - check->map.fin;
    for (uint32_t at = begin; at < begin + len; at++) {
        if (!half->captured[at])
            return false;
    }
    return true;
}

/* Verdicts that the tracker must make, those that it may, and "invalid" where it must not. */
struct verdicts {
    uint64_t all, valid, invalid, possible, right;
};

/* Another mapping of the same octets: what that one has gathered may prove it. */
static bool has_twin(const struct model *model, const struct model_check *check)
{
    uint32_t end = check->map.ssn + check->map.len - check->map.fin;
    for (size_t i = 0; i < model->check_count; i++) {
        const struct model_check *other = &model->checks[i];
        if (other != check && other->flow == check->flow && other->from == check->from &&
            other->map.ssn == check->map.ssn &&
            other->map.ssn + other->map.len - other->map.fin == end)
            return true;
    }
    return false;
}

static void count_check(struct model *model, enum mpta_side by, const struct model_check *check,
                        struct verdicts *verdicts)
{
    uint32_t len = (uint32_t)check->map.len - check->map.fin;
    bool certain = check->gathered == len && !is_late(model, by) && !may_be_lost(model, by);
    bool valid = certain && is_right(model, by, check, check->octets);
    verdicts->all++;
    verdicts->valid += valid;
    verdicts->invalid += certain && !valid && !check->mixed && !has_twin(model, check) &&
                         !check->map.is_32; /* else it may be the upper half */
    verdicts->possible += check_is_possible(model, check);
    verdicts->right +=
        !valid && check->own_gathered == len && is_right(model, by, check, check->own_octets);
    if (certain)
        model_take_sum(model, check, check->octets);
}

static void count_checks(struct model *model, enum mpta_side by, struct verdicts *verdicts)
{
    *verdicts = (struct verdicts){0};
    for (size_t i = 0; i < model->check_count; i++) {
        const struct model_check *check = &model->checks[i];
        if (wire_side(model->traffic->wire, check->flow, check->from) == by)
            count_check(model, by, check, verdicts);
    }
    for (unsigned flow = 0; flow < traffic_seen_flows(model->traffic); flow++) {
        bool opener = wire_side(model->traffic->wire, flow, OPENER_SAYS) == by;
        bool fin = model->halves[flow][opener ? OPENER_SAYS : RESPONDER_SAYS].bare_fin;
        verdicts->all += fin;
        verdicts->valid += fin && !is_late(model, by);
        verdicts->possible += fin;
    }
}

static void assert_checksums(struct model *model, enum mpta_side by, const struct mpta_stream *view,
                             struct totals *totals)
{
    const struct mpta_verdict_counts *counts = &view->dss_checksum;
    struct verdicts verdicts;
    count_checks(model, by, &verdicts);
    uint64_t spare = verdicts.possible - verdicts.valid - verdicts.invalid;
    bool changed = model->traffic->style.percent_changed > 0;
    assert_int_equal(counts->valid + counts->invalid + counts->unverifiable, verdicts.all);
    assert_in_range(counts->valid, verdicts.valid, verdicts.valid + spare);
    assert_in_range(counts->invalid, verdicts.invalid,
                    verdicts.invalid + (changed ? spare - verdicts.right : 0));
    totals->verdicts += verdicts.all;
    totals->wrong += verdicts.invalid;
    totals->exact += spare == 0 ? verdicts.all : 0;
}

static uint64_t model_reinjected(const struct model *model, enum mpta_side by)
{
    uint64_t reinjected = 0;
    for (unsigned flow = 0; flow < traffic_seen_flows(model->traffic); flow++) {
        bool opener = wire_side(model->traffic->wire, flow, OPENER_SAYS) == by;
        reinjected += model->halves[flow][opener ? OPENER_SAYS : RESPONDER_SAYS].reinjected;
    }
    return reinjected;
}

static void assert_findings(const struct model *model)
{
    static const char *const truths[] = {"dss-checksum", "data-rewritten", "tcp-overlap-differs"};
    const char *worst = wire_worst(model->traffic->wire);
    bool true_of_it = !worst;
    for (size_t i = 0; i < COUNT_OF(truths) && model->traffic->style.percent_changed > 0; i++)
        true_of_it |= worst && strcmp(worst, truths[i]) == 0;
    if (!true_of_it)
        fail_msg("%s", worst);
}

static void compare(struct model *model, const struct mpta_tracker *tracker, struct totals *totals)
{
    struct mpta_connection connection = story_connection(tracker, 0);
    assert_findings(model);
    if (!model->traffic->style.vanish)
        assert_int_equal(connection.fallback, MPTA_FALLBACK_NONE);
    assert_int_equal(connection.subflow_count, traffic_seen_flows(model->traffic));
    for (int side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
        enum mpta_side by = (enum mpta_side)side;
        const struct mpta_stream *view = &connection.streams[by];
        totals->sides++;
        assert_checksums(model, by, view, totals);
        assert_signals(model, by, view);
        if (may_be_lost(model, by) && view->data_bytes == 0)
            continue;
        totals->understood++;
        totals->octets += view->data_bytes;
        totals->unplaced += view->unplaced_bytes;
        assert_all_is_counted(tracker, &connection, by);
        if (model->traffic->style.vanish) {
            assert_no_octet_is_wrong(model, by);
            totals->plain += view->data_bytes - model_carried(model, by);
            continue;
        }
        assert_streams(model, by, view);
        assert_octets(model, by);
        assert_int_equal(view->reinjected_bytes, model_reinjected(model, by));
        assert_subflows(model, by, tracker, view->reinjected_bytes);
    }
}

/* ---- Runs -------------------------------------------------------------------------------------
 */

/* A client key with IDSN + 1 = 0x2150ef8afffffe79: DSNs pass a wrap of 32 bits soon. */
#define KEY_NEAR_WRAP UINT64_C(0x100000000073f1f5)

static uint64_t seed_now;
static struct traffic traffic;
static struct wire wire;
static struct model model;

/* Sequence numbers begin anywhere, and often shortly before they wrap. */
static void open_somewhere(void)
{
    wire_open_for(&wire, receive, &model);
    if (traffic.style.missing == MISSING_ALL) {
        wire.peers.dsn[MPTA_CLIENT] = UINT64_MAX - traffic_random(&traffic, 20000);
        wire.peers.dsn[MPTA_SERVER] = traffic_random(&traffic, 20000);
    } else if (traffic_random(&traffic, 2)) {
        wire.peers = story_peers(1, KEY_NEAR_WRAP, STORY_KEY_SERVER);
    }
    wire_checksums(&wire, traffic.style.checksums, traffic.style.mixed);
    for (unsigned flow = 0; flow < WIRE_FLOWS; flow++) {
        for (int from = OPENER_SAYS; from <= RESPONDER_SAYS; from++) {
            uint32_t below =
                traffic_random(&traffic, traffic_random(&traffic, 2) ? 4000 : 1u << 31);
            wire.flows[flow].isn[from] = UINT32_MAX - below;
        }
    }
}

static void shake_hands(void)
{
    enum traffic_missing missing = traffic.style.missing;
    if (missing == MISSING_ALL)
        return;
    story_syn(&wire.story, &wire.peers, &wire.flows[0]);
    wire.fed += missing == MISSING_SYN;
    wire_tell(&wire);
    story_syn_ack(&wire.story, &wire.peers, &wire.flows[0]);
    wire.fed += missing == MISSING_SYN_ACK;
    wire_tell(&wire);
    story_ack(&wire.story, &wire.peers, &wire.flows[0]);
    wire.fed += missing == MISSING_ACK;
    wire_tell(&wire);
    for (unsigned flow = 1; flow < traffic_seen_flows(&traffic); flow++)
        wire_join(&wire, flow);
}

/* Octets without a mapping have a place before the capture is over. */
static bool has_turned_plain(void)
{
    return story_connection(wire.tracker, 0).streams[MPTA_CLIENT].data_bytes >
           model_carried(&model, MPTA_CLIENT);
}

static void run(uint64_t seed, bool changing, struct totals *totals)
{
    seed_now = seed;
    traffic_begin(&traffic, seed, changing);
    open_somewhere();
    traffic_make(&traffic, &wire);
    model_begin(&model, &traffic);
    shake_hands();
    for (size_t i = 0; i < traffic.count; i++) {
        bool known = traffic.packets[i].flow < traffic_seen_flows(&traffic) &&
                     model_feed(&model, &traffic.packets[i]);
        wire_send(&wire, &traffic.packets[i]);
        if (known && traffic_random(&traffic, 8) == 0)
            wire_copy_last(&wire);
    }
    totals->packets += traffic.count;
    totals->soon += traffic.style.volume && has_turned_plain();
    wire_finish(&wire);
    compare(&model, wire.tracker, totals);
    wire_close(&wire);
}

static uint64_t number_of(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text ? strtoull(text, NULL, 10) : otherwise;
}

static struct totals run_all(uint64_t runs, bool changing)
{
    uint64_t first = number_of("MPTA_MODEL_SEED", 1);
    struct totals totals = {0};
    for (uint64_t seed = first; seed < first + runs; seed++)
        run(seed, changing, &totals);
    print_message("%llu runs, %llu packets, %llu octets; %llu of %llu directions understood; %llu "
                  "verdicts, %llu of them wrong, %llu in runs where each is certain; %llu octets "
                  "without a place, %llu placed after DSS had vanished, in %llu runs at once\n",
                  (unsigned long long)runs, (unsigned long long)totals.packets,
                  (unsigned long long)totals.octets, (unsigned long long)totals.understood,
                  (unsigned long long)totals.sides, (unsigned long long)totals.verdicts,
                  (unsigned long long)totals.wrong, (unsigned long long)totals.exact,
                  (unsigned long long)totals.unplaced, (unsigned long long)totals.plain,
                  (unsigned long long)totals.soon);
    return totals;
}

static void the_tracker_agrees_with_the_model(void **state)
{
    (void)state;
    uint64_t runs = number_of("MPTA_MODEL_RUNS", RUNS);
    struct totals totals = run_all(runs, false);
    if (runs < RUNS)
        return;
    assert_true(totals.understood > totals.sides / 20 * 19);
    assert_true(totals.exact > totals.verdicts / 2);
    assert_int_equal(totals.wrong, 0);
    assert_true(totals.soon > 0);
}

static void and_where_the_path_changes_octets(void **state)
{
    (void)state;
    uint64_t runs = number_of("MPTA_MODEL_RUNS", RUNS) / 4;
    struct totals totals = run_all(runs, true);
    if (runs >= RUNS / 4)
        assert_true(totals.wrong > totals.verdicts / 50);
}

static int name_the_seed(void **state)
{
    (void)state;
    print_message("the last one was MPTA_MODEL_SEED=%llu: %s\n", (unsigned long long)seed_now,
                  traffic_words(&traffic));
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(the_tracker_agrees_with_the_model, name_the_seed),
        cmocka_unit_test_teardown(and_where_the_path_changes_octets, name_the_seed),
    };
    wire_fill(traffic.app[MPTA_CLIENT], TRAFFIC_APP_MAX, MPTA_CLIENT, 0);
    wire_fill(traffic.app[MPTA_SERVER], TRAFFIC_APP_MAX, MPTA_SERVER, 0);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
