/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Keys that can be guessed, streams that do not begin where their key says, and handshakes without
 * an algorithm; and what looks alike without being wrong.
 */
#include "tests/unit/analyzer/story.h"

#include <stdio.h>
#include <string.h>

#define ACK     (MPTA_TCP_ACK)
#define SYN_ACK (MPTA_TCP_SYN | MPTA_TCP_ACK)

/* The n-th connection between two hosts, with these keys; n makes the port. */
static void connect(struct story *story, const char *client, const char *server, unsigned n,
                    const uint64_t keys[2])
{
    struct story_peers peers = story_peers(1, keys[MPTA_CLIENT], keys[MPTA_SERVER]);
    struct story_flow flow = story_flow(client, (uint16_t)(40000 + n), server, 443);
    story_capable(story, &peers, &flow);
    story_data(story, &peers, &flow, OPENER_SAYS, 100);
}

/* ---- Zero, and twice ---------------------------------------------------------------------------
 */

static struct mpta_mptcp_option capable(uint8_t flags, bool sender, bool receiver)
{
    return (struct mpta_mptcp_option){
        MPTA_MP_CAPABLE, .capable = {.version = 1,
                                     .flags = flags,
                                     .has_sender_key = sender,
                                     .has_receiver_key = receiver,
                                     .sender_key = receiver ? STORY_KEY_CLIENT : 0}
    };
}

static void zero_is_weak(void **state)
{
    struct story story;
    struct mpta_finding finding;
    struct story_flow flow = story_flow("10.0.1.1", 40001, "10.9.0.1", 443);
    (void)state;
    story_begin(&story);
    story_option(&story, &flow, OPENER_SAYS, MPTA_TCP_SYN, 0, capable(1, false, false));
    story_option(&story, &flow, RESPONDER_SAYS, SYN_ACK, 0, capable(1, true, false));
    story_option(&story, &flow, OPENER_SAYS, ACK, 0, capable(1, true, true));
    struct mpta_tracker *tracker = story_tell(&story);
    assert_true(story_finding(tracker, 0, "key-weak", &finding));
    assert_int_equal(finding.severity, MPTA_ERROR);
    assert_int_equal(finding.count, 1);
    assert_int_equal(finding.witnesses[0].by, MPTA_SERVER);
    mpta_tracker_free(tracker);
}

/* Two connections, the keys of the second one, and which of its packets was not captured. */
static const struct {
    const char *words;
    uint64_t client_key, server_key;
    size_t lost; /* SIZE_MAX: none */
    uint64_t count;
} twice_cases[] = {
    {"the server's",                                  STORY_KEY_THIRD,  STORY_KEY_SERVER, SIZE_MAX, 1},
    {"the client's",                                  STORY_KEY_CLIENT, STORY_KEY_FOURTH, SIZE_MAX, 1},
    {"the client's, for a server",                    STORY_KEY_THIRD,  STORY_KEY_CLIENT, SIZE_MAX, 1},
    {"no key",                                        STORY_KEY_THIRD,  STORY_KEY_FOURTH, SIZE_MAX, 0},
    {"both: it is one connection, seen behind a NAT", STORY_KEY_CLIENT, STORY_KEY_SERVER, SIZE_MAX,
     0                                                                                               },
    {"one that was not captured",                     STORY_KEY_THIRD,  STORY_KEY_SERVER, 6,        0},
};

static void a_key_is_for_one_connection(void **state)
{
    static const uint64_t first_keys[2] = {STORY_KEY_CLIENT, STORY_KEY_SERVER};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(twice_cases); i++) {
        const uint64_t keys[2] = {twice_cases[i].client_key, twice_cases[i].server_key};
        const struct story_loss loss = {.also = twice_cases[i].lost};
        struct story story;
        story_begin(&story);
        connect(&story, "10.0.1.1", "10.9.0.1", 1, first_keys);
        connect(&story, "10.0.1.1", "10.9.0.1", 2, keys);
        struct mpta_tracker *tracker = story_tell_with(&story, &loss, NULL, 0);
        if (story_count(tracker, 1, "key-weak") != twice_cases[i].count ||
            story_count(tracker, 0, "key-weak") != 0)
            fail_msg("%s", twice_cases[i].words);
        mpta_tracker_free(tracker);
    }
}

/* ---- Series ------------------------------------------------------------------------------------
 */

#define STEP UINT64_C(0x9e3779b97f4a7c15)

/* For each connection a letter, its client, and a digit: its key is so many steps from the first.
 */
static const struct {
    const char *words;
    const char *clients;
    const char *steps;
    bool found;
} series_cases[] = {
    {"four in a row",               "aaaa",     "1234",     true },
    {"three in a row",              "aaa",      "123",      false},
    {"four in a row at last",       "aaaaaa",   "914680",   false},
    {"four in a row at the end",    "aaaaaa",   "912468",   true },
    {"backwards",                   "aaaa",     "4321",     true },
    {"one is left out",             "aaaa",     "1235",     false},
    {"two and two",                 "aaaa",     "1278",     false},
    {"two hosts with two each",     "abab",     "1234",     false},
    {"four of one among two hosts", "abababab", "19273542", true },
    {"no step at all",              "aaaa",     "5555",     false},
};

static void connect_series(struct story *story, size_t row)
{
    for (unsigned i = 0; series_cases[row].clients[i]; i++) {
        char client[16];
        const uint64_t keys[2] = {
            UINT64_C(77) + STEP * (uint64_t)(series_cases[row].steps[i] - '0'),
            mpta_key_idsn(i, 1), /* any numbers without a rule */
        };
        snprintf(client, sizeof(client), "10.0.1.%u", (unsigned)series_cases[row].clients[i]);
        connect(story, client, "10.9.0.1", i, keys);
    }
}

static void regular_series_are_weak(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(series_cases); i++) {
        struct story story;
        struct mpta_finding finding;
        story_begin(&story);
        connect_series(&story, i);
        struct mpta_tracker *tracker = story_tell(&story);
        if (story_global_finding(tracker, "key-weak", &finding) != series_cases[i].found)
            fail_msg("%s", series_cases[i].words);
        mpta_tracker_free(tracker);
    }
}

/* ---- Where the stream begins -------------------------------------------------------------------
 */

/* What else is so in a story. */
enum {
    JOINED = 1,   /* there is another subflow */
    UNECHOED = 2, /* the third ACK, which echoes the key, has lost its options */
    HOLE = 4,     /* data is missing later on */
    NARROW = 8,   /* DSNs of 32 bits */
    GAP = 16,     /* packets before are missing: the ports may have been used again */
};

struct start_case {
    const char *words;
    int64_t shift; /* of the server's DSNs */
    unsigned so;
    bool found;
};

static const struct start_case start_cases[] = {
    {"at IDSN + 1",                            0,                0,        false},
    {"below",                                  -1000,            0,        true },
    {"far below",                              INT64_MIN + 5,    0,        true },
    {"above, on the only subflow",             1000,             0,        true },
    {"far above",                              INT64_C(1) << 62, 0,        true },
    {"above, and there is another subflow",    1000,             JOINED,   false},
    {"above, and data is missing",             1000,             HOLE,     false},
    {"below, and there is another subflow",    -1000,            JOINED,   true },
    {"below, the key not echoed",              -1000,            UNECHOED, false},
    {"below, in 32 bits: it may be far above", -1000,            NARROW,   false},
    {"below, behind a gap",                    -1000,            GAP,      false},
    {"above, behind a gap",                    1000,             GAP,      false},
};

static void narrow_dsn(struct story_packet *packet)
{
    struct mpta_mptcp_option option;
    assert_int_equal(mpta_mptcp_decode(packet->options, packet->options[1], &option),
                     MPTA_OPTION_OK);
    option.dss.flags &= (uint8_t)~0x08U;
    option.dss.dsn_is_64 = false;
    option.dss.dsn &= UINT32_MAX;
    memset(packet->options, MPTA_KIND_NOP, sizeof(packet->options));
    assert_true(mpta_mptcp_encode(&option, packet->options, sizeof(packet->options)) > 0);
}

static void tell_start(struct story *story, const struct start_case *c)
{
    struct story_peers peers = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    struct story_flow first = story_flow("10.0.1.1", 40001, "10.9.0.1", 443);
    struct story_flow second = story_flow("10.0.2.1", 40002, "10.9.0.1", 443);
    story_capable(story, &peers, &first);
    story_data_ack(story, &peers, &first, RESPONDER_SAYS);
    if (c->so & UNECHOED)
        story_strip(&story->packets[2]);
    if (c->so & JOINED)
        story_join(story, &peers, &second);
    peers.dsn[MPTA_SERVER] += (uint64_t)c->shift;
    if (c->so & GAP)
        first.sent[RESPONDER_SAYS] += 981000;
    for (int i = 0; i < 3; i++) {
        struct story_packet *packet = story_data(story, &peers, &first, RESPONDER_SAYS, 100);
        if (c->so & NARROW)
            narrow_dsn(packet);
        if (c->so & HOLE && i == 0)
            peers.dsn[MPTA_SERVER] += 50;
    }
}

static void streams_begin_where_the_key_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(start_cases); i++) {
        struct story story;
        struct mpta_finding finding = {.severity = MPTA_WARNING};
        story_begin(&story);
        tell_start(&story, &start_cases[i]);
        struct mpta_tracker *tracker = story_tell(&story);
        if (story_finding(tracker, 0, "idsn-mismatch", &finding) != start_cases[i].found ||
            finding.severity != MPTA_WARNING)
            fail_msg("%s", start_cases[i].words);
        mpta_tracker_free(tracker);
    }
}

/* ---- Algorithms --------------------------------------------------------------------------------
 */

static void an_algorithm_is_named(void **state)
{
    static const struct {
        uint8_t syn_flags, syn_ack_flags;
        uint64_t count;
    } rows[] = {
        {0x01, 0x01, 0},
        {0x81, 0x21, 0},
        {0x80, 0x01, 1},
        {0x1e, 0x01, 1}, /* algorithms that nobody has named */
        {0x01, 0x00, 1},
        {0x00, 0x00, 2},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct story story;
        struct story_flow flow = story_flow("10.0.1.1", 40001, "10.9.0.1", 443);
        story_begin(&story);
        story_option(&story, &flow, OPENER_SAYS, MPTA_TCP_SYN, 0,
                     capable(rows[i].syn_flags, false, false));
        story_option(&story, &flow, RESPONDER_SAYS, SYN_ACK, 0,
                     capable(rows[i].syn_ack_flags, true, false));
        struct mpta_tracker *tracker = story_tell(&story);
        assert_int_equal(story_count(tracker, 0, "algorithm-missing"), rows[i].count);
        mpta_tracker_free(tracker);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zero_is_weak),
        cmocka_unit_test(a_key_is_for_one_connection),
        cmocka_unit_test(regular_series_are_weak),
        cmocka_unit_test(streams_begin_where_the_key_says),
        cmocka_unit_test(an_algorithm_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
