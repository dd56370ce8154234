/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tells whether a packet was met before: on another interface of the same host, in another file, or
 * twice on one because of a mirror port. It knows prints, sources and times, no packets.
 */
#ifndef ANALYZER_DEDUP_H
#define ANALYZER_DEDUP_H

#include "analyzer/fingerprint.h"
#include "analyzer/table.h"

/* Copies on different sources may be this far apart: a path between two capture points. */
#define DEDUP_WINDOW_NS INT64_C(2000000000)
/*
 * Copies on one source may be this far apart; what comes later was sent again. A RST or a pure ACK
 * without an IP identification is sent again sooner than that: copies of such have the same time.
 */
#define DEDUP_MIRROR_NS INT64_C(1000000)
/* What is told to be one packet although parts of it differ is no further apart than this: repeated
 * SYNs are. */
#define DEDUP_CHANGED_NS INT64_C(500000000)
/* So many sources are counted for one packet. */
#define DEDUP_SOURCES 4
/* So many packets are remembered at most; then the oldest go. */
#define DEDUP_ENTRIES 65536

struct dedup_entry;

/* All zero but for its key is a memory without packets. */
struct dedup {
    uint8_t hash_key[16];
    struct table table;       /* entries by fingerprint */
    struct table bares;       /* and by that of what nothing on the way changes, */
    bool comparing;           /* since the first flow was seen at two sources; until then */
    size_t linked;            /* only so many entries, the newest, are to be in the table, */
    size_t pending;           /* and so many of these, the newest, are not there yet */
    struct dedup_entry *ring; /* oldest at head; grows to DEDUP_ENTRIES */
    size_t capacity;
    size_t head;
    size_t count;
};

/* A packet, as far as copies of it are concerned. */
struct dedup_packet {
    struct print print;
    bool novel;       /* nothing like it can have been noted yet, at its source */
    bool singular;    /* a host sends no other packet with its bare fingerprint */
    bool elsewhere;   /* its flow was first seen at another source */
    uint64_t source;  /* capture point */
    uint32_t capture; /* which packet of which input it is, for the caller to know it by */
    uint64_t number;
    int64_t window_ns; /* how long packets are remembered from here on */
    int64_t time_ns;
    bool distinct;    /* a host would not send it twice within DEDUP_MIRROR_NS */
    uint64_t payload; /* a sum over its payload, by which an altered copy is told; 0: not known */
};

/* What a packet turned out to be. */
enum dedup_verdict {
    DEDUP_NEW,
    DEDUP_COPY,    /* another copy of one noted before */
    DEDUP_ALTERED, /* such a copy, whose payload has been changed */
    DEDUP_CHANGED, /* such a copy, of which other parts were added, changed or taken off */
};

/* What was found out about a packet. */
struct dedup_result {
    enum dedup_verdict verdict;
    uint16_t own_parts; /* unless it was novel: its options of kind 30, a bit for each subtype */
    /* DEDUP_ALTERED, DEDUP_CHANGED: of the copy noted before: */
    uint16_t parts;
    uint32_t capture;
    uint64_t number;
    int64_t time_ns;
};

/* Notes a packet and judges it. False if there is no memory. */
bool dedup_note(struct dedup *dedup, const struct dedup_packet *packet,
                struct dedup_result *result);

/* Forgets all but the key. */
void dedup_clear(struct dedup *dedup);

#endif
