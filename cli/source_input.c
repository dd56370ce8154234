/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Opening, and the sliding window. A file whose first octets are those of a capture is read as it
 * is; any other is offered to the unpacker, and refused if nothing comes of it.
 */
#include "cli/source_input.h"

#include "cli/source.h"
#include "cli/source_magic.h"
#include "cli/source_message.h"
#include "cli/source_unpack.h"

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
    input->fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    input->owns_fd = !standard && input->fd >= 0;
    struct stat status;
    if (input->fd < 0 || fstat(input->fd, &status) != 0) {
        return input_refuse_errno(input, "cannot open it", errno);
    }
    if (S_ISDIR(status.st_mode)) {
        return input_refuse(input, "is a directory; give the capture files in it");
    }
    if (isatty(input->fd)) {
        return input_refuse(input, "is a terminal; redirect or pipe a capture into it");
    }
    if (S_ISREG(status.st_mode)) {
        input->file_size = (uint64_t)status.st_size;
        posix_fadvise(input->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    }
    return true;
}

/* What goes wrong between the unpacker and the input; OK and CORRUPT let the input go on. */
static enum source_input_status input_unpack_status(struct source_input *input,
                                                    enum source_unpack_status status)
{
    switch (status) {
    case SOURCE_UNPACK_OK:
    case SOURCE_UNPACK_PLAIN:
    case SOURCE_UNPACK_CORRUPT:
        return SOURCE_INPUT_OK;
    case SOURCE_UNPACK_READ:
        input_refuse_errno(input, "cannot read it", errno);
        return SOURCE_INPUT_FAILED;
    case SOURCE_UNPACK_NO_MEMORY:
        break;
    }
    return SOURCE_INPUT_FAILED;
}

/* Reads some octets behind end, where there must be room. */
static enum source_input_status input_pull(struct source_input *input)
{
    uint8_t *to = input->buffer + input->end;
    size_t room = input->capacity - input->end;
    size_t length = 0;
    if (input->unpack) {
        enum source_unpack_status status =
            source_unpack_read(input->unpack, to, room, &length, &input->corrupt);
        if (input_unpack_status(input, status) != SOURCE_INPUT_OK) {
            return SOURCE_INPUT_FAILED;
        }
    } else {
        ssize_t got;
        do {
            if (input->patience) {
                input->patience->wait(input->patience->context, input->fd);
            }
            got = read(input->fd, to, room);
        } while (got < 0 && errno == EINTR);
        if (got < 0) {
            input_refuse_errno(input, "cannot read it", errno);
            return SOURCE_INPUT_FAILED;
        }
        length = (size_t)got;
    }
    input->end += length;
    input->at_end = length == 0;
    return SOURCE_INPUT_OK;
}

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
    uint8_t *buffer = realloc(input->buffer, input->capacity * 2);
    if (!buffer) {
        return false;
    }
    input->buffer = buffer;
    input->capacity *= 2;
    return true;
}

void source_input_set_patience(struct source_input *input, const struct source_patience *patience)
{
    struct stat status;
    if (fstat(input->fd, &status) == 0 && S_ISREG(status.st_mode)) {
        return;
    }
    input->patience = patience;
    if (input->unpack) {
        source_unpack_set_patience(input->unpack, patience);
    }
}

enum source_input_status source_input_fill(struct source_input *input, size_t want)
{
    if (want > input->capacity - input->begin) {
        input_slide(input);
    }
    while (input->end - input->begin < want) {
        if (input->at_end) {
            return SOURCE_INPUT_SHORT;
        }
        if (input->end == input->capacity && !input_grow(input)) {
            return SOURCE_INPUT_FAILED;
        }
        enum source_input_status status = input_pull(input);
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
    return input->unpack ? source_unpack_stored(input->unpack) : source_input_offset(input);
}

/* Refuses what is no capture, by its first octets. */
static bool input_refuse_magic(struct source_input *input, const uint8_t *octets, size_t length)
{
    input->error = length > 0
                       ? source_magic_refuse(input->label, input->unpack != NULL, octets, length)
                       : source_message_make("%s: holds no octets%s; capture again, or wait until "
                                             "the capturing program has written something",
                                             input->label, input->unpack ? " when unpacked" : "");
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
    enum source_unpack_status status = source_unpack_open(
        input->fd, input->buffer, input->end, input->capacity, &input->unpack, &input->corrupt);
    if (input_unpack_status(input, status) != SOURCE_INPUT_OK) {
        return false;
    }
    if (status == SOURCE_UNPACK_CORRUPT) {
        return input_refuse_corrupt(input, input->corrupt);
    }
    if (status == SOURCE_UNPACK_PLAIN) {
        return input_refuse_magic(input, head, length);
    }
    input->begin = input->end = 0;
    input->at_end = false;
    input->buffer = malloc(input->capacity);
    return input->buffer != NULL;
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
    input->buffer = malloc(input->capacity);
    if (!input->buffer || !input_look(input, &magic)) {
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
    source_unpack_close(input->unpack);
    if (input->owns_fd) {
        close(input->fd);
    }
    free(input->buffer);
    free(input->corrupt);
    free(input->error);
    *input = (struct source_input){0};
}
