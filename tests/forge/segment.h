/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A TCP segment as fields, and the IP packet of it as octets. Nothing here knows of connections.
 */
#ifndef FORGE_SEGMENT_H
#define FORGE_SEGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dissector/dissector.h"

#define FORGE_MPTCP_MAX   4     /* kind-30 options of one segment */
#define FORGE_PAYLOAD_MAX 16384 /* octets of one segment */
#define FORGE_IP_MAX      (FORGE_PAYLOAD_MAX + 100)
#define FORGE_OPTIONS_MAX 40 /* RFC 9293 section 3.1: what the data offset can say */

struct forge_segment {
    struct mpta_address src;
    struct mpta_address dst;
    uint16_t src_port;
    uint16_t dst_port;
    uint32_t seq;
    uint32_t ack;
    uint16_t flags;
    uint16_t window;
    uint16_t ip_id;
    uint8_t hop_limit;

    bool syn_options; /* MSS, SACK permitted, window scale */
    bool timestamps;  /* left out where the option area is too small for all */
    uint32_t ts_value;
    uint32_t ts_echo;
    bool fast_open; /* with a cookie of 8 octets */
    struct mpta_mptcp_option mptcp[FORGE_MPTCP_MAX];
    size_t mptcp_count;
    uint8_t raw[FORGE_OPTIONS_MAX]; /* after all others, as it is */
    size_t raw_len;

    uint8_t payload[FORGE_PAYLOAD_MAX];
    size_t payload_len;

    bool zero_length;      /* IP length 0 */
    bool partial_checksum; /* the pseudo-header's sum alone, as handed to an offloading interface */
};

/* Appends an option; returns it for its fields to be filled. */
struct mpta_mptcp_option *forge_segment_add(struct forge_segment *segment,
                                            enum mpta_subtype subtype);

/* The IP packet of a segment; room for FORGE_IP_MAX octets. Returns its length. */
size_t forge_segment_encode(const struct forge_segment *segment, uint8_t *octets);

/*
 * The IP fragment of a packet made by forge_segment_encode that holds size octets of IP payload
 * from offset on, or what is left. Returns its length, 0 beyond the end.
 */
size_t forge_fragment_encode(const uint8_t *packet, size_t length, size_t offset, size_t size,
                             uint8_t *octets);

/* An IPv4 header of 20 octets, checksum included. */
void forge_ipv4_header(uint8_t *header, uint16_t id, uint8_t hop_limit, uint8_t protocol,
                       const uint8_t src[4], const uint8_t dst[4], size_t payload_len);

/* An IPv6 header of 40 octets. */
void forge_ipv6_header(uint8_t *header, uint8_t hop_limit, uint8_t protocol, const uint8_t src[16],
                       const uint8_t dst[16], size_t payload_len);

/* The one's complement sum of octets added to a sum; and folded to 16 bits, not complemented. */
uint32_t forge_sum(uint32_t sum, const uint8_t *octets, size_t length);
uint16_t forge_sum_fold(uint32_t sum);

#endif
