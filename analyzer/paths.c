/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rates. Times are what packets say and may be anything, so they are subtracted with care.
 */
#include "analyzer/paths.h"

#include "analyzer/elapsed.h"

#define BITS_NS (8 * 1e9)

/* A round trip where the path's own is not known. */
#define ROUND_TRIP_NS INT64_C(1000000)

/* A gain says something of a transfer that is large enough to fill paths, and of which no path had
 * nearly all. */
#define GAIN_DATA_BYTES 65536
#define GAIN_MAIN_SHARE 0.95

bool burst_bps(const struct burst *burst, uint64_t *bps)
{
    int64_t least_ns = burst->round_trip_ns < 0 ? ROUND_TRIP_NS : burst->round_trip_ns;
    int64_t duration_ns = elapsed_ns(burst->first_ns, burst->last_ns);
    double rate = duration_ns > 0 ? (double)burst->bytes * BITS_NS / (double)duration_ns : 0;
    if (burst->bytes == 0 || duration_ns <= 0 || duration_ns < least_ns || rate >= 1e18)
        return false;
    *bps = (uint64_t)rate;
    return true;
}

/* From the place of capture to the receiver of a direction and back; false where not known. */
static bool shortest(const struct mpta_subflow_direction *direction, int64_t *round_trip_ns)
{
    const struct mpta_rtt *rtt =
        direction->rtt.samples > 0 ? &direction->rtt : &direction->rtt_timestamps;
    *round_trip_ns = rtt->samples > 0 ? rtt->min_ns : 0;
    return rtt->samples > 0;
}

/* From one end to the other and back; below 0 where not known. */
static int64_t path_round_trip_ns(const struct mpta_subflow *subflow)
{
    int64_t there_ns;
    int64_t back_ns;
    int64_t sum_ns;
    bool there = shortest(&subflow->directions[MPTA_CLIENT], &there_ns);
    bool back = shortest(&subflow->directions[MPTA_SERVER], &back_ns);
    if (!there && !back)
        return -1;
    return __builtin_add_overflow(there_ns, back_ns, &sum_ns) ? INT64_MAX : sum_ns;
}

struct burst burst_of_subflow(const struct mpta_subflow *subflow, enum mpta_side sender)
{
    const struct mpta_flow_measure *measure = &subflow->directions[sender].measure;
    return (struct burst){
        .bytes = measure->fresh_bytes,
        .first_ns = measure->first_fresh_ns,
        .last_ns = measure->last_fresh_ns,
        .round_trip_ns = path_round_trip_ns(subflow),
    };
}

/* All data of a direction; its round trip is that of the shortest path, which its parts tell. */
static struct burst burst_of_stream(const struct mpta_stream *stream)
{
    return (struct burst){
        .bytes = stream->data_bytes,
        .first_ns = stream->measure.first_data_ns,
        .last_ns = stream->measure.last_data_ns,
        .round_trip_ns = -1,
    };
}

static void burst_add_part(struct burst *all, const struct burst *part)
{
    if (part->bytes > 0 && part->round_trip_ns >= 0 &&
        (all->round_trip_ns < 0 || part->round_trip_ns < all->round_trip_ns))
        all->round_trip_ns = part->round_trip_ns;
}

bool mpta_flow_goodput(const struct mpta_subflow *subflow, enum mpta_side sender, uint64_t *bps)
{
    const struct burst burst = burst_of_subflow(subflow, sender);
    return burst_bps(&burst, bps);
}

bool mpta_flow_loss_ratio(const struct mpta_flow_measure *measure, double *ratio)
{
    double sent = (double)measure->data_packets + (double)measure->lost_before;
    double lost = (double)measure->lost_behind + (double)measure->lost_before;
    *ratio = sent > 0 ? lost / sent : 0;
    return sent > 0;
}

/* Takes a subflow's part of a direction into account; best_bps is the best rate so far. */
static void paths_add(const struct burst *all, const struct burst *part, struct mpta_paths *paths,
                      uint64_t *best_bps)
{
    double share = (double)part->bytes / (double)all->bytes;
    uint64_t bps;
    if (part->bytes == 0)
        return;
    paths->count++;
    paths->main_share = share > paths->main_share ? share : paths->main_share;
    if ((share >= 0.1 || elapsed_ns(part->first_ns, part->last_ns) >=
                             elapsed_ns(all->first_ns, all->last_ns) / 10) &&
        burst_bps(part, &bps) && bps > *best_bps)
        *best_bps = bps;
}

/* Small transfers fill no path, and paths that took turns cannot be held against each other. */
bool paths_can_tell(const struct mpta_stream *stream)
{
    return stream->data_bytes >= GAIN_DATA_BYTES && stream->measure.hand_overs == 0;
}

/* One path that had nearly all needed no other. */
static bool gain_is_telling(const struct mpta_paths *paths, const struct mpta_stream *stream)
{
    return paths_can_tell(stream) && paths->gain_known && paths->main_share <= GAIN_MAIN_SHARE;
}

void mpta_tracker_paths(const struct mpta_tracker *tracker,
                        const struct mpta_connection *connection, enum mpta_side sender,
                        struct mpta_paths *paths)
{
    const struct mpta_stream *stream = &connection->streams[sender];
    struct burst all = burst_of_stream(stream);
    struct mpta_subflow subflow;
    uint64_t best_bps = 0;
    *paths = (struct mpta_paths){0};
    if (stream->data_bytes == 0)
        return;
    for (size_t i = 0; mpta_tracker_subflow(tracker, connection->id, i, &subflow); i++) {
        const struct burst part = burst_of_subflow(&subflow, sender);
        paths_add(&all, &part, paths, &best_bps);
        burst_add_part(&all, &part);
    }
    paths->bps_known = burst_bps(&all, &paths->bps);
    if (paths->count > 1 && best_bps > 0 && paths->bps_known) {
        paths->gain_known = true;
        paths->gain = (double)paths->bps / (double)best_bps;
    }
    paths->gain_is_telling = gain_is_telling(paths, stream);
}
