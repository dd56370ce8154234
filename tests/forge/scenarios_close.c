/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How connections and subflows end other than by DATA_FIN and FIN, RFC 8684 sections 3.3.3, 3.5
 * and 3.6.
 */
#include "tests/forge/scenario.h"

static void fastclose(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    story_join(&story);
    forge_fastclose(&story.first, MPTA_CLIENT, false);
    forge_rst(&story.second, MPTA_CLIENT);
    forge_rst(&story.first, MPTA_SERVER);
}

static void fastclose_rst(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    story_join(&story);
    forge_fastclose(&story.first, MPTA_SERVER, true);
    forge_fastclose(&story.second, MPTA_SERVER, true);
}

static void edit_key(struct forge_segment *segment, const void *argument)
{
    (void)argument;
    segment->mptcp[0].fastclose.receiver_key ^= 0x01;
}

/* Nobody who holds the keys sent it: the connection goes on. */
static void fastclose_wrong_key(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    forge->next.edit = edit_key;
    forge_fastclose(&story.first, MPTA_SERVER, false);
    story_talk(&story.first);
    story_end(&story);
}

/* The client aborts, and then goes on as if it had not. */
static void data_after_fastclose(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    forge_fastclose(&story.first, MPTA_CLIENT, false);
    forge_wait(forge, 5 * FORGE_MS);
    story_talk(&story.first);
    story_end(&story);
}

/* Seven joined subflows, each reset for another reason; odd ones are transient. */
static void rst_reasons(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    for (uint8_t reason = 0; reason <= 6; reason++) {
        struct forge_subflow subflow =
            forge_additional(&story.connection, 1, "198.51.100.10", "203.0.113.1");
        forge_join(&subflow);
        forge_send(&subflow, MPTA_CLIENT, 40);
        forge_rst_reason(&subflow, reason < 4 ? MPTA_SERVER : MPTA_CLIENT, reason, reason % 2 == 1);
    }
    story_end(&story);
}

static void rst_reason_unknown(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    story_join(&story);
    forge_rst_reason(&story.second, MPTA_SERVER, 42, false);
    story.joined = false;
    story_end(&story);
}

/* The only subflow goes by a RST without a word. */
static void reset(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    forge_rst(&story.first, MPTA_SERVER);
}

static void edit_distance(struct forge_segment *segment, const void *argument)
{
    (void)argument;
    segment->hop_limit -= 12;
}

/* Somebody nearer than the server, or farther away, resets in its name. */
static void reset_from_elsewhere(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    story_talk(&story.first);
    forge->next.edit = edit_distance;
    forge_rst(&story.first, MPTA_SERVER);
}

static void edit_far_beyond(struct forge_segment *segment, const void *argument)
{
    (void)argument;
    segment->seq += UINT32_C(1) << 30;
    segment->flags = MPTA_TCP_RST;
    segment->ack = 0;
}

/* Somebody guesses sequence numbers, and the connection goes on. */
static void reset_beyond_window(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    story_join(&story);
    forge->next.edit = edit_far_beyond;
    forge_rst(&story.second, MPTA_SERVER);
    story_talk(&story.first);
    story.joined = false;
    story_end(&story);
}

static void fin_without_data_fin(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    forge_close(&story.first);
}

/* The client's DATA_FIN goes with its last data, RFC 8684 section 3.3.3: the length counts it. */
static void data_fin_with_data(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    struct forge_host *client = &story.connection.hosts[MPTA_CLIENT];
    const struct forge_end *end = &story.first.ends[MPTA_CLIENT];
    const struct forge_mapping mapping = {.offset = client->next,
                                          .ssn = forge_ssn(&story.first, MPTA_CLIENT, end->next),
                                          .length = 80,
                                          .data_fin = true};
    forge_data_mapped(&story.first, MPTA_CLIENT, mapping.ssn, mapping.offset, mapping.length,
                      &mapping);
    client->next += 81;
    forge_ack(&story.first, MPTA_SERVER);
    forge_send(&story.first, MPTA_SERVER, 200);
    forge_data_fin(&story.first, MPTA_SERVER);
    forge_ack(&story.first, MPTA_CLIENT);
    forge_close(&story.first);
}

static const struct forge_scenario scenarios[] = {
    SCENARIO("fastclose", fastclose,
             "the client aborts by MP_FASTCLOSE on an ACK and resets its other subflow", NULL,
             .connections = 1, .subflows = 2, .join_hmac = {.valid = 2},
             .close = MPTA_CONNECTION_FASTCLOSE, .others = "fastclose", TALKED(2)),
    SCENARIO("fastclose-rst", fastclose_rst,
             "the server aborts by MP_FASTCLOSE on RSTs, one on each subflow", NULL,
             .connections = 1, .subflows = 2, .join_hmac = {.valid = 2},
             .close = MPTA_CONNECTION_FASTCLOSE, .others = "fastclose", TALKED(2)),
    SCENARIO("fastclose-wrong-key", fastclose_wrong_key,
             "an MP_FASTCLOSE with another key than the client's; nobody heeds it", NULL,
             .connections = 1, .subflows = 1, .close = MPTA_CONNECTION_DATA_FIN,
             .errors = "fastclose-key", TALKED(2)),
    SCENARIO("data-after-fastclose", data_after_fastclose,
             "the client aborts by MP_FASTCLOSE, and sends new data after it", NULL,
             .connections = 1, .subflows = 1, .close = MPTA_CONNECTION_FASTCLOSE,
             .errors = "data-after-fastclose", .others = "fastclose", TALKED(2)),
    SCENARIO("rst-reasons", rst_reasons,
             "seven joined subflows, reset with MP_TCPRST reasons 0 to 6, odd ones transient",
             "each reason in words; 0 to 3 by the server, 4 to 6 by the client", .connections = 1,
             .subflows = 8, .join_hmac = {.valid = 14}, .close = MPTA_CONNECTION_DATA_FIN,
             .others = "subflow-reset", .data = {400, 300}),
    SCENARIO("rst-reason-unknown", rst_reason_unknown, "a subflow reset with MP_TCPRST reason 42",
             NULL, .connections = 1, .subflows = 2, .join_hmac = {.valid = 2},
             .close = MPTA_CONNECTION_DATA_FIN, .others = "reset-reason-unknown subflow-reset",
             TALKED(2)),
    SCENARIO("reset", reset, "the only subflow is reset without any option", NULL, .connections = 1,
             .subflows = 1, .close = MPTA_CONNECTION_RESET, .others = "subflow-reset", TALKED(1)),
    SCENARIO("reset-from-elsewhere", reset_from_elsewhere,
             "a RST whose hop limit differs by 12 from that of the server's other packets", NULL,
             .connections = 1, .subflows = 1, .close = MPTA_CONNECTION_RESET,
             .others = "subflow-reset reset-suspect", TALKED(2)),
    SCENARIO("reset-beyond-window", reset_beyond_window,
             "a RST whose sequence number lies a GiB beyond what the server has sent", NULL,
             .connections = 1, .subflows = 2, .join_hmac = {.valid = 2},
             .close = MPTA_CONNECTION_DATA_FIN, .others = "subflow-reset reset-suspect", TALKED(3)),
    SCENARIO("fin-without-data-fin", fin_without_data_fin, "FIN on the only subflow, no DATA_FIN",
             NULL, .connections = 1, .subflows = 1, .close = MPTA_CONNECTION_FIN,
             .others = "fin-without-datafin", TALKED(1)),
    SCENARIO("data-fin-with-data", data_fin_with_data, "DATA_FIN in the mapping of the last data",
             NULL, .connections = 1, .subflows = 1, .close = MPTA_CONNECTION_DATA_FIN,
             .data = {200, 500}),
};

const struct forge_group forge_close_group = FORGE_GROUP(scenarios);
