/* SPDX-License-Identifier: BSD-3-Clause */
/* The index of identities by token: all connections that have one, the newest first. */
#ifndef ANALYZER_TOKEN_H
#define ANALYZER_TOKEN_H

#include "analyzer/tracker.h"

/* Where a token lies in the tracker's tables. */
uint64_t token_hash(const struct mpta_tracker *tracker, uint32_t token);

/* So many connections with one token are considered; more are an attack, and are not worth the
 * time. */
#define IDENTITIES_MAX 64

/* A walk over the identities that have one token. */
struct identity_walk {
    struct identity *at; /* NULL at the end */
    unsigned left;
};

/* Starts at the newest identity with a token, and steps to the next older one. */
struct identity_walk identity_first(const struct mpta_tracker *tracker, uint32_t token);
void identity_next(struct identity_walk *walk);

/* Which side of its connection an identity is, and its address on the first subflow. */
enum mpta_side identity_side(const struct identity *identity);
const struct mpta_address *identity_address(const struct identity *identity);

/* How long a join came before the connection; 0 if it came after it, or when the connection began
 * was not captured. Then the connection's token was nobody's yet: RFC 8684 section 3.2. */
int64_t token_lead_ns(const struct connection *connection, const struct subflow *join);

/* Before connections leave: notes where one of them lived beside one that stays. */
void token_note_leavers(const struct mpta_tracker *tracker);

/* At the end: says where a connection lived at the same time as one with the same token. */
bool token_report_collision(const struct mpta_tracker *tracker, struct connection *connection);

/*
 * Makes a subflow, new or unlinked, one of a connection's: the end that plays the role `owner` is
 * the host that the identity belongs to. What waited on it is taken in. False if there is no
 * memory. (place.c)
 */
bool place_attach(struct mpta_tracker *tracker, struct subflow *subflow, struct identity *identity,
                  enum role owner);

#endif
