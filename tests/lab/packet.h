/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What middleboxes do to a packet: remove options, flip bits, rewrite addresses. All changes are
 * made in place and keep every length; the caller mends the checksums once, when it is done.
 */
#ifndef LAB_PACKET_H
#define LAB_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dissector/dissector.h"

/* A set of kind-30 subtypes: bit n stands for subtype n. */
typedef uint16_t subtype_set;
#define SUBTYPES_ALL ((subtype_set)0xffff)

/* Which of a host's ends of the segment is meant. */
enum packet_end { PACKET_SRC, PACKET_DST };

/* A raw IP packet and what it was dissected to; segment points into octets. */
struct packet_view {
    uint8_t *octets;
    size_t length;
    struct mpta_segment segment;
};

/* False if the octets are not one whole TCP segment in IPv4 or IPv6. */
bool packet_view_open(struct packet_view *view, uint8_t *octets, size_t length);

/* The subtypes of all kind-30 options of the segment. */
subtype_set packet_subtypes(const struct packet_view *view);

/* Overwrites the kind-30 options of these subtypes by NOPs. True if there were any. */
bool packet_strip(struct packet_view *view, subtype_set subtypes);

/* Flips a bit of the first payload octet. False without payload. */
bool packet_flip_payload(struct packet_view *view);

/* Flips a bit of the HMAC of an MP_JOIN (SYN/ACK, ACK) or an ADD_ADDR. False without one. */
bool packet_flip_hmac(struct packet_view *view);

/* Flips a bit of the token of an MP_JOIN SYN. False without one. */
bool packet_flip_token(struct packet_view *view);

/* Moves the SSN of a mapping by 65536. False without one. */
bool packet_flip_ssn(struct packet_view *view);

/* Rewrites one end's address, of the packet's own family, and its port. */
void packet_readdress(struct packet_view *view, enum packet_end end,
                      const struct mpta_address *address, uint16_t port);

/* Computes the IPv4 header checksum and the TCP checksum afresh. */
void packet_mend_checksums(struct packet_view *view);

#endif
