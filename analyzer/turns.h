/* SPDX-License-Identifier: BSD-3-Clause */
/* Ids that wait for their turn, each as long as the others: the first that came is the next one. */
#ifndef ANALYZER_TURNS_H
#define ANALYZER_TURNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct turn {
    int64_t since_ns;
    uint32_t id;
};

/* All zero: nobody waits. */
struct turns {
    struct turn *items; /* a ring */
    size_t first;
    size_t count;
    size_t capacity;
};

/* Waits from now on; where there is no memory, not at all. */
void turns_add(struct turns *turns, int64_t now_ns, uint32_t id);

/* Who has waited for longer than this; false if nobody has. */
bool turns_next(struct turns *turns, int64_t now_ns, int64_t wait_ns, uint32_t *id);

/* Only those stay of whom that is true, in their order. */
void turns_keep(struct turns *turns, bool (*stays)(const void *context, uint32_t id),
                const void *context);

void turns_clear(struct turns *turns);

#endif
