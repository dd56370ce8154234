/* SPDX-License-Identifier: BSD-3-Clause */
/* Joins of a whole capture, or initial subflows, gathered at its end to be sorted. */
#ifndef ANALYZER_JOIN_LIST_H
#define ANALYZER_JOIN_LIST_H

#include "analyzer/tracker.h"

struct join_list {
    enum subflow_kind kind;
    struct subflow **items;
    size_t count;
};

/* True if one of them is to be gathered. */
typedef bool join_list_counts(const struct mpta_tracker *tracker, const struct subflow *join);

/*
 * Gathers the subflows of a kind whose SYN was captured and that count, of all connections and of
 * none. The list is the caller's to free with join_list_free. False if there is no memory.
 */
bool join_list_gather(struct join_list *list, const struct mpta_tracker *tracker,
                      enum subflow_kind kind, join_list_counts *counts);

void join_list_free(struct join_list *list);

#endif
