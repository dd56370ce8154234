/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Version 0, RFC 6824: no kernel of today speaks it, many captures do.
 */
#include "tests/forge/scenario.h"

static void v0_handshake(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 0);
    story_end(&story);
}

static void v0_join(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 0);
    story_join(&story);
    story_end(&story);
}

/* Three announcements, a join to the first one; there is no echo in version 0. */
static void v0_add_addr(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 0);
    forge_add_addr(&story.first, MPTA_SERVER, 2, "203.0.113.2", 0);
    forge_add_addr(&story.first, MPTA_SERVER, 3, "203.0.113.3", 8443);
    forge_add_addr(&story.first, MPTA_SERVER, 4, "2001:db8:113::4", 0);
    forge_add_addr(&story.first, MPTA_SERVER, 5, "2001:db8:113::5", 8443);
    story.second = forge_additional(&story.connection, 0, "192.0.2.10", "203.0.113.2");
    story.second.ends[MPTA_SERVER].address_id = 2;
    story_join(&story);
    story_end(&story);
}

static void v0_prio(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 0);
    story_join(&story);
    forge_prio(&story.second, MPTA_CLIENT, true);
    forge_prio_of(&story.first, MPTA_SERVER, true, 0);
    story_talk(&story.first);
    forge_prio_of(&story.second, MPTA_CLIENT, false, 1);
    story_talk(&story.second);
    story_end(&story);
}

static void v0_fastclose(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 0);
    forge_fastclose(&story.first, MPTA_CLIENT, false);
    forge_rst(&story.first, MPTA_SERVER);
}

static void v0_remove_addr(struct forge *forge)
{
    static const uint8_t ids[] = {1};
    struct story story;
    story_open(&story, forge, 0);
    story_join(&story);
    forge_remove_addr(&story.first, MPTA_CLIENT, ids, 1);
    forge_rst(&story.second, MPTA_SERVER);
    story.joined = false;
    story_talk(&story.first);
    story_end(&story);
}

static const struct forge_scenario scenarios[] = {
    SCENARIO("v0-handshake", v0_handshake,
             "version 0: the client's key goes with the SYN; data, DATA_FIN", NULL,
             .connections = 1, .subflows = 1, .close = MPTA_CONNECTION_DATA_FIN, TALKED(1)),
    SCENARIO("v0-join", v0_join, "version 0: a second subflow, HMAC-SHA1 in SYN/ACK and ACK", NULL,
             .connections = 1, .subflows = 2, .join_hmac = {.valid = 2},
             .close = MPTA_CONNECTION_DATA_FIN, TALKED(2)),
    SCENARIO("v0-add-addr", v0_add_addr,
             "version 0: ADD_ADDR of both families, with port and without, none with HMAC",
             "four announcements by the server, HMAC absent in each", .connections = 1,
             .subflows = 2, .join_hmac = {.valid = 2}, .close = MPTA_CONNECTION_DATA_FIN,
             TALKED(2)),
    SCENARIO("v0-prio", v0_prio, "version 0: MP_PRIO of 3 octets, and of 4 with an address ID",
             "in the end only the server's side of the first subflow is backup", .connections = 1,
             .subflows = 2, .join_hmac = {.valid = 2}, .close = MPTA_CONNECTION_DATA_FIN,
             TALKED(4)),
    SCENARIO("v0-fastclose", v0_fastclose,
             "version 0: the client aborts by MP_FASTCLOSE, the server answers by RST", NULL,
             .connections = 1, .subflows = 1, .close = MPTA_CONNECTION_FASTCLOSE,
             .others = "fastclose", TALKED(1)),
    SCENARIO("v0-remove-addr", v0_remove_addr,
             "version 0: the client withdraws the address of its second subflow",
             "the second subflow was reset by the server", .connections = 1, .subflows = 2,
             .join_hmac = {.valid = 2}, .close = MPTA_CONNECTION_DATA_FIN, TALKED(3)),
};

const struct forge_group forge_version0_group = FORGE_GROUP(scenarios);
