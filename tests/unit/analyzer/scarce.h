/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory that runs out when a test says so. The linker puts these functions in the place of malloc,
 * calloc, realloc and strdup (--wrap).
 */
#ifndef SCARCE_H
#define SCARCE_H

#include <stdbool.h>
#include <stddef.h>

struct scarce {
    bool armed;
    bool lasting; /* all later allocations fail, too */
    size_t left;  /* before the one that fails */
    size_t failed;
};

extern struct scarce memory;

#endif
