/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Copies are told from retransmissions by counting: when a host sends a packet n times, every
 * capture point sees it n times at most. So a packet is new if its source has now shown more copies
 * than any source before; otherwise another source has shown this very copy already. On one source,
 * a copy within a millisecond is a mirror's, for no host repeats a packet to the last bit so soon.
 */
#include "analyzer/dedup.h"

#include "analyzer/elapsed.h"

#include <stdlib.h>

#define DEDUP_FIRST_CAPACITY 256

struct dedup_entry {
    struct link link;
    int64_t time_ns;  /* of the newest copy */
    uint64_t payload; /* of the first copy; 0: not known */
    uint32_t copies;  /* as many as were new */
    uint32_t source_count;
    struct {
        uint64_t source;
        int64_t time_ns; /* of its newest copy */
        uint32_t copies;
    } sources[DEDUP_SOURCES];
};

static void dedup_drop_oldest(struct dedup *dedup)
{
    table_remove(&dedup->table, &dedup->ring[dedup->head].link);
    dedup->head = (dedup->head + 1) % dedup->capacity;
    dedup->count--;
}

/* Moves the ring to a larger one; links change, so the table is filled anew. */
static bool dedup_grow(struct dedup *dedup)
{
    size_t capacity = dedup->capacity ? 2 * dedup->capacity : DEDUP_FIRST_CAPACITY;
    struct dedup_entry *ring = malloc(capacity * sizeof(*ring));
    struct table table = {0};
    if (!ring)
        return false;
    for (size_t i = 0; i < dedup->count; i++) {
        ring[i] = dedup->ring[(dedup->head + i) % dedup->capacity];
        if (!table_reserve(&table)) {
            free(ring);
            table_clear(&table);
            return false;
        }
        table_insert(&table, &ring[i].link, ring[i].link.hash);
    }
    free(dedup->ring);
    table_clear(&dedup->table);
    *dedup =
        (struct dedup){.table = table, .ring = ring, .capacity = capacity, .count = dedup->count};
    return true;
}

static struct dedup_entry *dedup_append(struct dedup *dedup, uint64_t fingerprint)
{
    if (dedup->count == dedup->capacity) {
        if (dedup->capacity == DEDUP_ENTRIES)
            dedup_drop_oldest(dedup);
        else if (!dedup_grow(dedup))
            return NULL;
    }
    if (!table_reserve(&dedup->table))
        return NULL;
    struct dedup_entry *entry = &dedup->ring[(dedup->head + dedup->count) % dedup->capacity];
    *entry = (struct dedup_entry){0};
    table_insert(&dedup->table, &entry->link, fingerprint);
    dedup->count++;
    return entry;
}

/* Counts a copy for its source; true if it is new by the rule above. */
static bool entry_note(struct dedup_entry *entry, const struct dedup_packet *packet)
{
    int64_t mirror_ns = packet->distinct ? DEDUP_MIRROR_NS : 0;
    uint32_t i = 0;
    while (i < entry->source_count && entry->sources[i].source != packet->source)
        i++;
    entry->time_ns = packet->time_ns;
    if (i == DEDUP_SOURCES)
        return false;
    if (i == entry->source_count) {
        entry->sources[i].source = packet->source;
        entry->sources[i].copies = 0;
        entry->source_count++;
    } else if (elapsed_ns(entry->sources[i].time_ns, packet->time_ns) <= mirror_ns) {
        entry->sources[i].time_ns = packet->time_ns;
        return false;
    }
    entry->sources[i].time_ns = packet->time_ns;
    if (++entry->sources[i].copies <= entry->copies)
        return false;
    entry->copies++;
    return true;
}

static struct dedup_entry *dedup_find(const struct dedup *dedup, uint64_t fingerprint,
                                      int64_t time_ns)
{
    struct link *link = table_find(&dedup->table, fingerprint);
    if (!link)
        return NULL;
    struct dedup_entry *entry = (struct dedup_entry *)link;
    return elapsed_ns(entry->time_ns, time_ns) <= DEDUP_WINDOW_NS ? entry : NULL;
}

/* Another copy: is its payload still what it was? */
static enum dedup_verdict entry_compare(struct dedup_entry *entry,
                                        const struct dedup_packet *packet)
{
    bool altered = entry->payload && packet->payload && entry->payload != packet->payload;
    if (!entry->payload)
        entry->payload = packet->payload;
    return altered ? DEDUP_ALTERED : DEDUP_COPY;
}

bool dedup_note(struct dedup *dedup, const struct dedup_packet *packet, enum dedup_verdict *verdict)
{
    *verdict = DEDUP_NEW;
    while (dedup->count > 0 &&
           elapsed_ns(dedup->ring[dedup->head].time_ns, packet->time_ns) > DEDUP_WINDOW_NS)
        dedup_drop_oldest(dedup);
    struct dedup_entry *entry = dedup_find(dedup, packet->fingerprint, packet->time_ns);
    if (!entry && !(entry = dedup_append(dedup, packet->fingerprint)))
        return false;
    if (entry_note(entry, packet))
        entry->payload = packet->payload;
    else
        *verdict = entry_compare(entry, packet);
    return true;
}

void dedup_clear(struct dedup *dedup)
{
    free(dedup->ring);
    table_clear(&dedup->table);
    *dedup = (struct dedup){0};
}
