/* SPDX-License-Identifier: BSD-3-Clause */
/* Sentences for people: measured first, then printed into exactly the room they need. */
#include "cli/source_message.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

char *source_message_make(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *text = length < 0 ? NULL : malloc((size_t)length + 1);
    if (text) {
        va_start(arguments, format);
        vsnprintf(text, (size_t)length + 1, format, arguments);
        va_end(arguments);
    }
    return text;
}
