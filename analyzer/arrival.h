/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * When the payload that waits for its mapping came. Bounded: of too many arrivals those are
 * forgotten that came soon after what lies before them, and count as come with that. It knows
 * positions and times, no packets.
 */
#ifndef ANALYZER_ARRIVAL_H
#define ANALYZER_ARRIVAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARRIVALS_MAX 4096

struct arrival {
    uint64_t begin; /* position on the subflow */
    int64_t time_ns;
};

/* All zero is an empty list. Sorted by begin; each holds up to the next one. */
struct arrival_list {
    struct arrival *items;
    uint32_t count;
    uint32_t capacity;
    int64_t grain_ns; /* this close together they are one; 0 as long as there is room for all */
};

/* Octets came, from `begin` on, none of which had come before. False if there is no memory. */
bool arrival_note(struct arrival_list *list, uint64_t begin, int64_t time_ns);

/*
 * When the octet at a position came; `otherwise` where that is not known. *end, above it, is moved
 * down to where another answer may begin.
 */
int64_t arrival_find(const struct arrival_list *list, uint64_t at, int64_t otherwise,
                     uint64_t *end);

/* Nothing waits any more. */
void arrival_forget(struct arrival_list *list);

void arrival_clear(struct arrival_list *list);

#endif
