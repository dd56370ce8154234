/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The next packet is read from the device that is furthest behind in time, so that a backlog of one
 * is made up before the others run ahead. A packet leaves the window when every device has been
 * read beyond its time: by a later packet of that device, or by the clock, where the device had
 * nothing.
 */
#include "cli/source_live.h"

#include <stdlib.h>
#include <string.h>

#include "cli/now.h"
#include "cli/source_capture.h"
#include "cli/source_message.h"

/* How often flags and counts of interfaces are looked at, and the clock in between. */
#define GLANCE_NS INT64_C(250000000)
enum { FRAMES_A_GLANCE = 1024 };

/* A device that had nothing is not asked again for so long, as long as others have something. */
#define QUIET_NS INT64_C(5000000)

/* After the wish to stop: the last block of the ring comes within two batches, and if the machine
 * cannot keep up, what is left is given up. */
#define PATIENCE_NS     INT64_C(150000000)
#define PATIENCE_MAX_NS INT64_C(1000000000)

/* ---- Opening -------------------------------------------------------------------------------- */

/* "eth0", "eth0, wlan0": what the capture is called. */
static char *capture_name(const struct source_live_request *request)
{
    char *name = source_message_make("%s", request->interfaces[0]);
    for (size_t i = 1; name && i < request->interface_count; i++) {
        char *longer = source_message_make("%s, %s", name, request->interfaces[i]);
        free(name);
        name = longer;
    }
    return name;
}

static bool live_allocate(struct source_live *live, const struct source_live_request *request)
{
    size_t count = request->interface_count;
    live->window.span_ns = SOURCE_LIVE_SPAN_NS;
    live->capture.format = CAPTURE_LIVE;
    live->capture.kernel_drops_known = true;
    live->capture.headers_only = !request->whole;
    live->capture.name = capture_name(request);
    live->lanes = calloc(count, sizeof *live->lanes);
    live->capture.interfaces = calloc(count, sizeof *live->capture.interfaces);
    return live->capture.name && live->lanes && live->capture.interfaces;
}

/* Describes a device that has been opened. False without memory. */
static bool interface_describe(struct source_live *live, const struct live_device *device,
                               uint32_t snap_len)
{
    struct capture_interface *interface = &live->capture.interfaces[live->capture.interface_count];
    *interface = (struct capture_interface){
        .name = source_message_make("%s", device->name),
        .link_type = device->link_type,
        .snap_len = snap_len,
        .counted = true,
        .ring_octets = SOURCE_LIVE_RING_OCTETS,
        .ring_version = device->ring_version,
    };
    live->capture.interface_count += interface->name != NULL;
    return interface->name != NULL;
}

bool source_live_open(struct source_live *live, const struct source_live_request *request,
                      char **error, bool *usage)
{
    uint32_t snap_len = request->whole ? SOURCE_LIVE_SNAP_WHOLE : SOURCE_LIVE_SNAP_HEADERS;
    *live = (struct source_live){0};
    *error = NULL;
    if (!live_allocate(live, request)) {
        return false;
    }
    for (size_t i = 0; i < request->interface_count; i++) {
        struct source_live_lane *lane = &live->lanes[live->count++];
        struct live_device *device = &lane->device;
        lane->reached_ns = INT64_MIN;
        if (!live_device_open(device, request->interfaces[i], request->filter, snap_len, error,
                              usage) ||
            !interface_describe(live, device, snap_len)) {
            return false;
        }
    }
    return true;
}

/* ---- Interfaces that come and go ------------------------------------------------------------ */

static size_t devices_left(const struct source_live *live)
{
    size_t left = 0;
    for (size_t i = 0; i < live->count; i++) {
        left += live->lanes[i].device.state != LIVE_GONE;
    }
    return left;
}

/* Makes what the devices have counted public. */
static void counts_publish(struct source_live *live)
{
    live->capture.kernel_drops = 0;
    live->capture.interface_drops = 0;
    for (size_t i = 0; i < live->count; i++) {
        const struct live_device *device = &live->lanes[i].device;
        struct capture_interface *interface = &live->capture.interfaces[i];
        interface->received =
            device->received - (device->sent_back < device->received ? device->sent_back : 0);
        interface->drops = device->drops;
        interface->interface_drops = device->interface_drops;
        interface->state = device->state;
        live->capture.kernel_drops += device->drops;
        live->capture.interface_drops += device->interface_drops;
    }
}

void source_live_count(struct source_live *live)
{
    for (size_t i = 0; i < live->count; i++) {
        live_device_count(&live->lanes[i].device);
    }
    counts_publish(live);
}

/* Now and then: are the interfaces up, and what did they drop? */
static void devices_glance(struct source_live *live)
{
    int64_t now_ns = clock_ns(CLOCK_MONOTONIC);
    if (now_ns < live->glance_ns) {
        return;
    }
    live->glance_ns = now_ns + GLANCE_NS;
    for (size_t i = 0; i < live->count; i++) {
        live_device_glance(&live->lanes[i].device);
    }
    source_live_count(live);
}

void source_live_look(struct source_live *live)
{
    devices_glance(live);
}

/* What is to be said of a device; NULL where it is said as the error that ends the capture. */
static char *notice_make(const struct source_live *live, const struct live_device *device)
{
    const char *gone_for = device->gone_for ? device->gone_for : "the interface is gone";
    switch (device->state) {
    case LIVE_UP:
        return source_message_make("%s: the interface is up again, and its capture goes on",
                                   device->name);
    case LIVE_DOWN:
        return source_message_make("%s: the interface is down; its capture goes on when it is up",
                                   device->name);
    case LIVE_GONE:
        break;
    }
    if (live->count == 1) {
        return NULL;
    }
    return source_message_make("%s: %s%s", device->name, gone_for,
                               devices_left(live) > 0 ? "; the capture goes on without it" : "");
}

const char *source_live_notice(struct source_live *live)
{
    free(live->notice);
    live->notice = NULL;
    for (size_t i = 0; i < live->count && !live->notice; i++) {
        if (live->lanes[i].said != live->lanes[i].device.state) {
            live->lanes[i].said = live->lanes[i].device.state;
            live->notice = notice_make(live, &live->lanes[i].device);
        }
    }
    return live->notice;
}

/* ---- Reading -------------------------------------------------------------------------------- */

/* All that came up to this time has been read, from all devices. */
static int64_t reached_by_all(const struct source_live *live)
{
    int64_t reached_ns = INT64_MAX - SOURCE_LIVE_SPAN_NS;
    for (size_t i = 0; i < live->count; i++) {
        const struct source_live_lane *lane = &live->lanes[i];
        if (lane->device.state != LIVE_GONE && lane->reached_ns < reached_ns) {
            reached_ns = lane->reached_ns;
        }
    }
    return reached_ns;
}

/* Lets the window give what is due: it waits for a time that lies its span ahead. */
static void window_advance(struct source_live *live)
{
    source_window_note(&live->window, reached_by_all(live) + SOURCE_LIVE_SPAN_NS);
}

/* The device that is furthest behind, of those that may have something; NULL if none has. */
static struct source_live_lane *lane_choose(struct source_live *live, int64_t now_ns)
{
    struct source_live_lane *chosen = NULL;
    for (size_t i = 0; i < live->count; i++) {
        struct source_live_lane *lane = &live->lanes[i];
        bool asked = lane->quiet && now_ns >= lane->quiet_ns && now_ns - lane->quiet_ns < QUIET_NS;
        if (!asked && (!chosen || lane->reached_ns < chosen->reached_ns)) {
            chosen = lane;
        }
    }
    return chosen;
}

static void lane_be_quiet(struct source_live_lane *lane, int64_t now_ns)
{
    int64_t complete_ns = now_ns - SOURCE_LIVE_SPAN_NS;
    lane->quiet = true;
    lane->quiet_ns = now_ns;
    if (complete_ns > lane->reached_ns) {
        lane->reached_ns = complete_ns;
    }
}

/* After the wish to stop: what came later is not wanted, and nothing when that takes too long. */
static bool frame_is_wanted(const struct source_live *live, const struct frame *frame)
{
    return !live->stopping || (frame->time_ns <= live->stop_ns &&
                               clock_ns(CLOCK_MONOTONIC) < live->patience_ns + PATIENCE_MAX_NS);
}

/* The next packet of a device; false if it has none that is wanted. */
static bool lane_read(struct source_live *live, struct source_live_lane *lane, int64_t now_ns,
                      struct frame *frame)
{
    if (!live_device_read(&lane->device, frame) || !frame_is_wanted(live, frame)) {
        lane_be_quiet(lane, now_ns);
        return false;
    }
    lane->quiet = false;
    lane->reached_ns = frame->time_ns - SOURCE_LIVE_DISORDER_NS;
    frame->interface = (uint32_t)(lane - live->lanes);
    return true;
}

/* The next packet of any device; false if none has one. */
static bool lanes_read(struct source_live *live, struct frame *frame)
{
    for (;;) {
        int64_t now_ns = clock_ns(CLOCK_REALTIME);
        struct source_live_lane *lane = lane_choose(live, now_ns);
        if (!lane) {
            return false;
        }
        if (lane_read(live, lane, now_ns, frame)) {
            return true;
        }
    }
}

/* Whether all that came before the wish to stop has been read, or been waited for long enough. */
static bool stop_is_complete(const struct source_live *live)
{
    return live->stopping && clock_ns(CLOCK_MONOTONIC) >= live->patience_ns;
}

/* Counts a frame that is handed out. */
static enum source_status frame_give(struct source_live *live, struct frame *frame)
{
    struct capture *capture = &live->capture;
    bool late = live->number > 0 && frame->time_ns < live->newest_ns;
    capture->late += late;
    if (!late) {
        live->newest_ns = frame->time_ns;
    }
    frame->number = ++live->number;
    capture->interfaces[frame->interface].packets++;
    source_capture_take(capture, frame);
    if (live->number % FRAMES_A_GLANCE == 0) {
        devices_glance(live); /* who cannot keep up is never idle */
    }
    return SOURCE_FRAME;
}

/* After the last frame: the user's wish, or no interface is left. */
static enum source_status live_end(struct source_live *live)
{
    source_live_count(live);
    if (live->stopping || devices_left(live) > 0) {
        return SOURCE_END;
    }
    const struct live_device *only = live->count == 1 ? &live->lanes[0].device : NULL;
    live->error =
        source_message_make("%s%s%s; the report covers what came before",
                            only ? only->name : "no interface is left to capture from",
                            only ? ": " : "", only && only->gone_for ? only->gone_for : "");
    return SOURCE_ERROR;
}

/* Nothing has come. */
static void live_idle(struct source_live *live)
{
    devices_glance(live);
    window_advance(live);
    live->waited = true;
    live->ended = stop_is_complete(live) || devices_left(live) == 0;
}

/* Asks every device anew. */
static void lanes_wake(struct source_live *live)
{
    for (size_t i = 0; live->waited && i < live->count; i++) {
        live->lanes[i].quiet = false;
    }
    live->waited = false;
}

enum source_status source_live_next(struct source_live *live, struct frame *frame)
{
    bool idle = false;
    lanes_wake(live);
    for (;;) {
        if (source_window_pop(&live->window, live->ended, frame)) {
            return frame_give(live, frame);
        }
        if (live->ended) {
            return live_end(live);
        }
        if (idle) {
            return SOURCE_WAIT;
        }
        if (!lanes_read(live, frame)) {
            live_idle(live); /* the window may be due now, or never again */
            idle = true;
        } else if (!source_window_push(&live->window, frame)) {
            return SOURCE_ERROR;
        } else {
            window_advance(live);
        }
    }
}

/* ---- For who waits -------------------------------------------------------------------------- */

size_t source_live_poll(const struct source_live *live, struct pollfd *fds, size_t room,
                        int *timeout_ms)
{
    size_t used = 0;
    bool pressing = live->stopping || !source_window_empty(&live->window);
    *timeout_ms = pressing ? SOURCE_LIVE_BATCH_MS : (int)(GLANCE_NS / 1000000);
    for (size_t i = 0; i < live->count && used < room; i++) {
        if (live->lanes[i].device.fd >= 0 && live->lanes[i].device.state != LIVE_GONE) {
            fds[used++] = (struct pollfd){.fd = live->lanes[i].device.fd, .events = POLLIN};
        }
    }
    return used;
}

void source_live_stop(struct source_live *live)
{
    if (!live->stopping) {
        live->stopping = true;
        live->stop_ns = clock_ns(CLOCK_REALTIME);
        live->patience_ns = clock_ns(CLOCK_MONOTONIC) + PATIENCE_NS;
    }
}

void source_live_close(struct source_live *live)
{
    for (size_t i = 0; i < live->count; i++) {
        live_device_close(&live->lanes[i].device);
    }
    for (size_t i = 0; i < live->capture.interface_count; i++) {
        free(live->capture.interfaces[i].name);
    }
    source_window_free(&live->window);
    free(live->capture.interfaces);
    free(live->capture.name);
    free(live->lanes);
    free(live->notice);
    free(live->error);
}
