/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The JSON report as a whole: captures, summary, and the lists of what report_json_connection.c
 * makes one by one. Connections are built, written and freed one after the other, so that the
 * report of many takes no more memory than that of one; many are made by several threads, a few
 * each at a time. That is right because views of the tracker only read.
 */
#include "cli/report_json.h"
#include "cli/json_builder.h"
#include "cli/json_writer.h"
#include "cli/message.h"
#include "cli/report.h"
#include "cli/report_pool.h"

static const char *format_name(enum capture_format format)
{
    switch (format) {
    case CAPTURE_PCAP:
        return "pcap";
    case CAPTURE_PCAPNG:
        return "pcapng";
    case CAPTURE_LIVE:
        return "live";
    }
    return "pcap";
}

struct json_object *json_generator(struct json_builder *builder)
{
    struct json_object *object = json_build_object(builder);
    json_add_string(builder, object, "name", PROGRAM_NAME);
    json_add_string(builder, object, "version", MPTA_VERSION);
    return object;
}

static struct json_object *interfaces_build(struct json_builder *builder,
                                            const struct capture *capture)
{
    struct json_object *array = json_build_array(builder);
    for (size_t i = 0; i < capture->interface_count; i++) {
        const struct capture_interface *interface = &capture->interfaces[i];
        struct json_object *object = json_build_object(builder);
        json_add_string(builder, object, "name", interface->name);
        json_add_count(builder, object, "link_type", interface->link_type);
        json_add_count(builder, object, "packets", interface->packets);
        json_append(builder, array, object);
    }
    return array;
}

/* First and last packet; null where none had a time. */
static void capture_add_times(struct json_builder *builder, struct json_object *object,
                              const struct capture *capture)
{
    if (!capture->time_known) {
        json_add_null(builder, object, "start");
        json_add_null(builder, object, "end");
    } else {
        json_add_time(builder, object, "start", capture->start_ns);
        json_add_time(builder, object, "end", capture->end_ns);
    }
}

/* How many frames carried no TCP segment that could be read, and why. */
static struct json_object *frames_build(struct json_builder *builder,
                                        const struct report_capture *read)
{
    struct json_object *object = json_build_object(builder);
    json_add_count(builder, object, "other", read->frames[MPTA_FRAME_OTHER]);
    json_add_count(builder, object, "fragment", read->frames[MPTA_FRAME_FRAGMENT]);
    json_add_count(builder, object, "cut", read->frames[MPTA_FRAME_CUT]);
    json_add_count(builder, object, "malformed", read->frames[MPTA_FRAME_MALFORMED]);
    json_add_count(builder, object, "link_unsupported", read->frames[MPTA_FRAME_LINK_UNSUPPORTED]);
    return object;
}

static struct json_object *capture_build(struct json_builder *builder,
                                         const struct report_capture *read)
{
    const struct capture *capture = read->capture;
    struct json_object *object = json_build_object(builder);
    json_add_string(builder, object, "name", capture->name);
    json_add_string(builder, object, "format", format_name(capture->format));
    json_add_count(builder, object, "packets", capture->packets);
    json_add_count(builder, object, "bytes", capture->bytes);
    json_add_count(builder, object, "tcp_packets", read->frames[MPTA_FRAME_TCP]);
    json_add_count(builder, object, "mptcp_packets", read->mptcp_packets);
    json_add(builder, object, "frames", frames_build(builder, read));
    json_add_count(builder, object, "filtered", capture->filtered);
    json_add_count(builder, object, "late", capture->late);
    json_add_known(builder, object, "kernel_drops", capture->kernel_drops_known,
                   capture->kernel_drops);
    json_add_known(builder, object, "interface_drops", capture->kernel_drops_known,
                   capture->interface_drops);
    capture_add_times(builder, object, capture);
    json_add_seconds(builder, object, "clock_ahead", capture->clock_ahead_ns);
    json_add_string(builder, object, "damaged", capture->damaged);
    json_add(builder, object, "interfaces", interfaces_build(builder, capture));
    return object;
}

struct json_object *json_captures(struct json_builder *builder, const struct report *report)
{
    struct json_object *array = json_build_array(builder);
    for (size_t i = 0; i < report->capture_count; i++) {
        json_append(builder, array, capture_build(builder, &report->captures[i]));
    }
    return array;
}

static struct json_object *severities_build(struct json_builder *builder,
                                            const struct mpta_summary *summary)
{
    struct json_object *object = json_build_object(builder);
    json_add_count(builder, object, "error", summary->findings[MPTA_ERROR]);
    json_add_count(builder, object, "warning", summary->findings[MPTA_WARNING]);
    json_add_count(builder, object, "note", summary->findings[MPTA_NOTE]);
    return object;
}

static struct json_object *half_open_build(struct json_builder *builder,
                                           const struct mpta_half_open *joins)
{
    struct json_object *object = json_build_object(builder);
    json_add_count(builder, object, "seen", joins->seen);
    json_add_count(builder, object, "completed", joins->completed);
    json_add_count(builder, object, "live", joins->live);
    json_add_count(builder, object, "expired", joins->expired);
    json_add_count(builder, object, "evicted", joins->evicted);
    return object;
}

struct json_object *json_summary(struct json_builder *builder, const struct report *report)
{
    struct mpta_summary summary;
    struct json_object *object = json_build_object(builder);
    mpta_tracker_summary(report->tracker, &summary);
    json_add_count(builder, object, "connections", summary.connections);
    json_add_count(builder, object, "subflows", summary.subflows);
    json_add_count(builder, object, "unlinked_subflows", summary.unlinked_subflows);
    json_add_count(builder, object, "fallbacks", summary.fallbacks);
    json_add_count(builder, object, "duplicates", summary.duplicates);
    if (summary.half_open.expired + summary.half_open.evicted > 0) {
        json_add(builder, object, "half_open_joins", half_open_build(builder, &summary.half_open));
    }
    if (summary.late_packets > 0) {
        json_add_count(builder, object, "late_packets", summary.late_packets);
    }
    json_add(builder, object, "join_hmac", json_verdicts(builder, &summary.join_hmac));
    json_add(builder, object, "add_addr_hmac", json_verdicts(builder, &summary.add_addr_hmac));
    json_add(builder, object, "dss_checksum", json_verdicts(builder, &summary.dss_checksum));
    json_add(builder, object, "findings", severities_build(builder, &summary));
    return object;
}

struct json_object *json_global_findings(struct json_builder *builder, const struct report *report)
{
    struct json_object *array = json_build_array(builder);
    struct mpta_finding finding;
    for (size_t i = 0; mpta_tracker_global_finding(report->tracker, i, &finding); i++) {
        json_append(builder, array, json_finding(builder, report, &finding));
    }
    return array;
}

/* Writes a value as a member of the outermost object, and frees it. */
static void member_write(FILE *stream, const char *name, struct json_object *value)
{
    fprintf(stream, ",\n  \"%s\": ", name);
    json_value_write(stream, value, 1);
    json_object_put(value);
}

/* Builds item `index` of a list; false beyond its last. */
typedef bool (*item_build)(struct json_builder *builder, const struct report *report, size_t index,
                           struct json_object **item);

static bool connection_item(struct json_builder *builder, const struct report *report, size_t index,
                            struct json_object **item)
{
    struct mpta_connection connection;
    if (!mpta_tracker_connection_at(report->tracker, index, &connection)) {
        return false;
    }
    *item = json_connection(builder, report, &connection);
    return true;
}

static bool unlinked_item(struct json_builder *builder, const struct report *report, size_t index,
                          struct json_object **item)
{
    struct mpta_subflow subflow;
    if (index >= JSON_UNLINKED_MAX || !mpta_tracker_unlinked(report->tracker, index, &subflow)) {
        return false;
    }
    *item = json_subflow(builder, report, NULL, &subflow);
    return true;
}

/* A list of the outermost object. */
struct list {
    const struct report *report;
    item_build build;
};

/* Writes some items, each after its comma. */
static bool items_write(const void *context, size_t first, size_t end, FILE *stream)
{
    const struct list *list = context;
    struct json_names names = {0};
    struct json_builder builder = {.names = &names};
    struct json_object *item = NULL;
    for (size_t i = first;
         i < end && !builder.no_memory && list->build(&builder, list->report, i, &item); i++) {
        if (i > 0) {
            putc(',', stream);
        }
        json_line_break(stream, 2);
        json_value_write(stream, item, 2);
        json_object_put(item);
        item = NULL;
    }
    json_builder_clear(&builder);
    return !builder.no_memory;
}

/* Writes a list of so many items, or of one or more up to so many; false without memory. */
static bool list_write(const struct list *list, const char *name, size_t count, unsigned helpers,
                       FILE *stream)
{
    const struct report_pool_list items = {count, items_write, list};
    fprintf(stream, ",\n  \"%s\": [", name);
    bool complete = report_pool_write(&items, helpers, stream);
    if (count > 0) {
        json_line_break(stream, 1);
    }
    putc(']', stream);
    return complete;
}

/* What the kernel says of a connection is asked for by one thread alone. */
static bool lists_write(const struct report *report, FILE *stream)
{
    const struct list connections = {report, connection_item}, unlinked = {report, unlinked_item};
    unsigned helpers = report->kernel == NULL ? report->helpers : 0;
    struct mpta_summary summary;
    struct mpta_subflow first;
    mpta_tracker_summary(report->tracker, &summary);
    size_t unlinked_most =
        mpta_tracker_unlinked(report->tracker, 0, &first) ? JSON_UNLINKED_MAX : 0;
    return list_write(&connections, "connections", summary.kept, helpers, stream) &&
           list_write(&unlinked, "unlinked_subflows", unlinked_most, 0, stream);
}

bool report_json(const struct report *report, FILE *stream)
{
    struct json_names names = {0};
    struct json_builder builder = {.names = &names};
    fprintf(stream, "{\n  \"schema_version\": %d", JSON_SCHEMA_VERSION);
    member_write(stream, "generator", json_generator(&builder));
    member_write(stream, "captures", json_captures(&builder, report));
    member_write(stream, "summary", json_summary(&builder, report));
    bool complete = lists_write(report, stream);
    member_write(stream, "findings", json_global_findings(&builder, report));
    fputs("\n}\n", stream);
    json_builder_clear(&builder);
    return complete && !builder.no_memory;
}
