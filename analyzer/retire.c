/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Connections leave when nothing more comes of them. What that takes to be sure of depends on how
 * they ended: one that has closed, and whose end was told, needs no longer than copies of its
 * packets from another capture point; one whose subflows hang needs as long as hosts try; and one
 * that may go on needs days.
 *
 * The last ones to end stay, so that keys, nonces and floods are compared as they are at the end,
 * and a FIN that is sent again is counted where it belongs.
 */
#include "analyzer/elapsed.h"
#include "analyzer/leave.h"

#include <stdlib.h>

/* No copy of a packet is known for one later than this. */
#define CLOSED_NS DEDUP_WINDOW_NS
/* 2 MSL, as long as a NAT keeps what has not begun or is ending: RFC 5382 section 5. */
#define HANGING_NS INT64_C(240000000000)
/* As long as Linux's connection tracking keeps an established connection: five days. */
#define OPEN_NS INT64_C(432000000000000)

/* Looking at all of them pays when there are a quarter more than the last time, or after a minute
 * with as many packets. */
#define LOOK_SHARE 4
#define LOOK_NS    INT64_C(60000000000)
/* Who leaves is compared with all that stay: fewer than an eighth of these wait for others. */
#define LEAVE_SHARE 8

/* ---- Who is over? ---------------------------------------------------------------------------- */

static int64_t connection_patience_ns(const struct connection *connection)
{
    if (connection_closed(connection) && connection->told & TOLD_END)
        return CLOSED_NS;
    return connection_may_go_on(connection) ? OPEN_NS : HANGING_NS;
}

static int64_t subflow_patience_ns(const struct subflow *subflow)
{
    if (subflow_closed(subflow))
        return CLOSED_NS;
    return subflow_may_go_on(subflow) ? OPEN_NS : HANGING_NS;
}

/* ---- Who leaves? ----------------------------------------------------------------------------- */

static size_t connections_gather(const struct mpta_tracker *tracker, int64_t now_ns,
                                 struct candidate *candidates)
{
    size_t count = 0;
    for (size_t i = 0; i < tracker->connection_count; i++) {
        const struct connection *connection = tracker->connections[i];
        int64_t end_ns = connection_end_ns(connection);
        if (!connection->settling &&
            elapsed_ns(end_ns, now_ns) > connection_patience_ns(connection))
            candidates[count++] = (struct candidate){.time_ns = end_ns, .index = i};
    }
    return count;
}

/* Of these there are no records: where they are reported in the end, they stay. */
static size_t unlinked_gather(const struct mpta_tracker *tracker, int64_t now_ns,
                              struct candidate *candidates)
{
    size_t count = 0;
    for (size_t i = 0; i < tracker->unlinked_count && !tracker->keeps_records; i++) {
        const struct subflow *subflow = tracker->unlinked[i];
        if (elapsed_ns(subflow->end_ns, now_ns) > subflow_patience_ns(subflow))
            candidates[count++] = (struct candidate){.time_ns = subflow->end_ns, .index = i};
    }
    return count;
}

/* So many of those that are over stay; how many do not. Only then they are put in order. */
static size_t leavers_sort(struct candidate *candidates, size_t over, size_t keep, size_t there)
{
    size_t count = over > keep ? over - keep : 0;
    if (count == 0 || count < there / LEAVE_SHARE)
        return 0;
    candidates_sort(candidates, over);
    return count;
}

static size_t retire_all(struct mpta_tracker *tracker, int64_t now_ns, size_t keep)
{
    struct candidate *candidates = candidates_new(tracker);
    size_t done = 0;
    if (!candidates)
        return 0;
    size_t connections = connections_gather(tracker, now_ns, candidates);
    connections = leavers_sort(candidates, connections, keep, tracker->connection_count);
    if (!leave_reserve(tracker, connections)) {
        free(candidates);
        return 0;
    }
    leave_choose_connections(tracker, candidates, connections);
    size_t unlinked = unlinked_gather(tracker, now_ns, candidates);
    unlinked = leavers_sort(candidates, unlinked, keep, tracker->unlinked_count);
    leave_choose_unlinked(tracker, candidates, unlinked);
    free(candidates);
    if (connections + unlinked > 0)
        (void)leave(tracker, LEAVE_OVER, &done);
    return done;
}

/* ---- When? ----------------------------------------------------------------------------------- */

/* So the price of a look is shared by as many that came, or as many packets. */
static bool looking_pays(const struct mpta_tracker *tracker, size_t there)
{
    bool soon = elapsed_ns(tracker->retired_ns, tracker->now_ns) < LOOK_NS;
    return there > tracker->retire_room ||
           (!soon && tracker->packets - tracker->retired_packets >= there);
}

/*
 * A packet whose time is far off makes nothing old: at the last call it must have been so, too.
 */
size_t mpta_tracker_retire(struct mpta_tracker *tracker, size_t keep)
{
    int64_t now_ns = tracker->now_ns;
    int64_t sure_ns = now_ns < tracker->asked_ns ? now_ns : tracker->asked_ns;
    size_t there = tracker->connection_count + tracker->unlinked_count;
    tracker->asked_ns = now_ns;
    sleep_look(tracker, sure_ns);
    if (there == 0 || !looking_pays(tracker, there))
        return 0;
    size_t done = retire_all(tracker, sure_ns, keep);
    there -= done;
    tracker->retire_room = there + there / LOOK_SHARE + keep;
    tracker->retired_ns = now_ns;
    tracker->retired_packets = tracker->packets;
    return done;
}
