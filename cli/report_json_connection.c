/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A connection, its hosts, subflows, addresses and findings as JSON values. Each function is one
 * object of the contract; members beyond it are named in docs and may grow.
 */
#include <assert.h>

#include "cli/report_json.h"
#include "cli/units.h"

/* So many holes of a payload file are listed. */
#define HOLES_MAX 100

static const char *side_name(enum mpta_side side)
{
    return side == MPTA_CLIENT ? "client" : "server";
}

static const char *close_name(enum mpta_connection_close close)
{
    static const char *const names[] = {
        [MPTA_CONNECTION_OPEN] = "open",
        [MPTA_CONNECTION_DATA_FIN] = "data_fin",
        [MPTA_CONNECTION_FASTCLOSE] = "fastclose",
        [MPTA_CONNECTION_RESET] = "reset",
        [MPTA_CONNECTION_FIN] = "fin",
    };
    return names[close];
}

static const char *subflow_close_name(enum mpta_subflow_close close)
{
    static const char *const names[] = {
        [MPTA_CLOSE_OPEN] = "open",
        [MPTA_CLOSE_FIN] = "fin",
        [MPTA_CLOSE_RESET] = "reset",
    };
    return names[close];
}

static const char *key_source_name(enum mpta_key_source source)
{
    static const char *const names[] = {
        [MPTA_KEY_NONE] = "none",
        [MPTA_KEY_HANDSHAKE] = "handshake",
        [MPTA_KEY_USER] = "user",
    };
    return names[source];
}

static const char *address_op_name(enum mpta_address_op op)
{
    static const char *const names[] = {
        [MPTA_ADDRESS_ADD] = "add",
        [MPTA_ADDRESS_ECHO] = "echo",
        [MPTA_ADDRESS_REMOVE] = "remove",
    };
    return names[op];
}

/* Members "address" and "port" of an end that certainly has both. */
static void add_endpoint(struct json_builder *builder, struct json_object *object,
                         const struct mpta_address *address, uint16_t port)
{
    char text[MPTA_ADDRESS_TEXT_MAX];
    mpta_address_format(address, text, sizeof text);
    json_add_string(builder, object, "address", text);
    json_add_count(builder, object, "port", port);
}

/* Members "time" and "packet", and "capture" where there is more than one to mean. */
static void add_place(struct json_builder *builder, struct json_object *object,
                      const struct report *report, const struct mpta_place *place)
{
    if (place->packet == 0) {
        json_add_null(builder, object, "time");
        json_add_null(builder, object, "packet");
        return;
    }
    json_add_time(builder, object, "time", place->time_ns);
    json_add_count(builder, object, "packet", place->packet);
    if (report->capture_count > 1) {
        json_add_count(builder, object, "capture", place->capture);
    }
}

struct json_object *json_verdicts(struct json_builder *builder,
                                  const struct mpta_verdict_counts *counts)
{
    struct json_object *object = json_build_object(builder);
    json_add_count(builder, object, "valid", counts->valid);
    json_add_count(builder, object, "invalid", counts->invalid);
    json_add_count(builder, object, "unverifiable", counts->unverifiable);
    return object;
}

struct json_object *json_finding(struct json_builder *builder, const struct report *report,
                                 const struct mpta_finding *finding)
{
    struct json_object *object = json_build_object(builder);
    json_add_string(builder, object, "id", finding->kind->id);
    json_add_string(builder, object, "severity", mpta_severity_name(finding->severity));
    json_add_string(builder, object, "message", finding->message);
    json_add_string(builder, object, "rfc", finding->kind->rfc);
    json_add_string(builder, object, "kernel_counter", finding->kind->counter);
    add_place(builder, object, report, &finding->first);
    if (finding->has_subflow) {
        json_add_count(builder, object, "subflow", finding->subflow);
    } else {
        json_add_null(builder, object, "subflow");
    }
    json_add_count(builder, object, "count", finding->count);
    return object;
}

/* ---- Subflows ------------------------------------------------------------------------------- */

static struct json_object *end_build(struct json_builder *builder,
                                     const struct mpta_subflow_end *end)
{
    struct json_object *object = json_build_object(builder);
    add_endpoint(builder, object, &end->address, end->port);
    if (end->address_id_known) {
        json_add_count(builder, object, "address_id", end->address_id);
    } else {
        json_add_null(builder, object, "address_id");
    }
    json_add_bool(builder, object, "backup", end->backup);
    return object;
}

static void add_rtt(struct json_builder *builder, struct json_object *parent,
                    const struct mpta_rtt *rtt)
{
    if (rtt->samples == 0) {
        json_add_null(builder, parent, "rtt");
        return;
    }
    struct json_object *object = json_build_object(builder);
    json_add_count(builder, object, "samples", rtt->samples);
    json_add_seconds(builder, object, "min", rtt->min_ns);
    json_add_seconds(builder, object, "mean", rtt->sum_ns / (int64_t)rtt->samples);
    json_add_seconds(builder, object, "max", rtt->max_ns);
    json_add(builder, parent, "rtt", object);
}

static struct json_object *direction_build(struct json_builder *builder,
                                           const struct mpta_subflow_direction *direction)
{
    struct json_object *object = json_build_object(builder);
    json_add_count(builder, object, "packets", direction->packets);
    json_add_count(builder, object, "payload_bytes", direction->payload_bytes);
    json_add_count(builder, object, "retransmitted_bytes", direction->retransmitted_bytes);
    json_add_count(builder, object, "reinjected_bytes", direction->reinjected_bytes);
    add_rtt(builder, object, &direction->rtt);
    return object;
}

static void add_reset(struct json_builder *builder, struct json_object *parent,
                      const struct report *report, const struct mpta_subflow *subflow)
{
    if (!subflow->was_reset) {
        json_add_null(builder, parent, "reset");
        return;
    }
    struct json_object *object = json_build_object(builder);
    json_add_string(builder, object, "by", side_name(subflow->reset_by));
    if (subflow->reset_reason_known) {
        json_add_count(builder, object, "reason", subflow->reset_reason);
        json_add_bool(builder, object, "transient", subflow->reset_transient);
    } else {
        json_add_null(builder, object, "reason");
        json_add_null(builder, object, "transient");
    }
    add_place(builder, object, report, &subflow->reset_at);
    json_add(builder, parent, "reset", object);
}

struct json_object *json_subflow(struct json_builder *builder, const struct report *report,
                                 const struct mpta_subflow *subflow)
{
    struct json_object *object = json_build_object(builder);
    json_add_count(builder, object, "id", subflow->id);
    json_add_string(builder, object, "type",
                    subflow->type == MPTA_SUBFLOW_INITIAL ? "initial" : "join");
    json_add(builder, object, "client", end_build(builder, &subflow->ends[MPTA_CLIENT]));
    json_add(builder, object, "server", end_build(builder, &subflow->ends[MPTA_SERVER]));
    json_add_string(builder, object, "opened_by", side_name(subflow->opened_by));
    json_add_string(builder, object, "state", mpta_subflow_state_name(subflow->state));
    json_add_bool(builder, object, "established", subflow->established);
    json_add_time(builder, object, "start", subflow->start_ns);
    json_add_time(builder, object, "end", subflow->end_ns);
    json_add_string(builder, object, "close", subflow_close_name(subflow->close));
    add_reset(builder, object, report, subflow);
    json_add_string(builder, object, "syn_ack_hmac", mpta_verdict_name(subflow->syn_ack_hmac));
    json_add_string(builder, object, "ack_hmac", mpta_verdict_name(subflow->ack_hmac));
    json_add_token(builder, object, "token", subflow->token_known, subflow->token);
    json_add(builder, object, "c2s", direction_build(builder, &subflow->directions[MPTA_CLIENT]));
    json_add(builder, object, "s2c", direction_build(builder, &subflow->directions[MPTA_SERVER]));
    return object;
}

/* ---- Connections ---------------------------------------------------------------------------- */

static struct json_object *host_build(struct json_builder *builder, const struct mpta_host *host)
{
    struct json_object *object = json_build_object(builder);
    add_endpoint(builder, object, &host->address, host->port);
    json_add_key(builder, object, "key", host->key_known, host->key);
    json_add_token(builder, object, "token", host->token_known, host->token);
    json_add_u64(builder, object, "idsn", host->key_known, host->idsn);
    return object;
}

static void add_fallback(struct json_builder *builder, struct json_object *parent,
                         const struct report *report, const struct mpta_connection *connection)
{
    if (connection->fallback == MPTA_FALLBACK_NONE) {
        json_add_null(builder, parent, "fallback");
        return;
    }
    struct json_object *object = json_build_object(builder);
    json_add_string(builder, object, "cause", mpta_fallback_cause_name(connection->fallback));
    add_place(builder, object, report, &connection->fallback_at);
    json_add(builder, parent, "fallback", object);
}

/* What the payload file has zeros for, as pairs of offsets. */
static struct json_object *holes_build(struct json_builder *builder, const struct extents *written)
{
    struct json_object *array = json_build_array(builder);
    struct extent hole;
    for (size_t i = 0; i < HOLES_MAX && written != NULL && extents_hole(written, i, &hole); i++) {
        struct json_object *pair = json_build_array(builder);
        json_append(builder, pair, json_object_new_uint64(hole.begin));
        json_append(builder, pair, json_object_new_uint64(hole.end));
        json_append(builder, array, pair);
    }
    return array;
}

static struct json_object *stream_build(struct json_builder *builder, const struct report *report,
                                        const struct mpta_connection *connection,
                                        enum mpta_side sender)
{
    const struct mpta_stream *stream = &connection->streams[sender];
    struct json_object *object = json_build_object(builder);
    json_add_count(builder, object, "data_bytes", stream->data_bytes);
    json_add_count(builder, object, "missing_bytes", stream->missing_bytes);
    json_add_count(builder, object, "reinjected_bytes", stream->reinjected_bytes);
    json_add_bool(builder, object, "data_fin", stream->data_fin);
    if (stream->acked_known) {
        json_add_count(builder, object, "data_acked", stream->acked);
    } else {
        json_add_null(builder, object, "data_acked");
    }
    json_add(builder, object, "dss_checksum", json_verdicts(builder, &stream->dss_checksum));
    if (report->payload != NULL) {
        json_add(builder, object, "holes",
                 holes_build(builder, payload_written(report->payload, connection->id, sender)));
    }
    return object;
}

static struct json_object *subflows_build(struct json_builder *builder, const struct report *report,
                                          const struct mpta_connection *connection)
{
    struct json_object *array = json_build_array(builder);
    struct mpta_subflow subflow;
    for (size_t i = 0; mpta_tracker_subflow(report->tracker, connection->id, i, &subflow); i++) {
        json_append(builder, array, json_subflow(builder, report, &subflow));
    }
    return array;
}

static struct json_object *address_build(struct json_builder *builder, const struct report *report,
                                         const struct mpta_address_event *event)
{
    char text[MPTA_ADDRESS_TEXT_MAX];
    struct json_object *object = json_build_object(builder);
    mpta_address_format(&event->address, text, sizeof text);
    json_add_string(builder, object, "op", address_op_name(event->op));
    json_add_string(builder, object, "by", side_name(event->by));
    json_add_count(builder, object, "id", event->address_id);
    json_add_string(builder, object, "address", event->address.family == 0 ? NULL : text);
    if (event->has_port) {
        json_add_count(builder, object, "port", event->port);
    } else {
        json_add_null(builder, object, "port");
    }
    json_add_string(builder, object, "hmac", mpta_verdict_name(event->hmac));
    add_place(builder, object, report, &event->at);
    return object;
}

static struct json_object *addresses_build(struct json_builder *builder,
                                           const struct report *report,
                                           const struct mpta_connection *connection)
{
    struct json_object *array = json_build_array(builder);
    struct mpta_address_event event;
    for (size_t i = 0; mpta_tracker_address(report->tracker, connection->id, i, &event); i++) {
        json_append(builder, array, address_build(builder, report, &event));
    }
    return array;
}

static struct json_object *findings_build(struct json_builder *builder, const struct report *report,
                                          const struct mpta_connection *connection)
{
    struct json_object *array = json_build_array(builder);
    struct mpta_finding finding;
    for (size_t i = 0; mpta_tracker_finding(report->tracker, connection->id, i, &finding); i++) {
        json_append(builder, array, json_finding(builder, report, &finding));
    }
    return array;
}

/* Who spoke to whom, and what identifies them. */
static void add_identity(struct json_builder *builder, struct json_object *object,
                         const struct mpta_connection *connection)
{
    json_add_count(builder, object, "id", connection->id);
    if (connection->version < 0) {
        json_add_null(builder, object, "version");
    } else {
        json_add_count(builder, object, "version", (uint64_t)connection->version);
    }
    json_add_bool(builder, object, "late", connection->late);
    json_add(builder, object, "client", host_build(builder, &connection->hosts[MPTA_CLIENT]));
    json_add(builder, object, "server", host_build(builder, &connection->hosts[MPTA_SERVER]));
    json_add_string(builder, object, "key_source", key_source_name(connection->key_source));
}

static void add_course(struct json_builder *builder, struct json_object *object,
                       const struct report *report, const struct mpta_connection *connection)
{
    json_add_time(builder, object, "start", connection->start_ns);
    json_add_time(builder, object, "end", connection->end_ns);
    json_add_seconds(builder, object, "duration",
                     units_between(connection->start_ns, connection->end_ns));
    json_add_string(builder, object, "close", close_name(connection->close));
    json_add_string(builder, object, "fastclose_by",
                    connection->close == MPTA_CONNECTION_FASTCLOSE
                        ? side_name(connection->fastclose_by)
                        : NULL);
    json_add_bool(builder, object, "checksum_required", connection->checksum_required);
    add_fallback(builder, object, report, connection);
}

struct json_object *json_connection(struct json_builder *builder, const struct report *report,
                                    const struct mpta_connection *connection)
{
    struct json_object *object = json_build_object(builder);
    add_identity(builder, object, connection);
    add_course(builder, object, report, connection);
    json_add(builder, object, "c2s", stream_build(builder, report, connection, MPTA_CLIENT));
    json_add(builder, object, "s2c", stream_build(builder, report, connection, MPTA_SERVER));
    json_add(builder, object, "subflows", subflows_build(builder, report, connection));
    json_add(builder, object, "addresses", addresses_build(builder, report, connection));
    json_add(builder, object, "findings", findings_build(builder, report, connection));
    json_add(builder, object, "verdict", json_build_array(builder));
    return object;
}
