/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What several paths were worth: rates from the tracker's sums and times.
 */
#ifndef CLI_PATHS_H
#define CLI_PATHS_H

#include "analyzer/analyzer.h"

/*
 * Bits a second of octets that came between two times, in *bps. False where that says nothing: no
 * octets, or no time between first and last.
 */
bool goodput_bps(uint64_t bytes, int64_t first_ns, int64_t last_ns, uint64_t *bps);

/* One direction of a connection over all its subflows. */
struct paths {
    size_t count;      /* subflows that carried new data */
    double main_share; /* of the stream's data, by the subflow that carried most; where count > 0 */
    bool gain_known;   /* then: */
    double gain;       /* the stream's goodput against that of its best subflow */
};

/*
 * A subflow whose data took less than a tenth of the stream's time is not asked for the gain: the
 * rate of a short burst is not what its path can carry.
 */
void paths_measure(const struct mpta_tracker *tracker, const struct mpta_connection *connection,
                   enum mpta_side sender, struct paths *paths);

#endif
