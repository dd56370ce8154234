/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * From units of any if_tsresol to nanoseconds, exactly and without a wider integer type than C11
 * promises: powers of ten step by step, powers of two by a product of two words that is then
 * shifted.
 */
#include "cli/source_time.h"

#define NS_PER_S 1000000000U

/* units * 10^(9-n), at most UINT64_MAX. Dividing step by step drops no more than dividing once. */
static uint64_t decimal_ns(uint64_t units, unsigned n)
{
    uint64_t ns = units;
    for (; n < 9; n++) {
        if (__builtin_mul_overflow(ns, (uint64_t)10, &ns)) {
            return UINT64_MAX;
        }
    }
    for (; n > 9 && ns > 0; n--) {
        ns /= 10;
    }
    return ns;
}

/* units * 10^9 / 2^n, at most UINT64_MAX. The product has 94 bits: 62 in high, 32 in low. */
static uint64_t binary_ns(uint64_t units, unsigned n)
{
    uint64_t part = (units & UINT32_MAX) * NS_PER_S;
    uint64_t high = (units >> 32) * NS_PER_S + (part >> 32);
    uint64_t low = part & UINT32_MAX;
    if (n >= 32) {
        return n - 32 < 64 ? high >> (n - 32) : 0;
    }
    if (high >> (32 + n)) {
        return UINT64_MAX;
    }
    return high << (32 - n) | low >> n;
}

int64_t source_time_ns(uint64_t units, uint8_t resolution, int64_t offset_s)
{
    unsigned n = resolution & 0x7FU;
    uint64_t unsigned_ns = resolution & 0x80U ? binary_ns(units, n) : decimal_ns(units, n);
    int64_t ns = unsigned_ns > INT64_MAX ? INT64_MAX : (int64_t)unsigned_ns;
    int64_t limit = offset_s < 0 ? INT64_MIN : INT64_MAX;
    int64_t offset_ns;
    if (__builtin_mul_overflow(offset_s, (int64_t)NS_PER_S, &offset_ns)) {
        offset_ns = limit;
    }
    int64_t sum;
    return __builtin_add_overflow(ns, offset_ns, &sum) ? limit : sum;
}
