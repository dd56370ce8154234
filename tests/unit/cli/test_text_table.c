/* SPDX-License-Identifier: BSD-3-Clause */
/* Words on lines, lines in tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/text_table.h"
#include "cli/text_wrap.h"

#define SIXTY "aaaaaaaaa bbbbbbbbb ccccccccc ddddddddd eeeeeeeee fffffffff"

static const struct {
    const char *words;
    size_t column;
    size_t indent;
    const char *text;
    const char *expected;
} wraps[] = {
    {"nothing",                       0,  0,  "",                   "\n"                   },
    {"one word",                      5,  5,  "word",               "word\n"               },
    {"blanks at both ends",           0,  0,  "  a b  ",            "a b\n"                },
    {"as long as a line",             21, 4,  SIXTY,                SIXTY "\n"             },
    {"one too long",                  22, 4,  SIXTY,
     "aaaaaaaaa bbbbbbbbb ccccccccc ddddddddd eeeeeeeee\n    "
     "fffffffff\n"                                                                         },
    {"a word longer than its line",   70, 70, "0123456789abcdef x",
     "0123456789abcdef\n"
     "                            "
     "                            "
     "              x\n"                                                                   },
    {"the cursor beyond the line",    90, 2,  "a b",                "a\n  b\n"             },
    {"a number stays with its unit",  74, 0,  "in 12 ms",           "in\n12 ms\n"          },
    {"where it can",                  76, 0,  "12 ms",              "12\nms\n"             },
    {"a number at the end is a word", 77, 0,  "ab 1 ",              "ab\n1\n"              },
    {"numbers and nothing else",      77, 0,  "1 2 3",              "1 2\n3\n"             },
    {"an arrow is one column wide",   76, 0,  "a \xe2\x86\x92 b c", "a \xe2\x86\x92\nb c\n"},
};

static void words_wrap_as_the_table_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wraps / sizeof wraps[0]; i++) {
        char *text = NULL;
        size_t size = 0;
        FILE *stream = open_memstream(&text, &size);
        text_wrap(stream, wraps[i].column, wraps[i].indent, wraps[i].text);
        fclose(stream);
        if (strcmp(text, wraps[i].expected) != 0) {
            fail_msg("%s:\n%s", wraps[i].words, text);
        }
        free(text);
    }
}

/* A table of three columns with the elastic one in the middle; the context is the middle cells. */
static void row_fill(const void *context, size_t index, struct table_row *row)
{
    const char *const *middles = context;
    snprintf(row->cells[0], TABLE_CELL_MAX, "%zu", index);
    snprintf(row->cells[1], TABLE_CELL_MAX, "%s", middles[index]);
    snprintf(row->cells[2], TABLE_CELL_MAX, "%zu0 B", index);
}

static char *table_text(const char *const *middles, size_t count)
{
    static const struct table_column columns[] = {
        {"#",      true },
        {"middle", false},
        {"bytes",  true }
    };
    const struct table table = {
        .columns = columns, .column_count = 3, .elastic = 1, .indent = 2, .fill = row_fill};
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    table_write(stream, &table, middles, count);
    fclose(stream);
    return text;
}

static void columns_take_what_they_need(void **state)
{
    static const char *const middles[] = {"a", "longer than that", "x \xe2\x86\x92 y"};
    (void)state;
    char *text = table_text(middles, 3);
    assert_string_equal(text, "  #  middle            bytes\n"
                              "  0  a                  00 B\n"
                              "  1  longer than that   10 B\n"
                              "  2  x \xe2\x86\x92 y              20 B\n");
    free(text);
}

static void the_elastic_column_breaks_between_words(void **state)
{
    static const char *const middles[] = {SIXTY " g hhhhhhhhhhh", "short"};
    (void)state;
    char *text = table_text(middles, 2);
    assert_string_equal(
        text, "  #  middle                                                                bytes\n"
              "  0  aaaaaaaaa bbbbbbbbb ccccccccc ddddddddd eeeeeeeee fffffffff g          00 B\n"
              "     hhhhhhhhhhh\n"
              "  1  short                                                                  10 B\n");
    free(text);
}

#define LONG_WORD                                                                                  \
    "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890"

static void a_word_wider_than_its_column_stands_alone(void **state)
{
    static const char *const middles[] = {LONG_WORD, LONG_WORD " end"};
    (void)state;
    char *text = table_text(middles, 2);
    assert_string_equal(
        text, "  #  middle                                                                bytes\n"
              "  0  " LONG_WORD "\n"
              "                                                                            00 B\n"
              "  1  " LONG_WORD "\n"
              "     end                                                                    10 B\n");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_wrap_as_the_table_says),
        cmocka_unit_test(columns_take_what_they_need),
        cmocka_unit_test(the_elastic_column_breaks_between_words),
        cmocka_unit_test(a_word_wider_than_its_column_stands_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
