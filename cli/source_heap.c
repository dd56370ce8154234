/* SPDX-License-Identifier: BSD-3-Clause */
/* A binary min-heap in an array: the children of i are 2i+1 and 2i+2. */
#include "cli/source_heap.h"

#include <assert.h>
#include <stdlib.h>

enum { FIRST_CAPACITY = 64 };

bool source_heap_before(const struct source_heap_entry *a, const struct source_heap_entry *b)
{
    if (a->time_ns != b->time_ns) {
        return a->time_ns < b->time_ns;
    }
    if (a->lane != b->lane) {
        return a->lane < b->lane;
    }
    return a->sequence < b->sequence;
}

static bool heap_grow(struct source_heap *heap)
{
    size_t capacity = heap->capacity ? heap->capacity * 2 : FIRST_CAPACITY;
    struct source_heap_entry *entries = realloc(heap->entries, capacity * sizeof *entries);
    if (!entries) {
        return false;
    }
    heap->entries = entries;
    heap->capacity = capacity;
    return true;
}

bool source_heap_push(struct source_heap *heap, struct source_heap_entry entry)
{
    if (heap->count == heap->capacity && !heap_grow(heap)) {
        return false;
    }
    size_t i = heap->count++;
    while (i > 0 && source_heap_before(&entry, &heap->entries[(i - 1) / 2])) {
        heap->entries[i] = heap->entries[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    heap->entries[i] = entry;
    return true;
}

void source_heap_replace(struct source_heap *heap, struct source_heap_entry entry)
{
    assert(heap->count > 0);
    size_t i = 0;
    for (;;) {
        size_t child = 2 * i + 1;
        if (child >= heap->count) {
            break;
        }
        if (child + 1 < heap->count &&
            source_heap_before(&heap->entries[child + 1], &heap->entries[child])) {
            child++;
        }
        if (!source_heap_before(&heap->entries[child], &entry)) {
            break;
        }
        heap->entries[i] = heap->entries[child];
        i = child;
    }
    heap->entries[i] = entry;
}

struct source_heap_entry source_heap_pop(struct source_heap *heap)
{
    assert(heap->count > 0);
    struct source_heap_entry least = heap->entries[0];
    struct source_heap_entry last = heap->entries[--heap->count];
    if (heap->count > 0) {
        source_heap_replace(heap, last);
    }
    return least;
}

void source_heap_free(struct source_heap *heap)
{
    free(heap->entries);
    *heap = (struct source_heap){0};
}
