/* SPDX-License-Identifier: BSD-3-Clause */
/* A sorted list of mappings that is searched from its end, where a stream grows. */
#include "analyzer/mapping.h"

#include "analyzer/array.h"

#include <string.h>

/* The index of the first mapping that ends after `at`. */
static size_t first_ending_after(const struct mapping_list *list, uint64_t at)
{
    size_t low = 0, high = list->count;
    if (high == 0 || list->items[high - 1].end <= at)
        return high;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (list->items[middle].end <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool same_shift(const struct mapping *a, const struct mapping *b)
{
    return a->data - a->begin == b->data - b->begin;
}

static bool continues(const struct mapping *before, const struct mapping *mapping)
{
    return !before->has_checksum && !mapping->has_checksum && before->end == mapping->begin &&
           same_shift(before, mapping);
}

static enum mapping_status mapping_insert(struct mapping_list *list, size_t at,
                                          const struct mapping *mapping, struct mapping **added)
{
    struct mapping *items =
        array_reserve(list->items, list->count, &list->capacity, sizeof(*items));
    if (!items)
        return MAPPING_NO_MEMORY;
    list->items = items;
    memmove(items + at + 1, items + at, (list->count - at) * sizeof(*items));
    items[at] = *mapping;
    list->count++;
    *added = &items[at];
    return MAPPING_NEW;
}

/* What a mapping that overlaps old ones says: the same, something else, or partly news. */
static enum mapping_status mapping_compare(const struct mapping_list *list, size_t first,
                                           const struct mapping *mapping)
{
    uint64_t covered = mapping->begin;
    for (size_t i = first; i < list->count && list->items[i].begin < mapping->end; i++) {
        if (!same_shift(&list->items[i], mapping))
            return MAPPING_CONTRADICTED;
        if (list->items[i].begin > covered)
            return MAPPING_NEW;
        covered = list->items[i].end;
    }
    return covered >= mapping->end ? MAPPING_REPEATED : MAPPING_NEW;
}

enum mapping_status mapping_add(struct mapping_list *list, const struct mapping *mapping,
                                struct mapping **added)
{
    size_t first = first_ending_after(list, mapping->begin);
    struct mapping piece = *mapping;
    enum mapping_status status = mapping_compare(list, first, mapping);
    if (status != MAPPING_NEW)
        return status;
    /* Of a mapping that overlaps old ones only what lies behind the first of them is kept. */
    if (first < list->count && list->items[first].begin <= piece.begin) {
        piece.data += list->items[first].end - piece.begin;
        piece.begin = list->items[first].end;
        piece.has_checksum = false;
        first++;
    }
    if (first < list->count && list->items[first].begin < piece.end) {
        piece.end = list->items[first].begin;
        piece.has_checksum = false;
    }
    if (first > 0 && continues(&list->items[first - 1], &piece)) {
        list->items[first - 1].end = piece.end;
        *added = &list->items[first - 1];
        return MAPPING_NEW;
    }
    return mapping_insert(list, first, &piece, added);
}

struct mapping *mapping_find(const struct mapping_list *list, uint64_t at, uint64_t *next)
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

void mapping_forget(struct mapping_list *list, uint64_t done)
{
    size_t count = first_ending_after(list, done);
    if (count == list->count && count > 0)
        count--;
    if (count == 0)
        return;
    memmove(list->items, list->items + count, (list->count - count) * sizeof(*list->items));
    list->count -= count;
}

void mapping_list_clear(struct mapping_list *list)
{
    free(list->items);
    *list = (struct mapping_list){0};
}
