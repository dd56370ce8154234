/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every length from 0 to 40 with every value of the two octets that tell a form (subtype, version,
 * flags): accepted or refused as the table of legal forms says. What is accepted decodes from its
 * encoding to the very same struct.
 */
#include "tests/unit/dissector/legal_forms.h"
#include "tests/unit/dissector/octets.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* True if an option comes back from its encoding as it was. */
static bool round_trip(const struct mpta_mptcp_option *option, size_t length)
{
    uint8_t encoded[OPTION_LEN_MAX];
    struct mpta_mptcp_option again;
    return mpta_mptcp_encode(option, encoded, sizeof encoded) == length &&
           mpta_mptcp_decode(encoded, length, &again) == MPTA_OPTION_OK &&
           option_is_same(option, &again);
}

static void option_check(const uint8_t *octets, size_t length)
{
    struct mpta_mptcp_option option;
    uint8_t octet2 = length > 2 ? octets[2] : 0, octet3 = length > 3 ? octets[3] : 0;
    enum mpta_option_status status = mpta_mptcp_decode(octets, length, &option);
    enum mpta_option_status expected = legal_status(length, octet2, octet3);
    if (status != expected) {
        fail_msg("length %zu, %02x %02x: %s, expected %s", length, octet2, octet3,
                 mpta_option_status_text(status), mpta_option_status_text(expected));
    }
    if (status == MPTA_OPTION_OK && !round_trip(&option, length)) {
        fail_msg("length %zu, %02x %02x: comes back as another", length, octet2, octet3);
    }
}

/* The octets are those of one length, in a block of that size; the others are arbitrary. */
static void length_sweep(uint8_t *octets, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        octets[i] = (uint8_t)(i * 37 + length);
    }
    for (uint32_t value = 0; value < 0x10000; value++) {
        if (length > 1) {
            octets[1] = (uint8_t)length;
        }
        if (length > 2) {
            octets[2] = (uint8_t)(value >> 8);
        }
        if (length > 3) {
            octets[3] = (uint8_t)value;
        }
        option_check(octets, length);
    }
}

static void every_length_and_head(void **state)
{
    (void)state;
    for (size_t length = 0; length <= OPTION_LEN_MAX; length++) {
        uint8_t *octets = octets_copy((const uint8_t[OPTION_LEN_MAX]){0}, length);
        length_sweep(octets, length);
        free(octets);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_length_and_head),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
