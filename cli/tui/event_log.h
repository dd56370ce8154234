/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the tracker told of while it was fed, in the order in which it told it: a ring of fixed
 * size, whose oldest entries give way.
 */
#ifndef CLI_TUI_EVENT_LOG_H
#define CLI_TUI_EVENT_LOG_H

#include "analyzer/analyzer.h"

struct event_log {
    struct mpta_event *events;
    uint64_t capacity;
    uint64_t end; /* how many were told */
};

/* False if there is no memory. */
bool event_log_open(struct event_log *log, size_t limit);
void event_log_close(struct event_log *log);

void event_log_add(struct event_log *log, const struct mpta_event *event);

/* The serial number of the oldest that is there; those after it are up to `end`. */
uint64_t event_log_first(const struct event_log *log);
const struct mpta_event *event_log_get(const struct event_log *log, uint64_t serial);

#endif
