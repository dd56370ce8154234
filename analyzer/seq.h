/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Modular arithmetic: the only place that knows that sequence numbers wrap.
 *
 * TCP's 32-bit numbers are extended to 64 bits by taking the value nearest to one already known
 * (RFC 8684 section 3.3.1 does the same for data sequence numbers), so that everywhere else they
 * are plain unsigned numbers that only grow. Extension starts at SEQ_EPOCH: numbers a little below
 * the first one known still have a value.
 */
#ifndef ANALYZER_SEQ_H
#define ANALYZER_SEQ_H

#include <stdbool.h>
#include <stdint.h>

#define SEQ_EPOCH (UINT64_C(1) << 32)

/* The first position of a sequence space whose first number is `first`. */
static inline uint64_t seq_first(uint32_t first)
{
    return SEQ_EPOCH + first;
}

/* The 64-bit number with these low 32 bits that is nearest to `near`. */
static inline uint64_t seq_extend(uint32_t low, uint64_t near)
{
    uint32_t forward = low - (uint32_t)near;
    if (forward < UINT32_C(0x80000000))
        return near + forward;
    return near - (UINT32_MAX - forward) - 1;
}

/* One number of a sequence that wraps, of timestamps say, comes after another. */
static inline bool seq_is_after(uint32_t number, uint32_t other)
{
    return number != other && number - other < UINT32_C(0x80000000);
}

#endif
