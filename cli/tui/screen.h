/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The terminal: a grid goes to it, input comes from it, and it is given back as it was, whatever
 * happens. There is one of it.
 */
#ifndef CLI_TUI_SCREEN_H
#define CLI_TUI_SCREEN_H

#include "cli/tui/cells.h"
#include "cli/tui/input.h"

struct screen;

struct screen_settings {
    bool mouse;
    bool colour;
};

/* True if there is a terminal that can do what it takes; else *problem says so, and what to do. */
bool screen_is_possible(const char **problem);

/*
 * Takes the terminal: that of standard input and output, or where these are none the process's own.
 * NULL if there is none or it cannot do what it takes; then *problem says so, and what to do.
 */
struct screen *screen_open(const struct screen_settings *settings, const char **problem);

/* Gives it back. NULL is allowed. */
void screen_close(struct screen *screen);

void screen_size(const struct screen *screen, int *columns, int *rows);

/* Whether the terminal takes anything now. */
bool screen_is_ready(const struct screen *screen);

/* Shows a grid; whole: draws everything anew, for the terminal may show something else. False if
 * the terminal did not take it in time: it is to be shown once more, and will be drawn whole then.
 */
bool screen_put(struct screen *screen, const struct grid *grid, bool whole);

/* What the user did, one after the other, and INPUT_NONE when that is all. Does not wait. */
struct input screen_read(struct screen *screen);

/* A descriptor that can be read when there may be input. */
int screen_fd(const struct screen *screen);

#endif
