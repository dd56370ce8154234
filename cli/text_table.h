/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tables at 80 columns. One column is elastic: it takes the room that the others leave, and breaks
 * what is too long between words.
 */
#ifndef CLI_TEXT_TABLE_H
#define CLI_TEXT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define TABLE_COLUMNS_MAX 8
#define TABLE_CELL_MAX    320

struct table_column {
    const char *title;
    bool right; /* aligned to the right */
};

/* One row; cells are empty and paints NULL unless set. */
struct table_row {
    char cells[TABLE_COLUMNS_MAX][TABLE_CELL_MAX];
    const char *paints[TABLE_COLUMNS_MAX]; /* a terminal sequence before the cell, or NULL */
};

struct table {
    const struct table_column *columns;
    size_t column_count; /* at most TABLE_COLUMNS_MAX */
    size_t elastic;      /* the index of that column */
    size_t indent;
    const char *title_paint; /* NULL: none */
    const char *unpaint;     /* what ends a paint */
    void (*fill)(const void *context, size_t index, struct table_row *row);
};

/* Writes titles and rows; fill is called twice for each index below row_count. */
void table_write(FILE *stream, const struct table *table, const void *context, size_t row_count);

#endif
