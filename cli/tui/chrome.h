/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The frame around every view: the answer at the top, the names of the views below it, the keys at
 * the bottom. On a small screen there is less of it.
 */
#ifndef CLI_TUI_CHROME_H
#define CLI_TUI_CHROME_H

#include "cli/tui/cells.h"

struct ui;

/* What is left for the view. */
struct area chrome_body(struct ui *ui);

void chrome_draw(struct ui *ui);

/* Takes a click on the names of views or on the keys; false if it was elsewhere. */
bool chrome_click(struct ui *ui, int column, int row);

#endif
