/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lists of mappings: what is new, repeated or contradicted, and which octet goes where; tables, and
 * walks beside a model that keeps the place of each octet.
 */
#include "analyzer/mapping.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define ADDS_MAX        4

struct add {
    uint64_t begin, end, data;
    enum mapping_status expected;
};

struct add_case {
    const char *words;
    struct add adds[ADDS_MAX];
    struct mapping left[ADDS_MAX];
};

#define NEW          MAPPING_NEW
#define REPEATED     MAPPING_REPEATED
#define CONTRADICTED MAPPING_CONTRADICTED

/* clang-format off */
static const struct add_case add_cases[] = {
    {"one", {{10, 20, 110, NEW}}, {{10, 20, 110}}},
    {"repeated", {{10, 20, 110, NEW}, {10, 20, 110, REPEATED}}, {{10, 20, 110}}},
    {"repeated in part", {{10, 20, 110, NEW}, {12, 18, 112, REPEATED}}, {{10, 20, 110}}},
    {"continued", {{10, 20, 110, NEW}, {20, 30, 120, NEW}}, {{10, 30, 110}}},
    {"continued below", {{20, 30, 120, NEW}, {10, 20, 110, NEW}}, {{10, 30, 110}}},
    {"the hole between filled", {{10, 20, 110, NEW}, {30, 40, 130, NEW}, {20, 30, 120, NEW}},
     {{10, 40, 110}}},
    {"repeated after being joined",
     {{10, 20, 110, NEW}, {20, 30, 120, NEW}, {15, 25, 115, REPEATED}},
     {{10, 30, 110}}},
    {"next to it, but elsewhere in the stream", {{10, 20, 110, NEW}, {20, 30, 500, NEW}},
     {{10, 20, 110}, {20, 30, 500}}},
    {"between two that lie elsewhere", {{10, 20, 110, NEW}, {30, 40, 630, NEW}, {20, 30, 420, NEW}},
     {{10, 20, 110}, {20, 30, 420}, {30, 40, 630}}},
    {"overlapping its end", {{10, 20, 110, NEW}, {15, 30, 115, NEW}}, {{10, 30, 110}}},
    {"overlapping its begin", {{10, 20, 110, NEW}, {5, 15, 105, NEW}}, {{5, 20, 105}}},
    {"around", {{10, 20, 110, NEW}, {5, 30, 105, NEW}}, {{5, 30, 105}}},
    {"around two and the hole between", {{10, 20, 110, NEW}, {30, 40, 130, NEW}, {5, 50, 105, NEW}},
     {{5, 50, 105}}},
    {"from one into another", {{10, 20, 110, NEW}, {30, 40, 130, NEW}, {15, 35, 115, NEW}},
     {{10, 40, 110}}},
    {"up to one that lies elsewhere", {{10, 20, 110, NEW}, {30, 40, 500, NEW}, {15, 30, 115, NEW}},
     {{10, 30, 110}, {30, 40, 500}}},
    {"contradicted", {{10, 20, 110, NEW}, {10, 20, 111, CONTRADICTED}}, {{10, 20, 110}}},
    {"contradicted by the first octet", {{10, 20, 110, NEW}, {1, 11, 200, CONTRADICTED}},
     {{10, 20, 110}}},
    {"contradicted by the last octet", {{10, 20, 110, NEW}, {19, 29, 200, CONTRADICTED}},
     {{10, 20, 110}}},
    {"contradicted by the second of two", {{10, 20, 110, NEW}, {30, 40, 131, NEW},
     {10, 40, 110, CONTRADICTED}}, {{10, 20, 110}, {30, 40, 131}}},
    {"the data moved down", {{10, 20, 110, NEW}, {20, 30, 10, NEW}}, {{10, 20, 110}, {20, 30, 10}}},
    {"at the very end", {{UINT64_MAX - 10, UINT64_MAX, 5, NEW}, {10, 20, 5, NEW}},
     {{10, 20, 5}, {UINT64_MAX - 10, UINT64_MAX, 5}}},
};
/* clang-format on */

static void assert_left(const struct add_case *c, const struct mapping_list *list)
{
    size_t count = 0;
    while (count < ADDS_MAX && c->left[count].end > 0)
        count++;
    if (list->count != count || memcmp(list->items, c->left, count * sizeof(*list->items)) != 0)
        fail_msg("%s: %zu mappings", c->words, list->count);
}

static void mappings_are_joined_and_the_first_stands(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(add_cases); i++) {
        const struct add_case *c = &add_cases[i];
        struct mapping_list list = {0};
        for (size_t k = 0; k < ADDS_MAX && c->adds[k].end > 0; k++) {
            struct mapping mapping = {c->adds[k].begin, c->adds[k].end, c->adds[k].data};
            if (mapping_add(&list, &mapping) != c->adds[k].expected)
                fail_msg("%s: step %zu", c->words, k + 1);
        }
        assert_left(c, &list);
        mapping_list_clear(&list);
    }
}

struct find_case {
    const char *words;
    uint64_t at;
    bool found;
    uint64_t begin; /* of what is found, or where the next one begins */
};

static const struct find_case find_cases[] = {
    {"below all",                        5,  false, 10        },
    {"the first octet",                  10, true,  10        },
    {"the last octet",                   19, true,  10        },
    {"behind it, in a hole",             20, false, 30        },
    {"the last octet of a hole",         29, false, 30        },
    {"the second, where it begins",      30, true,  30        },
    {"where one ends, the other begins", 40, true,  40        },
    {"behind all",                       50, false, UINT64_MAX},
};

static void an_octet_is_found(void **state)
{
    (void)state;
    static const struct mapping added[] = {
        {10, 20, 110},
        {30, 40, 130},
        {40, 50, 700}
    };
    struct mapping_list list = {0};
    for (size_t i = 0; i < COUNT_OF(added); i++)
        assert_int_equal(mapping_add(&list, &added[i]), MAPPING_NEW);
    for (size_t i = 0; i < COUNT_OF(find_cases); i++) {
        const struct find_case *c = &find_cases[i];
        uint64_t next;
        const struct mapping *mapping = mapping_find(&list, c->at, &next);
        if ((mapping != NULL) != c->found || (mapping ? mapping->begin : next) != c->begin)
            fail_msg("%s", c->words);
    }
    mapping_list_clear(&list);
}

/* ---- Beside a model ---------------------------------------------------------------------------
 */

#define MODEL_SIZE 2000

static uint32_t random_below(uint64_t *seed, uint32_t limit)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 33) % limit;
}

/* The place of each octet in the stream; 0: none. */
struct model {
    uint64_t data[MODEL_SIZE];
};

static enum mapping_status model_add(struct model *model, const struct mapping *mapping)
{
    enum mapping_status status = MAPPING_REPEATED;
    for (uint64_t at = mapping->begin; at < mapping->end; at++) {
        uint64_t data = mapping->data + (at - mapping->begin);
        if (model->data[at] != 0 && model->data[at] != data)
            return MAPPING_CONTRADICTED;
        if (model->data[at] == 0)
            status = MAPPING_NEW;
    }
    for (uint64_t at = mapping->begin; at < mapping->end; at++)
        model->data[at] = mapping->data + (at - mapping->begin);
    return status;
}

static void assert_same(const struct model *model, const struct mapping_list *list)
{
    for (uint64_t at = 0; at < MODEL_SIZE; at++) {
        uint64_t next;
        const struct mapping *mapping = mapping_find(list, at, &next);
        uint64_t data = mapping ? mapping->data + (at - mapping->begin) : 0;
        assert_int_equal(data, model->data[at]);
        assert_true(mapping || next > at);
    }
}

static void random_walks_agree_with_the_model(void **state)
{
    (void)state;
    uint64_t seed = 3331;
    for (int life = 0; life < 100; life++) {
        struct model model = {{0}};
        struct mapping_list list = {0};
        for (int step = 0; step < 100; step++) {
            uint64_t begin = random_below(&seed, MODEL_SIZE - 60);
            uint64_t shift = 10000 + 5000 * random_below(&seed, 1 + (uint32_t)life % 3);
            struct mapping mapping = {begin, begin + 1 + random_below(&seed, 60), begin + shift};
            assert_int_equal(mapping_add(&list, &mapping), model_add(&model, &mapping));
        }
        assert_same(&model, &list);
        mapping_list_clear(&list);
    }
}

static void what_is_removed_is_forgotten(void **state)
{
    (void)state;
    uint64_t seed = 77;
    for (int life = 0; life < 300; life++) {
        struct model model = {{0}};
        struct mapping_list list = {0};
        for (int step = 0; step < 20; step++) {
            uint64_t begin = random_below(&seed, MODEL_SIZE - 60);
            uint64_t end = begin + 1 + random_below(&seed, 60);
            struct mapping mapping = {begin, end, begin + 10000 + 5000 * random_below(&seed, 2)};
            assert_int_equal(mapping_add(&list, &mapping), model_add(&model, &mapping));
            begin = random_below(&seed, MODEL_SIZE - 60);
            end = begin + 1 + random_below(&seed, 60);
            assert_true(mapping_remove(&list, begin, end));
            memset(&model.data[begin], 0, (end - begin) * sizeof(model.data[0]));
            assert_same(&model, &list);
        }
        mapping_list_clear(&list);
    }
}

/* A flood of mappings that do not touch stays within its bound; the highest are kept. */
static void a_flood_forgets_the_lowest(void **state)
{
    (void)state;
    struct mapping_list list = {0};
    uint64_t next;
    for (uint64_t i = 1; i <= 10 * MAPPINGS_MAX; i++) {
        struct mapping mapping = {10 * i, 10 * i + 5, 20 * i};
        assert_int_equal(mapping_add(&list, &mapping), MAPPING_NEW);
        assert_true(list.count <= MAPPINGS_MAX);
        assert_true((list.forgotten > 0) == (i > MAPPINGS_MAX));
        assert_non_null(mapping_find(&list, 10 * i, &next));
        for (uint64_t k = i; k > 0 && k + MAPPINGS_MAX / 2 > i; k -= k > 16 ? 16 : 1)
            assert_non_null(mapping_find(&list, 10 * k + 4, &next));
    }
    assert_null(mapping_find(&list, 10, &next));
    mapping_list_clear(&list);
}

static void a_flood_from_above_stays_in_bounds(void **state)
{
    (void)state;
    struct mapping_list list = {0};
    uint64_t next;
    for (uint64_t i = 10 * MAPPINGS_MAX; i > 0; i--) {
        struct mapping mapping = {10 * i, 10 * i + 5, 20 * i};
        assert_int_equal(mapping_add(&list, &mapping), MAPPING_NEW);
        assert_true(list.count <= MAPPINGS_MAX);
        assert_non_null(mapping_find(&list, 10 * i, &next));
    }
    mapping_list_clear(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mappings_are_joined_and_the_first_stands),
        cmocka_unit_test(an_octet_is_found),
        cmocka_unit_test(random_walks_agree_with_the_model),
        cmocka_unit_test(what_is_removed_is_forgotten),
        cmocka_unit_test(a_flood_forgets_the_lowest),
        cmocka_unit_test(a_flood_from_above_stays_in_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
