/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory is made room in by giving up what is least interesting: joins that were not completed,
 * then connections that ended longest ago, then those that were silent longest. A good part goes at
 * a time, so that looking for them costs little for each.
 *
 * Where records are kept nothing is lost at first: all that has ended leaves its record. Only then
 * records go, those of the oldest connections first.
 */
#include "analyzer/amount.h"
#include "analyzer/leave.h"

#include <inttypes.h>
#include <stdlib.h>

/* One connection in so many goes. */
#define EVICT_SHARE 4

/* Sorts, and says how many go: of those that ended, or where there is none of the others. */
static size_t candidates_choose(struct candidate *candidates, size_t count)
{
    size_t closed = 0, share = (count + EVICT_SHARE - 1) / EVICT_SHARE;
    candidates_sort(candidates, count);
    while (closed < count && !candidates[closed].open)
        closed++;
    return closed > 0 && closed < share ? closed : share;
}

/* ---- Connections ----------------------------------------------------------------------------- */

/* Those that wait for their end to be told are soon among the closed ones. */
static size_t connections_gather(const struct mpta_tracker *tracker, struct candidate *candidates)
{
    size_t count = 0;
    for (size_t i = 0; i < tracker->connection_count; i++) {
        const struct connection *connection = tracker->connections[i];
        if (!connection->settling)
            candidates[count++] = (struct candidate){
                .open = !connection_closed(connection),
                .time_ns = connection_end_ns(connection),
                .index = i,
            };
    }
    return count;
}

/* ---- Subflows -------------------------------------------------------------------------------- */

/* Half-open joins that nobody has answered come before those that someone has. */
static size_t unlinked_gather(const struct mpta_tracker *tracker, bool half_open,
                              struct candidate *candidates)
{
    size_t count = 0;
    for (size_t i = 0; i < tracker->unlinked_count; i++) {
        const struct subflow *subflow = tracker->unlinked[i];
        bool answered = !subflow->half_open || subflow->seen & SEEN_SYN_ACK;
        if (subflow->half_open || !half_open)
            candidates[count++] = (struct candidate){.open = answered && !subflow_closed(subflow),
                                                     .time_ns = subflow->end_ns,
                                                     .index = i};
    }
    return count;
}

/* ---- Both ------------------------------------------------------------------------------------ */

bool evict_half_open(struct mpta_tracker *tracker, size_t *done)
{
    struct candidate *candidates = candidates_new(tracker);
    *done = 0;
    if (!candidates)
        return false;
    size_t count = unlinked_gather(tracker, true, candidates);
    candidates_sort(candidates, count);
    leave_choose_unlinked(tracker, candidates, (count + 1) / 2);
    free(candidates);
    return count == 0 || leave_flood(tracker, done);
}

/* ---- Records --------------------------------------------------------------------------------- */

/* Connections that have ended, and whose end was told. */
static size_t ended_gather(const struct mpta_tracker *tracker, struct candidate *candidates)
{
    size_t count = 0;
    for (size_t i = 0; i < tracker->connection_count; i++) {
        const struct connection *connection = tracker->connections[i];
        if (!connection->settling && connection->told & TOLD_END && connection_closed(connection))
            candidates[count++] = (struct candidate){.index = i};
    }
    return count;
}

/* How many left a record. */
static size_t evict_to_records(struct mpta_tracker *tracker)
{
    struct candidate *candidates = candidates_new(tracker);
    size_t done = 0, count = candidates ? ended_gather(tracker, candidates) : 0;
    if (count > 0 && leave_reserve(tracker, count)) {
        leave_choose_connections(tracker, candidates, count);
        (void)leave(tracker, LEAVE_OVER, &done);
    }
    free(candidates);
    return done;
}

/* How many are given up. */
static size_t evict_records(struct mpta_tracker *tracker)
{
    size_t count = (tracker->records.count + EVICT_SHARE - 1) / EVICT_SHARE;
    record_list_drop(&tracker->records, count);
    tracker->retired -= count;
    tracker->tokens_lost |= count > 0;
    if (count > 0)
        leave_note_evicted(tracker);
    return count;
}

/* ---- All of them ----------------------------------------------------------------------------- */

/* Where there is no memory for conclusions, they go without. */
static size_t evict_some(struct mpta_tracker *tracker)
{
    struct candidate *candidates = candidates_new(tracker);
    size_t done, count;
    if (!candidates)
        return 0;
    count = connections_gather(tracker, candidates);
    leave_choose_connections(tracker, candidates, candidates_choose(candidates, count));
    count = unlinked_gather(tracker, false, candidates);
    leave_choose_unlinked(tracker, candidates, candidates_choose(candidates, count));
    free(candidates);
    (void)leave(tracker, LEAVE_MEMORY, &done);
    return done;
}

size_t mpta_tracker_evict(struct mpta_tracker *tracker)
{
    size_t done;
    bool found = evict_half_open(tracker, &done);
    leave_free_spent(tracker, SIZE_MAX);
    if (!found || done > 0)
        return done;
    if (tracker->keeps_records)
        done = evict_to_records(tracker);
    if (done == 0)
        done = evict_records(tracker);
    return done > 0 ? done : evict_some(tracker);
}

bool conclude_evicted(struct mpta_tracker *tracker)
{
    const struct occurrence evicted = {.id = FINDING_STATE_EVICTED, .at = tracker->evicted_at};
    uint64_t connections = tracker->next_connection - tracker->connection_count - tracker->retired;
    uint64_t subflows = tracker->evicted.evicted_subflows;
    uint64_t half_open = tracker->half_open.expired + tracker->half_open.evicted;
    return connections + subflows == 0 ||
           finding_add(&tracker->findings, &evicted,
                       "to bound memory %s, and %s without one, were given up before the end "
                       "(%s that nobody had completed): the report lacks them",
                       amount_of(connections, "connection").text,
                       amount_of(subflows, "subflow").text, amount_of(half_open, "join").text);
}
