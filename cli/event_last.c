/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The last lines of events: what is known only when nothing more comes, and belongs to no
 * connection. Words and values are those of the JSON report.
 */
#include "cli/event_line.h"
#include "cli/json_writer.h"
#include "cli/report_json.h"

/* Writes an object as a line, and frees it, with what it was built from. */
static bool line_write(struct json_builder *builder, struct json_object *object, FILE *stream)
{
    if (!builder->no_memory) {
        json_line_write(stream, object);
    }
    json_object_put(object);
    json_builder_clear(builder);
    return !builder->no_memory;
}

/* The time of the last packet of all; false where no packet has one. */
static bool last_time(const struct report *report, int64_t *last_ns)
{
    bool known = false;
    for (size_t i = 0; i < report->capture_count; i++) {
        const struct capture *capture = report->captures[i].capture;
        if (capture->time_known && (!known || capture->end_ns > *last_ns)) {
            *last_ns = capture->end_ns;
            known = true;
        }
    }
    return known;
}

bool event_line_write_unlinked(const struct report *report, const struct mpta_subflow *subflow,
                               FILE *stream)
{
    struct json_builder builder = {false};
    struct json_object *object = json_build_object(&builder);
    json_add_string(&builder, object, "event_type", "unlinked_subflow");
    json_add_time(&builder, object, "timestamp", subflow->end_ns);
    event_line_add_flow(&builder, object, subflow);
    json_add(&builder, object, "record", json_subflow(&builder, report, NULL, subflow));
    return line_write(&builder, object, stream);
}

static bool captures_write(const struct report *report, FILE *stream)
{
    struct json_builder builder = {false};
    struct json_object *object = json_build_object(&builder);
    int64_t last_ns = 0;
    json_add_string(&builder, object, "event_type", "capture_end");
    if (last_time(report, &last_ns)) {
        json_add_time(&builder, object, "timestamp", last_ns);
    } else {
        json_add_null(&builder, object, "timestamp");
    }
    json_add_count(&builder, object, "schema_version", JSON_SCHEMA_VERSION);
    json_add(&builder, object, "generator", json_generator(&builder));
    json_add(&builder, object, "captures", json_captures(&builder, report));
    json_add(&builder, object, "summary", json_summary(&builder, report));
    json_add(&builder, object, "findings", json_global_findings(&builder, report));
    return line_write(&builder, object, stream);
}

bool event_line_finish(const struct report *report, FILE *stream)
{
    struct mpta_subflow subflow;
    bool done = true;
    for (size_t i = 0;
         done && i < JSON_UNLINKED_MAX && mpta_tracker_unlinked(report->tracker, i, &subflow);
         i++) {
        done = event_line_write_unlinked(report, &subflow, stream);
    }
    return done && captures_write(report, stream);
}
