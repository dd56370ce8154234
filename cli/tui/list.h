/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rows that scroll under a cursor. Numbers only: it does not know what the rows are.
 */
#ifndef CLI_TUI_LIST_H
#define CLI_TUI_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/tui/keys.h"

struct list {
    size_t count;
    size_t cursor; /* below count, or 0 */
    size_t top;    /* the first row that is visible */
    size_t height; /* how many are */
    bool follow;   /* the cursor stays on the last row while more come */
};

/* There are so many rows now, and so many are visible. */
void list_fit(struct list *list, size_t count, size_t height);

/* Puts the cursor on a row, as far as there is one. */
void list_go(struct list *list, size_t row);

/* Obeys a command that moves the cursor; false for others. */
bool list_command(struct list *list, enum command command);

/* The row under a line of the screen, counted from the first visible one; false for none. */
bool list_hit(const struct list *list, int line, size_t *row);

/* Where the cursor is, for the eye: "12/345"; kind, unless it is "", says of what: "events 12/345".
 */
#define LIST_PLACE_MAX 64
void list_place(const struct list *list, const char *kind, char text[LIST_PLACE_MAX]);

#endif
