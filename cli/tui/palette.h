/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * From what a cell means to how it is painted, for terminals of many colours, of few and of none.
 * Meaning never rests on colour alone: letters and marks say the same.
 */
#ifndef CLI_TUI_PALETTE_H
#define CLI_TUI_PALETTE_H

#include <stdbool.h>
#include <stdint.h>

/* Numbers of colours are those of the terminal; -1 is its own. */
struct paint {
    short foreground;
    short background;
    bool bold;
    bool dim;
    bool reverse;
    bool underline;
};

/* Which style's colours a cell has: one bar for the row where the user stands. */
unsigned palette_style(int colours, uint8_t style);

/* How a cell is painted; colours: how many the terminal has, less than 8 for none. */
struct paint palette_paint(int colours, uint8_t style);

#endif
