/* SPDX-License-Identifier: BSD-3-Clause */
/* A connection in 64 bits: to see whether it has changed since something was said of it. */
#ifndef ANALYZER_DIGEST_H
#define ANALYZER_DIGEST_H

#include <stdint.h>

struct connection;

/* Changes with whatever a packet or a conclusion adds to the connection, under a key of 16 octets.
 */
uint64_t digest_of(const uint8_t key[16], const struct connection *connection);

#endif
