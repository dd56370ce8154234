/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reading ahead: a thread draws the octets of one input into a few blocks of memory while those
 * before them are looked at. Copying a file out of the page cache takes a quarter of the time of
 * its analysis, and unpacking it several times as much. The thread knows octets; whatever is told
 * of them is told by who takes them, in their order, so that nothing depends on who was faster.
 */
#ifndef CLI_SOURCE_AHEAD_H
#define CLI_SOURCE_AHEAD_H

#include "cli/source_tap.h"

/* So much room is in front of a block, for what was left of the one before it. */
enum { SOURCE_AHEAD_ROOM = 64 * 1024 };

struct source_ahead;

struct source_ahead_block {
    uint8_t *octets;
    size_t length;   /* 0: the tap has ended */
    uint64_t stored; /* octets of the file, as it is stored, read so far: if the tap unpacks */
};

/*
 * Begins; the tap is the thread's until source_ahead_end, but for how it ended once a block says
 * that it did. NULL where no thread can be had.
 */
struct source_ahead *source_ahead_begin(struct source_tap *tap);

/* Waits for the next block, which is lent until source_ahead_release is called after another. */
struct source_ahead_block source_ahead_next(struct source_ahead *ahead);

/* Gives all blocks back but the latest. */
void source_ahead_release(struct source_ahead *ahead);

/* Stops the thread wherever it is, and frees everything; NULL is allowed. */
void source_ahead_end(struct source_ahead *ahead);

#endif
