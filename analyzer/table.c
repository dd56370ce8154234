/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Slots in a row, of which each stands for one hash and leads to the things that have it; a hash
 * whose slot is taken has the next free one. To look for what is not there touches no thing at all.
 */
#include "analyzer/table.h"

#include <assert.h>
#include <stdlib.h>

#define TABLE_FIRST_SLOTS 64

struct slot {
    uint64_t hash;
    struct link *first; /* NULL: free */
};

/* Three of four slots may be taken. */
static bool slots_suffice(const struct table *table)
{
    return table->used < table->slot_count / 4 * 3;
}

/* The slot of a hash, or the free one where it would be. There must be a free one. */
static struct slot *slot_of(struct slot *slots, size_t slot_count, uint64_t hash)
{
    size_t at = hash & (slot_count - 1);
    while (slots[at].first && slots[at].hash != hash)
        at = (at + 1) & (slot_count - 1);
    return &slots[at];
}

static void slot_move(struct slot *to, struct slot *from)
{
    *to = *from;
    to->first->at = &to->first;
    from->first = NULL;
}

bool table_reserve(struct table *table)
{
    if (slots_suffice(table))
        return true;
    size_t count = table->slot_count ? 2 * table->slot_count : TABLE_FIRST_SLOTS;
    struct slot *slots = calloc(count, sizeof(*slots));
    if (!slots)
        return false;
    for (size_t i = 0; i < table->slot_count; i++) {
        if (table->slots[i].first)
            slot_move(slot_of(slots, count, table->slots[i].hash), &table->slots[i]);
    }
    free(table->slots);
    table->slots = slots;
    table->slot_count = count;
    return true;
}

void table_insert(struct table *table, struct link *link, uint64_t hash)
{
    assert(slots_suffice(table));
    struct slot *slot = slot_of(table->slots, table->slot_count, hash);
    table->used += !slot->first;
    table->count++;
    *link = (struct link){.next = slot->first, .at = &slot->first, .hash = hash};
    if (link->next)
        link->next->at = &link->next;
    slot->hash = hash;
    slot->first = link;
}

/* Whoever would have had the slot that is free now, and has one behind it, moves there. */
static void slot_give_back(struct table *table, size_t freed)
{
    size_t mask = table->slot_count - 1;
    table->used--;
    for (size_t at = (freed + 1) & mask; table->slots[at].first; at = (at + 1) & mask) {
        size_t wanted = table->slots[at].hash & mask;
        if (((at - wanted) & mask) >= ((at - freed) & mask)) {
            slot_move(&table->slots[freed], &table->slots[at]);
            freed = at;
        }
    }
}

void table_remove(struct table *table, struct link *link)
{
    struct slot *slot = slot_of(table->slots, table->slot_count, link->hash);
    *link->at = link->next;
    if (link->next)
        link->next->at = link->at;
    table->count--;
    if (!slot->first)
        slot_give_back(table, (size_t)(slot - table->slots));
}

struct link *table_find(const struct table *table, uint64_t hash)
{
    return table->slot_count ? slot_of(table->slots, table->slot_count, hash)->first : NULL;
}

void table_clear(struct table *table)
{
    free(table->slots);
    *table = (struct table){0};
}
