/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What RFC 6181 and RFC 7430 warn of, and what broken hosts do that looks like it: joins repeated
 * by others, addresses that are not what they should be, priorities changed for others.
 */
#include "tests/forge/scenario.h"

#define ANNOUNCED "203.0.113.2"

/* ---- Joins ---------------------------------------------------------------------------------- */

/* Somebody who saw the SYN of a join sends it from elsewhere, with an ISN of his own. */
static void join_replayed(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    story_join(&story);
    struct forge_subflow replayed =
        forge_additional(&story.connection, 1, "198.51.100.66", "203.0.113.1");
    replayed.ends[MPTA_CLIENT].nonce = story.second.ends[MPTA_CLIENT].nonce;
    forge_syn(&replayed);
    forge_syn_ack(&replayed);
    forge_rst(&replayed, MPTA_CLIENT);
    story_end(&story);
}

static void join_nonce_reused(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    story_join(&story);
    struct forge_subflow third =
        forge_additional(&story.connection, 1, "198.51.100.10", "203.0.113.1");
    third.ends[MPTA_CLIENT].nonce = story.second.ends[MPTA_CLIENT].nonce;
    forge_join(&third);
    story_talk(&third);
    forge_close(&third);
    story_end(&story);
}

/* The second path is another address, but has the ID of the first. */
static void join_id_0(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    story.second.ends[MPTA_CLIENT].address_id = 0;
    story_join(&story);
    story_talk(&story.first);
    story_end(&story);
}

/* The server announces what is none of its own, and the client knocks there. */
static void syn_amplification(struct forge *forge)
{
    static const char *const others[] = {"198.18.1.1", "198.18.2.1", "198.18.3.1", "198.18.4.1",
                                         "198.18.5.1"};
    struct story story;
    story_open(&story, forge, 1);
    for (uint8_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        forge_add_addr(&story.first, MPTA_SERVER, (uint8_t)(i + 2), others[i], 0);
        forge_add_addr_echo(&story.first, MPTA_CLIENT, (uint8_t)(i + 2), others[i], 0);
        struct forge_subflow join = forge_additional(&story.connection, 0, "192.0.2.10", others[i]);
        forge_syn(&join);
    }
    forge_wait(forge, 2 * FORGE_S);
    story_talk(&story.first);
    story_end(&story);
}

/* ---- Addresses ------------------------------------------------------------------------------ */

static void add_addr_rebound(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    forge_add_addr(&story.first, MPTA_SERVER, 2, ANNOUNCED, 0);
    forge_add_addr_echo(&story.first, MPTA_CLIENT, 2, ANNOUNCED, 0);
    forge_add_addr(&story.first, MPTA_SERVER, 2, "203.0.113.3", 0);
    forge_add_addr_echo(&story.first, MPTA_CLIENT, 2, "203.0.113.3", 0);
    story_end(&story);
}

static void edit_twice(struct forge_segment *segment, const void *argument)
{
    const char *address = argument;
    struct mpta_mptcp_option *second = forge_segment_add(segment, MPTA_ADD_ADDR);
    second->add_addr = segment->mptcp[0].add_addr;
    second->add_addr.address = forge_address(address);
}

/* No REMOVE_ADDR can have been between: one packet has both. */
static void v0_add_addr_rebound(struct forge *forge)
{
    static const char address[] = "203.0.113.3";
    struct story story;
    story_open(&story, forge, 0);
    forge->next.edit = edit_twice;
    forge->next.argument = address;
    forge_add_addr(&story.first, MPTA_SERVER, 2, ANNOUNCED, 0);
    story_end(&story);
}

static void add_addr_echo_other(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    forge_add_addr(&story.first, MPTA_SERVER, 2, ANNOUNCED, 0);
    forge_add_addr_echo(&story.first, MPTA_CLIENT, 2, "203.0.113.3", 0);
    story_end(&story);
}

static void add_addr_bogus(struct forge *forge)
{
    static const char *const bogus[] = {"224.0.0.251", "0.0.0.0", "127.0.0.1", "fe80::2",
                                        "192.168.0.2"};
    struct story story;
    story_open(&story, forge, 1);
    for (uint8_t i = 0; i < sizeof bogus / sizeof bogus[0]; i++) {
        forge_add_addr(&story.first, MPTA_SERVER, (uint8_t)(i + 2), bogus[i], 0);
        forge_add_addr_echo(&story.first, MPTA_CLIENT, (uint8_t)(i + 2), bogus[i], 0);
    }
    story_end(&story);
}

static void add_addr_flood(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    for (uint8_t id = 2; id < 14; id++) {
        char address[] = "203.0.113.100";
        address[sizeof address - 2] = (char)('0' + id % 10);
        address[sizeof address - 3] = (char)('0' + id / 10);
        forge_add_addr(&story.first, MPTA_SERVER, id, address, 0);
        forge_add_addr_echo(&story.first, MPTA_CLIENT, id, address, 0);
    }
    story_end(&story);
}

static void edit_far(struct forge_segment *segment, const void *argument)
{
    (void)argument;
    segment->hop_limit -= 9;
}

/* Announced in the server's name, from nine hops farther; then the data goes there. */
static void v0_hijack(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 0);
    forge->next.edit = edit_far;
    forge_add_addr(&story.first, MPTA_SERVER, 2, "198.18.6.6", 0);
    story.second = forge_additional(&story.connection, 0, "192.0.2.10", "198.18.6.6");
    story.second.ends[MPTA_SERVER].address_id = 2;
    story_join(&story);
    for (int i = 0; i < 4; i++) {
        story_talk(&story.second);
    }
    story_end(&story);
}

/* ---- Priority ------------------------------------------------------------------------------- */

static void v0_prio_other(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 0);
    story_join(&story);
    forge_prio_of(&story.second, MPTA_CLIENT, true, 0);
    story_talk(&story.second);
    story_end(&story);
}

static void backup_used(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    story.second.ends[MPTA_CLIENT].backup = true;
    story_join(&story);
    story_end(&story);
}

static const struct forge_scenario scenarios[] = {
    SCENARIO("join-replayed", join_replayed,
             "a third host repeats the token and the nonce of a join", NULL, .connections = 1,
             .subflows = 3, .join_hmac = {.valid = 3}, .close = MPTA_CONNECTION_DATA_FIN,
             .errors = "join-replay", TALKED(2)),
    SCENARIO("join-nonce-reused", join_nonce_reused, "the client joins twice with one nonce", NULL,
             .connections = 1, .subflows = 3, .join_hmac = {.valid = 4},
             .close = MPTA_CONNECTION_DATA_FIN, .others = "join-nonce-reuse", TALKED(3)),
    SCENARIO("join-id-0", join_id_0, "a join from a second address has the address ID of the first",
             NULL, .connections = 1, .subflows = 2, .join_hmac = {.valid = 2},
             .close = MPTA_CONNECTION_DATA_FIN, .others = "join-address-id", TALKED(3)),
    SCENARIO("syn-amplification", syn_amplification,
             "the server announces five addresses that never answer the client's joins", NULL,
             .connections = 1, .subflows = 6, .add_addr_hmac = {.valid = 5},
             .close = MPTA_CONNECTION_DATA_FIN, .others = "syn-amplification join-unanswered",
             TALKED(2)),
    SCENARIO("add-addr-rebound", add_addr_rebound,
             "one address ID is announced with two addresses, one after the other", NULL,
             .connections = 1, .subflows = 1, .add_addr_hmac = {.valid = 2},
             .close = MPTA_CONNECTION_DATA_FIN, .others = "addaddr-id-rebound", TALKED(1)),
    SCENARIO("v0-add-addr-rebound", v0_add_addr_rebound,
             "version 0: one packet announces one address ID with two addresses", NULL,
             .connections = 1, .subflows = 1, .close = MPTA_CONNECTION_DATA_FIN,
             .errors = "addaddr-id-rebound option-dss-repeated", TALKED(1)),
    SCENARIO("add-addr-echo-other", add_addr_echo_other,
             "the echo names another address than the announcement", NULL, .connections = 1,
             .subflows = 1, .add_addr_hmac = {.valid = 1}, .close = MPTA_CONNECTION_DATA_FIN,
             .others = "addaddr-echo-mismatch", TALKED(1)),
    SCENARIO("add-addr-bogus", add_addr_bogus,
             "a multicast, the unspecified, a loopback, a link-local and a private address are "
             "announced",
             NULL, .connections = 1, .subflows = 1, .add_addr_hmac = {.valid = 5},
             .close = MPTA_CONNECTION_DATA_FIN, .others = "addaddr-bogus", TALKED(1)),
    SCENARIO("add-addr-flood", add_addr_flood, "the server announces twelve addresses", NULL,
             .connections = 1, .subflows = 1, .add_addr_hmac = {.valid = 12},
             .close = MPTA_CONNECTION_DATA_FIN, .others = "addaddr-flood", TALKED(1)),
    SCENARIO("v0-hijack", v0_hijack,
             "version 0: an address announced from farther away than the server; the data goes "
             "there",
             NULL, .connections = 1, .subflows = 2, .join_hmac = {.valid = 2},
             .close = MPTA_CONNECTION_DATA_FIN, .errors = "addaddr-hijack", TALKED(6)),
    SCENARIO("v0-prio-other", v0_prio_other,
             "version 0: MP_PRIO on the second subflow makes the first one a backup", NULL,
             .connections = 1, .subflows = 2, .join_hmac = {.valid = 2},
             .close = MPTA_CONNECTION_DATA_FIN, .others = "prio-other-subflow", TALKED(3)),
    SCENARIO("backup-used", backup_used,
             "the server sends data on a backup although the first subflow works", NULL,
             .connections = 1, .subflows = 2, .join_hmac = {.valid = 2},
             .close = MPTA_CONNECTION_DATA_FIN, .others = "backup-used", TALKED(2)),
};

const struct forge_group forge_attack_group = FORGE_GROUP(scenarios);
