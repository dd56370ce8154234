/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What happened, one JSON object a line, in names that Suricata's EVE and its readers know.
 */
#ifndef CLI_EVENT_LINE_H
#define CLI_EVENT_LINE_H

#include "cli/json_builder.h"
#include "cli/report.h"

/* Writes the line of an event while it is told; `names`, or NULL, serve line after line. False if
 * memory is short; then nothing is written. */
bool event_line_write(const struct report *report, const struct mpta_event *event,
                      struct json_names *names, FILE *stream);

/* Writes the line of a subflow without a connection. */
bool event_line_write_unlinked(const struct report *report, const struct mpta_subflow *subflow,
                               FILE *stream);

/*
 * Writes the lines behind the last event: one for each subflow that belongs to no connection now,
 * as many as the JSON report lists, and one for the captures, with all that belongs to none.
 * Together with the records of connections they tell what the JSON report tells. False if memory is
 * short.
 */
bool event_line_finish(const struct report *report, FILE *stream);

/* Members of a subflow's addresses and ports; the source is who opened it. */
void event_line_add_flow(struct json_builder *builder, struct json_object *object,
                         const struct mpta_subflow *subflow);

#endif
