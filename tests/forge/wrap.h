/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What stands before an IP packet in a captured frame: link layers, tags and tunnels.
 */
#ifndef FORGE_WRAP_H
#define FORGE_WRAP_H

#include <stddef.h>
#include <stdint.h>

enum forge_wrap {
    FORGE_ETHERNET,
    FORGE_VLAN,
    FORGE_QINQ,
    FORGE_MPLS,
    FORGE_PPPOE,
    FORGE_SLL,
    FORGE_SLL2,
    FORGE_NULL_LITTLE,
    FORGE_NULL_BIG,
    FORGE_LOOP,
    FORGE_PPP,
    FORGE_PPP_HDLC,
    FORGE_RAW,
    FORGE_RAW_12,
    FORGE_RAW_14,
    FORGE_IPV4,
    FORGE_IPV6,
    FORGE_IP_IN_IP,
    FORGE_GRE,
    FORGE_VXLAN,
    FORGE_GTPU,
};
#define FORGE_WRAP_COUNT 21

/* The most octets that a wrap adds. */
#define FORGE_WRAP_MAX 80

/* The LINKTYPE_ number of the frames that a wrap makes. */
uint32_t forge_wrap_link_type(enum forge_wrap wrap);

/* The frame of an IP packet; room for FORGE_WRAP_MAX more octets. Returns its length. */
size_t forge_wrap_encode(enum forge_wrap wrap, const uint8_t *packet, size_t length,
                         uint8_t *octets);

#endif
