/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a user may do to the screen: press a key, use the mouse, change its size, or take it away.
 * The terminal's own words for that are known in screen_curses.c alone.
 */
#ifndef CLI_TUI_INPUT_H
#define CLI_TUI_INPUT_H

/* A key is a printable ASCII character, or one of these. */
enum input_key {
    INPUT_TAB = '\t',
    INPUT_ENTER = '\n',
    INPUT_REDRAW = 12, /* Ctrl-L */
    INPUT_CLEAR = 21,  /* Ctrl-U */
    INPUT_ESCAPE = 27,
    INPUT_BACKSPACE = 127,
    INPUT_UP = 256,
    INPUT_DOWN,
    INPUT_LEFT,
    INPUT_RIGHT,
    INPUT_PAGE_UP,
    INPUT_PAGE_DOWN,
    INPUT_HOME,
    INPUT_END,
    INPUT_DELETE,
    INPUT_BACK_TAB,
    INPUT_F1, /* and INPUT_F1 + 1 to INPUT_F1 + 11 for F2 to F12 */
    INPUT_KEY_END = INPUT_F1 + 12,
};

enum input_kind {
    INPUT_NONE,
    INPUT_KEY,
    INPUT_CLICK,
    INPUT_WHEEL_UP,
    INPUT_WHEEL_DOWN,
    INPUT_RESIZE,
    INPUT_GONE, /* the terminal is no more */
};

struct input {
    enum input_kind kind;
    int key;    /* INPUT_KEY */
    int column; /* of the mouse; INPUT_RESIZE: how many there are now */
    int row;
};

#endif
