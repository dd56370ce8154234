/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * View 6: what was found in all connections, the worst first, on request with what it means and
 * what to check next. Instead of it, the events are shown by view_events.c.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/tui/ui.h"
#include "cli/tui/view_events.h"
#include "cli/tui/words.h"

#define FINDINGS_MAX     10000
#define SEVERITY_COLUMNS 9

/* Where a finding stands. */
struct finding_ref {
    enum mpta_severity severity;
    int64_t time_ns;
    bool has_connection;
    uint32_t connection;
    size_t index;
};

struct finding_refs {
    struct finding_ref *items;
    size_t count;
    size_t left_out;
};

/* What the parts of the page need. */
struct sheet {
    struct page *page;
    const struct model *model;
    struct text text;
    const char *filter;
    bool details;
};

/* ---- Gathering ------------------------------------------------------------------------------ */

static void refs_add(struct finding_refs *refs, const struct mpta_finding *finding,
                     struct finding_ref ref)
{
    if (refs->count == FINDINGS_MAX) {
        refs->left_out++;
        return;
    }
    ref.severity = finding->severity;
    ref.time_ns = finding->witnesses[0].at.time_ns;
    refs->items[refs->count++] = ref;
}

static void refs_gather(struct finding_refs *refs, const struct mpta_tracker *tracker)
{
    struct mpta_connection connection;
    struct mpta_finding finding;
    for (size_t i = 0; mpta_tracker_global_finding(tracker, i, &finding); i++) {
        refs_add(refs, &finding, (struct finding_ref){.index = i});
    }
    for (size_t c = 0; mpta_tracker_connection_at(tracker, c, &connection); c++) {
        for (size_t i = 0; mpta_tracker_finding(tracker, connection.id, i, &finding); i++) {
            refs_add(refs, &finding,
                     (struct finding_ref){
                         .has_connection = true, .connection = connection.id, .index = i});
        }
    }
}

static int compare_refs(const void *one, const void *other)
{
    const struct finding_ref *a = one;
    const struct finding_ref *b = other;
    if (a->severity != b->severity) {
        return a->severity > b->severity ? -1 : 1;
    }
    if (a->time_ns != b->time_ns) {
        return a->time_ns > b->time_ns ? 1 : -1;
    }
    return a->connection != b->connection ? (a->connection > b->connection ? 1 : -1)
                                          : (a->index > b->index) - (a->index < b->index);
}

/* ---- The page ------------------------------------------------------------------------------- */

static void sheet_detail(const struct sheet *sheet, const char *label, const char *words)
{
    if (words != NULL) {
        area_text(page_line(sheet->page), SEVERITY_COLUMNS, 0, STYLE_FAINT, label);
        page_wrap(sheet->page, SEVERITY_COLUMNS + 9, SEVERITY_COLUMNS + 9, STYLE_NORMAL, words);
    }
}

static void sheet_details(const struct sheet *sheet, const struct mpta_finding *finding,
                          const struct target *target)
{
    const struct mpta_finding_kind *kind = finding->kind;
    struct text_line where;
    text_line_start(&where);
    for (size_t i = 0; i < finding->witness_count; i++) {
        words_place(&sheet->text, &finding->witnesses[i].at, &where);
    }
    sheet_detail(sheet, "means", kind->meaning);
    sheet_detail(sheet, "next", kind->advice);
    sheet_detail(sheet, "rests on", kind->rfc);
    sheet_detail(sheet, "evidence", mpta_evidence_name(kind->evidence));
    sheet_detail(sheet, "kernel", kind->counter);
    sheet_detail(sheet, "seen at", where.length > 0 ? where.text : NULL);
    page_lead(sheet->page, target);
}

static struct target finding_target(const struct finding_ref *ref,
                                    const struct mpta_finding *finding)
{
    struct target target = {.kind = TARGET_NONE};
    if (finding->witnesses[0].at.packet != 0) {
        target.kind = TARGET_PACKET;
        target.place = finding->witnesses[0].at;
    } else if (ref->has_connection) {
        target.kind = TARGET_CONNECTION;
        target.connection = ref->connection;
    }
    return target;
}

static void sheet_finding(const struct sheet *sheet, const struct finding_ref *ref)
{
    const struct mpta_tracker *tracker = model_tracker(sheet->model);
    struct mpta_finding finding;
    struct text_line words;
    bool found = ref->has_connection
                     ? mpta_tracker_finding(tracker, ref->connection, ref->index, &finding)
                     : mpta_tracker_global_finding(tracker, ref->index, &finding);
    if (!found) {
        return;
    }
    text_line_start(&words);
    if (ref->has_connection) {
        text_line_add(&words, "#%" PRIu32 " ", ref->connection);
    }
    words_one_finding(&sheet->text, &finding, &words);
    char all[TEXT_LINE_MAX];
    snprintf(all, sizeof all, "%s %.2000s", mpta_severity_name(finding.severity), words.text);
    if (!filter_passes(sheet->filter, all)) {
        return;
    }
    struct target target = finding_target(ref, &finding);
    area_text(page_line(sheet->page), 0, 0, style_of_severity(finding.severity),
              mpta_severity_name(finding.severity));
    page_lead(sheet->page, &target);
    page_wrap(sheet->page, SEVERITY_COLUMNS, SEVERITY_COLUMNS, STYLE_NORMAL, words.text);
    if (sheet->details) {
        sheet_details(sheet, &finding, &target);
    }
}

static void sheet_nothing(const struct sheet *sheet)
{
    const char *words = sheet->filter[0] != '\0' ? "No finding has all these words; F4 changes them"
                        : sheet->model->finished ? "Nothing was found"
                                                 : "Nothing was found so far";
    area_text(page_line(sheet->page), 1, 0, STYLE_FAINT, words);
}

static void sheet_fill(const struct sheet *sheet)
{
    struct finding_refs refs = {.items = malloc(FINDINGS_MAX * sizeof *refs.items)};
    if (refs.items == NULL) {
        return;
    }
    refs_gather(&refs, model_tracker(sheet->model));
    qsort(refs.items, refs.count, sizeof *refs.items, compare_refs);
    for (size_t i = 0; i < refs.count; i++) {
        sheet_finding(sheet, &refs.items[i]);
    }
    if (refs.left_out > 0) {
        area_print(page_line(sheet->page), 0, 0, STYLE_FAINT, "and %zu more", refs.left_out);
    }
    if (sheet->page->lines == 0) {
        sheet_nothing(sheet);
    }
    free(refs.items);
}

/* ---- The view ------------------------------------------------------------------------------- */

static void draw_page(struct ui *ui, struct area area)
{
    struct findings_state *state = &ui->states.findings;
    struct page *page = &ui->states.pages[VIEW_FINDINGS];
    struct text_style style = ui_text_style(ui);
    struct sheet sheet = {
        .page = page,
        .model = ui->model,
        .text = {ui->model->report, &style, NULL},
        .filter = state->filter,
        .details = state->details,
    };
    if (state->columns != area.columns || state->generation != ui->model->generation) {
        page_begin(page, area.columns, ui->settings.utf8);
        sheet_fill(&sheet);
        state->columns = area.columns;
        state->generation = ui->model->generation;
    }
    page_draw(page, area);
    list_place(&page->list, state->filter[0] != '\0' ? "filtered" : "", ui->status);
}

static void findings_draw(struct ui *ui, struct area area)
{
    if (ui->states.findings.events) {
        events_draw(ui, area);
    } else {
        draw_page(ui, area);
    }
}

static bool findings_command(struct ui *ui, enum command command)
{
    struct findings_state *state = &ui->states.findings;
    if (command == COMMAND_EVENTS) {
        state->events = !state->events;
        return true;
    }
    if (state->events) {
        return events_command(ui, command);
    }
    if (command == COMMAND_TREE) {
        state->details = !state->details;
        state->columns = 0;
        return true;
    }
    return page_view_command(ui, command);
}

static void findings_click(struct ui *ui, int column, int row)
{
    if (ui->states.findings.events) {
        events_click(ui, row);
    } else {
        page_view_click(ui, column, row);
    }
}

static bool findings_search(struct ui *ui, const char *text, int step, bool from_here)
{
    return ui->states.findings.events ? events_search(ui, text, step, from_here)
                                      : page_view_search(ui, text, step, from_here);
}

static size_t findings_rows(const struct ui *ui)
{
    const struct findings_state *state = &ui->states.findings;
    return state->events ? state->event_list.count + 1 : page_view_rows(ui);
}

const struct view view_findings = {
    .draw = findings_draw,
    .command = findings_command,
    .click = findings_click,
    .search = findings_search,
    .rows = findings_rows,
};
