/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the octets of a data stream leave behind when they pass: keyed sums for each piece of them,
 * by which octets that come again are told to be the same or others, without keeping any. It knows
 * positions and octets, no packets.
 *
 * Each octet belongs to a cell, and a piece leaves the sums of what it has of each: see
 * imprint_sums.h. The sums of two parts of a cell add up, so what comes again with other boundaries
 * is compared all the same, but for less than a cell at either end of it. That is looked at by its
 * marks: they may show that it is another, with a chance of 1 - 4^-n where n octets are; that it is
 * the same they do not prove, so it does not count as compared.
 *
 * Marks take four times the room of prints. What was acknowledged comes again, if it does, as it
 * was sent, or nobody takes it: so it keeps its prints, and its marks make room for those of what
 * is new.
 */
#ifndef ANALYZER_IMPRINT_H
#define ANALYZER_IMPRINT_H

#include "analyzer/imprint_sums.h"

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

/* Where octets came from. */
struct imprint_source {
    uint32_t subflow;
    uint32_t shift; /* of the stream against the subflow: another one under another SSN */
    bool mapped;    /* placed by a mapping, not for lack of one */
    bool sure;      /* no packet that was not captured could place them elsewhere */
    bool second;    /* captured at another point than what the subflow began with */
};

/* Octets that were captured, and their position in the stream. */
struct imprint_piece {
    uint64_t begin;
    uint64_t end;
    const uint8_t *octets;
    struct imprint_source source;
};

/* A piece that came, or what is new of it: the octets of one packet in one page. */
struct imprint {
    uint32_t subflow; /* these five are its source */
    uint32_t shift;
    bool mapped : 1;
    bool sure : 1;
    bool second : 1;
    uint16_t begin; /* within its page */
    uint16_t len;
    uint16_t first_cell; /* its prints are in the page's cells from here on */
};

struct imprint_page {
    uint64_t number; /* it holds the positions from number * IMPRINT_PAGE on */
    uint16_t count;  /* 0: no page */
    uint16_t capacity;
    uint16_t cell_count;
    uint16_t cell_capacity;
    uint16_t marked_from; /* cells below it have no marks any more; those of all others */
    uint16_t marked_end;  /* end before this place in the page, */
    uint16_t mark_capacity;
    struct imprint *items; /* sorted; they do not overlap */
    uint32_t *prints;      /* of cells, in the order in which the imprints came */
    struct imprint_marks *marks;
};

/* Some octets of a cell that came again, until the others come from the same source. */
struct imprint_part {
    struct imprint_source source;
    uint64_t begin;   /* of what an imprint has of the cell */
    uint64_t covered; /* a bit for each octet of the cell */
    struct imprint_sums sums;
    bool told; /* that some differ */
};

/* So many wait for the rest of their cell; beyond that the oldest one is given up. */
#define IMPRINT_PARTS 16

/* All zero is an empty set. */
struct imprint_set {
    struct imprint_page *pages; /* that with number n is at n % page_count, if it is there */
    uint32_t page_count;        /* a power of two; 0: no pages yet */
    uint32_t count;             /* of imprints */
    uint64_t lowest;            /* no page has a lower number */
    uint16_t usual_items;       /* that a page has needed room for, */
    uint16_t usual_cells;       /* and so many cells, */
    uint16_t usual_marks;       /* and so many of these with marks */
    struct imprint_part *parts; /* IMPRINT_PARTS of them, or NULL */
    uint32_t next_part;         /* the one that is given up next */
    uint64_t compared;          /* octets that came again and were compared, each time */
};

/* What was found out about a piece. */
struct imprint_verdict {
    bool differs;                /* from what came before at the same place: */
    bool sure;                   /* both are in their place, */
    struct imprint_source first; /* this is where the other came from, */
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

/* Forgets all but how much was compared. */
void imprint_set_clear(struct imprint_set *set);

#endif
