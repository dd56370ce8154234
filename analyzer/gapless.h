/* SPDX-License-Identifier: BSD-3-Clause */
/* Whether the capture has all that the ends of a subflow sent. */
#ifndef ANALYZER_GAPLESS_H
#define ANALYZER_GAPLESS_H

#include "analyzer/subflow.h"

/*
 * True if there is no gap in what was captured of either end from its SYN on, and a segment of
 * `role` shows none: what it begins with and what it acknowledges lie at the ends of what was seen,
 * or a little below. To be asked before the segment is taken.
 */
bool subflow_is_gapless(const struct subflow *subflow, enum role role,
                        const struct mpta_segment *segment);

/* True if there is no gap in what was captured of either end, from its SYN on if it sent anything.
 */
bool subflow_is_whole(const struct subflow *subflow);

#endif
