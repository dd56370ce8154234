/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How long a segment of one direction has ever got through: where longer ones never do, the path
 * may take less than its sender believes. Segments are told by their lengths alone.
 */
#ifndef ANALYZER_SIZES_H
#define ANALYZER_SIZES_H

#include <stdbool.h>
#include <stdint.h>

/* Of segments that are not acknowledged so many are kept apart; ends and lengths rise. */
#define SIZES_KEPT 4

struct kept_size {
    uint64_t end;
    uint32_t len;
};

/* All zero before the first segment. */
struct sizes {
    uint64_t end;             /* of the first one kept, */
    uint32_t len;             /* which most often is the only one */
    uint32_t passed;          /* the longest one that was acknowledged whole; 0: none was */
    uint32_t again;           /* the one that was sent again last */
    uint32_t count;           /* kept */
    struct kept_size *others; /* all but the first; NULL as long as there was none */
};

/* A segment of `len` octets that ends at this position. False if there is no memory. */
bool sizes_sent(struct sizes *sizes, uint64_t end, uint32_t len);

/* All up to this position was acknowledged. */
void sizes_acked(struct sizes *sizes, uint64_t acked);

/* Says what that means for segments of `len` octets which do not get through; "" if nothing. */
#define SIZES_HINT_MAX 120
void sizes_hint(const struct sizes *sizes, uint32_t len, char hint[SIZES_HINT_MAX]);

void sizes_clear(struct sizes *sizes);

#endif
