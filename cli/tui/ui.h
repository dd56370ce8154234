/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The whole of the screen without a terminal: what the user sees, where he stands in it, and what a
 * key does there. Input comes in as struct input, the picture goes out as a grid; so tests press
 * keys and read screens without either.
 */
#ifndef CLI_TUI_UI_H
#define CLI_TUI_UI_H

#include "cli/tui/cells.h"
#include "cli/tui/input.h"
#include "cli/tui/keys.h"
#include "cli/tui/menu.h"
#include "cli/tui/model.h"
#include "cli/tui/prompt.h"
#include "cli/tui/views.h"

#define UI_BACK_MAX   16
#define UI_NOTICE_MAX 256

/* What holds for the whole run. */
struct ui_settings {
    bool utf8;
    bool show_keys;
    bool live;
    const char *const *inputs; /* to read packets from again, for saving them; borrowed */
    size_t input_count;
    const char *filter;
};

/* What the keys go to. */
enum ui_mode {
    UI_BROWSE,
    UI_SEARCH,
    UI_FILTER,
    UI_SORT,      /* a menu of columns */
    UI_SAVE,      /* a menu of forms */
    UI_SAVE_PATH, /* the name of a file */
    UI_OVERWRITE, /* yes or no */
};

/* What is being read, as the loop that reads it tells. */
struct ui_progress {
    bool reading;   /* a file, up to its end: */
    unsigned share; /* of it that has been read, in hundredths */
    bool paused;
    uint64_t backlog; /* live: packets that wait in the kernel */
    uint64_t seconds; /* live: since the capture began */
};

struct ui {
    struct ui_settings settings;
    struct model *model; /* borrowed */
    struct grid grid;
    struct view_states states;

    enum view_id view;
    enum view_id back[UI_BACK_MAX]; /* the views before, for the way back */
    size_t back_count;
    uint32_t connection; /* the one that views of one show */
    uint64_t packet;     /* the same for packets: a serial number, or PACKET_NONE */

    enum ui_mode mode;
    struct prompt prompt;
    struct menu menu;
    int save_form;
    char search[PROMPT_MAX];
    char status[LIST_PLACE_MAX]; /* where the user stands in what is shown, as the view tells */
    char notice[UI_NOTICE_MAX];  /* a word to the user, until the next key */
    unsigned notice_style;

    struct ui_progress progress;
    bool dirty;  /* the picture is to be drawn anew */
    bool redraw; /* and the whole terminal with it */
    bool quit;
};

/* Begins with a screen of so many columns and rows. False if memory is short; ui_close is due in
 * both cases. */
bool ui_open(struct ui *ui, struct model *model, const struct ui_settings *settings, int columns,
             int rows);
void ui_close(struct ui *ui);

/* Does what an input asks for. */
void ui_input(struct ui *ui, const struct input *input);

/* Obeys a command, wherever it came from. */
void ui_command(struct ui *ui, enum command command);

/* The screen has another size. False if memory is short for it. */
bool ui_resize(struct ui *ui, int columns, int rows);

/* Draws everything into ui->grid. */
void ui_draw(struct ui *ui);

/* ---- For views ------------------------------------------------------------------------------ */

/* Goes to a view, from which Esc leads back. */
void ui_go(struct ui *ui, enum view_id view);

/* Packets come from an interface: one that is no more cannot be paused. */
bool ui_can_pause(const struct ui *ui);

/* From now on views of one connection show this one. */
void ui_choose(struct ui *ui, uint32_t connection);

/* Goes where a line leads. */
void ui_follow(struct ui *ui, const struct target *target);

/* Says something at the bottom. */
void ui_say(struct ui *ui, unsigned style, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A report's text functions, in this screen's style. */
struct text_style ui_text_style(const struct ui *ui);

#endif
