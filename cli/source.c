/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The inputs merged into one row of frames: each hands out its frames, and the earliest of their
 * next ones goes first; equal times go in the order of the command line, but for inputs that begin
 * then: they go last. A live capture, which
 * stands alone and merges its interfaces itself, goes through the same door.
 */
#include "cli/source.h"

#include "cli/source_capture.h"
#include "cli/source_heap.h"
#include "cli/source_inlet.h"
#include "cli/source_live.h"
#include "cli/source_message.h"
#include "cli/source_point.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* More than there are inputs. */
#define BEGINS_LATER (UINT32_C(1) << 31)

struct source {
    bool is_live;     /* then only live and error are used */
    unsigned helpers; /* threads that may still begin to read ahead */
    struct source_live live;
    struct source_inlet *inlets;
    size_t count;
    char **refusals; /* why inputs could not be opened, while others could */
    size_t refusal_count;
    struct source_filter filter;
    struct source_heap heads;   /* an entry for each inlet that has a next frame */
    struct source_inlet *given; /* whose frame was handed out last: its entry is stale */
    bool primed;                /* the heap was filled */
    bool any;                   /* a frame was handed out */
    bool stopped;               /* no more is wanted */
    int64_t newest_ns;          /* time of the latest frame handed out */
    const char *error;          /* NULL, or why nothing more will come */
};

/* ---- Opening -------------------------------------------------------------------------------- */

/* Standard input can be read only once. */
static bool standard_input_once(const char *const *paths, size_t count)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        found += strcmp(paths[i], "-") == 0;
    }
    return found <= 1;
}

/* Opens an input, or keeps the reason why that cannot be done. False without memory. */
static bool inlet_open(struct source *source, const char *path)
{
    struct source_inlet *inlet = &source->inlets[source->count];
    char *refusal = NULL;
    inlet->filter = &source->filter;
    inlet->head.capture = (uint32_t)source->count;
    if (source_reader_open(&inlet->reader, path, &refusal)) {
        source->count++;
        return true;
    }
    source_inlet_close(inlet);
    *inlet = (struct source_inlet){0};
    if (refusal) {
        source->refusals[source->refusal_count++] = refusal;
    }
    return refusal != NULL;
}

/* Opens all inputs that can be opened; on failure the caller closes what was opened. */
static bool inlets_open(struct source *source, const char *const *paths, size_t count, char **error)
{
    source->inlets = calloc(count ? count : 1, sizeof *source->inlets);
    source->refusals = calloc(count ? count : 1, sizeof *source->refusals);
    bool opened = source->inlets && source->refusals;
    for (size_t i = 0; opened && i < count; i++) {
        opened = inlet_open(source, paths[i]);
    }
    if (opened && source->count == 0 && source->refusal_count > 0) {
        *error = source->refusals[0];
        source->refusals[0] = NULL;
        opened = false;
    }
    return opened;
}

struct source *source_open(const char *const *paths, size_t path_count, const char *filter,
                           char **error, bool *usage)
{
    *error = NULL;
    *usage = !standard_input_once(paths, path_count);
    if (*usage) {
        *error = source_message_make("standard input: can be read only once; give - once");
        return NULL;
    }
    struct source *source = calloc(1, sizeof *source);
    if (source && source_filter_open(&source->filter, filter) &&
        inlets_open(source, paths, path_count, error)) {
        if (!filter || source_filter_check(&source->filter, error)) {
            return source;
        }
        *usage = *error != NULL;
    }
    if (!*error) {
        *error = source_message_make("%s", SOURCE_NO_MEMORY);
    }
    source_close(source);
    return NULL;
}

struct source *source_open_live(const struct source_live_request *request, char **error,
                                bool *usage)
{
    struct source *source = calloc(1, sizeof *source);
    *error = NULL;
    *usage = false;
    if (source) {
        source->is_live = true;
        if (source_live_open(&source->live, request, error, usage)) {
            return source;
        }
    }
    if (!*error) {
        *error = source_message_make("%s", SOURCE_NO_MEMORY);
    }
    source_close(source);
    return NULL;
}

void source_set_patience(struct source *source, const struct source_patience *patience)
{
    for (size_t i = 0; i < source->count; i++) {
        source_input_set_patience(&source->inlets[i].reader.input, patience);
    }
}

void source_read_ahead(struct source *source, unsigned threads)
{
    source->helpers = threads;
    for (size_t i = 0; i < source->count; i++) {
        source_input_set_helpers(&source->inlets[i].reader.input, &source->helpers);
    }
}

void source_set_back(struct source *source, size_t index, int64_t clock_ahead_ns)
{
    source->inlets[index].reader.capture.clock_ahead_ns = clock_ahead_ns;
}

/* ---- Reading -------------------------------------------------------------------------------- */

/* The next frame of an input, by the clock that all have in common. */
static enum source_status head_next(struct source_inlet *inlet)
{
    enum source_status status = source_inlet_next(inlet);
    struct frame *head = &inlet->head;
    int64_t ahead_ns = inlet->reader.capture.clock_ahead_ns;
    if (status == SOURCE_FRAME && head->time_known &&
        __builtin_sub_overflow(head->time_ns, ahead_ns, &head->time_ns)) {
        head->time_ns = ahead_ns < 0 ? INT64_MAX : INT64_MIN;
    }
    return status;
}

static enum source_status source_fail(struct source *source, const char *error)
{
    source->error = error ? error : SOURCE_NO_MEMORY;
    return SOURCE_ERROR;
}

/* Where one may go on at the very time when another one ended, it comes after that. */
static struct source_heap_entry head_entry(struct source_inlet *inlet)
{
    uint32_t lane = inlet->head.capture | (inlet->begun ? 0 : BEGINS_LATER);
    return (struct source_heap_entry){inlet->head.time_ns, 0, inlet, lane};
}

/* Asks every inlet for its first frame. */
static enum source_status heads_prime(struct source *source)
{
    source->primed = true;
    for (size_t i = 0; i < source->count; i++) {
        struct source_inlet *inlet = &source->inlets[i];
        enum source_status status = head_next(inlet);
        if (status == SOURCE_ERROR) {
            return source_fail(source, inlet->error);
        }
        if (status == SOURCE_FRAME && !source_heap_push(&source->heads, head_entry(inlet))) {
            return source_fail(source, NULL);
        }
    }
    return SOURCE_FRAME;
}

/* Puts the next frame of the inlet whose frame was handed out last in that one's place. */
static enum source_status heads_refill(struct source *source)
{
    struct source_inlet *inlet = source->given;
    source->given = NULL;
    switch (head_next(inlet)) {
    case SOURCE_FRAME:
        source_heap_replace(&source->heads, head_entry(inlet));
        break;
    case SOURCE_END:
    case SOURCE_WAIT: /* a file is always ready */
        source_heap_pop(&source->heads);
        inlet->ended = true;
        break;
    case SOURCE_ERROR:
        return source_fail(source, inlet->error);
    }
    return SOURCE_FRAME;
}

/* Counts a frame that is handed out. */
static void frame_count(struct source *source, struct capture *capture, const struct frame *frame)
{
    bool late = source->any && frame->time_ns < source->newest_ns;
    capture->late += late;
    if (!late) {
        source->newest_ns = frame->time_ns;
    }
    source->any = true;
    source_capture_take(capture, frame);
}

static enum source_status files_next(struct source *source, struct frame *frame)
{
    enum source_status status = SOURCE_FRAME;
    if (source->stopped) {
        return SOURCE_END;
    }
    if (source->given) {
        status = heads_refill(source);
    } else if (!source->primed) {
        status = heads_prime(source);
    }
    if (status != SOURCE_FRAME) {
        return status;
    }
    if (source->heads.count == 0) {
        return SOURCE_END;
    }
    source->given = source->heads.entries[0].item;
    if (!source->given->begun) {
        source_point_choose(source->inlets, source->count, source->given);
    }
    *frame = source->given->head;
    frame->point = source->given->point;
    frame_count(source, &source->given->reader.capture, frame);
    return SOURCE_FRAME;
}

enum source_status source_next(struct source *source, struct frame *frame)
{
    if (source->error) {
        return SOURCE_ERROR;
    }
    if (!source->is_live) {
        return files_next(source, frame);
    }
    enum source_status status = source_live_next(&source->live, frame);
    return status == SOURCE_ERROR ? source_fail(source, source->live.error) : status;
}

size_t source_poll(const struct source *source, struct pollfd *fds, size_t room, int *timeout_ms)
{
    *timeout_ms = 0;
    return source->is_live ? source_live_poll(&source->live, fds, room, timeout_ms) : 0;
}

void source_stop(struct source *source)
{
    source->stopped = true;
    if (source->is_live) {
        source_live_stop(&source->live);
    }
}

const char *source_refusal(const struct source *source, size_t index)
{
    return index < source->refusal_count ? source->refusals[index] : NULL;
}

const char *source_notice(struct source *source)
{
    return source->is_live ? source_live_notice(&source->live) : NULL;
}

/* ---- What is known -------------------------------------------------------------------------- */

void source_count(struct source *source)
{
    if (source->is_live) {
        source_live_count(&source->live);
    }
}

void source_look(struct source *source)
{
    if (source->is_live) {
        source_live_look(&source->live);
    }
}

uint64_t source_waiting(const struct source *source)
{
    uint64_t count = 0;
    for (size_t i = 0; source->is_live && i < source->live.capture.interface_count; i++) {
        const struct capture_interface *interface = &source->live.capture.interfaces[i];
        uint64_t taken = interface->packets + interface->drops;
        count += interface->received > taken ? interface->received - taken : 0;
    }
    return count;
}

bool source_is_live(const struct source *source)
{
    return source->is_live;
}

size_t source_capture_count(const struct source *source)
{
    return source->is_live ? 1 : source->count;
}

const struct capture *source_capture(const struct source *source, size_t index)
{
    assert(index < source_capture_count(source));
    return source->is_live ? &source->live.capture : &source->inlets[index].reader.capture;
}

const char *source_error(const struct source *source)
{
    return source->error;
}

void source_close(struct source *source)
{
    if (!source) {
        return;
    }
    for (size_t i = 0; i < source->count; i++) {
        source_inlet_close(&source->inlets[i]);
    }
    free(source->inlets);
    for (size_t i = 0; i < source->refusal_count; i++) {
        free(source->refusals[i]);
    }
    free(source->refusals);
    source_heap_free(&source->heads);
    source_filter_close(&source->filter);
    if (source->is_live) {
        source_live_close(&source->live);
    }
    free(source);
}
