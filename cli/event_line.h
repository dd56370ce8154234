/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What happened, one JSON object a line, in names that Suricata's EVE and its readers know.
 */
#ifndef CLI_EVENT_LINE_H
#define CLI_EVENT_LINE_H

#include "cli/report.h"

/* Writes the line of an event while it is told. False if memory is short; then nothing is written.
 */
bool event_line_write(const struct report *report, const struct mpta_event *event, FILE *stream);

#endif
