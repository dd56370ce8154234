/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One small function for each thing that may stand before an IP packet. Link addresses are made
 * from IP addresses, tunnels run between two fixed gateways: nothing here is remembered.
 */
#include "tests/forge/wrap.h"

#include <assert.h>
#include <string.h>

#include "dissector/wire.h"
#include "tests/forge/segment.h"

enum {
    ETHERTYPE_IPV4 = 0x0800,
    ETHERTYPE_IPV6 = 0x86dd,
    ETHERTYPE_VLAN = 0x8100,
    ETHERTYPE_SERVICE_VLAN = 0x88a8,
    ETHERTYPE_MPLS = 0x8847,
    ETHERTYPE_PPPOE = 0x8864,
};

enum {
    PROTOCOL_IP_IN_IP = 4,
    PROTOCOL_UDP = 17,
    PROTOCOL_IPV6_IN_IP = 41,
    PROTOCOL_GRE = 47,
};

/* An IP packet to be wrapped. */
struct inner {
    const uint8_t *octets;
    size_t length;
    bool is_ipv6;
};

static uint16_t inner_ethertype(const struct inner *inner)
{
    return inner->is_ipv6 ? ETHERTYPE_IPV6 : ETHERTYPE_IPV4;
}

/* RFC 1661, RFC 5072: the protocol field of PPP. */
static uint16_t inner_ppp_protocol(const struct inner *inner)
{
    return inner->is_ipv6 ? 0x0057 : 0x0021;
}

/* ---- Link layers ---------------------------------------------------------------------------- */

/* A locally administered address out of the last four octets of an IP address. */
static void mac_put(struct wire_writer *writer, const uint8_t *last_four)
{
    wire_put(writer, 0x0200, 2);
    wire_put_copy(writer, last_four, 4);
}

static const uint8_t *inner_src_tail(const struct inner *inner)
{
    return inner->octets + (inner->is_ipv6 ? 8 + 12 : 12);
}

static const uint8_t *inner_dst_tail(const struct inner *inner)
{
    return inner->octets + (inner->is_ipv6 ? 24 + 12 : 16);
}

static void ethernet_put(struct wire_writer *writer, const struct inner *inner, uint16_t ethertype)
{
    mac_put(writer, inner_dst_tail(inner));
    mac_put(writer, inner_src_tail(inner));
    wire_put(writer, ethertype, 2);
}

static void plain_ethernet_put(struct wire_writer *writer, const struct inner *inner)
{
    ethernet_put(writer, inner, inner_ethertype(inner));
}

static void vlan_put(struct wire_writer *writer, const struct inner *inner)
{
    ethernet_put(writer, inner, ETHERTYPE_VLAN);
    wire_put(writer, 100, 2);
    wire_put(writer, inner_ethertype(inner), 2);
}

static void qinq_put(struct wire_writer *writer, const struct inner *inner)
{
    ethernet_put(writer, inner, ETHERTYPE_SERVICE_VLAN);
    wire_put(writer, 0x6000 | 200, 2); /* priority 3 */
    wire_put(writer, ETHERTYPE_VLAN, 2);
    wire_put(writer, 100, 2);
    wire_put(writer, inner_ethertype(inner), 2);
}

/* Two labels, RFC 3032 section 2.1: label, class, bottom of stack, time to live. */
static void mpls_put(struct wire_writer *writer, const struct inner *inner)
{
    ethernet_put(writer, inner, ETHERTYPE_MPLS);
    wire_put(writer, 16001 << 12 | 0 << 8 | 62, 4);
    wire_put(writer, 24005 << 12 | 1 << 8 | 62, 4);
}

/* Session data, RFC 2516 section 4. */
static void pppoe_put(struct wire_writer *writer, const struct inner *inner)
{
    ethernet_put(writer, inner, ETHERTYPE_PPPOE);
    wire_put(writer, 0x1100, 2);
    wire_put(writer, 0x0042, 2); /* session ID */
    wire_put(writer, 2 + inner->length, 2);
    wire_put(writer, inner_ppp_protocol(inner), 2);
}

static void sll_put(struct wire_writer *writer, const struct inner *inner)
{
    wire_put(writer, 0, 2); /* to us */
    wire_put(writer, 1, 2); /* ARPHRD_ETHER */
    wire_put(writer, 6, 2);
    mac_put(writer, inner_src_tail(inner));
    wire_put(writer, 0, 2);
    wire_put(writer, inner_ethertype(inner), 2);
}

static void sll2_put(struct wire_writer *writer, const struct inner *inner)
{
    wire_put(writer, inner_ethertype(inner), 2);
    wire_put(writer, 0, 2);
    wire_put(writer, 3, 4); /* interface index */
    wire_put(writer, 1, 2); /* ARPHRD_ETHER */
    wire_put(writer, 0, 1); /* to us */
    wire_put(writer, 6, 1);
    mac_put(writer, inner_src_tail(inner));
    wire_put(writer, 0, 2);
}

/* AF_INET; AF_INET6 of FreeBSD. LOOP is in network byte order, NULL in the host's. */
static void family_big_put(struct wire_writer *writer, const struct inner *inner)
{
    wire_put(writer, inner->is_ipv6 ? 28 : 2, 4);
}

static void family_little_put(struct wire_writer *writer, const struct inner *inner)
{
    wire_put(writer, inner->is_ipv6 ? 28 : 2, 1);
    wire_put(writer, 0, 3);
}

/* RFC 1662 section 3.1: address and control field, then the protocol. */
static void ppp_put(struct wire_writer *writer, const struct inner *inner)
{
    wire_put(writer, 0xff03, 2);
    wire_put(writer, inner_ppp_protocol(inner), 2);
}

static void nothing_put(struct wire_writer *writer, const struct inner *inner)
{
    (void)writer;
    (void)inner;
}

/* ---- Tunnels, on Ethernet and IPv4 ---------------------------------------------------------- */

static const uint8_t gateways[2][4] = {
    {198, 18, 0, 1},
    {198, 18, 0, 2}
};

/* The outer headers; packets from the lower address go to the higher, the others back. */
static void outer_put(struct wire_writer *writer, const struct inner *inner, uint8_t protocol,
                      size_t more_len)
{
    size_t way = memcmp(inner_src_tail(inner), inner_dst_tail(inner), 4) > 0;
    uint8_t header[20];
    forge_ipv4_header(header, 0, 61, protocol, gateways[way], gateways[1 - way],
                      more_len + inner->length);
    const struct inner outer = {.octets = header, .length = sizeof header};
    plain_ethernet_put(writer, &outer);
    wire_put_copy(writer, header, sizeof header);
}

static void ip_in_ip_put(struct wire_writer *writer, const struct inner *inner)
{
    outer_put(writer, inner, inner->is_ipv6 ? PROTOCOL_IPV6_IN_IP : PROTOCOL_IP_IN_IP, 0);
}

/* RFC 2890: with a key. */
static void gre_put(struct wire_writer *writer, const struct inner *inner)
{
    outer_put(writer, inner, PROTOCOL_GRE, 8);
    wire_put(writer, 0x2000, 2);
    wire_put(writer, inner_ethertype(inner), 2);
    wire_put(writer, 4711, 4);
}

/* No checksum: RFC 768 allows zero over IPv4, and RFC 7348 section 5 wants it. */
static void udp_put(struct wire_writer *writer, const struct inner *inner, uint16_t src_port,
                    uint16_t dst_port, size_t more_len)
{
    outer_put(writer, inner, PROTOCOL_UDP, 8 + more_len);
    wire_put(writer, src_port, 2);
    wire_put(writer, dst_port, 2);
    wire_put(writer, 8 + more_len + inner->length, 2);
    wire_put(writer, 0, 2);
}

static void vxlan_put(struct wire_writer *writer, const struct inner *inner)
{
    udp_put(writer, inner, 51234, 4789, 8 + 14);
    wire_put(writer, 0x08000000, 4); /* I: the network identifier is valid */
    wire_put(writer, 5001 << 8, 4);
    plain_ethernet_put(writer, inner);
}

/* A G-PDU of 3GPP TS 29.281 with a PDU session container, as 5G's N3 has it (TS 38.415). */
static void gtpu_put(struct wire_writer *writer, const struct inner *inner)
{
    udp_put(writer, inner, 2152, 2152, 16);
    wire_put(writer, 0x34ff, 2);            /* version 1, GTP, extension follows; G-PDU */
    wire_put(writer, 8 + inner->length, 2); /* all behind the first 8 octets */
    wire_put(writer, 0x00c0ffee, 4);        /* tunnel endpoint identifier */
    wire_put(writer, 0, 3);                 /* sequence number, N-PDU number */
    wire_put(writer, 0x85, 1);              /* PDU session container */
    wire_put(writer, 0x01100900, 4);        /* 4 octets; uplink, QoS flow 9; no more */
}

/* ---- The table ------------------------------------------------------------------------------ */

struct wrap {
    uint32_t link_type;
    void (*put)(struct wire_writer *writer, const struct inner *inner);
};

static const struct wrap wraps[FORGE_WRAP_COUNT] = {
    [FORGE_ETHERNET] = {1,   plain_ethernet_put},
    [FORGE_VLAN] = {1,   vlan_put          },
    [FORGE_QINQ] = {1,   qinq_put          },
    [FORGE_MPLS] = {1,   mpls_put          },
    [FORGE_PPPOE] = {1,   pppoe_put         },
    [FORGE_SLL] = {113, sll_put           },
    [FORGE_SLL2] = {276, sll2_put          },
    [FORGE_NULL_LITTLE] = {0,   family_little_put },
    [FORGE_NULL_BIG] = {0,   family_big_put    },
    [FORGE_LOOP] = {108, family_big_put    },
    [FORGE_PPP] = {9,   ppp_put           },
    [FORGE_PPP_HDLC] = {50,  ppp_put           },
    [FORGE_RAW] = {101, nothing_put       },
    [FORGE_RAW_12] = {12,  nothing_put       },
    [FORGE_RAW_14] = {14,  nothing_put       },
    [FORGE_IPV4] = {228, nothing_put       },
    [FORGE_IPV6] = {229, nothing_put       },
    [FORGE_IP_IN_IP] = {1,   ip_in_ip_put      },
    [FORGE_GRE] = {1,   gre_put           },
    [FORGE_VXLAN] = {1,   vxlan_put         },
    [FORGE_GTPU] = {1,   gtpu_put          },
};

uint32_t forge_wrap_link_type(enum forge_wrap wrap)
{
    return wraps[wrap].link_type;
}

size_t forge_wrap_encode(enum forge_wrap wrap, const uint8_t *packet, size_t length,
                         uint8_t *octets)
{
    const struct inner inner = {.octets = packet, .length = length, .is_ipv6 = packet[0] >> 4 == 6};
    struct wire_writer writer = wire_writer_of(octets, FORGE_WRAP_MAX + length);
    wraps[wrap].put(&writer, &inner);
    wire_put_copy(&writer, packet, length);
    assert(!writer.full);
    return writer.used;
}
