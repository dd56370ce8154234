/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/integration/tale.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "analyzer/tracker.h"
#include "tests/forge/scenario.h"
#include "tests/integration/forged_frame.h"
#include "tests/integration/sweep_analysis.h"
#include "tests/integration/sweep_sample.h"
#include "tests/unit/analyzer/stranger.h"

#define SEED      7
#define MINUTE_NS INT64_C(60000000000)
#define STEPS_MAX 50

/* ---- Packets --------------------------------------------------------------------------------- */

/* The frames borrow the forge's octets. */
static struct tale tale_of(const struct forge *forge, const char *name)
{
    struct tale tale = {name, test_calloc(forge->count + 1, sizeof(struct frame)), forge->count};
    for (size_t i = 0; i < forge->count; i++) {
        tale.frames[i] = forged_frame(&forge->packets[i], i + 1);
    }
    return tale;
}

int64_t tale_end_ns(const struct tale *tale)
{
    int64_t end_ns = 0;
    for (size_t i = 0; i < tale->count; i++) {
        end_ns = tale->frames[i].time_ns > end_ns ? tale->frames[i].time_ns : end_ns;
    }
    return end_ns;
}

void tale_feed(const struct tale *tale, struct mpta_tracker *tracker, int64_t later_ns)
{
    struct sweep_analysis analysis = {tracker};
    for (size_t i = 0; i < tale->count; i++) {
        struct frame frame = tale->frames[i];
        frame.time_ns += later_ns;
        sweep_analysis_take(&analysis, &frame);
    }
}

static void all_sleep(struct mpta_tracker *tracker)
{
    for (size_t i = 0; i < tracker->connection_count; i++) {
        if (!tracker->connections[i]->settling) {
            connection_sleep(tracker, tracker->connections[i]);
        }
    }
}

void tale_feed_sleepers(const struct tale *tale, struct mpta_tracker *tracker)
{
    struct sweep_analysis analysis = {tracker};
    for (size_t i = 0; i < tale->count; i++) {
        sweep_analysis_take(&analysis, &tale->frames[i]);
        all_sleep(tracker);
    }
}

/* ---- Time goes by ---------------------------------------------------------------------------- */

uint64_t strangers_pass(struct mpta_tracker *tracker, int64_t time_ns, enum leaving leaving)
{
    struct mpta_summary summary;
    uint64_t left = 0;
    mpta_tracker_summary(tracker, &summary);
    uint64_t some =
        summary.kept > summary.unlinked_subflows ? summary.kept : summary.unlinked_subflows;
    uint64_t step = leaving == LEAVE_TOGETHER ? some + 1 : 1 + some / STEPS_MAX;
    for (uint64_t keep = some + step; keep > 0; time_ns += MINUTE_NS) {
        keep -= keep > step ? step : keep;
        for (uint64_t i = 0; i <= summary.kept + summary.unlinked_subflows; i++) {
            stranger_feed(tracker, time_ns);
        }
        if (leaving != LEAVE_NOT) {
            left += mpta_tracker_retire(tracker, (size_t)keep);
        }
    }
    return left;
}

/* ---- All of them ----------------------------------------------------------------------------- */

size_t tales_try(char **samples, size_t sample_count, bool (*holds)(const struct tale *tale))
{
    const struct forge_scenario *scenario;
    size_t wrong = 0;
    for (size_t i = 0; (scenario = forge_scenario_at(i)) != NULL; i++) {
        struct forge forge = forge_scenario_play(scenario, SEED);
        struct tale tale = tale_of(&forge, scenario->name);
        wrong += !holds(&tale);
        test_free(tale.frames);
        forge_free(&forge);
    }
    for (size_t i = 0; i < sample_count; i++) {
        struct sweep_sample sample;
        assert_true(sweep_sample_load(&sample, samples[i]));
        const struct tale tale = {samples[i], sample.frames, sample.frame_count};
        wrong += !holds(&tale);
        sweep_sample_free(&sample);
    }
    return wrong;
}
