/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A wire between two hosts whose octets are known: segments with real payload and real checksums,
 * fed to a tracker one by one, and a receiver of what the tracker hands on, which knows right from
 * wrong. Handshakes are told as stories. It has no opinion on what a tracker should make of it.
 */
#ifndef WIRE_H
#define WIRE_H

#include "analyzer/rangeset.h"
#include "tests/unit/analyzer/story.h"

#define WIRE_FLOWS   4
#define WIRE_LEN_MAX 65535

/* Offsets handed on are kept above it: some are negative. */
#define WIRE_ORIGIN (UINT64_C(1) << 32)

struct wire {
    struct story story; /* of the handshakes */
    size_t fed;         /* packets of it */
    struct story_peers peers;
    struct story_flow flows[WIRE_FLOWS]; /* the first one is the initial subflow */
    struct mpta_tracker *tracker;
    uint64_t packets;
    uint64_t lost_begin, lost_end; /* the numbers of those that are not captured, half-open */
    int64_t now_ns;
    uint16_t ip_id;
    struct mpta_segment last; /* the last one that was sent, */
    uint8_t options[40];      /* and its options */
    uint32_t syn_len;         /* octets on the SYN of the first flow that were accepted */
    uint64_t start[2]; /* what offset 0 is to mean, by side, from IDSN + 1; below it on a SYN */
    struct rangeset good[2]; /* offsets handed on, by side, from WIRE_ORIGIN: as they were sent */
    struct rangeset bad[2];  /* otherwise */
    uint64_t again;          /* octets handed on although they had been, rightly */
    bool may_fail;           /* memory may be short: what fails is counted */
    uint64_t failures;
    struct mpta_verdict_counts judged; /* as told one by one */
    bool mixed; /* some mappings have checksums, others not: what no host does */
};

/* A mapping; all zero but `len` for none. */
struct wire_map {
    uint32_t ssn;
    uint64_t data; /* offset of its first octet from IDSN + 1 */
    uint16_t len;  /* data-level length; 0: no mapping, unless infinite */
    bool infinite;
    bool capable; /* on MP_CAPABLE, with both keys */
    bool fin;
    bool is_32; /* 32 bits of DSN */
    bool has_checksum;
    uint16_t checksum;
};

struct wire_segment {
    unsigned flow;
    enum story_from from;
    uint32_t ssn; /* of its first octet */
    const uint8_t *octets;
    uint32_t len;
    uint32_t cut; /* octets that were not captured */
    struct wire_map map;
    bool no_dss; /* without a mapping: no option at all; else a DATA_ACK */
    bool ack_is_64;
    uint64_t ack;       /* what it acknowledges, as an offset from IDSN + 1 of the other side */
    uint32_t acked_len; /* octets of the other side that it acknowledges on the subflow */
    uint16_t flags;     /* besides ACK */
};

/* A wire with flows and a tracker; with somebody else's receiver. close frees the tracker. */
void wire_open(struct wire *wire);
void wire_open_for(struct wire *wire, void (*deliver)(void *, const struct mpta_octets *),
                   void *context);
void wire_close(struct wire *wire);

/* Before the handshake: some mappings will have checksums, some will not. */
void wire_checksums(struct wire *wire, bool with, bool without);

/* The first finding of error severity; of checksums that no host would mix none is wanted. */
const char *wire_worst(const struct wire *wire);

/* Feeds what was told in wire->story since the last time. */
void wire_tell(struct wire *wire);

/* Handshakes of the connection, of a join. */
void wire_capable(struct wire *wire);
void wire_join(struct wire *wire, unsigned flow);

/* The octet that a side's application sends at an offset from IDSN + 1. */
uint8_t wire_octet(enum mpta_side by, uint64_t offset);
void wire_fill(uint8_t *octets, size_t len, enum mpta_side by, uint64_t offset);

/* The checksum of a mapping over these octets, RFC 8684 section 3.3.1; the plain way. */
uint16_t wire_checksum(const struct wire *wire, enum mpta_side by, const struct wire_map *map,
                       const uint8_t *octets);

/* The side that sends on a flow. */
enum mpta_side wire_side(const struct wire *wire, unsigned flow, enum story_from from);

/* Feeds one segment. */
void wire_send(struct wire *wire, const struct wire_segment *segment);

/* Feeds the last one again, as another capture point sees it; uncut. */
void wire_copy_last(struct wire *wire);
void wire_copy_whole(struct wire *wire);

/* The end of the capture. */
void wire_finish(struct wire *wire);

#endif
