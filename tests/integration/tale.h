/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The packets of a scenario of the forge or of a sample, and time that goes by after them, so that
 * connections leave: for tests of what becomes of those.
 */
#ifndef TALE_H
#define TALE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/analyzer.h"
#include "cli/source.h"

/* Long after the last packet: nobody waits so long. */
#define FAR_NS (6 * INT64_C(86400000000000))

struct tale {
    const char *name;
    struct frame *frames;
    size_t count;
};

int64_t tale_end_ns(const struct tale *tale);

/* Feeds all of it, at another time. */
void tale_feed(const struct tale *tale, struct mpta_tracker *tracker, int64_t later_ns);

/* Feeds it while all connections sleep but for the one that a packet wakes. */
void tale_feed_sleepers(const struct tale *tale, struct mpta_tracker *tracker);

/* How those leave that are over. */
enum leaving {
    LEAVE_NOT,
    LEAVE_TOGETHER,
    LEAVE_ONE_BY_ONE, /* or some by some, where there are many */
};

/* Time goes by, with as many packets as there are connections; who is over may leave then. How many
 * did. */
uint64_t strangers_pass(struct mpta_tracker *tracker, int64_t time_ns, enum leaving leaving);

/* Tries something with each scenario of the forge and each sample; with how many it does not hold.
 */
size_t tales_try(char **samples, size_t sample_count, bool (*holds)(const struct tale *tale));

#endif
