/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A series that will not change any more, in few bits: a column of each number that its points
 * have, all of one width, so that a point is found by its index.
 */
#ifndef ANALYZER_SERIES_PACK_H
#define ANALYZER_SERIES_PACK_H

#include "analyzer/pack.h"
#include "analyzer/series.h"

/* Writes a series, which may be NULL. */
void series_pack(const struct series *series, struct pack_writer *writer);

/* As series_view, of a series that begins where the reader stands. */
bool series_view_packed(const struct pack_reader *begin, const struct series_grid *grid,
                        size_t index, struct mpta_series_point *view);

#endif
