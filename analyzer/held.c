/* SPDX-License-Identifier: BSD-3-Clause */
/* A sorted array of copies of payload, each of which grows at its end. */
#include "analyzer/held.h"

#include "analyzer/array.h"

#include <string.h>

bool held_has_room(const struct held_list *list, size_t len)
{
    return list->count < HELD_PIECES_MAX && list->total <= HELD_MAX &&
           len <= HELD_MAX - list->total;
}

static uint64_t held_end(const struct held *held)
{
    return held->begin + held->len;
}

size_t held_find(const struct held_list *list, uint64_t at)
{
    size_t low = 0, high = list->count;
    if (high == 0 || held_end(&list->items[high - 1]) <= at)
        return high;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (held_end(&list->items[middle]) <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Copies octets to the end of a piece. */
static bool held_append(struct held *held, const uint8_t *octets, size_t len)
{
    if (!held->octets || len > held->capacity - held->len) {
        size_t wanted = held->capacity ? 2 * held->len + len : len;
        uint8_t *moved = realloc(held->octets, wanted);
        if (!moved)
            return false;
        held->octets = moved;
        held->capacity = wanted;
    }
    memcpy(held->octets + held->len, octets, len);
    held->len += len;
    return true;
}

static bool held_insert(struct held_list *list, size_t at, const struct held *held)
{
    struct held *items = array_reserve(list->items, list->count, &list->capacity, sizeof(*items));
    if (!items)
        return false;
    list->items = items;
    memmove(items + at + 1, items + at, (list->count - at) * sizeof(*items));
    items[at] = *held;
    list->count++;
    return true;
}

/* A piece of its own. */
static bool held_add(struct held_list *list, size_t at, uint64_t begin, const uint8_t *octets,
                     size_t len)
{
    struct held held = {.begin = begin};
    if (!held_append(&held, octets, len))
        return false;
    if (held_insert(list, at, &held))
        return true;
    free(held.octets);
    return false;
}

bool held_keep(struct held_list *list, uint64_t begin, const uint8_t *octets, size_t len)
{
    size_t at = held_find(list, begin);
    struct held *before = at > 0 ? &list->items[at - 1] : NULL;
    bool overlaps = at < list->count && list->items[at].begin < begin + len;
    bool continues = before && held_end(before) == begin && before->len < HELD_PIECE_LONG;
    if (len == 0 || overlaps || !held_has_room(list, len))
        return true;
    if (!(continues ? held_append(before, octets, len) : held_add(list, at, begin, octets, len)))
        return false;
    list->total += len;
    return true;
}

void held_prune(struct held_list *list, uint64_t begin, uint64_t end,
                const struct rangeset *waiting)
{
    size_t first = held_find(list, begin), kept = first, i;
    for (i = first; i < list->count && list->items[i].begin < end; i++) {
        struct held *held = &list->items[i];
        if (rangeset_count(waiting, held->begin, held_end(held)) > 0) {
            list->items[kept++] = *held;
            continue;
        }
        list->total -= held->len;
        free(held->octets);
    }
    if (kept == i)
        return;
    memmove(list->items + kept, list->items + i, (list->count - i) * sizeof(*list->items));
    list->count -= (uint32_t)(i - kept);
}

void held_clear(struct held_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i].octets);
    free(list->items);
    *list = (struct held_list){0};
}
