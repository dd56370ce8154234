/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Here layers meet, so nothing else happens here.
 */
#include "cli/session.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "cli/capture_names.h"
#include "cli/clocks.h"
#include "cli/cores.h"
#include "cli/memory.h"
#include "cli/now.h"
#include "cli/stop.h"

/* How many packets are taken between two looks at the clock. */
enum { PACKETS_A_GLANCE = 256 };

/* ... and at the memory in use, which takes longer. */
enum { PACKETS_A_WEIGHING = 4096 };

/* So many connections that are over stay, for others to be compared with. A report counts what
 * comes of them late, and reads records more slowly. */
enum { EVENTS_KEEP = 1024, REPORTS_KEEP = 8192 };

void session_code(struct session *session, enum exit_code code)
{
    session->code = exit_code_worse(session->code, code);
}

__attribute__((format(printf, 2, 3))) static void session_say(const struct session *session,
                                                              const char *format, ...)
{
    char sentence[2048];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    session->driver.say(session->driver.context, sentence);
}

static void session_no_memory(struct session *session, const char *consequence)
{
    session_say(session, "not enough memory%s", consequence);
    session_code(session, EXIT_CODE_UNREADABLE);
}

/* ---- Opening -------------------------------------------------------------------------------- */

static bool options_want(const struct options *options, enum output_kind kind)
{
    for (size_t i = 0; i < options->output_count; i++) {
        if (options->outputs[i].kind == kind) {
            return true;
        }
    }
    return false;
}

static struct source *source_of(const struct options *options, char **error, bool *usage)
{
    const struct source_live_request request = {
        .interfaces = options->interfaces,
        .interface_count = options->interface_count,
        .filter = options->filter,
        .whole = options->save_path != NULL || options_want(options, OUTPUT_PAYLOAD),
    };
    return options->interface_count > 0
               ? source_open_live(&request, error, usage)
               : source_open(options->inputs, options->input_count, options->filter, error, usage);
}

static bool session_open_source(struct session *session)
{
    char *error = NULL;
    bool usage = false;
    session->source = source_of(session->options, &error, &usage);
    if (session->source == NULL) {
        session_say(session, "%s", error != NULL ? error : "not enough memory");
        session_code(session, usage ? EXIT_CODE_USAGE : EXIT_CODE_UNREADABLE);
    }
    free(error);
    return session->source != NULL;
}

/* Files of several machines get one clock. Only those can be looked at in advance. */
static void session_set_clocks(struct session *session)
{
    const char *paths[CLOCKS_FILES];
    int64_t ahead_ns[CLOCKS_FILES];
    size_t count = source_capture_count(session->source);
    count = count < CLOCKS_FILES ? count : CLOCKS_FILES;
    if (count < 2) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const struct capture *capture = source_capture(session->source, i);
        paths[i] = capture->file_size > 0 && strcmp(capture->name, "-") != 0 ? capture->name : NULL;
    }
    clocks_compare(paths, count, ahead_ns);
    for (size_t i = 0; i < count; i++) {
        source_set_back(session->source, i, ahead_ns[i]);
    }
}

/* What cannot be opened does not keep the rest from being analysed. */
static void session_refusals(struct session *session)
{
    const char *refusal;
    for (size_t i = 0; (refusal = source_refusal(session->source, i)) != NULL; i++) {
        session_say(session, "%s; the report is about the others", refusal);
        session_code(session, EXIT_CODE_UNREADABLE);
    }
}

static bool session_open_save(struct session *session)
{
    const char *path = session->options->save_path;
    if (path != NULL && !capture_save_open(&session->save, path, session->source)) {
        session_code(session, EXIT_CODE_OUTPUT);
        return false;
    }
    return true;
}

bool session_open(struct session *session, const struct options *options,
                  const struct session_driver *driver)
{
    *session = (struct session){.options = options, .driver = *driver, .code = EXIT_CODE_DONE};
    if (!session_open_source(session) || !session_open_save(session)) {
        return false;
    }
    session_refusals(session);
    session_set_clocks(session);
    if (options->interface_count > 0) {
        session->kernel = kernel_view_open(options->interfaces, options->interface_count);
    }
    return true;
}

static void session_deliver(void *context, const struct mpta_octets *octets)
{
    payload_write(context, octets);
}

static bool session_open_tracker(struct session *session, struct payload *payload,
                                 int64_t interval_ns)
{
    struct mpta_config config = {
        .keys = session->options->keys.keys,
        .key_count = session->options->keys.count,
        .deliver = payload != NULL ? session_deliver : NULL,
        .deliver_context = payload,
        .interval_ns = interval_ns,
        .headers_only = source_capture(session->source, 0)->headers_only,
        .locate = session->driver.shows_packets,
        .observe = session->driver.observe,
        .observe_context = session->driver.context,
        .keeps_records = !session->driver.forgets,
        .sleeps = !session->driver.shows_packets, /* a screen shows all of them again and again */
        .part = session->driver.part,
        .part_context = session->driver.context,
    };
    if (getrandom(config.hash_key, sizeof config.hash_key, 0) != sizeof config.hash_key) {
        session_say(session, "the system has no random numbers to protect hash tables with");
        session_code(session, EXIT_CODE_UNREADABLE);
        return false;
    }
    session->tracker = mpta_tracker_new(&config);
    if (session->tracker == NULL) {
        session_no_memory(session, "");
    }
    return session->tracker != NULL;
}

static bool session_open_report(struct session *session, const struct payload *payload)
{
    size_t count = source_capture_count(session->source);
    session->captures = calloc(count, sizeof *session->captures);
    if (session->captures == NULL) {
        session_no_memory(session, "");
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        session->captures[i].capture = source_capture(session->source, i);
    }
    session->capture_names = capture_names_make(session->captures, count);
    if (session->capture_names == NULL) {
        session_no_memory(session, "");
        return false;
    }
    session->report = (struct report){
        .tracker = session->tracker,
        .captures = session->captures,
        .capture_names = session->capture_names,
        .capture_count = count,
        .payload = payload,
        .kernel = session->kernel,
        .helpers = cores_count() - 1,
    };
    return true;
}

bool session_track(struct session *session, struct payload *payload, int64_t interval_ns)
{
    if (session->options->duration_ns > 0) {
        session->deadline_ns = clock_ns(CLOCK_MONOTONIC) + session->options->duration_ns;
    }
    session->memory_before = memory_in_use();
    source_read_ahead(session->source, cores_count() - 1);
    return session_open_tracker(session, payload, interval_ns) &&
           session_open_report(session, payload);
}

/* ---- Packets -------------------------------------------------------------------------------- */

/* Finds the TCP segment of a frame, and counts what was found. */
static void packet_dissect(struct session *session, struct session_packet *packet)
{
    const struct frame *frame = &packet->frame;
    struct report_capture *capture = &session->captures[frame->capture];
    packet->kind = mpta_frame_dissect(frame->link_type, frame->octets, frame->captured,
                                      frame->wire_len, &packet->segment);
    if (capture->frames[packet->kind]++ == 0 && packet->kind == MPTA_FRAME_LINK_UNSUPPORTED) {
        capture->unsupported = frame->link_type;
    }
}

/* Takes one TCP segment; false where the tracker can take no more. */
static bool packet_track(struct session *session, struct session_packet *packet)
{
    const struct frame *frame = &packet->frame;
    const struct mpta_packet taken = {
        .place = mpta_place_of(frame->number, frame->time_ns, frame->capture),
        .point = frame->point,
        .interface = frame->interface,
        .segment = &packet->segment,
    };
    enum mpta_status status = mpta_tracker_feed(session->tracker, &taken, &packet->fed);
    session->captures[frame->capture].mptcp_packets += packet->fed.mptcp;
    return status == MPTA_OK;
}

/* All frames come from one interface of one input. Pcapng may describe another one anywhere. */
static bool is_one_point(const struct source *source)
{
    const struct capture *capture = source_capture(source, 0);
    return source_capture_count(source) == 1 && capture->format != CAPTURE_PCAPNG &&
           capture->interface_count == 1;
}

/* The first frame is there: what a capture says of its interfaces, it has said by now. */
static void session_begin(struct session *session, const struct frame *frame)
{
    session->first_ns = frame->time_ns;
    if (is_one_point(session->source)) {
        mpta_tracker_expect_one_source(session->tracker);
    }
}

/* Takes one frame; after the last that can be taken, the session is stopped. */
static enum session_step packet_take(struct session *session, struct session_packet *packet)
{
    if (session->packets++ == 0) {
        session_begin(session, &packet->frame);
    }
    if (!capture_save_frame(&session->save, &packet->frame)) {
        session->stopped = true; /* capture_save_close says why */
    }
    packet_dissect(session, packet);
    if (packet->kind != MPTA_FRAME_TCP) {
        packet->fed = (struct mpta_fed){0};
    } else if (!packet_track(session, packet)) {
        session_no_memory(session, ": the report covers what came before");
        session->stopped = true;
    }
    if (session->packets == session->options->packet_limit) {
        session->stopped = true;
    }
    return SESSION_PACKET;
}

static void session_notices(struct session *session)
{
    const char *notice;
    while ((notice = source_notice(session->source)) != NULL) {
        session_say(session, "%s", notice);
    }
}

static bool session_is_over(const struct session *session)
{
    return session->deadline_ns > 0 && clock_ns(CLOCK_MONOTONIC) >= session->deadline_ns;
}

bool session_hold(struct session *session)
{
    source_look(session->source);
    session_notices(session);
    return !session_is_over(session);
}

/* What happens while time goes by, whether packets come or not. */
static void session_glance(struct session *session)
{
    if (session_is_over(session)) {
        session_stop(session);
    }
    kernel_view_step(session->kernel, session->tracker, false);
}

/* What is over leaves, and what else it can the tracker gives up until the limit holds. */
static void session_weigh(struct session *session)
{
    mpta_tracker_retire(session->tracker, session->driver.forgets ? EVENTS_KEEP : REPORTS_KEEP);
    size_t limit = session->options->memory_limit;
    size_t before = session->memory_before;
    while (limit > 0 && memory_in_use() > limit + before &&
           mpta_tracker_evict(session->tracker) > 0) {
    }
}

enum session_step session_next(struct session *session, struct session_packet *packet)
{
    if (session->stopped) {
        return SESSION_END;
    }
    if (session->packets % PACKETS_A_WEIGHING == 0) {
        session_weigh(session);
    }
    if (session->packets % PACKETS_A_GLANCE == 0) {
        session_glance(session);
    }
    switch (source_next(session->source, &packet->frame)) {
    case SOURCE_FRAME:
        return packet_take(session, packet);
    case SOURCE_WAIT:
        session_glance(session);
        session_notices(session);
        return SESSION_WAIT;
    case SOURCE_END:
        break;
    case SOURCE_ERROR:
        session_notices(session);
        session_say(session, "%s", source_error(session->source));
        session_code(session, EXIT_CODE_UNREADABLE);
        break;
    }
    session->stopped = true;
    return SESSION_END;
}

size_t session_wait(struct session *session, struct pollfd *fds, size_t room, int *timeout_ms)
{
    int64_t left_ns =
        session->deadline_ns > 0 ? session->deadline_ns - clock_ns(CLOCK_MONOTONIC) : INT64_MAX;
    int kernel_fd = kernel_view_fd(session->kernel);
    size_t count = source_poll(session->source, fds, room, timeout_ms);
    if (kernel_fd >= 0 && count < room) {
        fds[count++] = (struct pollfd){.fd = kernel_fd, .events = POLLIN};
    }
    if (left_ns < (int64_t)*timeout_ms * 1000000) {
        *timeout_ms = left_ns > 0 ? (int)(left_ns / 1000000) + 1 : 0;
    }
    capture_save_flush(&session->save);
    return count;
}

void session_stop(struct session *session)
{
    session->deadline_ns = 0;
    source_stop(session->source);
}

/* ---- The end -------------------------------------------------------------------------------- */

/* What the filter left out without having been asked for it. */
static void session_unfiltered(struct session *session)
{
    for (size_t i = 0; i < source_capture_count(session->source); i++) {
        const struct capture *capture = source_capture(session->source, i);
        if (capture->unfiltered != NULL) {
            session_say(session,
                        "%s: frames of link type %s cannot be filtered by this expression and "
                        "were left out",
                        capture->name, capture->unfiltered);
        }
    }
}

/* Where the user cut the input, it is not the input's fault. */
static void session_damage(struct session *session)
{
    for (size_t i = 0; i < source_capture_count(session->source); i++) {
        const struct capture *capture = source_capture(session->source, i);
        if (capture->damaged != NULL && !stop_wished()) {
            session_say(session, "%s: %s; the report covers what came before", capture->name,
                        capture->damaged);
            session_code(session, EXIT_CODE_DAMAGED);
        }
    }
}

static void session_findings(struct session *session)
{
    struct mpta_summary summary;
    mpta_tracker_summary(session->tracker, &summary);
    for (int severity = (int)session->options->fail_on; severity < MPTA_SEVERITY_COUNT;
         severity++) {
        if (session->options->fails && summary.findings[severity] > 0) {
            session_code(session, EXIT_CODE_FOUND);
        }
    }
}

/* What the reader of a capture knows of it. */
static struct mpta_capture_facts session_facts(const struct session *session, size_t index)
{
    const struct capture *capture = source_capture(session->source, index);
    return (struct mpta_capture_facts){
        .capture = (uint32_t)index,
        .truncated = capture->damaged != NULL && !stop_wished(),
        .kernel_drops = capture->kernel_drops_known ? capture->kernel_drops : 0,
        .interface_drops = capture->kernel_drops_known ? capture->interface_drops : 0,
        .late = capture->late,
        .cut = session->captures[index].frames[MPTA_FRAME_CUT],
        .clock_ahead_ns = capture->clock_ahead_ns,
    };
}

/* That becomes findings, too. */
static bool session_note_captures(struct session *session)
{
    bool noted = true;
    for (size_t i = 0; i < source_capture_count(session->source) && noted; i++) {
        const struct mpta_capture_facts facts = session_facts(session, i);
        noted = mpta_tracker_note_capture(session->tracker, &facts) == MPTA_OK;
    }
    return noted;
}

bool session_preview(struct session *session)
{
    size_t count = source_capture_count(session->source);
    struct mpta_capture_facts *facts = calloc(count, sizeof *facts);
    for (size_t i = 0; facts != NULL && i < count; i++) {
        facts[i] = session_facts(session, i);
    }
    bool done = facts != NULL && mpta_tracker_preview(session->tracker, facts, count) == MPTA_OK;
    free(facts);
    return done;
}

void session_finish(struct session *session)
{
    source_count(session->source);
    kernel_view_step(session->kernel, session->tracker, true);
    if (!session_note_captures(session) || mpta_tracker_finish(session->tracker) != MPTA_OK) {
        session_no_memory(session, " for the last conclusions");
    }
    session_unfiltered(session);
    session_damage(session);
    session_findings(session);
}

void session_close(struct session *session)
{
    if (!capture_save_close(&session->save)) {
        session_code(session, EXIT_CODE_OUTPUT);
    }
    kernel_view_close(session->kernel);
    mpta_tracker_free(session->tracker);
    source_close(session->source);
    free(session->capture_names);
    free(session->captures);
}
