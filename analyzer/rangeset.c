/* SPDX-License-Identifier: BSD-3-Clause */
/* Sorted array of ranges, searched from its end, where a stream grows. */
#include "analyzer/rangeset.h"

#include <stdlib.h>
#include <string.h>

static struct range *ranges_of(struct rangeset *set)
{
    return set->ranges ? set->ranges : &set->one;
}

const struct range *rangeset_ranges(const struct rangeset *set)
{
    return set->ranges ? set->ranges : &set->one;
}

/* The index of the first range that ends at or after `at`: the first one that may touch it. */
static uint32_t first_touching(const struct range *ranges, uint32_t count, uint64_t at)
{
    if (count == 0 || ranges[count - 1].end < at)
        return count;
    uint32_t low = 0, high = count - 1;
    if (count == 1 || ranges[count - 2].end < at)
        return count - 1;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (ranges[middle].end < at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool rangeset_grow(struct rangeset *set)
{
    uint32_t capacity = set->ranges ? set->capacity : 1;
    if (set->count < capacity)
        return true;
    uint32_t wanted = capacity == 1 ? 4 : 2 * capacity;
    struct range *ranges = realloc(set->ranges, wanted * sizeof(*ranges));
    if (!ranges)
        return false;
    if (!set->ranges)
        ranges[0] = set->one;
    set->ranges = ranges;
    set->capacity = wanted;
    return true;
}

static void rangeset_remove(struct rangeset *set, uint32_t first, uint32_t count)
{
    struct range *ranges = ranges_of(set);
    memmove(ranges + first, ranges + first + count, (set->count - first - count) * sizeof(*ranges));
    set->count -= count;
}

static bool rangeset_insert(struct rangeset *set, uint32_t at, struct range range)
{
    if (set->count == RANGESET_MAX) {
        ranges_of(set)[1].begin = ranges_of(set)[0].begin;
        rangeset_remove(set, 0, 1);
        if (at <= 1) { /* below the lowest, or in the hole that was just given up */
            if (range.begin < ranges_of(set)[0].begin)
                ranges_of(set)[0].begin = range.begin;
            return true;
        }
        at--;
    }
    if (!rangeset_grow(set))
        return false;
    struct range *ranges = ranges_of(set);
    memmove(ranges + at + 1, ranges + at, (set->count - at) * sizeof(*ranges));
    ranges[at] = range;
    set->count++;
    return true;
}

static uint64_t range_overlap(const struct range *range, uint64_t begin, uint64_t end)
{
    uint64_t low = range->begin > begin ? range->begin : begin;
    uint64_t high = range->end < end ? range->end : end;
    return high > low ? high - low : 0;
}

bool rangeset_add(struct rangeset *set, uint64_t begin, uint64_t end, uint64_t *overlap)
{
    *overlap = 0;
    if (begin >= end)
        return true;
    struct range *ranges = ranges_of(set);
    uint32_t first = first_touching(ranges, set->count, begin);
    uint32_t last = first; /* half-open: ranges [first, last) touch the new one */
    struct range merged = {begin, end};
    for (; last < set->count && ranges[last].begin <= end; last++) {
        *overlap += range_overlap(&ranges[last], begin, end);
        if (ranges[last].begin < merged.begin)
            merged.begin = ranges[last].begin;
        if (ranges[last].end > merged.end)
            merged.end = ranges[last].end;
    }
    if (first == last)
        return rangeset_insert(set, first, merged);
    ranges[first] = merged;
    rangeset_remove(set, first + 1, last - first - 1);
    return true;
}

uint64_t rangeset_total(const struct rangeset *set)
{
    const struct range *ranges = rangeset_ranges(set);
    uint64_t total = 0;
    for (uint32_t i = 0; i < set->count; i++)
        total += ranges[i].end - ranges[i].begin;
    return total;
}

void rangeset_clear(struct rangeset *set)
{
    free(set->ranges);
    *set = (struct rangeset){0};
}
