/* SPDX-License-Identifier: BSD-3-Clause */
/* Opening a capture file by its magic number, and the words for the ways it can end. */
#include "cli/source_reader.h"

#include "cli/source_magic.h"
#include "cli/source_message.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum source_read source_reader_no_memory(struct source_reader *reader)
{
    reader->error = SOURCE_NO_MEMORY;
    return SOURCE_READ_FAILED;
}

enum source_read source_reader_damage(struct source_reader *reader, uint64_t offset, char *what)
{
    const char *unpacked = reader->input.tap.unpack ? " of the unpacked data" : "";
    char *text = NULL;
    if (what && reader->number > 0) {
        text = source_message_make("%s at byte %llu%s, after packet %llu", what,
                                   (unsigned long long)offset, unpacked,
                                   (unsigned long long)reader->number);
    } else if (what) {
        text = source_message_make("%s at byte %llu%s, before the first packet", what,
                                   (unsigned long long)offset, unpacked);
    }
    free(what);
    if (!text) {
        return source_reader_no_memory(reader);
    }
    assert(!reader->capture.damaged);
    reader->capture.damaged = text;
    reader->ended = true;
    return SOURCE_READ_END;
}

enum source_read source_reader_stop(struct source_reader *reader, enum source_input_status status,
                                    uint64_t offset, const char *what)
{
    if (status == SOURCE_INPUT_OK) {
        return SOURCE_READ_ON;
    }
    if (status == SOURCE_INPUT_FAILED) {
        reader->error = reader->input.error ? reader->input.error : SOURCE_NO_MEMORY;
        return SOURCE_READ_FAILED;
    }
    if (reader->input.corrupt) {
        return source_reader_damage(
            reader, offset,
            source_message_make("the file cannot be unpacked any further (%s)",
                                reader->input.corrupt));
    }
    return source_reader_damage(
        reader, offset, source_message_make("the file ends in the middle of %s that begins", what));
}

enum source_read source_reader_peek(struct source_reader *reader, size_t want, const char *what,
                                    const uint8_t **octets)
{
    enum source_input_status status = source_input_peek(&reader->input, want, octets);
    return status == SOURCE_INPUT_OK
               ? SOURCE_READ_ON
               : source_reader_stop(reader, status, source_input_offset(&reader->input), what);
}

enum source_read source_reader_more(struct source_reader *reader)
{
    const uint8_t *octets;
    enum source_input_status status = source_input_peek(&reader->input, 1, &octets);
    if (status == SOURCE_INPUT_SHORT && !reader->input.corrupt) {
        reader->ended = true;
        return SOURCE_READ_END;
    }
    return source_reader_stop(reader, status, source_input_offset(&reader->input), "the data");
}

/* Room for one more interface in both tables. */
static bool interfaces_grow(struct source_reader *reader)
{
    size_t capacity = reader->capacity ? reader->capacity * 2 : 1;
    struct capture_interface *shown = realloc(reader->capture.interfaces, capacity * sizeof *shown);
    if (!shown) {
        return false;
    }
    reader->capture.interfaces = shown;
    struct source_pcapng_interface *own =
        realloc(reader->pcapng.interfaces, capacity * sizeof *own);
    if (!own) {
        return false;
    }
    reader->pcapng.interfaces = own;
    reader->capacity = capacity;
    return true;
}

bool source_reader_add_interface(struct source_reader *reader, uint32_t link_type,
                                 const uint8_t *name, size_t name_len)
{
    struct capture *capture = &reader->capture;
    if (capture->interface_count == reader->capacity && !interfaces_grow(reader)) {
        return false;
    }
    size_t kept = name_len < SOURCE_INTERFACE_NAME_MAX ? name_len : SOURCE_INTERFACE_NAME_MAX;
    char *copy = source_message_make("%.*s", (int)kept, name_len ? (const char *)name : "");
    if (!copy) {
        return false;
    }
    size_t index = capture->interface_count++;
    capture->interfaces[index] = (struct capture_interface){.name = copy, .link_type = link_type};
    reader->pcapng.interfaces[index] = (struct source_pcapng_interface){0};
    return true;
}

void source_reader_fill(struct source_reader *reader, struct frame *frame, size_t interface,
                        uint32_t captured, uint32_t wire_len, const uint8_t *octets)
{
    struct capture_interface *from = &reader->capture.interfaces[interface];
    from->packets++;
    reader->number++;
    frame->number = reader->number;
    frame->time_known = true;
    frame->interface = (uint32_t)interface;
    frame->link_type = from->link_type;
    frame->captured = captured;
    frame->wire_len = wire_len > captured ? wire_len : captured;
    frame->octets = octets;
}

/* Why the input could not be opened, for the caller to free. */
static bool reader_refuse(struct source_reader *reader, char **error)
{
    *error = reader->input.error;
    reader->input.error = NULL;
    return false;
}

/* Reads the headers of whatever format it is. */
static enum source_read reader_begin(struct source_reader *reader)
{
    const struct source_input *input = &reader->input;
    bool pcapng = source_magic_find(input->buffer + input->begin, input->end - input->begin) ==
                  SOURCE_MAGIC_PCAPNG;
    return pcapng ? source_pcapng_begin(reader) : source_pcap_begin(reader);
}

bool source_reader_open(struct source_reader *reader, const char *path, char **error)
{
    *reader = (struct source_reader){0};
    *error = NULL;
    reader->capture.name = source_message_make("%s", path);
    if (!reader->capture.name) {
        return false;
    }
    if (!source_input_open(&reader->input, reader->capture.name)) {
        return reader_refuse(reader, error);
    }
    reader->capture.file_size = reader->input.file_size;
    switch (reader_begin(reader)) {
    case SOURCE_READ_FAILED:
        return reader_refuse(reader, error);
    case SOURCE_READ_END:
        *error = source_message_make("%s: %s; capture again, or fetch the file again",
                                     reader->input.label, reader->capture.damaged);
        return false;
    case SOURCE_READ_ON:
    case SOURCE_READ_FRAME:
        break;
    }
    reader->capture.file_offset = source_input_stored(&reader->input);
    return true;
}

enum source_read source_reader_next(struct source_reader *reader, struct frame *frame)
{
    enum source_read read = SOURCE_READ_END;
    if (!reader->ended) {
        read = reader->next(reader, frame);
    }
    reader->capture.file_offset = source_input_stored(&reader->input);
    return read;
}

void source_reader_close(struct source_reader *reader)
{
    for (size_t i = 0; i < reader->capture.interface_count; i++) {
        free(reader->capture.interfaces[i].name);
    }
    free(reader->capture.interfaces);
    free(reader->pcapng.interfaces);
    free(reader->capture.name);
    free(reader->capture.unfiltered);
    free(reader->capture.damaged);
    source_input_close(&reader->input);
}
