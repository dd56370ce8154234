/* SPDX-License-Identifier: BSD-3-Clause */
/* One's complement sums, eight octets at a time. */
#include "analyzer/checksum.h"

#include <string.h>

static uint64_t fold(uint64_t sum)
{
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return sum;
}

/* The sum of 16-bit words in memory order; swapped on little-endian machines, as RFC 1071 allows.
 */
static uint64_t sum_in_memory_order(const uint8_t *octets, size_t len)
{
    uint64_t sum = 0, word;
    for (; len >= 8; octets += 8, len -= 8) {
        memcpy(&word, octets, 8);
        sum += (word & UINT32_MAX) + (word >> 32);
    }
    word = 0;
    memcpy(&word, octets, len);
    return sum + (word & UINT32_MAX) + (word >> 32);
}

uint64_t checksum_piece(const uint8_t *octets, size_t len, uint64_t offset)
{
    uint64_t sum = fold(sum_in_memory_order(octets, len));
    const uint16_t one = 1;
    uint8_t first;
    memcpy(&first, &one, 1);
    /* Swapped once for a little-endian machine, and once for an odd offset. */
    if ((first == 1) != (offset % 2 == 1))
        sum = (sum & 0xff) << 8 | sum >> 8;
    return sum;
}

uint64_t checksum_pseudo_header(uint64_t dsn, uint32_t ssn, uint16_t data_len)
{
    return (dsn >> 48) + (dsn >> 32 & 0xffff) + (dsn >> 16 & 0xffff) + (dsn & 0xffff) +
           (ssn >> 16) + (ssn & 0xffff) + data_len;
}

uint16_t checksum_finish(uint64_t sum)
{
    return (uint16_t)~fold(sum);
}
