/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The table of keys for readers: a part of docs/TUI.md.
 */
#ifndef CLI_KEYS_PAGE_H
#define CLI_KEYS_PAGE_H

#include <stdio.h>

/* Writes the table, in Markdown. */
void keys_page_write(FILE *stream);

#endif
