/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Octets for tests: written as hexadecimal text, tried in blocks of exactly their size so that
 * AddressSanitizer sees the first read beyond them, and two judgements about segments that every
 * frame must pass.
 */
#ifndef TESTS_UNIT_DISSECTOR_OCTETS_H
#define TESTS_UNIT_DISSECTOR_OCTETS_H

#include "dissector/dissector.h"

#include <stdlib.h>
#include <string.h>

/* The value of a hexadecimal digit, or -1. */
static inline int hex_digit(char digit)
{
    static const char digits[] = "0123456789abcdef";
    const char *found = digit ? strchr(digits, digit) : NULL;
    return found ? (int)(found - digits) : -1;
}

/* Octets from text, everything but lower-case digits passed over, zeros after them; how many. */
static inline size_t hex_decode(const char *text, uint8_t *octets, size_t size)
{
    size_t digits = 0;
    memset(octets, 0, size);
    for (; *text; text++) {
        int value = hex_digit(*text);
        if (value >= 0 && digits / 2 < size) {
            octets[digits / 2] = (uint8_t)(digits % 2 ? octets[digits / 2] << 4 | value : value);
            digits++;
        }
    }
    return digits / 2;
}

/* A copy in a block of its own size; free it. A copy of nothing is NULL, which bears no reading. */
static inline uint8_t *octets_copy(const uint8_t *octets, size_t count)
{
    if (count == 0) {
        return NULL;
    }
    uint8_t *copy = malloc(count);
    if (!copy) {
        abort();
    }
    return memcpy(copy, octets, count);
}

/*
 * True if two options are the same, padding and unused octets included: decoding clears them, and
 * static tables have them clear.
 */
static inline bool option_is_same(const struct mpta_mptcp_option *a,
                                  const struct mpta_mptcp_option *b)
{
    const void *left = a, *right = b;
    return memcmp(left, right, sizeof *a) == 0;
}

/* True if all that a segment points to lies within its frame. */
static inline bool segment_is_inside(const struct mpta_segment *segment, const uint8_t *frame,
                                     size_t captured)
{
    size_t options = (size_t)(segment->options - frame);
    size_t payload = (size_t)(segment->payload - frame);
    return options <= captured && segment->options_captured <= captured - options &&
           payload <= captured && segment->payload_captured <= captured - payload &&
           segment->options_captured <= segment->options_len && segment->options_len <= 40 &&
           segment->payload_captured <= segment->payload_len;
}

/* True if two segments say the same of the wire, however much of each was captured. */
static inline bool segment_says_same(const struct mpta_segment *a, const struct mpta_segment *b)
{
    return mpta_address_equal(&a->src, &b->src) && mpta_address_equal(&a->dst, &b->dst) &&
           a->src_port == b->src_port && a->dst_port == b->dst_port && a->seq == b->seq &&
           a->ack == b->ack && a->flags == b->flags && a->window == b->window &&
           a->checksum == b->checksum && a->options_len == b->options_len &&
           a->payload_len == b->payload_len && a->hop_limit == b->hop_limit &&
           a->ip_id_present == b->ip_id_present && a->ip_id == b->ip_id &&
           a->tunnels == b->tunnels && a->fragmented == b->fragmented &&
           a->super_segment == b->super_segment;
}

#endif
