/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The k-th allocation fails, for every k until none does. The tracker must say so, lose no memory,
 * answer every view, and go on with what it is fed next.
 */
#include "tests/unit/analyzer/healthy.h"
#include "tests/unit/analyzer/scarce.h"
#include "tests/unit/analyzer/stranger.h"

#include <stdlib.h>
#include <string.h>

/* ---- The story ------------------------------------------------------------------------------- */

/* Two connections with joins before and after them, addresses, findings, holes and copies. */
static void tell_much(struct story *story)
{
    struct story_peers one = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    struct story_peers two = story_peers(0, STORY_KEY_THIRD, STORY_KEY_FOURTH);
    struct story_peers nobody = story_peers(1, 1, 2);
    struct story_flow first = story_flow("10.0.1.1", 40001, "192.0.2.1", 443);
    struct story_flow second = story_flow("10.0.2.1", 40002, "192.0.2.1", 443);
    struct story_flow other = story_flow("10.0.3.1", 40003, "192.0.2.9", 443);
    struct story_flow early = story_flow("192.0.2.9", 40004, "10.0.3.1", 5000);
    struct story_flow lost = story_flow("10.0.4.1", 40005, "192.0.2.1", 443);
    struct story_flow repeated = story_flow("10.0.5.1", 40006, "192.0.2.1", 443);
    repeated.nonce[OPENER_SAYS] = second.nonce[OPENER_SAYS];
    early.opened_by = MPTA_SERVER;
    story_join_syn(story, &two, &early);
    story_join(story, &nobody, &lost);
    story_capable(story, &one, &first);
    story_capable(story, &two, &other);
    story_join_syn_ack(story, &two, &early);
    story_spoil(story_join_ack(story, &two, &early), 5);
    story_join(story, &one, &second);
    for (unsigned i = 0; i < 6; i++) { /* each second segment is missing: holes */
        second.sent[OPENER_SAYS] += 10;
        second.offset[OPENER_SAYS] += 10;
        one.dsn[MPTA_CLIENT] += 10;
        story_data(story, &one, &second, OPENER_SAYS, 10);
        story_again(story, story->count - 1, true);
    }
    for (uint8_t id = 1; id < 7; id++)
        story_add_addr(story, &one, &first, RESPONDER_SAYS, id, "192.0.2.7", 8000);
    story_add_addr(story, &one, &first, RESPONDER_SAYS, 6, "224.0.0.1", 0);
    story_add_addr_echo(story, &first, OPENER_SAYS, 6, "192.0.2.8", 0);
    story_join_syn(story, &one, &repeated);
    story_spoil(story_add_addr(story, &one, &first, OPENER_SAYS, 9, "2001:db8::9", 0), 22);
    story_data(story, &two, &other, OPENER_SAYS, 100);
    story_data(story, &two, &other, RESPONDER_SAYS, 100);
    story_rst(story, &second, RESPONDER_SAYS, 9);
    story_spoil(story_fastclose(story, &one, &first, OPENER_SAYS, MPTA_TCP_ACK), 6);
    story_fastclose(story, &one, &first, OPENER_SAYS, MPTA_TCP_ACK);
    story_data_fins(story, &two, &other);
    story_fins(story, &two, &other);
}

/* ---- Asking everything ----------------------------------------------------------------------- */

static size_t ask_series(const struct mpta_tracker *tracker,
                         const struct mpta_connection *connection)
{
    struct mpta_series_point point;
    size_t points = 0;
    for (int side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
        for (uint32_t id = 0; id < connection->subflow_count; id++) {
            for (size_t i = 0; mpta_tracker_series_point(tracker, connection->id, id,
                                                         (enum mpta_side)side, i, &point);
                 i++)
                points += point.interval_ns > 0;
        }
        for (size_t i = 0;
             mpta_tracker_stream_point(tracker, connection->id, (enum mpta_side)side, i, &point);
             i++)
            points += point.interval_ns > 0;
    }
    return points;
}

static size_t ask_connection(const struct mpta_tracker *tracker, uint32_t id)
{
    struct mpta_connection connection = story_connection(tracker, id);
    struct mpta_subflow subflow;
    struct mpta_address_event address;
    struct mpta_finding finding;
    size_t length = 0;
    for (size_t i = 0; i < connection.subflow_count; i++) {
        assert_true(mpta_tracker_subflow(tracker, id, i, &subflow));
        length += strlen(mpta_subflow_state_name(subflow.state));
    }
    for (size_t i = 0; i < connection.address_count; i++) {
        assert_true(mpta_tracker_address(tracker, id, i, &address));
        length += strlen(mpta_verdict_name(address.hmac));
    }
    for (size_t i = 0; i < connection.finding_count; i++) {
        assert_true(mpta_tracker_finding(tracker, id, i, &finding));
        length += strlen(finding.message);
    }
    length += ask_series(tracker, &connection);
    assert_false(mpta_tracker_subflow(tracker, id, connection.subflow_count, &subflow));
    assert_false(mpta_tracker_address(tracker, id, connection.address_count, &address));
    assert_false(mpta_tracker_finding(tracker, id, connection.finding_count, &finding));
    return length + strlen(mpta_fallback_cause_name(connection.fallback));
}

static void ask_everything(const struct mpta_tracker *tracker)
{
    struct mpta_summary summary = story_summary(tracker);
    struct mpta_subflow subflow;
    struct mpta_finding finding;
    struct mpta_connection connection;
    size_t length = 0, subflows = 0;
    for (uint32_t id = 0; id < summary.connections; id++) {
        length += ask_connection(tracker, id);
        subflows += story_connection(tracker, id).subflow_count;
    }
    assert_false(mpta_tracker_connection_at(tracker, summary.kept, &connection));
    for (size_t i = 0; i < summary.unlinked_subflows; i++)
        assert_true(mpta_tracker_unlinked(tracker, i, &subflow));
    assert_false(mpta_tracker_unlinked(tracker, summary.unlinked_subflows, &subflow));
    for (size_t i = 0; mpta_tracker_global_finding(tracker, i, &finding); i++)
        length += strlen(finding.message);
    assert_int_equal(subflows, summary.subflows);
    assert_true(summary.connections == 0 || length > 0);
}

/* The views may be read while an event is told; what was delivered may be read. */
static struct mpta_tracker *observed;

static void ask_on_event(void *context, const struct mpta_event *event)
{
    size_t *events = context;
    assert_true(strlen(mpta_event_type_name(event->type)) > 0);
    ++*events;
    if (observed)
        ask_everything(observed);
}

static void take_octets(void *context, const struct mpta_octets *octets)
{
    uint64_t *sum = context;
    for (size_t i = 0; i < octets->len; i++)
        *sum += octets->octets[i];
}

/* ---- Failing --------------------------------------------------------------------------------- */

/* What a caller may do after a failure: ask, and go on with the next packet. */
static void feed_all(const struct story *story, struct mpta_tracker *tracker)
{
    for (size_t i = 0; i < story->count; i++) {
        struct mpta_fed fed;
        size_t failed = memory.failed;
        enum mpta_status status = story_feed(story, i, tracker, &fed);
        if (memory.failed == failed)
            assert_int_equal(status, MPTA_OK);
        else
            assert_int_equal(status, MPTA_NO_MEMORY);
        if (memory.failed > failed)
            ask_everything(tracker);
    }
}

/* The end of a capture, with whatever memory there is. */
static void finish(struct mpta_tracker *tracker)
{
    size_t failed = memory.failed;
    enum mpta_status status = mpta_tracker_finish(tracker);
    assert_int_equal(status, memory.failed == failed ? MPTA_OK : MPTA_NO_MEMORY);
    ask_everything(tracker);
}

enum failure {
    ONCE,     /* the k-th allocation */
    FOR_GOOD, /* and all after it */
    REPAIRED, /* the k-th and all after it, until the story is told anew with memory */
};

/* ---- Failing when connections leave -----------------------------------------------------------
 */

/* Long afterwards all are asked to leave, with whatever memory there is. */
static void leave_failing(struct mpta_tracker *tracker, size_t k, bool lasting)
{
    int64_t time_ns = INT64_C(1000000000000000);
    memory.failed = 0;
    memory.left = k;
    memory.lasting = lasting;
    for (int i = 0; i < 20; i++) {
        stranger_feed(tracker, time_ns + i * INT64_C(120000000000));
        memory.armed = memory.failed == 0 || lasting;
        memory.left = memory.failed == 0 ? memory.left : 0;
        mpta_tracker_retire(tracker, 0);
        memory.armed = false;
    }
}

/* All are there in the end, as they were or as records, or it is said that they are not. */
static bool run_leaving(const struct story *story, size_t k, bool lasting)
{
    const struct mpta_config config = {
        .keeps_records = true, .sleeps = true, .interval_ns = STORY_MS};
    struct mpta_tracker *tracker = mpta_tracker_new(&config);
    struct mpta_finding finding;
    struct mpta_fed fed;
    assert_non_null(tracker);
    for (size_t i = 0; i < story->count; i++)
        assert_int_equal(story_feed(story, i, tracker, &fed), MPTA_OK);
    leave_failing(tracker, k, lasting);
    bool failed = memory.failed > 0;
    enum mpta_status status = mpta_tracker_finish(tracker);
    struct mpta_summary summary = story_summary(tracker);
    bool evicted = story_global_finding(tracker, "state-evicted", &finding);
    assert_int_equal(summary.kept < summary.connections, evicted);
    if (evicted)
        assert_int_equal(status, MPTA_NO_MEMORY);
    if (!failed)
        assert_int_equal(status, MPTA_OK);
    if (!evicted)
        ask_everything(tracker);
    mpta_tracker_free(tracker);
    return failed;
}

/* Runs the story with the k-th allocation failing; false if there are fewer than k. */
static bool run_failing(const struct story *story, size_t k, enum failure failure)
{
    static const uint64_t keys[] = {STORY_KEY_CLIENT, 3};
    size_t events = 0;
    uint64_t octets = 0;
    const struct mpta_config config = {
        .keys = keys,
        .key_count = COUNT_OF(keys),
        .locate = true,
        .observe = ask_on_event,
        .observe_context = &events,
        .deliver = take_octets,
        .deliver_context = &octets,
        .interval_ns = STORY_MS,
    };
    memory.failed = 0;
    memory.left = k;
    memory.lasting = failure != ONCE;
    memory.armed = true;
    struct mpta_tracker *tracker = mpta_tracker_new(&config);
    observed = tracker;
    if (tracker) {
        feed_all(story, tracker);
        memory.armed = memory.armed && failure != REPAIRED;
        if (failure == REPAIRED)
            feed_all(story, tracker);
        finish(tracker);
    }
    memory.armed = false;
    observed = NULL;
    mpta_tracker_free(tracker);
    return memory.failed > 0;
}

static void run_failing_everywhere(const struct story *story, enum failure failure)
{
    size_t k = 0;
    while (run_failing(story, k, failure))
        k++;
    assert_true(k > 5);
}

static void run_failing_much(enum failure failure)
{
    static struct story story;
    story_begin(&story);
    tell_much(&story);
    run_failing_everywhere(&story, failure);
}

static void each_allocation_fails_once(void **state)
{
    (void)state;
    run_failing_much(ONCE);
}

static void memory_runs_out_for_good(void **state)
{
    (void)state;
    run_failing_much(FOR_GOOD);
}

static void memory_comes_back(void **state)
{
    (void)state;
    run_failing_much(REPAIRED);
}

static void healthy_stories_bear_it_too(void **state)
{
    (void)state;
    for (size_t i = 0; i < HEALTHY_COUNT; i++) {
        static struct story story;
        story_begin(&story);
        healthy_stories[i].tell(&story);
        run_failing_everywhere(&story, ONCE);
        run_failing_everywhere(&story, REPAIRED);
    }
}

static void who_leaves_stays_or_is_missed(void **state)
{
    static struct story story;
    (void)state;
    for (int lasting = 0; lasting <= 1; lasting++) {
        size_t k = 0;
        story_begin(&story);
        tell_much(&story);
        while (run_leaving(&story, k, lasting))
            k++;
        assert_true(k > 5);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_allocation_fails_once),
        cmocka_unit_test(memory_runs_out_for_good),
        cmocka_unit_test(memory_comes_back),
        cmocka_unit_test(healthy_stories_bear_it_too),
        cmocka_unit_test(who_leaves_stays_or_is_missed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
