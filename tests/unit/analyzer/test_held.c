/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Payload that waits: what is found again, what makes one piece, where it ends. Each octet is the
 * low half of its position, so that what is found can be told right from wrong.
 */
#include "analyzer/held.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define KEEPS_MAX       5
#define LEN_MAX         65536

struct held_case {
    const char *words;
    struct range keeps[KEEPS_MAX];  /* up to one that is empty */
    struct range pieces[KEEPS_MAX]; /* what there is then */
    struct range placed;            /* then waits no longer */
    struct range left[KEEPS_MAX];
};

/* clang-format off */
static const struct held_case cases[] = {
    {"nothing", {{0, 0}}, {{0, 0}}, {0, 10}, {{0, 0}}},
    {"one piece", {{10, 20}}, {{10, 20}}, {10, 20}, {{0, 0}}},
    {"a piece that continues another", {{10, 20}, {20, 30}}, {{10, 30}}, {10, 30}, {{0, 0}}},
    {"a hole", {{10, 20}, {21, 30}}, {{10, 20}, {21, 30}}, {10, 20}, {{21, 30}}},
    {"in any order", {{30, 40}, {10, 20}, {50, 60}, {20, 25}},
     {{10, 25}, {30, 40}, {50, 60}}, {30, 40}, {{10, 25}, {50, 60}}},
    {"kept already", {{10, 20}, {15, 25}, {5, 11}}, {{10, 20}}, {0, 0}, {{10, 20}}},
    {"a part of a piece still waits", {{10, 20}, {20, 30}}, {{10, 30}}, {10, 20}, {{10, 30}}},
    {"several at once", {{10, 20}, {30, 40}, {50, 60}}, {{10, 20}, {30, 40}, {50, 60}},
     {0, 45}, {{50, 60}}},
    {"a long piece is not continued", {{0, HELD_PIECE_LONG}, {HELD_PIECE_LONG, 20000}},
     {{0, HELD_PIECE_LONG}, {HELD_PIECE_LONG, 20000}}, {0, HELD_PIECE_LONG},
     {{HELD_PIECE_LONG, 20000}}},
};
/* clang-format on */

static void keep(struct held_list *list, uint64_t begin, uint64_t end)
{
    static uint8_t octets[LEN_MAX];
    for (uint64_t at = begin; at < end; at++)
        octets[at - begin] = (uint8_t)at;
    assert_true(held_keep(list, begin, octets, (size_t)(end - begin)));
}

static void expect(const struct held_list *list, const struct range *pieces, const char *words)
{
    size_t count = 0, total = 0;
    for (; count < KEEPS_MAX && pieces[count].end > 0; count++) {
        const struct held *held = &list->items[count];
        if (count >= list->count || held->begin != pieces[count].begin ||
            held->begin + held->len != pieces[count].end)
            fail_msg("%s: piece %zu differs", words, count);
        for (size_t i = 0; i < held->len; i++)
            assert_int_equal(held->octets[i], (uint8_t)(held->begin + i));
        assert_int_equal(held_find(list, pieces[count].begin), count);
        assert_int_equal(held_find(list, pieces[count].end - 1), count);
        total += held->len;
    }
    assert_int_equal(list->count, count);
    assert_int_equal(list->total, total);
}

static void pieces_are_joined_and_dropped(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct held_case *c = &cases[i];
        struct held_list list = {0};
        struct rangeset waiting = {0};
        uint64_t overlap;
        for (const struct range *part = c->keeps; part < c->keeps + KEEPS_MAX && part->end; part++)
            keep(&list, part->begin, part->end);
        expect(&list, c->pieces, c->words);
        assert_true(rangeset_add(&waiting, 0, LEN_MAX, &overlap));
        assert_true(rangeset_remove(&waiting, c->placed.begin, c->placed.end));
        held_prune(&list, c->placed.begin, c->placed.end, &waiting);
        expect(&list, c->left, c->words);
        rangeset_clear(&waiting);
        held_clear(&list);
    }
}

/* Small segments that follow each other fill the room to its last octet. */
static void only_octets_count(void **state)
{
    struct held_list list = {0};
    (void)state;
    for (uint64_t at = 0; at < HELD_MAX + 1000; at += 16)
        keep(&list, at, at + 16);
    assert_int_equal(list.total, HELD_MAX);
    assert_true(list.count <= HELD_MAX / HELD_PIECE_LONG);
    assert_false(held_has_room(&list, 1));
    held_clear(&list);
}

static void pieces_that_nothing_joins_are_bounded(void **state)
{
    struct held_list list = {0};
    (void)state;
    for (uint64_t at = 10 * HELD_PIECES_MAX; at > 0; at -= 2)
        keep(&list, at, at + 1);
    assert_int_equal(list.count, HELD_PIECES_MAX);
    assert_false(held_has_room(&list, 1));
    held_clear(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_joined_and_dropped),
        cmocka_unit_test(only_octets_count),
        cmocka_unit_test(pieces_that_nothing_joins_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
