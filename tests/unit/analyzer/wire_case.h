/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Cases on a wire as rows of a table: how it begins, some segments, and what a tracker must make of
 * them. One side sends in a case, the client unless it says otherwise; flow 1 is a join.
 */
#ifndef WIRE_CASE_H
#define WIRE_CASE_H

#include "tests/unit/analyzer/wire.h"

#define WIRE_SEGMENTS_MAX 9
#define WIRE_RANGES_MAX   4

/* What is special about a segment. */
enum {
    CSUM = 1,         /* the mapping has a checksum, over the octets as they were sent */
    WRONG = 2,        /* ... which is wrong by one */
    SWAPPED = 4,      /* ... whose octets are swapped */
    CORRUPT = 8,      /* the first octet was changed on the way */
    FIN = 16,         /* the mapping has a DATA_FIN, and its length one more */
    NARROW = 32,      /* 32 bits of DSN */
    CAPABLE = 64,     /* the mapping is MP_CAPABLE's */
    INFINITE = 128,   /* the mapping is infinite */
    BARE = 256,       /* no option of kind 30 */
    SECOND = 512,     /* on the join */
    ACK_AFTER = 1024, /* then the client's third ACK comes */
    COPIED = 2048     /* then a copy from another capture point, uncut */
};

/* Offsets count from IDSN + 1. A mapping of length 0 is none. */
struct wire_row {
    uint32_t ssn;
    uint64_t data; /* offset of the octets that the payload holds */
    uint32_t len;  /* 0 in a row without flags: the end */
    struct {
        uint32_t ssn;
        uint64_t data;
        uint16_t len; /* of payload */
    } map;
    unsigned flags;
    uint32_t cut; /* octets that were not captured */
};

/* Payload with a mapping of just it, with another one, with a DATA_ACK only, with nothing. */
#define DATA(ssn, data, len)                                                                       \
    {                                                                                              \
        ssn, data, len, {ssn, data, len}, 0, 0                                                     \
    }
#define DATA_AS(ssn, data, len, as)                                                                \
    {                                                                                              \
        ssn, data, len, {ssn, data, len}, as, 0                                                    \
    }
#define MAPPED(ssn, data, len, ...)                                                                \
    {                                                                                              \
        ssn, data, len, {__VA_ARGS__}, 0, 0                                                        \
    }
#define MAPPED_AS(ssn, data, len, as, ...)                                                         \
    {                                                                                              \
        ssn, data, len, {__VA_ARGS__}, as, 0                                                       \
    }
#define ONLY(ssn, data, len)                                                                       \
    {                                                                                              \
        ssn, data, len, {0, 0, 0}, 0, 0                                                            \
    }
#define ONLY_AS(ssn, data, len, as)                                                                \
    {                                                                                              \
        ssn, data, len, {0, 0, 0}, as, 0                                                           \
    }

struct wire_case {
    const char *words;
    void (*begin)(struct wire *wire);
    struct wire_row rows[WIRE_SEGMENTS_MAX];
    struct range good[WIRE_RANGES_MAX]; /* offsets handed on at the end, rightly */
    struct range bad[WIRE_RANGES_MAX];  /* and otherwise */
    uint64_t data_bytes;
    uint64_t missing_bytes;
    uint64_t reinjected_bytes;
    uint64_t remapped_bytes;      /* of both subflows */
    uint64_t retransmitted_bytes; /* of both subflows */
    struct mpta_verdict_counts checksums;
    const char *error; /* the finding of error severity, if any */
    enum mpta_side by;
    bool no_base; /* the IDSN is not known */
};

/* Ways to begin. */
void wire_single(struct wire *wire);     /* the handshake */
void wire_pair(struct wire *wire);       /* and a join */
void wire_closed(struct wire *wire);     /* a join that carried [100, 200), and was reset */
void wire_narrow(struct wire *wire);     /* an IDSN 391 octets before a wrap of 32 bits */
void wire_nothing(struct wire *wire);    /* nothing of it was captured */
void wire_late(struct wire *wire);       /* nothing; offset 0 is 1000 */
void wire_no_ack(struct wire *wire);     /* all but the third ACK; offset 0 is 1000 */
void wire_no_syns(struct wire *wire);    /* only the third ACK */
void wire_unanswered(struct wire *wire); /* only the SYN, then a third ACK without MP_CAPABLE */

/* Runs the cases; fails with their words. */
void wire_run(const struct wire_case *cases, size_t count);

#endif
