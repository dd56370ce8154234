/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets that are cut or missing. What was not captured proves nothing: no finding of error
 * severity may appear that the whole sample has not, and none may be made more often.
 */
#include "tests/integration/sweep.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SNAP_BEYOND 4

/* Which frames, and how much of them. */
struct selection {
    const bool *missing; /* NULL: none */
    size_t begin;
    size_t snap;
};

static struct sweep_errors errors_with(const struct sweep_sample *sample,
                                       const struct selection *selection)
{
    struct sweep_analysis analysis = sweep_analysis_begin();
    for (size_t i = selection->begin; i < sample->frame_count; i++) {
        if (selection->missing != NULL && selection->missing[i]) {
            continue;
        }
        struct frame cut = sweep_frame_cut(&sample->frames[i], selection->snap);
        sweep_analysis_take(&analysis, &cut);
        free((void *)(uintptr_t)cut.octets);
    }
    sweep_analysis_end(&analysis);
    struct sweep_errors errors = sweep_errors_of(&analysis);
    sweep_analysis_free(&analysis);
    return errors;
}

static struct sweep_errors errors_of_whole(const struct sweep_sample *sample)
{
    return errors_with(sample, &(struct selection){.snap = SIZE_MAX});
}

/* One selection: no error may appear that the whole has not. */
static const char *selection_fault(struct sweep *sweep, const struct sweep_sample *sample,
                                   const struct selection *selection,
                                   const struct sweep_errors *whole)
{
    sweep_try(sweep);
    struct sweep_errors part = errors_with(sample, selection);
    return sweep_errors_new(&part, whole);
}

void sweep_snap(struct sweep *sweep, const struct sweep_sample *sample)
{
    const struct sweep_errors whole = errors_of_whole(sample);
    struct selection selection = {0};
    for (; selection.snap <= sample->header_max + SNAP_BEYOND; selection.snap++) {
        const char *fault = selection_fault(sweep, sample, &selection, &whole);
        if (fault != NULL) {
            sweep_fail(sweep, sample, "cut to %zu octets a packet it has %s", selection.snap,
                       fault);
        }
    }
}

/*
 * Where two connections have one token and one of them was not captured, a join to it can only be
 * taken for the other one's, and its HMAC is wrong there. One token in 2^32 is borne.
 */
static void errors_bear_tokens(const struct sweep_sample *sample, struct sweep_errors *whole)
{
    size_t count;
    const struct mpta_finding_kind *kinds = mpta_finding_kinds(&count);
    if (strstr(sample->path, "forge-token-") == NULL) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        if (strncmp(kinds[i].id, "join-hmac-", strlen("join-hmac-")) == 0) {
            whole->counts[i] = UINT64_MAX;
        }
    }
}

static void loss_at_begin(struct sweep *sweep, const struct sweep_sample *sample,
                          const struct sweep_errors *whole)
{
    struct selection selection = {.snap = SIZE_MAX};
    for (selection.begin = 1; selection.begin < sample->frame_count; selection.begin++) {
        const char *fault = selection_fault(sweep, sample, &selection, whole);
        if (fault != NULL) {
            sweep_fail(sweep, sample, "without its first %zu packets it has %s", selection.begin,
                       fault);
        }
    }
}

static void loss_of_one(struct sweep *sweep, const struct sweep_sample *sample,
                        const struct sweep_errors *whole, bool *missing)
{
    const struct selection selection = {.missing = missing, .snap = SIZE_MAX};
    for (size_t i = 0; i < sample->frame_count; i++) {
        missing[i] = true;
        const char *fault = selection_fault(sweep, sample, &selection, whole);
        if (fault != NULL) {
            sweep_fail(sweep, sample, "without packet %zu it has %s",
                       (size_t)sample->frames[i].number, fault);
        }
        missing[i] = false;
    }
}

/* Packets go missing with one of several likelihoods. */
static void loss_at_random(struct sweep *sweep, const struct sweep_sample *sample,
                           const struct sweep_errors *whole, bool *missing)
{
    const struct selection selection = {.missing = missing, .snap = SIZE_MAX};
    for (unsigned time = 0; time < sweep->times; time++) {
        uint64_t chance = sweep->chance;
        uint64_t percent = 5 + sweep_random(sweep, 90);
        for (size_t i = 0; i < sample->frame_count; i++) {
            missing[i] = sweep_random(sweep, 100) < percent;
        }
        const char *fault = selection_fault(sweep, sample, &selection, whole);
        if (fault != NULL) {
            sweep_fail(sweep, sample, "with %u %% of packets missing it has %s (-s %llu)",
                       (unsigned)percent, fault, (unsigned long long)chance);
        }
    }
}

/* What is in a large sample was seen in many small ones: not each packet of it is left out. */
#define LOSS_FRAMES_MAX 400

void sweep_loss(struct sweep *sweep, const struct sweep_sample *sample)
{
    struct sweep_errors whole = errors_of_whole(sample);
    bool *missing = calloc(sample->frame_count + 1, sizeof *missing);
    if (missing == NULL) {
        perror("sweep");
        abort();
    }
    errors_bear_tokens(sample, &whole);
    if (sample->frame_count <= LOSS_FRAMES_MAX) {
        loss_at_begin(sweep, sample, &whole);
        loss_of_one(sweep, sample, &whole, missing);
    }
    loss_at_random(sweep, sample, &whole, missing);
    free(missing);
}
