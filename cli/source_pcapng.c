/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The pcapng format (draft-ietf-opsawg-pcapng): what its blocks say. A section header sets the byte
 * order and forgets the interfaces described before; interface descriptions number the interfaces
 * of their section from zero; packets come in enhanced, simple and the obsolete packet blocks.
 */
#include "cli/source_block.h"
#include "cli/source_message.h"
#include "cli/source_time.h"

enum option_code {
    OPTION_IF_NAME = 2,
    OPTION_IF_TSRESOL = 9,
    OPTION_IF_TSOFFSET = 14,
    OPTION_ISB_IFRECV = 4,
    OPTION_ISB_IFDROP = 5,
    OPTION_ISB_OSDROP = 7,
};

enum { VERSION_MAJOR = 1 };

/* Drops of one interface beyond this are nonsense; their sum then fits into 64 bits. */
#define DROPS_MAX (UINT64_MAX / SOURCE_INTERFACES_MAX)

static enum source_read block_malformed(struct source_reader *reader,
                                        const struct source_block *block, const char *what)
{
    return source_reader_damage(reader, block->offset, source_message_make("%s", what));
}

static enum source_read section_begin(struct source_reader *reader, struct source_block *block)
{
    source_cursor_take(&block->body, 4); /* the byte order magic, read before */
    uint16_t major = source_cursor_u16(&block->body);
    uint16_t minor = source_cursor_u16(&block->body);
    source_cursor_u64(&block->body); /* the section's length: the blocks themselves tell */
    if (block->body.failed) {
        return block_malformed(reader, block, "a section header is too short");
    }
    if (major != VERSION_MAJOR) {
        return source_reader_damage(
            reader, block->offset,
            source_message_make("a section header states the unknown version %u.%u", major, minor));
    }
    reader->pcapng.section_first = reader->capture.interface_count;
    return SOURCE_READ_ON;
}

/* Reads an interface's options into what is kept of it; false if one does not fit. */
static bool interface_options(struct source_cursor *options, struct source_pcapng_interface *own,
                              struct source_cursor *name)
{
    struct source_option option;
    while (source_option_next(options, &option)) {
        size_t length = source_cursor_left(&option.value);
        if (option.code == OPTION_IF_NAME) {
            *name = option.value;
        } else if (option.code == OPTION_IF_TSRESOL && length == 1) {
            own->resolution = source_cursor_u8(&option.value);
        } else if (option.code == OPTION_IF_TSOFFSET && length == 8) {
            own->offset_s = (int64_t)source_cursor_u64(&option.value);
        }
    }
    return !options->failed;
}

static enum source_read interface_add(struct source_reader *reader, struct source_block *block)
{
    struct source_pcapng_interface own = {.resolution = SOURCE_TIME_MICROSECONDS};
    struct source_cursor name = {0};
    uint16_t link_type = source_cursor_u16(&block->body);
    source_cursor_take(&block->body, 2); /* reserved */
    uint32_t snap_len = source_cursor_u32(&block->body);
    if (block->body.failed || !interface_options(&block->body, &own, &name)) {
        return block_malformed(reader, block, "an interface description does not fit its block");
    }
    size_t index = reader->capture.interface_count;
    if (index == SOURCE_INTERFACES_MAX) {
        return source_reader_damage(
            reader, block->offset,
            source_message_make("more than %u interfaces are described", SOURCE_INTERFACES_MAX));
    }
    if (!source_reader_add_interface(reader, link_type, name.at, source_cursor_left(&name))) {
        return source_reader_no_memory(reader);
    }
    reader->pcapng.interfaces[index] = own;
    reader->capture.interfaces[index].snap_len = snap_len;
    return SOURCE_READ_ON;
}

/* Turns an interface id of the section into an index of the capture; false if there is none. */
static bool interface_find(const struct source_reader *reader, uint32_t id, size_t *index)
{
    *index = reader->pcapng.section_first + id;
    return id < reader->capture.interface_count - reader->pcapng.section_first;
}

static enum source_read interface_missing(struct source_reader *reader,
                                          const struct source_block *block, uint32_t id)
{
    return source_reader_damage(
        reader, block->offset,
        source_message_make("a block is of interface %u, which its section does not describe,",
                            id));
}

/* Takes the octets of a packet out of its block. */
static enum source_read packet_give(struct source_reader *reader, struct source_block *block,
                                    size_t interface, uint32_t captured, uint32_t wire_len,
                                    struct frame *frame)
{
    const uint8_t *octets = source_cursor_take(&block->body, captured);
    if (!octets) {
        return block_malformed(reader, block, "a packet does not fit its block");
    }
    if (captured > SOURCE_FRAME_MAX) {
        return block_malformed(reader, block, "a packet is larger than any can be");
    }
    frame->time_ns = reader->pcapng.last_time_ns;
    source_reader_fill(reader, frame, interface, captured, wire_len, octets);
    frame->time_known = reader->pcapng.time_known;
    return SOURCE_READ_FRAME;
}

/* Enhanced and obsolete packet blocks differ in the size of the interface id alone. */
static enum source_read packet_read(struct source_reader *reader, struct source_block *block,
                                    struct frame *frame)
{
    uint32_t id;
    if (block->type == SOURCE_BLOCK_ENHANCED_PACKET) {
        id = source_cursor_u32(&block->body);
    } else {
        id = source_cursor_u16(&block->body);
        source_cursor_take(&block->body, 2); /* drops since the last packet, or unknown */
    }
    uint64_t units = (uint64_t)source_cursor_u32(&block->body) << 32;
    units |= source_cursor_u32(&block->body);
    uint32_t captured = source_cursor_u32(&block->body);
    uint32_t wire_len = source_cursor_u32(&block->body);
    size_t index;
    if (block->body.failed) {
        return block_malformed(reader, block, "a packet block is too short");
    }
    if (!interface_find(reader, id, &index)) {
        return interface_missing(reader, block, id);
    }
    const struct source_pcapng_interface *own = &reader->pcapng.interfaces[index];
    reader->pcapng.last_time_ns = source_time_ns(units, own->resolution, own->offset_s);
    reader->pcapng.time_known = true;
    return packet_give(reader, block, index, captured, wire_len, frame);
}

/* No time, no interface but the first, and no captured length but what the snap length leaves. */
static enum source_read simple_packet_read(struct source_reader *reader, struct source_block *block,
                                           struct frame *frame)
{
    uint32_t wire_len = source_cursor_u32(&block->body);
    size_t index;
    if (block->body.failed) {
        return block_malformed(reader, block, "a packet block is too short");
    }
    if (!interface_find(reader, 0, &index)) {
        return interface_missing(reader, block, 0);
    }
    uint32_t snap_len = reader->capture.interfaces[index].snap_len;
    uint32_t captured = snap_len > 0 && snap_len < wire_len ? snap_len : wire_len;
    return packet_give(reader, block, index, captured, wire_len, frame);
}

/* What the statistics of an interface say. */
struct statistics {
    bool received_known;
    bool by_interface_known;
    bool by_system_known;
    uint64_t received;
    uint64_t by_interface;
    uint64_t by_system;
};

/* A counter of 64 bits; false where the option has another size. */
static bool counter_read(struct source_option *option, uint64_t *counter)
{
    if (source_cursor_left(&option->value) != 8) {
        return false;
    }
    *counter = source_cursor_u64(&option->value);
    return true;
}

static struct statistics statistics_options(struct source_cursor *options)
{
    struct statistics said = {0};
    struct source_option option;
    while (source_option_next(options, &option)) {
        if (option.code == OPTION_ISB_IFRECV) {
            said.received_known = counter_read(&option, &said.received);
        } else if (option.code == OPTION_ISB_IFDROP) {
            said.by_interface_known = counter_read(&option, &said.by_interface);
        } else if (option.code == OPTION_ISB_OSDROP) {
            said.by_system_known = counter_read(&option, &said.by_system);
        }
    }
    return said;
}

/* Takes over a counter, whose former value is part of a sum over all interfaces. */
static void counter_take(uint64_t *counter, uint64_t *sum, uint64_t value)
{
    uint64_t bounded = value < DROPS_MAX ? value : DROPS_MAX;
    *sum += bounded - *counter;
    *counter = bounded;
}

/*
 * A later block of an interface replaces an earlier one. Wireshark's dumpcap has but one counter,
 * and writes what the kernel dropped where the format has what the interface dropped.
 */
static void statistics_take(struct capture *capture, struct capture_interface *interface,
                            const struct statistics *said)
{
    if (said->received_known) {
        interface->received = said->received;
    }
    if (!said->by_interface_known && !said->by_system_known) {
        return;
    }
    bool both = said->by_system_known;
    interface->counted = true;
    capture->kernel_drops_known = true;
    counter_take(&interface->drops, &capture->kernel_drops,
                 both ? said->by_system : said->by_interface);
    counter_take(&interface->interface_drops, &capture->interface_drops,
                 both ? said->by_interface : 0);
}

/* What the capturing machine received and dropped. */
static enum source_read statistics_read(struct source_reader *reader, struct source_block *block)
{
    size_t index;
    uint32_t id = source_cursor_u32(&block->body);
    source_cursor_u64(&block->body); /* time */
    struct statistics said = statistics_options(&block->body);
    if (block->body.failed) {
        return block_malformed(reader, block, "interface statistics do not fit their block");
    }
    if (!interface_find(reader, id, &index)) {
        return interface_missing(reader, block, id);
    }
    statistics_take(&reader->capture, &reader->capture.interfaces[index], &said);
    return SOURCE_READ_ON;
}

/* One block; FRAME if it held a packet. */
static enum source_read pcapng_step(struct source_reader *reader, struct frame *frame)
{
    struct source_block block = {0};
    enum source_read read = source_block_read(reader, &block);
    if (read != SOURCE_READ_ON) {
        return read;
    }
    switch (block.type) {
    case SOURCE_BLOCK_SECTION:
        return section_begin(reader, &block);
    case SOURCE_BLOCK_INTERFACE:
        return interface_add(reader, &block);
    case SOURCE_BLOCK_PACKET:
    case SOURCE_BLOCK_ENHANCED_PACKET:
        return packet_read(reader, &block, frame);
    case SOURCE_BLOCK_SIMPLE_PACKET:
        return simple_packet_read(reader, &block, frame);
    case SOURCE_BLOCK_STATISTICS:
        return statistics_read(reader, &block);
    default:
        return SOURCE_READ_ON;
    }
}

static enum source_read pcapng_next(struct source_reader *reader, struct frame *frame)
{
    enum source_read read;
    do {
        read = pcapng_step(reader, frame);
    } while (read == SOURCE_READ_ON);
    return read;
}

/*
 * The section header, and the interface description that follows it (in every capture that holds
 * packets), so that a link type is known before the first packet. A damaged description is no
 * reason to refuse the file: the empty section before it stands.
 */
enum source_read source_pcapng_begin(struct source_reader *reader)
{
    reader->capture.format = CAPTURE_PCAPNG;
    reader->next = pcapng_next;
    struct frame frame;
    enum source_read read = pcapng_step(reader, &frame);
    if (read != SOURCE_READ_ON) {
        return read;
    }
    const uint8_t *octets;
    enum source_input_status status = source_input_peek(&reader->input, 4, &octets);
    if (status != SOURCE_INPUT_OK) {
        return status == SOURCE_INPUT_SHORT ? SOURCE_READ_ON
                                            : source_reader_stop(reader, status, 0, "");
    }
    struct source_cursor cursor = source_cursor_over(octets, 4, reader->pcapng.big_endian);
    if (source_cursor_u32(&cursor) == SOURCE_BLOCK_INTERFACE) {
        read = pcapng_step(reader, &frame);
    }
    return read == SOURCE_READ_END ? SOURCE_READ_ON : read;
}
