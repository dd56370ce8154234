/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Words on lines of 80 columns.
 */
#ifndef CLI_TEXT_WRAP_H
#define CLI_TEXT_WRAP_H

#include <stddef.h>
#include <stdio.h>

#define TEXT_COLUMNS 80

/* Columns that a text takes on a terminal: UTF-8 characters, each taken for one column. */
size_t text_width(const char *text);

/*
 * The octets of text that fit into width columns without parting a word, or a number from the word
 * behind it where that can be avoided; at least one word. Blanks that follow are not counted.
 */
size_t text_fit(const char *text, size_t width);

/*
 * Writes words where the cursor stands at `column`, goes on at `indent` in further lines, and ends
 * the last line. A word that is longer than a line stands alone.
 */
void text_wrap(FILE *stream, size_t column, size_t indent, const char *text);

#endif
