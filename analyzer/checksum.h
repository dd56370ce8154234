/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The one's complement sum of RFC 1071, gathered from pieces in any order: each piece says at which
 * offset of the whole it lies, for that decides whether its octets are the high or the low ones.
 */
#ifndef ANALYZER_CHECKSUM_H
#define ANALYZER_CHECKSUM_H

#include "dissector/dissector.h"

/* The sum of a piece that begins at `offset` of the whole; add such sums up in a uint64_t. */
uint64_t checksum_piece(const uint8_t *octets, size_t len, uint64_t offset);

/*
 * The sum of the pseudo-header of RFC 8684 section 3.3.1: 64-bit DSN, SSN, data-level length and 16
 * zero bits.
 */
uint64_t checksum_pseudo_header(uint64_t dsn, uint32_t ssn, uint16_t data_len);

/* The sum of TCP's own, RFC 9293 section 3.1, and RFC 8200 section 8.1. */
uint64_t checksum_tcp_pseudo_header(const struct mpta_segment *segment);

/* The checksum of a segment whose octets are lent is right. */
bool checksum_tcp_is_right(const struct mpta_segment *segment);

/* Folds a sum to the 16 bits that go on the wire. */
uint16_t checksum_finish(uint64_t sum);

#endif
