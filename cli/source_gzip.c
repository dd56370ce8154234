/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A gzip file is a row of members, RFC 1952 section 2.2. zlib reads one, its header and trailer
 * included; what is between them and behind the last one is for us to judge. Zeros are what tapes
 * and block devices pad with. Anything else is damage: it may have been a member.
 */
#include "cli/source_gzip.h"

#include <stdlib.h>
#include <zlib.h>

enum { BLOCK_SIZE = 64 * 1024 };

struct source_gzip {
    z_stream stream;
    bool between; /* a member has ended, and no other has begun */
    bool no_memory;
    const char *damage;
    uint8_t block[BLOCK_SIZE];
};

bool source_gzip_begins(const uint8_t *octets, size_t length)
{
    return length >= 3 && octets[0] == 0x1f && octets[1] == 0x8b && octets[2] == Z_DEFLATED;
}

struct source_gzip *source_gzip_new(void)
{
    enum { GZIP_ALONE = 16 }; /* added to the window's size: no zlib format, no raw deflate */
    struct source_gzip *gzip = calloc(1, sizeof *gzip);
    if (gzip && inflateInit2(&gzip->stream, MAX_WBITS + GZIP_ALONE) != Z_OK) {
        free(gzip);
        return NULL;
    }
    return gzip;
}

void source_gzip_free(struct source_gzip *gzip)
{
    if (gzip) {
        inflateEnd(&gzip->stream);
        free(gzip);
    }
}

/* Takes one octet between members. */
static void between_step(struct source_gzip *gzip)
{
    if (*gzip->stream.next_in == 0) {
        gzip->stream.next_in++;
        gzip->stream.avail_in--;
    } else if (*gzip->stream.next_in == 0x1f) {
        gzip->between = false;
        inflateReset(&gzip->stream);
    } else {
        gzip->damage = "something that is not gzip follows its compressed data";
    }
}

static void member_step(struct source_gzip *gzip)
{
    int status = inflate(&gzip->stream, Z_NO_FLUSH);
    gzip->between = status == Z_STREAM_END;
    gzip->no_memory = status == Z_MEM_ERROR;
    if (status != Z_OK && status != Z_STREAM_END) {
        gzip->damage = gzip->stream.msg ? gzip->stream.msg : "its compressed data are wrong";
    }
}

size_t source_gzip_next(struct source_gzip *gzip, const uint8_t **octets)
{
    z_stream *stream = &gzip->stream;
    stream->next_out = gzip->block;
    stream->avail_out = BLOCK_SIZE;
    while (!gzip->damage && stream->avail_in > 0 && stream->avail_out > 0) {
        if (gzip->between) {
            between_step(gzip);
        } else {
            member_step(gzip);
        }
    }
    *octets = gzip->block;
    return BLOCK_SIZE - stream->avail_out;
}

void source_gzip_give(struct source_gzip *gzip, const uint8_t *octets, size_t length)
{
    gzip->stream.next_in = octets;
    gzip->stream.avail_in = (uInt)length;
}

void source_gzip_end(struct source_gzip *gzip)
{
    if (!gzip->between && !gzip->damage) {
        gzip->damage = "its compressed data end too early";
    }
}

const char *source_gzip_damage(const struct source_gzip *gzip)
{
    return gzip->damage;
}

bool source_gzip_no_memory(const struct source_gzip *gzip)
{
    return gzip->no_memory;
}
