/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every length from 0 to 40 in an option area of every size from 0 to 40, with every value of the
 * two octets that tell a form; and again with every part of the area captured. The walk finds what
 * there is to find, and the decoder takes it as the table of legal forms says: more than a hundred
 * million cases, so this is compiled as it is installed.
 */
#include "tests/unit/dissector/legal_forms.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define AREA_MAX 40

/* An option at the beginning of an option area. */
struct area {
    uint8_t octets[AREA_MAX];
    size_t option_len; /* as its length octet says */
    size_t size;
    size_t captured;
};

/* Zeros, which end the options, follow the option. */
static struct area area_of(size_t option_len, size_t size, size_t captured)
{
    struct area area = {.option_len = option_len, .size = size, .captured = captured};
    for (size_t i = 0; i < option_len && i < size; i++) {
        area.octets[i] = (uint8_t)(i * 37 + option_len);
    }
    if (size > 0) {
        area.octets[0] = MPTA_KIND_MPTCP;
    }
    if (size > 1) {
        area.octets[1] = (uint8_t)option_len;
    }
    return area;
}

/* Sets the octets that tell a form, as far as the option has them. */
static void area_tell(struct area *area, unsigned value)
{
    if (area->option_len > 2) {
        area->octets[2] = (uint8_t)(value >> 8);
    }
    if (area->option_len > 3) {
        area->octets[3] = (uint8_t)value;
    }
}

/* RFC 9293 section 3.1, in the words of the walk. */
static enum mpta_walk walk_expected(const struct area *area)
{
    if (area->size == 0) {
        return MPTA_WALK_END;
    }
    if (area->captured < 2) {
        return area->size < 2 && area->captured == area->size ? MPTA_WALK_OVERRUN : MPTA_WALK_CUT;
    }
    if (area->option_len < 2 || area->option_len > area->size) {
        return MPTA_WALK_OVERRUN;
    }
    return area->option_len <= area->captured ? MPTA_WALK_OPTION : MPTA_WALK_CUT;
}

static enum mpta_walk end_expected(const struct area *area)
{
    return area->captured == area->option_len && area->size > area->captured ? MPTA_WALK_CUT
                                                                             : MPTA_WALK_END;
}

static bool option_is_right(const struct area *area, const struct mpta_tcp_option *option)
{
    struct mpta_mptcp_option decoded;
    const uint8_t octet2 = option->length > 2 ? area->octets[2] : 0;
    const uint8_t octet3 = option->length > 3 ? area->octets[3] : 0;
    return option->kind == MPTA_KIND_MPTCP && option->octets == area->octets &&
           option->length == area->option_len &&
           mpta_mptcp_decode(option->octets, option->length, &decoded) ==
               legal_status(option->length, octet2, octet3);
}

static bool area_is_read_rightly(const struct area *area)
{
    const struct mpta_segment segment = {
        .options = area->octets, .options_len = area->size, .options_captured = area->captured};
    struct mpta_option_walk walk;
    struct mpta_tcp_option option;
    mpta_option_walk_start(&walk, &segment);
    const enum mpta_walk step = mpta_option_walk_next(&walk, &option);
    if (step != walk_expected(area)) {
        return false;
    }
    return step != MPTA_WALK_OPTION ||
           (option_is_right(area, &option) &&
            mpta_option_walk_next(&walk, &option) == end_expected(area) && !walk.unclean_end);
}

/* Every step-th value of the two octets. */
static uint64_t area_sweep(struct area area, unsigned step)
{
    uint64_t cases = 0;
    for (unsigned value = 0; value < 0x10000; value += step) {
        area_tell(&area, value);
        if (!area_is_read_rightly(&area)) {
            fail_msg("length %zu, %zu of %zu octets captured, value %04x", area.option_len,
                     area.captured, area.size, value);
        }
        cases++;
    }
    return cases;
}

static void every_length_in_every_area(void **state)
{
    uint64_t cases = 0;
    (void)state;
    for (size_t length = 0; length <= OPTION_LEN_MAX; length++) {
        for (size_t size = 0; size <= AREA_MAX; size++) {
            cases += area_sweep(area_of(length, size, size), 1);
        }
    }
    print_message("%llu cases\n", (unsigned long long)cases);
    assert_true(cases > 100000000);
}

/* A step that meets all subtypes, versions and flags. */
static void every_part_of_an_area(void **state)
{
    uint64_t cases = 0;
    (void)state;
    for (size_t length = 0; length <= OPTION_LEN_MAX; length++) {
        for (size_t size = 0; size <= AREA_MAX; size++) {
            for (size_t captured = 0; captured < size; captured++) {
                cases += area_sweep(area_of(length, size, captured), 0xff);
            }
        }
    }
    print_message("%llu cases\n", (unsigned long long)cases);
    assert_true(cases > 8000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_length_in_every_area),
        cmocka_unit_test(every_part_of_an_area),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
