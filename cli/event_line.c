/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Events as lines. Every line tells when, on which connection and subflow, and between whom; what
 * else it tells depends on what happened. Words and values are those of the JSON report.
 */
#include "cli/event_line.h"

#include <assert.h>

#include "cli/community_id.h"
#include "cli/json_writer.h"
#include "cli/report_json.h"

/* An event and what of the tracker's views belongs to it. */
struct event_line {
    struct json_builder builder;
    const struct report *report;
    const struct mpta_event *event;
    struct mpta_host hosts[2];
    struct mpta_subflow subflow; /* the initial one where the event names none */
    struct json_object *object;
};

/* ---- What all lines have -------------------------------------------------------------------- */

static void add_tokens(struct event_line *line)
{
    const struct mpta_host *hosts = line->hosts;
    struct json_object *tokens = json_build_object(&line->builder);
    json_add_token(&line->builder, tokens, "client", hosts[MPTA_CLIENT].token_known,
                   hosts[MPTA_CLIENT].token);
    json_add_token(&line->builder, tokens, "server", hosts[MPTA_SERVER].token_known,
                   hosts[MPTA_SERVER].token);
    json_add(&line->builder, line->object, "tokens", tokens);
}

void event_line_add_flow(struct json_builder *builder, struct json_object *object,
                         const struct mpta_subflow *subflow)
{
    const struct mpta_subflow_end *src = &subflow->ends[subflow->opened_by];
    const struct mpta_subflow_end *dest = &subflow->ends[!subflow->opened_by];
    char src_text[MPTA_ADDRESS_TEXT_MAX];
    char dest_text[MPTA_ADDRESS_TEXT_MAX];
    char id[COMMUNITY_ID_MAX];
    mpta_address_format(&src->address, src_text, sizeof src_text);
    mpta_address_format(&dest->address, dest_text, sizeof dest_text);
    community_id_format(&src->address, src->port, &dest->address, dest->port, id);
    json_add_string(builder, object, "src_ip", src_text);
    json_add_count(builder, object, "src_port", src->port);
    json_add_string(builder, object, "dest_ip", dest_text);
    json_add_count(builder, object, "dest_port", dest->port);
    json_add_string(builder, object, "proto", "TCP");
    json_add_string(builder, object, "community_id", id);
}

static void add_common(struct event_line *line)
{
    const struct mpta_event *event = line->event;
    json_add_string(&line->builder, line->object, "event_type", mpta_event_type_name(event->type));
    json_add_time(&line->builder, line->object, "timestamp", event->at.time_ns);
    json_add_known(&line->builder, line->object, "packet", event->at.packet != 0, event->at.packet);
    if (line->report->capture_count > 1 && event->at.packet != 0) {
        json_add_count(&line->builder, line->object, "capture", event->at.capture);
    }
    json_add_count(&line->builder, line->object, "connection", event->connection);
    json_add_known(&line->builder, line->object, "subflow", event->has_subflow, event->subflow);
    add_tokens(line);
    event_line_add_flow(&line->builder, line->object, &line->subflow);
    if (event->by_known) {
        json_add_string(&line->builder, line->object, "by", json_side_name(event->by));
    }
}

/* ---- What some have ------------------------------------------------------------------------- */

static void add_nothing(struct event_line *line)
{
    (void)line;
}

static void add_subflow(struct event_line *line)
{
    json_add_subflow_course(&line->builder, line->object, &line->subflow);
}

static void add_subflow_end(struct event_line *line)
{
    json_add_subflow_course(&line->builder, line->object, &line->subflow);
    json_add_subflow_close(&line->builder, line->object, line->report, &line->subflow);
}

static void add_record(struct event_line *line)
{
    struct mpta_connection connection;
    if (mpta_tracker_connection(line->report->tracker, line->event->connection, &connection)) {
        json_add(&line->builder, line->object, "record",
                 json_connection(&line->builder, line->report, &connection));
    }
}

static void add_address(struct event_line *line)
{
    struct mpta_address_event address;
    if (mpta_tracker_address(line->report->tracker, line->event->connection, line->event->address,
                             &address)) {
        json_add_address(&line->builder, line->object, &address);
    }
}

static void add_backup(struct event_line *line)
{
    const struct mpta_subflow_end *ends = line->subflow.ends;
    struct json_object *backup = json_build_object(&line->builder);
    json_add_bool(&line->builder, backup, "client", ends[MPTA_CLIENT].backup);
    json_add_bool(&line->builder, backup, "server", ends[MPTA_SERVER].backup);
    json_add(&line->builder, line->object, "backup", backup);
}

static void add_cause(struct event_line *line)
{
    struct mpta_connection connection;
    if (mpta_tracker_connection(line->report->tracker, line->event->connection, &connection)) {
        json_add_string(&line->builder, line->object, "cause",
                        mpta_fallback_cause_name(connection.fallback));
    }
}

static void add_subflows(struct event_line *line)
{
    json_add_count(&line->builder, line->object, "from_subflow", line->event->from_subflow);
    json_add_count(&line->builder, line->object, "to_subflow", line->event->subflow);
}

static void (*const adders[])(struct event_line *line) = {
    [MPTA_EVENT_CONNECTION_START] = add_nothing, [MPTA_EVENT_CONNECTION_ESTABLISHED] = add_nothing,
    [MPTA_EVENT_CONNECTION_END] = add_record,    [MPTA_EVENT_CONNECTION_UPDATE] = add_record,
    [MPTA_EVENT_SUBFLOW_START] = add_subflow,    [MPTA_EVENT_SUBFLOW_ESTABLISHED] = add_subflow,
    [MPTA_EVENT_SUBFLOW_END] = add_subflow_end,  [MPTA_EVENT_ADDRESS_ADD] = add_address,
    [MPTA_EVENT_ADDRESS_ECHO] = add_address,     [MPTA_EVENT_ADDRESS_REMOVE] = add_address,
    [MPTA_EVENT_PRIORITY_CHANGE] = add_backup,   [MPTA_EVENT_FALLBACK] = add_cause,
    [MPTA_EVENT_FASTCLOSE] = add_nothing,        [MPTA_EVENT_MP_FAIL] = add_nothing,
    [MPTA_EVENT_HAND_OVER] = add_subflows,
};
static_assert(sizeof adders / sizeof adders[0] == MPTA_EVENT_TYPE_COUNT, "one for each event");

/* ---- Lines ---------------------------------------------------------------------------------- */

/* Of the connection no more than what all lines have: its view takes a look at all its subflows. */
static bool event_views(struct event_line *line)
{
    const struct mpta_tracker *tracker = line->report->tracker;
    const struct mpta_event *event = line->event;
    return mpta_tracker_hosts(tracker, event->connection, line->hosts) &&
           mpta_tracker_subflow(tracker, event->connection, event->has_subflow ? event->subflow : 0,
                                &line->subflow);
}

bool event_line_write(const struct report *report, const struct mpta_event *event,
                      struct json_names *names, FILE *stream)
{
    struct event_line line = {.builder = {.names = names}, .report = report, .event = event};
    if (!event_views(&line)) {
        return true;
    }
    line.object = json_build_large(&line.builder);
    add_common(&line);
    adders[event->type](&line);
    if (!line.builder.no_memory) {
        json_line_write(stream, line.object);
    }
    json_object_put(line.object);
    json_builder_clear(&line.builder);
    return !line.builder.no_memory;
}
