/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Unpacks gzip (RFC 1952) by zlib, member after member, and holds each to the CRC-32 and the size
 * in its trailer, which libarchive does not look at: of the compressed files that people keep, most
 * are these. Octets are given to it and taken from it; it reads nothing itself.
 */
#ifndef CLI_SOURCE_GZIP_H
#define CLI_SOURCE_GZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct source_gzip;

/* Whether octets are the beginning of a gzip member. */
bool source_gzip_begins(const uint8_t *octets, size_t length);

/* NULL without memory. */
struct source_gzip *source_gzip_new(void);
/* Frees it; NULL is allowed. */
void source_gzip_free(struct source_gzip *gzip);

/*
 * The next unpacked octets, borrowed until the next call; returns how many. 0: it wants to be given
 * more, or cannot go on (see source_gzip_damage).
 */
size_t source_gzip_next(struct source_gzip *gzip, const uint8_t **octets);

/* Gives compressed octets, borrowed until it wants more. */
void source_gzip_give(struct source_gzip *gzip, const uint8_t *octets, size_t length);

/* Says that there is no more to be given. */
void source_gzip_end(struct source_gzip *gzip);

/* NULL, or why no more can be unpacked. Static text. */
const char *source_gzip_damage(const struct source_gzip *gzip);
/* Whether that is for want of memory, and no fault of the file. */
bool source_gzip_no_memory(const struct source_gzip *gzip);

#endif
