/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The history of a connection's addresses, told at its end in the order of time: announcements,
 * echoes, removals and joins are led past the registry of IDs, and what contradicts it is said.
 */
#ifndef ANALYZER_HISTORY_H
#define ANALYZER_HISTORY_H

#include "analyzer/registry.h"

/* How many addresses a side announces. */
struct announcing {
    size_t standing; /* announced and not removed */
    size_t standing_most;
    const struct address_record *standing_at; /* where there were too many first */
    size_t window_begin;                      /* index of the first one within a second */
    size_t window;                            /* how many these are */
    size_t window_most;
    const struct address_record *window_at;
};

struct history {
    struct connection *connection;
    const struct subflow *initial; /* or NULL */
    struct registry *registry;
    bool heard[2]; /* packets of this side were captured, the last one then: */
    int64_t heard_ns[2];
    bool unnamed[2];     /* some end of a subflow has an ID that is not known */
    uint64_t data_bytes; /* of both streams, with those that were not captured */
    struct announcing announcing[2];
};

/* All functions below that return bool return false if there is no memory. */

/* ---- announce.c: ADD_ADDR, RFC 8684 section 3.4.1 ---------------------------------------------
 */

/* The index is the announcement's among the connection's records. */
bool announce_take(struct history *history, size_t index);

/* What only the end tells: an announcement that was never echoed, never used, or one too many. */
bool announce_finish(struct history *history);

/* ---- binding.c: which address an ID stands for, RFC 8684 section 3.2 ---------------------------
 */

bool binding_take_join(struct history *history, const struct subflow *join);

/* Data that moved to an address that anybody might have announced. */
bool binding_finish(struct history *history);

#endif
