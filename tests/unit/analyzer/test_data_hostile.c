/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Hosts that say anything: mappings, numbers, lengths and flags at random, near the truth and far
 * from it. The tracker may make of it what it likes, but its numbers must fit each other, what it
 * hands on must be what it was given, and neither time nor memory may run away.
 */
#include "tests/unit/analyzer/traffic.h"

#include <string.h>

#define RUNS    60
#define PACKETS 400

struct hostile {
    struct traffic draw; /* only its random numbers */
    struct wire wire;
    uint64_t delivered[2];
};

static void receive(void *context, const struct mpta_octets *octets)
{
    struct hostile *hostile = context;
    assert_true(octets->len > 0 && octets->len <= WIRE_LEN_MAX);
    assert_true(octets->offset <= INT64_MAX - (int64_t)octets->len);
    assert_non_null(octets->octets);
    for (size_t i = 0; i < octets->len; i++)
        assert_int_equal(octets->octets[i], 0xa5);
    hostile->delivered[octets->by] += octets->len;
}

/* Mostly small, sometimes next to a wrap, sometimes anything. */
static uint64_t any_number(struct traffic *draw)
{
    uint64_t high = (uint64_t)traffic_random(draw, UINT32_MAX) << 33,
             low = traffic_random(draw, 5000);
    switch (traffic_random(draw, 8)) {
    case 0:
        return high | traffic_random(draw, UINT32_MAX);
    case 1:
        return UINT64_MAX - low;
    case 2:
        return UINT32_MAX - low;
    case 3:
        return (UINT64_C(1) << 31) - 2500 + low;
    default:
        return low;
    }
}

static struct wire_map any_map(struct traffic *draw)
{
    struct wire_map map = {
        .ssn = (uint32_t)any_number(draw),
        .data = any_number(draw),
        .len = (uint16_t)any_number(draw),
        .fin = traffic_random(draw, 8) == 0,
        .is_32 = traffic_random(draw, 2),
        .has_checksum = traffic_random(draw, 2),
        .checksum = (uint16_t)traffic_random(draw, 65536),
        .infinite = traffic_random(draw, 100) == 0,
        .capable = traffic_random(draw, 30) == 0,
    };
    if (map.infinite)
        map.len = 0;
    map.capable &= map.len > 0;
    return map;
}

static void send_anything(struct hostile *hostile, const uint8_t *octets)
{
    struct traffic *draw = &hostile->draw;
    struct wire_segment segment = {
        .flow = traffic_random(draw, WIRE_FLOWS),
        .from = traffic_random(draw, 2) ? OPENER_SAYS : RESPONDER_SAYS,
        .ssn = (uint32_t)any_number(draw),
        .octets = octets,
        .len = traffic_random(draw, 3) ? traffic_random(draw, 1500) : 0,
        .ack = any_number(draw),
        .ack_is_64 = traffic_random(draw, 2),
        .no_dss = traffic_random(draw, 2),
    };
    segment.cut = traffic_random(draw, 4) ? 0 : traffic_random(draw, segment.len + 1);
    if (traffic_random(draw, 3))
        segment.map = any_map(draw);
    wire_send(&hostile->wire, &segment);
}

static void assert_consistent(const struct hostile *hostile, enum mpta_side by)
{
    struct mpta_connection connection = story_connection(hostile->wire.tracker, 0);
    const struct mpta_stream *stream = &connection.streams[by];
    uint64_t payload = 0, reinjected = 0, other = 0;
    for (size_t i = 0; i < connection.subflow_count; i++) {
        struct mpta_subflow subflow = story_subflow(hostile->wire.tracker, 0, i);
        const struct mpta_subflow_direction *direction = &subflow.directions[by];
        payload += direction->payload_bytes;
        reinjected += direction->reinjected_bytes;
        other += direction->remapped_bytes + direction->retransmitted_bytes;
    }
    assert_int_equal(stream->reinjected_bytes, reinjected);
    assert_true(stream->data_bytes + reinjected + other <= payload);
    assert_true(stream->data_bytes == 0 ? stream->missing_bytes == 0
                                        : stream->missing_bytes < UINT64_C(1) << 63);
}

static void run(struct hostile *hostile, uint64_t seed)
{
    static uint8_t octets[1500];
    for (size_t i = 0; i < sizeof(octets); i++)
        octets[i] = 0xa5;
    hostile->draw.seed = seed;
    wire_open_for(&hostile->wire, receive, hostile);
    if (seed % 4)
        wire_capable(&hostile->wire);
    for (unsigned flow = 1; seed % 4 && flow < WIRE_FLOWS; flow++)
        wire_join(&hostile->wire, flow);
    for (int i = 0; i < PACKETS; i++)
        send_anything(hostile, octets);
    wire_finish(&hostile->wire);
    assert_consistent(hostile, MPTA_CLIENT);
    assert_consistent(hostile, MPTA_SERVER);
    wire_close(&hostile->wire);
}

static void numbers_fit_each_other(void **state)
{
    (void)state;
    static struct hostile hostile;
    for (uint64_t seed = 1; seed <= RUNS; seed++)
        run(&hostile, seed);
    assert_true(hostile.delivered[MPTA_CLIENT] > 0 && hostile.delivered[MPTA_SERVER] > 0);
}

/* A flood of mappings, each elsewhere, and checks that never get whole. */
static void floods_stay_in_bounds(void **state)
{
    (void)state;
    static struct hostile hostile;
    static const uint8_t octet = 0xa5;
    wire_open_for(&hostile.wire, receive, &hostile);
    wire_capable(&hostile.wire);
    for (uint32_t i = 0; i < 30000; i++) {
        struct wire_segment segment = {
            .ssn = 5000 * i,
            .octets = &octet,
            .len = 1,
            .map = {.ssn = 5000 * i, .data = 9000 * i, .len = 4000, .has_checksum = true},
        };
        wire_send(&hostile.wire, &segment);
    }
    wire_finish(&hostile.wire);
    assert_consistent(&hostile, MPTA_CLIENT);
    wire_close(&hostile.wire);
}

/* Every other octet, and what lies between, from the lowest or the highest on. */
static void send_every_other(struct wire *wire, uint32_t count, uint32_t from, bool downwards)
{
    static const uint8_t octet = 0xa5;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = 2 * (downwards ? count - 1 - i : i) + from, begin = at - at % 1000;
        struct wire_segment segment = {
            .ssn = at + 1,
            .octets = &octet,
            .len = 1,
            .map = {.ssn = begin + 1, .data = begin, .len = 1000},
        };
        wire_send(wire, &segment);
    }
}

/* More holes than can be kept apart: counts are not exact any more, and it is said how far off. */
static void counts_that_are_not_exact_say_so(void **state)
{
    (void)state;
    static struct hostile hostile;
    for (uint32_t row = 0; row < 3; row++) {
        uint32_t count = row == 0 ? RANGESET_MAX : RANGESET_MAX + 1000;
        struct mpta_finding finding;
        wire_open_for(&hostile.wire, receive, &hostile);
        wire_capable(&hostile.wire);
        send_every_other(&hostile.wire, count, 1, row == 2);
        send_every_other(&hostile.wire, count, 0, row == 2);
        wire_finish(&hostile.wire);
        struct mpta_stream stream = story_connection(hostile.wire.tracker, 0).streams[MPTA_CLIENT];
        struct mpta_subflow_direction way =
            story_subflow(hostile.wire.tracker, 0, 0).directions[MPTA_CLIENT];
        assert_int_equal(stream.blurred_bytes > 0, row > 0);
        assert_in_range(stream.data_bytes, 2 * count - stream.blurred_bytes, 2 * count);
        assert_in_range(stream.missing_bytes, 0, stream.blurred_bytes);
        assert_in_range(way.retransmitted_bytes, 0, stream.blurred_bytes);
        assert_in_range(way.reinjected_bytes + way.remapped_bytes, 0, stream.blurred_bytes);
        assert_int_equal(story_finding(hostile.wire.tracker, 0, "capture-blurred", &finding),
                         row > 0);
        assert_null(wire_worst(&hostile.wire));
        wire_close(&hostile.wire);
    }
}

static void send_octets(struct wire *wire, unsigned flow, uint32_t ssn, uint64_t data, uint32_t len)
{
    uint8_t octets[100];
    memset(octets, 0xa5, sizeof(octets));
    wire_send(wire, &(struct wire_segment){
                        .flow = flow,
                        .ssn = ssn,
                        .octets = octets,
                        .len = len,
                        .map = {.ssn = ssn, .data = data, .len = (uint16_t)len}
    });
}

/* Two subflows share a long transfer: what the other one carries is no hole in the data. */
static void what_subflows_share_is_exact(void **state)
{
    (void)state;
    static struct hostile hostile;
    const uint32_t count = RANGESET_MAX + 1000;
    struct mpta_finding finding;
    wire_open_for(&hostile.wire, receive, &hostile);
    wire_capable(&hostile.wire);
    wire_join(&hostile.wire, 1);
    for (uint32_t i = 0; i < 2 * count; i++)
        send_octets(&hostile.wire, i % 2, i / 2 + 1, i, 1);
    struct mpta_stream stream = story_connection(hostile.wire.tracker, 0).streams[MPTA_CLIENT];
    assert_int_equal(stream.data_bytes, 2 * count);
    assert_int_equal(stream.missing_bytes + stream.reinjected_bytes + stream.blurred_bytes, 0);
    /* Half of these 100 octets it had carried itself, which it does not remember. */
    send_octets(&hostile.wire, 1, count + 1, 50, 100);
    send_octets(&hostile.wire, 0, count + 1, 2 * count, 100);
    wire_finish(&hostile.wire);
    stream = story_connection(hostile.wire.tracker, 0).streams[MPTA_CLIENT];
    assert_int_equal(stream.data_bytes, 2 * count + 100);
    assert_int_equal(stream.missing_bytes, 0);
    assert_in_range(stream.reinjected_bytes, 0, 100);
    assert_int_equal(stream.blurred_bytes, 100);
    assert_int_equal(story_finding(hostile.wire.tracker, 0, "capture-blurred", &finding), 1);
    wire_close(&hostile.wire);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_fit_each_other),
        cmocka_unit_test(floods_stay_in_bounds),
        cmocka_unit_test(counts_that_are_not_exact_say_so),
        cmocka_unit_test(what_subflows_share_is_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
