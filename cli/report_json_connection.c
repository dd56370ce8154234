/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A connection, its hosts, streams and addresses as JSON values. Each function is one object of the
 * contract; members beyond it are named in the manual page and may grow.
 */
#include "cli/report_json.h"
#include "cli/units.h"

/* So many holes of a payload file are listed. */
#define HOLES_MAX 100

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

/* ---- Connections ---------------------------------------------------------------------------- */

static struct json_object *host_build(struct json_builder *builder, const struct mpta_host *host)
{
    struct json_object *object = json_build_object(builder);
    json_add_endpoint(builder, object, &host->address, host->port);
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
    json_add_place(builder, object, report, &connection->fallback_at);
    json_add(builder, parent, "fallback", object);
}

/* What the payload file has zeros for, as pairs of offsets. */
static struct json_object *holes_build(struct json_builder *builder, const struct holes *holes)
{
    struct json_object *array = json_build_array(builder);
    struct extent hole;
    for (size_t i = 0; i < HOLES_MAX && holes_get(holes, i, &hole); i++) {
        struct json_object *pair = json_build_array(builder);
        json_append(builder, pair, json_object_new_uint64(hole.begin));
        json_append(builder, pair, json_object_new_uint64(hole.end));
        json_append(builder, array, pair);
    }
    return array;
}

static void add_time_known(struct json_builder *builder, struct json_object *object,
                           const char *name, bool known, int64_t time_ns)
{
    if (known) {
        json_add_time(builder, object, name, time_ns);
    } else {
        json_add_null(builder, object, name);
    }
}

static struct json_object *head_of_line_build(struct json_builder *builder,
                                              const struct mpta_stream_measure *measure)
{
    struct json_object *object = json_build_object(builder);
    json_add_count(builder, object, "stalls", measure->stalls);
    json_add_seconds(builder, object, "total", measure->stall_ns);
    json_add_seconds(builder, object, "longest", measure->longest_stall_ns);
    add_time_known(builder, object, "longest_at", measure->stalls > 0,
                   measure->longest_stall_at_ns);
    return object;
}

/* Members beyond the contract: how well the paths worked together. */
static void add_measure(struct json_builder *builder, struct json_object *object,
                        const struct report *report, const struct mpta_connection *connection,
                        enum mpta_side sender)
{
    const struct mpta_stream *stream = &connection->streams[sender];
    const struct mpta_stream_measure *measure = &stream->measure;
    struct mpta_paths paths;
    mpta_tracker_paths(report->tracker, connection, sender, &paths);
    json_add_known(builder, object, "goodput_bps", paths.bps_known, paths.bps);
    json_add_ratio(builder, object, "multipath_gain", paths.gain_known, paths.gain);
    json_add_ratio(builder, object, "reinjection_overhead", stream->data_bytes > 0,
                   (double)stream->reinjected_bytes / (double)stream->data_bytes);
    json_add_rtt(builder, object, "data_ack_latency", &measure->data_ack_latency);
    json_add_count(builder, object, "hand_overs", measure->hand_overs);
    add_time_known(builder, object, "first_hand_over", measure->hand_overs > 0,
                   measure->first_hand_over_ns);
    add_time_known(builder, object, "last_hand_over", measure->hand_overs > 0,
                   measure->last_hand_over_ns);
    json_add(builder, object, "head_of_line", head_of_line_build(builder, measure));
}

static struct json_object *stream_build(struct json_builder *builder, const struct report *report,
                                        const struct mpta_connection *connection,
                                        enum mpta_side sender)
{
    const struct mpta_stream *stream = &connection->streams[sender];
    struct json_object *object = json_build_large(builder);
    json_add_count(builder, object, "data_bytes", stream->data_bytes);
    json_add_count(builder, object, "below_idsn_bytes", stream->below_idsn_bytes);
    json_add_count(builder, object, "missing_bytes", stream->missing_bytes);
    json_add_count(builder, object, "reinjected_bytes", stream->reinjected_bytes);
    json_add_count(builder, object, "unplaced_bytes", stream->unplaced_bytes);
    json_add_count(builder, object, "unkept_bytes", stream->unkept_bytes);
    json_add_count(builder, object, "uncompared_bytes", stream->uncompared_bytes);
    json_add_count(builder, object, "blurred_bytes", stream->blurred_bytes);
    json_add_bool(builder, object, "data_fin", stream->data_fin);
    json_add_known(builder, object, "data_acked", stream->acked_known, stream->acked);
    json_add(builder, object, "dss_checksum", json_verdicts(builder, &stream->dss_checksum));
    json_add_u64(builder, object, "base_dsn", stream->base_dsn_known && stream->data_bytes > 0,
                 stream->base_dsn);
    json_add_bool(builder, object, "base_is_idsn", stream->base_is_idsn);
    add_measure(builder, object, report, connection, sender);
    if (report->payload != NULL) {
        struct holes holes = payload_holes(report->payload, connection->id, sender, stream);
        json_add(builder, object, "holes", holes_build(builder, &holes));
        json_add_count(builder, object, "hole_count", holes_count(&holes));
        json_add_count(builder, object, "hole_bytes", holes_bytes(&holes));
    }
    return object;
}

static struct json_object *subflows_build(struct json_builder *builder, const struct report *report,
                                          const struct mpta_connection *connection)
{
    struct json_object *array = json_build_array(builder);
    struct mpta_subflow subflow;
    for (size_t i = 0; mpta_tracker_subflow(report->tracker, connection->id, i, &subflow); i++) {
        json_append(builder, array, json_subflow(builder, report, connection, &subflow));
    }
    return array;
}

void json_add_address(struct json_builder *builder, struct json_object *object,
                      const struct mpta_address_event *event)
{
    char text[MPTA_ADDRESS_TEXT_MAX];
    mpta_address_format(&event->address, text, sizeof text);
    json_add_string(builder, object, "op", address_op_name(event->op));
    json_add_count(builder, object, "id", event->address_id);
    json_add_string(builder, object, "address", event->address.family == 0 ? NULL : text);
    json_add_known(builder, object, "port", event->has_port, event->port);
    json_add_string(builder, object, "hmac", mpta_verdict_name(event->hmac));
}

static struct json_object *address_build(struct json_builder *builder, const struct report *report,
                                         const struct mpta_address_event *event)
{
    struct json_object *object = json_build_object(builder);
    json_add_string(builder, object, "by", json_side_name(event->by));
    json_add_address(builder, object, event);
    json_add_place(builder, object, report, &event->at);
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

/* Which packets prove a sentence, and of which captures where there is more than one to mean. */
static void add_places(struct json_builder *builder, struct json_object *object,
                       const struct report *report, const struct mpta_sentence *sentence)
{
    struct json_object *packets = json_build_array(builder);
    for (size_t i = 0; i < sentence->place_count; i++) {
        json_append_count(builder, packets, sentence->places[i].packet);
    }
    json_add(builder, object, "packets", packets);
    if (report->capture_count < 2) {
        return;
    }
    struct json_object *captures = json_build_array(builder);
    for (size_t i = 0; i < sentence->place_count; i++) {
        json_append_count(builder, captures, sentence->places[i].capture);
    }
    json_add(builder, object, "captures", captures);
}

static struct json_object *sentence_build(struct json_builder *builder, const struct report *report,
                                          const struct mpta_sentence *sentence)
{
    struct json_object *object = json_build_object(builder);
    struct json_object *findings = json_build_array(builder);
    if (sentence->kind != NULL) {
        json_append_string(builder, findings, sentence->kind->id);
    }
    json_add_string(builder, object, "sentence", sentence->text);
    json_add_string(builder, object, "severity", mpta_severity_name(sentence->severity));
    json_add(builder, object, "findings", findings);
    add_places(builder, object, report, sentence);
    return object;
}

static struct json_object *verdict_build(struct json_builder *builder, const struct report *report,
                                         const struct mpta_connection *connection)
{
    struct json_object *array = json_build_array(builder);
    struct mpta_sentence sentences[MPTA_SENTENCES_MAX];
    size_t count = report_verdict(report, connection->id, sentences);
    for (size_t i = 0; i < count; i++) {
        json_append(builder, array, sentence_build(builder, report, &sentences[i]));
    }
    return array;
}

/* Who spoke to whom, and what identifies them. */
static void add_identity(struct json_builder *builder, struct json_object *object,
                         const struct mpta_connection *connection)
{
    json_add_count(builder, object, "id", connection->id);
    json_add_known(builder, object, "version", connection->version >= 0,
                   (uint64_t)connection->version);
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
                        ? json_side_name(connection->fastclose_by)
                        : NULL);
    json_add_bool(builder, object, "checksum_required", connection->checksum_required);
    add_fallback(builder, object, report, connection);
}

struct json_object *json_connection(struct json_builder *builder, const struct report *report,
                                    const struct mpta_connection *connection)
{
    struct json_object *object = json_build_large(builder);
    add_identity(builder, object, connection);
    add_course(builder, object, report, connection);
    json_add(builder, object, "c2s", stream_build(builder, report, connection, MPTA_CLIENT));
    json_add(builder, object, "s2c", stream_build(builder, report, connection, MPTA_SERVER));
    json_add(builder, object, "subflows", subflows_build(builder, report, connection));
    json_add(builder, object, "addresses", addresses_build(builder, report, connection));
    json_add_kernel(builder, object, report, connection);
    json_add(builder, object, "findings", findings_build(builder, report, connection));
    json_add(builder, object, "verdict", verdict_build(builder, report, connection));
    return object;
}
