/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where the octets of one input come from: a descriptor, and an unpacker if it is compressed. How
 * it ended is kept, so that whoever draws the octets need not be who tells of it. It knows nothing
 * of what they are for.
 */
#ifndef CLI_SOURCE_TAP_H
#define CLI_SOURCE_TAP_H

#include "cli/source_unpack.h"

#include <stdbool.h>

struct source_tap {
    int fd;
    const struct source_patience *patience; /* NULL: none, or none is needed */
    struct source_unpack *unpack;           /* NULL: the octets are those of the file itself */
    bool ended;                             /* nothing more will come, ... */
    enum source_unpack_status ending;       /* ... OK: for that was all */
    int error;                              /* the errno of SOURCE_UNPACK_READ */
    char *reason;                           /* of SOURCE_UNPACK_CORRUPT; to be freed */
};

/* Up to room octets, written to `to`: how many, and 0 at the end, which stays. */
size_t source_tap_draw(struct source_tap *tap, uint8_t *to, size_t room);

#endif
