/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the decoders of the layers around TCP have in common; private to this folder.
 *
 * A frame is taken apart by a loop (frame.c), not by calls from layer to layer: each decoder reads
 * its own header from the cursor and says which layer comes next. Every decoder either reads at
 * least one octet or ends the dissection, so the loop is bounded by the frame's length and the
 * stack by nothing at all.
 */
#ifndef DISSECTOR_LAYER_H
#define DISSECTOR_LAYER_H

#include "dissector/dissector.h"
#include "dissector/wire.h"

/* A layer that comes next, or how the dissection ends. */
enum layer {
    LAYER_ETHERNET,
    LAYER_VLAN,
    LAYER_MPLS,
    LAYER_PPPOE,
    LAYER_PPP,
    LAYER_CHDLC,
    LAYER_LLC,
    LAYER_SLL,
    LAYER_SLL2,
    LAYER_LOOPBACK,
    LAYER_IP,       /* IPv4 or IPv6, or else malformed */
    LAYER_IP_GUESS, /* IPv4, IPv6 or something else: nothing but the first nibble tells */
    LAYER_IPV4,
    LAYER_IPV6,
    LAYER_IPV6_EXTENSION,
    LAYER_IPV6_FRAGMENT,
    LAYER_AH,
    LAYER_GRE,
    LAYER_UDP,
    LAYER_VXLAN,
    LAYER_GTPU,
    LAYER_TCP,

    LAYER_COUNT,
    LAYER_END_TCP = LAYER_COUNT,
    LAYER_END_OTHER,
    LAYER_END_FRAGMENT,
    LAYER_END_MALFORMED,
    LAYER_END_UNSUPPORTED,
};

/* One frame, as far as it has been taken apart. */
struct dissection {
    struct wire wire; /* what is left to read: narrowed by every length met so far */
    bool is_short;    /* one of them promised more than there was */
    struct mpta_segment segment;
};

/* Which layer a link type begins with, an ethertype announces, an IP protocol number announces. */
enum layer mpta_layer_of_link_type(uint32_t link_type);
enum layer mpta_layer_of_ethertype(uint16_t ethertype);
enum layer mpta_layer_of_protocol(struct dissection *d, uint8_t protocol);

/* The layer inside of a tunnel, or the end where tunnels are too deep. Counts the tunnel. */
enum layer mpta_layer_of_tunnel(struct dissection *d, enum layer inner);

/* link.c */
enum layer mpta_layer_ethernet(struct dissection *d);
enum layer mpta_layer_vlan(struct dissection *d);
enum layer mpta_layer_mpls(struct dissection *d);
enum layer mpta_layer_llc(struct dissection *d);
enum layer mpta_layer_sll(struct dissection *d);
enum layer mpta_layer_sll2(struct dissection *d);
enum layer mpta_layer_loopback(struct dissection *d);

/* ppp.c */
enum layer mpta_layer_pppoe(struct dissection *d);
enum layer mpta_layer_ppp(struct dissection *d);
enum layer mpta_layer_chdlc(struct dissection *d);

/* ip.c */
enum layer mpta_layer_ip(struct dissection *d);
enum layer mpta_layer_ip_guess(struct dissection *d);
enum layer mpta_layer_ipv4(struct dissection *d);
enum layer mpta_layer_ipv6(struct dissection *d);
enum layer mpta_layer_ipv6_extension(struct dissection *d);
enum layer mpta_layer_ipv6_fragment(struct dissection *d);
enum layer mpta_layer_ah(struct dissection *d);

/* tunnel.c */
enum layer mpta_layer_gre(struct dissection *d);
enum layer mpta_layer_udp(struct dissection *d);
enum layer mpta_layer_vxlan(struct dissection *d);
enum layer mpta_layer_gtpu(struct dissection *d);

/* tcp.c */
enum layer mpta_layer_tcp(struct dissection *d);

#endif
