/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Copies are told from retransmissions by counting: when a host sends a packet n times, every
 * capture point sees it n times at most. So a packet is new if its source has now shown more copies
 * than any source before; otherwise another source has shown this very copy already. On one source,
 * a copy within a millisecond is a mirror's, for no host repeats a packet to the last bit so soon.
 *
 * A packet that is new by this rule may still be another source's, changed on the way in between:
 * the one that differs in the parts which that happens to, and that this source has not shown.
 *
 * Most captures show no flow at two places. As long as none does, only mirrors' copies are looked
 * for: the table holds the packets of the last millisecond, and older ones are kept for the day.
 * And nearly all packets go beyond what their flow had shown, so that they are no copies of
 * anything: they are hashed only when one comes that may be a copy of them.
 */
#include "analyzer/dedup.h"

#include "analyzer/elapsed.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define DEDUP_FIRST_CAPACITY 256

/* So many packets with one bare fingerprint are considered. */
#define DEDUP_BARES 8

/* What one source has shown of a packet. */
struct shown {
    uint64_t source;
    int64_t time_ns; /* of its newest copy */
    uint32_t copies;
};

struct dedup_entry {
    struct link link;
    struct link bare_link;
    bool hashed;
    uint16_t parts;
    bool absorbed; /* an older entry stands for it, too; this one is in no table */
    uint32_t capture;
    uint64_t number; /* of the latest that was new, at: */
    int64_t new_ns;
    int64_t time_ns;  /* of the newest copy */
    uint64_t payload; /* of the first copy; 0: not known */
    uint32_t copies;  /* as many as were new */
    uint32_t source_count;
    struct shown first; /* by the source that was the first, and */
    union {
        struct print print; /* until it is hashed, which is before it is found, */
        struct shown others[DEDUP_SOURCES - 1]; /* or by others, who must have found it */
    };
};

static struct shown *shown_nth(struct dedup_entry *entry, uint32_t index)
{
    return index == 0 ? &entry->first : &entry->others[index - 1];
}

static struct dedup_entry *entry_at(const struct dedup *dedup, size_t index)
{
    return &dedup->ring[(dedup->head + index) & (dedup->capacity - 1)];
}

static void dedup_unlink_oldest(struct dedup *dedup)
{
    struct dedup_entry *oldest = entry_at(dedup, dedup->count - dedup->linked);
    bool was_pending = dedup->pending == dedup->linked;
    dedup->pending -= was_pending;
    dedup->linked--;
    if (was_pending || oldest->absorbed)
        return;
    table_remove(&dedup->table, &oldest->link);
    if (dedup->comparing)
        table_remove(&dedup->bares, &oldest->bare_link);
}

/* False if there is no memory. */
static bool dedup_link(struct dedup *dedup, struct dedup_entry *entry)
{
    if (!table_reserve(&dedup->table) || (dedup->comparing && !table_reserve(&dedup->bares)))
        return false;
    table_insert(&dedup->table, &entry->link, entry->link.hash);
    if (dedup->comparing)
        table_insert(&dedup->bares, &entry->bare_link, entry->bare_link.hash);
    return true;
}

static void entry_hash(const struct dedup *dedup, struct dedup_entry *entry)
{
    if (entry->hashed)
        return;
    struct fingerprint found = fingerprint_of(dedup->hash_key, &entry->print);
    entry->link.hash = found.whole;
    entry->bare_link.hash = found.bare;
    entry->parts = found.subtypes;
    entry->hashed = true;
}

/* Now the table is to be asked. */
static bool dedup_link_pending(struct dedup *dedup)
{
    for (; dedup->pending > 0; dedup->pending--) {
        struct dedup_entry *entry = entry_at(dedup, dedup->count - dedup->pending);
        entry_hash(dedup, entry);
        if (!dedup_link(dedup, entry))
            return false;
    }
    return true;
}

static void dedup_drop_oldest(struct dedup *dedup)
{
    if (dedup->linked == dedup->count)
        dedup_unlink_oldest(dedup);
    dedup->head = (dedup->head + 1) & (dedup->capacity - 1);
    dedup->count--;
}

/* What is too old leaves the memory; what is too old for a mirror's copy is only not looked for. */
static void dedup_age(struct dedup *dedup, int64_t now_ns, int64_t window_ns)
{
    while (dedup->count > 0 && elapsed_ns(entry_at(dedup, 0)->time_ns, now_ns) > window_ns)
        dedup_drop_oldest(dedup);
    while (!dedup->comparing && dedup->linked > 0 &&
           elapsed_ns(entry_at(dedup, dedup->count - dedup->linked)->time_ns, now_ns) >
               DEDUP_MIRROR_NS)
        dedup_unlink_oldest(dedup);
}

/* Moves the ring to a larger one; links change, so the tables are filled anew. */
static bool dedup_grow(struct dedup *dedup)
{
    struct dedup grown = {
        .capacity = dedup->capacity ? 2 * dedup->capacity : DEDUP_FIRST_CAPACITY,
        .count = dedup->count,
        .linked = dedup->linked,
        .pending = dedup->pending,
        .comparing = dedup->comparing,
    };
    memcpy(grown.hash_key, dedup->hash_key, sizeof(grown.hash_key));
    grown.ring = malloc(grown.capacity * sizeof(*grown.ring));
    bool fits = grown.ring != NULL;
    for (size_t i = 0; fits && i < dedup->count; i++) {
        grown.ring[i] = *entry_at(dedup, i);
        bool in_table = i >= dedup->count - dedup->linked && i < dedup->count - dedup->pending;
        if (in_table && !grown.ring[i].absorbed)
            fits = dedup_link(&grown, &grown.ring[i]);
    }
    dedup_clear(fits ? dedup : &grown);
    if (fits)
        *dedup = grown;
    return fits;
}

/* What one source has sent again becomes one entry with what it was. */
static bool dedup_gather(struct dedup *dedup, struct dedup_entry *entry)
{
    struct dedup_entry *older = (struct dedup_entry *)table_find(&dedup->table, entry->link.hash);
    if (!older)
        return dedup_link(dedup, entry);
    older->time_ns = entry->time_ns;
    older->copies += entry->copies;
    older->number = entry->number;
    older->new_ns = entry->new_ns;
    older->first.time_ns = entry->first.time_ns;
    older->first.copies += entry->first.copies;
    entry->absorbed = true;
    return true;
}

/*
 * From now on packets are compared with all that are remembered, and without what may be changed on
 * the way.
 */
static bool dedup_compare(struct dedup *dedup)
{
    table_clear(&dedup->table);
    dedup->linked = dedup->count;
    dedup->pending = 0;
    dedup->comparing = true;
    for (size_t i = 0; i < dedup->count; i++) {
        entry_hash(dedup, entry_at(dedup, i));
        if (!dedup_gather(dedup, entry_at(dedup, i))) {
            dedup_clear(dedup);
            return false;
        }
    }
    return true;
}

/* The next entry of the ring, which is in no table yet; NULL without memory. */
static struct dedup_entry *dedup_append(struct dedup *dedup, const struct dedup_packet *packet)
{
    if (dedup->count == dedup->capacity) {
        if (dedup->capacity == DEDUP_ENTRIES)
            dedup_drop_oldest(dedup);
        else if (!dedup_grow(dedup))
            return NULL;
    }
    struct dedup_entry *entry = entry_at(dedup, dedup->count);
    /* The rest is filled in when it is hashed, or another source shows it. */
    entry->hashed = entry->absorbed = false;
    entry->number = packet->number;
    entry->capture = packet->capture;
    entry->new_ns = entry->time_ns = packet->time_ns;
    entry->payload = packet->payload;
    entry->copies = entry->source_count = 1;
    entry->first.source = packet->source;
    entry->first.time_ns = packet->time_ns;
    entry->first.copies = 1;
    dedup->count++;
    dedup->linked++;
    dedup->pending++;
    return entry;
}

static struct dedup_entry *entry_of_bare(struct link *link)
{
    return (struct dedup_entry *)((char *)link - offsetof(struct dedup_entry, bare_link));
}

/* Counts a copy for its source; true if it is new by the rule above. */
static bool entry_note(struct dedup_entry *entry, const struct dedup_packet *packet)
{
    int64_t mirror_ns = packet->distinct ? DEDUP_MIRROR_NS : 0;
    uint32_t i = 0;
    while (i < entry->source_count && shown_nth(entry, i)->source != packet->source)
        i++;
    entry->time_ns = packet->time_ns;
    if (i == DEDUP_SOURCES)
        return false;
    struct shown *shown = shown_nth(entry, i);
    if (i == entry->source_count) {
        shown->source = packet->source;
        shown->copies = 0;
        entry->source_count++;
    } else if (elapsed_ns(shown->time_ns, packet->time_ns) <= mirror_ns) {
        shown->time_ns = packet->time_ns;
        return false;
    }
    shown->time_ns = packet->time_ns;
    if (++shown->copies <= entry->copies)
        return false;
    entry->copies++;
    entry->number = packet->number;
    entry->capture = packet->capture;
    entry->new_ns = packet->time_ns;
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

static bool entry_has_source(struct dedup_entry *entry, uint64_t source)
{
    for (uint32_t i = 0; i < entry->source_count; i++) {
        if (shown_nth(entry, i)->source == source)
            return true;
    }
    return false;
}

/* The packet that another source has shown, and that this one is but for some parts; or NULL. */
static struct dedup_entry *dedup_find_changed(const struct dedup *dedup,
                                              const struct dedup_packet *packet,
                                              const struct fingerprint *found)
{
    struct link *link = packet->singular ? table_find(&dedup->bares, found->bare) : NULL;
    for (unsigned i = 0; link && i < DEDUP_BARES; i++, link = table_find_next(link)) {
        struct dedup_entry *entry = entry_of_bare(link);
        if (entry->link.hash != found->whole && entry->source_count < DEDUP_SOURCES &&
            !entry_has_source(entry, packet->source) &&
            elapsed_ns(entry->time_ns, packet->time_ns) <= DEDUP_CHANGED_NS)
            return entry;
    }
    return NULL;
}

static struct dedup_result entry_told(const struct dedup_entry *entry, enum dedup_verdict verdict)
{
    return (struct dedup_result){
        .verdict = verdict,
        .parts = entry->parts,
        .capture = entry->capture,
        .number = entry->number,
        .time_ns = entry->new_ns,
    };
}

/* Where it was first noted, or now; it counts once for its source in either. */
static bool dedup_note_first(struct dedup *dedup, const struct dedup_packet *packet,
                             const struct fingerprint *found, struct dedup_result *result)
{
    struct dedup_entry *changed = dedup_find_changed(dedup, packet, found);
    if (changed) {
        *result = entry_told(changed, DEDUP_CHANGED);
        entry_note(changed, packet);
    }
    struct dedup_entry *entry = dedup_append(dedup, packet);
    if (!entry)
        return false;
    entry->link.hash = found->whole;
    entry->bare_link.hash = found->bare;
    entry->parts = found->subtypes;
    entry->hashed = true;
    return dedup_link_pending(dedup);
}

/* Notes a packet that need not be looked for. */
static bool dedup_note_novel(struct dedup *dedup, const struct dedup_packet *packet)
{
    struct dedup_entry *entry = dedup_append(dedup, packet);
    if (entry)
        entry->print = packet->print;
    return entry != NULL;
}

static bool dedup_look(struct dedup *dedup, const struct dedup_packet *packet,
                       struct dedup_result *result)
{
    const struct fingerprint found = fingerprint_of(dedup->hash_key, &packet->print);
    if (!dedup_link_pending(dedup))
        return false;
    struct dedup_entry *entry = dedup_find(dedup, found.whole, packet->time_ns);
    bool done = true;
    if (!entry)
        done = dedup_note_first(dedup, packet, &found, result);
    else if (entry_note(entry, packet))
        entry->payload = packet->payload;
    else
        result->verdict = entry_compare(entry, packet);
    if (entry && result->verdict == DEDUP_ALTERED)
        *result = entry_told(entry, DEDUP_ALTERED);
    result->own_parts = found.subtypes;
    return done;
}

bool dedup_note(struct dedup *dedup, const struct dedup_packet *packet, struct dedup_result *result)
{
    *result = (struct dedup_result){.verdict = DEDUP_NEW};
    dedup_age(dedup, packet->time_ns, packet->window_ns);
    if (packet->elsewhere && !dedup->comparing && !dedup_compare(dedup))
        return false;
    return packet->novel && !dedup->comparing ? dedup_note_novel(dedup, packet)
                                              : dedup_look(dedup, packet, result);
}

void dedup_clear(struct dedup *dedup)
{
    struct dedup empty = {.comparing = false};
    memcpy(empty.hash_key, dedup->hash_key, sizeof(empty.hash_key));
    free(dedup->ring);
    table_clear(&dedup->table);
    table_clear(&dedup->bares);
    *dedup = empty;
}
