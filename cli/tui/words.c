/* SPDX-License-Identifier: BSD-3-Clause */
/* Events and findings in words. What comes from packets or files is escaped here. */
#include "cli/tui/words.h"

#include <inttypes.h>

#include "cli/escape.h"
#include "cli/units.h"

#define NS_PER_US INT64_C(1000)
#define NS_PER_S  INT64_C(1000000000)

/* ---- Events --------------------------------------------------------------------------------- */

static bool event_subflow(const struct text *text, const struct mpta_event *event,
                          struct mpta_subflow *subflow)
{
    return event->has_subflow &&
           mpta_tracker_subflow(text->report->tracker, event->connection, event->subflow, subflow);
}

static void words_subflow_path(const struct text *text, const struct mpta_event *event,
                               struct text_line *line)
{
    struct mpta_subflow subflow;
    if (event_subflow(text, event, &subflow)) {
        words_path(text, &subflow.ends[MPTA_CLIENT].address, subflow.ends[MPTA_CLIENT].port,
                   &subflow.ends[MPTA_SERVER].address, subflow.ends[MPTA_SERVER].port, line);
    }
}

static void words_connection_path(const struct text *text, const struct mpta_event *event,
                                  struct text_line *line)
{
    struct mpta_connection connection;
    if (mpta_tracker_connection(text->report->tracker, event->connection, &connection)) {
        words_path(text, &connection.hosts[MPTA_CLIENT].address, connection.hosts[MPTA_CLIENT].port,
                   &connection.hosts[MPTA_SERVER].address, connection.hosts[MPTA_SERVER].port,
                   line);
    }
}

static void words_end_of_connection(const struct text *text, const struct mpta_event *event,
                                    struct text_line *line)
{
    struct mpta_connection connection;
    text_line_add(line, "connection ends");
    if (mpta_tracker_connection(text->report->tracker, event->connection, &connection)) {
        words_connection_end(&connection, line);
    }
}

static void words_whole_subflow(const struct text *text, const struct mpta_event *event,
                                struct text_line *line)
{
    struct mpta_subflow subflow;
    if (event_subflow(text, event, &subflow)) {
        words_subflow(&subflow, line);
    }
}

static void words_established(const struct text *text, const struct mpta_event *event,
                              struct text_line *line)
{
    struct mpta_subflow subflow;
    text_line_add(line, "subflow %" PRIu32 " established", event->subflow);
    if (event_subflow(text, event, &subflow) && subflow.ack_hmac != MPTA_ABSENT) {
        text_line_item(line, "HMAC %s", mpta_verdict_name(subflow.ack_hmac));
    }
}

static void words_priority(const struct text *text, const struct mpta_event *event,
                           struct text_line *line)
{
    struct mpta_subflow subflow;
    bool backup = event_subflow(text, event, &subflow) && subflow.ends[event->by].backup;
    text_line_add(line, "%s makes subflow %" PRIu32 " %s", words_side(event->by), event->subflow,
                  backup ? "a backup" : "a regular one");
}

static void words_fallback(const struct text *text, const struct mpta_event *event,
                           struct text_line *line)
{
    struct mpta_connection connection;
    text_line_add(line, "falls back to TCP");
    if (mpta_tracker_connection(text->report->tracker, event->connection, &connection)) {
        text_line_item(line, "%s", mpta_fallback_cause_name(connection.fallback));
    }
}

static void words_address_event(const struct text *text, const struct mpta_event *event,
                                struct text_line *line)
{
    struct mpta_address_event address;
    if (mpta_tracker_address(text->report->tracker, event->connection, event->address, &address)) {
        words_address(&address, line);
    }
}

void words_event(const struct text *text, const struct mpta_event *event, struct text_line *line)
{
    switch (event->type) {
    case MPTA_EVENT_CONNECTION_START:
        text_line_add(line, "connection begins, ");
        words_connection_path(text, event, line);
        break;
    case MPTA_EVENT_CONNECTION_ESTABLISHED:
        text_line_add(line, "connection established");
        break;
    case MPTA_EVENT_CONNECTION_END:
        words_end_of_connection(text, event, line);
        break;
    case MPTA_EVENT_CONNECTION_UPDATE:
        text_line_add(line, "more came to light after its end");
        break;
    case MPTA_EVENT_SUBFLOW_START:
        text_line_add(line, "subflow %" PRIu32 " begins, ", event->subflow);
        words_subflow_path(text, event, line);
        break;
    case MPTA_EVENT_SUBFLOW_ESTABLISHED:
        words_established(text, event, line);
        break;
    case MPTA_EVENT_SUBFLOW_END:
        text_line_add(line, "subflow %" PRIu32 " ends", event->subflow);
        words_whole_subflow(text, event, line);
        break;
    case MPTA_EVENT_ADDRESS_ADD:
    case MPTA_EVENT_ADDRESS_ECHO:
    case MPTA_EVENT_ADDRESS_REMOVE:
        words_address_event(text, event, line);
        break;
    case MPTA_EVENT_PRIORITY_CHANGE:
        words_priority(text, event, line);
        break;
    case MPTA_EVENT_FALLBACK:
        words_fallback(text, event, line);
        break;
    case MPTA_EVENT_FASTCLOSE:
        text_line_add(line, "%s aborts with MP_FASTCLOSE", words_side(event->by));
        break;
    case MPTA_EVENT_MP_FAIL:
        text_line_add(line, "%s sends MP_FAIL", words_side(event->by));
        break;
    case MPTA_EVENT_HAND_OVER:
        text_line_add(line, "hand-over of the %s's data from subflow %" PRIu32 " to %" PRIu32,
                      words_side(event->by), event->from_subflow, event->subflow);
        break;
    }
}

enum mpta_severity event_severity(const struct mpta_event *event)
{
    switch (event->type) {
    case MPTA_EVENT_FALLBACK:
    case MPTA_EVENT_MP_FAIL:
        return MPTA_WARNING;
    case MPTA_EVENT_CONNECTION_START:
    case MPTA_EVENT_CONNECTION_ESTABLISHED:
    case MPTA_EVENT_CONNECTION_END:
    case MPTA_EVENT_CONNECTION_UPDATE:
    case MPTA_EVENT_SUBFLOW_START:
    case MPTA_EVENT_SUBFLOW_ESTABLISHED:
    case MPTA_EVENT_SUBFLOW_END:
    case MPTA_EVENT_ADDRESS_ADD:
    case MPTA_EVENT_ADDRESS_ECHO:
    case MPTA_EVENT_ADDRESS_REMOVE:
    case MPTA_EVENT_PRIORITY_CHANGE:
    case MPTA_EVENT_FASTCLOSE:
    case MPTA_EVENT_HAND_OVER:
        break;
    }
    return MPTA_NOTE;
}

/* ---- Findings ------------------------------------------------------------------------------- */

void words_one_finding(const struct text *text, const struct mpta_finding *finding,
                       struct text_line *line)
{
    char message[TEXT_LINE_MAX / 2];
    struct text_line where;
    text_line_start(&where);
    escape_format(finding->message, message, sizeof message);
    text_line_add(line, "%s", message);
    if (finding->witnesses[0].has_subflow) {
        text_line_item(&where, "subflow %" PRIu32, finding->witnesses[0].subflow);
    }
    words_place(text, &finding->witnesses[0].at, &where);
    if (finding->count > 1) {
        text_line_item(&where, "%" PRIu64 " times", finding->count);
    }
    if (where.length > 0) {
        text_line_add(line, " (%s)", where.text);
    }
    text_line_add(line, " [%s]", finding->kind->id);
}

/* ---- Times ---------------------------------------------------------------------------------- */

void words_since(int64_t since_ns, int64_t time_ns, struct text_line *line)
{
    bool before = time_ns < since_ns;
    int64_t us =
        (before ? units_between(time_ns, since_ns) : units_between(since_ns, time_ns)) / NS_PER_US;
    text_line_add(line, "%s%" PRId64 ".%06" PRId64, before ? "-" : "", us / (NS_PER_S / NS_PER_US),
                  us % (NS_PER_S / NS_PER_US));
}

bool words_forgotten(const struct model *model, uint32_t connection, struct text_line *line)
{
    int64_t before_ns;
    if (!model_forgot(model, connection, &before_ns)) {
        return false;
    }
    text_line_add(line, "of packets before ");
    words_since(model->first_ns, before_ns, line);
    text_line_add(line, " s only events are kept");
    return true;
}
