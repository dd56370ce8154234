/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A screen without a terminal: a capture is read, keys are pressed, the picture is text. Keys are
 * written as one types them, those with names in angle brackets: "2<Down><F5>/join<Enter>"; and
 * "<Click 10,5>", "<WheelUp>", "<Resize 40,10>".
 */
#ifndef SHOW_H
#define SHOW_H

#include <stdio.h>

#include "cli/tui/ui.h"

struct show {
    const char *const *paths;
    size_t path_count;
    struct source *source;
    struct mpta_tracker *tracker;
    struct report_capture *captures;
    const char **names;
    struct report report;
    struct model model;
    struct ui ui;
    bool has_ui;
};

/* Reads captures to their ends; false after a message. show_close is due in both cases. */
bool show_open(struct show *show, const char *const *paths, size_t count, size_t packets_limit);
void show_close(struct show *show);

/* The same in steps: opens captures, then reads so many packets more; after the last one it is as
 * if show_open had read them. */
bool show_start(struct show *show, const char *const *paths, size_t count, size_t packets_limit);
bool show_read(struct show *show, size_t most);

/* A new screen of this size. */
bool show_begin(struct show *show, bool utf8, int columns, int rows);

/* Presses keys, drawing after each; false if the script has a word that is none. */
bool show_press(struct show *show, const char *script);

/* An input that would write a file: for who presses keys by chance. */
bool show_would_save(const struct ui *ui, const struct input *input);

/* Each cell of the screen has one known character, and a known style. */
bool show_is_sound(const struct show *show);

/* Prints the screen. */
void show_print(struct show *show, FILE *stream);

#endif
