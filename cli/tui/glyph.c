/* SPDX-License-Identifier: BSD-3-Clause */
/* One table of characters beyond ASCII, in their order, and what they look like in ASCII. */
#include "cli/tui/glyph.h"

#include <stddef.h>
#include <string.h>

#define BRAILLE_FIRST 0x2800U
#define BRAILLE_LAST  0x28ffU
#define BLOCK_FIRST   0x2581U /* one eighth; seven more follow */

/* By how many of its eight dots are set. */
static const char braille_ascii[] = " ..::oo##";

static const struct {
    uint32_t character;
    char ascii;
} glyphs[] = {
    {0x00b7, '.'}, /* middle dot */
    {0x00d7, 'x'}, /* multiplication sign */
    {0x2026, '~'}, /* ellipsis */
    {0x2190, '<'}, /* arrows */
    {0x2191, '^'},
    {0x2192, '>'},
    {0x2193, 'v'},
    {0x2500, '-'}, /* lines */
    {0x2502, '|'},
    {0x250c, '+'},
    {0x2510, '+'},
    {0x2514, '`'},
    {0x2518, '+'},
    {0x251c, '|'},
    {0x2524, '|'},
    {0x252c, '+'},
    {0x2534, '+'},
    {0x253c, '+'},
    {0x2581, '_'}, /* blocks of one to
  eight eighths */
    {0x2582, '.'},
    {0x2583, ','},
    {0x2584, '-'},
    {0x2585, '='},
    {0x2586, '+'},
    {0x2587, '*'},
    {0x2588, '#'},
    {0x25a0, '#'}, /* shapes */
    {0x25a1, '%'},
    {0x25b2, '^'},
    {0x25b6, '>'},
    {0x25bc, 'v'},
    {0x25c0, '<'},
    {0x25c6, '*'},
    {0x25cb, 'o'},
    {0x25cf, '@'},
};

static char braille_in_ascii(uint32_t character)
{
    size_t dots = 0;
    for (uint32_t bits = character - BRAILLE_FIRST; bits != 0; bits >>= 1) {
        dots += bits & 1;
    }
    return braille_ascii[dots];
}

char glyph_ascii(uint32_t character)
{
    if (character >= 0x20 && character < 0x7f) {
        return (char)character;
    }
    if (character >= BRAILLE_FIRST && character <= BRAILLE_LAST) {
        return braille_in_ascii(character);
    }
    for (size_t i = 0; i < sizeof glyphs / sizeof glyphs[0]; i++) {
        if (glyphs[i].character == character) {
            return glyphs[i].ascii;
        }
    }
    return '\0';
}

void glyph_encode(uint32_t character, char octets[4])
{
    memset(octets, 0, 4);
    if (character < 0x80) {
        octets[0] = (char)character;
    } else if (character < 0x800) {
        octets[0] = (char)(0xc0 | character >> 6);
        octets[1] = (char)(0x80 | (character & 0x3f));
    } else {
        octets[0] = (char)(0xe0 | character >> 12);
        octets[1] = (char)(0x80 | (character >> 6 & 0x3f));
        octets[2] = (char)(0x80 | (character & 0x3f));
    }
}

uint32_t glyph_level(unsigned eighths)
{
    return eighths == 0 ? ' ' : BLOCK_FIRST + (eighths > 8 ? 8 : eighths) - 1;
}

uint32_t glyph_subflow(uint32_t subflow)
{
    static const uint32_t marks[] = {0x25cf, 0x25b2, 0x25a0, 0x25c6, 0x25cb, 0x25bc, 0x25a1, '+'};
    return marks[subflow % (sizeof marks / sizeof marks[0])];
}
