/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Connections that sleep while nothing is heard of them: who does, who wakes them, and that nobody
 * is lost where memory runs out. What they tell is compared in records, for all scenarios.
 */
#include "analyzer/tracker.h"
#include "tests/unit/analyzer/scarce.h"
#include "tests/unit/analyzer/story.h"
#include "tests/unit/analyzer/stranger.h"

#define MINUTE_NS INT64_C(60000000000)

/* A tracker that is told one step after the other. */
struct world {
    struct mpta_tracker *tracker;
    struct story story;
    struct story_peers peers;
    struct story_flow first, second;
};

static struct world world;

static void world_begin(bool sleeps)
{
    const struct mpta_config config = {.sleeps = sleeps, .keeps_records = true};
    world.tracker = mpta_tracker_new(&config);
    assert_non_null(world.tracker);
    world.peers = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    world.first = story_flow("10.0.1.1", 40001, "10.0.9.1", 443);
    world.second = story_flow("10.0.2.1", 40002, "10.0.9.1", 443);
    story_begin(&world.story);
}

static void world_end(void)
{
    assert_null(story_worst(world.tracker, MPTA_WARNING));
    mpta_tracker_free(world.tracker);
}

/* Feeds what was told since the last time. */
static void feed(void)
{
    struct mpta_fed fed;
    for (size_t i = 0; i < world.story.count; i++)
        assert_int_equal(story_feed(&world.story, i, world.tracker, &fed), MPTA_OK);
    world.story.count = 0;
}

/* Time goes by, and with each minute comes a packet of somebody else. */
static void pass(unsigned minutes)
{
    feed();
    for (unsigned i = 0; i < minutes; i++) {
        world.story.now_ns += MINUTE_NS;
        stranger_feed(world.tracker, world.story.now_ns);
        mpta_tracker_retire(world.tracker, SIZE_MAX);
    }
}

static bool sleeps(size_t index)
{
    return connection_sleeps(world.tracker->connections[index]);
}

static void open_one(void)
{
    story_capable(&world.story, &world.peers, &world.first);
    story_capable_data(&world.story, &world.peers, &world.first, 100);
    story_data_ack(&world.story, &world.peers, &world.first, RESPONDER_SAYS);
}

static void open_both(void)
{
    story_capable(&world.story, &world.peers, &world.first);
    story_join(&world.story, &world.peers, &world.second);
    story_data(&world.story, &world.peers, &world.second, OPENER_SAYS, 100);
    story_data_ack(&world.story, &world.peers, &world.second, RESPONDER_SAYS);
    story_data(&world.story, &world.peers, &world.first, OPENER_SAYS, 100);
    story_data_ack(&world.story, &world.peers, &world.first, RESPONDER_SAYS);
}

/* ---- Who sleeps ------------------------------------------------------------------------------ */

static void only_begun(void)
{
    story_syn(&world.story, &world.peers, &world.first);
}

static void closed(void)
{
    open_one();
    story_data_fins(&world.story, &world.peers, &world.first);
    story_fins(&world.story, &world.peers, &world.first);
}

static void only_done(void)
{
    open_one();
    story_data_fins(&world.story, &world.peers, &world.first);
}

static void of_many_subflows(void)
{
    open_one();
    for (uint16_t i = 0; i < 8; i++) {
        struct story_flow flow = story_flow("10.0.2.1", (uint16_t)(50000 + i), "10.0.9.1", 443);
        flow.nonce[OPENER_SAYS] += i;
        flow.nonce[RESPONDER_SAYS] += i;
        story_join(&world.story, &world.peers, &flow);
    }
}

static const struct {
    const char *words;
    void (*tell)(void);
    unsigned minutes;
    bool allowed;
    bool sleeps;
} cases[] = {
    {"after a short while",          open_one,         1, true,  false},
    {"after some minutes",           open_one,         6, true,  true },
    {"with two subflows",            open_both,        6, true,  true },
    {"nobody asked for it",          open_one,         6, false, false},
    {"with nine subflows",           of_many_subflows, 6, true,  false},
    {"that will leave soon: begun",  only_begun,       6, true,  false},
    {"that will leave soon: closed", closed,           6, true,  false},
    {"that will leave soon: done",   only_done,        6, true,  false},
};

static void who_is_silent_sleeps(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        world_begin(cases[i].allowed);
        cases[i].tell();
        pass(cases[i].minutes);
        if (sleeps(0) != cases[i].sleeps)
            fail_msg("%s", cases[i].words);
        mpta_tracker_free(world.tracker);
    }
}

/* ---- Who wakes them -------------------------------------------------------------------------- */

static void its_own_packets_wake_it(void **state)
{
    (void)state;
    world_begin(true);
    open_both();
    for (unsigned i = 0; i < 3; i++) {
        pass(6);
        assert_true(sleeps(0));
        story_data(&world.story, &world.peers, i % 2 ? &world.first : &world.second, OPENER_SAYS,
                   100);
        feed();
        assert_false(sleeps(0));
    }
    assert_int_equal(mpta_tracker_finish(world.tracker), MPTA_OK);
    assert_int_equal(story_connection(world.tracker, 0).streams[MPTA_CLIENT].data_bytes, 500);
    assert_int_equal(story_connection(world.tracker, 0).streams[MPTA_CLIENT].missing_bytes, 0);
    world_end();
}

static void a_join_wakes_it(void **state)
{
    (void)state;
    world_begin(true);
    open_one();
    pass(6);
    assert_true(sleeps(0));
    story_join(&world.story, &world.peers, &world.second);
    feed();
    assert_false(sleeps(0));
    assert_int_equal(story_subflow(world.tracker, 0, 1).syn_ack_hmac, MPTA_VALID);
    assert_int_equal(story_subflow(world.tracker, 0, 1).ack_hmac, MPTA_VALID);
    world_end();
}

static void others_let_it_sleep(void **state)
{
    (void)state;
    world_begin(true);
    open_one();
    pass(6);
    world.peers = story_peers(1, STORY_KEY_THIRD, STORY_KEY_FOURTH);
    world.first = story_flow("10.0.3.1", 40003, "10.0.9.1", 443);
    open_both();
    feed();
    assert_true(sleeps(0));
    assert_false(sleeps(1));
    pass(6);
    assert_true(sleeps(0));
    assert_true(sleeps(1));
    world_end();
}

/* Whoever asks for it while packets come wakes it; in the end nobody needs to. */
static void views_tell_of_it(void **state)
{
    struct mpta_summary summary;
    (void)state;
    world_begin(true);
    open_both();
    pass(6);
    assert_int_equal(story_summary(world.tracker).subflows, 2);
    assert_int_equal(mpta_tracker_kept(world.tracker), 1);
    assert_true(sleeps(0));
    assert_int_equal(story_connection(world.tracker, 0).streams[MPTA_CLIENT].data_bytes, 200);
    assert_false(sleeps(0));
    pass(4);
    assert_true(sleeps(0));
    assert_int_equal(mpta_tracker_finish(world.tracker), MPTA_OK);
    assert_int_equal(world.tracker->connection_count, 0);
    assert_int_equal(story_connection(world.tracker, 0).streams[MPTA_CLIENT].data_bytes, 200);
    mpta_tracker_summary(world.tracker, &summary);
    assert_int_equal(summary.connections, 1);
    assert_int_equal(summary.kept, 1);
    assert_int_equal(summary.subflows, 2);
    world_end();
}

/* ---- Where memory runs out ------------------------------------------------------------------- */

static void all_sleep(void)
{
    for (size_t i = 0; i < world.tracker->connection_count; i++)
        connection_sleep(world.tracker, world.tracker->connections[i]);
}

/* Each packet wakes a connection, and then it sleeps again; false where all allocations went well.
 * Whatever fails, later packets are taken. */
static bool told_without(size_t k, bool lasting)
{
    struct mpta_fed fed;
    memory.failed = 0;
    memory.left = k;
    memory.lasting = lasting;
    for (size_t i = 0; i < world.story.count; i++) {
        size_t failed = memory.failed;
        memory.armed = i > world.story.count / 2;
        all_sleep();
        enum mpta_status status = story_feed(&world.story, i, world.tracker, &fed);
        memory.armed = false;
        if (memory.failed == failed)
            assert_int_equal(status, MPTA_OK);
    }
    return memory.failed > 0;
}

static void without_memory_nobody_is_lost(void **state)
{
    (void)state;
    for (int lasting = 0; lasting <= 1; lasting++) {
        size_t k = 0;
        bool failed = true;
        for (; failed; k++) {
            world_begin(true);
            open_both();
            for (unsigned i = 0; i < 10; i++)
                story_data(&world.story, &world.peers, i % 2 ? &world.first : &world.second,
                           OPENER_SAYS, 100);
            failed = told_without(k, lasting);
            assert_int_equal(mpta_tracker_finish(world.tracker), MPTA_OK);
            assert_int_equal(story_connection(world.tracker, 0).subflow_count, 2);
            if (!failed)
                assert_int_equal(story_connection(world.tracker, 0).streams[MPTA_CLIENT].data_bytes,
                                 1200);
            world_end();
        }
        assert_true(k > 10);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_is_silent_sleeps), cmocka_unit_test(its_own_packets_wake_it),
        cmocka_unit_test(a_join_wakes_it),      cmocka_unit_test(others_let_it_sleep),
        cmocka_unit_test(views_tell_of_it),     cmocka_unit_test(without_memory_nobody_is_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
