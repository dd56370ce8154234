/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The range set against a model too plain to be wrong: one octet for each number, set or not.
 */
#include "analyzer/rangeset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#define MODEL_SIZE (8 * RANGESET_MAX)

struct model {
    uint64_t base; /* the number of bits[0] */
    uint8_t bits[MODEL_SIZE];
};

/* The numbers drawn must be the same on every machine. */
static uint32_t random_below(uint64_t *seed, uint32_t limit)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 33) % limit;
}

static uint64_t model_add(struct model *model, uint32_t begin, uint32_t end)
{
    uint64_t overlap = 0;
    for (uint32_t i = begin; i < end; i++) {
        overlap += model->bits[i];
        model->bits[i] = 1;
    }
    return overlap;
}

/* Ranges are sorted, not empty, apart, and hold exactly the numbers of the model. */
static void assert_same(const struct model *model, const struct rangeset *set)
{
    uint64_t at = model->base, total = 0;
    const struct range *ranges = rangeset_ranges(set);
    for (uint32_t i = 0; i < set->count; i++) {
        assert_true(ranges[i].begin < ranges[i].end);
        assert_true(i == 0 ? ranges[i].begin >= at : ranges[i].begin > at);
        for (; at < ranges[i].begin; at++)
            assert_int_equal(model->bits[at - model->base], 0);
        for (; at < ranges[i].end; at++)
            assert_int_equal(model->bits[at - model->base], 1);
        total += ranges[i].end - ranges[i].begin;
    }
    for (; at - model->base < MODEL_SIZE; at++)
        assert_int_equal(model->bits[at - model->base], 0);
    assert_true(rangeset_total(set) == total);
}

struct walk_case {
    const char *words;
    uint64_t base;
    uint32_t span;    /* numbers are drawn from [base, base + span) */
    uint32_t longest; /* range */
    uint32_t steps;   /* in one life of the set */
    uint32_t lives;
    uint32_t out_of_ten; /* ranges that continue the one before */
};

/* clang-format off */
static const struct walk_case walk_cases[] = {
    {"few numbers, many overlaps", 0, 64, 8, 40, 3000, 0},
    {"many holes", UINT64_C(1) << 32, 4096, 3, 2000, 50, 0},
    {"long ranges", UINT64_C(1) << 63, 8192, 900, 60, 500, 0},
    {"a stream with losses", 1, 8192, 60, 400, 200, 8},
    {"the highest numbers there are", UINT64_MAX - 1000, 1000, 20, 100, 200, 3},
};
/* clang-format on */

static void walk_once(const struct walk_case *c, uint64_t *seed)
{
    static struct model model;
    struct rangeset set = {0};
    uint32_t end = 0;
    model.base = c->base;
    memset(model.bits, 0, sizeof(model.bits));
    for (uint32_t step = 0; step < c->steps; step++) {
        uint32_t begin = random_below(seed, 10) < c->out_of_ten ? end : random_below(seed, c->span);
        end = begin + random_below(seed, c->longest + 1);
        end = end > c->span ? c->span : end;
        begin = begin > end ? end : begin;
        uint64_t overlap = 0, expected = model_add(&model, begin, end);
        assert_true(rangeset_add(&set, c->base + begin, c->base + end, &overlap));
        if (overlap != expected)
            fail_msg("%s: [%u, %u)", c->words, begin, end);
    }
    if (c->base + MODEL_SIZE > c->base)
        assert_same(&model, &set);
    rangeset_clear(&set);
}

static void random_walks_agree_with_the_model(void **state)
{
    (void)state;
    uint64_t seed = 8684;
    for (size_t i = 0; i < COUNT_OF(walk_cases); i++) {
        for (uint32_t life = 0; life < walk_cases[i].lives; life++)
            walk_once(&walk_cases[i], &seed);
    }
}

struct add_case {
    const char *words;
    struct range added[4];
    uint32_t count;   /* of added */
    uint64_t overlap; /* of the last one */
    struct range expected[3];
    uint32_t expected_count;
};

/* clang-format off */
static const struct add_case add_cases[] = {
    {"an empty range is none", {{5, 5}}, 1, 0, {{0}}, 0},
    {"a range that ends before it begins is none", {{5, 4}}, 1, 0, {{0}}, 0},
    {"one range", {{5, 9}}, 1, 0, {{5, 9}}, 1},
    {"touching above", {{5, 9}, {9, 12}}, 2, 0, {{5, 12}}, 1},
    {"touching below", {{5, 9}, {2, 5}}, 2, 0, {{2, 9}}, 1},
    {"apart by one", {{5, 9}, {10, 12}}, 2, 0, {{5, 9}, {10, 12}}, 2},
    {"the hole between filled exactly", {{5, 9}, {10, 12}, {9, 10}}, 3, 0, {{5, 12}}, 1},
    {"the same again", {{5, 9}, {5, 9}}, 2, 4, {{5, 9}}, 1},
    {"within", {{5, 9}, {6, 8}}, 2, 2, {{5, 9}}, 1},
    {"around", {{5, 9}, {1, 20}}, 2, 4, {{1, 20}}, 1},
    {"around two and a hole", {{5, 9}, {12, 14}, {7, 13}}, 3, 3, {{5, 14}}, 1},
    {"below two", {{50, 60}, {70, 80}, {10, 20}}, 3, 0, {{10, 20}, {50, 60}, {70, 80}}, 3},
};
/* clang-format on */

static void ranges_touch_overlap_and_stay_apart(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(add_cases); i++) {
        const struct add_case *c = &add_cases[i];
        struct rangeset set = {0};
        uint64_t overlap = 0;
        for (uint32_t k = 0; k < c->count; k++)
            assert_true(rangeset_add(&set, c->added[k].begin, c->added[k].end, &overlap));
        if (overlap != c->overlap || set.count != c->expected_count ||
            memcmp(rangeset_ranges(&set), c->expected, set.count * sizeof(struct range)) != 0)
            fail_msg("%s", c->words);
        rangeset_clear(&set);
    }
}

/*
 * More holes than the set will hold, drawn over a wide span: it never holds more, it never forgets
 * a number, and what it makes up lies in its lowest range alone.
 */
static void past_its_limit_it_loses_holes_but_no_numbers(void **state)
{
    (void)state;
    static struct model model;
    struct rangeset set = {0};
    uint64_t seed = 6824, overlap;
    memset(model.bits, 0, sizeof(model.bits));
    model.base = 0;
    for (uint32_t step = 0; step < MODEL_SIZE; step++) {
        uint32_t begin = random_below(&seed, MODEL_SIZE / 2) * 2;
        model_add(&model, begin, begin + 1);
        assert_true(rangeset_add(&set, begin, begin + 1, &overlap));
        assert_true(set.count <= RANGESET_MAX);
    }
    const struct range *ranges = rangeset_ranges(&set);
    assert_true(set.count > RANGESET_MAX / 2);
    for (uint32_t at = 0, i = 0; at < MODEL_SIZE; at++) {
        i += i < set.count && ranges[i].end <= at;
        bool present = i < set.count && ranges[i].begin <= at;
        if (model.bits[at] || i > 0)
            assert_int_equal(present, model.bits[at]);
    }
    rangeset_clear(&set);
}

/* The same from above: each new range is below all others, where the joined ones are. */
static void past_its_limit_from_above(void **state)
{
    (void)state;
    struct rangeset set = {0};
    uint64_t overlap;
    const uint64_t top = 10 * RANGESET_MAX;
    for (uint64_t at = top; at > 0; at -= 2) {
        assert_true(rangeset_add(&set, at, at + 1, &overlap));
        assert_true(set.count <= RANGESET_MAX);
        assert_true(rangeset_ranges(&set)[0].begin == at);
    }
    assert_true(rangeset_ranges(&set)[set.count - 1].end == top + 1);
    rangeset_clear(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_walks_agree_with_the_model),
        cmocka_unit_test(ranges_touch_overlap_and_stay_apart),
        cmocka_unit_test(past_its_limit_it_loses_holes_but_no_numbers),
        cmocka_unit_test(past_its_limit_from_above),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
