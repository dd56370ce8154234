/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a range set lacks, how much of a range it holds, and taking ranges out: tables for the
 * edges, and walks beside a model with one octet for each number.
 */
#include "analyzer/rangeset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define RANGES_MAX      4
#define MODEL_SIZE      512

/* The numbers drawn must be the same on every machine. */
static uint32_t random_below(uint64_t *seed, uint32_t limit)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 33) % limit;
}

/* A table's row ends at the first empty range. */
static void fill(struct rangeset *set, const struct range *ranges)
{
    uint64_t overlap;
    for (size_t i = 0; i < RANGES_MAX && ranges[i].end > 0; i++)
        assert_true(rangeset_add(set, ranges[i].begin, ranges[i].end, &overlap));
}

/* ---- Gaps and counts ------------------------------------------------------------------------- */

struct gap_case {
    const char *words;
    struct range held[RANGES_MAX];
    uint64_t begin, end;
    struct range gaps[RANGES_MAX];
    uint64_t count; /* of [begin, end) that are held */
};

/* clang-format off */
static const struct gap_case gap_cases[] = {
    {"nothing is held", {{0, 0}}, 5, 9, {{5, 9}}, 0},
    {"nothing is asked", {{5, 9}}, 7, 7, {{0, 0}}, 0},
    {"nothing is asked outside", {{5, 9}}, 20, 20, {{0, 0}}, 0},
    {"the end lies before the begin", {{5, 9}}, 12, 3, {{0, 0}}, 0},
    {"exactly what is held", {{5, 9}}, 5, 9, {{0, 0}}, 4},
    {"within", {{5, 9}}, 6, 8, {{0, 0}}, 2},
    {"below, touching", {{5, 9}}, 2, 5, {{2, 5}}, 0},
    {"above, touching", {{5, 9}}, 9, 12, {{9, 12}}, 0},
    {"below and into", {{5, 9}}, 2, 6, {{2, 5}}, 1},
    {"out of and above", {{5, 9}}, 8, 12, {{9, 12}}, 1},
    {"around", {{5, 9}}, 2, 12, {{2, 5}, {9, 12}}, 4},
    {"around two", {{5, 9}, {20, 21}}, 0, 30, {{0, 5}, {9, 20}, {21, 30}}, 5},
    {"between two", {{5, 9}, {20, 21}}, 9, 20, {{9, 20}}, 0},
    {"from one into the next", {{5, 9}, {20, 25}}, 7, 22, {{9, 20}}, 4},
    {"from one to the next", {{5, 9}, {20, 25}}, 7, 20, {{9, 20}}, 2},
    {"beyond all", {{5, 9}, {20, 25}}, 30, 40, {{30, 40}}, 0},
    {"many", {{2, 3}, {4, 5}, {6, 7}, {8, 9}}, 3, 9, {{3, 4}, {5, 6}, {7, 8}}, 3},
    {"the highest numbers", {{UINT64_MAX - 2, UINT64_MAX}}, UINT64_MAX - 4, UINT64_MAX,
     {{UINT64_MAX - 4, UINT64_MAX - 2}}, 2},
};
/* clang-format on */

static void a_gap_is_what_is_asked_and_not_held(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(gap_cases); i++) {
        const struct gap_case *c = &gap_cases[i];
        struct rangeset set = {0};
        struct range gap = {0};
        uint64_t from = c->begin;
        size_t k = 0;
        fill(&set, c->held);
        for (; rangeset_next_gap(&set, &from, c->end, &gap); k++) {
            if (gap.begin != c->gaps[k].begin || gap.end != c->gaps[k].end || from != gap.end)
                fail_msg("%s: gap %zu", c->words, k);
        }
        if ((k < RANGES_MAX && c->gaps[k].end != 0) ||
            rangeset_count(&set, c->begin, c->end) != c->count)
            fail_msg("%s: %zu gaps", c->words, k);
        if (rangeset_covers(&set, c->begin, c->end) != (k == 0))
            fail_msg("%s: whether all is there", c->words);
        uint64_t below = k > 0 && gap.end == c->end ? gap.end - gap.begin : 0;
        if (rangeset_gap_below(&set, c->begin, c->end) != below)
            fail_msg("%s: the gap below the end", c->words);
        rangeset_clear(&set);
    }
}

/* ---- Removal --------------------------------------------------------------------------------- */

struct remove_case {
    const char *words;
    struct range held[RANGES_MAX];
    uint64_t begin, end;
    struct range left[RANGES_MAX];
};

/* clang-format off */
static const struct remove_case remove_cases[] = {
    {"nothing from nothing", {{0, 0}}, 5, 9, {{0, 0}}},
    {"an empty range", {{5, 9}}, 7, 7, {{5, 9}}},
    {"a range that ends before it begins", {{5, 9}}, 8, 6, {{5, 9}}},
    {"all", {{5, 9}}, 5, 9, {{0, 0}}},
    {"more than all", {{5, 9}}, 1, 20, {{0, 0}}},
    {"its begin", {{5, 9}}, 5, 7, {{7, 9}}},
    {"its begin and what is below", {{5, 9}}, 3, 7, {{7, 9}}},
    {"its end", {{5, 9}}, 7, 9, {{5, 7}}},
    {"its end and what is above", {{5, 9}}, 7, 12, {{5, 7}}},
    {"its middle", {{5, 9}}, 6, 8, {{5, 6}, {8, 9}}},
    {"what touches below", {{5, 9}}, 1, 5, {{5, 9}}},
    {"what touches above", {{5, 9}}, 9, 12, {{5, 9}}},
    {"a hole", {{5, 9}, {12, 14}}, 9, 12, {{5, 9}, {12, 14}}},
    {"a hole and its edges", {{5, 9}, {12, 14}}, 8, 13, {{5, 8}, {13, 14}}},
    {"the middle one of three", {{1, 2}, {5, 9}, {12, 14}}, 5, 9, {{1, 2}, {12, 14}}},
    {"from the middle of the first to that of the last", {{1, 4}, {5, 9}, {12, 16}}, 2, 14,
     {{1, 2}, {14, 16}}},
    {"the middle of the first of two", {{1, 9}, {12, 16}}, 4, 5, {{1, 4}, {5, 9}, {12, 16}}},
    {"the highest number", {{UINT64_MAX - 4, UINT64_MAX}}, UINT64_MAX - 1, UINT64_MAX,
     {{UINT64_MAX - 4, UINT64_MAX - 1}}},
};
/* clang-format on */

static bool holds_exactly(const struct rangeset *set, const struct range *expected)
{
    const struct range *ranges = rangeset_ranges(set);
    uint32_t count = 0;
    while (count < RANGES_MAX && expected[count].end > 0)
        count++;
    return set->count == count && memcmp(ranges, expected, count * sizeof(*ranges)) == 0;
}

static void what_is_taken_out_is_gone_and_nothing_else(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(remove_cases); i++) {
        const struct remove_case *c = &remove_cases[i];
        struct rangeset set = {0};
        fill(&set, c->held);
        assert_true(rangeset_remove(&set, c->begin, c->end));
        if (!holds_exactly(&set, c->left))
            fail_msg("%s", c->words);
        rangeset_clear(&set);
    }
}

/* A set that is full gives up its lowest holes rather than grow; what lies above stays exact. */
static void removal_from_a_full_set_stays_in_bounds(void **state)
{
    (void)state;
    struct rangeset set = {0};
    uint64_t overlap;
    for (uint64_t at = 0; at < RANGESET_MAX; at++)
        assert_true(rangeset_add(&set, 10 * at, 10 * at + 8, &overlap));
    assert_int_equal(set.count, RANGESET_MAX);
    for (uint64_t at = RANGESET_MAX; at > RANGESET_MAX / 2; at--) {
        assert_true(rangeset_remove(&set, 10 * at - 7, 10 * at - 6));
        assert_true(set.count <= RANGESET_MAX);
        assert_int_equal(rangeset_count(&set, 10 * at - 10, 10 * at), 7);
    }
    rangeset_clear(&set);
}

struct order_case {
    const char *words;
    uint64_t first, step; /* modulo a prime, so that each number comes once */
};

static const struct order_case order_cases[] = {
    {"upwards",   0,     1    },
    {"downwards", 65520, 65520},
};

/* Past its limit a set takes holes for numbers, but knows how many: its total stays true. */
static void the_total_does_not_count_what_was_made_up(void **state)
{
    (void)state;
    const uint64_t prime = 65521;
    for (size_t i = 0; i < COUNT_OF(order_cases); i++) {
        struct rangeset set = {0};
        uint64_t at = order_cases[i].first, overlap;
        for (uint64_t k = 1; k <= prime; k++, at = (at + order_cases[i].step) % prime) {
            assert_true(rangeset_add(&set, 10 * at, 10 * at + 3, &overlap));
            assert_int_equal(overlap, 0);
            if (k % 1009 == 0 && rangeset_total(&set) != 3 * k)
                fail_msg("%s: step %llu", order_cases[i].words, (unsigned long long)k);
        }
        rangeset_clear(&set);
    }
}

/* ---- Beside a model -------------------------------------------------------------------------- */

struct model {
    uint64_t base; /* the number of bits[0] */
    uint8_t bits[MODEL_SIZE];
};

static void assert_same_gaps(const struct model *model, const struct rangeset *set, uint32_t begin,
                             uint32_t end)
{
    uint64_t from = model->base + begin, count = 0;
    uint32_t at = begin;
    struct range gap;
    while (rangeset_next_gap(set, &from, model->base + end, &gap)) {
        assert_true(gap.begin < gap.end);
        for (; at < gap.begin - model->base; at++, count++)
            assert_int_equal(model->bits[at], 1);
        for (; at < gap.end - model->base; at++)
            assert_int_equal(model->bits[at], 0);
    }
    for (; at < end; at++, count++)
        assert_int_equal(model->bits[at], 1);
    assert_int_equal(rangeset_count(set, model->base + begin, model->base + end), count);
    assert_int_equal(rangeset_covers(set, model->base + begin, model->base + end),
                     count == end - begin);
}

static void step(struct model *model, struct rangeset *set, uint64_t *seed)
{
    uint32_t begin = random_below(seed, MODEL_SIZE), end = begin + random_below(seed, 60);
    bool add = random_below(seed, 2);
    uint64_t overlap;
    if (end > MODEL_SIZE)
        end = MODEL_SIZE;
    if (add)
        assert_true(rangeset_add(set, model->base + begin, model->base + end, &overlap));
    else
        assert_true(rangeset_remove(set, model->base + begin, model->base + end));
    memset(model->bits + begin, add, end - begin);
}

static void random_walks_agree_with_the_model(void **state)
{
    (void)state;
    static const uint64_t bases[] = {0, 1, UINT64_C(1) << 32, UINT64_MAX - MODEL_SIZE};
    uint64_t seed = 1071;
    for (size_t i = 0; i < COUNT_OF(bases); i++) {
        for (int life = 0; life < 40; life++) {
            struct model model = {.base = bases[i]};
            struct rangeset set = {0};
            for (int k = 0; k < 100; k++) {
                step(&model, &set, &seed);
                uint32_t begin = random_below(&seed, MODEL_SIZE);
                assert_same_gaps(&model, &set, begin,
                                 begin + random_below(&seed, MODEL_SIZE - begin + 1));
                assert_same_gaps(&model, &set, 0, MODEL_SIZE);
            }
            rangeset_clear(&set);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_gap_is_what_is_asked_and_not_held),
        cmocka_unit_test(what_is_taken_out_is_gone_and_nothing_else),
        cmocka_unit_test(removal_from_a_full_set_stays_in_bounds),
        cmocka_unit_test(the_total_does_not_count_what_was_made_up),
        cmocka_unit_test(random_walks_agree_with_the_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
