/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Options that no stack should send, on pure ACKs of connections that are in order otherwise: what
 * cannot be read must not spoil what can.
 */
#include "tests/forge/scenario.h"

#include <string.h>

/* A pure ACK of the client with these octets for kind-30 options. */
static void send_raw(struct forge_subflow *subflow, const uint8_t *octets, size_t length)
{
    const struct forge_raw raw = {octets, length};
    struct forge *forge = subflow->connection->forge;
    forge->next.edit = forge_edit_raw;
    forge->next.argument = &raw;
    forge_ack(subflow, MPTA_CLIENT);
}

static void play_raw(struct forge *forge, const uint8_t *octets, size_t length)
{
    struct story story;
    story_open(&story, forge, 1);
    send_raw(&story.first, octets, length);
    story_talk(&story.first);
    story_end(&story);
}

/* ---- Lengths that the walk cannot pass ------------------------------------------------------ */

static void length_0(struct forge *forge)
{
    static const uint8_t octets[] = {30, 0, 0x20, 0x01};
    play_raw(forge, octets, sizeof octets);
}

static void length_1(struct forge *forge)
{
    static const uint8_t octets[] = {30, 1, 0x20, 0x01};
    play_raw(forge, octets, sizeof octets);
}

static void length_past_end(struct forge *forge)
{
    static const uint8_t octets[] = {30, 12, 0x20, 0x01, 0, 0, 0, 1};
    play_raw(forge, octets, sizeof octets);
}

/* The option area ends behind the kind. */
static void length_absent(struct forge *forge)
{
    static const uint8_t octets[] = {1, 1, 1, 30};
    play_raw(forge, octets, sizeof octets);
}

/* Another kind's length is wrong: what stands behind it cannot be found. */
static void length_0_other_kind(struct forge *forge)
{
    static const uint8_t octets[] = {254, 0, 1, 1, 30, 3, 0x50, 1};
    play_raw(forge, octets, sizeof octets);
}

/* ---- Lengths that no form has --------------------------------------------------------------- */

static const struct {
    enum mpta_subtype subtype;
    uint8_t lengths[10]; /* ended by 0 */
} illegal_lengths[] = {
    {MPTA_MP_CAPABLE,   {3, 5, 11, 13, 19, 21, 23, 25}   },
    {MPTA_MP_JOIN,      {4, 11, 13, 15, 17, 23, 25}      },
    {MPTA_DSS,          {3, 5, 7, 9, 11, 13, 29}         },
    {MPTA_ADD_ADDR,     {4, 7, 9, 12, 17, 19, 27, 29, 31}},
    {MPTA_REMOVE_ADDR,  {3}                              },
    {MPTA_MP_PRIO,      {5, 8}                           },
    {MPTA_MP_FAIL,      {4, 11, 13}                      },
    {MPTA_MP_FASTCLOSE, {4, 11, 13}                      },
    {MPTA_MP_TCPRST,    {3, 5}                           },
};

static void send_length(struct forge_subflow *subflow, uint8_t subtype_octet, uint8_t length)
{
    uint8_t octets[FORGE_OPTIONS_MAX] = {30, length, subtype_octet};
    send_raw(subflow, octets, length);
}

static void lengths_illegal(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    send_length(&story.first, 0, 2); /* not even a subtype */
    for (size_t i = 0; i < sizeof illegal_lengths / sizeof illegal_lengths[0]; i++) {
        for (const uint8_t *length = illegal_lengths[i].lengths; *length != 0; length++) {
            /* version 1 where there is one, and no flags */
            uint8_t nibble = illegal_lengths[i].subtype == MPTA_MP_CAPABLE ? 1 : 0;
            send_length(&story.first, (uint8_t)(illegal_lengths[i].subtype << 4 | nibble), *length);
        }
    }
    story_end(&story);
}

/* 22 and 24 are version 1's, 4 too: RFC 6824 section 3.1 has 12 and 20. */
static void length_of_other_version(struct forge *forge)
{
    static const uint8_t lengths[] = {4, 22, 24};
    struct story story;
    story_open(&story, forge, 0);
    for (size_t i = 0; i < sizeof lengths; i++) {
        send_length(&story.first, MPTA_MP_CAPABLE << 4 | 0, lengths[i]);
    }
    story_end(&story);
}

/* Each length is a legal one, but not with these flags, RFC 8684 section 3.3. */
static void dss_flags(struct forge *forge)
{
    static const struct {
        uint8_t flags;
        uint8_t length;
    } rows[] = {
        {0x00, 8 }, /* a DATA_ACK that no flag tells of */
        {0x01, 4 }, /* a DATA_ACK that is not there */
        {0x03, 8 }, /* 8 octets of it told, 4 there */
        {0x01, 12}, /* the other way round */
        {0x04, 18}, /* a DSN of 4 octets told, 8 there */
        {0x0c, 14}, /* the other way round */
        {0x05, 28}, /* both parts wide, neither told so */
        {0x0f, 20}, /* both told so, neither wide */
        {0x01, 20}, /* a mapping that no flag tells of */
    };
    struct story story;
    story_open(&story, forge, 1);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t octets[FORGE_OPTIONS_MAX] = {30, rows[i].length, MPTA_DSS << 4, rows[i].flags};
        send_raw(&story.first, octets, rows[i].length);
    }
    story_end(&story);
}

/* ---- Well-formed, but odd ------------------------------------------------------------------- */

static void subtypes_unknown(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    for (uint8_t subtype = 9; subtype <= 15; subtype++) {
        uint8_t octets[] = {30, 8, (uint8_t)(subtype << 4), 1, 2, 3, 4, 5};
        send_raw(&story.first, octets, sizeof octets);
    }
    story_end(&story);
}

static void data_after_eol(struct forge *forge)
{
    static const uint8_t octets[] = {0, 30, 3, 0x51, 0xde, 0xad, 0xbe, 0xef};
    play_raw(forge, octets, sizeof octets);
}

/* 32 bits of a DATA_ACK of the client, so many octets less than it could acknowledge. */
static void data_ack_fill(const struct story *story, uint8_t octets[4], uint32_t less)
{
    const struct forge_host *server = &story->connection.hosts[MPTA_SERVER];
    uint32_t data_ack = (uint32_t)(server->idsn + 1 + server->next) - less;
    for (int i = 0; i < 4; i++) {
        octets[i] = (uint8_t)(data_ack >> (24 - 8 * i));
    }
}

/* A story whose client sends these octets among others. */
static void play_told(struct story *story, const uint8_t *octets, size_t length)
{
    send_raw(&story->first, octets, length);
    story_talk(&story->first);
    story_end(story);
}

/* Two DSS with DATA_ACKs that differ. */
static void dss_repeated(struct forge *forge)
{
    uint8_t octets[] = {30, 8, 0x20, 0x01, 0, 0, 0, 0, 30, 8, 0x20, 0x01, 0, 0, 0, 0};
    struct story story;
    story_open(&story, forge, 1);
    data_ack_fill(&story, octets + 4, 1);
    data_ack_fill(&story, octets + 12, 0);
    play_told(&story, octets, sizeof octets);
}

/* A DSS that no form has, then one that is in order: CVE-2026-80586. */
static void dss_after_refused(struct forge *forge)
{
    uint8_t octets[] = {30, 10, 0x20, 0x01, 0, 0, 0, 2, 0, 0, 30, 8, 0x20, 0x01, 0, 0, 0, 0, 1, 1};
    struct story story;
    story_open(&story, forge, 1);
    data_ack_fill(&story, octets + 14, 0);
    play_told(&story, octets, sizeof octets);
}

/* MP_TCPRST with a DSS, a pair that Linux neither sends nor takes: CVE-2026-80587. */
static void exclusive_pair(struct forge *forge)
{
    static const uint8_t octets[] = {30, 4, 0x80, 2, 30, 8, 0x20, 0x01, 0, 0, 0, 1};
    const struct forge_raw raw = {octets, sizeof octets};
    struct story story;
    story_open(&story, forge, 1);
    story_join(&story);
    forge->next.edit = forge_edit_raw;
    forge->next.argument = &raw;
    forge_rst(&story.second, MPTA_SERVER);
    story.joined = false;
    story_end(&story);
}

static void edit_add_dss(struct forge_segment *segment, const void *argument)
{
    (void)argument;
    forge_segment_add(segment, MPTA_DSS)->dss =
        (struct mpta_dss){.flags = 0x01, .has_ack = true, .data_ack = 1};
}

/* RFC 8684 section 3.3: DATA_ACKs begin with the third ACK. */
static void dss_on_syn(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    forge->next.edit = edit_add_dss;
    story_join(&story);
    story_end(&story);
}

/* MP_TCPRST belongs on a RST, RFC 8684 section 3.6. */
static void tcprst_without_rst(struct forge *forge)
{
    static const uint8_t octets[] = {30, 4, 0x80, 2};
    play_raw(forge, octets, sizeof octets);
}

/* Bits that receivers must not look at, RFC 8684 section 3. */
static void reserved_bits(struct forge *forge)
{
    uint8_t dss[] = {30, 8, 0x2f, 0xe1, 0, 0, 0, 0};
    static const uint8_t prio[] = {30, 3, 0x5e, 1};
    struct story story;
    story_open(&story, forge, 1);
    data_ack_fill(&story, dss + 4, 0);
    send_raw(&story.first, dss, sizeof dss);
    send_raw(&story.first, prio, sizeof prio);
    story_end(&story);
}

#define SPOILT_BY(ids)                                                                             \
    .connections = 1, .subflows = 1, .close = MPTA_CONNECTION_DATA_FIN, .errors = (ids)

static const struct forge_scenario scenarios[] = {
    SCENARIO("malformed-length-0", length_0, "an option of kind 30 with length 0", NULL,
             .malformed = 1, SPOILT_BY("option-overrun"), TALKED(2)),
    SCENARIO("malformed-length-1", length_1, "an option of kind 30 with length 1", NULL,
             .malformed = 1, SPOILT_BY("option-overrun"), TALKED(2)),
    SCENARIO("malformed-past-end", length_past_end,
             "an option of kind 30 that is longer than the option area", NULL, .malformed = 1,
             SPOILT_BY("option-overrun"), TALKED(2)),
    SCENARIO("malformed-no-length", length_absent, "the option area ends behind kind 30", NULL,
             .malformed = 1, SPOILT_BY("option-overrun"), TALKED(2)),
    SCENARIO("malformed-other-kind", length_0_other_kind,
             "an option of another kind with length 0 before one of kind 30", NULL, .malformed = 1,
             SPOILT_BY("option-overrun"), TALKED(2)),
    SCENARIO("malformed-lengths", lengths_illegal,
             "kind-30 options of every subtype with lengths that no form has", NULL,
             .malformed = 43, SPOILT_BY("option-length-illegal"), TALKED(1)),
    SCENARIO("malformed-version-length", length_of_other_version,
             "MP_CAPABLE of version 0 with lengths that only version 1 has", NULL, .malformed = 3,
             SPOILT_BY("option-length-illegal"), TALKED(1)),
    SCENARIO("malformed-dss-flags", dss_flags,
             "DSS whose length is another one than its flags announce", NULL, .malformed = 9,
             SPOILT_BY("option-length-illegal"), TALKED(1)),
    SCENARIO("subtypes-unknown", subtypes_unknown, "options of subtypes 9 to 15", NULL,
             .connections = 1, .subflows = 1, .close = MPTA_CONNECTION_DATA_FIN,
             .others = "option-subtype-unknown", TALKED(1)),
    SCENARIO("data-after-eol", data_after_eol,
             "what looks like MP_PRIO stands behind the end-of-options octet", "no side is backup",
             .connections = 1, .subflows = 1, .close = MPTA_CONNECTION_DATA_FIN,
             .others = "option-data-after-eol", TALKED(2)),
    SCENARIO("dss-repeated", dss_repeated, "two DSS with different DATA_ACKs in one segment", NULL,
             SPOILT_BY("option-dss-repeated"), TALKED(2)),
    SCENARIO("malformed-dss-repeated", dss_after_refused,
             "a DSS whose length is wrong, then one that is in order, in one segment", NULL,
             .malformed = 1, SPOILT_BY("option-length-illegal option-dss-repeated"), TALKED(2)),
    SCENARIO("exclusive-pair", exclusive_pair, "a RST with MP_TCPRST and DSS", NULL,
             .connections = 1, .subflows = 2, .join_hmac = {.valid = 2},
             .close = MPTA_CONNECTION_DATA_FIN, .errors = "option-exclusive-pair",
             .others = "subflow-reset", TALKED(2)),
    SCENARIO("dss-on-syn", dss_on_syn, "DSS beside MP_JOIN on a SYN", NULL, .connections = 1,
             .subflows = 2, .join_hmac = {.valid = 2}, .close = MPTA_CONNECTION_DATA_FIN,
             .errors = "option-exclusive-pair option-wrong-segment", TALKED(2)),
    SCENARIO("reserved-bits", reserved_bits, "reserved bits set in a DSS and an MP_PRIO", NULL,
             .connections = 1, .subflows = 1, .close = MPTA_CONNECTION_DATA_FIN,
             .others = "option-reserved-bits", TALKED(1)),
    SCENARIO("tcprst-without-rst", tcprst_without_rst, "MP_TCPRST on a pure ACK",
             "the subflow was not reset", SPOILT_BY("option-wrong-segment"), TALKED(2)),
};

const struct forge_group forge_malformed_group = FORGE_GROUP(scenarios);
