/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The data-level checksums of one direction of one subflow, RFC 8684 section 3.3.1: one check for
 * each distinct mapping, and the octets it covers as they are gathered, in any order. Mappings that
 * overlap each have a check of their own. It knows positions, no packets, and makes no verdicts.
 */
#ifndef ANALYZER_CHECKS_H
#define ANALYZER_CHECKS_H

#include "analyzer/analyzer.h"
#include "analyzer/rangeset.h"

/* So many are remembered on one half; beyond that the lower half of them is forgotten. */
#define CHECKS_MAX 4096
/* So many octets wait for their verdict on one half at most. */
#define CHECKS_HELD_MAX 262144

struct check {
    uint64_t begin; /* of its payload on the subflow; half-open */
    uint64_t end;
    uint64_t data; /* position of its first octet in the stream */
    uint32_t ssn;  /* these four as they were on the wire */
    uint16_t data_len;
    uint16_t checksum;
    bool dsn_is_sure; /* all its bits are, whatever was not captured */
    struct mpta_place at;

    enum mpta_verdict verdict; /* MPTA_ABSENT while octets are missing */
    uint64_t sum;              /* of the octets gathered, and then of the copies kept */
    uint64_t whole_sum;        /* of all, as they were when there was a verdict */
    struct rangeset gathered;  /* on the subflow; none once there is a verdict */
    uint8_t *octets;           /* copies of them, with room for all; NULL: none are kept */
    bool mixed;                /* some came in segments that tell another mapping of them */
};

/* All zero is an empty list. Sorted by begin. */
struct check_list {
    struct check *items;
    uint32_t count;
    uint32_t capacity;
    uint32_t longest; /* payload of a check there has been */
    uint32_t held;    /* octets that copies have room for */
};

/*
 * Adds a check unless there is one of the same mapping: *added is the new one, or NULL. False if
 * there is no memory.
 */
bool checks_add(struct check_list *list, const struct check *check, struct check **added);

/*
 * Goes through the other checks of the very octets that one covers: Linux maps the last data of a
 * stream anew, with DATA_FIN. *at starts at 0 and is moved on; NULL when there are no more.
 */
struct check *checks_next_twin(struct check_list *list, const struct check *check, size_t *at);

/* The check of a mapping, by its payload on the subflow and its checksum; NULL if there is none. */
const struct check *checks_find(const struct check_list *list, uint64_t begin, uint64_t end,
                                uint16_t checksum);

/*
 * Goes through the checks that overlap [begin, end): *at starts at 0 and is moved on; NULL when
 * there are no more. What it returns lives until the next checks_add.
 */
struct check *checks_next(struct check_list *list, uint64_t begin, uint64_t end, size_t *at);

/*
 * Gathers what a check lacks of [begin, end); `octets` lie at `begin`. keep: copies are wanted
 * unless this piece holds all; beyond the bound none are made. False if there is no memory.
 */
bool check_gather(struct check_list *list, struct check *check, uint64_t begin, uint64_t end,
                  const uint8_t *octets, bool keep);

/* Some octets of [begin, end) that it covers are not gathered. */
bool check_lacks(const struct check *check, uint64_t begin, uint64_t end);

/* All octets are gathered. */
bool check_is_complete(const struct check *check);

/* Copies all octets unless there are copies, within the bound. False if there is no memory. */
bool check_hold(struct check_list *list, struct check *check, const uint8_t *octets);

/* What [begin, end) shares with a check that has copies of all takes the place of these. */
void check_overwrite(struct check *check, uint64_t begin, uint64_t end, const uint8_t *octets);

/* The lowest check that has copies, among the first `count`; NULL if none has. */
struct check *checks_first_held(struct check_list *list, size_t count);

/* Frees the copies of a check; what was gathered counts on. */
void check_release(struct check_list *list, struct check *check);

void check_list_clear(struct check_list *list);

#endif
