/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lines put together piece by piece, without allocating.
 */
#include "cli/text_line.h"

#include <stdarg.h>
#include <stdio.h>

void text_line_start(struct text_line *line)
{
    line->length = 0;
    line->text[0] = '\0';
}

__attribute__((format(printf, 2, 0))) static void line_print(struct text_line *line,
                                                             const char *format, va_list arguments)
{
    size_t room = sizeof line->text - line->length;
    int wanted = vsnprintf(line->text + line->length, room, format, arguments);
    if (wanted > 0) {
        line->length += (size_t)wanted < room ? (size_t)wanted : room - 1;
    }
}

void text_line_add(struct text_line *line, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    line_print(line, format, arguments);
    va_end(arguments);
}

void text_line_item(struct text_line *line, const char *format, ...)
{
    va_list arguments;
    if (line->length > 0) {
        text_line_add(line, ", ");
    }
    va_start(arguments, format);
    line_print(line, format, arguments);
    va_end(arguments);
}
