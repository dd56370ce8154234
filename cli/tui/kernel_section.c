/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A line for each socket of Multipath TCP, and a table of the TCP sockets of its subflows, which
 * has as many columns as find room.
 */
#include "cli/tui/kernel_section.h"

#include <inttypes.h>

#include "cli/report_text.h"
#include "cli/tui/glyph.h"
#include "cli/units.h"

#define NAME_COLUMNS 4 /* mark and id */

enum column {
    COLUMN_STATE,
    COLUMN_CWND,
    COLUMN_RTT,
    COLUMN_CONTROL,
    COLUMN_AGAIN,
    COLUMN_UNACKED,
    COLUMN_FLAGS,
};

/* Those come first that are asked for first. */
static const struct {
    const char *head;
    int width;
    bool right;
} columns[] = {
    [COLUMN_STATE] = {"state",        12, false},
      [COLUMN_CWND] = {"cwnd",         5,  true },
    [COLUMN_RTT] = {"smoothed RTT", 12, true },
      [COLUMN_CONTROL] = {"control",      8,  false},
    [COLUMN_AGAIN] = {"again",        6,  true },
      [COLUMN_UNACKED] = {"unacked",      7,  true },
    [COLUMN_FLAGS] = {"flags",        9,  false},
};
#define COLUMN_COUNT ((int)(sizeof columns / sizeof columns[0]))

static void cell_words(const struct kernel_subflow *subflow, int column, struct text_line *words)
{
    char rtt[UNITS_TEXT_MAX];
    bool known = subflow->info_known;
    switch ((enum column)column) {
    case COLUMN_STATE:
        text_line_add(words, "%s", kernel_state_name(subflow->state));
        break;
    case COLUMN_CWND:
        text_line_add(words, known ? "%" PRIu32 : "-", subflow->cwnd);
        break;
    case COLUMN_RTT:
        units_duration((int64_t)subflow->srtt_us * 1000, rtt);
        text_line_add(words, "%s", known ? rtt : "-");
        break;
    case COLUMN_CONTROL:
        text_line_add(words, "%s", subflow->congestion);
        break;
    case COLUMN_AGAIN:
        text_line_add(words, known ? "%" PRIu32 : "-", subflow->retransmitted);
        break;
    case COLUMN_UNACKED:
        text_line_add(words, known ? "%" PRIu32 : "-", subflow->unacked);
        break;
    case COLUMN_FLAGS:
        words_kernel_flags(subflow->role.known ? subflow->role.flags : 0, words);
        break;
    }
}

/* Draws the columns that find room; of a subflow, or without one their heads. */
static void draw_columns(struct area line, const struct kernel_subflow *subflow)
{
    int left = NAME_COLUMNS;
    for (int i = 0; i < COLUMN_COUNT && left + columns[i].width <= line.columns; i++) {
        struct text_line words;
        text_line_start(&words);
        if (subflow != NULL) {
            cell_words(subflow, i, &words);
        } else {
            text_line_add(&words, "%s", columns[i].head);
        }
        (columns[i].right ? area_field_right
                          : area_field)(line, left, 0, columns[i].width,
                                        subflow != NULL ? STYLE_NORMAL : STYLE_HEAD, words.text);
        left += columns[i].width + 1;
    }
}

static void draw_subflow(struct page *page, const struct report *report,
                         const struct kernel_host *host, const struct kernel_subflow *subflow)
{
    struct area line = page_line(page);
    uint32_t id;
    if (kernel_subflow_id(report->tracker, host, subflow, &id)) {
        char text[16];
        snprintf(text, sizeof text, "%" PRIu32, id);
        area_put(line, 0, 0, style_of_subflow(id), glyph_subflow(id));
        area_field_right(line, 1, 0, 2, style_of_subflow(id), text);
    } else {
        area_put(line, 2, 0, STYLE_FAINT, '?'); /* no packet of it was captured */
    }
    draw_columns(line, subflow);
}

static void draw_host(struct page *page, const struct report *report,
                      const struct kernel_host *host)
{
    struct text_line words;
    text_line_start(&words);
    words_kernel_host(host, &words);
    page_line(page);
    page_wrap(page, 0, 4, STYLE_NORMAL, words.text);
    if (host->subflow_count > 0) {
        struct area head = page_line(page);
        area_fill(head, 0, STYLE_HEAD);
        draw_columns(head, NULL);
    }
    for (size_t i = 0; i < host->subflow_count; i++) {
        draw_subflow(page, report, host, &host->subflows[i]);
    }
    text_line_start(&words);
    words_kernel_events(host, &words);
    if (words.length > 0) {
        page_line(page);
        page_wrap(page, 0, 4, STYLE_FAINT, words.text);
    }
}

void kernel_section_add(struct page *page, const struct report *report, uint32_t connection)
{
    bool first = true;
    for (enum mpta_side side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
        const struct kernel_host *host = kernel_view_find(report->kernel, connection, side);
        if (host == NULL) {
            continue;
        }
        if (first) {
            page_line(page);
            area_text(page_line(page), 0, 0, STYLE_STRONG,
                      "The kernel's own view, of this machine's sockets");
        }
        first = false;
        draw_host(page, report, host);
    }
}
