/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Octets lie in their cell as they do in the stream, wherever they lie in memory; what is missing
 * of a cell counts as zero, which is why sums of parts add up.
 */
#include "analyzer/imprint_sums.h"

#include "analyzer/siphash.h"

#include <string.h>

#define CELL_WORDS (IMPRINT_CELL / 4)
/* That of octet n of a cell lies in octet n % 16 of the marks. */
#define MARK_BITS 2

/* Which key is that of an octet: of each sixteen, first those of the even ones. */
static size_t key_of(size_t octet)
{
    size_t within = octet % IMPRINT_MARKS;
    return octet - within + within / 2 + (within % 2) * (IMPRINT_MARKS / 2);
}

void imprint_keys_make(struct imprint_keys *keys, const uint8_t secret[16])
{
    static const char label[] = "imprint";
    struct {
        char label[sizeof(label)];
        uint64_t number;
    } of = {.number = 0};
    _Static_assert(sizeof(of) == 16, "no padding, it is hashed whole");
    memcpy(of.label, label, sizeof(label));
    for (; of.number < CELL_WORDS; of.number++)
        keys->words[of.number] = (uint32_t)siphash(secret, &of, sizeof(of));
    for (size_t i = 0; i < IMPRINT_CELL; i++, of.number++) {
        uint64_t drawn = siphash(secret, &of, sizeof(of));
        keys->factors[key_of(i)] = (uint16_t)drawn;
        keys->terms[key_of(i)] = (uint16_t)(drawn >> 16);
    }
}

/* Word by word: compilers make slower vectors of it. */
static uint64_t sum_of(const uint32_t *keys, const uint8_t *octets)
{
    uint64_t sum = 0;
    uint32_t word;
#pragma GCC unroll 16
    for (size_t i = 0; i < CELL_WORDS; i++) {
        memcpy(&word, octets + 4 * i, 4);
        sum += (uint64_t)word * keys[i];
    }
    return sum;
}

/* ---- Marks ---------------------------------------------------------------------------------- */

/* Eight pairs of octets side by side, as gcc and clang understand it for any processor. */
typedef uint16_t pairs __attribute__((vector_size(16)));

static pairs pairs_at(const void *octets)
{
    pairs there;
    memcpy(&there, octets, sizeof(there));
    return there;
}

/*
 * The mark of an octet is the highest bits of what numbers of its own make of it. The two of a pair
 * are taken one after the other, and their marks stay where they were themselves.
 */
static void marks_fill(const struct imprint_keys *keys, const uint8_t *octets, uint8_t *marks)
{
    pairs low = {0}, high = {0};
#pragma GCC unroll 4
    for (unsigned i = 0; i < IMPRINT_CELL / IMPRINT_MARKS; i++) {
        const uint16_t *factors = keys->factors + IMPRINT_MARKS * i;
        const uint16_t *terms = keys->terms + IMPRINT_MARKS * i;
        pairs both = pairs_at(octets + IMPRINT_MARKS * i);
        pairs of_low = (both & 0xff) * pairs_at(factors) + pairs_at(terms);
        pairs of_high = (both >> 8) * pairs_at(factors + IMPRINT_MARKS / 2) +
                        pairs_at(terms + IMPRINT_MARKS / 2);
        low |= of_low >> (16 - MARK_BITS) << MARK_BITS * i;
        high |= of_high >> (16 - MARK_BITS) << MARK_BITS * i;
    }
    low |= high << 8;
    memcpy(marks, &low, IMPRINT_MARKS);
}

bool imprint_marks_differ(const struct imprint_sums *a, const struct imprint_sums *b,
                          uint64_t begin, uint64_t end)
{
    for (; begin < end; begin++) {
        size_t at = begin % IMPRINT_CELL, octet = at % IMPRINT_MARKS;
        unsigned others = a->marks[octet] ^ b->marks[octet];
        if (others >> MARK_BITS * (at / IMPRINT_MARKS) & ((1U << MARK_BITS) - 1))
            return true;
    }
    return false;
}

static struct imprint_sums cell_sums(const struct imprint_keys *keys, const uint8_t *octets)
{
    struct imprint_sums sums = {.sum = sum_of(keys->words, octets)};
    marks_fill(keys, octets, sums.marks);
    return sums;
}

struct imprint_sums imprint_sums_of(const struct imprint_keys *keys, uint64_t begin, uint64_t end,
                                    const uint8_t *octets)
{
    if (end - begin == IMPRINT_CELL)
        return cell_sums(keys, octets);
    uint8_t cell[IMPRINT_CELL] = {0};
    memcpy(cell + begin % IMPRINT_CELL, octets, (size_t)(end - begin));
    return cell_sums(keys, cell);
}
