/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Joins, RFC 8684 section 3.2: linked by tokens, proven by HMACs, refused, stripped, flooded.
 */
#include "tests/forge/scenario.h"

/* MP_TCPRST reasons, RFC 8684 section 3.6. */
enum { REASON_MPTCP_SPECIFIC = 1, REASON_LACK_OF_RESOURCES = 2, REASON_PROHIBITED = 3 };

static void join(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    story_join(&story);
    story_end(&story);
}

/* "A" of the formulas is the opener of the subflow, here the server. */
static void join_by_server(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    forge_add_addr(&story.first, MPTA_CLIENT, 1, "198.51.100.10", 0);
    forge_add_addr_echo(&story.first, MPTA_SERVER, 1, "198.51.100.10", 0);
    story.second = forge_additional(&story.connection, 0, "198.51.100.10", "203.0.113.2");
    forge_open_by_server(&story.second, 2, story.first.ends[MPTA_CLIENT].port);
    story.second.ends[MPTA_CLIENT].address_id = 1;
    story_join(&story);
    story_end(&story);
}

static void join_backup(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    story.second.ends[MPTA_CLIENT].backup = true;
    forge_join(&story.second);
    story.joined = true;
    story_talk(&story.first);
    story_end(&story);
}

/* The third ACK is repeated until the server's ACK comes: RFC 8684 section 3.2. */
static void join_ack_repeated(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    forge_syn(&story.second);
    forge_syn_ack(&story.second);
    forge_third_ack(&story.second);
    forge_wait(forge, FORGE_S);
    forge_third_ack(&story.second);
    forge_ack(&story.second, MPTA_SERVER);
    story_talk(&story.second);
    story.joined = true;
    story_end(&story);
}

/* ---- Tokens --------------------------------------------------------------------------------- */

/* Two keys whose SHA-256 begin with the same 32 bits: tokens are drawn from no more. */
static const uint64_t colliding_keys[] = {0x556b105c262f29cd, 0x3adacd4959f95d56};

static void prepare_colliding(struct story *story, struct forge *forge, size_t index)
{
    static const char *const clients[][2] = {
        {"192.0.2.10", "198.51.100.10"},
        {"192.0.2.20", "198.51.100.20"}
    };
    story_prepare(story, forge, 1);
    forge_set_key(&story->connection, MPTA_SERVER, colliding_keys[index]);
    story->first.ends[MPTA_CLIENT].address = forge_address(clients[index][0]);
    story->second.ends[MPTA_CLIENT].address = forge_address(clients[index][1]);
}

static void token_collision(struct forge *forge)
{
    struct story stories[2];
    for (size_t i = 0; i < 2; i++) {
        prepare_colliding(&stories[i], forge, i);
        forge_connect(&stories[i].first);
        story_talk(&stories[i].first);
    }
    story_join(&stories[1]);
    story_join(&stories[0]);
    story_end(&stories[0]);
    story_end(&stories[1]);
}

static void token_reused(struct forge *forge)
{
    struct story stories[2];
    for (size_t i = 0; i < 2; i++) {
        prepare_colliding(&stories[i], forge, i);
        forge_connect(&stories[i].first);
        story_talk(&stories[i].first);
        story_join(&stories[i]);
        story_end(&stories[i]);
        forge_wait(forge, FORGE_S);
    }
}

/* The second interface's packets stand first in the file; their times are right. */
static void join_before_connection(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    size_t begin = forge->count;
    story.second.interface = 1;
    story_join(&story);
    forge_move_to_front(forge, begin);
    story_end(&story);
}

/* The second interface's clock is behind by two seconds: the join comes first by time, too. */
static void join_clock_behind(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    size_t begin = forge->count;
    forge_wait(forge, -2 * FORGE_S);
    story.second.interface = 1;
    story_join(&story);
    forge_move_to_front(forge, begin);
    forge_wait(forge, 2 * FORGE_S);
    story_end(&story);
}

/* Only the second path was captured. */
static void join_unlinked(struct forge *forge)
{
    struct story story;
    forge->not_captured[MPTA_CLIENT] = forge->not_captured[MPTA_SERVER] = true;
    story_open(&story, forge, 1);
    forge->not_captured[MPTA_CLIENT] = forge->not_captured[MPTA_SERVER] = false;
    story_join(&story);
    forge_close(&story.second);
}

/* A RST in answer to a SYN, RFC 9293 section 3.10.7.1: it has no sequence number of its own. */
static void syn_refused(struct forge_subflow *subflow)
{
    forge_set_isn(subflow, MPTA_SERVER, 0);
}

static void edit_token(struct forge_segment *segment, const void *argument)
{
    (void)argument;
    segment->mptcp[0].join.token ^= 0x01;
}

static void join_bad_token(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    forge->next.edit = edit_token;
    forge_syn(&story.second);
    syn_refused(&story.second);
    forge_rst_reason(&story.second, MPTA_SERVER, REASON_MPTCP_SPECIFIC, false);
    story_end(&story);
}

/* From many addresses, with tokens and nonces by chance. */
static void join_flood(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    for (unsigned i = 0; i < 2000; i++) {
        struct forge_subflow subflow =
            forge_additional(&story.connection, 1, "198.18.0.0", "203.0.113.1");
        subflow.ends[MPTA_CLIENT].address.octets[2] = (uint8_t)(i >> 8);
        subflow.ends[MPTA_CLIENT].address.octets[3] = (uint8_t)i;
        const uint32_t token = forge_random32(forge);
        story.connection.hosts[MPTA_SERVER].token = token;
        forge_syn(&subflow);
    }
    story_end(&story);
}

/* ---- HMACs ---------------------------------------------------------------------------------- */

static void join_bad_hmac_synack(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    forge_syn(&story.second);
    forge->next.edit = forge_edit_hmac;
    forge_syn_ack(&story.second);
    forge_rst_reason(&story.second, MPTA_CLIENT, REASON_MPTCP_SPECIFIC, false);
    story_end(&story);
}

static void join_bad_hmac_ack(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    forge_syn(&story.second);
    forge_syn_ack(&story.second);
    forge->next.edit = forge_edit_hmac;
    forge_third_ack(&story.second);
    forge_rst_reason(&story.second, MPTA_SERVER, REASON_MPTCP_SPECIFIC, false);
    story_end(&story);
}

/* ---- Refused, stripped, not answered -------------------------------------------------------- */

static void join_refused(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    forge_syn(&story.second);
    syn_refused(&story.second);
    forge_rst_reason(&story.second, MPTA_SERVER, REASON_LACK_OF_RESOURCES, true);
    story_end(&story);
}

static void join_refused_bare(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    forge_syn(&story.second);
    syn_refused(&story.second);
    forge_rst(&story.second, MPTA_SERVER);
    story_end(&story);
}

/* The handshake looks right, but the server thinks better of it. */
static void join_refused_late(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    forge_syn(&story.second);
    forge_syn_ack(&story.second);
    forge_third_ack(&story.second);
    forge_rst_reason(&story.second, MPTA_SERVER, REASON_PROHIBITED, false);
    story_end(&story);
}

static void join_synack_plain(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    forge_syn(&story.second);
    forge->next.edit = forge_edit_strip;
    forge_syn_ack(&story.second);
    forge_rst_reason(&story.second, MPTA_CLIENT, REASON_MPTCP_SPECIFIC, false);
    story_end(&story);
}

static void join_ack_plain(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    forge_syn(&story.second);
    forge_syn_ack(&story.second);
    forge->next.edit = forge_edit_strip;
    forge_third_ack(&story.second);
    forge_rst_reason(&story.second, MPTA_SERVER, REASON_MPTCP_SPECIFIC, false);
    story_end(&story);
}

static void join_unanswered(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    for (int64_t pause = FORGE_S; pause <= 4 * FORGE_S; pause *= 2) {
        forge_syn(&story.second);
        forge_wait(forge, pause);
    }
    story_end(&story);
}

static void join_despite_c(struct forge *forge)
{
    struct story story;
    story_prepare(&story, forge, 1);
    story.connection.hosts[MPTA_SERVER].flags |= MPTA_CAPABLE_C;
    forge_connect(&story.first);
    story_talk(&story.first);
    story_join(&story);
    story_end(&story);
}

static const struct forge_scenario scenarios[] = {
    SCENARIO("join", join, "a second subflow, opened by the client", "nothing is wrong",
             .connections = 1, .subflows = 2, .join_hmac = {.valid = 2},
             .close = MPTA_CONNECTION_DATA_FIN, TALKED(2)),
    SCENARIO("join-by-server", join_by_server,
             "the client announces an address, the server opens a subflow to it",
             "the client is still the host that opened the connection", .connections = 1,
             .subflows = 2, .join_hmac = {.valid = 2}, .add_addr_hmac = {.valid = 1},
             .close = MPTA_CONNECTION_DATA_FIN, TALKED(2)),
    SCENARIO("join-backup", join_backup, "the client joins with flag B: a backup",
             "the client's side of the second subflow is backup", .connections = 1, .subflows = 2,
             .join_hmac = {.valid = 2}, .close = MPTA_CONNECTION_DATA_FIN, TALKED(2)),
    SCENARIO("join-ack-repeated", join_ack_repeated, "the third ACK of a join is retransmitted",
             "nothing is wrong", .connections = 1, .subflows = 2, .join_hmac = {.valid = 2},
             .close = MPTA_CONNECTION_DATA_FIN, TALKED(2)),
    SCENARIO("token-collision", token_collision,
             "two connections at once whose server keys have the same token; both are joined",
             "each join belongs to the connection whose keys fit its HMACs", .connections = 2,
             .subflows = 4, .join_hmac = {.valid = 4}, .close = MPTA_CONNECTION_DATA_FIN,
             .others = "token-collision", TALKED(2)),
    SCENARIO("token-reused", token_reused, "the same token twice, one connection after the other",
             "each join belongs to the connection that was alive; no collision", .connections = 2,
             .subflows = 4, .join_hmac = {.valid = 4}, .close = MPTA_CONNECTION_DATA_FIN,
             TALKED(2)),
    SCENARIO("join-before-connection", join_before_connection,
             "two interfaces: the join stands in the file before its connection", NULL,
             .connections = 1, .subflows = 2, .join_hmac = {.valid = 2},
             .close = MPTA_CONNECTION_DATA_FIN, TALKED(2)),
    SCENARIO("join-clock-behind", join_clock_behind,
             "two interfaces, the second one's clock 2 s behind: the join comes before the SYN",
             NULL, .connections = 1, .subflows = 2, .join_hmac = {.valid = 2},
             .close = MPTA_CONNECTION_DATA_FIN, TALKED(2)),
    SCENARIO("join-unlinked", join_unlinked, "only the joining subflow was captured", NULL,
             .unlinked = 1, .join_hmac = {.unverifiable = 2}, .others = "join-token-unknown"),
    SCENARIO("join-bad-token", join_bad_token,
             "a join whose token is one bit off; the server resets it", NULL, .connections = 1,
             .subflows = 1, .unlinked = 1, .close = MPTA_CONNECTION_DATA_FIN,
             .others = "join-token-unknown", TALKED(1)),
    SCENARIO(
        "join-flood", join_flood, "2,000 joins with tokens by chance, while a connection goes on",
        "the connection is not touched", .connections = 1, .subflows = 1, .unlinked = 2000,
        .close = MPTA_CONNECTION_DATA_FIN, .others = "join-flood join-token-unknown", TALKED(1)),
    SCENARIO("join-bad-hmac-synack", join_bad_hmac_synack,
             "the HMAC in the SYN/ACK is one bit off; the client resets", NULL, .connections = 1,
             .subflows = 2, .join_hmac = {.invalid = 1}, .close = MPTA_CONNECTION_DATA_FIN,
             .errors = "join-hmac-synack", TALKED(1)),
    SCENARIO("join-bad-hmac-ack", join_bad_hmac_ack,
             "the HMAC in the ACK is one bit off; the server resets", NULL, .connections = 1,
             .subflows = 2, .join_hmac = {.valid = 1, .invalid = 1},
             .close = MPTA_CONNECTION_DATA_FIN, .errors = "join-hmac-ack", TALKED(1)),
    SCENARIO("join-refused", join_refused,
             "the SYN is answered by RST with MP_TCPRST: lack of resources, transient", NULL,
             .connections = 1, .subflows = 2, .close = MPTA_CONNECTION_DATA_FIN,
             .others = "join-refused", TALKED(1)),
    SCENARIO("join-refused-bare", join_refused_bare, "the SYN is answered by a RST without options",
             NULL, .connections = 1, .subflows = 2, .close = MPTA_CONNECTION_DATA_FIN,
             .others = "join-refused", TALKED(1)),
    SCENARIO("join-refused-late", join_refused_late,
             "three packets that look right, then a RST: administratively prohibited",
             "the second subflow was never established", .connections = 1, .subflows = 2,
             .join_hmac = {.valid = 2}, .close = MPTA_CONNECTION_DATA_FIN, .others = "join-refused",
             TALKED(1)),
    SCENARIO("join-synack-plain", join_synack_plain,
             "the SYN/ACK of a join has no MP_JOIN; the client resets", NULL, .connections = 1,
             .subflows = 2, .close = MPTA_CONNECTION_DATA_FIN, .others = "join-stripped",
             TALKED(1)),
    SCENARIO("join-ack-plain", join_ack_plain,
             "the ACK of a join has no MP_JOIN; the server resets", NULL, .connections = 1,
             .subflows = 2, .join_hmac = {.valid = 1}, .close = MPTA_CONNECTION_DATA_FIN,
             .others = "join-stripped", TALKED(1)),
    SCENARIO("join-unanswered", join_unanswered, "three SYNs of a join, no answer", NULL,
             .connections = 1, .subflows = 2, .close = MPTA_CONNECTION_DATA_FIN,
             .others = "join-unanswered", TALKED(1)),
    SCENARIO("join-despite-c", join_despite_c,
             "the server forbade joins to its address by flag C; the client joins there", NULL,
             .connections = 1, .subflows = 2, .join_hmac = {.valid = 2},
             .close = MPTA_CONNECTION_DATA_FIN, .others = "join-despite-c", TALKED(2)),
};

const struct forge_group forge_join_group = FORGE_GROUP(scenarios);
