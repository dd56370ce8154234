/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Standard error, kept back while the screen is on the same terminal.
 */
#ifndef CLI_TUI_HUSH_H
#define CLI_TUI_HUSH_H

#include <stdbool.h>
#include <stddef.h>

/* All zero keeps nothing back. */
struct hush {
    bool active;
    int real;  /* standard error as it was */
    int kept;  /* what was written meanwhile */
    long told; /* how much of it hush_news has told of */
};

/* If standard error is a terminal, what is written to it waits from now on. */
void hush_begin(struct hush *hush);

/* The last line that was written since the last call; false if none was. */
bool hush_news(struct hush *hush, char *line, size_t size);

/* Writes what waited. */
void hush_end(struct hush *hush);

#endif
