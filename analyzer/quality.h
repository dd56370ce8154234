/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a capture cannot prove, and why: packets cut, taken before offloads had done their part,
 * seen twice, from one side only, or not at all.
 */
#ifndef ANALYZER_QUALITY_H
#define ANALYZER_QUALITY_H

#include "analyzer/analyzer.h"

struct connection;
struct incoming;
struct subflow;

/* How often something was so, and where first. */
struct tally {
    uint64_t count;
    struct mpta_place first;
};

/* Of a connection. */
struct quality {
    struct tally cut; /* packets without all of their payload or options */
    uint64_t cut_options;
    uint64_t fragments; /* first fragments of IP packets */
};

/* Octets that were acknowledged, and of these those that no packet carried. */
struct unseen {
    uint64_t acked;
    uint64_t lost;
};

/* Of all packets of tracked subflows. */
struct capture_quality {
    bool headers_only; /* payload is left out on purpose */
    struct tally copies;
    struct tally super_segments;
    struct tally partial_checksums; /* among the first packets of each subflow */
    struct tally leavers;           /* subflows without a connection that have left, */
    struct unseen unseen;           /* and what the capture lacks of them */
};

/* Takes a packet that is no copy, after its subflow has. */
void quality_take(struct capture_quality *capture, const struct incoming *in);

/* A subflow without a connection leaves before the end. conclude_quality.c */
void quality_take_leaver(struct capture_quality *capture, const struct subflow *subflow);

/* Another copy of a packet was captured. */
void quality_take_copy(struct capture_quality *capture, const struct mpta_place *place);

#endif
