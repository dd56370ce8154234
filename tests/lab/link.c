/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The queue, the rate, the delay and the accidents of one direction of a path. Chance comes from a
 * generator of the link's own, so that what another link does cannot change the sequence.
 */
#include "tests/lab/link.h"

#include "tests/lab/random.h"

static bool link_chance(struct link *link, double probability)
{
    /* Drawn even at probability 0: changing one rate leaves the other draws as they were. */
    double drawn = (double)(random_next(&link->random) >> 11) / (double)(1ULL << 53);

    return drawn < probability;
}

/* How long the bits of a packet take to enter the wire. */
static int64_t link_serialize_ns(const struct link *link, size_t length)
{
    if (link->rate_bits == 0)
        return 0;
    return (int64_t)((uint64_t)length * 8U * 1000000000U / link->rate_bits);
}

static bool link_queue_full(const struct link *link, int64_t start_ns, int64_t now_ns)
{
    if (link->queue_octets == 0 || link->rate_bits == 0)
        return false;
    return start_ns - now_ns > link_serialize_ns(link, link->queue_octets);
}

int64_t link_carry(struct link *link, int64_t now_ns, size_t length)
{
    bool lost = link_chance(link, link->loss);
    bool late = link_chance(link, link->reorder);
    int64_t start_ns = link->busy_until_ns > now_ns ? link->busy_until_ns : now_ns;

    if (link->dark || link_queue_full(link, start_ns, now_ns))
        return -1;
    link->busy_until_ns = start_ns + link_serialize_ns(link, length);
    if (lost)
        return -1;
    return link->busy_until_ns + link->delay_ns + (late ? link->reorder_ns : 0);
}
