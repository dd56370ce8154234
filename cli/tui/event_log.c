/* SPDX-License-Identifier: BSD-3-Clause */
/* A ring of events. */
#include "cli/tui/event_log.h"

#include <stdlib.h>

bool event_log_open(struct event_log *log, size_t limit)
{
    uint64_t capacity = limit / sizeof *log->events;
    *log = (struct event_log){.capacity = capacity > 0 ? capacity : 1};
    log->events = malloc(log->capacity * sizeof *log->events);
    return log->events != NULL;
}

void event_log_close(struct event_log *log)
{
    free(log->events);
    *log = (struct event_log){.capacity = 0};
}

void event_log_add(struct event_log *log, const struct mpta_event *event)
{
    log->events[log->end++ % log->capacity] = *event;
}

uint64_t event_log_first(const struct event_log *log)
{
    return log->end > log->capacity ? log->end - log->capacity : 0;
}

const struct mpta_event *event_log_get(const struct event_log *log, uint64_t serial)
{
    return serial >= event_log_first(log) && serial < log->end
               ? &log->events[serial % log->capacity]
               : NULL;
}
