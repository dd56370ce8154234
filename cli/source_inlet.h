/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One input as the merge sees it: the frames of a capture that pass the filter, in the order of
 * time where the capture has several interfaces, in the order of the file where it has one (whose
 * clock may have been set back meanwhile: the file knows better than the time stamps).
 */
#ifndef CLI_SOURCE_INLET_H
#define CLI_SOURCE_INLET_H

#include "cli/source_filter.h"
#include "cli/source_reader.h"
#include "cli/source_window.h"

/* How many link types a message names, at most; what is beyond is "others". */
enum { SOURCE_UNFIT_MAX = 8 };

struct source_inlet {
    struct source_reader reader;
    struct source_window window;
    struct source_filter *filter;         /* shared by all inlets; borrowed */
    struct frame head;                    /* the next frame, for the merge */
    bool begun;                           /* a frame of it was handed out */
    bool ended;                           /* so was its last one */
    bool continued;                       /* another one goes on where it ended */
    uint32_t point;                       /* of its frames; known once it has begun */
    uint32_t unfit[SOURCE_UNFIT_MAX + 1]; /* link types of capture.unfiltered; the last: others */
    size_t unfit_count;
    char *error; /* after SOURCE_ERROR: a sentence, or NULL: no memory */
};

/* The next frame into inlet->head: borrowed until the next call. */
enum source_status source_inlet_next(struct source_inlet *inlet);

void source_inlet_close(struct source_inlet *inlet);

#endif
