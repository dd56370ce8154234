/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One direction of a data stream on its way to Wireshark's dissectors: octets come in any order and
 * leave in that of the stream. What waits is copied; what is in the packet at hand is only pointed
 * at, for Wireshark has it whenever that packet is dissected again.
 */
#ifndef WIRESHARK_STREAM_QUEUE_H
#define WIRESHARK_STREAM_QUEUE_H

#include <epan/packet.h>
#include <stdbool.h>
#include <stdint.h>

/* Octets in a row. */
struct piece {
    const uint8_t *octets; /* in the memory of the file; NULL: in the packet, */
    uint32_t at;           /* so far behind the begin of its TCP header */
    uint32_t len;
};

struct pdus;

/* What a packet brought in order, with what had waited for it. */
struct delivery {
    struct delivery *next; /* behind another hole */
    uint64_t offset;       /* in the stream */
    uint64_t skipped;      /* octets directly before it that are given up */
    uint64_t len;
    size_t piece_count;
    struct piece *pieces;
    struct pdus *pdus; /* what dissectors were called with; NULL: nothing. See reassembly.c */
};

/* All zero is a new one. */
struct stream_queue {
    uint64_t next;     /* offset up to which all has left */
    GTree *waiting;    /* NULL: nothing ever did */
    uint64_t held;     /* octets that wait */
    bool acked_known;  /* by a DATA_ACK, */
    uint64_t acked;    /* up to this offset; */
    int64_t heard_ns;  /* the last one came then */
    bool length_known; /* by a DATA_FIN */
    uint64_t length;
    bool hole_is_acked; /* what it waits for has arrived, but was not captured: */
    int64_t acked_ns;   /* known since then */
    bool waits;         /* there is a hole, */
    int64_t waits_ns;   /* since then */
};

/* Frees what waits. */
void stream_queue_close(struct stream_queue *queue);

/*
 * Takes octets at an offset; those of a piece in the packet, whose TCP header begins at `tcp`, are
 * copied where they have to wait.
 */
void stream_queue_put(struct stream_queue *queue, uint64_t offset, const struct piece *piece,
                      const uint8_t *tcp);

/* Notes what the receiver acknowledged. */
void stream_queue_acked(struct stream_queue *queue, uint64_t acked, int64_t now_ns);

/*
 * What can leave; NULL if nothing can. A hole that nothing will fill is given up: so long after it
 * was acknowledged.
 */
struct delivery *stream_queue_take(struct stream_queue *queue, int64_t now_ns, int64_t patience_ns);

/* The same for all that waits: nothing more will come. */
struct delivery *stream_queue_take_all(struct stream_queue *queue);

#endif
