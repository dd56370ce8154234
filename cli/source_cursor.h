/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A cursor over the octets of one header, record or block of a capture file, in the byte order of
 * that file. It holds the only bounds check: what is not there reads as zero and sets `failed`,
 * which stays set, so that a reader takes all its fields first and asks once at the end.
 */
#ifndef CLI_SOURCE_CURSOR_H
#define CLI_SOURCE_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct source_cursor {
    const uint8_t *at;
    const uint8_t *end;
    bool big_endian;
    bool failed;
};

static inline struct source_cursor source_cursor_over(const uint8_t *octets, size_t length,
                                                      bool big_endian)
{
    return (struct source_cursor){octets, octets + length, big_endian, false};
}

static inline size_t source_cursor_left(const struct source_cursor *cursor)
{
    return (size_t)(cursor->end - cursor->at);
}

/* The next length octets, or NULL where there are fewer. */
static inline const uint8_t *source_cursor_take(struct source_cursor *cursor, size_t length)
{
    if (cursor->failed || source_cursor_left(cursor) < length) {
        cursor->failed = true;
        return NULL;
    }
    const uint8_t *octets = cursor->at;
    cursor->at += length;
    return octets;
}

static inline uint8_t source_cursor_u8(struct source_cursor *cursor)
{
    const uint8_t *o = source_cursor_take(cursor, 1);
    return o ? o[0] : 0;
}

static inline uint16_t source_cursor_u16(struct source_cursor *cursor)
{
    const uint8_t *o = source_cursor_take(cursor, 2);
    if (!o) {
        return 0;
    }
    return (uint16_t)(cursor->big_endian ? o[0] << 8 | o[1] : o[1] << 8 | o[0]);
}

static inline uint32_t source_cursor_u32(struct source_cursor *cursor)
{
    const uint8_t *o = source_cursor_take(cursor, 4);
    if (!o) {
        return 0;
    }
    uint32_t value = (uint32_t)o[3] << 24 | (uint32_t)o[2] << 16 | (uint32_t)o[1] << 8 | o[0];
    return cursor->big_endian ? __builtin_bswap32(value) : value;
}

static inline uint64_t source_cursor_u64(struct source_cursor *cursor)
{
    uint64_t first = source_cursor_u32(cursor);
    uint64_t second = source_cursor_u32(cursor);
    return cursor->big_endian ? first << 32 | second : second << 32 | first;
}

#endif
