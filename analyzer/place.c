/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * From a subflow to its connection: a new one, the one that its token names, or for the time being
 * none. Where several connections have the token, address and liveness choose; joins that nothing
 * claims wait for a key to come.
 */
#include "analyzer/array.h"
#include "analyzer/seq.h"
#include "analyzer/token.h"

/* ---- Subflows without a connection ----------------------------------------------------------- */

/* Lets a join be found by its token, once that is known. */
static bool orphans_add(struct mpta_tracker *tracker, struct subflow *subflow)
{
    const struct joining *join = subflow_joining(subflow);
    if (!join->token_known || subflow->orphaned)
        return true;
    if (!table_reserve(&tracker->orphans))
        return false;
    table_insert(&tracker->orphans, &subflow->place_link, token_hash(tracker, join->token));
    subflow->orphaned = true;
    return true;
}

static void orphans_remove(struct mpta_tracker *tracker, struct subflow *subflow)
{
    if (subflow->orphaned)
        table_remove(&tracker->orphans, &subflow->place_link);
    subflow->orphaned = false;
}

static bool unlinked_add(struct mpta_tracker *tracker, struct subflow *subflow)
{
    struct subflow **unlinked =
        array_reserve(tracker->unlinked, tracker->unlinked_count, &tracker->unlinked_capacity,
                      sizeof(struct subflow *));
    if (!unlinked)
        return false;
    tracker->unlinked = unlinked;
    if (!orphans_add(tracker, subflow))
        return false;
    subflow->id = (uint32_t)tracker->unlinked_count;
    unlinked[tracker->unlinked_count++] = subflow;
    return true;
}

void place_forget_unlinked(struct mpta_tracker *tracker, struct subflow *subflow)
{
    orphans_remove(tracker, subflow);
    struct subflow *last = tracker->unlinked[--tracker->unlinked_count];
    tracker->unlinked[subflow->id] = last;
    last->id = subflow->id;
}

void place_keep_unlinked(struct mpta_tracker *tracker, struct subflow *subflow, size_t at)
{
    tracker->unlinked[at] = subflow;
    subflow->id = (uint32_t)at;
}

static bool is_unlinked(const struct mpta_tracker *tracker, const struct subflow *subflow)
{
    return subflow->id < tracker->unlinked_count && tracker->unlinked[subflow->id] == subflow;
}

static struct subflow *orphan_of(struct link *link, uint32_t token)
{
    for (; link; link = table_find_next(link)) {
        struct subflow *subflow =
            (struct subflow *)((char *)link - offsetof(struct subflow, place_link));
        if (subflow_joining(subflow)->token == token)
            return subflow;
    }
    return NULL;
}

/* ---- Connections and joins ------------------------------------------------------------------- */

size_t place_index(const struct mpta_tracker *tracker, uint32_t id)
{
    size_t low = 0, high = tracker->connection_count;
    if (id < high && tracker->connections[id]->id == id)
        return id; /* none before it was given up */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (tracker->connections[middle]->id < id)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < tracker->connection_count && tracker->connections[low]->id == id;
    return found ? low : tracker->connection_count;
}

struct connection *place_connection(const struct mpta_tracker *tracker, uint32_t id)
{
    size_t index = place_index(tracker, id);
    return index < tracker->connection_count ? tracker->connections[index] : NULL;
}

struct connection *place_new_connection(struct mpta_tracker *tracker, struct subflow *subflow)
{
    struct connection **connections =
        array_reserve(tracker->connections, tracker->connection_count,
                      &tracker->connection_capacity, sizeof(struct connection *));
    if (!connections)
        return NULL;
    tracker->connections = connections;
    struct connection *connection = connection_new(tracker->next_connection);
    if (!connection)
        return NULL;
    if (!connection_adopt(connection, subflow)) {
        connection_free(connection);
        return NULL;
    }
    connections[tracker->connection_count++] = connection;
    sleep_watch(tracker, connection);
    tracker->next_connection++;
    tracker->linked_count++;
    return connection;
}

/* How well an identity fits the receiver of a join; more is better. */
static int identity_fit(const struct identity *identity, const struct subflow *subflow)
{
    bool same_address =
        mpta_address_equal(identity_address(identity), &subflow->ends[RESPONDER].address);
    return 2 * same_address + !connection_closed(identity->connection);
}

/*
 * Captures may be in disorder, and clocks of several apart, but a join that came so long before a
 * connection is that of another one which had its token.
 */
#define JOIN_LEAD_MAX_NS INT64_C(60000000000)

static struct identity *identity_best(const struct mpta_tracker *tracker,
                                      const struct subflow *subflow)
{
    struct identity *best = NULL;
    struct identity_walk walk = identity_first(tracker, subflow_joining(subflow)->token);
    for (; walk.at; identity_next(&walk)) {
        if (token_lead_ns(walk.at->connection, subflow) <= JOIN_LEAD_MAX_NS &&
            (!best || identity_fit(walk.at, subflow) > identity_fit(best, subflow)))
            best = walk.at;
    }
    return best;
}

bool place_attach(struct mpta_tracker *tracker, struct subflow *subflow, struct identity *identity,
                  enum role owner)
{
    bool same = (owner == OPENER) == (identity_side(identity) == MPTA_CLIENT);
    if (is_unlinked(tracker, subflow))
        place_forget_unlinked(tracker, subflow);
    subflow->opened_by = same ? MPTA_CLIENT : MPTA_SERVER;
    if (!connection_wake(tracker, identity->connection) ||
        !connection_adopt(identity->connection, subflow))
        return false;
    tracker->linked_count++;
    return defer_replay(tracker, subflow);
}

/* So many connections, the newest, are asked whether a key of the user's is theirs. */
#define KEYLESS_MAX 1024

/*
 * The one connection that a key of the user's can belong to, because its handshake was not captured
 * and the receiver of this join is a host of it whose key is unknown; NULL where there is none, or
 * several, or where the user gave the keys of several connections.
 */
static struct identity *keyless_identity(const struct mpta_tracker *tracker,
                                         const struct subflow *subflow, int version)
{
    struct identity *found = NULL;
    size_t count = tracker->connection_count;
    for (size_t i = count > KEYLESS_MAX ? count - KEYLESS_MAX : 0; i < count; i++) {
        struct connection *connection = tracker->connections[i];
        for (int side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
            struct identity *identity = &connection->identities[side];
            if (connection->capable_seen || identity->known ||
                (connection->version >= 0 && connection->version != version) ||
                !mpta_address_equal(identity_address(identity), &subflow->ends[RESPONDER].address))
                continue;
            if (found)
                return NULL;
            found = identity;
        }
    }
    return tracker->keyring.count <= 2 ? found : NULL;
}

/* A join to a host whose key only the user told. */
static bool join_attach_by_user_key(struct mpta_tracker *tracker, struct subflow *subflow,
                                    const struct keyring_key *key, int version)
{
    struct identity *identity = keyless_identity(tracker, subflow, version);
    struct connection *connection = identity ? identity->connection : NULL;
    enum mpta_side side = identity ? identity_side(identity) : MPTA_SERVER;
    if (is_unlinked(tracker, subflow))
        place_forget_unlinked(tracker, subflow);
    if (identity && !place_attach(tracker, subflow, identity, RESPONDER))
        return false;
    if (!identity && !(connection = place_new_connection(tracker, subflow)))
        return false;
    connection->version = version;
    return token_learn_key(tracker, connection, side, key->key, MPTA_KEY_USER) &&
           defer_replay(tracker, subflow);
}

bool place_link_join(struct mpta_tracker *tracker, struct subflow *subflow)
{
    int version;
    struct identity *owner = identity_best(tracker, subflow);
    const struct keyring_key *key =
        owner ? NULL
              : keyring_by_token(&tracker->keyring, subflow_joining(subflow)->token, &version);
    if (owner)
        return place_attach(tracker, subflow, owner, RESPONDER);
    if (key)
        return join_attach_by_user_key(tracker, subflow, key, version);
    return is_unlinked(tracker, subflow) ? orphans_add(tracker, subflow)
                                         : unlinked_add(tracker, subflow);
}

bool place_adopt_orphans(struct mpta_tracker *tracker, uint32_t token)
{
    struct subflow *orphan;
    while ((orphan = orphan_of(table_find(&tracker->orphans, token_hash(tracker, token)), token))) {
        if (!place_link_join(tracker, orphan))
            return false;
        if (is_unlinked(tracker, orphan)) /* it came too early for whoever has the token now */
            orphans_remove(tracker, orphan);
    }
    return true;
}

/* ---- The two sides of a NAT ------------------------------------------------------------------ */

/* So many subflows of a connection are compared with a new one. */
#define TWINS_MAX 64

/* Two SYNs of a join with one token, one nonce and one ISN are one, before and behind a NAT; */
static bool is_twin(const struct subflow *a, const struct subflow *b)
{
    const struct half *x = &a->halves[OPENER], *y = &b->halves[OPENER];
    const struct joining *one = subflow_joining(a), *other = subflow_joining(b);
    return a != b && one->token_known && one->token == other->token && x->isn_known &&
           (uint32_t)x->isn == (uint32_t)y->isn && one->nonce_known[OPENER] &&
           one->nonce[OPENER] == other->nonce[OPENER] && x->address_id == y->address_id;
}

/* ... or one repeats the other. */
static bool is_repeated(const struct subflow *join, const struct subflow *syn)
{
    return join->repeats || join->aliases >= JOIN_ALIASES_MAX ||
           join_judge_repeat(join, syn) != JOIN_REPEAT_NONE;
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

/* Sets *twin; NULL: there is none. */
static bool find_twin(const struct mpta_tracker *tracker, const struct subflow *subflow,
                      struct subflow **twin)
{
    uint32_t token = subflow_joining(subflow)->token;
    struct identity_walk walk = identity_first(tracker, token);
    *twin = NULL;
    for (; walk.at && !*twin; identity_next(&walk)) {
        if (!connection_wake(tracker, walk.at->connection))
            return false;
        *twin = twin_in_connection(walk.at->connection, subflow);
    }
    struct subflow *orphan =
        orphan_of(table_find(&tracker->orphans, token_hash(tracker, token)), token);
    if (!*twin && orphan && is_twin(orphan, subflow))
        *twin = orphan;
    return true;
}

/* Puts a new subflow down as another view of one that is known, if it is one. */
static bool become_alias(struct mpta_tracker *tracker, struct subflow *subflow,
                         struct subflow *twin)
{
    if (!twin)
        return false;
    subflow->kind = SUBFLOW_ALIAS;
    subflow->same_as = twin;
    twin->aliases++;
    subflow_disown(subflow);
    subflow_own(subflow, &tracker->followers);
    return true;
}

/* Sets *alias. */
static bool join_find_alias(struct mpta_tracker *tracker, struct incoming *in, bool *alias)
{
    struct subflow *subflow = in->subflow, *twin;
    *alias = false;
    if ((in->segment->flags & (MPTA_TCP_SYN | MPTA_TCP_ACK)) != MPTA_TCP_SYN ||
        !subflow_joining(subflow)->token_known)
        return true;
    subflow->halves[OPENER].isn = seq_first(in->segment->seq);
    subflow->halves[OPENER].isn_known = true;
    if (!find_twin(tracker, subflow, &twin))
        return false;
    subflow->repeats = twin && is_repeated(twin, subflow);
    *alias = !subflow->repeats && become_alias(tracker, subflow, twin);
    subflow->halves[OPENER].isn_known = *alias;
    return true;
}

/* An initial subflow: a connection of its own, or another view of one. */
static bool place_initial(struct mpta_tracker *tracker, struct incoming *in)
{
    struct subflow *subflow = in->subflow, *twin;
    if (!twin_find(tracker, in, &twin))
        return false;
    if (!become_alias(tracker, subflow, twin))
        return place_new_connection(tracker, subflow) && twin_remember(tracker, in);
    subflow->halves[OPENER].isn = seq_first(in->segment->seq);
    subflow->halves[OPENER].isn_known = true;
    return true;
}

/* Where a flood of others keeps a join from its connection it waits until it is completed. */
static bool place_join(struct mpta_tracker *tracker, struct subflow *subflow)
{
    const struct identity *owner = identity_best(tracker, subflow);
    return !owner || half_open_may_link(owner->connection) ? place_link_join(tracker, subflow)
                                                           : unlinked_add(tracker, subflow);
}

bool place_subflow(struct mpta_tracker *tracker, struct incoming *in)
{
    struct subflow *subflow = in->subflow;
    const struct mpta_mptcp_option *join = options_find(in->options, MPTA_MP_JOIN);
    if (subflow->kind == SUBFLOW_JOIN) {
        bool alias;
        join_take(subflow, in->role, &join->join, in->packet, false);
        if (!join_find_alias(tracker, in, &alias) || alias)
            return alias;
        return subflow_joining(subflow)->token_known ? place_join(tracker, subflow)
                                                     : unlinked_add(tracker, subflow);
    }
    if (options_find(in->options, MPTA_MP_CAPABLE))
        return place_initial(tracker, in);
    return userkey_place(tracker, in);
}
