/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One direction of a path as a queueing system: when does a packet that enters now come out, if at
 * all? Knows lengths and times only, never what is in a packet.
 */
#ifndef LAB_LINK_H
#define LAB_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct link {
    int64_t delay_ns;
    uint64_t rate_bits;  /* a second; 0 for no limit */
    size_t queue_octets; /* what may wait for the rate; 0 for no limit */
    double loss;         /* probabilities, 0 to 1 */
    double reorder;
    int64_t reorder_ns; /* how much longer a reordered packet takes */
    bool dark;          /* swallows everything */

    uint64_t random;       /* state of the generator: the seed at first */
    int64_t busy_until_ns; /* when the last packet's last bit leaves the queue */
};

/* When the packet comes out, or -1 if it is lost. Times are of a monotonic clock. */
int64_t link_carry(struct link *link, int64_t now_ns, size_t length);

#endif
