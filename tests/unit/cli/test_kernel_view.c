/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The kernel's view keeps step with a tracker whose connections come and leave: none of them is
 * this machine's, so the kernel knows of none, but it is asked about each that is there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/kernel_view.h"
#include "tests/forge/scenario.h"

#define SEED     3
#define ARRIVALS 12 /* at a time */
#define TIMES    20

/* Some connections, each in the middle of its life. */
static void arrive(struct mpta_tracker *tracker, struct forge *forge)
{
    size_t from = forge->count;
    for (int i = 0; i < ARRIVALS; i++) {
        struct story story;
        story_open(&story, forge, 1);
    }
    for (; from < forge->count; from++) {
        const struct forge_packet *packet = &forge->packets[from];
        assert_int_equal(forge_packet_feed(tracker, packet, 1, packet->time_ns), MPTA_OK);
    }
}

static void nothing_is_found_of(const struct kernel_view *view, const struct mpta_tracker *tracker)
{
    struct mpta_summary summary;
    mpta_tracker_summary(tracker, &summary);
    for (uint32_t id = 0; id <= summary.connections; id++) {
        assert_null(kernel_view_find(view, id, MPTA_CLIENT));
        assert_null(kernel_view_find(view, id, MPTA_SERVER));
    }
}

static void connections_come_and_leave(void **state)
{
    static const char *const interfaces[] = {"lo"};
    struct kernel_view *view = kernel_view_open(interfaces, 1);
    struct mpta_tracker *tracker = mpta_tracker_new(NULL);
    struct forge forge = forge_new(SEED);
    (void)state;
    assert_non_null(tracker);
    for (int i = 0; i < TIMES && view != NULL; i++) {
        arrive(tracker, &forge);
        kernel_view_step(view, tracker, true);
        mpta_tracker_evict(tracker); /* a quarter, those that were silent longest */
        kernel_view_step(view, tracker, true);
        nothing_is_found_of(view, tracker);
    }
    while (mpta_tracker_evict(tracker) > 0) {
    }
    kernel_view_step(view, tracker, true);
    nothing_is_found_of(view, tracker);
    mpta_tracker_free(tracker);
    forge_free(&forge);
    bool supported = view != NULL;
    kernel_view_close(view);
    if (!supported) {
        skip();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connections_come_and_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
