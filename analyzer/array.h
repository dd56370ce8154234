/* SPDX-License-Identifier: BSD-3-Clause */
/* Growth of plain arrays. */
#ifndef ANALYZER_ARRAY_H
#define ANALYZER_ARRAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/*
 * Returns `items`, moved if need be, with room for one more than `count`, or NULL if there is no
 * memory; then `items` is still what it was. Arrays double from 1: most stay as short as that.
 */
static inline void *array_reserve(void *items, size_t count, uint32_t *capacity, size_t item_size)
{
    if (count < *capacity)
        return items;
    uint32_t wanted = *capacity ? 2 * *capacity : 1;
    if (wanted <= *capacity || wanted > SIZE_MAX / item_size)
        return NULL;
    void *moved = realloc(items, wanted * item_size);
    if (moved)
        *capacity = wanted;
    return moved;
}

#endif
