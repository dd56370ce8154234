/* SPDX-License-Identifier: BSD-3-Clause */
/* Durations summed up: quantiles against those of the sorted list, and how much memory they take.
 */
#include "analyzer/durations.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define LIST_MAX        12
#define RANDOM_MAX      1000

struct durations_case {
    const char *words;
    int64_t list[LIST_MAX];
    size_t count;
    uint64_t samples;
    int64_t min_ns, max_ns, sum_ns, median_ns, p95_ns;
    unsigned octaves; /* that take memory, where the list comes again and again */
};

/* clang-format off */
static const struct durations_case cases[] = {
    {"none", {0}, 0, 0, 0, 0, 0, 0, 0, 0},
    {"one is its own median", {12345}, 1, 1, 12345, 12345, 12345, 12345, 12345, 1},
    {"the lower of two", {700, 300}, 2, 2, 300, 700, 1000, 300, 700, 2},
    {"no time at all", {0, 0, 0}, 3, 3, 0, 0, 0, 0, 0, 1},
    {"small ones are exact", {31, 1, 17, 4, 30}, 5, 5, 1, 31, 83, 17, 31, 2},
    {"the middle of a bucket", {1000, 1024, 9000}, 3, 3, 1000, 9000, 11024, 1056, 9000, 5},
    {"no more than the longest", {1024, 1030, 1040, 1041}, 4, 4, 1024, 1041, 4135, 1041, 1041, 1},
    {"no less than the shortest", {1060, 1061, 1062, 1063}, 4, 4, 1060, 1063, 4246, 1060, 1063, 1},
    {"the longest there is", {INT64_MAX}, 1, 1, INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX,
     INT64_MAX, 0},
    {"what does not fit into the sum is left out", {INT64_MAX, 1, 2}, 3, 1, INT64_MAX, INT64_MAX,
     INT64_MAX, INT64_MAX, INT64_MAX, 0},
    {"time does not run back", {-1, INT64_MIN, 5}, 3, 1, 5, 5, 5, 5, 5, 1},
    {"a range grows at both ends", {1000, 3, 1000000, 1000}, 4, 4, 3, 1000000, 1002003, 1008,
     1000000, 17},
};
/* clang-format on */

static void quantiles_are_those_of_the_list(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct durations_case *c = &cases[i];
        struct durations durations = {0};
        for (size_t k = 0; k < c->count; k++)
            assert_true(durations_add(&durations, c->list[k]));
        if (durations.samples != c->samples || durations.min_ns != c->min_ns ||
            durations.max_ns != c->max_ns || durations.sum_ns != c->sum_ns ||
            durations_quantile(&durations, 50) != c->median_ns ||
            durations_quantile(&durations, 95) != c->p95_ns)
            fail_msg("%s: %llu samples, %lld to %lld, median %lld, 95 %% %lld", c->words,
                     (unsigned long long)durations.samples, (long long)durations.min_ns,
                     (long long)durations.max_ns, (long long)durations_quantile(&durations, 50),
                     (long long)durations_quantile(&durations, 95));
        durations_clear(&durations);
    }
}

static void octaves_between_take_memory(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct durations_case *c = &cases[i];
        struct durations durations = {0};
        for (size_t k = 0; k < (DURATIONS_FEW + 1) * c->count; k++) {
            assert_true(durations_add(&durations, c->list[k % c->count]));
        }
        unsigned count = durations.samples > DURATIONS_FEW ? durations.buckets->count : 0;
        if (count != 16 * c->octaves)
            fail_msg("%s: %u buckets", c->words, count);
        durations_clear(&durations);
    }
}

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static uint64_t chance = 1;

static uint64_t random_next(void)
{
    chance ^= chance << 13;
    chance ^= chance >> 7;
    chance ^= chance << 17;
    return chance;
}

/* All sizes of list, all percents, and durations of any size: the error is what the header says. */
static void the_error_is_bounded(void **state)
{
    static int64_t list[RANDOM_MAX];
    (void)state;
    for (size_t size = 1; size <= RANDOM_MAX; size += size > DURATIONS_FEW ? 37 : 1) {
        struct durations durations = {0};
        unsigned shift = (unsigned)(random_next() % 40);
        for (size_t i = 0; i < size; i++) {
            list[i] = (int64_t)(random_next() >> (10 + shift + random_next() % 10));
            assert_true(durations_add(&durations, list[i]));
        }
        qsort(list, size, sizeof(list[0]), by_size);
        for (unsigned percent = 1; percent <= 100; percent++) {
            int64_t exact = list[(size * percent + 99) / 100 - 1];
            int64_t got = durations_quantile(&durations, percent);
            if (llabs(got - exact) > exact / 32)
                fail_msg("%u %% of %zu: %lld, not %lld", percent, size, (long long)got,
                         (long long)exact);
        }
        durations_clear(&durations);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_are_those_of_the_list),
        cmocka_unit_test(octaves_between_take_memory),
        cmocka_unit_test(the_error_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
