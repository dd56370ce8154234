/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The tracker beside a model too plain to be wrong: an octet for each octet of each subflow and of
 * each stream. Both are fed the same traffic; then every number and every octet must agree, and
 * nobody may be accused. Where the path changed octets, each wrong sum must be found, and what a
 * right one proves must be what is handed on.
 */
#ifndef MODEL_H
#define MODEL_H

#include "tests/unit/analyzer/traffic.h"

#define MODEL_CHECKS_MAX  1024
#define MODEL_MAPPING_MAX 4096

/* One direction of a subflow; an octet of SSN 1 is at 0. */
struct model_half {
    uint32_t place[TRAFFIC_FLOW_MAX]; /* offset in the stream by mapping, plus 1; 0: none */
    uint8_t seen[TRAFFIC_FLOW_MAX];
    uint8_t held[TRAFFIC_FLOW_MAX];     /* captured before its mapping was known */
    uint8_t first[TRAFFIC_FLOW_MAX];    /* what these were */
    uint8_t captured[TRAFFIC_FLOW_MAX]; /* in any copy */
    uint64_t payload, retransmitted, reinjected, remapped;
    bool bare_fin; /* with a checksum */
};

/* One direction of the stream; the octet of IDSN + 1 is at 0. */
struct model_stream {
    uint8_t carried[TRAFFIC_APP_MAX];   /* a bit for each subflow */
    uint8_t delivered[TRAFFIC_APP_MAX]; /* captured, and placed */
    uint8_t received[TRAFFIC_APP_MAX];  /* handed on by the tracker, */
    uint8_t octets[TRAFFIC_APP_MAX];    /* and this is what, in the end */
    uint8_t changed[TRAFFIC_APP_MAX];   /* some copy was not what the application sent */
    uint8_t proven[TRAFFIC_APP_MAX];    /* some copy was, by its checksum */
    uint8_t mistaken[TRAFFIC_APP_MAX];  /* one was not, and its checksum was right */
    bool met;
    uint32_t base; /* the first DSN met, if the capture is late */
    uint64_t acked;
    bool fin;
};

/* A distinct mapping with a checksum. */
struct model_check {
    unsigned flow;
    enum story_from from;
    struct wire_map map;
    uint32_t gathered; /* octets of it that were captured while it was known, or held */
    bool mixed;        /* some came in packets that told another mapping of them */
    uint8_t got[MODEL_MAPPING_MAX];
    uint8_t octets[MODEL_MAPPING_MAX];
    uint32_t own_gathered; /* the same, but of its own packets only */
    uint8_t own[MODEL_MAPPING_MAX];
    uint8_t own_octets[MODEL_MAPPING_MAX];
    uint8_t latest[MODEL_MAPPING_MAX]; /* what came last, since all had come */
};

struct model {
    const struct traffic *traffic;
    struct model_half halves[WIRE_FLOWS][2];
    struct model_stream streams[2];
    struct model_check checks[MODEL_CHECKS_MAX];
    size_t check_count;
    bool started; /* a late capture begins with the first option of kind 30 */
};

/* ---- The model ------------------------------------------------------------------------------ */

/* Empty, for traffic that has been made. */
void model_begin(struct model *model, const struct traffic *traffic);

/* Takes a packet in. False if the tracker cannot know yet that this is MPTCP. */
bool model_feed(struct model *model, const struct wire_segment *packet);

/* The same packet is captured at another point. */
void model_copy(struct model *model, const struct wire_segment *packet);

/* The IDSN of a side is not known: its first DSN met is the base. */
bool model_is_late(const struct model *model, enum mpta_side by);

/* Where its SSN 1 lies may stay unknown. */
bool model_may_be_lost(const struct model *model, enum mpta_side by);

/* Octets of a side's stream that some mapping has given a place. */
uint64_t model_carried(const struct model *model, enum mpta_side by);

/* Octets that were captured on its subflows, and no mapping of them. */
uint64_t model_unplaced(const struct model *model, enum mpta_side by);

/* A mapping's checksum is that of these octets; and what it proves if so. */
bool model_sum_is_right(const struct model *model, enum mpta_side by,
                        const struct model_check *check, const uint8_t *octets);
void model_take_sum(struct model *model, const struct model_check *check, const uint8_t *octets);

/* ---- Comparison ----------------------------------------------------------------------------- */

struct model_totals {
    uint64_t packets, octets, sides, understood, verdicts, exact, wrong, unplaced, plain, soon;
};

/* The receiver of what the tracker hands on; context is the model. */
void model_receive(void *context, const struct mpta_octets *octets);

/* Asserts that a tracker which is finished agrees with the model, and counts what was compared. */
void model_compare(struct model *model, const struct mpta_tracker *tracker,
                   struct model_totals *totals);

/* ---- Runs ----------------------------------------------------------------------------------- */

/* Makes traffic from a seed, feeds it to both and compares them. */
void model_run_seed(uint64_t seed, bool changing, struct model_totals *totals);

/* The same with the octets of a script for chance. */
void model_run_script(const uint8_t *octets, size_t size, bool changing,
                      struct model_totals *totals);

/* Words about the traffic of the last run. Valid until the next call. */
const char *model_words(void);

#endif
