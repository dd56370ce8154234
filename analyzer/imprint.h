/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the octets of a data stream leave behind when they pass: a keyed sum for each piece of them,
 * by which octets that come again are told to be the same or others, without keeping any. It knows
 * positions and octets, no packets.
 *
 * The sum of a piece is that of its 32-bit words, each times a secret number for its place. Two
 * pieces that differ have the same sum with a chance of 2^-32 whatever the octets are, because
 * nobody who makes packets knows the numbers; and the sums of two pieces side by side add up to
 * that of both, so that what comes again with other boundaries can be compared all the same.
 */
#ifndef ANALYZER_IMPRINT_H
#define ANALYZER_IMPRINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A segment leaves one imprint; of a super-segment, which its sender will cut should it send it
 * again, no imprint reaches over a multiple of IMPRINT_CHUNK. None is longer than IMPRINT_LEN_MAX.
 */
#define IMPRINT_LEN_MAX 2048
#define IMPRINT_CHUNK   512
/*
 * Imprints lie in pages of so many octets. What comes to a page that is full leaves none, and of
 * too many pages or imprints in all the lowest go.
 */
#define IMPRINT_PAGE      32768
#define IMPRINT_PAGE_FULL 512
#define IMPRINT_PAGES_MAX 128
#define IMPRINTS_MAX      8192
/* What was acknowledged so far back is not sent again: it makes room for what is new. */
#define IMPRINT_MARGIN 262144

struct imprint_keys {
    uint32_t words[IMPRINT_LEN_MAX / 2]; /* those of as many octets, and again */
};

/* Makes the secret numbers from a secret. */
void imprint_keys_make(struct imprint_keys *keys, const uint8_t secret[16]);

/* Where octets came from. */
struct imprint_source {
    uint32_t subflow;
    uint32_t shift; /* of the stream against the subflow: another one under another SSN */
    bool mapped;    /* placed by a mapping, not for lack of one */
    bool sure;      /* no packet that was not captured could place them elsewhere */
};

/* Octets that were captured, and their position in the stream. */
struct imprint_piece {
    uint64_t begin;
    uint64_t end;
    const uint8_t *octets;
    struct imprint_source source;
};

struct imprint {
    uint64_t sum;
    uint32_t subflow; /* these four are its source */
    uint32_t shift;
    bool mapped;
    bool sure;
    uint16_t begin; /* within its page */
    uint16_t len;
};

struct imprint_page {
    uint64_t number; /* it holds the positions from number * IMPRINT_PAGE on */
    uint32_t count;  /* 0: no page */
    uint32_t capacity;
    struct imprint *items; /* sorted; they do not overlap */
};

/* All zero is an empty set. */
struct imprint_set {
    struct imprint_page *pages; /* that with number n is at n % page_count, if it is there */
    uint32_t page_count;        /* a power of two; 0: no pages yet */
    uint32_t count;             /* of imprints */
    /* Octets that came again as a part of an imprint, from its begin on: what they add up to. */
    struct {
        struct imprint_source source;
        uint64_t begin;
        uint64_t end;
        uint64_t sum;
    } part;
};

/* What was found out about a piece. */
struct imprint_verdict {
    bool differs;                /* from what came before at the same place: */
    struct imprint_source first; /* where that came from, */
    uint64_t begin;              /* and some octets of [begin, end) are others */
    uint64_t end;
};

/*
 * Compares a piece with what left imprints at the same positions, and leaves its own where there
 * are none. acked: everything below this position has been acknowledged. False: no memory.
 */
bool imprint_take(struct imprint_set *set, const struct imprint_keys *keys,
                  const struct imprint_piece *piece, uint64_t acked,
                  struct imprint_verdict *verdict);

void imprint_set_clear(struct imprint_set *set);

#endif
