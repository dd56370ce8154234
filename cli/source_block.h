/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What pcapng is made of: blocks with their length at both ends, and lists of options inside them.
 * What a block means is not known here, but for the byte order that a section header sets.
 */
#ifndef CLI_SOURCE_BLOCK_H
#define CLI_SOURCE_BLOCK_H

#include "cli/source_cursor.h"
#include "cli/source_reader.h"

enum source_block_type {
    SOURCE_BLOCK_INTERFACE = 1,
    SOURCE_BLOCK_PACKET = 2, /* obsolete */
    SOURCE_BLOCK_SIMPLE_PACKET = 3,
    SOURCE_BLOCK_STATISTICS = 5,
    SOURCE_BLOCK_ENHANCED_PACKET = 6,
    SOURCE_BLOCK_SECTION = 0x0a0d0d0a, /* the same in both byte orders */
};

struct source_block {
    uint32_t type;
    uint32_t length;
    uint64_t offset;
    struct source_cursor body; /* between the two lengths; empty where the block was gone past */
};

struct source_option {
    uint16_t code;
    struct source_cursor value;
};

/*
 * The next block: ON, END or FAILED. Blocks of the types above are read as a whole, their body
 * borrowed until the next one; any other is gone past, however long it is.
 */
enum source_read source_block_read(struct source_reader *reader, struct source_block *block);

/* The next option; false at their end, and where one does not fit (options->failed). */
bool source_option_next(struct source_cursor *options, struct source_option *option);

#endif
