/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What was packed comes back as it was: bits of any width, and views of any values.
 */
#include "analyzer/analyzer.h"
#include "analyzer/record_layout.h"
#include "tests/unit/analyzer/layout_mask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define ROUNDS          2000
#define VIEW_MAX        1024

static uint64_t chance = 1;

static uint64_t draw(void)
{
    chance ^= chance << 13;
    chance ^= chance >> 7;
    return chance ^= chance << 17;
}

/* Numbers of any length, and those at the ends of lengths. */
static uint64_t draw_number(void)
{
    static const uint64_t edges[] = {
        0, 0, 0, 1, 2, 0xf, 0x10, 0xff, 0x100, 0xffff, INT64_MAX, UINT64_MAX, UINT64_C(1) << 63};
    uint64_t which = draw() % (2 * COUNT_OF(edges));
    return which < COUNT_OF(edges) ? edges[which] : draw() >> draw() % 64;
}

/* ---- Bits ------------------------------------------------------------------------------------ */

static void bits_come_back(void **state)
{
    static uint64_t values[ROUNDS];
    static unsigned widths[ROUNDS];
    struct pack_writer writer = {0};
    (void)state;
    for (size_t i = 0; i < ROUNDS; i++) {
        values[i] = draw_number();
        widths[i] = pack_width(values[i]) + (unsigned)draw() % 3;
        widths[i] = widths[i] > 64 ? 64 : widths[i];
        pack_put_bits(&writer, values[i], widths[i]);
    }
    assert_false(writer.failed);
    struct pack_reader reader = {.words = writer.words};
    for (size_t i = 0; i < ROUNDS; i++)
        assert_int_equal(pack_get_bits(&reader, widths[i]), values[i]);
    assert_int_equal(reader.bits, writer.bits);
    free(writer.words);
}

static void what_was_left_open_is_set_later(void **state)
{
    (void)state;
    struct pack_writer writer = {0};
    pack_put_bits(&writer, 0, 32);
    pack_put_bits(&writer, 0, 32);
    pack_put_bits(&writer, 5, 3);
    pack_set_bits(&writer, 32, 0xfedcba98, 32);
    struct pack_reader reader = {.words = writer.words, .bits = 32};
    assert_int_equal(pack_get_bits(&reader, 32), 0xfedcba98);
    assert_int_equal(pack_get_bits(&reader, 3), 5);
    free(writer.words);
}

/* ---- Views ----------------------------------------------------------------------------------- */

/* clang-format off */
static const struct {
    const char *words;
    const struct pack_layout *layout;
    size_t size;
} views[] = {
    {"place", &record_place, sizeof(struct mpta_place)},
    {"witness", &record_witness, sizeof(struct mpta_witness)},
    {"address", &record_address, sizeof(struct mpta_address_event)},
    {"subflow", &record_subflow, sizeof(struct mpta_subflow)},
    {"connection", &record_connection, sizeof(struct mpta_connection)},
};
/* clang-format on */

/* Any values in all fields; and what is between them is 0. */
static void view_draw(const struct pack_layout *layout, size_t size, unsigned char *view)
{
    unsigned char mask[VIEW_MAX] = {0};
    layout_mask(layout, mask);
    for (size_t i = 0; i < size; i += 8) {
        uint64_t number = draw_number();
        memcpy(view + i, &number, sizeof(number));
    }
    for (size_t i = 0; i < size; i++)
        view[i] &= mask[i];
}

static void views_come_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROUNDS; i++) {
        const struct pack_layout *layout = views[i % COUNT_OF(views)].layout;
        size_t size = views[i % COUNT_OF(views)].size;
        unsigned char view[VIEW_MAX] = {0}, back[VIEW_MAX] = {0};
        struct pack_writer writer = {.near_ns = (int64_t)draw_number()};
        struct pack_reader reader = {.near_ns = writer.near_ns};
        view_draw(layout, size, view);
        pack_put_bits(&writer, 0, (unsigned)i % 64);
        pack_put(&writer, layout, view);
        reader.words = writer.words;
        reader.bits = i % 64;
        pack_get(&reader, layout, back);
        assert_memory_equal(view, back, sizeof(view));
        assert_int_equal(reader.bits, writer.bits);
        free(writer.words);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bits_come_back),
        cmocka_unit_test(what_was_left_open_is_set_later),
        cmocka_unit_test(views_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
