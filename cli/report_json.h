/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The parts of the JSON report that stand in several places, in the report itself or in the lines
 * of events. Each makes one value of the contract output.schema.json, or adds some members; NULL or
 * worthless where the builder says that memory is short.
 */
#ifndef CLI_REPORT_JSON_H
#define CLI_REPORT_JSON_H

#include "analyzer/analyzer.h"
#include "cli/json_builder.h"
#include "cli/report.h"

#define JSON_SCHEMA_VERSION 1
/* So many subflows without a connection are listed; the summary counts all. */
#define JSON_UNLINKED_MAX 10000

/* The report's members of these names; findings are those that belong to no connection. */
struct json_object *json_generator(struct json_builder *builder);
struct json_object *json_captures(struct json_builder *builder, const struct report *report);
struct json_object *json_summary(struct json_builder *builder, const struct report *report);
struct json_object *json_global_findings(struct json_builder *builder, const struct report *report);

/* "client", "server". Static text. */
const char *json_side_name(enum mpta_side side);

/* Members "address" and "port" of an end that certainly has both. */
void json_add_endpoint(struct json_builder *builder, struct json_object *object,
                       const struct mpta_address *address, uint16_t port);

/* Members "time" and "packet", and "capture" where there is more than one to mean. */
void json_add_place(struct json_builder *builder, struct json_object *object,
                    const struct report *report, const struct mpta_place *place);

/* Round trips, or null where there are none. */
void json_add_rtt(struct json_builder *builder, struct json_object *parent, const char *name,
                  const struct mpta_rtt *rtt);

/* How a subflow came to be, with the verdicts; how it ended; what an address option says, without
 * who says it. */
void json_add_subflow_course(struct json_builder *builder, struct json_object *object,
                             const struct mpta_subflow *subflow);
void json_add_subflow_close(struct json_builder *builder, struct json_object *object,
                            const struct report *report, const struct mpta_subflow *subflow);
void json_add_address(struct json_builder *builder, struct json_object *object,
                      const struct mpta_address_event *event);

struct json_object *json_verdicts(struct json_builder *builder,
                                  const struct mpta_verdict_counts *counts);
struct json_object *json_finding(struct json_builder *builder, const struct report *report,
                                 const struct mpta_finding *finding);

/* Member "kernel": what the kernel of this machine says of a connection; null for nothing. */
void json_add_kernel(struct json_builder *builder, struct json_object *object,
                     const struct report *report, const struct mpta_connection *connection);

/* connection is NULL for a subflow without one. */
struct json_object *json_subflow(struct json_builder *builder, const struct report *report,
                                 const struct mpta_connection *connection,
                                 const struct mpta_subflow *subflow);
struct json_object *json_connection(struct json_builder *builder, const struct report *report,
                                    const struct mpta_connection *connection);

#endif
