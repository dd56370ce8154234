/* SPDX-License-Identifier: BSD-3-Clause */
/* The queue against a search among all that is in it, however much of it comes in order. */
#include "cli/source_queue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { COUNT = 1500 };

/* Entries that were pushed and not taken out yet. */
struct model {
    struct source_heap_entry entries[COUNT];
    size_t count;
};

static struct source_heap_entry model_pop(struct model *model)
{
    size_t least = 0;
    for (size_t i = 1; i < model->count; i++) {
        if (source_heap_before(&model->entries[i], &model->entries[least])) {
            least = i;
        }
    }
    struct source_heap_entry entry = model->entries[least];
    model->entries[least] = model->entries[--model->count];
    return entry;
}

static void pop_both(struct source_queue *queue, struct model *model)
{
    uint64_t least = source_queue_least(queue)->sequence;
    assert_int_equal(least, model_pop(model).sequence);
    assert_int_equal(source_queue_pop(queue).sequence, least);
    assert_int_equal(source_queue_count(queue), model->count);
}

/* Of a hundred entries so many are late, by up to 64 places; now and then some are taken out. */
static void queue_check(unsigned late_percent)
{
    struct source_queue queue = {0};
    struct model model = {.count = 0};
    uint32_t random = 12345 + late_percent;
    for (size_t i = 0; i < COUNT; i++) {
        random = random * 1664525 + 1013904223;
        int64_t late = (random >> 8) % 100 < late_percent ? random >> 26 : 0;
        struct source_heap_entry entry = {(int64_t)i - late, i, NULL, random >> 20 & 3};
        assert_true(source_queue_push(&queue, &entry));
        model.entries[model.count++] = entry;
        for (unsigned k = 0; model.count > 100 && k < (random >> 16 & 3); k++) {
            pop_both(&queue, &model);
        }
    }
    while (model.count > 0) {
        pop_both(&queue, &model);
    }
    source_queue_free(&queue);
}

static void test_order(void **state)
{
    static const unsigned percents[] = {0, 1, 50, 100};
    (void)state;
    for (size_t i = 0; i < sizeof percents / sizeof percents[0]; i++) {
        queue_check(percents[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
