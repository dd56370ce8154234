/* SPDX-License-Identifier: BSD-3-Clause */
/* The end of a connection is told late enough to tell all of it, and only once. */
#include "tests/unit/analyzer/story.h"

#include <string.h>

static struct story_peers peers;
static struct story_flow first, second, other;

/* What an observer was told. */
struct told {
    const struct mpta_tracker *tracker;
    size_t ends;           /* of connection 0 */
    size_t after_end;      /* other events of it after that */
    size_t updates;        /* news of what came to light then */
    size_t packets_fed;    /* when the end was told */
    size_t fed;            /* so far */
    bool refusal_is_there; /* in the findings, then */
    struct mpta_place at;
};

static void observe(void *context, const struct mpta_event *event)
{
    struct told *told = context;
    struct mpta_finding finding;
    if (event->connection != 0)
        return;
    if (event->type == MPTA_EVENT_CONNECTION_UPDATE)
        told->updates++;
    else
        told->after_end += told->ends > 0;
    if (event->type != MPTA_EVENT_CONNECTION_END)
        return;
    told->ends++;
    told->packets_fed = told->fed;
    told->at = event->at;
    told->refusal_is_there = story_finding(told->tracker, 0, "join-refused", &finding);
}

/* A connection with a refused join, closed by both hosts; the join may have a nonce of zero. */
static void closed_with(struct story *story, bool nonce_is_zero)
{
    story_begin(story);
    peers = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    first = story_flow("10.0.1.1", 40001, "10.0.9.1", 443);
    second = story_flow("10.0.2.1", 40002, "10.0.9.1", 443);
    other = story_flow("10.0.1.1", 40009, "10.0.9.1", 443);
    story_capable(story, &peers, &first);
    story_capable_data(story, &peers, &first, 100);
    if (nonce_is_zero)
        second.nonce[OPENER_SAYS] = 0;
    story_join_syn(story, &peers, &second);
    story_rst(story, &second, RESPONDER_SAYS, 3);
    story_data_fins(story, &peers, &first);
    story_fins(story, &peers, &first);
}

static void closed(struct story *story)
{
    closed_with(story, false);
}

/* Another connection, so long after. */
static void another(struct story *story, int64_t after_ns)
{
    struct story_peers others = story_peers(1, STORY_KEY_THIRD, STORY_KEY_FOURTH);
    story->now_ns += after_ns;
    story_capable(story, &others, &other);
}

static void tell_all(const struct story *story, struct told *told, struct mpta_tracker **tracker)
{
    struct mpta_fed fed;
    *told = (struct told){0};
    const struct mpta_config config = {.observe = observe, .observe_context = told};
    *tracker = mpta_tracker_new(&config);
    told->tracker = *tracker;
    for (size_t i = 0; i < story->count; i++) {
        assert_int_equal(story_feed(story, i, *tracker, &fed), MPTA_OK);
        told->fed++;
    }
    assert_int_equal(mpta_tracker_finish(*tracker), MPTA_OK);
}

static void the_end_comes_later_with_all_findings(void **state)
{
    (void)state;
    static struct story story;
    struct told told;
    struct mpta_tracker *tracker;
    closed(&story);
    size_t count = story.count;
    int64_t closed_ns = story.now_ns;
    another(&story, 3000 * STORY_MS);
    tell_all(&story, &told, &tracker);
    assert_int_equal(told.ends, 1);
    assert_int_equal(told.packets_fed, count);
    assert_true(told.at.time_ns <= closed_ns);
    assert_true(told.refusal_is_there);
    assert_int_equal(story_count(tracker, 0, "join-refused"), 1);
    mpta_tracker_free(tracker);
}

static void stragglers_are_told_of_before_the_end(void **state)
{
    (void)state;
    static struct story story;
    struct told told;
    struct mpta_tracker *tracker;
    closed(&story);
    story_join_syn(&story, &peers, &second);
    story_rst(&story, &second, RESPONDER_SAYS, 3);
    another(&story, 3000 * STORY_MS);
    tell_all(&story, &told, &tracker);
    assert_int_equal(told.ends, 1);
    assert_int_equal(told.after_end, 0);
    mpta_tracker_free(tracker);
}

static void at_the_end_of_the_capture_it_comes_at_once(void **state)
{
    (void)state;
    static struct story story;
    struct told told;
    struct mpta_tracker *tracker;
    closed(&story);
    another(&story, 100 * STORY_MS);
    tell_all(&story, &told, &tracker);
    assert_int_equal(told.ends, 1);
    assert_int_equal(told.packets_fed, story.count);
    assert_true(told.refusal_is_there);
    mpta_tracker_free(tracker);
}

/* Also where the clock jumps, and where many connections end at once. */
static void many_ends(void **state)
{
    (void)state;
    static struct story story;
    struct told told;
    struct mpta_tracker *tracker;
    for (int64_t jump = -10000; jump <= 10000; jump += 10000) {
        closed(&story);
        another(&story, jump * STORY_MS);
        tell_all(&story, &told, &tracker);
        assert_int_equal(told.ends, 1);
        mpta_tracker_free(tracker);
    }
}

/* What only the end of the capture, or a packet after the end of a connection, brings to light. */
static void news_are_told_in_the_end(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        bool nonce_is_zero, straggler;
        size_t updates;
    } cases[] = {
        {"nothing new",                 false, false, 0},
        {"joins that were compared",    true,  false, 1},
        {"a packet long after the end", false, true,  1},
        {"both, said in one",           true,  true,  1},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        static struct story story;
        struct told told;
        struct mpta_tracker *tracker;
        closed_with(&story, cases[i].nonce_is_zero);
        another(&story, 3000 * STORY_MS);
        if (cases[i].straggler)
            story_rst(&story, &first, RESPONDER_SAYS, -1);
        tell_all(&story, &told, &tracker);
        if (told.ends != 1 || told.updates != cases[i].updates)
            fail_msg("%s: %zu ends, %zu times news", cases[i].words, told.ends, told.updates);
        mpta_tracker_free(tracker);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_end_comes_later_with_all_findings),
        cmocka_unit_test(stragglers_are_told_of_before_the_end),
        cmocka_unit_test(at_the_end_of_the_capture_it_comes_at_once),
        cmocka_unit_test(many_ends),
        cmocka_unit_test(news_are_told_in_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
