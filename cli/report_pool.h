/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A long list written by several threads: each makes the text of some items in a row, in memory,
 * and one writes the texts in their order. It knows neither what the items are nor what they look
 * like.
 */
#ifndef CLI_REPORT_POOL_H
#define CLI_REPORT_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct report_pool_list {
    size_t count; /* of items */
    /*
     * Writes the items from first on, as far as there are any, up to end; false without memory.
     * Called by several threads at once: must change nothing but the stream.
     */
    bool (*write)(const void *context, size_t first, size_t end, FILE *stream);
    const void *context;
};

/* Fewer items than this are not worth a thread. */
enum { REPORT_POOL_WORTH = 256 };

/*
 * Writes a whole list to a stream, with so many threads besides the caller's, or fewer where they
 * cannot be had. False without memory: what was written is then no more than a part. Whether the
 * stream took it all, the stream tells.
 */
bool report_pool_write(const struct report_pool_list *list, unsigned helpers, FILE *stream);

#endif
