/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Entries in the order of a heap, for what comes in that order most of the time: it stands in a
 * row, which costs the same however much waits; only what comes too late for the row goes into a
 * heap.
 */
#ifndef CLI_SOURCE_QUEUE_H
#define CLI_SOURCE_QUEUE_H

#include "cli/source_heap.h"

/* All zero is an empty queue. */
struct source_queue {
    struct source_heap_entry *row; /* a ring */
    size_t capacity;               /* a power of two, or 0 */
    size_t head;                   /* index of the least of the row */
    size_t in_row;
    struct source_heap late;
};

static inline size_t source_queue_count(const struct source_queue *queue)
{
    return queue->in_row + queue->late.count;
}

/* False without memory; the queue is then as it was. */
bool source_queue_push(struct source_queue *queue, const struct source_heap_entry *entry);

/* The least entry, until the queue changes. It must not be empty. */
const struct source_heap_entry *source_queue_least(const struct source_queue *queue);

/* Takes the least entry out. The queue must not be empty. */
struct source_heap_entry source_queue_pop(struct source_queue *queue);

/* Frees the queue, not its items. */
void source_queue_free(struct source_queue *queue);

#endif
