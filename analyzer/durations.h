/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Durations, summed up: how many, the shortest, the longest, the sum, and a histogram from which
 * any quantile can be read. It does not know what was measured.
 *
 * The histogram is logarithmic: 16 buckets an octave of nanoseconds. A quantile read from it is the
 * middle of a bucket and so differs from the true one by 1/32 of it, 3.2 %, at most; below 32 ns it
 * is exact, and so are the first and the last of all durations. Only the octaves between the
 * shortest and the longest take memory, 64 octets each. Until there are more than DURATIONS_FEW, a
 * list of their buckets does in its place; and nothing does before the third one: of two, each is
 * the first or the last.
 */
#ifndef ANALYZER_DURATIONS_H
#define ANALYZER_DURATIONS_H

#include <stdbool.h>
#include <stdint.h>

#define DURATIONS_FEW 32

struct histogram {
    uint16_t first;   /* index of the lowest bucket that is there */
    uint16_t count;   /* of buckets */
    uint32_t items[]; /* one that is full stays so */
};

/* All zero are no durations. */
struct durations {
    uint64_t samples;
    int64_t min_ns;
    int64_t max_ns;
    int64_t sum_ns;
    union {
        uint16_t *few;             /* up to DURATIONS_FEW: the bucket of each, the lowest first */
        struct histogram *buckets; /* for more */
    };
};

/*
 * Adds one. A negative one, or one that the sum has no room for, is left out. False if there is no
 * memory; then nothing has changed.
 */
bool durations_add(struct durations *durations, int64_t duration_ns);

/*
 * The duration that `percent` of all do not exceed, 1 to 100: of n the one of rank n * percent /
 * 100, rounded up. 0 where there are none.
 */
int64_t durations_quantile(const struct durations *durations, unsigned percent);

void durations_clear(struct durations *durations);

#endif
