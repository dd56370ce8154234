/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What several paths were worth: rates from the tracker's sums and times.
 */
#ifndef CLI_PATHS_H
#define CLI_PATHS_H

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

/* Losses as a share of what was sent, as the tracker's view defines it; false where nothing was. */
bool loss_ratio(const struct mpta_flow_measure *measure, double *ratio);

/* One direction of a connection over all its subflows. */
struct paths {
    size_t count;   /* subflows that carried new data */
    bool bps_known; /* goodput of the stream, in: */
    uint64_t bps;
    double main_share; /* of the stream's data, by the subflow that carried most; where count > 0 */
    bool gain_known;   /* then: */
    double gain;       /* the stream's goodput against that of its best subflow */
};

/*
 * The round trip of a stream is that of the shortest path that carried some of it.
 *
 * A subflow that carried less than a tenth of the data in less than a tenth of the stream's time is
 * not asked for the gain: the rate of a short burst is not what its path can carry.
 */
void paths_measure(const struct mpta_tracker *tracker, const struct mpta_connection *connection,
                   enum mpta_side sender, struct paths *paths);

#endif
