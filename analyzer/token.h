/* SPDX-License-Identifier: BSD-3-Clause */
/* The index of identities by token: all connections that have one, the newest first. */
#ifndef ANALYZER_TOKEN_H
#define ANALYZER_TOKEN_H

#include "analyzer/tracker.h"

/* Where a token lies in the tracker's tables. */
uint64_t token_hash(const struct mpta_tracker *tracker, uint32_t token);

/* The newest identity with a token, or the next older one; NULL if there is none. */
struct identity *identity_first(const struct mpta_tracker *tracker, uint32_t token);
struct identity *identity_next(struct identity *identity);

/* Which side of its connection an identity is, and its address on the first subflow. */
enum mpta_side identity_side(const struct identity *identity);
const struct mpta_address *identity_address(const struct identity *identity);

#endif
