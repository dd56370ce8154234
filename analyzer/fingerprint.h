/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What makes a packet the same packet elsewhere: all but what routers and offloads change. Without
 * its options of kind 30 it is still known where something on the way took or changed these.
 */
#ifndef ANALYZER_FINGERPRINT_H
#define ANALYZER_FINGERPRINT_H

#include <stdint.h>

/* The TCP options of a segment are no longer. */
#define PRINT_OPTIONS_MAX 40

/* All of it, as it was captured. */
struct print {
    const void *flow; /* which is told from others by where it lies, no more */
    uint32_t seq;
    uint32_t ack;
    uint32_t payload_len;
    uint16_t role; /* of the sender */
    uint16_t flags;
    uint16_t window;
    uint16_t ip_id;
    uint8_t options_len; /* as far as they were captured */
    uint8_t options[PRINT_OPTIONS_MAX];
};

struct fingerprint {
    uint64_t whole;
    uint64_t bare;     /* without options of kind 30; the same as whole where there are none */
    uint16_t subtypes; /* of these, a bit each */
};

/* Hashes it under a key of 16 octets. */
struct fingerprint fingerprint_of(const uint8_t hash_key[16], const struct print *print);

#endif
