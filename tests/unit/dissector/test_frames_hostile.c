/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Each frame of the table, cut by a snap length at every octet, ended on the wire at every octet,
 * and with every octet set to every value. A cut frame may say less of a segment, but never
 * anything else; of the others it is asked only that nothing outside of the frame is touched.
 */
#include "dissector/dissector.h"
#include "tests/unit/dissector/frames.h"
#include "tests/unit/dissector/octets.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* Dissects a copy in a block of its own size. */
static enum mpta_frame frame_try(const struct frame_case *c, const uint8_t *octets, size_t captured,
                                 size_t wire_len, struct mpta_segment *segment)
{
    uint8_t *frame = octets_copy(octets, captured);
    enum mpta_frame kind = mpta_frame_dissect(c->link_type, frame, captured, wire_len, segment);
    if (kind == MPTA_FRAME_TCP && !segment_is_inside(segment, frame, captured)) {
        fail_msg("%s, %zu octets of %zu: points outside", c->words, captured, wire_len);
    }
    free(frame);
    return kind;
}

static void cuts_check(const struct frame_case *c)
{
    uint8_t octets[FRAME_LEN_MAX];
    size_t length = hex_decode(c->hex, octets, sizeof octets);
    struct mpta_segment whole, part;
    enum mpta_frame whole_kind = frame_try(c, octets, length, length + c->uncaptured, &whole);
    for (size_t captured = 0; captured < length; captured++) {
        enum mpta_frame kind = frame_try(c, octets, captured, length + c->uncaptured, &part);
        if (kind != whole_kind && kind != MPTA_FRAME_CUT) {
            fail_msg("%s, cut at %zu: %s, not %s", c->words, captured, mpta_frame_name(kind),
                     mpta_frame_name(whole_kind));
        }
        if (kind == MPTA_FRAME_TCP && !segment_says_same(&part, &whole)) {
            fail_msg("%s, cut at %zu: another segment", c->words, captured);
        }
    }
}

static void cut_frames_say_nothing_else(void **state)
{
    (void)state;
    for (size_t i = 0; i < frame_case_count; i++) {
        cuts_check(&frame_cases[i]);
    }
}

/* What is there up to the end of the fixed TCP header must be there, in every frame with TCP. */
static void cut_inside_headers_is_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < frame_case_count; i++) {
        const struct frame_case *c = &frame_cases[i];
        uint8_t octets[FRAME_LEN_MAX];
        size_t length = hex_decode(c->hex, octets, sizeof octets);
        size_t wire_len = length + c->uncaptured;
        struct mpta_segment segment;
        if (frame_try(c, octets, length, wire_len, &segment) != MPTA_FRAME_TCP) {
            continue;
        }
        size_t header_end = length;
        while (frame_try(c, octets, header_end - 1, wire_len, &segment) == MPTA_FRAME_TCP) {
            header_end--;
        }
        assert_memory_equal(octets + header_end - 20, "\x04\xd2\x00\x50", 4);
        for (size_t captured = 0; captured < header_end; captured++) {
            assert_int_equal(frame_try(c, octets, captured, wire_len, &segment), MPTA_FRAME_CUT);
        }
    }
}

static void short_frames_are_survived(void **state)
{
    (void)state;
    for (size_t i = 0; i < frame_case_count; i++) {
        uint8_t octets[FRAME_LEN_MAX];
        size_t length = hex_decode(frame_cases[i].hex, octets, sizeof octets);
        struct mpta_segment segment;
        for (size_t end = 0; end < length; end++) {
            enum mpta_frame kind = frame_try(&frame_cases[i], octets, end, end, &segment);
            assert_int_not_equal(kind, MPTA_FRAME_CUT);
        }
    }
}

/* Sets one octet of a frame to all its values. */
static void octet_spoil(const struct frame_case *c, uint8_t *frame, size_t length, size_t at)
{
    uint8_t kept = frame[at];
    struct mpta_segment segment;
    for (unsigned value = 0; value < 256; value++) {
        frame[at] = (uint8_t)value;
        enum mpta_frame kind =
            mpta_frame_dissect(c->link_type, frame, length, length + c->uncaptured, &segment);
        assert_true((unsigned)kind < MPTA_FRAME_COUNT);
        if (kind == MPTA_FRAME_TCP && !segment_is_inside(&segment, frame, length)) {
            fail_msg("%s, octet %zu set to %02x: points outside", c->words, at, value);
        }
    }
    frame[at] = kept;
}

static void spoilt_frames_are_survived(void **state)
{
    (void)state;
    for (size_t i = 0; i < frame_case_count; i++) {
        uint8_t octets[FRAME_LEN_MAX];
        size_t length = hex_decode(frame_cases[i].hex, octets, sizeof octets);
        uint8_t *frame = octets_copy(octets, length);
        for (size_t at = 0; at < length; at++) {
            octet_spoil(&frame_cases[i], frame, length, at);
        }
        free(frame);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cut_frames_say_nothing_else),
        cmocka_unit_test(cut_inside_headers_is_cut),
        cmocka_unit_test(short_frames_are_survived),
        cmocka_unit_test(spoilt_frames_are_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
