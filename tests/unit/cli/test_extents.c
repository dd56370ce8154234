/* SPDX-License-Identifier: BSD-3-Clause */
/* Parts and holes of a file, against a plain map of its octets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/extents.h"

#define MAP_SIZE 64

static const struct {
    const char *words;
    struct extent parts[5]; /* up to one that is empty */
    struct extent holes[3];
    uint64_t end;
} cases[] = {
    {"nothing",               {{0, 0}},                            {{0, 0}},         0 },
    {"in order",              {{0, 4}, {4, 8}},                    {{0, 0}},         8 },
    {"a hole at the begin",   {{4, 8}},                            {{0, 4}},         8 },
    {"a hole in the middle",  {{0, 4}, {6, 8}},                    {{4, 6}},         8 },
    {"a hole filled",         {{0, 4}, {6, 8}, {4, 6}},            {{0, 0}},         8 },
    {"a hole filled in part", {{0, 4}, {9, 12}, {6, 7}},           {{4, 6}, {7, 9}}, 12},
    {"one over several",      {{2, 4}, {6, 8}, {10, 12}, {3, 11}}, {{0, 2}},         12},
    {"before all",            {{8, 9}, {0, 1}},                    {{1, 8}},         9 },
    {"within another",        {{0, 9}, {3, 4}},                    {{0, 0}},         9 },
};

static void parts_leave_holes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct extents extents = {0};
        struct extent hole;
        size_t count = 0;
        uint64_t bytes = 0;
        for (const struct extent *part = cases[i].parts; part->end > 0; part++) {
            assert_true(extents_add(&extents, part->begin, part->end));
        }
        const struct holes holes = {&extents, 0, extents_end(&extents)};
        for (const struct extent *expected = cases[i].holes; expected->end > 0; expected++) {
            if (!holes_get(&holes, count++, &hole) || hole.begin != expected->begin ||
                hole.end != expected->end) {
                fail_msg("%s: hole %zu differs", cases[i].words, count - 1);
            }
            bytes += hole.end - hole.begin;
        }
        if (holes_count(&holes) != count || holes_get(&holes, count, &hole) ||
            holes_bytes(&holes) != bytes || extents_end(&extents) != cases[i].end) {
            fail_msg("%s: %zu holes of %d bytes", cases[i].words, holes_count(&holes),
                     (int)holes_bytes(&holes));
        }
        extents_free(&extents);
    }
}

/* What lies outside of the range does not count, nor where nothing was written. */
static void holes_lie_in_their_range(void **state)
{
    static const struct {
        struct extent range;
        struct extent holes[3]; /* from the begin of the range on */
    } ranges[] = {
        {{5, 50},  {{0, 5}, {15, 25}, {35, 45}}},
        {{12, 35}, {{8, 18}}                   },
        {{12, 18}, {{0, 0}}                    },
        {{22, 28}, {{0, 6}}                    },
        {{60, 70}, {{0, 10}}                   },
    };
    struct extents extents = {0};
    struct extent hole;
    (void)state;
    assert_true(extents_add(&extents, 10, 20) && extents_add(&extents, 30, 40));
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        const struct holes holes = {&extents, ranges[i].range.begin, ranges[i].range.end};
        size_t count = 0;
        for (; count < 3 && ranges[i].holes[count].end > 0; count++) {
            assert_true(holes_get(&holes, count, &hole));
            assert_true(hole.begin == ranges[i].holes[count].begin);
            assert_true(hole.end == ranges[i].holes[count].end);
        }
        assert_int_equal(holes_count(&holes), count);
        assert_false(holes_get(&holes, count, &hole));
    }
    assert_int_equal(holes_bytes(&(struct holes){NULL, 3, 9}), 6);
    extents_free(&extents);
}

static uint32_t random_next(uint32_t *state)
{
    *state = *state * 1664525 + 1013904223;
    return *state >> 16;
}

static void map_agrees(const struct extents *extents, const char map[MAP_SIZE])
{
    char holes[MAP_SIZE] = {0};
    struct extent hole;
    const struct holes whole = {extents, 0, extents_end(extents)};
    for (size_t i = 0; holes_get(&whole, i, &hole); i++) {
        memset(holes + hole.begin, 1, hole.end - hole.begin);
    }
    for (size_t at = 0; at < extents_end(extents); at++) {
        assert_int_equal(holes[at], !map[at]);
    }
}

static void parts_agree_with_a_map(void **state)
{
    uint32_t random = 1;
    (void)state;
    for (int round = 0; round < 2000; round++) {
        struct extents extents = {0};
        char map[MAP_SIZE] = {0};
        for (int step = 0; step < 12; step++) {
            uint32_t begin = random_next(&random) % (MAP_SIZE - 8);
            uint32_t len = 1 + random_next(&random) % 8;
            assert_true(extents_add(&extents, begin, begin + len));
            memset(map + begin, 1, len);
            map_agrees(&extents, map);
        }
        extents_free(&extents);
    }
}

/* The first holes stay, the end stays, and there never are more parts than the bound. */
static void too_many_holes_are_forgotten_in_the_middle(void **state)
{
    struct extents extents = {0};
    struct extent hole;
    (void)state;
    for (uint64_t i = 0; i < 5 * EXTENTS_MAX; i++) {
        assert_true(extents_add(&extents, 10 * i, 10 * i + 5));
        assert_true(extents.count <= EXTENTS_MAX);
        assert_true(extents_end(&extents) == 10 * i + 5);
    }
    const struct holes holes = {&extents, 0, extents_end(&extents)};
    for (size_t i = 0; i < 100; i++) {
        assert_true(holes_get(&holes, i, &hole));
        assert_true(hole.begin == 10 * i + 5 && hole.end == 10 * i + 10);
    }
    assert_int_equal(holes_count(&holes), 5 * EXTENTS_MAX - 1);
    assert_int_equal(holes_bytes(&holes), 5 * (5 * EXTENTS_MAX - 1));
    for (uint64_t i = 0; i < 5 * EXTENTS_MAX; i++) {
        assert_true(extents_add(&extents, 10 * i + 5, 10 * i + 10));
    }
    assert_int_equal(holes_count(&holes), 0);
    assert_int_equal(holes_bytes(&holes), 0);
    extents_free(&extents);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_leave_holes),
        cmocka_unit_test(holes_lie_in_their_range),
        cmocka_unit_test(parts_agree_with_a_map),
        cmocka_unit_test(too_many_holes_are_forgotten_in_the_middle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
