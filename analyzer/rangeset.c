/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sorted array of ranges, searched from its end, where a stream grows. There may be room before the
 * first one, too: whatever is put in or taken out moves the shorter side, so that holes which are
 * filled from the lowest on, as a slow path does, cost no more than what a fast one adds at the
 * end.
 */
#include "analyzer/rangeset.h"

#include "analyzer/search.h"

#include <stdlib.h>
#include <string.h>

static struct range *ranges_of(struct rangeset *set)
{
    return set->capacity > 0 ? set->block->items + set->first : &set->one;
}

/* The index of the first range that ends at or after `at`: the first one that may touch it. */
static uint32_t first_touching(const struct range *ranges, uint32_t count, uint64_t at)
{
    const struct search ends = {ranges, sizeof(*ranges), offsetof(struct range, end), count};
    return (uint32_t)search_first(&ends, at);
}

/* Makes room: for a second range on the side where it is to be, for more on both sides. */
static bool rangeset_grow(struct rangeset *set, bool upwards)
{
    uint32_t room = set->count < 4 ? 1 : set->count / 2;
    uint32_t below = set->count == 1 && upwards ? 0 : room;
    uint32_t above = set->count == 1 && !upwards ? 0 : room;
    uint32_t capacity = below + set->count + above;
    struct range_block *block = malloc(sizeof(*block) + capacity * sizeof(block->items[0]));
    if (!block)
        return false;
    block->made_up = rangeset_made_up(set);
    block->given_up = rangeset_given_up(set);
    block->blurred_end = rangeset_blurred_end(set);
    memcpy(block->items + below, rangeset_ranges(set), set->count * sizeof(block->items[0]));
    if (set->capacity > 0)
        free(set->block);
    set->block = block;
    set->first = below;
    set->capacity = capacity;
    return true;
}

/* Makes a range of any content at an index. False if there is no memory. */
static bool ranges_open(struct rangeset *set, uint32_t at)
{
    bool upwards = at > set->count / 2;
    if (set->capacity == 0 && set->count == 0) {
        set->count = 1;
        return true;
    }
    if (set->capacity == 0 ||
        (upwards ? set->first + set->count == set->capacity : set->first == 0)) {
        if (!rangeset_grow(set, upwards))
            return false;
    }
    struct range *ranges = ranges_of(set);
    if (upwards && at < set->count) {
        memmove(ranges + at + 1, ranges + at, (set->count - at) * sizeof(*ranges));
    } else if (!upwards) {
        memmove(ranges - 1, ranges, at * sizeof(*ranges));
        set->first--;
    }
    set->count++;
    return true;
}

static void ranges_drop(struct rangeset *set, uint32_t first, uint32_t count)
{
    struct range *ranges = ranges_of(set);
    uint32_t above = set->count - first - count;
    if (above <= first || set->capacity == 0) {
        memmove(ranges + first, ranges + first + count, above * sizeof(*ranges));
    } else {
        memmove(ranges + count, ranges, first * sizeof(*ranges));
        set->first += count;
    }
    set->count -= count;
}

bool rangeset_is_full(const struct rangeset *set)
{
    return set->count == RANGESET_MAX;
}

void rangeset_forget_lowest(struct rangeset *set)
{
    ranges_drop(set, 0, set->count / 4);
}

static void hole_give_up(struct rangeset *set, uint64_t begin, uint64_t end)
{
    set->block->made_up += end - begin;
    set->block->given_up += end - begin;
    if (end > set->block->blurred_end)
        set->block->blurred_end = end;
}

/* Joins the lowest quarter to one range; returns how many ranges that saved. */
static uint32_t rangeset_coarsen(struct rangeset *set)
{
    const uint32_t joined = RANGESET_MAX / 4;
    struct range *ranges = ranges_of(set);
    for (uint32_t i = 0; i < joined; i++)
        hole_give_up(set, ranges[i].end, ranges[i + 1].begin);
    ranges[joined].begin = ranges[0].begin;
    ranges_drop(set, 0, joined);
    return joined;
}

/* Adds a range that lies in a hole which was just given up, or below all. */
static void rangeset_absorb(struct rangeset *set, struct range range)
{
    struct range *lowest = &ranges_of(set)[0];
    if (range.begin >= lowest->begin) {
        set->block->made_up -= range.end - range.begin;
        return;
    }
    hole_give_up(set, range.end, lowest->begin);
    lowest->begin = range.begin;
}

static bool rangeset_insert(struct rangeset *set, uint32_t at, struct range range)
{
    if (rangeset_is_full(set)) {
        uint32_t joined = rangeset_coarsen(set);
        if (at <= joined) {
            rangeset_absorb(set, range);
            return true;
        }
        at -= joined;
    }
    if (!ranges_open(set, at))
        return false;
    ranges_of(set)[at] = range;
    return true;
}

static uint64_t range_overlap(const struct range *range, uint64_t begin, uint64_t end)
{
    uint64_t low = range->begin > begin ? range->begin : begin;
    uint64_t high = range->end < end ? range->end : end;
    return high > low ? high - low : 0;
}

bool rangeset_add_anywhere(struct rangeset *set, uint64_t begin, uint64_t end, uint64_t *overlap)
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
    if (last - first > 1)
        ranges_drop(set, first + 1, last - first - 1);
    return true;
}

bool rangeset_next_gap_anywhere(const struct rangeset *set, uint64_t *from, uint64_t end,
                                struct range *gap)
{
    const struct range *ranges = rangeset_ranges(set);
    uint32_t i = first_touching(ranges, set->count, *from);
    while (i < set->count && ranges[i].begin <= *from && *from < end) {
        if (ranges[i].end > *from)
            *from = ranges[i].end;
        i++;
    }
    if (*from >= end)
        return false;
    gap->begin = *from;
    gap->end = i < set->count && ranges[i].begin < end ? ranges[i].begin : end;
    *from = gap->end;
    return true;
}

uint64_t rangeset_count_anywhere(const struct rangeset *set, uint64_t begin, uint64_t end)
{
    const struct range *ranges = rangeset_ranges(set);
    uint64_t count = 0;
    if (begin >= end)
        return 0;
    for (uint32_t i = first_touching(ranges, set->count, begin);
         i < set->count && ranges[i].begin < end; i++)
        count += range_overlap(&ranges[i], begin, end);
    return count;
}

uint64_t rangeset_gap_below(const struct rangeset *set, uint64_t floor, uint64_t at)
{
    const struct range *ranges = rangeset_ranges(set);
    uint32_t i = first_touching(ranges, set->count, at);
    if (at <= floor || (i < set->count && ranges[i].begin < at))
        return 0;
    uint64_t end = i > 0 ? ranges[i - 1].end : floor;
    return at - (end > floor ? end : floor);
}

/* Cuts [begin, end) out of the middle of range i, which becomes two. */
static bool range_split(struct rangeset *set, uint32_t i, uint64_t begin, uint64_t end)
{
    struct range upper = {end, ranges_of(set)[i].end};
    ranges_of(set)[i].end = begin;
    if (rangeset_insert(set, i + 1, upper))
        return true;
    ranges_of(set)[i].end = upper.end;
    return false;
}

bool rangeset_remove(struct rangeset *set, uint64_t begin, uint64_t end)
{
    if (begin >= end)
        return true;
    uint32_t i = first_touching(ranges_of(set), set->count, begin);
    while (i < set->count && ranges_of(set)[i].begin < end) {
        struct range *range = &ranges_of(set)[i];
        if (range->begin < begin && range->end > end)
            return range_split(set, i, begin, end);
        if (range->begin >= begin && range->end <= end) {
            ranges_drop(set, i, 1);
            continue;
        }
        if (range->begin < begin && range->end > begin)
            range->end = begin;
        else if (range->begin >= begin)
            range->begin = end;
        i++;
    }
    return true;
}

uint64_t rangeset_total(const struct rangeset *set)
{
    const struct range *ranges = rangeset_ranges(set);
    uint64_t total = 0;
    for (uint32_t i = 0; i < set->count; i++)
        total += ranges[i].end - ranges[i].begin;
    uint64_t made_up = rangeset_made_up(set);
    return total > made_up ? total - made_up : 0;
}

void rangeset_fit(struct rangeset *set)
{
    if (set->count == 0 || set->count >= set->capacity)
        return;
    memmove(set->block->items, ranges_of(set), set->count * sizeof(set->block->items[0]));
    set->first = 0;
    size_t size = sizeof(*set->block) + set->count * sizeof(set->block->items[0]);
    struct range_block *block = realloc(set->block, size);
    if (!block)
        return;
    set->block = block;
    set->capacity = set->count;
}

void rangeset_clear(struct rangeset *set)
{
    if (set->capacity > 0)
        free(set->block);
    *set = (struct rangeset){0};
}
