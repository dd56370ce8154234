/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The connections that views are given of: those that are there, and the records of those that
 * left. Both lie in the order of their ids, each in a row of its own.
 */
#ifndef ANALYZER_KEPT_H
#define ANALYZER_KEPT_H

#include "analyzer/record.h"

struct mpta_tracker;

struct record_entry {
    uint32_t id; /* beside the record, for who looks for it */
    struct record *record;
};

/* All zero: there is none. */
struct record_list {
    struct record_entry *items; /* by rising id */
    size_t count;
    size_t room;
    size_t arrivals; /* where those stand that are being added, */
    size_t arrived;  /* and how many there are */
};

/* One of both, or neither. */
struct kept {
    struct connection *live;
    const struct record *record;
};

/* How many there are. */
size_t kept_count(const struct mpta_tracker *tracker);

/* By id, or by index in the order of ids. */
struct kept kept_find(const struct mpta_tracker *tracker, uint32_t id);
struct kept kept_at(const struct mpta_tracker *tracker, size_t index);

/* Makes room for so many more, which are to come. False if there is no memory. */
bool record_list_begin(struct record_list *list, size_t count);

/* Adds one of them; by rising ids. Nothing is found before record_list_end. */
void record_list_add(struct record_list *list, struct record *record);
void record_list_end(struct record_list *list);

/* Frees the first ones. */
void record_list_drop(struct record_list *list, size_t count);

void record_list_clear(struct record_list *list);

#endif
