/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is remembered of connections that have left: of each subflow where its sequence numbers
 * ended, so that a packet of it that comes late is known for what it is, and tokens, so that a late
 * join is not taken for one of nobody's. It is remembered for as long as packets may be on their
 * way, within bounds.
 */
#ifndef ANALYZER_GONE_H
#define ANALYZER_GONE_H

#include "analyzer/subflow.h"

/* 2 MSL, RFC 9293 section 3.4.2: then nothing is on its way any more, and ports may be used again.
 */
#define GONE_NS INT64_C(240000000000)
/* So many subflows and tokens are remembered at most; then the oldest go. */
#define GONE_MAX 65536

struct gone;
struct incoming;
struct mpta_tracker;

/* All zero: nothing has left. */
struct gone_list {
    struct table table;
    struct gone *oldest, *newest;
    size_t count;
    bool token_lost; /* one was forgotten before its time, or there was no memory for it */
};

/* A subflow leaves, or a token with its connection. Without memory it is not remembered. */
void gone_add_subflow(struct mpta_tracker *tracker, const struct subflow *subflow);
void gone_add_token(struct mpta_tracker *tracker, uint32_t token);

/*
 * How far a packet lies from the end of a subflow that has left and had this key; UINT64_MAX where
 * it is of none. It is also how near a subflow that is there must be to have the better claim.
 */
uint64_t gone_distance(const struct mpta_tracker *tracker, const struct incoming *in,
                       const struct flow_key *key);

/* A subflow with this key has left. */
bool gone_has_key(const struct mpta_tracker *tracker, const struct flow_key *key);

/* The token is that of a connection which has left. */
bool gone_has_token(const struct mpta_tracker *tracker, uint32_t token);

void gone_clear(struct gone_list *list);

#endif
