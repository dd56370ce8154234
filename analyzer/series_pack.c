/* SPDX-License-Identifier: BSD-3-Clause */
/* How many points, their interval, the index of the first one; the widths of columns; then the
 * points, line by line. */
#include "analyzer/series_pack.h"

#define COUNT_BITS 32
#define WIDTH_BITS 7
/* Index, sums, what was in flight. */
#define COLUMNS (1 + SERIES_SUMS + 1)

/* The numbers of a point; indices are told from the first one's. */
static void line_of(const struct series_point *point, int64_t first, uint64_t line[COLUMNS])
{
    line[0] = (uint64_t)point->index - (uint64_t)first;
    for (int i = 0; i < SERIES_SUMS; i++)
        line[1 + i] = point->sums[i];
    line[COLUMNS - 1] = point->max_in_flight;
}

static struct series_point point_of(const uint64_t line[COLUMNS], int64_t first)
{
    struct series_point point = {
        .index = (int64_t)((uint64_t)first + line[0]),
        .max_in_flight = line[COLUMNS - 1],
    };
    for (int i = 0; i < SERIES_SUMS; i++)
        point.sums[i] = line[1 + i];
    return point;
}

static void measure_columns(const struct series *series, unsigned widths[COLUMNS])
{
    uint64_t line[COLUMNS], all[COLUMNS] = {0};
    for (size_t i = 0; i < series->count; i++) {
        line_of(&series->points[i], series->points[0].index, line);
        for (int k = 0; k < COLUMNS; k++)
            all[k] |= line[k];
    }
    for (int k = 0; k < COLUMNS; k++)
        widths[k] = pack_width(all[k]);
}

void series_pack(const struct series *series, struct pack_writer *writer)
{
    unsigned widths[COLUMNS];
    uint64_t line[COLUMNS];
    size_t count = series ? series->count : 0;
    pack_put_bits(writer, count, COUNT_BITS);
    if (count == 0)
        return;
    int64_t first = series->points[0].index;
    measure_columns(series, widths);
    pack_put_bits(writer, (uint64_t)series->interval_ns, 64);
    pack_put_bits(writer, (uint64_t)first, 64);
    for (int k = 0; k < COLUMNS; k++)
        pack_put_bits(writer, widths[k], WIDTH_BITS);
    for (size_t i = 0; i < count; i++) {
        line_of(&series->points[i], first, line);
        for (int k = 0; k < COLUMNS; k++)
            pack_put_bits(writer, line[k], widths[k]);
    }
}

bool series_view_packed(const struct pack_reader *begin, const struct series_grid *grid,
                        size_t index, struct mpta_series_point *view)
{
    struct pack_reader reader = *begin;
    unsigned widths[COLUMNS], width = 0;
    uint64_t line[COLUMNS] = {0};
    if (index >= pack_get_bits(&reader, COUNT_BITS))
        return false;
    int64_t interval_ns = (int64_t)pack_get_bits(&reader, 64);
    int64_t first = (int64_t)pack_get_bits(&reader, 64);
    for (int k = 0; k < COLUMNS; k++)
        width += widths[k] = (unsigned)pack_get_bits(&reader, WIDTH_BITS);
    reader.bits += index * width;
    for (int k = 0; k < COLUMNS; k++)
        line[k] = pack_get_bits(&reader, widths[k]);
    const struct series_point point = point_of(line, first);
    series_view_point(&point, interval_ns, grid, view);
    return true;
}
