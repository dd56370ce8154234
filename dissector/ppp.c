/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * PPP in its three clothes: alone (RFC 1661), in HDLC-like framing (RFC 1662) and over Ethernet
 * (RFC 2516); and Cisco's HDLC, which shares a link type with it. It knows of network-layer packets
 * only: what PPP negotiates is not looked at.
 */
#include "dissector/layer.h"

/* PPP protocol numbers, RFC 1661 section 2 and IANA's list. */
static enum layer ppp_protocol_layer(uint16_t protocol)
{
    switch (protocol) {
    case 0x0021: /* RFC 1332 */
        return LAYER_IPV4;
    case 0x0057: /* RFC 5072 */
        return LAYER_IPV6;
    case 0x0281: /* RFC 3032 section 4.3 */
    case 0x0283:
        return LAYER_MPLS;
    default:
        return LAYER_END_OTHER;
    }
}

/*
 * Address and control fields may be left out (RFC 1661 section 6.6), and so may the protocol's high
 * octet where it is zero (section 6.5): a protocol's last octet is odd and all others are even.
 */
enum layer mpta_layer_ppp(struct dissection *d)
{
    if (wire_peek(&d->wire) == 0xff && wire_u16(&d->wire) != 0xff03) {
        return LAYER_END_OTHER;
    }
    uint16_t protocol = wire_u8(&d->wire);
    if ((protocol & 1) == 0) {
        protocol = (uint16_t)(protocol << 8 | wire_u8(&d->wire));
    }
    return ppp_protocol_layer(protocol);
}

/* Link type 50 is PPP in HDLC-like framing, or Cisco HDLC with its own two address values. */
enum layer mpta_layer_chdlc(struct dissection *d)
{
    uint8_t address = wire_peek(&d->wire);
    if (address != 0x0f && address != 0x8f) {
        return LAYER_PPP;
    }
    wire_skip(&d->wire, 2);
    return mpta_layer_of_ethertype(wire_u16(&d->wire));
}

enum layer mpta_layer_pppoe(struct dissection *d)
{
    uint8_t version_type = wire_u8(&d->wire);
    uint8_t code = wire_u8(&d->wire);
    wire_skip(&d->wire, 2); /* session ID */
    uint16_t length = wire_u16(&d->wire);
    if (version_type != 0x11 || code != 0) {
        return LAYER_END_OTHER;
    }
    wire_trim(&d->wire, length);
    return LAYER_PPP;
}
