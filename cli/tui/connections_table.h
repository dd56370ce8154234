/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The table of view 1: its columns, which of them there is room for, and what stands in their
 * cells.
 */
#ifndef CLI_TUI_CONNECTIONS_TABLE_H
#define CLI_TUI_CONNECTIONS_TABLE_H

#include "cli/tui/facts.h"

struct ui;

#define CELL_TEXT_MAX 256
#define COURSE_WIDTH  8

enum column_id {
    COLUMN_ID,
    COLUMN_CLIENT,
    COLUMN_SERVER,
    COLUMN_STATE,
    COLUMN_SUBFLOWS,
    COLUMN_LASTED,
    COLUMN_DATA,
    COLUMN_GOODPUT,
    COLUMN_COURSE,
    COLUMN_RTT,
    COLUMN_REINJECTED,
    COLUMN_MARKS,
    COLUMN_WHAT,
};
#define COLUMN_COUNT 13

struct column {
    const char *head;
    int width;
    bool right;
    int rank;  /* 0: always there; others come in this order while there is room */
    int order; /* enum roster_order, or -1 */
};

/* The row of a column. */
const struct column *column_row(int id);

/* Where the columns stand on this screen; width 0: not there. */
struct table_layout {
    int left[COLUMN_COUNT];
    int width[COLUMN_COUNT];
};

/* What one row shows. */
struct shown_row {
    struct ui *ui;
    struct facts facts;
    bool is_subflow;
    struct mpta_subflow subflow;
};

/* The columns for so much room: those that rank first, as far as they fit. */
struct table_layout table_layout_make(const struct ui *ui, int room);

/* What a cell of a row says, and how; text has room for CELL_TEXT_MAX octets and is empty. */
void table_cell(const struct shown_row *row, enum column_id id, char *text, unsigned *style);

/* How a sentence about a connection is shown. */
unsigned sentence_style(const struct mpta_sentence *sentence);

#endif
