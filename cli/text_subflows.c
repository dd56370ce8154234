/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The table of subflows: two rows each, the upper one with its path and what the client sent, the
 * lower one with its role and end and what the server sent.
 */
#include <inttypes.h>

#include "cli/report_text.h"
#include "cli/units.h"

#define UNLINKED_SHOWN 20
#define SUBFLOWS_SHOWN 200

enum { COLUMN_ID, COLUMN_PATH, COLUMN_BYTES, COLUMN_AGAIN, COLUMN_RTT };

/* Whose subflows a table shows. */
struct subflow_list {
    const struct text *text;
    const struct mpta_connection *connection; /* NULL: those without one */
};

static bool list_subflow(const struct subflow_list *list, size_t index,
                         struct mpta_subflow *subflow)
{
    const struct mpta_tracker *tracker = list->text->report->tracker;
    return list->connection != NULL
               ? mpta_tracker_subflow(tracker, list->connection->id, index, subflow)
               : mpta_tracker_unlinked(tracker, index, subflow);
}

/* Shortest, median, 95 % in milliseconds. Those by timestamps are marked: they count delayed ACKs.
 */
static void fill_rtt(const struct mpta_subflow_direction *direction, char cell[TABLE_CELL_MAX])
{
    bool by_timestamps = direction->rtt.samples == 0;
    const struct mpta_rtt *rtt = by_timestamps ? &direction->rtt_timestamps : &direction->rtt;
    char least[UNITS_TEXT_MAX];
    char median[UNITS_TEXT_MAX];
    char p95[UNITS_TEXT_MAX];
    if (rtt->samples == 0) {
        snprintf(cell, TABLE_CELL_MAX, "-");
        return;
    }
    units_milliseconds(rtt->min_ns, least);
    units_milliseconds(rtt->median_ns, median);
    units_milliseconds(rtt->p95_ns, p95);
    snprintf(cell, TABLE_CELL_MAX, "%s%s/%s/%s ms", by_timestamps ? "~" : "", least, median, p95);
}

static void fill_direction(const struct text *text, const struct mpta_subflow *subflow,
                           enum mpta_side sender, struct table_row *row)
{
    const struct mpta_subflow_direction *direction = &subflow->directions[sender];
    char bytes[UNITS_TEXT_MAX];
    units_bytes(direction->payload_bytes, bytes);
    snprintf(row->cells[COLUMN_BYTES], TABLE_CELL_MAX, "%s %8s", text_arrow(text, sender), bytes);
    uint64_t again = direction->retransmitted_bytes + direction->remapped_bytes;
    if (again > 0) {
        units_bytes(again, row->cells[COLUMN_AGAIN]);
    } else {
        snprintf(row->cells[COLUMN_AGAIN], TABLE_CELL_MAX, "-");
    }
    fill_rtt(direction, row->cells[COLUMN_RTT]);
}

/* "loss ->1.2%, <-0.3%", as far as there was any. */
static void words_losses(const struct text *text, const struct mpta_subflow *subflow,
                         struct text_line *line)
{
    const char *label = "loss ";
    for (enum mpta_side side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
        double ratio;
        if (mpta_flow_loss_ratio(&subflow->directions[side].measure, &ratio) && ratio > 0) {
            text_line_item(line, "%s%s%.1f%%", label, text_arrow(text, side), 100 * ratio);
            label = "";
        }
    }
}

static void subflow_fill(const void *context, size_t index, struct table_row *row)
{
    const struct subflow_list *list = context;
    struct mpta_subflow subflow;
    struct text_line line;
    if (!list_subflow(list, index / 2, &subflow)) {
        return;
    }
    text_line_start(&line);
    if (index % 2 == 0) {
        const struct mpta_subflow_end *ends = subflow.ends;
        snprintf(row->cells[COLUMN_ID], TABLE_CELL_MAX, "%" PRIu32, subflow.id);
        words_path(list->text, &ends[MPTA_CLIENT].address, ends[MPTA_CLIENT].port,
                   &ends[MPTA_SERVER].address, ends[MPTA_SERVER].port, &line);
    } else {
        words_subflow(&subflow, &line);
        words_remapped(list->text, &subflow, &line);
        words_losses(list->text, &subflow, &line);
        if (list->connection == NULL && subflow.token_known) {
            text_line_item(&line, "token 0x%08" PRIx32, subflow.token);
        }
    }
    snprintf(row->cells[COLUMN_PATH], TABLE_CELL_MAX, "%.*s", TABLE_CELL_MAX - 1, line.text);
    fill_direction(list->text, &subflow, index % 2 == 0 ? MPTA_CLIENT : MPTA_SERVER, row);
}

static void list_write(const struct subflow_list *list, uint64_t count, uint64_t shown)
{
    static const struct table_column columns[] = {
        [COLUMN_ID] = {"#",                  true },
        [COLUMN_PATH] = {"subflow",            false},
        [COLUMN_BYTES] = {"bytes",              true },
        [COLUMN_AGAIN] = {"again",              true },
        [COLUMN_RTT] = {"RTT min/median/95%", true },
    };
    struct table table = {
        .columns = columns,
        .column_count = sizeof columns / sizeof columns[0],
        .elastic = COLUMN_PATH,
        .fill = subflow_fill,
    };
    shown = count < shown ? count : shown;
    text_table_style(list->text, &table);
    putc('\n', list->text->stream);
    table_write(list->text->stream, &table, list, 2 * shown);
    if (count > shown) {
        fprintf(list->text->stream, "  and %" PRIu64 " more\n", count - shown);
    }
}

void text_subflows_write(const struct text *text, const struct mpta_connection *connection)
{
    const struct subflow_list list = {text, connection};
    if (connection->subflow_count > 0) {
        list_write(&list, connection->subflow_count, SUBFLOWS_SHOWN);
    }
}

void text_unlinked_write(const struct text *text, uint64_t count)
{
    const struct subflow_list list = {text, NULL};
    if (count > 0) {
        fprintf(text->stream,
                "\n%sSubflows without a connection%s: their tokens are of none that "
                "was seen\n",
                text_paint(text, PAINT_HEADING), text_unpaint(text));
        list_write(&list, count, UNLINKED_SHOWN);
    }
}
