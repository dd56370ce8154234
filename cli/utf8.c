/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Decoding of UTF-8. One row for each length of a character; the row's first number refuses
 * overlong forms.
 */
#include "cli/utf8.h"

static const struct {
    uint8_t mask; /* of the first octet ... */
    uint8_t lead; /* ... that announces this length */
    uint32_t least;
} forms[] = {
    {0x80, 0x00, 0      },
    {0xe0, 0xc0, 0x80   },
    {0xf0, 0xe0, 0x800  },
    {0xf8, 0xf0, 0x10000},
};

size_t utf8_decode(const char *octets, size_t length, uint32_t *character)
{
    size_t more = 0;
    uint8_t lead = length > 0 ? (uint8_t)octets[0] : 0x80;
    while (more < 4 && (lead & forms[more].mask) != forms[more].lead) {
        more++;
    }
    if (more == 4 || more >= length) {
        return 0;
    }
    uint32_t value = lead & (uint8_t)~forms[more].mask;
    for (size_t i = 1; i <= more; i++) {
        uint8_t octet = (uint8_t)octets[i];
        if ((octet & 0xc0) != 0x80) {
            return 0;
        }
        value = value << 6 | (octet & 0x3f);
    }
    if (value < forms[more].least || value > 0x10ffff || (value >= 0xd800 && value < 0xe000)) {
        return 0;
    }
    *character = value;
    return more + 1;
}
