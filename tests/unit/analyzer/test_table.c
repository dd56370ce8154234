/* SPDX-License-Identifier: BSD-3-Clause */
/* The hash table of linked things: growth, equal hashes, removal. */
#include "analyzer/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define THINGS 5000

static void put(struct table *table, struct link *link, uint64_t hash)
{
    assert_true(table_reserve(table));
    table_insert(table, link, hash);
}

/* How many things with this hash there are, the newest first by their address in `things`. */
static size_t count_newest_first(const struct table *table, uint64_t hash)
{
    size_t count = 0;
    struct link *before = NULL;
    for (struct link *link = table_find(table, hash); link; link = table_find_next(link)) {
        assert_int_equal(link->hash, hash);
        assert_true(!before || link < before);
        before = link;
        count++;
    }
    return count;
}

static void an_empty_table_has_nothing(void **state)
{
    (void)state;
    struct table table = {0};
    assert_null(table_find(&table, 0));
    assert_true(table_reserve(&table));
    assert_null(table_find(&table, 0));
    table_clear(&table);
    assert_null(table_find(&table, 0));
}

/* Seven hashes that differ only above what chooses the first slots, each many times. */
static void equal_hashes_keep_the_newest_first(void **state)
{
    (void)state;
    struct table table = {0};
    struct link *things = calloc(THINGS, sizeof(*things));
    assert_non_null(things);
    for (size_t i = 0; i < THINGS; i++)
        put(&table, &things[i], (i % 7) << 8);
    assert_int_equal(table.count, THINGS);
    assert_int_equal(table.used, 7);
    for (uint64_t hash = 0; hash < 7; hash++)
        assert_int_equal(count_newest_first(&table, hash << 8),
                         THINGS / 7 + (hash < THINGS % 7 ? 1 : 0));
    assert_null(table_find(&table, 7 << 8));
    table_clear(&table);
    free(things);
}

static void what_is_taken_out_is_gone_and_nothing_else(void **state)
{
    (void)state;
    struct table table = {0};
    struct link *things = calloc(THINGS, sizeof(*things));
    assert_non_null(things);
    for (size_t i = 0; i < THINGS; i++)
        put(&table, &things[i], i / 3);
    for (size_t i = 0; i < THINGS; i += 2)
        table_remove(&table, &things[i]);
    assert_int_equal(table.count, THINGS / 2);
    for (size_t i = 0; i < THINGS; i++) {
        struct link *link = table_find(&table, i / 3);
        while (link && link != &things[i])
            link = table_find_next(link);
        assert_int_equal(link == &things[i], i % 2 == 1);
    }
    table_clear(&table);
    free(things);
}

static void what_was_taken_out_can_come_back(void **state)
{
    (void)state;
    struct table table = {0};
    struct link first = {0}, second = {0};
    put(&table, &first, 1);
    put(&table, &second, 1);
    table_remove(&table, &first);
    assert_ptr_equal(table_find(&table, 1), &second);
    put(&table, &first, 1);
    assert_ptr_equal(table_find(&table, 1), &first);
    assert_ptr_equal(table_find_next(&first), &second);
    assert_null(table_find_next(&second));
    table_clear(&table);
}

/* Things come and go at random, with hashes that crowd in a few slots, beside a plain list. */
static void it_is_what_a_list_of_all_would_be(void **state)
{
    enum { MANY = 400, STEPS = 60000 };
    (void)state;
    struct table table = {0};
    static struct link things[MANY];
    static bool in[MANY];
    uint32_t drawn = 1;
    size_t count = 0;
    for (size_t step = 0; step < STEPS; step++) {
        drawn = drawn * 1664525U + 1013904223U;
        size_t i = drawn >> 8 & 0xffff;
        i %= MANY;
        uint64_t hash = i % 150 * (i % 3 ? 1 : 64) + (i % 2 ? UINT64_C(1) << 40 : 0);
        if (in[i])
            table_remove(&table, &things[i]);
        else
            put(&table, &things[i], hash);
        in[i] = !in[i];
        count = in[i] ? count + 1 : count - 1;
        assert_int_equal(table.count, count);
        struct link *link = table_find(&table, hash);
        while (link && link != &things[i])
            link = table_find_next(link);
        assert_int_equal(link != NULL, in[i]);
    }
    for (size_t i = 0; i < MANY; i++) {
        if (in[i])
            table_remove(&table, &things[i]);
    }
    assert_int_equal(table.used, 0);
    table_clear(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_table_has_nothing),
        cmocka_unit_test(equal_hashes_keep_the_newest_first),
        cmocka_unit_test(what_is_taken_out_is_gone_and_nothing_else),
        cmocka_unit_test(what_was_taken_out_can_come_back),
        cmocka_unit_test(it_is_what_a_list_of_all_would_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
