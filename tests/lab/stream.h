/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the applications send: pseudo-random octets that name themselves. A stream is known by
 * seed, direction and number. Its first 8 octets are its number; then come the outputs of
 * SplitMix64 (random.h), 8 octets each, all most significant octet first. So the receiver of a
 * stream learns from it what it should have received, whichever connection it came through.
 */
#ifndef LAB_STREAM_H
#define LAB_STREAM_H

#include <stddef.h>
#include <stdint.h>

#include "tests/lab/random.h"

enum { STREAM_NUMBER_OCTETS = 8 };

struct stream {
    uint64_t state;
    uint64_t word; /* the octets being handed out, next one on top */
    unsigned left; /* how many of them */
};

/* direction: 0 from client to server, 1 back. */
static inline void stream_start(struct stream *stream, uint64_t seed, unsigned direction,
                                uint64_t number)
{
    uint64_t state = seed;

    *stream = (struct stream){.word = number, .left = STREAM_NUMBER_OCTETS};
    stream->state = random_next(&state) ^ (number << 1 | direction);
}

/* Hands out the next octets. */
static inline void stream_read(struct stream *stream, uint8_t *octets, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (stream->left == 0) {
            stream->word = random_next(&stream->state);
            stream->left = 8;
        }
        octets[i] = (uint8_t)(stream->word >> 56);
        stream->word <<= 8;
        stream->left--;
    }
}

#endif
