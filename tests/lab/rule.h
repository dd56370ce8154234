/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rules: which segments a middlebox meddles with, and how. A rule is a row of conditions that all
 * have to hold, a window of occurrences (skip, count), and one action.
 */
#ifndef LAB_RULE_H
#define LAB_RULE_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/lab/flow.h"
#include "tests/lab/packet.h"

enum rule_action {
    RULE_DROP,
    RULE_STRIP,
    RULE_FLIP_PAYLOAD,
    RULE_FLIP_HMAC,
    RULE_FLIP_TOKEN,
    RULE_FLIP_SSN,
};

struct rule {
    unsigned paths;      /* set: bit n is path n */
    unsigned directions; /* set: bit C2S, bit S2C */
    unsigned stages;     /* set: STAGE_..., one of them has to fit */
    subtype_set has;     /* one of these subtypes has to be there; 0 asks for none */
    uint64_t after;      /* payload octets of the flow that have to have passed, both directions */
    uint32_t skip;       /* leaves alone so many segments that fit */
    uint32_t count;      /* acts on so many at most; 0 for all */
    enum rule_action action;
    subtype_set strip;

    uint32_t fitted; /* segments that fitted so far */
    uint32_t acted;  /* segments that were changed or dropped */
};

/* What a rule may ask about a segment beside its octets. */
struct rule_facts {
    unsigned path;
    enum direction direction;
    unsigned stages;
    uint64_t flow_octets;
};

/* Applies a rule. False if the segment is to be dropped; *changed is set if its octets changed. */
bool rule_apply(struct rule *rule, const struct rule_facts *facts, struct packet_view *view,
                bool *changed);

#endif
