/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Columns and cells. Endpoints always have their columns; of the others those come first that one
 * looks for first.
 */
#include "cli/tui/connections_table.h"

#include <assert.h>
#include <inttypes.h>

#include "cli/escape.h"
#include "cli/report_text.h"
#include "cli/tui/ui.h"
#include "cli/units.h"

#define ENDPOINT_COMMON 21 /* IPv4 with a port at its longest */
#define WIDE_COLUMNS    140
#define WHAT_LEAST      24

static const struct column columns[] = {
    [COLUMN_ID] = {"#",             0,            true,  0, ROSTER_BY_ID        },
    [COLUMN_CLIENT] = {"Client",        0,            false, 0, ROSTER_BY_CLIENT    },
    [COLUMN_SERVER] = {"Server",        0,            false, 0, ROSTER_BY_SERVER    },
    [COLUMN_STATE] = {"State",         7,            false, 2, ROSTER_BY_STATE     },
    [COLUMN_SUBFLOWS] = {"Sub",           3,            true,  3, ROSTER_BY_SUBFLOWS  },
    [COLUMN_LASTED] = {"Lasted",        11,           true,  7, ROSTER_BY_LASTED    },
    [COLUMN_DATA] = {"Data",          8,            true,  1, ROSTER_BY_DATA      },
    [COLUMN_GOODPUT] = {"bit/s",         5,            true,  6, ROSTER_BY_GOODPUT   },
    [COLUMN_COURSE] = {"Goodput",       COURSE_WIDTH, false, 5, ROSTER_BY_GOODPUT   },
    [COLUMN_RTT] = {"RTT ms",        6,            true,  4, ROSTER_BY_RTT       },
    [COLUMN_REINJECTED] = {"Rei%",          4,            true,  4, ROSTER_BY_REINJECTED},
    [COLUMN_MARKS] = {"Marks",         5,            false, 0, ROSTER_BY_FINDINGS  },
    [COLUMN_WHAT] = {"What happened", WHAT_LEAST,   false, 8, -1                  },
};
static_assert(sizeof columns / sizeof columns[0] == COLUMN_COUNT, "all columns");
#define RANK_LAST 8

const struct column *column_row(int id)
{
    return &columns[id];
}

/* ---- Layout --------------------------------------------------------------------------------- */

static int layout_used(const struct table_layout *layout)
{
    int used = 0;
    for (int id = 0; id < COLUMN_COUNT; id++) {
        used += layout->width[id] > 0 ? layout->width[id] + (id > 0) : 0;
    }
    return used;
}

static int digits(size_t number)
{
    int count = 1;
    while (number >= 10) {
        number /= 10;
        count++;
    }
    return count;
}

/* Two columns before the number are for the tag and for the mark of what can be expanded. */
static void layout_always(struct table_layout *layout, const struct ui *ui, int room)
{
    int endpoint = ui->states.connections.endpoint_width;
    int id = digits(ui->model->connection_count) + 2;
    layout->width[COLUMN_ID] = id < 4 ? 4 : id;
    layout->width[COLUMN_MARKS] = columns[COLUMN_MARKS].width;
    int left = (room - layout->width[COLUMN_ID] - layout->width[COLUMN_MARKS] - 3) / 2;
    if (room < WIDE_COLUMNS && endpoint > ENDPOINT_COMMON) {
        endpoint = ENDPOINT_COMMON;
    }
    endpoint = endpoint < left ? endpoint : left;
    layout->width[COLUMN_CLIENT] = layout->width[COLUMN_SERVER] = endpoint > 1 ? endpoint : 1;
}

struct table_layout table_layout_make(const struct ui *ui, int room)
{
    struct table_layout layout = {.left = {0}};
    layout_always(&layout, ui, room);
    for (int rank = 1; rank <= RANK_LAST; rank++) {
        for (int id = 0; id < COLUMN_COUNT; id++) {
            if (columns[id].rank == rank && layout_used(&layout) + columns[id].width < room) {
                layout.width[id] = columns[id].width;
            }
        }
    }
    int left = 0;
    for (int id = 0; id < COLUMN_COUNT; id++) {
        layout.left[id] = left;
        left += layout.width[id] > 0 ? layout.width[id] + 1 : 0;
    }
    if (layout.width[COLUMN_WHAT] > 0) {
        layout.width[COLUMN_WHAT] = room - layout.left[COLUMN_WHAT];
    }
    return layout;
}

/* ---- Cells ---------------------------------------------------------------------------------- */

static void cell_percent(double share, char *text)
{
    if (share > 0) {
        snprintf(text, CELL_TEXT_MAX, share < 0.0995 ? "%.1f" : "%.0f", 100 * share);
    }
}

static void cell_rtt(bool known, int64_t rtt_ns, char *text)
{
    if (known) {
        units_milliseconds(rtt_ns, text);
    }
}

unsigned sentence_style(const struct mpta_sentence *sentence)
{
    return sentence->severity == MPTA_NOTE ? STYLE_NORMAL : style_of_severity(sentence->severity);
}

/* The first sentence about a connection. */
static void cell_what(const struct shown_row *row, char *text, unsigned *style)
{
    struct mpta_sentence sentences[MPTA_SENTENCES_MAX];
    if (report_verdict(row->ui->model->report, row->facts.connection.id, sentences) > 0) {
        escape_format(sentences[0].text, text, CELL_TEXT_MAX);
        *style = sentence_style(&sentences[0]);
    }
}

static void cell_endpoint(const struct shown_row *row, enum mpta_side side, char *text)
{
    const struct mpta_host *host = &row->facts.connection.hosts[side];
    const struct mpta_subflow_end *end = &row->subflow.ends[side];
    mpta_endpoint_format(row->is_subflow ? &end->address : &host->address,
                         row->is_subflow ? end->port : host->port, text, CELL_TEXT_MAX);
}

static void connection_cell(const struct shown_row *row, enum column_id id, char *text,
                            unsigned *style)
{
    const struct facts *facts = &row->facts;
    uint64_t subflows = facts->connection.subflow_count;
    switch (id) {
    case COLUMN_STATE:
        snprintf(text, CELL_TEXT_MAX, "%s", facts_state(facts));
        break;
    case COLUMN_SUBFLOWS:
        snprintf(text, CELL_TEXT_MAX, "%" PRIu64, subflows);
        break;
    case COLUMN_LASTED:
        units_duration(facts->lasted_ns, text);
        break;
    case COLUMN_DATA:
        units_bytes(facts->data_bytes, text);
        break;
    case COLUMN_GOODPUT:
        if (facts->goodput_bps > 0) {
            units_scaled(facts->goodput_bps, text);
        }
        break;
    case COLUMN_RTT:
        cell_rtt(facts->rtt_known, facts->rtt_ns, text);
        break;
    case COLUMN_REINJECTED:
        cell_percent(facts->reinjected, text);
        break;
    case COLUMN_MARKS:
        facts_marks(facts, text, style);
        break;
    case COLUMN_WHAT:
        cell_what(row, text, style);
        break;
    case COLUMN_CLIENT:
    case COLUMN_SERVER:
    case COLUMN_ID:
    case COLUMN_COURSE:
        break;
    }
}

static void subflow_rtt(const struct mpta_subflow *subflow, bool *known, int64_t *rtt_ns)
{
    *known = false;
    *rtt_ns = 0;
    for (int side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
        const struct mpta_rtt *rtt = &subflow->directions[side].rtt;
        if (rtt->samples > 0) {
            *known = true;
            *rtt_ns += rtt->sum_ns / (int64_t)rtt->samples;
        }
    }
}

static void subflow_words(const struct mpta_subflow *subflow, char *text)
{
    struct text_line words;
    text_line_start(&words);
    words_subflow(subflow, &words);
    snprintf(text, CELL_TEXT_MAX, "%.*s", CELL_TEXT_MAX - 1, words.text);
}

static void subflow_numbers(const struct mpta_subflow *subflow, enum column_id id, char *text)
{
    const struct mpta_subflow_direction *client = &subflow->directions[MPTA_CLIENT];
    const struct mpta_subflow_direction *server = &subflow->directions[MPTA_SERVER];
    uint64_t payload = client->payload_bytes + server->payload_bytes;
    uint64_t reinjected = client->reinjected_bytes + server->reinjected_bytes;
    bool known;
    int64_t rtt_ns;
    if (id == COLUMN_DATA) {
        units_bytes(payload, text);
    } else if (id == COLUMN_RTT) {
        subflow_rtt(subflow, &known, &rtt_ns);
        cell_rtt(known, rtt_ns, text);
    } else {
        cell_percent(payload > 0 ? (double)reinjected / (double)payload : 0, text);
    }
}

static const char *subflow_state(const struct mpta_subflow *subflow)
{
    return subflow->established && subflow->close == MPTA_CLOSE_OPEN
               ? "open"
               : mpta_subflow_state_name(subflow->state);
}

static void subflow_cell(const struct shown_row *row, enum column_id id, char *text,
                         unsigned *style)
{
    const struct mpta_subflow *subflow = &row->subflow;
    switch (id) {
    case COLUMN_STATE:
        snprintf(text, CELL_TEXT_MAX, "%s", subflow_state(subflow));
        break;
    case COLUMN_LASTED:
        units_duration(units_between(subflow->start_ns, subflow->end_ns), text);
        break;
    case COLUMN_DATA:
    case COLUMN_RTT:
    case COLUMN_REINJECTED:
        subflow_numbers(subflow, id, text);
        break;
    case COLUMN_MARKS:
        *style = STYLE_FAINT;
        snprintf(text, CELL_TEXT_MAX, "%s",
                 subflow->ends[MPTA_CLIENT].backup || subflow->ends[MPTA_SERVER].backup ? "bkup"
                                                                                        : "");
        break;
    case COLUMN_WHAT:
        subflow_words(subflow, text);
        break;
    case COLUMN_CLIENT:
    case COLUMN_SERVER:
    case COLUMN_ID:
    case COLUMN_SUBFLOWS:
    case COLUMN_GOODPUT:
    case COLUMN_COURSE:
        break;
    }
}

void table_cell(const struct shown_row *row, enum column_id id, char *text, unsigned *style)
{
    if (id == COLUMN_CLIENT || id == COLUMN_SERVER) {
        cell_endpoint(row, id == COLUMN_CLIENT ? MPTA_CLIENT : MPTA_SERVER, text);
    } else if (row->is_subflow) {
        subflow_cell(row, id, text, style);
    } else {
        connection_cell(row, id, text, style);
    }
}
