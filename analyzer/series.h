/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A series over time: what some counters grew by in each interval. Only intervals in which
 * something happened take memory, and of these so many are kept; then neighbours are merged two by
 * two and the interval of this series doubles, as often as need be. So neither a long capture nor
 * one whose clock lies costs more than SERIES_POINTS_MAX points. It knows numbers and times; what
 * is counted is for others to say.
 */
#ifndef ANALYZER_SERIES_H
#define ANALYZER_SERIES_H

#include "analyzer/analyzer.h"

#define SERIES_POINTS_MAX 4096

/* What is counted. Counters never fall. */
enum series_sum {
    SERIES_PACKETS,
    SERIES_PAYLOAD,
    SERIES_FRESH,
    SERIES_RETRANSMITTED,
    SERIES_REINJECTED,
    SERIES_REMAPPED,
    SERIES_DATA_ACKED,
    SERIES_RTT_SAMPLES,
    SERIES_RTT_SUM,
    SERIES_SUMS, /* how many there are */
};

/* Where the counters stand, and what is in flight. */
struct series_totals {
    uint64_t sums[SERIES_SUMS];
    uint64_t in_flight;
};

/* When intervals begin: at origin_ns and every interval_ns before and after it. */
struct series_grid {
    int64_t interval_ns; /* 0: no series are kept */
    bool has_origin;
    int64_t origin_ns;
};

struct series_point {
    int64_t index; /* of its interval */
    uint64_t sums[SERIES_SUMS];
    uint64_t max_in_flight;
};

struct series {
    int64_t interval_ns;         /* now */
    struct series_point *points; /* by index, lowest first */
    size_t count;
    uint32_t capacity;
    uint64_t booked[SERIES_SUMS]; /* sums of all points */
};

/*
 * Adds to the interval of a time what the counters have grown by since the last call; nothing if
 * they have not. *series is made by the first call that has something to add. False if there is no
 * memory; then a later call makes up for it.
 */
bool series_book(struct series **series, const struct series_grid *grid, int64_t time_ns,
                 const struct series_totals *totals);

/* Fills the view of a point; false beyond the last one, and where series is NULL. */
bool series_view(const struct series *series, const struct series_grid *grid, size_t index,
                 struct mpta_series_point *view);

/* The same for a point of a series with this interval. */
void series_view_point(const struct series_point *point, int64_t interval_ns,
                       const struct series_grid *grid, struct mpta_series_point *view);

/* Frees a series; NULL is allowed. */
void series_free(struct series *series);

#endif
