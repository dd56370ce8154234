/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The lab's only source of chance: SplitMix64. The state moves by a fixed odd step and is mixed to
 * give a number, so any state, zero too, is a good seed, and a run repeats from its seed.
 */
#ifndef LAB_RANDOM_H
#define LAB_RANDOM_H

#include <stdint.h>

static inline uint64_t random_next(uint64_t *state)
{
    uint64_t mixed = *state += 0x9e3779b97f4a7c15;

    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    return mixed ^ (mixed >> 31);
}

#endif
