/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Only a segment that is longer than all that ended before it can tell something new. Beyond the
 * bound two are taken for one, as long as the longer and as early as the other: so that `passed`
 * may come out too high, and never too low.
 */
#include "analyzer/sizes.h"

#include "analyzer/part.h"

#include <stdio.h>
#include <string.h>

/* All paths take segments that are shorter: RFC 9293 section 3.7.1. */
#define LONG_SEGMENT 536

/* How many of those kept end before a position. */
static uint32_t kept_before(const struct sizes *sizes, uint64_t end)
{
    uint32_t i = 0;
    while (i < sizes->count && sizes->kept[i].end < end)
        i++;
    return i;
}

/* Those from an index on that are no longer say nothing any more. */
static void drop_shorter(struct sizes *sizes, uint32_t from, uint32_t len)
{
    uint32_t to = from;
    while (to < sizes->count && sizes->kept[to].len <= len)
        to++;
    memmove(&sizes->kept[from], &sizes->kept[to], (sizes->count - to) * sizeof(sizes->kept[0]));
    sizes->count -= to - from;
}

bool sizes_sent(struct sizes *sizes, uint64_t end, uint32_t len)
{
    uint32_t at = kept_before(sizes, end);
    if (len <= sizes->passed || (at > 0 && sizes->kept[at - 1].len >= len) ||
        (at < sizes->count && sizes->kept[at].end == end && sizes->kept[at].len >= len))
        return true;
    if (!(sizes->kept = part_make(sizes->kept, SIZES_KEPT * sizeof(*sizes->kept))))
        return false;
    drop_shorter(sizes, at, len);
    if (sizes->count == SIZES_KEPT) {
        uint32_t other = at > 0 ? at - 1 : 0;
        sizes->kept[other].len = len > sizes->kept[other].len ? len : sizes->kept[other].len;
        if (end < sizes->kept[other].end)
            sizes->kept[other].end = end;
        return true;
    }
    memmove(&sizes->kept[at + 1], &sizes->kept[at], (sizes->count - at) * sizeof(sizes->kept[0]));
    sizes->kept[at] = (struct kept_size){end, len};
    sizes->count++;
    return true;
}

void sizes_acked(struct sizes *sizes, uint64_t acked)
{
    uint32_t done = 0;
    while (done < sizes->count && sizes->kept[done].end <= acked)
        sizes->passed = sizes->kept[done++].len;
    if (done == 0)
        return;
    if (done == sizes->count) {
        sizes_clear(sizes);
        return;
    }
    memmove(&sizes->kept[0], &sizes->kept[done], (sizes->count - done) * sizeof(sizes->kept[0]));
    sizes->count -= done;
}

void sizes_hint(const struct sizes *sizes, uint32_t len, char hint[SIZES_HINT_MAX])
{
    hint[0] = '\0';
    if (sizes->passed > 0 && len > sizes->passed && len >= LONG_SEGMENT)
        snprintf(
            hint, SIZES_HINT_MAX,
            "; nothing longer than %u bytes ever got through there: the MTU of the path may be "
            "too small",
            sizes->passed);
}

void sizes_clear(struct sizes *sizes)
{
    free(sizes->kept);
    sizes->kept = NULL;
    sizes->count = 0;
}
