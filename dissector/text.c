/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Numbers and words into a bounded text.
 */
#include "dissector/text.h"

struct text mpta_text_of(char *octets, size_t size)
{
    return (struct text){.octets = octets, .size = size};
}

static void octet_add(struct text *text, char octet)
{
    if (text->length + 1 < text->size) {
        text->octets[text->length++] = octet;
    }
}

void mpta_text_add(struct text *text, const char *words)
{
    for (; *words; words++) {
        octet_add(text, *words);
    }
}

void mpta_text_add_decimal(struct text *text, uint64_t value)
{
    char digits[20]; /* 2^64 - 1 has as many */
    size_t count = 0;
    do {
        digits[count++] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    while (count > 0) {
        octet_add(text, digits[--count]);
    }
}

void mpta_text_add_hex(struct text *text, uint64_t value, unsigned digits)
{
    while (digits-- > 0) {
        octet_add(text, "0123456789abcdef"[value >> 4 * digits & 0xf]);
    }
}

void mpta_text_add_short_hex(struct text *text, uint64_t value)
{
    unsigned digits = 1;
    while (digits < 16 && value >> 4 * digits != 0) {
        digits++;
    }
    mpta_text_add_hex(text, value, digits);
}

void mpta_text_add_octets(struct text *text, const uint8_t *octets, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        mpta_text_add_hex(text, octets[i], 2);
    }
}

size_t mpta_text_end(struct text *text)
{
    if (text->size > 0) {
        text->octets[text->length] = '\0';
    }
    return text->length;
}
