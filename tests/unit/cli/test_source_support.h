/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the tests of capture files share: putting captures together octet by octet, storing them in
 * files that go away by themselves, and reading all frames of some files into a list.
 */
#ifndef TEST_SOURCE_SUPPORT_H
#define TEST_SOURCE_SUPPORT_H

#include "cli/source.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- Octets --------------------------------------------------------------------------------- */

/* A growing row of octets; numbers are put in the byte order that is set. */
struct maker {
    uint8_t *octets;
    size_t length;
    size_t capacity;
    bool big_endian;
};

void maker_free(struct maker *maker);
void put_octets(struct maker *maker, const void *octets, size_t length);
void put_number(struct maker *maker, uint64_t number, size_t length);
/* length octets that depend on seed alone. */
void put_pattern(struct maker *maker, unsigned seed, size_t length);

/* ---- pcap ----------------------------------------------------------------------------------- */

struct pcap_header {
    uint32_t magic;
    uint16_t major;
    uint16_t minor;
    uint32_t snap_len;
    uint32_t link;
};

/* 2.4, 262144, Ethernet, microseconds. */
extern const struct pcap_header pcap_usual;

void put_pcap_header(struct maker *maker, const struct pcap_header *header);
/* A record whose frame is put_pattern(seed, captured). */
void put_pcap_record(struct maker *maker, uint32_t seconds, uint32_t fraction, uint32_t captured,
                     uint32_t wire_len, unsigned seed);

/* ---- pcapng --------------------------------------------------------------------------------- */

/* Begins a block; its end knows the beginning by what was returned. Lengths are filled in. */
size_t put_block_begin(struct maker *maker, uint32_t type);
void put_block_end(struct maker *maker, size_t begin);

void put_option(struct maker *maker, uint16_t code, const void *value, size_t length);
/* An option that is a number, in the byte order that is set. */
void put_option_number(struct maker *maker, uint16_t code, uint64_t number, size_t length);

void put_section(struct maker *maker);
/* resolution 0: no if_tsresol; name NULL: no if_name. */
void put_interface(struct maker *maker, uint16_t link_type, uint32_t snap_len, uint8_t resolution,
                   const char *name);
void put_enhanced(struct maker *maker, uint32_t interface, uint64_t units, uint32_t captured,
                  uint32_t wire_len, unsigned seed);
void put_obsolete(struct maker *maker, uint16_t interface, uint64_t units, uint32_t captured,
                  uint32_t wire_len, unsigned seed);
void put_simple(struct maker *maker, uint32_t captured, uint32_t wire_len, unsigned seed);
void put_statistics(struct maker *maker, uint32_t interface, uint64_t ifdrop, uint64_t osdrop);
/* ... without isb_osdrop, as dumpcap writes them. */
void put_statistics_alone(struct maker *maker, uint32_t interface, uint64_t ifdrop);

/* ---- Files ---------------------------------------------------------------------------------- */

/* Writes octets to a new file, and returns its path; support_clean removes all of them. */
const char *support_file(const void *octets, size_t length);
const char *support_store(const struct maker *maker);
void support_clean(void);

/* Compresses as libarchive names it ("gzip", "xz", ...); false if this libarchive cannot. */
bool support_compress(const struct maker *plain, const char *filter, struct maker *packed);

/* ---- Reading -------------------------------------------------------------------------------- */

/* A frame that was read; the octets are gone, their digest is kept. */
struct seen {
    struct frame frame;
    uint64_t digest;
};

struct reading {
    struct source *source; /* NULL: could not be opened, see error */
    char *error;
    bool usage;
    enum source_status end;
    struct seen *frames;
    size_t count;
};

/* Opens and reads to the end. */
struct reading support_read(const char *const *paths, size_t count, const char *filter);
struct reading support_read_one(const char *path);
/* ... with so many threads that may read ahead. */
struct reading support_read_ahead(const char *const *paths, size_t count, const char *filter,
                                  unsigned threads);
void reading_free(struct reading *reading);

/* The digest of put_pattern(seed, length). */
uint64_t digest_pattern(unsigned seed, size_t length);
uint64_t digest_octets(const uint8_t *octets, size_t length);

/* Whether a text is there and contains another. */
bool text_has(const char *text, const char *part);
/* ... or begins with it. */
bool text_begins(const char *text, const char *part);

#endif
