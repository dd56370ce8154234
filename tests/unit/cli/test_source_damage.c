/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Captures that end anywhere and hold anything: what came before the damage is read as from the
 * whole file, the damage is told, and nothing else happens.
 */
#include "tests/unit/cli/test_source_support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { MARKS_MAX = 16 };

/* A capture, and where its records end: frames[i] were complete at ends[i]. */
struct sample {
    struct maker maker;
    size_t ends[MARKS_MAX];
    size_t frames[MARKS_MAX];
    size_t marks;
};

static void sample_mark(struct sample *sample, size_t frames)
{
    assert_true(sample->marks < MARKS_MAX);
    sample->ends[sample->marks] = sample->maker.length;
    sample->frames[sample->marks] = frames;
    sample->marks++;
}

static void make_pcap(struct sample *sample)
{
    put_pcap_header(&sample->maker, &pcap_usual);
    sample_mark(sample, 0);
    for (unsigned i = 1; i <= 5; i++) {
        put_pcap_record(&sample->maker, i, i, i * 9, i * 10, i);
        sample_mark(sample, i);
    }
}

/* Every kind of block, two sections, and interfaces whose frames need putting in order. */
static void make_pcapng(struct sample *sample)
{
    struct maker *maker = &sample->maker;
    put_section(maker);
    sample_mark(sample, 0);
    put_interface(maker, 1, 0, 9, "eth0");
    sample_mark(sample, 0);
    put_interface(maker, 101, 64, 6, NULL);
    sample_mark(sample, 0);
    put_enhanced(maker, 0, 5000000, 21, 60, 1);
    sample_mark(sample, 1);
    put_enhanced(maker, 1, 4000, 22, 60, 2);
    sample_mark(sample, 2);
    put_obsolete(maker, 0, 6000000, 23, 60, 3);
    sample_mark(sample, 3);
    put_simple(maker, 24, 24, 4);
    sample_mark(sample, 4);
    size_t begin = put_block_begin(maker, 0x0bad);
    put_pattern(maker, 5, 30);
    put_block_end(maker, begin);
    sample_mark(sample, 4);
    put_statistics(maker, 1, 7, 8);
    sample_mark(sample, 4);
    maker->big_endian = !maker->big_endian;
    put_section(maker);
    sample_mark(sample, 4);
    put_interface(maker, 1, 0, 0, "eth1");
    sample_mark(sample, 4);
    put_enhanced(maker, 0, 3000, 25, 60, 5);
    sample_mark(sample, 5);
}

static const struct {
    const char *words;
    void (*make)(struct sample *sample);
} samples[] = {
    {"pcap",   make_pcap  },
    {"pcapng", make_pcapng},
};
enum { SAMPLES = sizeof samples / sizeof samples[0] };

/* The frame of a number, wherever the merge put it. */
static const struct seen *frame_numbered(const struct reading *reading, uint64_t number)
{
    for (size_t i = 0; i < reading->count; i++) {
        if (reading->frames[i].frame.number == number) {
            return &reading->frames[i];
        }
    }
    fail_msg("no frame %llu", (unsigned long long)number);
    return NULL;
}

static void frames_equal(const struct seen *a, const struct seen *b)
{
    assert_int_equal(a->frame.time_ns, b->frame.time_ns);
    assert_int_equal(a->frame.interface, b->frame.interface);
    assert_int_equal(a->frame.link_type, b->frame.link_type);
    assert_int_equal(a->frame.captured, b->frame.captured);
    assert_int_equal(a->frame.wire_len, b->frame.wire_len);
    assert_int_equal(a->digest, b->digest);
}

/* The capture cut behind length octets. */
static void cut_test(const struct sample *sample, const struct reading *whole, size_t length)
{
    struct reading cut = support_read_one(support_file(sample->maker.octets, length));
    size_t mark = sample->marks;
    while (mark > 0 && sample->ends[mark - 1] > length) {
        mark--;
    }
    if (mark == 0) {
        assert_null(cut.source);
        assert_non_null(cut.error);
    } else {
        const char *damaged = source_capture(cut.source, 0)->damaged;
        assert_int_equal(cut.end, SOURCE_END);
        assert_int_equal(cut.count, sample->frames[mark - 1]);
        assert_int_equal(damaged == NULL, sample->ends[mark - 1] == length);
        assert_true(!damaged || text_has(damaged, "the file ends in the middle of"));
        for (uint64_t number = 1; number <= cut.count; number++) {
            frames_equal(frame_numbered(&cut, number), frame_numbered(whole, number));
        }
    }
    reading_free(&cut);
    support_clean();
}

static void test_cut_anywhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        for (int big_endian = 0; big_endian < 2; big_endian++) {
            struct sample sample = {.maker.big_endian = big_endian != 0};
            samples[i].make(&sample);
            struct reading whole = support_read_one(support_store(&sample.maker));
            assert_int_equal(whole.count, 5);
            for (size_t length = 0; length <= sample.maker.length; length++) {
                cut_test(&sample, &whole, length);
            }
            reading_free(&whole);
            maker_free(&sample.maker);
            support_clean();
        }
    }
}

/* Reads what may be anything at all. */
static void anything_test(const struct maker *maker)
{
    struct reading reading = support_read_one(support_store(maker));
    if (reading.source) {
        assert_int_equal(reading.end, SOURCE_END);
        const struct capture *capture = source_capture(reading.source, 0);
        assert_int_equal(capture->packets, reading.count);
        for (size_t i = 0; i < reading.count; i++) {
            const struct frame *frame = &reading.frames[i].frame;
            assert_true(frame->captured <= frame->wire_len);
            assert_true(frame->interface < capture->interface_count);
        }
    } else {
        assert_non_null(reading.error);
    }
    reading_free(&reading);
    support_clean();
}

static void test_flipped_bits(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        struct sample sample = {0};
        samples[i].make(&sample);
        for (size_t at = 0; at < sample.maker.length; at++) {
            for (unsigned bit = 0; bit < 8; bit++) {
                sample.maker.octets[at] ^= (uint8_t)(1U << bit);
                anything_test(&sample.maker);
                sample.maker.octets[at] ^= (uint8_t)(1U << bit);
            }
        }
        maker_free(&sample.maker);
    }
}

/* All 32-bit fields, at every place, set to values that hurt. */
static void test_hostile_numbers(void **state)
{
    (void)state;
    static const uint32_t numbers[] = {0, 4, 12, 0x7fffffff, 0x80000000, 0xfffffffc, UINT32_MAX};
    for (size_t i = 0; i < SAMPLES; i++) {
        struct sample sample = {0};
        samples[i].make(&sample);
        for (size_t at = 0; at + 4 <= sample.maker.length; at++) {
            uint8_t kept[4];
            memcpy(kept, sample.maker.octets + at, 4);
            for (size_t k = 0; k < sizeof numbers / sizeof numbers[0]; k++) {
                memcpy(sample.maker.octets + at, &numbers[k], 4);
                anything_test(&sample.maker);
            }
            memcpy(sample.maker.octets + at, kept, 4);
        }
        maker_free(&sample.maker);
    }
}

/*
 * A compressed file cut in its middle: whole frames from its beginning, and a word. The frames do
 * not compress, or there would be nothing to cut.
 */
static void test_cut_compressed(void **state)
{
    (void)state;
    static const char *const filters[] = {"gzip", "xz", "zstd", "bzip2"};
    struct maker plain = {0};
    put_pcap_header(&plain, &pcap_usual);
    uint32_t random = 1;
    for (unsigned i = 0; i < 4000; i++) {
        put_pcap_record(&plain, i, 0, 1000, 1000, i);
        for (size_t k = 0; k < 1000; k++) {
            random = random * 1664525 + 1013904223;
            plain.octets[plain.length - 1000 + k] = (uint8_t)(random >> 24);
        }
    }
    struct reading whole = support_read_one(support_store(&plain));
    assert_int_equal(whole.count, 4000);
    for (size_t i = 0; i < sizeof filters / sizeof filters[0]; i++) {
        struct maker packed = {0};
        assert_true(support_compress(&plain, filters[i], &packed));
        struct reading cut = support_read_one(support_file(packed.octets, packed.length / 2));
        const char *damaged = source_capture(cut.source, 0)->damaged;
        print_message("%s: %zu frames; %s\n", filters[i], cut.count, damaged ? damaged : "-");
        assert_int_equal(cut.end, SOURCE_END);
        assert_true(text_has(damaged, "the file cannot be unpacked any further"));
        assert_true(text_has(damaged, "of the unpacked data, after packet"));
        assert_in_range(cut.count, 1000, 2100);
        for (size_t k = 0; k < cut.count; k++) {
            frames_equal(&cut.frames[k], &whole.frames[k]);
        }
        reading_free(&cut);
        maker_free(&packed);
    }
    reading_free(&whole);
    maker_free(&plain);
    support_clean();
}

/* A compressed file cut where unpacking stops between two records: no less damaged. */
static void test_cut_between_records(void **state)
{
    (void)state;
    struct maker plain = {0};
    struct maker packed = {0};
    uint32_t random = 1;
    put_pcap_header(&plain, &pcap_usual);
    put_pcap_record(&plain, 0, 0, 984, 984, 0); /* 1024 octets with the header, as all others */
    while (plain.length < 200000) {
        put_pcap_record(&plain, 1, 0, 1008, 1008, 1);
        random = random * 1664525 + 1013904223;
        memcpy(plain.octets + plain.length - 4, &random, 4);
    }
    assert_true(support_compress(&plain, "xz", &packed));
    struct reading cut = support_read_one(support_file(packed.octets, packed.length / 2));
    const char *damaged = source_capture(cut.source, 0)->damaged;
    assert_int_equal(cut.count % 64, 0);
    assert_true(cut.count > 0);
    assert_true(text_has(damaged, "the file cannot be unpacked any further"));
    reading_free(&cut);
    maker_free(&plain);
    maker_free(&packed);
    support_clean();
}

/* Three frames, packed by gzip in two members; returns where the second one begins. */
static size_t make_gzip(struct maker *packed)
{
    struct maker plain = {0};
    put_pcap_header(&plain, &pcap_usual);
    for (unsigned i = 0; i < 3; i++) {
        put_pcap_record(&plain, i, 0, 100, 100, i);
    }
    struct maker first = {plain.octets, 200, 0, false};
    struct maker second = {plain.octets + 200, plain.length - 200, 0, false};
    assert_true(support_compress(&first, "gzip", packed));
    size_t begin = packed->length;
    assert_true(support_compress(&second, "gzip", packed));
    maker_free(&plain);
    return begin;
}

/* Reads a gzip file; whether it was said to be damaged, and if not, whether it is whole. */
static bool gzip_damaged(const uint8_t *octets, size_t length)
{
    struct reading reading = support_read_one(support_file(octets, length));
    bool damaged = !reading.source || source_capture(reading.source, 0)->damaged;
    if (!damaged) {
        assert_int_equal(reading.count, 3);
        for (unsigned i = 0; i < 3; i++) {
            assert_int_equal(reading.frames[i].digest, digest_pattern(i, 100));
        }
    }
    reading_free(&reading);
    support_clean();
    return damaged;
}

/* Time, compression level and system in a member's header mean nothing, nor does what fills up. */
static bool gzip_indifferent(size_t at, size_t length)
{
    enum { TRAILER = 8 };
    return (at >= 4 && at < 10) || at == length - TRAILER - 1;
}

/* No octet of a gzip file that means something can change, or be missing, unnoticed. */
static void test_gzip_checked(void **state)
{
    (void)state;
    struct maker packed = {0};
    size_t second = make_gzip(&packed);
    assert_false(gzip_damaged(packed.octets, packed.length));
    for (size_t at = 0; at < packed.length; at++) {
        packed.octets[at] ^= 0x40;
        bool damaged = gzip_damaged(packed.octets, packed.length);
        packed.octets[at] ^= 0x40;
        bool indifferent = at < second ? gzip_indifferent(at, second)
                                       : gzip_indifferent(at - second, packed.length - second);
        if (!damaged && !indifferent) {
            fail_msg("octet %zu changed unnoticed", at);
        }
    }
    for (size_t length = 0; length < packed.length; length++) {
        if (length != second) {
            assert_true(gzip_damaged(packed.octets, length));
        }
    }
    maker_free(&packed);
}

/* What may stand behind the last member, and what comes before damage. */
static void test_gzip_followed(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        const char *octets;
        size_t length;
        bool damaged;
    } tails[] = {
        {"padding",           "\0\0\0\0\0", 5, false},
        {"a letter",          "x",          1, true },
        {"padding, a letter", "\0\0x",      3, true },
        {"half a header",     "\x1f\x8b",   2, true },
    };
    for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
        struct maker packed = {0};
        make_gzip(&packed);
        put_octets(&packed, tails[i].octets, tails[i].length);
        struct reading reading = support_read_one(support_store(&packed));
        const char *damaged = source_capture(reading.source, 0)->damaged;
        print_message("%s: %s\n", tails[i].words, damaged ? damaged : "-");
        assert_int_equal(reading.end, SOURCE_END);
        assert_int_equal(reading.count, 3);
        assert_int_equal(damaged != NULL, tails[i].damaged);
        assert_true(!damaged || text_has(damaged, "after packet 3"));
        reading_free(&reading);
        maker_free(&packed);
        support_clean();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cut_anywhere),        cmocka_unit_test(test_flipped_bits),
        cmocka_unit_test(test_hostile_numbers),     cmocka_unit_test(test_cut_compressed),
        cmocka_unit_test(test_cut_between_records), cmocka_unit_test(test_gzip_checked),
        cmocka_unit_test(test_gzip_followed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
