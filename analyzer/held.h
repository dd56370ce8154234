/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Payload that waits for its mapping, which RFC 8684 section 3.3.1 allows to come later. Bounded by
 * octets: what continues a piece becomes part of it, so that many small segments cost what a few
 * large ones do.
 */
#ifndef ANALYZER_HELD_H
#define ANALYZER_HELD_H

#include "analyzer/rangeset.h"

/* So many octets wait on one half at most; beyond that they count, but are not kept. */
#define HELD_MAX 262144
/* With so many pieces that nothing joins, no more of them are kept. */
#define HELD_PIECES_MAX 4096
/* Pieces of this length and more are continued by another one: a piece is freed as a whole. */
#define HELD_PIECE_LONG 16384

struct held {
    uint64_t begin; /* position on the subflow */
    size_t len;
    size_t capacity;
    uint8_t *octets;
};

/* All zero is an empty list. Sorted by begin; pieces do not overlap. */
struct held_list {
    struct held *items;
    uint32_t count;
    uint32_t capacity;
    size_t total; /* octets of all pieces */
};

/* There is room for `len` more octets. */
bool held_has_room(const struct held_list *list, size_t len);

/*
 * Keeps a copy, if there is room for it and none of these octets is kept yet. False if there is no
 * memory.
 */
bool held_keep(struct held_list *list, uint64_t begin, const uint8_t *octets, size_t len);

/* The index of the first piece that ends after `at`; list->count if there is none. */
size_t held_find(const struct held_list *list, uint64_t at);

/* Drops the pieces that reach into [begin, end) and of which no octet is among those that wait. */
void held_prune(struct held_list *list, uint64_t begin, uint64_t end,
                const struct rangeset *waiting);

void held_clear(struct held_list *list);

#endif
