/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What has no form: octets that do not decode, and why; structs that do not encode.
 */
#include "dissector/dissector.h"
#include "tests/unit/dissector/octets.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define OPTION_LEN_MAX  40
#define LENGTH          MPTA_OPTION_LENGTH
#define LENGTH_VERSION  MPTA_OPTION_LENGTH_VERSION
#define LENGTH_FLAGS    MPTA_OPTION_LENGTH_FLAGS

struct octets_case {
    const char *words;
    const char *hex;
    enum mpta_option_status expected;
};

/* clang-format off */
static const struct octets_case octets_cases[] = {
    {"nothing", "", LENGTH},
    {"a kind", "1e", LENGTH},
    {"kind and length", "1e02", LENGTH},
    {"length octet too small", "1e03 01 81", LENGTH},
    {"length octet too large", "1e05 01 81", LENGTH},
    {"longer than all options together",
     "1e29 90 0000000000000000000000000000000000000000000000000000000000000000000000000000",
     LENGTH},
    {"version 0 MP_CAPABLE without a key", "1e04 00 81", LENGTH_VERSION},
    {"version 0 MP_CAPABLE with a length",
     "1e16 00 81 0011223344556677 8899aabbccddeeff 0578", LENGTH_VERSION},
    {"version 0 MP_CAPABLE with a checksum",
     "1e18 00 81 0011223344556677 8899aabbccddeeff 0578 beef", LENGTH_VERSION},
    {"version 0 MP_CAPABLE of no version's length", "1e05 00 81 00", LENGTH},
    {"MP_CAPABLE with half a key", "1e08 01 81 00112233", LENGTH},
    {"MP_CAPABLE with length but one key", "1e0e 01 81 0011223344556677 0578", LENGTH},
    {"MP_CAPABLE with three keys",
     "1e1c 01 81 0011223344556677 8899aabbccddeeff 0011223344556677", LENGTH},
    {"MP_CAPABLE with no more than a version", "1e03 01", LENGTH},
    {"MP_JOIN between SYN and SYN/ACK", "1e0e 10 02 1122aabb 00000001 0000", LENGTH},
    {"MP_JOIN without an address ID", "1e03 10", LENGTH},
    {"DSS without flags", "1e03 20", LENGTH},
    {"DSS of 6", "1e06 20 00 0000", LENGTH},
    {"DSS of 10", "1e0a 20 01 000000000000", LENGTH},
    {"DSS of 30", "1e1e 20 1f 0000000000001267 000000000000032f 00000000 0001 beef 0000", LENGTH},
    {"DSS, DATA_ACK announced but not there", "1e04 20 01", LENGTH_FLAGS},
    {"DSS, DATA_ACK there but not announced", "1e08 20 00 00000001", LENGTH_FLAGS},
    {"DSS, \"a\" without A", "1e0c 20 02 0000000000000001", LENGTH_FLAGS},
    {"DSS, 32-bit DATA_ACK of 64", "1e0c 20 01 0000000000000001", LENGTH_FLAGS},
    {"DSS, 64-bit DATA_ACK of 32", "1e08 20 03 00000001", LENGTH_FLAGS},
    {"DSS, mapping announced but not there", "1e08 20 05 00000001", LENGTH_FLAGS},
    {"DSS, mapping there but not announced", "1e12 20 01 00001267 0000032f 00000001 0578",
     LENGTH_FLAGS},
    {"DSS, \"m\" without M", "1e12 20 08 000000000000032f 00000001 0578", LENGTH_FLAGS},
    {"DSS, 32-bit DSN of 64", "1e12 20 04 000000000000032f 00000001 0578", LENGTH_FLAGS},
    {"DSS, checksum without mapping", "1e0e 20 03 0000000000000001 beef", LENGTH_FLAGS},
    {"DSS, twice the checksum", "1e12 20 04 0000032f 00000001 0578 beef beef", LENGTH_FLAGS},
    {"ADD_ADDR of half an address", "1e06 30 02 0a00", LENGTH},
    {"ADD_ADDR with half an HMAC", "1e0c 30 02 0a000102 00112233", LENGTH},
    {"ADD_ADDR with port and half an HMAC", "1e0e 30 02 0a000102 1f90 00112233", LENGTH},
    {"ADD_ADDR, IPv6, with half an HMAC",
     "1e18 30 02 20010db8000000000000000000000001 00112233", LENGTH},
    {"ADD_ADDR, IPv6, with an HMAC of 96 bits",
     "1e20 30 02 20010db8000000000000000000000001 001122330011223300112233", LENGTH},
    {"REMOVE_ADDR of nothing", "1e03 40", LENGTH},
    {"MP_PRIO with two address IDs", "1e05 50 01 02", LENGTH},
    {"MP_FAIL with a 32-bit DSN", "1e08 6000 00000001", LENGTH},
    {"MP_FASTCLOSE without a key", "1e04 7000", LENGTH},
    {"MP_TCPRST without a reason", "1e03 80", LENGTH},
};
/* clang-format on */

/* The struct stays as it was, but for the subtype. */
static void octets_without_a_form_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(octets_cases); i++) {
        const struct octets_case *c = &octets_cases[i];
        uint8_t octets[OPTION_LEN_MAX + 1];
        size_t length = hex_decode(c->hex, octets, sizeof octets);
        uint8_t *copy = octets_copy(octets, length);
        struct mpta_mptcp_option option, before;
        memset(&option, 0x5a, sizeof option);
        memcpy(&before, &option, sizeof before);
        enum mpta_option_status status = mpta_mptcp_decode(copy, length, &option);
        free(copy);
        if (status != c->expected) {
            fail_msg("%s: %s", c->words, mpta_option_status_text(status));
        }
        size_t subtype_len = sizeof option.subtype;
        assert_memory_equal((char *)&option + subtype_len, (char *)&before + subtype_len,
                            sizeof option - subtype_len);
    }
}

struct struct_case {
    const char *words;
    struct mpta_mptcp_option option;
};

/* clang-format off */
static const struct struct_case struct_cases[] = {
    {"no such subtype", {(enum mpta_subtype)16, .unknown = {.nibble = 0}}},
    {"MP_CAPABLE, version too large", {MPTA_MP_CAPABLE, .capable = {.version = 16}}},
    {"MP_CAPABLE, receiver's key alone",
     {MPTA_MP_CAPABLE, .capable = {.version = 1, .has_receiver_key = true}}},
    {"MP_CAPABLE, length without keys",
     {MPTA_MP_CAPABLE, .capable = {.version = 1, .has_data_len = true}}},
    {"MP_CAPABLE, checksum without length",
     {MPTA_MP_CAPABLE, .capable = {.version = 1, .has_sender_key = true, .has_receiver_key = true,
                                   .has_checksum = true}}},
    {"MP_CAPABLE, version 0 without a key", {MPTA_MP_CAPABLE, .capable = {.version = 0}}},
    {"MP_CAPABLE, version 0 with a length",
     {MPTA_MP_CAPABLE, .capable = {.has_sender_key = true, .has_receiver_key = true,
                                   .has_data_len = true}}},
    {"MP_JOIN, flags too large", {MPTA_MP_JOIN, .join = {.flags = 16}}},
    {"MP_JOIN, backup without its flag", {MPTA_MP_JOIN, .join = {.backup = true}}},
    {"MP_JOIN, flag without backup",
     {MPTA_MP_JOIN, .join = {.form = MPTA_JOIN_SYN_ACK, .flags = 1}}},
    {"MP_JOIN, ACK with backup",
     {MPTA_MP_JOIN, .join = {.form = MPTA_JOIN_ACK, .flags = 1, .backup = true}}},
    {"MP_JOIN, no such form", {MPTA_MP_JOIN, .join = {.form = (enum mpta_join_form)3}}},
    {"DSS, reserved bits too large", {MPTA_DSS, .dss = {.reserved = 16}}},
    {"DSS, FIN without its flag", {MPTA_DSS, .dss = {.data_fin = true}}},
    {"DSS, flag without FIN", {MPTA_DSS, .dss = {.flags = 0x10}}},
    {"DSS, DATA_ACK without its flag", {MPTA_DSS, .dss = {.has_ack = true}}},
    {"DSS, flag without DATA_ACK", {MPTA_DSS, .dss = {.flags = 0x01}}},
    {"DSS, 64 bits of no DATA_ACK", {MPTA_DSS, .dss = {.flags = 0x02, .ack_is_64 = true}}},
    {"DSS, 64 bits in 32-bit DATA_ACK",
     {MPTA_DSS, .dss = {.flags = 0x01, .has_ack = true, .data_ack = 0x100000000}}},
    {"DSS, mapping without its flag", {MPTA_DSS, .dss = {.has_map = true}}},
    {"DSS, 64-bit flag, 32-bit DSN", {MPTA_DSS, .dss = {.flags = 0x0c, .has_map = true}}},
    {"DSS, 64 bits in 32-bit DSN",
     {MPTA_DSS, .dss = {.flags = 0x04, .has_map = true, .dsn = 0x100000000}}},
    {"DSS, checksum without mapping", {MPTA_DSS, .dss = {.has_checksum = true}}},
    {"ADD_ADDR, no address", {MPTA_ADD_ADDR, .add_addr = {.address_id = 1}}},
    {"ADD_ADDR, echo without its flag",
     {MPTA_ADD_ADDR, .add_addr = {.echo = true, .address = {.family = 4}}}},
    {"ADD_ADDR, nibble too large",
     {MPTA_ADD_ADDR, .add_addr = {.nibble = 16, .address = {.family = 4}}}},
    {"REMOVE_ADDR, none", {MPTA_REMOVE_ADDR, .remove_addr = {.count = 0}}},
    {"REMOVE_ADDR, too many", {MPTA_REMOVE_ADDR, .remove_addr = {.count = 38}}},
    {"REMOVE_ADDR, nibble too large",
     {MPTA_REMOVE_ADDR, .remove_addr = {.nibble = 16, .count = 1}}},
    {"MP_PRIO, backup without its flag", {MPTA_MP_PRIO, .prio = {.backup = true}}},
    {"MP_PRIO, nibble too large", {MPTA_MP_PRIO, .prio = {.nibble = 16}}},
    {"MP_FAIL, reserved bits too large", {MPTA_MP_FAIL, .fail = {.reserved = 0x1000}}},
    {"MP_FASTCLOSE, reserved bits too large",
     {MPTA_MP_FASTCLOSE, .fastclose = {.reserved = 0x1000}}},
    {"MP_TCPRST, transient without its flag", {MPTA_MP_TCPRST, .tcprst = {.transient = true}}},
    {"MP_TCPRST, flags too large", {MPTA_MP_TCPRST, .tcprst = {.flags = 16}}},
    {"unknown subtype, body too long", {(enum mpta_subtype)9, .unknown = {.length = 38}}},
    {"unknown subtype, nibble too large", {(enum mpta_subtype)9, .unknown = {.nibble = 16}}},
};
/* clang-format on */

static void structs_without_a_form_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(struct_cases); i++) {
        uint8_t octets[OPTION_LEN_MAX];
        if (mpta_mptcp_encode(&struct_cases[i].option, octets, sizeof octets) != 0) {
            fail_msg("%s: encoded", struct_cases[i].words);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(octets_without_a_form_are_refused),
        cmocka_unit_test(structs_without_a_form_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
