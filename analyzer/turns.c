/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/turns.h"

#include "analyzer/elapsed.h"

#include <stdlib.h>

#define TURNS_FIRST 64

/* Twice as many, in their order. */
static bool turns_grow(struct turns *turns)
{
    size_t capacity = turns->capacity ? 2 * turns->capacity : TURNS_FIRST;
    struct turn *items = malloc(capacity * sizeof(*items));
    if (!items)
        return false;
    for (size_t i = 0; i < turns->count; i++)
        items[i] = turns->items[(turns->first + i) % turns->capacity];
    free(turns->items);
    turns->items = items;
    turns->first = 0;
    turns->capacity = capacity;
    return true;
}

void turns_add(struct turns *turns, int64_t now_ns, uint32_t id)
{
    if (turns->count == turns->capacity && !turns_grow(turns))
        return;
    size_t at = (turns->first + turns->count++) % turns->capacity;
    turns->items[at] = (struct turn){now_ns, id};
}

/* Who came with a packet whose time is far off must not keep the others waiting. */
bool turns_next(struct turns *turns, int64_t now_ns, int64_t wait_ns, uint32_t *id)
{
    if (turns->count == 0)
        return false;
    const struct turn *next = &turns->items[turns->first];
    int64_t waited_ns = elapsed_ns(next->since_ns, now_ns);
    if (waited_ns >= 0 && waited_ns <= wait_ns)
        return false;
    *id = next->id;
    turns->first = (turns->first + 1) % turns->capacity;
    turns->count--;
    return true;
}

void turns_keep(struct turns *turns, bool (*stays)(const void *context, uint32_t id),
                const void *context)
{
    size_t kept = 0;
    for (size_t i = 0; i < turns->count; i++) {
        struct turn turn = turns->items[(turns->first + i) % turns->capacity];
        if (stays(context, turn.id))
            turns->items[(turns->first + kept++) % turns->capacity] = turn;
    }
    turns->count = kept;
}

void turns_clear(struct turns *turns)
{
    free(turns->items);
    *turns = (struct turns){0};
}
