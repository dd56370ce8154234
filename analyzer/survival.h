/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Whether MPTCP outlives what says that it ends: MP_FAIL without a RST, or an infinite mapping, RFC
 * 8684 section 3.7. Neither is authenticated, so that anybody may have sent it.
 */
#ifndef ANALYZER_SURVIVAL_H
#define ANALYZER_SURVIVAL_H

#include <stdbool.h>

struct connection;
struct incoming;
struct mpta_mptcp_option;

/* Takes a DSS or MP_FAIL of a linked subflow, after all others that look at it. */
void survival_take(struct incoming *in, const struct mpta_mptcp_option *option);

/* The capture is over. False if there is no memory. */
bool survival_conclude(struct connection *connection);

#endif
