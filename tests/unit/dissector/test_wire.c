/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The reader and the writer under all others: what they do at the end, and after it.
 */
#include "dissector/wire.h"
#include "tests/unit/dissector/octets.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const uint8_t counting[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

/* Reads `count` octets of a cursor and says why that failed. */
struct read_case {
    const char *words;
    size_t captured;
    size_t left;
    size_t count;
    enum wire_error expected;
};

static const struct read_case read_cases[] = {
    {"all of them",               16, 16, 16,       WIRE_OK   },
    {"none of none",              0,  0,  0,        WIRE_OK   },
    {"none where none captured",  0,  16, 0,        WIRE_OK   },
    {"one too many",              16, 16, 17,       WIRE_SHORT},
    {"one not captured",          15, 16, 16,       WIRE_CUT  },
    {"one neither captured",      15, 16, 17,       WIRE_SHORT},
    {"one of none",               0,  0,  1,        WIRE_SHORT},
    {"one of none captured",      0,  1,  1,        WIRE_CUT  },
    {"more than can be imagined", 16, 16, SIZE_MAX, WIRE_SHORT},
};

static void reads_fail_for_a_reason(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof read_cases / sizeof read_cases[0]; i++) {
        const struct read_case *c = &read_cases[i];
        struct wire wire = wire_of(counting, c->captured, c->left);
        const uint8_t *octets = wire_take(&wire, c->count);
        if (wire.error != c->expected || (octets != NULL) != (c->expected == WIRE_OK)) {
            fail_msg("%s: error %d, expected %d", c->words, (int)wire.error, (int)c->expected);
        }
    }
}

static void numbers_are_in_network_order(void **state)
{
    (void)state;
    struct wire wire = wire_of(counting, sizeof counting, sizeof counting);
    assert_int_equal(wire_peek(&wire), 0x01);
    assert_int_equal(wire_u8(&wire), 0x01);
    assert_int_equal(wire_u16(&wire), 0x0203);
    assert_int_equal(wire_u32(&wire), 0x04050607);
    assert_true(wire_u64(&wire) == 0x08090a0b0c0d0e0f);
    assert_false(wire_is_done(&wire));
    assert_int_equal(wire_u8(&wire), 0x10);
    assert_true(wire_is_done(&wire));
}

/* After a failure nothing is read any more, and the first reason stays. */
static void errors_stick(void **state)
{
    (void)state;
    uint8_t target[4] = {9, 9, 9, 9};
    struct wire wire = wire_of(counting, 2, 3);
    assert_int_equal(wire_u32(&wire), 0);
    assert_int_equal(wire.error, WIRE_SHORT);
    assert_int_equal(wire.captured, 0);
    assert_int_equal(wire.left, 0);
    assert_int_equal(wire_u8(&wire), 0);
    assert_int_equal(wire_peek(&wire), 0);
    assert_int_equal(wire_u16(&wire), 0);
    assert_true(wire_u64(&wire) == 0);
    wire_copy(&wire, target, sizeof target);
    assert_memory_equal(target, "\0\0\0\0", 4);
    assert_int_equal(wire.error, WIRE_SHORT);
    assert_false(wire_is_done(&wire));

    wire = wire_of(counting, 2, 9);
    assert_true(wire_u64(&wire) == 0);
    assert_int_equal(wire_u64(&wire), 0);
    assert_int_equal(wire.error, WIRE_CUT);
}

static void children_see_their_own_octets(void **state)
{
    (void)state;
    struct wire wire = wire_of(counting, 10, 16);
    struct wire child = wire_child(&wire, 4);
    assert_int_equal(wire_u32(&child), 0x01020304);
    assert_int_equal(wire_u8(&child), 0);
    assert_int_equal(child.error, WIRE_SHORT);
    assert_int_equal(wire.error, WIRE_OK);

    child = wire_child(&wire, 8);
    assert_int_equal(child.left, 8);
    assert_int_equal(child.captured, 6);
    assert_int_equal(wire.left, 4);
    assert_int_equal(wire.captured, 0);
    assert_int_equal(wire.error, WIRE_OK);

    child = wire_child(&wire, 5);
    assert_int_equal(child.left, 0);
    assert_int_equal(wire.error, WIRE_SHORT);
}

static void trimming_never_adds(void **state)
{
    (void)state;
    struct wire wire = wire_of(counting, 10, 16);
    wire_trim(&wire, 20);
    assert_int_equal(wire.left, 16);
    wire_trim(&wire, 12);
    assert_int_equal(wire.left, 12);
    assert_int_equal(wire.captured, 10);
    wire_trim(&wire, 1);
    assert_int_equal(wire.captured, 1);
}

static void writers_fill_up(void **state)
{
    (void)state;
    uint8_t *octets = octets_copy(counting, 15);
    struct wire_writer writer = wire_writer_of(octets, 15);
    wire_put_u8(&writer, 0x11);
    wire_put_u16(&writer, 0x2233);
    wire_put_u32(&writer, 0x44556677);
    wire_put_u64(&writer, 0x8899aabbccddeeff);
    assert_false(writer.full);
    assert_memory_equal(octets, "\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff", 15);
    wire_put_copy(&writer, counting, 0);
    assert_false(writer.full);
    wire_put_u8(&writer, 1);
    assert_true(writer.full);
    free(octets);
}

/* What did not fit stays unwritten as a whole, and so does all that comes after it. */
static void full_writers_stay_full(void **state)
{
    (void)state;
    uint8_t *octets = octets_copy(counting, 3);
    struct wire_writer writer = wire_writer_of(octets, 3);
    wire_put_u32(&writer, 0xffffffff);
    wire_put_u8(&writer, 0xff);
    wire_put_copy(&writer, octets, 1);
    assert_true(writer.full);
    assert_int_equal(writer.used, 0);
    assert_memory_equal(octets, counting, 3);
    free(octets);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_fail_for_a_reason),
        cmocka_unit_test(numbers_are_in_network_order),
        cmocka_unit_test(errors_stick),
        cmocka_unit_test(children_see_their_own_octets),
        cmocka_unit_test(trimming_never_adds),
        cmocka_unit_test(writers_fill_up),
        cmocka_unit_test(full_writers_stay_full),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
