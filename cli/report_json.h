/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The parts of the JSON report that stand in several places. Each makes one value of the contract
 * output.schema.json; NULL or worthless where the builder says that memory is short.
 */
#ifndef CLI_REPORT_JSON_H
#define CLI_REPORT_JSON_H

#include "analyzer/analyzer.h"
#include "cli/json_builder.h"
#include "cli/report.h"

struct json_object *json_verdicts(struct json_builder *builder,
                                  const struct mpta_verdict_counts *counts);
struct json_object *json_finding(struct json_builder *builder, const struct report *report,
                                 const struct mpta_finding *finding);
struct json_object *json_subflow(struct json_builder *builder, const struct report *report,
                                 const struct mpta_subflow *subflow);
struct json_object *json_connection(struct json_builder *builder, const struct report *report,
                                    const struct mpta_connection *connection);

#endif
