/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What makes a packet the same packet elsewhere: all but what routers and offloads change. Without
 * its options of kind 30 it is still known where something on the way took or changed these.
 */
#ifndef ANALYZER_FINGERPRINT_H
#define ANALYZER_FINGERPRINT_H

#include "analyzer/tracker.h"

struct fingerprint {
    uint64_t whole;
    uint64_t bare;     /* without options of kind 30; the same as whole where there are none */
    uint16_t subtypes; /* of these, a bit each */
    bool cut;          /* not all options were captured or can be told apart */
};

struct fingerprint fingerprint_of(const struct mpta_tracker *tracker, const struct incoming *in);

/* Where all packets come from one source: their copies are alike in all. */
struct fingerprint fingerprint_of_mirrored(const struct mpta_tracker *tracker,
                                           const struct incoming *in);

#endif
