/* SPDX-License-Identifier: BSD-3-Clause */
/* Directions, axes and legends of graphs over time. */
#include "cli/tui/time_axis.h"

#include <inttypes.h>

#include "cli/tui/glyph.h"
#include "cli/tui/ui.h"
#include "cli/tui/words.h"

#define LEGEND_SUBFLOWS 16
#define WIDE            60 /* where the screen is narrower, the line of keys must do */

bool time_axis_fit(struct ui *ui, int columns)
{
    struct mpta_connection connection;
    if (!mpta_tracker_connection(model_tracker(ui->model), ui->connection, &connection)) {
        return false;
    }
    timeline_fit(&ui->states.timeline, connection.start_ns, connection.end_ns, columns,
                 !ui->model->finished);
    return true;
}

static void time_words(const struct ui *ui, int64_t time_ns, struct text_line *line)
{
    text_line_start(line);
    words_since(ui->model->first_ns, time_ns, line);
}

void time_axis_draw(const struct ui *ui, struct area row, int left)
{
    const struct timeline *timeline = &ui->states.timeline;
    struct area axis = area_columns(row, left, timeline->columns);
    struct text_line begin;
    struct text_line end;
    struct text_line words;
    int cursor = timeline_cursor_column(timeline);
    time_words(ui, timeline_time(timeline, 0), &begin);
    time_words(ui, timeline_time(timeline, timeline->columns), &end);
    time_words(ui, timeline_cursor_time(timeline), &words);
    text_line_add(&words, " s");
    int width = text_columns(words.text) + 2;
    int at = cursor - width / 2;
    at = at + width > axis.columns ? axis.columns - width : at;
    at = at < 0 ? 0 : at;
    if (text_columns(begin.text) <= at) { /* or the cursor's time takes its place */
        area_text(axis, 0, 0, STYLE_FAINT, begin.text);
    }
    if (at + width + text_columns(end.text) <= axis.columns) {
        area_field_right(axis, 0, 0, axis.columns, STYLE_FAINT, end.text);
    }
    area_print(axis, at, 0, STYLE_NORMAL, " %s ", words.text);
    area_overlay(area_columns(axis, at, width), 0, STYLE_SELECTED);
}

void time_legend_draw(const struct ui *ui, struct area row, const char *more)
{
    struct text_style style = ui_text_style(ui);
    const struct text text = {ui->model->report, &style, NULL};
    struct mpta_subflow subflow;
    int column = 0;
    for (size_t i = 0; i < LEGEND_SUBFLOWS && column < row.columns &&
                       mpta_tracker_subflow(model_tracker(ui->model), ui->connection, i, &subflow);
         i++) {
        char client[MPTA_ADDRESS_TEXT_MAX];
        char server[MPTA_ADDRESS_TEXT_MAX];
        unsigned paint = style_of_subflow(subflow.id);
        mpta_address_format(&subflow.ends[MPTA_CLIENT].address, client, sizeof client);
        mpta_address_format(&subflow.ends[MPTA_SERVER].address, server, sizeof server);
        area_put(row, column, 0, paint, glyph_subflow(subflow.id));
        column = area_print(row, column + 1, 0, paint, "%" PRIu32, subflow.id);
        column = area_print(row, column + 1, 0, STYLE_FAINT, "%s%s%s", client,
                            text_arrow(&text, MPTA_CLIENT), server) +
                 2;
    }
    area_field_right(row, column, 0, row.columns - column, STYLE_FAINT, more);
}

int time_direction_draw(const struct ui *ui, struct area row)
{
    struct text_style style = ui_text_style(ui);
    const struct text text = {ui->model->report, &style, NULL};
    enum mpta_side side = ui->states.direction;
    int column = area_print(row, 0, 0, STYLE_STRONG, "%s data of the %s", text_arrow(&text, side),
                            words_side(side));
    return row.columns >= WIDE ? area_text(row, column, 0, STYLE_FAINT, " (d: other)") : column;
}

/* The first packet of the connection at a time or after it. */
static uint64_t packet_at(const struct ui *ui, int64_t time_ns)
{
    const struct packet_store *store = ui->model->packets;
    uint64_t serial = packet_store_first_of(store, ui->connection);
    const struct packet *packet;
    while ((packet = packet_store_get(store, serial)) != NULL && packet->place.time_ns < time_ns &&
           packet->next != PACKET_NONE) {
        serial = packet->next;
    }
    return serial;
}

bool time_command(struct ui *ui, enum command command)
{
    if (command == COMMAND_ENTER) {
        uint64_t serial = packet_at(ui, timeline_cursor_time(&ui->states.timeline));
        if (serial != PACKET_NONE) {
            ladder_show(ui, serial);
        }
        return true;
    }
    if (command == COMMAND_DIRECTION) {
        ui->states.direction = ui->states.direction == MPTA_CLIENT ? MPTA_SERVER : MPTA_CLIENT;
        return true;
    }
    return timeline_command(&ui->states.timeline, command);
}
