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
 * 3 ms where that is less or not known. What comes later than that, but was stamped or numbered (by
 * TSval or IP identification) before the data from above, was not sent again: it is late.
 *
 * A host may also take for lost what only came late: disorder, a timer that expired too soon. That
 * a packet was sent again needlessly is told by the receiver, if it says that it got it twice
 * (D-SACK, RFC 2883), and by timestamps (RFC 3522 section 3.2): an acknowledgement that echoes an
 * older value than the packet had that was sent again is that of the first one.
 *
 * What stays unknown: a packet that was lost before the place of capture with no data behind it
 * leaves no hole, and one that was never sent again leaves nothing.
 */
#ifndef ANALYZER_LOSS_H
#define ANALYZER_LOSS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOSS_ALLOWANCE_NS         INT64_C(3000000)
#define LOSS_ALLOWANCE_UNKNOWN_NS INT64_C(20000000) /* where no round trip was measured */
/* So many holes are remembered; beyond that the lowest is forgotten, and what fills it is no loss.
 */
#define LOSS_HOLES 64
/* So many packets that were sent again are remembered; whether older ones were needless is not
 * asked any more. */
#define LOSS_REPEATS 64

struct loss_hole {
    uint64_t begin;
    uint64_t end;
    int64_t time_ns; /* data from above it was first seen, */
    uint32_t value;  /* with this TSval; 0: none */
    uint16_t ip_id;  /* and this IP identification; 0: none */
};

/* A packet that was sent again. */
struct loss_repeat {
    uint64_t begin;
    uint64_t end;
    uint32_t value; /* TSval; 0: none */
    bool acked;
    bool needless;
};

/* All zero before the first packet. */
struct loss {
    uint64_t retransmitted; /* packets with octets seen before; */
    uint64_t needless;      /* of these, what had arrived */
    uint64_t filled_late;
    uint64_t out_of_order_bytes; /* new on the subflow, but below what had been sent before */
    struct loss_hole *holes;     /* lowest first, apart; NULL before the first one */
    uint32_t count;
    uint32_t capacity;
    struct loss_repeat *repeats; /* the oldest first; NULL before the first one */
    uint32_t repeat_count;
    uint32_t repeat_capacity;
    uint32_t waiting; /* of them, not acknowledged yet */
};

/* How late a packet may come to have been put out of order only; round_trip_ns < 0: not known. */
int64_t loss_allowance_ns(int64_t round_trip_ns);

/*
 * A packet carries octets that were seen before. Its begin, end and value are filled; acked and
 * needless are set if all its octets are acknowledged. False if there is no memory.
 */
bool loss_repeated(struct loss *loss, struct loss_repeat repeat);

/* Everything below `ack` was acknowledged by a packet that echoes a TSval, or 0. */
void loss_acked(struct loss *loss, uint64_t ack, uint32_t value);

/* The receiver says that it got [begin, end) twice. */
void loss_received_twice(struct loss *loss, uint64_t begin, uint64_t end);

/* A packet, which has these numbers, leaves a hole. False if there is no memory. */
bool loss_left_out(struct loss *loss, const struct loss_hole *hole);

/* A packet brings octets in [begin, end) that had been left out; needless as above. False if there
 * is no memory. */
bool loss_filled(struct loss *loss, const struct loss_hole *piece, int64_t allowance_ns,
                 bool needless);

/* The estimate: packets lost behind the place of capture and before it. */
uint64_t loss_behind(const struct loss *loss);
uint64_t loss_before(const struct loss *loss);

void loss_clear(struct loss *loss);

/* The same for one that was allocated, or for NULL. */
void loss_free(struct loss *loss);

#endif
