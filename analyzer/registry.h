/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The registry of a connection's address IDs: what is known of each address ID of each side, at one
 * moment of its history. There are 256 IDs a side, and of each so much is kept, so that a host may
 * announce as often as it likes. It draws no conclusions.
 */
#ifndef ANALYZER_REGISTRY_H
#define ANALYZER_REGISTRY_H

#include "analyzer/connection.h"

#define REGISTRY_IDS 256
/* So many different announcements of one ID are remembered. */
#define REGISTRY_KNOWN_MAX 4

struct registry_entry {
    enum mpta_side side; /* whose ID it is */
    uint8_t id;
    bool touched;
    bool used;                              /* announced, echoed, or an end of a subflow had it */
    bool removed;                           /* at least once */
    const struct address_record *announced; /* the first announcement of what stands, or NULL */
    const struct address_record *echo;      /* of that */
    uint32_t repetitions;                   /* of it, itself included */
    const struct subflow *opened;           /* the side's newest join from this ID */
    const struct subflow *taker;            /* the other side's newest join to it */
    const struct address_record *known[REGISTRY_KNOWN_MAX]; /* ever announced, each once */
    size_t known_count;                                     /* may be more than were kept */
    const struct address_record *odd_echo;    /* the first one that fits none of these */
    const struct address_record *odd_removal; /* the first one before any use */
};

struct registry {
    struct registry_entry entries[2][REGISTRY_IDS];
    struct registry_entry *touched[2 * REGISTRY_IDS]; /* those that are not all zero */
    size_t touched_count;
};

/* The entry of an ID. */
struct registry_entry *registry_entry(struct registry *registry, enum mpta_side side, uint8_t id);

/* Makes all entries zero. */
void registry_clear(struct registry *registry);

/* True if both speak of one address, and of one port. */
bool registry_same_place(const struct address_record *a, const struct address_record *b);

/* An announcement, whether it is believed or not; an echo of it fits from now on. */
void registry_add_known(struct registry_entry *entry, const struct address_record *record);

/* True if this was announced for the ID, or may have been: too much was announced to tell. */
bool registry_was_announced(const struct registry_entry *entry, const struct address_record *echo);

/* What stood for an ID stands no more. */
void registry_remove(struct registry_entry *entry);

#endif
