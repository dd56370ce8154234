/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A text that is longer than the screen: lines of cells, made once as wide as the screen is, and
 * shown as far as they are visible. A line may lead somewhere.
 */
#ifndef CLI_TUI_PAGE_H
#define CLI_TUI_PAGE_H

#include "cli/tui/cells.h"
#include "cli/tui/list.h"

/* More lines than this a page does not get; who fills it counts on its own what it leaves out. */
#define PAGE_LINES_MAX 20000

enum target_kind {
    TARGET_NONE,
    TARGET_CONNECTION,
    TARGET_SUBFLOW, /* of a connection */
    TARGET_PACKET,
    TARGET_VIEW,
};

/* Where a line leads. */
struct target {
    enum target_kind kind;
    uint32_t connection;
    uint32_t subflow;
    struct mpta_place place; /* TARGET_PACKET */
    enum view_id view;       /* TARGET_VIEW */
};

/* All zero is an empty page. */
struct page {
    struct grid grid; /* its lines; those from `lines` on are spare */
    int lines;
    struct target *targets; /* one for each line of the grid */
    struct list list;
};

/* Empties a page for lines of so many columns; the cursor stays where it is. */
void page_begin(struct page *page, int columns, bool utf8);

/* A new blank line at the end. An area without rows where there is no room or no memory for it. */
struct area page_line(struct page *page);

/* Where the newest line leads. */
void page_lead(struct page *page, const struct target *target);

/* Writes words on as many lines as they take; all but the first begin at `indent`. The first is
 * written where `column` of the newest line is. */
void page_wrap(struct page *page, int column, int indent, unsigned style, const char *words);

/* Shows the part of it where the cursor is. */
void page_draw(struct page *page, struct area area);

/* Shows it from its begin, without a cursor. */
void page_show(const struct page *page, struct area area);

/* Where the line of the cursor leads. */
struct target page_target(const struct page *page);

/* Moves the cursor to the next line, in steps of 1 or -1, that holds a text, regardless of case.
 * False if none does. from_here: the line of the cursor may be the one. */
bool page_search(struct page *page, const char *text, int step, bool from_here);

void page_free(struct page *page);

#endif
