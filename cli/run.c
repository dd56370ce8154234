/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A session from its first packet to its last, with reports in the end.
 */
#include "cli/run.h"

#include <errno.h>
#include <string.h>

#include "cli/message.h"
#include "cli/outputs.h"
#include "cli/privileges.h"
#include "cli/progress.h"
#include "cli/sandbox.h"
#include "cli/session.h"
#include "cli/stop.h"

/* All that lives as long as the run. */
struct run {
    const struct options *options;
    struct session session;
    struct outputs outputs;
    struct progress progress;
};

static void run_say(void *context, const char *sentence)
{
    struct run *run = context;
    progress_clear(&run->progress);
    message_print("%s", sentence);
}

static void run_observe(void *context, const struct mpta_event *event)
{
    struct run *run = context;
    progress_clear(&run->progress);
    outputs_event(&run->outputs, &run->session.report, event);
}

static void run_part(void *context, const struct mpta_subflow *subflow)
{
    struct run *run = context;
    progress_clear(&run->progress);
    outputs_part(&run->outputs, &run->session.report, subflow);
}

/* ---- Opening -------------------------------------------------------------------------------- */

static bool run_open_outputs(struct run *run)
{
    if (!outputs_open(&run->outputs, run->options)) {
        session_code(&run->session, EXIT_CODE_OUTPUT);
        return false;
    }
    return true;
}

/* All that a live capture needs is open. */
static bool run_drop_privileges(struct run *run)
{
    if (run->options->interface_count > 0 && !privileges_drop(outputs_need(&run->outputs))) {
        session_code(&run->session, EXIT_CODE_UNREADABLE);
        return false;
    }
    return true;
}

/* All that is read and written is open. */
static bool run_confine(struct run *run)
{
    struct sandbox sandbox;
    if (!SANDBOX_SUITS) {
        return true;
    }
    sandbox_begin(&sandbox);
    outputs_allow(&run->outputs, &sandbox);
    capture_save_allow(&run->session.save, &sandbox);
    if (run->options->interface_count > 1) {
        sandbox_allow_interfaces(&sandbox);
    }
    if (!sandbox_enter(&sandbox)) {
        session_code(&run->session, EXIT_CODE_UNREADABLE);
        return false;
    }
    return true;
}

/* Events are observed only where an output wants them: telling them has its price. */
static bool run_open(struct run *run)
{
    const struct session_driver driver = {.context = run, .say = run_say};
    if (!session_open(&run->session, run->options, &driver) || !run_open_outputs(run) ||
        !run_drop_privileges(run) || !run_confine(run)) {
        return false;
    }
    if (outputs_have_events(&run->outputs)) {
        run->session.driver.observe = run_observe;
        run->session.driver.part = run_part;
    }
    run->session.driver.forgets = !outputs_need_all(&run->outputs);
    return session_track(&run->session, outputs_payload(&run->outputs),
                         outputs_have_series(&run->outputs) ? run->options->interval_ns : 0);
}

/* ---- Packets -------------------------------------------------------------------------------- */

static void run_packet_line(struct run *run, const struct session_packet *packet)
{
    const struct packet_line line = {
        .frame = &packet->frame,
        .capture = source_capture(run->session.source, packet->frame.capture),
        .segment = &packet->segment,
        .fed = &packet->fed,
        .first_ns = run->session.first_ns,
    };
    progress_clear(&run->progress);
    outputs_packet(&run->outputs, &run->session.report, &line);
}

/* Waits until something may have come, and no longer than a signal lets it. */
static void run_wait(struct run *run)
{
    struct pollfd fds[SESSION_FDS_MAX + 1];
    int timeout_ms;
    size_t count = session_wait(&run->session, fds, SESSION_FDS_MAX, &timeout_ms);
    if (!stop_wished()) {
        fds[count++] = (struct pollfd){.fd = stop_fd(), .events = POLLIN};
    }
    outputs_flush(&run->outputs);
    progress_idle(&run->progress, run->session.source);
    poll(fds, count, timeout_ms);
}

/* Nobody is left who would read what is written. */
static bool run_is_abandoned(const struct run *run)
{
    return outputs_are_abandoned(&run->outputs) &&
           (!run->session.save.open || capture_save_is_abandoned(&run->session.save));
}

/*
 * Looks for reasons to end. After the wish to stop, what came before it is still taken, of a live
 * capture or from standard input, which is at its end then; a file is left where it is.
 */
static bool run_goes_on(struct run *run)
{
    bool pipe = run->options->input_count == 1 && strcmp(run->options->inputs[0], "-") == 0;
    bool live = source_is_live(run->session.source);
    if (stop_wished() && live) {
        session_stop(&run->session);
    }
    return (!stop_wished() || pipe || live) && !run_is_abandoned(run);
}

static void run_packets(struct run *run)
{
    struct session_packet packet;
    bool going = true;
    while (going && run_goes_on(run)) {
        switch (session_next(&run->session, &packet)) {
        case SESSION_PACKET:
            progress_step(&run->progress, run->session.source);
            if (run->options->verbose && packet.kind == MPTA_FRAME_TCP) {
                run_packet_line(run, &packet);
            }
            break;
        case SESSION_WAIT:
            run_wait(run);
            break;
        case SESSION_END:
            going = false;
            break;
        }
    }
    progress_finish(&run->progress, run->session.source);
}

/* ---- Results -------------------------------------------------------------------------------- */

static void run_results(struct run *run)
{
    session_finish(&run->session);
    if (!outputs_report(&run->outputs, &run->session.report)) {
        session_code(&run->session, EXIT_CODE_UNREADABLE);
    }
}

/* Nobody is left who would want to know: what was found does not matter. */
static void run_close_outputs(struct run *run)
{
    bool abandoned = run->outputs.open > 0 && outputs_are_abandoned(&run->outputs);
    if (!outputs_close(&run->outputs)) {
        session_code(&run->session, EXIT_CODE_OUTPUT);
    } else if (abandoned) {
        run->session.code = EXIT_CODE_DONE;
    }
}

enum exit_code run(const struct options *options)
{
    struct run run = {.options = options};
    if (!outputs_check(options)) {
        return EXIT_CODE_USAGE;
    }
    stop_catch();
    if (run_open(&run)) {
        bool lines_on_terminal = outputs_have_lines_on_terminal(&run.outputs);
        progress_start(&run.progress, lines_on_terminal && options->progress == WHEN_AUTO
                                          ? WHEN_NEVER
                                          : options->progress);
        run_packets(&run);
        run_results(&run);
    }
    run_close_outputs(&run);
    session_close(&run.session);
    return run.session.code;
}
