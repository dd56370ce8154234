/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * IPv4 (RFC 791), IPv6 and its extension headers (RFC 8200 and IANA's list of them), the
 * authentication header (RFC 4302).
 *
 * The IP length cuts off what a link layer padded. A length of zero is what a capture shows of a
 * packet that the network card was still to cut into pieces: then, and where the length promises
 * more than there was on the wire, the frame tells where the packet ends.
 */
#include "dissector/layer.h"

enum {
    PROTOCOL_HOP_BY_HOP = 0,
    PROTOCOL_IPV4 = 4,
    PROTOCOL_TCP = 6,
    PROTOCOL_UDP = 17,
    PROTOCOL_IPV6 = 41,
    PROTOCOL_ROUTING = 43,
    PROTOCOL_FRAGMENT = 44,
    PROTOCOL_GRE = 47,
    PROTOCOL_AH = 51,
    PROTOCOL_DESTINATION = 60,
    PROTOCOL_MOBILITY = 135,
    PROTOCOL_HIP = 139,   /* host identity, RFC 7401 */
    PROTOCOL_SHIM6 = 140, /* RFC 5533 */
};

/* Protocol numbers that announce extension headers, which IPv4 does not have. */
static enum layer ipv6_protocol_layer(uint8_t protocol)
{
    switch (protocol) {
    case PROTOCOL_HOP_BY_HOP:
    case PROTOCOL_ROUTING:
    case PROTOCOL_DESTINATION:
    case PROTOCOL_MOBILITY:
    case PROTOCOL_HIP:
    case PROTOCOL_SHIM6:
        return LAYER_IPV6_EXTENSION;
    case PROTOCOL_FRAGMENT:
        return LAYER_IPV6_FRAGMENT;
    default:
        return LAYER_END_OTHER;
    }
}

enum layer mpta_layer_of_protocol(struct dissection *d, uint8_t protocol)
{
    switch (protocol) {
    case PROTOCOL_TCP:
        return LAYER_TCP;
    case PROTOCOL_UDP:
        return LAYER_UDP;
    case PROTOCOL_IPV4:
        return mpta_layer_of_tunnel(d, LAYER_IPV4);
    case PROTOCOL_IPV6:
        return mpta_layer_of_tunnel(d, LAYER_IPV6);
    case PROTOCOL_GRE:
        return LAYER_GRE;
    case PROTOCOL_AH:
        return LAYER_AH;
    default:
        return d->segment.src.family == 6 ? ipv6_protocol_layer(protocol) : LAYER_END_OTHER;
    }
}

enum layer mpta_layer_ip_guess(struct dissection *d)
{
    switch (wire_peek(&d->wire) >> 4) {
    case 4:
        return LAYER_IPV4;
    case 6:
        return LAYER_IPV6;
    default:
        return LAYER_END_OTHER;
    }
}

enum layer mpta_layer_ip(struct dissection *d)
{
    enum layer layer = mpta_layer_ip_guess(d);
    return layer == LAYER_END_OTHER ? LAYER_END_MALFORMED : layer;
}

/* Reads an address; octets that an address around this one has left are cleared. */
static void address_decode(struct wire *wire, uint8_t family, struct mpta_address *address)
{
    *address = (struct mpta_address){.family = family};
    wire_copy(wire, address->octets, family == 4 ? 4 : 16);
}

/* Ends the packet where its length field says, of which `read` octets have been read. */
static void length_apply(struct dissection *d, uint16_t field, uint16_t read)
{
    d->segment.super_segment = field == 0;
    if (field != 0) {
        d->is_short = d->is_short || (size_t)(field - read) > d->wire.left;
        wire_trim(&d->wire, (size_t)(field - read));
    }
}

enum layer mpta_layer_ipv4(struct dissection *d)
{
    struct wire wire = d->wire; /* whose fields compilers may so keep in registers */
    uint8_t version_ihl = wire_u8(&wire);
    wire_skip(&wire, 1); /* type of service */
    uint16_t total_len = wire_u16(&wire);
    d->segment.ip_id = wire_u16(&wire);
    d->segment.ip_id_present = true;
    uint16_t fragment = wire_u16(&wire);
    d->segment.hop_limit = wire_u8(&wire);
    uint8_t protocol = wire_u8(&wire);
    wire_skip(&wire, 2); /* header checksum */
    address_decode(&wire, 4, &d->segment.src);
    address_decode(&wire, 4, &d->segment.dst);
    d->wire = wire;

    size_t header_len = (size_t)(version_ihl & 0x0f) * 4;
    if (version_ihl >> 4 != 4 || header_len < 20 || (total_len != 0 && total_len < header_len)) {
        return LAYER_END_MALFORMED;
    }
    length_apply(d, total_len, 20);
    wire_skip(&d->wire, header_len - 20); /* options */
    if (fragment & 0x1fff) {
        return LAYER_END_FRAGMENT;
    }
    d->segment.fragmented = d->segment.fragmented || (fragment & 0x2000);
    return mpta_layer_of_protocol(d, protocol);
}

/* Payload length 0 is also a jumbogram's (RFC 2675), which is told from offload by nothing here. */
enum layer mpta_layer_ipv6(struct dissection *d)
{
    struct wire *wire = &d->wire;
    uint8_t version_class = wire_u8(wire);
    wire_skip(wire, 3); /* traffic class, flow label */
    uint16_t payload_len = wire_u16(wire);
    uint8_t next_header = wire_u8(wire);
    d->segment.hop_limit = wire_u8(wire);
    d->segment.ip_id = 0;
    d->segment.ip_id_present = false;
    address_decode(wire, 6, &d->segment.src);
    address_decode(wire, 6, &d->segment.dst);
    if (version_class >> 4 != 6) {
        return LAYER_END_MALFORMED;
    }
    length_apply(d, payload_len, 0);
    return mpta_layer_of_protocol(d, next_header);
}

/* They all begin alike: RFC 8200 section 4 for its own, RFC 6564 for those to come. */
enum layer mpta_layer_ipv6_extension(struct dissection *d)
{
    uint8_t next_header = wire_u8(&d->wire);
    size_t length = ((size_t)wire_u8(&d->wire) + 1) * 8;
    wire_skip(&d->wire, length - 2);
    return mpta_layer_of_protocol(d, next_header);
}

enum layer mpta_layer_ipv6_fragment(struct dissection *d)
{
    uint8_t next_header = wire_u8(&d->wire);
    wire_skip(&d->wire, 1); /* reserved */
    uint16_t fragment = wire_u16(&d->wire);
    d->segment.ip_id = (uint16_t)wire_u32(&d->wire);
    d->segment.ip_id_present = true;
    if (fragment & 0xfff8) {
        return LAYER_END_FRAGMENT;
    }
    d->segment.fragmented = d->segment.fragmented || (fragment & 1);
    return mpta_layer_of_protocol(d, next_header);
}

/* The length counts words of 32 bits, minus two, with both IP versions: RFC 4302 section 2.2. */
enum layer mpta_layer_ah(struct dissection *d)
{
    uint8_t next_header = wire_u8(&d->wire);
    size_t length = ((size_t)wire_u8(&d->wire) + 2) * 4;
    wire_skip(&d->wire, length - 2);
    return mpta_layer_of_protocol(d, next_header);
}
