/* SPDX-License-Identifier: BSD-3-Clause */
/* Parts of something that few of its kind need: they are made when they are first needed. */
#ifndef ANALYZER_PART_H
#define ANALYZER_PART_H

#include <stdlib.h>

/* Returns the part, or one that is all zero if there is none so far; NULL if there is no memory. */
static inline void *part_make(void *part, size_t size)
{
    return part ? part : calloc(1, size);
}

#endif
