/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tables in two passes: the first measures, the second writes; no row is kept. It knows cells and
 * widths, and nothing of what they mean.
 */
#include "cli/text_table.h"

#include <string.h>

#include "cli/text_wrap.h"

#define GAP 2

/* The widths of all columns. */
struct layout {
    size_t widths[TABLE_COLUMNS_MAX];
};

static void layout_measure(struct layout *layout, const struct table *table,
                           const struct table_row *row)
{
    for (size_t i = 0; i < table->column_count; i++) {
        size_t width = text_width(row->cells[i]);
        if (width > layout->widths[i]) {
            layout->widths[i] = width;
        }
    }
}

/* The elastic column gets what the others leave, and no more than it needs. */
static void layout_fit(struct layout *layout, const struct table *table)
{
    size_t others = table->indent + GAP * (table->column_count - 1);
    for (size_t i = 0; i < table->column_count; i++) {
        others += i == table->elastic ? 0 : layout->widths[i];
    }
    size_t room = others < TEXT_COLUMNS ? TEXT_COLUMNS - others : 1;
    if (layout->widths[table->elastic] > room) {
        layout->widths[table->elastic] = room;
    }
}

static void titles_fill(const struct table *table, struct table_row *row)
{
    memset(row, 0, sizeof *row);
    for (size_t i = 0; i < table->column_count; i++) {
        snprintf(row->cells[i], TABLE_CELL_MAX, "%s", table->columns[i].title);
        row->paints[i] = table->title_paint;
    }
}

static void row_fill(const struct table *table, const void *context, size_t index,
                     struct table_row *row)
{
    memset(row, 0, sizeof *row);
    table->fill(context, index, row);
}

/* One line on the screen: blanks are owed until something follows them, so that none ends it. */
struct line_state {
    FILE *stream;
    size_t owed;
};

static void cell_write(struct line_state *line, const struct table *table, size_t column,
                       const struct layout *layout, const char *text, size_t length,
                       const char *paint)
{
    char copy[TABLE_CELL_MAX];
    snprintf(copy, sizeof copy, "%.*s", (int)length, text);
    size_t width = text_width(copy);
    size_t blanks = width < layout->widths[column] ? layout->widths[column] - width : 0;
    bool right = table->columns[column].right;

    line->owed += right ? blanks : 0;
    if (copy[0] != '\0') {
        fprintf(line->stream, "%*s%s%s%s", (int)line->owed, "", paint != NULL ? paint : "", copy,
                paint != NULL ? table->unpaint : "");
        line->owed = 0;
    }
    line->owed += (right ? 0 : blanks) + GAP;
}

/* What of a row is written in one line. */
struct row_part {
    const char *elastic;
    size_t elastic_len;
    bool before; /* the columns before the elastic one */
    bool after;  /* and after it */
};

static void row_line_write(FILE *stream, const struct table *table, const struct layout *layout,
                           const struct table_row *row, const struct row_part *part)
{
    struct line_state line = {stream, table->indent};
    for (size_t i = 0; i < table->column_count; i++) {
        const char *text = row->cells[i];
        size_t length = (i < table->elastic ? part->before : part->after) ? strlen(text) : 0;
        if (i == table->elastic) {
            text = part->elastic;
            length = part->elastic_len;
        }
        cell_write(&line, table, i, layout, text, length, row->paints[i]);
    }
    putc('\n', stream);
}

/*
 * The elastic cell may take several lines, and one word of it may be wider than its column; the
 * cells behind it stand in the first line where there is room for them.
 */
static void row_write(FILE *stream, const struct table *table, const struct layout *layout,
                      const struct table_row *row)
{
    size_t room = layout->widths[table->elastic];
    struct row_part part = {.elastic = row->cells[table->elastic], .before = true};
    bool due = true;
    do {
        char copy[TABLE_CELL_MAX];
        part.elastic_len = text_fit(part.elastic, room);
        snprintf(copy, sizeof copy, "%.*s", (int)part.elastic_len, part.elastic);
        part.after = due && text_width(copy) <= room;
        row_line_write(stream, table, layout, row, &part);
        due = due && !part.after;
        part.before = false;
        part.elastic += part.elastic_len;
        part.elastic += strspn(part.elastic, " ");
    } while (*part.elastic != '\0');
    if (due) {
        part.elastic_len = 0;
        part.after = true;
        row_line_write(stream, table, layout, row, &part);
    }
}

void table_write(FILE *stream, const struct table *table, const void *context, size_t row_count)
{
    struct layout layout = {{0}};
    struct table_row row;

    titles_fill(table, &row);
    layout_measure(&layout, table, &row);
    for (size_t i = 0; i < row_count; i++) {
        row_fill(table, context, i, &row);
        layout_measure(&layout, table, &row);
    }
    layout_fit(&layout, table);

    titles_fill(table, &row);
    row_write(stream, table, &layout, &row);
    for (size_t i = 0; i < row_count; i++) {
        row_fill(table, context, i, &row);
        row_write(stream, table, &layout, &row);
    }
}
