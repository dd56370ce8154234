/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Joins whose opener did not go on after the SYN, or has not yet. Who floods a host with them
 * floods its captures, too, so they have bounds that no --memory-limit needs to set: a connection
 * takes so many, others stay without one until they are completed, and of those the oldest are
 * given up for the newest. Each is counted once when it begins, and once as what has become of it.
 */
#include "analyzer/elapsed.h"
#include "analyzer/tracker.h"

/* So many wait without a connection, or as many as there are other subflows without one. */
#define HALF_OPEN_UNLINKED_MAX 16384
/* So many a connection has at once. */
#define HALF_OPEN_LINKED_MAX 32768
/* No host waits longer for the third ACK. */
#define HALF_OPEN_PATIENCE_NS INT64_C(60000000000)

/* The opener went on, or its peer did, which waits for that: RFC 8684 section 3.2. */
static bool shows_completion(const struct incoming *in)
{
    bool goes_on = !(in->segment->flags & (MPTA_TCP_SYN | MPTA_TCP_RST));
    return in->subflow->seen & SEEN_ACK || (in->role == RESPONDER && goes_on);
}

bool half_open_may_link(const struct connection *connection)
{
    return connection->half_open_count < HALF_OPEN_LINKED_MAX;
}

static void begin(struct mpta_tracker *tracker, struct subflow *subflow)
{
    tracker->half_open.seen++;
    subflow->half_open = true;
    if (subflow->connection)
        subflow->connection->half_open_count++;
}

static bool complete(struct mpta_tracker *tracker, struct subflow *subflow)
{
    tracker->half_open.completed++;
    subflow->half_open = false;
    if (!subflow->connection)
        return !subflow_joining(subflow)->token_known || place_link_join(tracker, subflow);
    subflow->connection->half_open_count--;
    return true;
}

bool half_open_take(struct mpta_tracker *tracker, const struct incoming *in)
{
    struct subflow *subflow = in->subflow;
    if (subflow->kind != SUBFLOW_JOIN || subflow->completed)
        return true;
    subflow->completed = shows_completion(in);
    if (subflow->completed)
        return !subflow->half_open || complete(tracker, subflow);
    if (!subflow->half_open)
        begin(tracker, subflow);
    return true;
}

bool half_open_make_room(struct mpta_tracker *tracker)
{
    if (tracker->unlinked_count < HALF_OPEN_UNLINKED_MAX ||
        tracker->unlinked_count < tracker->unlinked_room)
        return true;
    size_t done;
    if (!evict_half_open(tracker, &done))
        return false;
    tracker->unlinked_room = 2 * tracker->unlinked_count;
    return true;
}

void half_open_forget(struct mpta_tracker *tracker, const struct subflow *subflow, bool over)
{
    if (over) {
        tracker->half_open.live += subflow->half_open;
        return;
    }
    bool expired = elapsed_ns(subflow->first.time_ns, tracker->newest_ns) > HALF_OPEN_PATIENCE_NS;
    tracker->half_open.expired += subflow->half_open && expired;
    tracker->half_open.evicted += subflow->half_open && !expired;
}

static uint64_t count_live(struct subflow *const *subflows, size_t count)
{
    uint64_t live = 0;
    for (size_t i = 0; i < count; i++)
        live += subflows[i]->half_open;
    return live;
}

struct mpta_half_open half_open_count(const struct mpta_tracker *tracker)
{
    struct mpta_half_open counts = tracker->half_open;
    counts.live += count_live(tracker->unlinked, tracker->unlinked_count);
    for (size_t i = 0; i < tracker->connection_count; i++) {
        const struct connection *connection = tracker->connections[i];
        counts.live += count_live(connection->subflows, connection->subflow_count);
    }
    return counts;
}
