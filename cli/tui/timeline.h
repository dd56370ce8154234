/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Time on the columns of the screen: a part of a connection's life, and a cursor in it. Numbers
 * only.
 */
#ifndef CLI_TUI_TIMELINE_H
#define CLI_TUI_TIMELINE_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/tui/keys.h"

#define TIMELINE_ZOOM_MAX 24

/* All zero shows everything, with the cursor at the begin. */
struct timeline {
    int64_t whole_begin_ns;
    int64_t whole_ns;
    int zoom; /* the part that is shown is the whole by 2 to the power of this */
    int columns;
    int64_t begin_ns; /* of the part that is shown */
    int64_t span_ns;
    int64_t cursor_ns; /* from the begin of the whole */
    bool follow;       /* the cursor stays at the end */
};

/*
 * There is so much time to show on so many columns. growing: more will come, for which there is
 * some room, so that the scale does not change with every packet.
 */
void timeline_fit(struct timeline *timeline, int64_t begin_ns, int64_t end_ns, int columns,
                  bool growing);

/* Obeys a command that moves the cursor or shows more or less; false for others. */
bool timeline_command(struct timeline *timeline, enum command command);

/* The cursor goes to a column. */
void timeline_go(struct timeline *timeline, int column);

/* The column of a time: below 0 or `columns` and more where it is not shown. */
int timeline_column(const struct timeline *timeline, int64_t time_ns);

/* When a column begins. */
int64_t timeline_time(const struct timeline *timeline, int column);

int timeline_cursor_column(const struct timeline *timeline);
int64_t timeline_cursor_time(const struct timeline *timeline);

#endif
