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
    struct mpta_tracker *tracker = mpta_tracker_new(&(struct mpta_config){.locate = true});
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

/* Offsets and DSNs tell the same, of the data and of its DATA_ACK. */
static void assert_absolute(const struct mpta_fed *fed, size_t packet)
{
    uint64_t idsn[2] = {mpta_key_idsn(STORY_KEY_CLIENT, 1), mpta_key_idsn(STORY_KEY_SERVER, 1)};
    const struct mpta_fed_data *data = &fed->data;
    if (data->placed != data->dsn_known || data->placed != data->mapped ||
        (data->placed && data->dsn != idsn[fed->by] + 1 + (uint64_t)data->begin))
        fail_msg("packet %zu: DSN %" PRIu64, packet, data->dsn);
    if (data->acked != data->data_ack_known ||
        (data->acked && data->data_ack_dsn != idsn[!fed->by] + 1 + (uint64_t)data->data_ack))
        fail_msg("packet %zu: DATA_ACK %" PRIu64, packet, data->data_ack_dsn);
}

static void the_same_in_dsns(void **state)
{
    struct mpta_tracker *tracker = mpta_tracker_new(&(struct mpta_config){.locate = true});
    struct mpta_fed fed;
    size_t data_fins = 0;
    (void)state;
    tell();
    story_data(&story, &peers, &flows[0], OPENER_SAYS, 100);
    story_data(&story, &peers, &flows[1], RESPONDER_SAYS, 50);
    story_data(&story, &peers, &flows[1], OPENER_SAYS, 70);
    story_data_fins(&story, &peers, &flows[0]);
    for (size_t i = 0; i < story.count; i++) {
        assert_int_equal(story_feed(&story, i, tracker, &fed), MPTA_OK);
        assert_absolute(&fed, i);
        assert_int_equal(fed.data.from_start, i > (fed.by == MPTA_CLIENT ? 1 : 0));
        data_fins += fed.data.data_fin;
        if (fed.data.data_fin)
            assert_int_equal(fed.data.length, fed.by == MPTA_CLIENT ? 170 : 50);
    }
    assert_int_equal(data_fins, 2);
    mpta_tracker_free(tracker);
}

/* Two packets carry one mapping, and a third none. */
static void which_packet_brought_a_checksum(void **state)
{
    struct mpta_mptcp_option map = {
        MPTA_DSS, .dss = {.flags = 0x0c,
                          .has_map = true,
                          .dsn_is_64 = true,
                          .ssn = 1,
                          .data_len = 200,
                          .has_checksum = true,
                          .checksum = 0x1234}
    };
    struct mpta_tracker *tracker = mpta_tracker_new(&(struct mpta_config){.locate = true});
    struct mpta_fed fed = {0};
    size_t first, at = 0;
    (void)state;
    tell();
    first = story.count;
    map.dss.dsn = peers.dsn[MPTA_CLIENT];
    story_option(&story, &flows[0], OPENER_SAYS, MPTA_TCP_ACK, 100, map);
    story_option(&story, &flows[0], OPENER_SAYS, MPTA_TCP_ACK, 100, map);
    story_data_ack(&story, &peers, &flows[0], RESPONDER_SAYS);
    for (; at < story.count; at++) {
        assert_int_equal(story_feed(&story, at, tracker, &fed), MPTA_OK);
        bool carries = at == first || at == first + 1;
        assert_int_equal(fed.data.checksummed, carries);
        assert_int_equal(fed.data.checksum_packet, carries ? story.packets[first].place.packet : 0);
    }
    mpta_tracker_free(tracker);
}

static void what_is_missing_below_an_offset(void **state)
{
    static const struct {
        int64_t offset;
        uint64_t missing;
    } rows[] = {
        {0,   0  },
        {50,  0  },
        {100, 0  },
        {150, 50 },
        {200, 100},
        {201, 0  },
        {300, 0  },
        {310, 10 },
    };
    struct mpta_fed fed;
    (void)state;
    tell();
    for (size_t i = 0; i < 3; i++)
        story_data(&story, &peers, &flows[0], OPENER_SAYS, 100);
    struct mpta_tracker *tracker = mpta_tracker_new(&(struct mpta_config){.locate = true});
    for (size_t i = 0; i < story.count; i++) {
        if (i != story.count - 2)
            assert_int_equal(story_feed(&story, i, tracker, &fed), MPTA_OK);
    }
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_int_equal(mpta_tracker_missing_before(tracker, 0, MPTA_CLIENT, rows[i].offset),
                         rows[i].missing);
    assert_int_equal(mpta_tracker_missing_before(tracker, 0, MPTA_SERVER, 100), 0);
    assert_int_equal(mpta_tracker_missing_before(tracker, 1, MPTA_CLIENT, 150), 0);
    mpta_tracker_free(tracker);
}

static void packets_are_located_only_on_request(void **state)
{
    struct mpta_tracker *tracker = mpta_tracker_new(NULL);
    struct mpta_fed fed = {.mptcp = false};
    (void)state;
    tell();
    story_data(&story, &peers, &flows[0], OPENER_SAYS, 100);
    for (size_t i = 0; i < story.count; i++)
        assert_int_equal(story_feed(&story, i, tracker, &fed), MPTA_OK);
    assert_true(fed.has_connection);
    assert_false(fed.data.placed || fed.data.acked);
    mpta_tracker_free(tracker);
}

static void what_hmacs_must_be(void **state)
{
    struct mpta_join_hmacs hmacs;
    uint64_t hmac;
    (void)state;
    tell();
    story_add_addr(&story, &peers, &flows[0], RESPONDER_SAYS, 3, "10.0.0.3", 81);
    story_add_addr_echo(&story, &flows[0], OPENER_SAYS, 3, "10.0.0.3", 81);
    struct mpta_tracker *tracker = story_tell(&story);
    const uint8_t *join = story.packets[story.count - 5].options; /* the SYN/ACK */
    assert_true(mpta_tracker_join_hmacs(tracker, 0, 1, &hmacs));
    assert_memory_equal(hmacs.syn_ack, join + 4, sizeof(hmacs.syn_ack));
    assert_memory_equal(hmacs.ack, story.packets[story.count - 4].options + 4, sizeof(hmacs.ack));
    assert_false(mpta_tracker_join_hmacs(tracker, 0, 0, &hmacs));
    assert_false(mpta_tracker_join_hmacs(tracker, 0, 2, &hmacs));
    assert_true(mpta_tracker_address_hmac(tracker, 0, 0, &hmac));
    assert_int_equal(hmac, mpta_add_addr_hmac(STORY_KEY_SERVER, STORY_KEY_CLIENT,
                                              &(struct mpta_add_addr){
                                                  .address_id = 3,
                                                  .address = {4, {10, 0, 0, 3}},
                                                  .has_port = true,
                                                  .port = 81,
    }));
    assert_false(mpta_tracker_address_hmac(tracker, 0, 1, &hmac));
    mpta_tracker_free(tracker);
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
        cmocka_unit_test(the_same_in_dsns),
        cmocka_unit_test(which_packet_brought_a_checksum),
        cmocka_unit_test(what_is_missing_below_an_offset),
        cmocka_unit_test(packets_are_located_only_on_request),
        cmocka_unit_test(what_hmacs_must_be),
        cmocka_unit_test(packets_that_say_nothing_of_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
