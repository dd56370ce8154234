/* SPDX-License-Identifier: BSD-3-Clause */
/* Adds the points of each series up, and compares. */
#include "tests/unit/analyzer/series_check.h"

#define POINTS_MAX 4096

/* The sums of the points seen so far, and the last of these. */
struct sums {
    struct mpta_series_point all;
    struct mpta_series_point last;
    size_t count;
};

/* Takes a point; false if it is not where it must be. */
static bool sums_add(struct sums *sums, const struct mpta_series_point *point)
{
    bool in_order = sums->count == 0 || (point->offset_ns > sums->last.offset_ns &&
                                         point->interval_ns == sums->last.interval_ns);
    struct mpta_series_point *all = &sums->all;
    all->packets += point->packets;
    all->payload_bytes += point->payload_bytes;
    all->fresh_bytes += point->fresh_bytes;
    all->retransmitted_bytes += point->retransmitted_bytes;
    all->reinjected_bytes += point->reinjected_bytes;
    all->remapped_bytes += point->remapped_bytes;
    all->data_acked_bytes += point->data_acked_bytes;
    all->rtt_samples += point->rtt_samples;
    all->rtt_sum_ns += point->rtt_sum_ns;
    if (point->max_in_flight > all->max_in_flight)
        all->max_in_flight = point->max_in_flight;
    sums->last = *point;
    return in_order && point->interval_ns > 0 && ++sums->count <= POINTS_MAX;
}

static const char *check_direction(const struct mpta_tracker *tracker, uint32_t connection,
                                   const struct mpta_subflow *subflow, enum mpta_side sender)
{
    const struct mpta_subflow_direction *direction = &subflow->directions[sender];
    struct mpta_series_point point;
    struct sums sums = {0};
    for (size_t i = 0;
         mpta_tracker_series_point(tracker, connection, subflow->id, sender, i, &point); i++) {
        if (!sums_add(&sums, &point))
            return "a point of a subflow's series is out of order";
    }
    if (sums.all.packets != direction->packets ||
        sums.all.payload_bytes != direction->payload_bytes)
        return "the packets or octets of a subflow are not those of its series";
    if (sums.all.fresh_bytes != direction->measure.fresh_bytes ||
        sums.all.retransmitted_bytes != direction->retransmitted_bytes ||
        sums.all.reinjected_bytes != direction->reinjected_bytes ||
        sums.all.remapped_bytes != direction->remapped_bytes)
        return "what is new or repeated on a subflow is not that of its series";
    if (sums.all.rtt_samples != direction->rtt.samples ||
        sums.all.rtt_sum_ns != direction->rtt.sum_ns)
        return "the round trips of a subflow are not those of its series";
    if (sums.all.max_in_flight > direction->measure.max_in_flight)
        return "a series of a subflow has more in flight than the subflow had";
    return NULL;
}

static const char *check_stream(const struct mpta_tracker *tracker,
                                const struct mpta_connection *connection, enum mpta_side sender)
{
    const struct mpta_stream *stream = &connection->streams[sender];
    struct mpta_series_point point;
    struct sums sums = {0};
    for (size_t i = 0; mpta_tracker_stream_point(tracker, connection->id, sender, i, &point); i++) {
        if (!sums_add(&sums, &point))
            return "a point of a stream's series is out of order";
    }
    if (sums.all.reinjected_bytes != stream->reinjected_bytes)
        return "the reinjected octets of a stream are not those of its series";
    if (sums.all.fresh_bytes != stream->data_bytes)
        return "the data of a stream is not that of its series";
    if (sums.all.rtt_samples != stream->measure.data_ack_latency.samples ||
        sums.all.rtt_sum_ns != stream->measure.data_ack_latency.sum_ns)
        return "the DATA_ACK latency of a stream is not that of its series";
    return NULL;
}

static const char *check_connection(const struct mpta_tracker *tracker,
                                    const struct mpta_connection *connection)
{
    const char *wrong = NULL;
    struct mpta_subflow subflow;
    for (int side = MPTA_CLIENT; side <= MPTA_SERVER && !wrong; side++)
        wrong = check_stream(tracker, connection, (enum mpta_side)side);
    for (size_t i = 0; !wrong && mpta_tracker_subflow(tracker, connection->id, i, &subflow); i++) {
        for (int side = MPTA_CLIENT; side <= MPTA_SERVER && !wrong; side++)
            wrong = check_direction(tracker, connection->id, &subflow, (enum mpta_side)side);
    }
    return wrong;
}

const char *series_check(const struct mpta_tracker *tracker)
{
    const char *wrong = NULL;
    struct mpta_connection connection;
    for (size_t i = 0; !wrong && mpta_tracker_connection_at(tracker, i, &connection); i++)
        wrong = check_connection(tracker, &connection);
    return wrong;
}
