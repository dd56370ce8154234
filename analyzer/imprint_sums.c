/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Octets lie in their cell as they do in the stream, wherever they lie in memory; what is missing
 * of a cell counts as zero, which is why sums of parts add up. All loops run over so many words
 * that compilers know, and make vectors of. Bit i of octet j of the marks is that of octet j of
 * word i.
 */
#include "analyzer/imprint_sums.h"

#include "analyzer/siphash.h"

#include <string.h>

#define CELL_WORDS (IMPRINT_CELL / 4)
/* That of octet n of a cell lies in octet n % 16 of the marks. */
#define MARK_BITS 2

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
        keys->factors[i] = (uint16_t)drawn;
        keys->terms[i] = (uint16_t)(drawn >> 16);
    }
}

static uint64_t sum_of(const uint32_t *keys, const uint8_t *octets)
{
    uint64_t sum = 0;
    uint32_t word;
    for (size_t i = 0; i < CELL_WORDS; i++) {
        memcpy(&word, octets + 4 * i, 4);
        sum += (uint64_t)word * keys[i];
    }
    return sum;
}

/* ---- Marks ---------------------------------------------------------------------------------- */

/* The mark of an octet is the highest bits of what numbers of its own make of it. */
static void marks_fill(const struct imprint_keys *restrict keys, const uint8_t *restrict octets,
                       uint8_t *restrict marks)
{
    uint16_t each[IMPRINT_CELL];
    for (size_t i = 0; i < IMPRINT_CELL; i++) {
        uint16_t product = (uint16_t)(octets[i] * keys->factors[i] + keys->terms[i]);
        each[i] = (uint16_t)(product >> (16 - MARK_BITS));
    }
    for (size_t i = 0; i < IMPRINT_MARKS; i++)
        marks[i] = (uint8_t)(each[i] | each[i + 16] << 2 | each[i + 32] << 4 | each[i + 48] << 6);
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
