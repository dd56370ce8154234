/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The help: what the keys do in the view from which it was called, then all others, made from the
 * table of keys.
 */
#include <string.h>

#include "cli/text_line.h"
#include "cli/tui/ui.h"

#define NAMES_COLUMNS 16

/* The names of a row's keys: its own, and those of rows that follow without a sentence. */
static size_t key_names(const struct key_row *rows, size_t count, size_t at,
                        struct text_line *names)
{
    size_t next = at + 1;
    text_line_start(names);
    text_line_add(names, "%s", rows[at].name);
    for (; next < count && rows[next].sentence == NULL; next++) {
        text_line_add(names, " %s", rows[next].name);
    }
    return next;
}

/* Rows that work in a view, or those that do not. */
static void help_section(struct page *page, enum view_id view, bool works)
{
    size_t count;
    const struct key_row *rows = key_rows(&count);
    struct text_line names;
    for (size_t i = 0, next; i < count; i = next) {
        next = key_names(rows, count, i, &names);
        if (key_row_suits(&rows[i], view) == works) {
            area_text(page_line(page), 2, 0, STYLE_STRONG, names.text);
            page_wrap(page, NAMES_COLUMNS, NAMES_COLUMNS, STYLE_NORMAL, rows[i].sentence);
        }
    }
}

static void help_marks(struct page *page)
{
    page_line(page);
    page_wrap(
        page, 0, 0, STYLE_NORMAL,
        "Marks: F fell back to TCP; E2 two errors, W1 one warning, n3 three notes. RTT is the "
        "mean from host to host as far as both directions show it. Rei% is the share of data "
        "that was sent again on another subflow. Times are seconds since the first packet. "
        "The client is the host that sent the first MP_CAPABLE SYN. Again is what a subflow "
        "carried twice: retransmitted, or remapped to new sequence numbers. In the ladder, 500 of "
        "0..900 "
        "x2 "
        "is two packets with 500 octets from there, the others not among them.");
    page_line(page);
    page_wrap(page, 0, 0, STYLE_NORMAL,
              "F4 in Connections knows these words: the number; syn, open, closed, aborted, reset; "
              "v0, v1; tokens (0x...); addresses and ports; fallback and its cause; note, warning, "
              "error, and names of findings (join-refused). A part of a word is enough.");
}

static void help_draw(struct ui *ui, struct area area)
{
    struct page *page = &ui->states.pages[VIEW_HELP];
    enum view_id view = ui->back_count > 0 ? ui->back[ui->back_count - 1] : VIEW_CONNECTIONS;
    page_begin(page, area.columns, ui->settings.utf8);
    area_print(page_line(page), 0, 0, STYLE_STRONG, "Keys in %s", view_title(view));
    help_section(page, view, true);
    page_line(page);
    area_text(page_line(page), 0, 0, STYLE_STRONG, "Keys in other views");
    help_section(page, view, false);
    help_marks(page);
    page_draw(page, area);
    list_place(&page->list, "", ui->status);
}

const struct view view_help = {
    .draw = help_draw,
    .command = page_view_command,
    .click = page_view_click,
    .search = page_view_search,
    .rows = page_view_rows,
};
