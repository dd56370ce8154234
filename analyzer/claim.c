/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Whose join is it? Tokens collide and handshakes are missed, so a join is verified with the keys
 * of the connection that its token led to, and where that fails, others are asked before anybody is
 * accused.
 */
#include "analyzer/token.h"

/* So many connections are asked whether a join with a wrong HMAC may be theirs. */
#define CONTESTANTS_MAX 1024

/* A connection of the host that receives this join, whose token there is not known. */
static bool may_own_token(const struct connection *connection, const struct subflow *subflow)
{
    const struct mpta_address *receiver = &subflow->ends[RESPONDER].address;
    const struct subflow *first = connection->subflows[0];
    for (int side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
        const struct endpoint *host = &first->ends[subflow_role(first, (enum mpta_side)side)];
        if (!connection->identities[side].known && mpta_address_equal(&host->address, receiver))
            return true;
    }
    return false;
}

/*
 * The join may be another connection's: one that was there before this one began, one with its
 * token that lacks the other key, or one whose handshake was not captured.
 */
static bool join_is_contested(const struct mpta_tracker *tracker, const struct subflow *subflow)
{
    if (token_lead_ns(subflow->connection, subflow) > 0)
        return true;
    struct identity_walk walk = identity_first(tracker, subflow_joining(subflow)->token);
    for (; subflow_joining(subflow)->token_known && walk.at; identity_next(&walk)) {
        if (walk.at->connection != subflow->connection && !connection_has_keys(walk.at->connection))
            return true;
    }
    for (size_t i = 0; i < tracker->connection_count && i < CONTESTANTS_MAX; i++) {
        if (may_own_token(tracker->connections[i], subflow))
            return true;
    }
    return false;
}

static void join_reverify(const struct mpta_tracker *tracker, struct subflow *subflow)
{
    struct joining *join = subflow->joining;
    join_verify(subflow, subflow->connection);
    /* One right HMAC proves the keys, and with them that the other one is wrong. */
    bool proven = join->syn_ack_verdict == MPTA_VALID || join->ack_verdict == MPTA_VALID;
    bool wrong = join->syn_ack_verdict == MPTA_INVALID || join->ack_verdict == MPTA_INVALID;
    if (wrong && !proven && join_is_contested(tracker, subflow)) {
        join->syn_ack_verdict = join->syn_ack_joined ? MPTA_UNVERIFIABLE : MPTA_ABSENT;
        join->ack_verdict = join->ack_joined ? MPTA_UNVERIFIABLE : MPTA_ABSENT;
        join->rival.verdict = MPTA_UNVERIFIABLE;
    }
}

static bool identity_proven(const struct identity *identity, struct subflow *subflow)
{
    const struct connection *connection = identity->connection;
    enum mpta_side owner = identity_side(identity);
    return connection_has_keys(connection) &&
           join_try_keys(subflow->joining, connection->version == 0 ? 0 : 1,
                         connection->identities[!owner].key,
                         connection->identities[owner].key) == MPTA_VALID;
}

/* Moves a join to the connection that its SYN/ACK proves to be its own, if it is another. */
static bool join_move_if_proven(struct mpta_tracker *tracker, struct subflow *subflow)
{
    struct identity_walk walk = identity_first(tracker, subflow_joining(subflow)->token);
    while (walk.at && !identity_proven(walk.at, subflow))
        identity_next(&walk);
    struct identity *identity = walk.at;
    if (!identity || identity->connection == subflow->connection ||
        subflow->connection->subflow_count < 2)
        return true;
    struct connection *before = subflow->connection;
    if (!connection_wake(tracker, identity->connection) ||
        !connection_adopt(identity->connection, subflow))
        return false;
    connection_disown(before, subflow);
    subflow->opened_by = side_other(identity_side(identity));
    return true;
}

/* One key known, the other perhaps among the user's: the HMAC tells. */
static bool join_find_peer_key(struct mpta_tracker *tracker, struct subflow *subflow)
{
    struct connection *connection = subflow->connection;
    enum mpta_side known = connection->identities[MPTA_CLIENT].known ? MPTA_CLIENT : MPTA_SERVER;
    if (!connection->identities[known].known || connection_has_keys(connection))
        return true;
    uint64_t keys[2]; /* by role */
    keys[subflow_role(subflow, known)] = connection->identities[known].key;
    for (size_t i = 0; i < tracker->keyring.count; i++) {
        keys[role_other(subflow_role(subflow, known))] = tracker->keyring.keys[i].key;
        if (join_try_keys(subflow->joining, connection->version == 0 ? 0 : 1, keys[OPENER],
                          keys[RESPONDER]) == MPTA_VALID)
            return token_learn_key(tracker, connection, !known, tracker->keyring.keys[i].key,
                                   MPTA_KEY_USER);
    }
    return true;
}

bool claim_verify(struct mpta_tracker *tracker, struct subflow *subflow)
{
    const struct joining *join = subflow_joining(subflow);
    if (subflow->connection && join->token_known && join->syn_ack_joined &&
        join->syn_ack_verdict != MPTA_VALID) {
        if (!join_move_if_proven(tracker, subflow) || !join_find_peer_key(tracker, subflow))
            return false;
    }
    if (subflow->joining)
        join_reverify(tracker, subflow);
    connection_update(subflow);
    return true;
}
