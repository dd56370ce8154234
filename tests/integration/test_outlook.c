/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every scenario of the forge, with a look ahead after every packet, or after many: the report in
 * the end is what it is without, nobody is accused at any moment of what the end does not show, and
 * what is looked at after the last packet is what the end says.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <json-c/json.h>

#include "analyzer/analyzer.h"
#include "tests/forge/scenario.h"
#include "tests/integration/forged_frame.h"
#include "tests/integration/sweep_analysis.h"

#define SEED      7
#define LOOKS_MAX 60

struct run {
    struct sweep_analysis analysis;
    struct sweep_errors errors[LOOKS_MAX + 1]; /* that were shown at each look */
    size_t looks;
    struct mpta_summary last; /* at the last look */
    struct mpta_summary end;
    struct json_object *report;
};

static void run_take(struct run *run, const struct forge_packet *packet, uint64_t number)
{
    const struct frame frame = forged_frame(packet, number);
    sweep_analysis_take(&run->analysis, &frame);
}

static void run_look(struct run *run)
{
    assert_int_equal(mpta_tracker_preview(run->analysis.tracker, NULL, 0), MPTA_OK);
    mpta_tracker_summary(run->analysis.tracker, &run->last);
    run->errors[run->looks++] = sweep_errors_of(&run->analysis);
}

static void run_play(struct run *run, const struct forge *forge, bool looking)
{
    size_t every = 1 + forge->count / LOOKS_MAX;
    run->analysis = sweep_analysis_begin();
    run->looks = 0;
    for (size_t i = 0; i < forge->count; i++) {
        run_take(run, &forge->packets[i], i + 1);
        if (looking && (i % every == every - 1 || i + 1 == forge->count)) {
            run_look(run);
        }
    }
    sweep_analysis_end(&run->analysis);
    mpta_tracker_summary(run->analysis.tracker, &run->end);
    run->report = sweep_analysis_json(&run->analysis);
}

static void run_free(struct run *run)
{
    json_object_put(run->report);
    sweep_analysis_free(&run->analysis);
}

/* What the looks said that the end does not; NULL if there is nothing. */
static const char *accused_of(const struct run *run, const struct sweep_errors *end)
{
    const char *accused = NULL;
    for (size_t i = 0; i < run->looks && accused == NULL; i++) {
        accused = sweep_errors_new(&run->errors[i], end);
    }
    return accused;
}

static bool looks_are_harmless(const struct forge *forge, const char *name)
{
    static struct run plain, looked;
    run_play(&plain, forge, false);
    run_play(&looked, forge, true);
    const struct sweep_errors end = sweep_errors_of(&plain.analysis);
    const char *accused = accused_of(&looked, &end);
    bool same = json_object_equal(plain.report, looked.report) == 1;
    bool foreseen = looked.last.findings[MPTA_ERROR] == plain.end.findings[MPTA_ERROR] &&
                    looked.last.findings[MPTA_WARNING] == plain.end.findings[MPTA_WARNING];
    if (accused != NULL || !same || !foreseen) {
        print_error(
            "%s: %s, the report is %s; %llu errors and %llu warnings at the last look, %llu "
            "and %llu in the end\n",
            name, accused != NULL ? accused : "no wrong error", same ? "the same" : "another",
            (unsigned long long)looked.last.findings[MPTA_ERROR],
            (unsigned long long)looked.last.findings[MPTA_WARNING],
            (unsigned long long)plain.end.findings[MPTA_ERROR],
            (unsigned long long)plain.end.findings[MPTA_WARNING]);
    }
    run_free(&plain);
    run_free(&looked);
    return accused == NULL && same && foreseen;
}

static void a_look_ahead_changes_nothing_and_accuses_nobody(void **state)
{
    const struct forge_scenario *scenario;
    size_t wrong = 0;
    (void)state;
    for (size_t i = 0; (scenario = forge_scenario_at(i)) != NULL; i++) {
        struct forge forge = forge_scenario_play(scenario, SEED);
        wrong += !looks_are_harmless(&forge, scenario->name);
        forge_free(&forge);
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_look_ahead_changes_nothing_and_accuses_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
