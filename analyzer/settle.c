/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The end of a connection comes with its full record, conclusions included. Stragglers follow a
 * close (RSTs of other subflows, retransmissions), so a closed connection waits a little before its
 * end is told; one that has come to life again by then has not ended.
 *
 * What is concluded for the record is forgotten again: later packets may still change it, and the
 * end of the capture concludes for all.
 */
#include "analyzer/elapsed.h"
#include "analyzer/tracker.h"

/* So long after its close, by the time of packets. */
#define SETTLE_NS INT64_C(2000000000)

void settle_if_closed(struct mpta_tracker *tracker, const struct incoming *in)
{
    struct connection *connection = in->subflow->connection;
    if (!connection || connection->settling || connection->told & TOLD_END ||
        !subflow_closed(in->subflow) || !connection_closed(connection))
        return;
    connection->settling = true;
    connection->closed_at = in->packet->place;
    connection->next_settling = NULL;
    if (tracker->settling_last)
        tracker->settling_last->next_settling = connection;
    else
        tracker->settling_first = connection;
    tracker->settling_last = connection;
}

static struct connection *settle_next(struct mpta_tracker *tracker)
{
    struct connection *connection = tracker->settling_first;
    tracker->settling_first = connection->next_settling;
    if (!tracker->settling_first)
        tracker->settling_last = NULL;
    connection->settling = false;
    return connection;
}

/* Tells the end of a connection as things stand, with the conclusions of which. */
static bool settle_connection(struct mpta_tracker *tracker, struct connection *connection)
{
    struct finding_list findings;
    finding_list_clear(&connection->outlook);
    connection_trim(connection); /* late packets may come, but most connections see none */
    if (!data_finish(tracker, connection))
        return false;
    if (!tracker->observe) {
        connection->told |= TOLD_END;
        return true;
    }
    if (!finding_list_copy(&connection->findings, &findings))
        return false;
    bool done = conclude_connection(tracker, connection);
    event_end(tracker, connection, connection->closed_at);
    finding_list_clear(&connection->findings);
    connection->findings = findings;
    return done;
}

bool settle_due(struct mpta_tracker *tracker, int64_t now_ns)
{
    bool done = true;
    while (tracker->settling_first && done &&
           elapsed_ns(tracker->settling_first->closed_at.time_ns, now_ns) >= SETTLE_NS) {
        struct connection *connection = settle_next(tracker);
        if (connection_closed(connection))
            done = settle_connection(tracker, connection);
    }
    return done;
}
