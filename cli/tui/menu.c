/* SPDX-License-Identifier: BSD-3-Clause */
/* Menus. */
#include "cli/tui/menu.h"

#include <stdarg.h>

void menu_start(struct menu *menu, const char *title)
{
    *menu = (struct menu){.title = title};
}

void menu_add(struct menu *menu, int value, const char *format, ...)
{
    va_list arguments;
    if (menu->list.count == MENU_ITEMS_MAX) {
        return;
    }
    va_start(arguments, format);
    vsnprintf(menu->items[menu->list.count], MENU_ITEM_MAX, format, arguments);
    va_end(arguments);
    menu->values[menu->list.count++] = value;
}

static int menu_width(const struct menu *menu)
{
    int width = text_columns(menu->title);
    for (size_t i = 0; i < menu->list.count; i++) {
        int columns = text_columns(menu->items[i]);
        width = columns > width ? columns : width;
    }
    return width + 2;
}

/* A line on the right and below, so that it does not run into what is behind it. */
static void draw_frame(struct area box)
{
    for (int row = 1; row + 1 < box.rows; row++) {
        area_put(box, box.columns - 1, row, STYLE_FAINT, 0x2502);
    }
    for (int column = 0; column + 1 < box.columns; column++) {
        area_put(box, column, box.rows - 1, STYLE_FAINT, 0x2500);
    }
    area_put(box, box.columns - 1, box.rows - 1, STYLE_FAINT, 0x2518);
}

void menu_draw(struct menu *menu, struct area area)
{
    struct area box = area_rows(area, 0, (int)menu->list.count + 2);
    box = area_columns(box, 0, menu_width(menu) + 1);
    bool framed = box.rows > (int)menu->list.count + 1;
    for (int row = 0; row < box.rows; row++) {
        area_fill(box, row, row == 0 ? STYLE_HEAD : STYLE_NORMAL);
    }
    if (framed) {
        draw_frame(box);
    }
    area_field(box, 1, 0, box.columns - 1, STYLE_HEAD, menu->title);
    menu->box = area_columns(area_rows(box, 1, box.rows - 1 - framed), 0, box.columns - 1);
    list_fit(&menu->list, menu->list.count, (size_t)menu->box.rows);
    for (int row = 0; row < menu->box.rows; row++) {
        size_t item;
        if (list_hit(&menu->list, row, &item)) {
            area_field(menu->box, 1, row, menu->box.columns - 1, STYLE_NORMAL, menu->items[item]);
            area_overlay(menu->box, row, item == menu->list.cursor ? STYLE_SELECTED : 0);
        }
    }
}

int menu_value(const struct menu *menu)
{
    return menu->values[menu->list.cursor];
}
