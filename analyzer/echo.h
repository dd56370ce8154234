/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Round trips measured by the timestamps option, RFC 7323 section 3: the first packet with payload
 * that carries a new TSval, beyond all before, and the packet that acknowledges it and echoes
 * exactly that value. A segment that was sent again carries another TSval than the first time, so
 * these round trips are known also where sequence numbers are ambiguous; but they count the time
 * that a receiver delays its acknowledgement of the segment (section 4.1). It knows positions,
 * numbers and times, no packets.
 */
#ifndef ANALYZER_ECHO_H
#define ANALYZER_ECHO_H

#include "analyzer/rtt.h"

/* So many values are under observation at once; others in between go unmeasured. */
#define ECHO_PROBES 4

/* The option of one packet. */
struct timestamps {
    bool present;
    uint32_t value; /* TSval */
    uint32_t echo;  /* TSecr; meaningful in a packet with ACK, and none where it is 0 */
};

struct echo_probe {
    uint64_t end; /* position after the segment */
    int64_t time_ns;
    uint32_t value;
    uint32_t source;
};

/* What one end sent, and saw echoed. */
struct echo {
    struct durations stats;
    uint32_t newest; /* TSval of all its packets; */
    bool known;      /* if there was any */
    uint8_t probe_count;
    uint8_t probe_capacity;
    uint64_t least_end;        /* of the probes: an acknowledgement below it tells nothing */
    struct echo_probe *probes; /* by value, the oldest first; NULL before the first one */
};

/*
 * A packet with the option was sent, whose payload lies in [begin, end); nothing where it has none,
 * or none that is still to be acknowledged. False if there is no memory.
 */
bool echo_sent(struct echo *echo, uint32_t value, uint64_t begin, uint64_t end,
               struct sighting seen);

/*
 * Everything below `ack` was acknowledged by a packet that echoes a value; 0: none. same_source: as
 * for rtt_acked. False if there is no memory.
 */
bool echo_acked(struct echo *echo, uint32_t value, uint64_t ack, struct sighting seen,
                bool same_source);

/* Gives up the memory for what is under observation; what was measured stays. */
void echo_forget(struct echo *echo);

void echo_clear(struct echo *echo);

#endif
