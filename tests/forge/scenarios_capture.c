/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Connections in order, captured badly: late, one direction alone, cut, in fragments, twice.
 */
#include "tests/forge/scenario.h"

/* ---- Late ----------------------------------------------------------------------------------- */

/* Named in the sample's line, for --key. */
#define LATE_CLIENT_KEY 0x0123456789abcdef
#define LATE_SERVER_KEY 0xfedcba9876543210

static void capture_on(struct forge *forge, bool on)
{
    forge->not_captured[MPTA_CLIENT] = forge->not_captured[MPTA_SERVER] = !on;
}

static void late_start(struct forge *forge)
{
    struct story story;
    capture_on(forge, false);
    story_prepare(&story, forge, 1);
    forge_set_key(&story.connection, MPTA_CLIENT, LATE_CLIENT_KEY);
    forge_set_key(&story.connection, MPTA_SERVER, LATE_SERVER_KEY);
    forge_connect(&story.first);
    story_talk(&story.first);
    capture_on(forge, true);
    story_talk(&story.first);
    story_join(&story);
    forge_add_addr(&story.first, MPTA_SERVER, 2, "203.0.113.2", 0);
    forge_add_addr_echo(&story.first, MPTA_CLIENT, 2, "203.0.113.2", 0);
    story_end(&story);
}

/* ---- One direction -------------------------------------------------------------------------- */

static void one_side(struct forge *forge, enum mpta_side unseen)
{
    struct story story;
    forge->not_captured[unseen] = true;
    story_open(&story, forge, 1);
    story_join(&story);
    story_end(&story);
}

static void one_side_c2s(struct forge *forge)
{
    one_side(forge, MPTA_SERVER);
}

static void one_side_s2c(struct forge *forge)
{
    one_side(forge, MPTA_CLIENT);
}

/* ---- Cut and in pieces ---------------------------------------------------------------------- */

/* Over IPv4 96 octets reach to the end of the options, over IPv6 not even to that of MP_JOIN. */
static void snapped(struct forge *forge)
{
    struct story story;
    forge->snap_len = 96;
    story_prepare(&story, forge, 1);
    story.connection.hosts[MPTA_CLIENT].flags |= MPTA_CAPABLE_A;
    forge_connect(&story.first);
    story_talk(&story.first);
    story.second = forge_additional(&story.connection, 1, "2001:db8:198::10", "2001:db8:113::1");
    story_join(&story);
    story_end(&story);
}

/* Data in fragments over both families; first fragments hold the whole TCP header. */
static void fragments(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    story.second = forge_additional(&story.connection, 1, "2001:db8:198::10", "2001:db8:113::1");
    story_join(&story);
    for (unsigned i = 0; i < 2; i++) {
        struct forge_subflow *subflow = i == 0 ? &story.first : &story.second;
        forge->next.fragment_size = 480;
        forge_data(subflow, MPTA_SERVER, 1200);
        forge_ack(subflow, MPTA_CLIENT);
    }
    story_end(&story);
}

/* RFC 1858: the first fragment ends within the TCP header. */
static void fragments_tiny(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    forge->next.fragment_size = 8;
    forge_data(&story.first, MPTA_SERVER, 40);
    forge_ack(&story.first, MPTA_CLIENT);
    forge->next.fragment_size = 24;
    forge_data(&story.first, MPTA_SERVER, 40);
    forge_ack(&story.first, MPTA_CLIENT);
    story_talk(&story.first);
    story_end(&story);
}

/* ---- Offload -------------------------------------------------------------------------------- */

static void edit_zero_length(struct forge_segment *segment, const void *argument)
{
    (void)argument;
    segment->zero_length = true;
}

static void edit_partial_checksum(struct forge_segment *segment, const void *argument)
{
    (void)argument;
    segment->partial_checksum = true;
}

/* Captured beside the client: what it sends is not yet cut into segments, nor its checksum made. */
static void offload(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    forge->next.edit = edit_partial_checksum;
    forge_data(&story.first, MPTA_CLIENT, 7000);
    forge_ack(&story.first, MPTA_SERVER);
    forge->next.edit = edit_zero_length;
    forge_data(&story.first, MPTA_SERVER, 14000);
    forge_ack(&story.first, MPTA_CLIENT);
    story_end(&story);
}

/* ---- Copies, look-alikes -------------------------------------------------------------------- */

static void mirror(struct forge *forge)
{
    struct story story;
    forge->copies = 2;
    story_open(&story, forge, 1);
    story_join(&story);
    story_end(&story);
}

/* The same ports everywhere; the octets of the addresses agree at the front or at the end. */
static void families(struct forge *forge)
{
    static const char *const hosts[][2] = {
        {"192.0.2.10",         "203.0.113.1"        },
        {"c000:20a::",         "cb00:7101::"        },
        {"::ffff:192.0.2.10",  "::ffff:203.0.113.1" },
        {"2001:db8::c000:20a", "2001:db8::cb00:7101"},
    };
    enum { COUNT = sizeof hosts / sizeof hosts[0] };
    struct story stories[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        story_prepare(&stories[i], forge, 1);
        stories[i].first = forge_subflow(&stories[i].connection, hosts[i][0], hosts[i][1]);
        stories[i].first.ends[MPTA_CLIENT].port = stories[0].first.ends[MPTA_CLIENT].port;
    }
    for (size_t i = 0; i < COUNT; i++) {
        forge_connect(&stories[i].first);
    }
    for (size_t i = 0; i < COUNT; i++) {
        story_talk(&stories[i].first);
    }
    for (size_t i = 0; i < COUNT; i++) {
        story_end(&stories[i]);
    }
}

static const struct forge_scenario scenarios[] = {
    SCENARIO("late-start", late_start,
             "the capture begins after the handshake; then a join, an ADD_ADDR, DATA_FIN",
             "with --key 0x0123456789abcdef --key 0xfedcba9876543210: one connection of two "
             "subflows, all HMACs right",
             .connections = 1, .subflows = 1, .unlinked = 1, .late = 1,
             .join_hmac = {.unverifiable = 2              },
               .add_addr_hmac = {.unverifiable = 1              },
             .close = MPTA_CONNECTION_DATA_FIN,
             .others = "handshake-not-captured join-token-unknown", TALKED(1)),
    SCENARIO("one-side-c2s", one_side_c2s,
             "only what the client sends: its ACK tells both keys, the join's SYN the token", NULL,
             .connections = 1, .subflows = 2, .join_hmac = {.unverifiable = 2              },
             .close_unsaid = true, .others = "capture-one-sided", .data = {240,                             0}
               ),
    SCENARIO("one-side-s2c", one_side_s2c,
             "only what the server sends: no token leads from the join to its connection", NULL,
             .connections = 1, .subflows = 1, .unlinked = 1, .join_hmac = {.unverifiable = 1                              },
             .close_unsaid = true, .others = "capture-one-sided", .data = {0, 300}
               ),
    SCENARIO("snap-96", snapped, "frames cut to 96 octets: payloads over IPv4, options over IPv6",
             "what the second subflow says of MPTCP was cut away: nothing is guessed of it",
             .connections = 1, .subflows = 1, .close = MPTA_CONNECTION_DATA_FIN,
             .others = "capture-snapped", TALKED(1),
             .dss_checksum = {{.valid = 1, .unverifiable = 1},                            {.valid = 1, .unverifiable = 1}}
               ),
    SCENARIO("fragments", fragments,
             "data in IP fragments over IPv4 and IPv6; the first ones hold the TCP header", NULL,
             .connections = 1, .subflows = 2, .join_hmac = {.valid = 2},
             .close = MPTA_CONNECTION_DATA_FIN, .others = "capture-loss-estimated",
             .data = {240,                               1440},
               .missing = {0,                               780}
               ),
    SCENARIO("fragments-tiny", fragments_tiny, "IP fragments that end within the TCP header", NULL,
             .connections = 1, .subflows = 1, .close = MPTA_CONNECTION_DATA_FIN, TALKED(2),
             .missing = {0,80}
               ),
    SCENARIO("offload", offload,
             "segments of 7,000 and 14,000 octets, one with IP length 0, one without checksum",
             NULL, .partial = 1, .connections = 1, .subflows = 1, .close = MPTA_CONNECTION_DATA_FIN,
             .others = "capture-offload", .data = {7120,                               14300}
               ),
    SCENARIO("mirror", mirror, "a mirror port: each packet twice",
             "the same as of \"join\", and that every other packet is a duplicate",
             .connections = 1, .subflows = 2, .join_hmac = {.valid = 2                              },
             .close = MPTA_CONNECTION_DATA_FIN, .others = "capture-duplicates", TALKED(2)),
    SCENARIO("families", families,
             "IPv4 and IPv6 with the same ports and octets that look alike, at the same time", NULL,
             .connections = 4, .subflows = 4, .close = MPTA_CONNECTION_DATA_FIN, TALKED(1)),
};

const struct forge_group forge_capture_group = FORGE_GROUP(scenarios);
