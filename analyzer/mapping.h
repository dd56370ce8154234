/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The mappings of one direction of one subflow, RFC 8684 section 3.3.1: which octets of the subflow
 * are which octets of the data stream, and the checksum over each. It knows positions, no packets.
 */
#ifndef ANALYZER_MAPPING_H
#define ANALYZER_MAPPING_H

#include "analyzer/analyzer.h"
#include "analyzer/rangeset.h"

/* So many mappings are kept; the oldest go first, and their checksums are then unverifiable. */
#define MAPPINGS_MAX 1024

struct mapping {
    uint64_t begin; /* on the subflow */
    uint64_t end;   /* half-open; UINT64_MAX for an infinite one */
    uint64_t data;  /* position of its first octet in the stream */
    bool has_checksum;
    bool judged;  /* its verdict was counted */
    bool tainted; /* not all of its octets were captured */
    uint16_t checksum;
    uint64_t sum;     /* of pseudo-header and the octets gathered so far */
    uint64_t covered; /* octets gathered so far */
    struct mpta_place at;
};

/* All zero is an empty list. Sorted by begin; they do not overlap. */
struct mapping_list {
    struct mapping *items;
    size_t count;
    size_t capacity;
};

enum mapping_status {
    MAPPING_NEW,
    MAPPING_REPEATED,     /* says what is known already */
    MAPPING_CONTRADICTED, /* maps octets otherwise than before: the first stands */
    MAPPING_NO_MEMORY,
};

/*
 * Adds a mapping; *added is set to it for MAPPING_NEW and lives until the next call. One without
 * checksum that continues its predecessor is joined to it.
 */
enum mapping_status mapping_add(struct mapping_list *list, const struct mapping *mapping,
                                struct mapping **added);

/* The mapping that covers an octet, or NULL; then *next is where the next mapping begins. */
struct mapping *mapping_find(const struct mapping_list *list, uint64_t at, uint64_t *next);

/* Drops the mappings in front that end at or before `done`, all but the last one. */
void mapping_forget(struct mapping_list *list, uint64_t done);

void mapping_list_clear(struct mapping_list *list);

#endif
