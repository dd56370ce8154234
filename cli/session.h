/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The road of all packets, as far as every front goes it: source, file of saved packets, dissector,
 * tracker. Who drives a session (a run to the end, a screen with keys) asks it for one packet after
 * the other, waits where there is none, and decides what to show.
 */
#ifndef CLI_SESSION_H
#define CLI_SESSION_H

#include "cli/capture_save.h"
#include "cli/options.h"
#include "cli/report.h"

/* How a session reaches its driver. */
struct session_driver {
    void *context;
    /* Something that the user should know now, one sentence. */
    void (*say)(void *context, const char *sentence);
    /* NULL, or told each event; see struct mpta_config. */
    void (*observe)(void *context, const struct mpta_event *event);
    void (*part)(void *context, const struct mpta_subflow *subflow);
    bool forgets;       /* nothing is reported in the end but what belongs to no connection */
    bool shows_packets; /* where each lies in the data stream is asked for */
};

struct session {
    const struct options *options;
    struct session_driver driver;
    struct source *source;
    struct capture_save save;
    struct mpta_tracker *tracker;
    struct kernel_view *kernel; /* NULL without one */
    struct report_capture *captures;
    const char **capture_names;
    struct report report; /* what reports are made from; at any time */
    uint64_t packets;
    size_t memory_before; /* in use when the analysis began: a screen takes its part at once */
    int64_t first_ns;     /* the first packet's time */
    int64_t deadline_ns;  /* when a live capture ends, on the steady clock; 0: never */
    bool stopped;         /* the end was asked for */
    enum exit_code code;  /* the worst so far */
};

/* One packet that has been taken in whole. */
struct session_packet {
    struct frame frame;   /* its octets are borrowed until the next packet */
    enum mpta_frame kind; /* for MPTA_FRAME_TCP the next two are filled */
    struct mpta_segment segment;
    struct mpta_fed fed;
};

enum session_step {
    SESSION_PACKET,
    SESSION_WAIT, /* live: nothing has come; see session_wait */
    SESSION_END,  /* no more will come; why, if that is worth a word, has been said */
};

/*
 * Opens the inputs, and what they are saved to: all that takes privileges. Each of these says what
 * is wrong, sets session->code and returns false where it fails; session_close is due in any case.
 */
bool session_open(struct session *session, const struct options *options,
                  const struct session_driver *driver);

/*
 * Makes the tracker; payload is NULL, or where the data goes. interval_ns is that of series over
 * time, 0 for none.
 */
bool session_track(struct session *session, struct payload *payload, int64_t interval_ns);

/* While no packet is taken: says what becomes of interfaces. False when the capture is to end. */
bool session_hold(struct session *session);

/* Takes the next packet. */
enum session_step session_next(struct session *session, struct session_packet *packet);

/*
 * After SESSION_WAIT: fills descriptors to wait for, and returns how many; *timeout_ms is how long
 * to wait at most before session_next is asked again. What was saved so far goes to the system.
 */
size_t session_wait(struct session *session, struct pollfd *fds, size_t room, int *timeout_ms);

/* So many descriptors session_wait fills, at most. */
enum { SESSION_FDS_MAX = OPTIONS_INTERFACES_MAX + 1 };

/* No more is wanted than what there is by now; a live capture still gives what came before. */
void session_stop(struct session *session);

/*
 * Draws the conclusions that the end would allow now, for who looks at the tracker meanwhile: see
 * mpta_tracker_preview. False without memory.
 */
bool session_preview(struct session *session);

/* After the last packet: draws the last conclusions, and says what was wrong with the inputs. */
void session_finish(struct session *session);

/* Frees everything. */
void session_close(struct session *session);

void session_code(struct session *session, enum exit_code code);

#endif
