/* SPDX-License-Identifier: BSD-3-Clause */
/* What several paths were worth, from the views' sums and times. */
#ifndef ANALYZER_PATHS_H
#define ANALYZER_PATHS_H

#include "analyzer/analyzer.h"

/* Octets that came between two times. */
struct burst {
    uint64_t bytes;
    int64_t first_ns;
    int64_t last_ns;
    int64_t round_trip_ns; /* of the path; below 0: not known */
};

/*
 * Bits a second of a burst, in *bps. False where that says nothing: no octets, or no more time
 * between first and last than a round trip takes, 1 ms where that is not known. So much a host
 * sends at once, however slow the path.
 */
bool burst_bps(const struct burst *burst, uint64_t *bps);

/* What is new in the stream on a subflow, by the side that sends. */
struct burst burst_of_subflow(const struct mpta_subflow *subflow, enum mpta_side sender);

/* False where no gain of a stream's paths is telling, whatever it is. */
bool paths_can_tell(const struct mpta_stream *stream);

#endif
