/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The loop behind the screen. Packets are taken in short turns, between which keys are looked for;
 * the screen is drawn when something changed, ten times a second at most. Where nothing comes,
 * nothing is done.
 */
#include "cli/tui/tui.h"

#include <langinfo.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "cli/memory.h"
#include "cli/message.h"
#include "cli/now.h"
#include "cli/outputs.h"
#include "cli/privileges.h"
#include "cli/sandbox.h"
#include "cli/session.h"
#include "cli/stop.h"
#include "cli/tui/hush.h"
#include "cli/tui/screen.h"
#include "cli/tui/ui.h"

#define NS_PER_MS      INT64_C(1000000)
#define NS_PER_S       INT64_C(1000000000)
#define DRAW_EVERY_NS  (100 * NS_PER_MS)
#define DRAW_SHARE     60 /* drawing takes one of so many parts of the time */
#define TURN_NS        (20 * NS_PER_MS)
#define PACKETS_A_LOOK 64
#define IDLE_MS        500
#define GLANCE_NS      (500 * NS_PER_MS)

/* How often is looked ahead, what share of the time that takes, and how long it may keep a key
 * waiting: where there are so many connections, conclusions are left to the end. */
#define PREVIEW_EVERY_NS (500 * NS_PER_MS)
#define PREVIEW_SHARE    100
#define PREVIEW_MAX_NS   (500 * NS_PER_MS)

/* Graphs of a short capture want to be fine, those of a long one small. */
#define INTERVAL_FILE_NS NS_PER_MS
#define INTERVAL_LIVE_NS (10 * NS_PER_MS)

struct tui {
    const struct options *options;
    struct source_patience patience;
    struct session session;
    struct outputs outputs;
    struct model model;
    struct ui ui;
    struct screen *screen;
    struct hush hush;
    char news[UI_NOTICE_MAX]; /* what the session said last, until the screen has it */
    bool ended;               /* no more packets come */
    bool finished;            /* the last conclusions are drawn */
    bool waiting;             /* live: none is there now */
    int64_t drawn_ns;
    int64_t rest_ns; /* for so long after that packets alone are no reason to draw */
    uint64_t drawn_generation;
    uint64_t kernel_generation;
    uint64_t previewed_generation;
    int64_t preview_ns; /* when the next look ahead is due; INT64_MAX: never */
    int64_t begin_ns;   /* of a live capture, on the steady clock */
    int64_t glance_ns;  /* when the process itself is to be looked at again */
};

/* ---- What the session has to say ------------------------------------------------------------ */

/* On the screen now, and on standard error when it has been left. */
static void tui_say(void *context, const char *sentence)
{
    struct tui *tui = context;
    snprintf(tui->news, sizeof tui->news, "%s", sentence);
    message_print("%s", sentence);
}

static void tui_observe(void *context, const struct mpta_event *event)
{
    struct tui *tui = context;
    model_event(&tui->model, event);
    if (outputs_have_events(&tui->outputs)) {
        outputs_event(&tui->outputs, &tui->session.report, event);
    }
}

/* ---- Opening -------------------------------------------------------------------------------- */

static bool tui_fail(struct tui *tui, enum exit_code code, const char *words)
{
    if (words != NULL) {
        message_print("%s", words);
    }
    session_code(&tui->session, code);
    return false;
}

static bool tui_open_outputs(struct tui *tui)
{
    if (!outputs_open(&tui->outputs, tui->options)) {
        return tui_fail(tui, EXIT_CODE_OUTPUT, NULL);
    }
    if (outputs_have_lines_on_terminal(&tui->outputs)) {
        return tui_fail(tui, EXIT_CODE_USAGE,
                        "lines cannot go to the terminal while the screen is there; give them a "
                        "file (-o KIND=PATH), or give --no-tui");
    }
    return true;
}

static bool tui_drop_privileges(struct tui *tui)
{
    return tui->options->interface_count == 0 || privileges_drop(outputs_need(&tui->outputs)) ||
           tui_fail(tui, EXIT_CODE_UNREADABLE, NULL);
}

static bool tui_open_session(struct tui *tui)
{
    const struct session_driver driver = {tui, tui_say, tui_observe, .shows_packets = true};
    int64_t interval_ns = outputs_have_series(&tui->outputs)  ? tui->options->interval_ns
                          : tui->options->interface_count > 0 ? INTERVAL_LIVE_NS
                                                              : INTERVAL_FILE_NS;
    if (!session_open(&tui->session, tui->options, &driver) || !tui_open_outputs(tui) ||
        !tui_drop_privileges(tui) ||
        !session_track(&tui->session, outputs_payload(&tui->outputs), interval_ns)) {
        return false;
    }
    tui->model.report = &tui->session.report;
    return true;
}

static bool tui_open_screen(struct tui *tui)
{
    const struct options *options = tui->options;
    const struct screen_settings screen_settings = {!options->no_mouse,
                                                    options_want_colour(options, true)};
    const struct ui_settings settings = {
        .utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0,
        .show_keys = options->show_keys,
        .live = options->interface_count > 0,
        .inputs = options->inputs,
        .input_count = options->input_count,
        .filter = options->filter,
    };
    const char *problem;
    int columns;
    int rows;
    tui->screen = screen_open(&screen_settings, &problem);
    if (tui->screen == NULL) {
        return tui_fail(tui, EXIT_CODE_USAGE, problem);
    }
    hush_begin(&tui->hush);
    screen_size(tui->screen, &columns, &rows);
    return ui_open(&tui->ui, &tui->model, &settings, columns, rows) ||
           tui_fail(tui, EXIT_CODE_UNREADABLE, "not enough memory for the screen");
}

/* All is open; but the user may name files to save to. */
static bool tui_confine(struct tui *tui)
{
    struct sandbox sandbox;
    if (!SANDBOX_SUITS) {
        return true;
    }
    sandbox_begin(&sandbox);
    sandbox_allow_screen(&sandbox);
    if (tui->options->interface_count > 1) {
        sandbox_allow_interfaces(&sandbox);
    }
    return sandbox_enter(&sandbox) || tui_fail(tui, EXIT_CODE_UNREADABLE, NULL);
}

static bool tui_open(struct tui *tui)
{
    bool live = tui->options->interface_count > 0;
    if (!model_open(&tui->model, live ? MODEL_LIVE_LIMIT : MODEL_FILE_LIMIT)) {
        return tui_fail(tui, EXIT_CODE_UNREADABLE, "not enough memory for the screen");
    }
    return tui_open_session(tui) && tui_open_screen(tui) && tui_confine(tui);
}

/* ---- Packets -------------------------------------------------------------------------------- */

static void tui_finish(struct tui *tui)
{
    if (!tui->finished) {
        tui->finished = true;
        session_finish(&tui->session);
        model_finish(&tui->model);
    }
}

static void tui_take(struct tui *tui, const struct session_packet *packet)
{
    bool tcp = packet->kind == MPTA_FRAME_TCP;
    if (!model_frame(&tui->model, &packet->frame, tcp ? &packet->segment : NULL,
                     tcp ? &packet->fed : NULL)) {
        tui_say(tui, "not enough memory: what is shown covers what came before");
        tui->ended = true;
    }
}

static void tui_step(struct tui *tui)
{
    struct session_packet packet;
    switch (session_next(&tui->session, &packet)) {
    case SESSION_PACKET:
        tui_take(tui, &packet);
        break;
    case SESSION_WAIT:
        tui->waiting = true;
        break;
    case SESSION_END:
        tui->ended = true;
        break;
    }
}

static bool tui_can_take(const struct tui *tui)
{
    return !tui->ended && !tui->waiting && !tui->ui.progress.paused;
}

/* Takes packets for a short time. */
static void tui_turn(struct tui *tui)
{
    int64_t end_ns = clock_ns(CLOCK_MONOTONIC) + TURN_NS;
    tui->waiting = false;
    while (tui_can_take(tui) && clock_ns(CLOCK_MONOTONIC) < end_ns) {
        for (int i = 0; tui_can_take(tui) && i < PACKETS_A_LOOK; i++) {
            tui_step(tui);
        }
    }
    if (tui->ended) {
        tui_finish(tui);
    }
}

/* ---- Conclusions so far --------------------------------------------------------------------- */

static bool preview_is_due(const struct tui *tui)
{
    return !tui->finished && tui->model.generation != tui->previewed_generation &&
           clock_ns(CLOCK_MONOTONIC) >= tui->preview_ns;
}

/* What does not happen is no packet's news: now and then is asked what the end would say. */
static void tui_preview(struct tui *tui)
{
    if (!preview_is_due(tui)) {
        return;
    }
    int64_t begin_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    bool done = session_preview(&tui->session);
    int64_t cost_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - begin_ns;
    int64_t rest_ns = PREVIEW_SHARE * cost_ns;
    tui->preview_ns =
        clock_ns(CLOCK_MONOTONIC) + (rest_ns > PREVIEW_EVERY_NS ? rest_ns : PREVIEW_EVERY_NS);
    if (!done || cost_ns > PREVIEW_MAX_NS) {
        tui->preview_ns = INT64_MAX;
        mpta_tracker_forget_preview(tui->session.tracker);
    }
    model_preview(&tui->model);
    tui->previewed_generation = tui->model.generation;
}

/* ---- Progress ------------------------------------------------------------------------------- */

static unsigned share_read(const struct source *source)
{
    uint64_t size = 0;
    uint64_t read = 0;
    for (size_t i = 0; i < source_capture_count(source); i++) {
        size += source_capture(source, i)->file_size;
        read += source_capture(source, i)->file_offset;
    }
    return size > 0 ? (unsigned)(100 * (double)read / (double)size) : 0;
}

static void tui_notice(struct tui *tui, const char *words)
{
    snprintf(tui->ui.notice, sizeof tui->ui.notice, "%s", words);
    tui->ui.notice_style = STYLE_WARNING;
    tui->ui.dirty = true;
}

/* What was said to standard error, by the session or by others. */
static void tui_news(struct tui *tui)
{
    char line[UI_NOTICE_MAX];
    if (tui->news[0] != '\0') {
        tui_notice(tui, tui->news);
        tui->news[0] = '\0';
    }
    if (hush_news(&tui->hush, line, sizeof line)) {
        size_t name = strlen(PROGRAM_NAME ": ");
        tui_notice(tui, strncmp(line, PROGRAM_NAME ": ", name) == 0 ? line + name : line);
    }
}

/* The clock of a live capture stands still when it has ended. */
static void tui_clock(struct tui *tui, int64_t now_ns)
{
    uint64_t seconds = (uint64_t)((now_ns - tui->begin_ns) / NS_PER_S);
    if (tui->ui.settings.live && !tui->ended && seconds != tui->ui.progress.seconds) {
        tui->ui.progress.seconds = seconds;
        tui->ui.dirty = true;
    }
}

/* Things that nobody tells: they are looked at now and then. */
static void tui_glance(struct tui *tui)
{
    int64_t now_ns = clock_ns(CLOCK_MONOTONIC);
    if (now_ns >= tui->glance_ns) {
        tui->glance_ns = now_ns + GLANCE_NS;
        tui->model.process_octets = memory_resident();
        tui_clock(tui, now_ns);
        if (tui->ui.progress.paused && !session_hold(&tui->session)) {
            tui->ui.progress.paused = false; /* what waits is taken in, and that is all */
        }
    }
}

/* Packets or the kernel changed what is shown, and it is time to show it. */
static bool tui_has_changed(const struct tui *tui)
{
    return (tui->model.generation != tui->drawn_generation ||
            kernel_view_generation(tui->session.kernel) != tui->kernel_generation) &&
           clock_ns(CLOCK_MONOTONIC) - tui->drawn_ns >= tui->rest_ns;
}

static void tui_progress(struct tui *tui)
{
    struct ui_progress *progress = &tui->ui.progress;
    bool reading = !tui->ended;
    tui_glance(tui);
    unsigned share = reading ? share_read(tui->session.source) : 100;
    uint64_t waiting = reading ? source_waiting(tui->session.source) : 0;
    tui->ui.dirty |= reading != progress->reading || share != progress->share ||
                     (progress->paused && waiting != progress->backlog) || tui_has_changed(tui);
    progress->reading = reading;
    progress->share = share;
    progress->backlog = waiting;
    tui_news(tui);
}

/* ---- The loop ------------------------------------------------------------------------------- */

/* A picture of very many connections takes long: it is made anew so seldom that it takes no more
 * than its share of a processor. Who presses a key does not wait for that. */
static void tui_draw(struct tui *tui)
{
    bool whole = tui->ui.redraw;
    int64_t begin_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    tui->ui.redraw = false;
    tui->drawn_generation = tui->model.generation;
    tui->kernel_generation = kernel_view_generation(tui->session.kernel);
    ui_draw(&tui->ui);
    tui->ui.dirty |= !screen_put(tui->screen, &tui->ui.grid, whole);
    tui->drawn_ns = clock_ns(CLOCK_MONOTONIC);
    tui->rest_ns = DRAW_SHARE * (clock_ns(CLOCK_PROCESS_CPUTIME_ID) - begin_ns);
}

/* A terminal that takes nothing is asked again when the next picture would be due. */
static void tui_draw_if_due(struct tui *tui)
{
    if (!tui->ui.dirty || clock_ns(CLOCK_MONOTONIC) - tui->drawn_ns < DRAW_EVERY_NS) {
        return;
    }
    if (screen_is_ready(tui->screen)) {
        tui_draw(tui);
    } else {
        tui->drawn_ns = clock_ns(CLOCK_MONOTONIC);
    }
}

/* How long nothing is to be done unless something comes. */
static int tui_patience_ms(const struct tui *tui, int session_ms)
{
    int64_t ms = session_ms < IDLE_MS ? session_ms : IDLE_MS;
    if (tui->ui.dirty) {
        int64_t left = (tui->drawn_ns + DRAW_EVERY_NS - clock_ns(CLOCK_MONOTONIC)) / NS_PER_MS + 1;
        ms = left < ms ? left : ms;
    }
    return ms > 0 ? (int)ms : 0;
}

/* Waits for the user, a signal, the session, and a descriptor unless it is below 0. */
static void tui_wait(struct tui *tui, int fd)
{
    struct pollfd fds[SESSION_FDS_MAX + 3];
    int session_ms = tui_can_take(tui) && fd < 0 ? 0 : IDLE_MS;
    size_t count = 0;
    fds[count++] = (struct pollfd){.fd = fd, .events = POLLIN};
    fds[count++] = (struct pollfd){.fd = screen_fd(tui->screen), .events = POLLIN};
    fds[count++] = (struct pollfd){.fd = stop_fd(), .events = POLLIN};
    if (tui->waiting && !tui->ui.progress.paused) {
        count += session_wait(&tui->session, fds + count, SESSION_FDS_MAX, &session_ms);
        outputs_flush(&tui->outputs);
    }
    poll(fds, count, tui_patience_ms(tui, session_ms));
}

static void tui_input(struct tui *tui)
{
    struct input input;
    while (!tui->ui.quit && (input = screen_read(tui->screen)).kind != INPUT_NONE) {
        ui_input(&tui->ui, &input);
    }
}

/*
 * The input may have nothing for a long time: until it has, the screen lives on. Who leaves it ends
 * the input, too.
 */
static void tui_be_patient(void *context, int fd)
{
    struct tui *tui = context;
    struct pollfd input = {.fd = fd, .events = POLLIN};
    while (!stop_wished() && poll(&input, 1, 0) == 0) {
        tui_preview(tui);
        tui_progress(tui);
        tui_draw_if_due(tui);
        tui_wait(tui, fd);
        tui_input(tui);
        if (tui->ui.quit) {
            stop_wish();
        }
    }
}

static void tui_loop(struct tui *tui)
{
    tui->patience = (struct source_patience){tui_be_patient, tui};
    tui->begin_ns = clock_ns(CLOCK_MONOTONIC);
    source_set_patience(tui->session.source, &tui->patience);
    while (!tui->ui.quit && !stop_wished()) {
        tui_turn(tui);
        tui_preview(tui);
        tui_progress(tui);
        tui_draw_if_due(tui);
        tui_wait(tui, -1);
        tui_input(tui);
    }
}

/* ---- The end -------------------------------------------------------------------------------- */

/* A live capture gives what came before the end; a file is left where it is. */
static void tui_drain(struct tui *tui)
{
    if (!source_is_live(tui->session.source)) {
        return;
    }
    session_stop(&tui->session);
    tui->ui.progress.paused = false;
    while (!tui->ended) {
        struct pollfd fds[SESSION_FDS_MAX];
        int timeout_ms;
        tui->waiting = false;
        tui_step(tui);
        if (tui->waiting) {
            size_t count = session_wait(&tui->session, fds, SESSION_FDS_MAX, &timeout_ms);
            poll(fds, count, timeout_ms);
        }
    }
}

static void tui_results(struct tui *tui)
{
    tui_drain(tui);
    tui_finish(tui);
    if (!outputs_report(&tui->outputs, &tui->session.report)) {
        session_code(&tui->session, EXIT_CODE_UNREADABLE);
    }
}

static void tui_close(struct tui *tui)
{
    if (!outputs_close(&tui->outputs)) {
        session_code(&tui->session, EXIT_CODE_OUTPUT);
    }
    ui_close(&tui->ui);
    model_close(&tui->model);
    session_close(&tui->session);
}

/* Without the report that would be written if nothing was asked for. */
static struct options options_for_screen(const struct options *options)
{
    struct options mine = *options;
    if (!options->output_given) {
        mine.output_count = 0;
    }
    return mine;
}

enum exit_code tui_run(const struct options *options)
{
    const struct options mine = options_for_screen(options);
    struct tui tui = {.options = &mine};
    const char *problem = NULL;
    /* Before any file is begun. */
    if (!outputs_check(&mine) || !screen_is_possible(&problem)) {
        if (problem != NULL) {
            message_print("%s", problem);
        }
        return EXIT_CODE_USAGE;
    }
    stop_catch();
    bool open = tui_open(&tui);
    if (open) {
        tui_loop(&tui);
    }
    screen_close(tui.screen);
    if (open) {
        tui_results(&tui);
    }
    tui_close(&tui);
    hush_end(&tui.hush); /* what was saved does not wait for the terminal */
    return tui.session.code;
}

bool tui_is_wanted(const struct options *options)
{
    switch (options->tui) {
    case WHEN_ALWAYS:
        return true;
    case WHEN_NEVER:
        return false;
    case WHEN_AUTO:
        break;
    }
    return options->interface_count > 0 && !options->output_given && !options->verbose &&
           isatty(STDOUT_FILENO) != 0;
}
