/* SPDX-License-Identifier: BSD-3-Clause */
/* A short list of copies of payload. */
#include "analyzer/held.h"

#include <stdlib.h>
#include <string.h>

/* There is room for `len` more octets, and for one more piece. */
bool held_has_room(const struct held *list, size_t len)
{
    size_t total = len, pieces = 1;
    for (; list && pieces <= HELD_PIECES_MAX; list = list->next) {
        total += list->len;
        pieces++;
    }
    return total <= HELD_MAX && pieces <= HELD_PIECES_MAX;
}

bool held_keep(struct held **list, uint64_t begin, const uint8_t *octets, size_t len)
{
    if (len == 0 || !held_has_room(*list, len))
        return true;
    struct held *held = malloc(sizeof(*held) + len);
    if (!held)
        return false;
    held->next = *list;
    held->begin = begin;
    held->len = len;
    memcpy(held->octets, octets, len);
    *list = held;
    return true;
}

void held_prune(struct held **list, const struct rangeset *waiting)
{
    while (*list) {
        struct held *held = *list;
        if (rangeset_count(waiting, held->begin, held->begin + held->len) > 0) {
            list = &held->next;
            continue;
        }
        *list = held->next;
        free(held);
    }
}

void held_clear(struct held **list)
{
    while (*list) {
        struct held *next = (*list)->next;
        free(*list);
        *list = next;
    }
}
