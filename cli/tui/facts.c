/* SPDX-License-Identifier: BSD-3-Clause */
/* From the tracker's views of a connection to a row of a table. */
#include "cli/tui/facts.h"

#include <inttypes.h>

#include "cli/tui/style.h"
#include "cli/units.h"

/* Of a connection with very many subflows so many are asked for their addresses and round trips. */
#define SUBFLOWS_ASKED 64

struct rtt_sum {
    uint64_t samples;
    int64_t sum_ns;
};

static void facts_add_subflow(struct facts *facts, const struct mpta_subflow *subflow,
                              struct rtt_sum rtt[2])
{
    facts->live_subflows += subflow->established && subflow->close == MPTA_CLOSE_OPEN;
    for (int side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
        rtt[side].samples += subflow->directions[side].rtt.samples;
        rtt[side].sum_ns += subflow->directions[side].rtt.sum_ns;
    }
}

static void facts_read_subflows(const struct model *model, struct facts *facts)
{
    struct rtt_sum rtt[2] = {
        {0, 0},
        {0, 0}
    };
    struct mpta_subflow subflow;
    for (size_t i = 0;
         i < SUBFLOWS_ASKED &&
         mpta_tracker_subflow(model_tracker(model), facts->connection.id, i, &subflow);
         i++) {
        facts_add_subflow(facts, &subflow, rtt);
    }
    /* Each direction is measured from the capture point on, so that both make up the whole way. */
    for (int side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
        if (rtt[side].samples > 0) {
            facts->rtt_known = true;
            facts->rtt_ns += rtt[side].sum_ns / (int64_t)rtt[side].samples;
        }
    }
}

static void facts_read_streams(const struct model *model, struct facts *facts)
{
    const struct mpta_stream *streams = facts->connection.streams;
    bool client = streams[MPTA_CLIENT].data_bytes > streams[MPTA_SERVER].data_bytes;
    uint64_t reinjected =
        streams[MPTA_CLIENT].reinjected_bytes + streams[MPTA_SERVER].reinjected_bytes;
    struct mpta_paths paths;
    facts->data_bytes = streams[MPTA_CLIENT].data_bytes + streams[MPTA_SERVER].data_bytes;
    if (facts->data_bytes > 0) {
        facts->reinjected = (double)reinjected / (double)facts->data_bytes;
    }
    mpta_tracker_paths(model_tracker(model), &facts->connection, client ? MPTA_CLIENT : MPTA_SERVER,
                       &paths);
    facts->goodput_bps = paths.bps_known ? paths.bps : 0;
}

static void facts_read_findings(const struct model *model, struct facts *facts)
{
    struct mpta_finding finding;
    for (size_t i = 0;
         mpta_tracker_finding(model_tracker(model), facts->connection.id, i, &finding); i++) {
        facts->findings[finding.severity]++;
    }
}

bool facts_read(const struct model *model, uint32_t connection, struct facts *facts)
{
    *facts = (struct facts){.data_bytes = 0};
    if (!mpta_tracker_connection(model_tracker(model), connection, &facts->connection)) {
        return false;
    }
    facts->lasted_ns = units_between(facts->connection.start_ns, facts->connection.end_ns);
    facts_read_subflows(model, facts);
    facts_read_streams(model, facts);
    facts_read_findings(model, facts);
    return true;
}

const char *facts_state(const struct facts *facts)
{
    switch (facts->connection.close) {
    case MPTA_CONNECTION_OPEN:
        return facts->live_subflows > 0 || facts->connection.late ? "open" : "syn";
    case MPTA_CONNECTION_DATA_FIN:
    case MPTA_CONNECTION_FIN:
        return "closed";
    case MPTA_CONNECTION_FASTCLOSE:
        return "aborted";
    case MPTA_CONNECTION_RESET:
        return "reset";
    }
    return "";
}

void facts_marks(const struct facts *facts, char text[16], unsigned *style)
{
    static const char letters[] = {[MPTA_NOTE] = 'n', [MPTA_WARNING] = 'W', [MPTA_ERROR] = 'E'};
    const char *fallback = facts->connection.fallback != MPTA_FALLBACK_NONE ? "F " : "";
    *style = *fallback != '\0' ? STYLE_WARNING : STYLE_NORMAL;
    for (int severity = MPTA_ERROR; severity >= MPTA_NOTE; severity--) {
        uint64_t count = facts->findings[severity];
        if (count > 0) {
            *style = style_of_severity((enum mpta_severity)severity);
            snprintf(text, 16, "%s%c%" PRIu64, fallback, letters[severity], count % 1000000000);
            return;
        }
    }
    snprintf(text, 16, "%s", fallback);
}

static void words_of_subflows(const struct model *model, const struct facts *facts,
                              struct text_line *line)
{
    struct mpta_subflow subflow;
    char text[MPTA_ENDPOINT_TEXT_MAX];
    for (size_t i = 0;
         i < SUBFLOWS_ASKED &&
         mpta_tracker_subflow(model_tracker(model), facts->connection.id, i, &subflow);
         i++) {
        for (int side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
            mpta_endpoint_format(&subflow.ends[side].address, subflow.ends[side].port, text,
                                 sizeof text);
            text_line_add(line, " %s", text);
        }
    }
}

static void words_of_findings(const struct model *model, const struct facts *facts,
                              struct text_line *line)
{
    struct mpta_finding finding;
    for (size_t i = 0;
         mpta_tracker_finding(model_tracker(model), facts->connection.id, i, &finding); i++) {
        text_line_add(line, " %s %s", mpta_severity_name(finding.severity), finding.kind->id);
    }
}

void facts_words(const struct model *model, const struct facts *facts, struct text_line *line)
{
    const struct mpta_connection *connection = &facts->connection;
    text_line_start(line);
    text_line_add(line, "%" PRIu32 " %s", connection->id, facts_state(facts));
    if (connection->version >= 0) {
        text_line_add(line, " v%d", connection->version);
    }
    for (int side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
        if (connection->hosts[side].token_known) {
            text_line_add(line, " 0x%08" PRIx32, connection->hosts[side].token);
        }
    }
    if (connection->fallback != MPTA_FALLBACK_NONE) {
        text_line_add(line, " fallback %s", mpta_fallback_cause_name(connection->fallback));
    }
    words_of_findings(model, facts, line);
    words_of_subflows(model, facts, line);
}
