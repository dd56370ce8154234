/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * UTF-8, strictly.
 */
#ifndef CLI_UTF8_H
#define CLI_UTF8_H

#include <stddef.h>
#include <stdint.h>

/*
 * Decodes the character at the begin of `length` octets. Returns the octets that it takes, 1 to 4,
 * or 0 where they are none: RFC 3629 section 3, without overlong forms, surrogates, and numbers
 * above U+10FFFF.
 */
size_t utf8_decode(const char *octets, size_t length, uint32_t *character);

#endif
