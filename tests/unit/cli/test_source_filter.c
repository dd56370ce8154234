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

/* What libpcap does not compile: whose fault it is, and in which words. */
static void test_refused(void **state)
{
    (void)state;
    enum { NO_INTERFACE = 0xffff };
    static const struct {
        const char *words;
        const char *expression;
        const char *expected;
        uint16_t link_type;
        bool usage;
    } cases[] = {
        {"a wrong word",               "tcp prt 80",             "the filter \"tcp prt 80\" cannot be used", 1,            true },
        {"a wrong word, raw IP",       "tcp and",                "(RAW): can't parse filter expression",     101,          true },
        {"a wrong word, no interface", "tcp and",                "syntax error",                             NO_INTERFACE, true },
        {"Ethernet on raw IP",         "ether host 2:0:0:0:0:1", "link type 101 (RAW): ",                    101,          false},
        {"a link type of the future",  "tcp",
         "cannot be used on frames of link type 65520 (unknown to libpcap): ",                               0xfff0,       false},
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
        assert_int_equal(reading.usage, cases[i].usage);
        assert_true(text_has(reading.error, cases[i].expected));
        assert_int_equal(text_begins(reading.error, path), !cases[i].usage);
        reading_free(&reading);
        maker_free(&maker);
        support_clean();
    }
}

/* A link type that turns up later stops the reading at its first frame, and says why. */
static void test_refused_later(void **state)
{
    (void)state;
    struct maker maker = {0};
    put_section(&maker);
    put_interface(&maker, 1, 0, 9, NULL);
    put_frame(&maker, 0, 0, PROTOCOL_TCP);
    put_interface(&maker, 0xfff0, 0, 9, "odd0");
    const char *path = support_store(&maker);
    struct reading reading = support_read(&path, 1, "tcp");
    assert_int_equal(reading.end, SOURCE_END); /* no frame of it: no harm */
    assert_int_equal(reading.count, 1);
    reading_free(&reading);

    put_enhanced(&maker, 1, 5, 20, 20, 1);
    path = support_store(&maker);
    reading = support_read(&path, 1, "tcp");
    assert_int_equal(reading.end, SOURCE_ERROR);
    const char *error = source_error(reading.source);
    print_message("%s\n", error);
    assert_true(text_begins(error, path));
    assert_true(text_has(error, "after packet 2: the filter \"tcp\" cannot be used"));
    struct frame frame;
    assert_int_equal(source_next(reading.source, &frame), SOURCE_ERROR); /* and stays so */
    reading_free(&reading);
    maker_free(&maker);
    support_clean();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_link_types),
        cmocka_unit_test(test_expressions),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_refused_later),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
