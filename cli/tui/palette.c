/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Three tables of paints. The colours of subflows are those of Okabe and Ito, chosen so that eyes
 * which do not tell red from green tell them apart; with 8 colours there are fewer of them, and the
 * mark that each subflow has in graphs must do.
 */
#include "cli/tui/palette.h"

#include <assert.h>

#include "cli/tui/style.h"

enum { BLACK, RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN, WHITE, OWN = -1 };

/* clang-format off */
static const struct paint many[] = {
    [STYLE_NORMAL]      = {OWN, OWN, false, false, false, false},
    [STYLE_FAINT]       = {245, OWN, false, false, false, false},
    [STYLE_STRONG]      = {OWN, OWN, true,  false, false, false},
    [STYLE_TITLE]       = {255, 24,  true,  false, false, false},
    [STYLE_TAB]         = {250, 236, false, false, false, false},
    [STYLE_TAB_ON]      = {232, 75,  true,  false, false, false},
    [STYLE_HEAD]        = {232, 109, false, false, false, false},
    [STYLE_KEY]         = {OWN, OWN, true,  false, false, false},
    [STYLE_LABEL]       = {232, 75,  false, false, false, false},
    [STYLE_INPUT]       = {OWN, OWN, false, false, false, false},
    [STYLE_BAR]         = {232, 75,  false, false, false, false},
    [STYLE_GOOD]        = {36,  OWN, false, false, false, false},
    [STYLE_NOTE]        = {75,  OWN, false, false, false, false},
    [STYLE_WARNING]     = {214, OWN, true,  false, false, false},
    [STYLE_ERROR]       = {202, OWN, true,  false, false, false},
    [STYLE_SUBFLOW]     = {75,  OWN, false, false, false, false}, /* sky blue */
    [STYLE_SUBFLOW + 1] = {214, OWN, false, false, false, false}, /* orange */
    [STYLE_SUBFLOW + 2] = {36,  OWN, false, false, false, false}, /* bluish green */
    [STYLE_SUBFLOW + 3] = {175, OWN, false, false, false, false}, /* reddish purple */
    [STYLE_SUBFLOW + 4] = {227, OWN, false, false, false, false}, /* yellow */
    [STYLE_SUBFLOW + 5] = {166, OWN, false, false, false, false}, /* vermilion */
    [STYLE_SUBFLOW + 6] = {32,  OWN, false, false, false, false}, /* blue */
    [STYLE_SUBFLOW + 7] = {250, OWN, false, false, false, false}, /* grey */
};

static const struct paint few[] = {
    [STYLE_NORMAL]      = {OWN,     OWN,   false, false, false, false},
    [STYLE_FAINT]       = {OWN,     OWN,   false, true,  false, false},
    [STYLE_STRONG]      = {OWN,     OWN,   true,  false, false, false},
    [STYLE_TITLE]       = {WHITE,   BLUE,  true,  false, false, false},
    [STYLE_TAB]         = {OWN,     OWN,   false, false, true,  false},
    [STYLE_TAB_ON]      = {BLACK,   CYAN,  false, false, false, false},
    [STYLE_HEAD]        = {BLACK,   GREEN, false, false, false, false},
    [STYLE_KEY]         = {OWN,     OWN,   true,  false, false, false},
    [STYLE_LABEL]       = {BLACK,   CYAN,  false, false, false, false},
    [STYLE_INPUT]       = {OWN,     OWN,   false, false, false, false},
    [STYLE_BAR]         = {BLACK,   CYAN,  false, false, false, false},
    [STYLE_GOOD]        = {GREEN,   OWN,   false, false, false, false},
    [STYLE_NOTE]        = {CYAN,    OWN,   false, false, false, false},
    [STYLE_WARNING]     = {YELLOW,  OWN,   true,  false, false, false},
    [STYLE_ERROR]       = {RED,     OWN,   true,  false, false, false},
    [STYLE_SUBFLOW]     = {CYAN,    OWN,   false, false, false, false},
    [STYLE_SUBFLOW + 1] = {YELLOW,  OWN,   false, false, false, false},
    [STYLE_SUBFLOW + 2] = {GREEN,   OWN,   false, false, false, false},
    [STYLE_SUBFLOW + 3] = {MAGENTA, OWN,   false, false, false, false},
    [STYLE_SUBFLOW + 4] = {WHITE,   OWN,   true,  false, false, false},
    [STYLE_SUBFLOW + 5] = {RED,     OWN,   false, false, false, false},
    [STYLE_SUBFLOW + 6] = {BLUE,    OWN,   true,  false, false, false},
    [STYLE_SUBFLOW + 7] = {WHITE,   OWN,   false, false, false, false},
};

static const struct paint none[] = {
    [STYLE_NORMAL]      = {OWN, OWN, false, false, false, false},
    [STYLE_FAINT]       = {OWN, OWN, false, false, false, false},
    [STYLE_STRONG]      = {OWN, OWN, true,  false, false, false},
    [STYLE_TITLE]       = {OWN, OWN, false, false, true,  false},
    [STYLE_TAB]         = {OWN, OWN, false, false, false, false},
    [STYLE_TAB_ON]      = {OWN, OWN, true,  false, true,  false},
    [STYLE_HEAD]        = {OWN, OWN, false, false, false, true },
    [STYLE_KEY]         = {OWN, OWN, true,  false, false, false},
    [STYLE_LABEL]       = {OWN, OWN, false, false, true,  false},
    [STYLE_INPUT]       = {OWN, OWN, false, false, false, false},
    [STYLE_BAR]         = {OWN, OWN, false, false, true,  false},
    [STYLE_GOOD]        = {OWN, OWN, false, false, false, false},
    [STYLE_NOTE]        = {OWN, OWN, false, false, false, false},
    [STYLE_WARNING]     = {OWN, OWN, true,  false, false, false},
    [STYLE_ERROR]       = {OWN, OWN, true,  false, false, true },
    [STYLE_SUBFLOW]     = {OWN, OWN, false, false, false, false},
    [STYLE_SUBFLOW + 1] = {OWN, OWN, true,  false, false, false},
    [STYLE_SUBFLOW + 2] = {OWN, OWN, false, false, false, true },
    [STYLE_SUBFLOW + 3] = {OWN, OWN, true,  false, false, true },
    [STYLE_SUBFLOW + 4] = {OWN, OWN, false, false, false, false},
    [STYLE_SUBFLOW + 5] = {OWN, OWN, true,  false, false, false},
    [STYLE_SUBFLOW + 6] = {OWN, OWN, false, false, false, true },
    [STYLE_SUBFLOW + 7] = {OWN, OWN, true,  false, false, true },
};
/* clang-format on */
static_assert(sizeof many / sizeof many[0] == STYLE_COUNT, "a paint for each style");
static_assert(sizeof few / sizeof few[0] == STYLE_COUNT, "a paint for each style");
static_assert(sizeof none / sizeof none[0] == STYLE_COUNT, "a paint for each style");

unsigned palette_style(int colours, uint8_t style)
{
    unsigned meaning = style & STYLE_MASK;
    if (colours >= 8 && style & STYLE_SELECTED) {
        return STYLE_BAR;
    }
    return meaning < STYLE_COUNT ? meaning : STYLE_NORMAL;
}

struct paint palette_paint(int colours, uint8_t style)
{
    const struct paint *paints = colours >= 256 ? many : colours >= 8 ? few : none;
    struct paint paint = paints[palette_style(colours, style)];
    if (style & STYLE_TAGGED) {
        paint.bold = true;
        paint.underline = true;
    }
    if (colours < 8 && style & STYLE_SELECTED) {
        paint.reverse = !paint.reverse;
    }
    return paint;
}
