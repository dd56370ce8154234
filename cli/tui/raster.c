/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Two walks along the packets of a connection: one to know which offsets there are, one to draw
 * them.
 */
#include "cli/tui/raster.h"

#include <stdlib.h>
#include <string.h>

#define ACKED_NOTHING INT64_MIN

/* A raster of so many packets is made anew when a share of them is new. */
#define PATIENCE 32

static bool shape_is(const struct raster_shape *a, const struct raster_shape *b)
{
    return a->connection == b->connection && a->by == b->by && a->columns == b->columns &&
           a->rows == b->rows && a->begin_ns == b->begin_ns && a->span_ns == b->span_ns;
}

/* ---- Which offsets there are ---------------------------------------------------------------- */

static void raster_widen(struct raster *raster, int64_t low, int64_t high)
{
    raster->low = raster->any && raster->low < low ? raster->low : low;
    raster->high = raster->any && raster->high > high ? raster->high : high;
    raster->any = true;
}

static bool packet_is_shown(const struct packet *packet, const struct timeline *timeline)
{
    int column = timeline_column(timeline, packet->place.time_ns);
    bool counts = !packet->fed.duplicate && !packet->fed.damaged;
    return column >= 0 && column < timeline->columns && counts;
}

static void raster_measure_packet(struct raster *raster, const struct packet *packet)
{
    const struct mpta_fed_data *data = &packet->fed.data;
    if (packet->fed.by == raster->shape.by && data->placed) {
        raster_widen(raster, data->begin, data->end);
    } else if (packet->fed.by != raster->shape.by && data->acked) {
        raster_widen(raster, data->data_ack, data->data_ack);
    }
}

/* ---- Drawing -------------------------------------------------------------------------------- */

/* The row of an offset, within those that there are. */
static int raster_row(const struct raster *raster, int64_t offset)
{
    double share =
        ((double)offset - (double)raster->low) / ((double)raster->high - (double)raster->low);
    int row = raster->shape.rows - 1 - (int)(share * raster->shape.rows);
    return row < 0 ? 0 : row >= raster->shape.rows ? raster->shape.rows - 1 : row;
}

static void raster_mark(struct raster *raster, int column, int row, enum raster_mark mark,
                        uint32_t subflow)
{
    struct raster_point *point =
        &raster->points[(size_t)row * (size_t)raster->shape.columns + (size_t)column];
    if (mark >= point->mark) {
        *point = (struct raster_point){(uint8_t)mark, subflow};
    }
}

static enum raster_mark packet_mark(const struct mpta_fed_data *data)
{
    bool again = data->retransmitted_bytes > 0 || data->remapped_bytes > 0;
    return data->reinjected_bytes > 0 ? RASTER_REINJECTED : again ? RASTER_AGAIN : RASTER_DATA;
}

static void raster_draw_data(struct raster *raster, const struct packet *packet, int column)
{
    const struct mpta_fed_data *data = &packet->fed.data;
    int top = raster_row(raster, data->end > data->begin ? data->end - 1 : data->begin);
    int bottom = raster_row(raster, data->begin);
    for (int row = top; row <= bottom; row++) {
        raster_mark(raster, column, row, packet_mark(data), packet->fed.subflow);
    }
}

/* Rows of which some octet was seen, whenever that was. */
static void raster_cover(struct raster *raster, const struct mpta_fed_data *data)
{
    if (data->end <= raster->low || data->begin >= raster->high) {
        return;
    }
    int bottom = raster_row(raster, data->begin);
    for (int row = raster_row(raster, data->end - 1); row <= bottom; row++) {
        raster->covered[row] = true;
    }
}

static void raster_acknowledge(struct raster *raster, int column, int64_t data_ack)
{
    int64_t *acked = column < 0 ? &raster->acked_before : &raster->acked[column];
    *acked = data_ack > *acked ? data_ack : *acked;
}

/* What is acknowledged stays so until a further DATA_ACK comes. */
static void raster_draw_acks(struct raster *raster)
{
    int64_t acked = raster->acked_before;
    for (int column = 0; column <= raster->last_column; column++) {
        acked = raster->acked[column] > acked ? raster->acked[column] : acked;
        if (acked != ACKED_NOTHING && acked >= raster->low && acked <= raster->high) {
            raster_mark(raster, column, raster_row(raster, acked), RASTER_ACK, 0);
        }
    }
}

/* A packet came then, or after what is shown. */
static void raster_reach(struct raster *raster, int column)
{
    int last = column < raster->shape.columns ? column : raster->shape.columns - 1;
    raster->last_column = last > raster->last_column ? last : raster->last_column;
}

static void raster_draw_packet(struct raster *raster, const struct packet *packet,
                               const struct timeline *timeline)
{
    const struct mpta_fed_data *data = &packet->fed.data;
    int column = timeline_column(timeline, packet->place.time_ns);
    bool shown = packet_is_shown(packet, timeline);
    raster_reach(raster, column);
    if (packet->fed.by != raster->shape.by) {
        if (data->acked && (shown || column < 0)) {
            raster_acknowledge(raster, column, data->data_ack);
        }
    } else if (data->placed) {
        raster_cover(raster, data);
        if (shown) {
            raster_draw_data(raster, packet, column);
        }
    }
}

/* ---- Keeping up ----------------------------------------------------------------------------- */

static bool raster_clear(struct raster *raster, const struct raster_shape *shape)
{
    size_t count = (size_t)shape->columns * (size_t)shape->rows;
    struct raster_point *points = reallocarray(raster->points, count, sizeof *points);
    if (points == NULL) {
        return false;
    }
    raster->points = points;
    bool *covered = reallocarray(raster->covered, (size_t)shape->rows, sizeof *covered);
    if (covered == NULL) {
        return false;
    }
    raster->covered = covered;
    int64_t *acked = reallocarray(raster->acked, (size_t)shape->columns, sizeof *acked);
    if (acked == NULL) {
        return false;
    }
    raster->acked = acked;
    raster->acked_before = ACKED_NOTHING;
    for (int column = 0; column < shape->columns; column++) {
        acked[column] = ACKED_NOTHING;
    }
    memset(points, 0, count * sizeof *points);
    memset(covered, 0, (size_t)shape->rows * sizeof *covered);
    raster->shape = *shape;
    raster->any = false;
    raster->last_column = -1;
    return true;
}

static bool raster_is_good(const struct raster *raster, const struct packet_store *store,
                           const struct raster_shape *shape, uint64_t generation)
{
    uint64_t packets = packet_store_count_of(store, shape->connection);
    uint64_t kept = packet_store_end(store) - packet_store_first(store);
    uint64_t patience = (packets < kept ? packets : kept) / PATIENCE;
    return raster->points != NULL && shape_is(&raster->shape, shape) &&
           generation - raster->generation <= patience;
}

/* Of a time of which only events are kept nothing is drawn: it would seem to be all. */
static uint64_t first_of_all(const struct packet_store *store, uint32_t connection)
{
    const struct packet *packet;
    uint64_t serial = packet_store_first_of(store, connection);
    while (serial < packet_store_first(store) &&
           (packet = packet_store_get(store, serial)) != NULL) {
        serial = packet->next;
    }
    return serial;
}

bool raster_update(struct raster *raster, const struct packet_store *store,
                   const struct raster_shape *shape, const struct timeline *timeline,
                   uint64_t generation)
{
    const struct packet *packet;
    uint64_t first = first_of_all(store, shape->connection);
    if (raster_is_good(raster, store, shape, generation)) {
        return true;
    }
    if (!raster_clear(raster, shape)) {
        return false;
    }
    raster->generation = generation;
    for (uint64_t at = first; (packet = packet_store_get(store, at)) != NULL; at = packet->next) {
        if (packet_is_shown(packet, timeline)) {
            raster_measure_packet(raster, packet);
        }
    }
    raster->high += raster->high == raster->low && raster->high < INT64_MAX;
    for (uint64_t at = first; raster->any && (packet = packet_store_get(store, at)) != NULL;
         at = packet->next) {
        raster_draw_packet(raster, packet, timeline);
    }
    raster_draw_acks(raster);
    return true;
}

const struct raster_point *raster_at(const struct raster *raster, int column, int row)
{
    return &raster->points[(size_t)row * (size_t)raster->shape.columns + (size_t)column];
}

int64_t raster_offset(const struct raster *raster, int row)
{
    double span = (double)raster->high - (double)raster->low;
    return raster->low + (int64_t)(span * (raster->shape.rows - row) / raster->shape.rows);
}

void raster_free(struct raster *raster)
{
    free(raster->points);
    free(raster->covered);
    free(raster->acked);
    *raster = (struct raster){.any = false};
}
