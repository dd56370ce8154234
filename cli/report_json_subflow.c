/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A subflow as a JSON value: its ends, its course and close, and what either side sent.
 */
#include "cli/report_json.h"

static const char *subflow_close_name(enum mpta_subflow_close close)
{
    static const char *const names[] = {
        [MPTA_CLOSE_OPEN] = "open",
        [MPTA_CLOSE_FIN] = "fin",
        [MPTA_CLOSE_RESET] = "reset",
    };
    return names[close];
}

static struct json_object *end_build(struct json_builder *builder,
                                     const struct mpta_subflow_end *end)
{
    struct json_object *object = json_build_object(builder);
    json_add_endpoint(builder, object, &end->address, end->port);
    json_add_known(builder, object, "address_id", end->address_id_known, end->address_id);
    json_add_bool(builder, object, "backup", end->backup);
    return object;
}

/* Members beyond the contract. data_bytes is what all subflows carried in this direction. */
static void add_measure(struct json_builder *builder, struct json_object *object,
                        const struct mpta_subflow *subflow, enum mpta_side sender,
                        uint64_t data_bytes)
{
    const struct mpta_subflow_direction *direction = &subflow->directions[sender];
    const struct mpta_flow_measure *measure = &direction->measure;
    uint64_t bps = 0;
    bool bps_known = mpta_flow_goodput(subflow, sender, &bps);
    json_add_count(builder, object, "data_packets", measure->data_packets);
    json_add_count(builder, object, "remapped_bytes", direction->remapped_bytes);
    json_add_count(builder, object, "fresh_bytes", measure->fresh_bytes);
    json_add_ratio(builder, object, "share", data_bytes > 0,
                   (double)measure->fresh_bytes / (double)data_bytes);
    json_add_known(builder, object, "goodput_bps", bps_known, bps);
    json_add_count(builder, object, "out_of_order_bytes", measure->out_of_order_bytes);
    json_add_count(builder, object, "max_in_flight", measure->max_in_flight);
    json_add_seconds(builder, object, "longest_idle", measure->longest_idle_ns);
}

/* Members beyond the contract: what the path lost, as far as one place can tell. */
static void add_losses(struct json_builder *builder, struct json_object *object,
                       const struct mpta_flow_measure *measure)
{
    double ratio;
    bool known = mpta_flow_loss_ratio(measure, &ratio);
    json_add_count(builder, object, "retransmitted_packets", measure->retransmitted_packets);
    json_add_count(builder, object, "needless_packets", measure->needless_packets);
    json_add_count(builder, object, "lost_packets", measure->lost_behind + measure->lost_before);
    json_add_ratio(builder, object, "loss_ratio", known, ratio);
}

static struct json_object *direction_build(struct json_builder *builder,
                                           const struct mpta_connection *connection,
                                           const struct mpta_subflow *subflow,
                                           enum mpta_side sender)
{
    const struct mpta_subflow_direction *direction = &subflow->directions[sender];
    struct json_object *object = json_build_large(builder);
    json_add_count(builder, object, "packets", direction->packets);
    json_add_count(builder, object, "payload_bytes", direction->payload_bytes);
    json_add_count(builder, object, "retransmitted_bytes", direction->retransmitted_bytes);
    json_add_count(builder, object, "reinjected_bytes", direction->reinjected_bytes);
    json_add_rtt(builder, object, "rtt", &direction->rtt);
    json_add_rtt(builder, object, "rtt_timestamps", &direction->rtt_timestamps);
    add_measure(builder, object, subflow, sender,
                connection != NULL ? connection->streams[sender].data_bytes : 0);
    add_losses(builder, object, &direction->measure);
    return object;
}

static void add_reset(struct json_builder *builder, struct json_object *parent,
                      const struct report *report, const struct mpta_subflow *subflow)
{
    bool reasoned = subflow->reset_reason_known;
    if (!subflow->was_reset) {
        json_add_null(builder, parent, "reset");
        return;
    }
    struct json_object *object = json_build_object(builder);
    json_add_string(builder, object, "by", json_side_name(subflow->reset_by));
    json_add_known(builder, object, "reason", reasoned, subflow->reset_reason);
    if (reasoned) {
        json_add_bool(builder, object, "transient", subflow->reset_transient);
    } else {
        json_add_null(builder, object, "transient");
    }
    json_add_string(builder, object, "doubt", mpta_reset_doubt_name(subflow->reset_doubt));
    json_add_place(builder, object, report, &subflow->reset_at);
    json_add(builder, parent, "reset", object);
}

void json_add_subflow_course(struct json_builder *builder, struct json_object *object,
                             const struct mpta_subflow *subflow)
{
    json_add_string(builder, object, "type",
                    subflow->type == MPTA_SUBFLOW_INITIAL ? "initial" : "join");
    json_add_string(builder, object, "opened_by", json_side_name(subflow->opened_by));
    json_add_string(builder, object, "state", mpta_subflow_state_name(subflow->state));
    json_add_bool(builder, object, "established", subflow->established);
    json_add_string(builder, object, "syn_ack_hmac", mpta_verdict_name(subflow->syn_ack_hmac));
    json_add_string(builder, object, "ack_hmac", mpta_verdict_name(subflow->ack_hmac));
}

void json_add_subflow_close(struct json_builder *builder, struct json_object *object,
                            const struct report *report, const struct mpta_subflow *subflow)
{
    json_add_string(builder, object, "close", subflow_close_name(subflow->close));
    add_reset(builder, object, report, subflow);
}

struct json_object *json_subflow(struct json_builder *builder, const struct report *report,
                                 const struct mpta_connection *connection,
                                 const struct mpta_subflow *subflow)
{
    struct json_object *object = json_build_large(builder);
    json_add_count(builder, object, "id", subflow->id);
    json_add_subflow_course(builder, object, subflow);
    json_add(builder, object, "client", end_build(builder, &subflow->ends[MPTA_CLIENT]));
    json_add(builder, object, "server", end_build(builder, &subflow->ends[MPTA_SERVER]));
    json_add_time(builder, object, "start", subflow->start_ns);
    json_add_time(builder, object, "end", subflow->end_ns);
    json_add_subflow_close(builder, object, report, subflow);
    json_add_token(builder, object, "token", subflow->token_known, subflow->token);
    json_add(builder, object, "c2s", direction_build(builder, connection, subflow, MPTA_CLIENT));
    json_add(builder, object, "s2c", direction_build(builder, connection, subflow, MPTA_SERVER));
    return object;
}
