/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How connections, and subflows without one, leave the tracker before the end: chosen from a list
 * of candidates, then all that are chosen together. Who has to go is said in evict.c and retire.c.
 */
#ifndef ANALYZER_LEAVE_H
#define ANALYZER_LEAVE_H

#include "analyzer/tracker.h"

/* What may go. */
struct candidate {
    bool open;
    int64_t time_ns; /* of its last packet */
    size_t index;    /* in the tracker's array */
};

/* Room for all connections, or all subflows without one. NULL: no memory. */
struct candidate *candidates_new(const struct mpta_tracker *tracker);

/* Those that are not open come first, and of either kind the one that was silent longest. */
void candidates_sort(struct candidate *candidates, size_t count);

/* Makes room for the records of so many that are over. False if there is no memory. */
bool leave_reserve(struct mpta_tracker *tracker, size_t count);

/* The first `count` are to leave. */
void leave_choose_connections(struct mpta_tracker *tracker, const struct candidate *candidates,
                              size_t count);
void leave_choose_unlinked(struct mpta_tracker *tracker, const struct candidate *candidates,
                           size_t count);

enum leave_why {
    LEAVE_MEMORY, /* there is none to keep them */
    LEAVE_OVER,   /* nothing more comes of them: they leave records, if any do */
};

/*
 * Draws the conclusions for those that were chosen, tells their ends, counts and frees them; for
 * LEAVE_OVER after leave_reserve. *done is how many there were. False if there was no memory for
 * some conclusion.
 */
bool leave(struct mpta_tracker *tracker, enum leave_why why, size_t *done);

/*
 * After the last conclusions: who sleeps leaves a record, if any do. Views are read by several
 * threads then, and waking somebody up is not reading.
 */
void leave_asleep(struct mpta_tracker *tracker);

/*
 * The same for joins that nobody completes: they are no more than counted. Nothing is compared,
 * nobody is told, and nothing is looked at but what waits without a connection, and what follows
 * others: else a flood would cost more than it takes to keep it. What stays keeps its order.
 */
bool leave_flood(struct mpta_tracker *tracker, size_t *done);

/* Something was given up before the end, the first time now: the report has to say so. */
void leave_note_evicted(struct mpta_tracker *tracker);

/*
 * Frees so many of those that left with a flood. Each new subflow frees one, and takes its memory
 * while it is in the cache: to free and to fill thousands in turn costs a tenth of the whole run.
 */
void leave_free_spent(struct mpta_tracker *tracker, size_t count);

#endif
