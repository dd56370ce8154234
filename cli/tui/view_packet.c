/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * View 7: one packet, its headers, each option with its fields under it, and its octets as far as
 * they are kept. Left and right lead to the packets of the same connection before and after it.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "cli/escape.h"
#include "cli/tui/option_fields.h"
#include "cli/tui/ui.h"
#include "cli/tui/words.h"
#include "cli/units.h"

#define LABEL_COLUMNS 13

/* What the parts of the page need. */
struct sheet {
    struct page *page;
    struct ui *ui;
    struct text text;
    const struct packet *packet;
    uint8_t octets[PACKET_OCTETS_MAX];
    bool hidden[PACKET_OCTETS_MAX]; /* octets that may be of a key, which nobody asked to see */
    struct mpta_segment segment;
    bool dissected;
};

__attribute__((format(printf, 3, 4))) static void
sheet_row(const struct sheet *sheet, const char *label, const char *format, ...)
{
    char words[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    area_text(page_line(sheet->page), 0, 0, STYLE_FAINT, label);
    page_wrap(sheet->page, LABEL_COLUMNS, LABEL_COLUMNS, STYLE_NORMAL, words);
}

/* ---- Which packet it is --------------------------------------------------------------------- */

static void sheet_place(const struct sheet *sheet)
{
    const struct packet *packet = sheet->packet;
    char began[UNITS_TEXT_MAX];
    struct text_line line;
    text_line_start(&line);
    words_place(&sheet->text, &packet->place, &line);
    text_line_add(&line, ", ");
    words_since(sheet->ui->model->first_ns, packet->place.time_ns, &line);
    units_time_human(packet->place.time_ns, began);
    text_line_add(&line, " s, %s", began);
    page_line(sheet->page);
    page_wrap(sheet->page, 0, LABEL_COLUMNS, STYLE_STRONG, line.text);
}

static void interface_words(const struct sheet *sheet, struct text_line *line)
{
    const struct packet *packet = sheet->packet;
    const struct capture *capture =
        sheet->ui->model->report->captures[packet->place.capture].capture;
    char name[256];
    if (packet->interface < capture->interface_count &&
        capture->interfaces[packet->interface].name[0] != '\0') {
        escape_format(capture->interfaces[packet->interface].name, name, sizeof name);
        text_line_add(line, "%s, ", name);
    }
    text_line_add(line, "link type %" PRIu32 ", %" PRIu32 " octets", packet->link_type,
                  packet->wire_len);
    if (packet->captured < packet->wire_len) {
        text_line_add(line, ", %" PRIu32 " of them captured", packet->captured);
    }
}

static void sheet_frame(const struct sheet *sheet)
{
    struct text_line line;
    text_line_start(&line);
    interface_words(sheet, &line);
    sheet_row(sheet, "frame", "%s", line.text);
    if (sheet->segment.tunnels > 0) {
        sheet_row(sheet, "tunnels", "%u unwrapped", sheet->segment.tunnels);
    }
}

static void sheet_subflow(const struct sheet *sheet)
{
    const struct mpta_fed *fed = &sheet->packet->fed;
    const char *fate = fed->duplicate ? ", captured before: not counted again"
                       : fed->damaged
                           ? ", damaged: its TCP checksum is wrong, its receiver drops it"
                           : "";
    if (fed->has_connection) {
        sheet_row(sheet, "belongs to",
                  "connection %" PRIu32 ", subflow %" PRIu32 ", sent by the %s%s", fed->connection,
                  fed->subflow, words_side(fed->by), fate);
    } else if (fed->has_subflow) {
        sheet_row(sheet, "belongs to", "a subflow without a connection%s", fate);
    }
}

/* Where it speaks of the data stream. */
static void sheet_data(const struct sheet *sheet)
{
    const struct mpta_fed_data *data = &sheet->packet->fed.data;
    struct text_line line;
    text_line_start(&line);
    if (data->placed) {
        text_line_item(&line, "octets %" PRId64 " to %" PRId64, data->begin, data->end);
    }
    if (data->acked) {
        text_line_item(&line, "acknowledges the other direction up to %" PRId64, data->data_ack);
    }
    if (data->retransmitted_bytes > 0) {
        text_line_item(&line, "%" PRIu64 " retransmitted", data->retransmitted_bytes);
    }
    if (data->remapped_bytes > 0) {
        text_line_item(&line, "%" PRIu64 " remapped", data->remapped_bytes);
    }
    if (data->reinjected_bytes > 0) {
        text_line_item(&line, "%" PRIu64 " reinjected", data->reinjected_bytes);
    }
    if (line.length > 0) {
        sheet_row(sheet, "data stream", "%s", line.text);
    }
}

/* ---- TCP ------------------------------------------------------------------------------------ */

static void sheet_tcp(const struct sheet *sheet)
{
    const struct mpta_segment *segment = &sheet->segment;
    char source[MPTA_ENDPOINT_TEXT_MAX];
    char destination[MPTA_ENDPOINT_TEXT_MAX];
    char flags[MPTA_TCP_FLAGS_TEXT_MAX];
    mpta_endpoint_format(&segment->src, segment->src_port, source, sizeof source);
    mpta_endpoint_format(&segment->dst, segment->dst_port, destination, sizeof destination);
    mpta_tcp_flags_format(segment->flags, flags, sizeof flags);
    sheet_row(sheet, "TCP", "%s %s %s", source, text_arrow(&sheet->text, MPTA_CLIENT), destination);
    sheet_row(sheet, "",
              "[%s] seq %" PRIu32 ", ack %" PRIu32 ", window %u, %" PRIu32 " octets of payload",
              flags, segment->seq, segment->ack, segment->window, segment->payload_len);
}

static void sheet_fields(const struct sheet *sheet, const struct mpta_tcp_option *option)
{
    struct option_field fields[OPTION_FIELDS_MAX];
    size_t count = option_fields(option, sheet->ui->settings.show_keys, fields);
    for (size_t i = 0; i < count; i++) {
        struct area line = page_line(sheet->page);
        area_put(line, 2, 0, STYLE_FAINT, i + 1 < count ? 0x251c : 0x2514);
        area_text(line, 4, 0, STYLE_FAINT, fields[i].name);
        page_wrap(sheet->page, LABEL_COLUMNS + 4, LABEL_COLUMNS + 4, STYLE_NORMAL, fields[i].value);
    }
}

static void sheet_option(const struct sheet *sheet, const struct mpta_tcp_option *option)
{
    char name[OPTION_NAME_MAX];
    bool right = option_name(option, name);
    area_text(page_line(sheet->page), 0, 0,
              !right                            ? STYLE_ERROR
              : option->kind == MPTA_KIND_MPTCP ? STYLE_STRONG
                                                : STYLE_NORMAL,
              name);
    sheet_fields(sheet, option);
}

static void sheet_options(const struct sheet *sheet)
{
    struct mpta_option_walk walk;
    struct mpta_tcp_option option;
    enum mpta_walk step;
    page_line(sheet->page);
    mpta_option_walk_start(&walk, &sheet->segment);
    while ((step = mpta_option_walk_next(&walk, &option)) == MPTA_WALK_OPTION) {
        sheet_option(sheet, &option);
    }
    if (step == MPTA_WALK_OVERRUN) {
        area_text(page_line(sheet->page), 0, 0, STYLE_ERROR,
                  "malformed: an option reaches past the option area");
    } else if (step == MPTA_WALK_CUT) {
        area_text(page_line(sheet->page), 0, 0, STYLE_WARNING, "further options were not captured");
    }
}

/* ---- Octets --------------------------------------------------------------------------------- */

/* Keys are not shown unless asked for. */
static void sheet_hide_keys(struct sheet *sheet)
{
    struct mpta_option_walk walk;
    struct mpta_tcp_option option;
    mpta_option_walk_start(&walk, &sheet->segment);
    while (mpta_option_walk_next(&walk, &option) == MPTA_WALK_OPTION) {
        size_t begin = (size_t)(option.octets - sheet->octets);
        for (size_t i = 0; i < option.length; i++) {
            sheet->hidden[begin + i] = option_octet_is_key(&option, i);
        }
    }
}

/* What an octet is part of. */
static unsigned octet_style(const struct sheet *sheet, size_t at)
{
    const struct mpta_segment *segment = &sheet->segment;
    if (!sheet->dissected) {
        return STYLE_NORMAL;
    }
    size_t options = (size_t)(segment->options - sheet->octets);
    if (at >= options && at < options + segment->options_captured) {
        return STYLE_NOTE;
    }
    return at < options ? STYLE_FAINT : STYLE_NORMAL;
}

static void draw_octets(const struct sheet *sheet, size_t from, int width)
{
    struct area line = page_line(sheet->page);
    area_print(line, 0, 0, STYLE_FAINT, "%04zx", from);
    for (int i = 0; i < width && from + (size_t)i < sheet->packet->kept; i++) {
        uint8_t octet = sheet->octets[from + (size_t)i];
        unsigned style = octet_style(sheet, from + (size_t)i);
        if (sheet->hidden[from + (size_t)i]) {
            area_text(line, 6 + 3 * i, 0, STYLE_FAINT, "--");
            continue;
        }
        area_print(line, 6 + 3 * i, 0, style, "%02x", octet);
        area_put(line, 6 + 3 * width + 1 + i, 0, style,
                 octet >= 0x20 && octet < 0x7f ? octet : '.');
    }
}

static void sheet_octets(const struct sheet *sheet)
{
    const struct packet *packet = sheet->packet;
    int width = sheet->page->grid.columns >= 6 + 4 * 16 + 1 ? 16 : 8;
    page_line(sheet->page);
    for (size_t at = 0; at < packet->kept; at += (size_t)width) {
        draw_octets(sheet, at, width);
    }
    if (packet->kept < packet->captured) {
        area_print(page_line(sheet->page), 6, 0, STYLE_FAINT, "and %" PRIu32 " octets more",
                   packet->captured - packet->kept);
    }
}

/* ---- The view ------------------------------------------------------------------------------- */

static void sheet_fill(struct sheet *sheet)
{
    const struct packet_store *store = sheet->ui->model->packets;
    packet_store_octets(store, sheet->packet, sheet->octets);
    sheet->dissected =
        mpta_frame_dissect(sheet->packet->link_type, sheet->octets, sheet->packet->kept,
                           sheet->packet->wire_len, &sheet->segment) == MPTA_FRAME_TCP;
    if (sheet->dissected && !sheet->ui->settings.show_keys) {
        sheet_hide_keys(sheet);
    }
    sheet_place(sheet);
    sheet_subflow(sheet);
    if (sheet->dissected) {
        sheet_tcp(sheet);
    }
    sheet_data(sheet);
    sheet_frame(sheet);
    if (sheet->dissected) {
        sheet_options(sheet);
    }
    sheet_octets(sheet);
}

/* Without another choice it is the first packet of the connection that is there; after one that has
 * given way, the next one. */
static const struct packet *shown_packet(struct ui *ui)
{
    const struct packet_store *store = ui->model->packets;
    uint64_t wanted = ui->packet != PACKET_NONE ? ui->packet : 0;
    const struct packet *packet = packet_store_get(store, wanted);
    if (packet == NULL || ui->packet == PACKET_NONE) {
        packet = packet_store_get(store, packet_store_first_of(store, ui->connection));
    }
    while (packet != NULL && packet->serial < wanted && packet->next != PACKET_NONE) {
        packet = packet_store_get(store, packet->next);
    }
    ui->packet = packet != NULL ? packet->serial : PACKET_NONE;
    return packet;
}

/* The packets before it may have given way. */
static bool is_beside_forgotten(const struct packet_store *store, const struct packet *packet)
{
    uint64_t first = packet_store_first(store);
    return packet->previous == PACKET_NONE || packet->previous < first || packet->serial < first;
}

static void sheet_forgotten(const struct sheet *sheet)
{
    struct text_line line;
    text_line_start(&line);
    if (words_forgotten(sheet->ui->model, sheet->ui->connection, &line)) {
        page_line(sheet->page);
        page_wrap(sheet->page, 1, 1, STYLE_WARNING, line.text);
    }
}

static void packet_draw(struct ui *ui, struct area area)
{
    struct page *page = &ui->states.pages[VIEW_PACKET];
    struct text_style style = ui_text_style(ui);
    struct sheet sheet = {.page = page, .ui = ui, .packet = shown_packet(ui)};
    sheet.text = (struct text){ui->model->report, &style, NULL};
    page_begin(page, area.columns, ui->settings.utf8);
    if (sheet.packet == NULL) {
        bool any = model_summary(ui->model)->connections > 0;
        area_text(page_line(page), 1, 0, STYLE_FAINT,
                  any ? "No packet of this connection is kept" : "No MPTCP connection");
        sheet_forgotten(&sheet);
    } else {
        if (is_beside_forgotten(ui->model->packets, sheet.packet)) {
            sheet_forgotten(&sheet);
        }
        sheet_fill(&sheet);
        snprintf(ui->status, sizeof ui->status, "#%" PRIu64, (uint64_t)sheet.packet->place.packet);
    }
    page_draw(page, area);
}

static void go_beside(struct ui *ui, bool next)
{
    const struct packet *packet = shown_packet(ui);
    uint64_t serial = packet == NULL ? PACKET_NONE : next ? packet->next : packet->previous;
    if (serial != PACKET_NONE) {
        ui->packet = serial;
    }
}

static bool packet_command(struct ui *ui, enum command command)
{
    if (command == COMMAND_LEFT || command == COMMAND_RIGHT) {
        go_beside(ui, command == COMMAND_RIGHT);
        return true;
    }
    return page_view_command(ui, command);
}

const struct view view_packet = {
    .draw = packet_draw,
    .command = packet_command,
    .click = page_view_click,
    .search = page_view_search,
    .rows = page_view_rows,
    .of_connection = true,
};
