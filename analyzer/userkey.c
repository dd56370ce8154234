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

/* The user's keys that a DSS speaks of, by the role of their owner: the DSN its sender's, the
 * DATA_ACK the other's. */
struct dss_keys {
    const struct keyring_key *of[2]; /* NULL: none */
    int version;
};

/* False if it speaks of none. */
static bool keys_of_dss(const struct mpta_tracker *tracker, const struct incoming *in,
                        struct dss_keys *keys)
{
    const struct mpta_mptcp_option *option = options_find(in->options, MPTA_DSS);
    const struct keyring_key *key = NULL;
    int version;
    *keys = (struct dss_keys){0};
    if (!option || tracker->keyring.count == 0)
        return false;
    const struct mpta_dss *dss = &option->dss;
    if (dss->has_map && dss->dsn_is_64 && dss->dsn)
        keys->of[in->role] = keyring_by_dsn(&tracker->keyring, dss->dsn, &keys->version);
    if (dss->has_ack && dss->ack_is_64)
        key = keyring_by_dsn(&tracker->keyring, dss->data_ack, &version);
    if (key && (!keys->of[in->role] || version == keys->version)) {
        keys->of[role_other(in->role)] = key;
        keys->version = version;
    }
    return keys->of[OPENER] || keys->of[RESPONDER];
}

bool userkey_try(struct mpta_tracker *tracker, struct incoming *in)
{
    struct connection *connection = in->subflow->connection;
    struct dss_keys keys;
    if (connection_has_keys(connection) || !keys_of_dss(tracker, in, &keys) ||
        (connection->version >= 0 && connection->version != keys.version))
        return true;
    for (int role = OPENER; role <= RESPONDER; role++) {
        const struct keyring_key *key = keys.of[role];
        enum mpta_side side = subflow_side(in->subflow, (enum role)role);
        if (!key || connection->identities[side].known ||
            identity_by_key(tracker, key->key, key->tokens[keys.version]))
            continue;
        connection->version = keys.version;
        if (!token_learn_key(tracker, connection, side, key->key, MPTA_KEY_USER))
            return false;
    }
    return true;
}

/* The identity that the user's keys show one end of a flow to be, and which end; NULL if none. */
static struct identity *identity_of_flow(const struct mpta_tracker *tracker,
                                         const struct incoming *in, enum role *owner)
{
    struct dss_keys keys;
    struct identity *identity = NULL;
    if (!keys_of_dss(tracker, in, &keys))
        return NULL;
    for (int role = OPENER; role <= RESPONDER && !identity; role++) {
        const struct keyring_key *key = keys.of[role];
        *owner = (enum role)role;
        if (key)
            identity = identity_by_key(tracker, key->key, key->tokens[keys.version]);
    }
    return identity;
}

bool userkey_place(struct mpta_tracker *tracker, struct incoming *in)
{
    enum role owner;
    struct identity *identity = identity_of_flow(tracker, in, &owner);
    if (!identity)
        return place_new_connection(tracker, in->subflow) != NULL;
    if (connection_initial(identity->connection) && !subflow_make_join(in->subflow))
        return false;
    return place_attach(tracker, in->subflow, identity, owner);
}

bool userkey_link(struct mpta_tracker *tracker, struct incoming *in)
{
    enum role owner;
    struct identity *identity = identity_of_flow(tracker, in, &owner);
    return !identity || (place_attach(tracker, in->subflow, identity, owner) &&
                         claim_verify(tracker, in->subflow));
}
