/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the packets of one end of a subflow have in common: how many hops away they come from, how
 * much they are ready to take. A packet that falls out of the habit may be another's.
 */
#ifndef ANALYZER_HABIT_H
#define ANALYZER_HABIT_H

#include "analyzer/options.h"

/* So many packets make a habit. */
#define HABIT_PACKETS 3

struct habit {
    uint32_t source; /* capture point of the packets that the hop limits are of */
    uint8_t packets; /* of these, no more than HABIT_PACKETS counted */
    uint8_t hop_limit_least;
    uint8_t hop_limit_most;
    bool scale_known;     /* its SYN was captured: */
    bool scales;          /* it has a window scale option */
    uint8_t window_scale; /* RFC 7323 section 2 */
    uint16_t window;      /* the largest, not scaled, of packets without SYN */
    uint16_t mss;         /* of the segments that it takes; 0: unknown */
};

/* Takes a packet that is no RST. */
static inline void habit_take(struct habit *habit, const struct mpta_segment *segment,
                              uint32_t source)
{
    if (habit->packets == 0 || habit->source != source) {
        habit->source = source;
        habit->packets = 0;
        habit->hop_limit_least = habit->hop_limit_most = segment->hop_limit;
    }
    if (segment->hop_limit < habit->hop_limit_least)
        habit->hop_limit_least = segment->hop_limit;
    if (segment->hop_limit > habit->hop_limit_most)
        habit->hop_limit_most = segment->hop_limit;
    if (habit->packets < HABIT_PACKETS)
        habit->packets++;
    if (segment->window > habit->window && !(segment->flags & MPTA_TCP_SYN))
        habit->window = segment->window;
}

/* Takes the options of a SYN. */
void habit_take_syn(struct habit *habit, const struct options *options);

/*
 * How many hops a packet from this capture point is farther or nearer than the others; 0 where
 * there are too few of them, or where another initial hop limit of the same host explains it.
 */
unsigned habit_hops_apart(const struct habit *habit, const struct mpta_segment *segment,
                          uint32_t source);

/* The largest window that this end has offered, for packets of `other`; 0: unknown. */
uint32_t habit_window(const struct habit *habit, const struct habit *other);

#endif
