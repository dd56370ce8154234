/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How one direction of a subflow gets on: since when octets of it have been waiting for an
 * acknowledgement, and whether packets between were missed.
 */
#ifndef ANALYZER_PROGRESS_H
#define ANALYZER_PROGRESS_H

#include "analyzer/analyzer.h"
#include "analyzer/sizes.h"

/* What was so when a packet of the subflow passed last; `since` means something while octets wait.
 */
struct progress {
    uint64_t sent;           /* position after the highest octet sent */
    uint64_t acked;          /* position up to which the other end acknowledged; 0: nothing yet */
    struct mpta_place since; /* octets wait since, and none has been acknowledged; then: */
    uint64_t repeated;       /* so many had been sent again */
    int64_t again_ns;        /* the first of them was sent again then, last; or `since` */
    struct sizes sizes;      /* of its segments */
};

/* What the lengths of its segments tell of why it does not get on. */
static inline void progress_hint(const struct progress *progress, char hint[SIZES_HINT_MAX])
{
    sizes_hint(&progress->sizes, progress->sizes.again, hint);
}

/*
 * Packets with IP identifications that follow one another: hosts count their packets so, and where
 * no number is missing, no packet is, not even one without payload.
 */
struct id_chain {
    uint64_t from; /* unbroken from this position of the subflow on */
    uint16_t last;
    bool known;
};

#endif
