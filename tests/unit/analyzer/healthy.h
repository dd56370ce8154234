/* SPDX-License-Identifier: BSD-3-Clause */
/* Stories in which nobody does anything wrong: what several tests tell in their own ways. */
#ifndef HEALTHY_H
#define HEALTHY_H

#include "tests/unit/analyzer/story.h"

struct healthy {
    const char *words;
    void (*tell)(struct story *story);
    size_t connections;
    size_t subflows;      /* linked */
    uint64_t valid;       /* HMACs of joins and addresses */
    bool token_is_shared; /* by two connections */
};

#define HEALTHY_COUNT 14
extern const struct healthy healthy_stories[HEALTHY_COUNT];

#endif
