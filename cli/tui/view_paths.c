/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * View 3: what each subflow did over time, in strips one below the other, so that neither colours
 * nor crossing lines are needed to tell them apart: throughput, round trips, data in flight, data
 * sent again. Strips of one measure have one scale.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/tui/glyph.h"
#include "cli/tui/time_axis.h"
#include "cli/tui/ui.h"
#include "cli/units.h"

#define SUBFLOWS_MAX   32
#define LABEL_COLUMNS  6
#define VALUE_COLUMNS  12
#define VALUE_BRIEF    6  /* without units, */
#define WIDE           60 /* where the screen is narrower */
#define STRIP_ROWS_MAX 16

enum measure {
    MEASURE_THROUGHPUT,
    MEASURE_RTT,
    MEASURE_IN_FLIGHT,
    MEASURE_REINJECTED,
    MEASURE_RETRANSMITTED,
    MEASURE_REMAPPED,
};
#define MEASURE_COUNT 6

static const char *const measure_titles[MEASURE_COUNT] = {
    [MEASURE_THROUGHPUT] = "Goodput",          [MEASURE_RTT] = "Round trip",
    [MEASURE_IN_FLIGHT] = "In flight",         [MEASURE_REINJECTED] = "Reinjected",
    [MEASURE_RETRANSMITTED] = "Retransmitted", [MEASURE_REMAPPED] = "Remapped",
};

/* The values of one subflow in one measure, by column; below 0 where there is none. */
struct strip {
    uint32_t subflow;
    double *values;
};

struct graphs {
    struct ui *ui;
    const struct timeline *timeline;
    uint32_t subflows[SUBFLOWS_MAX];
    size_t subflow_count;
    int columns;
    int value_columns;
    double *values;  /* of all measures, subflows and columns */
    double *samples; /* of round trips, by column */
    double highest[MEASURE_COUNT];
    bool shown[MEASURE_COUNT];
    int strip_rows[MEASURE_COUNT];
};

static double *graphs_values(const struct graphs *graphs, int measure, size_t subflow)
{
    size_t strip = (size_t)measure * graphs->subflow_count + subflow;
    return graphs->values + strip * (size_t)graphs->columns;
}

/* ---- Values --------------------------------------------------------------------------------- */

/* Shares a sum of an interval out among the columns on which it lies. */
static void spread(const struct graphs *graphs, const struct mpta_series_point *point,
                   double amount, double *values)
{
    const struct timeline *timeline = graphs->timeline;
    double column_ns = (double)timeline->span_ns / graphs->columns;
    double begin = ((double)point->begin_ns - (double)timeline->begin_ns) / column_ns;
    double end = begin + (double)point->interval_ns / column_ns;
    double per_column = end > begin ? amount / (end - begin) : 0;
    int first = begin < 0 ? 0 : begin > graphs->columns ? graphs->columns : (int)begin;
    for (int column = first; column < graphs->columns && column < end; column++) {
        double from = begin > column ? begin : column;
        double to = end < column + 1 ? end : column + 1;
        values[column] += to > from ? per_column * (to - from) : 0;
    }
}

/* The same for a value that holds for the whole interval, the highest of which counts. */
static void hold(const struct graphs *graphs, const struct mpta_series_point *point, double value,
                 double *values)
{
    const struct timeline *timeline = graphs->timeline;
    double column_ns = (double)timeline->span_ns / graphs->columns;
    double begin = ((double)point->begin_ns - (double)timeline->begin_ns) / column_ns;
    double end = begin + (double)point->interval_ns / column_ns;
    int first = begin < 0 ? 0 : begin > graphs->columns ? graphs->columns : (int)begin;
    for (int column = first; column < graphs->columns && column < end; column++) {
        values[column] = value > values[column] ? value : values[column];
    }
}

static void read_point(const struct graphs *graphs, size_t subflow,
                       const struct mpta_series_point *point)
{
    spread(graphs, point, (double)point->fresh_bytes,
           graphs_values(graphs, MEASURE_THROUGHPUT, subflow));
    spread(graphs, point, (double)point->reinjected_bytes,
           graphs_values(graphs, MEASURE_REINJECTED, subflow));
    spread(graphs, point, (double)point->retransmitted_bytes,
           graphs_values(graphs, MEASURE_RETRANSMITTED, subflow));
    spread(graphs, point, (double)point->remapped_bytes,
           graphs_values(graphs, MEASURE_REMAPPED, subflow));
    hold(graphs, point, (double)point->max_in_flight,
         graphs_values(graphs, MEASURE_IN_FLIGHT, subflow));
    if (point->rtt_samples > 0) {
        spread(graphs, point, (double)point->rtt_sum_ns,
               graphs_values(graphs, MEASURE_RTT, subflow));
        spread(graphs, point, (double)point->rtt_samples, graphs->samples);
    }
}

/* Sums become what a person knows: bits a second, mean round trips. */
static void finish_subflow(struct graphs *graphs, size_t subflow)
{
    double seconds = (double)graphs->timeline->span_ns / graphs->columns / 1e9;
    double *bits = graphs_values(graphs, MEASURE_THROUGHPUT, subflow);
    double *rtts = graphs_values(graphs, MEASURE_RTT, subflow);
    for (int column = 0; column < graphs->columns; column++) {
        bits[column] *= 8 / seconds;
        rtts[column] = graphs->samples[column] > 0 ? rtts[column] / graphs->samples[column] : 0;
    }
    for (int measure = 0; measure < MEASURE_COUNT; measure++) {
        const double *values = graphs_values(graphs, measure, subflow);
        for (int column = 0; column < graphs->columns; column++) {
            graphs->highest[measure] = fmax(graphs->highest[measure], values[column]);
        }
    }
}

static void read_subflow(struct graphs *graphs, size_t subflow)
{
    const struct mpta_tracker *tracker = model_tracker(graphs->ui->model);
    struct mpta_series_point point;
    memset(graphs->samples, 0, (size_t)graphs->columns * sizeof *graphs->samples);
    for (size_t i = 0;
         mpta_tracker_series_point(tracker, graphs->ui->connection, graphs->subflows[subflow],
                                   graphs->ui->states.direction, i, &point);
         i++) {
        read_point(graphs, subflow, &point);
    }
    finish_subflow(graphs, subflow);
}

/* Subflows that carried something in either direction. */
static void choose_subflows(struct graphs *graphs)
{
    struct mpta_subflow subflow;
    for (size_t i = 0; graphs->subflow_count < SUBFLOWS_MAX &&
                       mpta_tracker_subflow(model_tracker(graphs->ui->model),
                                            graphs->ui->connection, i, &subflow);
         i++) {
        if (subflow.directions[MPTA_CLIENT].packets + subflow.directions[MPTA_SERVER].packets > 0) {
            graphs->subflows[graphs->subflow_count++] = subflow.id;
        }
    }
}

static bool graphs_read(struct graphs *graphs)
{
    choose_subflows(graphs);
    size_t count = MEASURE_COUNT * graphs->subflow_count + 1;
    graphs->values = calloc(count * (size_t)graphs->columns, sizeof *graphs->values);
    if (graphs->values == NULL) {
        return false;
    }
    graphs->samples = graphs->values + (count - 1) * (size_t)graphs->columns;
    for (size_t i = 0; i < graphs->subflow_count; i++) {
        read_subflow(graphs, i);
    }
    for (int measure = 0; measure < MEASURE_COUNT; measure++) {
        graphs->shown[measure] = graphs->highest[measure] > 0 || measure < MEASURE_REINJECTED;
    }
    return true;
}

/* ---- Drawing -------------------------------------------------------------------------------- */

static void value_words(int measure, double value, char text[UNITS_TEXT_MAX])
{
    switch ((enum measure)measure) {
    case MEASURE_THROUGHPUT:
        units_rate((uint64_t)value, text);
        break;
    case MEASURE_RTT:
        text[0] = '\0';
        if (value > 0) {
            char number[UNITS_TEXT_MAX];
            units_milliseconds((int64_t)value, number);
            snprintf(text, UNITS_TEXT_MAX, "%.*s ms", UNITS_TEXT_MAX - 4, number);
        }
        break;
    case MEASURE_IN_FLIGHT:
    case MEASURE_REINJECTED:
    case MEASURE_RETRANSMITTED:
    case MEASURE_REMAPPED:
        units_bytes((uint64_t)(value + 0.5), text);
        break;
    }
}

/* The number alone: "735k", "10.4", "1.39K". */
static void value_brief(int measure, double value, char text[UNITS_TEXT_MAX])
{
    if (measure == MEASURE_THROUGHPUT) {
        units_scaled((uint64_t)value, text);
        return;
    }
    value_words(measure, value, text);
    char *unit = strchr(text, ' ');
    if (unit != NULL) {
        if (measure != MEASURE_RTT) {
            unit[0] = unit[1];
            unit++;
        }
        *unit = '\0';
    }
}

/* One row of a strip, `level` rows above its lowest one. */
static void draw_strip_row(const struct graphs *graphs, struct area row, int measure,
                           size_t subflow, int level)
{
    const double *values = graphs_values(graphs, measure, subflow);
    uint32_t id = graphs->subflows[subflow];
    for (int column = 0; column < graphs->columns; column++) {
        double share = graphs->highest[measure] > 0 ? values[column] / graphs->highest[measure] : 0;
        int eighths = (int)ceil(share * 8 * graphs->strip_rows[measure]) - 8 * level;
        area_put(row, LABEL_COLUMNS + column, 0, style_of_subflow(id),
                 glyph_level(eighths > 0 ? (unsigned)eighths : 0));
    }
    if (level == 0) {
        char text[UNITS_TEXT_MAX];
        (graphs->value_columns < VALUE_COLUMNS ? value_brief : value_words)(
            measure, values[timeline_cursor_column(graphs->timeline)], text);
        area_put(row, 1, 0, style_of_subflow(id), glyph_subflow(id));
        area_print(row, 3, 0, style_of_subflow(id), "%" PRIu32, id);
        area_field_right(row, LABEL_COLUMNS + graphs->columns, 0, graphs->value_columns,
                         STYLE_NORMAL, text);
    }
}

static void draw_measure_title(const struct graphs *graphs, struct area row, int measure)
{
    char text[UNITS_TEXT_MAX];
    value_words(measure, graphs->highest[measure], text);
    int column = area_text(row, 0, 0, STYLE_STRONG, measure_titles[measure]);
    if (graphs->highest[measure] > 0) {
        area_print(row, column, 0, STYLE_FAINT, ", up to %s", text);
    }
}

static int graphs_lines(const struct graphs *graphs)
{
    int lines = 0;
    for (int measure = 0; measure < MEASURE_COUNT; measure++) {
        lines += graphs->shown[measure]
                     ? 1 + (int)graphs->subflow_count * graphs->strip_rows[measure]
                     : 0;
    }
    return lines;
}

/* All strips grow by turns, the first measures first, until there is no room left. */
static void graphs_fit(struct graphs *graphs, int rows)
{
    int most = 1;
    for (int measure = 0; measure < MEASURE_COUNT; measure++) {
        graphs->strip_rows[measure] = 1;
    }
    while (most++ < STRIP_ROWS_MAX) {
        for (int measure = 0; measure < MEASURE_COUNT; measure++) {
            graphs->strip_rows[measure]++;
            if (graphs->shown[measure] && graphs_lines(graphs) > rows) {
                graphs->strip_rows[measure]--;
                return;
            }
        }
    }
}

/* Draws all lines of all graphs, of which the area shows some. */
static void draw_graphs(const struct graphs *graphs, struct area body)
{
    int line = -(int)graphs->ui->states.paths.top;
    for (int measure = 0; measure < MEASURE_COUNT; measure++) {
        if (!graphs->shown[measure]) {
            continue;
        }
        draw_measure_title(graphs, area_rows(body, line, line >= 0), measure);
        line++;
        for (size_t i = 0; i < graphs->subflow_count; i++) {
            for (int level = graphs->strip_rows[measure] - 1; level >= 0; level--, line++) {
                if (line >= 0 && line < body.rows) {
                    draw_strip_row(graphs, area_rows(body, line, 1), measure, i, level);
                }
            }
        }
    }
}

static void draw_cursor(const struct graphs *graphs, struct area body)
{
    struct area column =
        area_columns(body, LABEL_COLUMNS + timeline_cursor_column(graphs->timeline), 1);
    for (int row = 0; row < column.rows; row++) {
        area_overlay(column, row, STYLE_SELECTED);
    }
}

static void draw_all(struct graphs *graphs, struct area area)
{
    struct paths_state *state = &graphs->ui->states.paths;
    bool legend = area.rows >= 12;
    struct area body = area_rows(area, 1, area.rows - 2 - legend);
    graphs_fit(graphs, body.rows);
    state->lines = (size_t)graphs_lines(graphs);
    size_t last = state->lines > (size_t)body.rows ? state->lines - (size_t)body.rows : 0;
    state->top = state->top < last ? state->top : last;
    time_direction_draw(graphs->ui, area_rows(area, 0, 1));
    draw_graphs(graphs, body);
    draw_cursor(graphs, body);
    time_axis_draw(graphs->ui, area_rows(area, 1 + body.rows, 1), LABEL_COLUMNS);
    if (legend) {
        time_legend_draw(graphs->ui, area_rows(area, area.rows - 1, 1), "");
    }
}

/* ---- The view ------------------------------------------------------------------------------- */

static void paths_draw(struct ui *ui, struct area area)
{
    struct graphs graphs = {.ui = ui, .timeline = &ui->states.timeline};
    graphs.value_columns = area.columns < WIDE ? VALUE_BRIEF : VALUE_COLUMNS;
    graphs.columns = area.columns - LABEL_COLUMNS - graphs.value_columns;
    graphs.columns = graphs.columns > 0 ? graphs.columns : 1;
    ui->states.paths.left = LABEL_COLUMNS;
    ui->states.paths.columns = graphs.columns;
    if (!time_axis_fit(ui, graphs.columns)) {
        area_text(area, 1, 0, STYLE_FAINT, "No MPTCP connection");
    } else if (graphs_read(&graphs)) {
        draw_all(&graphs, area);
    }
    free(graphs.values);
}

static bool paths_command(struct ui *ui, enum command command)
{
    struct paths_state *state = &ui->states.paths;
    if (command == COMMAND_UP) {
        state->top -= state->top > 0;
        return true;
    }
    if (command == COMMAND_DOWN) {
        state->top++;
        return true;
    }
    return time_command(ui, command);
}

static void paths_click(struct ui *ui, int column, int row)
{
    const struct paths_state *state = &ui->states.paths;
    (void)row;
    if (column >= state->left && column < state->left + state->columns) {
        timeline_go(&ui->states.timeline, column - state->left);
    }
}

static size_t paths_rows(const struct ui *ui)
{
    return ui->states.paths.lines + 3;
}

const struct view view_paths = {
    .draw = paths_draw,
    .command = paths_command,
    .click = paths_click,
    .rows = paths_rows,
    .of_connection = true,
};
