/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Keys that the user gave, put to use: a connection whose handshake was not captured is known by
 * the 64-bit data sequence numbers that lie a little above a key's IDSN.
 */
#include "analyzer/token.h"

/* A connection that has this key, whoever told it. */
static struct identity *identity_by_key(const struct mpta_tracker *tracker, uint64_t key,
                                        uint32_t token)
{
    struct identity_walk walk = identity_first(tracker, token);
    while (walk.at && walk.at->key != key)
        identity_next(&walk);
    return walk.at;
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

bool userkey_try(struct mpta_tracker *tracker, struct incoming *in)
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

bool userkey_place(struct mpta_tracker *tracker, struct incoming *in)
{
    enum role owner;
    struct identity *identity = identity_of_midstream(tracker, in, &owner);
    if (!identity)
        return place_new_connection(tracker, in->subflow) != NULL;
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
