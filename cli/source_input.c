/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Opening, and the sliding window. A file whose first octets are those of a capture is read as it
 * is; any other is offered to the unpacker, and refused if nothing comes of it.
 */
#include "cli/source_input.h"

#include "cli/source.h"
#include "cli/source_ahead.h"
#include "cli/source_magic.h"
#include "cli/source_message.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Large enough that the calls do not matter, small enough to stay in the cache. */
enum { FIRST_CAPACITY = 128 * 1024 };

static const char *open_advice(int error)
{
    static const struct {
        int error;
        const char *advice;
    } advices[] = {
        {ENOENT,  "check its name"                                             },
        {ENOTDIR, "check its name"                                             },
        {EACCES,  "run as a user who may read it, or change its permissions"   },
        {EPERM,   "run as a user who may read it, or change its permissions"   },
        {EMFILE,  "give fewer files at once, or raise the limit with ulimit -n"},
        {ENFILE,  "give fewer files at once"                                   },
    };
    for (size_t i = 0; i < sizeof advices / sizeof advices[0]; i++) {
        if (advices[i].error == error) {
            return advices[i].advice;
        }
    }
    return "check the file and the system it is on";
}

/* Sets the error of a failed system call; false, so that callers can return it. */
static bool input_refuse_errno(struct source_input *input, const char *doing, int error)
{
    input->error = source_message_make("%s: %s: %s; %s", input->label, doing, strerror(error),
                                       open_advice(error));
    return false;
}

static bool input_refuse(struct source_input *input, const char *what)
{
    input->error = source_message_make("%s: %s", input->label, what);
    return false;
}

/* Opens the descriptor and looks at what kind of file it is. */
static bool input_open_descriptor(struct source_input *input, const char *path)
{
    bool standard = strcmp(path, "-") == 0;
    int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    input->tap.fd = fd;
    input->owns_fd = !standard && fd >= 0;
    struct stat status;
    if (fd < 0 || fstat(fd, &status) != 0) {
        return input_refuse_errno(input, "cannot open it", errno);
    }
    if (S_ISDIR(status.st_mode)) {
        return input_refuse(input, "is a directory; give the capture files in it");
    }
    if (isatty(fd)) {
        return input_refuse(input, "is a terminal; redirect or pipe a capture into it");
    }
    if (S_ISREG(status.st_mode)) {
        input->file_size = (uint64_t)status.st_size;
        posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    }
    return true;
}

/*
 * What it means that nothing more comes, errno being error. What cannot be unpacked any further has
 * an end like any other: OK, as for what has come to its own.
 */
static enum source_input_status input_judge(struct source_input *input,
                                            enum source_unpack_status status, int error)
{
    if (status == SOURCE_UNPACK_READ) {
        input_refuse_errno(input, "cannot read it", error);
    }
    return status == SOURCE_UNPACK_READ || status == SOURCE_UNPACK_NO_MEMORY ? SOURCE_INPUT_FAILED
                                                                             : SOURCE_INPUT_OK;
}

/* ---- The window ----------------------------------------------------------------------------- */

/* Moves what is left to the beginning of the buffer. */
static void input_slide(struct source_input *input)
{
    size_t left = input->end - input->begin;
    memmove(input->buffer, input->buffer + input->begin, left);
    input->base += input->begin;
    input->begin = 0;
    input->end = left;
}

static bool input_grow(struct source_input *input)
{
    bool inside = input->buffer == input->own;
    assert(input->capacity >= FIRST_CAPACITY);
    uint8_t *own = realloc(input->own, input->capacity * 2);
    if (!own) {
        return false;
    }
    input->own = own;
    input->capacity *= 2;
    if (inside) {
        input->buffer = own;
    }
    return true;
}

/* The tap has ended; it says how. */
static enum source_input_status input_end(struct source_input *input)
{
    input->at_end = true;
    input->corrupt = input->tap.reason;
    input->tap.reason = NULL;
    return input_judge(input, input->tap.ending, input->tap.error);
}

/* Reads some octets behind end. */
static enum source_input_status input_pull(struct source_input *input, size_t want)
{
    if (input->begin > 0 && want > input->capacity - input->begin) {
        input_slide(input);
    }
    if (input->end == input->capacity && !input_grow(input)) {
        return SOURCE_INPUT_FAILED;
    }
    size_t length =
        source_tap_draw(&input->tap, input->buffer + input->end, input->capacity - input->end);
    input->end += length;
    return length > 0 ? SOURCE_INPUT_OK : input_end(input);
}

/* ---- Reading ahead -------------------------------------------------------------------------- */

/* Octets of the file as it is stored that have been read, if not yet taken. */
static uint64_t input_drawn(const struct source_input *input)
{
    return input->tap.unpack ? source_unpack_stored(input->tap.unpack) : input->base + input->end;
}

/* Whether somebody reads ahead. The time to begin comes when more is asked for, if more is there.
 */
static bool input_is_ahead(struct source_input *input)
{
    if (!input->ahead && input->helpers && *input->helpers > 0 &&
        input_drawn(input) < input->file_size) {
        input->stored = input_drawn(input);
        input->ahead = source_ahead_begin(&input->tap);
        *input->helpers = input->ahead ? *input->helpers - 1 : 0;
    }
    return input->ahead != NULL;
}

static void input_fall_back(struct source_input *input)
{
    if (input->ahead) {
        source_ahead_end(input->ahead);
        input->ahead = NULL;
        *input->helpers += 1;
    }
}

/* Puts what is left, and a block behind it, into the input's own buffer. */
static bool input_gather(struct source_input *input, const struct source_ahead_block *block)
{
    size_t left = input->end - input->begin;
    while (left + block->length > input->capacity) {
        if (!input_grow(input)) {
            return false;
        }
    }
    memmove(input->own, input->buffer + input->begin, left);
    memcpy(input->own + left, block->octets, block->length);
    input->buffer = input->own;
    return true;
}

/* Puts what is left in front of a block, which becomes the buffer. */
static void input_move(struct source_input *input, const struct source_ahead_block *block)
{
    size_t left = input->end - input->begin;
    memcpy(block->octets - left, input->buffer + input->begin, left);
    input->buffer = block->octets - left;
}

/* Goes on to the next block that was read ahead. */
static enum source_input_status input_advance(struct source_input *input)
{
    struct source_ahead_block block = source_ahead_next(input->ahead);
    size_t left = input->end - input->begin;
    if (left <= SOURCE_AHEAD_ROOM && block.length > 0) {
        input_move(input, &block);
    } else if (!input_gather(input, &block)) {
        return SOURCE_INPUT_FAILED;
    }
    input->base += input->begin;
    input->begin = 0;
    input->end = left + block.length;
    input->stored = block.stored;
    if (block.length == 0) {
        input_fall_back(input);
        return input_end(input);
    }
    source_ahead_release(input->ahead);
    return SOURCE_INPUT_OK;
}

void source_input_set_helpers(struct source_input *input, unsigned *helpers)
{
    input->helpers = helpers;
}

/* ---- For readers ---------------------------------------------------------------------------- */

void source_input_set_patience(struct source_input *input, const struct source_patience *patience)
{
    struct stat status;
    if (fstat(input->tap.fd, &status) == 0 && S_ISREG(status.st_mode)) {
        return;
    }
    input->tap.patience = patience;
    if (input->tap.unpack) {
        source_unpack_set_patience(input->tap.unpack, patience);
    }
}

enum source_input_status source_input_fill(struct source_input *input, size_t want)
{
    while (input->end - input->begin < want) {
        if (input->at_end) {
            return SOURCE_INPUT_SHORT;
        }
        enum source_input_status status =
            input_is_ahead(input) ? input_advance(input) : input_pull(input, want);
        if (status != SOURCE_INPUT_OK) {
            return status;
        }
    }
    return SOURCE_INPUT_OK;
}

enum source_input_status source_input_skip(struct source_input *input, uint64_t length)
{
    for (;;) {
        size_t there = input->end - input->begin;
        if (length <= there) {
            input->begin += (size_t)length;
            return SOURCE_INPUT_OK;
        }
        length -= there;
        input->begin = input->end;
        input_slide(input);
        enum source_input_status status = source_input_fill(input, 1);
        if (status != SOURCE_INPUT_OK) {
            return status;
        }
    }
}

uint64_t source_input_stored(const struct source_input *input)
{
    if (!input->tap.unpack) {
        return source_input_offset(input);
    }
    return input->ahead ? input->stored : input_drawn(input);
}

/* ---- Opening and closing -------------------------------------------------------------------- */

/* Refuses what is no capture, by its first octets. */
static bool input_refuse_magic(struct source_input *input, const uint8_t *octets, size_t length)
{
    input->error =
        length > 0 ? source_magic_refuse(input->label, input->tap.unpack != NULL, octets, length)
                   : source_message_make("%s: holds no octets%s; capture again, or wait until "
                                         "the capturing program has written something",
                                         input->label, input->tap.unpack ? " when unpacked" : "");
    return false;
}

static bool input_refuse_corrupt(struct source_input *input, const char *reason)
{
    input->error = source_message_make("%s: cannot be unpacked: %s; fetch the file again, or see "
                                       "what is left of it with the tool that packed it",
                                       input->label, reason);
    return false;
}

/* Puts an unpacker between the file, whose first octets are in the buffer, and the buffer. */
static bool input_unpack(struct source_input *input)
{
    uint8_t head[SOURCE_MAGIC_LOOK];
    size_t length = input->end < sizeof head ? input->end : sizeof head;
    memcpy(head, input->buffer, length);
    struct source_tap tap = {.fd = input->tap.fd};
    enum source_unpack_status status = source_unpack_open(
        tap.fd, input->own, input->end, input->capacity, &tap.unpack, &input->corrupt);
    if (input_judge(input, status, errno) != SOURCE_INPUT_OK) {
        return false;
    }
    if (status == SOURCE_UNPACK_CORRUPT) {
        return input_refuse_corrupt(input, input->corrupt);
    }
    if (status == SOURCE_UNPACK_PLAIN) {
        return input_refuse_magic(input, head, length);
    }
    input->tap = tap;
    input->begin = input->end = 0;
    input->at_end = false;
    input->own = input->buffer = malloc(input->capacity);
    return input->own != NULL;
}

/* Reads the first octets and says what they are. */
static bool input_look(struct source_input *input, enum source_magic *magic)
{
    if (source_input_fill(input, SOURCE_MAGIC_LENGTH) == SOURCE_INPUT_FAILED) {
        return false;
    }
    if (input->corrupt && input->end == 0) {
        return input_refuse_corrupt(input, input->corrupt);
    }
    *magic = source_magic_find(input->buffer, input->end);
    return true;
}

bool source_input_open(struct source_input *input, const char *path)
{
    *input = (struct source_input){.label = strcmp(path, "-") == 0 ? "standard input" : path};
    input->capacity = FIRST_CAPACITY;
    if (!input_open_descriptor(input, path)) {
        return false;
    }
    enum source_magic magic;
    input->own = input->buffer = malloc(input->capacity);
    if (!input->own || !input_look(input, &magic)) {
        return false;
    }
    if (magic == SOURCE_MAGIC_UNKNOWN && input->end > 0 &&
        (!input_unpack(input) || !input_look(input, &magic))) {
        return false;
    }
    if (magic != SOURCE_MAGIC_PCAP && magic != SOURCE_MAGIC_PCAPNG) {
        return input_refuse_magic(input, input->buffer, input->end);
    }
    return true;
}

void source_input_close(struct source_input *input)
{
    input_fall_back(input);
    source_unpack_close(input->tap.unpack);
    if (input->owns_fd) {
        close(input->tap.fd);
    }
    free(input->own);
    free(input->corrupt);
    free(input->tap.reason);
    free(input->error);
    *input = (struct source_input){0};
}
