/* SPDX-License-Identifier: BSD-3-Clause */
/* Habits: the rare questions. */
#include "analyzer/habit.h"

/* RFC 7323 section 2.3: a larger shift counts as this one. */
#define WINDOW_SCALE_MAX 14

void habit_take_syn(struct habit *habit, const struct options *options)
{
    if (options->cut)
        return;
    habit->scale_known = true;
    habit->scales = options->syn.scales;
    habit->window_scale = options->syn.window_scale;
    habit->mss = options->syn.mss;
}

/* Hosts begin with one of these; which one, is told by what is left of it. */
static const uint8_t initial_limits[] = {32, 64, 128, 255};
#define INITIAL_COUNT (sizeof(initial_limits) / sizeof(initial_limits[0]))

/* How far away a packet was sent, for the lowest initial limit that allows it. */
static unsigned hops_travelled(unsigned hop_limit)
{
    size_t i = 0;
    while (initial_limits[i] < hop_limit)
        i++;
    return initial_limits[i] - hop_limit;
}

static unsigned apart(unsigned a, unsigned b)
{
    return a > b ? a - b : b - a;
}

unsigned habit_hops_apart(const struct habit *habit, const struct mpta_segment *segment,
                          uint32_t source)
{
    unsigned usual = habit->hop_limit_least, limit = segment->hop_limit;
    if (habit->packets < HABIT_PACKETS || habit->source != source)
        return 0;
    if (limit > habit->hop_limit_most)
        usual = habit->hop_limit_most;
    else if (limit > habit->hop_limit_least)
        return 0;
    /* A host may answer for a closed socket with another initial limit, from as far away. */
    unsigned least = apart(limit, usual);
    for (size_t i = 0; i < INITIAL_COUNT; i++) {
        unsigned from_there = initial_limits[i] - hops_travelled(usual);
        if (initial_limits[i] >= hops_travelled(usual) && apart(limit, from_there) < least)
            least = apart(limit, from_there);
    }
    return least;
}

uint32_t habit_window(const struct habit *habit, const struct habit *other)
{
    unsigned scale =
        habit->window_scale < WINDOW_SCALE_MAX ? habit->window_scale : WINDOW_SCALE_MAX;
    if (!habit->scale_known || !other->scale_known)
        return 0;
    return habit->scales && other->scales ? (uint32_t)habit->window << scale : habit->window;
}
