/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a tracker measures of small conversations: who took over from whom, round trips by
 * timestamps, losses, and series over time.
 */
#include "analyzer/measure.h"
#include "analyzer/subflow.h"
#include "tests/unit/analyzer/story.h"

#include <string.h>

/* ---- Hand-overs ------------------------------------------------------------------------------ */

enum move {
    END,
    WAIT,  /* so many ms */
    FIRST, /* so many octets from the client on the first subflow */
    SECOND,
    THIRD,
    LOST_FIRST, /* ... on the first one, lost before they were captured, */
    LOST_THIRD, /* ... on the third one */
    BACK,       /* what comes next was sent so many octets ago */
    LAST_AGAIN, /* the last octets once more, on the second subflow */
    ACK,        /* of all, by the server, on the first subflow */
    SECOND_ACK, /* ... on the second one: that the first one's data came, its ACK did not */
};

#define HAND_OVER_MOVES 12

struct hand_over_case {
    const char *words;
    struct {
        enum move move;
        unsigned amount;
    } moves[HAND_OVER_MOVES];
    uint64_t hand_overs;
    uint32_t from, to;  /* of the last one */
    size_t first, last; /* by which move */
};

/* clang-format off */
static const struct hand_over_case hand_over_cases[] = {
    {"one subflow alone", {{FIRST, 100}, {WAIT, 300}, {FIRST, 100}}, 0, 0, 0, 0, 0},
    {"two in turn", {{FIRST, 100}, {SECOND, 100}, {FIRST, 100}}, 0, 0, 0, 0, 0},
    {"the second after the first fell silent, with data on its way",
     {{FIRST, 100}, {WAIT, 200}, {SECOND, 100}}, 1, 0, 1, 2, 2},
    {"not as soon as that", {{FIRST, 100}, {WAIT, 180}, {SECOND, 100}}, 0, 0, 0, 0, 0},
    {"with nothing on its way it is a pause",
     {{FIRST, 100}, {ACK, 0}, {WAIT, 300}, {SECOND, 100}}, 0, 0, 0, 0, 0},
    {"nothing is on its way, but what was sent is sent again",
     {{FIRST, 100}, {ACK, 0}, {WAIT, 300}, {LAST_AGAIN, 100}}, 1, 0, 1, 3, 3},
    {"what it carried has come, but it does not say so: its way back is dark",
     {{FIRST, 100}, {SECOND_ACK, 0}, {WAIT, 200}, {SECOND, 100}}, 1, 0, 1, 3, 3},
    {"the second goes on at once, and is acknowledged, before the first is silent for so long",
     {{FIRST, 100}, {SECOND, 100}, {SECOND_ACK, 0}, {WAIT, 200}, {SECOND, 100}, {SECOND, 100}},
     1, 0, 1, 4, 4},
    {"the first is not needed, while the second one's data is on its way",
     {{FIRST, 100}, {ACK, 0}, {SECOND, 100}, {WAIT, 200}, {SECOND, 100}}, 0, 0, 0, 0, 0},
    {"the first is tried in vain once more, then its data goes over the second",
     {{FIRST, 100}, {WAIT, 200}, {FIRST, 100}, {LAST_AGAIN, 100}}, 1, 0, 1, 3, 3},
    {"there and back", {{FIRST, 100}, {WAIT, 200}, {SECOND, 100}, {WAIT, 200}, {FIRST, 100}},
     2, 1, 0, 2, 4},
    {"the first goes on all the time, and takes over what the second does not get across",
     {{FIRST, 100}, {SECOND, 100}, {WAIT, 150}, {FIRST, 100}, {WAIT, 100}, {BACK, 200},
      {FIRST, 100}}, 1, 1, 0, 6, 6},
    {"not as soon as that", {{FIRST, 100}, {SECOND, 100}, {WAIT, 100}, {FIRST, 100}, {WAIT, 80},
      {BACK, 200}, {FIRST, 100}}, 0, 0, 0, 0, 0},
    {"the first is not needed; the second takes over from the third",
     {{FIRST, 100}, {ACK, 0}, {THIRD, 100}, {WAIT, 220}, {BACK, 100}, {SECOND, 100}},
     1, 2, 1, 5, 5},
    {"at the receiver: what was lost on the third comes over the first",
     {{FIRST, 100}, {THIRD, 100}, {LOST_THIRD, 100}, {FIRST, 100}, {WAIT, 150}, {FIRST, 100},
      {WAIT, 100}, {BACK, 300}, {FIRST, 100}}, 1, 2, 0, 8, 8},
    {"it may have been lost on the first, for that has a gap",
     {{SECOND, 100}, {THIRD, 100}, {LOST_FIRST, 100}, {FIRST, 100}, {WAIT, 150}, {SECOND, 100},
      {FIRST, 100}, {WAIT, 100}, {BACK, 400}, {SECOND, 100}}, 0, 0, 0, 0, 0},
    {"it may have been lost on this one, which was silent",
     {{FIRST, 100}, {THIRD, 100}, {ACK, 0}, {LOST_FIRST, 100}, {SECOND, 100}, {WAIT, 300},
      {BACK, 200}, {FIRST, 100}}, 0, 0, 0, 0, 0},
};
/* clang-format on */

struct seen {
    uint64_t count;
    struct mpta_event last;
    const struct mpta_tracker *tracker;
};

static void see(void *context, const struct mpta_event *event)
{
    struct seen *seen = context;
    if (event->type != MPTA_EVENT_HAND_OVER)
        return;
    seen->count++;
    seen->last = *event;
    assert_int_equal(story_connection(seen->tracker, 0).streams[MPTA_CLIENT].measure.hand_overs,
                     seen->count);
}

struct players {
    struct story_peers peers;
    struct story_flow flows[3];
};

static void players_begin(struct players *players, struct story *story)
{
    story_begin(story);
    players->peers = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    players->flows[0] = story_flow("10.0.1.1", 40001, "192.0.2.1", 443);
    players->flows[1] = story_flow("10.0.2.1", 40002, "192.0.2.1", 443);
    players->flows[2] = story_flow("10.0.3.1", 40003, "192.0.2.1", 443);
    story_capable(story, &players->peers, &players->flows[0]);
    story_join(story, &players->peers, &players->flows[1]);
    story_data_ack(story, &players->peers, &players->flows[0], RESPONDER_SAYS);
}

/* Makes a move; returns when its packet passed. */
static int64_t players_move(struct players *players, struct story *story, enum move move,
                            unsigned amount)
{
    switch (move) {
    case END:
        break;
    case WAIT:
        story->now_ns += amount * STORY_MS - story->step_ns;
        break;
    case LAST_AGAIN:
        players->peers.dsn[MPTA_CLIENT] -= amount;
        story_data(story, &players->peers, &players->flows[1], OPENER_SAYS, amount);
        break;
    case FIRST:
    case SECOND:
    case THIRD:
        story_data(story, &players->peers, &players->flows[move - FIRST], OPENER_SAYS, amount);
        break;
    case BACK:
        players->peers.dsn[MPTA_CLIENT] -= amount;
        break;
    case LOST_FIRST:
    case LOST_THIRD:
        story->count -=
            story_data(story, &players->peers, &players->flows[move == LOST_THIRD ? 2 : 0],
                       OPENER_SAYS, amount) != NULL;
        break;
    case ACK:
    case SECOND_ACK:
        story_data_ack(story, &players->peers, &players->flows[move == SECOND_ACK], RESPONDER_SAYS);
        break;
    }
    return story->now_ns;
}

static void hand_over_check(const struct hand_over_case *c)
{
    static struct story story;
    struct players players;
    struct seen seen = {0};
    struct mpta_fed fed;
    int64_t times_ns[HAND_OVER_MOVES];
    const struct mpta_config config = {.observe = see, .observe_context = &seen};
    struct mpta_tracker *tracker = mpta_tracker_new(&config);
    assert_non_null(tracker);
    seen.tracker = tracker;
    players_begin(&players, &story);
    story_join(&story, &players.peers, &players.flows[2]);
    for (size_t i = 0; i < HAND_OVER_MOVES; i++)
        times_ns[i] = players_move(&players, &story, c->moves[i].move, c->moves[i].amount);
    for (size_t i = 0; i < story.count; i++)
        assert_int_equal(story_feed(&story, i, tracker, &fed), MPTA_OK);
    assert_int_equal(mpta_tracker_finish(tracker), MPTA_OK);
    struct mpta_connection connection = story_connection(tracker, 0);
    const struct mpta_stream_measure *measure = &connection.streams[MPTA_CLIENT].measure;
    if (measure->hand_overs != c->hand_overs || seen.count != c->hand_overs)
        fail_msg("%s: %u hand-overs, %u told", c->words, (unsigned)measure->hand_overs,
                 (unsigned)seen.count);
    if (c->hand_overs > 0) {
        assert_int_equal(seen.last.from_subflow, c->from);
        assert_int_equal(seen.last.subflow, c->to);
        assert_true(seen.last.has_subflow && seen.last.by_known && seen.last.by == MPTA_CLIENT);
        assert_true(measure->first_hand_over_ns == times_ns[c->first]);
        assert_true(measure->last_hand_over_ns == times_ns[c->last]);
        assert_true(seen.last.at.time_ns == times_ns[c->last]);
    }
    mpta_tracker_free(tracker);
}

static void who_took_over_is_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(hand_over_cases); i++)
        hand_over_check(&hand_over_cases[i]);
}

/* What a tracker cannot be made to meet in a few packets. */
static void only_what_passes_takes_over(void **state)
{
    static struct half halves[2][2] = {{[OPENER].progress = {.sent = 2, .acked = 1}}};
    static struct subflow two[2] = {{.halves = halves[0]}, {.halves = halves[1]}};
    static struct subflow *const subflows[] = {&two[0], &two[1]};
    static const struct {
        const char *words;
        bool afterwards, forgotten;
        uint64_t hand_overs;
    } cases[] = {
        {"a hand-over",                              false, false, 1},
        {"its data was placed long after it passed", true,  false, 0},
        {"the silent one was another connection's",  false, true,  0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct stream_measure measure = {0};
        struct stream_piece piece = {.end = 1, .beyond = true};
        measure_data(&measure, subflows[0], &piece);
        if (cases[i].forgotten)
            measure_forget(&measure, subflows[0]);
        piece = (struct stream_piece){
            .time_ns = HAND_OVER_QUIET_NS,
            .end = 2,
            .beyond = true,
            .afterwards = cases[i].afterwards,
        };
        measure_data(&measure, subflows[1], &piece);
        struct mpta_stream_measure view;
        measure_stream_view(&measure, &view);
        if (view.hand_overs != cases[i].hand_overs)
            fail_msg("%s: %u", cases[i].words, (unsigned)view.hand_overs);
        measure_stream_clear(&measure);
    }
}

/* ---- Round trips and losses ------------------------------------------------------------------ */

/* The octets of a packet once more, under another timestamp. */
static void say_again(struct story *story, const struct story_packet *told, uint32_t value)
{
    struct story_packet *again = story_again(story, (size_t)(told - story->packets), false);
    again->options[again->segment.options_len - 5] = (uint8_t)value;
}

/*
 * A segment is sent twice and acknowledged: sequence numbers say nothing of the round trip, the
 * timestamp that is echoed says which of the two arrived.
 */
static const struct {
    const char *words;
    uint32_t echoed;
    uint64_t samples; /* by timestamps */
    int64_t rtt_ms;
    uint64_t lost;
} again_cases[] = {
    {"the first one was lost",    8, 1, 10, 1},
    {"the first one had arrived", 7, 1, 20, 0},
    {"it is not said",            0, 0, 0,  1},
};

static void timestamps_tell_which_one_arrived(void **state)
{
    static struct story story;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(again_cases); i++) {
        struct players players;
        players_begin(&players, &story);
        struct story_packet *data =
            story_data(&story, &players.peers, &players.flows[0], OPENER_SAYS, 100);
        story_stamp(data, 7, 1);
        say_again(&story, data, 8);
        story_stamp(story_data_ack(&story, &players.peers, &players.flows[0], RESPONDER_SAYS), 2,
                    again_cases[i].echoed);
        struct mpta_tracker *tracker = story_tell(&story);
        struct mpta_subflow subflow = story_subflow(tracker, 0, 0);
        const struct mpta_subflow_direction *c2s = &subflow.directions[MPTA_CLIENT];
        if (c2s->rtt_timestamps.samples != again_cases[i].samples ||
            c2s->rtt_timestamps.median_ns != again_cases[i].rtt_ms * STORY_MS ||
            c2s->measure.lost_behind != again_cases[i].lost ||
            c2s->measure.retransmitted_packets != 1)
            fail_msg("%s: %u samples, %u lost", again_cases[i].words,
                     (unsigned)c2s->rtt_timestamps.samples, (unsigned)c2s->measure.lost_behind);
        assert_int_equal(c2s->rtt.samples, 1); /* of the SYN */
        mpta_tracker_free(tracker);
    }
}

/*
 * Two segments are sent, then the first one again; then the receiver acknowledges so much, with
 * these blocks. Numbers count from the first octet.
 */
static const struct {
    const char *words;
    uint32_t ack;
    uint32_t blocks[2][2];
    size_t count;
    uint64_t lost;
} sack_cases[] = {
    {"it came twice",                           200, {{0, 100}},             1, 0},
    {"so did more",                             200, {{0, 200}},             1, 0},
    {"another one came twice",                  200, {{100, 200}},           1, 1},
    {"what came is above what is acknowledged", 0,   {{0, 100}},             1, 1},
    {"it came twice, within what came above",   0,   {{0, 100}, {0, 200}},   2, 0},
    {"it came, and so did something else",      0,   {{0, 100}, {100, 200}}, 2, 1},
    {"a block that ends before it begins",      200, {{100, 0}},             1, 1},
};

static void a_receiver_says_what_came_twice(void **state)
{
    static struct story story;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(sack_cases); i++) {
        struct players players;
        players_begin(&players, &story);
        players_move(&players, &story, FIRST, 100);
        size_t first = story.count - 1;
        uint32_t base = story.packets[first].segment.seq;
        players_move(&players, &story, FIRST, 100);
        story_again(&story, first, false);
        struct story_packet *answer =
            story_plain(&story, &players.flows[0], RESPONDER_SAYS, MPTA_TCP_ACK, 0);
        uint32_t blocks[2][2];
        for (size_t k = 0; k < 4; k++)
            blocks[k / 2][k % 2] = base + sack_cases[i].blocks[k / 2][k % 2];
        answer->segment.ack = base + sack_cases[i].ack;
        story_sack(answer, (const uint32_t(*)[2])blocks, sack_cases[i].count);
        struct mpta_tracker *tracker = story_tell(&story);
        struct mpta_subflow subflow = story_subflow(tracker, 0, 0);
        const struct mpta_flow_measure *measure = &subflow.directions[MPTA_CLIENT].measure;
        if (measure->lost_behind != sack_cases[i].lost || measure->retransmitted_packets != 1)
            fail_msg("%s: %u lost", sack_cases[i].words, (unsigned)measure->lost_behind);
        mpta_tracker_free(tracker);
    }
}

/*
 * The second of three segments comes last: soon after the third one it was overtaken, later it was
 * lost. The path's round trip is 20 ms: 10 to either end.
 */
static const struct {
    const char *words;
    int64_t late_ms;
    bool acked;   /* all had been acknowledged: it was not captured */
    bool overdue; /* by its number it is not another one, sent again */
    uint64_t lost;
} late_cases[] = {
    {"overtaken",           10, false, false, 0},
    {"just so",             15, false, false, 0},
    {"lost",                16, false, false, 1},
    {"not captured",        50, true,  false, 0},
    {"overtaken by a mile", 50, false, true,  0},
};

static void what_fills_a_hole_late_was_lost(void **state)
{
    static struct story story;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(late_cases); i++) {
        struct players players;
        players_begin(&players, &story);
        for (unsigned k = 0; k < 3; k++)
            story_data(&story, &players.peers, &players.flows[0], OPENER_SAYS, 100);
        size_t third = story.count - 1;
        struct story_packet missing = story.packets[third - 1];
        memmove(&story.packets[third - 1], &story.packets[third], sizeof(missing));
        story.count--;
        if (late_cases[i].acked)
            story_data_ack(&story, &players.peers, &players.flows[0], RESPONDER_SAYS);
        missing.place = story.packets[third - 1].place;
        missing.place.time_ns += late_cases[i].late_ms * STORY_MS;
        if (!late_cases[i].overdue)
            missing.segment.ip_id = ++story.ip_id;
        story.packets[story.count++] = missing;
        struct mpta_tracker *tracker = story_tell(&story);
        struct mpta_subflow subflow = story_subflow(tracker, 0, 0);
        const struct mpta_flow_measure *measure = &subflow.directions[MPTA_CLIENT].measure;
        if (measure->lost_before != late_cases[i].lost || measure->lost_behind != 0)
            fail_msg("%s: %u lost", late_cases[i].words, (unsigned)measure->lost_before);
        mpta_tracker_free(tracker);
    }
}

/* ---- Series ---------------------------------------------------------------------------------- */

static void series_are_kept_where_they_are_asked_for(void **state)
{
    static struct story story;
    struct players players;
    struct mpta_series_point point;
    struct mpta_fed fed;
    (void)state;
    players_begin(&players, &story);
    players_move(&players, &story, FIRST, 100);
    players_move(&players, &story, FIRST, 50);
    players_move(&players, &story, ACK, 0);
    for (int asked = 0; asked < 2; asked++) {
        const struct mpta_config config = {.interval_ns = asked * 1000 * STORY_MS};
        struct mpta_tracker *tracker = mpta_tracker_new(&config);
        assert_non_null(tracker);
        for (size_t i = 0; i < story.count; i++)
            assert_int_equal(story_feed(&story, i, tracker, &fed), MPTA_OK);
        assert_int_equal(mpta_tracker_series_point(tracker, 0, 0, MPTA_CLIENT, 0, &point), asked);
        if (asked) {
            assert_true(point.begin_ns == story.packets[0].place.time_ns && point.offset_ns == 0);
            assert_int_equal(point.packets, 4);
            assert_int_equal(point.fresh_bytes, 150);
            assert_int_equal(point.max_in_flight, 150);
            assert_int_equal(point.rtt_samples, 2);
            assert_true(mpta_tracker_stream_point(tracker, 0, MPTA_CLIENT, 0, &point));
            assert_int_equal(point.data_acked_bytes, 150);
            assert_int_equal(point.fresh_bytes, 150);
        }
        assert_false(mpta_tracker_series_point(tracker, 0, 0, MPTA_CLIENT, 1, &point));
        assert_false(mpta_tracker_series_point(tracker, 0, 2, MPTA_CLIENT, 0, &point));
        assert_false(mpta_tracker_series_point(tracker, 1, 0, MPTA_CLIENT, 0, &point));
        assert_false(mpta_tracker_stream_point(tracker, 1, MPTA_CLIENT, 0, &point));
        mpta_tracker_free(tracker);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_took_over_is_told),
        cmocka_unit_test(only_what_passes_takes_over),
        cmocka_unit_test(timestamps_tell_which_one_arrived),
        cmocka_unit_test(a_receiver_says_what_came_twice),
        cmocka_unit_test(what_fills_a_hole_late_was_lost),
        cmocka_unit_test(series_are_kept_where_they_are_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
