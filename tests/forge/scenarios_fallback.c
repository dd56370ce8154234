/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ways back to plain TCP, RFC 8684 section 3.7, and what looks like one but is none.
 */
#include "tests/forge/scenario.h"

/* The rest of a connection that speaks plain TCP from now on. */
static void go_on_plain(struct story *story)
{
    story->connection.fell_back = true;
    story->first.capable_due = false;
    story_talk(&story->first);
    story_end(story);
}

static void edit_version(struct forge_segment *segment, const void *argument)
{
    (void)argument;
    segment->mptcp[0].capable.version = 0;
}

static void version_mismatch(struct forge *forge)
{
    struct story story;
    story_prepare(&story, forge, 1);
    forge_syn(&story.first);
    forge->next.edit = edit_version;
    forge_syn_ack(&story.first);
    story.connection.fell_back = true;
    forge_ack(&story.first, MPTA_CLIENT);
    go_on_plain(&story);
}

static void synack_plain(struct forge *forge)
{
    struct story story;
    story_prepare(&story, forge, 1);
    forge_syn(&story.first);
    forge->next.edit = forge_edit_strip;
    forge_syn_ack(&story.first);
    story.connection.fell_back = true;
    forge_ack(&story.first, MPTA_CLIENT);
    go_on_plain(&story);
}

/* A path that swallows SYNs with options that it does not know. */
static void syn_retransmitted_plain(struct forge *forge)
{
    struct story story;
    story_prepare(&story, forge, 1);
    forge_syn(&story.first);
    forge_wait(forge, FORGE_S);
    forge_syn(&story.first);
    forge_wait(forge, 2 * FORGE_S);
    forge->next.edit = forge_edit_strip;
    forge_syn(&story.first);
    forge->next.edit = forge_edit_strip;
    forge_syn_ack(&story.first);
    story.connection.fell_back = true;
    forge_ack(&story.first, MPTA_CLIENT);
    go_on_plain(&story);
}

static void ack_plain(struct forge *forge)
{
    struct story story;
    story_prepare(&story, forge, 1);
    forge_syn(&story.first);
    forge_syn_ack(&story.first);
    forge->next.edit = forge_edit_strip;
    forge_third_ack(&story.first);
    go_on_plain(&story);
}

static void data_without_dss(struct forge *forge)
{
    struct story story;
    story_prepare(&story, forge, 1);
    forge_connect(&story.first);
    go_on_plain(&story);
}

static void infinite_mapping(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    forge_infinite_mapping(&story.first, MPTA_SERVER, 200);
    go_on_plain(&story);
}

/* The server says that it gives up MPTCP, and then does not. */
static void mapping_after_infinite(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    forge_infinite_mapping(&story.first, MPTA_SERVER, 200);
    forge_ack(&story.first, MPTA_CLIENT);
    story.connection.fell_back = false;
    forge_wait(forge, 5 * FORGE_MS);
    story_talk(&story.first);
    story.connection.fell_back = true;
    story_end(&story);
}

/* The server gives up MPTCP on one subflow while the other one lives: it goes on there. */
static void infinite_beside_subflow(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    story_join(&story);
    forge_infinite_mapping(&story.first, MPTA_SERVER, 200);
    forge_ack(&story.first, MPTA_CLIENT);
    story.connection.fell_back = false;
    story_talk(&story.second);
    story.connection.fell_back = true;
    story_end(&story);
}

static void edit_payload(struct forge_segment *segment, const void *argument)
{
    (void)argument;
    segment->payload[segment->payload_len / 2] ^= 0x20;
}

static void prepare_with_checksums(struct story *story, struct forge *forge)
{
    story_prepare(story, forge, 1);
    story->connection.hosts[MPTA_CLIENT].flags |= MPTA_CAPABLE_A;
    story->connection.hosts[MPTA_SERVER].flags |= MPTA_CAPABLE_A;
    forge_connect(&story->first);
    story_talk(&story->first);
}

/* A middlebox changed a payload; the server saw it, the client goes on without MPTCP. */
static void mp_fail(struct forge *forge)
{
    struct story story;
    prepare_with_checksums(&story, forge);
    uint64_t damaged = story.connection.hosts[MPTA_CLIENT].next;
    forge->next.edit = edit_payload;
    forge_data(&story.first, MPTA_CLIENT, 120);
    forge_mp_fail(&story.first, MPTA_SERVER, damaged, false);
    forge_infinite_mapping(&story.first, MPTA_CLIENT, 120);
    go_on_plain(&story);
}

/* The same on one of two subflows: that one is reset, the other repeats the data. */
static void mp_fail_rst(struct forge *forge)
{
    struct story story;
    prepare_with_checksums(&story, forge);
    story_join(&story);
    uint64_t damaged = story.connection.hosts[MPTA_CLIENT].next;
    forge->next.edit = edit_payload;
    forge_data(&story.second, MPTA_CLIENT, 120);
    forge_mp_fail(&story.second, MPTA_SERVER, damaged, true);
    story.joined = false;
    forge_reinject(&story.first, MPTA_CLIENT, damaged, 120);
    forge_ack(&story.first, MPTA_SERVER);
    story_talk(&story.first);
    story_end(&story);
}

#define FELL_BACK(cause, finding)                                                                  \
    .connections = 1, .subflows = 1, .fallback = (cause), .close = MPTA_CONNECTION_FIN,            \
    .others = (finding)

static const struct forge_scenario scenarios[] = {
    SCENARIO("version-mismatch", version_mismatch,
             "the SYN offers version 1, the SYN/ACK answers with version 0; plain TCP follows",
             NULL, FELL_BACK(MPTA_FALLBACK_VERSION_MISMATCH, "version-mismatch"), TALKED(1)),
    SCENARIO("synack-plain", synack_plain, "the SYN/ACK has no MP_CAPABLE", NULL,
             FELL_BACK(MPTA_FALLBACK_SYNACK_WITHOUT_MP_CAPABLE, "fallback-synack"), TALKED(1)),
    SCENARIO("syn-retransmitted-plain", syn_retransmitted_plain,
             "two SYNs with MP_CAPABLE are not answered, a third one without it is", NULL,
             FELL_BACK(MPTA_FALLBACK_SYN_RETRANSMITTED_WITHOUT_MP_CAPABLE, "fallback-blackhole"),
             TALKED(1)),
    SCENARIO("ack-plain", ack_plain,
             "MP_CAPABLE in SYN and SYN/ACK, none in the third ACK and after it", NULL,
             FELL_BACK(MPTA_FALLBACK_ACK_WITHOUT_MP_CAPABLE, "fallback-ack"), TALKED(1)),
    SCENARIO("data-without-dss", data_without_dss, "a whole handshake, then data without any DSS",
             NULL, FELL_BACK(MPTA_FALLBACK_DATA_WITHOUT_DSS, "fallback-dss"), TALKED(1)),
    SCENARIO("infinite-mapping", infinite_mapping, "the server goes over to an infinite mapping",
             NULL, FELL_BACK(MPTA_FALLBACK_INFINITE_MAPPING, "fallback-infinite"),
             .data = {240,           800}
               ),
    SCENARIO("mapping-after-infinite", mapping_after_infinite,
             "the server uses an infinite mapping, then maps data again", NULL, .connections = 1,
             .subflows = 1, .fallback = MPTA_FALLBACK_INFINITE_MAPPING,
             .close = MPTA_CONNECTION_FIN, .errors = "mapping-after-fallback",
             .others = "fallback-infinite", .data = {240,           800}
               ),
    SCENARIO("infinite-beside-subflow", infinite_beside_subflow,
             "the server uses an infinite mapping while a second subflow lives, and then that one",
             NULL, .connections = 1, .subflows = 2, .join_hmac = {.valid = 2   },
             .fallback = MPTA_FALLBACK_INFINITE_MAPPING, .close = MPTA_CONNECTION_FIN,
             .errors = "infinite-with-subflows", .others = "fallback-infinite",
             .data = {360,         1100   }
               ),
    SCENARIO("mp-fail", mp_fail,
             "a payload was changed on the only subflow: MP_FAIL, then an infinite mapping", NULL,
             .connections = 1, .subflows = 1, .fallback = MPTA_FALLBACK_MP_FAIL,
             .close = MPTA_CONNECTION_FIN, .errors = "fallback-mp-fail dss-checksum",
             .data = {480,          600},
               .dss_checksum = {{.valid = 1, .invalid = 1}, {.valid = 1}   }
               ),
    SCENARIO("mp-fail-rst", mp_fail_rst,
             "a payload was changed on one of two subflows: MP_FAIL on a RST, no fallback",
             "the second subflow was reset", .connections = 1, .subflows = 2,
             .join_hmac = {.valid = 2            },
               .close = MPTA_CONNECTION_DATA_FIN, .errors = "dss-checksum",
             .others = "subflow-reset", .data = {480,             900},
               .reinjected = {120,             0 },
             .dss_checksum = {{.valid = 5, .invalid = 1},             {.valid = 4}             }
               ),
};

const struct forge_group forge_fallback_group = FORGE_GROUP(scenarios);
