/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Words that only the screen needs: what happened, what was found, and when.
 */
#ifndef CLI_TUI_WORDS_H
#define CLI_TUI_WORDS_H

#include "cli/report_text.h"
#include "cli/tui/model.h"

/* "subflow 1 established, HMACs valid": an event without its time and connection. */
void words_event(const struct text *text, const struct mpta_event *event, struct text_line *line);

/* How serious an event is. */
enum mpta_severity event_severity(const struct mpta_event *event);

/* The sentence of a finding, where and how often, and its name. */
void words_one_finding(const struct text *text, const struct mpta_finding *finding,
                       struct text_line *line);

/* "12.345678": seconds since another time. */
void words_since(int64_t since_ns, int64_t time_ns, struct text_line *line);

/* "of packets before 12.345678 s only events are kept", if that is so of a connection. */
bool words_forgotten(const struct model *model, uint32_t connection, struct text_line *line);

#endif
