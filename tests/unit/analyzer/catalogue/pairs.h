/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The rows of the catalogue, each with a pair of courses: one leads to the finding, the other comes
 * near, differs in one thing, and does not. Both are told by one function, so that the difference
 * is what stands beside `near` there.
 */
#ifndef PAIRS_H
#define PAIRS_H

#include "tests/unit/analyzer/wire.h"

struct pair {
    const char *id;                             /* of the finding */
    void (*tell)(struct wire *wire, bool near); /* on a wire that is just open */
    const char *miss;                           /* what the near miss is */
};

struct pair_list {
    const struct pair *pairs;
    size_t count;
};

/* One list for each group of the catalogue, in its order. */
extern const struct pair_list pairs_of_options;
extern const struct pair_list pairs_of_handshakes;
extern const struct pair_list pairs_of_joins;
extern const struct pair_list pairs_of_addresses;
extern const struct pair_list pairs_of_data;
extern const struct pair_list pairs_of_closing;
extern const struct pair_list pairs_of_captures;

/* ---- Steps of several --------------------------------------------------------------------------
 */

/* The second flow of a wire: a join of the client's. */
#define PAIR_JOIN 1

/* Tells what was said so far, then lets time pass. */
void pair_wait(struct wire *wire, int64_t duration_ns);

/* Handshake, and data both ways; then a join, and data on it. */
void pair_open_one(struct wire *wire);
void pair_open_two(struct wire *wire);

/* The client sends an option alone on the first subflow. */
struct story_packet *pair_option(struct wire *wire, enum story_from from,
                                 struct mpta_mptcp_option option);

/* An option area in hex takes the place of the packet's; spaces are passed over. */
void pair_put_hex(struct story_packet *packet, const char *hex);

/* Octets of the client's stream, with their mapping; len of the server's word for them. */
void pair_data(struct wire *wire, unsigned flow, uint32_t ssn, uint64_t offset, uint32_t len);
void pair_ack(struct wire *wire, unsigned flow, uint64_t ack, uint32_t acked_len);

#endif
