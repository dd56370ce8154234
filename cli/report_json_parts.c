/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What stands in several places of the JSON report and of the lines of events: sides, endpoints,
 * places, round trips, verdicts, findings.
 */
#include "cli/report_json.h"

const char *json_side_name(enum mpta_side side)
{
    return side == MPTA_CLIENT ? "client" : "server";
}

void json_add_endpoint(struct json_builder *builder, struct json_object *object,
                       const struct mpta_address *address, uint16_t port)
{
    char text[MPTA_ADDRESS_TEXT_MAX];
    mpta_address_format(address, text, sizeof text);
    json_add_string(builder, object, "address", text);
    json_add_count(builder, object, "port", port);
}

void json_add_place(struct json_builder *builder, struct json_object *object,
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

void json_add_rtt(struct json_builder *builder, struct json_object *parent, const char *name,
                  const struct mpta_rtt *rtt)
{
    if (rtt->samples == 0) {
        json_add_null(builder, parent, name);
        return;
    }
    struct json_object *object = json_build_object(builder);
    json_add_count(builder, object, "samples", rtt->samples);
    json_add_seconds(builder, object, "min", rtt->min_ns);
    json_add_seconds(builder, object, "mean", rtt->sum_ns / (int64_t)rtt->samples);
    json_add_seconds(builder, object, "median", rtt->median_ns);
    json_add_seconds(builder, object, "p95", rtt->p95_ns);
    json_add_seconds(builder, object, "max", rtt->max_ns);
    json_add(builder, parent, name, object);
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

static struct json_object *witness_build(struct json_builder *builder, const struct report *report,
                                         const struct mpta_witness *witness)
{
    struct json_object *object = json_build_object(builder);
    json_add_place(builder, object, report, &witness->at);
    json_add_known(builder, object, "subflow", witness->has_subflow, witness->subflow);
    json_add_string(builder, object, "by", witness->by_known ? json_side_name(witness->by) : NULL);
    return object;
}

/* Beyond the contract: what kind of evidence it is, what to do, where else it was seen. */
static void add_evidence(struct json_builder *builder, struct json_object *object,
                         const struct report *report, const struct mpta_finding *finding)
{
    struct json_object *witnesses = json_build_array(builder);
    json_add_string(builder, object, "evidence", mpta_evidence_name(finding->kind->evidence));
    json_add_string(builder, object, "advice", finding->kind->advice);
    for (size_t i = 0; i < finding->witness_count; i++) {
        json_append(builder, witnesses, witness_build(builder, report, &finding->witnesses[i]));
    }
    json_add(builder, object, "witnesses", witnesses);
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
    const struct mpta_place *first = &finding->witnesses[0].at;
    json_add_place(builder, object, report, first);
    if (first->packet == 0 && finding->kind->group == MPTA_GROUP_CAPTURE &&
        report->capture_count > 1) {
        json_add_count(builder, object, "capture", first->capture); /* all of it */
    }
    json_add_known(builder, object, "subflow", finding->witnesses[0].has_subflow,
                   finding->witnesses[0].subflow);
    json_add_count(builder, object, "count", finding->count);
    add_evidence(builder, object, report, finding);
    return object;
}
