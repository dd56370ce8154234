/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A short list to choose from, in a box over the screen.
 */
#ifndef CLI_TUI_MENU_H
#define CLI_TUI_MENU_H

#include "cli/tui/cells.h"
#include "cli/tui/list.h"

#define MENU_ITEMS_MAX 16
#define MENU_ITEM_MAX  64

struct menu {
    const char *title; /* borrowed */
    char items[MENU_ITEMS_MAX][MENU_ITEM_MAX];
    int values[MENU_ITEMS_MAX]; /* what choosing an item means, to who asked */
    struct list list;
    struct area box; /* where it was drawn, for the mouse */
};

void menu_start(struct menu *menu, const char *title);
void menu_add(struct menu *menu, int value, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

void menu_draw(struct menu *menu, struct area area);

/* The item on which the user stands. */
int menu_value(const struct menu *menu);

#endif
