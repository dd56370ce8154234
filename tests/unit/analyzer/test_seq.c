/* SPDX-License-Identifier: BSD-3-Clause */
/* 32-bit numbers become the 64-bit number nearest to one known, across wraps in both ways. */
#include "analyzer/elapsed.h"
#include "analyzer/seq.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

struct extend_case {
    const char *words;
    uint32_t low;
    uint64_t near;
    uint64_t expected;
};

/* clang-format off */
static const struct extend_case extend_cases[] = {
    {"the same", 5, UINT64_C(0x100000005), UINT64_C(0x100000005)},
    {"a little above", 6, UINT64_C(0x100000005), UINT64_C(0x100000006)},
    {"a little below", 4, UINT64_C(0x100000005), UINT64_C(0x100000004)},
    {"above, past a wrap", 0x00000003, UINT64_C(0x1fffffff0), UINT64_C(0x200000003)},
    {"below, past a wrap", 0xfffffff0, UINT64_C(0x200000003), UINT64_C(0x1fffffff0)},
    {"as far above as can be", 0x80000004, UINT64_C(0x100000005), UINT64_C(0x180000004)},
    {"as far below as can be", 0x80000005, UINT64_C(0x100000005), UINT64_C(0x080000005)},
    {"zero above all ones", 0, UINT64_C(0x1ffffffff), UINT64_C(0x200000000)},
    {"all ones below zero", 0xffffffff, UINT64_C(0x200000000), UINT64_C(0x1ffffffff)},
    {"after many wraps", 0x12345678, UINT64_C(0xabcdef00fffffff0), UINT64_C(0xabcdef0112345678)},
    {"before the first number of a space", 0xfffffffe, SEQ_EPOCH, UINT64_C(0xfffffffe)},
};
/* clang-format on */

static void a_number_becomes_the_nearest_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(extend_cases); i++) {
        const struct extend_case *c = &extend_cases[i];
        uint64_t extended = seq_extend(c->low, c->near);
        if (extended != c->expected)
            fail_msg("%s: 0x%llx", c->words, (unsigned long long)extended);
    }
}

/* Three times around, up and down again, in steps that fall on no boundary. */
static void a_walk_around_comes_back(void **state)
{
    (void)state;
    const uint64_t step = 0x3fffffd;
    const uint64_t first = seq_first(0xfffffff0);
    uint64_t position = first;
    for (int i = 0; i < 200; i++) {
        uint64_t next = seq_extend((uint32_t)(position + step), position);
        assert_true(next == position + step);
        position = next;
    }
    for (int i = 0; i < 200; i++)
        position = seq_extend((uint32_t)(position - step), position);
    assert_true(position == first);
}

struct elapsed_case {
    const char *words;
    int64_t earlier, later, expected;
};

/* clang-format off */
static const struct elapsed_case elapsed_cases[] = {
    {"forward", 3, 10, 7},
    {"backward", 10, 3, -7},
    {"from below zero", -3, 4, 7},
    {"too far forward", INT64_MIN, INT64_MAX, INT64_MAX},
    {"too far backward", INT64_MAX, INT64_MIN, INT64_MIN},
    {"just not too far", INT64_MIN, -1, INT64_MAX},
};
/* clang-format on */

static void a_difference_of_times_stays_in_range(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(elapsed_cases); i++) {
        const struct elapsed_case *c = &elapsed_cases[i];
        if (elapsed_ns(c->earlier, c->later) != c->expected)
            fail_msg("%s", c->words);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_becomes_the_nearest_one),
        cmocka_unit_test(a_walk_around_comes_back),
        cmocka_unit_test(a_difference_of_times_stays_in_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
