/* SPDX-License-Identifier: BSD-3-Clause */
/* Drawing into grids: what is cut, what is refused, and what it looks like in ASCII. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/tui/cells.h"
#include "cli/tui/glyph.h"
#include "cli/tui/palette.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* A grid as text, for comparison. */
static char *printed(const struct grid *grid)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    assert_non_null(stream);
    grid_print(grid, grid->rows, stream);
    fclose(stream);
    return text;
}

static void assert_shows(struct grid *grid, const char *words, const char *expected)
{
    char *text = printed(grid);
    if (strcmp(text, expected) != 0) {
        fail_msg("%s:\n%s", words, text);
    }
    free(text);
}

static struct grid grid_new(int columns, int rows, bool utf8)
{
    struct grid grid = {.utf8 = utf8};
    assert_true(grid_resize(&grid, columns, rows));
    grid_clear(&grid);
    return grid;
}

static const struct {
    const char *words;
    int column, row;
    const char *text;
    const char *expected; /* of 6 columns and 2 rows */
} clip_cases[] = {
    {"in the middle",          1,  0,  "abc",      " abc\n\n"  },
    {"cut on the right",       4,  0,  "abc",      "    ab\n\n"},
    {"cut on the left",        -2, 0,  "abc",      "c\n\n"     },
    {"cut on both sides",      -1, 1,  "12345678", "\n234567\n"},
    {"all of it to the right", 6,  0,  "abc",      "\n\n"      },
    {"all of it to the left",  -9, 0,  "abc",      "\n\n"      },
    {"above",                  0,  -1, "abc",      "\n\n"      },
    {"below",                  0,  2,  "abc",      "\n\n"      },
};

static void text_is_cut_at_the_edges(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(clip_cases); i++) {
        struct grid grid = grid_new(6, 2, true);
        int after = area_text(grid_area(&grid), clip_cases[i].column, clip_cases[i].row,
                              STYLE_NORMAL, clip_cases[i].text);
        assert_int_equal(after, clip_cases[i].column + (int)strlen(clip_cases[i].text));
        assert_shows(&grid, clip_cases[i].words, clip_cases[i].expected);
        grid_free(&grid);
    }
}

/* What comes from packets and files is escaped before; this is the last door. */
static const struct {
    const char *words;
    const char *text;
    const char *utf8;
    const char *ascii;
} hostile_cases[] = {
    {"an escape sequence",                    "\033[31mred",              "?[31mred\n",                 "?[31mred\n"},
    {"control characters",                    "a\001\b\r\tb\177",         "a????b?\n",                  "a????b?\n" },
    {"C1 control characters in UTF-8",        "a\302\233b",               "a?b\n",                      "a?b\n"     },
    {"octets that are no UTF-8",              "a\377\300\200b",           "a???b\n",                    "a???b\n"   },
    {"a character that turns the line round", "a\u202eb",                 "a?b\n",                      "a?b\n"     },
    {"a combining character",                 "a\u0301b",                 "a?b\n",                      "a?b\n"     },
    {"a character of two columns",            "a\u4e2db",                 "a?b\n",                      "a?b\n"     },
    {"an arrow and lines",                    "\u2192\u2502\u2500\u2026", "\u2192\u2502\u2500\u2026\n", ">|-~\n"    },
    {"blocks",                                "\u2581\u2584\u2588",       "\u2581\u2584\u2588\n",       "_-#\n"     },
    {"dots of Braille",                       "\u2800\u2801\u28ff",       "\u2800\u2801\u28ff\n",       " .#\n"     },
};

static void nothing_but_known_characters_gets_into_a_cell(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(hostile_cases); i++) {
        for (int utf8 = 0; utf8 <= 1; utf8++) {
            struct grid grid = grid_new(20, 1, utf8);
            area_text(grid_area(&grid), 0, 0, STYLE_NORMAL, hostile_cases[i].text);
            assert_shows(&grid, hostile_cases[i].words,
                         utf8 ? hostile_cases[i].utf8 : hostile_cases[i].ascii);
            grid_free(&grid);
        }
    }
}

static void areas_are_within_areas(void **state)
{
    static const struct {
        int left, columns, top, rows;
        struct area expected;
    } rows[] = {
        {2,  3,  1,  1,  {NULL, 3, 2, 3, 1}},
        {0,  99, 0,  99, {NULL, 1, 1, 8, 4}},
        {9,  1,  9,  1,  {NULL, 9, 5, 0, 0}},
        {-5, 3,  -5, 3,  {NULL, 1, 1, 0, 0}},
        {7,  99, 3,  99, {NULL, 8, 4, 1, 1}},
        {2,  -1, 2,  -1, {NULL, 3, 3, 0, 0}},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct grid grid = grid_new(10, 6, true);
        struct area area = area_columns(area_rows(grid_area(&grid), 1, 4), 1, 8);
        area =
            area_columns(area_rows(area, rows[i].top, rows[i].rows), rows[i].left, rows[i].columns);
        assert_int_equal(area.left, rows[i].expected.left);
        assert_int_equal(area.top, rows[i].expected.top);
        assert_int_equal(area.columns, rows[i].expected.columns);
        assert_int_equal(area.rows, rows[i].expected.rows);
        grid_free(&grid);
    }
}

static void fields_keep_their_width(void **state)
{
    struct grid grid = grid_new(12, 4, true);
    struct area area = grid_area(&grid);
    (void)state;
    area_text(area, 0, 0, STYLE_NORMAL, "............");
    area_field(area, 2, 0, 5, STYLE_NORMAL, "abcdefgh");
    area_field(area, 2, 1, 5, STYLE_NORMAL, "abcde");
    area_field_right(area, 2, 2, 5, STYLE_NORMAL, "abc");
    area_field_right(area, 2, 3, 5, STYLE_NORMAL, "abcdefgh");
    assert_shows(&grid, "fields", "..abcd\u2026.....\n  abcde\n    abc\n  abcd\u2026\n");
    grid_free(&grid);
}

/* Neighbours among subflows differ in their marks, and in colour where there are enough. */
static void subflows_are_told_apart(void **state)
{
    (void)state;
    for (uint32_t a = 0; a < STYLE_SUBFLOWS; a++) {
        for (uint32_t b = 0; b < a; b++) {
            struct paint one = palette_paint(256, style_of_subflow(a));
            struct paint other = palette_paint(256, style_of_subflow(b));
            assert_int_not_equal(one.foreground, other.foreground);
            assert_int_not_equal(glyph_subflow(a), glyph_subflow(b));
            assert_int_not_equal(glyph_ascii(glyph_subflow(a)), glyph_ascii(glyph_subflow(b)));
        }
    }
}

/* Without colours what is selected, tagged or wrong still looks different. */
static void meaning_does_not_rest_on_colour(void **state)
{
    static const uint8_t styles[] = {STYLE_NORMAL, STYLE_ERROR, STYLE_WARNING, STYLE_TITLE};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(styles); i++) {
        struct paint plain = palette_paint(0, styles[i]);
        struct paint selected = palette_paint(0, styles[i] | STYLE_SELECTED);
        assert_int_equal(plain.foreground, -1);
        assert_int_equal(plain.background, -1);
        assert_int_not_equal(plain.reverse, selected.reverse);
        for (size_t j = 0; j < i; j++) {
            struct paint other = palette_paint(0, styles[j]);
            assert_true(plain.bold != other.bold || plain.reverse != other.reverse ||
                        plain.underline != other.underline);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_cut_at_the_edges),
        cmocka_unit_test(nothing_but_known_characters_gets_into_a_cell),
        cmocka_unit_test(areas_are_within_areas),
        cmocka_unit_test(fields_keep_their_width),
        cmocka_unit_test(subflows_are_told_apart),
        cmocka_unit_test(meaning_does_not_rest_on_colour),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
