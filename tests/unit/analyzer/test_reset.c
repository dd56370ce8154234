/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * RSTs that may be forged, by their distance and by their sequence numbers, and RSTs that look odd
 * but are their sender's; subflows that close without the data stream.
 */
#include "tests/unit/analyzer/story.h"

#define ACK (MPTA_TCP_ACK)
#define RST (MPTA_TCP_RST | MPTA_TCP_ACK)

static struct story_peers peers;
static struct story_flow flow;

static int before_each(void **state)
{
    (void)state;
    peers = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    flow = story_flow("10.0.1.1", 40001, "192.0.2.1", 443);
    return 0;
}

/* The server has spoken so often, SYN/ACK included, when a RST comes in its name. */
static struct story_packet *reset_after(struct story *story, unsigned packets)
{
    before_each(NULL);
    story_begin(story);
    story_capable(story, &peers, &flow);
    for (unsigned i = 1; i < packets; i++) {
        story_data(story, &peers, &flow, OPENER_SAYS, 100);
        story_data_ack(story, &peers, &flow, RESPONDER_SAYS);
    }
    return story_rst(story, &flow, RESPONDER_SAYS, -1);
}

static bool is_suspect(const struct story *story)
{
    struct mpta_finding finding;
    struct mpta_tracker *tracker = story_tell(story);
    bool found = story_finding(tracker, 0, "reset-suspect", &finding);
    assert_true(!found || finding.severity == MPTA_WARNING);
    assert_null(story_worst(tracker, MPTA_ERROR));
    mpta_tracker_free(tracker);
    return found;
}

/* ---- Distance -------------------------------------------------------------------------------- */

static const struct {
    const char *words;
    unsigned packets; /* of the server */
    uint8_t usual;
    uint8_t hop_limit; /* of the RST */
    bool suspect;
} distance_cases[] = {
    {"the same",                                         4, 50,  50,  false},
    {"another route",                                    4, 50,  45,  false},
    {"farther away",                                     4, 50,  44,  true },
    {"nearer",                                           4, 50,  56,  true },
    {"nearer by a route",                                4, 50,  55,  false},
    {"a box beside the capture",                         4, 50,  64,  true },
    {"the same host begins with 128",                    4, 50,  114, false},
    {"the same host begins with 255",                    4, 50,  241, false},
    {"the same host begins with 32",                     4, 50,  18,  false},
    {"the host itself was captured, it begins with 255", 4, 64,  255, false},
    {"the host itself was captured, it begins with 64",  4, 255, 64,  false},
    {"255, but not from as far away",                    4, 50,  255, true },
    {"too little to compare it with",                    2, 50,  44,  false},
    {"just enough to compare it with",                   3, 50,  44,  true },
};

static void a_reset_comes_from_as_far_as_other_packets(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(distance_cases); i++) {
        struct story story;
        reset_after(&story, distance_cases[i].packets)->segment.hop_limit =
            distance_cases[i].hop_limit;
        for (size_t at = 0; at < story.count - 1; at++)
            story.packets[at].segment.hop_limit = distance_cases[i].usual;
        if (is_suspect(&story) != distance_cases[i].suspect)
            fail_msg("%s", distance_cases[i].words);
    }
}

/* Routes that changed before are no surprise, and capture points are not compared. */
static void what_varies_is_no_habit(void **state)
{
    struct story story;
    (void)state;
    reset_after(&story, 6)->segment.hop_limit = 50;
    assert_true(is_suspect(&story));
    story.packets[1].segment.hop_limit = 48;
    assert_false(is_suspect(&story));
    reset_after(&story, 6)->segment.hop_limit = 50;
    story.packets[story.count - 1].interface = 1;
    assert_false(is_suspect(&story));
}

/* ---- Sequence numbers ------------------------------------------------------------------------ */

/* Puts options on a SYN: no window scale (-1), or one. */
static void scale_windows(struct story_packet *packet, int scale)
{
    const uint8_t octets[] = {MPTA_KIND_WINDOW_SCALE, 3, (uint8_t)scale, MPTA_KIND_NOP};
    for (size_t i = 0; scale >= 0 && i < sizeof(octets); i++)
        packet->options[packet->segment.options_len++] = octets[i];
    packet->segment.options_captured = packet->segment.options_len;
}

static const struct {
    const char *words;
    int scales[2];  /* of the client's SYN, and the server's */
    int64_t beyond; /* of the RST's sequence number, what the server sent last */
    bool suspect;
} sequence_cases[] = {
    {"the next one",                       {-1, -1}, 0,                false},
    {"within the window",                  {-1, -1}, 65535,            false},
    {"beyond the window",                  {-1, -1}, 65536,            true },
    {"within the window, which is scaled", {3, 0},   8 * 65535,        false},
    {"beyond the window, which is scaled", {3, 0},   8 * 65535 + 1,    true },
    {"one side does not scale",            {3, -1},  65536,            true },
    {"scaled more than may be",            {200, 0}, INT64_C(1) << 29, false},
    {"somewhat old",                       {-1, -1}, -100000,          false},
    {"far too old",                        {-1, -1}, -200000,          true },
};

static void a_reset_lies_in_the_window(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(sequence_cases); i++) {
        struct story story;
        before_each(state);
        story_begin(&story);
        story_capable(&story, &peers, &flow);
        scale_windows(&story.packets[0], sequence_cases[i].scales[0]);
        scale_windows(&story.packets[1], sequence_cases[i].scales[1]);
        for (int n = 0; n < 5; n++) {
            story_data(&story, &peers, &flow, RESPONDER_SAYS, 60000);
            story_data_ack(&story, &peers, &flow, OPENER_SAYS);
        }
        story_rst(&story, &flow, RESPONDER_SAYS, -1)->segment.seq +=
            (uint32_t)sequence_cases[i].beyond;
        if (is_suspect(&story) != sequence_cases[i].suspect)
            fail_msg("%s", sequence_cases[i].words);
    }
}

/* A host without a socket answers what it gets: that is all it can say. */
static void a_reset_may_have_no_number(void **state)
{
    struct story story;
    (void)state;
    reset_after(&story, 4)->segment.seq = 0;
    assert_false(is_suspect(&story));
    story.packets[story.count - 1].segment.flags = MPTA_TCP_RST;
    assert_true(is_suspect(&story));
}

/* The first one has closed the subflow, as it seems; that does not make the others another's. */
static void each_of_many_counts(void **state)
{
    struct story story;
    struct mpta_finding finding;
    (void)state;
    reset_after(&story, 4)->segment.seq += 100000;
    for (uint32_t i = 1; i < 40; i++)
        story_rst(&story, &flow, RESPONDER_SAYS, -1)->segment.seq += 100000 + i * 100000003;
    struct mpta_tracker *tracker = story_tell(&story);
    assert_true(story_finding(tracker, 0, "reset-suspect", &finding));
    assert_int_equal(finding.count, 40);
    mpta_tracker_free(tracker);
}

/* Without the SYNs the window is not known. */
static void an_unknown_window_proves_nothing(void **state)
{
    for (size_t lost = 0; lost < 2; lost++) {
        struct story story;
        struct mpta_finding finding;
        const struct story_loss loss = {.also = lost};
        (void)state;
        reset_after(&story, 4)->segment.seq += 1000000;
        struct mpta_tracker *tracker = story_tell_with(&story, &loss, NULL, 0);
        assert_false(story_finding(tracker, 0, "reset-suspect", &finding));
        mpta_tracker_free(tracker);
    }
}

/* ---- FINs without DATA_FIN ------------------------------------------------------------------- */

enum ending {
    FINS_ALONE,
    DATA_FINS_FIRST,
    DATA_FIN_UNSEEN,
    ONE_FIN,
    FELL_BACK,
    ABORTED,
};

static const struct {
    const char *words;
    enum ending ending;
    uint64_t count; /* of sides without DATA_FIN */
} ending_cases[] = {
    {"FINs alone",                                               FINS_ALONE,      2},
    {"DATA_FINs, then FINs",                                     DATA_FINS_FIRST, 0},
    {"the client's DATA_FIN was not captured, its DATA_ACK was", DATA_FIN_UNSEEN, 0},
    {"only one FIN",                                             ONE_FIN,         0},
    {"plain TCP has no DATA_FIN",                                FELL_BACK,       0},
    {"aborted",                                                  ABORTED,         0},
};

static void tell_ending(struct story *story, enum ending ending)
{
    if (ending == DATA_FINS_FIRST || ending == DATA_FIN_UNSEEN)
        story_data_fins(story, &peers, &flow);
    if (ending == FELL_BACK) {
        story_unmapped(story, &flow, OPENER_SAYS, 100);
        story_unmapped(story, &flow, RESPONDER_SAYS, 100);
        story_plain(story, &flow, OPENER_SAYS, ACK | MPTA_TCP_FIN, 0);
        story_plain(story, &flow, RESPONDER_SAYS, ACK | MPTA_TCP_FIN, 0);
        story_plain(story, &flow, OPENER_SAYS, ACK, 0);
        return;
    }
    if (ending == ABORTED)
        story_fastclose(story, &peers, &flow, OPENER_SAYS, ACK);
    story_fins(story, &peers, &flow);
    if (ending == ONE_FIN)
        story->count -= 2;
}

static void a_data_stream_ends_before_its_subflows(void **state)
{
    for (size_t i = 0; i < COUNT_OF(ending_cases); i++) {
        struct story story;
        struct story_loss loss = {.also = SIZE_MAX};
        before_each(state);
        story_begin(&story);
        story_capable(&story, &peers, &flow);
        story_data(&story, &peers, &flow, OPENER_SAYS, 100);
        story_data(&story, &peers, &flow, RESPONDER_SAYS, 100);
        story_data_ack(&story, &peers, &flow, OPENER_SAYS);
        if (ending_cases[i].ending == DATA_FIN_UNSEEN)
            loss.also = story.count;
        tell_ending(&story, ending_cases[i].ending);
        struct mpta_tracker *tracker = story_tell_with(&story, &loss, NULL, 0);
        if (story_count(tracker, 0, "fin-without-datafin") != ending_cases[i].count)
            fail_msg("%s", ending_cases[i].words);
        mpta_tracker_free(tracker);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reset_comes_from_as_far_as_other_packets),
        cmocka_unit_test(what_varies_is_no_habit),
        cmocka_unit_test(a_reset_lies_in_the_window),
        cmocka_unit_test(a_reset_may_have_no_number),
        cmocka_unit_test(each_of_many_counts),
        cmocka_unit_test(an_unknown_window_proves_nothing),
        cmocka_unit_test(a_data_stream_ends_before_its_subflows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
