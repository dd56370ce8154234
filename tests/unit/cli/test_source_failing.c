/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every allocation of the reader fails once: the k-th one, for every k until a run needs fewer; and
 * so does every read(). The linker puts the functions below in the place of malloc, calloc, realloc
 * and read (--wrap).
 */
#include "tests/unit/cli/test_source_support.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
ssize_t __real_read(int fd, void *to, size_t length);
ssize_t __wrap_read(int fd, void *to, size_t length);

static bool counting;       /* allocations are counted, and may fail */
static unsigned allocation; /* how many there were */
static unsigned failing;    /* which one fails, from 1; 0: none */

static bool allocation_fails(void)
{
    return counting && ++allocation == failing;
}

void *__wrap_malloc(size_t size)
{
    return allocation_fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return allocation_fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *block, size_t size)
{
    return allocation_fails() ? NULL : __real_realloc(block, size);
}

static unsigned read_calls;   /* how many there were */
static unsigned read_failing; /* which one fails, from 1; 0: none */
static int read_error;

ssize_t __wrap_read(int fd, void *to, size_t length)
{
    if (++read_calls == read_failing) {
        errno = read_error;
        return -1;
    }
    return __real_read(fd, to, length);
}

/* Frames of two interfaces, one of them larger than a buffer, and a damaged end. */
static void make_pcapng(struct maker *maker)
{
    put_section(maker);
    put_interface(maker, 1, 0, 9, "eth0");
    put_interface(maker, 101, 0, 9, "tun0");
    for (unsigned i = 0; i < 5; i++) {
        put_enhanced(maker, i % 2, UINT64_C(3000000000) * i, i == 3 ? 300000 : 20, 300000, i);
    }
    put_number(maker, 6, 3);
}

static void make_pcap(struct maker *maker)
{
    put_pcap_header(maker, &pcap_usual);
    put_pcap_record(maker, 1, 0, 20, 20, 1);
    put_pcap_record(maker, 2, 0, 20, 20, 2);
}

/* Reads everything; false if that failed for want of memory, in whatever way. */
static bool read_all(const char *const *paths, size_t count, const char *filter)
{
    char *error;
    bool usage;
    struct source *source = source_open(paths, count, filter, &error, &usage);
    if (!source) {
        assert_false(usage);
        assert_true(!error || text_has(error, "out of memory"));
        free(error);
        return false;
    }
    struct frame frame;
    enum source_status status;
    while ((status = source_next(source, &frame)) == SOURCE_FRAME) {
        assert_true(digest_octets(frame.octets, frame.captured) != 0);
    }
    if (status == SOURCE_ERROR) {
        assert_true(text_has(source_error(source), "out of memory"));
    }
    source_close(source);
    return status == SOURCE_END;
}

static void fail_every(const char *words, const char *const *paths, size_t count,
                       const char *filter)
{
    bool done = false;
    for (failing = 1; !done; failing++) {
        counting = true;
        allocation = 0;
        done = read_all(paths, count, filter);
        counting = false;
        assert_int_equal(done, allocation < failing);
    }
    print_message("%s: %u allocations\n", words, allocation);
    assert_true(allocation > 5);
}

static void test_every_allocation(void **state)
{
    (void)state;
    struct maker pcap = {0};
    struct maker pcapng = {0};
    struct maker packed = {0};
    make_pcap(&pcap);
    make_pcapng(&pcapng);
    assert_true(support_compress(&pcapng, "gzip", &packed));
    const char *paths[] = {support_store(&pcap), support_store(&pcapng), support_store(&packed)};
    maker_free(&pcap);
    maker_free(&pcapng);
    maker_free(&packed);
    fail_every("pcap", paths, 1, NULL);
    fail_every("pcapng", paths + 1, 1, NULL);
    fail_every("compressed", paths + 2, 1, NULL);
    fail_every("all of them, filtered", paths, 3, "len > 5");
    fail_every("all of them, left out", paths, 3, "wlan type mgt");
    support_clean();
}

/* Reads a file whose k-th read() fails with an error. */
static struct reading read_with_failure(const char *path, unsigned k, int error)
{
    read_calls = 0;
    read_failing = k;
    read_error = error;
    struct reading reading = support_read_one(path);
    read_failing = 0;
    return reading;
}

/* A failing read() is no damage of the file: it ends everything, and says why. */
static void fail_every_read(const char *path)
{
    unsigned k = 1;
    for (;; k++) {
        struct reading reading = read_with_failure(path, k, EIO);
        bool failed = read_calls >= k;
        const char *error = reading.source ? source_error(reading.source) : reading.error;
        if (failed) {
            assert_true(!reading.source || reading.end == SOURCE_ERROR);
            assert_true(text_has(error, "cannot read it: Input/output error"));
        }
        reading_free(&reading);
        if (!failed) {
            break;
        }
    }
    assert_true(k > 3);
}

static void test_every_read(void **state)
{
    (void)state;
    struct maker plain = {0};
    struct maker packed = {0};
    put_pcap_header(&plain, &pcap_usual);
    uint32_t random = 1;
    for (unsigned i = 0; i < 1000; i++) {
        put_pcap_record(&plain, i, 0, 500, 500, i);
        for (size_t at = plain.length - 500; at < plain.length; at++) {
            random = random * 1664525 + 1013904223;
            plain.octets[at] = (uint8_t)(random >> 24);
        }
    }
    assert_true(support_compress(&plain, "gzip", &packed));
    const char *paths[] = {support_store(&plain), support_store(&packed)};
    for (size_t i = 0; i < 2; i++) {
        fail_every_read(paths[i]);
        for (unsigned k = 1; k < 6; k++) {
            struct reading reading = read_with_failure(paths[i], k, EINTR); /* a signal: go on */
            assert_int_equal(reading.end, SOURCE_END);
            assert_int_equal(reading.count, 1000);
            reading_free(&reading);
        }
    }
    maker_free(&plain);
    maker_free(&packed);
    support_clean();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_allocation),
        cmocka_unit_test(test_every_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
