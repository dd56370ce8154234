/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The frames of a run saved as a pcapng file, in the order in which they are analysed: those of
 * several files merged into one, or those of a live capture. It holds all that was captured of a
 * packet, from all interfaces, and in the end what each interface received and dropped.
 *
 * Made from files it is a report like the others: it takes its name when it is complete. That of a
 * live capture has its name at once and grows under it, whole blocks at a time, so that it can be
 * read at any moment, also when the process is killed.
 */
#ifndef CLI_CAPTURE_SAVE_H
#define CLI_CAPTURE_SAVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/capture_writer.h"
#include "cli/output.h"
#include "cli/source.h"

/* For one capture: the number in the saved file of each of its interfaces, and 1; 0 for none. */
struct capture_save_numbers {
    uint32_t *numbers;
    size_t count;
};

/* All zero: nothing is saved, and all of these functions do nothing. */
struct capture_save {
    bool open;
    struct output output;
    struct capture_writer writer;
    const struct source *source;
    struct capture_save_numbers *captures;
    size_t capture_count;
    size_t pending; /* octets that wait in the stream's buffer, at most */
    bool no_memory;
};

/* Opens the file, which may be standard output ("-"). False after a message. */
bool capture_save_open(struct capture_save *save, const char *path, const struct source *source);

/* What it takes to close it. */
void capture_save_allow(const struct capture_save *save, struct sandbox *sandbox);

/* Saves a frame of the source. False if it cannot be saved; nothing more can then. */
bool capture_save_frame(struct capture_save *save, const struct frame *frame);

/* Hands to the system what was saved so far. False as above. */
bool capture_save_flush(struct capture_save *save);

/* Its reader has gone: nothing that is saved arrives. */
bool capture_save_is_abandoned(const struct capture_save *save);

/* Ends the file. False after a message where not all could be saved. */
bool capture_save_close(struct capture_save *save);

#endif
