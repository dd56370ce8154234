/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Connections and subflows as they begin: keys, addresses, the handshakes of MP_CAPABLE and
 * MP_JOIN (RFC 8684 and RFC 6824, sections 3.1 and 3.2).
 */
#include "tests/forge/forge.h"

#include <assert.h>
#include <string.h>

#include "tests/lab/random.h"

enum { SERVER_PORT = 5001, FIRST_CLIENT_PORT = 40001 };

enum mpta_side forge_peer_of(enum mpta_side side)
{
    return side == MPTA_CLIENT ? MPTA_SERVER : MPTA_CLIENT;
}

/* ---- Hosts ---------------------------------------------------------------------------------- */

struct forge_host *forge_host_of(const struct forge_subflow *subflow, enum mpta_side side)
{
    return &subflow->connection->hosts[side];
}

uint64_t forge_dsn(const struct forge_subflow *subflow, enum mpta_side side, uint64_t offset)
{
    return forge_host_of(subflow, side)->idsn + 1 + offset + subflow->connection->forge->dsn_shift;
}

void forge_set_key(struct forge_connection *connection, enum mpta_side side, uint64_t key)
{
    struct forge_host *host = &connection->hosts[side];
    host->key = key;
    host->token = mpta_key_token(key, connection->version);
    host->idsn = mpta_key_idsn(key, connection->version);
}

struct forge_connection forge_connection(struct forge *forge, int version)
{
    struct forge_connection connection = {.forge = forge, .version = version};
    for (enum mpta_side side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
        forge_set_key(&connection, side, forge_random(forge));
        connection.hosts[side].flags = MPTA_CAPABLE_H;
        connection.hosts[side].stream_seed = forge_random(forge);
    }
    return connection;
}

/* Each run of eight octets comes from its own place in the generator's sequence. */
void forge_stream(const struct forge_host *host, uint64_t offset, uint8_t *octets, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        uint64_t state = host->stream_seed ^ ((offset + i) / 8);
        octets[i] = (uint8_t)(random_next(&state) >> (offset + i) % 8 * 8);
    }
}

/* ---- Subflows ------------------------------------------------------------------------------- */

static struct forge_end end_new(struct forge *forge, const char *address, uint16_t port)
{
    struct forge_end end = {
        .address = forge_address(address),
        .port = port,
        .nonce = forge_random32(forge),
        .isn = forge_random32(forge),
        .ts_base = forge_random32(forge),
    };
    end.next = end.ssn_zero = end.isn;
    return end;
}

struct forge_subflow forge_subflow(struct forge_connection *connection, const char *client,
                                   const char *server)
{
    struct forge *forge = connection->forge;
    uint16_t client_port = (uint16_t)(FIRST_CLIENT_PORT + forge->ports++);
    return (struct forge_subflow){
        .connection = connection,
        .ends = {end_new(forge, client, client_port), end_new(forge, server, SERVER_PORT)},
        .rtt_ns = 18 * FORGE_MS,
        .last_sender = MPTA_SERVER,
    };
}

struct forge_subflow forge_additional(struct forge_connection *connection, uint8_t address_id,
                                      const char *client, const char *server)
{
    struct forge_subflow subflow = forge_subflow(connection, client, server);
    subflow.join = true;
    subflow.rtt_ns = 45 * FORGE_MS;
    subflow.ends[MPTA_CLIENT].address_id = address_id;
    return subflow;
}

struct forge_subflow forge_first_path(struct forge_connection *connection)
{
    return forge_subflow(connection, "192.0.2.10", "203.0.113.1");
}

struct forge_subflow forge_second_path(struct forge_connection *connection)
{
    return forge_additional(connection, 1, "198.51.100.10", "203.0.113.1");
}

void forge_open_by_server(struct forge_subflow *subflow, uint8_t address_id, uint16_t port)
{
    subflow->opened_by = MPTA_SERVER;
    subflow->ends[MPTA_CLIENT].address_id = 0;
    subflow->ends[MPTA_SERVER].address_id = address_id;
    subflow->ends[MPTA_SERVER].port = subflow->ends[MPTA_CLIENT].port;
    subflow->ends[MPTA_CLIENT].port = port;
}

void forge_set_isn(struct forge_subflow *subflow, enum mpta_side side, uint32_t isn)
{
    struct forge_end *end = &subflow->ends[side];
    end->isn = end->next = end->ssn_zero = isn;
}

/* ---- Options -------------------------------------------------------------------------------- */

/* Version 1's client shows its key only with the third ACK, RFC 8684 section 3.1. */
static void add_capable(const struct forge_subflow *subflow, enum mpta_side side, bool with_key,
                        bool with_both_keys, struct forge_segment *segment)
{
    const struct forge_host *own = forge_host_of(subflow, side);
    const struct forge_host *peer = forge_host_of(subflow, forge_peer_of(side));
    struct mpta_mp_capable *capable = &forge_segment_add(segment, MPTA_MP_CAPABLE)->capable;
    *capable = (struct mpta_mp_capable){
        .version = (uint8_t)subflow->connection->version,
        .flags = own->flags,
        .has_sender_key = with_key,
        .has_receiver_key = with_both_keys,
        .sender_key = with_key ? own->key : 0,
        .receiver_key = with_both_keys ? peer->key : 0,
    };
}

static struct mpta_mp_join *add_join(const struct forge_subflow *subflow, enum mpta_side side,
                                     enum mpta_join_form form, struct forge_segment *segment)
{
    const struct forge_end *end = &subflow->ends[side];
    struct mpta_mp_join *join = &forge_segment_add(segment, MPTA_MP_JOIN)->join;
    join->form = form;
    if (form != MPTA_JOIN_ACK) {
        join->flags = end->backup ? 1 : 0;
        join->backup = end->backup;
        join->address_id = end->address_id;
        join->nonce = end->nonce;
    }
    return join;
}

/* RFC 8684 section 3.2: the sender's key and nonce come first in its HMAC. */
static void join_sign(const struct forge_subflow *subflow, enum mpta_side side, uint8_t hmac[20])
{
    enum mpta_side peer = forge_peer_of(side);
    mpta_join_hmac(subflow->connection->version, forge_host_of(subflow, side)->key,
                   forge_host_of(subflow, peer)->key, subflow->ends[side].nonce,
                   subflow->ends[peer].nonce, hmac);
}

/* The form of SYN/ACK has room for the leftmost 64 bits only. */
static void add_join_synack(const struct forge_subflow *subflow, enum mpta_side side,
                            struct forge_segment *segment)
{
    uint8_t hmac[20];
    join_sign(subflow, side, hmac);
    memcpy(add_join(subflow, side, MPTA_JOIN_SYN_ACK, segment)->hmac, hmac, 8);
}

/* Data on a SYN has no place in the stream; SSN 1 is the octet after it, RFC 8684 section B.2. */
static void fast_open_fill(struct forge_subflow *subflow, enum mpta_side side,
                           struct forge_segment *segment)
{
    struct forge_end *end = &subflow->ends[side];
    forge_add_payload(subflow, side, segment, FORGE_FAST_OPEN_OFFSET, subflow->fast_open_len);
    end->ssn_zero = end->isn + subflow->fast_open_len;
}

/* ---- The three packets ---------------------------------------------------------------------- */

void forge_syn(struct forge_subflow *subflow)
{
    enum mpta_side side = subflow->opened_by;
    struct forge_segment segment = forge_segment(subflow, side, MPTA_TCP_SYN);
    segment.seq = subflow->ends[side].isn;
    if (subflow->fast_open_len > 0) {
        segment.fast_open = true;
        fast_open_fill(subflow, side, &segment);
    }
    if (subflow->join) {
        add_join(subflow, side, MPTA_JOIN_SYN, &segment)->token =
            forge_host_of(subflow, forge_peer_of(side))->token;
    } else {
        add_capable(subflow, side, subflow->connection->version == 0, false, &segment);
    }
    forge_emit(subflow, side, &segment);
}

void forge_syn_ack(struct forge_subflow *subflow)
{
    enum mpta_side side = forge_peer_of(subflow->opened_by);
    struct forge_segment segment = forge_segment(subflow, side, MPTA_TCP_SYN | MPTA_TCP_ACK);
    segment.seq = subflow->ends[side].isn;
    if (subflow->join) {
        add_join_synack(subflow, side, &segment);
    } else {
        add_capable(subflow, side, true, false, &segment);
    }
    forge_emit(subflow, side, &segment);
}

void forge_third_ack(struct forge_subflow *subflow)
{
    enum mpta_side side = subflow->opened_by;
    struct forge_segment segment = forge_segment(subflow, side, MPTA_TCP_ACK);
    if (subflow->join) {
        join_sign(subflow, side, add_join(subflow, side, MPTA_JOIN_ACK, &segment)->hmac);
    } else {
        add_capable(subflow, side, true, true, &segment);
        subflow->capable_due = subflow->connection->version == 1;
    }
    forge_emit(subflow, side, &segment);
}

void forge_connect(struct forge_subflow *subflow)
{
    assert(!subflow->join);
    forge_syn(subflow);
    forge_syn_ack(subflow);
    forge_third_ack(subflow);
}

void forge_join(struct forge_subflow *subflow)
{
    assert(subflow->join);
    forge_syn(subflow);
    forge_syn_ack(subflow);
    forge_third_ack(subflow);
    forge_ack(subflow, forge_peer_of(subflow->opened_by));
}
