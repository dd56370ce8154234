/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A capture that misses packets may know less, but must not accuse: from every healthy story every
 * packet, every pair of packets and every run of packets is taken away, and each side is taken
 * alone. Then no finding is an error, no verdict is "invalid", and nothing is valid that was not.
 */
#include "tests/unit/analyzer/healthy.h"

struct verdicts {
    uint64_t valid, invalid, unverifiable;
};

static void verdicts_add(struct verdicts *sum, const struct mpta_verdict_counts *counts)
{
    sum->valid += counts->valid;
    sum->invalid += counts->invalid;
    sum->unverifiable += counts->unverifiable;
}

static struct verdicts verdicts_of(const struct mpta_tracker *tracker)
{
    struct mpta_summary summary = story_summary(tracker);
    struct verdicts sum = {0};
    verdicts_add(&sum, &summary.join_hmac);
    verdicts_add(&sum, &summary.add_addr_hmac);
    return sum;
}

/* What is wrong with what a tracker concluded, against what it knew from the whole; NULL: nothing.
 */
static const char *wrong_conclusion(const struct mpta_tracker *tracker, struct verdicts whole)
{
    struct verdicts part = verdicts_of(tracker);
    const char *error = story_worst(tracker, MPTA_ERROR);
    if (error)
        return error;
    if (part.invalid > 0)
        return "a verdict is invalid";
    if (part.valid > whole.valid)
        return "more is valid than was";
    if (part.valid + part.unverifiable > whole.valid + whole.unverifiable)
        return "there is more to verify than was";
    return NULL;
}

/* True if losing these packets leads to no wrong conclusion; else says so, once a story. */
static bool bears_loss(const struct healthy *healthy, const struct story *story,
                       const struct story_loss *loss, struct verdicts whole)
{
    struct mpta_tracker *tracker = story_tell_with(story, loss, NULL, 0);
    const char *wrong = wrong_conclusion(tracker, whole);
    if (wrong)
        print_error("%s, without packets %zu to %zu and %zu (0: none)%s: %s\n", healthy->words,
                    loss->begin + 1, loss->end, loss->also + 1,
                    loss->one_sided ? ", one side only" : "", wrong);
    mpta_tracker_free(tracker);
    return !wrong;
}

static bool bears_runs(const struct healthy *healthy, const struct story *story,
                       struct verdicts whole, size_t longest)
{
    for (size_t begin = 0; begin < story->count; begin++) {
        for (size_t end = begin + 1; end <= story->count && end - begin <= longest; end++) {
            struct story_loss loss = {.begin = begin, .end = end, .also = SIZE_MAX};
            /* Of a connection that only a join is left of, nothing tells that it was there. */
            if (healthy->token_is_shared && end - begin > 3)
                continue;
            if (!bears_loss(healthy, story, &loss, whole))
                return false;
        }
    }
    return true;
}

static bool bears_pairs(const struct healthy *healthy, const struct story *story,
                        struct verdicts whole)
{
    for (size_t first = 0; first < story->count; first++) {
        for (size_t second = first + 1; second < story->count; second++) {
            struct story_loss loss = {.begin = first, .end = first + 1, .also = second};
            if (!bears_loss(healthy, story, &loss, whole))
                return false;
        }
    }
    return true;
}

static bool bears_one_side(const struct healthy *healthy, const struct story *story,
                           struct verdicts whole)
{
    struct story_loss loss = {.also = SIZE_MAX, .one_sided = true};
    loss.side = MPTA_CLIENT;
    bool client = bears_loss(healthy, story, &loss, whole);
    loss.side = MPTA_SERVER;
    return bears_loss(healthy, story, &loss, whole) && client;
}

/* Counts the healthy stories that a test bears; all must. */
static void each_story_bears(bool (*test)(const struct healthy *, const struct story *,
                                          struct verdicts))
{
    size_t borne = 0;
    for (size_t i = 0; i < HEALTHY_COUNT; i++) {
        static struct story story;
        story_begin(&story);
        healthy_stories[i].tell(&story);
        struct mpta_tracker *tracker = story_tell(&story);
        borne += test(&healthy_stories[i], &story, verdicts_of(tracker));
        mpta_tracker_free(tracker);
    }
    assert_int_equal(borne, HEALTHY_COUNT);
}

static bool bears_single(const struct healthy *healthy, const struct story *story,
                         struct verdicts whole)
{
    return bears_runs(healthy, story, whole, 1);
}

static bool bears_any_run(const struct healthy *healthy, const struct story *story,
                          struct verdicts whole)
{
    return bears_runs(healthy, story, whole, SIZE_MAX);
}

static void any_packet_may_be_missing(void **state)
{
    (void)state;
    each_story_bears(bears_single);
}

static void any_run_of_packets_may_be_missing(void **state)
{
    (void)state;
    each_story_bears(bears_any_run);
}

static void any_two_packets_may_be_missing(void **state)
{
    (void)state;
    each_story_bears(bears_pairs);
}

static void either_side_may_be_missing(void **state)
{
    (void)state;
    each_story_bears(bears_one_side);
}

/* Nothing is wrong with them: not even a warning. Else the tests above would prove little. */
static void the_whole_stories_are_healthy(void **state)
{
    (void)state;
    for (size_t i = 0; i < HEALTHY_COUNT; i++) {
        static struct story story;
        const struct healthy *healthy = &healthy_stories[i];
        story_begin(&story);
        healthy->tell(&story);
        struct mpta_tracker *tracker = story_tell(&story);
        struct mpta_summary summary = story_summary(tracker);
        const char *worst = story_worst(tracker, MPTA_WARNING);
        if (worst || summary.connections != healthy->connections ||
            summary.subflows != healthy->subflows || summary.unlinked_subflows != 0 ||
            summary.fallbacks != 0 || verdicts_of(tracker).valid != healthy->valid)
            fail_msg("%s: %s, %llu connections, %llu subflows, %llu valid", healthy->words,
                     worst ? worst : "no finding", (unsigned long long)summary.connections,
                     (unsigned long long)summary.subflows,
                     (unsigned long long)verdicts_of(tracker).valid);
        mpta_tracker_free(tracker);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_whole_stories_are_healthy),
        cmocka_unit_test(any_packet_may_be_missing),
        cmocka_unit_test(any_run_of_packets_may_be_missing),
        cmocka_unit_test(any_two_packets_may_be_missing),
        cmocka_unit_test(either_side_may_be_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
