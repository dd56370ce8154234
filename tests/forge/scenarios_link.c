/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One and the same connection in every kind of frame: the analysis must not differ by a word, but
 * for addresses where a link type carries one family alone.
 */
#include "tests/forge/scenario.h"

struct path {
    const char *client;
    const char *server;
};

static const struct path ipv4_paths[] = {
    {"192.0.2.10",    "203.0.113.1"},
    {"198.51.100.10", "203.0.113.2"}
};
static const struct path ipv6_paths[] = {
    {"2001:db8:192::10", "2001:db8:113::1"},
    {"2001:db8:198::10", "2001:db8:113::2"}
};

/* Both families if the frames can carry both. */
static void everyday(struct forge *forge)
{
    enum forge_wrap wrap = forge->interfaces[0].wrap;
    const struct path *first = wrap == FORGE_IPV6 ? &ipv6_paths[0] : &ipv4_paths[0];
    const struct path *second = wrap == FORGE_IPV4 ? &ipv4_paths[1] : &ipv6_paths[1];
    struct story story;
    story_prepare(&story, forge, 1);
    story.first = forge_subflow(&story.connection, first->client, first->server);
    story.second = forge_additional(&story.connection, 1, second->client, second->server);
    story.second.ends[MPTA_SERVER].address_id = 2;
    story.second.interface = 1;
    forge_connect(&story.first);
    story_talk(&story.first);
    forge_add_addr(&story.first, MPTA_SERVER, 2, second->server, 0);
    forge_add_addr_echo(&story.first, MPTA_CLIENT, 2, second->server, 0);
    story_join(&story);
    story_end(&story);
}

/* Wi-Fi and a cellular modem: Ethernet and raw IP in one file. */
static void mixed(struct forge *forge)
{
    forge->interfaces[0] = (struct forge_interface){"wlan0", FORGE_ETHERNET};
    forge->interfaces[1] = (struct forge_interface){"wwan0", FORGE_RAW};
    everyday(forge);
}

#define EVERYDAY                                                                                   \
    TALKED(2), .connections = 1, .subflows = 2, .join_hmac = {.valid = 2},                         \
               .add_addr_hmac = {.valid = 1}, .close = MPTA_CONNECTION_DATA_FIN
#define ROW(name, wrap, words)                                                                     \
    SCENARIO_IN(wrap, name, everyday, words, "the same as of \"link-ethernet\"", EVERYDAY)

static const struct forge_scenario scenarios[] = {
    SCENARIO("link-ethernet", everyday,
             "one connection over IPv4 and IPv6 with an ADD_ADDR, in Ethernet frames",
             "nothing is wrong", EVERYDAY),
    ROW("link-vlan", FORGE_VLAN, "an 802.1Q tag"),
    ROW("link-qinq", FORGE_QINQ, "an 802.1ad and an 802.1Q tag"),
    ROW("link-mpls", FORGE_MPLS, "two MPLS labels"),
    ROW("link-pppoe", FORGE_PPPOE, "a PPPoE session"),
    ROW("link-sll", FORGE_SLL, "Linux cooked capture, version 1"),
    ROW("link-sll2", FORGE_SLL2, "Linux cooked capture, version 2"),
    ROW("link-null-little", FORGE_NULL_LITTLE, "BSD loopback, little-endian"),
    ROW("link-null-big", FORGE_NULL_BIG, "BSD loopback, big-endian"),
    ROW("link-loop", FORGE_LOOP, "OpenBSD loopback"),
    ROW("link-ppp", FORGE_PPP, "PPP"),
    ROW("link-ppp-hdlc", FORGE_PPP_HDLC, "PPP in HDLC-like framing"),
    ROW("link-raw", FORGE_RAW, "raw IP, link type 101"),
    ROW("link-raw-12", FORGE_RAW_12, "raw IP, link type 12"),
    ROW("link-raw-14", FORGE_RAW_14, "raw IP, link type 14"),
    ROW("link-ipv4", FORGE_IPV4, "raw IPv4, link type 228; both paths are IPv4"),
    ROW("link-ipv6", FORGE_IPV6, "raw IPv6, link type 229; both paths are IPv6"),
    ROW("tunnel-ip-in-ip", FORGE_IP_IN_IP, "IPv4 and IPv6 in IPv4"),
    ROW("tunnel-gre", FORGE_GRE, "GRE with a key"),
    ROW("tunnel-vxlan", FORGE_VXLAN, "VXLAN"),
    ROW("tunnel-gtpu", FORGE_GTPU, "GTP-U with a PDU session container, as on 5G's N3"),
    SCENARIO("link-mixed", mixed,
             "two interfaces of different link types in one file: Ethernet and raw IP",
             "the same as of \"link-ethernet\"", EVERYDAY),
};

const struct forge_group forge_link_group = FORGE_GROUP(scenarios);
