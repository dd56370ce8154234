/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * View 5: which subflow carried which part of the data when. Time goes to the right, offsets in the
 * data stream go up, each subflow has its mark; below its data runs the line of DATA_ACKs.
 */
#include <inttypes.h>
#include <string.h>

#include "cli/tui/glyph.h"
#include "cli/tui/time_axis.h"
#include "cli/tui/ui.h"
#include "cli/tui/words.h"
#include "cli/units.h"

#define LABEL_COLUMNS 10
#define STATE_COLUMNS 45 /* what the cursor tells in full */
#define WORDS_WIDE    "  at the cursor: subflow %" PRIu32 ", up to %s"
#define WORDS_BRIEF   "  #%" PRIu32 ", %s"

struct map {
    struct ui *ui;
    struct raster *raster;
    bool holes;     /* octets are missing in this direction */
    bool forgotten; /* packets of the time that is shown have given way */
};

/* ---- Drawing -------------------------------------------------------------------------------- */

static void draw_point(struct area area, int column, int row, const struct raster_point *point)
{
    switch ((enum raster_mark)point->mark) {
    case RASTER_NOTHING:
        break;
    case RASTER_ACK:
        area_put(area, column, row, STYLE_FAINT, 0x2500);
        break;
    case RASTER_DATA:
        area_put(area, column, row, style_of_subflow(point->subflow),
                 glyph_subflow(point->subflow));
        break;
    case RASTER_AGAIN:
        area_put(area, column, row, STYLE_WARNING, 'r');
        break;
    case RASTER_REINJECTED:
        area_put(area, column, row, STYLE_WARNING, 'R');
        break;
    }
}

/* Offsets at the top, in the middle and at the bottom; a mark where no packet had the data. */
static void draw_scale(const struct map *map, struct area scale)
{
    int step = scale.rows > 8 ? 4 : scale.rows > 1 ? scale.rows - 1 : 1;
    for (int row = 0; row < scale.rows; row++) {
        char text[UNITS_TEXT_MAX];
        int64_t offset = raster_offset(map->raster, row + 1);
        if (row % step == 0 || row == scale.rows - 1) {
            units_bytes(offset > 0 ? (uint64_t)offset : 0, text);
            area_field_right(scale, 0, row, LABEL_COLUMNS - 2, STYLE_FAINT, text);
        }
        if (map->holes && !map->raster->covered[row]) {
            area_put(scale, LABEL_COLUMNS - 1, row, STYLE_ERROR, '?');
        } else {
            area_put(scale, LABEL_COLUMNS - 1, row, STYLE_FAINT, 0x2502);
        }
    }
}

/* What had been sent and acknowledged when the cursor's column ended, as far as it is shown. */
static void draw_state(const struct map *map, struct area row, int left)
{
    const struct raster *raster = map->raster;
    int cursor = timeline_cursor_column(&map->ui->states.timeline);
    char text[UNITS_TEXT_MAX];
    for (int line = 0; line < raster->shape.rows; line++) {
        const struct raster_point *point = raster_at(raster, cursor, line);
        if (point->mark >= RASTER_DATA) {
            int64_t offset = raster_offset(raster, line); /* the upper edge: it was sent */
            bool wide = row.columns - left >= STATE_COLUMNS;
            units_bytes(offset > 0 ? (uint64_t)offset : 0, text);
            area_print(row, left, 0, STYLE_NORMAL, wide ? WORDS_WIDE : WORDS_BRIEF, point->subflow,
                       text);
            return;
        }
    }
}

static void draw_map(const struct map *map, struct area body)
{
    struct area field = area_columns(body, LABEL_COLUMNS, body.columns);
    draw_scale(map, body);
    for (int row = 0; row < field.rows; row++) {
        for (int column = 0; column < field.columns; column++) {
            draw_point(field, column, row, raster_at(map->raster, column, row));
        }
    }
    struct area cursor = area_columns(field, timeline_cursor_column(&map->ui->states.timeline), 1);
    for (int row = 0; row < cursor.rows; row++) {
        area_overlay(cursor, row, STYLE_SELECTED);
    }
}

static void map_words(const struct map *map, char *text, size_t size)
{
    snprintf(text, size, "%s DATA_ACK  R reinjected  r again%s",
             map->ui->settings.utf8 ? "\u2500" : "-", map->holes ? "  ? not captured" : "");
}

/* A row above the map, where its beginning is not there. */
static int draw_forgotten(struct map *map, struct area row)
{
    const struct ui *ui = map->ui;
    struct text_line line;
    int64_t before_ns;
    text_line_start(&line);
    map->forgotten = model_forgot(ui->model, ui->connection, &before_ns) &&
                     timeline_time(&ui->states.timeline, 0) < before_ns &&
                     words_forgotten(ui->model, ui->connection, &line);
    area_field(row, LABEL_COLUMNS, 0, row.columns - LABEL_COLUMNS, STYLE_WARNING, line.text);
    return map->forgotten;
}

static void draw_all(struct map *map, struct area area)
{
    bool legend = area.rows >= 12;
    int head = 1 + (area.rows > 4 ? draw_forgotten(map, area_rows(area, 1, 1)) : 0);
    struct area body = area_rows(area, head, area.rows - head - 1 - legend);
    const struct timeline *timeline = &map->ui->states.timeline;
    const struct raster_shape shape = {
        .connection = map->ui->connection,
        .by = map->ui->states.direction,
        .columns = timeline->columns,
        .rows = body.rows,
        .begin_ns = timeline->begin_ns,
        .span_ns = timeline->span_ns,
    };
    int left = time_direction_draw(map->ui, area_rows(area, 0, 1));
    time_axis_draw(map->ui, area_rows(area, head + body.rows, 1), LABEL_COLUMNS);
    if (legend) {
        char words[128];
        map_words(map, words, sizeof words);
        time_legend_draw(map->ui, area_rows(area, area.rows - 1, 1), words);
    }
    if (body.rows < 1 || !raster_update(map->raster, map->ui->model->packets, &shape, timeline,
                                        map->ui->model->generation)) {
        return;
    }
    if (map->raster->any) {
        draw_map(map, body);
        draw_state(map, area_rows(area, 0, 1), left);
    } else {
        area_text(body, LABEL_COLUMNS, 0, STYLE_FAINT,
                  map->forgotten ? "no data of this time in the packets that are kept"
                                 : "no data in this direction here");
    }
}

/* ---- The view ------------------------------------------------------------------------------- */

static void data_draw(struct ui *ui, struct area area)
{
    struct map map = {.ui = ui, .raster = &ui->states.data.raster};
    struct mpta_connection connection;
    int columns = area.columns - LABEL_COLUMNS;
    ui->states.data.left = LABEL_COLUMNS;
    ui->states.data.columns = columns;
    if (!time_axis_fit(ui, columns) ||
        !mpta_tracker_connection(model_tracker(ui->model), ui->connection, &connection)) {
        area_text(area, 1, 0, STYLE_FAINT, "No MPTCP connection");
        return;
    }
    /* What is too long ago to be kept is not missing. */
    map.holes = connection.streams[ui->states.direction].missing_bytes > 0 &&
                packet_store_first(ui->model->packets) == 0;
    draw_all(&map, area);
}

static bool data_command(struct ui *ui, enum command command)
{
    return time_command(ui, command);
}

static void data_click(struct ui *ui, int column, int row)
{
    const struct data_state *state = &ui->states.data;
    (void)row;
    if (column >= state->left && column < state->left + state->columns) {
        timeline_go(&ui->states.timeline, column - state->left);
    }
}

static size_t data_rows(const struct ui *ui)
{
    return (size_t)ui->states.data.raster.shape.rows + 4;
}

const struct view view_data = {
    .draw = data_draw,
    .command = data_command,
    .click = data_click,
    .rows = data_rows,
    .of_connection = true,
};
