/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Pieces of data that lie so far behind all others that they may be no data at all: the last one
 * of each stream is kept until another bears it out, of so many streams at once. It knows no file.
 */
#ifndef CLI_PAYLOAD_FAR_H
#define CLI_PAYLOAD_FAR_H

#include "analyzer/analyzer.h"

#define FAR_MAX 16

/* All zero: none. */
struct far_pieces {
    struct mpta_octets pieces[FAR_MAX]; /* octets are owned; NULL: there is none */
    size_t next;                        /* which of them goes next */
    uint64_t forgotten;                 /* pieces that nothing bore out */
};

/* The piece of a stream that is kept, until the next call of another function; or NULL. */
const struct mpta_octets *far_find(const struct far_pieces *far, uint32_t connection,
                                   enum mpta_side by);

/* Keeps a copy of a piece in the place of its stream's last one. Without memory it is forgotten. */
void far_keep(struct far_pieces *far, const struct mpta_octets *octets);

/* A piece that far_find returned is not far away any more. */
void far_drop(struct far_pieces *far, const struct mpta_octets *piece);

/* Forgets all. */
void far_clear(struct far_pieces *far);

#endif
