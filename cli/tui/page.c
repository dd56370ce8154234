/* SPDX-License-Identifier: BSD-3-Clause */
/* Pages: a grid that grows downwards, and a window on it. */
#include "cli/tui/page.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/text_wrap.h"

#define FIRST_LINES 64

void page_begin(struct page *page, int columns, bool utf8)
{
    page->lines = 0;
    if (page->grid.columns != columns || page->grid.utf8 != utf8) {
        grid_free(&page->grid);
        page->grid.utf8 = utf8;
        page->grid.columns = columns;
    }
}

/* Room for one line more. */
static bool page_reserve(struct page *page)
{
    int rows = page->grid.rows < FIRST_LINES ? FIRST_LINES : 2 * page->grid.rows;
    if (page->lines < page->grid.rows) {
        return true;
    }
    if (page->lines >= PAGE_LINES_MAX) {
        return false;
    }
    struct target *targets = reallocarray(page->targets, (size_t)rows, sizeof *targets);
    if (targets == NULL) {
        return false;
    }
    page->targets = targets;
    return grid_resize(&page->grid, page->grid.columns, rows);
}

struct area page_line(struct page *page)
{
    if (!page_reserve(page)) {
        return (struct area){.grid = &page->grid};
    }
    struct area line = area_rows(grid_area(&page->grid), page->lines, 1);
    area_fill(line, 0, STYLE_NORMAL);
    page->targets[page->lines++] = (struct target){.kind = TARGET_NONE};
    return line;
}

void page_lead(struct page *page, const struct target *target)
{
    if (page->lines > 0) {
        page->targets[page->lines - 1] = *target;
    }
}

static struct area page_newest(struct page *page)
{
    return area_rows(grid_area(&page->grid), page->lines - 1, 1);
}

void page_wrap(struct page *page, int column, int indent, unsigned style, const char *words)
{
    struct area line = page->lines > 0 ? page_newest(page) : page_line(page);
    struct target target = page_target(page);
    words += strspn(words, " ");
    if (page->lines > 0) {
        target = page->targets[page->lines - 1];
    }
    while (*words != '\0' && line.rows > 0) {
        int room = line.columns - column;
        size_t length = text_fit(words, room > 0 ? (size_t)room : 1);
        area_print(line, column, 0, style, "%.*s", (int)length, words);
        words += length;
        words += strspn(words, " ");
        column = indent;
        if (*words != '\0') {
            line = page_line(page);
            page_lead(page, &target);
        }
    }
}

static void page_copy_line(const struct page *page, size_t line, struct area area, int row)
{
    const struct cell *from = &page->grid.cells[line * (size_t)page->grid.columns];
    struct cell *to =
        &area.grid
             ->cells[(size_t)(area.top + row) * (size_t)area.grid->columns + (size_t)area.left];
    int columns = area.columns < page->grid.columns ? area.columns : page->grid.columns;
    memcpy(to, from, (size_t)columns * sizeof *to);
}

void page_show(const struct page *page, struct area area)
{
    for (int row = 0; row < area.rows && row < page->lines; row++) {
        page_copy_line(page, (size_t)row, area, row);
    }
}

void page_draw(struct page *page, struct area area)
{
    list_fit(&page->list, (size_t)page->lines, (size_t)area.rows);
    for (int row = 0; row < area.rows; row++) {
        size_t line;
        if (list_hit(&page->list, row, &line)) {
            page_copy_line(page, line, area, row);
            area_overlay(area, row, line == page->list.cursor ? STYLE_SELECTED : 0);
        }
    }
}

struct target page_target(const struct page *page)
{
    return page->list.cursor < (size_t)page->lines ? page->targets[page->list.cursor]
                                                   : (struct target){.kind = TARGET_NONE};
}

/* The text of a line, with a '?' for what is not ASCII. */
static void line_text(const struct page *page, size_t line, char *text)
{
    const struct cell *cells = &page->grid.cells[line * (size_t)page->grid.columns];
    for (int column = 0; column < page->grid.columns; column++) {
        text[column] = '?';
        if (cells[column].text[1] == '\0') {
            text[column] = cells[column].text[0];
        }
    }
    text[page->grid.columns] = '\0';
}

bool page_search(struct page *page, const char *text, int step, bool from_here)
{
    char line[GRID_COLUMNS_MAX + 1];
    size_t count = (size_t)page->lines;
    for (size_t i = from_here ? 0 : 1; i < count + !from_here; i++) {
        size_t at = (page->list.cursor + (step > 0 ? i : count - i)) % count;
        line_text(page, at, line);
        if (strcasestr(line, text) != NULL) {
            list_go(&page->list, at);
            return true;
        }
    }
    return false;
}

void page_free(struct page *page)
{
    grid_free(&page->grid);
    free(page->targets);
    *page = (struct page){.lines = 0};
}
