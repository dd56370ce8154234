/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every scenario of the forge, with all connections given up after every so many packets: nothing
 * is counted twice or lost, each start has its end, and nobody is accused of what the whole
 * scenario does not show, for a connection that goes on is met as one that was captured late.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "analyzer/analyzer.h"
#include "tests/forge/scenario.h"
#include "tests/integration/sweep_analysis.h"

#define SEED 7

struct run {
    const struct forge *forge;
    const struct mpta_tracker *tracker;
    size_t every; /* packets between two evictions; 0: none */
    bool records; /* are kept, and given up after what has closed */
    uint64_t starts, ends, given_up;
    struct mpta_summary summary;
    struct sweep_errors errors;
};

/* Whoever is told something may look at it, and at all that there is. */
static void look_around(const struct mpta_tracker *tracker, uint32_t connection)
{
    struct mpta_connection view;
    struct mpta_summary summary;
    size_t kept = 0;
    assert_true(mpta_tracker_connection(tracker, connection, &view));
    assert_int_equal(view.id, connection);
    while (mpta_tracker_connection_at(tracker, kept, &view)) {
        kept++;
    }
    mpta_tracker_summary(tracker, &summary);
    assert_int_equal(kept, summary.kept);
}

static void observe(void *context, const struct mpta_event *event)
{
    struct run *run = context;
    run->starts += event->type == MPTA_EVENT_CONNECTION_START;
    run->ends += event->type == MPTA_EVENT_CONNECTION_END;
    look_around(run->tracker, event->connection);
}

static void run_take(struct mpta_tracker *tracker, const struct forge *forge, size_t index)
{
    const struct forge_packet *packet = &forge->packets[index];
    struct mpta_segment segment;
    struct mpta_fed fed;
    if (mpta_frame_dissect(packet->link_type, packet->octets, packet->captured, packet->wire_len,
                           &segment) != MPTA_FRAME_TCP) {
        return;
    }
    const struct mpta_packet taken = {
        .place = mpta_place_of(index + 1, packet->time_ns, 0),
        .interface = packet->interface,
        .segment = &segment,
    };
    assert_int_equal(mpta_tracker_feed(tracker, &taken, &fed), MPTA_OK);
}

/* Everything that is not settling goes. */
static uint64_t evict_all(struct mpta_tracker *tracker)
{
    uint64_t given_up = 0;
    for (size_t some; (some = mpta_tracker_evict(tracker)) > 0;) {
        given_up += some;
    }
    return given_up;
}

static void run_play(struct run *run)
{
    const struct mpta_config config = {
        .observe = observe,
        .observe_context = run,
        .interval_ns = 10000000,
        .keeps_records = run->records,
    };
    struct sweep_analysis analysis = {mpta_tracker_new(&config)};
    assert_non_null(analysis.tracker);
    run->tracker = analysis.tracker;
    for (size_t i = 0; i < run->forge->count; i++) {
        run_take(analysis.tracker, run->forge, i);
        if (run->every > 0 && i % run->every == run->every - 1) {
            run->given_up += evict_all(analysis.tracker);
        }
    }
    assert_int_equal(mpta_tracker_finish(analysis.tracker), MPTA_OK);
    mpta_tracker_summary(analysis.tracker, &run->summary);
    run->errors = sweep_errors_of(&analysis);
    mpta_tracker_free(analysis.tracker);
}

/* Findings about several connections are not made where the others are gone; none is new. What left
 * a record that was given up later has left twice. */
static bool run_holds(const struct run *run, const struct run *whole, const char *name)
{
    const char *accused = sweep_errors_new(&run->errors, &whole->errors);
    uint64_t gone = run->summary.connections - run->summary.kept + run->summary.evicted_subflows;
    bool holds = accused == NULL && run->starts == run->ends &&
                 run->starts == run->summary.connections &&
                 (run->records ? run->given_up >= gone : run->given_up == gone);
    if (!holds) {
        print_error("%s, every %zu packets%s: new error %s; %llu starts, %llu ends, %llu "
                    "connections, %llu given up, %llu gone\n",
                    name, run->every, run->records ? ", with records" : "",
                    accused != NULL ? accused : "none", (unsigned long long)run->starts,
                    (unsigned long long)run->ends, (unsigned long long)run->summary.connections,
                    (unsigned long long)run->given_up, (unsigned long long)gone);
    }
    return holds;
}

static void connections_may_be_given_up_at_any_time(void **state)
{
    static const size_t steps[] = {1, 2, 3, 5, 9, 17};
    const struct forge_scenario *scenario;
    size_t wrong = 0;
    uint64_t given_up = 0;
    (void)state;
    for (size_t i = 0; (scenario = forge_scenario_at(i)) != NULL; i++) {
        struct forge forge = forge_scenario_play(scenario, SEED);
        struct run whole = {.forge = &forge};
        run_play(&whole);
        for (size_t k = 0; k < 2 * (sizeof steps / sizeof steps[0]); k++) {
            struct run run = {.forge = &forge, .every = steps[k / 2], .records = k % 2 == 1};
            run_play(&run);
            wrong += !run_holds(&run, &whole, scenario->name);
            given_up += run.given_up;
        }
        forge_free(&forge);
    }
    assert_int_equal(wrong, 0);
    assert_true(given_up > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connections_may_be_given_up_at_any_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
