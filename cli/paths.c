/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rates. Times are what packets say and may be anything, so they are subtracted with care.
 */
#include "cli/paths.h"

#include "cli/units.h"

#define BITS_NS (8 * 1e9)

bool goodput_bps(uint64_t bytes, int64_t first_ns, int64_t last_ns, uint64_t *bps)
{
    int64_t duration_ns = units_between(first_ns, last_ns);
    double rate = duration_ns > 0 ? (double)bytes * BITS_NS / (double)duration_ns : 0;
    if (bytes == 0 || duration_ns <= 0 || rate >= 1e18) {
        return false;
    }
    *bps = (uint64_t)rate;
    return true;
}

/* Takes a subflow's direction into account; best_bps is the best rate so far. */
static void paths_add(const struct mpta_stream *stream, const struct mpta_flow_measure *flow,
                      struct paths *paths, uint64_t *best_bps)
{
    const struct mpta_stream_measure *all = &stream->measure;
    double share = (double)flow->fresh_bytes / (double)stream->data_bytes;
    uint64_t bps;
    if (flow->fresh_bytes == 0) {
        return;
    }
    paths->count++;
    paths->main_share = share > paths->main_share ? share : paths->main_share;
    if (units_between(flow->first_data_ns, flow->last_data_ns) >=
            units_between(all->first_data_ns, all->last_data_ns) / 10 &&
        goodput_bps(flow->fresh_bytes, flow->first_data_ns, flow->last_data_ns, &bps) &&
        bps > *best_bps) {
        *best_bps = bps;
    }
}

void paths_measure(const struct mpta_tracker *tracker, const struct mpta_connection *connection,
                   enum mpta_side sender, struct paths *paths)
{
    const struct mpta_stream *stream = &connection->streams[sender];
    const struct mpta_stream_measure *all = &stream->measure;
    struct mpta_subflow subflow;
    uint64_t best_bps = 0;
    uint64_t bps;
    *paths = (struct paths){0};
    if (stream->data_bytes == 0) {
        return;
    }
    for (size_t i = 0; mpta_tracker_subflow(tracker, connection->id, i, &subflow); i++) {
        paths_add(stream, &subflow.directions[sender].measure, paths, &best_bps);
    }
    if (paths->count > 1 && best_bps > 0 &&
        goodput_bps(stream->data_bytes, all->first_data_ns, all->last_data_ns, &bps)) {
        paths->gain_known = true;
        paths->gain = (double)bps / (double)best_bps;
    }
}
