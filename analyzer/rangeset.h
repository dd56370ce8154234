/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A set of half-open ranges of 64-bit numbers. It knows no protocol. A stream that arrives in order
 * is one range, held without any allocation; each hole costs one range more.
 */
#ifndef ANALYZER_RANGESET_H
#define ANALYZER_RANGESET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * So many ranges are held at most. Beyond that the two lowest are joined and what lay between
 * counts as present: a hostile or very lossy capture costs precision, never memory.
 */
#define RANGESET_MAX 32768

struct range {
    uint64_t begin;
    uint64_t end;
};

/* What is needed from the second range on. */
struct range_block {
    uint64_t made_up;  /* numbers that count as present only because holes were given up */
    uint64_t given_up; /* numbers in all such holes, filled since or not: counts err by no more */
    uint64_t blurred_end; /* none of these holes reached beyond */
    struct range items[];
};

/* All zero is an empty set. Ranges are sorted, apart by at least one number. */
struct rangeset {
    union {
        struct range one; /* suffices while capacity is 0 */
        struct {
            struct range_block *block;
            uint32_t first; /* of the ranges among its items: there is room on either side */
        };
    };
    uint32_t count;
    uint32_t capacity; /* of items */
};

/* See struct range_block. */
static inline uint64_t rangeset_made_up(const struct rangeset *set)
{
    return set->capacity > 0 ? set->block->made_up : 0;
}

static inline uint64_t rangeset_given_up(const struct rangeset *set)
{
    return set->capacity > 0 ? set->block->given_up : 0;
}

static inline uint64_t rangeset_blurred_end(const struct rangeset *set)
{
    return set->capacity > 0 ? set->block->blurred_end : 0;
}

/* The ranges, lowest first; set->count of them. */
static inline const struct range *rangeset_ranges(const struct rangeset *set)
{
    return set->capacity > 0 ? set->block->items + set->first : &set->one;
}

/* The highest range; NULL: the set is empty. */
static inline const struct range *rangeset_last(const struct rangeset *set)
{
    return set->count > 0 ? &rangeset_ranges(set)[set->count - 1] : NULL;
}

/*
 * A stream grows at its end, so nearly all that is asked is about the highest range or what lies
 * above it. Each of the three functions that packets call answers that itself: whatever begins at
 * or above the begin of the highest range has nothing to do with the others, which end below it.
 * For the rest there are these, which may be called with anything.
 */
bool rangeset_add_anywhere(struct rangeset *set, uint64_t begin, uint64_t end, uint64_t *overlap);
bool rangeset_next_gap_anywhere(const struct rangeset *set, uint64_t *from, uint64_t end,
                                struct range *gap);
uint64_t rangeset_count_anywhere(const struct rangeset *set, uint64_t begin, uint64_t end);

/*
 * Adds [begin, end) and sets *overlap to how many of its numbers were present already. An empty
 * range changes nothing. False if there is no memory; then the set is unchanged.
 */
static inline bool rangeset_add(struct rangeset *set, uint64_t begin, uint64_t end,
                                uint64_t *overlap)
{
    struct range *last = set->capacity > 0 ? set->block->items + set->first : &set->one;
    if (set->count == 0 || begin >= end)
        return rangeset_add_anywhere(set, begin, end, overlap);
    last += set->count - 1;
    if (begin < last->begin || begin > last->end)
        return rangeset_add_anywhere(set, begin, end, overlap);
    *overlap = (end < last->end ? end : last->end) - begin;
    if (end > last->end)
        last->end = end;
    return true;
}

/*
 * Finds the first run of numbers in [*from, end) that the set lacks: fills *gap, moves *from behind
 * it and returns true; false if nothing more is lacking.
 */
static inline bool rangeset_next_gap(const struct rangeset *set, uint64_t *from, uint64_t end,
                                     struct range *gap)
{
    const struct range *last = rangeset_last(set);
    if (*from >= end)
        return false;
    if (last && *from < last->begin)
        return rangeset_next_gap_anywhere(set, from, end, gap);
    if (last && *from < last->end)
        *from = last->end;
    if (*from >= end)
        return false;
    *gap = (struct range){*from, end};
    *from = end;
    return true;
}

/* All numbers of [begin, end) are in the set. */
static inline bool rangeset_covers(const struct rangeset *set, uint64_t begin, uint64_t end)
{
    const struct range *last = rangeset_last(set);
    struct range gap;
    if (begin >= end)
        return true;
    if (!last || end > last->end)
        return false;
    if (begin >= last->begin)
        return true;
    /* Right below the highest range a number is lacking. */
    return end < last->begin && !rangeset_next_gap_anywhere(set, &begin, end, &gap);
}

/* How many numbers of [begin, end) are in the set. */
static inline uint64_t rangeset_count(const struct rangeset *set, uint64_t begin, uint64_t end)
{
    const struct range *last = rangeset_last(set);
    if (!last || begin >= last->end || begin >= end)
        return 0;
    if (begin < last->begin)
        return rangeset_count_anywhere(set, begin, end);
    return (end < last->end ? end : last->end) - begin;
}

/* How many numbers directly below `at` the set lacks, down to `floor`. */
uint64_t rangeset_gap_below(const struct rangeset *set, uint64_t floor, uint64_t at);

/* Takes [begin, end) out. False if there is no memory; then the set is unchanged. */
bool rangeset_remove(struct rangeset *set, uint64_t begin, uint64_t end);

/* The next range that touches no other will cost precision. */
bool rangeset_is_full(const struct rangeset *set);

/* Takes the lowest quarter of the ranges out: what matters less is that numbers were added. */
void rangeset_forget_lowest(struct rangeset *set);

/* How many numbers were added and not taken out; not those of holes that were given up. */
uint64_t rangeset_total(const struct rangeset *set);

/* Gives up room that no range is in. */
void rangeset_fit(struct rangeset *set);

/* So many octets of memory are set->block; 0: there is none. */
static inline size_t rangeset_block_size(const struct rangeset *set)
{
    return set->capacity > 0 ? sizeof(*set->block) + set->capacity * sizeof(set->block->items[0])
                             : 0;
}

void rangeset_clear(struct rangeset *set);

#endif
