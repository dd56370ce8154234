/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the user wants to see, in words between blanks.
 */
#ifndef CLI_TUI_FILTER_H
#define CLI_TUI_FILTER_H

#include <stdbool.h>

#define FILTER_MAX 256

/* True if every word of the filter is in the text, and none that follows a '!'; regardless of case.
 */
bool filter_passes(const char *filter, const char *text);

#endif
