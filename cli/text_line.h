/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A line of text in the making, of bounded length.
 */
#ifndef CLI_TEXT_LINE_H
#define CLI_TEXT_LINE_H

#include <stddef.h>

#define TEXT_LINE_MAX 2048

struct text_line {
    char text[TEXT_LINE_MAX];
    size_t length;
};

/* Makes it empty. */
void text_line_start(struct text_line *line);

/* Adds text at the end; what does not fit is lost. */
void text_line_add(struct text_line *line, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same for an item of a list: after a comma, unless it is the first. */
void text_line_item(struct text_line *line, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
