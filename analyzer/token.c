/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tokens and the keys behind them. A token names the key of the host that receives the SYN of a
 * join (RFC 8684 section 3.2), but it has only 32 bits: several connections may have one. When a
 * key becomes known, what waited for it is linked and verified.
 */
#include "analyzer/token.h"

#include "analyzer/elapsed.h"
#include "analyzer/siphash.h"

uint64_t token_hash(const struct mpta_tracker *tracker, uint32_t token)
{
    return siphash(tracker->hash_key, &token, sizeof(token));
}

static struct identity *identity_of(struct link *link, uint32_t token)
{
    for (; link; link = table_find_next(link)) {
        struct identity *identity =
            (struct identity *)((char *)link - offsetof(struct identity, token_link));
        if (identity->token == token)
            return identity;
    }
    return NULL;
}

struct identity_walk identity_first(const struct mpta_tracker *tracker, uint32_t token)
{
    struct link *link = table_find(&tracker->tokens, token_hash(tracker, token));
    return (struct identity_walk){identity_of(link, token), IDENTITIES_MAX};
}

void identity_next(struct identity_walk *walk)
{
    struct link *next = table_find_next(&walk->at->token_link);
    walk->at = --walk->left > 0 ? identity_of(next, walk->at->token) : NULL;
}

enum mpta_side identity_side(const struct identity *identity)
{
    return identity == &identity->connection->identities[MPTA_CLIENT] ? MPTA_CLIENT : MPTA_SERVER;
}

/* The address that the owner of an identity has on the first subflow. */
const struct mpta_address *identity_address(const struct identity *identity)
{
    const struct subflow *first = identity->connection->subflows[0];
    return &first->ends[subflow_role(first, identity_side(identity))].address;
}

int64_t token_lead_ns(const struct connection *connection, const struct subflow *join)
{
    int64_t lead_ns = elapsed_ns(join->first.time_ns, connection->subflows[0]->first.time_ns);
    return connection->capable_seen && lead_ns > 0 ? lead_ns : 0;
}

/* ---- Keys ----------------------------------------------------------------------------------- */

/* The identity is the newest with its token: does another connection of its host have it, too? */
static void note_rival(const struct mpta_tracker *tracker, struct identity *identity)
{
    struct identity_walk walk = identity_first(tracker, identity->token);
    identity->has_rival = identity->rival_outlived = false;
    for (; walk.at && !identity->has_rival; identity_next(&walk)) {
        const struct identity *other = walk.at;
        identity->has_rival =
            other->key != identity->key && !connection_closed(other->connection) &&
            mpta_address_equal(identity_address(other), identity_address(identity));
        identity->rival = other->connection->id;
    }
}

/* The end of a connection may be missing in the capture; what it still says is not. */
static bool outlives_start(const struct connection *older, const struct connection *newer)
{
    int64_t start_ns = newer->subflows[0]->first.time_ns;
    for (size_t i = 0; i < older->subflow_count; i++) {
        if (older->subflows[i]->end_ns > start_ns)
            return true;
    }
    return false;
}

/* NULL where there is none, or no longer. */
static const struct connection *rival_of(const struct mpta_tracker *tracker,
                                         const struct identity *identity)
{
    return identity->has_rival ? place_connection(tracker, identity->rival) : NULL;
}

void token_note_leavers(const struct mpta_tracker *tracker)
{
    for (size_t i = 0; i < tracker->connection_count; i++) {
        struct connection *connection = tracker->connections[i];
        for (int side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
            struct identity *identity = &connection->identities[side];
            const struct connection *rival = rival_of(tracker, identity);
            identity->rival_outlived |=
                rival && rival->given_up && outlives_start(rival, connection);
        }
    }
}

bool token_report_collision(const struct mpta_tracker *tracker, struct connection *connection)
{
    const struct occurrence collision = {
        .id = FINDING_TOKEN_COLLISION,
        .at = connection->subflows[0]->first,
        .subflow = connection->subflows[0],
    };
    for (int side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
        const struct identity *identity = &connection->identities[side];
        const struct connection *rival = rival_of(tracker, identity);
        bool outlived = identity->rival_outlived || (rival && outlives_start(rival, connection));
        if (identity->known && outlived &&
            !finding_add(&connection->findings, &collision,
                         "connection %u has the same token 0x%08x: joins may go to either",
                         identity->rival, identity->token))
            return false;
    }
    return true;
}

/* So many joins are verified anew when a key becomes known, the newest ones. */
#define REVERIFIED_MAX 1024

static bool verify_joins(struct mpta_tracker *tracker, struct connection *connection)
{
    /* A join that turns out to be another connection's leaves this one. */
    size_t count = connection->subflow_count;
    for (size_t i = count > REVERIFIED_MAX ? count - REVERIFIED_MAX : 0;
         i < connection->subflow_count;) {
        struct subflow *subflow = connection->subflows[i];
        if (subflow->kind == SUBFLOW_JOIN && !claim_verify(tracker, subflow))
            return false;
        i += i < connection->subflow_count && connection->subflows[i] == subflow;
    }
    return true;
}

/* With both keys of a connection known, joins of others that have its tokens may prove to be its
 * own. */
static bool verify_contested(struct mpta_tracker *tracker, struct connection *connection)
{
    for (int side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
        struct identity_walk walk = identity_first(tracker, connection->identities[side].token);
        for (; walk.at; identity_next(&walk)) {
            struct connection *other = walk.at->connection;
            if (other != connection &&
                (!connection_wake(tracker, other) || !verify_joins(tracker, other)))
                return false;
        }
    }
    return true;
}

bool token_verify_all(struct mpta_tracker *tracker, struct connection *connection)
{
    if (!verify_joins(tracker, connection) || !address_verify_all(connection) ||
        !fastclose_verify(connection))
        return false;
    return !connection_has_keys(connection) || verify_contested(tracker, connection);
}

void token_forget_key(struct mpta_tracker *tracker, struct connection *connection,
                      enum mpta_side side)
{
    struct identity *identity = &connection->identities[side];
    if (identity->known)
        table_remove(&tracker->tokens, &identity->token_link);
    identity->known = false;
    stream_forget_idsn(&connection->streams[side]);
}

bool token_learn_key(struct mpta_tracker *tracker, struct connection *connection,
                     enum mpta_side side, uint64_t key, enum mpta_key_source source)
{
    struct identity *identity = &connection->identities[side];
    int version = connection->version == 0 ? 0 : 1;
    if (!table_reserve(&tracker->tokens))
        return false;
    identity->known = true;
    identity->key = key;
    mpta_key_derive(key, version, &identity->token, &identity->idsn);
    table_insert(&tracker->tokens, &identity->token_link, token_hash(tracker, identity->token));
    stream_set_idsn(&connection->streams[side], identity->idsn);
    if (connection->key_source != MPTA_KEY_HANDSHAKE)
        connection->key_source = source;
    note_rival(tracker, identity);
    return place_adopt_orphans(tracker, identity->token) && token_verify_all(tracker, connection);
}
