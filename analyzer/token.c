/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * From a subflow to its connection. A token names the key of the host that receives the SYN of a
 * join (RFC 8684 section 3.2), but it has only 32 bits: several connections may share one, and then
 * address, liveness and finally the HMAC decide. Joins that nothing claims wait for a key to come.
 */
#include "analyzer/array.h"
#include "analyzer/seq.h"
#include "analyzer/siphash.h"
#include "analyzer/tracker.h"

/* So many connections are asked whether a join with a wrong HMAC may be theirs. */
#define CONTESTANTS_MAX 4096

static uint64_t token_hash(const struct mpta_tracker *tracker, uint32_t token)
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

static struct identity *identity_first(const struct mpta_tracker *tracker, uint32_t token)
{
    return identity_of(table_find(&tracker->tokens, token_hash(tracker, token)), token);
}

static struct identity *identity_next(struct identity *identity)
{
    return identity_of(table_find_next(&identity->token_link), identity->token);
}

static enum mpta_side identity_side(const struct identity *identity)
{
    return identity == &identity->connection->identities[MPTA_CLIENT] ? MPTA_CLIENT : MPTA_SERVER;
}

/* The address that the owner of an identity has on the first subflow. */
static const struct mpta_address *identity_address(const struct identity *identity)
{
    const struct subflow *first = identity->connection->subflows[0];
    return &first->halves[subflow_role(first, identity_side(identity))].address;
}

/* ---- Subflows with and without a connection ---------------------------------------------------
 */

/* Lets a join be found by its token, once that is known. */
static bool orphans_add(struct mpta_tracker *tracker, struct subflow *subflow)
{
    if (!subflow->token_known || subflow->orphaned)
        return true;
    if (!table_reserve(&tracker->orphans))
        return false;
    table_insert(&tracker->orphans, &subflow->orphan_link, token_hash(tracker, subflow->token));
    subflow->orphaned = true;
    return true;
}

static bool unlinked_add(struct mpta_tracker *tracker, struct subflow *subflow)
{
    struct subflow **unlinked =
        array_reserve(tracker->unlinked, tracker->unlinked_count, &tracker->unlinked_capacity,
                      sizeof(struct subflow *));
    if (!unlinked)
        return false;
    tracker->unlinked = unlinked;
    if (subflow->token_known) {
        if (!table_reserve(&tracker->orphans))
            return false;
        table_insert(&tracker->orphans, &subflow->orphan_link, token_hash(tracker, subflow->token));
        subflow->orphaned = true;
    }
    subflow->id = (uint32_t)tracker->unlinked_count;
    unlinked[tracker->unlinked_count++] = subflow;
    return true;
}

static void unlinked_remove(struct mpta_tracker *tracker, struct subflow *subflow)
{
    if (subflow->orphaned)
        table_remove(&tracker->orphans, &subflow->orphan_link);
    subflow->orphaned = false;
    struct subflow *last = tracker->unlinked[--tracker->unlinked_count];
    tracker->unlinked[subflow->id] = last;
    last->id = subflow->id;
}

static bool is_unlinked(const struct mpta_tracker *tracker, const struct subflow *subflow)
{
    return subflow->id < tracker->unlinked_count && tracker->unlinked[subflow->id] == subflow;
}

struct connection *token_new_connection(struct mpta_tracker *tracker, struct subflow *subflow)
{
    struct connection **connections =
        array_reserve(tracker->connections, tracker->connection_count,
                      &tracker->connection_capacity, sizeof(struct connection *));
    if (!connections)
        return NULL;
    tracker->connections = connections;
    struct connection *connection = connection_new((uint32_t)tracker->connection_count);
    if (!connection)
        return NULL;
    if (!connection_adopt(connection, subflow)) {
        connection_free(connection);
        return NULL;
    }
    connections[tracker->connection_count++] = connection;
    tracker->linked_count++;
    return connection;
}

/* ---- Joins ---------------------------------------------------------------------------------- */

/* How well an identity fits the receiver of a join; more is better. */
static int identity_fit(const struct identity *identity, const struct subflow *subflow)
{
    bool same_address =
        mpta_address_equal(identity_address(identity), &subflow->halves[RESPONDER].address);
    return 2 * same_address + !connection_closed(identity->connection);
}

static struct identity *identity_best(const struct mpta_tracker *tracker,
                                      const struct subflow *subflow)
{
    struct identity *best = NULL;
    struct identity *identity = identity_first(tracker, subflow->token);
    for (; identity; identity = identity_next(identity)) {
        if (!best || identity_fit(identity, subflow) > identity_fit(best, subflow))
            best = identity;
    }
    return best;
}

/* The receiver of the join's SYN is the host that this identity belongs to. */
static bool join_attach(struct mpta_tracker *tracker, struct subflow *subflow,
                        struct identity *owner)
{
    if (!connection_adopt(owner->connection, subflow))
        return false;
    subflow->opened_by = identity_side(owner) == MPTA_CLIENT ? MPTA_SERVER : MPTA_CLIENT;
    tracker->linked_count++;
    return data_replay(tracker, subflow);
}

/* A join to a host whose key only the user told: the first that is seen of that connection. */
static bool join_attach_by_user_key(struct mpta_tracker *tracker, struct subflow *subflow,
                                    const struct keyring_key *key, int version)
{
    struct connection *connection = token_new_connection(tracker, subflow);
    if (!connection)
        return false;
    connection->version = version;
    return token_learn_key(tracker, connection, MPTA_SERVER, key->key, MPTA_KEY_USER) &&
           data_replay(tracker, subflow);
}

bool token_link_join(struct mpta_tracker *tracker, struct subflow *subflow)
{
    int version;
    bool waiting = is_unlinked(tracker, subflow);
    struct identity *owner = identity_best(tracker, subflow);
    const struct keyring_key *key =
        owner ? NULL : keyring_by_token(&tracker->keyring, subflow->token, &version);
    if (!owner && !key)
        return waiting ? orphans_add(tracker, subflow) : unlinked_add(tracker, subflow);
    if (waiting)
        unlinked_remove(tracker, subflow);
    return owner ? join_attach(tracker, subflow, owner)
                 : join_attach_by_user_key(tracker, subflow, key, version);
}

/* A connection of the host that receives this join, whose token there is not known. */
static bool may_own_token(const struct connection *connection, const struct subflow *subflow)
{
    const struct mpta_address *receiver = &subflow->halves[RESPONDER].address;
    const struct subflow *first = connection->subflows[0];
    for (int side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
        const struct half *half = &first->halves[subflow_role(first, (enum mpta_side)side)];
        if (!connection->identities[side].known && mpta_address_equal(&half->address, receiver))
            return true;
    }
    return false;
}

/*
 * The join may be another connection's: one with its token that lacks the other key, or one whose
 * handshake was not captured.
 */
static bool join_is_contested(const struct mpta_tracker *tracker, const struct subflow *subflow)
{
    struct identity *identity =
        subflow->token_known ? identity_first(tracker, subflow->token) : NULL;
    for (; identity; identity = identity_next(identity)) {
        if (identity->connection != subflow->connection &&
            !connection_has_keys(identity->connection))
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
    join_verify(subflow, subflow->connection);
    /* One right HMAC proves the keys, and with them that the other one is wrong. */
    bool proven = subflow->syn_ack_verdict == MPTA_VALID || subflow->ack_verdict == MPTA_VALID;
    bool wrong = subflow->syn_ack_verdict == MPTA_INVALID || subflow->ack_verdict == MPTA_INVALID;
    if (wrong && !proven && join_is_contested(tracker, subflow)) {
        subflow->syn_ack_verdict = subflow->syn_ack_joined ? MPTA_UNVERIFIABLE : MPTA_ABSENT;
        subflow->ack_verdict = subflow->ack_joined ? MPTA_UNVERIFIABLE : MPTA_ABSENT;
    }
    subflow_update(subflow);
}

static bool identity_proven(const struct identity *identity, const struct subflow *subflow)
{
    const struct connection *connection = identity->connection;
    enum mpta_side owner = identity_side(identity);
    return connection_has_keys(connection) &&
           join_try_keys(subflow, connection->version == 0 ? 0 : 1,
                         connection->identities[!owner].key,
                         connection->identities[owner].key) == MPTA_VALID;
}

/* Moves a join to the connection that its SYN/ACK proves to be its own, if it is another. */
static bool join_move_if_proven(struct mpta_tracker *tracker, struct subflow *subflow)
{
    struct identity *identity = identity_first(tracker, subflow->token);
    while (identity && !identity_proven(identity, subflow))
        identity = identity_next(identity);
    if (!identity || identity->connection == subflow->connection ||
        subflow->connection->subflow_count < 2)
        return true;
    struct connection *before = subflow->connection;
    if (!connection_adopt(identity->connection, subflow))
        return false;
    connection_disown(before, subflow);
    subflow->opened_by = identity_side(identity) == MPTA_CLIENT ? MPTA_SERVER : MPTA_CLIENT;
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
        if (join_try_keys(subflow, connection->version == 0 ? 0 : 1, keys[OPENER],
                          keys[RESPONDER]) == MPTA_VALID)
            return token_learn_key(tracker, connection, !known, tracker->keyring.keys[i].key,
                                   MPTA_KEY_USER);
    }
    return true;
}

bool token_verify_join(struct mpta_tracker *tracker, struct subflow *subflow)
{
    if (subflow->connection && subflow->token_known && subflow->syn_ack_joined &&
        subflow->syn_ack_verdict != MPTA_VALID) {
        if (!join_move_if_proven(tracker, subflow) || !join_find_peer_key(tracker, subflow))
            return false;
    }
    join_reverify(tracker, subflow);
    return true;
}

/* ---- Keys ----------------------------------------------------------------------------------- */

static bool report_collision(struct identity *identity)
{
    struct identity *other = identity_next(identity);
    for (; other; other = identity_next(other)) {
        if (other->key != identity->key && !connection_closed(other->connection) &&
            mpta_address_equal(identity_address(other), identity_address(identity)))
            return finding_add(&identity->connection->findings, FINDING_TOKEN_COLLISION, NULL,
                               &identity->connection->subflows[0]->first,
                               "connection %u has the same token 0x%08x: joins may go to either",
                               other->connection->id, identity->token);
    }
    return true;
}

static struct subflow *orphan_of(struct link *link, uint32_t token)
{
    for (; link; link = table_find_next(link)) {
        struct subflow *subflow =
            (struct subflow *)((char *)link - offsetof(struct subflow, orphan_link));
        if (subflow->token == token)
            return subflow;
    }
    return NULL;
}

static bool adopt_orphans(struct mpta_tracker *tracker, uint32_t token)
{
    struct subflow *orphan;
    while ((orphan = orphan_of(table_find(&tracker->orphans, token_hash(tracker, token)), token))) {
        if (!token_link_join(tracker, orphan))
            return false;
    }
    return true;
}

static bool verify_joins(struct mpta_tracker *tracker, struct connection *connection)
{
    /* A join that turns out to be another connection's leaves this one. */
    for (size_t i = 0; i < connection->subflow_count;) {
        struct subflow *subflow = connection->subflows[i];
        if (subflow->kind == SUBFLOW_JOIN && !token_verify_join(tracker, subflow))
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
        struct identity *identity = identity_first(tracker, connection->identities[side].token);
        for (; identity; identity = identity_next(identity)) {
            if (identity->connection != connection && !verify_joins(tracker, identity->connection))
                return false;
        }
    }
    return true;
}

/* Everything of a connection that rests on its keys is verified anew. */
static bool verify_all(struct mpta_tracker *tracker, struct connection *connection)
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
    identity->token = mpta_key_token(key, version);
    identity->idsn = mpta_key_idsn(key, version);
    table_insert(&tracker->tokens, &identity->token_link, token_hash(tracker, identity->token));
    stream_set_idsn(&connection->streams[side], identity->idsn);
    if (connection->key_source != MPTA_KEY_HANDSHAKE)
        connection->key_source = source;
    return report_collision(identity) && adopt_orphans(tracker, identity->token) &&
           verify_all(tracker, connection);
}

/* ---- Keys given by the user ---------------------------------------------------------------------
 */

/* A connection that has this key, whoever told it. */
static struct identity *identity_by_key(const struct mpta_tracker *tracker, uint64_t key,
                                        uint32_t token)
{
    struct identity *identity = identity_first(tracker, token);
    while (identity && identity->key != key)
        identity = identity_next(identity);
    return identity;
}

/* The user's key that a DSS speaks of, and whose it is: the DSN its sender's, the DATA_ACK the
 * other's. */
static const struct keyring_key *key_of_dss(const struct mpta_tracker *tracker,
                                            const struct incoming *in, int *version,
                                            enum role *owner)
{
    const struct mpta_mptcp_option *option = options_find(in->options, MPTA_DSS);
    const struct keyring_key *key = NULL;
    if (!option || tracker->keyring.count == 0)
        return NULL;
    const struct mpta_dss *dss = &option->dss;
    *owner = in->role;
    if (dss->has_map && dss->dsn_is_64 && dss->dsn)
        key = keyring_by_dsn(&tracker->keyring, dss->dsn, version);
    if (!key && dss->has_ack && dss->ack_is_64) {
        *owner = role_other(in->role);
        key = keyring_by_dsn(&tracker->keyring, dss->data_ack, version);
    }
    return key;
}

bool token_try_user_keys(struct mpta_tracker *tracker, struct incoming *in)
{
    struct connection *connection = in->subflow->connection;
    int version;
    enum role owner;
    const struct keyring_key *key = key_of_dss(tracker, in, &version, &owner);
    if (!key || (connection->version >= 0 && connection->version != version))
        return true;
    enum mpta_side side = subflow_side(in->subflow, owner);
    if (connection->identities[side].known ||
        identity_by_key(tracker, key->key, key->tokens[version]))
        return true;
    connection->version = version;
    return token_learn_key(tracker, connection, side, key->key, MPTA_KEY_USER);
}

/* A flow in mid-stream that the user's keys show to be another subflow of a connection known so. */
static struct identity *identity_of_midstream(const struct mpta_tracker *tracker,
                                              const struct incoming *in, enum role *owner)
{
    int version;
    const struct keyring_key *key = key_of_dss(tracker, in, &version, owner);
    return key ? identity_by_key(tracker, key->key, key->tokens[version]) : NULL;
}

static bool place_midstream(struct mpta_tracker *tracker, struct incoming *in)
{
    enum role owner;
    struct identity *identity = identity_of_midstream(tracker, in, &owner);
    if (!identity)
        return token_new_connection(tracker, in->subflow) != NULL;
    bool has_initial = connection_has_initial(identity->connection);
    if (!connection_adopt(identity->connection, in->subflow))
        return false;
    if (has_initial)
        in->subflow->kind = SUBFLOW_JOIN;
    in->subflow->opened_by = MPTA_CLIENT;
    if (subflow_side(in->subflow, owner) != identity_side(identity))
        in->subflow->opened_by = MPTA_SERVER;
    tracker->linked_count++;
    return true;
}

/* ---- The two sides of a NAT ------------------------------------------------------------------ */

/* So many subflows of a connection are compared with a new one. */
#define TWINS_MAX 64

/* Two SYNs of a join with one token, one nonce and one ISN are one, before and behind a NAT. */
static bool is_twin(const struct subflow *a, const struct subflow *b)
{
    const struct half *x = &a->halves[OPENER], *y = &b->halves[OPENER];
    return a != b && a->token_known && a->token == b->token && x->isn_known &&
           (uint32_t)x->isn == (uint32_t)y->isn && x->nonce_known && x->nonce == y->nonce &&
           x->address_id == y->address_id;
}

static struct subflow *twin_in_connection(const struct connection *connection,
                                          const struct subflow *subflow)
{
    size_t count = connection->subflow_count;
    for (size_t i = count > TWINS_MAX ? count - TWINS_MAX : 0; i < count; i++) {
        if (is_twin(connection->subflows[i], subflow))
            return connection->subflows[i];
    }
    return NULL;
}

static struct subflow *find_twin(const struct mpta_tracker *tracker, const struct subflow *subflow)
{
    struct identity *identity = identity_first(tracker, subflow->token);
    struct subflow *twin = NULL;
    for (; identity && !twin; identity = identity_next(identity))
        twin = twin_in_connection(identity->connection, subflow);
    struct subflow *orphan = orphan_of(
        table_find(&tracker->orphans, token_hash(tracker, subflow->token)), subflow->token);
    if (!twin && orphan && is_twin(orphan, subflow))
        twin = orphan;
    return twin;
}

/* Puts a new join down as another view of one that is known; false if it is none. */
static bool join_is_alias(const struct mpta_tracker *tracker, struct incoming *in)
{
    struct subflow *subflow = in->subflow;
    if ((in->segment->flags & (MPTA_TCP_SYN | MPTA_TCP_ACK)) != MPTA_TCP_SYN ||
        !subflow->token_known)
        return false;
    subflow->halves[OPENER].isn = seq_first(in->segment->seq);
    subflow->halves[OPENER].isn_known = true;
    subflow->same_as = find_twin(tracker, subflow);
    if (subflow->same_as)
        subflow->kind = SUBFLOW_ALIAS;
    else
        subflow->halves[OPENER].isn_known = false;
    return subflow->same_as != NULL;
}

bool token_place_subflow(struct mpta_tracker *tracker, struct incoming *in)
{
    struct subflow *subflow = in->subflow;
    const struct mpta_mptcp_option *join = options_find(in->options, MPTA_MP_JOIN);
    if (subflow->kind == SUBFLOW_JOIN) {
        join_take(subflow, in->role, &join->join, in->packet);
        if (join_is_alias(tracker, in))
            return true;
        return subflow->token_known ? token_link_join(tracker, subflow)
                                    : unlinked_add(tracker, subflow);
    }
    if (options_find(in->options, MPTA_MP_CAPABLE))
        return token_new_connection(tracker, subflow) != NULL;
    return place_midstream(tracker, in);
}
