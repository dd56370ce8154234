/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * View 2: one connection. The verdict comes first, then who it is, what each direction carried, its
 * subflows, its addresses, its findings. Lines lead to the packets that they speak of.
 */
#include <inttypes.h>
#include <string.h>

#include "cli/escape.h"
#include "cli/report_text.h"
#include "cli/text_wrap.h"
#include "cli/tui/facts.h"
#include "cli/tui/glyph.h"
#include "cli/tui/kernel_section.h"
#include "cli/tui/ui.h"
#include "cli/tui/words.h"
#include "cli/units.h"

#define SUBFLOWS_SHOWN  500
#define ADDRESSES_SHOWN 500
#define LABEL_COLUMNS   9
#define SIDE_BY_SIDE    80 /* from this width on a subflow takes two lines, not four */
#define NAME_LEFT       4
#define WIDE_NAME       60 /* no path takes more */

/* What the parts of the page need. */
struct sheet {
    struct page *page;
    struct ui *ui;
    struct text text; /* for the reports' words; it writes nothing */
    struct text_style style;
    struct mpta_connection connection;
};

static const struct mpta_tracker *sheet_tracker(const struct sheet *sheet)
{
    return model_tracker(sheet->ui->model);
}

static void sheet_title(const struct sheet *sheet, const char *title)
{
    page_line(sheet->page);
    area_text(page_line(sheet->page), 0, 0, STYLE_STRONG, title);
}

static void sheet_labelled(const struct sheet *sheet, const char *label,
                           const struct text_line *words)
{
    if (words->length > 0) {
        area_text(page_line(sheet->page), 0, 0, STYLE_FAINT, label);
        page_wrap(sheet->page, LABEL_COLUMNS, LABEL_COLUMNS, STYLE_NORMAL, words->text);
    }
}

/* ---- The answer ----------------------------------------------------------------------------- */

static void sheet_verdict(const struct sheet *sheet)
{
    struct mpta_sentence sentences[MPTA_SENTENCES_MAX];
    size_t count = report_verdict(sheet->ui->model->report, sheet->connection.id, sentences);
    for (size_t i = 0; i < count; i++) {
        const struct mpta_sentence *sentence = &sentences[i];
        char words[4 * MPTA_SENTENCE_TEXT_MAX];
        escape_format(sentence->text, words, sizeof words);
        page_line(sheet->page);
        if (sentence->place_count > 0) {
            page_lead(sheet->page,
                      &(struct target){.kind = TARGET_PACKET, .place = sentence->places[0]});
        }
        page_wrap(sheet->page, 0, 0,
                  sentence->severity == MPTA_NOTE ? STYLE_STRONG
                                                  : style_of_severity(sentence->severity),
                  words);
    }
}

/* ---- Who it is ------------------------------------------------------------------------------ */

static void sheet_path(const struct sheet *sheet)
{
    const struct mpta_host *hosts = sheet->connection.hosts;
    struct text_line line;
    text_line_start(&line);
    words_path(&sheet->text, &hosts[MPTA_CLIENT].address, hosts[MPTA_CLIENT].port,
               &hosts[MPTA_SERVER].address, hosts[MPTA_SERVER].port, &line);
    sheet_labelled(sheet, "between", &line);
}

static void sheet_course(const struct sheet *sheet)
{
    struct text_line line;
    text_line_start(&line);
    words_course(&sheet->connection, &line);
    sheet_labelled(sheet, "course", &line);
}

static void sheet_began(const struct sheet *sheet)
{
    struct text_line line;
    char began[UNITS_TEXT_MAX];
    units_time_human(sheet->connection.start_ns, began);
    text_line_start(&line);
    text_line_add(&line, "%s", began);
    sheet_labelled(sheet, "began", &line);
}

static void sheet_identity(const struct sheet *sheet)
{
    struct text_line tokens;
    struct text_line keys;
    text_line_start(&tokens);
    text_line_start(&keys);
    words_tokens(&sheet->connection, &tokens);
    sheet_labelled(sheet, "tokens", &tokens);
    if (sheet->style.show_keys) {
        words_keys(&sheet->connection, &keys);
        sheet_labelled(sheet, "keys", &keys);
    }
}

/* ---- What it carried ------------------------------------------------------------------------ */

static void stream_words(const struct sheet *sheet, enum mpta_side side, struct text_line *line)
{
    const struct mpta_stream *stream = &sheet->connection.streams[side];
    struct mpta_paths paths;
    char text[UNITS_TEXT_MAX];
    words_stream(&sheet->text, &sheet->connection, side, line);
    if (line->length == 0) {
        return;
    }
    mpta_tracker_paths(sheet_tracker(sheet), &sheet->connection, side, &paths);
    if (paths.bps_known) {
        units_rate(paths.bps, text);
        text_line_item(line, "%s", text);
    }
    if (stream->acked_known) {
        units_bytes(stream->acked, text);
        text_line_item(line, "%s acknowledged", text);
    }
    if (stream->data_fin) {
        text_line_item(line, "DATA_FIN");
    }
    words_paths(&sheet->text, &sheet->connection, side, line);
}

static void sheet_streams(const struct sheet *sheet)
{
    const char *label = "data";
    for (enum mpta_side side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
        struct text_line line;
        text_line_start(&line);
        stream_words(sheet, side, &line);
        sheet_labelled(sheet, label, &line);
        label = line.length > 0 ? "" : label;
    }
}

/* ---- Subflows ------------------------------------------------------------------------------- */

static void rtt_words(const struct mpta_rtt *rtt, char text[UNITS_TEXT_MAX])
{
    char least[UNITS_TEXT_MAX];
    char mean[UNITS_TEXT_MAX];
    snprintf(text, UNITS_TEXT_MAX, "-");
    if (rtt->samples > 0) {
        units_milliseconds(rtt->min_ns, least);
        units_milliseconds(rtt->sum_ns / (int64_t)rtt->samples, mean);
        snprintf(text, UNITS_TEXT_MAX, "%.10s/%.10s", least, mean);
    }
}

/* "1.39K" for "1.39 KiB". */
static void bytes_brief(uint64_t bytes, char text[UNITS_TEXT_MAX])
{
    snprintf(text, UNITS_TEXT_MAX, "-");
    if (bytes > 0) {
        units_bytes(bytes, text);
        char *unit = strchr(text, ' ');
        if (unit != NULL) {
            *unit = unit[1];
            unit[1] = '\0';
        }
    }
}

/* The columns of one direction's numbers; further ones where there is much room. */
enum number {
    NUMBER_BYTES,
    NUMBER_SHARE,
    NUMBER_AGAIN,
    NUMBER_REINJECTED,
    NUMBER_RTT,
    NUMBER_IN_FLIGHT,
    NUMBER_IDLE,
    NUMBER_PACKETS,
};

static const struct {
    const char *head;
    int width;
} numbers[] = {
    [NUMBER_BYTES] = {"bytes",        8 },
      [NUMBER_SHARE] = {"share",        5 },
    [NUMBER_AGAIN] = {"again",        6 },
      [NUMBER_REINJECTED] = {"reinj",        6 },
    [NUMBER_RTT] = {"RTT min/mean", 12},
      [NUMBER_IN_FLIGHT] = {"in flight",    9 },
    [NUMBER_IDLE] = {"longest idle", 12},
      [NUMBER_PACKETS] = {"packets",      7 },
};
#define NUMBERS ((int)(sizeof numbers / sizeof numbers[0]))

static void number_words(const struct sheet *sheet, const struct mpta_subflow *subflow,
                         enum mpta_side side, int number, char text[UNITS_TEXT_MAX])
{
    const struct mpta_subflow_direction *direction = &subflow->directions[side];
    uint64_t all = sheet->connection.streams[side].data_bytes;
    switch ((enum number)number) {
    case NUMBER_BYTES:
        units_bytes(direction->payload_bytes, text);
        break;
    case NUMBER_SHARE:
        snprintf(text, UNITS_TEXT_MAX, "%.0f%%",
                 all > 0 ? 100 * (double)direction->measure.fresh_bytes / (double)all : 0);
        break;
    case NUMBER_AGAIN:
        bytes_brief(direction->retransmitted_bytes + direction->remapped_bytes, text);
        break;
    case NUMBER_REINJECTED:
        bytes_brief(direction->reinjected_bytes, text);
        break;
    case NUMBER_RTT:
        rtt_words(&direction->rtt, text);
        break;
    case NUMBER_IN_FLIGHT:
        bytes_brief(direction->measure.max_in_flight, text);
        break;
    case NUMBER_IDLE:
        units_duration(direction->measure.longest_idle_ns, text);
        break;
    case NUMBER_PACKETS:
        snprintf(text, UNITS_TEXT_MAX, "%" PRIu64, direction->packets);
        break;
    }
}

/* Which columns there are, and where they stand. */
struct subflow_table {
    bool beside; /* the numbers stand beside the name, else under it */
    int count;   /* of columns */
    int left;
    int arrow; /* columns that it takes, which in ASCII are two */
    int name_width;
};

static int numbers_width(const struct subflow_table *table, int count)
{
    int width = table->arrow;
    for (int i = 0; i < count; i++) {
        width += 1 + numbers[i].width;
    }
    return width;
}

static struct subflow_table table_make(const struct sheet *sheet)
{
    int columns = sheet->page->grid.columns;
    struct subflow_table table = {.count = NUMBER_RTT + 1,
                                  .arrow = text_columns(text_arrow(&sheet->text, MPTA_CLIENT))};
    table.beside = columns >= SIDE_BY_SIDE;
    while (table.count < NUMBERS && columns >= WIDE_NAME + numbers_width(&table, table.count + 1)) {
        table.count++;
    }
    while (table.count > 1 && columns < NAME_LEFT + numbers_width(&table, table.count)) {
        table.count--;
    }
    int room = columns - numbers_width(&table, table.count);
    table.left = !table.beside ? NAME_LEFT : room < WIDE_NAME ? room : WIDE_NAME;
    table.name_width = (table.beside ? table.left - 1 : columns) - NAME_LEFT;
    return table;
}

static void draw_numbers(const struct sheet *sheet, const struct subflow_table *table,
                         struct area line, const struct mpta_subflow *subflow, enum mpta_side side)
{
    int left = table->left + table->arrow;
    area_text(line, table->left, 0, STYLE_FAINT, text_arrow(&sheet->text, side));
    for (int i = 0; i < table->count; i++) {
        char text[UNITS_TEXT_MAX];
        number_words(sheet, subflow, side, i, text);
        area_field_right(line, left + 1, 0, numbers[i].width, STYLE_NORMAL, text);
        left += 1 + numbers[i].width;
    }
}

static void draw_subflow_head(const struct sheet *sheet, const struct subflow_table *table)
{
    struct area line = page_line(sheet->page);
    int left = table->left + table->arrow;
    area_fill(line, 0, STYLE_HEAD);
    area_text(line, NAME_LEFT, 0, STYLE_HEAD, table->beside ? "subflow" : "");
    for (int i = 0; i < table->count; i++) {
        area_field_right(line, left + 1, 0, numbers[i].width, STYLE_HEAD, numbers[i].head);
        left += 1 + numbers[i].width;
    }
}

/* Writes who it is, and tells whether that leaves room for the numbers. */
static bool draw_subflow_name(const struct sheet *sheet, struct area line, int width,
                              const struct mpta_subflow *subflow)
{
    const struct mpta_subflow_end *ends = subflow->ends;
    struct text_line words;
    char id[16];
    text_line_start(&words);
    words_path(&sheet->text, &ends[MPTA_CLIENT].address, ends[MPTA_CLIENT].port,
               &ends[MPTA_SERVER].address, ends[MPTA_SERVER].port, &words);
    snprintf(id, sizeof id, "%" PRIu32, subflow->id);
    area_put(line, 0, 0, style_of_subflow(subflow->id), glyph_subflow(subflow->id));
    area_field_right(line, 1, 0, 2, style_of_subflow(subflow->id), id);
    bool fits = text_columns(words.text) <= width;
    area_field(line, NAME_LEFT, 0, fits ? width : line.columns - NAME_LEFT, STYLE_NORMAL,
               words.text);
    return fits;
}

static unsigned subflow_style(const struct mpta_subflow *subflow)
{
    if (subflow->syn_ack_hmac == MPTA_INVALID || subflow->ack_hmac == MPTA_INVALID) {
        return STYLE_ERROR;
    }
    return subflow->was_reset || !subflow->established ? STYLE_WARNING : STYLE_FAINT;
}

/* A line of the table with the next words, as many as fit beside the numbers. */
static struct area draw_words(const struct sheet *sheet, const struct subflow_table *table,
                              const struct target *target, unsigned style, const char **words)
{
    struct area line = page_line(sheet->page);
    size_t length = text_fit(*words, table->name_width > 1 ? (size_t)table->name_width : 1);
    page_lead(sheet->page, target);
    area_print(area_columns(line, NAME_LEFT, table->name_width), 0, 0, style, "%.*s", (int)length,
               *words);
    *words += length + strspn(*words + length, " ");
    return line;
}

static void draw_subflow(const struct sheet *sheet, const struct subflow_table *table,
                         const struct mpta_subflow *subflow)
{
    const struct target target = {
        .kind = TARGET_SUBFLOW, .connection = sheet->connection.id, .subflow = subflow->id};
    struct text_line words;
    const char *rest = words.text;
    text_line_start(&words);
    words_subflow(subflow, &words);
    words_remapped(&sheet->text, subflow, &words);
    struct area line = page_line(sheet->page);
    page_lead(sheet->page, &target);
    bool fits = draw_subflow_name(sheet, line, table->name_width, subflow);
    if (table->beside) {
        if (!fits) { /* the whole line for the name */
            line = draw_words(sheet, table, &target, subflow_style(subflow), &rest);
        }
        draw_numbers(sheet, table, line, subflow, MPTA_CLIENT);
        line = draw_words(sheet, table, &target, subflow_style(subflow), &rest);
        draw_numbers(sheet, table, line, subflow, MPTA_SERVER);
    }
    while (*rest != '\0') {
        draw_words(sheet, table, &target, subflow_style(subflow), &rest);
    }
    for (int side = MPTA_CLIENT; !table->beside && side <= MPTA_SERVER; side++) {
        line = page_line(sheet->page);
        page_lead(sheet->page, &target);
        draw_numbers(sheet, table, line, subflow, (enum mpta_side)side);
    }
}

static void sheet_subflows(const struct sheet *sheet)
{
    const struct subflow_table table = table_make(sheet);
    struct mpta_subflow subflow;
    size_t i = 0;
    page_line(sheet->page);
    draw_subflow_head(sheet, &table);
    for (; i < SUBFLOWS_SHOWN &&
           mpta_tracker_subflow(sheet_tracker(sheet), sheet->connection.id, i, &subflow);
         i++) {
        draw_subflow(sheet, &table, &subflow);
    }
    if (i < sheet->connection.subflow_count) {
        area_print(page_line(sheet->page), NAME_LEFT, 0, STYLE_FAINT, "and %zu more",
                   sheet->connection.subflow_count - i);
    }
}

/* ---- Addresses and findings ----------------------------------------------------------------- */

static void draw_address(const struct sheet *sheet, const struct mpta_address_event *event)
{
    struct text_line words;
    text_line_start(&words);
    words_address(event, &words);
    words_place(&sheet->text, &event->at, &words);
    page_line(sheet->page);
    page_lead(sheet->page, &(struct target){.kind = TARGET_PACKET, .place = event->at});
    page_wrap(sheet->page, 0, 4, event->hmac == MPTA_INVALID ? STYLE_ERROR : STYLE_NORMAL,
              words.text);
}

static void sheet_addresses(const struct sheet *sheet)
{
    struct mpta_address_event event;
    size_t i = 0;
    if (sheet->connection.address_count > 0) {
        sheet_title(sheet, "Addresses");
    }
    for (; i < ADDRESSES_SHOWN &&
           mpta_tracker_address(sheet_tracker(sheet), sheet->connection.id, i, &event);
         i++) {
        draw_address(sheet, &event);
    }
    if (i < sheet->connection.address_count) {
        area_print(page_line(sheet->page), 0, 0, STYLE_FAINT, "and %zu more",
                   sheet->connection.address_count - i);
    }
}

static void draw_finding(const struct sheet *sheet, const struct mpta_finding *finding)
{
    const struct mpta_witness *first = &finding->witnesses[0];
    struct text_line words;
    text_line_start(&words);
    words_one_finding(&sheet->text, finding, &words);
    area_text(page_line(sheet->page), 0, 0, style_of_severity(finding->severity),
              mpta_severity_name(finding->severity));
    if (first->at.packet != 0) {
        page_lead(sheet->page, &(struct target){.kind = TARGET_PACKET, .place = first->at});
    }
    page_wrap(sheet->page, LABEL_COLUMNS, LABEL_COLUMNS, STYLE_NORMAL, words.text);
}

static void sheet_findings(const struct sheet *sheet)
{
    struct mpta_finding finding;
    if (sheet->connection.finding_count > 0) {
        sheet_title(sheet, "Findings");
    }
    for (size_t i = 0;
         mpta_tracker_finding(sheet_tracker(sheet), sheet->connection.id, i, &finding); i++) {
        draw_finding(sheet, &finding);
    }
}

/* ---- The view ------------------------------------------------------------------------------- */

static void connection_draw(struct ui *ui, struct area area)
{
    struct page *page = &ui->states.pages[VIEW_CONNECTION];
    struct sheet sheet = {.page = page, .ui = ui, .style = ui_text_style(ui)};
    sheet.text = (struct text){ui->model->report, &sheet.style, NULL};
    page_begin(page, area.columns, ui->settings.utf8);
    if (!mpta_tracker_connection(model_tracker(ui->model), ui->connection, &sheet.connection)) {
        area_text(page_line(page), 1, 0, STYLE_FAINT, "No MPTCP connection");
    } else {
        sheet_verdict(&sheet);
        page_line(page);
        sheet_path(&sheet);
        sheet_course(&sheet);
        sheet_began(&sheet);
        sheet_identity(&sheet);
        sheet_streams(&sheet);
        sheet_subflows(&sheet);
        kernel_section_add(page, ui->model->report, sheet.connection.id);
        sheet_addresses(&sheet);
        sheet_findings(&sheet);
    }
    page_draw(page, area);
    list_place(&page->list, "", ui->status);
}

const struct view view_connection = {
    .draw = connection_draw,
    .command = page_view_command,
    .click = page_view_click,
    .search = page_view_search,
    .rows = page_view_rows,
    .of_connection = true,
};
