/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * All connections at a glance, one line each.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "cli/report_text.h"
#include "cli/units.h"

enum { COLUMN_ID, COLUMN_PATH, COLUMN_LASTED, COLUMN_C2S, COLUMN_S2C, COLUMN_RESULT };

/* What the subflows of a connection carried, as far as TCP counts: data bytes and repetitions. */
static void payload_sum(const struct text *text, const struct mpta_connection *connection,
                        uint64_t payload[2])
{
    struct mpta_subflow subflow;
    payload[MPTA_CLIENT] = payload[MPTA_SERVER] = 0;
    for (size_t i = 0; mpta_tracker_subflow(text->report->tracker, connection->id, i, &subflow);
         i++) {
        payload[MPTA_CLIENT] += subflow.directions[MPTA_CLIENT].payload_bytes;
        payload[MPTA_SERVER] += subflow.directions[MPTA_SERVER].payload_bytes;
    }
}

/* How a connection ended that nothing is to be said against. */
static const char *overview_end(const struct mpta_connection *connection, enum text_paint *paint)
{
    static const struct {
        const char *words;
        enum text_paint paint;
    } ends[] = {
        [MPTA_CONNECTION_OPEN] = {"fine, open", PAINT_GOOD},
        [MPTA_CONNECTION_DATA_FIN] = {"fine",       PAINT_GOOD},
        [MPTA_CONNECTION_FASTCLOSE] = {"aborted",    PAINT_NOTE},
        [MPTA_CONNECTION_RESET] = {"reset",      PAINT_NOTE},
        [MPTA_CONNECTION_FIN] = {"fine",       PAINT_GOOD},
    };
    if (connection->close == MPTA_CONNECTION_OPEN && !connection->established) {
        *paint = PAINT_NOTE;
        return "not established";
    }
    *paint = ends[connection->close].paint;
    return ends[connection->close].words;
}

/* The worst that is to be said: findings that are more than notes, then a fallback, then the end.
 */
static void overview_result(const struct text *text, const struct mpta_connection *connection,
                            struct table_row *row)
{
    uint64_t counts[MPTA_SEVERITY_COUNT];
    enum mpta_severity worst;
    enum text_paint paint = PAINT_NOTE;
    struct text_line line;

    text_line_start(&line);
    text_connection_findings(text, connection, counts);
    counts[MPTA_NOTE] = 0;
    if (words_worst(counts, &line, &worst)) {
        paint = severity_paint(worst);
    } else if (connection->fallback != MPTA_FALLBACK_NONE) {
        text_line_add(&line, "fell back");
    } else {
        text_line_add(&line, "%s", overview_end(connection, &paint));
    }
    snprintf(row->cells[COLUMN_RESULT], TABLE_CELL_MAX, "%.32s", line.text);
    row->paints[COLUMN_RESULT] = text_paint(text, paint);
}

static void connection_fill(const struct text *text, size_t index, struct table_row *row)
{
    struct mpta_connection connection;
    struct text_line path;
    uint64_t payload[2];
    if (!mpta_tracker_connection_at(text->report->tracker, index, &connection)) {
        return;
    }
    text_line_start(&path);
    words_path(text, &connection.hosts[MPTA_CLIENT].address, connection.hosts[MPTA_CLIENT].port,
               &connection.hosts[MPTA_SERVER].address, connection.hosts[MPTA_SERVER].port, &path);
    payload_sum(text, &connection, payload);
    snprintf(row->cells[COLUMN_ID], TABLE_CELL_MAX, "%" PRIu32, connection.id);
    snprintf(row->cells[COLUMN_PATH], TABLE_CELL_MAX, "%.200s", path.text);
    units_duration(units_between(connection.start_ns, connection.end_ns),
                   row->cells[COLUMN_LASTED]);
    units_bytes(payload[MPTA_CLIENT], row->cells[COLUMN_C2S]);
    units_bytes(payload[MPTA_SERVER], row->cells[COLUMN_S2C]);
    overview_result(text, &connection, row);
}

/* So many connections that came to nothing are shown; a flood is no more to be seen by more. */
#define IDLE_SHOWN 8

/* Which connections have a row. */
struct overview {
    const struct text *text;
    size_t *indexes; /* by row; NULL: all have one */
    size_t rows;
    size_t left_out;
};

/* It was never established, carried nothing, and nothing is to be said against it. */
static bool is_idle(const struct text *text, const struct mpta_connection *connection)
{
    uint64_t payload[2];
    uint64_t counts[MPTA_SEVERITY_COUNT];
    if (connection->established || connection->close != MPTA_CONNECTION_OPEN ||
        connection->fallback != MPTA_FALLBACK_NONE) {
        return false;
    }
    payload_sum(text, connection, payload);
    text_connection_findings(text, connection, counts);
    return payload[MPTA_CLIENT] + payload[MPTA_SERVER] == 0 && counts[MPTA_WARNING] == 0 &&
           counts[MPTA_ERROR] == 0;
}

static void overview_choose(struct overview *overview, size_t count)
{
    struct mpta_connection connection;
    size_t idle = 0;
    overview->rows = count;
    overview->indexes = calloc(count, sizeof *overview->indexes);
    if (overview->indexes == NULL) {
        return;
    }
    overview->rows = 0;
    for (size_t i = 0; mpta_tracker_connection_at(overview->text->report->tracker, i, &connection);
         i++) {
        if (!is_idle(overview->text, &connection) || idle++ < IDLE_SHOWN) {
            overview->indexes[overview->rows++] = i;
        }
    }
    overview->left_out = count - overview->rows;
}

static void overview_fill(const void *context, size_t row_index, struct table_row *row)
{
    const struct overview *overview = context;
    size_t index = overview->indexes ? overview->indexes[row_index] : row_index;
    connection_fill(overview->text, index, row);
}

void text_overview_write(const struct text *text)
{
    char sent[16];
    char received[16];
    struct mpta_summary summary;
    struct overview overview = {.text = text};
    snprintf(sent, sizeof sent, "bytes %s", text_arrow(text, MPTA_CLIENT));
    snprintf(received, sizeof received, "bytes %s", text_arrow(text, MPTA_SERVER));
    const struct table_column columns[] = {
        [COLUMN_ID] = {"#",          true },
          [COLUMN_PATH] = {"connection", false},
        [COLUMN_LASTED] = {"lasted",     true },
          [COLUMN_C2S] = {sent,         true },
        [COLUMN_S2C] = {received,     true },
          [COLUMN_RESULT] = {"result",     false},
    };
    struct table table = {
        .columns = columns,
        .column_count = sizeof columns / sizeof columns[0],
        .elastic = COLUMN_PATH,
        .fill = overview_fill,
    };

    mpta_tracker_summary(text->report->tracker, &summary);
    if (summary.kept == 0) {
        return;
    }
    text_table_style(text, &table);
    table.indent = 0;
    putc('\n', text->stream);
    overview_choose(&overview, summary.kept);
    table_write(text->stream, &table, &overview, overview.rows);
    if (overview.left_out > 0) {
        fprintf(text->stream, "and %zu more that were not established\n", overview.left_out);
    }
    free(overview.indexes);
}
