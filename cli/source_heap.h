/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A binary min-heap in the order of time. Equal times go by lane (an interface, or an input), then
 * by sequence, so that the order of what comes out does not depend on the order of what went in.
 * It does not know what its items are.
 */
#ifndef CLI_SOURCE_HEAP_H
#define CLI_SOURCE_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct source_heap_entry {
    int64_t time_ns;
    uint64_t sequence;
    void *item;
    uint32_t lane;
};

/* All zero is an empty heap. */
struct source_heap {
    struct source_heap_entry *entries; /* entries[0] is the least */
    size_t count;
    size_t capacity;
};

/* Whether one entry goes out before another. */
bool source_heap_before(const struct source_heap_entry *a, const struct source_heap_entry *b);

/* False without memory; the heap is then as it was. */
bool source_heap_push(struct source_heap *heap, struct source_heap_entry entry);

/* Takes the least entry out. The heap must not be empty. */
struct source_heap_entry source_heap_pop(struct source_heap *heap);

/* Puts entry in the place of the least one. The heap must not be empty. */
void source_heap_replace(struct source_heap *heap, struct source_heap_entry entry);

/* Frees the heap, not its items. */
void source_heap_free(struct source_heap *heap);

#endif
