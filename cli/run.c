/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The road of all packets: source, dissector, tracker; then reports. Here layers meet, so nothing
 * else happens here.
 */
#include "cli/run.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "cli/capture_names.h"
#include "cli/message.h"
#include "cli/outputs.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "cli/source.h"
#include "cli/stop.h"

/* All that lives as long as the run. */
struct run {
    const struct options *options;
    struct source *source;
    struct mpta_tracker *tracker;
    struct outputs outputs;
    struct progress progress;
    struct report_capture *captures;
    const char **capture_names;
    struct report report;
    uint64_t packets;
    int64_t first_ns;
    enum exit_code code;
};

static void run_code(struct run *run, enum exit_code code)
{
    run->code = exit_code_worse(run->code, code);
}

static void run_no_memory(struct run *run, const char *consequence)
{
    progress_clear(&run->progress);
    message_print("not enough memory%s", consequence);
    run_code(run, EXIT_CODE_UNREADABLE);
}

/* ---- Opening -------------------------------------------------------------------------------- */

static bool run_open_source(struct run *run)
{
    char *error = NULL;
    bool usage = false;
    run->source = source_open(run->options->inputs, run->options->input_count, run->options->filter,
                              &error, &usage);
    if (run->source == NULL) {
        message_print("%s", error != NULL ? error : "not enough memory");
        run_code(run, usage ? EXIT_CODE_USAGE : EXIT_CODE_UNREADABLE);
    }
    free(error);
    return run->source != NULL;
}

static bool run_open_outputs(struct run *run)
{
    if (!outputs_open(&run->outputs, run->options)) {
        run_code(run, EXIT_CODE_OUTPUT);
        return false;
    }
    return true;
}

static void run_deliver(void *context, const struct mpta_octets *octets)
{
    payload_write(context, octets);
}

static void run_observe(void *context, const struct mpta_event *event)
{
    struct run *run = context;
    progress_clear(&run->progress);
    outputs_event(&run->outputs, &run->report, event);
}

static bool run_open_tracker(struct run *run)
{
    struct mpta_config config = {
        .keys = run->options->keys.keys,
        .key_count = run->options->keys.count,
        .deliver_context = outputs_payload(&run->outputs),
        .interval_ns = outputs_have_series(&run->outputs) ? run->options->interval_ns : 0,
    };
    if (config.deliver_context != NULL) {
        config.deliver = run_deliver;
    }
    if (outputs_have_events(&run->outputs)) {
        config.observe = run_observe;
        config.observe_context = run;
    }
    if (getrandom(config.hash_key, sizeof config.hash_key, 0) != sizeof config.hash_key) {
        message_print("the system has no random numbers to protect hash tables with");
        run_code(run, EXIT_CODE_UNREADABLE);
        return false;
    }
    run->tracker = mpta_tracker_new(&config);
    if (run->tracker == NULL) {
        run_no_memory(run, "");
    }
    return run->tracker != NULL;
}

static bool run_open_report(struct run *run)
{
    size_t count = source_capture_count(run->source);
    run->captures = calloc(count, sizeof *run->captures);
    if (run->captures == NULL) {
        run_no_memory(run, "");
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        run->captures[i].capture = source_capture(run->source, i);
    }
    run->capture_names = capture_names_make(run->captures, count);
    if (run->capture_names == NULL) {
        run_no_memory(run, "");
        return false;
    }
    run->report = (struct report){
        .tracker = run->tracker,
        .captures = run->captures,
        .capture_names = run->capture_names,
        .capture_count = count,
        .payload = outputs_payload(&run->outputs),
    };
    return true;
}

/* ---- Packets -------------------------------------------------------------------------------- */

static void run_packet_line(struct run *run, const struct frame *frame,
                            const struct mpta_segment *segment, const struct mpta_fed *fed)
{
    const struct packet_line line = {
        .frame = frame,
        .capture = source_capture(run->source, frame->capture),
        .segment = segment,
        .fed = fed,
        .first_ns = run->first_ns,
    };
    progress_clear(&run->progress);
    outputs_packet(&run->outputs, &run->report, &line);
}

/* Takes one TCP segment; false where the tracker can take no more. */
static bool run_segment(struct run *run, const struct frame *frame,
                        const struct mpta_segment *segment)
{
    struct report_capture *capture = &run->captures[frame->capture];
    const struct mpta_packet packet = {
        .place = {.packet = frame->number, .time_ns = frame->time_ns, .capture = frame->capture},
        .interface = frame->interface,
        .segment = segment,
    };
    struct mpta_fed fed = {0};
    enum mpta_status status = mpta_tracker_feed(run->tracker, &packet, &fed);
    capture->mptcp_packets += fed.mptcp;
    if (run->options->verbose) {
        run_packet_line(run, frame, segment, &fed);
    }
    return status == MPTA_OK;
}

/* Finds the TCP segment of a frame, and counts what was found. */
static bool run_dissect(struct run *run, const struct frame *frame, struct mpta_segment *segment)
{
    struct report_capture *capture = &run->captures[frame->capture];
    enum mpta_frame found = mpta_frame_dissect(frame->link_type, frame->octets, frame->captured,
                                               frame->wire_len, segment);
    if (capture->frames[found]++ == 0 && found == MPTA_FRAME_LINK_UNSUPPORTED) {
        capture->unsupported = frame->link_type;
    }
    return found == MPTA_FRAME_TCP;
}

/* Takes one frame; false where it is the last that can be taken. */
static bool run_frame(struct run *run, const struct frame *frame)
{
    struct mpta_segment segment;
    if (run->packets++ == 0) {
        run->first_ns = frame->time_ns;
    }
    progress_step(&run->progress, run->source);
    if (run_dissect(run, frame, &segment) && !run_segment(run, frame, &segment)) {
        run_no_memory(run, ": the report covers what came before");
        return false;
    }
    return run->packets != run->options->packet_limit;
}

/* After the wish to stop, what has come from standard input is still taken: it is at its end. */
static bool run_goes_on(const struct run *run)
{
    bool ends_soon = run->options->input_count == 1 && strcmp(run->options->inputs[0], "-") == 0;
    return (!stop_wished() || ends_soon) && !outputs_are_abandoned(&run->outputs);
}

static void run_packets(struct run *run)
{
    struct frame frame;
    enum source_status status = SOURCE_END;
    while (run_goes_on(run)) {
        status = source_next(run->source, &frame);
        if (status != SOURCE_FRAME || !run_frame(run, &frame)) {
            break;
        }
    }
    progress_finish(&run->progress, run->source);
    if (status == SOURCE_ERROR) {
        message_print("%s", source_error(run->source));
        run_code(run, EXIT_CODE_UNREADABLE);
    }
}

/* ---- Results -------------------------------------------------------------------------------- */

/* What the filter left out without having been asked for it. */
static void run_unfiltered(const struct run *run)
{
    for (size_t i = 0; i < source_capture_count(run->source); i++) {
        const struct capture *capture = source_capture(run->source, i);
        if (capture->unfiltered != NULL) {
            message_print("%s: frames of link type %s cannot be filtered by this expression and "
                          "were left out",
                          capture->name, capture->unfiltered);
        }
    }
}

/* Where the user cut the input, it is not the input's fault. */
static void run_damage(struct run *run)
{
    for (size_t i = 0; i < source_capture_count(run->source); i++) {
        const struct capture *capture = source_capture(run->source, i);
        if (capture->damaged != NULL && !stop_wished()) {
            message_print("%s: %s; the report covers what came before", capture->name,
                          capture->damaged);
            run_code(run, EXIT_CODE_DAMAGED);
        }
    }
}

static void run_findings(struct run *run)
{
    struct mpta_summary summary;
    mpta_tracker_summary(run->tracker, &summary);
    for (int severity = (int)run->options->fail_on; severity < MPTA_SEVERITY_COUNT; severity++) {
        if (run->options->fails && summary.findings[severity] > 0) {
            run_code(run, EXIT_CODE_FOUND);
        }
    }
}

static void run_results(struct run *run)
{
    if (mpta_tracker_finish(run->tracker) != MPTA_OK) {
        run_no_memory(run, " for the last conclusions");
    }
    run_unfiltered(run);
    run_damage(run);
    run_findings(run);
    if (!outputs_report(&run->outputs, &run->report)) {
        run_code(run, EXIT_CODE_UNREADABLE);
    }
}

/* Nobody is left who would want to know: what was found does not matter. */
static void run_close_outputs(struct run *run)
{
    bool abandoned = run->outputs.open > 0 && outputs_are_abandoned(&run->outputs);
    if (!outputs_close(&run->outputs)) {
        run_code(run, EXIT_CODE_OUTPUT);
    } else if (abandoned) {
        run->code = EXIT_CODE_DONE;
    }
}

enum exit_code run(const struct options *options)
{
    struct run run = {.options = options, .code = EXIT_CODE_DONE};
    if (!outputs_check(options)) {
        return EXIT_CODE_USAGE;
    }
    stop_catch();
    if (run_open_source(&run) && run_open_outputs(&run) && run_open_tracker(&run) &&
        run_open_report(&run)) {
        bool lines_on_terminal = outputs_have_lines_on_terminal(&run.outputs);
        progress_start(&run.progress, lines_on_terminal && options->progress == WHEN_AUTO
                                          ? WHEN_NEVER
                                          : options->progress);
        run_packets(&run);
        run_results(&run);
    }
    run_close_outputs(&run);
    mpta_tracker_free(run.tracker);
    source_close(run.source);
    free(run.capture_names);
    free(run.captures);
    return run.code;
}
