/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Feeding frames to a tracker as the program does it, and asking for everything afterwards.
 */
#include "tests/integration/sweep_analysis.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/json_writer.h"
#include "cli/report.h"
#include "cli/report_json.h"
#include "tests/unit/analyzer/series_check.h"

static void require(bool condition, const char *words)
{
    if (!condition) {
        fprintf(stderr, "sweep: %s\n", words);
        abort();
    }
}

/* ---- Feeding -------------------------------------------------------------------------------- */

struct sweep_analysis sweep_analysis_begin(void)
{
    const struct mpta_config config = {.interval_ns = 1000000, .locate = true};
    struct sweep_analysis analysis = {mpta_tracker_new(&config)};
    require(analysis.tracker != NULL, "no memory");
    return analysis;
}

static void segment_leave(struct mpta_segment *segment, const void *argument)
{
    (void)segment;
    (void)argument;
}

void sweep_analysis_take(struct sweep_analysis *analysis, const struct frame *frame)
{
    sweep_analysis_take_edited(analysis, frame, segment_leave, NULL);
}

void sweep_analysis_take_edited(struct sweep_analysis *analysis, const struct frame *frame,
                                sweep_edit *edit, const void *argument)
{
    struct mpta_segment segment;
    struct mpta_fed fed;
    if (mpta_frame_dissect(frame->link_type, frame->octets, frame->captured, frame->wire_len,
                           &segment) != MPTA_FRAME_TCP) {
        return;
    }
    edit(&segment, argument);
    const struct mpta_packet packet = {
        .place = mpta_place_of(frame->number, frame->time_ns, frame->capture),
        .point = frame->point,
        .interface = frame->interface,
        .segment = &segment,
    };
    require(mpta_tracker_feed(analysis->tracker, &packet, &fed) == MPTA_OK, "no memory");
}

void sweep_analysis_end(struct sweep_analysis *analysis)
{
    require(mpta_tracker_finish(analysis->tracker) == MPTA_OK, "no memory");
}

void sweep_analysis_free(struct sweep_analysis *analysis)
{
    mpta_tracker_free(analysis->tracker);
}

/* ---- Findings ------------------------------------------------------------------------------- */

static void errors_add(struct sweep_errors *errors, const struct mpta_finding *finding)
{
    size_t count;
    size_t row = (size_t)(finding->kind - mpta_finding_kinds(&count));
    require(count <= SWEEP_KINDS_MAX && row < count, "a finding that is not in the catalogue");
    if (finding->severity == MPTA_ERROR) {
        errors->counts[row] += finding->count;
    }
}

struct sweep_errors sweep_errors_of(const struct sweep_analysis *analysis)
{
    struct sweep_errors errors = {0};
    struct mpta_summary summary;
    struct mpta_finding finding;
    mpta_tracker_summary(analysis->tracker, &summary);
    for (uint32_t id = 0; id < summary.connections; id++) {
        for (size_t i = 0; mpta_tracker_finding(analysis->tracker, id, i, &finding); i++) {
            errors_add(&errors, &finding);
        }
    }
    for (size_t i = 0; mpta_tracker_global_finding(analysis->tracker, i, &finding); i++) {
        errors_add(&errors, &finding);
    }
    return errors;
}

const char *sweep_errors_new(const struct sweep_errors *part, const struct sweep_errors *whole)
{
    for (size_t i = 0; i < SWEEP_KINDS_MAX; i++) {
        if (part->counts[i] > whole->counts[i]) {
            return mpta_finding_kinds(&(size_t){0})[i].id;
        }
    }
    return NULL;
}

/* ---- Reports -------------------------------------------------------------------------------- */

struct memory {
    char *octets;
    size_t length;
    FILE *stream;
};

/* The stream keeps the addresses of the others: a memory does not move. */
static void memory_open(struct memory *memory)
{
    memory->stream = open_memstream(&memory->octets, &memory->length);
    require(memory->stream != NULL, "no memory");
}

/* The JSON object that all the octets are; NULL if they are none. */
static struct json_object *memory_parse(const struct memory *memory)
{
    struct json_tokener *tokener = json_tokener_new();
    require(tokener != NULL && memory->length < INT32_MAX, "no memory");
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
    struct json_object *object =
        json_tokener_parse_ex(tokener, memory->octets, (int)memory->length + 1);
    json_tokener_free(tokener);
    if (!json_object_is_type(object, json_type_object)) {
        json_object_put(object);
        return NULL;
    }
    return object;
}

static bool memory_is_json(const struct memory *memory)
{
    struct json_object *object = memory_parse(memory);
    json_object_put(object);
    return object != NULL;
}

/* True if no control character is among the octets but the ends of lines. */
static bool memory_is_printable(const struct memory *memory)
{
    for (size_t i = 0; i < memory->length; i++) {
        unsigned char octet = (unsigned char)memory->octets[i];
        if ((octet < 0x20 && octet != '\n') || octet == 0x7f) {
            return false;
        }
    }
    return memory->length > 0;
}

static bool json_is_good(const struct report *report)
{
    struct memory memory;
    memory_open(&memory);
    bool good = report_json(report, memory.stream);
    fclose(memory.stream);
    good = good && memory_is_json(&memory);
    if (!good) {
        printf("FAILED: this is no JSON:\n%s\n", memory.octets);
    }
    free(memory.octets);
    return good;
}

static bool text_is_good(const struct report *report)
{
    static const struct text_style style = {.utf8 = true, .show_keys = true, .verbose = true};
    struct memory memory;
    memory_open(&memory);
    bool good = report_text(report, &style, memory.stream);
    fclose(memory.stream);
    good = good && memory_is_printable(&memory);
    if (!good) {
        printf("FAILED: this report is empty or has control characters:\n%s\n", memory.octets);
    }
    free(memory.octets);
    return good;
}

/* The measures over time are those of the other views, and fit into lines. */
static bool series_are_good(const struct report *report)
{
    struct memory memory;
    const char *wrong = series_check(report->tracker);
    memory_open(&memory);
    report_series(report, memory.stream);
    fclose(memory.stream);
    if (wrong == NULL && !memory_is_printable(&memory)) {
        wrong = "the table of measures over time is empty or has control characters";
    }
    if (wrong != NULL) {
        printf("FAILED: %s\n", wrong);
    }
    free(memory.octets);
    return wrong == NULL;
}

bool sweep_analysis_report(const struct sweep_analysis *analysis, const struct source *source)
{
    struct report_capture capture = {.capture = source_capture(source, 0)};
    const char *name = capture.capture->name;
    const struct report report = {
        .tracker = analysis->tracker,
        .captures = &capture,
        .capture_names = &name,
        .capture_count = 1,
    };
    bool good = json_is_good(&report);
    good = series_are_good(&report) && good;
    return text_is_good(&report) && good;
}

/* ---- Values --------------------------------------------------------------------------------- */

/* A value as whoever reads the report has it, which others may change; `built` is freed. */
static struct json_object *read_back(struct json_object *built)
{
    struct memory memory;
    memory_open(&memory);
    json_value_write(memory.stream, built, JSON_ONE_LINE);
    fclose(memory.stream);
    json_object_put(built);
    struct json_object *value = memory_parse(&memory);
    require(value != NULL, "this is no JSON");
    free(memory.octets);
    return value;
}

static struct json_object *connections_json(struct json_builder *builder,
                                            const struct report *report)
{
    struct json_object *list = json_build_array(builder);
    struct mpta_connection connection;
    for (size_t i = 0; mpta_tracker_connection_at(report->tracker, i, &connection); i++) {
        json_append(builder, list, json_connection(builder, report, &connection));
    }
    return list;
}

static struct json_object *unlinked_json(struct json_builder *builder, const struct report *report)
{
    struct json_object *list = json_build_array(builder);
    struct mpta_subflow subflow;
    for (size_t i = 0; mpta_tracker_unlinked(report->tracker, i, &subflow); i++) {
        json_append(builder, list, json_subflow(builder, report, NULL, &subflow));
    }
    return list;
}

static struct json_object *findings_json(struct json_builder *builder, const struct report *report)
{
    struct json_object *list = json_build_array(builder);
    struct mpta_finding finding;
    for (size_t i = 0; mpta_tracker_global_finding(report->tracker, i, &finding); i++) {
        json_append(builder, list, json_finding(builder, report, &finding));
    }
    return list;
}

struct json_object *sweep_analysis_json(const struct sweep_analysis *analysis)
{
    const struct report report = {.tracker = analysis->tracker, .capture_count = 1};
    struct json_builder builder = {false};
    struct json_object *lists = json_build_object(&builder);
    json_add(&builder, lists, "connections", connections_json(&builder, &report));
    json_add(&builder, lists, "unlinked_subflows", unlinked_json(&builder, &report));
    json_add(&builder, lists, "findings", findings_json(&builder, &report));
    require(!builder.no_memory, "no memory");
    json_builder_clear(&builder);
    return read_back(lists);
}
