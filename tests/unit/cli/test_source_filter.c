/* SPDX-License-Identifier: BSD-3-Clause */
/* Filters on frames of every link type that a capture of Multipath TCP is likely to have. */
#include "tests/unit/cli/test_source_support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define HEADER(text) text, sizeof(text) - 1

/* What stands before the IPv4 header. */
static const struct {
    const char *words;
    uint16_t link_type;
    const char *header;
    size_t header_len;
} links[] = {
    {"Ethernet",                 1,   HEADER("\2\0\0\0\0\1\2\0\0\0\0\2\x08\0")            },
    {"NULL",                     0,   HEADER("\2\0\0\0")                                  },
    {"PPP",                      9,   HEADER("\xff\3\0\x21")                              },
    {"raw IP, as DLT",           12,  HEADER("")                                          },
    {"raw IP, as OpenBSD's DLT", 14,  HEADER("")                                          },
    {"raw IP",                   101, HEADER("")                                          },
    {"LOOP",                     108, HEADER("\0\0\0\2")                                  },
    {"Linux cooked v1",          113, HEADER("\0\0\0\1\0\6\2\0\0\0\0\1\0\0\x08\0")        },
    {"IPv4",                     228, HEADER("")                                          },
    {"Linux cooked v2",          276, HEADER("\x08\0\0\0\0\0\0\2\0\1\0\6\2\0\0\0\0\1\0\0")},
};
enum { LINKS = sizeof links / sizeof links[0] };

enum { IP_HEADER = 20, PORTS = 20, PROTOCOL_TCP = 6, PROTOCOL_UDP = 17 };

/* A packet of 10.0.0.1 to 10.0.0.2 port 80, as far as a filter looks. */
static size_t packet_make(uint8_t *octets, size_t link, uint8_t protocol)
{
    static const uint8_t ip[IP_HEADER] = {0x45, 0, 0,  40, 0, 0, 0,  0, 64, 0,
                                          0,    0, 10, 0,  0, 1, 10, 0, 0,  2};
    static const uint8_t ports[PORTS] = {0x30, 0x39, 0, 80, 0, 0, 0, 0, 0, 0, 0, 0, 0x50, 2};
    memcpy(octets, links[link].header, links[link].header_len);
    memcpy(octets + links[link].header_len, ip, IP_HEADER);
    octets[links[link].header_len + 9] = protocol;
    memcpy(octets + links[link].header_len + IP_HEADER, ports, PORTS);
    return links[link].header_len + IP_HEADER + PORTS;
}

static void put_frame(struct maker *maker, size_t link, uint32_t interface, uint8_t protocol)
{
    uint8_t octets[128];
    size_t length = packet_make(octets, link, protocol);
    put_enhanced(maker, interface, interface, (uint32_t)length, (uint32_t)length, 0);
    size_t padded = (length + 3) & ~(size_t)3;
    memcpy(maker->octets + maker->length - 4 - padded, octets, length);
}

/* A TCP and a UDP packet on an interface of each link type, all in one capture. */
static void test_link_types(void **state)
{
    (void)state;
    struct maker maker = {0};
    put_section(&maker);
    for (size_t i = 0; i < LINKS; i++) {
        put_interface(&maker, links[i].link_type, 0, 9, NULL);
    }
    for (uint32_t i = 0; i < LINKS; i++) {
        put_frame(&maker, i, i, PROTOCOL_TCP);
        put_frame(&maker, i, i, PROTOCOL_UDP);
    }
    const char *path = support_store(&maker);
    struct reading reading = support_read(&path, 1, "tcp port 80 and host 10.0.0.2");
    if (!reading.source) {
        fail_msg("%s", reading.error);
    }
    assert_int_equal(reading.end, SOURCE_END);
    for (size_t i = 0; i < LINKS; i++) {
        print_message("%s\n", links[i].words);
        assert_true(i < reading.count);
        assert_int_equal(reading.frames[i].frame.link_type, links[i].link_type);
        assert_int_equal(reading.frames[i].frame.number, 2 * i + 1); /* counted before the filter */
    }
    assert_int_equal(reading.count, LINKS);
    const struct capture *capture = source_capture(reading.source, 0);
    assert_int_equal(capture->packets, LINKS);
    assert_int_equal(capture->filtered, LINKS);
    assert_int_equal(capture->interfaces[3].packets, 2);
    reading_free(&reading);
    maker_free(&maker);
    support_clean();
}

/* Everything passes, or nothing, and a cut frame does not match what was cut away. */
static void test_expressions(void **state)
{
    (void)state;
    static const struct {
        const char *expression;
        size_t passing;
    } cases[] = {
        {NULL,                       2},
        {"",                         2},
        {"ip",                       2},
        {"tcp",                      1},
        {"ip6",                      0},
        {"not tcp",                  1},
        {"len >= 54",                2},
        {"greater 55",               0},
        {"tcp[tcpflags] == tcp-syn", 1},
        {"ether[100] == 0",          0},
    };
    struct maker maker = {0};
    put_section(&maker);
    put_interface(&maker, 1, 0, 9, NULL);
    put_frame(&maker, 0, 0, PROTOCOL_TCP);
    put_frame(&maker, 0, 0, PROTOCOL_UDP);
    const char *path = support_store(&maker);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct reading reading = support_read(&path, 1, cases[i].expression);
        print_message("%s\n", cases[i].expression ? cases[i].expression : "no filter");
        assert_non_null(reading.source);
        assert_int_equal(reading.count, cases[i].passing);
        assert_int_equal(source_capture(reading.source, 0)->filtered, 2 - cases[i].passing);
        reading_free(&reading);
    }
    maker_free(&maker);
    support_clean();
}

/* An expression that no link type knows is refused, in words that tell what is wrong with it. */
static void test_refused(void **state)
{
    (void)state;
    enum { NO_INTERFACE = 0xffff };
    static const struct {
        const char *words;
        const char *expression;
        uint16_t link_type;
    } cases[] = {
        {"a wrong word",                    "tcp prt 80", 1           },
        {"a wrong word, raw IP",            "tcp and",    101         },
        {"a wrong word, no interface",      "tcp and",    NO_INTERFACE},
        {"a wrong word, unknown link type", "tcp and",    0xfff0      },
        {"a number out of range",           "port 65536", 1           },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct maker maker = {0};
        put_section(&maker);
        if (cases[i].link_type != NO_INTERFACE) {
            put_interface(&maker, cases[i].link_type, 0, 9, NULL);
        }
        const char *path = support_store(&maker);
        struct reading reading = support_read(&path, 1, cases[i].expression);
        print_message("%s: %s\n", cases[i].words, reading.error ? reading.error : "-");
        assert_null(reading.source);
        assert_true(reading.usage);
        assert_true(text_begins(reading.error, "the filter \""));
        assert_true(text_has(reading.error, cases[i].expression));
        reading_free(&reading);
        maker_free(&maker);
        support_clean();
    }
}

/* Two packets each of Ethernet, raw IP, and two link types that libpcap knows nothing to ask of. */
static const char *store_unlike(struct maker *maker)
{
    put_section(maker);
    put_interface(maker, 0xfff0, 0, 9, "odd0");
    put_interface(maker, 1, 0, 9, "eth0");
    put_interface(maker, 101, 0, 9, "tun0");
    put_interface(maker, 147, 0, 9, "user0");
    for (uint32_t i = 0; i < 2; i++) {
        put_enhanced(maker, 0, i, 20, 20, 1);
        put_frame(maker, 0, 1, PROTOCOL_TCP);
        put_frame(maker, 5, 2, PROTOCOL_TCP);
        put_enhanced(maker, 3, i, 20, 20, 1);
    }
    return support_store(maker);
}

/* Where an expression suits only some link types, frames of the others are turned away. */
static void test_unfit(void **state)
{
    (void)state;
    static const struct {
        const char *expression;
        size_t passing;
        const char *unfiltered;
    } cases[] = {
        {"tcp",                   4, "65520, 147"                       },
        {"udp",                   0, "65520, 147"                       },
        {"ether src 2:0:0:0:0:2", 2, "65520, 101 (RAW), 147"            },
        {"wlan type mgt",         0, "65520, 1 (EN10MB), 101 (RAW), 147"},
        {NULL,                    8, NULL                               },
    };
    struct maker maker = {0};
    const char *path = store_unlike(&maker);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct reading reading = support_read(&path, 1, cases[i].expression);
        print_message("%s\n", cases[i].expression ? cases[i].expression : "no filter");
        assert_non_null(reading.source);
        const struct capture *capture = source_capture(reading.source, 0);
        assert_int_equal(reading.end, SOURCE_END);
        assert_int_equal(reading.count, cases[i].passing);
        assert_int_equal(capture->filtered, 8 - cases[i].passing);
        assert_int_equal(capture->unfiltered == NULL, cases[i].unfiltered == NULL);
        if (cases[i].unfiltered) {
            assert_string_equal(capture->unfiltered, cases[i].unfiltered);
        }
        reading_free(&reading);
    }
    maker_free(&maker);
    support_clean();
}

/* However many link types there are, the message stays one that can be read. */
static void test_unfit_many(void **state)
{
    (void)state;
    struct maker maker = {0};
    put_section(&maker);
    for (uint16_t i = 0; i < 100; i++) {
        put_interface(&maker, (uint16_t)(60000 + i), 0, 9, NULL);
        put_enhanced(&maker, i, i, 20, 20, 1);
    }
    const char *path = support_store(&maker);
    struct reading reading = support_read(&path, 1, "tcp");
    const struct capture *capture = source_capture(reading.source, 0);
    assert_int_equal(reading.end, SOURCE_END);
    assert_int_equal(capture->filtered, 100);
    assert_true(text_has(capture->unfiltered, "60007, others"));
    assert_false(text_has(capture->unfiltered, "others, "));
    reading_free(&reading);
    maker_free(&maker);
    support_clean();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_link_types), cmocka_unit_test(test_expressions),
        cmocka_unit_test(test_refused),    cmocka_unit_test(test_unfit),
        cmocka_unit_test(test_unfit_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
