/* SPDX-License-Identifier: BSD-3-Clause */
/* Payload that waits for its mapping, which RFC 8684 section 3.3.1 allows to come later. Bounded.
 */
#ifndef ANALYZER_HELD_H
#define ANALYZER_HELD_H

#include "analyzer/rangeset.h"

/* So many octets wait on one half at most; beyond that they count, but are not kept. */
#define HELD_MAX        262144
#define HELD_PIECES_MAX 256

struct held {
    struct held *next;
    uint64_t begin; /* position on the subflow */
    size_t len;
    uint8_t octets[];
};

/* There is room for `len` more octets. */
bool held_has_room(const struct held *list, size_t len);

/* Keeps a copy in front of the list, if there is room for it. False if there is no memory. */
bool held_keep(struct held **list, uint64_t begin, const uint8_t *octets, size_t len);

/* Drops the pieces of which no octet is among those that wait. */
void held_prune(struct held **list, const struct rangeset *waiting);

void held_clear(struct held **list);

#endif
