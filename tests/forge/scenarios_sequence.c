/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sequence numbers where they hurt: 32 bits of 64, and the wraps of all three spaces.
 */
#include "tests/forge/scenario.h"

/* Linux mixes the widths, too: RFC 8684 section 3.3.1 leaves them to each packet's sender. */
static void dsn_widths(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    for (unsigned widths = 0; widths < 4; widths++) {
        for (enum mpta_side side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
            story.connection.hosts[side].dsn_is_32 = widths & 1;
            story.connection.hosts[side].ack_is_32 = widths & 2;
        }
        story_talk(&story.first);
    }
    story_end(&story);
}

/* Both sides' TCP sequence numbers pass 2^32 within the first data. */
static void isn_wrap(struct forge *forge)
{
    struct story story;
    story_prepare(&story, forge, 1);
    forge_set_isn(&story.first, MPTA_CLIENT, 0xffffffc0);
    forge_set_isn(&story.first, MPTA_SERVER, 0xffffff38);
    forge_connect(&story.first);
    story_talk(&story.first);
    story_talk(&story.first);
    story_end(&story);
}

/* Keys whose IDSNs end in ffffff05 and ffffff51: found by trying some 2^25 keys each. */
static const uint64_t keys_below_32[] = {0xccc2849660fcff4e, 0xbd1c5975c7a97412};

static void send_across_32(struct forge *forge, bool narrow)
{
    struct story story;
    story_prepare(&story, forge, 1);
    for (enum mpta_side side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
        forge_set_key(&story.connection, side, keys_below_32[side]);
        story.connection.hosts[side].dsn_is_32 = narrow;
        story.connection.hosts[side].ack_is_32 = narrow;
    }
    forge_connect(&story.first);
    for (unsigned i = 0; i < 4; i++) {
        story_talk(&story.first);
    }
    story_end(&story);
}

static void idsn_wrap_32(struct forge *forge)
{
    send_across_32(forge, true);
}

static void idsn_wrap_32_wide(struct forge *forge)
{
    send_across_32(forge, false);
}

/* The host sends on, uncaptured: so many octets of its stream and of the subflow. */
static void skip_octets(struct forge_subflow *subflow, enum mpta_side side, uint64_t count)
{
    subflow->connection->hosts[side].next += count;
    subflow->ends[side].next += (uint32_t)count;
}

/*
 * A key whose IDSN is 22,157,679,956 below 2^64, of 2^30 tried. No key is known that is close
 * enough for a small capture, so this one has a pause of 22 GB.
 */
static void idsn_wrap_64(struct forge *forge)
{
    struct story story;
    story_prepare(&story, forge, 1);
    forge_set_key(&story.connection, MPTA_CLIENT, 0xf6d7f56ad41fde55);
    struct forge_host *client = &story.connection.hosts[MPTA_CLIENT];
    forge_connect(&story.first);
    story_talk(&story.first);
    uint64_t to_wrap = 0 - (client->idsn + 1 + client->next);
    skip_octets(&story.first, MPTA_CLIENT, to_wrap - 200);
    forge_wait(forge, 180 * FORGE_S);
    for (unsigned i = 0; i < 4; i++) {
        story_talk(&story.first);
    }
    story_end(&story);
}

/* The capture begins 200 octets before the wrap of 2^64; what the keys are is not in it. */
static void late_across_64(struct forge *forge, bool narrow)
{
    struct story story;
    story_prepare(&story, forge, 1);
    for (enum mpta_side side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
        story.connection.hosts[side].idsn = UINT64_MAX - 200;
        story.connection.hosts[side].dsn_is_32 = narrow;
        story.connection.hosts[side].ack_is_32 = narrow;
    }
    forge->not_captured[MPTA_CLIENT] = forge->not_captured[MPTA_SERVER] = true;
    forge_connect(&story.first);
    story.first.capable_due = false;
    forge->not_captured[MPTA_CLIENT] = forge->not_captured[MPTA_SERVER] = false;
    for (unsigned i = 0; i < 4; i++) {
        story_talk(&story.first);
    }
    story_end(&story);
}

static void dsn_wrap_64(struct forge *forge)
{
    late_across_64(forge, false);
}

static void dsn_wrap_64_narrow(struct forge *forge)
{
    late_across_64(forge, true);
}

#define COMPLETE .connections = 1, .subflows = 1, .close = MPTA_CONNECTION_DATA_FIN
#define LATE                                                                                       \
    .connections = 1, .subflows = 1, .late = 1, .close = MPTA_CONNECTION_DATA_FIN,                 \
    .others = "handshake-not-captured"

static const struct forge_scenario scenarios[] = {
    SCENARIO("dsn-widths", dsn_widths, "DSN and DATA_ACK of 32 and 64 bits, in all four mixtures",
             "all is acknowledged", COMPLETE, TALKED(5)),
    SCENARIO("isn-wrap", isn_wrap, "TCP sequence numbers of both sides pass 2^32", NULL, COMPLETE,
             TALKED(2)),
    SCENARIO("idsn-wrap-32", idsn_wrap_32,
             "IDSNs next to a multiple of 2^32, DSNs of 32 bits on the wire", "all is acknowledged",
             COMPLETE, TALKED(4)),
    SCENARIO("idsn-wrap-32-wide", idsn_wrap_32_wide, "the same with 64 bits on the wire",
             "all is acknowledged", COMPLETE, TALKED(4)),
    SCENARIO("idsn-wrap-64", idsn_wrap_64,
             "DSNs of the client pass 2^64, after 22 GB that were not captured",
             "what the client sent in the pause is missing, but all is acknowledged", COMPLETE,
             TALKED(5), .missing = {22157679635, 0}),
    SCENARIO("dsn-wrap-64", dsn_wrap_64,
             "late capture: DSNs of both sides pass 2^64, 64 bits on the wire", NULL, LATE,
             TALKED(4)),
    SCENARIO("dsn-wrap-64-narrow", dsn_wrap_64_narrow, "the same with 32 bits on the wire", NULL,
             LATE, TALKED(4)),
};

const struct forge_group forge_sequence_group = FORGE_GROUP(scenarios);
