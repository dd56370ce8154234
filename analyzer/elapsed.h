/* SPDX-License-Identifier: BSD-3-Clause */
/* Differences of times that come from capture files, and so may be anything. */
#ifndef ANALYZER_ELAPSED_H
#define ANALYZER_ELAPSED_H

#include <stdint.h>

/* later - earlier in nanoseconds, at the ends of the range where it would not fit. */
static inline int64_t elapsed_ns(int64_t earlier, int64_t later)
{
    int64_t difference;
    if (__builtin_sub_overflow(later, earlier, &difference))
        return later < earlier ? INT64_MIN : INT64_MAX;
    return difference;
}

#endif
