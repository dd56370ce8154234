/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Any octets as a pcapng (or as whatever they are). A file that ends earlier must give the same
 * frames, as far as it goes.
 */
#include "tests/fuzz/fuzz_source.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void prefix_check(const struct fuzz_reading *cut, const struct fuzz_reading *whole)
{
    require(cut->count <= whole->count);
    for (size_t i = 0; i < cut->count && i < FUZZ_FRAMES_MAX; i++) {
        require(memcmp(&cut->frames[i], &whole->frames[i], sizeof cut->frames[i]) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct fuzz_reading whole;
    static struct fuzz_reading cut;
    fuzz_read(data, size, &whole);
    if (whole.opened && size > 0) {
        fuzz_read(data, (size_t)(fuzz_digest(data, size) % size), &cut);
        prefix_check(&cut, &whole);
    }
    return 0;
}
