/* SPDX-License-Identifier: BSD-3-Clause */
/* Filters. */
#include "cli/tui/filter.h"

#include <stdio.h>
#include <string.h>

bool filter_passes(const char *filter, const char *text)
{
    char copy[FILTER_MAX];
    char *rest = NULL;
    snprintf(copy, sizeof copy, "%s", filter);
    for (char *word = strtok_r(copy, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest)) {
        bool unwanted = *word == '!' && word[1] != '\0';
        if ((strcasestr(text, word + unwanted) != NULL) == unwanted) {
            return false;
        }
    }
    return true;
}
