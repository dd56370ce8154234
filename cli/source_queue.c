/* SPDX-License-Identifier: BSD-3-Clause */
/* The least entry is that of the row or that of the heap. */
#include "cli/source_queue.h"

#include <assert.h>
#include <stdlib.h>

enum { FIRST_CAPACITY = 64 };

static struct source_heap_entry *row_at(const struct source_queue *queue, size_t index)
{
    return &queue->row[(queue->head + index) & (queue->capacity - 1)];
}

static bool row_grow(struct source_queue *queue)
{
    struct source_queue grown = {.capacity =
                                     queue->capacity ? 2 * queue->capacity : FIRST_CAPACITY};
    grown.row = malloc(grown.capacity * sizeof *grown.row);
    if (!grown.row) {
        return false;
    }
    for (size_t i = 0; i < queue->in_row; i++) {
        grown.row[i] = *row_at(queue, i);
    }
    free(queue->row);
    queue->row = grown.row;
    queue->capacity = grown.capacity;
    queue->head = 0;
    return true;
}

static bool is_late(const struct source_queue *queue, const struct source_heap_entry *entry)
{
    return queue->in_row > 0 && source_heap_before(entry, row_at(queue, queue->in_row - 1));
}

bool source_queue_push(struct source_queue *queue, const struct source_heap_entry *entry)
{
    if (is_late(queue, entry)) {
        return source_heap_push(&queue->late, *entry);
    }
    if (queue->in_row == queue->capacity && !row_grow(queue)) {
        return false;
    }
    *row_at(queue, queue->in_row++) = *entry;
    return true;
}

static bool least_is_late(const struct source_queue *queue)
{
    return queue->late.count > 0 &&
           (queue->in_row == 0 || source_heap_before(&queue->late.entries[0], row_at(queue, 0)));
}

const struct source_heap_entry *source_queue_least(const struct source_queue *queue)
{
    assert(source_queue_count(queue) > 0);
    return least_is_late(queue) ? &queue->late.entries[0] : row_at(queue, 0);
}

struct source_heap_entry source_queue_pop(struct source_queue *queue)
{
    assert(source_queue_count(queue) > 0);
    if (least_is_late(queue)) {
        return source_heap_pop(&queue->late);
    }
    struct source_heap_entry least = *row_at(queue, 0);
    queue->head = (queue->head + 1) & (queue->capacity - 1);
    queue->in_row--;
    return least;
}

void source_queue_free(struct source_queue *queue)
{
    free(queue->row);
    source_heap_free(&queue->late);
    *queue = (struct source_queue){0};
}
