/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Each frame of the table, whole: the sentence about it is the one expected.
 */
#include "dissector/dissector.h"
#include "tests/unit/dissector/frames.h"
#include "tests/unit/dissector/octets.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define SENTENCE_MAX 512

/* A segment as one sentence; what is seldom there comes last. */
static void segment_format(const struct mpta_segment *s, char *sentence)
{
    char src[MPTA_ENDPOINT_TEXT_MAX], dst[MPTA_ENDPOINT_TEXT_MAX], flags[MPTA_TCP_FLAGS_TEXT_MAX];
    char id[8] = "-", tunnels[16] = "";
    mpta_endpoint_format(&s->src, s->src_port, src, sizeof src);
    mpta_endpoint_format(&s->dst, s->dst_port, dst, sizeof dst);
    mpta_tcp_flags_format(s->flags, flags, sizeof flags);
    if (s->ip_id_present) {
        snprintf(id, sizeof id, "%u", s->ip_id);
    }
    if (s->tunnels > 0) {
        snprintf(tunnels, sizeof tunnels, " tunnels %u", s->tunnels);
    }
    snprintf(sentence, SENTENCE_MAX,
             "%s > %s %s seq %" PRIu32 " ack %" PRIu32 " win %u csum %04x options %zu/%zu"
             " payload %" PRIu32 "/%" PRIu32 " hops %u id %s%s%s%s",
             src, dst, flags, s->seq, s->ack, s->window, s->checksum, s->options_captured,
             s->options_len, s->payload_captured, s->payload_len, s->hop_limit, id, tunnels,
             s->fragmented ? " fragment" : "", s->super_segment ? " super" : "");
}

/* Octets that an address does not use are zero, also where an address of a tunnel was before. */
static void address_check(const struct mpta_address *address)
{
    static const uint8_t zeros[12];
    if (address->family == 4) {
        assert_memory_equal(address->octets + 4, zeros, sizeof zeros);
    }
}

static void frame_check(const struct frame_case *c)
{
    uint8_t octets[FRAME_LEN_MAX];
    size_t captured = hex_decode(c->hex, octets, sizeof octets);
    uint8_t *frame = octets_copy(octets, captured);
    struct mpta_segment segment;
    char sentence[SENTENCE_MAX];
    enum mpta_frame kind =
        mpta_frame_dissect(c->link_type, frame, captured, captured + c->uncaptured, &segment);
    if (kind == MPTA_FRAME_TCP) {
        segment_format(&segment, sentence);
        assert_true(segment_is_inside(&segment, frame, captured));
        address_check(&segment.src);
        address_check(&segment.dst);
    } else {
        snprintf(sentence, sizeof sentence, "%s", mpta_frame_name(kind));
    }
    free(frame);
    if (strcmp(sentence, c->expected) != 0) {
        fail_msg("%s:\n  is       %s\n  expected %s", c->words, sentence, c->expected);
    }
}

static void every_frame_is_what_it_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < frame_case_count; i++) {
        frame_check(&frame_cases[i]);
    }
}

static const char first_frame[] =
    "02000000000b 02000000000a 0800 4500 0031 0007 0000 40 06 0000 0a000001 0a000002 "
    "04d2 0050 00000001 00000002 6018 0400 abcd 0000 01010100 68656c6c6f";

/* Options and payload are the frame's own octets, at the right places. */
static void options_and_payload_are_borrowed(void **state)
{
    (void)state;
    uint8_t frame[FRAME_LEN_MAX];
    size_t length = hex_decode(first_frame, frame, sizeof frame);
    struct mpta_segment segment;
    assert_int_equal(mpta_frame_dissect(1, frame, length, length, &segment), MPTA_FRAME_TCP);
    assert_ptr_equal(segment.options, frame + 14 + 20 + 20);
    assert_ptr_equal(segment.payload, frame + 14 + 20 + 20 + 4);
    assert_memory_equal(segment.payload, "hello", 5);
}

/*
 * A wire length below the captured one is a capture's mistake, and nothing is lost by it: not even
 * where the frame is what tells the payload's length.
 */
static void wire_length_counts_captured_at_least(void **state)
{
    (void)state;
    uint8_t frame[FRAME_LEN_MAX];
    size_t length = hex_decode(first_frame, frame, sizeof frame);
    frame[14 + 2] = frame[14 + 3] = 0; /* IP's total length: offload */
    for (size_t wire_len = 0; wire_len <= length; wire_len++) {
        struct mpta_segment segment;
        assert_int_equal(mpta_frame_dissect(1, frame, length, wire_len, &segment), MPTA_FRAME_TCP);
        assert_int_equal(segment.payload_len, 5);
        assert_int_equal(segment.payload_captured, 5);
    }
}

/* A frame that is no segment leaves the caller's segment alone. */
static void segment_is_filled_for_tcp_only(void **state)
{
    (void)state;
    struct mpta_segment segment, before;
    memset(&segment, 0x5a, sizeof segment);
    before = segment;
    for (size_t i = 0; i < frame_case_count; i++) {
        uint8_t frame[FRAME_LEN_MAX];
        size_t length = hex_decode(frame_cases[i].hex, frame, sizeof frame);
        struct mpta_segment *target = &segment;
        struct mpta_segment other;
        if (strchr(frame_cases[i].expected, '>')) {
            target = &other;
        }
        mpta_frame_dissect(frame_cases[i].link_type, frame, length,
                           length + frame_cases[i].uncaptured, target);
    }
    assert_memory_equal(&segment, &before, sizeof segment);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_frame_is_what_it_says),
        cmocka_unit_test(options_and_payload_are_borrowed),
        cmocka_unit_test(wire_length_counts_captured_at_least),
        cmocka_unit_test(segment_is_filled_for_tcp_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
