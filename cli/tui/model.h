/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the views show: the tracker with its connections and findings, and what it does not keep:
 * packets, events, and how much each connection carried when. It knows no screen.
 */
#ifndef CLI_TUI_MODEL_H
#define CLI_TUI_MODEL_H

#include "cli/report.h"
#include "cli/tui/course.h"
#include "cli/tui/event_log.h"
#include "cli/tui/packet_store.h"

/* Memory for packets, of files and of live captures, and for events. */
#define MODEL_FILE_LIMIT   (256U << 20)
#define MODEL_LIVE_LIMIT   (60U << 20)
#define MODEL_EVENTS_LIMIT (4U << 20)

struct model_connection {
    struct course course; /* payload octets, both directions */
    uint64_t findings;    /* a sum of its findings, at model_preview */
    bool changed;         /* its id is among model.changed */
};

struct model {
    const struct report *report; /* borrowed */
    struct packet_store *packets;
    struct event_log events;
    struct mpta_place told;               /* where the newest event was */
    struct model_connection *connections; /* by id */
    size_t connection_count;
    size_t connection_capacity;
    uint32_t *changed; /* ids of connections that changed since model_settle */
    size_t changed_count;
    uint64_t generation; /* another one with every change of what is shown */
    uint64_t frames;     /* that came */
    bool frames_timed;
    int64_t first_ns; /* of the first frame: times are told from there */
    int64_t newest_ns;
    struct mpta_summary summary; /* of the tracker, at a generation */
    uint64_t summary_generation; /* 0: none yet */
    uint64_t process_octets;     /* of memory that this process has; 0: not known */
    bool finished;               /* the tracker has drawn its last conclusions */
};

/* Opens a model with so much memory for packets; false if there is none. model_close is due in both
 * cases. The report is borrowed; its tracker may come later. */
bool model_open(struct model *model, size_t packets_limit);
void model_close(struct model *model);

/* A frame came; segment and fed are NULL where it has no TCP segment. False if memory is short. */
bool model_frame(struct model *model, const struct frame *frame, const struct mpta_segment *segment,
                 const struct mpta_fed *fed);

void model_event(struct model *model, const struct mpta_event *event);

/* The tracker has concluded what it can so far. */
void model_preview(struct model *model);

/* No more packets come, and the tracker has been told. */
void model_finish(struct model *model);

/* All that changed has been looked at. */
void model_settle(struct model *model);

const struct mpta_tracker *model_tracker(const struct model *model);

/* The tracker's summary, asked for again only where something changed. */
const struct mpta_summary *model_summary(struct model *model);

/* Whether packets of a connection have given way: those before this time, but events. */
bool model_forgot(const struct model *model, uint32_t connection, int64_t *before_ns);

/* The course of a connection; one without anything for an unknown id. */
const struct course *model_course(const struct model *model, uint32_t connection);

#endif
