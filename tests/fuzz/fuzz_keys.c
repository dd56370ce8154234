/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Keys, clicks and sizes on a screen without a terminal, over a capture of a few connections with
 * findings. Two octets are one input, which also says whether to draw; nothing may be drawn but
 * known characters in known styles, and what one run leaves behind is nothing to the next.
 */
#include "tests/fuzz/require.h"
#include "tests/unit/tui/show.h"

static struct input input_of(const struct ui *ui, uint8_t what, uint8_t how)
{
    size_t count;
    const struct key_row *rows = key_rows(&count);
    switch (what % 16) {
    case 0:
        return (struct input){
            .kind = INPUT_RESIZE, .column = 1 + how % 16 * 11, .row = 1 + how / 16 * 4};
    case 1:
        return (struct input){.kind = INPUT_CLICK,
                              .column = how % 16 * ui->grid.columns / 16,
                              .row = how / 16 * ui->grid.rows / 16};
    case 2:
        return (struct input){.kind = how & 1 ? INPUT_WHEEL_UP : INPUT_WHEEL_DOWN};
    case 3:
    case 4:
        return (struct input){.kind = INPUT_KEY, .key = ' ' + how % 95};
    default:
        return (struct input){.kind = INPUT_KEY, .key = rows[how % count].key};
    }
}

/* One capture for all runs: to read it takes longer than to look at it. */
static struct show *show_shared(void)
{
    static const char *const path = SAMPLES "/hand-over.pcapng";
    static struct show show;
    static bool ready;
    if (!ready) {
        require(show_open(&show, &path, 1, MODEL_FILE_LIMIT));
        ready = true;
    }
    return &show;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct show *show = show_shared();
    require(show_begin(show, size % 2 == 0, 80, 24));
    for (size_t i = 0; i + 1 < size; i += 2) {
        struct input input = input_of(&show->ui, data[i], data[i + 1]);
        if (show_would_save(&show->ui, &input)) {
            input = (struct input){.kind = INPUT_KEY, .key = INPUT_ESCAPE};
        }
        ui_input(&show->ui, &input);
        show->ui.quit = false;
        if (data[i] & 0x80) {
            ui_draw(&show->ui);
            require(show_is_sound(show));
        }
    }
    ui_draw(&show->ui);
    require(show_is_sound(show));
    return 0;
}
