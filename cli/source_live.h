/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A live capture: several interfaces, whose frames are put into the order of time within a small
 * window. It never waits: who calls it waits for its descriptors, together with those of others
 * (a terminal, signals).
 */
#ifndef CLI_SOURCE_LIVE_H
#define CLI_SOURCE_LIVE_H

#include <poll.h>

#include "cli/source.h"
#include "cli/source_live_device.h"
#include "cli/source_window.h"

/*
 * An interface of which nothing could be read at some moment has been read up to so much before it:
 * the kernel hands over a block two batches after its first packet at the latest, and may have to
 * wait for a processor.
 */
#define SOURCE_LIVE_SPAN_NS INT64_C(200000000)

/*
 * Packets of one interface overtake each other by so much at most: those that are sent and those
 * that are received get their time on one processor and their place in the ring on another.
 */
#define SOURCE_LIVE_DISORDER_NS INT64_C(5000000)

/* A device in the merge. Times are on the clock of the time stamps. */
struct source_live_lane {
    struct live_device device;
    enum live_state said; /* of which state source_live_notice has told */
    int64_t reached_ns;   /* all its packets up to this time have been read */
    int64_t quiet_ns;     /* when it had nothing; meaningful for: */
    bool quiet;
};

struct source_live {
    struct capture capture;
    struct source_live_lane *lanes;
    size_t count;
    struct source_window window;
    char *notice; /* the last one */
    char *error;
    bool waited;         /* something may have come to any of them */
    uint64_t number;     /* of the last frame handed out */
    int64_t newest_ns;   /* its time */
    int64_t glance_ns;   /* when to look at the interfaces again, on the steady clock */
    bool stopping;       /* no more is wanted than what came before stop_ns: */
    int64_t stop_ns;     /* on the clock of the time stamps */
    int64_t patience_ns; /* until when that is waited for, on the steady clock */
    bool ended;          /* nothing more will be read */
};

/* As source_open_live. source_live_close is due in any case. */
bool source_live_open(struct source_live *live, const struct source_live_request *request,
                      char **error, bool *usage);

/* As source_next: FRAME, WAIT, END or ERROR (live->error, or NULL without memory). */
enum source_status source_live_next(struct source_live *live, struct frame *frame);

/* As source_poll, source_stop, source_notice, source_count and source_look. */
size_t source_live_poll(const struct source_live *live, struct pollfd *fds, size_t room,
                        int *timeout_ms);
void source_live_stop(struct source_live *live);
const char *source_live_notice(struct source_live *live);
void source_live_count(struct source_live *live);
void source_live_look(struct source_live *live);

void source_live_close(struct source_live *live);

#endif
