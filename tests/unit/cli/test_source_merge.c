/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The order in which frames come: it must not depend on how interfaces or files are interleaved, as
 * long as each is in order in itself and none lags behind by more than the window.
 */
#include "tests/unit/cli/test_source_support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { LANES = 3, PER_LANE = 400, MILLISECOND = 1000000, SECOND = 1000000000 };

/* ---- Interfaces of one capture -------------------------------------------------------------- */

/* Frames of an interface are 5 ms apart, on the average; some fall together with others'. */
static uint64_t lane_time(unsigned lane, unsigned i)
{
    return ((uint64_t)i * 5 + (uint64_t)(i % 3) * lane) * MILLISECOND;
}

static void put_lane_frame(struct maker *maker, unsigned lane, unsigned i)
{
    put_enhanced(maker, lane, lane_time(lane, i), 20, 60, lane * 1000 + i);
}

static void put_lane_interfaces(struct maker *maker)
{
    put_section(maker);
    for (unsigned lane = 0; lane < LANES; lane++) {
        put_interface(maker, 1, 0, 9, NULL);
    }
}

/* Blocks of so many frames of one interface, then of the next. */
static void make_blocks(struct maker *maker, unsigned length)
{
    put_lane_interfaces(maker);
    for (unsigned begin = 0; begin < PER_LANE; begin += length) {
        for (unsigned lane = 0; lane < LANES; lane++) {
            for (unsigned i = begin; i < begin + length && i < PER_LANE; i++) {
                put_lane_frame(maker, lane, i);
            }
        }
    }
}

/* Interface `behind` lags by so many frames. */
static void make_lag(struct maker *maker, unsigned behind, unsigned lag)
{
    put_lane_interfaces(maker);
    for (unsigned i = 0; i < PER_LANE + lag; i++) {
        for (unsigned lane = 0; lane < LANES; lane++) {
            unsigned own = lane == behind ? i - lag : i;
            if (own < PER_LANE) {
                put_lane_frame(maker, lane, own);
            }
        }
    }
}

/* Frames of random interfaces, none of which gets ahead of another by more than 300. */
static void make_random(struct maker *maker, uint32_t random)
{
    unsigned next[LANES] = {0};
    put_lane_interfaces(maker);
    while (next[0] + next[1] + next[2] < LANES * PER_LANE) {
        random = random * 1664525 + 1013904223;
        unsigned lane = (random >> 16) % LANES;
        unsigned least = next[0];
        for (unsigned k = 1; k < LANES; k++) {
            least = next[k] < least ? next[k] : least;
        }
        if (next[lane] < PER_LANE && next[lane] < least + 300) {
            put_lane_frame(maker, lane, next[lane]++);
        }
    }
}

static struct reading reading_of(struct maker *maker)
{
    struct reading reading = support_read_one(support_store(maker));
    maker_free(maker);
    assert_non_null(reading.source);
    assert_null(source_capture(reading.source, 0)->damaged);
    return reading;
}

/* The same frames, but for their numbers in the file. */
static void same_order(const char *words, const struct reading *a, const struct reading *b)
{
    print_message("%s\n", words);
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        assert_int_equal(a->frames[i].frame.time_ns, b->frames[i].frame.time_ns);
        assert_int_equal(a->frames[i].frame.interface, b->frames[i].frame.interface);
        assert_int_equal(a->frames[i].digest, b->frames[i].digest);
    }
}

static void test_interleaving(void **state)
{
    (void)state;
    struct maker maker = {0};
    make_blocks(&maker, 1);
    struct reading even = reading_of(&maker);
    assert_int_equal(even.count, LANES * PER_LANE);
    for (size_t i = 1; i < even.count; i++) {
        const struct frame *last = &even.frames[i - 1].frame;
        const struct frame *next = &even.frames[i].frame;
        assert_true(last->time_ns < next->time_ns ||
                    (last->time_ns == next->time_ns && last->interface < next->interface));
    }
    for (unsigned k = 0; k < 20; k++) {
        make_random(&maker, k);
        struct reading other = reading_of(&maker);
        same_order("random", &even, &other);
        assert_int_equal(source_capture(other.source, 0)->late, 0);
        reading_free(&other);
    }
    for (unsigned k = 0; k < LANES; k++) {
        make_lag(&maker, k, 350);
        struct reading other = reading_of(&maker);
        same_order("one lags by 1.75 s", &even, &other);
        reading_free(&other);
    }
    make_blocks(&maker, PER_LANE - 10);
    struct reading other = reading_of(&maker);
    same_order("blocks of 1.95 s", &even, &other);
    reading_free(&other);
    reading_free(&even);
    support_clean();
}

/* Where the window ends: a frame 2 s older than another is still put before it, no more. */
static void test_window(void **state)
{
    (void)state;
    static const struct {
        uint64_t lag_ns;
        uint64_t late;
    } cases[] = {
        {2ULL * SECOND,     0},
        {2ULL * SECOND + 1, 1}
    };
    for (size_t i = 0; i < 2; i++) {
        struct maker maker = {0};
        put_section(&maker);
        put_interface(&maker, 1, 0, 9, NULL);
        put_interface(&maker, 1, 0, 9, NULL);
        put_enhanced(&maker, 0, 1, 20, 20, 1);
        put_enhanced(&maker, 0, 1 + cases[i].lag_ns, 20, 20, 2);
        put_enhanced(&maker, 1, 0, 20, 20, 3); /* the frame at 1 ns may be gone already */
        struct reading reading = reading_of(&maker);
        assert_int_equal(reading.count, 3);
        assert_int_equal(reading.frames[cases[i].late].frame.number, 3);
        assert_int_equal(source_capture(reading.source, 0)->late, cases[i].late);
        reading_free(&reading);
        support_clean();
    }
}

/* count frames of size octets on one interface, and then an older one on another. */
static uint64_t late_after(unsigned count, uint32_t size)
{
    struct maker maker = {0};
    put_section(&maker);
    put_interface(&maker, 1, 0, 9, NULL);
    put_interface(&maker, 1, 0, 9, NULL);
    for (unsigned i = 0; i < count; i++) {
        put_enhanced(&maker, 0, 1000 + i, size, size, i);
    }
    put_enhanced(&maker, 1, 999, 20, 20, 1);
    struct reading reading = reading_of(&maker);
    assert_int_equal(reading.count, count + 1);
    uint64_t late = source_capture(reading.source, 0)->late;
    reading_free(&reading);
    support_clean();
    return late;
}

static void test_window_is_bounded(void **state)
{
    (void)state;
    assert_int_equal(late_after(65536, 0), 0);
    assert_int_equal(late_after(65537, 0), 1);
    assert_int_equal(late_after(75, 262144), 0);
    assert_int_equal(late_after(85, 262144), 1);
}

/* What was given out is no longer held: frames of 75 MiB, but never more than 5 MiB at a time. */
static void test_window_is_emptied(void **state)
{
    (void)state;
    struct maker maker = {0};
    put_section(&maker);
    put_interface(&maker, 1, 0, 9, NULL);
    put_interface(&maker, 1, 0, 9, NULL);
    for (unsigned i = 0; i < 300; i++) {
        put_enhanced(&maker, 0, i * 100ULL * MILLISECOND, 262144, 262144, i);
    }
    put_enhanced(&maker, 1, 298 * 100ULL * MILLISECOND, 20, 20, 1);
    struct reading reading = reading_of(&maker);
    assert_int_equal(reading.count, 301);
    assert_int_equal(source_capture(reading.source, 0)->late, 0);
    reading_free(&reading);
    support_clean();
}

/* One interface: the order of the file, whatever its clock did. */
static void test_one_interface(void **state)
{
    (void)state;
    static const uint64_t times[] = {50, 40, 60, 10, 55};
    struct maker maker = {0};
    put_section(&maker);
    put_interface(&maker, 1, 0, 9, NULL);
    for (unsigned i = 0; i < 5; i++) {
        put_enhanced(&maker, 0, times[i], 20, 20, i);
    }
    struct reading reading = reading_of(&maker);
    for (unsigned i = 0; i < 5; i++) {
        assert_int_equal(reading.frames[i].frame.number, i + 1);
        assert_int_equal(reading.frames[i].frame.time_ns, times[i]);
    }
    assert_int_equal(source_capture(reading.source, 0)->late, 3);
    assert_int_equal(source_capture(reading.source, 0)->start_ns, 10);
    assert_int_equal(source_capture(reading.source, 0)->end_ns, 60);
    reading_free(&reading);
    support_clean();
}

/* An interface described late is put in order from then on. */
static void test_late_interface(void **state)
{
    (void)state;
    static const uint64_t expected[] = {1, 2, 3, 5, 4}; /* 2 went before 3 was there */
    struct maker maker = {0};
    put_section(&maker);
    put_interface(&maker, 1, 0, 9, NULL);
    put_enhanced(&maker, 0, 10, 20, 20, 1);
    put_enhanced(&maker, 0, 20, 20, 20, 2);
    put_interface(&maker, 1, 0, 9, NULL);
    put_enhanced(&maker, 1, 15, 20, 20, 3);
    put_enhanced(&maker, 0, 30, 20, 20, 4);
    put_enhanced(&maker, 1, 25, 20, 20, 5);
    struct reading reading = reading_of(&maker);
    assert_int_equal(reading.count, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(reading.frames[i].frame.number, expected[i]);
    }
    reading_free(&reading);
    support_clean();
}

/* ---- Several captures ----------------------------------------------------------------------- */

/* A pcap with one frame at each of these microseconds. */
static const char *pcap_at(const uint32_t *times, size_t count, unsigned seed)
{
    struct maker maker = {0};
    put_pcap_header(&maker, &pcap_usual);
    for (unsigned i = 0; i < count; i++) {
        put_pcap_record(&maker, 0, times[i], 20, 20, seed + i);
    }
    const char *path = support_store(&maker);
    maker_free(&maker);
    return path;
}

static void test_captures(void **state)
{
    (void)state;
    static const uint32_t first[] = {1, 5, 5, 9};
    static const uint32_t second[] = {2, 5, 8};
    static const uint32_t third[] = {0};
    const char *paths[] = {pcap_at(first, 4, 0), pcap_at(second, 3, 10), pcap_at(third, 1, 20),
                           pcap_at(third, 0, 0)};
    static const struct {
        uint32_t capture;
        uint64_t number;
    } expected[] = {
        {2, 1},
        {0, 1},
        {1, 1},
        {0, 2},
        {0, 3},
        {1, 2},
        {1, 3},
        {0, 4}
    };
    struct reading reading = support_read(paths, 4, NULL);
    assert_int_equal(source_capture_count(reading.source), 4);
    assert_int_equal(reading.count, 8);
    for (size_t i = 0; i < 8; i++) {
        assert_int_equal(reading.frames[i].frame.capture, expected[i].capture);
        assert_int_equal(reading.frames[i].frame.number, expected[i].number);
    }
    assert_int_equal(source_capture(reading.source, 0)->packets, 4);
    assert_int_equal(source_capture(reading.source, 1)->packets, 3);
    assert_int_equal(source_capture(reading.source, 3)->packets, 0);
    assert_int_equal(source_capture(reading.source, 3)->interface_count, 1);
    reading_free(&reading);
    support_clean();
}

/* The same input twice: every frame twice, side by side. */
static void test_same_twice(void **state)
{
    (void)state;
    static const uint32_t times[] = {1, 2, 3};
    const char *path = pcap_at(times, 3, 0);
    const char *paths[] = {path, path};
    struct reading reading = support_read(paths, 2, NULL);
    assert_int_equal(reading.count, 6);
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(reading.frames[i].frame.capture, i % 2);
        assert_int_equal(reading.frames[i].frame.number, i / 2 + 1);
    }
    reading_free(&reading);
    support_clean();
}

/* A clock that steps back in one capture makes its own frames late, not those of the other. */
static void test_late_captures(void **state)
{
    (void)state;
    static const uint32_t stepping[] = {10, 4, 20};
    static const uint32_t steady[] = {5, 15};
    const char *paths[] = {pcap_at(stepping, 3, 0), pcap_at(steady, 2, 10)};
    struct reading reading = support_read(paths, 2, NULL);
    assert_int_equal(reading.count, 5);
    assert_int_equal(source_capture(reading.source, 0)->late, 1);
    assert_int_equal(source_capture(reading.source, 1)->late, 0);
    reading_free(&reading);
    support_clean();
}

/* One damaged input does not keep the others from being read. */
static void test_one_damaged(void **state)
{
    (void)state;
    static const uint32_t times[] = {1, 2, 3};
    struct maker maker = {0};
    put_pcap_header(&maker, &pcap_usual);
    put_pcap_record(&maker, 0, 2, 20, 20, 1);
    put_pcap_record(&maker, 0, 3, 20, 20, 1);
    const char *paths[] = {support_file(maker.octets, maker.length - 1), pcap_at(times, 3, 0)};
    struct reading reading = support_read(paths, 2, NULL);
    assert_int_equal(reading.count, 4);
    assert_int_equal(reading.end, SOURCE_END);
    assert_non_null(source_capture(reading.source, 0)->damaged);
    assert_null(source_capture(reading.source, 1)->damaged);
    reading_free(&reading);
    maker_free(&maker);
    support_clean();
}

/* Nor does one that cannot be opened: the others keep their order, and it is named. */
static void test_one_refused(void **state)
{
    (void)state;
    static const uint32_t times[] = {1, 2, 3};
    const char *text = support_file((const uint8_t *)"This is no capture.\n", 20);
    const char *paths[] = {"/no/such/file", pcap_at(times, 3, 0), text, pcap_at(times, 2, 10)};
    struct reading reading = support_read(paths, 4, NULL);
    assert_int_equal(reading.count, 5);
    assert_int_equal(reading.end, SOURCE_END);
    assert_int_equal(source_capture_count(reading.source), 2);
    assert_string_equal(source_capture(reading.source, 1)->name, paths[3]);
    assert_int_equal(reading.frames[1].frame.capture, 1);
    assert_true(text_has(source_refusal(reading.source, 0), paths[0]));
    assert_true(text_has(source_refusal(reading.source, 1), text));
    assert_null(source_refusal(reading.source, 2));
    reading_free(&reading);
    paths[1] = paths[3] = paths[0];
    reading = support_read(paths, 4, NULL);
    assert_null(reading.source);
    assert_true(text_has(reading.error, paths[0]));
    reading_free(&reading);
    support_clean();
}

static void test_no_captures(void **state)
{
    (void)state;
    struct reading reading = support_read(NULL, 0, NULL);
    assert_non_null(reading.source);
    assert_int_equal(reading.end, SOURCE_END);
    assert_int_equal(source_capture_count(reading.source), 0);
    reading_free(&reading);
    source_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_interleaving),      cmocka_unit_test(test_window),
        cmocka_unit_test(test_window_is_bounded), cmocka_unit_test(test_window_is_emptied),
        cmocka_unit_test(test_one_interface),     cmocka_unit_test(test_late_interface),
        cmocka_unit_test(test_captures),          cmocka_unit_test(test_same_twice),
        cmocka_unit_test(test_late_captures),     cmocka_unit_test(test_one_damaged),
        cmocka_unit_test(test_one_refused),       cmocka_unit_test(test_no_captures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
