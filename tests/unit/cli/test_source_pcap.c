/* SPDX-License-Identifier: BSD-3-Clause */
/* The classic format: headers of every kind, records whole, odd and absurd. */
#include "tests/unit/cli/test_source_support.h"

#include <pcap/pcap.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define MICROSECONDS 0xa1b2c3d4U
#define NANOSECONDS  0xa1b23c4dU
#define FCS_4        (2U << 28 | 0x04000000U)

struct record {
    uint32_t seconds;
    uint32_t fraction;
    uint32_t captured;
    uint32_t wire_len;
};

static const struct {
    const char *words;
    struct pcap_header header;
    struct record record;
    uint32_t expected_link;
    int64_t expected_ns;
    size_t expected_captured;
    size_t expected_wire_len;
} headers[] = {
    {"microseconds",                       {MICROSECONDS, 2, 4, 65535, 1},         {7, 123456, 60, 60},    1,      7123456000,          60,   60    },
    {"nanoseconds",                        {NANOSECONDS, 2, 4, 65535, 1},          {7, 123456789, 60, 60}, 1,      7123456789,          60,   60    },
    {"after 2038",
     {MICROSECONDS, 2, 4, 65535, 1},
     {UINT32_MAX, 1, 60, 60},
     1,                                                                                                            4294967295000001000,
     60,                                                                                                                                      60    },
    {"more than a second of microseconds",
     {MICROSECONDS, 2, 4, 65535, 1},
     {1, 2500000, 4, 4},
     1,                                                                                                            3500000000,
     4,                                                                                                                                       4     },
    {"cut by the snap length",             {MICROSECONDS, 2, 4, 40, 1},            {0, 0, 40, 1500},       1,      0,                   40,   1500  },
    {"snap length 0",                      {MICROSECONDS, 2, 4, 0, 1},             {0, 0, 1500, 1500},     1,      0,                   1500, 1500  },
    {"absurd snap length",                 {MICROSECONDS, 2, 4, UINT32_MAX, 1},    {0, 0, 60, 60},         1,      0,                   60,   60    },
    {"captured more than the snap length",
     {MICROSECONDS, 2, 4, 96, 1},
     {0, 0, 1500, 1500},
     1,                                                                                                            0,
     1500,                                                                                                                                    1500  },
    {"a frame of segmentation offload",
     {MICROSECONDS, 2, 4, 65535, 1},
     {0, 0, 65550, 65550},
     1,                                                                                                            0,
     65550,                                                                                                                                   65550 },
    {"as much as is tolerated",
     {MICROSECONDS, 2, 4, 65535, 1},
     {0, 0, 262144, 262144},
     1,                                                                                                            0,
     262144,                                                                                                                                  262144},
    {"more, and the header allows it",
     {MICROSECONDS, 2, 4, 524288, 1},
     {0, 0, 524280, 524280},
     1,                                                                                                            0,
     524280,                                                                                                                                  524280},
    {"an empty frame",                     {MICROSECONDS, 2, 4, 65535, 1},         {0, 0, 0, 60},          1,      0,                   0,    60    },
    {"wire length below the captured one",
     {MICROSECONDS, 2, 4, 65535, 1},
     {0, 0, 60, 14},
     1,                                                                                                            0,
     60,                                                                                                                                      60    },
    {"raw IP",                             {MICROSECONDS, 2, 4, 65535, 101},       {0, 0, 60, 60},         101,    0,                   60,   60    },
    {"unknown link type",                  {MICROSECONDS, 2, 4, 65535, 0xfffe},    {0, 0, 60, 60},         0xfffe, 0,                   60,   60    },
    {"FCS of 4 octets",                    {MICROSECONDS, 2, 4, 65535, FCS_4 | 1}, {0, 0, 64, 64},         1,      0,                   60,   60    },
    {"FCS already cut",                    {MICROSECONDS, 2, 4, 60, FCS_4 | 1},    {0, 0, 60, 1518},       1,      0,                   60,   1514  },
    {"FCS cut through",                    {MICROSECONDS, 2, 4, 62, FCS_4 | 1},    {0, 0, 62, 64},         1,      0,                   60,   60    },
    {"FCS longer than the frame",          {MICROSECONDS, 2, 4, 65535, FCS_4 | 1}, {0, 0, 3, 3},           1,      0,                   0,    0     },
    {"FCS length without its flag",
     {MICROSECONDS, 2, 4, 65535, 2U << 28 | 1},
     {0, 0, 64, 64},
     1,                                                                                                            0,
     64,                                                                                                                                      64    },
    {"version 2.2: the wire length first",
     {MICROSECONDS, 2, 2, 65535, 1},
     {0, 0, 60, 40},
     1,                                                                                                            0,
     40,                                                                                                                                      60    },
    {"version 2.3, wire length first",
     {MICROSECONDS, 2, 3, 65535, 1},
     {0, 0, 60, 40},
     1,                                                                                                            0,
     40,                                                                                                                                      60    },
    {"version 2.3, wire length last",      {MICROSECONDS, 2, 3, 65535, 1},         {0, 0, 40, 60},         1,      0,                   40,   60    },
    {"version 2.5",                        {MICROSECONDS, 2, 5, 65535, 1},         {0, 0, 40, 60},         1,      0,                   40,   60    },
};

/* How many octets of a frame the file has: before version 2.4 the lengths may be swapped. */
static size_t record_octets(const struct record *record, uint16_t minor)
{
    bool swapped = minor < 3 || (minor == 3 && record->captured > record->wire_len);
    return swapped ? record->wire_len : record->captured;
}

static void header_test(size_t i, bool big_endian)
{
    const struct record *record = &headers[i].record;
    struct maker maker = {.big_endian = big_endian};
    put_pcap_header(&maker, &headers[i].header);
    size_t captured = record_octets(record, headers[i].header.minor);
    for (unsigned k = 0; k < 2; k++) {
        put_number(&maker, record->seconds, 4);
        put_number(&maker, record->fraction, 4);
        put_number(&maker, record->captured, 4);
        put_number(&maker, record->wire_len, 4);
        put_pattern(&maker, k, captured);
    }
    struct reading reading = support_read_one(support_store(&maker));
    print_message("%s, %s-endian\n", headers[i].words, big_endian ? "big" : "little");
    assert_non_null(reading.source);
    assert_null(source_capture(reading.source, 0)->damaged);
    assert_int_equal(reading.count, 2);
    for (unsigned k = 0; k < 2; k++) {
        const struct frame *frame = &reading.frames[k].frame;
        assert_int_equal(frame->number, k + 1);
        assert_int_equal(frame->time_ns, headers[i].expected_ns);
        assert_int_equal(frame->link_type, headers[i].expected_link);
        assert_int_equal(frame->captured, headers[i].expected_captured);
        assert_int_equal(frame->wire_len, headers[i].expected_wire_len);
        assert_int_equal(reading.frames[k].digest, digest_pattern(k, frame->captured));
    }
    reading_free(&reading);
    maker_free(&maker);
    support_clean();
}

static void test_headers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        header_test(i, false);
        header_test(i, true);
    }
}

static const struct {
    const char *words;
    uint32_t snap_len;
    uint32_t captured;
    const char *expected;
} absurd[] = {
    {"one more than is tolerated",                    65535,      262145,
     "states 262145 captured octets, more than the 262144 that can be, at byte 44, after packet 1"               },
    {"all ones",                                      65535,      UINT32_MAX, "states 4294967295 captured octets"},
    {"more than any frame, whatever the header says", UINT32_MAX, 16777217,
     "more than the 16777216 that can be, at byte 44"                                                            },
    {"possible, but beyond the end",                  65535,      262144,
     "the file ends in the middle of a packet record that begins at byte 44, after packet 1"                     },
};

static void test_absurd(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof absurd / sizeof absurd[0]; i++) {
        struct maker maker = {0};
        struct pcap_header header = pcap_usual;
        header.snap_len = absurd[i].snap_len;
        put_pcap_header(&maker, &header);
        put_pcap_record(&maker, 1, 0, 4, 4, 1);
        put_number(&maker, 2, 8);
        put_number(&maker, absurd[i].captured, 4);
        put_number(&maker, absurd[i].captured, 4);
        put_pattern(&maker, 2, 1000);
        struct reading reading = support_read_one(support_store(&maker));
        const char *damaged = source_capture(reading.source, 0)->damaged;
        print_message("%s: %s\n", absurd[i].words, damaged ? damaged : "-");
        assert_int_equal(reading.count, 1);
        assert_int_equal(reading.end, SOURCE_END);
        assert_true(text_has(damaged, absurd[i].expected));
        reading_free(&reading);
        maker_free(&maker);
        support_clean();
    }
}

static const struct {
    const char *words;
    struct pcap_header header;
    size_t kept; /* octets of the header in the file */
    const char *expected;
} refused[] = {
    {"modified pcap",         {0xa1b2cd34, 2, 4, 65535, 1},     24, "Kuznetzov"                       },
    {"version 1",             {MICROSECONDS, 1, 4, 65535, 1},   24, "unknown version 1.4"             },
    {"version 543",           {MICROSECONDS, 543, 0, 65535, 1}, 24, "unknown version 543.0"           },
    {"a header of 23 octets",
     {MICROSECONDS, 2, 4, 65535, 1},
     23,                                                            "in the middle of the file header"},
    {"a magic number alone",  {MICROSECONDS, 2, 4, 65535, 1},   4,  "in the middle of the file header"},
};

static void test_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        for (int big_endian = 0; big_endian < 2; big_endian++) {
            struct maker maker = {.big_endian = big_endian != 0};
            put_pcap_header(&maker, &refused[i].header);
            const char *path = support_file(maker.octets, refused[i].kept);
            struct reading reading = support_read_one(path);
            print_message("%s: %s\n", refused[i].words, reading.error ? reading.error : "-");
            assert_null(reading.source);
            assert_false(reading.usage);
            assert_true(text_has(reading.error, refused[i].expected));
            assert_true(text_begins(reading.error, path));
            reading_free(&reading);
            maker_free(&maker);
            support_clean();
        }
    }
}

/* What is counted and known of a capture. */
static void test_facts(void **state)
{
    (void)state;
    struct maker maker = {0};
    put_pcap_header(&maker, &pcap_usual);
    put_pcap_record(&maker, 20, 0, 10, 100, 1);
    put_pcap_record(&maker, 10, 0, 10, 200, 2); /* the clock was set back */
    put_pcap_record(&maker, 30, 0, 10, 300, 3);
    const char *path = support_store(&maker);
    struct reading reading = support_read_one(path);
    const struct capture *capture = source_capture(reading.source, 0);
    assert_int_equal(source_capture_count(reading.source), 1);
    assert_string_equal(capture->name, path);
    assert_int_equal(capture->format, CAPTURE_PCAP);
    assert_int_equal(capture->packets, 3);
    assert_int_equal(capture->bytes, 600);
    assert_int_equal(capture->filtered, 0);
    assert_int_equal(capture->late, 1);
    assert_false(capture->kernel_drops_known);
    assert_int_equal(capture->start_ns, 10000000000);
    assert_int_equal(capture->end_ns, 30000000000);
    assert_int_equal(capture->file_size, maker.length);
    assert_int_equal(capture->file_offset, maker.length);
    assert_int_equal(capture->interface_count, 1);
    assert_string_equal(capture->interfaces[0].name, "");
    assert_int_equal(capture->interfaces[0].packets, 3);
    assert_int_equal(reading.frames[1].frame.number, 2); /* in the order of the file */
    assert_int_equal(reading.frames[1].frame.time_ns, 10000000000);
    reading_free(&reading);
    maker_free(&maker);
    support_clean();
}

/* The same file read by libpcap: an independent reader must see the same frames. */
static void test_libpcap_agrees(void **state)
{
    (void)state;
    for (int big_endian = 0; big_endian < 2; big_endian++) {
        struct maker maker = {.big_endian = big_endian != 0};
        put_pcap_header(&maker, &pcap_usual);
        for (unsigned i = 0; i < 300; i++) {
            put_pcap_record(&maker, 1700000000 + i, i, 14 + i * 5, 14 + i * 6, i);
        }
        const char *path = support_store(&maker);
        struct reading reading = support_read_one(path);
        char error[PCAP_ERRBUF_SIZE];
        pcap_t *pcap =
            pcap_open_offline_with_tstamp_precision(path, PCAP_TSTAMP_PRECISION_NANO, error);
        assert_non_null(pcap);
        struct pcap_pkthdr *header;
        const u_char *octets;
        size_t count = 0;
        while (pcap_next_ex(pcap, &header, &octets) == 1) {
            assert_true(count < reading.count);
            const struct seen *seen = &reading.frames[count++];
            assert_int_equal(seen->frame.captured, header->caplen);
            assert_int_equal(seen->frame.wire_len, header->len);
            assert_int_equal(seen->frame.time_ns,
                             header->ts.tv_sec * 1000000000 + header->ts.tv_usec);
            assert_int_equal(seen->digest, digest_octets(octets, header->caplen));
        }
        assert_int_equal(count, 300);
        assert_int_equal(reading.count, 300);
        pcap_close(pcap);
        reading_free(&reading);
        maker_free(&maker);
        support_clean();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_headers),        cmocka_unit_test(test_absurd),
        cmocka_unit_test(test_refused),        cmocka_unit_test(test_facts),
        cmocka_unit_test(test_libpcap_agrees),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
