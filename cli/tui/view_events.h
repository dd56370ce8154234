/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The other face of view 6: events, as they happened. All that pass the filter are listed; only
 * those on the screen are put into words.
 */
#ifndef CLI_TUI_VIEW_EVENTS_H
#define CLI_TUI_VIEW_EVENTS_H

#include "cli/tui/cells.h"
#include "cli/tui/keys.h"

struct ui;

void events_draw(struct ui *ui, struct area area);
bool events_command(struct ui *ui, enum command command);
void events_click(struct ui *ui, int row);
bool events_search(struct ui *ui, const char *text, int step, bool from_here);

#endif
