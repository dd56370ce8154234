/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Joins that nobody completes, in the middle of a story: they are bounded, each is counted once,
 * and the story is told as without them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "analyzer/analyzer.h"
#include "tests/forge/forge.h"
#include "tests/integration/sweep_analysis.h"

#define SEED           11
#define FLOOD_NUMBERED 1000000 /* packet numbers of the flood, far from the story's */
#define FLOODED        9       /* packets of the story: its join is the fifth to ninth */
#define UNLINKED_MOST  16384   /* what the tracker keeps at most, */
#define LINKED_MOST    32768   /* and of one connection */

/* A story, and between its packets SYNs with MP_JOIN. */
struct flood {
    size_t a_packet; /* so many SYNs after each of the first packets of the story */
    int64_t step_ns; /* between two of them; what comes after in the story stays at its time */
    bool hits_story; /* their token is the story's server's */
    bool one_way;    /* of the story only what the server sends was captured */
};

struct outcome {
    struct mpta_half_open joins;
    struct mpta_connection connection;
    struct json_object *connections; /* of the JSON report */
    size_t longest;                  /* the most that were without a connection at once */
};

/* Two paths from handshake to close. The second one joins in the middle. */
static struct forge story_play(uint32_t *token)
{
    struct forge forge = forge_new(SEED);
    struct forge_connection connection = forge_connection(&forge, 1);
    struct forge_subflow first = forge_first_path(&connection);
    struct forge_subflow second = forge_second_path(&connection);
    *token = connection.hosts[MPTA_SERVER].token;
    forge_connect(&first);
    forge_send(&first, MPTA_CLIENT, 400);
    forge_join(&second);
    forge_send(&second, MPTA_CLIENT, 500);
    forge_reinject(&first, MPTA_CLIENT, 400, 500);
    forge_send(&first, MPTA_SERVER, 600);
    forge_data_close(&first);
    forge_close(&second);
    forge_close(&first);
    assert_false(forge.failed);
    return forge;
}

/* One SYN from an address and a port of its own. */
static void syn_feed(struct mpta_tracker *tracker, size_t index, const uint32_t *token,
                     int64_t time_ns)
{
    struct forge forge = forge_new(SEED + 1 + index);
    struct forge_connection victim = forge_connection(&forge, 1);
    struct forge_subflow join = forge_additional(&victim, 9, "198.18.0.1", "203.0.113.1");
    if (token != NULL) {
        victim.hosts[MPTA_SERVER].token = *token;
    }
    join.ends[MPTA_CLIENT].address.octets[2] = (uint8_t)(index >> 16);
    join.ends[MPTA_CLIENT].address.octets[3] = (uint8_t)(index >> 8);
    join.ends[MPTA_CLIENT].port = (uint16_t)(1024 + index % 256);
    forge_syn(&join);
    assert_int_equal(forge_packet_feed(tracker, &forge.packets[0], FLOOD_NUMBERED + index, time_ns),
                     MPTA_OK);
    forge_free(&forge);
}

static bool is_from_server(const struct forge_packet *packet)
{
    struct mpta_segment segment;
    return mpta_frame_dissect(packet->link_type, packet->octets, packet->captured, packet->wire_len,
                              &segment) == MPTA_FRAME_TCP &&
           segment.src_port == 5001;
}

static struct outcome play(const struct flood *flood)
{
    uint32_t token;
    struct forge story = story_play(&token);
    struct sweep_analysis analysis = sweep_analysis_begin();
    struct outcome outcome = {.longest = 0};
    struct mpta_subflow unlinked;
    size_t sent = 0;
    for (size_t i = 0; i < story.count; i++) {
        if (!flood->one_way || is_from_server(&story.packets[i])) {
            const struct forge_packet *packet = &story.packets[i];
            assert_int_equal(forge_packet_feed(analysis.tracker, packet, i + 1, packet->time_ns),
                             MPTA_OK);
        }
        for (size_t k = 0; i < FLOODED && k < flood->a_packet; k++, sent++) {
            syn_feed(analysis.tracker, sent, flood->hits_story ? &token : NULL,
                     story.packets[i].time_ns + (int64_t)k * flood->step_ns);
            if (mpta_tracker_unlinked(analysis.tracker, outcome.longest, &unlinked)) {
                outcome.longest++;
            }
        }
    }
    sweep_analysis_end(&analysis);
    struct mpta_summary summary;
    mpta_tracker_summary(analysis.tracker, &summary);
    outcome.joins = summary.half_open;
    assert_true(mpta_tracker_connection_at(analysis.tracker, 0, &outcome.connection));
    struct json_object *lists = sweep_analysis_json(&analysis);
    outcome.connections = json_object_get(json_object_object_get(lists, "connections"));
    json_object_put(lists);
    assert_int_equal(outcome.joins.seen, sent + 1);
    sweep_analysis_free(&analysis);
    forge_free(&story);
    return outcome;
}

static void assert_sum(const struct mpta_half_open *joins)
{
    assert_int_equal(joins->seen, joins->completed + joins->live + joins->expired + joins->evicted);
}

/* Long texts: only where they part is shown. */
static void assert_same_text(const char *one, const char *other)
{
    size_t same = 0;
    while (one[same] != '\0' && one[same] == other[same]) {
        same++;
    }
    if (one[same] != other[same]) {
        fail_msg("after \"%.80s\" follows \"%.60s\" or \"%.60s\"",
                 one + (same > 80 ? same - 80 : 0), one + same, other + same);
    }
}

static void a_flood_is_bounded_and_leaves_others_alone(void **state)
{
    const struct flood none = {0};
    const struct flood flood = {.a_packet = 4000, .step_ns = 10};
    struct outcome alone = play(&none), amid = play(&flood);
    (void)state;
    assert_int_equal(alone.joins.completed, 1);
    assert_int_equal(amid.joins.completed, 1);
    assert_int_equal(amid.joins.expired, 0);
    assert_true(amid.joins.evicted > 0);
    assert_true(amid.joins.live > 0 && amid.joins.live <= UNLINKED_MOST);
    assert_true(amid.longest <= UNLINKED_MOST);
    assert_sum(&amid.joins);
    assert_same_text(json_object_to_json_string(alone.connections),
                     json_object_to_json_string(amid.connections));
    json_object_put(alone.connections);
    json_object_put(amid.connections);
}

static void those_of_more_than_a_minute_have_expired(void **state)
{
    const struct flood flood = {.a_packet = 4000, .step_ns = 100 * FORGE_MS};
    struct outcome outcome = play(&flood);
    (void)state;
    assert_true(outcome.joins.expired > 0);
    assert_sum(&outcome.joins);
    json_object_put(outcome.connections);
}

/* The client is not heard, but its server, which waits for the third ACK, goes on. */
static void a_join_that_is_seen_from_one_side_is_completed_too(void **state)
{
    const struct flood none = {.one_way = true};
    struct outcome outcome = play(&none);
    (void)state;
    assert_int_equal(outcome.joins.completed, 1);
    assert_sum(&outcome.joins);
    json_object_put(outcome.connections);
}

/* The story's join begins when its connection has more of them than it takes, and is completed. */
static void a_connection_takes_a_join_from_among_a_flood_of_its_token(void **state)
{
    const struct flood flood = {.a_packet = 7000, .hits_story = true};
    struct outcome outcome = play(&flood);
    struct json_object *subflow = NULL,
                       *connection = json_object_array_get_idx(outcome.connections, 0);
    struct json_object *subflows = json_object_object_get(connection, "subflows");
    size_t completed = 0;
    (void)state;
    assert_int_equal(outcome.connection.subflow_count, LINKED_MOST + 2);
    for (size_t i = 0; i < outcome.connection.subflow_count; i++) {
        subflow = json_object_array_get_idx(subflows, i);
        const char *verdict = json_object_get_string(json_object_object_get(subflow, "ack_hmac"));
        completed += verdict != NULL && strcmp(verdict, "valid") == 0;
    }
    assert_int_equal(completed, 1);
    assert_int_equal(outcome.joins.completed, 1);
    assert_sum(&outcome.joins);
    json_object_put(outcome.connections);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flood_is_bounded_and_leaves_others_alone),
        cmocka_unit_test(those_of_more_than_a_minute_have_expired),
        cmocka_unit_test(a_join_that_is_seen_from_one_side_is_completed_too),
        cmocka_unit_test(a_connection_takes_a_join_from_among_a_flood_of_its_token),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
