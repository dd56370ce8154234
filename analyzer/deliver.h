/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Handing on the stream's octets. Those under a checksum wait until their mapping is whole, so that
 * a wrong copy does not keep a better one out; how long is bounded, as far as octets are wanted at
 * all. It does not know how a piece was found its place.
 */
#ifndef ANALYZER_DELIVER_H
#define ANALYZER_DELIVER_H

#include "analyzer/checks.h"
#include "analyzer/tracker.h"

/* Captured payload that has its place in the stream. */
struct piece {
    uint64_t begin; /* on the subflow; half-open */
    uint64_t end;
    uint64_t position; /* of its first octet in the stream */
    const uint8_t *octets;
    bool waited; /* it came without a mapping, before the packet that places it */
};

/* All functions return false if there is no memory. */

/* Data on a SYN has no DSN, but is what the application reads first: RFC 8684 appendix B. */
void deliver_syn(const struct mpta_tracker *tracker, const struct incoming *in);

/* Octets of the sender with DSNs have been handed on, or were found to lie below all. */
bool deliver_has_begun(const struct incoming *in);

/* Takes a mapping with a checksum on the subflow and half that `in` names; each counts once. */
bool deliver_expect(const struct mpta_tracker *tracker, struct incoming *in,
                    const struct check *check);

/* Sums up what is under a checksum, and hands on what is new in the stream or better than before.
 */
bool deliver_piece(const struct mpta_tracker *tracker, struct incoming *in,
                   const struct piece *piece);

/* Hands on octets that are as they were sent, as far as is known. */
bool deliver_sound(const struct mpta_tracker *tracker, const struct incoming *in,
                   const struct piece *piece);

/* Hands on what still waits on the half that `in` names: nothing more will come. */
bool deliver_waiting(const struct mpta_tracker *tracker, struct incoming *in);

#endif
