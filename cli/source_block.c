/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Blocks and options of pcapng (draft-ietf-opsawg-pcapng sections 3.1 and 3.5), with every length
 * checked against what there is before it is believed.
 */
#include "cli/source_block.h"
#include "cli/source_message.h"

#define BYTE_ORDER_MAGIC 0x1a2b3c4dU

enum { BLOCK_HEADER = 8, BLOCK_TRAILER = 4, OPTION_END = 0 };

/* A block that holds a packet may have options behind it; more than this cannot be meant. */
#define BLOCK_MAX (SOURCE_FRAME_MAX + 1024 * 1024)

/* A section header is the only block that says which byte order its own length is in. */
static enum source_read section_order(struct source_reader *reader)
{
    enum { WITH_MAGIC = BLOCK_HEADER + 4 };
    const uint8_t *octets;
    enum source_read read = source_reader_peek(reader, WITH_MAGIC, "a section header", &octets);
    if (read != SOURCE_READ_ON) {
        return read;
    }
    for (int big_endian = 0; big_endian < 2; big_endian++) {
        struct source_cursor cursor = source_cursor_over(octets + BLOCK_HEADER, 4, big_endian != 0);
        if (source_cursor_u32(&cursor) == BYTE_ORDER_MAGIC) {
            reader->pcapng.big_endian = big_endian != 0;
            return SOURCE_READ_ON;
        }
    }
    return source_reader_damage(reader, source_input_offset(&reader->input),
                                source_message_make("a section header is in neither byte order"));
}

/* The type and length of the next block. */
static enum source_read block_look(struct source_reader *reader, struct source_block *block)
{
    const uint8_t *octets;
    enum source_read read = source_reader_more(reader);
    if (read == SOURCE_READ_ON) {
        read = source_reader_peek(reader, BLOCK_HEADER, "a block", &octets);
    }
    if (read != SOURCE_READ_ON) {
        return read;
    }
    struct source_cursor cursor =
        source_cursor_over(octets, BLOCK_HEADER, reader->pcapng.big_endian);
    block->type = source_cursor_u32(&cursor);
    block->length = source_cursor_u32(&cursor);
    block->offset = source_input_offset(&reader->input);
    if (block->type == SOURCE_BLOCK_SECTION) {
        read = section_order(reader);
        if (read == SOURCE_READ_ON && reader->pcapng.big_endian != cursor.big_endian) {
            block->length = __builtin_bswap32(block->length);
        }
    }
    return read;
}

static bool block_wanted(uint32_t type)
{
    return type == SOURCE_BLOCK_INTERFACE || type == SOURCE_BLOCK_PACKET ||
           type == SOURCE_BLOCK_SIMPLE_PACKET || type == SOURCE_BLOCK_STATISTICS ||
           type == SOURCE_BLOCK_ENHANCED_PACKET || type == SOURCE_BLOCK_SECTION;
}

/* The length at the end of a block must be the one at its beginning. */
static enum source_read trailer_check(struct source_reader *reader,
                                      const struct source_block *block, const uint8_t *trailer)
{
    struct source_cursor cursor =
        source_cursor_over(trailer, BLOCK_TRAILER, reader->pcapng.big_endian);
    uint32_t length = source_cursor_u32(&cursor);
    if (length == block->length) {
        return SOURCE_READ_ON;
    }
    return source_reader_damage(
        reader, block->offset,
        source_message_make("the lengths before and behind a block differ (%u and %u)",
                            block->length, length));
}

/* Goes past a block of a type that says nothing here, however long it is. */
static enum source_read block_pass(struct source_reader *reader, const struct source_block *block)
{
    const uint8_t *trailer;
    enum source_input_status status =
        source_input_skip(&reader->input, block->length - BLOCK_TRAILER);
    if (status == SOURCE_INPUT_OK) {
        status = source_input_peek(&reader->input, BLOCK_TRAILER, &trailer);
    }
    if (status != SOURCE_INPUT_OK) {
        return source_reader_stop(reader, status, block->offset, "a block");
    }
    source_input_take(&reader->input, BLOCK_TRAILER);
    return trailer_check(reader, block, trailer);
}

enum source_read source_block_read(struct source_reader *reader, struct source_block *block)
{
    const uint8_t *octets;
    enum source_read read = block_look(reader, block);
    if (read != SOURCE_READ_ON) {
        return read;
    }
    bool wanted = block_wanted(block->type);
    if (block->length < BLOCK_HEADER + BLOCK_TRAILER || block->length % 4 != 0 ||
        (wanted && block->length > BLOCK_MAX)) {
        return source_reader_damage(
            reader, block->offset,
            source_message_make("a block states a length of %u octets, which cannot be,",
                                block->length));
    }
    if (!wanted) {
        return block_pass(reader, block);
    }
    read = source_reader_peek(reader, block->length, "a block", &octets);
    if (read != SOURCE_READ_ON) {
        return read;
    }
    source_input_take(&reader->input, block->length);
    size_t body = block->length - BLOCK_HEADER - BLOCK_TRAILER;
    block->body = source_cursor_over(octets + BLOCK_HEADER, body, reader->pcapng.big_endian);
    return trailer_check(reader, block, octets + block->length - BLOCK_TRAILER);
}

bool source_option_next(struct source_cursor *options, struct source_option *option)
{
    if (source_cursor_left(options) == 0) {
        return false;
    }
    option->code = source_cursor_u16(options);
    uint16_t length = source_cursor_u16(options);
    if (option->code == OPTION_END) {
        return false;
    }
    size_t padded = (length + 3U) & ~3U;
    const uint8_t *value = source_cursor_take(options, padded);
    option->value =
        source_cursor_over(value ? value : options->at, value ? length : 0, options->big_endian);
    return value != NULL;
}
