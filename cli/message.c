/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Error messages. They must work when memory does not, so nothing here allocates.
 */
#include "cli/message.h"

#include <stdarg.h>
#include <stdio.h>

#include "cli/escape.h"

void message_print(const char *format, ...)
{
    char text[2048];
    char printable[4 * sizeof text];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    escape_format(text, printable, sizeof printable);
    fprintf(stderr, "%s: %s\n", PROGRAM_NAME, printable);
}
