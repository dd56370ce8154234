/* SPDX-License-Identifier: BSD-3-Clause */
/* One's complement sums, eight octets at a time. */
#include "analyzer/checksum.h"

#include <string.h>

#define PROTOCOL_TCP 6

static uint64_t fold(uint64_t sum)
{
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return sum;
}

/* A sum of 64-bit words, folded to 34 bits. */
static uint64_t halves_add(uint64_t sum)
{
    return (sum & UINT32_MAX) + (sum >> 32);
}

/*
 * The sum of 16-bit words in memory order; swapped on little-endian machines, as RFC 1071 allows.
 * Two sums go on side by side, each with its carries beside it.
 */
static uint64_t sum_in_memory_order(const uint8_t *octets, size_t len)
{
    uint64_t one = 0, other = 0, carries = 0, other_carries = 0, words[4];
    for (; len >= sizeof(words); octets += sizeof(words), len -= sizeof(words)) {
        memcpy(words, octets, sizeof(words));
        one += words[0];
        carries += one < words[0];
        other += words[1];
        other_carries += other < words[1];
        one += words[2];
        carries += one < words[2];
        other += words[3];
        other_carries += other < words[3];
    }
    uint64_t sum = halves_add(one) + halves_add(other) + carries + other_carries;
    for (; len >= sizeof(*words); octets += sizeof(*words), len -= sizeof(*words)) {
        memcpy(words, octets, sizeof(*words));
        sum += halves_add(words[0]);
    }
    if (len == 0)
        return sum;
    words[0] = 0;
    memcpy(words, octets, len);
    return sum + halves_add(words[0]);
}

/* In network order, once more if the octets lie at an odd offset. */
static uint64_t sum_in_order(uint64_t sum, uint64_t offset)
{
    const uint16_t one = 1;
    uint8_t first;
    memcpy(&first, &one, 1);
    sum = fold(sum);
    return (first == 1) != (offset % 2 == 1) ? (sum & 0xff) << 8 | sum >> 8 : sum;
}

uint64_t checksum_piece(const uint8_t *octets, size_t len, uint64_t offset)
{
    return sum_in_order(sum_in_memory_order(octets, len), offset);
}

uint64_t checksum_pseudo_header(uint64_t dsn, uint32_t ssn, uint16_t data_len)
{
    return (dsn >> 48) + (dsn >> 32 & 0xffff) + (dsn >> 16 & 0xffff) + (dsn & 0xffff) +
           (ssn >> 16) + (ssn & 0xffff) + data_len;
}

static uint64_t addresses_sum(const struct mpta_segment *segment)
{
    return sum_in_memory_order(segment->src.octets, sizeof(segment->src.octets)) +
           sum_in_memory_order(segment->dst.octets, sizeof(segment->dst.octets));
}

static size_t tcp_len(const struct mpta_segment *segment)
{
    enum { HEADER_LEN = 20 };
    return HEADER_LEN + segment->options_len + segment->payload_len;
}

uint64_t checksum_tcp_pseudo_header(const struct mpta_segment *segment)
{
    return sum_in_order(addresses_sum(segment), 0) + PROTOCOL_TCP + tcp_len(segment);
}

bool checksum_tcp_is_right(const struct mpta_segment *segment)
{
    size_t len = tcp_len(segment);
    uint64_t sum = addresses_sum(segment) + sum_in_memory_order(segment->octets, len);
    return checksum_finish(sum_in_order(sum, 0) + PROTOCOL_TCP + len) == 0;
}

uint16_t checksum_finish(uint64_t sum)
{
    return (uint16_t)~fold(sum);
}
