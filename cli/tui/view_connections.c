/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * View 1: all connections, a row each, and under a connection its subflows. Which columns are shown
 * depends on the room there is; the answer comes last and takes what is left.
 */
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "cli/escape.h"
#include "cli/report_text.h"
#include "cli/tui/connections_table.h"
#include "cli/tui/glyph.h"
#include "cli/tui/ui.h"
#include "cli/units.h"

#define ENDPOINT_LEAST 15
#define WIDE           60
#define ROWS_FOR_PANE  14
#define PANE_ROWS      4
#define PANE_LEAST     3 /* on a small screen */

static const struct roster_row *current_row(const struct ui *ui)
{
    const struct connections_state *state = &ui->states.connections;
    return state->list.cursor < state->roster.row_count ? &state->roster.rows[state->list.cursor]
                                                        : NULL;
}

/* ---- Drawing -------------------------------------------------------------------------------- */

static void draw_course(const struct shown_row *row, struct area area, int left, int line,
                        int width)
{
    const struct course *course = model_course(row->ui->model, row->facts.connection.id);
    unsigned char levels[COURSE_STEPS];
    course_levels(course, (size_t)width, levels);
    for (int i = 0; i < width; i++) {
        area_put(area, left + i, line, STYLE_GOOD, glyph_level(levels[i]));
    }
}

/* Tag, tree mark and number. */
static void draw_id(const struct shown_row *row, struct area area, int width, int line)
{
    const struct roster *roster = &row->ui->states.connections.roster;
    uint32_t id = row->facts.connection.id;
    char text[16];
    if (row->is_subflow) {
        snprintf(text, sizeof text, "%" PRIu32, row->subflow.id);
        area_put(area, 1, line, STYLE_FAINT, 0x2514);
        area_put(area, 2, line, style_of_subflow(row->subflow.id), glyph_subflow(row->subflow.id));
        area_field(area, 3, line, width - 3, style_of_subflow(row->subflow.id), text);
        return;
    }
    if (roster_is_tagged(roster, id)) {
        area_put(area, 0, line, STYLE_STRONG, '*');
    }
    if (row->facts.connection.subflow_count > 0) {
        area_put(area, 1, line, STYLE_FAINT, roster_is_expanded(roster, id) ? 0x25bc : 0x25b6);
    }
    snprintf(text, sizeof text, "%" PRIu32, id);
    area_field_right(area, 2, line, width - 2, STYLE_NORMAL, text);
}

/* An endpoint that is too long loses its middle: its port is worth more. */
static void draw_endpoint(struct area area, int left, int line, int width, const char *text)
{
    int length = (int)strlen(text);
    int tail = width / 2;
    area_field(area, left, line, width, STYLE_NORMAL, text);
    if (length > width && width > 2) {
        area_put(area, left + width - tail - 1, line, STYLE_NORMAL, 0x2026);
        area_text(area, left + width - tail, line, STYLE_NORMAL, text + length - tail);
    }
}

static void draw_cell(const struct shown_row *row, struct area area, enum column_id id, int left,
                      int width, int line)
{
    char text[CELL_TEXT_MAX] = "";
    unsigned style = STYLE_NORMAL;
    table_cell(row, id, text, &style);
    if (id == COLUMN_CLIENT || id == COLUMN_SERVER) {
        draw_endpoint(area, left, line, width, text);
    } else if (column_row(id)->right) {
        area_field_right(area, left, line, width, style, text);
    } else {
        area_field(area, left, line, width, style, text);
    }
}

static bool row_read(struct ui *ui, const struct roster_row *from, struct shown_row *row)
{
    row->ui = ui;
    row->is_subflow = from->is_subflow;
    return facts_read(ui->model, from->connection, &row->facts) &&
           (!from->is_subflow || mpta_tracker_subflow(model_tracker(ui->model), from->connection,
                                                      from->subflow, &row->subflow));
}

static void draw_row(struct ui *ui, struct area area, const struct table_layout *layout, int line,
                     const struct roster_row *from)
{
    struct shown_row row;
    if (!row_read(ui, from, &row)) {
        return;
    }
    for (int id = 0; id < COLUMN_COUNT; id++) {
        if (layout->width[id] == 0) {
            continue;
        }
        if (id == COLUMN_ID) {
            draw_id(&row, area, layout->width[id], line);
        } else if (id == COLUMN_COURSE && !row.is_subflow) {
            draw_course(&row, area, layout->left[id], line, COURSE_WIDTH);
        } else {
            draw_cell(&row, area, (enum column_id)id, layout->left[id], layout->width[id], line);
        }
    }
    if (roster_is_tagged(&ui->states.connections.roster, from->connection)) {
        area_overlay(area, line, STYLE_TAGGED);
    }
}

static void draw_head(struct ui *ui, struct area area, const struct table_layout *layout)
{
    struct connections_state *state = &ui->states.connections;
    const struct roster *roster = &state->roster;
    state->head_count = 0;
    area_fill(area, 0, STYLE_HEAD);
    for (int id = 0; id < COLUMN_COUNT; id++) {
        const struct column *column = column_row(id);
        int left = layout->left[id], width = layout->width[id];
        if (width == 0) {
            continue;
        }
        (column->right ? area_field_right : area_field)(area, left, 0, width, STYLE_HEAD,
                                                        column->head);
        if (column->order == (int)roster->order && id != COLUMN_COURSE) {
            area_put(area, left + width, 0, STYLE_HEAD, roster->inverted ? 0x25bc : 0x25b2);
        }
        state->heads[state->head_count].left = left;
        state->heads[state->head_count].width = width;
        state->heads[state->head_count++].order = column->order;
    }
}

/* The endpoints of the rows that are visible; the width that they take only grows. */
static void measure_endpoints(struct ui *ui)
{
    struct connections_state *state = &ui->states.connections;
    struct shown_row row;
    size_t index;
    for (int line = 0; list_hit(&state->list, line, &index); line++) {
        if (!row_read(ui, &state->roster.rows[index], &row)) {
            continue;
        }
        for (int side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
            char text[CELL_TEXT_MAX] = "";
            unsigned style;
            table_cell(&row, side == MPTA_CLIENT ? COLUMN_CLIENT : COLUMN_SERVER, text, &style);
            int length = (int)strlen(text);
            if (length > state->endpoint_width) {
                state->endpoint_width = length;
            }
        }
    }
    if (state->endpoint_width < ENDPOINT_LEAST) {
        state->endpoint_width = ENDPOINT_LEAST;
    }
}

/* What came instead. */
static void draw_read(const struct ui *ui, struct area area)
{
    const struct report *report = ui->model->report;
    uint64_t packets = 0;
    uint64_t tcp = 0;
    uint64_t mptcp = 0;
    char words[64];
    for (size_t i = 0; i < report->capture_count; i++) {
        packets += report->captures[i].capture->packets;
        tcp += report->captures[i].frames[MPTA_FRAME_TCP];
        mptcp += report->captures[i].mptcp_packets;
    }
    snprintf(words, sizeof words, "packets: %" PRIu64 ", TCP: %" PRIu64 ", MPTCP: %" PRIu64,
             packets, tcp, mptcp);
    area_field(area, 1, 1, area.columns - 1, STYLE_FAINT, words);
    if (ui->settings.live && tcp > 0 && mptcp == 0) {
        area_field(area, 1, 2, area.columns - 1, STYLE_FAINT,
                   "A program must ask for MPTCP: mptcpize run PROGRAM");
    }
}

static void draw_nothing(const struct ui *ui, struct area area)
{
    bool filtered = ui->states.connections.roster.filter[0] != '\0';
    const char *words = filtered
                            ? "No connection has all these words; F4 changes them, ? names them"
                        : ui->model->finished ? "No MPTCP connection"
                                              : "No MPTCP connection so far";
    area_field(area, 1, 0, area.columns - 1, STYLE_FAINT, words);
    if (!filtered) {
        draw_read(ui, area);
    }
}

/* The line above the pane tells how much the connection carried when. */
static void draw_rule(struct ui *ui, struct area rule, const struct roster_row *from)
{
    struct shown_row row;
    char rate[UNITS_TEXT_MAX];
    for (int column = 0; column < rule.columns; column++) {
        area_put(rule, column, 0, STYLE_FAINT, 0x2500);
    }
    if (from == NULL || !row_read(ui, from, &row)) {
        return;
    }
    int left =
        area_print(rule, 2, 0, STYLE_FAINT, " #%" PRIu32 " goodput ", row.facts.connection.id);
    draw_course(&row, rule, left, 0, COURSE_STEPS);
    (rule.columns >= WIDE ? units_rate : units_scaled)(row.facts.goodput_bps, rate);
    area_print(rule, left + COURSE_STEPS, 0, STYLE_FAINT, " %s ",
               row.facts.goodput_bps > 0 ? rate : "");
}

/* What happened to the connection under the cursor, in full. */
static void draw_pane(struct ui *ui, struct area pane)
{
    struct page *page = &ui->states.connections.pane;
    const struct roster_row *row = current_row(ui);
    struct mpta_sentence sentences[MPTA_SENTENCES_MAX];
    size_t count = row != NULL ? report_verdict(ui->model->report, row->connection, sentences) : 0;
    page_begin(page, pane.columns, ui->settings.utf8);
    for (size_t i = 0; i < count; i++) {
        char words[4 * MPTA_SENTENCE_TEXT_MAX];
        escape_format(sentences[i].text, words, sizeof words);
        page_line(page);
        page_wrap(page, 0, 0, sentence_style(&sentences[i]), words);
    }
    draw_rule(ui, area_rows(pane, 0, 1), row);
    page_show(page, area_rows(pane, 1, pane.rows));
}

/* The rows of a screen: head, list, and below it the pane, which takes what a short list leaves. */
static int pane_rows(const struct ui *ui, struct area area)
{
    size_t rows = ui->states.connections.roster.row_count + 1;
    int left = rows < (size_t)area.rows ? area.rows - (int)rows : 0;
    if (rows == 1 || (area.rows < ROWS_FOR_PANE && left < PANE_LEAST)) {
        return 0;
    }
    return left > PANE_ROWS || area.rows < ROWS_FOR_PANE ? left : PANE_ROWS;
}

static void connections_draw(struct ui *ui, struct area area)
{
    struct connections_state *state = &ui->states.connections;
    roster_update(&state->roster, ui->model);
    list_fit(&state->list, state->roster.row_count, (size_t)area.rows);
    measure_endpoints(ui);
    struct table_layout layout = table_layout_make(ui, area.columns);
    int pane = pane_rows(ui, area);
    struct area body = area_rows(area, area.rows > 1, area.rows - pane - (area.rows > 1));
    list_fit(&state->list, state->roster.row_count, (size_t)body.rows);
    if (area.rows > 1) {
        draw_head(ui, area, &layout);
    }
    if (pane > 0) {
        draw_pane(ui, area_rows(area, area.rows - pane, pane));
    }
    if (state->roster.row_count == 0) {
        draw_nothing(ui, body);
    }
    size_t index;
    for (int line = 0; list_hit(&state->list, line, &index); line++) {
        draw_row(ui, body, &layout, line, &state->roster.rows[index]);
        if (index == state->list.cursor) {
            area_overlay(body, line, STYLE_SELECTED);
        }
    }
    list_place(&state->list, state->roster.filter[0] != '\0' ? "filtered" : "", ui->status);
}

/* ---- Commands ------------------------------------------------------------------------------- */

/* Other views show the connection on which the user stands here. */
static void take_current(struct ui *ui)
{
    const struct roster_row *row = current_row(ui);
    if (row != NULL) {
        ui_choose(ui, row->connection);
    }
}

/* The cursor stays on its connection while rows around it change. */
static void rows_change(struct ui *ui, uint32_t connection)
{
    struct connections_state *state = &ui->states.connections;
    roster_update(&state->roster, ui->model);
    list_fit(&state->list, state->roster.row_count, state->list.height);
    list_go(&state->list, roster_find(&state->roster, connection));
}

static void expand(struct ui *ui, bool expanded)
{
    const struct roster_row *row = current_row(ui);
    if (row != NULL) {
        uint32_t connection = row->connection;
        roster_expand(&ui->states.connections.roster, connection, expanded);
        rows_change(ui, connection);
    }
}

static void expand_all(struct ui *ui)
{
    const struct roster_row *row = current_row(ui);
    uint32_t connection = row != NULL ? row->connection : 0;
    roster_expand_all(&ui->states.connections.roster, !ui->states.connections.roster.tree);
    rows_change(ui, connection);
}

static void tag(struct ui *ui)
{
    const struct roster_row *row = current_row(ui);
    if (row != NULL) {
        roster_tag(&ui->states.connections.roster, row->connection);
        list_command(&ui->states.connections.list, COMMAND_DOWN);
    }
}

static bool connections_command(struct ui *ui, enum command command)
{
    struct connections_state *state = &ui->states.connections;
    bool done = true;
    switch ((int)command) {
    case COMMAND_ENTER:
        if (current_row(ui) != NULL) {
            ui_go(ui, VIEW_CONNECTION);
        }
        break;
    case COMMAND_LEFT:
    case COMMAND_RIGHT:
        expand(ui, command == COMMAND_RIGHT);
        break;
    case COMMAND_TREE:
        expand_all(ui);
        break;
    case COMMAND_TAG:
        tag(ui);
        break;
    case COMMAND_SORT_INVERT:
        roster_sort(&state->roster, state->roster.order, !state->roster.inverted);
        break;
    default:
        done = list_command(&state->list, command);
        break;
    }
    take_current(ui);
    return done;
}

static void click_head(struct ui *ui, int column)
{
    struct connections_state *state = &ui->states.connections;
    struct roster *roster = &state->roster;
    for (size_t i = 0; i < state->head_count; i++) {
        int left = state->heads[i].left, order = state->heads[i].order;
        if (column >= left && column <= left + state->heads[i].width && order >= 0) {
            bool same = roster->order == (enum roster_order)order;
            roster_sort(roster, (enum roster_order)order,
                        same ? !roster->inverted : roster_order_is_descending(order));
            return;
        }
    }
}

/* A second click on a row goes into it, one on the mark before it opens or closes it. */
static void connections_click(struct ui *ui, int column, int row)
{
    struct connections_state *state = &ui->states.connections;
    size_t index;
    if (row == 0) {
        click_head(ui, column);
    } else if (list_hit(&state->list, row - 1, &index)) {
        bool again = index == state->list.cursor;
        list_go(&state->list, index);
        take_current(ui);
        if (column <= 1 && !state->roster.rows[index].is_subflow) {
            uint32_t connection = state->roster.rows[index].connection;
            expand(ui, !roster_is_expanded(&state->roster, connection));
        } else if (again) {
            ui_go(ui, VIEW_CONNECTION);
        }
    }
}

static bool row_holds(struct ui *ui, size_t index, const char *text)
{
    struct shown_row row;
    struct text_line words;
    const struct roster_row *from = &ui->states.connections.roster.rows[index];
    if (from->is_subflow || !row_read(ui, from, &row)) {
        return false;
    }
    facts_words(ui->model, &row.facts, &words);
    return strcasestr(words.text, text) != NULL;
}

static bool connections_search(struct ui *ui, const char *text, int step, bool from_here)
{
    struct connections_state *state = &ui->states.connections;
    size_t count = state->roster.row_count;
    for (size_t i = from_here ? 0 : 1; i < count + !from_here; i++) {
        size_t at = (state->list.cursor + (step > 0 ? i : count - i)) % count;
        if (row_holds(ui, at, text)) {
            list_go(&state->list, at);
            take_current(ui);
            return true;
        }
    }
    return false;
}

static size_t connections_rows(const struct ui *ui)
{
    return ui->states.connections.roster.row_count + 1 + PANE_ROWS;
}

const struct view view_connections = {
    .draw = connections_draw,
    .command = connections_command,
    .click = connections_click,
    .search = connections_search,
    .rows = connections_rows,
};
