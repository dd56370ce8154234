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

/* A number belongs to the unit or noun that follows it. */
static bool word_is_number(const char *word, size_t length)
{
    return length > 0 && strspn(word, "0123456789.") >= length;
}

size_t text_fit(const char *text, size_t width)
{
    size_t fitting = 0; /* after any word */
    size_t fair = 0;    /* after one where a line may well end */
    size_t end = 0;
    while (text[end] != '\0') {
        size_t word = end + strspn(text + end, " ");
        size_t length = strcspn(text + word, " ");
        if (length == 0 || (fitting > 0 && width_octets(text, word + length) > width)) {
            break;
        }
        fitting = end = word + length;
        fair = word_is_number(text + word, length) && text[end] != '\0' ? fair : end;
    }
    return fair > 0 ? fair : fitting;
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
