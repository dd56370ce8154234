/* SPDX-License-Identifier: BSD-3-Clause */
/* Tables of stories and the findings they must lead to, or must not. */
#ifndef FINDING_CASE_H
#define FINDING_CASE_H

#include "tests/unit/analyzer/story.h"

struct finding_case {
    const char *words;
    void (*tell)(struct story *story);
    const char *id;
    uint64_t count; /* of occurrences, on all connections and on none; 0: it must not be made */
    enum mpta_severity severity; /* of its first row */
    const char *message;         /* a part of that row's sentence, or NULL */
};

/* Tells each story to a tracker of its own, and fails if one of them leads to anything else. */
void finding_cases_check(const struct finding_case *cases, size_t count);

#endif
