/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory is made room in by giving up connections, the least interesting first: those that ended
 * longest ago, then those that were silent longest. A quarter goes at a time, so that looking for
 * them costs little for each.
 */
#include "analyzer/amount.h"
#include "analyzer/tracker.h"

#include <inttypes.h>
#include <stdlib.h>

/* One in so many goes. */
#define EVICT_SHARE 4

/* What may be given up. */
struct candidate {
    bool open;
    int64_t time_ns; /* of its last packet */
    size_t index;    /* in the tracker's array */
};

static int candidate_compare(const void *a, const void *b)
{
    const struct candidate *one = a, *other = b;
    if (one->open != other->open)
        return one->open ? 1 : -1;
    return (one->time_ns > other->time_ns) - (one->time_ns < other->time_ns);
}

/* Sorts, and says how many go: of those that ended, or where there is none of the others. */
static size_t candidates_choose(struct candidate *candidates, size_t count)
{
    size_t closed = 0, share = (count + EVICT_SHARE - 1) / EVICT_SHARE;
    qsort(candidates, count, sizeof(*candidates), candidate_compare);
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

/* Lets nothing in the tracker lead to a connection any more. */
static void connection_detach(struct mpta_tracker *tracker, struct connection *connection)
{
    for (int side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
        struct identity *identity = &connection->identities[side];
        if (identity->known)
            table_remove(&tracker->tokens, &identity->token_link);
    }
    for (size_t i = 0; i < connection->subflow_count; i++)
        connection->subflows[i]->given_up = true;
}

/* Who is told may look at all connections. */
static bool connection_tell_end(struct mpta_tracker *tracker, size_t index)
{
    struct connection *connection = tracker->connections[index];
    struct mpta_place at = {.time_ns = tracker->newest_ns};
    return connection->told & TOLD_END || settle_connection(tracker, connection, at);
}

static void connection_give_up(struct mpta_tracker *tracker, size_t index)
{
    struct connection *connection = tracker->connections[index];
    finding_list_clear(&connection->outlook);
    summary_add_connection(&tracker->evicted, connection);
    connection_detach(tracker, connection);
    connection_free(connection);
    tracker->connections[index] = NULL;
}

static void connections_close_ranks(struct mpta_tracker *tracker)
{
    size_t kept = 0;
    for (size_t i = 0; i < tracker->connection_count; i++) {
        if (tracker->connections[i])
            tracker->connections[kept++] = tracker->connections[i];
    }
    tracker->connection_count = kept;
}

static size_t connections_evict(struct mpta_tracker *tracker, struct candidate *candidates)
{
    size_t chosen = candidates_choose(candidates, connections_gather(tracker, candidates));
    size_t done = 0;
    while (done < chosen && connection_tell_end(tracker, candidates[done].index))
        done++;
    for (size_t i = 0; i < done; i++)
        connection_give_up(tracker, candidates[i].index);
    connections_close_ranks(tracker);
    return done;
}

/* ---- Subflows -------------------------------------------------------------------------------- */

static size_t unlinked_evict(struct mpta_tracker *tracker, struct candidate *candidates)
{
    size_t count = tracker->unlinked_count;
    struct subflow **chosen = tracker->unlinked;
    for (size_t i = 0; i < count; i++)
        candidates[i] = (struct candidate){
            .open = !subflow_closed(chosen[i]), .time_ns = chosen[i]->end_ns, .index = i};
    size_t wanted = candidates_choose(candidates, count), done = 0;
    for (; done < wanted; done++) {
        struct subflow *subflow = chosen[candidates[done].index];
        if (!conclude_unlinked_join(tracker, subflow, true))
            break;
        subflow->given_up = true;
        summary_add_subflow(&tracker->evicted, subflow);
    }
    tracker->evicted.unlinked_subflows += done;
    tracker->evicted.evicted_subflows += done;
    for (size_t i = count; i-- > 0;) {
        if (tracker->unlinked[i]->given_up)
            place_forget_unlinked(tracker, tracker->unlinked[i]);
    }
    return done;
}

/* Lets no packet find a subflow any more. */
static void subflow_detach(struct mpta_tracker *tracker, struct subflow *subflow)
{
    table_remove(&tracker->flows, &subflow->flow_link);
    if (subflow->in_initials)
        table_remove(&tracker->initials, &subflow->initial_link);
    if (subflow->orphaned)
        table_remove(&tracker->orphans, &subflow->orphan_link);
    subflow->in_initials = subflow->orphaned = false;
    subflow->connection = NULL;
}

/* Findings of the tracker remember subflows; which these were is not told of those without one. */
static void witnesses_forget(struct mpta_tracker *tracker)
{
    finding_list_clear(&tracker->outlook);
    for (size_t i = 0; i < tracker->findings.count; i++) {
        struct finding *finding = &tracker->findings.items[i];
        for (size_t k = 0; k < MPTA_WITNESSES_MAX; k++) {
            if (finding->witnesses[k].subflow && finding->witnesses[k].subflow->given_up)
                finding->witnesses[k].subflow = NULL;
        }
    }
}

/* Frees what was given up, and the other sides of NATs that led to it. */
static void subflows_sweep(struct mpta_tracker *tracker)
{
    for (struct subflow *subflow = tracker->owned; subflow; subflow = subflow->next_owned)
        subflow->given_up |= subflow->kind == SUBFLOW_ALIAS && subflow->same_as->given_up;
    witnesses_forget(tracker);
    for (struct subflow **at = &tracker->owned; *at;) {
        struct subflow *subflow = *at;
        if (!subflow->given_up) {
            at = &subflow->next_owned;
            continue;
        }
        *at = subflow->next_owned;
        subflow_detach(tracker, subflow);
        if (subflow->moved) {
            subflow->next_owned = tracker->husks;
            tracker->husks = subflow;
        } else {
            subflow_free(subflow);
        }
    }
}

/* ---- Both ------------------------------------------------------------------------------------ */

size_t mpta_tracker_evict(struct mpta_tracker *tracker)
{
    size_t most = tracker->connection_count > tracker->unlinked_count ? tracker->connection_count
                                                                      : tracker->unlinked_count;
    struct candidate *candidates = calloc(most + 1, sizeof(*candidates));
    if (!candidates)
        return 0;
    size_t connections = connections_evict(tracker, candidates);
    size_t subflows = unlinked_evict(tracker, candidates);
    free(candidates);
    subflows_sweep(tracker);
    if (connections + subflows > 0 && tracker->evicted_at.time_ns == 0)
        tracker->evicted_at.time_ns = tracker->newest_ns;
    return connections + subflows;
}

bool conclude_evicted(struct mpta_tracker *tracker)
{
    const struct occurrence evicted = {.id = FINDING_STATE_EVICTED, .at = tracker->evicted_at};
    uint64_t connections = tracker->next_connection - tracker->connection_count;
    uint64_t subflows = tracker->evicted.evicted_subflows;
    return connections + subflows == 0 ||
           finding_add(&tracker->findings, &evicted,
                       "for want of memory %s, and %s without one, were given up before the end: "
                       "the report lacks them",
                       amount_of(connections, "connection").text,
                       amount_of(subflows, "subflow").text);
}
