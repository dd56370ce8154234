/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Blocks are written as they come, without being put together in memory: each piece knows its size
 * beforehand, and a block's length is the sum of its pieces.
 */
#include "cli/capture_writer.h"

#include <errno.h>
#include <string.h>

enum block_type {
    BLOCK_INTERFACE = 1,
    BLOCK_STATISTICS = 5,
    BLOCK_PACKET = 6,
    BLOCK_SECTION = 0x0a0d0d0a,
};

enum option_code {
    OPTION_END = 0,
    OPTION_COMMENT = 1,
    OPTION_SHB_USERAPPL = 4,
    OPTION_IF_NAME = 2,
    OPTION_IF_TSRESOL = 9,
    OPTION_ISB_IFRECV = 4,
    OPTION_ISB_IFDROP = 5,
    OPTION_ISB_OSDROP = 7,
};

#define BYTE_ORDER_MAGIC 0x1a2b3c4dU

enum { BLOCK_FRAME = 12, OPTION_HEADER = 4, NANOSECONDS = 9 };

/* ---- Octets --------------------------------------------------------------------------------- */

static void put_octets(struct capture_writer *writer, const void *octets, size_t length)
{
    if (!writer->error && length > 0 && fwrite(octets, 1, length, writer->file) != length) {
        writer->error = errno ? errno : EIO;
    }
}

static void put_number(struct capture_writer *writer, uint64_t number, size_t length)
{
    uint8_t octets[8];
    for (size_t i = 0; i < length; i++) {
        octets[i] = (uint8_t)(number >> (8 * i));
    }
    put_octets(writer, octets, length);
}

static void put_u16(struct capture_writer *writer, uint16_t number)
{
    put_number(writer, number, 2);
}

static void put_u32(struct capture_writer *writer, uint32_t number)
{
    put_number(writer, number, 4);
}

/* pcapng keeps the two halves of a time stamp in this order whatever the byte order. */
static void put_time(struct capture_writer *writer, int64_t time_ns)
{
    put_u32(writer, (uint32_t)((uint64_t)time_ns >> 32));
    put_u32(writer, (uint32_t)time_ns);
}

static size_t padding_of(size_t length)
{
    return (4 - length % 4) % 4;
}

static void put_padded(struct capture_writer *writer, const void *octets, size_t length)
{
    static const uint8_t zeros[4];
    put_octets(writer, octets, length);
    put_octets(writer, zeros, padding_of(length));
}

/* ---- Blocks and options --------------------------------------------------------------------- */

/* How long a text option will be; 0 without one. */
static size_t text_size(const char *text)
{
    size_t length = text ? strlen(text) : 0;
    return text ? OPTION_HEADER + length + padding_of(length) : 0;
}

static bool text_fits(const char *text)
{
    return !text || strlen(text) <= UINT16_MAX;
}

static void put_option(struct capture_writer *writer, enum option_code code, const void *octets,
                       size_t length)
{
    put_u16(writer, (uint16_t)code);
    put_u16(writer, (uint16_t)length);
    put_padded(writer, octets, length);
}

static void put_text(struct capture_writer *writer, enum option_code code, const char *text)
{
    if (text) {
        put_option(writer, code, text, strlen(text));
    }
}

static void put_option_end(struct capture_writer *writer)
{
    put_u32(writer, OPTION_END);
}

static void block_begin(struct capture_writer *writer, enum block_type type, uint32_t length)
{
    put_u32(writer, type);
    put_u32(writer, length);
}

static bool block_end(struct capture_writer *writer, uint32_t length)
{
    put_u32(writer, length);
    return writer->error == 0;
}

/* Refuses what the format cannot hold, before anything of it was written. */
static bool writer_accepts(struct capture_writer *writer, bool acceptable)
{
    if (!writer->error && !acceptable) {
        writer->error = EINVAL;
    }
    return writer->error == 0;
}

/* ---- What can be written -------------------------------------------------------------------- */

bool capture_writer_begin(struct capture_writer *writer, FILE *file, const char *application)
{
    *writer = (struct capture_writer){.file = file};
    if (!writer_accepts(writer, text_fits(application))) {
        return false;
    }
    size_t options = application ? text_size(application) + OPTION_HEADER : 0;
    uint32_t length = (uint32_t)(BLOCK_FRAME + 16 + options);
    block_begin(writer, BLOCK_SECTION, length);
    put_u32(writer, BYTE_ORDER_MAGIC);
    put_u16(writer, 1);
    put_u16(writer, 0);
    put_number(writer, UINT64_MAX, 8); /* the section's length: not known beforehand */
    if (application) {
        put_text(writer, OPTION_SHB_USERAPPL, application);
        put_option_end(writer);
    }
    return block_end(writer, length);
}

bool capture_writer_interface(struct capture_writer *writer, uint16_t link_type, const char *name,
                              uint32_t snap_len)
{
    static const uint8_t resolution = NANOSECONDS;
    if (!writer_accepts(writer, text_fits(name))) {
        return false;
    }
    size_t options = text_size(name) + OPTION_HEADER + 4 + OPTION_HEADER;
    uint32_t length = (uint32_t)(BLOCK_FRAME + 8 + options);
    block_begin(writer, BLOCK_INTERFACE, length);
    put_u16(writer, link_type);
    put_u16(writer, 0);
    put_u32(writer, snap_len);
    put_text(writer, OPTION_IF_NAME, name);
    put_option(writer, OPTION_IF_TSRESOL, &resolution, 1);
    put_option_end(writer);
    writer->interfaces++;
    return block_end(writer, length);
}

bool capture_writer_packet(struct capture_writer *writer,
                           const struct capture_writer_packet *packet)
{
    const char *comment = packet->comment;
    size_t options = comment ? text_size(comment) + OPTION_HEADER : 0;
    size_t data = (size_t)packet->captured + padding_of(packet->captured);
    size_t length = BLOCK_FRAME + 20 + data + options;
    if (!writer_accepts(writer, packet->interface < writer->interfaces && packet->time_ns >= 0 &&
                                    packet->captured <= packet->wire_len && text_fits(comment) &&
                                    length <= UINT32_MAX)) {
        return false;
    }
    block_begin(writer, BLOCK_PACKET, (uint32_t)length);
    put_u32(writer, packet->interface);
    put_time(writer, packet->time_ns);
    put_u32(writer, packet->captured);
    put_u32(writer, packet->wire_len);
    put_padded(writer, packet->octets, packet->captured);
    if (comment) {
        put_text(writer, OPTION_COMMENT, comment);
        put_option_end(writer);
    }
    return block_end(writer, (uint32_t)length);
}

bool capture_writer_statistics(struct capture_writer *writer, uint32_t interface, int64_t time_ns,
                               const struct capture_writer_statistics *statistics)
{
    const struct {
        enum option_code code;
        uint64_t count;
    } counters[] = {
        {OPTION_ISB_IFRECV, statistics->received       },
        {OPTION_ISB_IFDROP, statistics->interface_drops},
        {OPTION_ISB_OSDROP, statistics->drops          },
    };
    enum {
        COUNTERS = sizeof counters / sizeof counters[0],
        LENGTH = BLOCK_FRAME + 12 + COUNTERS * (OPTION_HEADER + 8) + OPTION_HEADER,
    };
    if (!writer_accepts(writer, interface < writer->interfaces && time_ns >= 0)) {
        return false;
    }
    block_begin(writer, BLOCK_STATISTICS, LENGTH);
    put_u32(writer, interface);
    put_time(writer, time_ns);
    for (size_t i = 0; i < COUNTERS; i++) {
        put_u16(writer, (uint16_t)counters[i].code);
        put_u16(writer, 8);
        put_number(writer, counters[i].count, 8);
    }
    put_option_end(writer);
    return block_end(writer, LENGTH);
}

bool capture_writer_flush(struct capture_writer *writer)
{
    if (!writer->error && fflush(writer->file) != 0) {
        writer->error = errno ? errno : EIO;
    }
    return writer->error == 0;
}
