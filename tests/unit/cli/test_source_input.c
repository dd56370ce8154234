/* SPDX-License-Identifier: BSD-3-Clause */
/* Where octets come from: compressed files, pipes, and all that is no capture at all. */
#include "tests/unit/cli/test_source_support.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { FRAMES = 700 };

/* Larger than one buffer, so that it slides. */
static void make_capture(struct maker *maker)
{
    put_pcap_header(maker, &pcap_usual);
    for (unsigned i = 0; i < FRAMES; i++) {
        put_pcap_record(maker, i, 0, 300 + i % 300, 1500, i);
    }
}

static void capture_check(const struct reading *reading)
{
    assert_non_null(reading->source);
    assert_int_equal(reading->end, SOURCE_END);
    assert_null(source_capture(reading->source, 0)->damaged);
    assert_int_equal(reading->count, FRAMES);
    for (unsigned i = 0; i < FRAMES; i++) {
        assert_int_equal(reading->frames[i].digest, digest_pattern(i, 300 + i % 300));
    }
}

static void test_compressed(void **state)
{
    (void)state;
    static const char *const filters[] = {"gzip",  "xz",   "zstd",     "lz4",
                                          "bzip2", "lzma", "compress", "lzip"};
    for (size_t i = 0; i < sizeof filters / sizeof filters[0]; i++) {
        struct maker plain = {0};
        struct maker packed = {0};
        struct maker again = {0};
        make_capture(&plain);
        print_message("%s\n", filters[i]);
        assert_true(support_compress(&plain, filters[i], &packed));
        assert_true(support_compress(&packed, "gzip", &again));
        struct reading reading = support_read_one(support_store(&packed));
        capture_check(&reading);
        assert_int_equal(source_capture(reading.source, 0)->file_size, packed.length);
        assert_int_equal(source_capture(reading.source, 0)->file_offset, packed.length);
        reading_free(&reading);
        reading = support_read_one(support_store(&again));
        capture_check(&reading);
        reading_free(&reading);
        maker_free(&plain);
        maker_free(&packed);
        maker_free(&again);
        support_clean();
    }
}

/* Two members one after the other are one stream. */
static void test_members(void **state)
{
    (void)state;
    struct maker whole = {0};
    struct maker packed = {0};
    make_capture(&whole);
    for (size_t begin = 0; begin < whole.length; begin += 100001) {
        size_t left = whole.length - begin;
        struct maker part = {whole.octets + begin, left < 100001 ? left : 100001, 0, false};
        assert_true(support_compress(&part, "gzip", &packed));
    }
    struct reading reading = support_read_one(support_store(&packed));
    capture_check(&reading);
    reading_free(&reading);
    maker_free(&whole);
    maker_free(&packed);
    support_clean();
}

/* ---- Pipes ---------------------------------------------------------------------------------- */

/* A child that writes octets to fd, the first ones singly. */
static pid_t writer_start(int fd, int other, const struct maker *maker)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(other);
        size_t at = 0;
        while (at < maker->length) {
            size_t part = at < 100 ? 1 : maker->length - at;
            ssize_t written = write(fd, maker->octets + at, part);
            if (written <= 0) {
                _exit(1);
            }
            at += (size_t)written;
        }
        _exit(0);
    }
    return child;
}

static void writer_end(pid_t child)
{
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void standard_input_test(const struct maker *maker)
{
    int ends[2];
    int kept = dup(STDIN_FILENO);
    assert_int_equal(pipe(ends), 0);
    pid_t child = writer_start(ends[1], ends[0], maker);
    close(ends[1]);
    dup2(ends[0], STDIN_FILENO);
    close(ends[0]);
    struct reading reading = support_read_one("-");
    capture_check(&reading);
    assert_string_equal(source_capture(reading.source, 0)->name, "-");
    assert_int_equal(source_capture(reading.source, 0)->file_size, 0);
    reading_free(&reading);
    writer_end(child);
    dup2(kept, STDIN_FILENO);
    close(kept);
}

static void test_standard_input(void **state)
{
    (void)state;
    struct maker plain = {0};
    struct maker packed = {0};
    make_capture(&plain);
    assert_true(support_compress(&plain, "zstd", &packed));
    standard_input_test(&plain);
    standard_input_test(&packed);
    maker_free(&plain);
    maker_free(&packed);
}

static void test_fifo(void **state)
{
    (void)state;
    char folder[] = "/tmp/test-source-XXXXXX";
    char path[64];
    struct maker maker = {0};
    make_capture(&maker);
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/fifo", folder);
    assert_int_equal(mkfifo(path, 0600), 0);
    int reserve = open(path, O_RDWR);
    int fd = open(path, O_WRONLY);
    pid_t child = writer_start(fd, reserve, &maker);
    close(fd);
    fd = open(path, O_RDONLY | O_NONBLOCK); /* keeps the pipe while the reserve goes */
    close(reserve);
    struct reading reading = support_read_one(path);
    capture_check(&reading);
    reading_free(&reading);
    writer_end(child);
    close(fd);
    unlink(path);
    rmdir(folder);
    maker_free(&maker);
}

/* ---- What cannot be read -------------------------------------------------------------------- */

#define OCTETS(text) text, sizeof(text) - 1

static const struct {
    const char *words;
    const char *octets;
    size_t length;
    const char *expected;
} refused[] = {
    {"empty",     OCTETS(""),                                                                 "holds no octets"                   },
    {"one octet", OCTETS("\xd4"),
     "not a pcap or pcapng capture but something else (begins with d4)"                                                           },
    {"unknown",
     OCTETS("\x7f"
            "ELF\x02\x01\x01\x00\x00"),
     "something else (begins with 7f 45 4c 46 02 01 01 00 ...); give a file written by tcpdump -w"                                },
    {"text",      OCTETS("12:00:00.000000 IP 10.0.0.1.1 > 10.0.0.2.80: Flags [S]\n"),
     "but text (begins with 31 32"                                                                                                },
    {"snoop",     OCTETS("snoop\0\0\0\0\0\0\2\0\0\0\4"),                                      "a snoop capture (begins with 73 6e"},
    {"NetMon",    OCTETS("GMBU\0\0\0\0"),                                                     "Microsoft NetMon 2"                },
    {"ERF",       OCTETS("\x00\x00\x00\x80\x90\x32\x5d\x65\x02\x04\x00\x50\x00\x00\x00\x3c"),
     "perhaps an Endace ERF capture"                                                                                              },
    {"zip",       OCTETS("PK\3\4\x14\0\0\0"),                                                 "a zip archive"                     },
    {"cut gzip",  OCTETS("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x01"),                     "cannot be unpacked: "              },
};

static void test_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        const char *path = support_file(refused[i].octets, refused[i].length);
        struct reading reading = support_read_one(path);
        print_message("%s: %s\n", refused[i].words, reading.error ? reading.error : "-");
        assert_null(reading.source);
        assert_false(reading.usage);
        assert_true(text_begins(reading.error, path));
        assert_true(text_has(reading.error, refused[i].expected));
        reading_free(&reading);
        support_clean();
    }
}

static void test_refused_packed(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        const char *octets;
        size_t length;
        const char *expected;
    } cases[] = {
        {"nothing",         OCTETS(""),            "holds no octets when unpacked"                        },
        {"text",            OCTETS("some text"),   "unpacked, it is not a pcap or pcapng capture but text"},
        {"a snoop capture", OCTETS("snoop\0\0\0"), "unpacked, it is not a pcap"                           },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct maker plain = {0};
        struct maker packed = {0};
        put_octets(&plain, cases[i].octets, cases[i].length);
        assert_true(support_compress(&plain, "gzip", &packed));
        struct reading reading = support_read_one(support_store(&packed));
        print_message("%s: %s\n", cases[i].words, reading.error ? reading.error : "-");
        assert_null(reading.source);
        assert_true(text_has(reading.error, cases[i].expected));
        reading_free(&reading);
        maker_free(&plain);
        maker_free(&packed);
        support_clean();
    }
}

static void test_unreadable(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        const char *expected;
    } cases[] = {
        {"/tmp",              "/tmp: is a directory; give the capture files in it"},
        {"/tmp/no/such.pcap",
         "/tmp/no/such.pcap: cannot open it: No such file or directory; check"    },
        {"/proc/self/mem",    "/proc/self/mem: cannot read it: Input/output error"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct reading reading = support_read_one(cases[i].path);
        assert_null(reading.source);
        assert_false(reading.usage);
        print_message("%s\n", reading.error);
        assert_true(text_has(reading.error, cases[i].expected));
        reading_free(&reading);
    }
}

/* Root may read everything, so the test is another user for a moment. */
static void test_no_permission(void **state)
{
    (void)state;
    const char *path = support_file("x", 1);
    uid_t user = geteuid();
    assert_int_equal(chmod(path, 0), 0);
    if (user == 0) {
        assert_int_equal(seteuid(65534), 0);
    }
    struct reading reading = support_read_one(path);
    assert_int_equal(seteuid(user), 0);
    assert_null(reading.source);
    assert_true(text_has(reading.error, "Permission denied; run as a user who may read it"));
    reading_free(&reading);
    support_clean();
}

static void test_standard_input_twice(void **state)
{
    (void)state;
    static const char *const paths[] = {"-", "/tmp/no/such.pcap", "-"};
    struct reading reading = support_read(paths, 3, NULL);
    assert_null(reading.source);
    assert_true(reading.usage);
    assert_true(text_has(reading.error, "standard input: can be read only once"));
    reading_free(&reading);
}

/* ---- Files that change ---------------------------------------------------------------------- */

/* A file cut short while it is read ends early, and that is all. */
static void test_shrinking(void **state)
{
    (void)state;
    struct maker maker = {0};
    put_pcap_header(&maker, &pcap_usual);
    for (unsigned i = 0; i < 2000; i++) {
        put_pcap_record(&maker, i, 0, 1000, 1000, i);
    }
    const char *path = support_store(&maker);
    char *error;
    bool usage;
    struct source *source = source_open(&path, 1, NULL, &error, &usage);
    assert_non_null(source);
    struct frame frame;
    assert_int_equal(source_next(source, &frame), SOURCE_FRAME);
    assert_int_equal(truncate(path, 5000), 0);
    uint64_t sum = 0;
    enum source_status status;
    while ((status = source_next(source, &frame)) == SOURCE_FRAME) {
        sum += digest_octets(frame.octets, frame.captured);
    }
    assert_true(sum != 0);
    assert_int_equal(status, SOURCE_END);
    assert_in_range(source_capture(source, 0)->packets, 4, 1999);
    assert_true(text_has(source_capture(source, 0)->damaged, "the file ends in the middle of"));
    source_close(source);
    maker_free(&maker);
    support_clean();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_compressed),
        cmocka_unit_test(test_members),
        cmocka_unit_test(test_standard_input),
        cmocka_unit_test(test_fifo),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_refused_packed),
        cmocka_unit_test(test_unreadable),
        cmocka_unit_test(test_no_permission),
        cmocka_unit_test(test_standard_input_twice),
        cmocka_unit_test(test_shrinking),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
