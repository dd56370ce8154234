/* SPDX-License-Identifier: BSD-3-Clause */
/* A connection's life, its parts, and its view: how it ended is worked out from what its parts say.
 */
#include "analyzer/connection.h"

#include "analyzer/array.h"

#include <stdlib.h>

void connection_set_awake(struct connection *connection, struct connection_awake *awake)
{
    connection->awake = awake;
    connection->streams = awake ? awake->streams : NULL;
    connection->measures = awake ? awake->measures : NULL;
    connection->watches = awake ? awake->watches : NULL;
}

struct connection *connection_new(uint32_t id)
{
    struct connection *connection = calloc(1, sizeof(*connection));
    struct connection_awake *awake = calloc(1, sizeof(*awake));
    if (!connection || !awake) {
        free(connection);
        free(awake);
        return NULL;
    }
    connection_set_awake(connection, awake);
    connection->id = id;
    connection->version = -1;
    connection->identities[MPTA_CLIENT].connection = connection;
    connection->identities[MPTA_SERVER].connection = connection;
    return connection;
}

void connection_awake_clear(struct connection_awake *awake)
{
    for (int side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
        stream_clear(&awake->streams[side]);
        watch_clear(&awake->watches[side]);
        measure_stream_clear(&awake->measures[side]);
        free(awake->idsn_doubts[side]);
    }
    free(awake->evasion.now);
    free(awake->evasion.heads);
    free(awake->fallback.evidence);
}

void connection_free(struct connection *connection)
{
    if (connection->awake)
        connection_awake_clear(connection->awake);
    free(connection->awake);
    free(connection->sleep);
    finding_list_clear(&connection->findings);
    finding_list_clear(&connection->outlook);
    free(connection->aftermath);
    free(connection->addresses);
    free(connection->subflows);
    free(connection);
}

void connection_trim(struct connection *connection)
{
    for (size_t i = 0; i < connection->subflow_count; i++) {
        measure_trim(&connection->subflows[i]->halves[OPENER].measure);
        measure_trim(&connection->subflows[i]->halves[RESPONDER].measure);
    }
    for (int side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
        if (connection->measures[side].ack_latency.probe_count == 0)
            rtt_forget(&connection->measures[side].ack_latency);
    }
}

/* What a subflow counts for is kept as numbers, so that to ask takes no loop. */
static void connection_count(struct subflow *subflow, bool open, bool live)
{
    struct connection *connection = subflow->connection;
    connection->open_count += open;
    connection->open_count -= subflow->counts_open;
    if (connection->open_count == 0) {
        imprint_set_clear(&connection->watches[MPTA_CLIENT].imprints);
        imprint_set_clear(&connection->watches[MPTA_SERVER].imprints);
    }
    connection->live_join_count += live;
    connection->live_join_count -= subflow->counts_live;
    subflow->counts_open = open;
    subflow->counts_live = live;
}

void connection_update(struct subflow *subflow)
{
    subflow_update(subflow);
    bool open = !subflow_closed(subflow);
    if (subflow->connection)
        connection_count(subflow, open,
                         open && subflow->kind == SUBFLOW_JOIN && subflow->established);
}

bool connection_adopt(struct connection *connection, struct subflow *subflow)
{
    struct subflow **subflows =
        array_reserve(connection->subflows, connection->subflow_count,
                      &connection->subflow_capacity, sizeof(struct subflow *));
    if (!subflows)
        return false;
    if (subflow->connection) {
        connection_count(subflow, false, false);
        subflow->connection->half_open_count -= subflow->half_open;
    }
    connection->half_open_count += subflow->half_open;
    connection->subflows = subflows;
    subflow->id = (uint32_t)connection->subflow_count;
    subflow->connection = connection;
    subflows[connection->subflow_count++] = subflow;
    connection_update(subflow);
    return true;
}

void connection_disown(struct connection *connection, struct subflow *subflow)
{
    size_t at = 0;
    subflow->moved_often = subflow->moved;
    subflow->moved = true;
    subflow->moved_from = connection->id;
    subflow->told = 0; /* it begins anew where it belongs */
    while (connection->subflows[at] != subflow)
        at++;
    connection->subflow_count--;
    for (; at < connection->subflow_count; at++) {
        connection->subflows[at] = connection->subflows[at + 1];
        connection->subflows[at]->id = (uint32_t)at;
    }
    measure_forget(&connection->measures[MPTA_CLIENT], subflow);
    measure_forget(&connection->measures[MPTA_SERVER], subflow);
}

const struct subflow *connection_initial(const struct connection *connection)
{
    for (size_t i = 0; i < connection->subflow_count; i++) {
        if (connection->subflows[i]->kind == SUBFLOW_INITIAL)
            return connection->subflows[i];
    }
    return NULL;
}

bool connection_has_keys(const struct connection *connection)
{
    return connection->identities[MPTA_CLIENT].known && connection->identities[MPTA_SERVER].known;
}

bool connection_key_is_certain(const struct connection *connection, enum mpta_side side)
{
    const struct identity *identity = &connection->identities[side];
    return identity->known &&
           (side == MPTA_CLIENT || identity->echoed || connection->key_source == MPTA_KEY_USER);
}

bool connection_keys_are_certain(const struct connection *connection)
{
    return connection_key_is_certain(connection, MPTA_CLIENT) &&
           connection_key_is_certain(connection, MPTA_SERVER);
}

bool connection_is_single(const struct connection *connection)
{
    return connection->live_join_count == 0;
}

bool subflow_may_go_on(const struct subflow *subflow)
{
    return !subflow_closed(subflow) && subflow->state != MPTA_SUBFLOW_SYN &&
           subflow->state != MPTA_SUBFLOW_SYN_ACK;
}

/* Only such a one sleeps. */
bool connection_may_go_on(const struct connection *connection)
{
    bool may = false;
    if (connection->sleep)
        return true;
    if (connection_closed(connection) ||
        (connection->streams[MPTA_CLIENT].fin && connection->streams[MPTA_SERVER].fin))
        return false;
    for (size_t i = 0; i < connection->subflow_count && !may; i++)
        may = subflow_may_go_on(connection->subflows[i]);
    return may;
}

bool connection_closed(const struct connection *connection)
{
    return connection->open_count == 0 || connection->fastclosed;
}

/* ---- View ----------------------------------------------------------------------------------- */

/* How the subflows ended: established ones if there are any, the one that lasted longest if all
 * did. */
static enum mpta_connection_close close_by_subflows(const struct connection *connection,
                                                    bool established)
{
    const struct subflow *last = NULL;
    for (size_t i = 0; i < connection->subflow_count; i++) {
        const struct subflow *subflow = connection->subflows[i];
        if (established && !subflow->established)
            continue;
        if (subflow_close_of(subflow) == MPTA_CLOSE_OPEN)
            return MPTA_CONNECTION_OPEN;
        if (!last || subflow->end_ns >= last->end_ns)
            last = subflow;
    }
    if (!last)
        return established ? close_by_subflows(connection, false) : MPTA_CONNECTION_OPEN;
    return subflow_close_of(last) == MPTA_CLOSE_FIN ? MPTA_CONNECTION_FIN : MPTA_CONNECTION_RESET;
}

static enum mpta_connection_close connection_close_of(const struct connection *connection)
{
    if (connection->fastclosed)
        return MPTA_CONNECTION_FASTCLOSE;
    if (connection->streams[MPTA_CLIENT].fin && connection->streams[MPTA_SERVER].fin &&
        !fallback_is_unheard(&connection->awake->fallback))
        return MPTA_CONNECTION_DATA_FIN;
    return close_by_subflows(connection, true);
}

/* The initial subflow, or another where that was not met. */
static const struct subflow *connection_first(const struct connection *connection)
{
    const struct subflow *initial = connection_initial(connection);
    return initial ? initial : connection->subflows[0];
}

static void host_view(const struct connection *connection, enum mpta_side side,
                      struct mpta_host *host)
{
    const struct subflow *subflow = connection_first(connection);
    const struct endpoint *end = &subflow->ends[subflow_role(subflow, side)];
    const struct identity *identity = &connection->identities[side];
    *host = (struct mpta_host){
        .address = end->address,
        .port = end->port,
        .key_known = identity->known,
        .token_known = identity->known,
        .key = identity->key,
        .token = identity->token,
        .idsn = identity->idsn,
    };
}

static int64_t connection_start_ns(const struct connection *connection)
{
    int64_t start_ns = connection->subflows[0]->first.time_ns;
    for (size_t i = 1; i < connection->subflow_count; i++) {
        if (connection->subflows[i]->first.time_ns < start_ns)
            start_ns = connection->subflows[i]->first.time_ns;
    }
    return start_ns;
}

int64_t connection_end_ns(const struct connection *connection)
{
    int64_t end_ns = connection->subflows[0]->end_ns;
    for (size_t i = 1; i < connection->subflow_count; i++) {
        if (connection->subflows[i]->end_ns > end_ns)
            end_ns = connection->subflows[i]->end_ns;
    }
    return end_ns;
}

struct occurrence occurrence_by(enum finding_id id, const struct subflow *subflow, enum role by,
                                const struct mpta_place *at)
{
    return (struct occurrence){
        .id = id,
        .at = *at,
        .subflow = subflow,
        .by = doer_of(subflow_side(subflow, by)),
    };
}

struct occurrence occurrence_remembered(enum finding_id id, const struct remembered *packet)
{
    if (!packet->subflow)
        return (struct occurrence){.id = id};
    return occurrence_by(id, packet->subflow, (enum role)packet->role, &packet->at);
}

/* What waits for a mapping, or waited too long. */
static void waiting_view(const struct connection *connection, enum mpta_side side,
                         struct mpta_stream *view)
{
    for (size_t i = 0; i < connection->subflow_count; i++) {
        const struct subflow *subflow = connection->subflows[i];
        const struct half *half = &subflow->halves[subflow_role(subflow, side)];
        view->unplaced_bytes += rangeset_total(&half_waiting(half)->octets);
        view->unkept_bytes += half_waiting(half)->unkept_bytes;
    }
}

uint64_t connection_blurred_bytes(const struct connection *connection, enum mpta_side side)
{
    const struct stream *stream = &connection->streams[side];
    uint64_t blurred = rangeset_given_up(&stream->seen) + stream->blurred_bytes;
    for (size_t i = 0; i < connection->subflow_count; i++) {
        const struct subflow *subflow = connection->subflows[i];
        const struct half *half = &subflow->halves[subflow_role(subflow, side)];
        blurred += rangeset_given_up(&half->seen) + rangeset_given_up(&half_waiting(half)->octets);
    }
    return blurred;
}

/* What came again, on its subflow or another one, and was not compared. */
static uint64_t uncompared_bytes(const struct connection *connection, enum mpta_side side)
{
    uint64_t repeated = 0, compared = connection->watches[side].imprints.compared;
    for (size_t i = 0; i < connection->subflow_count; i++) {
        const struct subflow *subflow = connection->subflows[i];
        const struct half *half = &subflow->halves[subflow_role(subflow, side)];
        repeated += half->retransmitted_bytes + half->reinjected_bytes + half->remapped_bytes;
    }
    return repeated > compared ? repeated - compared : 0;
}

/* Its handshake was completed, or data shows that it must have been. */
static bool subflow_has_worked(const struct subflow *subflow)
{
    return subflow->established || subflow->state == MPTA_SUBFLOW_MIDSTREAM ||
           subflow->halves[OPENER].measure.flow.fresh_bytes > 0 ||
           subflow->halves[RESPONDER].measure.flow.fresh_bytes > 0;
}

static bool connection_has_worked(const struct connection *connection)
{
    bool worked = !connection->capable_seen;
    for (size_t i = 0; i < connection->subflow_count && !worked; i++)
        worked = subflow_has_worked(connection->subflows[i]);
    return worked;
}

void connection_view_hosts(const struct connection *connection, struct mpta_host hosts[2])
{
    host_view(connection, MPTA_CLIENT, &hosts[MPTA_CLIENT]);
    host_view(connection, MPTA_SERVER, &hosts[MPTA_SERVER]);
}

void connection_view(const struct connection *connection, struct mpta_connection *view)
{
    *view = (struct mpta_connection){
        .id = connection->id,
        .version = connection->version,
        .late = !connection->capable_seen,
        .established = connection_has_worked(connection),
        .key_source = connection->key_source,
        .close = connection_close_of(connection),
        .fastclose_by = connection->awake->fastclose.by,
        .checksum_required =
            (connection->capable_flags[MPTA_CLIENT] | connection->capable_flags[MPTA_SERVER]) &
            MPTA_CAPABLE_A,
        .options_cut = connection->awake->quality.cut_options,
        .subflow_count = connection->subflow_count,
        .address_count = connection->address_count,
        .finding_count = finding_count(&connection->findings, &connection->outlook),
    };
    view->unheard_at = connection->awake->fallback.unheard;
    view->fallback =
        fallback_cause(&connection->awake->fallback, &view->fallback_at, &view->fallback_by);
    view->start_ns = connection_start_ns(connection);
    view->end_ns = connection_end_ns(connection);
    connection_view_hosts(connection, view->hosts);
    for (int side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
        stream_view(&connection->streams[side], &view->streams[side]);
        waiting_view(connection, (enum mpta_side)side, &view->streams[side]);
        view->streams[side].uncompared_bytes = uncompared_bytes(connection, (enum mpta_side)side);
        view->streams[side].blurred_bytes =
            connection_blurred_bytes(connection, (enum mpta_side)side);
        measure_stream_view(&connection->measures[side], &view->streams[side].measure);
    }
}
