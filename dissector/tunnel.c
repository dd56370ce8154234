/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tunnels: IP packets and Ethernet frames in GRE (RFC 2784, RFC 2890), VXLAN (RFC 7348) and GTP-U
 * (3GPP TS 29.281); IP in IP needs no header of its own. UDP is read no further than to see whether
 * one of them is in it. All of them count for the depth that mpta_frame_dissect promises.
 */
#include "dissector/layer.h"

enum {
    UDP_PORT_GTPU = 2152,
    UDP_PORT_VXLAN = 4789,
    UDP_PORT_VXLAN_LINUX = 8472, /* Linux had VXLAN before it had a port, and kept to its own */
};

enum {
    GRE_CHECKSUM = 0x8000,
    GRE_ROUTING = 0x4000,
    GRE_KEY = 0x2000,
    GRE_SEQUENCE = 0x1000,
    GRE_VERSION = 0x0007,
    GRE_BRIDGING = 0x6558, /* RFC 1701: an Ethernet frame */
};

enum {
    GTPU_EXTENSION = 0x04,
    GTPU_OPTIONAL = 0x07, /* any of extension, sequence number, N-PDU number */
    GTPU_G_PDU = 255,
};

enum layer mpta_layer_of_tunnel(struct dissection *d, enum layer inner)
{
    if (d->segment.tunnels == MPTA_TUNNEL_DEPTH_MAX) {
        return LAYER_END_OTHER;
    }
    d->segment.tunnels++;
    return inner;
}

/* Version 1 is PPTP's; the routing field of RFC 1701 is gone from RFC 2784. */
enum layer mpta_layer_gre(struct dissection *d)
{
    uint16_t flags = wire_u16(&d->wire);
    uint16_t protocol = wire_u16(&d->wire);
    if (flags & (GRE_ROUTING | GRE_VERSION)) {
        return LAYER_END_OTHER;
    }
    wire_skip(&d->wire, flags & GRE_CHECKSUM ? 4 : 0);
    wire_skip(&d->wire, flags & GRE_KEY ? 4 : 0);
    wire_skip(&d->wire, flags & GRE_SEQUENCE ? 4 : 0);
    enum layer inner =
        protocol == GRE_BRIDGING ? LAYER_ETHERNET : mpta_layer_of_ethertype(protocol);
    return inner == LAYER_END_OTHER ? inner : mpta_layer_of_tunnel(d, inner);
}

static enum layer udp_port_layer(uint16_t dst_port)
{
    switch (dst_port) {
    case UDP_PORT_VXLAN:
    case UDP_PORT_VXLAN_LINUX:
        return LAYER_VXLAN;
    case UDP_PORT_GTPU:
        return LAYER_GTPU;
    default:
        return LAYER_END_OTHER;
    }
}

/* Both tunnels name their port as destination only; the source port is chosen freely. */
enum layer mpta_layer_udp(struct dissection *d)
{
    wire_skip(&d->wire, 2); /* source port */
    enum layer inner = udp_port_layer(wire_u16(&d->wire));
    if (inner == LAYER_END_OTHER) {
        return inner;
    }
    uint16_t length = wire_u16(&d->wire);
    wire_skip(&d->wire, 2); /* checksum */
    if (length != 0) {      /* 0: a jumbogram or offload, as with IP's length */
        if (length < 8) {
            return LAYER_END_MALFORMED;
        }
        wire_trim(&d->wire, length - 8U);
    }
    return inner;
}

/* Without the I flag this is no VXLAN, RFC 7348 section 5. */
enum layer mpta_layer_vxlan(struct dissection *d)
{
    uint8_t flags = wire_u8(&d->wire);
    wire_skip(&d->wire, 7); /* reserved, VXLAN network identifier, reserved */
    return flags & 0x08 ? mpta_layer_of_tunnel(d, LAYER_ETHERNET) : LAYER_END_OTHER;
}

/*
 * Extension headers, TS 29.281 section 5.2.1: a length in units of 4 octets, content, the next
 * one's type. False for a length of 0, which would leave no room for itself.
 */
static bool gtpu_extensions_skip(struct wire *wire, uint8_t type)
{
    while (type != 0 && wire->error == WIRE_OK) {
        size_t length = (size_t)wire_u8(wire) * 4;
        if (length == 0) {
            return false;
        }
        wire_skip(wire, length - 2);
        type = wire_u8(wire);
    }
    return true;
}

/* A G-PDU of version 1, TS 29.281 section 5.1. It does not say what its payload is. */
enum layer mpta_layer_gtpu(struct dissection *d)
{
    uint8_t flags = wire_u8(&d->wire);
    uint8_t type = wire_u8(&d->wire);
    uint16_t length = wire_u16(&d->wire);
    wire_skip(&d->wire, 4);                             /* tunnel endpoint identifier */
    if ((flags & 0xf0) != 0x30 || type != GTPU_G_PDU) { /* version 1, protocol type GTP */
        return LAYER_END_OTHER;
    }
    wire_trim(&d->wire, length);
    if (flags & GTPU_OPTIONAL) {
        wire_skip(&d->wire, 3); /* sequence number, N-PDU number */
        uint8_t extension = wire_u8(&d->wire);
        if (flags & GTPU_EXTENSION && !gtpu_extensions_skip(&d->wire, extension)) {
            return LAYER_END_MALFORMED;
        }
    }
    return mpta_layer_of_tunnel(d, LAYER_IP_GUESS);
}
