/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A hash table of things that carry their own link. It compares hashes; whole keys are compared by
 * who owns the things. Several things with one hash are normal and found one after the other, the
 * newest first.
 */
#ifndef ANALYZER_TABLE_H
#define ANALYZER_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct link {
    struct link *next; /* with the same hash */
    struct link **at;  /* what points to it: a slot, or the link before it */
    uint64_t hash;
};

struct slot;

/* All zero is an empty table. */
struct table {
    struct slot *slots;
    size_t slot_count; /* a power of two, or 0 */
    size_t used;       /* slots */
    size_t count;      /* things */
};

/* Makes room for one more, so that the next table_insert cannot fail. False if there is no memory.
 */
bool table_reserve(struct table *table);

/* Puts a thing in. There must be room: see table_reserve. */
void table_insert(struct table *table, struct link *link, uint64_t hash);

/* Takes a thing out, which must be in; however many have its hash. */
void table_remove(struct table *table, struct link *link);

/* The first thing with this hash, or the next one after `link`; NULL when there is none. */
struct link *table_find(const struct table *table, uint64_t hash);

static inline struct link *table_find_next(const struct link *link)
{
    return link->next;
}

/* Frees the slots; the things are their owner's. */
void table_clear(struct table *table);

#endif
