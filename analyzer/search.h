/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Looking for a number among sorted items, each of which has one. Streams grow at their end, and
 * that is where they are asked: from there it is looked for in steps that double, then by halves.
 */
#ifndef ANALYZER_SEARCH_H
#define ANALYZER_SEARCH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Items of `size` octets, whose numbers lie at an offset in each. */
struct search {
    const void *items;
    size_t size;
    size_t offset;
    size_t count;
};

static inline uint64_t search_number(const struct search *search, size_t index)
{
    uint64_t number;
    memcpy(&number, (const char *)search->items + index * search->size + search->offset,
           sizeof(number));
    return number;
}

/* The index of the first item whose number is at least `least`; their count where there is none. */
static inline size_t search_first(const struct search *search, uint64_t least)
{
    size_t high = search->count, step = 1; /* all from `high` on are */
    for (; step <= high && search_number(search, high - step) >= least; step *= 2)
        high -= step;
    size_t low = step <= high ? high - step + 1 : 0; /* none below `low` is */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (search_number(search, middle) < least)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

#endif
