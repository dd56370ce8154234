/* SPDX-License-Identifier: BSD-3-Clause */
/* Arrivals in a sorted array that is thinned out; see arrival.h. */
#include "analyzer/arrival.h"

#include "analyzer/array.h"
#include "analyzer/elapsed.h"

#include <string.h>

/* The first grain. */
#define ARRIVAL_GRAIN_NS INT64_C(1000000)

/* The index of the first arrival above a position. What comes in order is put behind all others. */
static size_t arrival_above(const struct arrival_list *list, uint64_t at)
{
    size_t low = 0, high = list->count;
    if (high == 0 || list->items[high - 1].begin <= at)
        return high;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (list->items[middle].begin <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* It came so close to another one that it need not be told apart. */
static bool arrival_is_close(const struct arrival_list *list, size_t other, int64_t time_ns)
{
    int64_t apart_ns = elapsed_ns(list->items[other].time_ns, time_ns);
    return list->grain_ns == INT64_MAX || /* times may be further apart than can be told */
           (apart_ns < list->grain_ns && apart_ns > -list->grain_ns);
}

static int64_t grain_above(int64_t grain_ns)
{
    if (grain_ns == 0)
        return ARRIVAL_GRAIN_NS;
    return grain_ns < INT64_MAX / 2 ? 2 * grain_ns : INT64_MAX;
}

/* Makes the grain coarser, until half of the room is free. */
static void arrival_thin_out(struct arrival_list *list)
{
    while (list->count > ARRIVALS_MAX / 2) {
        uint32_t kept = 1;
        list->grain_ns = grain_above(list->grain_ns);
        for (uint32_t i = 1; i < list->count; i++) {
            if (!arrival_is_close(list, kept - 1, list->items[i].time_ns))
                list->items[kept++] = list->items[i];
        }
        list->count = kept;
    }
}

bool arrival_note(struct arrival_list *list, uint64_t begin, int64_t time_ns)
{
    if (list->count == ARRIVALS_MAX)
        arrival_thin_out(list);
    struct arrival *items =
        array_reserve(list->items, list->count, &list->capacity, sizeof(*items));
    if (!items)
        return false;
    list->items = items;
    size_t at = arrival_above(list, begin);
    if (at > 0 && arrival_is_close(list, at - 1, time_ns))
        return true;
    memmove(items + at + 1, items + at, (list->count - at) * sizeof(*items));
    items[at] = (struct arrival){begin, time_ns};
    list->count++;
    return true;
}

int64_t arrival_find(const struct arrival_list *list, uint64_t at, int64_t otherwise, uint64_t *end)
{
    size_t above = arrival_above(list, at);
    if (above < list->count && list->items[above].begin < *end)
        *end = list->items[above].begin;
    return above > 0 ? list->items[above - 1].time_ns : otherwise;
}

void arrival_forget(struct arrival_list *list)
{
    list->count = 0;
    list->grain_ns = 0;
}

void arrival_clear(struct arrival_list *list)
{
    free(list->items);
    *list = (struct arrival_list){0};
}
