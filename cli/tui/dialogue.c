/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Prompts and menus. Search and filter work while one writes; Enter keeps what was found, Esc goes
 * back to what was before.
 */
#include "cli/tui/dialogue.h"

#include <inttypes.h>
#include <string.h>

#include "cli/tui/save.h"
#include "cli/tui/ui.h"

/* ---- Search --------------------------------------------------------------------------------- */

static void search_go(struct ui *ui, int step, bool from_here)
{
    const struct view *view = view_of(ui->view);
    if (ui->search[0] != '\0' &&
        (view->search == NULL || !view->search(ui, ui->search, step, from_here))) {
        ui_say(ui, STYLE_WARNING, "not found: %.200s", ui->search);
    }
}

static void search_key(struct ui *ui, int key)
{
    enum command command = key >= INPUT_F1 ? key_command(key, ui->view) : COMMAND_NONE;
    if (command == COMMAND_SEARCH) {
        search_go(ui, 1, false);
        return;
    }
    enum prompt_result result = prompt_key(&ui->prompt, key);
    ui->mode = result == PROMPT_EDITED ? UI_SEARCH : UI_BROWSE;
    if (result == PROMPT_EDITED && strcmp(ui->search, ui->prompt.text) != 0) {
        snprintf(ui->search, sizeof ui->search, "%s", ui->prompt.text);
        search_go(ui, 1, true);
    }
}

/* ---- Filter --------------------------------------------------------------------------------- */

static const char *filter_of(const struct ui *ui)
{
    return ui->view == VIEW_FINDINGS ? ui->states.findings.filter
                                     : ui->states.connections.roster.filter;
}

static void filter_set(struct ui *ui, const char *filter)
{
    struct findings_state *findings = &ui->states.findings;
    if (ui->view == VIEW_CONNECTIONS) {
        roster_filter(&ui->states.connections.roster, filter);
        return;
    }
    snprintf(findings->filter, sizeof findings->filter, "%s", filter);
    findings->columns = 0;
    findings->match_count = 0;
    findings->matched = 0;
}

static void filter_key(struct ui *ui, int key)
{
    enum prompt_result result = prompt_key(&ui->prompt, key);
    ui->mode = result == PROMPT_EDITED ? UI_FILTER : UI_BROWSE;
    if (result == PROMPT_LEFT) {
        filter_set(ui, "");
    } else if (strcmp(filter_of(ui), ui->prompt.text) != 0) {
        filter_set(ui, ui->prompt.text);
    }
}

/* ---- Sort ----------------------------------------------------------------------------------- */

static void sort_open(struct ui *ui)
{
    menu_start(&ui->menu, "Sort by");
    for (int order = 0; order < ROSTER_ORDER_COUNT; order++) {
        menu_add(&ui->menu, order, "%s", roster_order_name((enum roster_order)order));
    }
    list_go(&ui->menu.list, ui->states.connections.roster.order);
    ui->mode = UI_SORT;
}

static void sort_choose(struct ui *ui, int order)
{
    roster_sort(&ui->states.connections.roster, (enum roster_order)order,
                roster_order_is_descending(order));
    ui->mode = UI_BROWSE;
}

/* ---- Save ----------------------------------------------------------------------------------- */

static void save_open(struct ui *ui)
{
    size_t tagged = roster_tag_count(&ui->states.connections.roster);
    menu_start(&ui->menu, "Save");
    if (tagged > 0) {
        menu_add(&ui->menu, SAVE_PACKETS, "packets of %zu tagged connection%s, pcapng", tagged,
                 tagged == 1 ? "" : "s");
    } else if (ui->model->connection_count > 0) {
        menu_add(&ui->menu, SAVE_PACKETS, "packets of connection %" PRIu32 ", pcapng",
                 ui->connection);
    }
    size_t shown = ui->states.connections.roster.shown_count;
    if (ui->view == VIEW_CONNECTIONS && shown > 1) {
        menu_add(&ui->menu, SAVE_SHOWN, "packets of all %zu connections shown, pcapng", shown);
    }
    menu_add(&ui->menu, SAVE_VIEW, "this view, text");
    menu_add(&ui->menu, SAVE_TEXT, "the whole report, text");
    menu_add(&ui->menu, SAVE_JSON, "the whole report, JSON");
    ui->mode = UI_SAVE;
}

static void save_choose(struct ui *ui, int form)
{
    char path[64];
    ui->save_form = form;
    save_path(ui, (enum save_form)form, path, sizeof path);
    prompt_start(&ui->prompt, path);
    ui->mode = UI_SAVE_PATH;
}

static void save_now(struct ui *ui)
{
    ui->mode = UI_BROWSE;
    save_write(ui, (enum save_form)ui->save_form, ui->prompt.text);
}

static void save_key(struct ui *ui, int key)
{
    enum prompt_result result = prompt_key(&ui->prompt, key);
    if (result == PROMPT_LEFT || (result == PROMPT_DONE && ui->prompt.length == 0)) {
        ui->mode = UI_BROWSE;
    } else if (result == PROMPT_DONE && save_exists(ui->prompt.text)) {
        ui->mode = UI_OVERWRITE;
    } else if (result == PROMPT_DONE) {
        save_now(ui);
    }
}

static void overwrite_key(struct ui *ui, int key)
{
    if (key == 'y' || key == 'Y') {
        save_now(ui);
    } else {
        ui->mode = UI_SAVE_PATH;
    }
}

/* ---- Menus ---------------------------------------------------------------------------------- */

static void menu_choose(struct ui *ui)
{
    int value = menu_value(&ui->menu);
    if (ui->mode == UI_SORT) {
        sort_choose(ui, value);
    } else {
        save_choose(ui, value);
    }
}

static void menu_key(struct ui *ui, int key)
{
    enum command command = key_command(key, VIEW_CONNECTIONS);
    if (command == COMMAND_ENTER) {
        menu_choose(ui);
    } else if (command == COMMAND_BACK || command == COMMAND_QUIT || command == COMMAND_LEFT) {
        ui->mode = UI_BROWSE;
    } else {
        list_command(&ui->menu.list, command);
    }
}

/* ---- Doors ---------------------------------------------------------------------------------- */

bool dialogue_command(struct ui *ui, enum command command)
{
    switch ((int)command) {
    case COMMAND_SEARCH:
        prompt_start(&ui->prompt, "");
        ui->search[0] = '\0';
        ui->mode = UI_SEARCH;
        return true;
    case COMMAND_SEARCH_NEXT:
        search_go(ui, 1, false);
        return true;
    case COMMAND_SEARCH_PREVIOUS:
        search_go(ui, -1, false);
        return true;
    case COMMAND_FILTER:
        prompt_start(&ui->prompt, filter_of(ui));
        ui->mode = UI_FILTER;
        return true;
    case COMMAND_SORT:
        sort_open(ui);
        return true;
    case COMMAND_SAVE:
        save_open(ui);
        return true;
    default:
        return false;
    }
}

void dialogue_key(struct ui *ui, int key)
{
    switch (ui->mode) {
    case UI_BROWSE:
        break;
    case UI_SEARCH:
        search_key(ui, key);
        break;
    case UI_FILTER:
        filter_key(ui, key);
        break;
    case UI_SORT:
    case UI_SAVE:
        menu_key(ui, key);
        break;
    case UI_SAVE_PATH:
        save_key(ui, key);
        break;
    case UI_OVERWRITE:
        overwrite_key(ui, key);
        break;
    }
}

void dialogue_click(struct ui *ui, int column, int row)
{
    const struct area *box = &ui->menu.box;
    size_t item;
    if (ui->mode != UI_SORT && ui->mode != UI_SAVE) {
        return;
    }
    if (column >= box->left && column < box->left + box->columns &&
        list_hit(&ui->menu.list, row - box->top, &item)) {
        list_go(&ui->menu.list, item);
        menu_choose(ui);
    } else {
        ui->mode = UI_BROWSE;
    }
}

void dialogue_draw(struct ui *ui, struct area body)
{
    if (ui->mode == UI_SORT || ui->mode == UI_SAVE) {
        menu_draw(&ui->menu, body);
    }
}

/* Which words there are, until the first one is written. */
static void filter_draw(const struct ui *ui, struct area line)
{
    static const char label[] = "Filter: ";
    const char *words = ui->view == VIEW_FINDINGS
                            ? "as error, join, 10.0.0.1; !word: not this"
                            : "as open, v1, 10.0.0.1, fallback, error, join; !word: not this";
    prompt_draw(&ui->prompt, line, label);
    if (ui->prompt.length == 0) {
        area_text(line, (int)sizeof label + 1, 0, STYLE_FAINT, words);
    }
}

bool dialogue_draw_line(const struct ui *ui, struct area line)
{
    switch (ui->mode) {
    case UI_SEARCH:
        prompt_draw(&ui->prompt, line, ui->notice[0] != '\0' ? "Not found: " : "Search: ");
        return true;
    case UI_FILTER:
        filter_draw(ui, line);
        return true;
    case UI_SAVE_PATH:
        prompt_draw(&ui->prompt, line, "Save as: ");
        return true;
    case UI_OVERWRITE:
        area_print(line, 0, 0, STYLE_WARNING, "%s is there already: overwrite it? y/n",
                   ui->prompt.text);
        return true;
    case UI_BROWSE:
    case UI_SORT:
    case UI_SAVE:
        break;
    }
    return false;
}
