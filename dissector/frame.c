/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * From a frame to its innermost TCP segment: the loop that goes from layer to layer, and what it
 * says in the end. It knows the order of things but no header.
 */
#include "dissector/layer.h"

#include <assert.h>

static enum layer (*const layer_decoders[])(struct dissection *) = {
    [LAYER_ETHERNET] = mpta_layer_ethernet,
    [LAYER_VLAN] = mpta_layer_vlan,
    [LAYER_MPLS] = mpta_layer_mpls,
    [LAYER_PPPOE] = mpta_layer_pppoe,
    [LAYER_PPP] = mpta_layer_ppp,
    [LAYER_CHDLC] = mpta_layer_chdlc,
    [LAYER_LLC] = mpta_layer_llc,
    [LAYER_SLL] = mpta_layer_sll,
    [LAYER_SLL2] = mpta_layer_sll2,
    [LAYER_LOOPBACK] = mpta_layer_loopback,
    [LAYER_IP] = mpta_layer_ip,
    [LAYER_IP_GUESS] = mpta_layer_ip_guess,
    [LAYER_IPV4] = mpta_layer_ipv4,
    [LAYER_IPV6] = mpta_layer_ipv6,
    [LAYER_IPV6_EXTENSION] = mpta_layer_ipv6_extension,
    [LAYER_IPV6_FRAGMENT] = mpta_layer_ipv6_fragment,
    [LAYER_AH] = mpta_layer_ah,
    [LAYER_GRE] = mpta_layer_gre,
    [LAYER_UDP] = mpta_layer_udp,
    [LAYER_VXLAN] = mpta_layer_vxlan,
    [LAYER_GTPU] = mpta_layer_gtpu,
    [LAYER_TCP] = mpta_layer_tcp,
};
static_assert(sizeof layer_decoders / sizeof layer_decoders[0] == LAYER_COUNT,
              "every layer has a decoder");

/* What an end means, where the cursor has not failed. */
static enum mpta_frame end_frame(enum layer end)
{
    static const enum mpta_frame frames[] = {
        [LAYER_END_TCP - LAYER_COUNT] = MPTA_FRAME_TCP,
        [LAYER_END_OTHER - LAYER_COUNT] = MPTA_FRAME_OTHER,
        [LAYER_END_FRAGMENT - LAYER_COUNT] = MPTA_FRAME_FRAGMENT,
        [LAYER_END_MALFORMED - LAYER_COUNT] = MPTA_FRAME_MALFORMED,
        [LAYER_END_UNSUPPORTED - LAYER_COUNT] = MPTA_FRAME_LINK_UNSUPPORTED,
    };
    return frames[end - LAYER_COUNT];
}

/* What a failed read means. A header that goes on in the next fragment is nobody's mistake. */
static enum mpta_frame error_frame(const struct dissection *d)
{
    if (d->wire.error == WIRE_CUT) {
        return MPTA_FRAME_CUT;
    }
    return d->segment.fragmented ? MPTA_FRAME_FRAGMENT : MPTA_FRAME_MALFORMED;
}

/* A frame's cursor. Lengths beyond 32 bits are no frame's. */
static struct wire frame_wire(const uint8_t *frame, size_t captured, size_t wire_len)
{
    struct wire wire = wire_of(frame, captured, wire_len < captured ? captured : wire_len);
    wire_trim(&wire, UINT32_MAX);
    return wire;
}

enum mpta_frame mpta_frame_dissect(uint32_t link_type, const uint8_t *frame, size_t captured,
                                   size_t wire_len, struct mpta_segment *segment)
{
    struct dissection d = {.wire = frame_wire(frame, captured, wire_len)};
    enum layer layer = mpta_layer_of_link_type(link_type);
    while (layer < LAYER_COUNT && d.wire.error == WIRE_OK) {
        layer = layer_decoders[layer](&d);
    }
    /* First the error: what was read after it were zeros, and what follows from them is nothing. */
    if (d.wire.error != WIRE_OK) {
        return error_frame(&d);
    }
    if (layer == LAYER_END_TCP) {
        *segment = d.segment;
    }
    return end_frame(layer);
}
