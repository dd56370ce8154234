/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every form of option 30: its octets, the struct they decode to, the sentence about it, and what
 * becomes of it with one octet fewer and one more. The struct encodes to the same octets again.
 */
#include "dissector/dissector.h"
#include "tests/unit/dissector/octets.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define OPTION_LEN_MAX  40
#define OK              MPTA_OPTION_OK
#define LENGTH          MPTA_OPTION_LENGTH
#define KEY_A           0x0011223344556677
#define KEY_B           0x8899aabbccddeeff
#define HMAC_8          0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7
#define HMAC_20         HMAC_8, HMAC_8, 0xb0, 0xb1, 0xb2, 0xb3
#define V4_ADDRESS                                                                                 \
    {                                                                                              \
        4,                                                                                         \
        {                                                                                          \
            10, 0, 1, 2                                                                            \
        }                                                                                          \
    }
#define V6_ADDRESS                                                                                 \
    {                                                                                              \
        6,                                                                                         \
        {                                                                                          \
            0x20, 0x01, 0x0d, 0xb8, [15] = 1                                                       \
        }                                                                                          \
    }
#define V6_OCTETS "20010db8 00000000 00000000 00000001 "

struct form_case {
    const char *hex;
    const char *sentence;
    enum mpta_option_status shorter; /* with one octet fewer, and one more */
    enum mpta_option_status longer;
    struct mpta_mptcp_option option;
};

/* clang-format off */
static const struct form_case form_cases[] = {
    /* MP_CAPABLE, version 1. */
    {"1e04 01 81", "MP_CAPABLE v1 flags AH", LENGTH, LENGTH,
     {MPTA_MP_CAPABLE, .capable = {.version = 1, .flags = MPTA_CAPABLE_A | MPTA_CAPABLE_H}}},
    {"1e0c 01 21 0011223344556677", "MP_CAPABLE v1 flags CH sender-key", LENGTH, LENGTH,
     {MPTA_MP_CAPABLE, .capable = {.version = 1, .flags = MPTA_CAPABLE_C | MPTA_CAPABLE_H,
                                   .has_sender_key = true, .sender_key = KEY_A}}},
    {"1e14 01 01 0011223344556677 8899aabbccddeeff",
     "MP_CAPABLE v1 flags H sender-key receiver-key", LENGTH, LENGTH,
     {MPTA_MP_CAPABLE, .capable = {.version = 1, .flags = MPTA_CAPABLE_H, .has_sender_key = true,
                                   .has_receiver_key = true, .sender_key = KEY_A,
                                   .receiver_key = KEY_B}}},
    {"1e16 01 01 0011223344556677 8899aabbccddeeff 0578",
     "MP_CAPABLE v1 flags H sender-key receiver-key len 1400", LENGTH, LENGTH,
     {MPTA_MP_CAPABLE, .capable = {.version = 1, .flags = MPTA_CAPABLE_H, .has_sender_key = true,
                                   .has_receiver_key = true, .sender_key = KEY_A,
                                   .receiver_key = KEY_B, .has_data_len = true,
                                   .data_len = 1400}}},
    {"1e18 01 81 0011223344556677 8899aabbccddeeff 0578 beef",
     "MP_CAPABLE v1 flags AH sender-key receiver-key len 1400 csum 0xbeef", LENGTH, LENGTH,
     {MPTA_MP_CAPABLE, .capable = {.version = 1, .flags = 0x81, .has_sender_key = true,
                                   .has_receiver_key = true, .sender_key = KEY_A,
                                   .receiver_key = KEY_B, .has_data_len = true,
                                   .data_len = 1400, .has_checksum = true, .checksum = 0xbeef}}},
    /* MP_CAPABLE, version 0 and versions to come. */
    {"1e0c 00 81 0011223344556677", "MP_CAPABLE v0 flags AH sender-key", LENGTH, LENGTH,
     {MPTA_MP_CAPABLE, .capable = {.version = 0, .flags = 0x81, .has_sender_key = true,
                                   .sender_key = KEY_A}}},
    {"1e14 00 01 0011223344556677 8899aabbccddeeff",
     "MP_CAPABLE v0 flags H sender-key receiver-key", LENGTH, LENGTH,
     {MPTA_MP_CAPABLE, .capable = {.version = 0, .flags = 0x01, .has_sender_key = true,
                                   .has_receiver_key = true, .sender_key = KEY_A,
                                   .receiver_key = KEY_B}}},
    {"1e04 02 00", "MP_CAPABLE v2", LENGTH, LENGTH, {MPTA_MP_CAPABLE, .capable = {.version = 2}}},
    {"1e0c 0f ff 0011223344556677", "MP_CAPABLE v15 flags ABCDEFGH sender-key", LENGTH, LENGTH,
     {MPTA_MP_CAPABLE, .capable = {.version = 15, .flags = 0xff, .has_sender_key = true,
                                   .sender_key = KEY_A}}},

    /* MP_JOIN. */
    {"1e0c 10 02 1122aabb 00000001", "MP_JOIN SYN token 0x1122aabb nonce 0x00000001 id 2", LENGTH,
     LENGTH,
     {MPTA_MP_JOIN, .join = {.form = MPTA_JOIN_SYN, .address_id = 2, .token = 0x1122aabb,
                             .nonce = 1}}},
    {"1e0c 11 02 1122aabb 00000001", "MP_JOIN SYN token 0x1122aabb nonce 0x00000001 id 2 backup",
     LENGTH, LENGTH,
     {MPTA_MP_JOIN, .join = {.form = MPTA_JOIN_SYN, .flags = 1, .backup = true, .address_id = 2,
                             .token = 0x1122aabb, .nonce = 1}}},
    {"1e10 1f ff a0a1a2a3a4a5a6a7 deadbeef",
     "MP_JOIN SYN/ACK hmac 0xa0a1a2a3a4a5a6a7 nonce 0xdeadbeef id 255 backup", LENGTH, LENGTH,
     {MPTA_MP_JOIN, .join = {.form = MPTA_JOIN_SYN_ACK, .flags = 15, .backup = true,
                             .address_id = 255, .nonce = 0xdeadbeef, .hmac = {HMAC_8}}}},
    {"1e18 10 00 a0a1a2a3a4a5a6a7a0a1a2a3a4a5a6a7b0b1b2b3",
     "MP_JOIN ACK hmac 0xa0a1a2a3a4a5a6a7a0a1a2a3a4a5a6a7b0b1b2b3", LENGTH, LENGTH,
     {MPTA_MP_JOIN, .join = {.form = MPTA_JOIN_ACK, .hmac = {HMAC_20}}}},
    {"1e18 11 05 a0a1a2a3a4a5a6a7a0a1a2a3a4a5a6a7b0b1b2b3",
     "MP_JOIN ACK hmac 0xa0a1a2a3a4a5a6a7a0a1a2a3a4a5a6a7b0b1b2b3", LENGTH, LENGTH,
     {MPTA_MP_JOIN, .join = {.form = MPTA_JOIN_ACK, .flags = 1, .address_id = 5,
                             .hmac = {HMAC_20}}}},

    /* DSS: no part, each size of DATA_ACK, of mapping, of both, with and without checksum. */
    {"1e04 20 00", "DSS", LENGTH, LENGTH, {MPTA_DSS, .dss = {.flags = 0}}},
    {"1e04 20 10", "DSS FIN", LENGTH, LENGTH, {MPTA_DSS, .dss = {.flags = 0x10, .data_fin = true}}},
    {"1e04 2f 00", "DSS", LENGTH, LENGTH, {MPTA_DSS, .dss = {.reserved = 15}}},
    {"1e04 20 ea", "DSS", LENGTH, LENGTH, {MPTA_DSS, .dss = {.flags = 0xea}}},
    {"1e08 20 01 00001267", "DSS ack 4711", LENGTH, LENGTH,
     {MPTA_DSS, .dss = {.flags = 0x01, .has_ack = true, .data_ack = 4711}}},
    {"1e0c 20 03 8000000000001267", "DSS ack 9223372036854780519", LENGTH, LENGTH,
     {MPTA_DSS, .dss = {.flags = 0x03, .has_ack = true, .ack_is_64 = true,
                        .data_ack = 0x8000000000001267}}},
    {"1e0e 20 04 0000032f 00000001 0578", "DSS dsn 815 ssn 1 len 1400", LENGTH, LENGTH,
     {MPTA_DSS, .dss = {.flags = 0x04, .has_map = true, .dsn = 815, .ssn = 1, .data_len = 1400}}},
    {"1e10 20 04 0000032f 00000001 0578 beef", "DSS dsn 815 ssn 1 len 1400 csum 0xbeef", LENGTH,
     LENGTH,
     {MPTA_DSS, .dss = {.flags = 0x04, .has_map = true, .dsn = 815, .ssn = 1, .data_len = 1400,
                        .has_checksum = true, .checksum = 0xbeef}}},
    {"1e12 20 0c 000000010000032f 00000001 0000", "DSS dsn 4294968111 ssn 1 len 0 infinite", LENGTH,
     LENGTH,
     {MPTA_DSS, .dss = {.flags = 0x0c, .has_map = true, .dsn_is_64 = true, .dsn = 0x10000032f,
                        .ssn = 1, .data_len = 0}}},
    {"1e14 20 0c 000000010000032f 00000001 0578 beef",
     "DSS dsn 4294968111 ssn 1 len 1400 csum 0xbeef", LENGTH, LENGTH,
     {MPTA_DSS, .dss = {.flags = 0x0c, .has_map = true, .dsn_is_64 = true, .dsn = 0x10000032f,
                        .ssn = 1, .data_len = 1400, .has_checksum = true, .checksum = 0xbeef}}},
    {"1e12 20 05 00001267 0000032f 00000001 0578", "DSS ack 4711 dsn 815 ssn 1 len 1400", LENGTH,
     LENGTH,
     {MPTA_DSS, .dss = {.flags = 0x05, .has_ack = true, .data_ack = 4711, .has_map = true,
                        .dsn = 815, .ssn = 1, .data_len = 1400}}},
    {"1e14 20 15 00001267 0000032f 00000001 0578 beef",
     "DSS ack 4711 dsn 815 ssn 1 len 1400 csum 0xbeef FIN", LENGTH, LENGTH,
     {MPTA_DSS, .dss = {.flags = 0x15, .data_fin = true, .has_ack = true, .data_ack = 4711,
                        .has_map = true, .dsn = 815, .ssn = 1, .data_len = 1400,
                        .has_checksum = true, .checksum = 0xbeef}}},
    {"1e16 20 07 0000000000001267 0000032f 00000001 0578", "DSS ack 4711 dsn 815 ssn 1 len 1400",
     LENGTH, LENGTH,
     {MPTA_DSS, .dss = {.flags = 0x07, .has_ack = true, .ack_is_64 = true, .data_ack = 4711,
                        .has_map = true, .dsn = 815, .ssn = 1, .data_len = 1400}}},
    {"1e18 20 07 0000000000001267 0000032f 00000001 0578 beef",
     "DSS ack 4711 dsn 815 ssn 1 len 1400 csum 0xbeef", LENGTH, LENGTH,
     {MPTA_DSS, .dss = {.flags = 0x07, .has_ack = true, .ack_is_64 = true, .data_ack = 4711,
                        .has_map = true, .dsn = 815, .ssn = 1, .data_len = 1400,
                        .has_checksum = true, .checksum = 0xbeef}}},
    {"1e16 20 0d 00001267 000000000000032f 00000001 0578", "DSS ack 4711 dsn 815 ssn 1 len 1400",
     LENGTH, LENGTH,
     {MPTA_DSS, .dss = {.flags = 0x0d, .has_ack = true, .data_ack = 4711, .has_map = true,
                        .dsn_is_64 = true, .dsn = 815, .ssn = 1, .data_len = 1400}}},
    {"1e18 20 0d 00001267 000000000000032f 00000001 0578 beef",
     "DSS ack 4711 dsn 815 ssn 1 len 1400 csum 0xbeef", LENGTH, LENGTH,
     {MPTA_DSS, .dss = {.flags = 0x0d, .has_ack = true, .data_ack = 4711, .has_map = true,
                        .dsn_is_64 = true, .dsn = 815, .ssn = 1, .data_len = 1400,
                        .has_checksum = true, .checksum = 0xbeef}}},
    {"1e1a 20 0f 0000000000001267 000000000000032f 00000001 0578",
     "DSS ack 4711 dsn 815 ssn 1 len 1400", LENGTH, LENGTH,
     {MPTA_DSS, .dss = {.flags = 0x0f, .has_ack = true, .ack_is_64 = true, .data_ack = 4711,
                        .has_map = true, .dsn_is_64 = true, .dsn = 815, .ssn = 1,
                        .data_len = 1400}}},
    {"1e1c 20 1f 0000000000001267 000000000000032f 00000000 0001 beef",
     "DSS ack 4711 dsn 815 ssn 0 len 1 csum 0xbeef FIN", LENGTH, LENGTH,
     {MPTA_DSS, .dss = {.flags = 0x1f, .data_fin = true, .has_ack = true, .ack_is_64 = true,
                        .data_ack = 4711, .has_map = true, .dsn_is_64 = true, .dsn = 815, .ssn = 0,
                        .data_len = 1, .has_checksum = true, .checksum = 0xbeef}}},

    /* ADD_ADDR: version 1 announced and echoed, version 0. */
    {"1e08 31 02 0a000102", "ADD_ADDR echo id 2 10.0.1.2", LENGTH, LENGTH,
     {MPTA_ADD_ADDR, .add_addr = {.nibble = 1, .echo = true, .address_id = 2,
                                  .address = V4_ADDRESS}}},
    {"1e0a 31 02 0a000102 1f90", "ADD_ADDR echo id 2 10.0.1.2:8080", LENGTH, LENGTH,
     {MPTA_ADD_ADDR, .add_addr = {.nibble = 1, .echo = true, .address_id = 2,
                                  .address = V4_ADDRESS, .has_port = true, .port = 8080}}},
    {"1e10 30 02 0a000102 0011223344556677", "ADD_ADDR id 2 10.0.1.2 hmac 0x0011223344556677",
     LENGTH, LENGTH,
     {MPTA_ADD_ADDR, .add_addr = {.address_id = 2, .address = V4_ADDRESS, .has_hmac = true,
                                  .hmac = KEY_A}}},
    {"1e12 30 02 0a000102 1f90 0011223344556677",
     "ADD_ADDR id 2 10.0.1.2:8080 hmac 0x0011223344556677", LENGTH, LENGTH,
     {MPTA_ADD_ADDR, .add_addr = {.address_id = 2, .address = V4_ADDRESS, .has_port = true,
                                  .port = 8080, .has_hmac = true, .hmac = KEY_A}}},
    {"1e14 31 02 " V6_OCTETS, "ADD_ADDR echo id 2 2001:db8::1", LENGTH, LENGTH,
     {MPTA_ADD_ADDR, .add_addr = {.nibble = 1, .echo = true, .address_id = 2,
                                  .address = V6_ADDRESS}}},
    {"1e16 31 02 " V6_OCTETS "1f90", "ADD_ADDR echo id 2 [2001:db8::1]:8080", LENGTH, LENGTH,
     {MPTA_ADD_ADDR, .add_addr = {.nibble = 1, .echo = true, .address_id = 2,
                                  .address = V6_ADDRESS, .has_port = true, .port = 8080}}},
    {"1e1c 30 02 " V6_OCTETS "0011223344556677",
     "ADD_ADDR id 2 2001:db8::1 hmac 0x0011223344556677", LENGTH, LENGTH,
     {MPTA_ADD_ADDR, .add_addr = {.address_id = 2, .address = V6_ADDRESS, .has_hmac = true,
                                  .hmac = KEY_A}}},
    {"1e1e 30 02 " V6_OCTETS "1f90 0011223344556677",
     "ADD_ADDR id 2 [2001:db8::1]:8080 hmac 0x0011223344556677", LENGTH, LENGTH,
     {MPTA_ADD_ADDR, .add_addr = {.address_id = 2, .address = V6_ADDRESS, .has_port = true,
                                  .port = 8080, .has_hmac = true, .hmac = KEY_A}}},
    {"1e08 34 02 0a000102", "ADD_ADDR ipver 4 id 2 10.0.1.2", LENGTH, LENGTH,
     {MPTA_ADD_ADDR, .add_addr = {.nibble = 4, .address_id = 2, .address = V4_ADDRESS}}},
    {"1e16 36 02 " V6_OCTETS "1f90", "ADD_ADDR ipver 6 id 2 [2001:db8::1]:8080", LENGTH, LENGTH,
     {MPTA_ADD_ADDR, .add_addr = {.nibble = 6, .address_id = 2, .address = V6_ADDRESS,
                                  .has_port = true, .port = 8080}}},
    {"1e10 3f 02 0a000102 0011223344556677",
     "ADD_ADDR flags 0xf id 2 10.0.1.2 hmac 0x0011223344556677", LENGTH, LENGTH,
     {MPTA_ADD_ADDR, .add_addr = {.nibble = 15, .address_id = 2, .address = V4_ADDRESS,
                                  .has_hmac = true, .hmac = KEY_A}}},

    /* REMOVE_ADDR: one, some, as many as an option can hold. */
    {"1e04 40 07", "REMOVE_ADDR id 7", LENGTH, OK,
     {MPTA_REMOVE_ADDR, .remove_addr = {.count = 1, .address_ids = {7}}}},
    {"1e06 4f 01 02 ff", "REMOVE_ADDR id 1,2,255", OK, OK,
     {MPTA_REMOVE_ADDR, .remove_addr = {.nibble = 15, .count = 3, .address_ids = {1, 2, 255}}}},
    {"1e28 40 0100000000000000000000000000000000000000 0000000000000000000000000000000009",
     "REMOVE_ADDR id 1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,9",
     OK, LENGTH,
     {MPTA_REMOVE_ADDR, .remove_addr = {.count = 37, .address_ids = {[0] = 1, [36] = 9}}}},

    /* MP_PRIO: both versions; version 0's address ID. */
    {"1e03 50", "MP_PRIO regular", LENGTH, OK, {MPTA_MP_PRIO, .prio = {.nibble = 0}}},
    {"1e03 51", "MP_PRIO backup", LENGTH, OK,
     {MPTA_MP_PRIO, .prio = {.nibble = 1, .backup = true}}},
    {"1e04 5b 03", "MP_PRIO backup id 3", OK, LENGTH,
     {MPTA_MP_PRIO, .prio = {.nibble = 11, .backup = true, .has_address_id = true,
                             .address_id = 3}}},

    /* The rest. */
    {"1e0c 6000 8899aabbccddeeff", "MP_FAIL dsn 9843086184167632639", LENGTH, LENGTH,
     {MPTA_MP_FAIL, .fail = {.dsn = KEY_B}}},
    {"1e0c 6fed 0000000000000001", "MP_FAIL dsn 1", LENGTH, LENGTH,
     {MPTA_MP_FAIL, .fail = {.reserved = 0xfed, .dsn = 1}}},
    {"1e0c 7000 0011223344556677", "MP_FASTCLOSE receiver-key", LENGTH, LENGTH,
     {MPTA_MP_FASTCLOSE, .fastclose = {.receiver_key = KEY_A}}},
    {"1e0c 7123 0011223344556677", "MP_FASTCLOSE receiver-key", LENGTH, LENGTH,
     {MPTA_MP_FASTCLOSE, .fastclose = {.reserved = 0x123, .receiver_key = KEY_A}}},
    {"1e04 81 03", "MP_TCPRST reason 3 (administratively prohibited) transient", LENGTH, LENGTH,
     {MPTA_MP_TCPRST, .tcprst = {.flags = 1, .transient = true, .reason = 3}}},
    {"1e04 8e ff", "MP_TCPRST reason 255 (unknown reason)", LENGTH, LENGTH,
     {MPTA_MP_TCPRST, .tcprst = {.flags = 14, .reason = 255}}},
    {"1e03 9f", "subtype 9 nibble 0xf", LENGTH, OK,
     {(enum mpta_subtype)9, .unknown = {.nibble = 15}}},
    {"1e06 e0 01 02 03", "subtype 14 nibble 0x0 body 0x010203", OK, OK,
     {(enum mpta_subtype)14, .unknown = {.length = 3, .body = {1, 2, 3}}}},
    {"1e28 f1 0100000000000000000000000000000000000000 0000000000000000000000000000000009",
     "MP_EXPERIMENTAL nibble 0x1 body "
     "0x01000000000000000000000000000000000000000000000000000000000000000000000009",
     OK, LENGTH,
     {MPTA_MP_EXPERIMENTAL, .unknown = {.nibble = 1, .length = 37,
                                        .body = {[0] = 1, [36] = 9}}}},
};
/* clang-format on */

/* Decodes an option from a block of its own size. */
static enum mpta_option_status decode(const uint8_t *octets, size_t length,
                                      struct mpta_mptcp_option *option)
{
    uint8_t *copy = octets_copy(octets, length);
    enum mpta_option_status status = mpta_mptcp_decode(copy, length, option);
    free(copy);
    return status;
}

static void forms_decode(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(form_cases); i++) {
        uint8_t octets[OPTION_LEN_MAX];
        size_t length = hex_decode(form_cases[i].hex, octets, sizeof octets);
        struct mpta_mptcp_option option;
        if (octets[1] != length || decode(octets, length, &option) != MPTA_OPTION_OK) {
            fail_msg("%s is refused", form_cases[i].hex);
        }
        if (!option_is_same(&option, &form_cases[i].option)) {
            fail_msg("%s decodes to another struct", form_cases[i].hex);
        }
    }
}

static void forms_encode(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(form_cases); i++) {
        uint8_t octets[OPTION_LEN_MAX], encoded[OPTION_LEN_MAX];
        size_t length = hex_decode(form_cases[i].hex, octets, sizeof octets);
        size_t written = mpta_mptcp_encode(&form_cases[i].option, encoded, sizeof encoded);
        if (written != length || memcmp(encoded, octets, length) != 0) {
            fail_msg("%s encodes to other octets", form_cases[i].hex);
        }
    }
}

/* Room of exactly the option's length suffices; one octet less does not, and stays as it was. */
static void forms_need_their_room(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(form_cases); i++) {
        uint8_t octets[OPTION_LEN_MAX], zeros[OPTION_LEN_MAX] = {0};
        size_t length = hex_decode(form_cases[i].hex, octets, sizeof octets);
        uint8_t *exact = octets_copy(zeros, length);
        size_t less = length > 0 ? length - 1 : 0;
        uint8_t *small = octets_copy(zeros, less);
        assert_int_equal(mpta_mptcp_encode(&form_cases[i].option, exact, length), length);
        assert_int_equal(mpta_mptcp_encode(&form_cases[i].option, small, less), 0);
        assert_memory_equal(small, zeros, less);
        free(exact);
        free(small);
    }
}

static void forms_are_worded(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(form_cases); i++) {
        char text[MPTA_OPTION_TEXT_MAX];
        size_t length = mpta_mptcp_format(&form_cases[i].option, false, text, sizeof text);
        assert_string_equal(text, form_cases[i].sentence);
        assert_int_equal(length, strlen(text));
    }
}

/* The same octets without the last, or with one more, under the length that they then have. */
static void resized_check(const struct form_case *c, int by, enum mpta_option_status expected)
{
    uint8_t octets[OPTION_LEN_MAX + 1] = {0};
    size_t length = hex_decode(c->hex, octets, OPTION_LEN_MAX) + (size_t)by;
    octets[1] = (uint8_t)length;
    struct mpta_mptcp_option option;
    memset(&option, 0x5a, sizeof option);
    enum mpta_option_status status = decode(octets, length, &option);
    if (status != expected) {
        fail_msg("%s, length %zu: %s, expected %s", c->hex, length, mpta_option_status_text(status),
                 mpta_option_status_text(expected));
    }
    if (status != MPTA_OPTION_OK && length >= 3 && length <= OPTION_LEN_MAX) {
        assert_int_equal(option.subtype, octets[2] >> 4);
    }
}

static void forms_have_their_length(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(form_cases); i++) {
        resized_check(&form_cases[i], -1, form_cases[i].shorter);
        resized_check(&form_cases[i], 1, form_cases[i].longer);
    }
}

/* clang-format off */
static const struct {
    const char *hex;
    const char *sentence;
} key_cases[] = {
    {"1e14 01 01 0011223344556677 8899aabbccddeeff",
     "MP_CAPABLE v1 flags H sender-key 0x0011223344556677 receiver-key 0x8899aabbccddeeff"},
    {"1e0c 7000 0011223344556677", "MP_FASTCLOSE receiver-key 0x0011223344556677"},
    {"1e0c 6000 0000000000000001", "MP_FAIL dsn 1"},
};
/* clang-format on */

/* Keys, and keys alone, are shown only if asked for. */
static void keys_are_shown_if_asked(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(key_cases); i++) {
        uint8_t octets[OPTION_LEN_MAX];
        size_t length = hex_decode(key_cases[i].hex, octets, sizeof octets);
        struct mpta_mptcp_option option;
        char text[MPTA_OPTION_TEXT_MAX];
        assert_int_equal(decode(octets, length, &option), MPTA_OPTION_OK);
        mpta_mptcp_format(&option, true, text, sizeof text);
        assert_string_equal(text, key_cases[i].sentence);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_decode),
        cmocka_unit_test(forms_encode),
        cmocka_unit_test(forms_need_their_room),
        cmocka_unit_test(forms_are_worded),
        cmocka_unit_test(forms_have_their_length),
        cmocka_unit_test(keys_are_shown_if_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
