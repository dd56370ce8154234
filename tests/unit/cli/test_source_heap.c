/* SPDX-License-Identifier: BSD-3-Clause */
/* The heap against a sorted array: whatever the order of what goes in. */
#include "cli/source_heap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { COUNT = 1000 };

static int entry_compare(const void *a, const void *b)
{
    const struct source_heap_entry *x = a;
    const struct source_heap_entry *y = b;
    if (x->time_ns != y->time_ns) {
        return x->time_ns < y->time_ns ? -1 : 1;
    }
    if (x->lane != y->lane) {
        return x->lane < y->lane ? -1 : 1;
    }
    return x->sequence < y->sequence ? -1 : x->sequence > y->sequence;
}

/* Few times and lanes, so that many are equal; the sequence makes every entry different. */
static void entries_make(struct source_heap_entry *entries)
{
    uint32_t random = 12345;
    for (size_t i = 0; i < COUNT; i++) {
        random = random * 1664525 + 1013904223;
        entries[i] =
            (struct source_heap_entry){(int64_t)(random >> 27) - 16, i, NULL, random >> 20 & 3};
    }
}

static void heap_check(struct source_heap *heap, const struct source_heap_entry *sorted)
{
    for (size_t i = 0; i < COUNT; i++) {
        assert_int_equal(heap->count, COUNT - i);
        struct source_heap_entry entry = source_heap_pop(heap);
        assert_int_equal(entry_compare(&entry, &sorted[i]), 0);
    }
    assert_int_equal(heap->count, 0);
}

static void test_pushed(void **state)
{
    (void)state;
    struct source_heap_entry entries[COUNT];
    struct source_heap heap = {0};
    entries_make(entries);
    for (size_t i = 0; i < COUNT; i++) {
        assert_true(source_heap_push(&heap, entries[i]));
    }
    qsort(entries, COUNT, sizeof *entries, entry_compare);
    heap_check(&heap, entries);
    source_heap_free(&heap);
}

static void test_replaced(void **state)
{
    (void)state;
    struct source_heap_entry entries[COUNT];
    struct source_heap heap = {0};
    struct source_heap_entry least = {INT64_MIN, 0, NULL, 0};
    entries_make(entries);
    for (size_t i = 0; i < COUNT; i++) {
        assert_true(source_heap_push(&heap, least));
    }
    for (size_t i = 0; i < COUNT; i++) {
        source_heap_replace(&heap, entries[i]);
    }
    qsort(entries, COUNT, sizeof *entries, entry_compare);
    heap_check(&heap, entries);
    source_heap_free(&heap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pushed),
        cmocka_unit_test(test_replaced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
