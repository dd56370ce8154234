/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Only a segment that is longer than all that ended before it can tell something new. Beyond the
 * bound two are taken for one, as long as the longer and as early as the other: so that `passed`
 * may come out too high, and never too low.
 */
#include "analyzer/sizes.h"

#include "analyzer/part.h"

#include <stdio.h>

/* All paths take segments that are shorter: RFC 9293 section 3.7.1. */
#define LONG_SEGMENT 536

static struct kept_size kept_at(const struct sizes *sizes, uint32_t index)
{
    return index > 0 ? sizes->others[index - 1] : (struct kept_size){sizes->end, sizes->len};
}

static void keep_at(struct sizes *sizes, uint32_t index, struct kept_size kept)
{
    if (index > 0) {
        sizes->others[index - 1] = kept;
    } else {
        sizes->end = kept.end;
        sizes->len = kept.len;
    }
}

/* How many of those kept end before a position. */
static uint32_t kept_before(const struct sizes *sizes, uint64_t end)
{
    uint32_t i = 0;
    while (i < sizes->count && kept_at(sizes, i).end < end)
        i++;
    return i;
}

/* Takes those of [from, to) out. */
static void drop(struct sizes *sizes, uint32_t from, uint32_t to)
{
    for (uint32_t i = to; from < to && i < sizes->count; i++)
        keep_at(sizes, i - (to - from), kept_at(sizes, i));
    sizes->count -= to - from;
}

/* Those from an index on that are no longer say nothing any more. */
static void drop_shorter(struct sizes *sizes, uint32_t from, uint32_t len)
{
    uint32_t to = from;
    while (to < sizes->count && kept_at(sizes, to).len <= len)
        to++;
    drop(sizes, from, to);
}

/* Puts one more at an index, or into another one where there are too many. */
static bool keep(struct sizes *sizes, uint32_t at, struct kept_size kept)
{
    if (sizes->count == SIZES_KEPT) {
        uint32_t index = at > 0 ? at - 1 : 0;
        struct kept_size other = kept_at(sizes, index);
        other.len = kept.len > other.len ? kept.len : other.len;
        other.end = kept.end < other.end ? kept.end : other.end;
        keep_at(sizes, index, other);
        return true;
    }
    if (sizes->count > 0 &&
        !(sizes->others = part_make(sizes->others, (SIZES_KEPT - 1) * sizeof(*sizes->others))))
        return false;
    for (uint32_t i = sizes->count++; i > at; i--)
        keep_at(sizes, i, kept_at(sizes, i - 1));
    keep_at(sizes, at, kept);
    return true;
}

bool sizes_sent(struct sizes *sizes, uint64_t end, uint32_t len)
{
    if (len <= sizes->passed)
        return true;
    uint32_t at = kept_before(sizes, end);
    if ((at > 0 && kept_at(sizes, at - 1).len >= len) ||
        (at < sizes->count && kept_at(sizes, at).end == end && kept_at(sizes, at).len >= len))
        return true;
    drop_shorter(sizes, at, len);
    return keep(sizes, at, (struct kept_size){end, len});
}

void sizes_acked(struct sizes *sizes, uint64_t acked)
{
    uint32_t done = 0;
    while (done < sizes->count && kept_at(sizes, done).end <= acked)
        sizes->passed = kept_at(sizes, done++).len;
    drop(sizes, 0, done);
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
    free(sizes->others);
    sizes->others = NULL;
    sizes->count = 0;
}
