/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets that were damaged on the way: their TCP checksum is wrong, and their receiver drops them
 * (RFC 9293 section 3.1). Checksum offload and what joins packets leave wrong checksums, too, so
 * one counts only where others of the same sender were right at the same capture point.
 *
 * A packet that is left out by mistake is like one that was not captured: what is found without it
 * is less, but nothing that is not so.
 */
#ifndef ANALYZER_DAMAGE_H
#define ANALYZER_DAMAGE_H

#include "analyzer/analyzer.h"

struct half;
struct incoming;

/* So many capture points of one sender are told apart. */
#define DAMAGE_SOURCES 2

/* The checksums of one sender at one capture point. */
struct sum_habit {
    uint32_t source;
    uint32_t payload_len; /* the longest that had a right one */
    uint8_t credit;       /* of right ones, which wrong ones use up */
    bool used;
    bool offloaded; /* some were left for an interface to compute */
};

/* Packets that were damaged. */
struct damaged {
    uint64_t count;
    struct mpta_place first; /* the first, */
    uint64_t begin, end;     /* and what the latest with payload carried: positions */
};

struct damage {
    struct sum_habit habits[DAMAGE_SOURCES];
    struct damaged *damaged; /* NULL: none was */
};

/* Whether a packet of a subflow was damaged, so that nothing of it counts. False if there is no
 * memory. */
bool damage_take(const struct incoming *in, bool *damaged);

/* True if what such a packet carried was acknowledged, and no other was captured with it. */
bool damage_is_doubtful(const struct half *half);

#endif
