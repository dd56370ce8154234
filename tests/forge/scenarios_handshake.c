/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The handshake of MP_CAPABLE in version 1, RFC 8684 section 3.1, where MPTCP stays in use.
 */
#include "tests/forge/scenario.h"

static void handshake(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    story_end(&story);
}

static void flags(struct forge *forge)
{
    struct story story;
    story_prepare(&story, forge, 1);
    story.connection.hosts[MPTA_CLIENT].flags |= MPTA_CAPABLE_B;
    story.connection.hosts[MPTA_SERVER].flags |= MPTA_CAPABLE_C;
    forge_connect(&story.first);
    story_talk(&story.first);
    story_end(&story);
}

/* RFC 8684 section 3.1: no bit of D to H names an algorithm that the other host could use. */
static void no_algorithm(struct forge *forge)
{
    struct story story;
    story_prepare(&story, forge, 1);
    story.connection.hosts[MPTA_CLIENT].flags = 0;
    forge_syn(&story.first);
    forge->next.edit = forge_edit_strip;
    forge_syn_ack(&story.first);
    story.connection.fell_back = true;
    forge_ack(&story.first, MPTA_CLIENT);
    story_talk(&story.first);
    story_end(&story);
}

static void checksum_one_side(struct forge *forge)
{
    struct story story;
    story_prepare(&story, forge, 1);
    story.connection.hosts[MPTA_CLIENT].flags |= MPTA_CAPABLE_A;
    forge_connect(&story.first);
    story_talk(&story.first);
    story_join(&story);
    story_end(&story);
}

static void edit_receiver_key(struct forge_segment *segment, const void *argument)
{
    (void)argument;
    segment->mptcp[0].capable.receiver_key ^= 0x0100;
}

/* The wrong echo is in the third ACK and in the first data: it is no slip of one packet. */
static void key_echo_mismatch(struct forge *forge)
{
    struct story story;
    story_prepare(&story, forge, 1);
    forge_syn(&story.first);
    forge_syn_ack(&story.first);
    forge->next.edit = edit_receiver_key;
    forge_third_ack(&story.first);
    forge->next.edit = edit_receiver_key;
    forge_send(&story.first, MPTA_CLIENT, 120);
    forge_rst_reason(&story.first, MPTA_SERVER, 1, false);
}

static void edit_sender_key(struct forge_segment *segment, const void *argument)
{
    (void)argument;
    segment->mptcp[0].capable.sender_key ^= 0x0100;
}

/* The same SYN/ACK twice, ISN and all, but for the key. */
static void key_changed(struct forge *forge)
{
    struct story story;
    story_prepare(&story, forge, 1);
    forge_syn(&story.first);
    forge->next.edit = edit_sender_key;
    forge_syn_ack(&story.first);
    forge_wait(forge, FORGE_S);
    forge_syn_ack(&story.first);
    forge_third_ack(&story.first);
    story_talk(&story.first);
    story_end(&story);
}

static void key_zero(struct forge *forge)
{
    struct story story;
    story_prepare(&story, forge, 1);
    forge_set_key(&story.connection, MPTA_SERVER, 0);
    forge_connect(&story.first);
    story_talk(&story.first);
    story_end(&story);
}

/* Connections whose server keys are so far apart: 0 for one key that all of them have. */
static void connections_with_step(struct forge *forge, int count, uint64_t step)
{
    uint64_t key = forge_random(forge);
    for (int i = 0; i < count; i++) {
        struct story story;
        story_prepare(&story, forge, 1);
        forge_set_key(&story.connection, MPTA_SERVER, key + (uint64_t)i * step);
        forge_connect(&story.first);
        story_talk(&story.first);
        story_end(&story);
        forge_wait(forge, FORGE_S);
    }
}

static void key_repeated(struct forge *forge)
{
    connections_with_step(forge, 2, 0);
}

static void key_series(struct forge *forge)
{
    connections_with_step(forge, 4, 0x100000001);
}

/* The ACK with both keys is not in the capture; the client's key comes with the first data. */
static void third_ack_unseen(struct forge *forge)
{
    struct story story;
    story_prepare(&story, forge, 1);
    forge_syn(&story.first);
    forge_syn_ack(&story.first);
    forge->next.unseen = true;
    forge_third_ack(&story.first);
    story_talk(&story.first);
    story_join(&story);
    story_end(&story);
}

static void fast_open(struct forge *forge)
{
    struct story story;
    story_prepare(&story, forge, 1);
    story.first.fast_open_len = 64;
    forge_connect(&story.first);
    story_talk(&story.first);
    story_end(&story);
}

/*
 * A server without state answers each SYN afresh, with another ISN and another key; the client
 * knows the second answer only.
 */
static void syn_cookies(struct forge *forge)
{
    struct story story;
    story_prepare(&story, forge, 1);
    forge_syn(&story.first);
    forge_syn_ack(&story.first);
    forge_wait(forge, FORGE_S);
    forge_syn(&story.first);
    forge_set_key(&story.connection, MPTA_SERVER, forge_random(forge));
    forge_set_isn(&story.first, MPTA_SERVER, forge_random32(forge));
    forge_syn_ack(&story.first);
    forge_third_ack(&story.first);
    story_talk(&story.first);
    story_join(&story);
    story_end(&story);
}

/* The stack computes its first DSN otherwise; nothing else is wrong. */
static void idsn_mismatch(struct forge *forge)
{
    struct story story;
    story_prepare(&story, forge, 1);
    story.connection.hosts[MPTA_SERVER].idsn += 1000;
    forge_connect(&story.first);
    story_talk(&story.first);
    story_end(&story);
}

/* The same four-tuple again; in between come late packets of the connection before. */
static void port_reuse(struct forge *forge)
{
    struct story old;
    struct story new;
    story_open(&old, forge, 1);
    story_end(&old);
    forge_wait(forge, FORGE_S);
    story_prepare(&new, forge, 1);
    new.first.ends[MPTA_CLIENT].port = old.first.ends[MPTA_CLIENT].port;
    forge_set_isn(&new.first, MPTA_CLIENT, old.first.ends[MPTA_CLIENT].next + 250000000);
    forge_set_isn(&new.first, MPTA_SERVER, old.first.ends[MPTA_SERVER].next + 500000000);
    forge_syn(&new.first);
    forge_syn_ack(&new.first);
    forge_retransmit(&old.first, MPTA_SERVER, 1, 0, 300);
    forge_third_ack(&new.first);
    forge_ack(&old.first, MPTA_SERVER);
    story_talk(&new.first);
    story_end(&new);
}

static const struct forge_scenario scenarios[] = {
    SCENARIO("handshake", handshake,
             "version 1 without any trouble: keys, data with MP_CAPABLE, DATA_FIN",
             "nothing is wrong", .connections = 1, .subflows = 1, .close = MPTA_CONNECTION_DATA_FIN,
             TALKED(1)),
    SCENARIO("flags", flags, "flag B from the client, flag C from the server", NULL,
             .connections = 1, .subflows = 1, .close = MPTA_CONNECTION_DATA_FIN,
             .others = "option-reserved-bits", TALKED(1)),
    SCENARIO("no-algorithm", no_algorithm,
             "the SYN offers no algorithm, the server answers without MP_CAPABLE", NULL,
             .connections = 1, .subflows = 1, .fallback = MPTA_FALLBACK_SYNACK_WITHOUT_MP_CAPABLE,
             .close = MPTA_CONNECTION_FIN, .others = "fallback-synack algorithm-missing",
             TALKED(1)),
    SCENARIO("checksum-one-side", checksum_one_side,
             "flag A from the client alone: both sides send checksums, all right",
             "checksums are required", .connections = 1, .subflows = 2, .join_hmac = {.valid = 2},
             .close = MPTA_CONNECTION_DATA_FIN, .others = "checksum-asymmetric", TALKED(2),
             .dss_checksum = {{.valid = 3}, {.valid = 3}}),
    SCENARIO("key-echo-mismatch", key_echo_mismatch,
             "the third ACK echoes another key than the SYN/ACK had; the server resets", NULL,
             .connections = 1, .subflows = 1, .close = MPTA_CONNECTION_RESET,
             .others = "key-echo-mismatch subflow-reset", .data = {120, 0}),
    SCENARIO("key-changed", key_changed, "a retransmitted SYN/ACK has another key than the first",
             NULL, .connections = 1, .subflows = 1, .close = MPTA_CONNECTION_DATA_FIN,
             .others = "key-changed", TALKED(1)),
    SCENARIO("key-zero", key_zero, "the server's key is zero", NULL, .connections = 1,
             .subflows = 1, .close = MPTA_CONNECTION_DATA_FIN, .errors = "key-weak", TALKED(1)),
    SCENARIO("key-repeated", key_repeated,
             "two connections, one after the other, in which the server has the same key", NULL,
             .connections = 2, .subflows = 2, .close = MPTA_CONNECTION_DATA_FIN,
             .errors = "key-weak", TALKED(1)),
    SCENARIO("key-series", key_series,
             "four connections; the server adds the same number to its key each time", NULL,
             .connections = 4, .subflows = 4, .close = MPTA_CONNECTION_DATA_FIN,
             .errors = "key-weak", TALKED(1)),
    SCENARIO("third-ack-unseen", third_ack_unseen,
             "the third ACK was not captured: the client's key comes with the first data",
             "the join is verified with that key", .connections = 1, .subflows = 2,
             .join_hmac = {.valid = 2}, .close = MPTA_CONNECTION_DATA_FIN, TALKED(2)),
    SCENARIO("fast-open", fast_open, "TCP Fast Open: 64 octets on the SYN, which have no DSN",
             "the client's payload begins with 64 octets more", .connections = 1, .subflows = 1,
             .close = MPTA_CONNECTION_DATA_FIN, TALKED(1)),
    SCENARIO("syn-cookies", syn_cookies,
             "two SYN/ACKs of a server without state, with different ISNs and keys",
             "the key of the second one, which the client echoes, is the server's",
             .connections = 1, .subflows = 2, .join_hmac = {.valid = 2},
             .close = MPTA_CONNECTION_DATA_FIN, TALKED(2)),
    SCENARIO("idsn-mismatch", idsn_mismatch, "the server's first DSN does not follow from its key",
             NULL, .connections = 1, .subflows = 1, .close = MPTA_CONNECTION_DATA_FIN,
             .others = "idsn-mismatch", TALKED(1), .missing = {0, 1000}),
    SCENARIO("port-reuse", port_reuse,
             "a second connection on the four-tuple of the first, whose late packets come between",
             "the late packets are the first one's", .connections = 2, .subflows = 2,
             .close = MPTA_CONNECTION_DATA_FIN, TALKED(1), .retransmitted = {0, 300}),
};

const struct forge_group forge_handshake_group = FORGE_GROUP(scenarios);
