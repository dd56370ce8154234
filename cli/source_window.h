/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Frames of several interfaces of one capture, put into the order of time. Capturing programs write
 * what each interface had ready, so that a file is in order for each interface and out of order
 * between them, by tens of milliseconds and more. The window holds copies of frames until a frame
 * from well after them was read, so that the order in which interfaces are interleaved does not
 * matter: equal times go by interface, then by place in the file.
 */
#ifndef CLI_SOURCE_WINDOW_H
#define CLI_SOURCE_WINDOW_H

#include "cli/source.h"
#include "cli/source_heap.h"

/* A frame is given out when one this much later was read from any interface of the capture, ... */
#define SOURCE_WINDOW_NS INT64_C(2000000000)

/* ... or when this many frames, or octets of frames, are held. */
#define SOURCE_WINDOW_FRAMES (64U * 1024)
#define SOURCE_WINDOW_OCTETS (64U * 1024 * 1024)

/* All zero is an empty window. */
struct source_window {
    struct source_heap heap;
    size_t octets;     /* held, with what it takes to hold them */
    int64_t newest_ns; /* time of the latest frame read; meaningless before the first */
    void *given;       /* the frame given out last, whose octets are still borrowed */
};

/* Takes note of the time of a frame that was read, be it for the window or not. */
void source_window_note(struct source_window *window, int64_t time_ns);

/* Copies a frame into the window. False without memory. */
bool source_window_push(struct source_window *window, const struct frame *frame);

/*
 * Takes the earliest frame out if it is due, or if last says that nothing more will come. Its
 * octets are borrowed until the next pop.
 */
bool source_window_pop(struct source_window *window, bool last, struct frame *frame);

static inline bool source_window_empty(const struct source_window *window)
{
    return window->heap.count == 0;
}

void source_window_free(struct source_window *window);

#endif
