/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Escaping for terminals and logs. Nothing but the 95 printable ASCII characters passes: a name in
 * a capture file may hold control sequences, or characters that turn the direction of a line. It
 * does not ask the locale, which would make the same file print differently elsewhere.
 */
#include "cli/escape.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static bool octet_is_printable(unsigned char octet)
{
    return octet >= 0x20 && octet < 0x7f;
}

size_t escape_format(const char *octets, char *text, size_t size)
{
    size_t length = 0;
    for (; *octets != '\0'; octets++) {
        unsigned char octet = (unsigned char)*octets;
        char form[5] = {*octets, '\0'};
        if (!octet_is_printable(octet)) {
            snprintf(form, sizeof form, "\\x%02x", (unsigned)octet);
        }
        size_t form_len = strlen(form);
        if (length + form_len >= size) {
            break;
        }
        memcpy(text + length, form, form_len);
        length += form_len;
    }
    text[length] = '\0';
    return length;
}
