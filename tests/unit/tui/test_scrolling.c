/* SPDX-License-Identifier: BSD-3-Clause */
/* The arithmetic behind the screen: lists, time on columns, sums over time, lines of input. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/tui/course.h"
#include "cli/tui/filter.h"
#include "cli/tui/input.h"
#include "cli/tui/list.h"
#include "cli/tui/prompt.h"
#include "cli/tui/timeline.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* ---- Lists ---------------------------------------------------------------------------------- */

/* Every case begins in the middle of 100 rows, of which 10 are visible. */
static const struct {
    const char *words;
    enum command command;
    size_t cursor, top;
} list_cases[] = {
    {"up",                               COMMAND_UP,        49, 45},
    {"down",                             COMMAND_DOWN,      51, 45},
    {"a page up takes the window along", COMMAND_PAGE_UP,   41, 36},
    {"a page down, too",                 COMMAND_PAGE_DOWN, 59, 54},
    {"the first row",                    COMMAND_HOME,      0,  0 },
    {"the last row",                     COMMAND_END,       99, 90},
    {"following",                        COMMAND_FOLLOW,    99, 90},
};

static void commands_move_the_cursor(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(list_cases); i++) {
        struct list list = {.cursor = 50, .top = 45};
        list_fit(&list, 100, 10);
        assert_true(list_command(&list, list_cases[i].command));
        if (list.cursor != list_cases[i].cursor || list.top != list_cases[i].top) {
            fail_msg("%s: %zu from %zu on", list_cases[i].words, list.cursor, list.top);
        }
    }
}

static void a_list_that_follows_stays_at_its_end(void **state)
{
    struct list list = {.follow = true};
    (void)state;
    list_fit(&list, 5, 10);
    assert_int_equal(list.cursor, 4);
    list_fit(&list, 50, 10);
    assert_int_equal(list.cursor, 49);
    list_command(&list, COMMAND_UP);
    list_fit(&list, 60, 10);
    assert_int_equal(list.cursor, 48);
}

/* Whatever happens, the cursor is on a row, and visible. */
static void the_cursor_is_always_visible(void **state)
{
    struct list list = {.count = 0};
    unsigned random = 1;
    (void)state;
    for (int i = 0; i < 20000; i++) {
        random = random * 1103515245 + 12345;
        unsigned value = random >> 16;
        if (value % 5 == 0) {
            list_fit(&list, value / 5 % 40, value / 200 % 12);
        } else {
            list_command(&list, (enum command)(COMMAND_UP + value / 5 % 8));
        }
        size_t height = list.height > 0 ? list.height : 1;
        assert_true(list.cursor < list.count || list.cursor == 0);
        assert_true(list.top <= list.cursor && list.cursor < list.top + height);
        assert_true(list.top == 0 || list.top + height <= list.count);
    }
}

/* ---- Time ----------------------------------------------------------------------------------- */

static const struct {
    const char *words;
    int64_t begin_ns, end_ns;
    int columns;
} timeline_cases[] = {
    {"a second",                 0,             1000000000, 80 },
    {"a moment",                 17,            17,         80 },
    {"times in the wrong order", 1000,          10,         40 },
    {"less time than columns",   0,             7,          100},
    {"one column",               0,             1000000,    1  },
    {"no column",                0,             1000000,    0  },
    {"all the time there is",    INT64_MIN,     INT64_MAX,  80 },
    {"the end of time",          INT64_MAX - 5, INT64_MAX,  80 },
    {"the last moment of time",  INT64_MAX,     INT64_MAX,  80 },
};

/* Wherever one moves and zooms, the cursor stays on the screen, and columns are in order. */
static void the_cursor_stays_within_time(void **state)
{
    static const enum command commands[] = {
        COMMAND_ZOOM_IN, COMMAND_RIGHT, COMMAND_RIGHT, COMMAND_ZOOM_IN,  COMMAND_END,
        COMMAND_LEFT,    COMMAND_HOME,  COMMAND_LEFT,  COMMAND_ZOOM_OUT, COMMAND_FOLLOW,
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(timeline_cases); i++) {
        struct timeline timeline = {.zoom = 0};
        for (size_t j = 0; j < 40; j++) {
            timeline_fit(&timeline, timeline_cases[i].begin_ns, timeline_cases[i].end_ns,
                         timeline_cases[i].columns, j % 3 == 0);
            int column = timeline_cursor_column(&timeline);
            assert_true(column >= 0 && column < timeline.columns);
            assert_true(timeline_time(&timeline, 0) <= timeline_time(&timeline, timeline.columns));
            assert_true(timeline_time(&timeline, 0) <= timeline_cursor_time(&timeline));
            timeline_command(&timeline, commands[j % COUNT_OF(commands)]);
            timeline_go(&timeline, (int)j);
        }
    }
}

static void times_and_columns_belong_together(void **state)
{
    struct timeline timeline = {.zoom = 0};
    (void)state;
    timeline_fit(&timeline, 1000, 8999, 80, false);
    assert_int_equal(timeline_column(&timeline, 999), -1);
    assert_int_equal(timeline_column(&timeline, 1000), 0);
    assert_int_equal(timeline_column(&timeline, 1100), 1);
    assert_int_equal(timeline_column(&timeline, 8999), 79);
    assert_int_equal(timeline_column(&timeline, 9000), 80);
    assert_int_equal(timeline_time(&timeline, 40), 5000);
    timeline_go(&timeline, 40);
    assert_int_equal(timeline_cursor_column(&timeline), 40);
    timeline_command(&timeline, COMMAND_ZOOM_IN);
    assert_int_equal(timeline.span_ns, 4000);
    assert_int_equal(timeline_cursor_column(&timeline), 40);
}

/* ---- Sums over time ------------------------------------------------------------------------- */

#define MS INT64_C(1000000)

static const struct {
    const char *words;
    int64_t times_ns[6]; /* ends at a second 0 */
    size_t length;
    uint64_t sum;
} course_cases[] = {
    {"within the first steps",    {1000 * MS, 1001 * MS, 1015 * MS}, 16, 300},
    {"longer steps",              {1000 * MS, 1016 * MS},            9,  200},
    {"much longer steps",         {1000 * MS, 1000000 * MS},         16, 200},
    {"older than the begin",      {1000 * MS, 5 * MS},               1,  200},
    {"the longest time there is", {INT64_MIN, INT64_MAX, INT64_MAX}, 16, 300},
};

static void sums_over_time_keep_their_sum(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(course_cases); i++) {
        struct course course = {.step_ns = 0};
        uint64_t sum = 0;
        for (size_t j = 0; course_cases[i].times_ns[j] != 0; j++) {
            course_add(&course, course_cases[i].times_ns[j], 100);
        }
        for (size_t j = 0; j < COURSE_STEPS; j++) {
            sum += course.steps[j];
        }
        if (sum != course_cases[i].sum) {
            fail_msg("%s: sum %llu", course_cases[i].words, (unsigned long long)sum);
        }
        assert_true(course_length(&course) <= course_cases[i].length);
        assert_true(course_length(&course) > 0);
    }
}

static void levels_are_shares_of_the_highest(void **state)
{
    struct course course = {.step_ns = 0};
    unsigned char levels[8];
    (void)state;
    course_levels(&course, 8, levels);
    assert_int_equal(levels[0], 0);
    course_add(&course, 1000, 800);
    course_add(&course, 1000 + MS, 1);
    course_add(&course, 1000 + 3 * MS, 400);
    course_levels(&course, 4, levels);
    assert_int_equal(levels[0], 8);
    assert_int_equal(levels[1], 1); /* little is not nothing */
    assert_int_equal(levels[2], 0);
    assert_int_equal(levels[3], 4);
}

/* ---- What the user writes ------------------------------------------------------------------- */

static const struct {
    const char *words;
    int keys[12];
    const char *text;
    size_t cursor;
} prompt_cases[] = {
    {"letters",                          {'a', 'b', 'c'},                                         "abc", 3},
    {"a letter in the middle",           {'a', 'c', INPUT_LEFT, 'b'},                             "abc", 2},
    {"the last one taken back",          {'a', 'b', INPUT_BACKSPACE},                             "a",   1},
    {"nothing to take back",             {INPUT_BACKSPACE, 'a'},                                  "a",   1},
    {"the one under the cursor",         {'a', 'b', INPUT_HOME, INPUT_DELETE},                    "b",   0},
    {"nothing under the cursor",         {'a', INPUT_DELETE},                                     "a",   1},
    {"no further than the ends",         {'a', INPUT_LEFT, INPUT_LEFT, INPUT_RIGHT, INPUT_RIGHT}, "a",   1},
    {"all of it taken back",             {'a', 'b', INPUT_CLEAR, 'c'},                            "c",   1},
    {"what is no letter is passed over", {'a', 200, INPUT_F1, 1, 'b'},                            "ab",  2},
};

static void a_line_is_edited(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(prompt_cases); i++) {
        struct prompt prompt = {0};
        prompt_start(&prompt, "");
        for (size_t j = 0; prompt_cases[i].keys[j] != 0; j++) {
            assert_int_equal(prompt_key(&prompt, prompt_cases[i].keys[j]), PROMPT_EDITED);
        }
        if (strcmp(prompt.text, prompt_cases[i].text) != 0 ||
            prompt.cursor != prompt_cases[i].cursor) {
            fail_msg("%s: '%s', %zu", prompt_cases[i].words, prompt.text, prompt.cursor);
        }
    }
}

static void a_line_has_an_end(void **state)
{
    struct prompt prompt = {0};
    (void)state;
    prompt_start(&prompt, "");
    for (int i = 0; i < 2 * PROMPT_MAX; i++) {
        prompt_key(&prompt, 'x');
    }
    assert_int_equal(prompt.length, PROMPT_MAX - 1);
    assert_int_equal(strlen(prompt.text), PROMPT_MAX - 1);
    assert_int_equal(prompt_key(&prompt, INPUT_ENTER), PROMPT_DONE);
    assert_int_equal(prompt_key(&prompt, INPUT_ESCAPE), PROMPT_LEFT);
}

static const struct {
    const char *filter;
    const char *text;
    bool passes;
} filter_cases[] = {
    {"",            "anything",     true },
    {"   ",         "anything",     true },
    {"open",        "0 open v1",    true },
    {"OPEN",        "0 open v1",    true },
    {"closed",      "0 open v1",    false},
    {"open v1",     "0 open v1",    true },
    {"open v0",     "0 open v1",    false},
    {"!closed",     "0 open v1",    true },
    {"!open",       "0 open v1",    false},
    {"open !error", "0 open error", false},
    {"!",           "what a word!", true },
    {"!",           "no such word", false},
};

static void filters_take_words_together(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(filter_cases); i++) {
        if (filter_passes(filter_cases[i].filter, filter_cases[i].text) != filter_cases[i].passes) {
            fail_msg("'%s' on '%s'", filter_cases[i].filter, filter_cases[i].text);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_move_the_cursor),
        cmocka_unit_test(a_list_that_follows_stays_at_its_end),
        cmocka_unit_test(the_cursor_is_always_visible),
        cmocka_unit_test(the_cursor_stays_within_time),
        cmocka_unit_test(times_and_columns_belong_together),
        cmocka_unit_test(sums_over_time_keep_their_sum),
        cmocka_unit_test(levels_are_shares_of_the_highest),
        cmocka_unit_test(a_line_is_edited),
        cmocka_unit_test(a_line_has_an_end),
        cmocka_unit_test(filters_take_words_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
