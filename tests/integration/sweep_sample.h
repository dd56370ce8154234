/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A sample, whole in memory: its file, its frames in the order of time, and where in the file each
 * packet ends.
 */
#ifndef SWEEP_SAMPLE_H
#define SWEEP_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/source.h"

struct sweep_sample {
    const char *path;
    uint8_t *octets; /* the file */
    size_t size;
    struct frame *frames; /* each owns its octets, in a block of exactly their size */
    size_t frame_count;
    size_t header_max; /* the longest row of headers before a payload */
    size_t *ends; /* where blocks of the file end, in their order; the last is the file's end */
    uint64_t *packets; /* how many packets the file holds up to that end */
    size_t end_count;
};

/* Reads a sample; false after a message. */
bool sweep_sample_load(struct sweep_sample *sample, const char *path);

void sweep_sample_free(struct sweep_sample *sample);

/* How many packets of the file are whole in its first `size` octets. */
uint64_t sweep_sample_packets_before(const struct sweep_sample *sample, size_t size);

/* A copy of a frame with its first octets; never more than it has. Free frame.octets. */
struct frame sweep_frame_cut(const struct frame *frame, size_t captured);

#endif
