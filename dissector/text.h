/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A bounded text builder; private to this folder. What does not fit is cut, and the text is ended
 * by a NUL wherever there is room for one. This layer does not print, so it has no printf either.
 */
#ifndef DISSECTOR_TEXT_H
#define DISSECTOR_TEXT_H

#include <stddef.h>
#include <stdint.h>

struct text {
    char *octets;
    size_t length;
    size_t size; /* room, the final NUL included */
};

/* Starts an empty text in size octets. */
struct text mpta_text_of(char *octets, size_t size);

void mpta_text_add(struct text *text, const char *words);
void mpta_text_add_decimal(struct text *text, uint64_t value);

/* The lowest `digits` hexadecimal digits of a value, in lower case. */
void mpta_text_add_hex(struct text *text, uint64_t value, unsigned digits);

/* The same without leading zeros. */
void mpta_text_add_short_hex(struct text *text, uint64_t value);

/* Two hexadecimal digits for each octet. */
void mpta_text_add_octets(struct text *text, const uint8_t *octets, size_t count);

/* Ends the text; returns its length without the NUL. */
size_t mpta_text_end(struct text *text);

#endif
