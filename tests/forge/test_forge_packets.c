/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What every forged packet must be: a whole TCP segment with right checksums and readable options,
 * unless its scenario says otherwise; and the same octets from the same seed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "tests/forge/scenario.h"

#define SEED 7

/* ---- One packet ----------------------------------------------------------------------------- */

/* What the octets of a packet turned out to be. */
struct look {
    bool is_segment;
    bool is_whole;
    bool checksums_right;
    unsigned options_bad;
};

/* A sum of its own, so that no mistake of the forge's is repeated: a whole is 0xffff. */
static uint16_t sum_of(uint32_t sum, const uint8_t *octets, size_t length)
{
    for (size_t i = 0; i + 1 < length; i += 2) {
        sum += (uint32_t)(octets[i] * 256 + octets[i + 1]);
    }
    if (length % 2 == 1) {
        sum += (uint32_t)(octets[length - 1] * 256);
    }
    return (uint16_t)(sum % 0xffff == 0 ? 0xffff : sum % 0xffff);
}

static bool tcp_checksum_is_right(const struct mpta_segment *segment)
{
    const uint8_t *header = segment->options - 20;
    size_t length = 20 + segment->options_len + segment->payload_len;
    size_t address_len = segment->src.family == 4 ? 4 : 16;
    uint32_t sum = (uint32_t)(6 + length);
    sum += sum_of(0, segment->src.octets, address_len);
    sum += sum_of(0, segment->dst.octets, address_len);
    return sum_of(sum, header, length) == 0xffff;
}

/* The forge writes no IPv4 options: the header ends where TCP's begins. */
static bool ipv4_checksum_is_right(const struct mpta_segment *segment)
{
    const uint8_t *header = segment->options - 20 - 20;
    return segment->src.family != 4 || (header[0] == 0x45 && sum_of(0, header, 20) == 0xffff);
}

static unsigned options_bad(const struct mpta_segment *segment)
{
    struct mpta_option_walk walk;
    struct mpta_tcp_option option;
    struct mpta_mptcp_option decoded;
    enum mpta_walk step;
    unsigned bad = 0;
    mpta_option_walk_start(&walk, segment);
    while ((step = mpta_option_walk_next(&walk, &option)) == MPTA_WALK_OPTION) {
        bad += option.kind == MPTA_KIND_MPTCP &&
               mpta_mptcp_decode(option.octets, option.length, &decoded) != MPTA_OPTION_OK;
    }
    return bad + (step == MPTA_WALK_OVERRUN);
}

static struct look look_at(const struct forge_packet *packet)
{
    struct mpta_segment segment;
    enum mpta_frame frame = mpta_frame_dissect(packet->link_type, packet->octets, packet->captured,
                                               packet->wire_len, &segment);
    struct look look = {.is_segment = frame == MPTA_FRAME_TCP};
    if (look.is_segment) {
        look.is_whole = !segment.fragmented && segment.payload_captured == segment.payload_len &&
                        segment.options_captured == segment.options_len;
        look.checksums_right =
            !look.is_whole || (tcp_checksum_is_right(&segment) && ipv4_checksum_is_right(&segment));
        look.options_bad = options_bad(&segment);
    } else {
        assert_int_equal(frame, MPTA_FRAME_FRAGMENT);
    }
    return look;
}

/* ---- All packets of all scenarios ----------------------------------------------------------- */

static void scenario_check(const struct forge_scenario *scenario)
{
    struct forge forge = forge_scenario_play(scenario, SEED);
    unsigned segments = 0;
    unsigned bad_checksums = 0;
    unsigned bad_options = 0;
    assert_false(forge.failed);
    for (size_t i = 0; i < forge.count; i++) {
        struct look look = look_at(&forge.packets[i]);
        segments += look.is_segment;
        bad_checksums += look.is_segment && !look.checksums_right;
        bad_options += look.options_bad;
    }
    assert_int_not_equal(segments, 0);
    assert_int_equal(bad_checksums, scenario->expected.partial);
    assert_int_equal(bad_options, scenario->expected.malformed);
    forge_free(&forge);
}

static void packets_are_what_was_meant(void **state)
{
    const struct forge_scenario *scenario;
    (void)state;
    for (size_t i = 0; (scenario = forge_scenario_at(i)) != NULL; i++) {
        print_message("%s\n", scenario->name);
        scenario_check(scenario);
    }
}

static bool packet_equal(const struct forge_packet *a, const struct forge_packet *b)
{
    return a->time_ns == b->time_ns && a->interface == b->interface &&
           a->link_type == b->link_type && a->wire_len == b->wire_len &&
           a->captured == b->captured && memcmp(a->octets, b->octets, a->captured) == 0;
}

static bool forges_equal(const struct forge *a, const struct forge *b)
{
    bool equal = a->count == b->count;
    for (size_t i = 0; equal && i < a->count; i++) {
        equal = packet_equal(&a->packets[i], &b->packets[i]);
    }
    return equal;
}

static void octets_follow_from_seed(void **state)
{
    const struct forge_scenario *scenario;
    (void)state;
    for (size_t i = 0; (scenario = forge_scenario_at(i)) != NULL; i++) {
        struct forge once = forge_scenario_play(scenario, SEED);
        struct forge again = forge_scenario_play(scenario, SEED);
        struct forge other = forge_scenario_play(scenario, SEED + 1);
        assert_true(forges_equal(&once, &again));
        assert_false(forges_equal(&once, &other));
        forge_free(&once);
        forge_free(&again);
        forge_free(&other);
    }
}

/* Within one interface, as every capturing host has it. */
static void times_never_go_back(void **state)
{
    const struct forge_scenario *scenario;
    (void)state;
    for (size_t i = 0; (scenario = forge_scenario_at(i)) != NULL; i++) {
        struct forge forge = forge_scenario_play(scenario, SEED);
        int64_t last_ns[FORGE_INTERFACE_COUNT] = {0};
        for (size_t j = 0; j < forge.count; j++) {
            const struct forge_packet *packet = &forge.packets[j];
            assert_true(packet->time_ns >= last_ns[packet->interface]);
            last_ns[packet->interface] = packet->time_ns;
        }
        forge_free(&forge);
    }
}

static void names_are_unique(void **state)
{
    const struct forge_scenario *scenario;
    (void)state;
    for (size_t i = 0; (scenario = forge_scenario_at(i)) != NULL; i++) {
        assert_int_equal(strspn(scenario->name, "abcdefghijklmnopqrstuvwxyz0123456789-"),
                         strlen(scenario->name));
        assert_ptr_equal(forge_scenario_find(scenario->name), scenario);
    }
    assert_null(forge_scenario_find("no such scenario"));
}

/* ---- Numbers that were searched for --------------------------------------------------------- */

static const struct {
    const char *words;
    uint64_t key;
    uint64_t idsn_above; /* the IDSN, cut to `bits`, is more than this */
    unsigned bits;
    uint32_t token; /* 0: any */
} searched[] = {
    {"token collision, one",       0x556b105c262f29cd, 0,                  64, 0x5aaf0ccf},
    {"token collision, the other", 0x3adacd4959f95d56, 0,                  64, 0x5aaf0ccf},
    {"next to 2^32, client",       0xccc2849660fcff4e, 0xffffff00,         32, 0         },
    {"next to 2^32, server",       0xbd1c5975c7a97412, 0xffffff00,         32, 0         },
    {"next to 2^64",               0xf6d7f56ad41fde55, 0xfffffffad0000000, 64, 0         },
};

static void searched_keys_are_right(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof searched / sizeof searched[0]; i++) {
        uint64_t idsn = mpta_key_idsn(searched[i].key, 1);
        print_message("%s\n", searched[i].words);
        assert_true(searched[i].token == 0 ||
                    mpta_key_token(searched[i].key, 1) == searched[i].token);
        assert_true((searched[i].bits == 32 ? (uint32_t)idsn : idsn) > searched[i].idsn_above);
    }
}

/* ---- The DSS checksum ----------------------------------------------------------------------- */

/* Sums made by hand. */
static const struct {
    const char *words;
    uint64_t dsn;
    const char *payload;
    size_t payload_len;
    uint32_t ssn;
    uint16_t data_len;
    uint16_t checksum;
} sums[] = {
    {"no data",                  0,                  "",                 0, 0,          1, 0xfffe},
    {"even",                     0x0102030405060708, "\x01\x02\x03\x04", 4, 1,          4, 0xebe0},
    {"odd: a zero octet is due", 0x0102030405060708, "\x01\x02\x03",     3, 1,          3, 0xebe5},
    {"a carry goes round",       0xffff000000000000, "\x00\x00",         2, 0x00010000, 2, 0xfffc},
};

static void dss_checksum_is_right(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sums / sizeof sums[0]; i++) {
        print_message("%s\n", sums[i].words);
        assert_int_equal(forge_dss_checksum(sums[i].dsn, sums[i].ssn, sums[i].data_len,
                                            (const uint8_t *)sums[i].payload, sums[i].payload_len),
                         sums[i].checksum);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packets_are_what_was_meant), cmocka_unit_test(octets_follow_from_seed),
        cmocka_unit_test(times_never_go_back),        cmocka_unit_test(names_are_unique),
        cmocka_unit_test(searched_keys_are_right),    cmocka_unit_test(dss_checksum_is_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
