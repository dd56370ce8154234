/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/cores.h"

#include <sched.h>

unsigned cores_count(void)
{
    cpu_set_t sets[16]; /* of 1024 processors each: the kernel refuses room for less than it has */
    int count = sched_getaffinity(0, sizeof sets, sets) == 0 ? CPU_COUNT_S(sizeof sets, sets) : 1;
    return count > 1 ? (unsigned)count : 1;
}
