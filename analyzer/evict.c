/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory is made room in by giving up what is least interesting: joins that were not completed,
 * then connections that ended longest ago, then those that were silent longest. A good part goes at
 * a time, so that looking for them costs little for each.
 */
#include "analyzer/amount.h"
#include "analyzer/tracker.h"

#include <inttypes.h>
#include <stdlib.h>

/* One connection in so many goes. */
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
    for (size_t i = 0; i < connection->subflow_count; i++) {
        half_open_forget(tracker, connection->subflows[i]);
        connection->subflows[i]->given_up = true;
    }
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

/* Of chosen ones so many, the first. Says how many went. */
static size_t unlinked_give_up(struct mpta_tracker *tracker, const struct candidate *candidates,
                               size_t wanted)
{
    size_t done = 0;
    for (; done < wanted; done++) {
        struct subflow *subflow = tracker->unlinked[candidates[done].index];
        if (!conclude_unlinked_join(tracker, subflow, true))
            break;
        half_open_forget(tracker, subflow);
        subflow->given_up = true;
        summary_add_subflow(&tracker->evicted, subflow);
    }
    tracker->evicted.unlinked_subflows += done;
    tracker->evicted.evicted_subflows += done;
    for (size_t i = tracker->unlinked_count; i-- > 0;) {
        if (tracker->unlinked[i]->given_up)
            place_forget_unlinked(tracker, tracker->unlinked[i]);
    }
    return done;
}

/* Lets no packet find a subflow any more. */
static void subflow_detach(struct mpta_tracker *tracker, struct subflow *subflow)
{
    flow_remove(tracker, subflow);
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

static struct candidate *candidates_new(const struct mpta_tracker *tracker)
{
    size_t most = tracker->connection_count > tracker->unlinked_count ? tracker->connection_count
                                                                      : tracker->unlinked_count;
    return calloc(most + 1, sizeof(struct candidate));
}

static void evict_finish(struct mpta_tracker *tracker, size_t done)
{
    subflows_sweep(tracker);
    if (done > 0 && tracker->evicted_at.time_ns == 0)
        tracker->evicted_at.time_ns = tracker->newest_ns;
}

bool evict_half_open(struct mpta_tracker *tracker, size_t *done)
{
    struct candidate *candidates = candidates_new(tracker);
    if (!candidates)
        return false;
    size_t count = unlinked_gather(tracker, true, candidates);
    qsort(candidates, count, sizeof(*candidates), candidate_compare);
    *done = unlinked_give_up(tracker, candidates, (count + 1) / 2);
    free(candidates);
    if (count > 0)
        evict_finish(tracker, *done);
    return true;
}

size_t mpta_tracker_evict(struct mpta_tracker *tracker)
{
    size_t done;
    if (!evict_half_open(tracker, &done))
        return 0;
    if (done > 0)
        return done;
    struct candidate *candidates = candidates_new(tracker);
    if (!candidates)
        return 0;
    done = connections_evict(tracker, candidates);
    size_t unlinked = unlinked_gather(tracker, false, candidates);
    done += unlinked_give_up(tracker, candidates, candidates_choose(candidates, unlinked));
    free(candidates);
    evict_finish(tracker, done);
    return done;
}

bool conclude_evicted(struct mpta_tracker *tracker)
{
    const struct occurrence evicted = {.id = FINDING_STATE_EVICTED, .at = tracker->evicted_at};
    uint64_t connections = tracker->next_connection - tracker->connection_count;
    uint64_t subflows = tracker->evicted.evicted_subflows;
    uint64_t half_open = tracker->half_open.expired + tracker->half_open.evicted;
    return connections + subflows == 0 ||
           finding_add(&tracker->findings, &evicted,
                       "to bound memory %s, and %s without one, were given up before the end "
                       "(%s that nobody had completed): the report lacks them",
                       amount_of(connections, "connection").text,
                       amount_of(subflows, "subflow").text, amount_of(half_open, "join").text);
}
