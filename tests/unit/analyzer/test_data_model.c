/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Random traffic, told to tracker and model.
 *
 * MPTA_MODEL_RUNS=n makes more runs or fewer, MPTA_MODEL_SEED=n begins with another seed: a failure
 * names the one that leads to it.
 */
#include "tests/unit/analyzer/model.h"

#include <stdlib.h>

#define RUNS 4000

static uint64_t seed_now;

static uint64_t number_of(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text ? strtoull(text, NULL, 10) : otherwise;
}

static struct model_totals run_all(uint64_t runs, bool changing)
{
    uint64_t first = number_of("MPTA_MODEL_SEED", 1);
    struct model_totals totals = {0};
    for (uint64_t i = 0; i < runs; i++) {
        seed_now = first + i;
        model_run_seed(seed_now, changing, &totals);
    }
    print_message("%llu runs, %llu packets, %llu octets; %llu of %llu directions understood; %llu "
                  "verdicts, %llu of them wrong, %llu in runs where each is certain; %llu octets "
                  "without a place, %llu placed after DSS had vanished, in %llu runs at once\n",
                  (unsigned long long)runs, (unsigned long long)totals.packets,
                  (unsigned long long)totals.octets, (unsigned long long)totals.understood,
                  (unsigned long long)totals.sides, (unsigned long long)totals.verdicts,
                  (unsigned long long)totals.wrong, (unsigned long long)totals.exact,
                  (unsigned long long)totals.unplaced, (unsigned long long)totals.plain,
                  (unsigned long long)totals.soon);
    return totals;
}

static void the_tracker_agrees_with_the_model(void **state)
{
    (void)state;
    uint64_t runs = number_of("MPTA_MODEL_RUNS", RUNS);
    struct model_totals totals = run_all(runs, false);
    if (runs < RUNS)
        return;
    assert_true(totals.understood > totals.sides / 20 * 19);
    assert_true(totals.exact > totals.verdicts / 2);
    assert_int_equal(totals.wrong, 0);
    assert_true(totals.soon > 0);
}

static void and_where_the_path_changes_octets(void **state)
{
    (void)state;
    uint64_t runs = number_of("MPTA_MODEL_RUNS", RUNS) / 4;
    struct model_totals totals = run_all(runs, true);
    if (runs >= RUNS / 4)
        assert_true(totals.wrong > totals.verdicts / 50);
}

static int name_the_seed(void **state)
{
    (void)state;
    print_message("the last one was MPTA_MODEL_SEED=%llu: %s\n", (unsigned long long)seed_now,
                  model_words());
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(the_tracker_agrees_with_the_model, name_the_seed),
        cmocka_unit_test_teardown(and_where_the_path_changes_octets, name_the_seed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
