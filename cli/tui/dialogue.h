/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is asked of the user and what he answers: search, filter, sort, save.
 */
#ifndef CLI_TUI_DIALOGUE_H
#define CLI_TUI_DIALOGUE_H

#include "cli/tui/cells.h"
#include "cli/tui/keys.h"

struct ui;

/* Obeys a command that opens a prompt or menu, or goes on with the last search; false for others.
 */
bool dialogue_command(struct ui *ui, enum command command);

/* A key or click while one is open. */
void dialogue_key(struct ui *ui, int key);
void dialogue_click(struct ui *ui, int column, int row);

/* Draws an open menu over the body; a prompt on the last line, and says whether there is one. */
void dialogue_draw(struct ui *ui, struct area body);
bool dialogue_draw_line(const struct ui *ui, struct area line);

#endif
