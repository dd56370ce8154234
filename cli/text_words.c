/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The tracker's values in words. What comes from files is escaped here, before it enters a line.
 */
#include <inttypes.h>

#include "cli/escape.h"
#include "cli/report_text.h"
#include "cli/units.h"

const char *words_side(enum mpta_side side)
{
    return side == MPTA_CLIENT ? "client" : "server";
}

void words_path(const struct text *text, const struct mpta_address *client, uint16_t client_port,
                const struct mpta_address *server, uint16_t server_port, struct text_line *line)
{
    char left[MPTA_ENDPOINT_TEXT_MAX];
    char right[MPTA_ENDPOINT_TEXT_MAX];
    mpta_endpoint_format(client, client_port, left, sizeof left);
    mpta_endpoint_format(server, server_port, right, sizeof right);
    text_line_add(line, "%s %s %s", left, text_arrow(text, MPTA_CLIENT), right);
}

void words_connection_end(const struct mpta_connection *connection, struct text_line *line)
{
    bool fell_back = connection->fallback != MPTA_FALLBACK_NONE;
    switch (connection->close) {
    case MPTA_CONNECTION_OPEN:
        text_line_item(line, "%s%s", connection->established ? "open" : "not established",
                       connection->capture_over ? " at the end of the capture" : "");
        break;
    case MPTA_CONNECTION_DATA_FIN:
        text_line_item(line, "closed by DATA_FIN");
        break;
    case MPTA_CONNECTION_FASTCLOSE:
        text_line_item(line, "aborted by the %s with MP_FASTCLOSE",
                       words_side(connection->fastclose_by));
        break;
    case MPTA_CONNECTION_RESET:
        text_line_item(line, "reset");
        break;
    case MPTA_CONNECTION_FIN:
        text_line_item(line, "closed by FIN%s", fell_back ? "" : ", without DATA_FIN");
        break;
    }
}

static void words_hmacs(const struct mpta_subflow *subflow, struct text_line *line)
{
    if (subflow->syn_ack_hmac == subflow->ack_hmac) {
        if (subflow->ack_hmac != MPTA_ABSENT) {
            text_line_item(line, "HMACs %s", mpta_verdict_name(subflow->ack_hmac));
        }
        return;
    }
    text_line_item(line, "HMAC of SYN/ACK %s", mpta_verdict_name(subflow->syn_ack_hmac));
    text_line_item(line, "of ACK %s", mpta_verdict_name(subflow->ack_hmac));
}

static void words_reset(const struct mpta_subflow *subflow, struct text_line *line)
{
    bool opened = subflow->established || subflow->reset_by != subflow->opened_by;
    if (subflow->was_refused) {
        text_line_item(line, "refused by %s", words_side(subflow->reset_by));
    } else {
        text_line_item(line, "%sreset %s %s", opened ? "" : "never established, ",
                       subflow->reset_doubt == MPTA_RESET_UNDOUBTED ? "by" : "in the name of",
                       words_side(subflow->reset_by));
    }
    if (subflow->reset_reason_known) {
        text_line_add(line, " (%s%s)", mpta_reset_reason_text(subflow->reset_reason),
                      subflow->reset_transient ? ", transient" : "");
    }
}

/* How far a subflow came that is neither closed nor reset. */
static const char *words_open(enum mpta_subflow_state state)
{
    static const char *const words[] = {
        [MPTA_SUBFLOW_MIDSTREAM] = "open, its handshake not captured",
        [MPTA_SUBFLOW_SYN] = "its SYN unanswered",
        [MPTA_SUBFLOW_SYN_ACK] = "its SYN/ACK unanswered",
        [MPTA_SUBFLOW_PRE_ESTABLISHED] = "its third ACK unconfirmed",
        [MPTA_SUBFLOW_ESTABLISHED] = "open",
        [MPTA_SUBFLOW_CLOSING] = "closing",
        [MPTA_SUBFLOW_CLOSED] = "closed",
        [MPTA_SUBFLOW_RESET] = "reset",
    };
    _Static_assert(sizeof words / sizeof words[0] == MPTA_SUBFLOW_STATE_COUNT, "all states");
    return words[state];
}

static void words_subflow_end(const struct mpta_subflow *subflow, struct text_line *line)
{
    switch (subflow->close) {
    case MPTA_CLOSE_OPEN:
        text_line_item(line, "%s", words_open(subflow->state));
        break;
    case MPTA_CLOSE_FIN:
        text_line_item(line, "closed by FIN");
        break;
    case MPTA_CLOSE_RESET:
        words_reset(subflow, line);
        break;
    }
}

static void words_backup(const struct mpta_subflow *subflow, struct text_line *line)
{
    bool client = subflow->ends[MPTA_CLIENT].backup;
    bool server = subflow->ends[MPTA_SERVER].backup;
    if (client || server) {
        text_line_item(line, "backup for %s",
                       client && server ? "both"
                       : client         ? "client"
                                        : "server");
    }
}

void words_subflow(const struct mpta_subflow *subflow, struct text_line *line)
{
    if (subflow->type == MPTA_SUBFLOW_INITIAL) {
        text_line_item(line, "initial");
    } else {
        text_line_item(line, "join by %s", words_side(subflow->opened_by));
    }
    words_hmacs(subflow, line);
    words_backup(subflow, line);
    words_subflow_end(subflow, line);
}

void words_remapped(const struct text *text, const struct mpta_subflow *subflow,
                    struct text_line *line)
{
    const char *label = "remapped ";
    for (enum mpta_side side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
        uint64_t remapped = subflow->directions[side].remapped_bytes;
        char bytes[UNITS_TEXT_MAX];
        if (remapped > 0) {
            units_bytes(remapped, bytes);
            text_line_item(line, "%s%s%s", label, text_arrow(text, side), bytes);
            label = "";
        }
    }
}

/* ---- Places --------------------------------------------------------------------------------- */

void words_capture(const struct report *report, size_t index, struct text_line *line)
{
    char printable[1024];
    escape_format(report->capture_names[index], printable, sizeof printable);
    text_line_add(line, "%s", printable);
}

void words_place(const struct text *text, const struct mpta_place *place, struct text_line *line)
{
    if (place->packet == 0) {
        return;
    }
    text_line_item(line, "packet %" PRIu64, (uint64_t)place->packet);
    if (text->report->capture_count > 1 && place->capture < text->report->capture_count) {
        text_line_add(line, " of ");
        words_capture(text->report, place->capture, line);
    }
}

bool words_worst(const uint64_t counts[MPTA_SEVERITY_COUNT], struct text_line *line,
                 enum mpta_severity *worst)
{
    for (int severity = MPTA_ERROR; severity >= MPTA_NOTE; severity--) {
        if (counts[severity] > 0) {
            *worst = (enum mpta_severity)severity;
            text_line_item(line, "%" PRIu64 " %s%s", counts[severity], mpta_severity_name(*worst),
                           counts[severity] == 1 ? "" : "s");
            return true;
        }
    }
    return false;
}

/* ---- Headlines ------------------------------------------------------------------------------ */

void words_findings(const struct mpta_summary *summary, struct text_line *line)
{
    if (summary->findings[MPTA_ERROR] + summary->findings[MPTA_WARNING] == 0) {
        text_line_item(line, "no errors, no warnings");
    }
    for (int severity = MPTA_ERROR; severity >= MPTA_NOTE; severity--) {
        uint64_t count = summary->findings[severity];
        if (count > 0) {
            text_line_item(line, "%" PRIu64 " %s%s", count,
                           mpta_severity_name((enum mpta_severity)severity), count == 1 ? "" : "s");
        }
    }
}

void words_subjects(const struct mpta_summary *summary, struct text_line *line)
{
    char count[UNITS_TEXT_MAX];
    if (summary->connections == 0) {
        text_line_add(line, "No MPTCP connection");
    } else {
        units_count(summary->connections, "connection", "connections", count, sizeof count);
        text_line_add(line, "%s", count);
        units_count(summary->subflows, "subflow", "subflows", count, sizeof count);
        text_line_item(line, "%s", count);
    }
    if (summary->unlinked_subflows > 0) {
        units_count(summary->unlinked_subflows, "subflow", "subflows", count, sizeof count);
        text_line_item(line, "%s without one", count);
    }
    if (summary->fallbacks > 0) {
        text_line_item(line, "%" PRIu64 " fell back to TCP", summary->fallbacks);
    }
}
