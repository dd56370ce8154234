/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * All outputs of a run, each with the kind of report that goes there.
 */
#ifndef CLI_OUTPUTS_H
#define CLI_OUTPUTS_H

#include "cli/json_builder.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/packet_line.h"
#include "cli/payload.h"
#include "cli/privileges.h"
#include "cli/report.h"

/* One output, and how it looks. */
struct outputs_item {
    struct output output;    /* all zero for a directory */
    struct payload *payload; /* the directory */
    struct text_style style;
    bool failed;   /* memory was short for an event */
    bool complete; /* its report is written */
};

struct outputs {
    const struct options *options;
    struct outputs_item *items; /* one for each request of the options; owned */
    size_t open;                /* how many of them are open */
    struct json_names names;    /* of the members of lines */
};

/*
 * True if no two outputs, saved packets among them, go to the same place, or to two directories,
 * and none to an input; otherwise says so: the command line is wrong.
 */
bool outputs_check(const struct options *options);

/* The directory of payload files, or NULL. */
struct payload *outputs_payload(const struct outputs *outputs);

/* Opens all; false after a message. outputs_close is due in both cases. */
bool outputs_open(struct outputs *outputs, const struct options *options);

/* What it takes to end all outputs as they should. */
enum privileges_needed outputs_need(const struct outputs *outputs);
void outputs_allow(const struct outputs *outputs, struct sandbox *sandbox);

/* Writes a line about a packet to all texts. */
void outputs_packet(const struct outputs *outputs, const struct report *report,
                    const struct packet_line *packet);

/* Some output wants events. */
bool outputs_have_events(const struct outputs *outputs);

/* Some output tells of connections when the last packet has been taken. */
bool outputs_need_all(const struct outputs *outputs);

/* Some output wants series over time. */
bool outputs_have_series(const struct outputs *outputs);

/* Writes an event, while it is told, to all outputs that want events. */
void outputs_event(struct outputs *outputs, const struct report *report,
                   const struct mpta_event *event);

/* Writes of a subflow without a connection that leaves, to all outputs that want events. */
void outputs_part(struct outputs *outputs, const struct report *report,
                  const struct mpta_subflow *subflow);

/* Sends on what was written so far, where somebody may be waiting for it. */
void outputs_flush(const struct outputs *outputs);

/* No output reaches a reader any more. */
bool outputs_are_abandoned(const struct outputs *outputs);

/* Lines go to a terminal while packets are read. */
bool outputs_have_lines_on_terminal(const struct outputs *outputs);

/* Writes every report. False after a message where memory was short; that file is not kept. */
bool outputs_report(struct outputs *outputs, const struct report *report);

/* Ends all; false after messages where one could not be written. */
bool outputs_close(struct outputs *outputs);

#endif
