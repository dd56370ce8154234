/* SPDX-License-Identifier: BSD-3-Clause */
/* The arithmetic of scrolling. The cursor is always visible, and the rows fill the height if there
 * are enough of them. */
#include "cli/tui/list.h"

#include <stdio.h>

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static void list_settle(struct list *list)
{
    size_t height = list->height > 0 ? list->height : 1;
    size_t last_top = list->count > height ? list->count - height : 0;
    if (list->cursor >= list->count) {
        list->cursor = list->count > 0 ? list->count - 1 : 0;
    }
    if (list->cursor < list->top) {
        list->top = list->cursor;
    }
    if (list->cursor - list->top >= height) {
        list->top = list->cursor - height + 1;
    }
    list->top = smaller(list->top, last_top);
}

void list_fit(struct list *list, size_t count, size_t height)
{
    list->count = count;
    list->height = height;
    if (list->follow && count > 0) {
        list->cursor = count - 1;
    }
    list_settle(list);
}

void list_go(struct list *list, size_t row)
{
    list->cursor = row;
    list_settle(list);
}

static void list_back(struct list *list, size_t rows)
{
    list->follow = false;
    list_go(list, list->cursor - smaller(list->cursor, rows));
}

static void list_forward(struct list *list, size_t rows)
{
    size_t left = list->count > 0 ? list->count - 1 - list->cursor : 0;
    list_go(list, list->cursor + smaller(left, rows));
}

bool list_command(struct list *list, enum command command)
{
    size_t page = list->height > 1 ? list->height - 1 : 1;
    switch ((int)command) {
    case COMMAND_UP:
        list_back(list, 1);
        return true;
    case COMMAND_DOWN:
        list_forward(list, 1);
        return true;
    case COMMAND_PAGE_UP:
        list->top -= smaller(list->top, page);
        list_back(list, page);
        return true;
    case COMMAND_PAGE_DOWN:
        list->top += page;
        list_forward(list, page);
        return true;
    case COMMAND_HOME:
        list_back(list, list->cursor);
        return true;
    case COMMAND_END:
        list_forward(list, list->count);
        return true;
    case COMMAND_FOLLOW:
        list->follow = !list->follow;
        list_fit(list, list->count, list->height);
        return true;
    default:
        return false;
    }
}

bool list_hit(const struct list *list, int line, size_t *row)
{
    if (line < 0 || (size_t)line >= list->height || list->top + (size_t)line >= list->count) {
        return false;
    }
    *row = list->top + (size_t)line;
    return true;
}

void list_place(const struct list *list, const char *kind, char text[LIST_PLACE_MAX])
{
    snprintf(text, LIST_PLACE_MAX, "%s%s%zu/%zu", kind, *kind != '\0' ? " " : "",
             list->count > 0 ? list->cursor + 1 : 0, list->count);
}
