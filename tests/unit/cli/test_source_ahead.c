/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Files are read by somebody who knows nothing of them, ahead of who does: whatever is in a file,
 * and wherever it ends or fails, what is told must be what is told without. The linker puts the
 * functions below in the place of those that begin and end threads, and of read and realloc.
 */
#include "tests/unit/cli/test_source_support.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *context);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *context);
int __real_pthread_join(pthread_t thread, void **result);
int __wrap_pthread_join(pthread_t thread, void **result);
ssize_t __real_read(int fd, void *to, size_t length);
ssize_t __wrap_read(int fd, void *to, size_t length);
void *__real_realloc(void *block, size_t size);
void *__wrap_realloc(void *block, size_t size);

static unsigned threads_begun;
static unsigned threads_now;
static unsigned threads_most;
static bool threads_refused;
static atomic_bool signals_open; /* a thread took a signal that it should not */
static off_t read_until;         /* reading fails from there on; 0: nowhere */
static size_t realloc_most = SIZE_MAX;

/* What a thread begins with: asks whether signals are blocked. */
struct beginning {
    void *(*run)(void *);
    void *context;
};

static void *thread_run(void *context)
{
    struct beginning beginning = *(struct beginning *)context;
    sigset_t blocked;
    pthread_sigmask(SIG_SETMASK, NULL, &blocked);
    if (!sigismember(&blocked, SIGINT) || !sigismember(&blocked, SIGALRM)) {
        signals_open = true;
    }
    free(context);
    return beginning.run(beginning.context);
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *context)
{
    if (threads_refused) {
        return EAGAIN;
    }
    struct beginning *beginning = malloc(sizeof *beginning);
    assert_non_null(beginning);
    *beginning = (struct beginning){run, context};
    threads_begun++;
    threads_now++;
    threads_most = threads_most > threads_now ? threads_most : threads_now;
    return __real_pthread_create(thread, attributes, thread_run, beginning);
}

int __wrap_pthread_join(pthread_t thread, void **result)
{
    threads_now--;
    return __real_pthread_join(thread, result);
}

ssize_t __wrap_read(int fd, void *to, size_t length)
{
    off_t at = read_until > 0 ? lseek(fd, 0, SEEK_CUR) : 0;
    if (read_until > 0 && at >= read_until) {
        errno = EIO;
        return -1;
    }
    if (read_until > 0 && length > (size_t)(read_until - at)) {
        length = (size_t)(read_until - at);
    }
    return __real_read(fd, to, length);
}

void *__wrap_realloc(void *block, size_t size)
{
    return size > realloc_most ? NULL : __real_realloc(block, size);
}

static void threads_forget(void)
{
    assert_int_equal(threads_now, 0);
    threads_begun = threads_most = 0;
}

/* ---- Captures ------------------------------------------------------------------------------- */

/* xorshift (Marsaglia): nothing packs it. */
static uint32_t random_next(uint32_t *random)
{
    *random ^= *random << 13;
    *random ^= *random >> 17;
    *random ^= *random << 5;
    return *random;
}

/* Random octets in the place of those that were put last. */
static void put_noise(struct maker *maker, size_t begin, uint32_t *random)
{
    for (size_t at = begin; at < maker->length; at++) {
        maker->octets[at] = (uint8_t)random_next(random);
    }
}

/* Most records are packets, of 32 one is up to so large. */
static uint32_t length_choose(uint32_t *random, uint32_t large)
{
    return random_next(random) % (random_next(random) % 32 == 0 ? large : 1515);
}

static void make_pcap(struct maker *maker, size_t length, uint32_t large)
{
    uint32_t random = 1;
    put_pcap_header(maker, &pcap_usual);
    for (unsigned i = 0; maker->length < length; i++) {
        uint32_t captured = length_choose(&random, large);
        put_pcap_record(maker, i, 0, captured, captured, 0);
        put_noise(maker, maker->length - captured, &random);
    }
}

/* Two interfaces, and between packets blocks that nobody reads. */
static void make_pcapng(struct maker *maker, size_t length, uint32_t large)
{
    uint32_t random = 2;
    put_section(maker);
    put_interface(maker, 1, 0, 9, "eth0");
    put_interface(maker, 101, 0, 9, "tun0");
    for (unsigned i = 0; maker->length < length; i++) {
        uint32_t captured = length_choose(&random, large) & ~3U;
        size_t begin = maker->length;
        put_enhanced(maker, i % 2, UINT64_C(1000000) * i, captured, captured, 0);
        put_noise(maker, begin + 28, &random);
        maker->length = begin + 28 + captured;
        put_number(maker, 32 + captured, 4);
        if (i % 16 == 0) {
            begin = put_block_begin(maker, 0xbad);
            put_pattern(maker, i, length_choose(&random, large) & ~3U);
            put_block_end(maker, begin);
        }
    }
}

/* ---- With and without ----------------------------------------------------------------------- */

static void frames_compare(const struct reading *one, const struct reading *other)
{
    assert_int_equal(one->count, other->count);
    for (size_t i = 0; i < one->count; i++) {
        const struct frame *a = &one->frames[i].frame, *b = &other->frames[i].frame;
        assert_true(one->frames[i].digest == other->frames[i].digest);
        assert_int_equal(a->number, b->number);
        assert_int_equal(a->time_ns, b->time_ns);
        assert_int_equal(a->captured, b->captured);
        assert_int_equal(a->capture, b->capture);
        assert_int_equal(a->interface, b->interface);
    }
}

static void text_compare(const char *one, const char *other)
{
    assert_string_equal(one ? one : "", other ? other : "");
}

static void readings_compare(const struct reading *one, const struct reading *other)
{
    assert_non_null(one->source);
    assert_non_null(other->source);
    assert_int_equal(one->end, other->end);
    text_compare(source_error(one->source), source_error(other->source));
    frames_compare(one, other);
    for (size_t i = 0; i < source_capture_count(one->source); i++) {
        const struct capture *a = source_capture(one->source, i);
        const struct capture *b = source_capture(other->source, i);
        text_compare(a->damaged, b->damaged);
        assert_int_equal(a->packets, b->packets);
        assert_int_equal(a->file_offset, b->file_offset);
    }
}

/* Reads the files both ways; true if they could be opened at all. */
static bool read_both(const char *const *paths, size_t count)
{
    struct reading without = support_read(paths, count, NULL);
    assert_int_equal(threads_begun, 0);
    struct reading with = support_read_ahead(paths, count, NULL, 2);
    bool opened = without.source != NULL;
    if (opened) {
        readings_compare(&without, &with);
    } else {
        assert_null(with.source);
    }
    reading_free(&without);
    reading_free(&with);
    assert_false(signals_open);
    return opened;
}

/* The first octets of a capture; where it is soon over, nobody need begin. */
static void read_part(const struct maker *maker, size_t length, bool damaged)
{
    const char *path = support_file(maker->octets, length);
    assert_true(read_both(&path, 1));
    assert_in_range(threads_begun, length < maker->length || damaged ? 0 : 1, 1);
    threads_forget();
    support_clean();
}

/* Whole, without its end, and with wrong octets. */
static void read_parts(struct maker *maker)
{
    static const size_t missing[] = {0, 1, 20, 300000};
    for (size_t i = 0; i < sizeof missing / sizeof missing[0]; i++) {
        read_part(maker, maker->length - missing[i], false);
    }
    maker->octets[maker->length - 7] ^= 0x55;
    read_part(maker, maker->length, true);
    maker->octets[maker->length / 2] ^= 0x55;
    read_part(maker, maker->length, true);
}

static void test_with_and_without(void **state)
{
    static const struct {
        const char *words;
        void (*make)(struct maker *maker, size_t length, uint32_t large);
        size_t length;
        uint32_t large;      /* what records may be */
        const char *packing; /* NULL: none */
    } cases[] = {
        {"packets",                         make_pcap,   7000000,  1515,    NULL   },
        {"records of more than their room", make_pcap,   7000000,  262144,  NULL   },
        {"two interfaces",                  make_pcapng, 7000000,  1515,    NULL   },
        {"blocks of more than one",         make_pcapng, 16000000, 5000000, NULL   },
        {"gzip",                            make_pcap,   2000000,  1515,    "gzip" },
        {"gzip, large records",             make_pcap,   3000000,  262144,  "gzip" },
        {"zstd",                            make_pcap,   2000000,  1515,    "zstd" },
        {"xz",                              make_pcapng, 1500000,  100000,  "xz"   },
        {"bzip2",                           make_pcap,   4000000,  1515,    "bzip2"},
        {"lz4",                             make_pcapng, 5000000,  1515,    "lz4"  },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct maker plain = {0}, packed = {0};
        print_message("%s\n", cases[i].words);
        cases[i].make(&plain, cases[i].length, cases[i].large);
        if (!cases[i].packing) {
            read_parts(&plain);
        } else if (support_compress(&plain, cases[i].packing, &packed)) {
            read_parts(&packed);
        }
        maker_free(&plain);
        maker_free(&packed);
    }
}

/* ---- Who begins ----------------------------------------------------------------------------- */

/* A file that the first buffer holds is not worth a thread, nor is one where none can be had. */
static void test_nobody(void **state)
{
    (void)state;
    struct maker small = {0}, large = {0};
    make_pcap(&small, 100000, 1515);
    make_pcap(&large, 2000000, 1515);
    const char *paths[] = {support_store(&small), support_store(&large)};
    assert_true(read_both(paths, 1));
    assert_int_equal(threads_begun, 0);
    threads_refused = true;
    assert_true(read_both(paths, 2));
    threads_refused = false;
    assert_int_equal(threads_begun, 0);
    maker_free(&small);
    maker_free(&large);
    support_clean();
}

/* Files at one time, and one after the other: no more threads than may be, and each has its turn.
 */
static void test_as_many_as_may_be(void **state)
{
    (void)state;
    const char *paths[6];
    for (unsigned i = 0; i < 6; i++) {
        struct maker maker = {0};
        put_pcap_header(&maker, &pcap_usual);
        for (unsigned k = 0; k < 1000; k++) {
            put_pcap_record(&maker, (i < 3 ? 0 : i * 1000) + k, 0, 1000, 1000, k);
        }
        paths[i] = support_store(&maker);
        maker_free(&maker);
    }
    assert_true(read_both(paths, 6));
    assert_int_equal(threads_most, 2);
    assert_in_range(threads_begun, 5, 6);
    threads_forget();
    support_clean();
}

/* ---- Ends ----------------------------------------------------------------------------------- */

/* Wherever a file is left, so is the thread: be it waiting, or at zeros that never seem to end. */
static void test_left_early(void **state)
{
    static const size_t frames[] = {1, 90, 200, 500, 700, 1000};
    (void)state;
    struct maker plain = {0}, packed = {0};
    make_pcap(&plain, 1500000, 1515);
    assert_true(support_compress(&plain, "gzip", &packed));
    const char *paths[] = {support_store(&plain), support_store(&packed)};
    assert_int_equal(truncate(paths[1], (off_t)1 << 40), 0);
    for (size_t i = 0; i < 2 * sizeof frames / sizeof frames[0]; i++) {
        char *error;
        bool usage;
        struct frame frame;
        struct source *source = source_open(&paths[i % 2], 1, NULL, &error, &usage);
        assert_non_null(source);
        source_read_ahead(source, 1);
        for (size_t k = 0; k < frames[i / 2]; k++) {
            assert_int_equal(source_next(source, &frame), SOURCE_FRAME);
        }
        source_close(source);
        assert_int_equal(threads_now, 0);
    }
    assert_int_equal(threads_most, 1);
    threads_forget();
    maker_free(&plain);
    maker_free(&packed);
    support_clean();
}

/* Where reading fails, it is told after all that came before. */
static void test_reading_fails(void **state)
{
    static const off_t places[] = {200000, 700000, 3000000, 4999999};
    (void)state;
    struct maker plain = {0}, packed = {0};
    make_pcap(&plain, 5000000, 1515);
    assert_true(support_compress(&plain, "zstd", &packed));
    const char *paths[] = {support_store(&plain), support_store(&packed)};
    for (size_t i = 0; i < 2 * sizeof places / sizeof places[0]; i++) {
        read_until = places[i / 2];
        assert_true(read_both(&paths[i % 2], 1));
        struct reading reading = support_read_ahead(&paths[i % 2], 1, NULL, 1);
        assert_int_equal(reading.end, SOURCE_ERROR);
        assert_true(text_has(source_error(reading.source), "cannot read it: Input/output error"));
        reading_free(&reading);
        read_until = 0;
        threads_forget();
    }
    maker_free(&plain);
    maker_free(&packed);
    support_clean();
}

/* What is larger than a block is gathered, as far as there is memory. */
static void test_no_memory(void **state)
{
    (void)state;
    struct maker maker = {0};
    make_pcapng(&maker, 20000000, 4000000);
    const char *path = support_store(&maker);
    realloc_most = 2000000;
    assert_true(read_both(&path, 1));
    struct reading reading = support_read_ahead(&path, 1, NULL, 1);
    realloc_most = SIZE_MAX;
    assert_int_equal(reading.end, SOURCE_ERROR);
    assert_true(text_has(source_error(reading.source), "out of memory"));
    reading_free(&reading);
    threads_forget();
    maker_free(&maker);
    support_clean();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_with_and_without),  cmocka_unit_test(test_nobody),
        cmocka_unit_test(test_as_many_as_may_be), cmocka_unit_test(test_left_early),
        cmocka_unit_test(test_reading_fails),     cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
