/* SPDX-License-Identifier: BSD-3-Clause */
/* A logarithmic histogram that grows at both ends, and a list before it; see durations.h. */
#include "analyzer/durations.h"

#include <stdlib.h>
#include <string.h>

/* Buckets an octave, as a power of two. */
#define OCTAVE_BITS    4
#define OCTAVE_BUCKETS (1U << OCTAVE_BITS)

/* The first octave holds all durations below 16 ns, which have a bucket each. */
static unsigned bucket_index(int64_t duration_ns)
{
    uint64_t value = (uint64_t)duration_ns;
    if (value < OCTAVE_BUCKETS)
        return (unsigned)value;
    unsigned shift = 63U - (unsigned)__builtin_clzll(value) - OCTAVE_BITS;
    return shift * OCTAVE_BUCKETS + (unsigned)(value >> shift);
}

/* The middle of a bucket. */
static int64_t bucket_middle(unsigned index)
{
    if (index < 2 * OCTAVE_BUCKETS)
        return index;
    unsigned shift = index / OCTAVE_BUCKETS - 1;
    uint64_t begin = (uint64_t)(index % OCTAVE_BUCKETS + OCTAVE_BUCKETS) << shift;
    return (int64_t)(begin + (UINT64_C(1) << shift) / 2);
}

/*
 * Makes room for a bucket, and for the others of its octave, in *buckets, which may be NULL; that
 * stays as it is if there is no memory.
 */
static bool buckets_reserve(struct histogram **buckets, unsigned index)
{
    const struct histogram *old = *buckets;
    unsigned begin = index & ~(OCTAVE_BUCKETS - 1), end = begin + OCTAVE_BUCKETS;
    if (old) {
        unsigned old_end = (unsigned)old->first + old->count;
        if (index >= old->first && index < old_end)
            return true;
        begin = begin < old->first ? begin : old->first;
        end = end > old_end ? end : old_end;
    }
    struct histogram *wider = calloc(1, sizeof(*wider) + (end - begin) * sizeof(wider->items[0]));
    if (!wider)
        return false;
    wider->first = (uint16_t)begin;
    wider->count = (uint16_t)(end - begin);
    if (old)
        memcpy(wider->items + (old->first - begin), old->items, old->count * sizeof(old->items[0]));
    free(*buckets);
    *buckets = wider;
    return true;
}

static void bucket_count(struct histogram *buckets, unsigned index)
{
    uint32_t *bucket = &buckets->items[index - buckets->first];
    *bucket += *bucket < UINT32_MAX;
}

/* Room for one more in the list, which doubles from 4. */
static bool few_reserve(struct durations *durations)
{
    size_t count = (size_t)durations->samples;
    if (count & (count - 1))
        return true;
    uint16_t *few = realloc(durations->few, 2 * count * sizeof(*few));
    if (few)
        durations->few = few;
    return few;
}

/* Lists one more, and the first two when the third one comes. */
static bool few_add(struct durations *durations, unsigned index)
{
    size_t at = (size_t)durations->samples;
    if (durations->samples < 2)
        return true;
    if (!few_reserve(durations))
        return false;
    if (durations->samples == 2) {
        durations->few[0] = (uint16_t)bucket_index(durations->min_ns);
        durations->few[1] = (uint16_t)bucket_index(durations->max_ns);
    }
    for (; at > 0 && durations->few[at - 1] > index; at--)
        durations->few[at] = durations->few[at - 1];
    durations->few[at] = (uint16_t)index;
    return true;
}

/* They are few no more: one more makes a histogram of them. */
static bool few_to_buckets(struct durations *durations, unsigned index)
{
    struct histogram *buckets = NULL;
    if (!buckets_reserve(&buckets, durations->few[0]) ||
        !buckets_reserve(&buckets, durations->few[DURATIONS_FEW - 1]) ||
        !buckets_reserve(&buckets, index)) {
        free(buckets);
        return false;
    }
    for (size_t i = 0; i < DURATIONS_FEW; i++)
        bucket_count(buckets, durations->few[i]);
    free(durations->few);
    durations->buckets = buckets;
    return true;
}

static bool buckets_add(struct durations *durations, unsigned index)
{
    if (durations->samples < DURATIONS_FEW)
        return few_add(durations, index);
    bool ready = durations->samples == DURATIONS_FEW ? few_to_buckets(durations, index)
                                                     : buckets_reserve(&durations->buckets, index);
    if (ready)
        bucket_count(durations->buckets, index);
    return ready;
}

bool durations_add(struct durations *durations, int64_t duration_ns)
{
    int64_t sum_ns;
    if (duration_ns < 0 || __builtin_add_overflow(durations->sum_ns, duration_ns, &sum_ns))
        return true;
    if (!buckets_add(durations, bucket_index(duration_ns)))
        return false;
    durations->sum_ns = sum_ns;
    if (durations->samples == 0 || duration_ns < durations->min_ns)
        durations->min_ns = duration_ns;
    if (durations->samples == 0 || duration_ns > durations->max_ns)
        durations->max_ns = duration_ns;
    durations->samples++;
    return true;
}

/* The middle of the bucket that holds the duration of a rank, counted from 1. */
static int64_t bucket_of_rank(const struct durations *durations, uint64_t rank)
{
    const struct histogram *buckets = durations->buckets;
    unsigned i = 0;
    if (durations->samples <= DURATIONS_FEW)
        return bucket_middle(durations->few[rank - 1]);
    for (uint64_t below = 0; i + 1 < buckets->count; i++) {
        below += buckets->items[i];
        if (below >= rank)
            break;
    }
    return bucket_middle(buckets->first + i);
}

int64_t durations_quantile(const struct durations *durations, unsigned percent)
{
    uint64_t samples = durations->samples;
    uint64_t rank = samples / 100 * percent + (samples % 100 * percent + 99) / 100;
    if (rank <= 1)
        return durations->min_ns;
    if (rank >= samples)
        return durations->max_ns;
    int64_t middle_ns = bucket_of_rank(durations, rank);
    if (middle_ns < durations->min_ns)
        return durations->min_ns;
    return middle_ns < durations->max_ns ? middle_ns : durations->max_ns;
}

void durations_clear(struct durations *durations)
{
    if (durations->samples > DURATIONS_FEW)
        free(durations->buckets);
    else
        free(durations->few);
    *durations = (struct durations){0};
}
