/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is left of a connection that has left, for those who report in the end: its views, packed
 * into one piece of memory. A record never changes, and to read it makes nothing and keeps nothing.
 */
#ifndef ANALYZER_RECORD_H
#define ANALYZER_RECORD_H

#include "analyzer/analyzer.h"
#include "analyzer/series.h"

struct connection;

struct record {
    int64_t start_ns; /* from which the times of each part are told */
    uint32_t id;
    uint32_t subflow_count;
    uint32_t address_count;
    uint32_t finding_count;
    uint32_t word_count; /* behind them lie the words of findings */
    bool has_series;
    bool keys_are_telling; /* of both: see key_is_telling */
    uint64_t words[];
};

/* Of a connection that will not change any more. NULL if there is no memory; to be freed by free.
 */
struct record *record_new(const struct connection *connection, const struct series_grid *grid);

/* The side whose key this is, if both keys are telling; and the other one's. */
bool record_find_key(const struct record *record, uint64_t key, enum mpta_side *side,
                     uint64_t *peer_key);

/* Fill views; false beyond the last one. Messages are the record's. */
void record_view(const struct record *record, struct mpta_connection *view);
bool record_view_subflow(const struct record *record, size_t index, struct mpta_subflow *view);
bool record_view_address(const struct record *record, size_t index,
                         struct mpta_address_event *view);
bool record_view_finding(const struct record *record, size_t index, struct mpta_finding *view);

/* As mpta_tracker_join_hmacs and mpta_tracker_address_hmac. */
bool record_join_hmacs(const struct record *record, size_t index, struct mpta_join_hmacs *hmacs);
bool record_address_hmac(const struct record *record, size_t index, uint64_t *hmac);

/* As mpta_tracker_series_point and mpta_tracker_stream_point; the grid is the one it was made with.
 */
bool record_subflow_point(const struct record *record, const struct series_grid *grid,
                          size_t subflow, enum mpta_side sender, size_t index,
                          struct mpta_series_point *point);
bool record_stream_point(const struct record *record, const struct series_grid *grid,
                         enum mpta_side sender, size_t index, struct mpta_series_point *point);

#endif
