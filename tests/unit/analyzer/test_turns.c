/* SPDX-License-Identifier: BSD-3-Clause */
/* Ids that wait for their turn: in which order they come, when, and who goes on waiting. */
#include "analyzer/turns.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define WAIT_NS 100

static void assert_next(struct turns *turns, int64_t now_ns, uint32_t wanted)
{
    uint32_t id;
    assert_true(turns_next(turns, now_ns, WAIT_NS, &id));
    assert_int_equal(id, wanted);
}

static void assert_nobody(struct turns *turns, int64_t now_ns)
{
    uint32_t id;
    assert_false(turns_next(turns, now_ns, WAIT_NS, &id));
}

static void who_came_first_is_the_next_one(void **state)
{
    struct turns turns = {0};
    (void)state;
    assert_nobody(&turns, WAIT_NS + 1);
    for (uint32_t i = 0; i < 1000; i++) /* the ring grows, with its first one anywhere */
        turns_add(&turns, i, i);
    for (uint32_t i = 0; i < 500; i++)
        assert_next(&turns, 500 + WAIT_NS, i);
    assert_nobody(&turns, 500 + WAIT_NS);
    for (uint32_t i = 1000; i < 3000; i++)
        turns_add(&turns, i, i);
    for (uint32_t i = 500; i < 3000; i++)
        assert_next(&turns, 3000 + WAIT_NS, i);
    assert_nobody(&turns, 3000 + WAIT_NS);
    turns_clear(&turns);
}

static void a_time_that_is_far_off_keeps_nobody_waiting(void **state)
{
    struct turns turns = {0};
    (void)state;
    turns_add(&turns, INT64_MAX, 1);
    turns_add(&turns, 0, 2);
    turns_add(&turns, 150, 3);
    assert_next(&turns, 200, 1);
    assert_next(&turns, 200, 2);
    assert_nobody(&turns, 200);
    turns_clear(&turns);
}

static bool is_even(const void *context, uint32_t id)
{
    (void)context;
    return id % 2 == 0;
}

static void those_who_left_are_dropped(void **state)
{
    struct turns turns = {0};
    (void)state;
    for (uint32_t i = 0; i < 64; i++)
        turns_add(&turns, 0, i);
    for (uint32_t i = 0; i < 40; i++)
        assert_next(&turns, WAIT_NS + 1, i);
    for (uint32_t i = 64; i < 100; i++) /* around the end of the ring */
        turns_add(&turns, 0, i);
    turns_keep(&turns, is_even, NULL);
    assert_int_equal(turns.count, 30);
    for (uint32_t i = 40; i < 100; i += 2)
        assert_next(&turns, WAIT_NS + 1, i);
    assert_nobody(&turns, WAIT_NS + 1);
    turns_clear(&turns);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_came_first_is_the_next_one),
        cmocka_unit_test(a_time_that_is_far_off_keeps_nobody_waiting),
        cmocka_unit_test(those_who_left_are_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
