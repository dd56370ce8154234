/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The course of a sum over time in a fixed number of steps, whose length doubles when time runs out
 * of them: enough for a small graph of a connection's whole life.
 */
#ifndef CLI_TUI_COURSE_H
#define CLI_TUI_COURSE_H

#include <stddef.h>
#include <stdint.h>

#define COURSE_STEPS 16

/* All zero is a course without anything. */
struct course {
    int64_t begin_ns;
    int64_t step_ns; /* 0: nothing yet */
    uint32_t steps[COURSE_STEPS];
};

/* Adds to the step of a time; what is older than the begin counts there. */
void course_add(struct course *course, int64_t time_ns, uint64_t amount);

/* How many steps there are, up to the newest. */
size_t course_length(const struct course *course);

/* Each of `count` columns in eighths of the highest one: 0 to 8, and 0 only where nothing was. */
void course_levels(const struct course *course, size_t count, unsigned char *levels);

#endif
