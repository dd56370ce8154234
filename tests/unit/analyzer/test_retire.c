/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Connections that leave when nothing more comes of them: who leaves when, what becomes of packets
 * that come of them later, and that those who come after them have their peace.
 */
#include "tests/unit/analyzer/story.h"
#include "tests/unit/analyzer/stranger.h"

#include <string.h>

#define SECOND_NS INT64_C(1000000000)
#define MINUTE_NS (60 * SECOND_NS)
#define DAY_NS    (1440 * MINUTE_NS)

/* A tracker that is told one step after the other. */
struct world {
    struct mpta_tracker *tracker;
    struct story story;
    struct story_peers peers;
    struct story_flow first, second;
    size_t parted;
};

static struct world world;

static void part(void *context, const struct mpta_subflow *subflow)
{
    struct world *told = context;
    assert_true(subflow->token_known);
    told->parted++;
}

static int world_begin(void **state)
{
    (void)state;
    const struct mpta_config config = {.part = part, .part_context = &world};
    world.tracker = mpta_tracker_new(&config);
    world.peers = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    world.first = story_flow("10.0.1.1", 40001, "10.0.9.1", 443);
    world.second = story_flow("10.0.2.1", 40002, "10.0.9.1", 443);
    world.parted = 0;
    story_begin(&world.story);
    return world.tracker == NULL;
}

static int world_end(void **state)
{
    (void)state;
    assert_null(story_worst(world.tracker, MPTA_WARNING));
    mpta_tracker_free(world.tracker);
    return 0;
}

/* Feeds what was told since the last time. */
static void feed(void)
{
    struct mpta_fed fed;
    for (size_t i = 0; i < world.story.count; i++)
        assert_int_equal(story_feed(&world.story, i, world.tracker, &fed), MPTA_OK);
    world.story.count = 0;
}

static size_t retire_at(int64_t time_ns, size_t keep)
{
    stranger_feed(world.tracker, time_ns);
    return mpta_tracker_retire(world.tracker, keep);
}

/* So long after the last packet of the story, who is over leaves. How many did. */
static size_t pass(int64_t wait_ns, size_t keep)
{
    size_t left = 0;
    feed();
    world.story.now_ns += wait_ns;
    for (int i = 0; i < 3; i++)
        left += retire_at(world.story.now_ns + i * MINUTE_NS, keep);
    return left;
}

static void open_one(void)
{
    story_capable(&world.story, &world.peers, &world.first);
    story_capable_data(&world.story, &world.peers, &world.first, 100);
    story_data_ack(&world.story, &world.peers, &world.first, RESPONDER_SAYS);
}

static void close_one(void)
{
    story_data_fins(&world.story, &world.peers, &world.first);
    story_fins(&world.story, &world.peers, &world.first);
}

static uint64_t kept(void)
{
    return story_summary(world.tracker).kept;
}

/* ---- Who leaves, and when -------------------------------------------------------------------- */

static void closed(void)
{
    open_one();
    close_one();
}

static void unanswered(void)
{
    story_syn(&world.story, &world.peers, &world.first);
}

static void ended_with_a_join_that_hangs(void)
{
    open_one();
    story_join_syn(&world.story, &world.peers, &world.second);
    close_one();
}

static void ended_with_its_subflow_open(void)
{
    open_one();
    story_data_fins(&world.story, &world.peers, &world.first);
}

static void goes_on(void)
{
    open_one();
}

static void late_one_goes_on(void)
{
    open_one();
    world.story.count = 0;
    story_data(&world.story, &world.peers, &world.first, OPENER_SAYS, 100);
    story_data_ack(&world.story, &world.peers, &world.first, RESPONDER_SAYS);
}

static const struct {
    const char *words;
    void (*tell)(void);
    int64_t patience_ns; /* the least */
} fates[] = {
    {"closed",                      closed,                       2 * SECOND_NS},
    {"a SYN without answer",        unanswered,                   4 * MINUTE_NS},
    {"ended, but for a join",       ended_with_a_join_that_hangs, 4 * MINUTE_NS},
    {"ended, its subflow did not",  ended_with_its_subflow_open,  4 * MINUTE_NS},
    {"goes on",                     goes_on,                      5 * DAY_NS   },
    {"goes on, its begin not seen", late_one_goes_on,             5 * DAY_NS   },
};

/* It is there just before, and not just after. */
static void each_has_its_time(void **state)
{
    for (size_t i = 0; i < COUNT_OF(fates); i++) {
        fates[i].tell();
        feed();
        int64_t end_ns = world.story.now_ns;
        stranger_feed(world.tracker, end_ns + fates[i].patience_ns);
        mpta_tracker_retire(world.tracker, 0);
        if (retire_at(end_ns + fates[i].patience_ns, 0) != 0 || kept() != 1)
            fail_msg("%s: left too soon", fates[i].words);
        if (pass(fates[i].patience_ns + 1, 0) != 1 || kept() != 0)
            fail_msg("%s: did not leave", fates[i].words);
        assert_int_equal(story_summary(world.tracker).connections, 1);
        assert_int_equal(mpta_tracker_finish(world.tracker), MPTA_OK);
        world_end(state);
        world_begin(state);
    }
}

static void one_wild_time_makes_nobody_old(void **state)
{
    (void)state;
    goes_on();
    feed();
    assert_int_equal(retire_at(world.story.now_ns + MINUTE_NS, 0), 0);
    assert_int_equal(retire_at(world.story.now_ns + 400 * DAY_NS, 0), 0);
    assert_int_equal(retire_at(world.story.now_ns + 2 * MINUTE_NS, 0), 0);
    assert_int_equal(kept(), 1);
}

static void joins_of_nobody_leave_too(void **state)
{
    (void)state;
    story_join(&world.story, &world.peers, &world.second);
    feed();
    assert_int_equal(story_summary(world.tracker).unlinked_subflows, 1);
    assert_int_equal(pass(5 * DAY_NS + 1, 0), 1);
    assert_int_equal(world.parted, 1);
    assert_int_equal(story_summary(world.tracker).unlinked_subflows, 1);
    struct mpta_subflow view;
    assert_false(mpta_tracker_unlinked(world.tracker, 0, &view));
    struct mpta_finding finding;
    assert_true(story_global_finding(world.tracker, "join-token-unknown", &finding));
}

/* ---- Who stays to be compared ---------------------------------------------------------------- */

static void the_last_ones_stay_to_be_compared(void **state)
{
    (void)state;
    for (size_t keep = 0; keep <= 1; keep++) {
        struct mpta_finding finding;
        closed();
        assert_int_equal(pass(MINUTE_NS, keep), 1 - keep);
        world.peers = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_THIRD);
        world.first = story_flow("10.0.1.1", 40003, "10.0.9.1", 443);
        story_capable(&world.story, &world.peers, &world.first);
        feed();
        assert_int_equal(mpta_tracker_finish(world.tracker), MPTA_OK);
        assert_int_equal(story_finding(world.tracker, 1, "key-weak", &finding), keep == 1);
        mpta_tracker_free(world.tracker);
        world_begin(state);
    }
}

/* ---- What is left of them ---------------------------------------------------------------------
 */

static void keep_records(void)
{
    const struct mpta_config config = {.keeps_records = true};
    mpta_tracker_free(world.tracker);
    world.tracker = mpta_tracker_new(&config);
    assert_non_null(world.tracker);
}

/* Another one, of other hosts. */
static void next_peers(uint64_t number)
{
    world.peers =
        story_peers(1, STORY_KEY_THIRD ^ number * number, STORY_KEY_FOURTH ^ number << 40);
    world.first = story_flow("10.0.3.1", (uint16_t)(41000 + number), "10.0.9.1", 443);
}

static void records_stay_in_the_report(void **state)
{
    struct mpta_finding finding;
    (void)state;
    keep_records();
    closed();
    assert_int_equal(pass(MINUTE_NS / 2, 0), 1);
    next_peers(1);
    open_one();
    feed();
    assert_int_equal(kept(), 2);
    struct mpta_connection left = story_connection(world.tracker, 0);
    assert_true(left.over);
    assert_false(left.capture_over);
    assert_int_equal(left.close, MPTA_CONNECTION_DATA_FIN);
    assert_int_equal(left.streams[MPTA_CLIENT].data_bytes, 100);
    assert_false(story_connection(world.tracker, 1).over);
    assert_int_equal(mpta_tracker_finish(world.tracker), MPTA_OK);
    assert_true(story_connection(world.tracker, 0).capture_over);
    assert_false(story_global_finding(world.tracker, "state-evicted", &finding));
}

static void a_fin_that_comes_again_is_counted(void **state)
{
    (void)state;
    keep_records();
    closed();
    feed();
    stranger_feed(world.tracker, world.story.now_ns + 50 * SECOND_NS);
    mpta_tracker_retire(world.tracker, 0);
    assert_int_equal(retire_at(world.story.now_ns + 50 * SECOND_NS, 0), 0);
    uint64_t before = story_subflow(world.tracker, 0, 0).directions[MPTA_SERVER].packets;
    world.story.now_ns += 50 * SECOND_NS;
    world.first.sent[RESPONDER_SAYS]--;
    story_data_ack(&world.story, &world.peers, &world.first, RESPONDER_SAYS)->segment.flags |=
        MPTA_TCP_FIN;
    feed();
    assert_int_equal(story_subflow(world.tracker, 0, 0).directions[MPTA_SERVER].packets,
                     before + 1);
    assert_int_equal(story_summary(world.tracker).late_packets, 0);
}

static void a_key_is_known_again_however_late(void **state)
{
    struct mpta_finding finding;
    (void)state;
    keep_records();
    closed();
    for (uint64_t i = 1; i <= 400; i++) {
        feed();
        pass(MINUTE_NS, 0);
        next_peers(i);
        closed();
    }
    assert_int_equal(pass(MINUTE_NS, 0), 1);
    world.peers = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_THIRD);
    world.first = story_flow("10.0.1.1", 40003, "10.0.9.1", 443);
    closed();
    feed();
    assert_int_equal(mpta_tracker_finish(world.tracker), MPTA_OK);
    assert_true(story_finding(world.tracker, 401, "key-weak", &finding));
    assert_non_null(strstr(finding.message, "connection 0,"));
    assert_int_equal(finding.count, 1);
    for (uint32_t id = 0; id < 401; id++)
        assert_false(story_finding(world.tracker, id, "key-weak", &finding));
    mpta_tracker_free(world.tracker);
    world_begin(state);
}

/* To a connection of which at most a record is left. */
static void refused_join(void)
{
    world.story.now_ns += DAY_NS;
    story_join_syn(&world.story, &world.peers, &world.second);
    story_rst(&world.story, &world.second, RESPONDER_SAYS, 0);
    feed();
    assert_int_equal(mpta_tracker_finish(world.tracker), MPTA_OK);
}

static void a_token_is_known_however_late(void **state)
{
    struct mpta_finding finding;
    (void)state;
    keep_records();
    closed();
    assert_int_equal(pass(MINUTE_NS, 0), 1);
    refused_join();
    assert_false(story_global_finding(world.tracker, "join-token-unknown", &finding));
    assert_int_equal(story_summary(world.tracker).unlinked_subflows, 1);
}

/* It may have been that of a record which memory did not suffice for. */
static void a_token_that_was_given_up_warns_of_nothing(void **state)
{
    struct mpta_finding finding;
    keep_records();
    closed();
    assert_int_equal(pass(MINUTE_NS, 0), 1);
    assert_int_equal(mpta_tracker_evict(world.tracker), 1);
    refused_join();
    assert_true(story_global_finding(world.tracker, "join-token-unknown", &finding));
    assert_int_equal(finding.severity, MPTA_NOTE);
    assert_non_null(strstr(finding.message, "whose keys are known"));
    mpta_tracker_free(world.tracker);
    world_begin(state);
}

/* What has closed becomes a record, then records go, and last what is open. */
static void records_are_given_up_before_what_is_open(void **state)
{
    struct mpta_connection view;
    struct mpta_finding finding;
    keep_records();
    for (uint64_t i = 1; i <= 5; i++) {
        next_peers(i);
        open_one();
        if (i != 1)
            close_one();
        feed();
        world.story.now_ns += 3 * SECOND_NS;
    }
    stranger_feed(world.tracker, world.story.now_ns);
    assert_int_equal(mpta_tracker_evict(world.tracker), 4);
    assert_int_equal(kept(), 5);
    assert_int_equal(mpta_tracker_evict(world.tracker), 1);
    assert_false(mpta_tracker_connection(world.tracker, 1, &view));
    assert_int_equal(story_connection(world.tracker, 2).subflow_count, 1);
    for (int i = 0; i < 3; i++)
        assert_int_equal(mpta_tracker_evict(world.tracker), 1);
    assert_int_equal(kept(), 1);
    assert_int_equal(story_connection(world.tracker, 0).close, MPTA_CONNECTION_OPEN);
    assert_int_equal(mpta_tracker_evict(world.tracker), 1);
    assert_int_equal(mpta_tracker_evict(world.tracker), 0);
    assert_int_equal(mpta_tracker_finish(world.tracker), MPTA_OK);
    assert_int_equal(story_summary(world.tracker).connections, 5);
    assert_true(story_global_finding(world.tracker, "state-evicted", &finding));
    assert_non_null(strstr(finding.message, "5 connections"));
    mpta_tracker_free(world.tracker);
    world_begin(state);
}

/* ---- What comes late ------------------------------------------------------------------------- */

static void late_data(void)
{
    world.first.sent[OPENER_SAYS] -= 101; /* and its FIN */
    world.peers.dsn[MPTA_CLIENT] -= 101;
    story_data(&world.story, &world.peers, &world.first, OPENER_SAYS, 100);
}

static void late_fin(void)
{
    world.first.sent[RESPONDER_SAYS]--;
    story_data_ack(&world.story, &world.peers, &world.first, RESPONDER_SAYS)->segment.flags |=
        MPTA_TCP_FIN;
}

static void late_syn(void)
{
    world.first.sent[OPENER_SAYS] = 0;
    story_syn(&world.story, &world.peers, &world.first);
}

static void late_syn_ack(void)
{
    world.first.sent[RESPONDER_SAYS] = 0;
    story_syn_ack(&world.story, &world.peers, &world.first);
}

static void late_ack(void)
{
    world.first.sent[OPENER_SAYS] = 1;
    story_ack(&world.story, &world.peers, &world.first);
}

static void late_reset(void)
{
    story_rst(&world.story, &world.first, RESPONDER_SAYS, 3);
}

static void late_bare_reset(void)
{
    story_rst(&world.story, &world.first, RESPONDER_SAYS, 3)->segment.seq = 0;
}

static const struct {
    const char *words;
    void (*tell)(void);
} stragglers[] = {
    {"data",                  late_data      },
    {"a FIN",                 late_fin       },
    {"a SYN",                 late_syn       },
    {"a SYN/ACK",             late_syn_ack   },
    {"the third ACK",         late_ack       },
    {"a RST",                 late_reset     },
    {"a RST without numbers", late_bare_reset},
};

static void late_packets_are_known_for_what_they_are(void **state)
{
    for (size_t i = 0; i < COUNT_OF(stragglers); i++) {
        closed();
        assert_int_equal(pass(3 * SECOND_NS, 0), 1);
        stragglers[i].tell();
        feed();
        struct mpta_summary summary = story_summary(world.tracker);
        if (summary.connections != 1 || summary.late_packets != 1)
            fail_msg("%s: %llu connections, %llu late", stragglers[i].words,
                     (unsigned long long)summary.connections,
                     (unsigned long long)summary.late_packets);
        world_end(state);
        world_begin(state);
    }
}

static void after_four_minutes_nothing_is_late(void **state)
{
    (void)state;
    closed();
    assert_int_equal(pass(3 * SECOND_NS, 0), 1);
    world.story.now_ns += 7 * MINUTE_NS;
    late_data();
    feed();
    assert_int_equal(story_summary(world.tracker).connections, 2);
    assert_int_equal(story_summary(world.tracker).late_packets, 0);
    assert_true(story_connection(world.tracker, 0).late);
}

static void a_late_join_accuses_nobody(void **state)
{
    (void)state;
    closed();
    assert_int_equal(pass(3 * SECOND_NS, 0), 1);
    story_join_syn(&world.story, &world.peers, &world.second);
    story_rst(&world.story, &world.second, RESPONDER_SAYS, 0);
    feed();
    assert_int_equal(mpta_tracker_finish(world.tracker), MPTA_OK);
    struct mpta_finding finding;
    assert_false(story_global_finding(world.tracker, "join-token-unknown", &finding));
    assert_int_equal(story_summary(world.tracker).unlinked_subflows, 1);
}

/* ---- Ports that are used again --------------------------------------------------------------- */

/* The same ports, other keys and numbers. */
static void open_next(struct story_peers *peers, struct story_flow *flow)
{
    *peers = story_peers(1, STORY_KEY_THIRD, STORY_KEY_FOURTH);
    *flow = story_flow("10.0.1.1", 40001, "10.0.9.1", 443);
    flow->isn[OPENER_SAYS] += 0x50000000;
    flow->isn[RESPONDER_SAYS] += 0x50000000;
    story_capable(&world.story, peers, flow);
    story_capable_data(&world.story, peers, flow, 100);
    story_data_ack(&world.story, peers, flow, RESPONDER_SAYS);
}

/* first: the old one leaves before the new one opens, or after. */
static void next_one_has_its_peace(bool first)
{
    struct story_peers peers;
    struct story_flow flow;
    closed();
    if (first)
        assert_int_equal(pass(3 * SECOND_NS, 0), 1);
    open_next(&peers, &flow);
    if (!first)
        assert_int_equal(pass(3 * SECOND_NS, 0), 1);
    late_data();
    story_data(&world.story, &peers, &flow, OPENER_SAYS, 50);
    late_fin();
    story_data_ack(&world.story, &peers, &flow, RESPONDER_SAYS);
    feed();
    struct mpta_connection connection = story_connection(world.tracker, 0);
    assert_int_equal(connection.streams[MPTA_CLIENT].data_bytes, 150);
    assert_int_equal(connection.streams[MPTA_CLIENT].missing_bytes, 0);
    assert_int_equal(connection.close, MPTA_CONNECTION_OPEN);
    assert_int_equal(connection.subflow_count, 1);
    struct mpta_subflow subflow = story_subflow(world.tracker, 1, 0);
    assert_int_equal(subflow.directions[MPTA_CLIENT].packets, 4);
    assert_int_equal(subflow.directions[MPTA_SERVER].packets, 3);
    assert_int_equal(story_summary(world.tracker).late_packets, 2);
    assert_int_equal(story_summary(world.tracker).connections, 2);
}

static void ports_are_used_again(void **state)
{
    (void)state;
    next_one_has_its_peace(true);
}

static void ports_were_used_again_before_it_left(void **state)
{
    (void)state;
    next_one_has_its_peace(false);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_begin, world_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_has_its_time),
        TEST(one_wild_time_makes_nobody_old),
        TEST(joins_of_nobody_leave_too),
        TEST(the_last_ones_stay_to_be_compared),
        TEST(records_stay_in_the_report),
        TEST(a_fin_that_comes_again_is_counted),
        TEST(a_key_is_known_again_however_late),
        TEST(a_token_is_known_however_late),
        TEST(a_token_that_was_given_up_warns_of_nothing),
        TEST(records_are_given_up_before_what_is_open),
        TEST(late_packets_are_known_for_what_they_are),
        TEST(after_four_minutes_nothing_is_late),
        TEST(a_late_join_accuses_nobody),
        TEST(ports_are_used_again),
        TEST(ports_were_used_again_before_it_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
