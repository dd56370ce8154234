/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Capture files that end early or have wrong bits. What came before an early end is read as if
 * nothing had happened; for wrong bits it is enough that nothing bad happens and a report is made.
 */
#include "tests/integration/sweep.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define FLIPS_MAX 8

/* So many files that end early get a report, too: it takes longer than reading them. */
#define REPORTS_MAX 200

/* ---- Files that are spoilt ------------------------------------------------------------------ */

/* A file in memory with a path. */
struct spoilt {
    int fd;
    char path[32];
};

static struct spoilt spoilt_file(const uint8_t *octets, size_t size)
{
    struct spoilt file = {.fd = memfd_create("spoilt", MFD_CLOEXEC)};
    if (file.fd < 0 || write(file.fd, octets, size) != (ssize_t)size) {
        perror("sweep");
        abort();
    }
    snprintf(file.path, sizeof file.path, "/proc/self/fd/%d", file.fd);
    return file;
}

/* A file being read. */
struct reading {
    struct source *source; /* NULL: it is no capture */
    struct sweep_analysis analysis;
    uint64_t packets;
    enum source_status status;
};

/* Opens; where that fails there must be a reason. */
static bool reading_open(struct reading *reading, const struct spoilt *file)
{
    const char *paths[] = {file->path};
    char *error = NULL;
    bool usage = false;
    *reading = (struct reading){.source = source_open(paths, 1, NULL, &error, &usage)};
    bool good = reading->source != NULL || (error != NULL && *error != '\0' && !usage);
    if (reading->source != NULL) {
        reading->analysis = sweep_analysis_begin();
    }
    free(error);
    return good;
}

static bool reading_next(struct reading *reading, struct frame *frame)
{
    reading->status = source_next(reading->source, frame);
    if (reading->status != SOURCE_FRAME) {
        return false;
    }
    reading->packets++;
    sweep_analysis_take(&reading->analysis, frame);
    return true;
}

/* Ends, and makes all reports if asked to; false if one of them is none. */
static bool reading_close(struct reading *reading, bool report)
{
    sweep_analysis_end(&reading->analysis);
    bool good = !report || sweep_analysis_report(&reading->analysis, reading->source);
    sweep_analysis_free(&reading->analysis);
    source_close(reading->source);
    return good;
}

/* ---- Files that end early ------------------------------------------------------------------- */

static bool frame_is(const struct frame *a, const struct frame *b)
{
    return a->number == b->number && a->time_ns == b->time_ns && a->interface == b->interface &&
           a->link_type == b->link_type && a->captured == b->captured &&
           a->wire_len == b->wire_len && memcmp(a->octets, b->octets, a->captured) == 0;
}

/* The next frame of a sample that is one of the file's first `packets`; NULL: no more. */
static const struct frame *frame_before(const struct sweep_sample *sample, size_t *at,
                                        uint64_t packets)
{
    while (*at < sample->frame_count) {
        const struct frame *frame = &sample->frames[(*at)++];
        if (frame->number <= packets) {
            return frame;
        }
    }
    return NULL;
}

static bool size_is_end_of_block(const struct sweep_sample *sample, size_t size)
{
    for (size_t i = 0; i < sample->end_count; i++) {
        if (sample->ends[i] == size) {
            return true;
        }
    }
    return false;
}

/* The frames of a file that ends early are those of the whole file that came before. */
static void cut_check_frames(struct sweep *sweep, const struct sweep_sample *sample, size_t size,
                             struct reading *reading)
{
    uint64_t packets = sweep_sample_packets_before(sample, size);
    struct frame frame;
    for (size_t at = 0; reading_next(reading, &frame);) {
        const struct frame *want = frame_before(sample, &at, packets);
        if (want == NULL || !frame_is(&frame, want)) {
            sweep_fail(sweep, sample, "of %zu octets: packet %llu is not the one of the whole file",
                       size, (unsigned long long)frame.number);
            return;
        }
    }
    if (reading->status != SOURCE_END || reading->packets != packets) {
        sweep_fail(sweep, sample, "of %zu octets: %llu packets are read, not %llu", size,
                   (unsigned long long)reading->packets, (unsigned long long)packets);
    }
}

static void cut_check_damage(struct sweep *sweep, const struct sweep_sample *sample, size_t size,
                             const struct reading *reading)
{
    bool damaged = source_capture(reading->source, 0)->damaged != NULL;
    if (damaged == size_is_end_of_block(sample, size)) {
        sweep_fail(sweep, sample, "of %zu octets: %s", size,
                   damaged ? "a file that ends with a block counts as damaged"
                           : "a file that ends within a block counts as whole");
    }
}

/* What ends within its first block is no capture yet. */
static void cut_try(struct sweep *sweep, const struct sweep_sample *sample, size_t size)
{
    struct spoilt file = spoilt_file(sample->octets, size);
    struct reading reading;
    sweep_try(sweep);
    if (!reading_open(&reading, &file) || (reading.source == NULL && size >= sample->ends[0])) {
        sweep_fail(sweep, sample, "of %zu octets: cannot be opened", size);
    } else if (reading.source != NULL) {
        bool report = sweep_random(sweep, sample->end_count + sweep->times) < REPORTS_MAX;
        cut_check_frames(sweep, sample, size, &reading);
        cut_check_damage(sweep, sample, size, &reading);
        if (!reading_close(&reading, report)) {
            sweep_fail(sweep, sample, "of %zu octets: no report", size);
        }
    }
    close(file.fd);
}

void sweep_cut(struct sweep *sweep, const struct sweep_sample *sample)
{
    for (size_t i = 0; i < sample->end_count; i++) {
        cut_try(sweep, sample, sample->ends[i]);
    }
    for (unsigned time = 0; time < sweep->times; time++) {
        cut_try(sweep, sample, sweep_random(sweep, sample->size));
    }
}

/* ---- Files with changed bits ---------------------------------------------------------------- */

/* Some bits change, more often near the beginning, where a file says most about itself. */
static void flip_bits(struct sweep *sweep, uint8_t *octets, size_t size)
{
    for (uint64_t flips = 1 + sweep_random(sweep, FLIPS_MAX); flips > 0; flips--) {
        size_t reach = sweep_random(sweep, 8) == 0 && size > 128 ? 128 : size;
        octets[sweep_random(sweep, reach)] ^= (uint8_t)(1 << sweep_random(sweep, 8));
    }
}

static void flip_try(struct sweep *sweep, const struct sweep_sample *sample, uint8_t *octets)
{
    uint64_t chance = sweep->chance;
    memcpy(octets, sample->octets, sample->size);
    flip_bits(sweep, octets, sample->size);
    struct spoilt file = spoilt_file(octets, sample->size);
    struct reading reading;
    struct frame frame;
    sweep_try(sweep);
    if (!reading_open(&reading, &file)) {
        sweep_fail(sweep, sample, "cannot be opened, without a reason (-s %llu)",
                   (unsigned long long)chance);
    } else if (reading.source != NULL) {
        while (reading_next(&reading, &frame)) {
        }
        bool ended = reading.status == SOURCE_END;
        if (!reading_close(&reading, true) || !ended) {
            sweep_fail(sweep, sample, "no report (-s %llu)", (unsigned long long)chance);
        }
    }
    close(file.fd);
}

void sweep_flip(struct sweep *sweep, const struct sweep_sample *sample)
{
    uint8_t *octets = malloc(sample->size);
    if (octets == NULL) {
        perror("sweep");
        abort();
    }
    for (unsigned time = 0; time < sweep->times; time++) {
        flip_try(sweep, sample, octets);
    }
    free(octets);
}
