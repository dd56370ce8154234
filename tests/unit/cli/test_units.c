/* SPDX-License-Identifier: BSD-3-Clause */
/* Sizes, durations and times as text. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "cli/units.h"

#define MS INT64_C(1000000)
#define S  INT64_C(1000000000)

static const struct {
    uint64_t bytes;
    const char *expected;
} sizes[] = {
    {0,                 "0 B"     },
    {999,               "999 B"   },
    {1023,              "1023 B"  },
    {1024,              "1.00 KiB"},
    {1536,              "1.50 KiB"},
    {10230,             "9.99 KiB"},
    {10236,             "10.0 KiB"},
    {102348,            "99.9 KiB"},
    {102400,            "100 KiB" },
    {1047552,           "1023 KiB"},
    {1048063,           "1023 KiB"},
    {1048064,           "1.00 MiB"}, /* would round to 1024 KiB */
    {UINT64_C(1) << 30, "1.00 GiB"},
    {UINT64_C(1) << 40, "1.00 TiB"},
    {UINT64_MAX,        "16.0 EiB"},
};

static void sizes_are_as_the_table_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        char text[UNITS_TEXT_MAX];
        units_bytes(sizes[i].bytes, text);
        assert_string_equal(text, sizes[i].expected);
        assert_true(strlen(text) <= 8);
    }
}

static const struct {
    uint64_t number;
    const char *scaled;
    const char *rate;
} numbers[] = {
    {0,          "0",     "0 bit/s"    },
    {999,        "999",   "999 bit/s"  },
    {1000,       "1.00k", "1.00 kbit/s"},
    {1500,       "1.50k", "1.50 kbit/s"},
    {99949,      "99.9k", "99.9 kbit/s"},
    {999499,     "999k",  "999 kbit/s" },
    {999500,     "1.00M", "1.00 Mbit/s"}, /* would round to 1000k */
    {12345678,   "12.3M", "12.3 Mbit/s"},
    {UINT64_MAX, "18.4E", "18.4 Ebit/s"},
};

static void numbers_are_as_the_table_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        char text[UNITS_TEXT_MAX];
        units_scaled(numbers[i].number, text);
        assert_string_equal(text, numbers[i].scaled);
        units_rate(numbers[i].number, text);
        assert_string_equal(text, numbers[i].rate);
    }
}

static const struct {
    int64_t duration_ns;
    const char *humane;
    const char *exact;
} durations[] = {
    {0,                "0.000 ms",      "0.000000000"          },
    {1,                "0.000 ms",      "0.000000001"          },
    {123456,           "0.123 ms",      "0.000123456"          },
    {MS,               "1.00 ms",       "0.001000000"          },
    {12345678,         "12.3 ms",       "0.012345678"          },
    {300 * MS,         "300 ms",        "0.300000000"          },
    {999 * MS,         "999 ms",        "0.999000000"          },
    {999500000,        "1.00 s",        "0.999500000"          },
    {S,                "1.00 s",        "1.000000000"          },
    {59 * S,           "59.0 s",        "59.000000000"         },
    {60 * S - 50 * MS, "1 min 00 s",    "59.950000000"         },
    {125 * S,          "2 min 05 s",    "125.000000000"        },
    {3600 * S,         "1 h 00 min",    "3600.000000000"       },
    {86399 * S,        "23 h 59 min",   "86399.000000000"      },
    {76 * 3600 * S,    "3 d 04 h",      "273600.000000000"     },
    {INT64_MAX,        "106751 d 23 h", "9223372036.854775807" },
    {-1,               "0.000 ms",      "-0.000000001"         },
    {-S - 1,           "0.000 ms",      "-1.000000001"         },
    {INT64_MIN,        "0.000 ms",      "-9223372036.854775808"},
};

static void durations_are_as_the_table_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof durations / sizeof durations[0]; i++) {
        char text[UNITS_TEXT_MAX];
        units_duration(durations[i].duration_ns, text);
        assert_string_equal(text, durations[i].humane);
        units_seconds(durations[i].duration_ns, text);
        assert_string_equal(text, durations[i].exact);
    }
}

static const struct {
    int64_t time_ns;
    const char *rfc3339;
    const char *humane;
} times[] = {
    {0,                          "1970-01-01T00:00:00.000000000Z", "1970-01-01 00:00:00.000000 UTC"},
    {1709208000 * S + 123456789, "2024-02-29T12:00:00.123456789Z",
     "2024-02-29 12:00:00.123456 UTC"                                                              },
    {-1,                         "1969-12-31T23:59:59.999999999Z", "1969-12-31 23:59:59.999999 UTC"},
    {-S,                         "1969-12-31T23:59:59.000000000Z", "1969-12-31 23:59:59.000000 UTC"},
    {INT64_MAX,                  "2262-04-11T23:47:16.854775807Z", "2262-04-11 23:47:16.854775 UTC"},
    {INT64_MIN,                  "1677-09-21T00:12:43.145224192Z", "1677-09-21 00:12:43.145224 UTC"},
};

static void times_are_as_the_table_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        char text[UNITS_TEXT_MAX];
        units_time_rfc3339(times[i].time_ns, text);
        assert_string_equal(text, times[i].rfc3339);
        units_time_human(times[i].time_ns, text);
        assert_string_equal(text, times[i].humane);
    }
}

/* Every day that there is, at a second of its own, as the C library has it. */
static void dates_are_those_of_the_calendar(void **state)
{
    (void)state;
    for (int64_t day = -106751; day <= 106750; day++) {
        char text[UNITS_TEXT_MAX], expected[UNITS_TEXT_MAX];
        time_t second = day * 86400 + (day + 106751) % 86400;
        struct tm calendar;
        gmtime_r(&second, &calendar);
        strftime(expected, sizeof expected, "%Y-%m-%dT%H:%M:%S.000000001Z", &calendar);
        assert_int_equal(units_time_rfc3339(second * S + 1, text), strlen(expected));
        assert_string_equal(text, expected);
    }
}

static void assert_ratio_is_printf_s(double value)
{
    char text[UNITS_RATIO_MAX], expected[UNITS_RATIO_MAX];
    snprintf(expected, sizeof expected, "%.4f", value);
    assert_int_equal(units_ratio(value, text), strlen(expected));
    assert_string_equal(text, expected);
}

static void ratios_are_rounded_as_printf_does(void **state)
{
    static const double values[] = {
        0,
        -0.0,
        1,
        0.5,
        -0.5,
        1.0 / 3,
        2.0 / 3,
        0.99995,
        0.99994999999999,
        0.03125,   /* 312.5: to the even 312 */
        0.09375,   /* 937.5: to the even 938 */
        0.00005,   /* not quite half */
        0x1p-14,   /* 0.61 of the last digit */
        0x1p-15,   /* 0.31 of it */
        0x1p-1074, /* the least of all */
        0x1p47,
        0x1.fffffffffffffp47,
        0x1p48,
        0x1p63,
        1e300,
        -1e300,
    };
    uint64_t bits = 1;
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        assert_ratio_is_printf_s(values[i]);
    }
    for (uint64_t part = 1; part <= 300; part++) {
        for (uint64_t whole = 1; whole <= 300; whole++) {
            assert_ratio_is_printf_s((double)part / (double)whole);
        }
    }
    for (int i = 0; i < 100000; i++) {
        bits = bits * UINT64_C(6364136223846793005) + 1;
        assert_ratio_is_printf_s(ldexp((double)(bits >> 11), i % 128 - 116));
    }
}

static void durations_between_far_times_do_not_overflow(void **state)
{
    (void)state;
    assert_int_equal(units_between(5, 3), -2);
    assert_true(units_between(INT64_MIN, INT64_MAX) == INT64_MAX);
    assert_true(units_between(INT64_MAX, INT64_MIN) == INT64_MIN);
}

static void milliseconds_have_three_digits(void **state)
{
    static const struct {
        int64_t duration_ns;
        const char *expected;
    } cases[] = {
        {45000,     "0.04"},
        {1230000,   "1.23"},
        {12340000,  "12.3"},
        {1234 * MS, "1234"},
        {0,         "0.00"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[UNITS_TEXT_MAX];
        units_milliseconds(cases[i].duration_ns, text);
        assert_string_equal(text, cases[i].expected);
    }
}

static void counts_agree_with_their_nouns(void **state)
{
    char text[UNITS_TEXT_MAX];
    (void)state;
    units_count(1, "packet", "packets", text, sizeof text);
    assert_string_equal(text, "1 packet");
    units_count(0, "packet", "packets", text, sizeof text);
    assert_string_equal(text, "0 packets");
}

static const struct {
    const char *text;
    bool good;
    int64_t duration_ns;
} seconds[] = {
    {"0",                   true,  0                          },
    {"1",                   true,  1000000000                 },
    {"0.1",                 true,  100000000                  },
    {"00.250",              true,  250000000                  },
    {"3600",                true,  INT64_C(3600000000000)     },
    {"0.000000001",         true,  1                          },
    {"999999999.999999999", true,  INT64_C(999999999999999999)},
    {"",                    false, 0                          },
    {"1.",                  false, 0                          },
    {".5",                  false, 0                          },
    {"-1",                  false, 0                          },
    {"+1",                  false, 0                          },
    {" 1",                  false, 0                          },
    {"1 ",                  false, 0                          },
    {"1,5",                 false, 0                          },
    {"1e3",                 false, 0                          },
    {"0x1",                 false, 0                          },
    {"1.5.5",               false, 0                          },
    {"nan",                 false, 0                          },
    {"1234567890",          false, 0                          },
    {"0.1234567890",        false, 0                          },
};

static void seconds_are_read_exactly_or_not_at_all(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof seconds / sizeof seconds[0]; i++) {
        int64_t duration_ns = 0;
        bool good = units_seconds_parse(seconds[i].text, &duration_ns);
        if (good != seconds[i].good || (good && duration_ns != seconds[i].duration_ns)) {
            fail_msg("\"%s\": %d, %lld", seconds[i].text, good, (long long)duration_ns);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_are_as_the_table_says),
        cmocka_unit_test(numbers_are_as_the_table_says),
        cmocka_unit_test(durations_are_as_the_table_says),
        cmocka_unit_test(times_are_as_the_table_says),
        cmocka_unit_test(dates_are_those_of_the_calendar),
        cmocka_unit_test(ratios_are_rounded_as_printf_does),
        cmocka_unit_test(durations_between_far_times_do_not_overflow),
        cmocka_unit_test(seconds_are_read_exactly_or_not_at_all),
        cmocka_unit_test(milliseconds_have_three_digits),
        cmocka_unit_test(counts_agree_with_their_nouns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
