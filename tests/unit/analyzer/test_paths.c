/* SPDX-License-Identifier: BSD-3-Clause */
/* Rates from sums and times, which may be anything. */
#include "analyzer/paths.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define SECOND INT64_C(1000000000)

#define MS INT64_C(1000000)

static const struct {
    const char *words;
    struct burst burst;
    bool known;
    uint64_t bps;
} cases[] = {
    {"a byte a second",                   {1, SECOND, 2 * SECOND, -1},      true,  8       },
    {"half a second",                     {1000, 0, SECOND / 2, -1},        true,  16000   },
    {"nothing",                           {0, 0, SECOND, -1},               false, 0       },
    {"in no time",                        {1000, SECOND, SECOND, -1},       false, 0       },
    {"in no time, and no trip",           {1000, SECOND, SECOND, 0},        false, 0       },
    {"back in time",                      {1000, SECOND, 0, -1},            false, 0       },
    {"all of time",                       {1000, INT64_MIN, INT64_MAX, -1}, true,  0       },
    {"more than a number holds",          {UINT64_MAX, 0, MS, -1},          false, 0       },
    {"a millisecond",                     {1000, 0, MS, -1},                true,  8000000 },
    {"less than that",                    {1000, 0, MS - 1, -1},            false, 0       },
    {"as long as a round trip",           {1000, 0, 20 * MS, 20 * MS},      true,  400000  },
    {"a burst within a round trip",       {1000, 0, 20 * MS - 1, 20 * MS},  false, 0       },
    {"a path of less than a millisecond", {1000, 0, MS / 2, MS / 4},        true,  16000000},
};

static void goodput_is_known_where_it_means_something(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint64_t bps = 0;
        bool known = burst_bps(&cases[i].burst, &bps);
        if (known != cases[i].known || bps != cases[i].bps) {
            fail_msg("%s: %d, %llu", cases[i].words, known, (unsigned long long)bps);
        }
    }
}

/* The round trip of a path is that to its one end and back, and to the other one. */
static const struct {
    const char *words;
    struct mpta_rtt there;
    struct mpta_rtt there_by_timestamps;
    struct mpta_rtt back;
    int64_t round_trip_ns;
} trips[] = {
    {"not known",                         {0},                         {0},                         {0},                         -1},
    {"both ways",                         {.samples = 2, .min_ns = 7}, {0},                         {.samples = 1, .min_ns = 5}, 12},
    {"one way",                           {0},                         {0},                         {.samples = 1, .min_ns = 5}, 5 },
    {"by timestamps",                     {0},                         {.samples = 1, .min_ns = 9}, {.samples = 1, .min_ns = 5}, 14},
    {"by sequence numbers in preference",
     {.samples = 1, .min_ns = 7},
     {.samples = 1, .min_ns = 9},
     {0},
     7                                                                                                                             },
    {"longer than time",
     {.samples = 1, .min_ns = INT64_MAX},
     {0},
     {.samples = 1, .min_ns = 5},
     INT64_MAX                                                                                                                     },
};

static void a_path_has_two_ends(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof trips / sizeof trips[0]; i++) {
        const struct mpta_subflow subflow = {
            .directions[MPTA_CLIENT] = {.rtt = trips[i].there,
                                        .rtt_timestamps = trips[i].there_by_timestamps},
            .directions[MPTA_SERVER] = {.rtt = trips[i].back                    },
        };
        struct burst burst = burst_of_subflow(&subflow, MPTA_CLIENT);
        if (burst.round_trip_ns != trips[i].round_trip_ns) {
            fail_msg("%s: %lld", trips[i].words, (long long)burst.round_trip_ns);
        }
    }
}

static void losses_are_a_share_of_what_was_sent(void **state)
{
    static const struct {
        struct mpta_flow_measure measure;
        bool known;
        double ratio;
    } losses[] = {
        {{0},                                                     false, 0  },
        {{.data_packets = 10},                                    true,  0  },
        {{.data_packets = 10, .lost_behind = 1},                  true,  0.1},
        {{.data_packets = 9, .lost_before = 1},                   true,  0.1},
        {{.data_packets = 8, .lost_before = 2, .lost_behind = 8}, true,  1  },
    };
    (void)state;
    for (size_t i = 0; i < sizeof losses / sizeof losses[0]; i++) {
        double ratio;
        assert_int_equal(mpta_flow_loss_ratio(&losses[i].measure, &ratio), losses[i].known);
        assert_true(ratio > losses[i].ratio - 1e-9 && ratio < losses[i].ratio + 1e-9);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(goodput_is_known_where_it_means_something),
        cmocka_unit_test(a_path_has_two_ends),
        cmocka_unit_test(losses_are_a_share_of_what_was_sent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
