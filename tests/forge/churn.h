/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Connections that come and go without end: a thousand a second, of one subflow or two, some of
 * which nobody answers, or of which only a part is captured. What is told of them goes to a file at
 * once, so that there may be any number.
 */
#ifndef FORGE_CHURN_H
#define FORGE_CHURN_H

#include <stdio.h>

#include "tests/forge/forge.h"

/* Writes so many packets, or a few more, as pcap. False with errno set if the file takes no more.
 */
bool churn_write(struct forge *forge, uint64_t packets, FILE *file);

/* The same for so many connections of two subflows, two hundred a second, that stay open. */
bool churn_write_open(struct forge *forge, uint64_t connections, FILE *file);

#endif
