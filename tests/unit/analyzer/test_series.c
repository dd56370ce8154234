/* SPDX-License-Identifier: BSD-3-Clause */
/* Series over time: what goes into which interval, and what a clock that lies cannot do. */
#include "analyzer/series.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define MS              INT64_C(1000000)

static const struct series_grid grid = {
    .interval_ns = 100 * MS, .has_origin = true, .origin_ns = 5000 * MS};

struct step {
    int64_t time_ms;
    uint64_t packets; /* altogether */
    uint64_t in_flight;
};

struct point {
    int64_t offset_ms;
    uint64_t packets;
    uint64_t in_flight;
};

struct series_case {
    const char *words;
    struct step steps[6];
    struct point points[6];
};

/* clang-format off */
static const struct series_case series_cases[] = {
    {"nothing", {{0}}, {{0}}},
    {"nothing has grown", {{5000, 0, 7}}, {{0}}},
    {"one packet", {{5000, 1, 7}}, {{0, 1, 7}}},
    {"two in one interval", {{5000, 1, 7}, {5099, 3, 5}}, {{0, 3, 7}}},
    {"an interval ends where the next one begins",
     {{5000, 1, 7}, {5100, 2, 8}, {5199, 3, 3}, {5200, 4, 9}},
     {{0, 1, 7}, {100, 2, 8}, {200, 1, 9}}},
    {"idle time takes none", {{5000, 1, 1}, {86405000, 2, 2}}, {{0, 1, 1}, {86400000, 1, 2}}},
    {"before the origin", {{5000, 1, 1}, {4999, 2, 2}, {4900, 3, 0}, {4899, 4, 4}},
     {{-200, 1, 4}, {-100, 2, 2}, {0, 1, 1}}},
    {"a packet that comes late", {{5000, 1, 1}, {5300, 2, 1}, {5150, 3, 9}, {5310, 4, 2}},
     {{0, 1, 1}, {100, 1, 9}, {300, 2, 2}}},
};
/* clang-format on */

static void book(struct series **series, int64_t time_ns, uint64_t packets, uint64_t in_flight)
{
    const struct series_totals totals = {
        .sums = {[SERIES_PACKETS] = packets, [SERIES_RTT_SUM] = 3 * packets},
        .in_flight = in_flight,
    };
    assert_true(series_book(series, &grid, time_ns, &totals));
}

static bool point_agrees(const struct mpta_series_point *view, const struct point *point)
{
    return view->offset_ns == point->offset_ms * MS &&
           view->begin_ns == grid.origin_ns + point->offset_ms * MS &&
           view->interval_ns == grid.interval_ns && view->packets == point->packets &&
           view->rtt_sum_ns == 3 * (int64_t)point->packets &&
           view->max_in_flight == point->in_flight && view->payload_bytes == 0;
}

static void each_interval_has_its_part(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(series_cases); i++) {
        const struct series_case *c = &series_cases[i];
        struct series *series = NULL;
        struct mpta_series_point view;
        size_t points = 0;
        for (size_t k = 0; k < COUNT_OF(c->steps) && c->steps[k].time_ms != 0; k++)
            book(&series, c->steps[k].time_ms * MS, c->steps[k].packets, c->steps[k].in_flight);
        for (; series_view(series, &grid, points, &view); points++) {
            if (points == COUNT_OF(c->points) || !point_agrees(&view, &c->points[points]))
                fail_msg("%s: point %zu: %lld ns, %llu packets", c->words, points,
                         (long long)view.offset_ns, (unsigned long long)view.packets);
        }
        if (points < COUNT_OF(c->points) && c->points[points].packets != 0)
            fail_msg("%s: %zu points", c->words, points);
        series_free(series);
    }
}

/* Times of a capture that is long, or strange. */
static int64_t evenly(uint64_t i)
{
    return grid.origin_ns + (int64_t)i * 100 * MS;
}

static int64_t backwards(uint64_t i)
{
    return grid.origin_ns - (int64_t)i * 100 * MS;
}

static int64_t in_leaps(uint64_t i)
{
    return grid.origin_ns + (int64_t)(i * i) * 37 * MS;
}

static int64_t anywhere(uint64_t i)
{
    return (int64_t)(i * UINT64_C(0x9e3779b97f4a7c15));
}

static int64_t at_the_ends(uint64_t i)
{
    return i % 2 ? INT64_MAX - (int64_t)i : INT64_MIN + (int64_t)i;
}

static const struct {
    const char *words;
    int64_t (*time_ns)(uint64_t i);
    int64_t interval_ms; /* that the series comes to; 0: any */
} clocks[] = {
    {"evenly",      evenly,      800},
    {"backwards",   backwards,   800},
    {"in leaps",    in_leaps,    0  },
    {"anywhere",    anywhere,    0  },
    {"at the ends", at_the_ends, 100},
};

/* All points of a series: apart, in order, and together what was booked. */
static void assert_whole(const char *words, const struct series *series, uint64_t packets)
{
    struct mpta_series_point view, before = {0};
    uint64_t sum = 0, highest = 0;
    size_t i = 0;
    for (; series_view(series, &grid, i, &view); i++) {
        if (i > 0 && view.offset_ns <= before.offset_ns)
            fail_msg("%s: point %zu is out of order", words, i);
        sum += view.packets;
        if (view.max_in_flight > highest)
            highest = view.max_in_flight;
        before = view;
    }
    if (sum != packets || highest != packets || i > SERIES_POINTS_MAX)
        fail_msg("%s: %zu points, %llu packets, at most %llu", words, i, (unsigned long long)sum,
                 (unsigned long long)highest);
}

static void memory_is_bounded_and_nothing_is_lost(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(clocks); i++) {
        struct series *series = NULL;
        for (uint64_t packets = 1; packets <= 30000; packets++)
            book(&series, clocks[i].time_ns(packets), packets, packets);
        assert_whole(clocks[i].words, series, 30000);
        assert_true(series->capacity <= SERIES_POINTS_MAX);
        if (clocks[i].interval_ms != 0)
            assert_true(series->interval_ns == clocks[i].interval_ms * MS);
        series_free(series);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_interval_has_its_part),
        cmocka_unit_test(memory_is_bounded_and_nothing_is_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
