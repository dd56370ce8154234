/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Measures over time as CSV: what the tracker's series hold, one point a row. A row without a
 * subflow is about the data stream of the connection, one without a connection about a subflow
 * whose connection is not known; fields that do not apply to a row are empty.
 */
#include <inttypes.h>

#include "cli/report.h"
#include "cli/report_json.h"
#include "cli/units.h"

#define BITS_NS (8 * 1e9)

/* Whose series is written. */
struct series_owner {
    FILE *stream;
    const uint32_t *connection; /* NULL: not known */
    const uint32_t *subflow;    /* NULL: of the connection */
    enum mpta_side sender;
};

static void titles_write(FILE *stream)
{
    fputs("time,relative,interval,connection,subflow,direction,packets,payload_bytes,fresh_bytes,"
          "retransmitted_bytes,reinjected_bytes,max_in_flight,data_acked_bytes,rtt_samples,"
          "rtt_mean,throughput_bps,goodput_bps,remapped_bytes\n",
          stream);
}

static void seconds_write(FILE *stream, int64_t time_ns)
{
    char text[UNITS_TEXT_MAX];
    units_seconds(time_ns, text);
    fprintf(stream, "%s,", text);
}

/* A field and the comma behind it; empty where it does not apply. */
static void count_write(FILE *stream, bool applies, uint64_t count)
{
    if (applies) {
        fprintf(stream, "%" PRIu64, count);
    }
    putc(',', stream);
}

static void id_write(FILE *stream, const uint32_t *id)
{
    count_write(stream, id != NULL, id != NULL ? *id : 0);
}

static double point_bps(const struct mpta_series_point *point, uint64_t bytes)
{
    return (double)bytes * BITS_NS / (double)point->interval_ns;
}

static void rates_write(const struct series_owner *owner, const struct mpta_series_point *point)
{
    if (owner->subflow != NULL) {
        fprintf(owner->stream, "%.0f", point_bps(point, point->payload_bytes));
    }
    fprintf(owner->stream, ",%.0f,", point_bps(point, point->fresh_bytes));
}

static void point_write(const struct series_owner *owner, const struct mpta_series_point *point)
{
    FILE *stream = owner->stream;
    bool of_subflow = owner->subflow != NULL;
    seconds_write(stream, point->begin_ns);
    seconds_write(stream, point->offset_ns);
    seconds_write(stream, point->interval_ns);
    id_write(stream, owner->connection);
    id_write(stream, owner->subflow);
    fputs(owner->sender == MPTA_CLIENT ? "c2s," : "s2c,", stream);
    count_write(stream, of_subflow, point->packets);
    count_write(stream, of_subflow, point->payload_bytes);
    count_write(stream, true, point->fresh_bytes);
    count_write(stream, of_subflow, point->retransmitted_bytes);
    count_write(stream, true, point->reinjected_bytes);
    count_write(stream, of_subflow, point->max_in_flight);
    count_write(stream, !of_subflow, point->data_acked_bytes);
    count_write(stream, true, point->rtt_samples);
    if (point->rtt_samples > 0) {
        seconds_write(stream, point->rtt_sum_ns / (int64_t)point->rtt_samples);
    } else {
        putc(',', stream);
    }
    rates_write(owner, point);
    if (of_subflow) {
        fprintf(stream, "%" PRIu64, point->remapped_bytes);
    }
    putc('\n', stream);
}

static void stream_write(const struct mpta_tracker *tracker, struct series_owner *owner)
{
    struct mpta_series_point point;
    for (owner->sender = MPTA_CLIENT; owner->sender <= MPTA_SERVER; owner->sender++) {
        for (size_t i = 0;
             mpta_tracker_stream_point(tracker, *owner->connection, owner->sender, i, &point);
             i++) {
            point_write(owner, &point);
        }
    }
}

static bool subflow_point(const struct mpta_tracker *tracker, const struct series_owner *owner,
                          size_t index, struct mpta_series_point *point)
{
    return owner->connection == NULL
               ? mpta_tracker_unlinked_point(tracker, *owner->subflow, owner->sender, index, point)
               : mpta_tracker_series_point(tracker, *owner->connection, *owner->subflow,
                                           owner->sender, index, point);
}

static void subflow_write(const struct mpta_tracker *tracker, struct series_owner *owner)
{
    struct mpta_series_point point;
    for (owner->sender = MPTA_CLIENT; owner->sender <= MPTA_SERVER; owner->sender++) {
        for (size_t i = 0; subflow_point(tracker, owner, i, &point); i++) {
            point_write(owner, &point);
        }
    }
}

static void connection_write(const struct mpta_tracker *tracker,
                             const struct mpta_connection *connection, FILE *stream)
{
    struct series_owner owner = {.stream = stream, .connection = &connection->id};
    stream_write(tracker, &owner);
    for (uint32_t subflow = 0; subflow < connection->subflow_count; subflow++) {
        owner.subflow = &subflow;
        subflow_write(tracker, &owner);
    }
}

/* As many as the other reports list, by their ids there. */
static void unlinked_write(const struct mpta_tracker *tracker, FILE *stream)
{
    struct mpta_subflow view;
    for (uint32_t subflow = 0;
         subflow < JSON_UNLINKED_MAX && mpta_tracker_unlinked(tracker, subflow, &view); subflow++) {
        struct series_owner owner = {.stream = stream, .subflow = &subflow};
        subflow_write(tracker, &owner);
    }
}

void report_series(const struct report *report, FILE *stream)
{
    struct mpta_connection connection;
    titles_write(stream);
    for (size_t i = 0; mpta_tracker_connection_at(report->tracker, i, &connection); i++) {
        connection_write(report->tracker, &connection, stream);
    }
    unlinked_write(report->tracker, stream);
}
