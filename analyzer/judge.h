/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Is the checksum of a mapping right, and if not: what is wrong? It does not know whose octets are
 * handed on then.
 */
#ifndef ANALYZER_JUDGE_H
#define ANALYZER_JUDGE_H

#include "analyzer/checks.h"
#include "analyzer/tracker.h"

/*
 * All octets of a mapping are there: one verdict, unless the upper half of its DSN is unknown.
 * Where its place may be what is wrong, or octets of another capture point or of another mapping's
 * segments, its octets are doubtful, and nothing is proven. False if there is no memory.
 */
bool judge_check(const struct mpta_tracker *tracker, struct incoming *in, struct check *check);

/* The same of a mapping that has no payload: a DATA_FIN. It counts as checked. */
bool judge_bare(const struct mpta_tracker *tracker, struct incoming *in, struct check *check);

/* Whether a checksum is right, where this segment holds all that it covers. */
enum mpta_verdict judge_alone(const struct incoming *in, const struct check *check);

/* Octets with this sum are what a mapping's checksum was made of. */
bool judge_sum_is_right(const struct incoming *in, const struct check *check, uint64_t sum);

#endif
