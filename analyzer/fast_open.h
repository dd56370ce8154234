/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Data on a SYN, RFC 7413, has no DSN; where the other end accepts it, SSN 1 is the octet behind
 * it: RFC 8684 appendix B.2. Whether it was accepted is told by some packets only, and until one of
 * them was captured nobody knows where SSN 1 lies.
 */
#ifndef ANALYZER_FAST_OPEN_H
#define ANALYZER_FAST_OPEN_H

#include "analyzer/subflow.h"

/* A SYN or SYN/ACK of this half; fresh: its ISN is new. */
void fast_open_take_syn(struct half *half, uint32_t payload_len, bool fresh);

/* An acknowledgement of what this half sent; of_syn: on a SYN/ACK. */
void fast_open_take_ack(struct half *half, uint64_t ack, bool of_syn);

/* Where the payload of a segment lies that is no SYN. */
void fast_open_take_data(struct half *half, const struct extent *extent);

/* A packet says where SSN 0 lies. */
void fast_open_tell(struct half *half, uint64_t ssn_base);

/* It has been told since this was asked last: what waited for it may be understood now. */
bool fast_open_was_told(struct subflow *subflow);

#endif
