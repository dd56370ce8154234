/* SPDX-License-Identifier: BSD-3-Clause */
/* Sentences for people: measured first, then printed into exactly the room they need. */
#include "cli/source_message.h"

#include <stdio.h>
#include <stdlib.h>

char *source_message_make_list(const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    char *text = length < 0 ? NULL : malloc((size_t)length + 1);
    if (text) {
        vsnprintf(text, (size_t)length + 1, format, arguments);
    }
    return text;
}

char *source_message_make(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = source_message_make_list(format, arguments);
    va_end(arguments);
    return text;
}
