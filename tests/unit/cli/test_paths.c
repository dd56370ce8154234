/* SPDX-License-Identifier: BSD-3-Clause */
/* Rates from sums and times, which may be anything. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/paths.h"

#define SECOND INT64_C(1000000000)

static const struct {
    const char *words;
    uint64_t bytes;
    int64_t first_ns;
    int64_t last_ns;
    bool known;
    uint64_t bps;
} cases[] = {
    {"a byte a second",          1,          SECOND,    2 * SECOND, true,  8    },
    {"half a second",            1000,       0,         SECOND / 2, true,  16000},
    {"nothing",                  0,          0,         SECOND,     false, 0    },
    {"in no time",               1000,       SECOND,    SECOND,     false, 0    },
    {"back in time",             1000,       SECOND,    0,          false, 0    },
    {"all of time",              1000,       INT64_MIN, INT64_MAX,  true,  0    },
    {"more than a number holds", UINT64_MAX, 0,         1,          false, 0    },
};

static void goodput_is_known_where_it_means_something(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint64_t bps = 0;
        bool known = goodput_bps(cases[i].bytes, cases[i].first_ns, cases[i].last_ns, &bps);
        if (known != cases[i].known || bps != cases[i].bps) {
            fail_msg("%s: %d, %llu", cases[i].words, known, (unsigned long long)bps);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(goodput_is_known_where_it_means_something),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
