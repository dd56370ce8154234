/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets under way, the one that arrives first on top. Equal times keep the order of sending.
 */
#ifndef LAB_QUEUE_H
#define LAB_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/lab/flow.h"

struct packet {
    int64_t due_ns;
    uint64_t order; /* set by queue_push */
    unsigned path;
    enum direction direction;
    size_t length;
    uint8_t octets[];
};

struct queue {
    struct packet **heap;
    size_t count;
    size_t capacity;
    uint64_t pushed;
};

/* The queue then owns the packet. False without memory; the packet stays the caller's. */
bool queue_push(struct queue *queue, struct packet *packet);

/* When the next packet arrives, or INT64_MAX if none is under way. */
int64_t queue_next_ns(const struct queue *queue);

/* Takes the next packet out, which is then the caller's. The queue must not be empty. */
struct packet *queue_pop(struct queue *queue);

void queue_free(struct queue *queue);

#endif
