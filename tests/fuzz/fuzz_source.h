/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the harnesses of capture files share: any octets offered to the reader as a file, and what
 * must hold of all that it makes of them.
 */
#ifndef FUZZ_SOURCE_H
#define FUZZ_SOURCE_H

#include "cli/source.h"
#include "tests/fuzz/require.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FUZZ_FRAMES_MAX = 1024 };

/* What is remembered of a frame. */
struct fuzz_frame {
    int64_t time_ns;
    uint64_t digest;
    size_t captured;
    size_t wire_len;
    uint32_t interface;
    uint32_t link_type;
};

/* A capture as it was read. */
struct fuzz_reading {
    bool opened;
    bool damaged;
    enum capture_format format;
    size_t count; /* of frames in the file; the first FUZZ_FRAMES_MAX are remembered, by number */
    struct fuzz_frame frames[FUZZ_FRAMES_MAX];
};

uint64_t fuzz_digest(const uint8_t *octets, size_t length);

/* Reads octets as a capture file. */
void fuzz_read(const uint8_t *octets, size_t length, struct fuzz_reading *reading);

#endif
