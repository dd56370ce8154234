/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Octets lie in their cell as they do in the stream, wherever they lie in memory; what is missing
 * of a cell counts as zero, which is why sums of parts add up. All loops run over so many words
 * that compilers know, and make vectors of; sums are of 16-bit words because processors multiply
 * eight of these, and add them up, in one go.
 *
 * A sum of differences, each below 2^16 and times a secret number of 16 bits, is 0 modulo 2^32 for
 * no more than one value of the last number, whatever the others are: a chance of 2^-16, twice.
 */
#include "analyzer/imprint_sums.h"

#include "analyzer/siphash.h"

#include <string.h>

#define CELL_WORDS (IMPRINT_CELL / 2)
/* The octets whose marks share no octet of the marks: octet n's lies in octet n % 16 of them. */
#define MARK_BLOCK 16
/* The mark of an octet of the first block, in 16 bits; the next block's lies below, and so on. */
#define MARK_FIRST 0xc000
#define MARK_BITS  2

void imprint_keys_make(struct imprint_keys *keys, const uint8_t secret[16])
{
    static const char label[] = "imprint";
    struct {
        char label[sizeof(label)];
        uint64_t number;
    } of = {.number = 0};
    _Static_assert(sizeof(of) == 16, "no padding, it is hashed whole");
    memcpy(of.label, label, sizeof(label));
    for (size_t i = 0; i < CELL_WORDS; i += 2, of.number++) {
        uint64_t drawn = siphash(secret, &of, sizeof(of));
        for (size_t k = 0; k < IMPRINT_SUMS; k++) {
            keys->words[k][i] = (int16_t)(drawn >> 32 * k);
            keys->words[k][i + 1] = (int16_t)(drawn >> (32 * k + 16));
        }
    }
    for (size_t i = 0; i < IMPRINT_CELL; i++, of.number++) {
        uint64_t drawn = siphash(secret, &of, sizeof(of));
        keys->factors[i] = (uint16_t)drawn;
        keys->terms[i] = (uint16_t)(drawn >> 16);
    }
    keys->print = siphash(secret, &of, sizeof(of)) | 1;
}

static void sums_fill(const struct imprint_keys *keys, const uint8_t *octets,
                      struct imprint_sums *sums)
{
    uint32_t one = 0, two = 0;
    int16_t word;
    for (size_t i = 0; i < CELL_WORDS; i++) {
        memcpy(&word, octets + sizeof(word) * i, sizeof(word));
        one += (uint32_t)(word * keys->words[0][i]);
        two += (uint32_t)(word * keys->words[1][i]);
    }
    sums->sums[0] = one;
    sums->sums[1] = two;
}

/* ---- Marks ---------------------------------------------------------------------------------- */

/* The mark of an octet is the highest bits of what numbers of its own make of it. */
static inline void block_mark(const struct imprint_keys *keys, const uint8_t *octets, size_t block,
                              uint16_t marks[MARK_BLOCK])
{
    const uint16_t bits = (uint16_t)(MARK_FIRST >> MARK_BITS * block);
    for (size_t i = 0; i < MARK_BLOCK; i++) {
        size_t at = MARK_BLOCK * block + i;
        uint16_t product = (uint16_t)(octets[at] * keys->factors[at] + keys->terms[at]);
        marks[i] = (uint16_t)(marks[i] | (product >> MARK_BITS * block & bits));
    }
}

static void marks_fill(const struct imprint_keys *keys, const uint8_t *octets,
                       uint8_t marks[IMPRINT_MARKS])
{
    _Static_assert(MARK_BLOCK == IMPRINT_MARKS && 4 * MARK_BLOCK == IMPRINT_CELL, "four blocks");
    uint16_t all[MARK_BLOCK] = {0};
    block_mark(keys, octets, 0, all);
    block_mark(keys, octets, 1, all);
    block_mark(keys, octets, 2, all);
    block_mark(keys, octets, 3, all);
    for (size_t i = 0; i < MARK_BLOCK; i++)
        marks[i] = (uint8_t)(all[i] >> 8);
}

bool imprint_marks_differ(const struct imprint_marks *a, const struct imprint_marks *b,
                          uint64_t begin, uint64_t end)
{
    for (; begin < end; begin++) {
        size_t at = begin % IMPRINT_CELL, octet = at % MARK_BLOCK;
        unsigned others = a->octets[octet] ^ b->octets[octet];
        if (others & (MARK_FIRST >> 8) >> MARK_BITS * (at / MARK_BLOCK))
            return true;
    }
    return false;
}

/* ---- Cells ---------------------------------------------------------------------------------- */

struct cell_print {
    struct imprint_sums sums;
    struct imprint_marks marks;
};

static void cell_fill(const struct imprint_keys *keys, const uint8_t *octets,
                      struct cell_print *cell)
{
    sums_fill(keys, octets, &cell->sums);
    marks_fill(keys, octets, cell->marks.octets);
}

/* The octets [begin, end), which lie in one cell. */
static inline void cell_take(const struct imprint_keys *keys, uint64_t begin, uint64_t end,
                             const uint8_t *octets, struct cell_print *cell)
{
    if (end - begin == IMPRINT_CELL) {
        cell_fill(keys, octets, cell);
    } else {
        uint8_t padded[IMPRINT_CELL] = {0};
        memcpy(padded + begin % IMPRINT_CELL, octets, (size_t)(end - begin));
        cell_fill(keys, padded, cell);
    }
}

void imprint_sums_fill(const struct imprint_keys *keys, uint64_t begin, uint64_t end,
                       const uint8_t *octets, struct imprint_sums *sums,
                       struct imprint_marks *marks)
{
    struct cell_print cell;
    cell_take(keys, begin, end, octets, &cell);
    *sums = cell.sums;
    *marks = cell.marks;
}

/* A cell is made on the stack, and then put where it belongs: what is written there could be what
 * the loops read, as far as compilers can tell. */
void imprint_prints_fill(const struct imprint_keys *keys, uint64_t begin, uint64_t end,
                         const uint8_t *octets, uint32_t *prints, struct imprint_marks *marks)
{
    struct cell_print cell;
    for (uint64_t next; begin < end; begin = next) {
        next = imprint_cell_end(begin, end);
        cell_take(keys, begin, next, octets, &cell);
        *prints++ = imprint_print(keys, &cell.sums);
        *marks++ = cell.marks;
        octets += next - begin;
    }
}
