/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The mappings of one direction of one subflow, RFC 8684 section 3.3.1: which octets of the subflow
 * are which octets of the data stream. It knows positions, no packets and no checksums.
 */
#ifndef ANALYZER_MAPPING_H
#define ANALYZER_MAPPING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* So many mappings are kept; beyond that the lower half of them is forgotten. */
#define MAPPINGS_MAX 4096

struct mapping {
    uint64_t begin; /* on the subflow; half-open */
    uint64_t end;
    uint64_t data; /* position of its first octet in the stream */
};

/*
 * All zero is an empty list. Sorted by begin; they do not overlap, and what continues its
 * predecessor is one with it: a subflow that carries the stream alone has one mapping.
 */
struct mapping_list {
    struct mapping *items;
    uint32_t count;
    uint32_t capacity;
    uint64_t forgotten; /* mappings below it may be lacking; 0: none are */
};

enum mapping_status {
    MAPPING_NEW,
    MAPPING_REPEATED,     /* says what is known already */
    MAPPING_CONTRADICTED, /* maps octets otherwise than before: the first stands */
    MAPPING_NO_MEMORY,
};

/* What mapping_add does, for any mapping. */
enum mapping_status mapping_add_anywhere(struct mapping_list *list, const struct mapping *mapping);

/*
 * Adds a mapping. Only MAPPING_NEW changes the list. Nearly all of them repeat the last one, or go
 * on with it, and have nothing to do with the others, which end where it begins, or below.
 */
static inline enum mapping_status mapping_add(struct mapping_list *list,
                                              const struct mapping *mapping)
{
    struct mapping *last = list->count > 0 ? &list->items[list->count - 1] : NULL;
    if (!last || mapping->begin < last->begin || mapping->begin >= last->end ||
        mapping->data - mapping->begin != last->data - last->begin)
        return mapping_add_anywhere(list, mapping);
    if (mapping->end <= last->end)
        return MAPPING_REPEATED;
    last->end = mapping->end;
    return MAPPING_NEW;
}

/* Forgets what is said of [begin, end) of the subflow. False if there is no memory. */
bool mapping_remove(struct mapping_list *list, uint64_t begin, uint64_t end);

/* What mapping_find does, for any octet. */
const struct mapping *mapping_find_anywhere(const struct mapping_list *list, uint64_t at,
                                            uint64_t *next);

/*
 * The mapping that covers an octet, or NULL; then *next is where the next mapping begins. It lives
 * until the next mapping_add. Packets ask for the end of their subflow, which is the last mapping's
 * as all others end where it begins, or below.
 */
static inline const struct mapping *mapping_find(const struct mapping_list *list, uint64_t at,
                                                 uint64_t *next)
{
    const struct mapping *last = list->count > 0 ? &list->items[list->count - 1] : NULL;
    if (!last || at < last->begin)
        return mapping_find_anywhere(list, at, next);
    *next = UINT64_MAX;
    return at < last->end ? last : NULL;
}

/* Gives up room that no mapping is in. */
void mapping_list_fit(struct mapping_list *list);

void mapping_list_clear(struct mapping_list *list);

#endif
