/* SPDX-License-Identifier: BSD-3-Clause */
/* The lines at the top and at the bottom. */
#include "cli/tui/chrome.h"

#include <inttypes.h>
#include <string.h>

#include "cli/escape.h"
#include "cli/report_text.h"
#include "cli/tui/dialogue.h"
#include "cli/tui/ui.h"
#include "cli/units.h"

#define ROWS_FOR_TITLE 4
#define ROWS_FOR_TABS  14
#define LABEL_COLUMNS  6
#define TITLE_SHARE    4 /* of the title's columns the name of a file may take one in so many */

#define INTERFACES_NAMED 2

/* Which lines there are. */
struct frame_rows {
    int title; /* -1: none */
    int tabs;
    int keys;
    int body;
    int body_rows;
};

static struct frame_rows frame_rows(const struct ui *ui)
{
    int rows = ui->grid.rows;
    struct frame_rows frame = {.title = -1, .tabs = -1, .keys = rows > 1 ? rows - 1 : -1};
    frame.title = rows >= ROWS_FOR_TITLE ? frame.body++ : -1;
    frame.tabs = rows >= ROWS_FOR_TABS ? frame.body++ : -1;
    frame.body_rows = rows - frame.body - (frame.keys >= 0);
    return frame;
}

struct area chrome_body(struct ui *ui)
{
    struct frame_rows frame = frame_rows(ui);
    return area_rows(grid_area(&ui->grid), frame.body, frame.body_rows);
}

/* ---- The title ------------------------------------------------------------------------------ */

/* Who it is; view 2 itself says what happened. */
static void title_of_ends(const struct ui *ui, struct text_line *line)
{
    const struct text_style style = ui_text_style(ui);
    const struct text text = {ui->model->report, &style, NULL};
    struct mpta_connection connection;
    if (mpta_tracker_connection(model_tracker(ui->model), ui->connection, &connection)) {
        text_line_add(line, "#%" PRIu32 " ", connection.id);
        words_path(&text, &connection.hosts[MPTA_CLIENT].address,
                   connection.hosts[MPTA_CLIENT].port, &connection.hosts[MPTA_SERVER].address,
                   connection.hosts[MPTA_SERVER].port, line);
    }
}

/* The first thing to say about a connection. */
static void title_of_connection(const struct ui *ui, struct text_line *line)
{
    struct mpta_sentence sentences[MPTA_SENTENCES_MAX];
    char words[TEXT_LINE_MAX / 2];
    if (report_verdict(ui->model->report, ui->connection, sentences) > 0) {
        escape_format(sentences[0].text, words, sizeof words);
        text_line_add(line, "#%" PRIu32 " %s", ui->connection, words);
    }
}

static void title_of_all(const struct ui *ui, struct text_line *line)
{
    const struct mpta_summary *summary = model_summary(ui->model);
    struct text_line findings;
    words_subjects(summary, line);
    text_line_start(&findings);
    words_findings(summary, &findings);
    text_line_add(line, ": %s", findings.text);
}

/* "wlan0 DOWN, wwan0 GONE"; of more than find room, how many they are. */
static void title_interfaces(const struct capture *capture, struct text_line *line)
{
    struct text_line names;
    size_t count = 0;
    text_line_start(&names);
    for (size_t i = 0; i < capture->interface_count; i++) {
        const struct capture_interface *interface = &capture->interfaces[i];
        char name[64];
        if (interface->state != LIVE_UP) {
            escape_format(interface->name, name, sizeof name);
            text_line_item(&names, "%s %s", name, interface->state == LIVE_DOWN ? "DOWN" : "GONE");
            count++;
        }
    }
    if (count > 0 && count <= INTERFACES_NAMED) {
        text_line_item(line, "%s", names.text);
    } else if (count > 0) {
        text_line_item(line, "%zu interfaces not UP", count);
    }
}

/* What a live capture suffers from. */
static void title_troubles(const struct capture *capture, struct text_line *line)
{
    char count[UNITS_TEXT_MAX];
    title_interfaces(capture, line);
    if (capture->kernel_drops > 0) {
        units_scaled(capture->kernel_drops, count);
        text_line_item(line, "%s DROPPED", count);
    }
}

static void title_live(const struct ui *ui, struct text_line *line)
{
    uint64_t seconds = ui->progress.seconds;
    if (ui->progress.paused) {
        text_line_add(line, "PAUSED, %" PRIu64 " waiting", ui->progress.backlog);
    } else {
        text_line_add(line, "%s %" PRIu64 ":%02" PRIu64 ":%02" PRIu64,
                      ui->progress.reading ? "live" : "ended after", seconds / 3600,
                      seconds / 60 % 60, seconds % 60);
    }
    title_troubles(ui->model->report->captures[0].capture, line);
}

/* What is read, and how far that has come. */
static void title_right(const struct ui *ui, struct text_line *line)
{
    const struct report *report = ui->model->report;
    if (ui->settings.live) {
        title_live(ui, line);
    } else if (ui->progress.reading) {
        text_line_add(line, "reading");
        if (ui->progress.share > 0) {
            text_line_add(line, " %u%%", ui->progress.share);
        }
    } else if (report->capture_count == 1) {
        words_capture(report, 0, line);
    } else {
        text_line_add(line, "%zu captures", report->capture_count);
    }
}

static void draw_title(const struct ui *ui, struct area row)
{
    struct text_line left;
    struct text_line right;
    text_line_start(&left);
    text_line_start(&right);
    if (ui->view == VIEW_CONNECTION) {
        title_of_ends(ui, &left);
    } else if (view_of(ui->view)->of_connection) {
        title_of_connection(ui, &left);
    }
    if (left.length == 0) {
        title_of_all(ui, &left);
    }
    title_right(ui, &right);
    bool urgent = ui->progress.reading || ui->settings.live;
    int taken = text_columns(right.text) + 2;
    bool fits = text_columns(left.text) + 1 + taken <= row.columns;
    /* Where there is room a verdict gives way: it stands in full in view 2. */
    urgent |= taken <= row.columns / TITLE_SHARE;
    area_fill(row, 0, STYLE_TITLE);
    area_field(row, 1, 0, row.columns - 1 - (urgent && !fits ? taken : 0), STYLE_TITLE, left.text);
    if (urgent || fits) {
        area_field_right(row, row.columns - taken, 0, taken - 1, STYLE_TITLE, right.text);
    }
}

/* ---- Tabs ----------------------------------------------------------------------------------- */

/* How much the tabs say: their titles, shorter ones, or numbers but for the one that is shown. */
enum tabs_form {
    TABS_FULL,
    TABS_BRIEF,
    TABS_NUMBERS,
};

static const char *tab_title(const struct ui *ui, int view, enum tabs_form form)
{
    if (form == TABS_FULL) {
        return view_title((enum view_id)view);
    }
    return form == TABS_BRIEF || view == (int)ui->view ? view_short_title((enum view_id)view) : "";
}

/* " 1 Connections", or " 1". */
static int tab_width(const char *title)
{
    return 2 + (*title != '\0') + text_columns(title);
}

static int tabs_width(const struct ui *ui, enum tabs_form form)
{
    int width = 0;
    for (int view = 0; view < VIEW_TABS; view++) {
        width += tab_width(tab_title(ui, view, form));
    }
    return width;
}

static enum tabs_form tabs_form(const struct ui *ui, int columns)
{
    if (tabs_width(ui, TABS_FULL) + LIST_PLACE_MAX / 4 <= columns) {
        return TABS_FULL;
    }
    return tabs_width(ui, TABS_BRIEF) <= columns ? TABS_BRIEF : TABS_NUMBERS;
}

/* Draws the tabs, or tells which one stands at a column. */
static int tabs_walk(const struct ui *ui, struct area row, bool draw, int column)
{
    enum tabs_form form = tabs_form(ui, row.columns);
    int left = 0;
    for (int view = 0; view < VIEW_TABS; view++) {
        unsigned style = (int)ui->view == view ? STYLE_TAB_ON : STYLE_TAB;
        const char *title = tab_title(ui, view, form);
        int width = tab_width(title);
        if (draw) {
            area_print(row, left, 0, style, " %d%s%s", view + 1, *title != '\0' ? " " : "", title);
        } else if (column >= left && column < left + width) {
            return view;
        }
        left += width;
    }
    return draw ? left : -1;
}

static void draw_tabs(const struct ui *ui, struct area row)
{
    area_fill(row, 0, STYLE_TAB);
    int left = tabs_walk(ui, row, true, 0);
    area_field_right(row, left, 0, row.columns - left - 1, STYLE_TAB, ui->status);
}

/* ---- Keys ----------------------------------------------------------------------------------- */

static bool key_is_shown(const struct ui *ui, const struct key_row *row)
{
    bool useless = (row->command == COMMAND_PAUSE && !ui_can_pause(ui)) ||
                   (row->command == COMMAND_BACK && ui->view == VIEW_CONNECTIONS);
    return row->label != NULL && key_row_suits(row, ui->view) && !useless;
}

static int key_width(const struct key_row *row)
{
    return text_columns(row->name) + (row->name[1] == '\0') + LABEL_COLUMNS;
}

/* How many columns all keys take that are shown. */
static int keys_width(const struct ui *ui)
{
    size_t count;
    const struct key_row *rows = key_rows(&count);
    int width = 0;
    for (size_t i = 0; i < count; i++) {
        width += key_is_shown(ui, &rows[i]) ? key_width(&rows[i]) : 0;
    }
    return width;
}

/*
 * Draws the keys, or tells which one stands at a column. Where there is too little room the first
 * ones are there, and the last one, which leads out.
 */
static const struct key_row *keys_walk(const struct ui *ui, struct area line, bool draw, int column)
{
    size_t count;
    const struct key_row *rows = key_rows(&count);
    bool all = keys_width(ui) <= line.columns;
    int left = 0;
    for (size_t i = 0; i < count; i++) {
        int reserve = all || rows[i].command == COMMAND_QUIT ? 0 : 3 + LABEL_COLUMNS;
        if (!key_is_shown(ui, &rows[i]) || left + key_width(&rows[i]) + reserve > line.columns) {
            continue;
        }
        if (draw) {
            int label = left + key_width(&rows[i]) - LABEL_COLUMNS;
            area_text(line, left, 0, STYLE_KEY, rows[i].name);
            area_print(line, label, 0, STYLE_LABEL, "%-*s", LABEL_COLUMNS, rows[i].label);
        } else if (column >= left && column < left + key_width(&rows[i])) {
            return &rows[i];
        }
        left += key_width(&rows[i]);
    }
    return NULL;
}

static void draw_keys(const struct ui *ui, struct area line)
{
    if (dialogue_draw_line(ui, line)) {
        return;
    }
    if (ui->notice[0] != '\0') {
        area_field(line, 0, 0, line.columns, ui->notice_style, ui->notice);
        return;
    }
    keys_walk(ui, line, true, 0);
}

/* ---- All of it ------------------------------------------------------------------------------ */

void chrome_draw(struct ui *ui)
{
    struct area area = grid_area(&ui->grid);
    struct frame_rows frame = frame_rows(ui);
    if (frame.title >= 0) {
        draw_title(ui, area_rows(area, frame.title, 1));
    }
    if (frame.tabs >= 0) {
        draw_tabs(ui, area_rows(area, frame.tabs, 1));
    }
    if (frame.keys >= 0) {
        draw_keys(ui, area_rows(area, frame.keys, 1));
    }
}

bool chrome_click(struct ui *ui, int column, int row)
{
    struct area area = grid_area(&ui->grid);
    struct frame_rows frame = frame_rows(ui);
    if (row == frame.keys && frame.keys >= 0) {
        const struct key_row *key = keys_walk(ui, area_rows(area, row, 1), false, column);
        if (key != NULL) {
            ui_command(ui, key->command);
        }
        return true;
    }
    if (row == frame.tabs && frame.tabs >= 0) {
        int view = tabs_walk(ui, area_rows(area, row, 1), false, column);
        if (view >= 0) {
            ui_go(ui, (enum view_id)view);
        }
        return true;
    }
    return row < frame.body;
}
