/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Words: addresses, flags and names, and how texts behave where there is no room for them. (The
 * sentences about options are tested with the options.)
 */
#include "dissector/dissector.h"
#include "tests/unit/dissector/octets.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* IPv6: the examples and rules of RFC 5952 section 4. */
static const struct {
    uint8_t family;
    const char *hex;
    const char *expected;
} address_cases[] = {
    {0, "",                                 "-"                                      },
    {4, "0a000001",                         "10.0.0.1"                               },
    {4, "00000000",                         "0.0.0.0"                                },
    {4, "ffffffff",                         "255.255.255.255"                        },
    {6, "00000000000000000000000000000000", "::"                                     },
    {6, "00000000000000000000000000000001", "::1"                                    },
    {6, "20010db8000000000000000000000001", "2001:db8::1"                            },
    {6, "20010db8000000010001000100010001", "2001:db8:0:1:1:1:1:1"                   },
    {6, "20010000000000010000000000000001", "2001:0:0:1::1"                          },
    {6, "20010db8000000000001000000000001", "2001:db8::1:0:0:1"                      },
    {6, "20010000000000000000000000000000", "2001::"                                 },
    {6, "00000000000000000001000000000000", "::1:0:0:0"                              },
    {6, "00010002000300040005000600000000", "1:2:3:4:5:6::"                          },
    {6, "fe800000000000000abc00de000f1000", "fe80::abc:de:f:1000"                    },
    {6, "00000000000000000000ffff0a000001", "::ffff:10.0.0.1"                        },
    {6, "0000000000000000000000000a000001", "::a00:1"                                },
    {6, "ffffffffffffffffffffffffffffffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
};

static const struct {
    uint8_t family;
    uint16_t port;
    const char *hex;
    const char *expected;
} endpoint_cases[] = {
    {0, 1,     "",                                 "-:1"                  },
    {4, 80,    "0a000001",                         "10.0.0.1:80"          },
    {4, 65535, "ffffffff",                         "255.255.255.255:65535"},
    {6, 0,     "20010db8000000000000000000000001", "[2001:db8::1]:0"      },
    {6, 65535, "ffffffffffffffffffffffffffffffff",
     "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535"                    },
};

static struct mpta_address address_of(uint8_t family, const char *hex)
{
    struct mpta_address address = {.family = family};
    hex_decode(hex, address.octets, sizeof address.octets);
    return address;
}

static void addresses_are_worded(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(address_cases); i++) {
        struct mpta_address address = address_of(address_cases[i].family, address_cases[i].hex);
        char text[MPTA_ADDRESS_TEXT_MAX];
        size_t length = mpta_address_format(&address, text, sizeof text);
        assert_string_equal(text, address_cases[i].expected);
        assert_int_equal(length, strlen(text));
    }
}

static void endpoints_are_worded(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(endpoint_cases); i++) {
        struct mpta_address address = address_of(endpoint_cases[i].family, endpoint_cases[i].hex);
        char text[MPTA_ENDPOINT_TEXT_MAX];
        size_t length = mpta_endpoint_format(&address, endpoint_cases[i].port, text, sizeof text);
        assert_string_equal(text, endpoint_cases[i].expected);
        assert_int_equal(length, strlen(text));
    }
}

static void families_never_alias(void **state)
{
    (void)state;
    struct mpta_address v4 = address_of(4, "0a000001");
    struct mpta_address same = address_of(4, "0a000001");
    struct mpta_address other = address_of(4, "0a000002");
    struct mpta_address v6 = address_of(6, "0a000001");
    struct mpta_address end = address_of(6, "0a000001000000000000000000000001");
    assert_true(mpta_address_equal(&v4, &same));
    assert_false(mpta_address_equal(&v4, &other));
    assert_false(mpta_address_equal(&v4, &v6));
    assert_false(mpta_address_equal(&v6, &end));
}

/* In whatever room: the text's beginning, a NUL, and nothing beyond. */
static void cut_text_check(const char *whole, char *text, size_t size, size_t length)
{
    size_t fits = size == 0 ? 0 : size - 1;
    size_t expected = strlen(whole) < fits ? strlen(whole) : fits;
    assert_int_equal(length, expected);
    assert_memory_equal(text, whole, expected);
    assert_true(size == 0 || text[expected] == '\0');
}

static void texts_are_cut_to_fit(void **state)
{
    (void)state;
    struct mpta_address address = address_of(6, "20010db8000000000000000000000001");
    struct mpta_mptcp_option option = {.subtype = MPTA_MP_TCPRST, .tcprst = {.reason = 1}};
    for (size_t size = 0; size < 64; size++) {
        char *text = (char *)octets_copy((const uint8_t[64]){0}, size);
        cut_text_check("2001:db8::1", text, size, mpta_address_format(&address, text, size));
        cut_text_check("[2001:db8::1]:65535", text, size,
                       mpta_endpoint_format(&address, 65535, text, size));
        cut_text_check("FSRP.UEWe", text, size, mpta_tcp_flags_format(0x1ff, text, size));
        cut_text_check("MP_TCPRST reason 1 (MPTCP-specific error)", text, size,
                       mpta_mptcp_format(&option, false, text, size));
        free(text);
    }
}

static const struct {
    uint16_t flags;
    const char *expected;
} flags_cases[] = {
    {0,                                          "none"     },
    {MPTA_TCP_SYN,                               "S"        },
    {MPTA_TCP_SYN | MPTA_TCP_ACK,                "S."       },
    {MPTA_TCP_ACK,                               "."        },
    {MPTA_TCP_PSH | MPTA_TCP_ACK,                "P."       },
    {MPTA_TCP_FIN | MPTA_TCP_ACK,                "F."       },
    {MPTA_TCP_RST,                               "R"        },
    {MPTA_TCP_RST | MPTA_TCP_ACK,                "R."       },
    {MPTA_TCP_SYN | MPTA_TCP_ECE | MPTA_TCP_CWR, "SEW"      },
    {MPTA_TCP_AE,                                "e"        },
    {0xfe00,                                     "none"     },
    {0xffff,                                     "FSRP.UEWe"},
};

static void flags_are_worded(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(flags_cases); i++) {
        char text[MPTA_TCP_FLAGS_TEXT_MAX];
        mpta_tcp_flags_format(flags_cases[i].flags, text, sizeof text);
        assert_string_equal(text, flags_cases[i].expected);
    }
}

static void names_are_the_rfcs(void **state)
{
    (void)state;
    assert_string_equal(mpta_subtype_name(MPTA_MP_CAPABLE), "MP_CAPABLE");
    assert_string_equal(mpta_subtype_name(MPTA_MP_TCPRST), "MP_TCPRST");
    assert_string_equal(mpta_subtype_name((enum mpta_subtype)9), "subtype 9");
    assert_string_equal(mpta_subtype_name((enum mpta_subtype)14), "subtype 14");
    assert_string_equal(mpta_subtype_name(MPTA_MP_EXPERIMENTAL), "MP_EXPERIMENTAL");
    assert_string_equal(mpta_subtype_name((enum mpta_subtype)16), "no subtype");
    assert_string_equal(mpta_reset_reason_text(0), "unspecified error");
    assert_string_equal(mpta_reset_reason_text(6), "middlebox interference");
    assert_string_equal(mpta_reset_reason_text(7), "unknown reason");
    assert_string_equal(mpta_reset_reason_text(255), "unknown reason");
}

/* Every value has words, and no two of a kind have the same. */
static void names_are_distinct(void **state)
{
    (void)state;
    for (unsigned a = 0; a < 16; a++) {
        for (unsigned b = 0; b < a; b++) {
            assert_string_not_equal(mpta_subtype_name((enum mpta_subtype)a),
                                    mpta_subtype_name((enum mpta_subtype)b));
        }
    }
    for (unsigned a = 0; a < MPTA_FRAME_COUNT; a++) {
        for (unsigned b = 0; b < a; b++) {
            assert_string_not_equal(mpta_frame_name((enum mpta_frame)a),
                                    mpta_frame_name((enum mpta_frame)b));
        }
    }
    for (unsigned a = 0; a < MPTA_OPTION_STATUS_COUNT; a++) {
        for (unsigned b = 0; b < a; b++) {
            assert_string_not_equal(mpta_option_status_text((enum mpta_option_status)a),
                                    mpta_option_status_text((enum mpta_option_status)b));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_worded), cmocka_unit_test(endpoints_are_worded),
        cmocka_unit_test(families_never_alias), cmocka_unit_test(texts_are_cut_to_fit),
        cmocka_unit_test(flags_are_worded),     cmocka_unit_test(names_are_the_rfcs),
        cmocka_unit_test(names_are_distinct),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
