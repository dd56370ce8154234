/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The one table of keys: what each does, where, and the sentence that the help screen has of it.
 * The line at the bottom, the help screen and the manual page are made from it.
 */
#ifndef CLI_TUI_KEYS_H
#define CLI_TUI_KEYS_H

#include <stdbool.h>
#include <stddef.h>

/* In the order of their tabs; the help screen has none. */
enum view_id {
    VIEW_CONNECTIONS,
    VIEW_CONNECTION,
    VIEW_PATHS,
    VIEW_LADDER,
    VIEW_DATA,
    VIEW_FINDINGS,
    VIEW_PACKET,
    VIEW_STATISTICS,
    VIEW_HELP,
};
#define VIEW_TABS  8
#define VIEW_COUNT 9

enum command {
    COMMAND_NONE,
    COMMAND_UP,
    COMMAND_DOWN,
    COMMAND_LEFT,
    COMMAND_RIGHT,
    COMMAND_PAGE_UP,
    COMMAND_PAGE_DOWN,
    COMMAND_HOME,
    COMMAND_END,
    COMMAND_ENTER,
    COMMAND_BACK,
    COMMAND_NEXT_TAB,
    COMMAND_PREVIOUS_TAB,
    COMMAND_TAB, /* and COMMAND_TAB + 1 to COMMAND_TAB + 7 */
    COMMAND_TAB_LAST = COMMAND_TAB + VIEW_TABS - 1,
    COMMAND_HELP,
    COMMAND_SAVE,
    COMMAND_SEARCH,
    COMMAND_SEARCH_NEXT,
    COMMAND_SEARCH_PREVIOUS,
    COMMAND_FILTER,
    COMMAND_TREE,
    COMMAND_SORT,
    COMMAND_SORT_INVERT,
    COMMAND_EVENTS,
    COMMAND_DIRECTION,
    COMMAND_ZOOM_IN,
    COMMAND_ZOOM_OUT,
    COMMAND_NEXT_CONNECTION,
    COMMAND_PREVIOUS_CONNECTION,
    COMMAND_PAUSE,
    COMMAND_TAG,
    COMMAND_FOLLOW,
    COMMAND_REDRAW,
    COMMAND_QUIT,
};

struct key_row {
    int key;
    const char *name; /* as on the keyboard */
    enum command command;
    unsigned views;       /* a bit for each view in which it works */
    const char *label;    /* in the line at the bottom, or NULL */
    const char *sentence; /* NULL: as of the row before, of which it is another key */
};

const struct key_row *key_rows(size_t *count);

/* What a key does in a view; COMMAND_NONE for nothing. */
enum command key_command(int key, enum view_id view);

/* True if a row's key works in a view. */
bool key_row_suits(const struct key_row *row, enum view_id view);

/* "Connections", ... and a short form for narrow screens. Static text. */
const char *view_title(enum view_id view);
const char *view_short_title(enum view_id view);

#endif
