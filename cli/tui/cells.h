/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The screen as a grid of cells, each one character and what it means. Views draw into areas of a
 * grid, which clip; a grid is then put on a terminal, or printed as text. It knows no terminal.
 *
 * Whatever text comes in, only characters that glyph.h lists get into a cell; others become '?'. So
 * no octet of a packet or a file can command the terminal.
 */
#ifndef CLI_TUI_CELLS_H
#define CLI_TUI_CELLS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "cli/tui/style.h"

#define GRID_COLUMNS_MAX 1000
#define GRID_ROWS_MAX    1000

struct cell {
    char text[4]; /* one character in UTF-8, filled up with NULs */
    uint8_t style;
};

/* All zero is a grid without cells. */
struct grid {
    int columns;
    int rows;
    bool utf8; /* else cells hold ASCII only */
    struct cell *cells;
};

/*
 * Gives a grid another size; what it holds is undefined until grid_clear, but for the rows of a
 * grid whose columns stay as many. False if memory is short; then it is as before.
 */
bool grid_resize(struct grid *grid, int columns, int rows);

/* Makes all cells blank. */
void grid_clear(struct grid *grid);

/* Prints a number of rows, from the first on, as text without blanks at the ends of lines. */
void grid_print(const struct grid *grid, int rows, FILE *stream);

bool grid_row_is_blank(const struct grid *grid, int row);

void grid_free(struct grid *grid);

/* A part of a grid; empty where columns or rows are 0. By value. */
struct area {
    struct grid *grid;
    int left;
    int top;
    int columns;
    int rows;
};

struct area grid_area(struct grid *grid);

/* The part of an area from a row or column on, so many of them: as far as there are any. */
struct area area_rows(struct area area, int top, int rows);
struct area area_columns(struct area area, int left, int columns);

/* Puts one character; outside of the area nothing happens. */
void area_put(struct area area, int column, int row, unsigned style, uint32_t character);

/* Writes UTF-8 text to the right of a column, cut at the end of the area. Returns the column after
 * it, also where that lies outside. */
int area_text(struct area area, int column, int row, unsigned style, const char *text);
int area_print(struct area area, int column, int row, unsigned style, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* The same within a field of so many columns; what does not fit ends in an ellipsis. */
void area_field(struct area area, int column, int row, int width, unsigned style, const char *text);
void area_field_right(struct area area, int column, int row, int width, unsigned style,
                      const char *text);

/* Makes a row blank, in this style. */
void area_fill(struct area area, int row, unsigned style);

/* Lays STYLE_SELECTED or STYLE_TAGGED over a row. */
void area_overlay(struct area area, int row, unsigned overlay);

/* How many columns a text takes. */
int text_columns(const char *text);

#endif
