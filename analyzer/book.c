/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What of the counters goes into series over time. After each packet that a subflow takes, the
 * growth of its counters and of its connection's is booked under the time of the packet; what a
 * series counts is so by construction what the totals count. Payload that waited for its mapping is
 * placed between two such calls, and booked under the time when it came.
 */
#include "analyzer/tracker.h"

/* Octets sent and not acknowledged, once any were. */
static uint64_t in_flight_of(const struct half *half)
{
    return half->acked > 0 ? half->next - half->acked : 0;
}

/* sends: it is the sender of the packet, so that what is in flight may be at its highest. */
static bool book_half(const struct mpta_tracker *tracker, struct half *half, int64_t time_ns,
                      bool sends)
{
    const struct durations *rtt = &half->measure.rtt.stats;
    const struct series_totals totals = {
        .sums =
            {
                   [SERIES_PACKETS] = half->packets,
                   [SERIES_PAYLOAD] = half->payload_bytes,
                   [SERIES_FRESH] = half->measure.flow.fresh_bytes,
                   [SERIES_RETRANSMITTED] = half->retransmitted_bytes,
                   [SERIES_REINJECTED] = half->reinjected_bytes,
                   [SERIES_REMAPPED] = half->remapped_bytes,
                   [SERIES_RTT_SAMPLES] = rtt->samples,
                   [SERIES_RTT_SUM] = (uint64_t)rtt->sum_ns,
                   },
        .in_flight = sends ? in_flight_of(half) : 0,
    };
    return series_book(&half->measure.series, &tracker->grid, time_ns, &totals);
}

static bool book_stream(const struct mpta_tracker *tracker, struct connection *connection,
                        enum mpta_side side, int64_t time_ns)
{
    struct stream_measure *measure = &connection->measures[side];
    const struct durations *latency = &measure->ack_latency.stats;
    const struct series_totals totals = {
        .sums =
            {
                   [SERIES_FRESH] = measure->fresh_bytes,
                   [SERIES_REINJECTED] = connection->streams[side].reinjected_bytes,
                   [SERIES_DATA_ACKED] = measure->acked_bytes,
                   [SERIES_RTT_SAMPLES] = latency->samples,
                   [SERIES_RTT_SUM] = (uint64_t)latency->sum_ns,
                   },
    };
    return series_book(&measure->series, &tracker->grid, time_ns, &totals);
}

bool book_packet(const struct mpta_tracker *tracker, const struct incoming *in)
{
    struct subflow *subflow = in->subflow;
    struct connection *connection = subflow->connection;
    int64_t time_ns = tracker->now_ns;
    if (tracker->grid.interval_ns == 0)
        return true;
    bool sends = !in->afterwards && !(in->segment->flags & MPTA_TCP_RST);
    return book_half(tracker, in->sender, time_ns, sends) &&
           book_half(tracker, in->receiver, time_ns, false) &&
           (!connection || (book_stream(tracker, connection, MPTA_CLIENT, time_ns) &&
                            book_stream(tracker, connection, MPTA_SERVER, time_ns)));
}

bool book_earlier(const struct mpta_tracker *tracker, const struct incoming *in, int64_t came_ns)
{
    struct subflow *subflow = in->subflow;
    return tracker->grid.interval_ns == 0 ||
           (book_half(tracker, in->sender, came_ns, false) &&
            book_stream(tracker, subflow->connection, subflow_side(subflow, in->role), came_ns));
}

/* What there was no memory for before goes where the last data is. */
static bool book_subflow_finish(const struct mpta_tracker *tracker, struct subflow *subflow)
{
    for (int role = OPENER; role <= RESPONDER; role++) {
        struct half *half = &subflow->halves[role];
        if (!book_half(tracker, half, half->measure.flow.last_data_ns, false))
            return false;
    }
    return true;
}

bool book_last(struct mpta_tracker *tracker, struct connection *connection)
{
    if (tracker->grid.interval_ns == 0)
        return true;
    for (size_t i = 0; i < connection->subflow_count; i++) {
        if (!book_subflow_finish(tracker, connection->subflows[i]))
            return false;
    }
    for (int side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
        if (!book_stream(tracker, connection, (enum mpta_side)side,
                         connection->measures[side].last_data_ns))
            return false;
    }
    return true;
}

static bool book_visit(void *context, struct connection *connection)
{
    return book_last(context, connection);
}

bool book_finish(struct mpta_tracker *tracker)
{
    return tracker->grid.interval_ns == 0 || connections_visit(tracker, book_visit, tracker);
}
