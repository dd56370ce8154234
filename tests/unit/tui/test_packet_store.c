/* SPDX-License-Identifier: BSD-3-Clause */
/* Packets that are kept: what gives way, and how those of a connection hang together. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/tui/ladder.h"
#include "cli/tui/packet_store.h"

#define HEADERS 40
#define MADE    400

/* A packet whose octets tell its number. */
static bool add_flags(struct packet_store *store, uint64_t number, uint32_t connection,
                      size_t length, uint16_t flags)
{
    uint8_t octets[2000];
    struct frame frame = {
        .number = number,
        .time_ns = (int64_t)number * 1000,
        .captured = HEADERS + length,
        .wire_len = HEADERS + length,
        .octets = octets,
    };
    struct mpta_segment segment = {
        .payload = octets + HEADERS, .payload_len = (uint32_t)length, .flags = flags};
    struct mpta_fed fed = {.has_subflow = true, .has_connection = true, .connection = connection};
    memset(octets, (int)(number & 0xff), sizeof octets);
    return packet_store_add(store, &frame, &segment, &fed);
}

static bool add(struct packet_store *store, uint64_t number, uint32_t connection, size_t length)
{
    return add_flags(store, number, connection, length, MPTA_TCP_ACK);
}

/* Octets are those of the packet, as far as they are kept. */
static void assert_octets(const struct packet_store *store, const struct packet *packet)
{
    uint8_t octets[PACKET_OCTETS_MAX];
    size_t length = packet_store_octets(store, packet, octets);
    assert_true(length <= HEADERS + PACKET_PAYLOAD_MAX);
    assert_true(length == packet->captured || length == HEADERS + PACKET_PAYLOAD_MAX);
    for (size_t i = 0; i < length; i++) {
        assert_int_equal(octets[i], packet->place.packet & 0xff);
    }
}

/* Each connection's packets, forward and backward, are those of it that are kept. */
static void assert_chain(const struct packet_store *store, uint32_t connection)
{
    uint64_t previous = PACKET_NONE;
    uint64_t serial = packet_store_first_of(store, connection);
    uint64_t count = 0;
    while (serial != PACKET_NONE) {
        const struct packet *packet = packet_store_get(store, serial);
        assert_non_null(packet);
        assert_int_equal(packet->fed.connection, connection);
        assert_int_equal(packet->previous, previous);
        assert_true(previous == PACKET_NONE || serial > previous);
        previous = serial;
        serial = packet->next;
        count++;
    }
    assert_int_equal(packet_store_last_of(store, connection), previous);
    uint64_t kept = 0;
    for (uint64_t i = packet_store_from(store, 0); i != PACKET_NONE;
         i = packet_store_from(store, i + 1)) {
        kept += packet_store_get(store, i)->fed.connection == connection;
    }
    assert_int_equal(count, kept);
}

static void the_oldest_packets_give_way(void **state)
{
    struct packet_store *store = packet_store_new(16384);
    (void)state;
    assert_non_null(store);
    for (uint64_t i = 0; i < MADE; i++) {
        assert_true(add(store, i + 1, (uint32_t)(i * i % 7), (size_t)(i * 37 % 1500)));
        assert_true(packet_store_used(store) <= packet_store_limit(store));
        assert_int_equal(packet_store_end(store), i + 1);
        assert_octets(store, packet_store_get(store, i));
        assert_octets(store, packet_store_get(store, packet_store_first(store)));
    }
    assert_true(packet_store_first(store) > 0);
    assert_null(packet_store_get(store, packet_store_first(store) - 1));
    assert_null(packet_store_get(store, packet_store_end(store)));
    for (uint32_t connection = 0; connection < 9; connection++) {
        assert_chain(store, connection);
    }
    packet_store_free(store);
}

/* Handshakes, closes and what events tell of are there when the data around them is not; of so many
 * that they have no place either, the oldest give way. */
static void packets_that_mean_more_last(void **state)
{
    struct packet_store *store = packet_store_new(65536);
    uint64_t lasting = 0;
    (void)state;
    for (uint64_t i = 0; i < 5 * MADE; i++) {
        bool event = i % 50 == 3;
        bool told = i % 70 == 5;
        assert_true(add_flags(store, i + 1, (uint32_t)(i * i % 7), 100,
                              event ? MPTA_TCP_SYN : MPTA_TCP_ACK));
        if (told) {
            packet_store_tell(store);
        }
        if (event || told) {
            lasting++;
        }
        assert_true(packet_store_used(store) <= packet_store_limit(store));
    }
    uint64_t first = packet_store_first(store);
    uint64_t before = 0;
    for (uint64_t i = packet_store_from(store, 0); i < first; i = packet_store_from(store, i + 1)) {
        assert_true(i % 50 == 3 || i % 70 == 5);
        assert_octets(store, packet_store_get(store, i));
        before++;
    }
    assert_true(before > 10 && before < lasting);
    assert_null(packet_store_get(store, 3)); /* gave way in the end */
    assert_int_equal(packet_store_count(store), packet_store_end(store) - first + before);
    uint64_t oldest = packet_store_from(store, 0);
    const struct mpta_place lowest = mpta_place_of(oldest + 1, 0, 0);
    assert_int_equal(packet_store_find(store, &lowest), oldest);
    for (uint32_t connection = 0; connection < 7; connection++) {
        assert_chain(store, connection);
    }
    packet_store_free(store);
}

static void packets_are_found_by_their_place(void **state)
{
    struct packet_store *store = packet_store_new(16384);
    (void)state;
    for (uint64_t i = 0; i < 10; i++) {
        assert_true(add(store, 10 * i, 0, 10));
    }
    assert_int_equal(packet_store_find(store, &(struct mpta_place){.packet = 50}), 5);
    assert_true(packet_store_find(store, &(struct mpta_place){.packet = 51}) == PACKET_NONE);
    assert_true(packet_store_find(store, &(struct mpta_place){.packet = 50, .capture = 1}) ==
                PACKET_NONE);
    assert_int_equal(packet_store_count_of(store, 0), 10);
    assert_int_equal(packet_store_count_of(store, 4), 0);
    packet_store_free(store);
}

/* A ladder that looks now and then keeps up with the ring, forgets what gave way but events, and
 * has those that one has which looks once. */
static void ladders_keep_up_with_the_ring(void **state)
{
    struct packet_store *store = packet_store_new(16384);
    struct ladder often = {.made = false};
    struct ladder once = {.made = false};
    const struct ladder_shape shape = {.connection = 1};
    (void)state;
    for (uint64_t i = 0; i < MADE; i++) {
        assert_true(add_flags(store, i + 1, (uint32_t)(i % 2), i % 5 < 3 ? 100 : 0,
                              i % 31 == 0 ? MPTA_TCP_FIN : MPTA_TCP_ACK));
        if (i % 11 == 0) {
            assert_true(ladder_update(&often, store, &shape));
        }
    }
    assert_true(ladder_update(&often, store, &shape));
    assert_true(ladder_count(&often) > 0);
    uint64_t last = 0;
    for (size_t i = 0; i < ladder_count(&often); i++) {
        const struct rung *rung = ladder_rung(&often, i);
        assert_true(rung->last >= packet_store_first(store) || rung->kind == RUNG_EVENT);
        assert_non_null(packet_store_get(store, rung->last));
        assert_true(i == 0 || rung->first > last);
        last = rung->last;
        assert_int_equal(ladder_find(&often, rung->last), i);
    }
    assert_true(last == packet_store_last_of(store, 1));
    assert_true(ladder_update(&once, store, &shape));
    assert_true(ladder_rung(&once, 0)->last < packet_store_first(store));
    assert_int_equal(ladder_rung(&once, 0)->first, ladder_rung(&often, 0)->first);
    assert_int_equal(ladder_count(&once), ladder_count(&often));
    ladder_free(&once);
    ladder_free(&often);
    packet_store_free(store);
}

/* 100 octets of data, and what they are to the subflow. */
struct piece {
    enum { NEW, AGAIN, REINJECTED, REMAPPED } what;
    int64_t begin;
};

/* Pieces up to the second one at 0; the rungs that come of them, and what the last one says. */
static const struct {
    const char *words;
    struct piece pieces[4];
    size_t rungs;
    enum rung_repeat repeat;
    int64_t begin, end;
    uint64_t octets;
} run_cases[] = {
    {"in order",           {{NEW, 0}, {NEW, 100}, {NEW, 200}},       1, REPEAT_NONE,       0,   300, 300},
    {"a gap",              {{NEW, 0}, {NEW, 200}},                   1, REPEAT_NONE,       0,   300, 200},
    {"one that is filled", {{NEW, 0}, {NEW, 200}, {NEW, 100}},       1, REPEAT_NONE,       0,   300, 300},
    {"again",              {{AGAIN, 0}, {AGAIN, 300}},               1, REPEAT_AGAIN,      0,   400, 200},
    {"and once more",      {{AGAIN, 0}, {AGAIN, 100}, {AGAIN, 100}}, 2, REPEAT_AGAIN,      100, 200, 100},
    {"remapped",           {{NEW, 0}, {REMAPPED, 100}},              2, REPEAT_AGAIN,      100, 200, 100},
    {"reinjected",         {{AGAIN, 0}, {REINJECTED, 100}},          2, REPEAT_REINJECTED, 100, 200, 100},
};

static void add_piece(struct packet_store *store, uint64_t number, const struct piece *piece)
{
    uint8_t octets[HEADERS + 100] = {0};
    const struct frame frame = {
        .number = number, .captured = sizeof octets, .wire_len = sizeof octets, .octets = octets};
    const struct mpta_segment segment = {
        .payload = octets + HEADERS, .payload_len = 100, .flags = MPTA_TCP_ACK};
    const struct mpta_fed fed = {
        .has_subflow = true,
        .has_connection = true,
        .data = {.placed = true,
                 .begin = piece->begin,
                 .end = piece->begin + 100,
                 .retransmitted_bytes = piece->what == AGAIN ? 100 : 0,
                 .reinjected_bytes = piece->what == REINJECTED ? 100 : 0,
                 .remapped_bytes = piece->what == REMAPPED ? 100 : 0},
    };
    assert_true(packet_store_add(store, &frame, &segment, &fed));
}

/* A run claims no octet that it does not have, and tells what came twice. */
static void runs_of_data_tell_what_they_have(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof run_cases / sizeof run_cases[0]; i++) {
        struct packet_store *store = packet_store_new(16384);
        struct ladder ladder = {.made = false};
        const struct piece *pieces = run_cases[i].pieces;
        for (size_t j = 0; j == 0 || (j < 4 && pieces[j].begin > 0); j++) {
            add_piece(store, j + 1, &pieces[j]);
        }
        assert_true(ladder_update(&ladder, store, &(struct ladder_shape){.connection = 0}));
        const struct rung *last = ladder_rung(&ladder, ladder_count(&ladder) - 1);
        enum rung_kind kind = run_cases[i].repeat == REPEAT_NONE ? RUNG_DATA : RUNG_AGAIN;
        if (ladder_count(&ladder) != run_cases[i].rungs || last->kind != kind ||
            last->repeat != run_cases[i].repeat || last->begin != run_cases[i].begin ||
            last->end != run_cases[i].end || last->placed_bytes != run_cases[i].octets) {
            fail_msg("%s: %zu rungs, the last one %d, %" PRId64 "..%" PRId64 ", %" PRIu64 " octets",
                     run_cases[i].words, ladder_count(&ladder), (int)last->repeat, last->begin,
                     last->end, last->placed_bytes);
        }
        ladder_free(&ladder);
        packet_store_free(store);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_oldest_packets_give_way),
        cmocka_unit_test(packets_that_mean_more_last),
        cmocka_unit_test(packets_are_found_by_their_place),
        cmocka_unit_test(ladders_keep_up_with_the_ring),
        cmocka_unit_test(runs_of_data_tell_what_they_have),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
