/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Interfaces are described when their first packet is saved, or at the beginning where all are
 * known by then, as in a live capture.
 */
#include "cli/capture_save.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/message.h"

/* What waits to be written; the system gets it in pieces that end with a block. */
enum { BUFFER_SIZE = 1024 * 1024 };

/* More than any block has beside the octets of its packet. */
enum { BLOCK_OVERHEAD = 1024 };

/* ---- Interfaces ----------------------------------------------------------------------------- */

/* Room for one more number. False without memory. */
static bool numbers_reach(struct capture_save_numbers *of, size_t interface)
{
    if (interface < of->count) {
        return true;
    }
    size_t count = interface + 1 > 2 * of->count ? interface + 1 : 2 * of->count;
    uint32_t *numbers = reallocarray(of->numbers, count, sizeof *numbers);
    if (numbers == NULL) {
        return false;
    }
    memset(numbers + of->count, 0, (count - of->count) * sizeof *numbers);
    of->numbers = numbers;
    of->count = count;
    return true;
}

/* Makes sure that an interface is described. False without memory. */
static bool interface_describe(struct capture_save *save, uint32_t capture, uint32_t index)
{
    struct capture_save_numbers *of = &save->captures[capture];
    const struct capture_interface *interface =
        &source_capture(save->source, capture)->interfaces[index];
    if (!numbers_reach(of, index)) {
        save->no_memory = true;
        return false;
    }
    if (of->numbers[index] == 0) {
        capture_writer_interface(&save->writer, (uint16_t)interface->link_type,
                                 *interface->name != '\0' ? interface->name : NULL,
                                 interface->snap_len);
        of->numbers[index] = save->writer.interfaces;
        save->pending += BLOCK_OVERHEAD;
    }
    return true;
}

static bool interfaces_describe(struct capture_save *save)
{
    const struct capture *capture = source_capture(save->source, 0);
    for (uint32_t i = 0; i < capture->interface_count; i++) {
        if (!interface_describe(save, 0, i)) {
            return false;
        }
    }
    return true;
}

/* What was received and dropped, of each interface that is described and was counted. */
static void statistics_write(struct capture_save *save)
{
    for (uint32_t i = 0; i < save->capture_count; i++) {
        const struct capture *capture = source_capture(save->source, i);
        int64_t end_ns = capture->time_known && capture->end_ns > 0 ? capture->end_ns : 0;
        for (size_t j = 0; j < save->captures[i].count && j < capture->interface_count; j++) {
            const struct capture_interface *interface = &capture->interfaces[j];
            const struct capture_writer_statistics statistics = {
                .received = interface->received,
                .drops = interface->drops,
                .interface_drops = interface->interface_drops,
            };
            if (interface->counted && save->captures[i].numbers[j] > 0) {
                capture_writer_statistics(&save->writer, save->captures[i].numbers[j] - 1, end_ns,
                                          &statistics);
            }
        }
    }
}

/* ---- The file ------------------------------------------------------------------------------- */

static bool save_refuse(struct capture_save *save, const char *what)
{
    message_print("%s: %s", save->output.title, what);
    output_close(&save->output, false);
    save->open = false;
    return false;
}

/* The buffer is the stream's own, as it may be used until the stream is closed. */
static bool save_begin(struct capture_save *save)
{
    setvbuf(save->output.stream, NULL, _IOFBF, BUFFER_SIZE);
    capture_writer_begin(&save->writer, save->output.stream, PROGRAM_NAME " " MPTA_VERSION);
    return !source_is_live(save->source) ||
           (interfaces_describe(save) && capture_save_flush(save) && output_name(&save->output));
}

bool capture_save_open(struct capture_save *save, const char *path, const struct source *source)
{
    *save = (struct capture_save){.source = source};
    if (!output_open(&save->output, path)) {
        return false;
    }
    save->open = true;
    if (save->output.terminal) {
        return save_refuse(save, "is a terminal; redirect it to a file or a pipe");
    }
    save->capture_count = source_capture_count(source);
    save->captures = calloc(save->capture_count, sizeof *save->captures);
    save->no_memory = save->captures == NULL;
    if (!save->no_memory && save_begin(save)) {
        return true;
    }
    capture_save_close(save);
    return false;
}

void capture_save_allow(const struct capture_save *save, struct sandbox *sandbox)
{
    if (save->open) {
        output_allow(&save->output, sandbox);
    }
}

bool capture_save_frame(struct capture_save *save, const struct frame *frame)
{
    if (!save->open) {
        return true;
    }
    size_t length = frame->captured + BLOCK_OVERHEAD;
    if (save->pending + length + BLOCK_OVERHEAD > BUFFER_SIZE && !capture_save_flush(save)) {
        return false;
    }
    if (!interface_describe(save, frame->capture, frame->interface)) {
        return false;
    }
    const struct capture_writer_packet packet = {
        .interface = save->captures[frame->capture].numbers[frame->interface] - 1,
        .time_ns = frame->time_ns > 0 ? frame->time_ns : 0,
        .captured = (uint32_t)frame->captured,
        .wire_len = (uint32_t)frame->wire_len,
        .octets = frame->octets,
    };
    save->pending += length;
    return capture_writer_packet(&save->writer, &packet) && save->output.error == 0;
}

bool capture_save_flush(struct capture_save *save)
{
    if (!save->open || save->pending == 0) {
        return true;
    }
    save->pending = 0;
    return capture_writer_flush(&save->writer) && save->output.error == 0;
}

bool capture_save_is_abandoned(const struct capture_save *save)
{
    return save->open && output_is_abandoned(&save->output);
}

static void save_free(struct capture_save *save)
{
    for (size_t i = 0; save->captures != NULL && i < save->capture_count; i++) {
        free(save->captures[i].numbers);
    }
    free(save->captures);
    *save = (struct capture_save){0};
}

bool capture_save_close(struct capture_save *save)
{
    if (!save->open) {
        return true;
    }
    if (!save->no_memory) {
        statistics_write(save);
        capture_writer_flush(&save->writer);
    } else {
        message_print("%s: not enough memory to save packets", save->output.title);
    }
    if (save->output.error == 0) {
        save->output.error = save->writer.error;
    }
    bool complete = !save->no_memory;
    bool closed = output_close(&save->output, complete) && complete;
    save_free(save);
    return closed;
}
