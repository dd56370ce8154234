/* SPDX-License-Identifier: BSD-3-Clause */
/* A row for each thing that keys do: all its keys, what it is, and the views in which it works. */
#include "cli/keys_page.h"

#include "cli/tui/keys.h"

/* The names of a row's keys: its own, and those of rows that follow without a sentence. Returns the
 * row after them. */
static size_t names_write(FILE *stream, const struct key_row *rows, size_t count, size_t at)
{
    size_t next = at + 1;
    fprintf(stream, "| `%s`", rows[at].name);
    for (; next < count && rows[next].sentence == NULL; next++) {
        fprintf(stream, " `%s`", rows[next].name);
    }
    return next;
}

/* The numbers of the views, or nothing where it works in all of them. */
static void views_write(FILE *stream, const struct key_row *row)
{
    bool all = true;
    for (int view = 0; view < VIEW_TABS; view++) {
        all = all && key_row_suits(row, (enum view_id)view);
    }
    for (int view = 0; view < VIEW_TABS && !all; view++) {
        if (key_row_suits(row, (enum view_id)view)) {
            fprintf(stream, " %d", view + 1);
        }
    }
}

void keys_page_write(FILE *stream)
{
    size_t count;
    const struct key_row *rows = key_rows(&count);
    fputs("| keys | what they do | only in view |\n|---|---|---|\n", stream);
    for (size_t i = 0, next; i < count; i = next) {
        next = names_write(stream, rows, count, i);
        fprintf(stream, " | %s |", rows[i].sentence);
        views_write(stream, &rows[i]);
        fputs(" |\n", stream);
    }
}
