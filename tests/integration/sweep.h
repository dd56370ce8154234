/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the ways to spoil a sample share: chance, and the count of what was tried and failed.
 */
#ifndef SWEEP_H
#define SWEEP_H

#include <stdint.h>

#include "tests/integration/sweep_analysis.h"
#include "tests/integration/sweep_sample.h"

struct sweep {
    uint64_t chance; /* the state of chance: a seed repeats what came after it */
    unsigned times;  /* how often something is tried at random */
    unsigned tries;
    unsigned failures;
    unsigned failures_before; /* this sample */
};

/* A number from 0 to below - 1. */
uint64_t sweep_random(struct sweep *sweep, uint64_t below);

/* A new try, with its own time: one that hangs ends the program by SIGALRM. */
void sweep_try(struct sweep *sweep);

/* Says what is wrong with a sample, in the words of a format. */
__attribute__((format(printf, 3, 4))) void
sweep_fail(struct sweep *sweep, const struct sweep_sample *sample, const char *format, ...);

/* Each snap length from 0 to past the longest header: no error that the whole sample has not. */
void sweep_snap(struct sweep *sweep, const struct sweep_sample *sample);

/* Packets missing at the beginning, one by one, and at random: the same. */
void sweep_loss(struct sweep *sweep, const struct sweep_sample *sample);

/* The file ends at each end of a block and at random places: what came before is read. */
void sweep_cut(struct sweep *sweep, const struct sweep_sample *sample);

/* Each packet missing, some of many, or one direction: the whole report says no more, nor else. */
void sweep_less(struct sweep *sweep, const struct sweep_sample *sample);

/* The same packets with other times, names, sequence numbers, or several times: nothing else is
 * said. */
void sweep_same(struct sweep *sweep, const struct sweep_sample *sample);

/* Some bits of the file change. */
void sweep_flip(struct sweep *sweep, const struct sweep_sample *sample);

#endif
