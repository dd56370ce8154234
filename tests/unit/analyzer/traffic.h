/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Random traffic of two hosts that do nothing wrong: each octet of a subflow stands for one octet
 * of the application, mappings say so truly, and what is sent again is the same. How mappings,
 * segments and options lie across each other is left to chance. Only a path may do wrong, if it is
 * asked to: it changes octets. The same seed makes the same traffic, and so does the same script.
 */
#ifndef TRAFFIC_H
#define TRAFFIC_H

#include "tests/fuzz/script.h"
#include "tests/unit/analyzer/wire.h"

#define TRAFFIC_MAPPED_MAX   65536  /* octets that an application sends with mappings at most */
#define TRAFFIC_PLAIN_MAX    480000 /* and without */
#define TRAFFIC_APP_MAX      (TRAFFIC_MAPPED_MAX + TRAFFIC_PLAIN_MAX)
#define TRAFFIC_FLOW_MAX     TRAFFIC_APP_MAX /* octets on one subflow in one direction */
#define TRAFFIC_PACKETS_MAX  2048
#define TRAFFIC_CHANGED_MAX  524288 /* octets of segments that were changed on the way */
#define TRAFFIC_MAPPINGS_MAX 256    /* on one subflow in one direction */

/* Where the DSS of a mapping is told. */
enum traffic_telling {
    TELL_EACH,   /* on each of its segments */
    TELL_FIRST,  /* on the first */
    TELL_LAST,   /* on the last */
    TELL_BEFORE, /* on a packet without data, before */
    TELL_AFTER,  /* on one after */
    TELLINGS,
};

/* Which packet of the handshake was not captured. */
enum traffic_missing {
    MISSING_NONE,
    MISSING_SYN,
    MISSING_SYN_ACK, /* one flow */
    MISSING_ACK,     /* no join that the server opens: its token is that of an unknown key */
    MISSING_ALL,     /* one flow */
};

/* What was not captured of the subflows that join: an interface of its own is theirs. */
enum traffic_unseen {
    UNSEEN_NONE,
    UNSEEN_BEGIN, /* the first half, with their handshakes: whose they are stays unknown */
    UNSEEN_ALL,
};

struct traffic_style {
    unsigned flows;
    enum traffic_missing missing;
    enum traffic_unseen unseen;
    bool vanish;              /* in the end the client goes on without DSS, alone; nothing is old */
    bool volume;              /* so long that nobody waits for more DSS */
    bool straddle;            /* segments reach over the ends of mappings */
    bool remeasure;           /* what is sent again has mappings of its own */
    bool checksums;           /* on all mappings, unless: */
    bool mixed;               /* on every other */
    uint32_t percent_again;   /* of events: sent again on TCP's level */
    uint32_t percent_old;     /* of events: old data in new places */
    uint32_t percent_lost;    /* of packets, in the capture */
    uint32_t percent_untold;  /* of packets: captured as they were sent again, without their DSS */
    uint32_t percent_cut;     /* of packets, by the snap length */
    uint32_t percent_changed; /* of packets, on the way; then all mappings have checksums */
    uint32_t reorder;         /* how far packets move, at most */
    uint32_t longest;         /* mapping */
    uint32_t events;
};

struct traffic_mapping {
    struct wire_map map;
    enum traffic_telling telling;
    bool told;
};

/* One direction of a subflow. */
struct traffic_half {
    uint8_t octets[TRAFFIC_FLOW_MAX];
    uint32_t data[TRAFFIC_FLOW_MAX]; /* offset of each of them in the stream */
    uint32_t len;
    uint32_t sent; /* of len, in segments */
    struct traffic_mapping mappings[TRAFFIC_MAPPINGS_MAX];
    size_t mapping_count;
};

struct traffic {
    uint64_t seed;
    bool scripted; /* chance is a script, not the seed */
    struct script script;
    struct traffic_style style;
    const struct wire *wire;
    uint8_t app[2][TRAFFIC_APP_MAX];
    uint32_t app_len[2];
    struct traffic_half halves[WIRE_FLOWS][2]; /* by enum story_from */
    struct wire_segment packets[TRAFFIC_PACKETS_MAX];
    size_t count;
    uint8_t changed[TRAFFIC_CHANGED_MAX];
    size_t changed_len;
};

/* A number below limit, which is not 0. */
uint32_t traffic_random(struct traffic *traffic, uint32_t limit);

/* Draws the style of a seed, or of a script. changing: the path changes octets. */
void traffic_begin(struct traffic *traffic, uint64_t seed, bool changing);
void traffic_begin_script(struct traffic *traffic, const uint8_t *octets, size_t size,
                          bool changing);

/*
 * Makes its traffic for a wire whose DSNs are settled: packets in the order of capture, less what
 * was lost. The last ones, of each side, are DATA_ACKs and never lost.
 */
void traffic_make(struct traffic *traffic, const struct wire *wire);

/* So many of its subflows were captured from their beginning: the first ones. */
unsigned traffic_seen_flows(const struct traffic *traffic);

/* Words about its style, for a message. Valid until the next call. */
const char *traffic_words(const struct traffic *traffic);

#endif
