/* SPDX-License-Identifier: BSD-3-Clause */
/* What the writer writes is what the reader, and libpcap, read; and it says when it cannot. */
#include "cli/capture_writer.h"
#include "tests/unit/cli/test_source_support.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The smallest capture, octet by octet. */
static const uint8_t smallest[] = {
    /* section header */
    0x0a, 0x0d, 0x0d, 0x0a, 28, 0, 0, 0, 0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 28, 0, 0, 0,
    /* interface description: raw IP, "a", nanoseconds */
    1, 0, 0, 0, 40, 0, 0, 0, 101, 0, 0, 0, 0, 0, 4, 0, 2, 0, 1, 0, 'a', 0, 0, 0, 9, 0, 1, 0, 9, 0,
    0, 0, 0, 0, 0, 0, 40, 0, 0, 0,
    /* enhanced packet: at 2^32 + 2 ns, 3 of 9 octets, a comment of 4 */
    6, 0, 0, 0, 48, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 9, 0, 0, 0, 'x', 'y',
    'z', 0, 1, 0, 4, 0, 'n', 'o', 't', 'e', 0, 0, 0, 0, 48, 0, 0, 0};

/* A writer into memory. */
struct memory {
    char *octets;
    size_t length;
    FILE *file;
    struct capture_writer writer;
};

static void memory_open(struct memory *memory, const char *application)
{
    memory->file = open_memstream(&memory->octets, &memory->length);
    assert_non_null(memory->file);
    capture_writer_begin(&memory->writer, memory->file, application);
}

static void memory_close(struct memory *memory)
{
    fclose(memory->file);
    free(memory->octets);
}

static void test_octets(void **state)
{
    (void)state;
    struct memory memory;
    struct capture_writer_packet packet = {
        .time_ns = INT64_C(0x100000002), .captured = 3, .wire_len = 9, .comment = "note"};
    packet.octets = (const uint8_t *)"xyz";
    memory_open(&memory, NULL);
    assert_true(capture_writer_interface(&memory.writer, 101, "a", 262144));
    assert_true(capture_writer_packet(&memory.writer, &packet));
    assert_true(capture_writer_flush(&memory.writer));
    assert_int_equal(memory.length, sizeof smallest);
    assert_memory_equal(memory.octets, smallest, sizeof smallest);
    memory_close(&memory);
}

/* Frames of all lengths on interfaces of different link types, with and without comments. */
static void test_read_back(void **state)
{
    (void)state;
    enum { FRAMES = 300 };
    static const char *const comments[] = {NULL, "", "a", "ab", "abc", "abcd"};
    struct memory memory;
    struct maker pattern = {0};
    memory_open(&memory, "some program 1.0");
    assert_true(capture_writer_interface(&memory.writer, 1, "eth0", 0));
    assert_true(capture_writer_interface(&memory.writer, 276, NULL, 256));
    for (unsigned i = 0; i < FRAMES; i++) {
        pattern.length = 0;
        put_pattern(&pattern, i, i);
        struct capture_writer_packet packet = {
            i % 2, INT64_C(1700000000123456789) + i, i, i + 7, pattern.octets, comments[i % 6]};
        assert_true(capture_writer_packet(&memory.writer, &packet));
    }
    const struct capture_writer_statistics statistics[] = {
        {150, 12, 3},
        {150, 30, 4}
    };
    assert_true(capture_writer_statistics(&memory.writer, 0, 5, &statistics[0]));
    assert_true(capture_writer_statistics(&memory.writer, 1, 5, &statistics[1]));
    assert_true(capture_writer_flush(&memory.writer));
    struct reading reading = support_read_one(support_file(memory.octets, memory.length));
    assert_non_null(reading.source);
    assert_int_equal(reading.count, FRAMES);
    for (unsigned i = 0; i < FRAMES; i++) {
        const struct frame *frame = &reading.frames[i].frame;
        assert_int_equal(frame->interface, i % 2);
        assert_int_equal(frame->link_type, i % 2 ? 276 : 1);
        assert_int_equal(frame->time_ns, INT64_C(1700000000123456789) + i);
        assert_int_equal(frame->captured, i);
        assert_int_equal(frame->wire_len, i + 7);
        assert_int_equal(reading.frames[i].digest, digest_pattern(i, i));
    }
    const struct capture *capture = source_capture(reading.source, 0);
    assert_null(capture->damaged);
    assert_string_equal(capture->interfaces[0].name, "eth0");
    assert_string_equal(capture->interfaces[1].name, "");
    assert_int_equal(capture->kernel_drops, 42);
    assert_int_equal(capture->interface_drops, 7);
    assert_int_equal(capture->interfaces[1].received, 150);
    assert_int_equal(capture->interfaces[1].drops, 30);
    assert_int_equal(capture->interfaces[1].snap_len, 256);
    reading_free(&reading);
    maker_free(&pattern);
    memory_close(&memory);
    support_clean();
}

/* libpcap reads what has one link type: an independent judge of the format. */
static void test_libpcap_reads(void **state)
{
    (void)state;
    struct memory memory;
    struct maker pattern = {0};
    memory_open(&memory, NULL);
    assert_true(capture_writer_interface(&memory.writer, 101, "tun0", 65535));
    for (unsigned i = 0; i < 50; i++) {
        pattern.length = 0;
        put_pattern(&pattern, i, i);
        struct capture_writer_packet packet = {
            0, INT64_C(1700000000123456789) + i, i, i + 7, pattern.octets, "a comment"};
        assert_true(capture_writer_packet(&memory.writer, &packet));
    }
    assert_true(capture_writer_statistics(&memory.writer, 0, 5,
                                          &(struct capture_writer_statistics){.received = 50}));
    assert_true(capture_writer_flush(&memory.writer));
    char error[PCAP_ERRBUF_SIZE];
    pcap_t *pcap = pcap_open_offline_with_tstamp_precision(
        support_file(memory.octets, memory.length), PCAP_TSTAMP_PRECISION_NANO, error);
    assert_non_null(pcap);
    assert_int_equal(pcap_datalink(pcap), DLT_RAW);
    struct pcap_pkthdr *header;
    const u_char *octets;
    unsigned count = 0;
    while (pcap_next_ex(pcap, &header, &octets) == 1) {
        assert_int_equal(header->caplen, count);
        assert_int_equal(header->len, count + 7);
        assert_int_equal(header->ts.tv_sec, 1700000000);
        assert_int_equal(header->ts.tv_usec, 123456789 + count);
        assert_int_equal(digest_octets(octets, header->caplen), digest_pattern(count, count));
        count++;
    }
    assert_int_equal(count, 50);
    pcap_close(pcap);
    maker_free(&pattern);
    memory_close(&memory);
    support_clean();
}

/* What the format cannot hold is refused, stays refused, and leaves no trace in the file. */
static void test_refused(void **state)
{
    (void)state;
    static char long_text[65537];
    memset(long_text, 'x', sizeof long_text - 1);
    const uint8_t *octet = (const uint8_t *)"x";
    const struct {
        const char *words;
        struct capture_writer_packet packet;
    } cases[] = {
        {"no such interface",      {1, 0, 1, 1, octet, NULL}     },
        {"before 1970",            {0, -1, 1, 1, octet, NULL}    },
        {"captured more than was", {0, 0, 1, 0, octet, NULL}     },
        {"a comment too long",     {0, 0, 1, 1, octet, long_text}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct capture_writer_packet good = {0, 0, 1, 1, octet, long_text + 1};
        struct memory memory;
        memory_open(&memory, NULL);
        capture_writer_interface(&memory.writer, 1, NULL, 0);
        assert_true(capture_writer_packet(&memory.writer, &good));
        assert_true(capture_writer_flush(&memory.writer));
        size_t length = memory.length;
        print_message("%s\n", cases[i].words);
        assert_false(capture_writer_packet(&memory.writer, &cases[i].packet));
        assert_int_equal(memory.writer.error, EINVAL);
        assert_false(capture_writer_packet(&memory.writer, &good));
        assert_false(capture_writer_interface(&memory.writer, 1, NULL, 0));
        assert_false(capture_writer_statistics(&memory.writer, 0, 0,
                                               &(struct capture_writer_statistics){0}));
        assert_false(capture_writer_flush(&memory.writer));
        assert_int_equal(fflush(memory.file), 0);
        assert_int_equal(memory.length, length);
        memory_close(&memory);
    }
}

/* A full disk is told at the latest when the capture is flushed. */
static void test_full(void **state)
{
    (void)state;
    FILE *file = fopen("/dev/full", "wb");
    assert_non_null(file);
    struct capture_writer writer;
    capture_writer_begin(&writer, file, NULL);
    capture_writer_interface(&writer, 1, "eth0", 0);
    assert_false(capture_writer_flush(&writer));
    assert_int_equal(writer.error, ENOSPC);
    assert_false(capture_writer_interface(&writer, 1, "eth1", 0));
    fclose(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_octets),        cmocka_unit_test(test_read_back),
        cmocka_unit_test(test_libpcap_reads), cmocka_unit_test(test_refused),
        cmocka_unit_test(test_full),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
