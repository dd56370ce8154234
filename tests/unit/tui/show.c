/* SPDX-License-Identifier: BSD-3-Clause */
/* The road of packets, as run.c has it, into a model; and scripts of keys. */
#include "tests/unit/tui/show.h"

#include <stdlib.h>
#include <string.h>

#include "cli/capture_names.h"
#include "cli/message.h"
#include "cli/tui/glyph.h"
#include "cli/utf8.h"

/* ---- Reading -------------------------------------------------------------------------------- */

static void show_observe(void *context, const struct mpta_event *event)
{
    model_event(context, event);
}

static bool show_take(struct show *show, const struct frame *frame)
{
    struct mpta_segment segment;
    struct mpta_fed fed;
    struct report_capture *capture = &show->captures[frame->capture];
    enum mpta_frame found = mpta_frame_dissect(frame->link_type, frame->octets, frame->captured,
                                               frame->wire_len, &segment);
    const struct mpta_packet packet = {
        .place = mpta_place_of(frame->number, frame->time_ns, frame->capture),
        .point = frame->point,
        .interface = frame->interface,
        .segment = &segment,
    };
    capture->frames[found]++;
    if (found != MPTA_FRAME_TCP) {
        return model_frame(&show->model, frame, NULL, NULL);
    }
    bool done = mpta_tracker_feed(show->tracker, &packet, &fed) == MPTA_OK;
    capture->mptcp_packets += fed.mptcp;
    return done && model_frame(&show->model, frame, &segment, &fed);
}

static bool show_open_report(struct show *show)
{
    size_t count = source_capture_count(show->source);
    show->captures = calloc(count, sizeof *show->captures);
    for (size_t i = 0; show->captures != NULL && i < count; i++) {
        show->captures[i].capture = source_capture(show->source, i);
    }
    show->names = show->captures != NULL ? capture_names_make(show->captures, count) : NULL;
    show->report = (struct report){
        .tracker = show->tracker,
        .captures = show->captures,
        .capture_names = show->names,
        .capture_count = count,
    };
    show->model.report = &show->report;
    return show->names != NULL;
}

bool show_start(struct show *show, const char *const *paths, size_t count, size_t packets_limit)
{
    struct mpta_config config = {.observe = show_observe, .interval_ns = 1000000, .locate = true};
    char *error = NULL;
    bool usage;
    *show = (struct show){.paths = paths, .path_count = count};
    config.observe_context = &show->model;
    bool done = model_open(&show->model, packets_limit);
    show->model.process_octets = 32 << 20; /* the same in every run */
    show->source = source_open(paths, count, NULL, &error, &usage);
    if (show->source == NULL) {
        message_print("%s", error != NULL ? error : "not enough memory");
    }
    free(error);
    show->tracker = mpta_tracker_new(&config);
    return done && show->source != NULL && show->tracker != NULL && show_open_report(show);
}

bool show_read(struct show *show, size_t most)
{
    struct frame frame;
    bool done = true;
    for (size_t i = 0; done && i < most; i++) {
        if (source_next(show->source, &frame) != SOURCE_FRAME) {
            done = mpta_tracker_finish(show->tracker) == MPTA_OK;
            model_finish(&show->model);
            return done;
        }
        done = show_take(show, &frame);
    }
    return done;
}

bool show_open(struct show *show, const char *const *paths, size_t count, size_t packets_limit)
{
    return show_start(show, paths, count, packets_limit) && show_read(show, SIZE_MAX);
}

void show_close(struct show *show)
{
    if (show->has_ui) {
        ui_close(&show->ui);
    }
    model_close(&show->model);
    mpta_tracker_free(show->tracker);
    free(show->names);
    free(show->captures);
    source_close(show->source);
}

bool show_begin(struct show *show, bool utf8, int columns, int rows)
{
    const struct ui_settings settings = {
        .utf8 = utf8, .inputs = show->paths, .input_count = show->path_count};
    if (show->has_ui) {
        ui_close(&show->ui);
    }
    show->has_ui = true;
    if (show->model.finished) {
        /* What an earlier screen has looked at is new to this one. */
        model_finish(&show->model);
    }
    return ui_open(&show->ui, &show->model, &settings, columns, rows);
}

/* ---- Keys ----------------------------------------------------------------------------------- */

static bool key_named(const char *name, struct input *input)
{
    size_t count;
    if (strcmp(name, "Ctrl-U") == 0) {
        *input = (struct input){.kind = INPUT_KEY, .key = INPUT_CLEAR};
        return true;
    }
    const struct key_row *rows = key_rows(&count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(rows[i].name, name) == 0) {
            *input = (struct input){.kind = INPUT_KEY, .key = rows[i].key};
            return true;
        }
    }
    return false;
}

static bool input_named(const char *name, struct input *input)
{
    int column, row;
    if (sscanf(name, "Click %d,%d", &column, &row) == 2) {
        *input = (struct input){.kind = INPUT_CLICK, .column = column, .row = row};
    } else if (sscanf(name, "Resize %d,%d", &column, &row) == 2) {
        *input = (struct input){.kind = INPUT_RESIZE, .column = column, .row = row};
    } else if (strcmp(name, "WheelUp") == 0 || strcmp(name, "WheelDown") == 0) {
        input->kind = strcmp(name, "WheelUp") == 0 ? INPUT_WHEEL_UP : INPUT_WHEEL_DOWN;
    } else {
        return key_named(name, input);
    }
    return true;
}

/* Takes the next input off a script. */
static bool script_next(const char **script, struct input *input)
{
    const char *end = **script == '<' ? strchr(*script, '>') : NULL;
    char name[32];
    if (end == NULL) {
        *input = (struct input){.kind = INPUT_KEY, .key = *(*script)++};
        return true;
    }
    snprintf(name, sizeof name, "%.*s", (int)(end - *script - 1), *script + 1);
    *script = end + 1;
    if (!input_named(name, input)) {
        message_print("no such key: <%s>", name);
        return false;
    }
    return true;
}

bool show_press(struct show *show, const char *script)
{
    ui_draw(&show->ui);
    while (*script != '\0') {
        struct input input = {.kind = INPUT_NONE};
        if (!script_next(&script, &input)) {
            return false;
        }
        ui_input(&show->ui, &input);
        ui_draw(&show->ui);
    }
    return true;
}

bool show_would_save(const struct ui *ui, const struct input *input)
{
    return ui->mode == UI_OVERWRITE ||
           (ui->mode == UI_SAVE_PATH && input->kind == INPUT_KEY && input->key == INPUT_ENTER);
}

static bool cell_is_sound(const struct cell *cell)
{
    uint32_t character = 0;
    size_t length = strnlen(cell->text, 4);
    return length > 0 && utf8_decode(cell->text, length, &character) == length &&
           glyph_ascii(character) != '\0' && (cell->style & STYLE_MASK) < STYLE_COUNT;
}

bool show_is_sound(const struct show *show)
{
    const struct grid *grid = &show->ui.grid;
    size_t count = (size_t)grid->columns * (size_t)grid->rows;
    for (size_t i = 0; i < count; i++) {
        if (!cell_is_sound(&grid->cells[i])) {
            return false;
        }
    }
    return true;
}

void show_print(struct show *show, FILE *stream)
{
    grid_print(&show->ui.grid, show->ui.grid.rows, stream);
}
