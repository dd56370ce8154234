/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The window is a queue of frames that were copied, one after the other, into slabs of memory. A
 * slab goes when the last frame in it has gone; frames come in nearly in the order in which they
 * go, so few slabs are held by a few frames. A block of memory for each frame would have to be
 * touched again, to be freed, long after it has left the processor's cache.
 */
#include "cli/source_window.h"

#include <assert.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

struct source_slab {
    size_t size;
    size_t used;
    size_t frames; /* that are held in it */
    alignas(max_align_t) uint8_t octets[];
};

/* With its head a slab is as large as allocators hand out without waste. */
enum { SLAB_SIZE = (size_t)256 * 1024 - sizeof(struct source_slab) };

struct source_held {
    struct frame frame;
    struct source_slab *slab;
    uint8_t octets[];
};

void source_window_note(struct source_window *window, int64_t time_ns)
{
    if (source_window_empty(window) || time_ns > window->newest_ns) {
        window->newest_ns = time_ns;
    }
}

/* ---- Slabs ---------------------------------------------------------------------------------- */

static void slab_free(struct source_window *window, struct source_slab *slab)
{
    window->octets -= slab->size;
    free(slab);
}

/* A slab that is full and holds nothing is of no more use; one that is being filled starts anew. */
static void slab_settle(struct source_window *window, struct source_slab *slab)
{
    if (slab->frames > 0) {
        return;
    }
    if (slab == window->filling) {
        slab->used = 0;
    } else {
        slab_free(window, slab);
    }
}

/* Makes the slab to be filled one that has room for length octets; false without memory. */
static bool slab_provide(struct source_window *window, size_t length)
{
    struct source_slab *old = window->filling;
    if (old && old->size - old->used >= length) {
        return true;
    }
    size_t size = length > SLAB_SIZE ? length : SLAB_SIZE;
    struct source_slab *slab = malloc(sizeof *slab + size);
    if (!slab) {
        return false;
    }
    slab->size = size;
    slab->used = 0;
    slab->frames = 0;
    window->filling = slab;
    window->octets += size;
    if (old) {
        slab_settle(window, old);
    }
    return true;
}

/* Room for a frame of so many octets; NULL without memory. */
static struct source_held *held_make(struct source_window *window, size_t captured)
{
    size_t align = alignof(max_align_t);
    size_t length = (sizeof(struct source_held) + captured + align - 1) / align * align;
    if (!slab_provide(window, length)) {
        return NULL;
    }
    struct source_slab *slab = window->filling;
    struct source_held *held = (void *)(slab->octets + slab->used);
    held->slab = slab;
    slab->used += length;
    slab->frames++;
    return held;
}

static void held_release(struct source_window *window, struct source_held *held)
{
    if (held) {
        assert(held->slab->frames > 0);
        held->slab->frames--;
        slab_settle(window, held->slab);
    }
}

/* ---- Frames --------------------------------------------------------------------------------- */

bool source_window_push(struct source_window *window, const struct frame *frame)
{
    struct source_held *held = held_make(window, frame->captured);
    if (!held) {
        return false;
    }
    held->frame = *frame;
    held->frame.octets = held->octets;
    if (frame->captured > 0) {
        memcpy(held->octets, frame->octets, frame->captured);
    }
    struct source_heap_entry entry = {frame->time_ns, frame->number, held, frame->interface};
    if (!source_queue_push(&window->queue, &entry)) {
        held_release(window, held);
        return false;
    }
    return true;
}

/* Whether the earliest frame held need not wait for others any longer. */
static bool window_due(const struct source_window *window)
{
    int64_t earliest_ns = source_queue_least(&window->queue)->time_ns;
    int64_t span_ns = window->span_ns > 0 ? window->span_ns : SOURCE_WINDOW_NS;
    bool passed = window->newest_ns > earliest_ns &&
                  (uint64_t)window->newest_ns - (uint64_t)earliest_ns > (uint64_t)span_ns;
    return passed || source_queue_count(&window->queue) > SOURCE_WINDOW_FRAMES ||
           window->octets > SOURCE_WINDOW_OCTETS;
}

bool source_window_pop(struct source_window *window, bool last, struct frame *frame)
{
    held_release(window, window->given);
    window->given = NULL;
    if (source_window_empty(window) || !(last || window_due(window))) {
        return false;
    }
    window->given = source_queue_pop(&window->queue).item;
    *frame = window->given->frame;
    return true;
}

void source_window_free(struct source_window *window)
{
    held_release(window, window->given);
    while (!source_window_empty(window)) {
        held_release(window, source_queue_pop(&window->queue).item);
    }
    source_queue_free(&window->queue);
    free(window->filling);
    *window = (struct source_window){0};
}
