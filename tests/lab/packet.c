/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Changes to one packet in place. The project's dissector finds the segment and its options; the
 * offsets of what it borrowed lead back into the octets that may be written. Nothing here knows
 * why a packet is to be changed.
 */
#include "tests/lab/packet.h"

#include <string.h>

enum {
    LINKTYPE_RAW_IP = 101,
    IPV4_CHECKSUM_AT = 10,
    IPV4_SRC_AT = 12,
    IPV6_SRC_AT = 8,
    TCP_HEADER_LEN = 20,
    TCP_CHECKSUM_AT = 16,
    PROTOCOL_TCP = 6,
};

/* ---- Where things are ----------------------------------------------------------------------- */

bool packet_view_open(struct packet_view *view, uint8_t *octets, size_t length)
{
    view->octets = octets;
    view->length = length;
    return mpta_frame_dissect(LINKTYPE_RAW_IP, octets, length, length, &view->segment) ==
               MPTA_FRAME_TCP &&
           view->segment.tunnels == 0 && !view->segment.fragmented;
}

/* The place of a borrowed octet, writable: the view's own octets are what was dissected. */
static uint8_t *view_writable(struct packet_view *view, const uint8_t *borrowed)
{
    return view->octets + (borrowed - view->octets);
}

/* The TCP header ends where its options do, wherever the IP headers before it ended. */
static uint8_t *view_tcp_header(struct packet_view *view)
{
    return view_writable(view, view->segment.options) - TCP_HEADER_LEN;
}

static size_t address_len(uint8_t family)
{
    return family == 4 ? 4 : 16;
}

/* ---- Checksums ------------------------------------------------------------------------------ */

static uint32_t sum_add(uint32_t sum, const uint8_t *octets, size_t length)
{
    for (size_t i = 0; i + 1 < length; i += 2)
        sum += (uint32_t)octets[i] << 8 | octets[i + 1];
    if (length % 2 != 0)
        sum += (uint32_t)octets[length - 1] << 8;
    return sum;
}

static uint16_t sum_finish(uint32_t sum)
{
    while (sum > 0xffff)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

static void octets_put16(uint8_t *at, uint16_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static void ipv4_mend_checksum(uint8_t *header)
{
    size_t length = (size_t)(header[0] & 0x0f) * 4;

    octets_put16(header + IPV4_CHECKSUM_AT, 0);
    octets_put16(header + IPV4_CHECKSUM_AT, sum_finish(sum_add(0, header, length)));
}

void packet_mend_checksums(struct packet_view *view)
{
    const struct mpta_segment *segment = &view->segment;
    uint8_t *tcp = view_tcp_header(view);
    size_t length = TCP_HEADER_LEN + segment->options_len + segment->payload_len;
    size_t half = address_len(segment->src.family);

    if (segment->src.family == 4)
        ipv4_mend_checksum(view->octets);
    octets_put16(tcp + TCP_CHECKSUM_AT, 0);
    /* The pseudo-header, RFC 9293 section 3.1: addresses, protocol, TCP length. */
    uint32_t sum = sum_add(0, segment->src.octets, half);
    sum = sum_add(sum, segment->dst.octets, half);
    sum += PROTOCOL_TCP + (uint32_t)length;
    octets_put16(tcp + TCP_CHECKSUM_AT, sum_finish(sum_add(sum, tcp, length)));
}

/* ---- Options -------------------------------------------------------------------------------- */

static bool walk_next_mptcp(struct mpta_option_walk *walk, struct mpta_tcp_option *option)
{
    while (mpta_option_walk_next(walk, option) == MPTA_WALK_OPTION)
        if (option->kind == MPTA_KIND_MPTCP && option->length >= 3)
            return true;
    return false;
}

static subtype_set option_subtype_bit(const struct mpta_tcp_option *option)
{
    return (subtype_set)(1U << (option->octets[2] >> 4));
}

subtype_set packet_subtypes(const struct packet_view *view)
{
    struct mpta_option_walk walk;
    struct mpta_tcp_option option;
    subtype_set found = 0;

    mpta_option_walk_start(&walk, &view->segment);
    while (walk_next_mptcp(&walk, &option))
        found |= option_subtype_bit(&option);
    return found;
}

bool packet_strip(struct packet_view *view, subtype_set subtypes)
{
    struct mpta_option_walk walk;
    struct mpta_tcp_option option;
    bool stripped = false;

    mpta_option_walk_start(&walk, &view->segment);
    while (walk_next_mptcp(&walk, &option)) {
        if ((option_subtype_bit(&option) & subtypes) == 0)
            continue;
        memset(view_writable(view, option.octets), MPTA_KIND_NOP, option.length);
        stripped = true;
    }
    return stripped;
}

/* Where the HMAC of an option begins, or 0 if it has none: RFC 8684 sections 3.2 and 3.4.1. */
static size_t option_hmac_at(const struct mpta_tcp_option *option)
{
    struct mpta_mptcp_option decoded;

    if (mpta_mptcp_decode(option->octets, option->length, &decoded) != MPTA_OPTION_OK)
        return 0;
    if (decoded.subtype == MPTA_MP_JOIN && decoded.join.form != MPTA_JOIN_SYN)
        return 4;
    if (decoded.subtype == MPTA_ADD_ADDR && decoded.add_addr.has_hmac)
        return option->length - 8U;
    return 0;
}

static size_t option_token_at(const struct mpta_tcp_option *option)
{
    struct mpta_mptcp_option decoded;

    if (mpta_mptcp_decode(option->octets, option->length, &decoded) != MPTA_OPTION_OK)
        return 0;
    return decoded.subtype == MPTA_MP_JOIN && decoded.join.form == MPTA_JOIN_SYN ? 4 : 0;
}

/* Flips a bit at the place that `find` names in the first option that has such a place. */
static bool packet_flip_in_option(struct packet_view *view,
                                  size_t (*find)(const struct mpta_tcp_option *option))
{
    struct mpta_option_walk walk;
    struct mpta_tcp_option option;

    mpta_option_walk_start(&walk, &view->segment);
    while (walk_next_mptcp(&walk, &option)) {
        size_t at = find(&option);
        if (at == 0)
            continue;
        view_writable(view, option.octets)[at] ^= 0x01;
        return true;
    }
    return false;
}

bool packet_flip_hmac(struct packet_view *view)
{
    return packet_flip_in_option(view, option_hmac_at);
}

bool packet_flip_token(struct packet_view *view)
{
    return packet_flip_in_option(view, option_token_at);
}

/* Where the SSN of a mapping of payload begins, or 0: RFC 8684 section 3.3. */
static size_t option_ssn_at(const struct mpta_tcp_option *option)
{
    struct mpta_mptcp_option decoded;

    if (mpta_mptcp_decode(option->octets, option->length, &decoded) != MPTA_OPTION_OK ||
        decoded.subtype != MPTA_DSS || !decoded.dss.has_map || decoded.dss.ssn == 0)
        return 0;
    return 4U + (decoded.dss.has_ack ? decoded.dss.ack_is_64 ? 8U : 4U : 0U) +
           (decoded.dss.dsn_is_64 ? 8U : 4U);
}

/* The second octet of four: 65536 away. */
static size_t option_ssn_middle_at(const struct mpta_tcp_option *option)
{
    size_t at = option_ssn_at(option);
    return at > 0 ? at + 1 : 0;
}

bool packet_flip_ssn(struct packet_view *view)
{
    return packet_flip_in_option(view, option_ssn_middle_at);
}

bool packet_flip_payload(struct packet_view *view)
{
    if (view->segment.payload_captured == 0)
        return false;
    *view_writable(view, view->segment.payload) ^= 0x01;
    return true;
}

/* ---- Addresses ------------------------------------------------------------------------------ */

void packet_readdress(struct packet_view *view, enum packet_end end,
                      const struct mpta_address *address, uint16_t port)
{
    struct mpta_segment *segment = &view->segment;
    size_t length = address_len(address->family);
    size_t at = address->family == 4 ? IPV4_SRC_AT : IPV6_SRC_AT;
    uint8_t *port_at = view_tcp_header(view);

    if (end == PACKET_DST) {
        at += length;
        port_at += 2;
    }
    memcpy(view->octets + at, address->octets, length);
    octets_put16(port_at, port);
    *(end == PACKET_SRC ? &segment->src : &segment->dst) = *address;
    *(end == PACKET_SRC ? &segment->src_port : &segment->dst_port) = port;
}
