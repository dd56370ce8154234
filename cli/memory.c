/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * jemalloc keeps the sum. A report is made of many small values that live shortly, at which it is
 * twice as fast as libc; see docs/PERFORMANCE.md. By its own choice it would not give small values
 * room in large parts that became free, as after a flood: those it would hand back to the system,
 * page by page, only to ask for them again.
 */
#include "cli/memory.h"

#include <stdio.h>
#include <unistd.h>

#ifdef MPTA_SANITIZE

size_t memory_in_use(void)
{
    return 0;
}

#else

#include <jemalloc/jemalloc.h>

const char *malloc_conf = "lg_extent_max_active_fit:24"; /* read by jemalloc when it begins */

size_t memory_in_use(void)
{
    uint64_t epoch = 1; /* any value: writing it brings the sums up to date */
    size_t octets = 0, len = sizeof octets;
    mallctl("epoch", NULL, NULL, &epoch, sizeof epoch);
    return mallctl("stats.allocated", &octets, &len, NULL, 0) == 0 ? octets : 0;
}

#endif

uint64_t memory_resident(void)
{
    unsigned long pages = 0;
    FILE *stream = fopen("/proc/self/statm", "re");
    if (stream != NULL) {
        if (fscanf(stream, "%*u %lu", &pages) != 1) {
            pages = 0;
        }
        fclose(stream);
    }
    return (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
}
