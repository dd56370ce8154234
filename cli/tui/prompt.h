/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A line that the user writes: printable ASCII, with a cursor in it.
 */
#ifndef CLI_TUI_PROMPT_H
#define CLI_TUI_PROMPT_H

#include <stddef.h>

#include "cli/tui/cells.h"

#define PROMPT_MAX 256

struct prompt {
    char text[PROMPT_MAX];
    size_t length;
    size_t cursor;
};

enum prompt_result {
    PROMPT_EDITED, /* or nothing happened */
    PROMPT_DONE,
    PROMPT_LEFT,
};

/* Begins with a text, and the cursor behind it. */
void prompt_start(struct prompt *prompt, const char *text);

enum prompt_result prompt_key(struct prompt *prompt, int key);

/* Draws it on the first row of an area, behind a label, so that the cursor is visible. */
void prompt_draw(const struct prompt *prompt, struct area area, const char *label);

#endif
