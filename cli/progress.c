/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Progress. It looks at what the source has read and at the clock, four times per second at most;
 * the analysis knows nothing of it.
 */
#include "cli/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/message.h"
#include "cli/now.h"
#include "cli/units.h"

#define PATIENCE_NS      1000000000
#define INTERVAL_NS      250000000
#define STEPS_PER_GLANCE 512

void progress_start(struct progress *progress, enum when when)
{
    bool terminal = isatty(STDERR_FILENO) == 1;
    *progress = (struct progress){
        .enabled = when == WHEN_ALWAYS || (when == WHEN_AUTO && terminal),
        .terminal = terminal,
        .patient = when == WHEN_AUTO,
    };
    if (progress->enabled) {
        progress->next_ns = clock_ns(CLOCK_MONOTONIC) + (progress->patient ? PATIENCE_NS : 0);
    }
}

/* How much of all inputs has been read; unknown (false) as soon as one has no size. */
static bool source_share(const struct source *source, unsigned *percent)
{
    double size = 0;
    double offset = 0;
    for (size_t i = 0; i < source_capture_count(source); i++) {
        const struct capture *capture = source_capture(source, i);
        if (capture->file_size == 0) {
            return false;
        }
        size += (double)capture->file_size;
        offset += (double)capture->file_offset;
    }
    *percent = size > 0 && offset < size ? (unsigned)(100 * offset / size) : 100;
    return true;
}

static uint64_t source_packets(const struct source *source)
{
    uint64_t packets = 0;
    for (size_t i = 0; i < source_capture_count(source); i++) {
        const struct capture *capture = source_capture(source, i);
        packets += capture->packets + capture->filtered;
    }
    return packets;
}

static void progress_print(struct progress *progress, const struct source *source)
{
    char packets[UNITS_TEXT_MAX];
    char share[16] = "";
    unsigned percent;

    units_count(source_packets(source), "packet", "packets", packets, sizeof packets);
    if (source_share(source, &percent)) {
        snprintf(share, sizeof share, "%u %%, ", percent);
    }
    fprintf(stderr, "%s%s: %s%s %s%s", progress->terminal ? "\r\033[K" : "", PROGRAM_NAME, share,
            packets, source_is_live(source) ? "captured" : "read", progress->terminal ? "" : "\n");
    progress->shown = progress->terminal;
}

void progress_step(struct progress *progress, const struct source *source)
{
    if (progress->enabled && progress->steps++ % STEPS_PER_GLANCE == 0) {
        progress_idle(progress, source);
    }
}

void progress_idle(struct progress *progress, const struct source *source)
{
    if (!progress->enabled) {
        return;
    }
    int64_t now_ns = clock_ns(CLOCK_MONOTONIC);
    if (now_ns >= progress->next_ns) {
        progress->next_ns = now_ns + INTERVAL_NS;
        progress_print(progress, source);
    }
}

void progress_clear(struct progress *progress)
{
    if (progress->shown) {
        fputs("\r\033[K", stderr);
        progress->shown = false;
    }
}

void progress_finish(struct progress *progress, const struct source *source)
{
    progress_clear(progress);
    if (progress->enabled && !progress->patient && !progress->terminal) {
        progress_print(progress, source);
    }
}
