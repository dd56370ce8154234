/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the user keeps of what he sees.
 */
#ifndef CLI_TUI_SAVE_H
#define CLI_TUI_SAVE_H

#include <stdbool.h>
#include <stddef.h>

struct ui;

enum save_form {
    SAVE_PACKETS, /* of the tagged connections or of the one that is shown, as pcapng */
    SAVE_SHOWN,   /* the same of all connections that view 1 shows */
    SAVE_VIEW,    /* the view, all of its rows, as text */
    SAVE_TEXT,    /* the report, as without the screen */
    SAVE_JSON,
};

/* A name for the file. */
void save_path(const struct ui *ui, enum save_form form, char *path, size_t size);

/* A file of this name is there already. */
bool save_exists(const char *path);

/* Writes it, and tells the user what became of it. */
void save_write(struct ui *ui, enum save_form form, const char *path);

#endif
