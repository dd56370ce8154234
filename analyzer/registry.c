/* SPDX-License-Identifier: BSD-3-Clause */
/* Entries of the registry; those in use are listed, so that clearing costs what was written. */
#include "analyzer/registry.h"

struct registry_entry *registry_entry(struct registry *registry, enum mpta_side side, uint8_t id)
{
    struct registry_entry *entry = &registry->entries[side][id];
    if (entry->touched)
        return entry;
    entry->touched = true;
    entry->side = side;
    entry->id = id;
    registry->touched[registry->touched_count++] = entry;
    return entry;
}

void registry_clear(struct registry *registry)
{
    for (size_t i = 0; i < registry->touched_count; i++)
        *registry->touched[i] = (struct registry_entry){0};
    registry->touched_count = 0;
}

bool registry_same_place(const struct address_record *a, const struct address_record *b)
{
    return mpta_address_equal(&a->add_addr.address, &b->add_addr.address) &&
           a->add_addr.has_port == b->add_addr.has_port && a->add_addr.port == b->add_addr.port;
}

bool registry_was_announced(const struct registry_entry *entry, const struct address_record *echo)
{
    for (size_t i = 0; i < entry->known_count && i < REGISTRY_KNOWN_MAX; i++) {
        if (registry_same_place(entry->known[i], echo))
            return true;
    }
    return entry->known_count > REGISTRY_KNOWN_MAX;
}

void registry_add_known(struct registry_entry *entry, const struct address_record *record)
{
    if (registry_was_announced(entry, record))
        return;
    if (entry->known_count < REGISTRY_KNOWN_MAX)
        entry->known[entry->known_count] = record;
    entry->known_count++;
    /* The echo may have been captured first: paths differ. */
    if (entry->odd_echo && registry_was_announced(entry, entry->odd_echo))
        entry->odd_echo = NULL;
}

void registry_remove(struct registry_entry *entry)
{
    entry->removed = true;
    entry->announced = NULL;
    entry->echo = NULL;
    entry->repetitions = 0;
    entry->opened = NULL;
    entry->taker = NULL;
}
