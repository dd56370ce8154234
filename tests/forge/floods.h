/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Floods: traffic of hosts that wish to make much work, or cannot help it, as much of it as is
 * asked for. Twice as much must be little more than twice the work.
 */
#ifndef FORGE_FLOODS_H
#define FORGE_FLOODS_H

#include "tests/forge/forge.h"

/* findings_max: a handful, for each reason, address ID or connection at most one more. */
struct forge_flood {
    const char *name;
    const char *words;
    void (*play)(struct forge *forge, unsigned count); /* about so many packets, or some more */
    const char *id;                                    /* what it must lead to; NULL: to nothing */
    size_t findings_max;                               /* rows of them */
};

/* All floods by index, NULL beyond the last; one by name, NULL if there is none. */
const struct forge_flood *forge_flood_at(size_t index);
const struct forge_flood *forge_flood_find(const char *name);

#endif
