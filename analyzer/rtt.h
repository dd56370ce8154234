/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Round trips measured by matching sequence numbers: a segment and the acknowledgement of exactly
 * its end. What a retransmission or a filled hole makes ambiguous is left out (Karn and Partridge).
 */
#ifndef ANALYZER_RTT_H
#define ANALYZER_RTT_H

#include "analyzer/analyzer.h"
#include "analyzer/durations.h"

/* So many segments are under observation at once; others in between go unmeasured. */
#define RTT_PROBES 8

struct rtt_probe {
    uint64_t end; /* position after the segment */
    int64_t time_ns;
    uint32_t source;
};

struct rtt {
    struct durations stats;
    struct rtt_probe *probes; /* by end, lowest first; NULL before the first one */
    uint8_t probe_count;
    uint8_t probe_capacity;
};

/* Where a packet was captured, and when. */
struct sighting {
    int64_t time_ns;
    uint32_t source; /* capture point */
};

/* What durations are as round trips, for a view. */
struct mpta_rtt rtt_view(const struct durations *stats);

/* A segment that ends at `end` was sent, beyond all before. False if there is no memory. */
bool rtt_sent(struct rtt *rtt, uint64_t end, struct sighting seen);

/* A retransmission or a filled hole: what is outstanding would be ambiguous. */
void rtt_ambiguous(struct rtt *rtt);

/*
 * Everything below `ack` was acknowledged. same_source: packets are seen at several capture points,
 * so that only what was seen at this one too makes a round trip. False if there is no memory.
 */
bool rtt_acked(struct rtt *rtt, uint64_t ack, struct sighting seen, bool same_source);

/* Gives up the memory for what is under observation; what was measured stays. */
void rtt_forget(struct rtt *rtt);

void rtt_clear(struct rtt *rtt);

#endif
