/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The same story with DSNs next to each wrap, at each boundary of its mappings and within them.
 * Where the keys were not captured DSNs may begin anywhere, so that every scenario of the forge is
 * played with its DSNs shifted: the report is the same. Where the keys are known DSNs follow from
 * them; keys whose IDSN lies before a wrap were searched for, and the story moves towards it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tests/forge/scenario.h"
#include "tests/integration/report_compare.h"
#include "tests/integration/sweep_analysis.h"

#define SEED        1
#define FAULT_MAX   600
#define NUMBERS_MAX 4096

/* Where numbers wrap, or look as if they did: 2^32 and 2^64, and half of these. */
static const uint64_t edges[] = {UINT64_C(1) << 32, 0, UINT64_C(1) << 63, UINT64_C(1) << 31};
#define EDGE_COUNT (sizeof edges / sizeof edges[0])

/* Looks at the options of a packet that the tracker will see; true: it will not. */
typedef bool look(const struct mpta_mptcp_option *option, void *argument);

static bool packet_looked_at(const struct mpta_segment *segment, look *function, void *argument)
{
    struct mpta_option_walk walk;
    struct mpta_tcp_option option;
    struct mpta_mptcp_option mptcp;
    bool found = false;
    mpta_option_walk_start(&walk, segment);
    while (mpta_option_walk_next(&walk, &option) == MPTA_WALK_OPTION) {
        found |= option.kind == MPTA_KIND_MPTCP &&
                 mpta_mptcp_decode(option.octets, option.length, &mptcp) == MPTA_OPTION_OK &&
                 function(&mptcp, argument);
    }
    return found;
}

/* ---- Reports -------------------------------------------------------------------------------- */

static bool is_capable(const struct mpta_mptcp_option *option, void *argument)
{
    (void)argument;
    return option->subtype == MPTA_MP_CAPABLE;
}

static bool is_nothing(const struct mpta_mptcp_option *option, void *argument)
{
    (void)option;
    (void)argument;
    return false;
}

static void drop_member(struct json_object *list, const char *name)
{
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        json_object_object_del(json_object_array_get_idx(list, i), name);
    }
}

/* Sentences name checksums, which sum up the DSN. */
static void drop_sentences(struct json_object *report)
{
    struct json_object *connections = report_member(report, "connections");
    for (size_t i = 0; i < json_object_array_length(connections); i++) {
        struct json_object *connection = json_object_array_get_idx(connections, i);
        drop_member(report_member(connection, "findings"), "message");
        drop_member(report_member(connection, "verdict"), "sentence");
    }
}

/* Tells the DSN that data begins with as it would be without the shift. */
static void shift_back(struct json_object *stream, uint64_t shift)
{
    struct json_object *base = report_member(stream, "base_dsn");
    if (base != NULL) {
        char dsn[32];
        snprintf(dsn, sizeof dsn, "%" PRIu64, json_object_get_uint64(base) - shift);
        json_object_set_string(base, dsn);
    }
}

static void shift_back_all(struct json_object *report, uint64_t shift)
{
    struct json_object *connections = report_member(report, "connections");
    for (size_t i = 0; i < json_object_array_length(connections); i++) {
        struct json_object *connection = json_object_array_get_idx(connections, i);
        shift_back(report_member(connection, "c2s"), shift);
        shift_back(report_member(connection, "s2c"), shift);
    }
}

/* What is said of what a forge has captured, but for some packets. */
static struct json_object *report_without(const struct forge *forge, look *left_out)
{
    struct sweep_analysis analysis = sweep_analysis_begin();
    for (size_t i = 0; i < forge->count; i++) {
        const struct forge_packet *packet = &forge->packets[i];
        const struct frame frame = {
            .number = i + 1,
            .time_ns = packet->time_ns,
            .interface = packet->interface,
            .link_type = packet->link_type,
            .captured = packet->captured,
            .wire_len = packet->wire_len,
            .octets = packet->octets,
        };
        struct mpta_segment segment;
        if (mpta_frame_dissect(frame.link_type, frame.octets, frame.captured, frame.wire_len,
                               &segment) == MPTA_FRAME_TCP &&
            !packet_looked_at(&segment, left_out, NULL)) {
            sweep_analysis_take(&analysis, &frame);
        }
    }
    sweep_analysis_end(&analysis);
    struct json_object *report = sweep_analysis_json(&analysis);
    sweep_analysis_free(&analysis);
    drop_sentences(report);
    shift_back_all(report, forge->dsn_shift);
    return report;
}

static bool report_is(struct json_object *whole, struct json_object *report, const char *words)
{
    char fault[FAULT_MAX];
    bool same = report_compare(RETOLD_EXACTLY, whole, report, fault, sizeof fault);
    if (!same) {
        print_error("%s: %s\n", words, fault);
    }
    json_object_put(report);
    return same;
}

/* ---- Late captures: DSNs anywhere ------------------------------------------------------------ */

/* The DSNs at which mappings begin and end, and some within them. */
struct numbers {
    uint64_t dsns[NUMBERS_MAX];
    size_t count;
};

static void number_add(struct numbers *numbers, uint64_t dsn)
{
    if (numbers->count < NUMBERS_MAX) {
        numbers->dsns[numbers->count++] = dsn;
    }
}

static bool note_mapping(const struct mpta_mptcp_option *option, void *argument)
{
    const struct mpta_dss *dss = &option->dss;
    if (option->subtype == MPTA_DSS && dss->has_map) {
        number_add(argument, dss->dsn);
        number_add(argument, dss->dsn + dss->data_len / 2);
        number_add(argument, dss->dsn + dss->data_len);
    }
    return false;
}

static void numbers_of(const struct forge *forge, struct numbers *numbers)
{
    numbers->count = 0;
    for (size_t i = 0; i < forge->count; i++) {
        const struct forge_packet *packet = &forge->packets[i];
        struct mpta_segment segment;
        if (mpta_frame_dissect(packet->link_type, packet->octets, packet->captured,
                               packet->wire_len, &segment) == MPTA_FRAME_TCP) {
            packet_looked_at(&segment, note_mapping, numbers);
        }
    }
}

static bool shifted_is_same(const struct forge_scenario *scenario, struct json_object *whole,
                            uint64_t dsn, uint64_t edge)
{
    struct forge forge = forge_scenario_forge(scenario, SEED);
    char words[128];
    forge.dsn_shift = edge - dsn;
    scenario->play(&forge);
    assert_false(forge.failed);
    snprintf(words, sizeof words, "%s: DSN %" PRIu64 " is 0x%" PRIx64, scenario->name, dsn, edge);
    bool same = report_is(whole, report_without(&forge, is_capable), words);
    forge_free(&forge);
    return same;
}

/* Each number at one edge after the other. */
static size_t scenario_wrong(const struct forge_scenario *scenario)
{
    struct forge forge = forge_scenario_play(scenario, SEED);
    struct json_object *whole = report_without(&forge, is_capable);
    static struct numbers numbers;
    size_t wrong = 0;
    assert_false(forge.failed);
    numbers_of(&forge, &numbers);
    for (size_t i = 0; i < numbers.count; i++) {
        wrong += !shifted_is_same(scenario, whole, numbers.dsns[i], edges[i % EDGE_COUNT]);
    }
    json_object_put(whole);
    forge_free(&forge);
    return wrong;
}

/* A DATA_ACK of these is a number of its own, whatever the DSNs are. */
static bool is_fixed(const struct forge_scenario *scenario)
{
    return strstr(scenario->name, "dss-repeated") != NULL;
}

static void dsns_may_wrap_anywhere_in_a_late_capture(void **state)
{
    const struct forge_scenario *scenario;
    size_t wrong = 0;
    (void)state;
    for (size_t i = 0; (scenario = forge_scenario_at(i)) != NULL; i++) {
        wrong += is_fixed(scenario) ? 0 : scenario_wrong(scenario);
    }
    assert_int_equal(wrong, 0);
}

/* ---- Known keys: DSNs follow from them --------------------------------------------------------
 */

/*
 * By side: keys whose IDSNs end in ffffff05 and ffffff51, so that the low 32 bits wrap after 250
 * and 174 octets; and some others.
 */
static const uint64_t keys_before_wrap[] = {0xccc2849660fcff4e, 0xbd1c5975c7a97412};
static const uint64_t keys_elsewhere[] = {0x0123456789abcdef, 0xfedcba9876543210};
static const uint16_t before_wrap[] = {250, 174};

/* How numbers are written, and how many packets come before the one that wraps. */
struct wrap_case {
    bool dsn_is_32;
    bool ack_is_32;
    bool checksums;
    unsigned before;
    int beyond; /* octets of that packet's end behind the wrap */
};

/* The octets up to the wrap and somewhat beyond, in so many packets more than one. */
static void send_across(struct forge_subflow *subflow, enum mpta_side side,
                        const struct wrap_case *c)
{
    uint16_t left = (uint16_t)(before_wrap[side] + c->beyond);
    for (unsigned i = 0; i < c->before; i++) {
        uint16_t length = left / 2;
        forge_send(subflow, side, length);
        left = (uint16_t)(left - length);
    }
    forge_send(subflow, side, left);
}

/* What was sent across goes over the other subflow, too. */
static void tell_across(struct forge *forge, const struct wrap_case *c, const uint64_t *keys)
{
    struct story story;
    story_prepare(&story, forge, 1);
    for (enum mpta_side side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
        struct forge_host *host = &story.connection.hosts[side];
        forge_set_key(&story.connection, side, keys[side]);
        host->dsn_is_32 = c->dsn_is_32;
        host->ack_is_32 = c->ack_is_32;
        host->flags |= c->checksums ? MPTA_CAPABLE_A : 0;
    }
    forge_connect(&story.first);
    send_across(&story.first, MPTA_CLIENT, c);
    send_across(&story.first, MPTA_SERVER, c);
    forge_join(&story.second);
    forge_reinject(&story.second, MPTA_CLIENT, 0, before_wrap[MPTA_CLIENT]);
    story_talk(&story.second);
    story.joined = true;
    story_end(&story);
}

/* What says which keys there are. */
static void drop_identity(struct json_object *object)
{
    static const char *const names[] = {"key", "token", "idsn", "base_dsn"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        json_object_object_del(object, names[i]);
    }
}

static struct json_object *report_across(const struct wrap_case *c, const uint64_t *keys)
{
    struct forge forge = forge_new(SEED);
    tell_across(&forge, c, keys);
    assert_false(forge.failed);
    struct json_object *report = report_without(&forge, is_nothing);
    struct json_object *connection =
        json_object_array_get_idx(report_member(report, "connections"), 0);
    drop_identity(report_member(connection, "client"));
    drop_identity(report_member(connection, "server"));
    drop_identity(report_member(connection, "c2s"));
    drop_identity(report_member(connection, "s2c"));
    drop_identity(json_object_array_get_idx(report_member(connection, "subflows"), 1));
    forge_free(&forge);
    return report;
}

static bool across_is_same(const struct wrap_case *c)
{
    char words[128];
    struct json_object *whole = report_across(c, keys_elsewhere);
    snprintf(words, sizeof words, "DSN %d, DATA_ACK %d bits, %s, %u packets before, %d beyond",
             c->dsn_is_32 ? 32 : 64, c->ack_is_32 ? 32 : 64, c->checksums ? "checksums" : "none",
             c->before, c->beyond);
    bool same = report_is(whole, report_across(c, keys_before_wrap), words);
    json_object_put(whole);
    return same;
}

static void dsns_wrap_behind_known_keys(void **state)
{
    static const int beyonds[] = {-60, -1, 0, 1, 60};
    size_t wrong = 0;
    (void)state;
    for (unsigned widths = 0; widths < 8; widths++) {
        for (unsigned before = 0; before < 3; before++) {
            for (size_t i = 0; i < sizeof beyonds / sizeof beyonds[0]; i++) {
                const struct wrap_case c = {.dsn_is_32 = widths & 1,
                                            .ack_is_32 = widths & 2,
                                            .checksums = widths & 4,
                                            .before = before,
                                            .beyond = beyonds[i]};
                wrong += !across_is_same(&c);
            }
        }
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dsns_may_wrap_anywhere_in_a_late_capture),
        cmocka_unit_test(dsns_wrap_behind_known_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
