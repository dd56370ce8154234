/* SPDX-License-Identifier: BSD-3-Clause */
/* Points on a grid of time that becomes coarser; see series.h. */
#include "analyzer/series.h"

#include "analyzer/array.h"
#include "analyzer/elapsed.h"

#include <string.h>

/* ---- Time ----------------------------------------------------------------------------------- */

/* The interval that a time lies in, counted from the origin. */
static int64_t index_of(const struct series_grid *grid, int64_t interval_ns, int64_t time_ns)
{
    int64_t offset_ns = elapsed_ns(grid->origin_ns, time_ns);
    return offset_ns / interval_ns - (offset_ns % interval_ns < 0);
}

/* When an interval begins, counted from the origin; at the end of what can be told, if below. */
static int64_t offset_of(int64_t interval_ns, int64_t index)
{
    int64_t offset_ns;
    return __builtin_mul_overflow(index, interval_ns, &offset_ns) ? INT64_MIN : offset_ns;
}

static int64_t begin_of(const struct series_grid *grid, int64_t offset_ns)
{
    int64_t begin_ns;
    if (__builtin_add_overflow(grid->origin_ns, offset_ns, &begin_ns))
        return offset_ns < 0 ? INT64_MIN : INT64_MAX;
    return begin_ns;
}

/* ---- Points --------------------------------------------------------------------------------- */

static void point_add(struct series_point *point, const uint64_t sums[SERIES_SUMS],
                      uint64_t in_flight)
{
    for (int i = 0; i < SERIES_SUMS; i++)
        point->sums[i] += sums[i];
    if (in_flight > point->max_in_flight)
        point->max_in_flight = in_flight;
}

/* Doubles the interval. */
static void series_coarsen(struct series *series)
{
    size_t kept = 0;
    series->interval_ns *= 2;
    for (size_t i = 0; i < series->count; i++) {
        struct series_point point = series->points[i];
        point.index = (point.index - (point.index & 1)) / 2;
        if (kept > 0 && series->points[kept - 1].index == point.index)
            point_add(&series->points[kept - 1], point.sums, point.max_in_flight);
        else
            series->points[kept++] = point;
    }
    series->count = kept;
}

/* Where a point stands, or would stand. Times mostly grow: it is the last one, or behind it. */
static size_t series_find(const struct series *series, int64_t index)
{
    size_t low = 0, high = series->count;
    if (high > 0 && series->points[high - 1].index <= index)
        return high - (series->points[high - 1].index == index);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (series->points[middle].index < index)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool series_has(const struct series *series, size_t at, int64_t index)
{
    return at < series->count && series->points[at].index == index;
}

/* The point of a time, a new one if need be; NULL if there is no memory. */
static struct series_point *series_point_at(struct series *series, const struct series_grid *grid,
                                            int64_t time_ns)
{
    int64_t index = index_of(grid, series->interval_ns, time_ns);
    size_t at = series_find(series, index);
    /* Few intervals cover all of time once they are long, so this ends. */
    while (!series_has(series, at, index) && series->count == SERIES_POINTS_MAX) {
        series_coarsen(series);
        index = index_of(grid, series->interval_ns, time_ns);
        at = series_find(series, index);
    }
    if (series_has(series, at, index))
        return &series->points[at];
    struct series_point *points =
        array_reserve(series->points, series->count, &series->capacity, sizeof(*points));
    if (!points)
        return NULL;
    series->points = points;
    memmove(points + at + 1, points + at, (series->count - at) * sizeof(*points));
    series->count++;
    points[at] = (struct series_point){.index = index};
    return &points[at];
}

/* ---- Booking -------------------------------------------------------------------------------- */

static struct series *series_new(const struct series_grid *grid)
{
    struct series *series = calloc(1, sizeof(*series));
    if (series)
        series->interval_ns = grid->interval_ns;
    return series;
}

bool series_book(struct series **series, const struct series_grid *grid, int64_t time_ns,
                 const struct series_totals *totals)
{
    uint64_t grown[SERIES_SUMS], any = 0;
    for (int i = 0; i < SERIES_SUMS; i++) {
        grown[i] = totals->sums[i] - (*series ? (*series)->booked[i] : 0);
        any |= grown[i];
    }
    if (any == 0)
        return true;
    if (!*series && !(*series = series_new(grid)))
        return false;
    struct series_point *point = series_point_at(*series, grid, time_ns);
    if (!point)
        return false;
    point_add(point, grown, totals->in_flight);
    memcpy((*series)->booked, totals->sums, sizeof((*series)->booked));
    return true;
}

void series_view_point(const struct series_point *point, int64_t interval_ns,
                       const struct series_grid *grid, struct mpta_series_point *view)
{
    int64_t offset_ns = offset_of(interval_ns, point->index);
    *view = (struct mpta_series_point){
        .begin_ns = begin_of(grid, offset_ns),
        .offset_ns = offset_ns,
        .interval_ns = interval_ns,
        .packets = point->sums[SERIES_PACKETS],
        .payload_bytes = point->sums[SERIES_PAYLOAD],
        .fresh_bytes = point->sums[SERIES_FRESH],
        .retransmitted_bytes = point->sums[SERIES_RETRANSMITTED],
        .reinjected_bytes = point->sums[SERIES_REINJECTED],
        .remapped_bytes = point->sums[SERIES_REMAPPED],
        .data_acked_bytes = point->sums[SERIES_DATA_ACKED],
        .max_in_flight = point->max_in_flight,
        .rtt_samples = point->sums[SERIES_RTT_SAMPLES],
        .rtt_sum_ns = (int64_t)point->sums[SERIES_RTT_SUM],
    };
}

bool series_view(const struct series *series, const struct series_grid *grid, size_t index,
                 struct mpta_series_point *view)
{
    if (!series || index >= series->count)
        return false;
    series_view_point(&series->points[index], series->interval_ns, grid, view);
    return true;
}

void series_free(struct series *series)
{
    if (series)
        free(series->points);
    free(series);
}
