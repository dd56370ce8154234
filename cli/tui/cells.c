/* SPDX-License-Identifier: BSD-3-Clause */
/* Drawing into grids. Everything that is drawn goes through area_put, which clips. */
#include "cli/tui/cells.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cli/tui/glyph.h"
#include "cli/utf8.h"

#define TEXT_MAX 1024
#define ELLIPSIS 0x2026U

/* ---- Grids ---------------------------------------------------------------------------------- */

static int clamp(int value, int low, int high)
{
    return value < low ? low : value > high ? high : value;
}

bool grid_resize(struct grid *grid, int columns, int rows)
{
    columns = clamp(columns, 1, GRID_COLUMNS_MAX);
    struct cell *cells =
        reallocarray(grid->cells, (size_t)columns * (size_t)(rows > 0 ? rows : 1), sizeof *cells);
    if (cells == NULL) {
        return false;
    }
    grid->cells = cells;
    grid->columns = columns;
    grid->rows = rows > 0 ? rows : 1;
    return true;
}

static void cells_clear(struct cell *cells, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        cells[i] = (struct cell){" ", STYLE_NORMAL};
    }
}

void grid_clear(struct grid *grid)
{
    cells_clear(grid->cells, (size_t)grid->columns * (size_t)grid->rows);
}

static int row_length(const struct cell *cells, int columns)
{
    while (columns > 0 && strcmp(cells[columns - 1].text, " ") == 0) {
        columns--;
    }
    return columns;
}

void grid_print(const struct grid *grid, int rows, FILE *stream)
{
    for (int row = 0; row < rows && row < grid->rows; row++) {
        const struct cell *cells = &grid->cells[(size_t)row * (size_t)grid->columns];
        int length = row_length(cells, grid->columns);
        for (int column = 0; column < length; column++) {
            fprintf(stream, "%.4s", cells[column].text);
        }
        fputc('\n', stream);
    }
}

bool grid_row_is_blank(const struct grid *grid, int row)
{
    return row_length(&grid->cells[(size_t)row * (size_t)grid->columns], grid->columns) == 0;
}

void grid_free(struct grid *grid)
{
    free(grid->cells);
    *grid = (struct grid){.utf8 = grid->utf8};
}

/* ---- Areas ---------------------------------------------------------------------------------- */

struct area grid_area(struct grid *grid)
{
    return (struct area){grid, 0, 0, grid->columns, grid->rows};
}

/* Cuts [*begin, *begin + *length) to [0, limit). */
static void cut(int limit, int *begin, int *length)
{
    int end = clamp(*begin + clamp(*length, 0, limit), 0, limit);
    *begin = clamp(*begin, 0, limit);
    *length = end > *begin ? end - *begin : 0;
}

struct area area_rows(struct area area, int top, int rows)
{
    cut(area.rows, &top, &rows);
    return (struct area){area.grid, area.left, area.top + top, area.columns, rows};
}

struct area area_columns(struct area area, int left, int columns)
{
    cut(area.columns, &left, &columns);
    return (struct area){area.grid, area.left + left, area.top, columns, area.rows};
}

static struct cell *area_cell(struct area area, int column, int row)
{
    if (column < 0 || column >= area.columns || row < 0 || row >= area.rows) {
        return NULL;
    }
    return &area.grid->cells[(size_t)(area.top + row) * (size_t)area.grid->columns +
                             (size_t)(area.left + column)];
}

void area_put(struct area area, int column, int row, unsigned style, uint32_t character)
{
    struct cell *cell = area_cell(area, column, row);
    char ascii = glyph_ascii(character);
    if (cell == NULL) {
        return;
    }
    if (ascii == '\0') {
        character = '?';
    } else if (!area.grid->utf8) {
        character = (uint32_t)ascii;
    }
    glyph_encode(character, cell->text);
    cell->style = (uint8_t)style;
}

/* ---- Text ----------------------------------------------------------------------------------- */

/* Takes the next character of a text; octets that are none are taken one by one. */
static uint32_t text_next(const char **text)
{
    uint32_t character = 0;
    size_t length = utf8_decode(*text, strnlen(*text, 4), &character);
    *text += length > 0 ? length : 1;
    return length > 0 ? character : 0;
}

int text_columns(const char *text)
{
    int columns = 0;
    while (*text != '\0') {
        text_next(&text);
        columns++;
    }
    return columns;
}

int area_text(struct area area, int column, int row, unsigned style, const char *text)
{
    while (*text != '\0') {
        area_put(area, column++, row, style, text_next(&text));
    }
    return column;
}

int area_print(struct area area, int column, int row, unsigned style, const char *format, ...)
{
    char text[TEXT_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return area_text(area, column, row, style, text);
}

void area_field(struct area area, int column, int row, int width, unsigned style, const char *text)
{
    struct area field = area_columns(area, column, width);
    area_text(field, 0, row, style, text);
    if (text_columns(text) > field.columns && field.columns > 1) {
        area_put(field, field.columns - 1, row, style, ELLIPSIS);
    }
}

void area_field_right(struct area area, int column, int row, int width, unsigned style,
                      const char *text)
{
    int blank = width - text_columns(text);
    if (blank > 0) {
        column += blank;
        width -= blank;
    }
    area_field(area, column, row, width, style, text);
}

void area_fill(struct area area, int row, unsigned style)
{
    for (int column = 0; column < area.columns; column++) {
        area_put(area, column, row, style, ' ');
    }
}

void area_overlay(struct area area, int row, unsigned overlay)
{
    for (int column = 0; column < area.columns; column++) {
        struct cell *cell = area_cell(area, column, row);
        if (cell != NULL) {
            cell->style |= (uint8_t)overlay;
        }
    }
}
