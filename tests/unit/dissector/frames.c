/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The frames. Nearly all of them hold the same TCP segment, with four octets of options and five of
 * payload, so that a row shows only what is around it.
 */
#include "tests/unit/dissector/frames.h"

/* The array's alignment is beyond clang-format 14, which crashes on it. */
/* clang-format off */

/* 20 octets of header, 4 of options, 5 of payload: 29 = 0x1d. */
#define TCP_FIXED "04d2 0050 00000001 00000002 6018 0400 abcd 0000 "
#define TCP       TCP_FIXED "01010100 68656c6c6f "

#define V4_ADDRESSES "0a000001 0a000002 "
#define V6_ADDRESSES "20010db8000000000000000000000001 20010db8000000000000000000000002 "

/* An IPv4 header of 20 octets, an IPv6 header; lengths and numbers are hexadecimal. */
#define IPV4(total, protocol) IPV4_FRAGMENT(total, "0000", protocol)
#define IPV4_FRAGMENT(total, fragment, protocol) \
    "4500 " total " 0007 " fragment " 40 " protocol " 0000 " V4_ADDRESSES
#define IPV6(payload, next_header) "6000 0000 " payload " " next_header " 3f " V6_ADDRESSES

#define V4_TCP IPV4("0031", "06") TCP /* 49 octets */
#define V6_TCP IPV6("001d", "06") TCP /* 69 octets */

#define ETHERNET        "02000000000b 02000000000a " /* the type is the row's */
#define ETHERNET_V4_TCP ETHERNET "0800 " V4_TCP       /* 63 octets */

/* What they say. */
#define V4_SAYS   "10.0.0.1:1234 > 10.0.0.2:80 "
#define V6_SAYS   "[2001:db8::1]:1234 > [2001:db8::2]:80 "
#define TCP_SAYS  "P. seq 1 ack 2 win 1024 csum abcd "
#define DATA_SAYS "options 4/4 payload 5/5 "
#define V4_END    "hops 64 id 7"
#define V6_END    "hops 63 id -"
#define V4        V4_SAYS TCP_SAYS DATA_SAYS V4_END
#define V6        V6_SAYS TCP_SAYS DATA_SAYS V6_END

#define FRAGMENT_HEADER(next, offset) next " 00 " offset " 0001 0009 "
#define EXTENSION_8(next)  next " 00 0104 00000000 "
#define EXTENSION_16(next) next " 01 0104 00000000 0000000000000000 "

#define UDP(port, length) "c000 " port " " length " 0000 "
#define VXLAN             "08000000 00000100 "

const struct frame_case frame_cases[] = {
    /* Link layers. */
    {"Ethernet, IPv4", 1, 0, ETHERNET "0800 " V4_TCP, V4},
    {"Ethernet, IPv6", 1, 0, ETHERNET "86dd " V6_TCP, V6},
    {"Ethernet, ARP", 1, 0, ETHERNET "0806 0001 0800 0604 0001", "other"},
    {"Ethernet, no octet more", 1, 0, ETHERNET "0800 ", "malformed"},
    {"Ethernet, less than a header", 1, 0, "02000000000b 0200", "malformed"},
    {"an empty frame", 1, 0, "", "malformed"},
    {"nothing captured", 1, 60, "", "cut"},
    {"Ethernet, IPv6 announced as IPv4", 1, 0, ETHERNET "0800 " V6_TCP, "malformed"},
    {"Ethernet, IPv4 announced as IPv6", 1, 0, ETHERNET "86dd " V4_TCP, "malformed"},
    {"Ethernet, 802.1Q", 1, 0, ETHERNET "8100 2001 0800 " V4_TCP, V4},
    {"Ethernet, 802.1ad and 802.1Q", 1, 0, ETHERNET "88a8 0001 8100 0002 0800 " V4_TCP, V4},
    {"Ethernet, 0x9100 twice", 1, 0, ETHERNET "9100 0001 9100 0002 86dd " V6_TCP, V6},
    {"Ethernet, five tags", 1, 0,
     ETHERNET "8100 0001 8100 0002 8100 0003 8100 0004 8100 0005 0800 " V4_TCP, V4},
    {"Ethernet, a tag, something else", 1, 0, ETHERNET "8100 0001 0806 0001", "other"},
    {"Ethernet, one MPLS label, IPv4", 1, 0, ETHERNET "8847 00010140 " V4_TCP, V4},
    {"Ethernet, three MPLS labels, IPv6", 1, 0, ETHERNET "8847 00010040 00020040 00000140 " V6_TCP,
     V6},
    {"Ethernet, multicast MPLS", 1, 0, ETHERNET "8848 00010140 " V4_TCP, V4},
    {"Ethernet, MPLS, pseudowire", 1, 0, ETHERNET "8847 00010140 00000000 " ETHERNET_V4_TCP,
     "other"},
    {"Ethernet, MPLS without an end", 1, 0, ETHERNET "8847 00010040 00010040", "malformed"},
    {"Ethernet, a tag, MPLS", 1, 0, ETHERNET "8100 0001 8847 00010140 " V4_TCP, V4},
    {"Ethernet, PPPoE", 1, 0, ETHERNET "8864 1100 0001 0033 0021 " V4_TCP, V4},
    {"Ethernet, PPPoE, IPv6", 1, 0, ETHERNET "8864 1100 0001 0047 0057 " V6_TCP, V6},
    {"Ethernet, PPPoE, short protocol", 1, 0, ETHERNET "8864 1100 0001 0032 21 " V4_TCP, V4},
    {"Ethernet, PPPoE, LCP", 1, 0, ETHERNET "8864 1100 0001 000a c021 09000008 00000000", "other"},
    {"Ethernet, PPPoE, no session data", 1, 0, ETHERNET "8864 11a7 0001 0033 0021 " V4_TCP,
     "other"},
    {"Ethernet, PPPoE, another version", 1, 0, ETHERNET "8864 2100 0001 0033 0021 " V4_TCP,
     "other"},
    {"Ethernet, PPPoE discovery", 1, 0, ETHERNET "8863 1109 0000 0004 01010000", "other"},
    {"Ethernet, PPPoE, its length ends IP", 1, 0, ETHERNET "8864 1100 0001 0031 0021 " V4_TCP,
     V4_SAYS TCP_SAYS "options 4/4 payload 3/3 " V4_END},
    {"Ethernet, tags, PPPoE, MPLS", 1, 0,
     ETHERNET "8100 0001 8864 1100 0001 0037 0281 00010140 " V4_TCP, V4},
    {"Ethernet, LLC, SNAP", 1, 0, ETHERNET "0039 aaaa03 000000 0800 " V4_TCP, V4},
    {"Ethernet, LLC, 802.1H, padding", 1, 0, ETHERNET "0039 aaaa03 0000f8 0800 " V4_TCP "0000", V4},
    {"Ethernet, tag, LLC, SNAP", 1, 0, ETHERNET "8100 0001 0039 aaaa03 000000 0800 " V4_TCP, V4},
    {"Ethernet, LLC, another OUI", 1, 0, ETHERNET "0039 aaaa03 00000c 0800 " V4_TCP, "other"},
    {"Ethernet, LLC, longer than the wire", 1, 0, ETHERNET "05dc aaaa03 000000 0800 " V4_TCP, V4},
    {"Ethernet, LLC, its length ends IP", 1, 0, ETHERNET "0037 aaaa03 000000 0800 " V4_TCP,
     V4_SAYS TCP_SAYS "options 4/4 payload 3/3 " V4_END},
    {"Ethernet, spanning tree", 1, 0, ETHERNET "0026 424203 0000000000", "other"},
    {"Ethernet, neither type nor length", 1, 0, ETHERNET "05ff " V4_TCP, "other"},
    {"Linux cooked v1", 113, 0, "0000 0001 0006 02000000000a0000 0800 " V4_TCP, V4},
    {"Linux cooked v1, tag", 113, 0, "0000 0001 0006 02000000000a0000 8100 0001 86dd " V6_TCP, V6},
    {"Linux cooked v1, LLC", 113, 0,
     "0000 0001 0006 02000000000a0000 0004 aaaa03 000000 0800 " V4_TCP, V4},
    {"Linux cooked v1, ARP", 113, 0, "0000 0001 0006 02000000000a0000 0806 0001", "other"},
    {"Linux cooked v2", 276, 0, "0800 0000 00000003 0001 00 06 02000000000a0000 " V4_TCP, V4},
    {"Linux cooked v2, IPv6", 276, 0, "86dd 0000 00000003 0304 04 06 0000000000000000 " V6_TCP, V6},
    {"Linux cooked v2, LLC", 276, 0,
     "0004 0000 00000003 0001 00 06 02000000000a0000 aaaa03 000000 86dd " V6_TCP, V6},
    {"raw 12, IPv4", 12, 0, V4_TCP, V4},
    {"raw 14, IPv6", 14, 0, V6_TCP, V6},
    {"raw 101, IPv4", 101, 0, V4_TCP, V4},
    {"raw 101, IPv6", 101, 0, V6_TCP, V6},
    {"raw 101, version 5", 101, 0, "55000031", "malformed"},
    {"raw IPv4", 228, 0, V4_TCP, V4},
    {"raw IPv4 that is IPv6", 228, 0, V6_TCP, "malformed"},
    {"raw IPv6", 229, 0, V6_TCP, V6},
    {"raw IPv6 that is IPv4", 229, 0, V4_TCP, "malformed"},
    {"NULL, little-endian, IPv4", 0, 0, "02000000 " V4_TCP, V4},
    {"NULL, big-endian, IPv4", 0, 0, "00000002 " V4_TCP, V4},
    {"NULL, IPv6 of Linux", 0, 0, "0a000000 " V6_TCP, V6},
    {"NULL, IPv6 of NetBSD", 0, 0, "00000018 " V6_TCP, V6},
    {"NULL, IPv6 of FreeBSD", 0, 0, "1c000000 " V6_TCP, V6},
    {"NULL, IPv6 of Darwin", 0, 0, "1e000000 " V6_TCP, V6},
    {"NULL, another family", 0, 0, "07000000 " V4_TCP, "other"},
    {"NULL, a family no system has", 0, 0, "02010000 " V4_TCP, "other"},
    {"LOOP, big-endian", 108, 0, "00000002 " V4_TCP, V4},
    {"LOOP, little-endian", 108, 0, "18000000 " V6_TCP, V6},
    {"PPP", 9, 0, "0021 " V4_TCP, V4},
    {"PPP, short protocol", 9, 0, "57 " V6_TCP, V6},
    {"PPP, framed", 9, 0, "ff03 0021 " V4_TCP, V4},
    {"PPP, framed, short protocol", 9, 0, "ff03 21 " V4_TCP, V4},
    {"PPP, broken framing", 9, 0, "ff04 0021 " V4_TCP, "other"},
    {"PPP, IPCP", 9, 0, "ff03 8021 01010004", "other"},
    {"PPP in HDLC", 50, 0, "ff03 0057 " V6_TCP, V6},
    {"PPP in HDLC, unframed", 50, 0, "0021 " V4_TCP, V4},
    {"Cisco HDLC, unicast", 50, 0, "0f00 0800 " V4_TCP, V4},
    {"Cisco HDLC, broadcast", 50, 0, "8f00 86dd " V6_TCP, V6},
    {"radiotap is not known", 127, 0, V4_TCP, "unsupported link type"},

    /* IPv4. */
    {"IPv4 options", 101, 0,
     "4700 0039 0007 0000 40 06 0000 " V4_ADDRESSES "01010101 94040000 " TCP, V4},
    {"IPv4, header too short", 101, 0, "4400 0031 0007 0000 40 06 0000 " V4_ADDRESSES TCP,
     "malformed"},
    {"IPv4, options longer than the packet", 101, 0,
     "4f00 0031 0007 0000 40 06 0000 " V4_ADDRESSES TCP, "malformed"},
    {"IPv4, total length below the header's", 101, 0, IPV4("0013", "06") TCP, "malformed"},
    {"IPv4, nothing in it", 101, 0, IPV4("0014", "06"), "malformed"},
    {"IPv4, Ethernet padding", 1, 0, ETHERNET "0800 " IPV4("002c", "06") TCP_FIXED "01010100 0000",
     V4_SAYS TCP_SAYS "options 4/4 payload 0/0 " V4_END},
    {"IPv4, total length 0: offload", 1, 0, ETHERNET "0800 " IPV4("0000", "06") TCP, V4 " super"},
    {"IPv4, offload, payload not captured", 1, 20000, ETHERNET "0800 " IPV4("0000", "06") TCP,
     V4_SAYS TCP_SAYS "options 4/4 payload 5/20005 " V4_END " super"},
    {"IPv4, payload not captured", 101, 1000, IPV4("0419", "06") TCP,
     V4_SAYS TCP_SAYS "options 4/4 payload 5/1005 " V4_END},
    {"IPv4, total length longer than the wire", 101, 0, IPV4("0419", "06") TCP, V4},
    {"IPv4, the same, not all captured", 101, 7, IPV4("0419", "06") TCP,
     V4_SAYS TCP_SAYS "options 4/4 payload 5/12 " V4_END},
    {"IPv4, don't fragment", 101, 0, IPV4_FRAGMENT("0031", "4000", "06") TCP, V4},
    {"IPv4, first fragment", 101, 0, IPV4_FRAGMENT("0031", "2000", "06") TCP, V4 " fragment"},
    {"IPv4, first fragment ends in the options", 101, 0,
     IPV4_FRAGMENT("002a", "2000", "06") TCP_FIXED "0101",
     V4_SAYS TCP_SAYS "options 2/4 payload 0/0 " V4_END " fragment"},
    {"IPv4, the same, padded", 1, 0,
     ETHERNET "0800 " IPV4_FRAGMENT("002a", "2000", "06") TCP_FIXED "0101 0000",
     V4_SAYS TCP_SAYS "options 2/4 payload 0/0 " V4_END " fragment"},
    {"IPv4, first fragment ends in the header", 101, 0,
     IPV4_FRAGMENT("0024", "2000", "06") "04d2 0050 00000001 00000002 6018 0400", "fragment"},
    {"IPv4, second fragment", 101, 0, IPV4_FRAGMENT("0031", "2003", "06") TCP, "fragment"},
    {"IPv4, fragment at half of 65536", 101, 0, IPV4_FRAGMENT("0031", "1000", "06") TCP,
     "fragment"},
    {"IPv4, last fragment", 101, 0, IPV4_FRAGMENT("0031", "0003", "06") TCP, "fragment"},
    {"IPv4, first fragment of UDP", 101, 0, IPV4_FRAGMENT("001c", "2000", "11") UDP("0035", "0100"),
     "other"},
    {"IPv4, ICMP", 101, 0, IPV4("001c", "01") "0800 0000 00010001", "other"},
    {"IPv4 has no hop-by-hop header", 101, 0, IPV4("0039", "00") EXTENSION_8("06") TCP, "other"},
    {"IPv4, AH", 101, 0,
     IPV4("0049", "33") "06 04 0000 00000001 00000001 000000000000000000000000 " TCP, V4},

    /* IPv6. */
    {"IPv6, all extension headers", 101, 0,
     IPV6("0065", "00") EXTENSION_8("3c") EXTENSION_16("2b") EXTENSION_8("2c") FRAGMENT_HEADER(
         "33", "0000") "3c 04 0000 00000001 00000001 000000000000000000000000 " EXTENSION_8("06")
         TCP,
     V6_SAYS TCP_SAYS DATA_SAYS "hops 63 id 9"},
    {"IPv6, mobility header", 101, 0, IPV6("0025", "87") EXTENSION_8("06") TCP, V6},
    {"IPv6, host identity header", 101, 0, IPV6("0025", "8b") EXTENSION_8("06") TCP, V6},
    {"IPv6, shim6 header", 101, 0, IPV6("0025", "8c") EXTENSION_8("06") TCP, V6},
    {"IPv6, experimental header", 101, 0, IPV6("0025", "fd") EXTENSION_8("06") TCP, "other"},
    {"IPv6, no next header", 101, 0, IPV6("0000", "3b"), "other"},
    {"IPv6, ESP", 101, 0, IPV6("0008", "32") "00000001 00000001", "other"},
    {"IPv6, extension header beyond the packet", 101, 0, IPV6("001d", "3c") "06 04 0104 00000000",
     "malformed"},
    {"IPv6, payload length ends before the padding", 1, 0, ETHERNET "86dd " V6_TCP "000000", V6},
    {"IPv6, payload length longer than the wire", 101, 0, IPV6("0800", "06") TCP, V6},
    {"IPv6, payload length 0: offload", 101, 9, IPV6("0000", "06") TCP,
     V6_SAYS TCP_SAYS "options 4/4 payload 5/14 " V6_END " super"},
    {"IPv6, jumbogram", 101, 70000, IPV6("0000", "00") "06 00 c204 00011195 " TCP,
     V6_SAYS TCP_SAYS "options 4/4 payload 5/70005 " V6_END " super"},
    {"IPv6, first fragment", 101, 0, IPV6("0025", "2c") FRAGMENT_HEADER("06", "0001") TCP,
     V6_SAYS TCP_SAYS DATA_SAYS "hops 63 id 9 fragment"},
    {"IPv6, first fragment ends in an extension header", 101, 0,
     IPV6("0010", "2c") FRAGMENT_HEADER("3c", "0001") "06 01 0104 00000000", "fragment"},
    {"IPv6, later fragment", 101, 0, IPV6("0025", "2c") FRAGMENT_HEADER("06", "0019") TCP,
     "fragment"},

    /* TCP. */
    {"TCP, no options, no payload", 101, 0,
     IPV4("0028", "06") "04d2 0050 ffffffff 00000000 5002 0000 0000 0000",
     V4_SAYS "S seq 4294967295 ack 0 win 0 csum 0000 options 0/0 payload 0/0 " V4_END},
    {"TCP, all flags, reserved bits", 101, 0,
     IPV4("0028", "06") "04d2 0050 00000001 00000002 5fff 0400 abcd 0000",
     V4_SAYS "FSRP.UEWe seq 1 ack 2 win 1024 csum abcd options 0/0 payload 0/0 " V4_END},
    {"TCP, data offset 4", 101, 0,
     IPV4("0028", "06") "04d2 0050 00000001 00000002 4018 0400 abcd 0000", "malformed"},
    {"TCP, data offset beyond the packet", 101, 0, IPV4("002b", "06") TCP_FIXED "010101",
     "malformed"},
    {"TCP, data offset beyond the packet, not the frame", 1, 0,
     ETHERNET "0800 " IPV4("002b", "06") TCP_FIXED "010101 00000000", "malformed"},
    {"TCP, header beyond the packet", 101, 0, IPV4("0024", "06") TCP_FIXED, "malformed"},
    {"TCP, options not all captured", 101, 3, IPV4("002c", "06") TCP_FIXED "01",
     V4_SAYS TCP_SAYS "options 1/4 payload 0/0 " V4_END},
    {"TCP, no options captured", 101, 9, IPV4("0031", "06") TCP_FIXED,
     V4_SAYS TCP_SAYS "options 0/4 payload 0/5 " V4_END},
    {"TCP, header not all captured", 101, 10,
     IPV4("0031", "06") "04d2 0050 00000001 00000002 6018 0400 abcd 00", "cut"},

    /* Tunnels. */
    {"IPv4 in IPv4", 101, 0, IPV4("0045", "04") V4_TCP, V4 " tunnels 1"},
    {"IPv6 in IPv4", 101, 0, IPV4("0059", "29") V6_TCP, V6 " tunnels 1"},
    {"IPv4 in IPv6", 101, 0, IPV6("0031", "04") V4_TCP, V4 " tunnels 1"},
    {"IPv6 in IPv6 with options", 101, 0, IPV6("004d", "3c") EXTENSION_8("29") V6_TCP,
     V6 " tunnels 1"},
    {"IPv4 in IPv4 that is IPv6", 101, 0, IPV4("0059", "04") V6_TCP, "malformed"},
    {"four tunnels", 101, 0,
     IPV6("006d", "04") IPV4("006d", "04") IPV4("0059", "04") IPV4("0045", "04") V4_TCP,
     V4 " tunnels 4"},
    {"five tunnels", 101, 0,
     IPV6("0081", "04") IPV4("0081", "04") IPV4("006d", "04") IPV4("0059", "04") IPV4("0045", "04")
         V4_TCP,
     "other"},
    {"IPv4 in the first fragment of an IPv4", 101, 0, IPV4_FRAGMENT("0041", "2000", "04") V4_TCP,
     V4_SAYS TCP_SAYS "options 4/4 payload 1/1 " V4_END " tunnels 1 fragment"},
    {"IPv4 in a later fragment of an IPv4", 101, 0, IPV4_FRAGMENT("0045", "0001", "04") V4_TCP,
     "fragment"},
    {"offload inside of a tunnel", 101, 0, IPV4("0045", "04") IPV4("0000", "06") TCP,
     V4 " tunnels 1 super"},
    {"offload outside of a tunnel only", 101, 2, IPV4("0000", "04") V4_TCP, V4 " tunnels 1"},
    {"GRE, IPv4", 101, 0, IPV4("0049", "2f") "0000 0800 " V4_TCP, V4 " tunnels 1"},
    {"GRE, checksum, key, sequence number, IPv6", 101, 0,
     IPV4("0069", "2f") "b000 86dd 12340000 00000001 00000002 " V6_TCP, V6 " tunnels 1"},
    {"GRE, key", 101, 0, IPV4("004d", "2f") "2000 0800 00000001 " V4_TCP, V4 " tunnels 1"},
    {"GRE, bridged Ethernet, tag", 101, 0,
     IPV6("0047", "2f") "0000 6558 " ETHERNET "8100 0001 0800 " V4_TCP, V4 " tunnels 1"},
    {"GRE, MPLS", 101, 0, IPV4("004d", "2f") "0000 8847 00010140 " V4_TCP, V4 " tunnels 1"},
    {"GRE, routing", 101, 0, IPV4("004d", "2f") "4000 0800 00000000 " V4_TCP, "other"},
    {"GRE of version 1", 101, 0, IPV4("004d", "2f") "2001 880b 00000000 " V4_TCP, "other"},
    {"GRE, something else", 101, 0, IPV4("0018", "2f") "0000 88be", "other"},
    {"UDP, no tunnel", 101, 0, IPV4("001c", "11") UDP("0035", "0008"), "other"},
    {"UDP, length too short", 101, 0,
     IPV4("0063", "11") UDP("12b5", "0007") VXLAN ETHERNET_V4_TCP, "malformed"},
    {"VXLAN", 101, 0, IPV4("0063", "11") UDP("12b5", "004f") VXLAN ETHERNET_V4_TCP,
     V4 " tunnels 1"},
    {"VXLAN at Linux's port", 101, 0, IPV4("0063", "11") UDP("2118", "004f") VXLAN ETHERNET_V4_TCP,
     V4 " tunnels 1"},
    {"VXLAN, tag, IPv6, padding", 101, 0,
     IPV6("006b", "11") UDP("12b5", "006b") VXLAN ETHERNET "8100 0001 86dd " V6_TCP "0000",
     V6 " tunnels 1"},
    {"VXLAN, UDP length 0", 101, 0, IPV4("0063", "11") UDP("12b5", "0000") VXLAN ETHERNET_V4_TCP,
     V4 " tunnels 1"},
    {"VXLAN, UDP length ends IP", 101, 0,
     IPV4("0063", "11") UDP("12b5", "004d") VXLAN ETHERNET_V4_TCP,
     V4_SAYS TCP_SAYS "options 4/4 payload 3/3 " V4_END " tunnels 1"},
    {"VXLAN without its flag", 101, 0,
     IPV4("0063", "11") UDP("12b5", "004f") "00000000 00000100 " ETHERNET_V4_TCP, "other"},
    {"from VXLAN's port, not to it", 101, 0, IPV4("001c", "11") "12b5 c000 0008 0000", "other"},
    {"GTP-U", 101, 0, IPV4("0055", "11") UDP("0868", "0041") "30ff 0031 00000001 " V4_TCP,
     V4 " tunnels 1"},
    {"GTP-U, sequence number, IPv6", 101, 0,
     IPV4("006d", "11") UDP("0868", "0059") "32ff 0049 00000001 0001 00 85 " V6_TCP,
     V6 " tunnels 1"},
    {"GTP-U, N-PDU number", 101, 0,
     IPV4("0059", "11") UDP("0868", "0045") "31ff 0035 00000001 0000 01 00 " V4_TCP,
     V4 " tunnels 1"},
    {"GTP-U, no extension header follows", 101, 0,
     IPV4("0059", "11") UDP("0868", "0045") "34ff 0035 00000001 0000 00 00 " V4_TCP,
     V4 " tunnels 1"},
    {"GTP-U, two extension headers", 101, 0,
     IPV4("0065", "11")
         UDP("0868", "0051") "34ff 0041 00000001 0000 00 85 01 0009 c0 02 000000000000 00 " V4_TCP,
     V4 " tunnels 1"},
    {"GTP-U, an extension header of length 0", 101, 0,
     IPV4("005d", "11") UDP("0868", "0049") "34ff 0039 00000001 0000 00 85 00 0009 00 " V4_TCP,
     "malformed"},
    {"GTP-U, the same in a first fragment", 101, 0,
     IPV4_FRAGMENT("005d", "2000", "11") UDP("0868", "0049")
         "34ff 0039 00000001 0000 00 85 00 0009 00 " V4_TCP,
     "malformed"},
    {"GTP-U, extension headers beyond the end", 101, 0,
     IPV4("002c", "11") UDP("0868", "0018") "34ff 0008 00000001 0000 00 85 01 0009 85",
     "malformed"},
    {"GTP-U, its length ends IP", 101, 0,
     IPV4("0055", "11") UDP("0868", "0041") "30ff 002f 00000001 " V4_TCP,
     V4_SAYS TCP_SAYS "options 4/4 payload 3/3 " V4_END " tunnels 1"},
    {"GTP-U, echo request", 101, 0,
     IPV4("0028", "11") UDP("0868", "0014") "3201 0004 00000000 0001 00 00", "other"},
    {"GTP-U of version 2", 101, 0,
     IPV4("0055", "11") UDP("0868", "0041") "50ff 0031 00000001 " V4_TCP, "other"},
    {"GTP' on GTP-U's port", 101, 0,
     IPV4("0055", "11") UDP("0868", "0041") "20ff 0031 00000001 " V4_TCP, "other"},
    {"GTP-U, a PDU that is not IP", 101, 0,
     IPV4("0055", "11") UDP("0868", "0041") "30ff 0031 00000001 " ETHERNET_V4_TCP, "other"},
    {"VXLAN in GRE in GTP-U in IP in IP", 1, 0,
     ETHERNET "86dd " IPV6("00b3", "29") IPV6("008b", "11") UDP(
         "0868", "008b") "30ff 007b 00000001 " IPV4("007b", "2f") "0000 0800 " IPV4("0063", "11")
         UDP("12b5", "004f") VXLAN ETHERNET_V4_TCP,
     V4 " tunnels 4"},
};
/* clang-format on */

const size_t frame_case_count = sizeof frame_cases / sizeof frame_cases[0];
