/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A binary heap by time, then by order of sending.
 */
#include "tests/lab/queue.h"

#include <assert.h>
#include <stdlib.h>

static bool packet_before(const struct packet *a, const struct packet *b)
{
    return a->due_ns != b->due_ns ? a->due_ns < b->due_ns : a->order < b->order;
}

static void heap_swap(struct packet **heap, size_t i, size_t j)
{
    struct packet *held = heap[i];

    heap[i] = heap[j];
    heap[j] = held;
}

static void heap_rise(struct packet **heap, size_t i)
{
    while (i > 0 && packet_before(heap[i], heap[(i - 1) / 2])) {
        heap_swap(heap, i, (i - 1) / 2);
        i = (i - 1) / 2;
    }
}

static void heap_sink(struct packet **heap, size_t count, size_t i)
{
    for (;;) {
        size_t first = i;
        for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < count; child++)
            if (packet_before(heap[child], heap[first]))
                first = child;
        if (first == i)
            return;
        heap_swap(heap, i, first);
        i = first;
    }
}

static bool queue_grow(struct queue *queue)
{
    size_t capacity = queue->capacity == 0 ? 256 : queue->capacity * 2;
    struct packet **heap = realloc(queue->heap, capacity * sizeof(struct packet *));

    if (heap == NULL)
        return false;
    queue->heap = heap;
    queue->capacity = capacity;
    return true;
}

bool queue_push(struct queue *queue, struct packet *packet)
{
    if (queue->count == queue->capacity && !queue_grow(queue))
        return false;
    packet->order = queue->pushed++;
    queue->heap[queue->count] = packet;
    heap_rise(queue->heap, queue->count++);
    return true;
}

int64_t queue_next_ns(const struct queue *queue)
{
    return queue->count == 0 ? INT64_MAX : queue->heap[0]->due_ns;
}

struct packet *queue_pop(struct queue *queue)
{
    assert(queue->count > 0);
    struct packet *packet = queue->heap[0];

    queue->heap[0] = queue->heap[--queue->count];
    heap_sink(queue->heap, queue->count, 0);
    return packet;
}

void queue_free(struct queue *queue)
{
    while (queue->count > 0)
        free(queue->heap[--queue->count]);
    free(queue->heap);
    *queue = (struct queue){0};
}
