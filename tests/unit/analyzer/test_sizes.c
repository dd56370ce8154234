/* SPDX-License-Identifier: BSD-3-Clause */
/* How long a segment of a direction ever got through: what was sent, what was acknowledged, what is
 * known. */
#include "analyzer/sizes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

#define STEPS 8

static const struct {
    const char *words;
    struct {
        uint64_t end; /* of a segment, or of what is acknowledged where len is 0 */
        uint32_t len;
    } steps[STEPS];
    uint32_t passed;
    bool hints; /* for segments of 1400 */
} cases[] = {
    {"nothing",                                    {{0, 0}},                              0,    false},
    {"a short one got through",                    {{100, 100}, {100, 0}},                100,  true },
    {"not all of it",                              {{100, 100}, {99, 0}},                 0,    false},
    {"a long one after it",                        {{100, 100}, {1500, 1400}, {1500, 0}}, 1400, false},
    {"a long one that waits",                      {{100, 100}, {1500, 1400}, {100, 0}},  100,  true },
    {"a long one, sent anew in two pieces",
     {{1400, 1400}, {700, 700}, {1400, 700}, {700, 0}},
     700,                                                                                       true },
    {"... and acknowledged: by whichever of them",
     {{1400, 1400}, {700, 700}, {1400, 700}, {1400, 0}},
     1400,                                                                                      false},
    {"a shorter one behind says nothing",          {{500, 500}, {600, 100}, {600, 0}},    500,  true },
    {"more than are kept apart",
     {{1, 1}, {3, 2}, {6, 3}, {10, 4}, {15, 5}, {1, 0}, {9, 0}},
     3,                                                                                         true },
    {"... of which the last two are one",
     {{1, 1}, {3, 2}, {6, 3}, {10, 4}, {15, 5}, {10, 0}},
     5,                                                                                         true },
};

static void what_got_through_is_known(void **state)
{
    size_t failures = 0;
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct sizes sizes = {0};
        char hint[SIZES_HINT_MAX];
        for (size_t k = 0; k < STEPS; k++) {
            if (cases[i].steps[k].len > 0)
                assert_true(sizes_sent(&sizes, cases[i].steps[k].end, cases[i].steps[k].len));
            else
                sizes_acked(&sizes, cases[i].steps[k].end);
        }
        sizes_hint(&sizes, 1400, hint);
        if (sizes.passed != cases[i].passed || (hint[0] != '\0') != cases[i].hints) {
            print_message("%s: %u\n", cases[i].words, sizes.passed);
            failures++;
        }
        sizes_hint(&sizes, 500, hint);
        assert_string_equal(hint, "");
        sizes_clear(&sizes);
    }
    assert_int_equal(failures, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_got_through_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
