/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * From fields to octets: TCP options in the order in which Linux writes them, the TCP header, the
 * IP header, both checksums, and IP fragments of the result.
 */
#include "tests/forge/segment.h"

#include <assert.h>
#include <string.h>

#include "dissector/wire.h"

enum {
    IPV4_HEADER_LEN = 20,
    IPV6_HEADER_LEN = 40,
    IPV6_FRAGMENT_LEN = 8,
    TCP_HEADER_LEN = 20,
    TCP_CHECKSUM_AT = 16,
    PROTOCOL_TCP = 6,
    PROTOCOL_IPV6_FRAGMENT = 44,
    MORE_FRAGMENTS = 0x2000, /* RFC 791: flags and offset in units of 8 octets */
    DONT_FRAGMENT = 0x4000,
    MSS_IPV4 = 1460,
    MSS_IPV6 = 1440,
    WINDOW_SHIFT = 7,
};

struct mpta_mptcp_option *forge_segment_add(struct forge_segment *segment,
                                            enum mpta_subtype subtype)
{
    assert(segment->mptcp_count < FORGE_MPTCP_MAX);
    struct mpta_mptcp_option *option = &segment->mptcp[segment->mptcp_count++];
    *option = (struct mpta_mptcp_option){.subtype = subtype};
    return option;
}

/* ---- Sums ----------------------------------------------------------------------------------- */

uint32_t forge_sum(uint32_t sum, const uint8_t *octets, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        sum += i % 2 == 0 ? (uint32_t)octets[i] << 8 : octets[i];
    }
    return sum;
}

uint16_t forge_sum_fold(uint32_t sum)
{
    while (sum > 0xffff) {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return (uint16_t)sum;
}

static void octets_put16(uint8_t *at, uint16_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

/* RFC 9293 section 3.1, RFC 8200 section 8.1: the same sum for both families' pseudo-headers. */
static uint32_t pseudo_header_sum(const struct forge_segment *segment, size_t tcp_len)
{
    size_t address_len = segment->src.family == 4 ? 4 : 16;
    uint32_t sum = forge_sum(0, segment->src.octets, address_len);
    return forge_sum(sum, segment->dst.octets, address_len) + PROTOCOL_TCP + (uint32_t)tcp_len;
}

/* ---- TCP ------------------------------------------------------------------------------------ */

static void timestamps_put(struct wire_writer *writer, const struct forge_segment *segment)
{
    wire_put_u8(writer, MPTA_KIND_TIMESTAMPS);
    wire_put_u8(writer, 10);
    wire_put(writer, segment->ts_value, 4);
    wire_put(writer, segment->ts_echo, 4);
}

/* MSS, SACK permitted, timestamps, window scale: what both SYNs carry, 20 octets. */
static void syn_options_put(struct wire_writer *writer, const struct forge_segment *segment)
{
    wire_put_u8(writer, MPTA_KIND_MSS);
    wire_put_u8(writer, 4);
    wire_put(writer, segment->src.family == 4 ? MSS_IPV4 : MSS_IPV6, 2);
    wire_put_u8(writer, MPTA_KIND_SACK_PERMITTED);
    wire_put_u8(writer, 2);
    timestamps_put(writer, segment);
    wire_put_u8(writer, MPTA_KIND_NOP);
    wire_put_u8(writer, MPTA_KIND_WINDOW_SCALE);
    wire_put_u8(writer, 3);
    wire_put_u8(writer, WINDOW_SHIFT);
}

/* The cookie follows from the ports: RFC 7413 section 4.1.2 leaves its making to the server. */
static void fast_open_put(struct wire_writer *writer, const struct forge_segment *segment)
{
    wire_put_u8(writer, MPTA_KIND_FAST_OPEN);
    wire_put_u8(writer, 10);
    for (unsigned i = 0; i < 8; i++) {
        wire_put_u8(writer, (uint8_t)(segment->src_port * 31U + segment->dst_port * 7U + i * 97U));
    }
}

/* RFC 8684 section 3.3: F, m, M, a, A. */
static uint8_t dss_flags(const struct mpta_dss *dss)
{
    return (uint8_t)(dss->data_fin << 4 | dss->dsn_is_64 << 3 | dss->has_map << 2 |
                     dss->ack_is_64 << 1 | dss->has_ack);
}

static void mptcp_put(struct wire_writer *writer, const struct mpta_mptcp_option *option)
{
    struct mpta_mptcp_option whole = *option;
    if (whole.subtype == MPTA_DSS) {
        whole.dss.flags = dss_flags(&whole.dss);
    }
    uint8_t octets[FORGE_OPTIONS_MAX];
    size_t length = mpta_mptcp_encode(&whole, octets, sizeof octets);
    assert(length > 0);
    wire_put_copy(writer, octets, length);
}

/* The options, padded by NOP to whole words. Returns their length, 0 if they do not fit. */
static size_t options_encode(const struct forge_segment *segment, bool timestamps, uint8_t *octets)
{
    struct wire_writer writer = wire_writer_of(octets, FORGE_OPTIONS_MAX);
    if (segment->syn_options) {
        syn_options_put(&writer, segment);
    } else if (timestamps) {
        wire_put_u8(&writer, MPTA_KIND_NOP);
        wire_put_u8(&writer, MPTA_KIND_NOP);
        timestamps_put(&writer, segment);
    }
    if (segment->fast_open) {
        fast_open_put(&writer, segment);
    }
    for (size_t i = 0; i < segment->mptcp_count; i++) {
        mptcp_put(&writer, &segment->mptcp[i]);
    }
    wire_put_copy(&writer, segment->raw, segment->raw_len);
    while (writer.used % 4 != 0) {
        wire_put_u8(&writer, MPTA_KIND_NOP);
    }
    return writer.full ? 0 : writer.used;
}

/* An ADD_ADDR of 30 octets leaves no room for timestamps: Linux, too, drops them there. */
static size_t options_fit(const struct forge_segment *segment, uint8_t *octets)
{
    size_t length = options_encode(segment, segment->timestamps, octets);
    bool wanted = segment->mptcp_count > 0 || segment->raw_len > 0;
    if (length == 0 && wanted) {
        length = options_encode(segment, false, octets);
        assert(length > 0);
    }
    return length;
}

/* The TCP header and payload; returns the length. */
static size_t tcp_encode(const struct forge_segment *segment, uint8_t *octets)
{
    size_t options_len = options_fit(segment, octets + TCP_HEADER_LEN);
    size_t header_len = TCP_HEADER_LEN + options_len;
    size_t length = header_len + segment->payload_len;
    struct wire_writer writer = wire_writer_of(octets, TCP_HEADER_LEN);

    wire_put(&writer, segment->src_port, 2);
    wire_put(&writer, segment->dst_port, 2);
    wire_put(&writer, segment->seq, 4);
    wire_put(&writer, segment->ack, 4);
    wire_put(&writer, header_len / 4 << 12 | (segment->flags & 0x1ff), 2);
    wire_put(&writer, segment->window, 2);
    wire_put(&writer, 0, 4); /* checksum, urgent pointer */
    memcpy(octets + header_len, segment->payload, segment->payload_len);

    uint32_t sum = pseudo_header_sum(segment, length);
    uint16_t checksum = forge_sum_fold(sum);
    if (!segment->partial_checksum) {
        checksum = (uint16_t)~forge_sum_fold(forge_sum(sum, octets, length));
    }
    octets_put16(octets + TCP_CHECKSUM_AT, checksum);
    return length;
}

/* ---- IP ------------------------------------------------------------------------------------- */

void forge_ipv4_header(uint8_t *header, uint16_t id, uint8_t hop_limit, uint8_t protocol,
                       const uint8_t src[4], const uint8_t dst[4], size_t payload_len)
{
    struct wire_writer writer = wire_writer_of(header, IPV4_HEADER_LEN);
    wire_put(&writer, 0x4500, 2);
    wire_put(&writer, IPV4_HEADER_LEN + payload_len, 2);
    wire_put(&writer, id, 2);
    wire_put(&writer, DONT_FRAGMENT, 2);
    wire_put(&writer, hop_limit, 1);
    wire_put(&writer, protocol, 1);
    wire_put(&writer, 0, 2);
    wire_put_copy(&writer, src, 4);
    wire_put_copy(&writer, dst, 4);
    octets_put16(header + 10, (uint16_t)~forge_sum_fold(forge_sum(0, header, IPV4_HEADER_LEN)));
}

void forge_ipv6_header(uint8_t *header, uint8_t hop_limit, uint8_t protocol, const uint8_t src[16],
                       const uint8_t dst[16], size_t payload_len)
{
    struct wire_writer writer = wire_writer_of(header, IPV6_HEADER_LEN);
    wire_put(&writer, 0x60000000, 4);
    wire_put(&writer, payload_len, 2);
    wire_put(&writer, protocol, 1);
    wire_put(&writer, hop_limit, 1);
    wire_put_copy(&writer, src, 16);
    wire_put_copy(&writer, dst, 16);
}

/* Overwrites a field of the IPv4 header and mends its checksum. */
static void ipv4_rewrite(uint8_t *header, size_t at, uint16_t value)
{
    octets_put16(header + at, value);
    octets_put16(header + 10, 0);
    octets_put16(header + 10, (uint16_t)~forge_sum_fold(forge_sum(0, header, IPV4_HEADER_LEN)));
}

size_t forge_segment_encode(const struct forge_segment *segment, uint8_t *octets)
{
    assert(segment->src.family == segment->dst.family);
    if (segment->src.family == 4) {
        size_t length = tcp_encode(segment, octets + IPV4_HEADER_LEN);
        forge_ipv4_header(octets, segment->ip_id, segment->hop_limit, PROTOCOL_TCP,
                          segment->src.octets, segment->dst.octets, length);
        if (segment->zero_length) {
            ipv4_rewrite(octets, 2, 0);
        }
        return IPV4_HEADER_LEN + length;
    }
    size_t length = tcp_encode(segment, octets + IPV6_HEADER_LEN);
    forge_ipv6_header(octets, segment->hop_limit, PROTOCOL_TCP, segment->src.octets,
                      segment->dst.octets, segment->zero_length ? 0 : length);
    return IPV6_HEADER_LEN + length;
}

static size_t ipv4_fragment_encode(const uint8_t *packet, size_t length, size_t offset, size_t size,
                                   uint8_t *octets)
{
    size_t total = length - IPV4_HEADER_LEN;
    size_t more = offset + size < total ? MORE_FRAGMENTS : 0;
    size_t part = more ? size : total - offset;
    memcpy(octets, packet, IPV4_HEADER_LEN);
    memcpy(octets + IPV4_HEADER_LEN, packet + IPV4_HEADER_LEN + offset, part);
    ipv4_rewrite(octets, 2, (uint16_t)(IPV4_HEADER_LEN + part));
    ipv4_rewrite(octets, 6, (uint16_t)(more | offset / 8));
    return IPV4_HEADER_LEN + part;
}

/* RFC 8200 section 4.5. The identification is made from what TCP has for a sequence
 * number. */
static size_t ipv6_fragment_encode(const uint8_t *packet, size_t length, size_t offset, size_t size,
                                   uint8_t *octets)
{
    size_t total = length - IPV6_HEADER_LEN;
    bool more = offset + size < total;
    size_t part = more ? size : total - offset;
    memcpy(octets, packet, IPV6_HEADER_LEN);
    octets_put16(octets + 4, (uint16_t)(IPV6_FRAGMENT_LEN + part));
    octets[6] = PROTOCOL_IPV6_FRAGMENT;
    struct wire_writer writer = wire_writer_of(octets + IPV6_HEADER_LEN, IPV6_FRAGMENT_LEN + part);
    wire_put(&writer, packet[6], 1);
    wire_put(&writer, 0, 1);
    wire_put(&writer, offset | more, 2);
    wire_put_copy(&writer, packet + IPV6_HEADER_LEN + 4, 4);
    wire_put_copy(&writer, packet + IPV6_HEADER_LEN + offset, part);
    return IPV6_HEADER_LEN + IPV6_FRAGMENT_LEN + part;
}

size_t forge_fragment_encode(const uint8_t *packet, size_t length, size_t offset, size_t size,
                             uint8_t *octets)
{
    bool is_ipv4 = packet[0] >> 4 == 4;
    size_t header_len = is_ipv4 ? IPV4_HEADER_LEN : IPV6_HEADER_LEN;
    assert(size % 8 == 0);
    if (offset >= length - header_len) {
        return 0;
    }
    return is_ipv4 ? ipv4_fragment_encode(packet, length, offset, size, octets)
                   : ipv6_fragment_encode(packet, length, offset, size, octets);
}
