/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The octets of one input, in order, through a window that slides over them. It opens the file,
 * sees whether it is compressed, and unpacks it if so; it knows nothing of records and blocks.
 *
 * Why read() and not mmap(): a file that is cut short while it is mapped (a capture that is still
 * being rotated) kills the process with SIGBUS, and one part of a program should not own a signal
 * handler for all of it. Read into a buffer that stays in the processor's cache, an octet is copied
 * once, by the kernel; frames then point straight into the buffer. Where there is a processor to
 * spare, a thread does that copying ahead (source_ahead.h).
 */
#ifndef CLI_SOURCE_INPUT_H
#define CLI_SOURCE_INPUT_H

#include "cli/source_tap.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct source_ahead;
struct source_patience;

/*
 * One input. The octets from begin to end of the buffer are there and not yet taken. The buffer is
 * the input's own, or a block that was read ahead, with what was left of the one before in front of
 * it; what does not fit there is gathered in the input's own.
 *
 * That grows only while it is full of octets that the file really had, so that a length
 * field that promises gigabytes costs no memory.
 */
struct source_input {
    const char *label; /* how messages name it; borrowed */
    bool owns_fd;
    struct source_tap tap;
    struct source_ahead *ahead; /* NULL: nobody reads ahead; else the tap is not to be touched */
    unsigned *helpers; /* how many may still begin to read ahead; shared, borrowed; NULL: none */
    uint8_t *own;
    size_t capacity; /* of that */
    uint8_t *buffer;
    size_t begin;
    size_t end;
    uint64_t base;      /* offset of buffer[0] in the octets read, after unpacking */
    uint64_t stored;    /* while somebody reads ahead: see source_input_stored */
    uint64_t file_size; /* 0 where unknown */
    bool at_end;
    char *corrupt; /* NULL, or why a compressed file could be unpacked only so far */
    char *error;   /* after SOURCE_INPUT_FAILED: a sentence, or NULL: no memory */
};

enum source_input_status {
    SOURCE_INPUT_OK,
    SOURCE_INPUT_SHORT, /* the input ends before that, or cannot be unpacked so far: see corrupt */
    SOURCE_INPUT_FAILED /* no memory, or reading failed: see error */
};

/*
 * Opens a path ("-": standard input). path is borrowed for as long as the input lives. False on
 * failure: input->error tells, NULL for no memory; source_input_close is due in any case.
 */
bool source_input_open(struct source_input *input, const char *path);
void source_input_close(struct source_input *input);

/* From now on an input that is no file waits with patience: see source_set_patience. */
void source_input_set_patience(struct source_input *input, const struct source_patience *patience);

/*
 * From now on a thread may read ahead, where there is more in the file than what has been read; it
 * begins with the next octets that are asked for, and is one of so many that others may begin, too.
 */
void source_input_set_helpers(struct source_input *input, unsigned *helpers);

/* Reads on until want octets are there. */
enum source_input_status source_input_fill(struct source_input *input, size_t want);

/* The next want octets, borrowed until the next peek or skip. */
static inline enum source_input_status source_input_peek(struct source_input *input, size_t want,
                                                         const uint8_t **octets)
{
    if (input->end - input->begin < want) {
        enum source_input_status status = source_input_fill(input, want);
        if (status != SOURCE_INPUT_OK) {
            return status;
        }
    }
    *octets = input->buffer + input->begin;
    return SOURCE_INPUT_OK;
}

/* Goes past length octets that were peeked at; they stay borrowed until the next peek or skip. */
static inline void source_input_take(struct source_input *input, size_t length)
{
    input->begin += length;
}

/* Goes past any number of octets, holding no more than a buffer of them at a time. */
enum source_input_status source_input_skip(struct source_input *input, uint64_t length);

/* Offset of the next octet among those read (after unpacking). */
static inline uint64_t source_input_offset(const struct source_input *input)
{
    return input->base + input->begin;
}

/* How many octets of the file as it is stored have been read so far. */
uint64_t source_input_stored(const struct source_input *input);

#endif
