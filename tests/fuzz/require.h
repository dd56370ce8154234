/* SPDX-License-Identifier: BSD-3-Clause */
/* What must hold, whatever the input: a fuzzer takes the end of the process for a find. */
#ifndef FUZZ_REQUIRE_H
#define FUZZ_REQUIRE_H

#include <stdbool.h>
#include <stdlib.h>

static inline void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

#endif
