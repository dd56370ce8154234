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
#include "cli/source_queue.h"

/* A frame is given out when one this much later was read from any interface of the capture, ... */
#define SOURCE_WINDOW_NS INT64_C(2000000000)

/* ... or when this many frames, or octets of memory for them, are held. */
#define SOURCE_WINDOW_FRAMES ((size_t)64 * 1024)
#define SOURCE_WINDOW_OCTETS ((size_t)20 * 1024 * 1024)

struct source_held;
struct source_slab;

/* All zero is an empty window. */
struct source_window {
    struct source_queue queue;
    struct source_slab *filling; /* where the next copy goes; NULL at first */
    struct source_held *given;   /* the frame given out last, whose octets are still borrowed */
    size_t octets;               /* of memory that holds frames */
    int64_t span_ns;             /* instead of SOURCE_WINDOW_NS, if not 0 */
    int64_t newest_ns;           /* time of the latest frame read; meaningless before the first */
};

/*
 * Takes note of the time of a frame that was read, be it for the window or not; or, in a live
 * capture, of a time at which all that had come was read.
 */
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
    return source_queue_count(&window->queue) == 0;
}

void source_window_free(struct source_window *window);

#endif
