/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The classic pcap format (draft-ietf-opsawg-pcap): a file header of 24 octets, then records of 16
 * octets and a frame each, in the byte order of the machine that wrote it, which the magic number
 * shows along with the unit of time.
 */
#include "cli/source_cursor.h"
#include "cli/source_message.h"
#include "cli/source_reader.h"

#define MAGIC_MICROSECONDS 0xa1b2c3d4U
#define MAGIC_NANOSECONDS  0xa1b23c4dU

/* Upper bits of the link type field: the frame check sequence's length in units of two octets. */
#define FCS_PRESENT 0x04000000U
#define FCS_SHIFT   28

/*
 * A record may be larger than the header's snap length says, up to this: writers get the snap
 * length wrong, and libpcap accepts as much.
 */
#define CAPTURED_TOLERATED (256U * 1024)

enum { FILE_HEADER = 24, RECORD_HEADER = 16, NS_PER_US = 1000, VERSION_MAJOR = 2 };

static enum source_read record_next(struct source_reader *reader, struct frame *frame);

static uint32_t captured_max_of(uint32_t snap_len)
{
    if (snap_len < CAPTURED_TOLERATED) {
        return CAPTURED_TOLERATED;
    }
    return snap_len < SOURCE_FRAME_MAX ? snap_len : SOURCE_FRAME_MAX;
}

enum source_read source_pcap_begin(struct source_reader *reader)
{
    const uint8_t *octets;
    enum source_read read = source_reader_peek(reader, FILE_HEADER, "the file header", &octets);
    if (read != SOURCE_READ_ON) {
        return read;
    }
    struct source_pcap *pcap = &reader->pcap;
    pcap->big_endian = octets[0] == MAGIC_MICROSECONDS >> 24;
    struct source_cursor header = source_cursor_over(octets, FILE_HEADER, pcap->big_endian);
    pcap->nanoseconds = source_cursor_u32(&header) == MAGIC_NANOSECONDS;
    uint16_t major = source_cursor_u16(&header);
    uint16_t minor = source_cursor_u16(&header);
    source_cursor_take(&header, 8); /* time zone and accuracy: nobody ever used them */
    uint32_t snap_len = source_cursor_u32(&header);
    uint32_t link = source_cursor_u32(&header);
    if (major != VERSION_MAJOR) {
        return source_reader_damage(
            reader, 0,
            source_message_make("the file header states the unknown version %u.%u", major, minor));
    }
    pcap->minor = minor;
    pcap->captured_max = captured_max_of(snap_len);
    pcap->fcs_octets = link & FCS_PRESENT ? (link >> FCS_SHIFT) * 2 : 0;
    reader->capture.format = CAPTURE_PCAP;
    reader->next = record_next;
    source_input_take(&reader->input, FILE_HEADER);
    if (!source_reader_add_interface(reader, link & UINT16_MAX, NULL, 0)) {
        return source_reader_no_memory(reader);
    }
    return SOURCE_READ_ON;
}

/* Before version 2.3 the wire length came first, in 2.3 it depends on the writer. */
static bool lengths_swapped(uint16_t minor, uint32_t captured, uint32_t wire_len)
{
    return minor < 3 || (minor == 3 && captured > wire_len);
}

/* Takes the frame check sequence off a frame's lengths; a snap length may have cut it already. */
static void fcs_remove(uint32_t fcs_octets, uint32_t *captured, uint32_t *wire_len)
{
    uint32_t whole = *wire_len > *captured ? *wire_len : *captured;
    *wire_len = whole > fcs_octets ? whole - fcs_octets : 0;
    *captured = *captured < *wire_len ? *captured : *wire_len;
}

static enum source_read record_next(struct source_reader *reader, struct frame *frame)
{
    const struct source_pcap *pcap = &reader->pcap;
    const uint8_t *octets;
    enum source_read read = source_reader_more(reader);
    if (read == SOURCE_READ_ON) {
        read = source_reader_peek(reader, RECORD_HEADER, "a packet record", &octets);
    }
    if (read != SOURCE_READ_ON) {
        return read;
    }
    struct source_cursor header = source_cursor_over(octets, RECORD_HEADER, pcap->big_endian);
    int64_t seconds = source_cursor_u32(&header);
    int64_t fraction = source_cursor_u32(&header);
    uint32_t captured = source_cursor_u32(&header);
    uint32_t wire_len = source_cursor_u32(&header);
    if (lengths_swapped(pcap->minor, captured, wire_len)) {
        uint32_t swap = captured;
        captured = wire_len;
        wire_len = swap;
    }
    if (captured > pcap->captured_max) {
        return source_reader_damage(
            reader, source_input_offset(&reader->input),
            source_message_make("a packet record states %u captured octets, more than the %u "
                                "that can be,",
                                captured, pcap->captured_max));
    }
    size_t length = RECORD_HEADER + (size_t)captured;
    read = source_reader_peek(reader, length, "a packet record", &octets);
    if (read != SOURCE_READ_ON) {
        return read;
    }
    source_input_take(&reader->input, length);
    if (pcap->fcs_octets) {
        fcs_remove(pcap->fcs_octets, &captured, &wire_len);
    }
    frame->time_ns = seconds * 1000000000 + (pcap->nanoseconds ? fraction : fraction * NS_PER_US);
    source_reader_fill(reader, frame, 0, captured, wire_len, octets + RECORD_HEADER);
    return SOURCE_READ_FRAME;
}
