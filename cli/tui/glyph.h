/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The characters that may stand on the screen, and what stands for them where there is only ASCII.
 * All of them are one column wide on every terminal; no other reaches one.
 */
#ifndef CLI_TUI_GLYPH_H
#define CLI_TUI_GLYPH_H

#include <stdint.h>

/* The character that stands for another where there is only ASCII; '\0' for what is not to be
 * shown. */
char glyph_ascii(uint32_t character);

/* Writes a character in UTF-8, filled up with NULs. */
void glyph_encode(uint32_t character, char octets[4]);

/* A level of 0 to 8 eighths as a block, from blank to full. */
uint32_t glyph_level(unsigned eighths);

/* The mark of a subflow in a graph, different from that of its neighbours. */
uint32_t glyph_subflow(uint32_t subflow);

#endif
