/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where the user stands, and where an input goes: to a prompt or menu if one is open, to the view
 * that is shown, or to what all views have in common.
 */
#include "cli/tui/ui.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cli/tui/chrome.h"
#include "cli/tui/dialogue.h"

static const struct view *const views[] = {
    [VIEW_CONNECTIONS] = &view_connections,
    [VIEW_CONNECTION] = &view_connection,
    [VIEW_PATHS] = &view_paths,
    [VIEW_LADDER] = &view_ladder,
    [VIEW_DATA] = &view_data,
    [VIEW_FINDINGS] = &view_findings,
    [VIEW_PACKET] = &view_packet,
    [VIEW_STATISTICS] = &view_statistics,
    [VIEW_HELP] = &view_help,
};
static_assert(sizeof views / sizeof views[0] == VIEW_COUNT, "all views");

const struct view *view_of(enum view_id id)
{
    return views[id];
}

/* ---- Life ----------------------------------------------------------------------------------- */

bool ui_open(struct ui *ui, struct model *model, const struct ui_settings *settings, int columns,
             int rows)
{
    *ui = (struct ui){
        .settings = *settings,
        .model = model,
        .grid = {.utf8 = settings->utf8},
        .packet = PACKET_NONE,
        .dirty = true,
    };
    return ui_resize(ui, columns, rows);
}

void ui_close(struct ui *ui)
{
    view_states_free(&ui->states);
    grid_free(&ui->grid);
}

bool ui_resize(struct ui *ui, int columns, int rows)
{
    ui->dirty = true;
    ui->redraw = true;
    return grid_resize(&ui->grid, columns, rows < GRID_ROWS_MAX ? rows : GRID_ROWS_MAX);
}

/* ---- Moving between views ------------------------------------------------------------------- */

void ui_go(struct ui *ui, enum view_id view)
{
    if (view == ui->view) {
        return;
    }
    if (ui->back_count == UI_BACK_MAX) {
        memmove(ui->back, ui->back + 1, sizeof ui->back - sizeof ui->back[0]);
        ui->back_count--;
    }
    ui->back[ui->back_count++] = ui->view;
    ui->view = view;
}

static void ui_back(struct ui *ui)
{
    if (ui->back_count > 0) {
        ui->view = ui->back[--ui->back_count];
    } else if (ui->view != VIEW_CONNECTIONS) {
        ui->view = VIEW_CONNECTIONS;
    }
}

void ui_choose(struct ui *ui, uint32_t connection)
{
    if (connection != ui->connection) {
        ui->connection = connection;
        ui->packet = PACKET_NONE;
        ui->states.pages[VIEW_CONNECTION].list = (struct list){.count = 0};
        ui->states.timeline = (struct timeline){.follow = ui->states.timeline.follow};
    }
}

static void ui_follow_packet(struct ui *ui, const struct mpta_place *place)
{
    uint64_t serial = packet_store_find(ui->model->packets, place);
    const struct packet *packet = packet_store_get(ui->model->packets, serial);
    if (packet == NULL) {
        ui_say(ui, STYLE_WARNING, "packet %llu is not kept: it is of no subflow, or too long ago",
               (unsigned long long)place->packet);
        return;
    }
    if (packet->fed.has_connection) {
        ui_choose(ui, packet->fed.connection);
    }
    ui->packet = serial;
    ui_go(ui, VIEW_PACKET);
}

void ui_follow(struct ui *ui, const struct target *target)
{
    switch (target->kind) {
    case TARGET_NONE:
        break;
    case TARGET_CONNECTION:
        ui_choose(ui, target->connection);
        ui_go(ui, VIEW_CONNECTION);
        break;
    case TARGET_SUBFLOW:
        ui_choose(ui, target->connection);
        ui_go(ui, VIEW_LADDER);
        break;
    case TARGET_PACKET:
        ui_follow_packet(ui, &target->place);
        break;
    case TARGET_VIEW:
        ui_go(ui, target->view);
        break;
    }
}

/* The connection beside the one that is shown, in the order of view 1 as far as it is there. */
static void ui_step_connection(struct ui *ui, int step)
{
    const struct roster *roster = &ui->states.connections.roster;
    size_t at = 0;
    while (at < roster->shown_count && roster->shown[at] != ui->connection) {
        at++;
    }
    if (step < 0 && at > 0) {
        ui_choose(ui, roster->shown[at - 1]);
    } else if (step > 0 && at + 1 < roster->shown_count) {
        ui_choose(ui, roster->shown[at + 1]);
    }
}

void ui_say(struct ui *ui, unsigned style, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(ui->notice, sizeof ui->notice, format, arguments);
    va_end(arguments);
    ui->notice_style = style;
    ui->dirty = true;
}

struct text_style ui_text_style(const struct ui *ui)
{
    return (struct text_style){.utf8 = ui->settings.utf8, .show_keys = ui->settings.show_keys};
}

/* ---- Commands ------------------------------------------------------------------------------- */

bool ui_can_pause(const struct ui *ui)
{
    return ui->settings.live && ui->progress.reading;
}

static void ui_pause(struct ui *ui)
{
    if (!ui_can_pause(ui)) {
        ui_say(ui, STYLE_NORMAL,
               ui->settings.live ? "the capture has ended" : "only a live capture can be paused");
        return;
    }
    ui->progress.paused = !ui->progress.paused;
}

static void ui_command_common(struct ui *ui, enum command command)
{
    switch ((int)command) {
    case COMMAND_QUIT:
        ui->quit = true;
        break;
    case COMMAND_BACK:
        ui_back(ui);
        break;
    case COMMAND_HELP:
        ui_go(ui, VIEW_HELP);
        break;
    case COMMAND_NEXT_TAB:
        ui_go(ui, (enum view_id)(((int)ui->view + 1) % VIEW_TABS));
        break;
    case COMMAND_PREVIOUS_TAB:
        ui_go(ui, (enum view_id)(((int)ui->view + VIEW_TABS - 1) % VIEW_TABS));
        break;
    case COMMAND_NEXT_CONNECTION:
        ui_step_connection(ui, 1);
        break;
    case COMMAND_PREVIOUS_CONNECTION:
        ui_step_connection(ui, -1);
        break;
    case COMMAND_PAUSE:
        ui_pause(ui);
        break;
    case COMMAND_REDRAW:
        ui->redraw = true;
        break;
    default:
        if (command >= COMMAND_TAB && command <= COMMAND_TAB_LAST) {
            ui_go(ui, (enum view_id)(command - COMMAND_TAB));
        }
        break;
    }
}

void ui_command(struct ui *ui, enum command command)
{
    /* In the help, q leads out of it. */
    if (ui->view == VIEW_HELP && (command == COMMAND_QUIT || command == COMMAND_HELP)) {
        command = COMMAND_BACK;
    }
    if (command != COMMAND_NONE && !dialogue_command(ui, command) &&
        !view_of(ui->view)->command(ui, command)) {
        ui_command_common(ui, command);
    }
}

/* ---- Input ---------------------------------------------------------------------------------- */

static void ui_key(struct ui *ui, int key)
{
    ui->notice[0] = '\0';
    if (ui->mode != UI_BROWSE) {
        dialogue_key(ui, key);
    } else {
        ui_command(ui, key_command(key, ui->view));
    }
}

static void ui_wheel(struct ui *ui, enum command command)
{
    if (ui->mode == UI_BROWSE) {
        for (int i = 0; i < 3; i++) {
            ui_command(ui, command);
        }
    }
}

static void ui_click(struct ui *ui, int column, int row)
{
    ui->notice[0] = '\0';
    if (ui->mode != UI_BROWSE) {
        dialogue_click(ui, column, row);
    } else if (!chrome_click(ui, column, row)) {
        struct area body = chrome_body(ui);
        view_of(ui->view)->click(ui, column - body.left, row - body.top);
    }
}

void ui_input(struct ui *ui, const struct input *input)
{
    ui->dirty = true;
    switch (input->kind) {
    case INPUT_NONE:
        break;
    case INPUT_KEY:
        ui_key(ui, input->key);
        break;
    case INPUT_CLICK:
        ui_click(ui, input->column, input->row);
        break;
    case INPUT_WHEEL_UP:
        ui_wheel(ui, COMMAND_UP);
        break;
    case INPUT_WHEEL_DOWN:
        ui_wheel(ui, COMMAND_DOWN);
        break;
    case INPUT_RESIZE:
        ui->quit |= !ui_resize(ui, input->column, input->row);
        break;
    case INPUT_GONE:
        ui->quit = true;
        break;
    }
}

/* Whichever view is shown, view 1 is to have all of them when the user comes back to it. */
static void ui_take_changes(struct ui *ui)
{
    roster_update(&ui->states.connections.roster, ui->model);
    model_settle(ui->model);
}

void ui_draw(struct ui *ui)
{
    ui_take_changes(ui);
    grid_clear(&ui->grid);
    ui->status[0] = '\0';
    view_of(ui->view)->draw(ui, chrome_body(ui));
    dialogue_draw(ui, chrome_body(ui));
    chrome_draw(ui);
    ui->dirty = false;
}

void view_states_free(struct view_states *states)
{
    for (int view = 0; view < VIEW_COUNT; view++) {
        page_free(&states->pages[view]);
    }
    roster_free(&states->connections.roster);
    page_free(&states->connections.pane);
    free(states->findings.matches);
    ladder_free(&states->ladder.ladder);
    raster_free(&states->data.raster);
}
