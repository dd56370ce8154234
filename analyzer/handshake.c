/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the handshakes say: MP_CAPABLE exchanges keys and agrees on a version (RFC 8684 section 3.1,
 * RFC 6824 section 3.1), MP_JOIN ties a subflow to a connection (section 3.2).
 */
#include "analyzer/fast_open.h"
#include "analyzer/seq.h"
#include "analyzer/tracker.h"

/* ---- MP_CAPABLE ----------------------------------------------------------------------------- */

/* RFC 8684 section 3.1: without an algorithm that both know there is no MPTCP. */
static bool report_algorithm(const struct incoming *in, const struct mpta_mp_capable *capable)
{
    struct occurrence missing = occurrence_in(FINDING_ALGORITHM_MISSING, in);
    missing.variant = in->role;
    return capable->flags & MPTA_CAPABLE_H ||
           finding_add(&in->subflow->connection->findings, &missing,
                       "MP_CAPABLE in the %s names no cryptographic algorithm (flag H)",
                       in->role == OPENER ? "SYN" : "SYN/ACK");
}

static bool capable_take_flags(struct incoming *in, enum mpta_side side,
                               const struct mpta_mp_capable *capable)
{
    struct connection *connection = in->subflow->connection;
    connection->capable_seen = true;
    connection->capable_flags[side] |= capable->flags;
    if (!(in->segment->flags & MPTA_TCP_SYN))
        return true;
    connection->offered[side] = true;
    connection->offered_flags[side] = capable->flags;
    return report_algorithm(in, capable);
}

/* The address ID of both ends of the initial subflow is zero, RFC 8684 section 3.2. */
static void capable_take_ends(struct subflow *subflow)
{
    for (int role = OPENER; role <= RESPONDER; role++) {
        subflow->halves[role].address_id_known = true;
        subflow->halves[role].address_id = 0;
    }
}

/* Tokens and IDSNs follow from key and version, so a new version makes them void. */
static void capable_set_version(struct mpta_tracker *tracker, struct connection *connection,
                                int version)
{
    if (connection->version == version)
        return;
    token_forget_key(tracker, connection, MPTA_CLIENT);
    token_forget_key(tracker, connection, MPTA_SERVER);
    connection->version = version;
}

/* The client's key: in version 0 already in the SYN, in version 1 from its ACK on. */
static bool capable_take_client_key(struct mpta_tracker *tracker, struct incoming *in,
                                    const struct mpta_mp_capable *capable)
{
    struct connection *connection = in->subflow->connection;
    const struct identity *client = &connection->identities[MPTA_CLIENT];
    if (!capable->has_sender_key)
        return true;
    if (!client->known)
        return token_learn_key(tracker, connection, MPTA_CLIENT, capable->sender_key,
                               MPTA_KEY_HANDSHAKE);
    if (client->key == capable->sender_key)
        return true;
    const struct occurrence change = occurrence_in(FINDING_KEY_CHANGED, in);
    return finding_add_as(&connection->findings, in->gapless ? MPTA_ERROR : MPTA_WARNING, &change,
                          "the client repeats its handshake with another key");
}

/*
 * The server's key in its SYN/ACK. A server with SYN cookies keeps nothing, and may answer a
 * repeated SYN with another key: then the client's echo decides.
 */
static bool capable_take_server_key(struct mpta_tracker *tracker, struct incoming *in,
                                    const struct mpta_mp_capable *capable)
{
    struct connection *connection = in->subflow->connection;
    struct identity *server = &connection->identities[MPTA_SERVER];
    if (!capable->has_sender_key)
        return true;
    if (!server->known)
        return token_learn_key(tracker, connection, MPTA_SERVER, capable->sender_key,
                               MPTA_KEY_HANDSHAKE);
    if (server->key == capable->sender_key)
        return true;
    server->has_alternative = true;
    server->alternative = capable->sender_key;
    const struct occurrence change = occurrence_in(FINDING_KEY_CHANGED, in);
    return finding_add_as(&connection->findings, MPTA_NOTE, &change,
                          "the SYN/ACK was repeated with another key: SYN cookies, or tampering");
}

/* A key may be replaced so often; more changes are an attack. */
#define KEY_CHANGES_MAX 4

/*
 * One client has one key of the server: where the two packets that echo it differ, one of them was
 * changed on its way, whatever the capture misses.
 */
static bool is_another_echo(const struct connection *connection,
                            const struct mpta_mp_capable *capable)
{
    const struct identity *client = &connection->identities[MPTA_CLIENT];
    const struct identity *server = &connection->identities[MPTA_SERVER];
    return server->echoed && server->known && server->key != capable->receiver_key &&
           client->known && client->key == capable->sender_key;
}

static bool report_echo(const struct incoming *in, bool another)
{
    struct occurrence mismatch = occurrence_in(FINDING_KEY_ECHO_MISMATCH, in);
    mismatch.variant = another;
    return finding_add_as(&in->subflow->connection->findings, another ? MPTA_ERROR : MPTA_WARNING,
                          &mismatch, "the client echoes another key than %s",
                          another ? "it did before: one of them was changed on the way"
                                  : "the SYN/ACK carried: tampering, or a second SYN/ACK that was "
                                    "not captured");
}

/*
 * The server's key as the client echoes it. Where it is another than the SYN/ACK's, the client may
 * have had another SYN/ACK, which was not captured: with SYN cookies even under the same ISN. So
 * the echo counts, and to be wrong is no more than a suspicion.
 */
static bool capable_take_echo(struct mpta_tracker *tracker, struct incoming *in,
                              const struct mpta_mp_capable *capable)
{
    struct connection *connection = in->subflow->connection;
    struct identity *server = &connection->identities[MPTA_SERVER];
    if (!capable->has_receiver_key)
        return true;
    bool confirmed = !server->echoed, another = is_another_echo(connection, capable);
    server->echoed = true;
    if (server->known && server->key == capable->receiver_key)
        return !confirmed || token_verify_all(tracker, connection);
    bool expected =
        !server->known || (server->has_alternative && server->alternative == capable->receiver_key);
    if (server->changes < KEY_CHANGES_MAX) {
        server->changes += server->known;
        token_forget_key(tracker, connection, MPTA_SERVER);
        if (!token_learn_key(tracker, connection, MPTA_SERVER, capable->receiver_key,
                             MPTA_KEY_HANDSHAKE))
            return false;
    }
    return (expected && !another) || report_echo(in, another);
}

static bool capable_take_from_client(struct mpta_tracker *tracker, struct incoming *in,
                                     const struct mpta_mp_capable *capable)
{
    struct connection *connection = in->subflow->connection;
    bool syn = in->segment->flags & MPTA_TCP_SYN;
    /* In version 1 a SYN carries no key, so one of 12 octets is no form of it. */
    if (syn && (capable->has_receiver_key || (capable->version > 0 && capable->has_sender_key)))
        return true;
    if (!syn && !capable->has_receiver_key)
        return true;
    if (!syn || connection->version < 0)
        capable_set_version(tracker, connection, capable->version);
    return capable_take_flags(in, MPTA_CLIENT, capable) &&
           capable_take_client_key(tracker, in, capable) && capable_take_echo(tracker, in, capable);
}

static bool capable_take_from_server(struct mpta_tracker *tracker, struct incoming *in,
                                     const struct mpta_mp_capable *capable)
{
    struct connection *connection = in->subflow->connection;
    if (!(in->segment->flags & MPTA_TCP_SYN))
        return true;
    if (connection->version < 0)
        connection->version = capable->version;
    if (!capable_take_flags(in, MPTA_SERVER, capable))
        return false;
    /* Another version than was offered: the key means something only once the client agrees. */
    if (connection->version != capable->version)
        return true;
    return capable_take_server_key(tracker, in, capable);
}

static bool capable_take(struct mpta_tracker *tracker, struct incoming *in,
                         const struct mpta_mp_capable *capable)
{
    if (in->subflow->kind != SUBFLOW_INITIAL)
        return true;
    if (capable->version > 1) {
        /* Such versions exist nowhere yet: nothing is known of their keys. */
        in->subflow->connection->capable_seen = true;
        return true;
    }
    capable_take_ends(in->subflow);
    return in->role == OPENER ? capable_take_from_client(tracker, in, capable)
                              : capable_take_from_server(tracker, in, capable);
}

/* ---- MP_JOIN -------------------------------------------------------------------------------- */

static void learn_ssn_base(struct half *half, uint32_t first)
{
    if (half->ssn_base_known || !half->seq_known)
        return;
    fast_open_tell(half, seq_extend(first, half->next) - 1);
}

/*
 * Nobody sends data on a join before its handshake is over, RFC 8684 section 3.2: so its later
 * packets tell where SSN 1 lies, also where the earlier ones were not captured.
 */
static bool join_learn_ssn_bases(struct mpta_tracker *tracker, struct incoming *in,
                                 const struct mpta_mp_join *join)
{
    struct subflow *subflow = in->subflow;
    bool ack = join->form == MPTA_JOIN_ACK && in->role == OPENER;
    if (in->segment->payload_len > 0 || !(in->segment->flags & MPTA_TCP_ACK))
        return true;
    if (ack)
        learn_ssn_base(&subflow->halves[OPENER], in->segment->seq);
    if (ack || (join->form == MPTA_JOIN_SYN_ACK && in->role == RESPONDER))
        learn_ssn_base(&subflow->halves[role_other(in->role)], in->segment->ack);
    return !subflow->connection || defer_replay(tracker, subflow);
}

static bool join_take_option(struct mpta_tracker *tracker, struct incoming *in,
                             const struct mpta_mp_join *join)
{
    struct subflow *subflow = in->subflow;
    bool had_token = subflow_joining(subflow)->token_known;
    if (subflow->kind != SUBFLOW_JOIN)
        return true;
    join_take(subflow, in->role, join, in->packet, in->copy == DEDUP_CHANGED);
    if (!join_learn_ssn_bases(tracker, in, join) ||
        (!had_token && subflow_joining(subflow)->token_known && !subflow->connection &&
         !place_link_join(tracker, subflow)))
        return false;
    return claim_verify(tracker, subflow);
}

bool handshake_take(struct mpta_tracker *tracker, struct incoming *in)
{
    const struct mpta_mptcp_option *capable = options_find(in->options, MPTA_MP_CAPABLE);
    const struct mpta_mptcp_option *join = options_find(in->options, MPTA_MP_JOIN);
    if (capable && in->subflow->connection && !capable_take(tracker, in, &capable->capable))
        return false;
    if (join && !join_take_option(tracker, in, &join->join))
        return false;
    if (in->subflow->kind == SUBFLOW_JOIN && in->options->count == 0 && !in->options->cut)
        join_take_without(in->subflow, in->role, in->packet);
    return true;
}
