/* SPDX-License-Identifier: BSD-3-Clause */
/* What a tracker says and hands on, held against the model. */
#include "tests/unit/analyzer/model.h"

#include <string.h>

/* ---- The receiver -----------------------------------------------------------------------------
 */

void model_receive(void *context, const struct mpta_octets *octets)
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

/*
 * The model does not try all segments that may be put together: what was handed on may have a right
 * sum by mistake, because changes cancel each other out.
 */
static void find_mistakes(struct model *model, enum mpta_side by)
{
    struct model_stream *stream = &model->streams[by];
    for (size_t i = 0; i < model->check_count; i++) {
        const struct model_check *check = &model->checks[i];
        if (wire_side(model->traffic->wire, check->flow, check->from) == by)
            model_take_sum(model, check, stream->octets + check->map.data);
    }
}

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
    bool late = model_is_late(model, by);
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
    bool known = !model_is_late(model, by) && !silent;
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
    bool certain =
        check->gathered == len && !model_is_late(model, by) && !model_may_be_lost(model, by);
    bool valid = certain && model_sum_is_right(model, by, check, check->octets);
    verdicts->all++;
    verdicts->valid += valid;
    verdicts->invalid += certain && !valid && !check->mixed && !has_twin(model, check) &&
                         !check->map.is_32; /* else it may be the upper half */
    verdicts->possible += check_is_possible(model, check);
    verdicts->right += !valid && check->own_gathered == len &&
                       model_sum_is_right(model, by, check, check->own_octets);
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
        verdicts->valid += fin && !model_is_late(model, by);
        verdicts->possible += fin;
    }
}

static void assert_checksums(struct model *model, enum mpta_side by, const struct mpta_stream *view,
                             struct model_totals *totals)
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

void model_compare(struct model *model, const struct mpta_tracker *tracker,
                   struct model_totals *totals)
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
        if (model_may_be_lost(model, by) && view->data_bytes == 0)
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
        find_mistakes(model, by);
        assert_octets(model, by);
        assert_int_equal(view->reinjected_bytes, model_reinjected(model, by));
        assert_subflows(model, by, tracker, view->reinjected_bytes);
    }
}
