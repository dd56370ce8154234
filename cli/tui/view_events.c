/* SPDX-License-Identifier: BSD-3-Clause */
/* Events in a list. With a filter, each event is asked once, and those that pass are remembered. */
#include "cli/tui/view_events.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/tui/ui.h"
#include "cli/tui/words.h"

#define TIME_COLUMNS       12
#define TIME_BRIEF         8
#define CONNECTION_COLUMNS 7
#define PACKET_COLUMNS     6
#define WIDE               64

static void event_words(const struct ui *ui, const struct mpta_event *event, struct text_line *line)
{
    struct text_style style = ui_text_style(ui);
    const struct text text = {ui->model->report, &style, NULL};
    text_line_start(line);
    words_event(&text, event, line);
}

static bool event_passes(const struct ui *ui, const struct mpta_event *event)
{
    struct text_line line;
    char number[32];
    event_words(ui, event, &line);
    snprintf(number, sizeof number, " #%" PRIu32, event->connection);
    text_line_add(&line, "%s %s", number, mpta_event_type_name(event->type));
    return filter_passes(ui->states.findings.filter, line.text);
}

/* ---- Which are shown ------------------------------------------------------------------------ */

static bool matches_add(struct findings_state *state, uint64_t serial)
{
    if (state->match_count == state->match_capacity) {
        size_t capacity = state->match_capacity > 0 ? 2 * state->match_capacity : 64;
        uint64_t *matches = reallocarray(state->matches, capacity, sizeof *matches);
        if (matches == NULL) {
            return false;
        }
        state->matches = matches;
        state->match_capacity = capacity;
    }
    state->matches[state->match_count++] = serial;
    return true;
}

/* Forgets matches that have given way. */
static void matches_drop(struct findings_state *state, uint64_t first)
{
    size_t gone = 0;
    while (gone < state->match_count && state->matches[gone] < first) {
        gone++;
    }
    if (gone > 0) {
        state->match_count -= gone;
        memmove(state->matches, state->matches + gone, state->match_count * sizeof *state->matches);
    }
}

static void matches_update(struct ui *ui)
{
    struct findings_state *state = &ui->states.findings;
    const struct event_log *log = &ui->model->events;
    uint64_t first = event_log_first(log);
    matches_drop(state, first);
    state->matched = state->matched < first ? first : state->matched;
    for (; state->matched < log->end; state->matched++) {
        if (event_passes(ui, event_log_get(log, state->matched)) &&
            !matches_add(state, state->matched)) {
            return;
        }
    }
}

static size_t events_count(const struct ui *ui)
{
    const struct event_log *log = &ui->model->events;
    return ui->states.findings.filter[0] != '\0' ? ui->states.findings.match_count
                                                 : (size_t)(log->end - event_log_first(log));
}

static const struct mpta_event *events_at(const struct ui *ui, size_t index)
{
    const struct findings_state *state = &ui->states.findings;
    const struct event_log *log = &ui->model->events;
    if (index >= events_count(ui)) {
        return NULL;
    }
    return event_log_get(log, state->filter[0] != '\0' ? state->matches[index]
                                                       : event_log_first(log) + index);
}

/* ---- Drawing -------------------------------------------------------------------------------- */

/* Where the columns stand; on a narrow screen times are in milliseconds, and packets left out. */
struct columns {
    int time;
    int connection;
    int packet; /* 0: not there */
    int event;
};

static struct columns columns_of(struct area area)
{
    bool wide = area.columns >= WIDE;
    struct columns columns = {.time = wide ? TIME_COLUMNS : TIME_BRIEF};
    columns.connection = columns.time + 1;
    columns.packet = wide ? columns.connection + CONNECTION_COLUMNS + 1 : 0;
    columns.event =
        wide ? columns.packet + PACKET_COLUMNS + 1 : columns.connection + CONNECTION_COLUMNS + 1;
    return columns;
}

static void draw_time(const struct ui *ui, struct area row, int width, int64_t time_ns)
{
    struct text_line line;
    text_line_start(&line);
    words_since(ui->model->first_ns, time_ns, &line);
    if (width == TIME_BRIEF && line.length > 3) {
        line.text[line.length - 3] = '\0';
    }
    area_field_right(row, 0, 0, width, STYLE_FAINT, line.text);
}

static void draw_event(const struct ui *ui, struct area row, const struct mpta_event *event)
{
    const struct columns columns = columns_of(row);
    unsigned style = event_severity(event) == MPTA_NOTE ? STYLE_NORMAL
                                                        : style_of_severity(event_severity(event));
    struct text_line line;
    draw_time(ui, row, columns.time, event->at.time_ns);
    text_line_start(&line);
    text_line_add(&line, "#%" PRIu32, event->connection);
    if (event->has_subflow) {
        text_line_add(&line, ".%" PRIu32, event->subflow);
    }
    area_field(row, columns.connection, 0, CONNECTION_COLUMNS, STYLE_NORMAL, line.text);
    if (columns.packet > 0 && event->at.packet != 0) {
        text_line_start(&line);
        text_line_add(&line, "%" PRIu64, (uint64_t)event->at.packet);
        area_field_right(row, columns.packet, 0, PACKET_COLUMNS, STYLE_FAINT, line.text);
    }
    event_words(ui, event, &line);
    area_field(row, columns.event, 0, row.columns, style, line.text);
}

static void draw_head(struct area row)
{
    const struct columns columns = columns_of(row);
    area_fill(row, 0, STYLE_HEAD);
    area_field_right(row, 0, 0, columns.time, STYLE_HEAD, "seconds");
    area_text(row, columns.connection, 0, STYLE_HEAD, "where");
    if (columns.packet > 0) {
        area_field_right(row, columns.packet, 0, PACKET_COLUMNS, STYLE_HEAD, "packet");
    }
    area_text(row, columns.event, 0, STYLE_HEAD, "event");
}

void events_draw(struct ui *ui, struct area area)
{
    struct list *list = &ui->states.findings.event_list;
    struct area body = area_rows(area, 1, area.rows);
    size_t index;
    if (ui->states.findings.filter[0] != '\0') {
        matches_update(ui);
    }
    list_fit(list, events_count(ui), (size_t)body.rows);
    draw_head(area_rows(area, 0, 1));
    if (list->count == 0) {
        area_text(body, 1, 0, STYLE_FAINT, "No event");
    }
    for (int row = 0; list_hit(list, row, &index); row++) {
        draw_event(ui, area_rows(body, row, 1), events_at(ui, index));
        if (index == list->cursor) {
            area_overlay(body, row, STYLE_SELECTED);
        }
    }
    list_place(list, ui->states.findings.filter[0] != '\0' ? "filtered" : "events", ui->status);
}

/* ---- Commands ------------------------------------------------------------------------------- */

static void go_into(struct ui *ui)
{
    const struct mpta_event *event = events_at(ui, ui->states.findings.event_list.cursor);
    if (event == NULL) {
        return;
    }
    ui_choose(ui, event->connection);
    const struct target target = {
        .kind = event->at.packet != 0 ? TARGET_PACKET : TARGET_CONNECTION,
        .connection = event->connection,
        .place = event->at,
    };
    ui_follow(ui, &target);
}

bool events_command(struct ui *ui, enum command command)
{
    if (command == COMMAND_ENTER) {
        go_into(ui);
        return true;
    }
    return list_command(&ui->states.findings.event_list, command);
}

void events_click(struct ui *ui, int row)
{
    struct list *list = &ui->states.findings.event_list;
    size_t index;
    if (!list_hit(list, row - 1, &index)) {
        return;
    }
    bool again = index == list->cursor;
    list_go(list, index);
    if (again) {
        go_into(ui);
    }
}

bool events_search(struct ui *ui, const char *text, int step, bool from_here)
{
    struct list *list = &ui->states.findings.event_list;
    struct text_line line;
    for (size_t i = from_here ? 0 : 1; i < list->count + !from_here; i++) {
        size_t at = (list->cursor + (step > 0 ? i : list->count - i)) % list->count;
        const struct mpta_event *event = events_at(ui, at);
        if (event == NULL) {
            return false;
        }
        event_words(ui, event, &line);
        if (strcasestr(line.text, text) != NULL) {
            list_go(list, at);
            return true;
        }
    }
    return false;
}
