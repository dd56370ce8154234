/* SPDX-License-Identifier: BSD-3-Clause */
/* Counts in words. */
#include "analyzer/amount.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct {
    uint64_t count;
    const char *unit;
    const char *words;
    const char *verb;
} cases[] = {
    {0,          "byte",      "0 bytes",                         "were"},
    {1,          "byte",      "1 byte",                          "was" },
    {2,          "byte",      "2 bytes",                         "were"},
    {UINT64_MAX, "hand-over", "18446744073709551615 hand-overs", "were"},
};

static void counts_agree_with_their_units(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_string_equal(amount_of(cases[i].count, cases[i].unit).text, cases[i].words);
        assert_string_equal(amount_was(cases[i].count), cases[i].verb);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_agree_with_their_units),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
