/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The keys, as users of htop and sngrep expect them, in the order of the help screen. To add one: a
 * row here, a command in keys.h if it is new, and a case where the command is obeyed.
 */
#include "cli/tui/keys.h"

#include <assert.h>

#include "cli/tui/input.h"

#define IN(view)   (1U << (view))
#define EVERYWHERE (~0U)
#define LISTS      (IN(VIEW_CONNECTIONS) | IN(VIEW_FINDINGS))
#define OF_ONE                                                                                     \
    (IN(VIEW_CONNECTION) | IN(VIEW_PATHS) | IN(VIEW_LADDER) | IN(VIEW_DATA) | IN(VIEW_PACKET))
#define GRAPHS  (IN(VIEW_PATHS) | IN(VIEW_DATA))
#define TEXTS   (~GRAPHS)
#define LEADING (~(IN(VIEW_STATISTICS) | IN(VIEW_HELP) | IN(VIEW_PACKET)))
#define TREES   (IN(VIEW_CONNECTIONS) | IN(VIEW_FINDINGS) | IN(VIEW_LADDER))

#define F(number) (INPUT_F1 + (number)-1)

/* clang-format off */
static const struct key_row rows[] = {
    {F(1), "F1", COMMAND_HELP, EVERYWHERE, "Help", "this help"},
    {'?', "?", COMMAND_HELP, EVERYWHERE, NULL, NULL},
    {F(2), "F2", COMMAND_SAVE, EVERYWHERE, "Save", "save what is shown: packets, JSON or text"},
    {'S', "S", COMMAND_SAVE, EVERYWHERE, NULL, NULL},
    {F(3), "F3", COMMAND_SEARCH, TEXTS, "Search", "search; again: the next one"},
    {'/', "/", COMMAND_SEARCH, TEXTS, NULL, NULL},
    {'n', "n", COMMAND_SEARCH_NEXT, TEXTS, NULL, "the next match, and the one before"},
    {'N', "N", COMMAND_SEARCH_PREVIOUS, TEXTS, NULL, NULL},
    {F(4), "F4", COMMAND_FILTER, LISTS, "Filter", "show only what has all these words; !word: not this"},
    {F(5), "F5", COMMAND_TREE, TREES, "Tree", "show or hide what belongs to the rows"},
    {'t', "t", COMMAND_TREE, TREES, NULL, NULL},
    {F(6), "F6", COMMAND_SORT, IN(VIEW_CONNECTIONS), "Sort", "sort by another column"},
    {'>', ">", COMMAND_SORT, IN(VIEW_CONNECTIONS), NULL, NULL},
    {'I', "I", COMMAND_SORT_INVERT, IN(VIEW_CONNECTIONS), NULL, "sort the other way round"},
    {'e', "e", COMMAND_EVENTS, IN(VIEW_FINDINGS) | IN(VIEW_LADDER), "Events",
     "findings: events instead; ladder: only events"},
    {'d', "d", COMMAND_DIRECTION, GRAPHS, "Other", "the other direction of the data"},
    {'+', "+", COMMAND_ZOOM_IN, GRAPHS, "Zoom", "a shorter time around the cursor, and a longer one"},
    {'-', "-", COMMAND_ZOOM_OUT, GRAPHS, NULL, NULL},
    {F(9), "F9", COMMAND_PAUSE, EVERYWHERE, "Pause", "live: stop taking packets in, and go on"},
    {'p', "p", COMMAND_PAUSE, EVERYWHERE, NULL, NULL},
    {'A', "A", COMMAND_FOLLOW, EVERYWHERE, NULL, "stay with the newest row"},
    {' ', "Space", COMMAND_TAG, IN(VIEW_CONNECTIONS), NULL, "tag a connection; tagged ones are saved together"},
    {INPUT_ENTER, "Enter", COMMAND_ENTER, LEADING, "Open", "go into what the row tells of"},
    {INPUT_ESCAPE, "Esc", COMMAND_BACK, EVERYWHERE, "Back", "back, and out of the help"},
    {INPUT_BACKSPACE, "Backspace", COMMAND_BACK, EVERYWHERE, NULL, NULL},
    {INPUT_TAB, "Tab", COMMAND_NEXT_TAB, EVERYWHERE, NULL, "the next view, and the one before"},
    {INPUT_BACK_TAB, "Shift-Tab", COMMAND_PREVIOUS_TAB, EVERYWHERE, NULL, NULL},
    {'1', "1", COMMAND_TAB, EVERYWHERE, NULL, "all connections"},
    {'2', "2", COMMAND_TAB + 1, EVERYWHERE, NULL, "one connection: what happened, its subflows and addresses"},
    {'3', "3", COMMAND_TAB + 2, EVERYWHERE, NULL, "its paths over time"},
    {'4', "4", COMMAND_TAB + 3, EVERYWHERE, NULL, "its packets as a ladder between addresses"},
    {'5', "5", COMMAND_TAB + 4, EVERYWHERE, NULL, "its data over time: which path carried what"},
    {'6', "6", COMMAND_TAB + 5, EVERYWHERE, NULL, "findings, and events"},
    {'7', "7", COMMAND_TAB + 6, EVERYWHERE, NULL, "one packet: options and octets"},
    {'8', "8", COMMAND_TAB + 7, EVERYWHERE, NULL, "statistics of all that was read"},
    {']', "]", COMMAND_NEXT_CONNECTION, OF_ONE, NULL, "the next connection, and the one before"},
    {'[', "[", COMMAND_PREVIOUS_CONNECTION, OF_ONE, NULL, NULL},
    {INPUT_UP, "Up", COMMAND_UP, EVERYWHERE, NULL, "up"},
    {'k', "k", COMMAND_UP, EVERYWHERE, NULL, NULL},
    {INPUT_DOWN, "Down", COMMAND_DOWN, EVERYWHERE, NULL, "down"},
    {'j', "j", COMMAND_DOWN, EVERYWHERE, NULL, NULL},
    {INPUT_LEFT, "Left", COMMAND_LEFT, EVERYWHERE, NULL,
     "hide the row's subflows; the packet before; time back"},
    {'h', "h", COMMAND_LEFT, EVERYWHERE, NULL, NULL},
    {INPUT_RIGHT, "Right", COMMAND_RIGHT, EVERYWHERE, NULL,
     "show the row's subflows; the next packet; time on"},
    {'l', "l", COMMAND_RIGHT, EVERYWHERE, NULL, NULL},
    {INPUT_PAGE_UP, "PgUp", COMMAND_PAGE_UP, EVERYWHERE, NULL, "a page up"},
    {INPUT_PAGE_DOWN, "PgDn", COMMAND_PAGE_DOWN, EVERYWHERE, NULL, "a page down"},
    {INPUT_HOME, "Home", COMMAND_HOME, EVERYWHERE, NULL, "the first row"},
    {'g', "g", COMMAND_HOME, EVERYWHERE, NULL, NULL},
    {INPUT_END, "End", COMMAND_END, EVERYWHERE, NULL, "the last row"},
    {'G', "G", COMMAND_END, EVERYWHERE, NULL, NULL},
    {INPUT_REDRAW, "Ctrl-L", COMMAND_REDRAW, EVERYWHERE, NULL, "draw the screen anew"},
    {F(10), "F10", COMMAND_QUIT, EVERYWHERE, "Quit", "quit"},
    {'q', "q", COMMAND_QUIT, EVERYWHERE, NULL, NULL},
};

static const struct {
    const char *title;
    const char *brief;
} titles[] = {
    [VIEW_CONNECTIONS] = {"Connections", "Conns"},
    [VIEW_CONNECTION]  = {"Connection",  "Conn"},
    [VIEW_PATHS]       = {"Paths",       "Paths"},
    [VIEW_LADDER]      = {"Ladder",      "Ladder"},
    [VIEW_DATA]        = {"Data",        "Data"},
    [VIEW_FINDINGS]    = {"Findings",    "Finds"},
    [VIEW_PACKET]      = {"Packet",      "Packet"},
    [VIEW_STATISTICS]  = {"Statistics",  "Stats"},
    [VIEW_HELP]        = {"Help",        "Help"},
};
/* clang-format on */
static_assert(sizeof titles / sizeof titles[0] == VIEW_COUNT, "a title for each view");

const struct key_row *key_rows(size_t *count)
{
    *count = sizeof rows / sizeof rows[0];
    return rows;
}

bool key_row_suits(const struct key_row *row, enum view_id view)
{
    return (row->views & IN(view)) != 0;
}

enum command key_command(int key, enum view_id view)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].key == key && key_row_suits(&rows[i], view)) {
            return rows[i].command;
        }
    }
    return COMMAND_NONE;
}

const char *view_title(enum view_id view)
{
    return titles[view].title;
}

const char *view_short_title(enum view_id view)
{
    return titles[view].brief;
}
