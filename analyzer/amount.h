/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Counts with their units, in words: "1 packet", "2 packets". It knows regular plurals only.
 */
#ifndef ANALYZER_AMOUNT_H
#define ANALYZER_AMOUNT_H

#include <inttypes.h>
#include <stdio.h>

struct amount {
    char text[48];
};

/* To be used within the call that prints it: amount_of(2, "byte").text. */
static inline struct amount amount_of(uint64_t count, const char *unit)
{
    struct amount amount;
    (void)snprintf(amount.text, sizeof(amount.text), "%" PRIu64 " %.24s%s", count, unit,
                   count == 1 ? "" : "s");
    return amount;
}

/* The verb behind it. */
static inline const char *amount_was(uint64_t count)
{
    return count == 1 ? "was" : "were";
}

#endif
