/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * When a frame leaves the window: by what came after it, by the clock of a live capture, and by
 * what the window can hold.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/source_window.h"

#define MS INT64_C(1000000)

/* Pushes a frame as a reader does. Its number is its time in milliseconds. */
static void push(struct source_window *window, uint32_t interface, int64_t time_ms)
{
    static const uint8_t octets[100];
    const struct frame frame = {
        .number = (uint64_t)time_ms,
        .time_ns = time_ms * MS,
        .interface = interface,
        .captured = sizeof octets,
        .octets = octets,
    };
    assert_true(source_window_push(window, &frame));
    source_window_note(window, frame.time_ns);
}

/* What comes out now: times in milliseconds, ended by -1. */
static void pops(struct source_window *window, const int64_t *times_ms)
{
    struct frame frame;
    for (; *times_ms >= 0; times_ms++) {
        assert_true(source_window_pop(window, false, &frame));
        assert_int_equal(frame.time_ns, *times_ms * MS);
    }
    assert_false(source_window_pop(window, false, &frame));
}

#define POPS(...) pops(&window, (const int64_t[]){__VA_ARGS__, -1})
#define NOTHING   -1

static void a_file_waits_for_two_seconds_of_frames(void **state)
{
    (void)state;
    struct source_window window = {0};
    push(&window, 0, 1000);
    push(&window, 1, 900);
    push(&window, 0, 2900);
    POPS(NOTHING);
    push(&window, 0, 2901);
    POPS(900);
    push(&window, 0, 3001);
    POPS(1000);
    source_window_free(&window);
}

static void a_live_capture_waits_for_its_span_of_the_clock(void **state)
{
    (void)state;
    struct source_window window = {.span_ns = 200 * MS};
    push(&window, 0, 1000);
    push(&window, 1, 950);
    POPS(NOTHING);
    source_window_note(&window, 1150 * MS);
    POPS(NOTHING);
    source_window_note(&window, 1151 * MS);
    POPS(950);
    source_window_note(&window, 1100 * MS); /* an earlier time takes nothing back */
    push(&window, 1, 1149);
    POPS(NOTHING);
    source_window_note(&window, 2000 * MS);
    POPS(1000, 1149);
    source_window_free(&window);
}

static void a_full_window_gives_its_earliest(void **state)
{
    (void)state;
    struct source_window window = {.span_ns = 200 * MS};
    struct frame frame;
    for (int64_t i = (int64_t)SOURCE_WINDOW_FRAMES; i > 0; i--) {
        push(&window, 0, i % 100);
    }
    assert_false(source_window_pop(&window, false, &frame));
    push(&window, 0, 50);
    assert_true(source_window_pop(&window, false, &frame));
    assert_int_equal(frame.time_ns, 0);
    assert_false(source_window_pop(&window, false, &frame));
    source_window_free(&window);
}

static void at_the_end_everything_leaves_in_order(void **state)
{
    (void)state;
    struct source_window window = {.span_ns = 200 * MS};
    struct frame frame;
    push(&window, 1, 30);
    push(&window, 0, 30);
    push(&window, 0, 10);
    for (int64_t i = 0; i < 3; i++) {
        assert_true(source_window_pop(&window, true, &frame));
        assert_int_equal(frame.time_ns, (i == 0 ? 10 : 30) * MS);
        assert_int_equal(frame.interface, i == 2);
    }
    assert_false(source_window_pop(&window, true, &frame));
    source_window_free(&window);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_waits_for_two_seconds_of_frames),
        cmocka_unit_test(a_live_capture_waits_for_its_span_of_the_clock),
        cmocka_unit_test(a_full_window_gives_its_earliest),
        cmocka_unit_test(at_the_end_everything_leaves_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
