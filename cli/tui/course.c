/* SPDX-License-Identifier: BSD-3-Clause */
/* Sums over time, in steps of a millisecond at first. */
#include "cli/tui/course.h"

#include <string.h>

#define FIRST_STEP_NS INT64_C(1000000)

static void course_halve(struct course *course)
{
    for (size_t i = 0; i < COURSE_STEPS / 2; i++) {
        uint64_t both = (uint64_t)course->steps[2 * i] + course->steps[2 * i + 1];
        course->steps[i] = both < UINT32_MAX ? (uint32_t)both : UINT32_MAX;
    }
    memset(course->steps + COURSE_STEPS / 2, 0, sizeof course->steps / 2);
    course->step_ns *= 2;
}

/* The step of a time, for which steps are made longer until it is among them. */
static size_t course_step(struct course *course, int64_t time_ns)
{
    uint64_t since =
        time_ns > course->begin_ns ? (uint64_t)time_ns - (uint64_t)course->begin_ns : 0;
    while (since / (uint64_t)course->step_ns >= COURSE_STEPS && course->step_ns < INT64_MAX / 4) {
        course_halve(course);
    }
    uint64_t step = since / (uint64_t)course->step_ns;
    return step < COURSE_STEPS ? (size_t)step : COURSE_STEPS - 1;
}

void course_add(struct course *course, int64_t time_ns, uint64_t amount)
{
    if (course->step_ns == 0) {
        course->begin_ns = time_ns;
        course->step_ns = FIRST_STEP_NS;
    }
    uint32_t *step = &course->steps[course_step(course, time_ns)];
    uint64_t sum = *step + amount;
    *step = sum < UINT32_MAX ? (uint32_t)sum : UINT32_MAX;
}

size_t course_length(const struct course *course)
{
    size_t length = COURSE_STEPS;
    while (length > 0 && course->steps[length - 1] == 0) {
        length--;
    }
    return length;
}

void course_levels(const struct course *course, size_t count, unsigned char *levels)
{
    size_t length = course_length(course);
    uint64_t highest = 1;
    memset(levels, 0, count);
    for (size_t i = 0; i < length; i++) {
        highest = course->steps[i] > highest ? course->steps[i] : highest;
    }
    for (size_t column = 0; length > 0 && column < count; column++) {
        size_t begin = column * length / count;
        size_t end = (column + 1) * length / count;
        uint64_t level = 0;
        for (size_t i = begin; i == begin || i < end; i++) {
            level = course->steps[i] > level ? course->steps[i] : level;
        }
        levels[column] = (unsigned char)((level * 8 + highest - 1) / highest);
    }
}
