/* SPDX-License-Identifier: BSD-3-Clause */
/* pcapng: sections, interfaces, every packet block, options, statistics, and what is malformed. */
#include "tests/unit/cli/test_source_support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* One way to make a capture, and what should be read from it. */
struct capture_case {
    const char *words;
    void (*make)(struct maker *maker);
    size_t interfaces;
    const char *frames;  /* as reading_text words them */
    const char *damaged; /* NULL, or a part of what should be said */
};

/* ---- Well-formed ---------------------------------------------------------------------------- */

static void make_plain(struct maker *maker)
{
    put_section(maker);
    put_interface(maker, 1, 0, 0, NULL);
    put_enhanced(maker, 0, 1000001, 20, 60, 1);
}

static void make_units(struct maker *maker)
{
    put_section(maker);
    put_interface(maker, 1, 0, 9, "eth0");
    put_enhanced(maker, 0, 1700000000123456789, 20, 60, 1);
}

static void make_offset(struct maker *maker)
{
    put_section(maker);
    size_t begin = put_block_begin(maker, 1);
    put_number(maker, 1, 2);
    put_number(maker, 0, 2);
    put_number(maker, 0, 4);
    put_option(maker, 1, "a comment", 9);
    put_option_number(maker, 14, (uint64_t)-3, 8);
    put_option_number(maker, 9, 0x80 | 10, 1);
    put_block_end(maker, begin); /* and no end of options: the block's end will do */
    put_enhanced(maker, 0, 5 * 1024 + 512, 20, 60, 1);
}

static void make_odd_options(struct maker *maker)
{
    put_section(maker);
    size_t begin = put_block_begin(maker, 1);
    put_number(maker, 1, 2);
    put_number(maker, 0, 2);
    put_number(maker, 0, 4);
    put_option_number(maker, 9, 0x0909, 2);  /* not one octet: not believed */
    put_option_number(maker, 14, 0x0909, 4); /* not eight */
    put_option(maker, 0x8bad, "??", 2);
    put_number(maker, 0, 4);
    put_option_number(maker, 9, 0, 1); /* behind the end of options */
    put_block_end(maker, begin);
    put_enhanced(maker, 0, 1000001, 20, 60, 1);
}

static void make_interfaces(struct maker *maker)
{
    put_section(maker);
    put_interface(maker, 1, 0, 9, "wlan0");
    put_interface(maker, 101, 0, 6, "rmnet0");
    put_enhanced(maker, 1, 2, 20, 60, 1);
    put_interface(maker, 276, 0, 9, "any");
    put_enhanced(maker, 2, 3000, 20, 60, 2);
    put_enhanced(maker, 0, 4000, 20, 60, 3);
}

static void make_simple(struct maker *maker)
{
    put_section(maker);
    put_interface(maker, 1, 20, 0, NULL);
    put_simple(maker, 20, 90, 1); /* before any time is known */
    put_enhanced(maker, 0, 7, 20, 60, 2);
    put_simple(maker, 20, 90, 3);
    put_simple(maker, 20, 20, 4);
}

static void make_simple_unlimited(struct maker *maker)
{
    put_section(maker);
    put_interface(maker, 1, 0, 0, NULL);
    put_simple(maker, 20, 20, 1);
}

static void make_obsolete(struct maker *maker)
{
    put_section(maker);
    put_interface(maker, 1, 0, 0, NULL);
    put_interface(maker, 101, 0, 0, NULL);
    put_obsolete(maker, 1, 5, 20, 60, 1);
}

static void make_unknown_blocks(struct maker *maker)
{
    put_section(maker);
    for (uint32_t type = 0; type < 2; type++) {
        size_t begin = put_block_begin(maker, type ? 0x80000bad : 4);
        put_pattern(maker, type, 100000 + type * 300000);
        put_block_end(maker, begin);
        put_interface(maker, 1, 0, 0, NULL);
        begin = put_block_begin(maker, 0x0bad);
        put_block_end(maker, begin);
        put_enhanced(maker, type, 5, 20, 60, 1 + type);
    }
}

static void make_packet_options(struct maker *maker)
{
    put_section(maker);
    put_interface(maker, 1, 0, 0, NULL);
    size_t begin = put_block_begin(maker, 6);
    put_number(maker, 0, 4);
    put_number(maker, 0, 4);
    put_number(maker, 5, 4);
    put_number(maker, 20, 4);
    put_number(maker, 60, 4);
    put_pattern(maker, 1, 20);
    put_option(maker, 1, "what this packet shows", 22);
    put_option_number(maker, 2, 1, 4);
    put_number(maker, 0, 4);
    put_block_end(maker, begin);
}

static void make_sections(struct maker *maker)
{
    bool big_endian = maker->big_endian;
    put_section(maker);
    put_interface(maker, 1, 0, 9, "a");
    put_interface(maker, 101, 0, 9, "b");
    put_enhanced(maker, 1, 1, 20, 60, 1);
    maker->big_endian = !big_endian;
    put_section(maker);
    put_interface(maker, 113, 0, 6, "c");
    put_enhanced(maker, 0, 2, 20, 60, 2);
    put_section(maker);
    put_interface(maker, 1, 0, 9, NULL);
    maker->big_endian = big_endian;
}

static void make_section_options(struct maker *maker)
{
    size_t begin = put_block_begin(maker, 0x0a0d0d0a);
    put_number(maker, 0x1a2b3c4d, 4);
    put_number(maker, 1, 2);
    put_number(maker, 2, 2);  /* 1.2 is 1.0 in all but name */
    put_number(maker, 44, 8); /* a section length: not to be believed */
    put_option(maker, 4, "some program", 12);
    put_number(maker, 0, 4);
    put_block_end(maker, begin);
    put_interface(maker, 1, 0, 0, NULL);
    put_enhanced(maker, 0, 1000001, 20, 60, 1);
}

static void make_nothing(struct maker *maker)
{
    put_section(maker);
}

/* ---- Malformed ------------------------------------------------------------------------------ */

static void make_trailer(struct maker *maker)
{
    make_plain(maker);
    put_enhanced(maker, 0, 5, 20, 60, 2);
    maker->octets[maker->length - (maker->big_endian ? 1 : 4)] ^= 4;
}

static void make_skipped_trailer(struct maker *maker)
{
    make_plain(maker);
    size_t begin = put_block_begin(maker, 0x0bad);
    put_pattern(maker, 0, 40);
    put_block_end(maker, begin);
    maker->octets[maker->length - (maker->big_endian ? 1 : 4)] ^= 4;
}

static void make_missing_interface(struct maker *maker)
{
    make_plain(maker);
    put_enhanced(maker, 1, 5, 20, 60, 2);
}

static void make_lost_interface(struct maker *maker)
{
    make_plain(maker);
    put_section(maker);
    put_enhanced(maker, 0, 5, 20, 60, 2);
}

static void make_simple_without_interface(struct maker *maker)
{
    put_section(maker);
    put_simple(maker, 20, 20, 1);
}

static void make_statistics_without_interface(struct maker *maker)
{
    make_plain(maker);
    put_statistics(maker, 1, 0, 0);
}

static void put_block_of(struct maker *maker, uint32_t type, uint32_t length)
{
    put_number(maker, type, 4);
    put_number(maker, length, 4);
    put_pattern(maker, 0, 64);
}

static void make_short_block(struct maker *maker)
{
    make_plain(maker);
    put_block_of(maker, 0x0bad, 8);
}

static void make_zero_block(struct maker *maker)
{
    make_plain(maker);
    put_block_of(maker, 6, 0);
}

static void make_odd_block(struct maker *maker)
{
    make_plain(maker);
    put_block_of(maker, 0x0bad, 33);
}

static void make_huge_packet(struct maker *maker)
{
    make_plain(maker);
    put_block_of(maker, 6, 0x40000000);
}

static void make_huge_unknown(struct maker *maker)
{
    make_plain(maker);
    put_block_of(maker, 0x0bad, 0xfffffffc);
}

static void make_packet_overrun(struct maker *maker)
{
    make_plain(maker);
    size_t begin = put_block_begin(maker, 6);
    put_number(maker, 0, 4);
    put_number(maker, 0, 8);
    put_number(maker, 21, 4);
    put_number(maker, 60, 4);
    put_pattern(maker, 1, 20);
    put_block_end(maker, begin);
}

static void make_simple_overrun(struct maker *maker)
{
    make_plain(maker);
    put_simple(maker, 20, 21, 2);
}

static void make_short_packet(struct maker *maker)
{
    make_plain(maker);
    size_t begin = put_block_begin(maker, 6);
    put_number(maker, 0, 8);
    put_number(maker, 0, 8);
    put_block_end(maker, begin);
}

static void make_short_interface(struct maker *maker)
{
    make_plain(maker);
    size_t begin = put_block_begin(maker, 1);
    put_number(maker, 0, 4);
    put_block_end(maker, begin);
}

static void make_option_overrun(struct maker *maker)
{
    make_plain(maker);
    size_t begin = put_block_begin(maker, 1);
    put_number(maker, 0, 8);
    put_number(maker, 2, 2);
    put_number(maker, 5, 2);
    put_number(maker, 0x61616161, 4);
    put_block_end(maker, begin);
}

static void make_short_section(struct maker *maker)
{
    make_plain(maker);
    size_t begin = put_block_begin(maker, 0x0a0d0d0a);
    put_number(maker, 0x1a2b3c4d, 4);
    put_number(maker, 1, 4);
    put_block_end(maker, begin);
}

static void make_orderless_section(struct maker *maker)
{
    make_plain(maker);
    size_t begin = put_block_begin(maker, 0x0a0d0d0a);
    put_number(maker, 0x1a2b3c4e, 4);
    put_number(maker, 1, 2);
    put_number(maker, 0, 10);
    put_block_end(maker, begin);
}

static void make_future_section(struct maker *maker)
{
    make_plain(maker);
    size_t begin = put_block_begin(maker, 0x0a0d0d0a);
    put_number(maker, 0x1a2b3c4d, 4);
    put_number(maker, 2, 2);
    put_number(maker, 0, 10);
    put_block_end(maker, begin);
}

static void make_too_many_interfaces(struct maker *maker)
{
    make_plain(maker);
    for (unsigned i = 0; i < 65536; i++) {
        put_interface(maker, 1, 0, 0, NULL);
    }
}

#define PLAIN "#1 if0 link1 @1000001000 20/60;"

static const struct capture_case cases[] = {
    {"microseconds where none is stated",        make_plain,                        1,     PLAIN,                                      NULL                                       },
    {"nanoseconds",                              make_units,                        1,     "#1 if0 link1 @1700000000123456789 20/60;", NULL                                       },
    {"2^-10 s, three seconds early",             make_offset,                       1,     "#1 if0 link1 @2500000000 20/60;",          NULL                                       },
    {"options of the wrong length or place",     make_odd_options,                  1,     PLAIN,                                      NULL                                       },
    {"three interfaces of three link types",     make_interfaces,                   3,
     "#1 if1 link101 @2000 20/60; #2 if2 link276 @3000 20/60; #3 if0 link1 @4000 20/60;",                                              NULL                                       },
    {"simple packets take the time before them", make_simple,                       1,
     "#1 if0 link1 @0 20/90; #2 if0 link1 @7000 20/60; #3 if0 link1 @7000 20/90; #4 if0 link1 "
     "@7000 20/20;",                                                                                                                   NULL                                       },
    {"simple packets without a snap length",     make_simple_unlimited,             1,     "#1 if0 link1 @0 20/20;",
     NULL                                                                                                                                                                         },
    {"an obsolete packet block",                 make_obsolete,                     2,     "#1 if1 link101 @5000 20/60;",              NULL                                       },
    {"blocks of unknown types, large and empty", make_unknown_blocks,               2,
     "#1 if0 link1 @5000 20/60; #2 if1 link1 @5000 20/60;",                                                                            NULL                                       },
    {"options behind a packet",                  make_packet_options,               1,     "#1 if0 link1 @5000 20/60;",                NULL                                       },
    {"three sections of two byte orders",        make_sections,                     4,
     "#1 if1 link101 @1 20/60; #2 if2 link113 @2000 20/60;",                                                                           NULL                                       },
    {"a section with options and a length",      make_section_options,              1,     PLAIN,                                      NULL                                       },
    {"nothing but a section",                    make_nothing,                      0,     "",                                         NULL                                       },
    {"lengths that differ",                      make_trailer,                      1,     PLAIN,
     "behind a block differ (52 and 48) at byte 100"                                                                                                                              },
    {"lengths that differ, unknown block",       make_skipped_trailer,              1,     PLAIN,                                      "differ (52 and 48)"                       },
    {"an interface that is not",                 make_missing_interface,            1,     PLAIN,
     "interface 1, which its section"                                                                                                                                             },
    {"an interface of another section",          make_lost_interface,               1,     PLAIN,                                      "is of interface 0, which"                 },
    {"a simple packet and no interface",         make_simple_without_interface,     0,     "",
     "is of interface 0, which its section does not describe, at byte 28, before the first packet"                                                                                },
    {"statistics of no interface",               make_statistics_without_interface, 1,     PLAIN,                                      "of interface 1"                           },
    {"a block of 8 octets",                      make_short_block,                  1,     PLAIN,
     "a length of 8 octets, which cannot be, at"                                                                                                                                  },
    {"a block of 0 octets",                      make_zero_block,                   1,     PLAIN,                                      "a length of 0 octets, which cannot be, at"},
    {"a block of 33 octets",                     make_odd_block,                    1,     PLAIN,                                      "a length of 33 octets, which cannot be"   },
    {"a packet block of 1 GiB",                  make_huge_packet,                  1,     PLAIN,                                      "a length of 1073741824 octets, which"     },
    {"an unknown block of 4 GiB",                make_huge_unknown,                 1,     PLAIN,                                      "ends in the middle of a block"            },
    {"a packet beyond its block",                make_packet_overrun,               1,     PLAIN,                                      "does not fit its block at byte"           },
    {"a simple packet beyond its block",         make_simple_overrun,               1,     PLAIN,                                      "does not fit its block"                   },
    {"a packet block that is too short",         make_short_packet,                 1,     PLAIN,                                      "packet block is too short"                },
    {"an interface that is too short",           make_short_interface,              1,     PLAIN,                                      "does not fit its block"                   },
    {"an option beyond its block",               make_option_overrun,               1,     PLAIN,                                      "does not fit its block"                   },
    {"a section that is too short",              make_short_section,                1,     PLAIN,                                      "section header is too short"              },
    {"a section of no byte order",               make_orderless_section,            1,     PLAIN,
     "in neither byte order at byte"                                                                                                                                              },
    {"a section of version 2",                   make_future_section,               1,     PLAIN,                                      "unknown version 2.0"                      },
    {"more interfaces than can be",              make_too_many_interfaces,          65536,
     "#1 if0 link1 @1000001000 20/60;",                                                                                                "more than 65536 interfaces"               },
};

/* All frames as text: "#SEED ifINTERFACE linkTYPE @NS CAPTURED/WIRE;", seed -1 for other octets. */
static void reading_text(const struct reading *reading, char *text, size_t size)
{
    size_t at = 0;
    text[0] = '\0';
    for (size_t i = 0; i < reading->count && at < size; i++) {
        const struct frame *frame = &reading->frames[i].frame;
        int seed = 9;
        while (seed >= 0 &&
               reading->frames[i].digest != digest_pattern((unsigned)seed, frame->captured)) {
            seed--;
        }
        at += (size_t)snprintf(text + at, size - at, "%s#%d if%u link%u @%lld %zu/%zu;",
                               i ? " " : "", seed, frame->interface, frame->link_type,
                               (long long)frame->time_ns, frame->captured, frame->wire_len);
    }
}

static void case_test(const struct capture_case *c, bool big_endian)
{
    struct maker maker = {.big_endian = big_endian};
    c->make(&maker);
    struct reading reading = support_read_one(support_store(&maker));
    assert_non_null(reading.source);
    const struct capture *capture = source_capture(reading.source, 0);
    print_message("%s, %s-endian: %s\n", c->words, big_endian ? "big" : "little",
                  capture->damaged ? capture->damaged : "whole");
    assert_int_equal(capture->format, CAPTURE_PCAPNG);
    assert_int_equal(capture->interface_count, c->interfaces);
    assert_int_equal(reading.end, SOURCE_END);
    char text[512];
    reading_text(&reading, text, sizeof text);
    assert_string_equal(text, c->frames);
    assert_true(c->damaged ? text_has(capture->damaged, c->damaged) : !capture->damaged);
    struct frame frame;
    assert_int_equal(source_next(reading.source, &frame), SOURCE_END); /* and stays there */
    reading_free(&reading);
    maker_free(&maker);
    support_clean();
}

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        case_test(&cases[i], false);
        case_test(&cases[i], true);
    }
}

/* A first section header that is wrong is no capture at all. */
static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        size_t at;
        uint8_t octet;
        size_t length;
        const char *expected;
    } refused[] = {
        {"no byte order",             8,  0,    28, "neither byte order"               },
        {"version 2",                 12, 2,    28, "unknown version 2.0"              },
        {"cut in the header",         0,  0x0a, 27, "in the middle of a block"         },
        {"cut before the byte order", 0,  0x0a, 11, "in the middle of a section header"},
        {"the type alone",            0,  0x0a, 4,  "in the middle of a block"         },
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct maker maker = {0};
        put_section(&maker);
        maker.octets[refused[i].at] = refused[i].octet;
        struct reading reading = support_read_one(support_file(maker.octets, refused[i].length));
        print_message("%s: %s\n", refused[i].words, reading.error ? reading.error : "-");
        assert_null(reading.source);
        assert_true(text_has(reading.error, refused[i].expected));
        reading_free(&reading);
        maker_free(&maker);
        support_clean();
    }
}

static void test_names(void **state)
{
    (void)state;
    char longest[400];
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    struct maker maker = {0};
    put_section(&maker);
    put_interface(&maker, 1, 0, 0, "eth0");
    put_interface(&maker, 1, 0, 0, NULL);
    put_interface(&maker, 1, 0, 0, longest);
    put_interface(&maker, 1, 0, 0, "wl\x1b[31m");
    put_enhanced(&maker, 3, 0, 20, 20, 1);
    struct reading reading = support_read_one(support_store(&maker));
    const struct capture *capture = source_capture(reading.source, 0);
    assert_string_equal(capture->interfaces[0].name, "eth0");
    assert_string_equal(capture->interfaces[1].name, "");
    assert_int_equal(strlen(capture->interfaces[2].name), 255);
    assert_string_equal(capture->interfaces[3].name, "wl\x1b[31m");
    assert_int_equal(capture->interfaces[3].packets, 1);
    assert_int_equal(capture->interfaces[0].packets, 0);
    reading_free(&reading);
    maker_free(&maker);
    support_clean();
}

/* The last statistics of each interface count, over all sections; a counter alone is the kernel's.
 */
static void test_drops(void **state)
{
    (void)state;
    struct maker maker = {0};
    put_section(&maker);
    put_interface(&maker, 1, 0, 0, NULL);
    put_interface(&maker, 1, 0, 0, NULL);
    put_statistics(&maker, 0, 10, 1);
    put_statistics(&maker, 0, 20, 22);
    put_statistics(&maker, 1, 100, 300);
    put_section(&maker);
    put_interface(&maker, 1, 0, 0, NULL);
    put_statistics_alone(&maker, 0, 4000);
    struct reading reading = support_read_one(support_store(&maker));
    const struct capture *capture = source_capture(reading.source, 0);
    assert_true(capture->kernel_drops_known);
    assert_int_equal(capture->kernel_drops, 4322);
    assert_int_equal(capture->interface_drops, 120);
    assert_int_equal(capture->interfaces[0].drops, 22);
    assert_int_equal(capture->interfaces[0].interface_drops, 20);
    reading_free(&reading);

    put_statistics(&maker, 0, UINT64_MAX, UINT64_MAX); /* nonsense, and no overflow */
    reading = support_read_one(support_store(&maker));
    assert_true(source_capture(reading.source, 0)->kernel_drops > UINT32_MAX);
    reading_free(&reading);
    maker_free(&maker);
    support_clean();
}

/* A capture begins and ends with frames that have a time, if there are any. */
static void test_time_known(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        void (*make)(struct maker *maker);
        bool known;
        int64_t start_ns, end_ns;
        bool first_known; /* of the first frame */
    } time_cases[] = {
        {"simple packets alone",          make_simple_unlimited, false, 0,    0,    false},
        {"a simple packet before others", make_simple,           true,  7000, 7000, false},
        {"obsolete packets",              make_obsolete,         true,  5000, 5000, true },
    };
    for (size_t i = 0; i < sizeof time_cases / sizeof time_cases[0]; i++) {
        struct maker maker = {0};
        time_cases[i].make(&maker);
        struct reading reading = support_read_one(support_store(&maker));
        print_message("%s\n", time_cases[i].words);
        const struct capture *capture = source_capture(reading.source, 0);
        assert_int_equal(capture->time_known, time_cases[i].known);
        assert_int_equal(reading.frames[0].frame.time_known, time_cases[i].first_known);
        if (time_cases[i].known) {
            assert_int_equal(capture->start_ns, time_cases[i].start_ns);
            assert_int_equal(capture->end_ns, time_cases[i].end_ns);
            assert_true(reading.frames[reading.count - 1].frame.time_known);
        }
        reading_free(&reading);
        maker_free(&maker);
        support_clean();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),      cmocka_unit_test(test_refused),
        cmocka_unit_test(test_names),      cmocka_unit_test(test_drops),
        cmocka_unit_test(test_time_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
