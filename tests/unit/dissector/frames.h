/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Frames by hand, and what each of them is: one table for the tests that read them whole and the
 * tests that cut and spoil them.
 */
#ifndef TESTS_UNIT_DISSECTOR_FRAMES_H
#define TESTS_UNIT_DISSECTOR_FRAMES_H

#include <stddef.h>
#include <stdint.h>

#define FRAME_LEN_MAX 1024

struct frame_case {
    const char *words;
    uint32_t link_type;
    size_t uncaptured; /* octets that were on the wire after those captured */
    const char *hex;
    const char *expected; /* a segment as a sentence, or the name of another enum mpta_frame */
};

extern const struct frame_case frame_cases[];
extern const size_t frame_case_count;

#endif
