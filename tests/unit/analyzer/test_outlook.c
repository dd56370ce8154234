/* SPDX-License-Identifier: BSD-3-Clause */
/* What can be concluded while a capture goes on is told then, and taken back where it was wrong. */
#include "tests/unit/analyzer/story.h"

static struct story_peers peers;
static struct story_flow first, second;

static struct mpta_tracker *new_tracker(void)
{
    struct mpta_tracker *tracker = mpta_tracker_new(NULL);
    assert_non_null(tracker);
    return tracker;
}

/* Feeds the packets of a story from `begin` on, and looks ahead. */
static void feed(const struct story *story, size_t begin, struct mpta_tracker *tracker)
{
    struct mpta_fed fed;
    for (size_t i = begin; i < story->count; i++)
        assert_int_equal(story_feed(story, i, tracker, &fed), MPTA_OK);
    assert_int_equal(mpta_tracker_preview(tracker, NULL, 0), MPTA_OK);
}

static void begin_story(struct story *story)
{
    peers = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    first = story_flow("10.0.1.1", 40001, "192.0.2.1", 443);
    second = story_flow("10.0.2.1", 40002, "192.0.2.1", 443);
    story_begin(story);
    story_capable(story, &peers, &first);
    story_capable_data(story, &peers, &first, 100);
}

static void a_capture_that_begins_late_is_told_at_once(void **state)
{
    struct story story;
    struct mpta_finding finding;
    struct mpta_tracker *tracker = new_tracker();
    (void)state;
    begin_story(&story);
    size_t late = story.count;
    story_data(&story, &peers, &first, OPENER_SAYS, 100);
    story_data(&story, &peers, &first, RESPONDER_SAYS, 100);
    feed(&story, late, tracker);
    assert_true(story_finding(tracker, 0, "handshake-not-captured", &finding));
    assert_int_equal(story_connection(tracker, 0).finding_count, 1);
    assert_int_equal(story_summary(tracker).findings[finding.severity], 1);
    mpta_tracker_forget_preview(tracker);
    assert_int_equal(story_connection(tracker, 0).finding_count, 0);
    assert_int_equal(mpta_tracker_finish(tracker), MPTA_OK);
    assert_true(story_finding(tracker, 0, "handshake-not-captured", &finding));
    assert_int_equal(finding.count, 1);
    mpta_tracker_free(tracker);
}

/* A join without an answer: not yet, then for too long, then answered after all. */
static void a_join_is_unanswered_after_its_time_and_until_it_is_answered(void **state)
{
    struct story story;
    struct mpta_finding finding;
    struct mpta_tracker *tracker = new_tracker();
    (void)state;
    begin_story(&story);
    story_join_syn(&story, &peers, &second);
    feed(&story, 0, tracker);
    assert_false(story_finding(tracker, 0, "join-unanswered", &finding));
    size_t fed = story.count;
    story.now_ns += 2000 * STORY_MS;
    story_data(&story, &peers, &first, OPENER_SAYS, 100);
    feed(&story, fed, tracker);
    assert_true(story_finding(tracker, 0, "join-unanswered", &finding));
    fed = story.count;
    story_join_syn_ack(&story, &peers, &second);
    feed(&story, fed, tracker);
    assert_false(story_finding(tracker, 0, "join-unanswered", &finding));
    mpta_tracker_free(tracker);
}

/* What packets show later stands for what was concluded before. */
static void nothing_is_told_twice(void **state)
{
    struct story story;
    struct mpta_finding finding;
    struct mpta_tracker *tracker = new_tracker();
    const struct mpta_capture_facts drops = {.kernel_drops = 3};
    (void)state;
    begin_story(&story);
    feed(&story, 0, tracker);
    assert_int_equal(mpta_tracker_preview(tracker, &drops, 1), MPTA_OK);
    assert_true(story_global_finding(tracker, "capture-drops", &finding));
    assert_int_equal(story_summary(tracker).findings[finding.severity], 1);
    assert_int_equal(mpta_tracker_note_capture(tracker, &drops), MPTA_OK);
    assert_int_equal(story_summary(tracker).findings[finding.severity], 1);
    assert_false(mpta_tracker_global_finding(tracker, 1, &finding));
    mpta_tracker_free(tracker);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_capture_that_begins_late_is_told_at_once),
        cmocka_unit_test(a_join_is_unanswered_after_its_time_and_until_it_is_answered),
        cmocka_unit_test(nothing_is_told_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
