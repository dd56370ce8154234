/* SPDX-License-Identifier: BSD-3-Clause */
/* The window is a heap of copied frames, each one block of memory. */
#include "cli/source_window.h"

#include <stdlib.h>
#include <string.h>

struct held {
    struct frame frame;
    uint8_t octets[];
};

static size_t held_size(const struct frame *frame)
{
    return sizeof(struct held) + sizeof(struct source_heap_entry) + frame->captured;
}

void source_window_note(struct source_window *window, int64_t time_ns)
{
    if (window->heap.count == 0 || time_ns > window->newest_ns) {
        window->newest_ns = time_ns;
    }
}

bool source_window_push(struct source_window *window, const struct frame *frame)
{
    struct held *held = malloc(sizeof *held + frame->captured);
    if (!held) {
        return false;
    }
    held->frame = *frame;
    held->frame.octets = held->octets;
    if (frame->captured > 0) {
        memcpy(held->octets, frame->octets, frame->captured);
    }
    struct source_heap_entry entry = {frame->time_ns, frame->number, held, frame->interface};
    if (!source_heap_push(&window->heap, entry)) {
        free(held);
        return false;
    }
    window->octets += held_size(frame);
    return true;
}

/* Whether the earliest frame held need not wait for others any longer. */
static bool window_due(const struct source_window *window)
{
    int64_t earliest_ns = window->heap.entries[0].time_ns;
    bool passed = window->newest_ns > earliest_ns &&
                  (uint64_t)window->newest_ns - (uint64_t)earliest_ns > SOURCE_WINDOW_NS;
    return passed || window->heap.count > SOURCE_WINDOW_FRAMES ||
           window->octets > SOURCE_WINDOW_OCTETS;
}

bool source_window_pop(struct source_window *window, bool last, struct frame *frame)
{
    free(window->given);
    window->given = NULL;
    if (source_window_empty(window) || !(last || window_due(window))) {
        return false;
    }
    struct held *held = source_heap_pop(&window->heap).item;
    window->given = held;
    window->octets -= held_size(&held->frame);
    *frame = held->frame;
    return true;
}

void source_window_free(struct source_window *window)
{
    for (size_t i = 0; i < window->heap.count; i++) {
        free(window->heap.entries[i].item);
    }
    source_heap_free(&window->heap);
    free(window->given);
    *window = (struct source_window){0};
}
