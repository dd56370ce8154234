/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Keyed sums of the octets of a cell, the 64 octets between two multiples of 64 of the stream. Two
 * sums are of all that a piece has of the cell: of its 16-bit words, each times a secret number for
 * its place. Octets that differ have the same two with a chance of 2^-32, and the sums of two parts
 * add up to those of both. To what came first nothing is added, it is only compared: so of its sums
 * a print of 32 bits is kept, and octets that differ have the same one with a chance below 2^-30.
 * Besides, each octet leaves a mark of two bits: by these any part is compared with what there is
 * of the cell, to the octet; one that differs has the same mark with a chance of one in four.
 *
 * Nobody who makes packets knows the numbers, so none of this can be led astray.
 */
#ifndef ANALYZER_IMPRINT_SUMS_H
#define ANALYZER_IMPRINT_SUMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IMPRINT_CELL  64
#define IMPRINT_MARKS 16 /* octets: two bits for each octet of a cell */

#define IMPRINT_SUMS 2

/* Aligned so that the loops over them need not care. */
struct imprint_keys {
    _Alignas(16) int16_t words[IMPRINT_SUMS][IMPRINT_CELL / 2];
    uint16_t factors[IMPRINT_CELL];
    uint16_t terms[IMPRINT_CELL];
    uint64_t print; /* odd */
};

/* Of some octets of a cell; those that are missing count as zero. */
struct imprint_sums {
    uint32_t sums[IMPRINT_SUMS];
};

struct imprint_marks {
    uint8_t octets[IMPRINT_MARKS];
};

/* Makes the secret numbers from a secret. */
void imprint_keys_make(struct imprint_keys *keys, const uint8_t secret[16]);

/* Where the cell ends that a position lies in, or the range does. */
static inline uint64_t imprint_cell_end(uint64_t position, uint64_t end)
{
    uint64_t next = position - position % IMPRINT_CELL + IMPRINT_CELL;
    return next < end ? next : end;
}

/* The sums of [begin, end), which lies in one cell, and the marks. */
void imprint_sums_fill(const struct imprint_keys *keys, uint64_t begin, uint64_t end,
                       const uint8_t *octets, struct imprint_sums *sums,
                       struct imprint_marks *marks);

/* The prints of the sums of [begin, end), and the marks, for each of the cells that it lies in. */
void imprint_prints_fill(const struct imprint_keys *keys, uint64_t begin, uint64_t end,
                         const uint8_t *octets, uint32_t *prints, struct imprint_marks *marks);

/* The print of sums: both as one number, times a secret one that is odd, and of that the upper
 * half; those of other numbers are the same with a chance of no more than 2^-31. */
static inline uint32_t imprint_print(const struct imprint_keys *keys,
                                     const struct imprint_sums *sums)
{
    _Static_assert(IMPRINT_SUMS == 2, "both fit into one number");
    return (uint32_t)(((uint64_t)sums->sums[1] << 32 | sums->sums[0]) * keys->print >> 32);
}

/* True if some octet of [begin, end), of which both are marks, is another one for certain. */
bool imprint_marks_differ(const struct imprint_marks *a, const struct imprint_marks *b,
                          uint64_t begin, uint64_t end);

#endif
