/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The line on standard error that says how far the reading is.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/options.h"
#include "cli/source.h"

struct progress {
    bool enabled;
    bool terminal;   /* then one line is written over and over */
    bool shown;      /* that line is on the screen */
    bool patient;    /* nothing is said within the first second */
    uint64_t steps;  /* calls of progress_step */
    int64_t next_ns; /* when to say something again */
};

/* Begins; what follows says nothing where `when` or standard error do not allow it. */
void progress_start(struct progress *progress, enum when when);

/* Called for each packet; looks at the clock only now and then. */
void progress_step(struct progress *progress, const struct source *source);

/* Called while nothing comes; looks at the clock each time. */
void progress_idle(struct progress *progress, const struct source *source);

/* Clears the line, so that something else may be written. */
void progress_clear(struct progress *progress);

/* The last word: clears the line, or leaves a final one where it is no terminal. */
void progress_finish(struct progress *progress, const struct source *source);

#endif
