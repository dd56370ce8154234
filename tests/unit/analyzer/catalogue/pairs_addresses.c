/* SPDX-License-Identifier: BSD-3-Clause */
/* Rows about addresses and priorities. The server announces, unless a course says otherwise. */
#include "tests/unit/analyzer/catalogue/pairs.h"

#include <stdio.h>

static struct story_packet *announce(struct wire *wire, uint8_t id, const char *address)
{
    return story_add_addr(&wire->story, &wire->peers, &wire->flows[0], RESPONDER_SAYS, id, address,
                          0);
}

static void echo(struct wire *wire, uint8_t id, const char *address)
{
    story_add_addr_echo(&wire->story, &wire->flows[0], OPENER_SAYS, id, address, 0);
}

/* Both hosts are heard of two seconds later. */
static void go_on(struct wire *wire)
{
    pair_wait(wire, 2000 * STORY_MS);
    story_data(&wire->story, &wire->peers, &wire->flows[0], OPENER_SAYS, 10);
    story_data_ack(&wire->story, &wire->peers, &wire->flows[0], RESPONDER_SAYS);
}

/* ---- HMACs ----------------------------------------------------------------------------------- */

/* Behind a gap this may be another connection, on the same ports. */
static void hmac(struct wire *wire, bool near)
{
    pair_open_one(wire);
    wire->flows[0].sent[RESPONDER_SAYS] += near ? 100 : 0;
    story_spoil(announce(wire, 3, "10.0.9.3"), 15);
}

static void hmac_presence(struct wire *wire, bool near)
{
    const struct mpta_mptcp_option bare = {
        MPTA_ADD_ADDR,
        .add_addr = {.nibble = near ? 4 : 0, .address_id = 3, .address = {4, {10, 0, 9, 3}}}
    };
    wire->peers = story_peers(near ? 0 : 1, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    pair_open_one(wire);
    pair_option(wire, RESPONDER_SAYS, bare);
}

/* ---- One ID, and what is said of it ---------------------------------------------------------- */

/* Two announcements fit into one packet only without HMACs: version 0. */
static void rebound(struct wire *wire, bool near)
{
    const struct mpta_mptcp_option options[] = {
        {MPTA_ADD_ADDR, .add_addr = {.nibble = 4, .address_id = 3, .address = {4, {10, 0, 9, 3}}}},
        {MPTA_ADD_ADDR,
         .add_addr = {.nibble = 4, .address_id = near ? 4 : 3, .address = {4, {10, 0, 9, 4}}}    },
    };
    wire->peers = story_peers(0, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    pair_open_one(wire);
    story_say(&wire->story, &wire->flows[0], RESPONDER_SAYS, MPTA_TCP_ACK, 0, 2, options);
}

static void no_echo(struct wire *wire, bool near)
{
    pair_open_one(wire);
    announce(wire, 3, "10.0.9.3");
    announce(wire, 3, "10.0.9.3");
    if (near)
        echo(wire, 3, "10.0.9.3");
    go_on(wire);
}

static void echo_mismatch(struct wire *wire, bool near)
{
    pair_open_one(wire);
    announce(wire, 3, "10.0.9.3");
    echo(wire, 3, near ? "10.0.9.3" : "10.0.9.4");
}

static void unused(struct wire *wire, bool near)
{
    struct story_flow join = story_flow("10.0.2.1", 40010, "10.0.9.3", 443);
    pair_open_one(wire);
    announce(wire, 3, "10.0.9.3");
    echo(wire, 3, "10.0.9.3");
    if (near)
        story_join(&wire->story, &wire->peers, &join);
    go_on(wire);
}

/* The second path is captured on an interface of its own. */
static void join_elsewhere(struct wire *wire)
{
    size_t begin = wire->story.count;
    story_join(&wire->story, &wire->peers, &wire->flows[PAIR_JOIN]);
    for (size_t i = begin; i < wire->story.count; i++)
        wire->story.packets[i].interface = 1;
    wire_tell(wire);
}

static void remove_unknown(struct wire *wire, bool near)
{
    pair_open_one(wire);
    join_elsewhere(wire);
    if (near)
        announce(wire, 9, "10.0.9.9");
    pair_option(wire, RESPONDER_SAYS,
                (struct mpta_mptcp_option){
                    MPTA_REMOVE_ADDR, .remove_addr = {.count = 1, .address_ids = {9}}
    });
}

/* ---- Which addresses ------------------------------------------------------------------------- */

/* The peer's own address is private, too. */
static void bogus(struct wire *wire, bool near)
{
    pair_open_one(wire);
    announce(wire, 3, near ? "10.0.9.3" : "127.0.0.3");
}

/* The packet of the announcement came from farther away than the server's others. */
static void hijack(struct wire *wire, bool near)
{
    struct story_flow join = story_flow("10.0.2.1", 40010, "198.51.100.66", 443);
    wire->peers = story_peers(0, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    pair_open_one(wire);
    announce(wire, 3, "198.51.100.66")->segment.hop_limit = 51;
    story_join(&wire->story, &wire->peers, &join);
    story_data(&wire->story, &wire->peers, &join, OPENER_SAYS, near ? 200 : 201);
    story_data_ack(&wire->story, &wire->peers, &join, RESPONDER_SAYS);
}

static void flood(struct wire *wire, bool near)
{
    pair_open_one(wire);
    for (uint8_t i = 1; i <= (near ? 8 : 9); i++) {
        char address[24];
        (void)snprintf(address, sizeof(address), "10.0.9.%u", 10U + i);
        announce(wire, i, address);
    }
}

/* ---- Priorities ------------------------------------------------------------------------------ */

static void prio_other(struct wire *wire, bool near)
{
    const struct mpta_mptcp_option prio = {
        MPTA_MP_PRIO,
        .prio = {.nibble = 1, .backup = true, .has_address_id = true, .address_id = near ? 0 : 2}
    };
    wire->peers = story_peers(0, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    pair_open_two(wire);
    pair_option(wire, OPENER_SAYS, prio)->segment.hop_limit = 51;
}

static void backup_used(struct wire *wire, bool near)
{
    wire->flows[PAIR_JOIN].backup = !near;
    pair_open_two(wire);
}

static const struct pair pairs[] = {
    {"addaddr-hmac",          hmac,           "octets before it were not captured"  },
    {"addaddr-hmac-presence", hmac_presence,  "version 0, which has no HMAC"        },
    {"addaddr-id-rebound",    rebound,        "two IDs in one packet"               },
    {"addaddr-no-echo",       no_echo,        "echoed in the end"                   },
    {"addaddr-echo-mismatch", echo_mismatch,  "the address that was announced"      },
    {"addaddr-unused",        unused,         "joined"                              },
    {"addaddr-bogus",         bogus,          "private, to a peer that is so itself"},
    {"addaddr-hijack",        hijack,         "just half of the data moved there"   },
    {"addaddr-flood",         flood,          "one less"                            },
    {"removeaddr-unknown",    remove_unknown, "announced before"                    },
    {"prio-other-subflow",    prio_other,     "its own address ID"                  },
    {"backup-used",           backup_used,    "no flag B"                           },
};
const struct pair_list pairs_of_addresses = {pairs, COUNT_OF(pairs)};
