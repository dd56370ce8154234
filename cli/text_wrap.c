/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Breaking of lines between words. It knows columns and blanks, and nothing of what is written.
 */
#include "cli/text_wrap.h"

#include <stdbool.h>
#include <string.h>

/* Continuation octets of UTF-8 take no column of their own. */
static size_t width_octets(const char *text, size_t length)
{
    size_t width = 0;
    for (size_t i = 0; i < length; i++) {
        width += ((unsigned char)text[i] & 0xc0) != 0x80;
    }
    return width;
}

size_t text_width(const char *text)
{
    return width_octets(text, strlen(text));
}

size_t text_fit(const char *text, size_t width)
{
    size_t fitting = 0;
    size_t end = 0;
    while (text[end] != '\0') {
        end += strspn(text + end, " ");
        size_t word_end = end + strcspn(text + end, " ");
        if (word_end == end || (fitting > 0 && width_octets(text, word_end) > width)) {
            break;
        }
        fitting = end = word_end;
    }
    return fitting;
}

void text_wrap(FILE *stream, size_t column, size_t indent, const char *text)
{
    bool more = true;
    text += strspn(text, " ");
    while (more) {
        size_t length = text_fit(text, column < TEXT_COLUMNS ? TEXT_COLUMNS - column : 0);
        fprintf(stream, "%.*s\n", (int)length, text);
        text += length;
        text += strspn(text, " ");
        more = *text != '\0';
        if (more) {
            fprintf(stream, "%*s", (int)indent, "");
            column = indent;
        }
    }
}
