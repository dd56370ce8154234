/* SPDX-License-Identifier: BSD-3-Clause */
/* SipHash-1-3 (Aumasson and Bernstein): a keyed hash for tables that packets can fill. */
#ifndef ANALYZER_SIPHASH_H
#define ANALYZER_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

/* The hash of len octets under a key of 16. */
uint64_t siphash(const uint8_t key[16], const void *data, size_t len);

#endif
