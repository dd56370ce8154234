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
    uint32_t size;
    uint8_t bits[MODEL_SIZE];
};

/* The numbers drawn must be the same on every machine. */
static uint32_t random_below(uint64_t *seed, uint32_t limit)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 33) % limit;
}

static uint64_t model_count(const struct model *model, uint64_t begin, uint64_t end)
{
    uint64_t count = 0;
    for (uint64_t i = begin; i < end; i++)
        count += model->bits[i];
    return count;
}

static void model_set(struct model *model, uint64_t begin, uint64_t end, bool present)
{
    if (begin < end)
        memset(model->bits + begin, present, end - begin);
}

/* Ranges are sorted, not empty, apart, and hold exactly the numbers of the model. */
static void assert_same(const struct model *model, const struct rangeset *set)
{
    uint64_t at = 0, total = 0;
    const struct range *ranges = rangeset_ranges(set);
    for (uint32_t i = 0; i < set->count; i++) {
        uint64_t begin = ranges[i].begin - model->base, end = ranges[i].end - model->base;
        assert_true(begin < end && end <= model->size);
        assert_true(i == 0 || begin > at);
        assert_int_equal(model_count(model, at, begin), 0);
        assert_int_equal(model_count(model, begin, end), end - begin);
        total += end - begin;
        at = end;
    }
    assert_int_equal(model_count(model, at, model->size), 0);
    assert_true(rangeset_total(set) == total);
}

/* The gaps are exactly what the model lacks. */
static void assert_same_gaps(const struct model *model, const struct rangeset *set)
{
    uint64_t from = model->base, end = model->base + model->size, at = 0;
    struct range gap;
    while (rangeset_next_gap(set, &from, end, &gap)) {
        uint64_t gap_begin = gap.begin - model->base, gap_end = gap.end - model->base;
        assert_true(gap_begin < gap_end && gap_begin >= at && gap_end <= model->size);
        assert_true(from == gap.end);
        assert_int_equal(model_count(model, at, gap_begin), gap_begin - at);
        assert_int_equal(model_count(model, gap_begin, gap_end), 0);
        at = gap_end;
    }
    assert_int_equal(model_count(model, at, model->size), model->size - at);
}

struct walk_case {
    const char *words;
    uint64_t base;
    uint32_t span;    /* numbers are drawn from [base, base + span) */
    uint32_t longest; /* range */
    uint32_t steps;   /* in one life of the set */
    uint32_t lives;
    uint32_t out_of_ten; /* ranges that continue the one before */
    bool removes;        /* two of ten ranges are taken out */
};

/* clang-format off */
static const struct walk_case walk_cases[] = {
    {"few numbers, many overlaps", 0, 64, 8, 40, 3000, 0, false},
    {"few numbers, also taken out", 0, 64, 8, 60, 3000, 0, true},
    {"many holes", UINT64_C(1) << 32, 4096, 3, 2000, 25, 0, false},
    {"many holes, also taken out", UINT64_C(1) << 32, 4096, 9, 2000, 25, 0, true},
    {"long ranges", UINT64_C(1) << 63, 8192, 900, 60, 200, 0, true},
    {"a stream with losses", 1, 8192, 60, 400, 200, 8, false},
    {"the highest numbers there are", UINT64_MAX - 1000, 1000, 20, 100, 300, 3, true},
};
/* clang-format on */

/* A range to add, to take out or to count, as a step of a walk draws it. */
static struct range draw_range(const struct walk_case *c, uint64_t *seed, uint32_t last_end)
{
    bool next = random_below(seed, 10) < c->out_of_ten;
    uint32_t begin = next ? last_end : random_below(seed, c->span);
    uint32_t end = begin + random_below(seed, c->longest + 1);
    end = end > c->span ? c->span : end;
    return (struct range){begin > end ? end : begin, end};
}

static void walk_step(const struct walk_case *c, struct model *model, struct rangeset *set,
                      const struct range *range, uint32_t kind)
{
    uint64_t begin = c->base + range->begin, end = c->base + range->end, overlap = 0;
    uint64_t expected = model_count(model, range->begin, range->end);
    if (rangeset_count(set, begin, end) != expected)
        fail_msg("%s: counting [%llu, %llu)", c->words, (unsigned long long)begin,
                 (unsigned long long)end);
    model_set(model, range->begin, range->end, kind < 8);
    if (kind >= 8)
        assert_true(rangeset_remove(set, begin, end));
    else if (!rangeset_add(set, begin, end, &overlap) || overlap != expected)
        fail_msg("%s: adding [%llu, %llu)", c->words, (unsigned long long)begin,
                 (unsigned long long)end);
}

static void walk_once(const struct walk_case *c, uint64_t *seed)
{
    static struct model model;
    struct rangeset set = {0};
    struct range range = {0};
    model.base = c->base;
    model.size = c->span;
    memset(model.bits, 0, c->span);
    for (uint32_t step = 0; step < c->steps; step++) {
        uint32_t kind = c->removes ? random_below(seed, 10) : 0;
        range = draw_range(c, seed, (uint32_t)range.end);
        walk_step(c, &model, &set, &range, kind);
    }
    assert_same(&model, &set);
    assert_same_gaps(&model, &set);
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
 * a number, and what it makes up lies in its lowest range alone. What it counts is off by no more
 * than what it gave up.
 */
static void past_its_limit_it_loses_holes_but_no_numbers(void **state)
{
    (void)state;
    static struct model model;
    struct rangeset set = {0};
    uint64_t seed = 6824, overlap, distinct = 0, excess = 0;
    memset(model.bits, 0, sizeof(model.bits));
    model.base = 0;
    for (uint32_t step = 0; step < MODEL_SIZE; step++) {
        uint32_t begin = random_below(&seed, MODEL_SIZE / 2) * 2;
        bool again = model.bits[begin];
        model_set(&model, begin, begin + 1, true);
        assert_true(rangeset_add(&set, begin, begin + 1, &overlap));
        assert_true(set.count <= RANGESET_MAX && overlap >= again);
        distinct += !again;
        excess += overlap - again;
    }
    assert_true(excess > 0 && excess <= rangeset_given_up(&set));
    uint64_t total = rangeset_total(&set);
    assert_true(total <= distinct && distinct - total <= rangeset_given_up(&set));
    const struct range *ranges = rangeset_ranges(&set);
    assert_true(set.count > RANGESET_MAX / 2);
    assert_true(rangeset_blurred_end(&set) < ranges[0].end);
    for (uint32_t at = 0, i = 0; at < MODEL_SIZE; at++) {
        i += i < set.count && ranges[i].end <= at;
        bool present = i < set.count && ranges[i].begin <= at;
        if (model.bits[at] || at >= rangeset_blurred_end(&set))
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
