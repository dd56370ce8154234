/* SPDX-License-Identifier: BSD-3-Clause */
/* A sorted list of mappings that is searched from its end, where a stream grows. */
#include "analyzer/mapping.h"

#include "analyzer/array.h"
#include "analyzer/search.h"

#include <string.h>

/* The index of the first mapping that ends after `at`, a position: it is no largest number. */
static size_t first_ending_after(const struct mapping_list *list, uint64_t at)
{
    const struct search ends = {list->items, sizeof(*list->items), offsetof(struct mapping, end),
                                list->count};
    return search_first(&ends, at + 1);
}

static bool same_shift(const struct mapping *a, const struct mapping *b)
{
    return a->data - a->begin == b->data - b->begin;
}

/* What a mapping says beside the old ones from `first` on: the same, something else, or news. */
static enum mapping_status mapping_compare(const struct mapping_list *list, size_t first,
                                           const struct mapping *mapping)
{
    for (size_t i = first; i < list->count && list->items[i].begin < mapping->end; i++) {
        if (!same_shift(&list->items[i], mapping))
            return MAPPING_CONTRADICTED;
    }
    bool covered = first < list->count && list->items[first].begin <= mapping->begin &&
                   list->items[first].end >= mapping->end;
    return covered ? MAPPING_REPEATED : MAPPING_NEW;
}

static void mapping_drop(struct mapping_list *list, size_t at, size_t count)
{
    memmove(list->items + at, list->items + at + count,
            (list->count - at - count) * sizeof(*list->items));
    list->count -= (uint32_t)count;
}

static bool mapping_insert(struct mapping_list *list, size_t at, const struct mapping *mapping)
{
    struct mapping *items =
        array_reserve(list->items, list->count, &list->capacity, sizeof(*items));
    if (!items)
        return false;
    list->items = items;
    memmove(items + at + 1, items + at, (list->count - at) * sizeof(*items));
    items[at] = *mapping;
    list->count++;
    return true;
}

/* Grows a mapping so that it covers another of the same shift. */
static void mapping_join(struct mapping *mapping, const struct mapping *other)
{
    if (other->begin < mapping->begin) {
        mapping->begin = other->begin;
        mapping->data = other->data;
    }
    if (other->end > mapping->end)
        mapping->end = other->end;
}

enum mapping_status mapping_add_anywhere(struct mapping_list *list, const struct mapping *mapping)
{
    size_t first = first_ending_after(list, mapping->begin), last;
    enum mapping_status status = mapping_compare(list, first, mapping);
    struct mapping joined = *mapping;
    if (status != MAPPING_NEW)
        return status;
    if (first > 0 && list->items[first - 1].end == joined.begin &&
        same_shift(&list->items[first - 1], &joined))
        first--;
    /* Half-open: [first, last) overlap the new one or touch it, and have its shift. */
    for (last = first; last < list->count && list->items[last].begin <= joined.end; last++) {
        if (!same_shift(&list->items[last], &joined))
            break;
        mapping_join(&joined, &list->items[last]);
    }
    if (first < last) {
        list->items[first] = joined;
        mapping_drop(list, first + 1, last - first - 1);
        return MAPPING_NEW;
    }
    if (list->count == MAPPINGS_MAX) {
        uint64_t end = list->items[MAPPINGS_MAX / 2 - 1].end;
        list->forgotten = end > list->forgotten ? end : list->forgotten;
        mapping_drop(list, 0, MAPPINGS_MAX / 2);
        first = first > MAPPINGS_MAX / 2 ? first - MAPPINGS_MAX / 2 : 0;
    }
    return mapping_insert(list, first, &joined) ? MAPPING_NEW : MAPPING_NO_MEMORY;
}

bool mapping_remove(struct mapping_list *list, uint64_t begin, uint64_t end)
{
    size_t i = first_ending_after(list, begin);
    if (i < list->count && list->items[i].begin < begin) {
        struct mapping above = list->items[i];
        if (above.end > end) {
            above.data += end - above.begin;
            above.begin = end;
            if (!mapping_insert(list, i + 1, &above))
                return false;
        }
        list->items[i++].end = begin;
    }
    size_t last = i;
    while (last < list->count && list->items[last].end <= end)
        last++;
    mapping_drop(list, i, last - i);
    if (i < list->count && list->items[i].begin < end) {
        list->items[i].data += end - list->items[i].begin;
        list->items[i].begin = end;
    }
    return true;
}

const struct mapping *mapping_find_anywhere(const struct mapping_list *list, uint64_t at,
                                            uint64_t *next)
{
    size_t i = first_ending_after(list, at);
    *next = UINT64_MAX;
    if (i == list->count)
        return NULL;
    if (list->items[i].begin <= at)
        return &list->items[i];
    *next = list->items[i].begin;
    return NULL;
}

void mapping_list_fit(struct mapping_list *list)
{
    if (list->count == 0 || list->count >= list->capacity)
        return;
    struct mapping *items = realloc(list->items, list->count * sizeof(*items));
    if (!items)
        return;
    list->items = items;
    list->capacity = list->count;
}

void mapping_list_clear(struct mapping_list *list)
{
    free(list->items);
    *list = (struct mapping_list){0};
}
