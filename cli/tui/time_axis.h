/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the two views over time have in common: the line that tells the direction, the axis below,
 * and the legend of subflows.
 */
#ifndef CLI_TUI_TIME_AXIS_H
#define CLI_TUI_TIME_AXIS_H

#include "cli/tui/cells.h"
#include "cli/tui/keys.h"

struct ui;

/* Fits the timeline to the connection that is shown; false where there is none. */
bool time_axis_fit(struct ui *ui, int columns);

/* Times at both ends of a row, and at the cursor between them. */
void time_axis_draw(const struct ui *ui, struct area row, int left);

/* Subflows with their marks, as many as there is room for. */
void time_legend_draw(const struct ui *ui, struct area row, const char *more);

/* "data of the client" with its arrow; returns the column after it. */
int time_direction_draw(const struct ui *ui, struct area row);

/* Commands of both views: cursor, zoom, direction, and into the ladder at that time. */
bool time_command(struct ui *ui, enum command command);

#endif
