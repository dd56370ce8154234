/* SPDX-License-Identifier: BSD-3-Clause */
/* Time stamps of every resolution, checked against values worked out by hand. */
#include "cli/source_time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { BINARY = 0x80 };

static const struct {
    const char *words;
    uint64_t units;
    uint8_t resolution;
    int64_t offset_s;
    int64_t expected_ns;
} cases[] = {
    {"seconds",                                         3,                       0,            0,          3000000000         },
    {"milliseconds",                                    1500,                    3,            0,          1500000000         },
    {"microseconds",                                    1700000000123456,        6,            0,          1700000000123456000},
    {"nanoseconds",                                     1700000000123456789,     9,            0,          1700000000123456789},
    {"picoseconds are cut",                             1999,                    12,           0,          1                  },
    {"10^-28: the most significant digit is left",      UINT64_MAX,              28,           0,          1                  },
    {"10^-29: nothing is left",                         UINT64_MAX,              29,           0,          0                  },
    {"10^-127",                                         UINT64_MAX,              127,          0,          0                  },
    {"2^0 is seconds",                                  3,                       BINARY | 0,   0,          3000000000         },
    {"2^-1",                                            3,                       BINARY | 1,   0,          1500000000         },
    {"2^-20 of a second",                               1,                       BINARY | 20,  0,          953                },
    {"2^-31, all but one unit of a second",             0x7fffffff,              BINARY | 31,  0,          999999999          },
    {"2^-32: NTP's fraction",                           0x180000000,             BINARY | 32,  0,          1500000000         },
    {"2^-32, full",                                     UINT64_MAX,              BINARY | 32,  0,          4294967295999999999},
    {"2^-63",                                           UINT64_MAX,              BINARY | 63,  0,          1999999999         },
    {"2^-93: one",                                      UINT64_MAX,              BINARY | 93,  0,          1                  },
    {"2^-94: nothing is left",                          UINT64_MAX,              BINARY | 94,  0,          0                  },
    {"2^-127",                                          UINT64_MAX,              BINARY | 127, 0,          0                  },
    {"too late for 64 bits, decimal",                   UINT64_MAX,              0,            0,          INT64_MAX          },
    {"too late for 64 bits, binary",                    UINT64_MAX,              BINARY | 0,   0,          INT64_MAX          },
    {"too late for 64 bits, and all but 0 modulo 2^64", 18446744074,             BINARY | 0,   0,          INT64_MAX          },
    {"too late for 64 signed bits",                     (uint64_t)INT64_MAX + 1, 9,            0,          INT64_MAX          },
    {"the last that fits",                              INT64_MAX,               9,            0,          INT64_MAX          },
    {"offset",                                          5,                       9,            1700000000, 1700000000000000005},
    {"negative offset",                                 5,                       9,            -2,         -1999999995        },
    {"offset beyond 64 bits",                           5,                       9,            INT64_MAX,  INT64_MAX          },
    {"negative offset beyond 64 bits",                  5,                       9,            INT64_MIN,  INT64_MIN + 5      },
    {"offset that runs over with the time",             INT64_MAX,               9,            1,          INT64_MAX          },
};

static void test_time(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t ns = source_time_ns(cases[i].units, cases[i].resolution, cases[i].offset_s);
        if (ns != cases[i].expected_ns) {
            fail_msg("%s: %lld, not %lld", cases[i].words, (long long)ns,
                     (long long)cases[i].expected_ns);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_time)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
