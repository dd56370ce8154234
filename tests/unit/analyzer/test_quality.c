/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a capture cannot prove: octets that it lacks, packets cut, sides not heard, copies,
 * offloads, and what fronts know of their inputs. A capture that is whole has none of these.
 */
#include "tests/unit/analyzer/story.h"

#include <string.h>

static struct story_peers peers;
static struct story_flow first;
static struct story_flow second;

static void begin(struct story *story)
{
    peers = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    first = story_flow("10.0.1.1", 40001, "192.0.2.1", 443);
    second = story_flow("10.0.2.1", 40002, "192.0.2.1", 443);
    story_begin(story);
    story_capable(story, &peers, &first);
}

/* ---- Octets that the capture lacks ----------------------------------------------------------- */

/* 100 segments of 100 octets; some are not captured. */
static const struct {
    const char *words;
    size_t lost;       /* segments */
    bool acknowledged; /* all of them */
    bool fragmented;   /* some segment came in IP fragments */
    int severity;      /* -1: it is no finding */
} loss_cases[] = {
    {"nothing",                                0,  true,  false, -1          },
    {"one of a hundred",                       1,  true,  false, -1          },
    {"two of a hundred",                       2,  true,  false, MPTA_WARNING},
    {"many, but nobody had them",              50, false, false, -1          },
    {"two of a hundred, perhaps in fragments", 2,  true,  true,  MPTA_NOTE   },
};

static void tell_hundred(struct story *story, bool acknowledged)
{
    begin(story);
    for (int i = 0; i < 100; i++)
        story_data(story, &peers, &first, OPENER_SAYS, 100);
    if (acknowledged)
        story_data_ack(story, &peers, &first, RESPONDER_SAYS);
}

static void lacking_octets_are_told_beyond_one_percent(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(loss_cases); i++) {
        static struct story story;
        const struct story_loss loss = {
            .begin = 50, .end = 50 + loss_cases[i].lost, .also = SIZE_MAX};
        struct mpta_finding finding;
        tell_hundred(&story, loss_cases[i].acknowledged);
        story.packets[5].segment.fragmented = loss_cases[i].fragmented;
        struct mpta_tracker *tracker = story_tell_with(&story, &loss, NULL, 0);
        int severity = story_finding(tracker, 0, "capture-loss-estimated", &finding)
                           ? (int)finding.severity
                           : -1;
        if (severity != loss_cases[i].severity)
            fail_msg("%s: %d", loss_cases[i].words, severity);
        mpta_tracker_free(tracker);
    }
}

/* FINs take sequence numbers, too, and are no data: seen or not. */
static void fins_are_no_octets(void **state)
{
    (void)state;
    for (size_t lost = 3; lost <= 6; lost++) {
        struct story story;
        struct mpta_finding finding;
        const struct story_loss loss = {.also = lost};
        begin(&story);
        story_fins(&story, &peers, &first);
        struct mpta_tracker *tracker = story_tell_with(&story, &loss, NULL, 0);
        assert_false(story_finding(tracker, 0, "capture-loss-estimated", &finding));
        mpta_tracker_free(tracker);
    }
}

static void joins_of_nobody_lack_octets_of_the_capture(void **state)
{
    struct story story;
    struct mpta_finding finding;
    (void)state;
    begin(&story);
    story_join(&story, &peers, &second);
    size_t at = story.count;
    story_data(&story, &peers, &second, OPENER_SAYS, 100);
    story_data(&story, &peers, &second, OPENER_SAYS, 100);
    story_data_ack(&story, &peers, &second, RESPONDER_SAYS);
    const struct story_loss loss = {.begin = 0, .end = 3, .also = at};
    struct mpta_tracker *tracker = story_tell_with(&story, &loss, NULL, 0);
    assert_true(story_global_finding(tracker, "capture-loss-estimated", &finding));
    mpta_tracker_free(tracker);
}

/* ---- One side ---------------------------------------------------------------------------------
 */

static void one_side_is_told(void **state)
{
    (void)state;
    for (int side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
        struct story story;
        struct mpta_finding finding;
        struct story_loss loss = {.also = SIZE_MAX, .side = (enum mpta_side)side};
        begin(&story);
        story_data(&story, &peers, &first, OPENER_SAYS, 100);
        story_data(&story, &peers, &first, RESPONDER_SAYS, 100);
        for (int one_sided = 0; one_sided < 2; one_sided++) {
            loss.one_sided = one_sided;
            struct mpta_tracker *tracker = story_tell_with(&story, &loss, NULL, 0);
            assert_int_equal(story_finding(tracker, 0, "capture-one-sided", &finding), one_sided);
            assert_false(story_finding(tracker, 0, "capture-loss-estimated", &finding));
            mpta_tracker_free(tracker);
        }
    }
}

/* Nobody answered: there was nothing to capture. */
static void silence_is_not_one_sided(void **state)
{
    struct story story;
    struct mpta_finding finding;
    (void)state;
    begin(&story);
    story_join_syn(&story, &peers, &second);
    struct mpta_tracker *tracker = story_tell(&story);
    assert_false(story_finding(tracker, 0, "capture-one-sided", &finding));
    mpta_tracker_free(tracker);
}

static void subflows_may_have_begun_before(void **state)
{
    struct story story;
    struct mpta_finding finding;
    const uint64_t keys[] = {STORY_KEY_CLIENT, STORY_KEY_SERVER};
    (void)state;
    begin(&story);
    story_data(&story, &peers, &first, OPENER_SAYS, 100);
    story_data(&story, &peers, &first, RESPONDER_SAYS, 100);
    const struct story_loss late = {.begin = 0, .end = 3, .also = SIZE_MAX};
    struct mpta_tracker *tracker = story_tell_with(&story, &late, keys, 2);
    assert_true(story_finding(tracker, 0, "capture-late", &finding));
    mpta_tracker_free(tracker);
    /* Without keys another finding has said it. */
    tracker = story_tell_with(&story, &late, NULL, 0);
    assert_true(story_finding(tracker, 0, "handshake-not-captured", &finding));
    assert_false(story_finding(tracker, 0, "capture-late", &finding));
    mpta_tracker_free(tracker);
    tracker = story_tell(&story);
    assert_false(story_finding(tracker, 0, "capture-late", &finding));
    mpta_tracker_free(tracker);
}

/* ---- Cut packets, copies, offloads ------------------------------------------------------------
 */

static void cut_packets_are_counted(void **state)
{
    struct story story;
    struct mpta_finding finding;
    (void)state;
    begin(&story);
    for (int i = 0; i < 3; i++)
        story_data(&story, &peers, &first, OPENER_SAYS, 100)->segment.payload_captured = 99;
    story_cut(&story.packets[4], 10);
    /* What is missing from a first fragment is elsewhere. */
    story.packets[5].segment.fragmented = true;
    struct mpta_tracker *tracker = story_tell(&story);
    assert_true(story_finding(tracker, 0, "capture-snapped", &finding));
    assert_int_equal(finding.witnesses[0].at.packet, 4);
    assert_non_null(strstr(finding.message, "2 packets cut by the snap length (1 within"));
    mpta_tracker_free(tracker);
}

/* Where payload is left out on purpose only what was cut before it is worth a word. */
static void payload_left_out_is_no_finding(void **state)
{
    (void)state;
    for (int cut = 0; cut < 2; cut++) {
        const struct mpta_config config = {.headers_only = true};
        struct mpta_tracker *tracker = mpta_tracker_new(&config);
        struct story story;
        struct mpta_finding finding;
        struct mpta_fed fed;
        assert_non_null(tracker);
        begin(&story);
        for (int i = 0; i < 3; i++)
            story_data(&story, &peers, &first, OPENER_SAYS, 100)->segment.payload_captured = 0;
        if (cut)
            story_cut(&story.packets[4], 10);
        for (size_t i = 0; i < story.count; i++)
            assert_int_equal(story_feed(&story, i, tracker, &fed), MPTA_OK);
        assert_int_equal(mpta_tracker_finish(tracker), MPTA_OK);
        assert_int_equal(story_finding(tracker, 0, "capture-snapped", &finding), cut);
        if (cut)
            assert_non_null(strstr(finding.message, "1 packet cut by the snap length (1 within"));
        mpta_tracker_free(tracker);
    }
}

static void copies_are_told(void **state)
{
    (void)state;
    for (int copied = 0; copied < 2; copied++) {
        struct story story;
        struct mpta_finding finding;
        begin(&story);
        story_data(&story, &peers, &first, OPENER_SAYS, 100);
        story.step_ns = 1000;
        story_again(&story, 3, true);
        if (!copied)
            story.count--;
        struct mpta_tracker *tracker = story_tell(&story);
        assert_int_equal(story_global_finding(tracker, "capture-duplicates", &finding), copied);
        mpta_tracker_free(tracker);
    }
}

/* A SYN that takes segments of so many octets; 0: it does not say. */
static void limit_segments(struct story_packet *syn, uint16_t mss)
{
    const uint8_t octets[] = {MPTA_KIND_MSS, 4, (uint8_t)(mss >> 8), (uint8_t)mss};
    if (mss == 0)
        return;
    memcpy(syn->options + syn->segment.options_len, octets, sizeof(octets));
    syn->segment.options_len += sizeof(octets);
    syn->segment.options_captured = syn->segment.options_len;
}

static void super_segments_are_told(void **state)
{
    static const struct {
        const char *words;
        uint16_t mss[2]; /* of the client, of the server */
        bool zero_length;
        bool found;
    } rows[] = {
        {"as many octets as it takes", {536, 1460}, false, false},
        {"one more",                   {536, 1459}, false, true },
        {"it did not say",             {536, 0},    false, false},
        {"IP length 0",                {0, 0},      true,  true },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct story story;
        struct mpta_finding finding;
        begin(&story);
        limit_segments(&story.packets[0], rows[i].mss[0]);
        limit_segments(&story.packets[1], rows[i].mss[1]);
        story_data(&story, &peers, &first, OPENER_SAYS, 1460)->segment.super_segment =
            rows[i].zero_length;
        struct mpta_tracker *tracker = story_tell(&story);
        if (story_global_finding(tracker, "capture-offload", &finding) != rows[i].found)
            fail_msg("%s", rows[i].words);
        mpta_tracker_free(tracker);
    }
}

/* ---- What fronts know --------------------------------------------------------------------------
 */

static void facts_become_findings(void **state)
{
    static const struct {
        struct mpta_capture_facts facts;
        const char *id; /* NULL: nothing is wrong */
    } rows[] = {
        {{.capture = 0},                       NULL               },
        {{.capture = 1, .truncated = true},    "capture-truncated"},
        {{.capture = 2, .kernel_drops = 3},    "capture-drops"    },
        {{.capture = 3, .late = 1},            "capture-unordered"},
        {{.capture = 4, .cut = 5},             "capture-snapped"  },
        {{.capture = 5, .interface_drops = 3}, "capture-drops"    },
        {{.capture = 6, .clock_ahead_ns = -1}, "capture-clocks"   },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct mpta_finding finding;
        struct mpta_tracker *tracker = mpta_tracker_new(NULL);
        assert_non_null(tracker);
        assert_int_equal(mpta_tracker_note_capture(tracker, &rows[i].facts), MPTA_OK);
        assert_int_equal(mpta_tracker_finish(tracker), MPTA_OK);
        assert_int_equal(mpta_tracker_global_finding(tracker, 0, &finding), rows[i].id != NULL);
        if (rows[i].id) {
            assert_string_equal(finding.kind->id, rows[i].id);
            assert_int_equal(finding.witnesses[0].at.capture, i);
            assert_int_equal(finding.witnesses[0].at.packet, 0);
        }
        assert_false(mpta_tracker_global_finding(tracker, 1, &finding));
        mpta_tracker_free(tracker);
    }
}

/* Each input has a row of its own. */
static void facts_of_two_inputs_are_two_rows(void **state)
{
    struct mpta_finding finding;
    struct mpta_tracker *tracker = mpta_tracker_new(NULL);
    (void)state;
    assert_non_null(tracker);
    for (uint32_t capture = 0; capture < 2; capture++) {
        const struct mpta_capture_facts facts = {.capture = capture, .kernel_drops = 1 + capture};
        assert_int_equal(mpta_tracker_note_capture(tracker, &facts), MPTA_OK);
    }
    assert_true(mpta_tracker_global_finding(tracker, 1, &finding));
    assert_int_equal(finding.witnesses[0].at.capture, 1);
    mpta_tracker_free(tracker);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lacking_octets_are_told_beyond_one_percent),
        cmocka_unit_test(fins_are_no_octets),
        cmocka_unit_test(joins_of_nobody_lack_octets_of_the_capture),
        cmocka_unit_test(one_side_is_told),
        cmocka_unit_test(silence_is_not_one_sided),
        cmocka_unit_test(subflows_may_have_begun_before),
        cmocka_unit_test(cut_packets_are_counted),
        cmocka_unit_test(payload_left_out_is_no_finding),
        cmocka_unit_test(copies_are_told),
        cmocka_unit_test(super_segments_are_told),
        cmocka_unit_test(facts_become_findings),
        cmocka_unit_test(facts_of_two_inputs_are_two_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
