/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A sorted array of parts. Streams grow at their end, so the search begins there. Who writes a
 * capture could make any number of holes; beyond a bound the array grows no more.
 */
#include "cli/extents.h"

#include <stdlib.h>
#include <string.h>

/* The first part that ends at `at` or behind it: the first that a part from there may touch. */
static size_t first_touching(const struct extents *extents, uint64_t at)
{
    size_t low = 0;
    size_t high = extents->count;
    if (high > 0 && extents->items[high - 1].begin <= at) {
        return extents->items[high - 1].end < at ? high : high - 1;
    }
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (extents->items[middle].end < at) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Puts one part in the place of `count` parts from `first` on; there is room. */
static void extents_replace(struct extents *extents, size_t first, size_t count, struct extent part)
{
    struct extent *at = extents->items + first;
    size_t behind = extents->count - first - count;
    memmove(at + 1, at + count, behind * sizeof *at);
    *at = part;
    extents->count = first + 1 + behind;
}

/* Joins a quarter of the parts to one: not the lowest, which are the holes that one looks at, nor
 * the highest, where holes are still filled. */
static void extents_coarsen(struct extents *extents)
{
    const size_t first = EXTENTS_MAX / 4;
    const size_t count = EXTENTS_MAX / 4;
    const struct extent joined = {
        extents->items[first].begin,
        extents->items[first + count - 1].end,
    };
    for (size_t i = first; i + 1 < first + count; i++) {
        extents->forgotten++;
        extents->forgotten_bytes += extents->items[i + 1].begin - extents->items[i].end;
    }
    extents_replace(extents, first, count, joined);
}

/* What lies within a part fills forgotten holes, as long as there are any. */
static void extents_remember(struct extents *extents, uint64_t bytes)
{
    if (bytes < extents->forgotten_bytes) {
        extents->forgotten_bytes -= bytes;
    } else {
        extents->forgotten_bytes = 0;
        extents->forgotten = 0;
    }
}

static bool extents_reserve(struct extents *extents)
{
    if (extents->count < extents->capacity) {
        return true;
    }
    size_t capacity = extents->capacity == 0 ? 1 : 2 * extents->capacity;
    struct extent *items = reallocarray(extents->items, capacity, sizeof *items);
    if (items == NULL) {
        return false;
    }
    extents->items = items;
    extents->capacity = capacity;
    return true;
}

bool extents_add(struct extents *extents, uint64_t begin, uint64_t end)
{
    struct extent part = {begin, end};
    if (extents->count == EXTENTS_MAX) {
        extents_coarsen(extents);
    }
    if (!extents_reserve(extents)) {
        return false;
    }
    size_t first = first_touching(extents, begin);
    if (first < extents->count && extents->items[first].begin <= begin &&
        extents->items[first].end >= end) {
        extents_remember(extents, end - begin);
        return true;
    }
    size_t last = first; /* half-open: these touch the new part */
    for (; last < extents->count && extents->items[last].begin <= end; last++) {
        const struct extent *touched = &extents->items[last];
        part.begin = touched->begin < part.begin ? touched->begin : part.begin;
        part.end = touched->end > part.end ? touched->end : part.end;
    }
    extents_replace(extents, first, last - first, part);
    return true;
}

uint64_t extents_end(const struct extents *extents)
{
    return extents->count == 0 ? 0 : extents->items[extents->count - 1].end;
}

/* Before part `index`, or behind the last one, as far as that lies in the range. */
static struct extent hole_before(const struct holes *holes, size_t index)
{
    const struct extents *extents = holes->extents;
    size_t count = extents != NULL ? extents->count : 0;
    struct extent hole = {holes->begin, holes->end};
    if (index > 0 && extents->items[index - 1].end > hole.begin) {
        hole.begin = extents->items[index - 1].end;
    }
    if (index < count && extents->items[index].begin < hole.end) {
        hole.end = extents->items[index].begin;
    }
    return hole;
}

bool holes_get(const struct holes *holes, size_t index, struct extent *hole)
{
    size_t count = holes->extents != NULL ? holes->extents->count : 0;
    for (size_t i = 0; i <= count; i++) {
        *hole = hole_before(holes, i);
        if (hole->begin < hole->end && index-- == 0) {
            hole->begin -= holes->begin;
            hole->end -= holes->begin;
            return true;
        }
    }
    return false;
}

size_t holes_count(const struct holes *holes)
{
    size_t parts = holes->extents != NULL ? holes->extents->count : 0;
    size_t count = parts > 0 ? holes->extents->forgotten : 0;
    for (size_t i = 0; i <= parts; i++) {
        struct extent hole = hole_before(holes, i);
        count += hole.begin < hole.end;
    }
    return count;
}

uint64_t holes_bytes(const struct holes *holes)
{
    size_t parts = holes->extents != NULL ? holes->extents->count : 0;
    uint64_t bytes = parts > 0 ? holes->extents->forgotten_bytes : 0;
    for (size_t i = 0; i <= parts; i++) {
        struct extent hole = hole_before(holes, i);
        bytes += hole.begin < hole.end ? hole.end - hole.begin : 0;
    }
    return bytes;
}

void extents_free(struct extents *extents)
{
    free(extents->items);
    *extents = (struct extents){0};
}
