/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Link layers: what stands before IP in a frame. They are read only to find out what follows; no
 * link address leaves this file.
 */
#include "dissector/layer.h"

/* The highest value of Ethernet's type/length field that is a length, IEEE 802.3 section 3.2.6. */
#define ETHERNET_LENGTH_MAX 1500

/* Values of a Linux cooked header's protocol field that are no ethertypes: ETH_P_802_2. */
#define SLL_PROTOCOL_LLC 4

enum layer mpta_layer_of_link_type(uint32_t link_type)
{
    switch (link_type) {
    case 1: /* ETHERNET */
        return LAYER_ETHERNET;
    case 0:   /* NULL */
    case 108: /* LOOP */
        return LAYER_LOOPBACK;
    case 9: /* PPP */
        return LAYER_PPP;
    case 50: /* PPP_HDLC */
        return LAYER_CHDLC;
    case 12:  /* DLT_RAW of most systems */
    case 14:  /* DLT_RAW of OpenBSD */
    case 101: /* RAW */
        return LAYER_IP;
    case 113: /* LINUX_SLL */
        return LAYER_SLL;
    case 276: /* LINUX_SLL2 */
        return LAYER_SLL2;
    case 228: /* IPV4 */
        return LAYER_IPV4;
    case 229: /* IPV6 */
        return LAYER_IPV6;
    default:
        return LAYER_END_UNSUPPORTED;
    }
}

enum layer mpta_layer_of_ethertype(uint16_t ethertype)
{
    switch (ethertype) {
    case 0x0800:
        return LAYER_IPV4;
    case 0x86dd:
        return LAYER_IPV6;
    case 0x8100: /* 802.1Q */
    case 0x88a8: /* 802.1ad */
    case 0x9100: /* 802.1ad before it was 802.1ad */
        return LAYER_VLAN;
    case 0x8847: /* RFC 3032 section 5 */
    case 0x8848:
        return LAYER_MPLS;
    case 0x8864: /* RFC 2516 section 4 */
        return LAYER_PPPOE;
    default:
        return LAYER_END_OTHER;
    }
}

/* Ethernet's last field before the payload: an ethertype, or the payload's length, then LLC. */
static enum layer type_or_length_decode(struct dissection *d)
{
    uint16_t value = wire_u16(&d->wire);
    if (value > ETHERNET_LENGTH_MAX) {
        return mpta_layer_of_ethertype(value);
    }
    wire_trim(&d->wire, value);
    return LAYER_LLC;
}

enum layer mpta_layer_ethernet(struct dissection *d)
{
    wire_skip(&d->wire, 12); /* destination, source */
    return type_or_length_decode(d);
}

enum layer mpta_layer_vlan(struct dissection *d)
{
    wire_skip(&d->wire, 2); /* priority, VLAN ID */
    return type_or_length_decode(d);
}

/* The label stack, RFC 3032 section 2.1. No field says what is under it. */
enum layer mpta_layer_mpls(struct dissection *d)
{
    uint32_t entry;
    do {
        entry = wire_u32(&d->wire);
    } while (!(entry & 0x100) && d->wire.error == WIRE_OK);
    return LAYER_IP_GUESS;
}

/* LLC is followed no further than through SNAP, RFC 1042, and only to ethertypes. */
enum layer mpta_layer_llc(struct dissection *d)
{
    if (wire_u16(&d->wire) != 0xaaaa || wire_u8(&d->wire) != 0x03) {
        return LAYER_END_OTHER;
    }
    uint32_t oui_high = wire_u16(&d->wire);
    uint32_t oui = oui_high << 8 | wire_u8(&d->wire);
    uint16_t ethertype = wire_u16(&d->wire);
    bool is_ethertype = oui == 0 || oui == 0x0000f8; /* RFC 1042; 802.1H bridge tunnel */
    return is_ethertype ? mpta_layer_of_ethertype(ethertype) : LAYER_END_OTHER;
}

static enum layer sll_protocol_layer(uint16_t protocol)
{
    return protocol == SLL_PROTOCOL_LLC ? LAYER_LLC : mpta_layer_of_ethertype(protocol);
}

enum layer mpta_layer_sll(struct dissection *d)
{
    wire_skip(&d->wire, 14); /* packet type, ARPHRD type, address length, address */
    return sll_protocol_layer(wire_u16(&d->wire));
}

enum layer mpta_layer_sll2(struct dissection *d)
{
    uint16_t protocol = wire_u16(&d->wire);
    wire_skip(&d->wire, 18); /* reserved, interface, ARPHRD type, packet type, address */
    return sll_protocol_layer(protocol);
}

/*
 * NULL and LOOP: an address family as a 32-bit number in the byte order of the host that captured
 * it, which no field tells; but all families are small numbers.
 */
enum layer mpta_layer_loopback(struct dissection *d)
{
    uint32_t family = wire_u32(&d->wire);
    if ((family & 0x00ffffff) == 0) {
        family >>= 24;
    }
    switch (family) {
    case 2:
        return LAYER_IPV4;
    case 10: /* Linux */
    case 24: /* NetBSD, OpenBSD */
    case 28: /* FreeBSD */
    case 30: /* Darwin */
        return LAYER_IPV6;
    default:
        return LAYER_END_OTHER;
    }
}
