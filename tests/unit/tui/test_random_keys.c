/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * 100,000 random keys, clicks and sizes, on several captures: nothing crashes, nothing is drawn
 * outside, and no character that is not known gets onto the screen. What was pressed before a
 * failure follows from the seed, which is the capture's number.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/tui/show.h"

#define KEYS_ALL 100000
#define DRAW_ONE 4 /* of so many inputs one is followed by drawing, as in a fast hand's typing */

static const char *const samples[] = {
    SAMPLES "/hand-over.pcapng",           SAMPLES "/many-connections.pcapng",
    SAMPLES "/forge-join-unlinked.pcapng", SAMPLES "/forge-malformed-lengths.pcapng",
    SAMPLES "/forge-dsn-wrap-64.pcapng",
};
#define SAMPLE_COUNT (sizeof samples / sizeof samples[0])

static uint32_t random_state;

static uint32_t random_below(uint32_t limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state % limit;
}

/* Most screens are of a usual size. */
static struct input random_size(void)
{
    struct input input = {.kind = INPUT_RESIZE};
    uint32_t kind = random_below(20);
    bool small = kind < 10;
    input.column = 1 + (int)random_below(small ? 30 : kind < 19 ? 130 : 1200);
    input.row = 1 + (int)random_below(small ? 12 : kind < 19 ? 40 : 300);
    return input;
}

static int random_key(void)
{
    size_t count;
    const struct key_row *rows = key_rows(&count);
    if (random_below(8) == 0) {
        return ' ' + (int)random_below(95);
    }
    return rows[random_below((uint32_t)count)].key;
}

static struct input random_input(const struct ui *ui)
{
    uint32_t kind = random_below(40);
    if (kind == 0) {
        return random_size();
    }
    if (kind < 4) {
        return (struct input){.kind = INPUT_CLICK,
                              .column = (int)random_below((uint32_t)ui->grid.columns),
                              .row = (int)random_below((uint32_t)ui->grid.rows)};
    }
    if (kind < 6) {
        return (struct input){.kind = kind == 4 ? INPUT_WHEEL_UP : INPUT_WHEEL_DOWN};
    }
    return (struct input){.kind = INPUT_KEY, .key = random_key()};
}

static void press(struct show *show, uint32_t keys)
{
    for (uint32_t i = 0; i < keys; i++) {
        struct input input = random_input(&show->ui);
        if (show_would_save(&show->ui, &input)) {
            input = (struct input){.kind = INPUT_KEY, .key = INPUT_ESCAPE};
        }
        ui_input(&show->ui, &input);
        show->ui.quit = false;
        if (random_below(DRAW_ONE) == 0) {
            ui_draw(&show->ui);
            assert_true(show_is_sound(show));
        }
    }
}

static void random_keys_do_no_harm(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < SAMPLE_COUNT; i++) {
        struct show show;
        random_state = 2463534242U + i;
        assert_true(show_open(&show, &samples[i], 1, i % 2 == 0 ? MODEL_FILE_LIMIT : 8192));
        assert_true(show_begin(&show, i % 2 == 0, 80, 24));
        press(&show, KEYS_ALL / SAMPLE_COUNT);
        show_close(&show);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_keys_do_no_harm)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
