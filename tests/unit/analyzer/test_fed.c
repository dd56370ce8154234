/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the tracker says of each packet that it is fed: whose it is, and where in the data stream it
 * speaks.
 */
#include "tests/unit/analyzer/story.h"

#include <inttypes.h>
#include <string.h>

static struct story story;
static struct story_peers peers;
static struct story_flow flows[2];

/* Takes back what was told of the stream, so that the same data comes again. */
static void rewind_data(enum mpta_side side, uint64_t len)
{
    peers.dsn[side] -= len;
}

/* A handshake of three packets, a join of four, and then the packets of the table. */
static void tell(void)
{
    story_begin(&story);
    flows[0] = story_flow("10.0.0.1", 1000, "10.0.0.2", 80);
    flows[1] = story_flow("10.0.1.1", 1001, "10.0.0.2", 80);
    peers = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    story_capable(&story, &peers, &flows[0]);
    story_join(&story, &peers, &flows[1]);
}

struct fed_case {
    const char *words;
    bool has_connection;
    uint32_t subflow;
    enum mpta_side by;
    struct mpta_fed_data data;
};

static void assert_fed(const struct fed_case *row, const struct mpta_fed *fed)
{
    const struct mpta_fed_data *want = &row->data, *got = &fed->data;
    if (fed->has_connection != row->has_connection || fed->subflow != row->subflow ||
        fed->by != row->by) {
        fail_msg("%s: subflow %" PRIu32 " by %d", row->words, fed->subflow, fed->by);
    }
    if (want->placed != got->placed || want->begin != got->begin || want->end != got->end) {
        fail_msg("%s: placed %d at [%" PRId64 ", %" PRId64 ")", row->words, got->placed, got->begin,
                 got->end);
    }
    if (want->acked != got->acked || want->data_ack != got->data_ack) {
        fail_msg("%s: acked %d up to %" PRId64, row->words, got->acked, got->data_ack);
    }
    if (want->retransmitted_bytes != got->retransmitted_bytes ||
        want->reinjected_bytes != got->reinjected_bytes) {
        fail_msg("%s: %" PRIu64 " octets again, %" PRIu64 " reinjected", row->words,
                 got->retransmitted_bytes, got->reinjected_bytes);
    }
}

/* Feeds all packets from `first` on; the last ones are those of the rows. */
static void assert_rows(size_t first, const struct fed_case *rows, size_t count)
{
    struct mpta_tracker *tracker = mpta_tracker_new(NULL);
    struct mpta_fed fed;
    assert_non_null(tracker);
    for (size_t i = first; i < story.count; i++) {
        assert_int_equal(story_feed(&story, i, tracker, &fed), MPTA_OK);
        if (i + count >= story.count) {
            assert_fed(&rows[i + count - story.count], &fed);
        }
    }
    mpta_tracker_free(tracker);
}

static void where_packets_speak_of_the_stream(void **state)
{
    static const struct fed_case rows[] = {
        {"data of the client",
         true,                                             0,
         MPTA_CLIENT,                                                      {.placed = true, .begin = 0, .end = 100, .acked = true}                  },
        {"data of the server, and a DATA_ACK",
         true,                                             0,
         MPTA_SERVER,                                                      {.placed = true, .begin = 0, .end = 50, .acked = true, .data_ack = 100}  },
        {"the first half of a mapping, on the join",
         true,                                             1,
         MPTA_CLIENT,                                                      {.placed = true, .begin = 100, .end = 200, .acked = true, .data_ack = 50}},
        {"its second half, without an option",
         true,                                             1,
         MPTA_CLIENT,                                                      {.placed = true, .begin = 200, .end = 300}                               },
        {"the same data on the other subflow",
         true,                                             0,
         MPTA_CLIENT,                                                      {.placed = true,
          .begin = 200,
          .end = 300,
          .acked = true,
          .data_ack = 50,
          .reinjected_bytes = 100}                                                                                             },
        {"data that no mapping covers",              true, 1, MPTA_CLIENT, {.placed = false}                                                        },
        {"a DATA_ACK alone",                         true, 1, MPTA_SERVER, {.acked = true, .data_ack = 300}                                         },
        {"data sent again",
         true,                                             0,
         MPTA_SERVER,                                                      {.placed = true,
          .begin = 0,
          .end = 50,
          .acked = true,
          .data_ack = 100,
          .retransmitted_bytes = 50}                                                                                           },
    };
    (void)state;
    tell();
    story_data(&story, &peers, &flows[0], OPENER_SAYS, 100);
    size_t again = story.count;
    story_data(&story, &peers, &flows[0], RESPONDER_SAYS, 50);
    story_mapping(&story, &peers, &flows[1], OPENER_SAYS, 200, 100);
    story_unmapped(&story, &flows[1], OPENER_SAYS, 100);
    rewind_data(MPTA_CLIENT, 100);
    story_data(&story, &peers, &flows[0], OPENER_SAYS, 100);
    story_unmapped(&story, &flows[1], OPENER_SAYS, 100);
    story_data_ack(&story, &peers, &flows[1], RESPONDER_SAYS);
    story_again(&story, again, false);
    assert_rows(0, rows, COUNT_OF(rows));
}

/* The base is the first DSN, and what lies below it has offsets below zero. */
static void offsets_of_a_capture_that_begins_late(void **state)
{
    static const struct fed_case rows[] = {
        {"its first data, of which the place on the subflow is not understood yet",
         true,                                                                            0,
         MPTA_CLIENT,                                                                                     {.placed = false}                         },
        {"the next data",                                                           true, 0, MPTA_CLIENT, {.placed = true, .begin = 100, .end = 200}},
        {"data from before the first",
         true,                                                                            0,
         MPTA_CLIENT,                                                                                     {.placed = true, .begin = -100, .end = 0} },
    };
    (void)state;
    tell();
    story_data(&story, &peers, &flows[0], OPENER_SAYS, 100);
    story_data(&story, &peers, &flows[0], OPENER_SAYS, 100);
    story_data(&story, &peers, &flows[0], OPENER_SAYS, 100);
    story_swap(&story, story.count - 3, story.count - 2);
    story_swap(&story, story.count - 2, story.count - 1);
    assert_rows(story.count - 3, rows, COUNT_OF(rows));
}

static void packets_that_say_nothing_of_it(void **state)
{
    static const struct fed_case rows[] = {
        {"a SYN",                         true,  0, MPTA_CLIENT, {0}},
        {"a SYN/ACK",                     true,  0, MPTA_SERVER, {0}},
        {"an ACK",                        true,  0, MPTA_CLIENT, {0}},
        {"a join without its connection", false, 0, MPTA_CLIENT, {0}},
    };
    (void)state;
    tell();
    story.count = 3;
    peers = story_peers(1, STORY_KEY_THIRD, STORY_KEY_FOURTH);
    story_join_syn(&story, &peers, &flows[1]);
    assert_rows(0, rows, COUNT_OF(rows));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(where_packets_speak_of_the_stream),
        cmocka_unit_test(offsets_of_a_capture_that_begins_late),
        cmocka_unit_test(packets_that_say_nothing_of_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
