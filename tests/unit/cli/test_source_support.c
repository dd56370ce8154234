/* SPDX-License-Identifier: BSD-3-Clause */
/* Captures made by hand, and read back through the public door. */
#include "tests/unit/cli/test_source_support.h"

#include <archive.h>
#include <archive_entry.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- Octets --------------------------------------------------------------------------------- */

void maker_free(struct maker *maker)
{
    free(maker->octets);
    *maker = (struct maker){0};
}

void put_octets(struct maker *maker, const void *octets, size_t length)
{
    if (maker->length + length > maker->capacity) {
        maker->capacity = 2 * (maker->length + length);
        maker->octets = realloc(maker->octets, maker->capacity);
        assert_non_null(maker->octets);
    }
    if (length > 0) {
        memcpy(maker->octets + maker->length, octets, length);
    }
    maker->length += length;
}

void put_number(struct maker *maker, uint64_t number, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        size_t place = maker->big_endian ? length - 1 - i : i;
        uint8_t octet = (uint8_t)(place < 8 ? number >> (8 * place) : 0);
        put_octets(maker, &octet, 1);
    }
}

static uint8_t pattern_octet(unsigned seed, size_t i)
{
    return (uint8_t)((size_t)seed * 37 + i * 11 + 5);
}

void put_pattern(struct maker *maker, unsigned seed, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        uint8_t octet = pattern_octet(seed, i);
        put_octets(maker, &octet, 1);
    }
}

/* ---- pcap ----------------------------------------------------------------------------------- */

const struct pcap_header pcap_usual = {0xa1b2c3d4, 2, 4, 262144, LINK_TYPE_ETHERNET};

void put_pcap_header(struct maker *maker, const struct pcap_header *header)
{
    put_number(maker, header->magic, 4);
    put_number(maker, header->major, 2);
    put_number(maker, header->minor, 2);
    put_number(maker, 0, 8);
    put_number(maker, header->snap_len, 4);
    put_number(maker, header->link, 4);
}

void put_pcap_record(struct maker *maker, uint32_t seconds, uint32_t fraction, uint32_t captured,
                     uint32_t wire_len, unsigned seed)
{
    put_number(maker, seconds, 4);
    put_number(maker, fraction, 4);
    put_number(maker, captured, 4);
    put_number(maker, wire_len, 4);
    put_pattern(maker, seed, captured);
}

/* ---- pcapng --------------------------------------------------------------------------------- */

size_t put_block_begin(struct maker *maker, uint32_t type)
{
    size_t begin = maker->length;
    put_number(maker, type, 4);
    put_number(maker, 0, 4);
    return begin;
}

static void put_padding(struct maker *maker)
{
    while (maker->length % 4 != 0) {
        put_number(maker, 0, 1);
    }
}

void put_block_end(struct maker *maker, size_t begin)
{
    put_padding(maker);
    size_t length = maker->length + 4 - begin;
    put_number(maker, length, 4);
    memcpy(maker->octets + begin + 4, maker->octets + maker->length - 4, 4);
}

void put_option(struct maker *maker, uint16_t code, const void *value, size_t length)
{
    put_number(maker, code, 2);
    put_number(maker, length, 2);
    put_octets(maker, value, length);
    put_padding(maker);
}

void put_option_number(struct maker *maker, uint16_t code, uint64_t number, size_t length)
{
    put_number(maker, code, 2);
    put_number(maker, length, 2);
    put_number(maker, number, length);
    put_padding(maker);
}

void put_section(struct maker *maker)
{
    size_t begin = put_block_begin(maker, 0x0a0d0d0a);
    put_number(maker, 0x1a2b3c4d, 4);
    put_number(maker, 1, 2);
    put_number(maker, 0, 2);
    put_number(maker, UINT64_MAX, 8);
    put_block_end(maker, begin);
}

void put_interface(struct maker *maker, uint16_t link_type, uint32_t snap_len, uint8_t resolution,
                   const char *name)
{
    size_t begin = put_block_begin(maker, 1);
    put_number(maker, link_type, 2);
    put_number(maker, 0, 2);
    put_number(maker, snap_len, 4);
    if (name) {
        put_option(maker, 2, name, strlen(name));
    }
    if (resolution) {
        put_option_number(maker, 9, resolution, 1);
    }
    if (name || resolution) {
        put_number(maker, 0, 4);
    }
    put_block_end(maker, begin);
}

static void put_packet(struct maker *maker, size_t begin, uint64_t units, uint32_t captured,
                       uint32_t wire_len, unsigned seed)
{
    put_number(maker, units >> 32, 4);
    put_number(maker, units & UINT32_MAX, 4);
    put_number(maker, captured, 4);
    put_number(maker, wire_len, 4);
    put_pattern(maker, seed, captured);
    put_block_end(maker, begin);
}

void put_enhanced(struct maker *maker, uint32_t interface, uint64_t units, uint32_t captured,
                  uint32_t wire_len, unsigned seed)
{
    size_t begin = put_block_begin(maker, 6);
    put_number(maker, interface, 4);
    put_packet(maker, begin, units, captured, wire_len, seed);
}

void put_obsolete(struct maker *maker, uint16_t interface, uint64_t units, uint32_t captured,
                  uint32_t wire_len, unsigned seed)
{
    size_t begin = put_block_begin(maker, 2);
    put_number(maker, interface, 2);
    put_number(maker, UINT16_MAX, 2);
    put_packet(maker, begin, units, captured, wire_len, seed);
}

void put_simple(struct maker *maker, uint32_t captured, uint32_t wire_len, unsigned seed)
{
    size_t begin = put_block_begin(maker, 3);
    put_number(maker, wire_len, 4);
    put_pattern(maker, seed, captured);
    put_block_end(maker, begin);
}

void put_statistics(struct maker *maker, uint32_t interface, uint64_t ifdrop, uint64_t osdrop)
{
    size_t begin = put_block_begin(maker, 5);
    put_number(maker, interface, 4);
    put_number(maker, 0, 8);
    put_option_number(maker, 4, 1000, 8); /* isb_ifrecv: counts for nothing here */
    put_option_number(maker, 5, ifdrop, 8);
    put_option_number(maker, 7, osdrop, 8);
    put_number(maker, 0, 4);
    put_block_end(maker, begin);
}

void put_statistics_alone(struct maker *maker, uint32_t interface, uint64_t ifdrop)
{
    size_t begin = put_block_begin(maker, 5);
    put_number(maker, interface, 4);
    put_number(maker, 0, 8);
    put_option_number(maker, 5, ifdrop, 8);
    put_number(maker, 0, 4);
    put_block_end(maker, begin);
}

/* ---- Files ---------------------------------------------------------------------------------- */

enum { FILES_MAX = 64 };

static char file_paths[FILES_MAX][64];
static size_t file_count;

const char *support_file(const void *octets, size_t length)
{
    assert_true(file_count < FILES_MAX);
    char *path = file_paths[file_count++];
    snprintf(path, sizeof file_paths[0], "/tmp/test-source-XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    FILE *file = fdopen(fd, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(octets ? octets : "", 1, length, file), length);
    assert_int_equal(fclose(file), 0);
    return path;
}

const char *support_store(const struct maker *maker)
{
    return support_file(maker->octets, maker->length);
}

void support_clean(void)
{
    while (file_count > 0) {
        unlink(file_paths[--file_count]);
    }
}

static la_ssize_t compress_take(struct archive *archive, void *context, const void *octets,
                                size_t length)
{
    (void)archive;
    put_octets(context, octets, length);
    return (la_ssize_t)length;
}

bool support_compress(const struct maker *plain, const char *filter, struct maker *packed)
{
    struct archive *archive = archive_write_new();
    assert_non_null(archive);
    if (archive_write_add_filter_by_name(archive, filter) != ARCHIVE_OK) {
        archive_write_free(archive);
        return false;
    }
    archive_write_set_format_raw(archive);
    archive_write_set_bytes_in_last_block(archive, 1);
    assert_int_equal(archive_write_open(archive, packed, NULL, compress_take, NULL), ARCHIVE_OK);
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_pathname(entry, "data");
    assert_int_equal(archive_write_header(archive, entry), ARCHIVE_OK);
    assert_int_equal(archive_write_data(archive, plain->octets, plain->length), plain->length);
    archive_entry_free(entry);
    assert_int_equal(archive_write_close(archive), ARCHIVE_OK);
    archive_write_free(archive);
    return true;
}

/* ---- Reading -------------------------------------------------------------------------------- */

uint64_t digest_octets(const uint8_t *octets, size_t length)
{
    uint64_t digest = 14695981039346656037U;
    for (size_t i = 0; i < length; i++) {
        digest = (digest ^ octets[i]) * 1099511628211U;
    }
    return digest;
}

uint64_t digest_pattern(unsigned seed, size_t length)
{
    uint64_t digest = 14695981039346656037U;
    for (size_t i = 0; i < length; i++) {
        digest = (digest ^ pattern_octet(seed, i)) * 1099511628211U;
    }
    return digest;
}

static void reading_add(struct reading *reading, const struct frame *frame)
{
    if ((reading->count & (reading->count - 1)) == 0) {
        size_t capacity = reading->count ? reading->count * 2 : 1;
        reading->frames = realloc(reading->frames, capacity * sizeof *reading->frames);
        assert_non_null(reading->frames);
    }
    struct seen *seen = &reading->frames[reading->count++];
    seen->frame = *frame;
    seen->frame.octets = NULL;
    seen->digest = digest_octets(frame->octets, frame->captured);
}

struct reading support_read_ahead(const char *const *paths, size_t count, const char *filter,
                                  unsigned threads)
{
    struct reading reading = {0};
    reading.source = source_open(paths, count, filter, &reading.error, &reading.usage);
    if (!reading.source) {
        return reading;
    }
    source_read_ahead(reading.source, threads);
    struct frame frame;
    while ((reading.end = source_next(reading.source, &frame)) == SOURCE_FRAME) {
        reading_add(&reading, &frame);
    }
    return reading;
}

struct reading support_read(const char *const *paths, size_t count, const char *filter)
{
    return support_read_ahead(paths, count, filter, 0);
}

struct reading support_read_one(const char *path)
{
    return support_read(&path, 1, NULL);
}

void reading_free(struct reading *reading)
{
    source_close(reading->source);
    free(reading->error);
    free(reading->frames);
    *reading = (struct reading){0};
}

bool text_has(const char *text, const char *part)
{
    return text && strstr(text, part) != NULL;
}

bool text_begins(const char *text, const char *part)
{
    return text && strncmp(text, part, strlen(part)) == 0;
}
