/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a cell of the screen means. How it is painted is the palette's business: nothing that draws
 * knows colours.
 */
#ifndef CLI_TUI_STYLE_H
#define CLI_TUI_STYLE_H

#include <stdint.h>

#include "analyzer/analyzer.h"

enum style {
    STYLE_NORMAL,
    STYLE_FAINT,  /* labels, what matters less */
    STYLE_STRONG, /* what matters more */
    STYLE_TITLE,  /* the line at the top */
    STYLE_TAB,    /* names of views, */
    STYLE_TAB_ON, /* and of the one that is shown */
    STYLE_HEAD,   /* the head of a table */
    STYLE_KEY,    /* the line at the bottom: a key, */
    STYLE_LABEL,  /* what it does, */
    STYLE_INPUT,  /* and what the user writes there */
    STYLE_BAR,    /* where the user stands, on terminals with colours */
    STYLE_GOOD,
    STYLE_NOTE,
    STYLE_WARNING,
    STYLE_ERROR,
    STYLE_SUBFLOW, /* the first of STYLE_SUBFLOWS */
};
#define STYLE_SUBFLOWS 8
#define STYLE_COUNT    (STYLE_SUBFLOW + STYLE_SUBFLOWS)

/* Laid over a style. */
#define STYLE_SELECTED 0x80U /* the row on which the user stands */
#define STYLE_TAGGED   0x40U
#define STYLE_MASK     0x3fU

static inline uint8_t style_of_subflow(uint32_t subflow)
{
    return (uint8_t)(STYLE_SUBFLOW + subflow % STYLE_SUBFLOWS);
}

static inline uint8_t style_of_severity(enum mpta_severity severity)
{
    return (uint8_t)(severity == MPTA_ERROR     ? STYLE_ERROR
                     : severity == MPTA_WARNING ? STYLE_WARNING
                                                : STYLE_NOTE);
}

#endif
