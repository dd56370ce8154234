/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Addresses that the hosts of a connection announced, echoed and removed. Repetitions, which are
 * how TCP options are made to arrive, are one row with a count.
 */
#include <inttypes.h>
#include <string.h>

#include "cli/report_text.h"

#define ROWS_MAX 32

static const char *const verbs[] = {
    [MPTA_ADDRESS_ADD] = "announces",
    [MPTA_ADDRESS_ECHO] = "echoes",
    [MPTA_ADDRESS_REMOVE] = "removes",
};

enum { COLUMN_WHAT, COLUMN_ID, COLUMN_ADDRESS, COLUMN_HMAC, COLUMN_PLACE };

struct address_row {
    struct mpta_address_event event; /* the first of its like */
    uint64_t count;
};

struct address_rows {
    const struct text *text;
    struct address_row rows[ROWS_MAX];
    size_t count;
    uint64_t left_out;
};

static bool event_is_like(const struct mpta_address_event *a, const struct mpta_address_event *b)
{
    return a->op == b->op && a->by == b->by && a->address_id == b->address_id &&
           mpta_address_equal(&a->address, &b->address) && a->has_port == b->has_port &&
           (!a->has_port || a->port == b->port) && a->hmac == b->hmac;
}

static void rows_add(struct address_rows *rows, const struct mpta_address_event *event)
{
    size_t i = 0;
    while (i < rows->count && !event_is_like(&rows->rows[i].event, event)) {
        i++;
    }
    if (i < rows->count) {
        rows->rows[i].count++;
    } else if (i < ROWS_MAX) {
        rows->rows[rows->count++] = (struct address_row){*event, 1};
    } else {
        rows->left_out++;
    }
}

static void fill_address(const struct mpta_address_event *event, char cell[TABLE_CELL_MAX])
{
    if (event->has_port) {
        mpta_endpoint_format(&event->address, event->port, cell, TABLE_CELL_MAX);
    } else if (event->address.family != 0) {
        mpta_address_format(&event->address, cell, TABLE_CELL_MAX);
    }
}

void words_address(const struct mpta_address_event *event, struct text_line *line)
{
    char address[TABLE_CELL_MAX] = "";
    fill_address(event, address);
    text_line_item(line, "%s %s%s%s, id %u", words_side(event->by), verbs[event->op],
                   address[0] != '\0' ? " " : "", address, event->address_id);
    if (event->hmac != MPTA_ABSENT) {
        text_line_item(line, "HMAC %s", mpta_verdict_name(event->hmac));
    }
}

static void address_fill(const void *context, size_t index, struct table_row *row)
{
    const struct address_rows *rows = context;
    const struct mpta_address_event *event = &rows->rows[index].event;
    struct text_line place;

    snprintf(row->cells[COLUMN_WHAT], TABLE_CELL_MAX, "%s %s", words_side(event->by),
             verbs[event->op]);
    snprintf(row->cells[COLUMN_ID], TABLE_CELL_MAX, "%u", event->address_id);
    fill_address(event, row->cells[COLUMN_ADDRESS]);
    if (event->hmac != MPTA_ABSENT) {
        snprintf(row->cells[COLUMN_HMAC], TABLE_CELL_MAX, "%s", mpta_verdict_name(event->hmac));
        row->paints[COLUMN_HMAC] =
            text_paint(rows->text, event->hmac == MPTA_INVALID ? PAINT_ERROR : PAINT_NONE);
    }
    text_line_start(&place);
    words_place(rows->text, &event->at, &place);
    if (rows->rows[index].count > 1) {
        text_line_item(&place, "%" PRIu64 " times", rows->rows[index].count);
    }
    snprintf(row->cells[COLUMN_PLACE], TABLE_CELL_MAX, "%.*s", TABLE_CELL_MAX - 1, place.text);
}

void text_addresses_write(const struct text *text, const struct mpta_connection *connection)
{
    static const struct table_column columns[] = {
        [COLUMN_WHAT] = {"",           false},
        [COLUMN_ID] = {"id",         true },
        [COLUMN_ADDRESS] = {"address",    false},
        [COLUMN_HMAC] = {"HMAC",       false},
        [COLUMN_PLACE] = {"first seen", false},
    };
    struct table table = {
        .columns = columns,
        .column_count = sizeof columns / sizeof columns[0],
        .elastic = COLUMN_PLACE,
        .fill = address_fill,
    };
    struct address_rows rows = {.text = text};
    struct mpta_address_event event;

    for (size_t i = 0; mpta_tracker_address(text->report->tracker, connection->id, i, &event);
         i++) {
        rows_add(&rows, &event);
    }
    if (rows.count == 0) {
        return;
    }
    text_table_style(text, &table);
    putc('\n', text->stream);
    table_write(text->stream, &table, &rows, rows.count);
    if (rows.left_out > 0) {
        fprintf(text->stream, "  and %" PRIu64 " more\n", rows.left_out);
    }
}
