/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * An estimate of how many data packets of one direction of a subflow the paths lost, from what
 * passes the place of capture. A packet that was lost behind it is seen again; one that was lost
 * before it leaves a hole, which is filled late. It knows positions and times, no packets.
 *
 * Lost behind: a packet that carries octets seen before, unless all its octets were acknowledged
 * when it passed: such a one was sent needlessly. Lost before: a packet that fills a hole later
 * than a reordering allowance after data from above it was seen, and whose octets were not all
 * acknowledged. A host learns of a loss from what its peer says of later data, so that what is sent
 * again comes a round trip after that data, by the clock of any place on the path. What a path has
 * put out of order comes sooner: three quarters of the shortest round trip tell the two apart, and
 * 3 ms where that is less or not known.
 *
 * A host may also take for lost what only came late: disorder, a timer that expired too soon. Where
 * packets have timestamps, the acknowledgement tells (RFC 3522 section 3.2): if it echoes an older
 * value than the packet carried that was sent again, the first one had arrived, and the second was
 * needless, too.
 *
 * What stays unknown: a packet that was lost before the place of capture with no data behind it
 * leaves no hole, and one that was never sent again leaves nothing.
 */
#ifndef ANALYZER_LOSS_H
#define ANALYZER_LOSS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOSS_ALLOWANCE_NS INT64_C(3000000)
/* So many holes are remembered; beyond that the lowest is forgotten, and what fills it is no loss.
 */
#define LOSS_HOLES 64
/* So many packets that were sent again wait for their acknowledgement; others count as needed. */
#define LOSS_REPEATS 32

struct loss_hole {
    uint64_t begin;
    uint64_t end;
    int64_t time_ns; /* data from above it was first seen */
};

/* A packet that was sent again. */
struct loss_repeat {
    uint64_t end;   /* position after it */
    uint32_t value; /* TSval */
};

/* All zero before the first packet. */
struct loss {
    uint64_t retransmitted; /* packets with octets seen before; */
    uint64_t needless;      /* of these, what had arrived */
    uint64_t filled_late;
    struct loss_hole *holes; /* lowest first, apart; NULL before the first one */
    size_t count;
    size_t capacity;
    struct loss_repeat *repeats; /* not acknowledged yet; NULL before the first one */
    size_t repeat_count;
    size_t repeat_capacity;
};

/* How late a packet may come to have been put out of order only; round_trip_ns < 0: not known. */
int64_t loss_allowance_ns(int64_t round_trip_ns);

/*
 * A packet carries octets that were seen before. needless: all its octets are acknowledged. value:
 * its TSval, or 0 if there is none. False if there is no memory.
 */
bool loss_repeated(struct loss *loss, bool needless, uint64_t end, uint32_t value);

/* Everything below `ack` was acknowledged by a packet that echoes a TSval, or 0. */
void loss_acked(struct loss *loss, uint64_t ack, uint32_t value);

/* A packet leaves [begin, end) out. False if there is no memory. */
bool loss_left_out(struct loss *loss, uint64_t begin, uint64_t end, int64_t time_ns);

/* A packet brings octets in [begin, end) that had been left out; needless as above. False if there
 * is no memory. */
bool loss_filled(struct loss *loss, const struct loss_hole *piece, int64_t allowance_ns,
                 bool needless);

/* The estimate: packets lost behind the place of capture and before it. */
uint64_t loss_behind(const struct loss *loss);
uint64_t loss_before(const struct loss *loss);

void loss_clear(struct loss *loss);

#endif
