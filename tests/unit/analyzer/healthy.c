/* SPDX-License-Identifier: BSD-3-Clause */
/* Healthy stories, each about one thing that happens on real networks. */
#include "tests/unit/analyzer/healthy.h"

/* ---- Whole lives ----------------------------------------------------------------------------- */

static void tell_life(struct story *story, int version, const char *client, const char *client_2,
                      const char *server)
{
    struct story_peers peers = story_peers(version, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    struct story_flow first = story_flow(client, 40001, server, 443);
    struct story_flow second = story_flow(client_2, 40002, server, 443);
    story_capable(story, &peers, &first);
    story_data(story, &peers, &first, OPENER_SAYS, 100);
    story_data(story, &peers, &first, RESPONDER_SAYS, 1000);
    story_data_ack(story, &peers, &first, OPENER_SAYS);
    story_add_addr(story, &peers, &first, OPENER_SAYS, 2, client_2, 0);
    if (version == 1)
        story_add_addr_echo(story, &first, RESPONDER_SAYS, 2, client_2, 0);
    story_join(story, &peers, &second);
    story_data(story, &peers, &second, OPENER_SAYS, 200);
    story_data(story, &peers, &second, RESPONDER_SAYS, 1200);
    story_data(story, &peers, &first, RESPONDER_SAYS, 1200);
    story_data_ack(story, &peers, &first, OPENER_SAYS);
    story_data_ack(story, &peers, &second, OPENER_SAYS);
    story_data_fins(story, &peers, &first);
    story_fins(story, &peers, &first);
    story_fins(story, &peers, &second);
}

static void version_1(struct story *story)
{
    tell_life(story, 1, "10.0.1.1", "10.0.2.1", "192.0.2.1");
}

static void version_0(struct story *story)
{
    tell_life(story, 0, "10.0.1.1", "10.0.2.1", "192.0.2.1");
}

static void over_ipv6(struct story *story)
{
    tell_life(story, 1, "2001:db8:1::1", "2001:db8:2::1", "2001:db8::443");
}

/* The server tells its second address and opens a subflow itself. */
static void join_by_the_server(struct story *story)
{
    struct story_peers peers = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    struct story_flow first = story_flow("10.0.1.1", 40001, "192.0.2.1", 443);
    struct story_flow second = story_flow("192.0.2.1", 40003, "10.0.2.1", 5000);
    second.opened_by = MPTA_SERVER;
    story_capable(story, &peers, &first);
    story_data(story, &peers, &first, OPENER_SAYS, 100);
    story_data_ack(story, &peers, &first, RESPONDER_SAYS);
    story_add_addr(story, &peers, &first, OPENER_SAYS, 2, "10.0.2.1", 5000);
    story_add_addr_echo(story, &first, RESPONDER_SAYS, 2, "10.0.2.1", 5000);
    story_join(story, &peers, &second);
    story_data(story, &peers, &second, OPENER_SAYS, 900);
    story_data_ack(story, &peers, &second, RESPONDER_SAYS);
    story_data_fins(story, &peers, &first);
    story_fins(story, &peers, &second);
    story_fins(story, &peers, &first);
}

/* ---- Packets sent again, or without options -------------------------------------------------- */

static void everything_sent_twice(struct story *story)
{
    struct story_peers peers = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    struct story_flow first = story_flow("10.0.1.1", 40001, "192.0.2.1", 443);
    struct story_flow second = story_flow("10.0.2.1", 40002, "192.0.2.1", 443);
    story->step_ns = 200 * STORY_MS;
    story_syn(story, &peers, &first);
    story_again(story, 0, false);
    story_syn_ack(story, &peers, &first);
    story_again(story, 2, false);
    story_ack(story, &peers, &first);
    story_again(story, 4, false);
    story_data(story, &peers, &first, OPENER_SAYS, 100);
    story_again(story, 6, false);
    story_data(story, &peers, &first, RESPONDER_SAYS, 100);
    story_join_syn(story, &peers, &second);
    story_again(story, 9, false);
    story_join_syn_ack(story, &peers, &second);
    story_again(story, 11, false);
    story_join_ack(story, &peers, &second);
    story_again(story, 13, false);
    story_data_ack(story, &peers, &second, RESPONDER_SAYS);
    story_data(story, &peers, &second, OPENER_SAYS, 300);
    story_again(story, 16, false);
    story_data_ack(story, &peers, &second, RESPONDER_SAYS);
    story_data_fins(story, &peers, &first);
}

/* A server that keeps no state answers each SYN with another key; the client takes the second. */
static void syn_cookies(struct story *story)
{
    struct story_peers peers = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_THIRD);
    struct story_flow first = story_flow("10.0.1.1", 40001, "192.0.2.1", 443);
    struct story_flow second = story_flow("10.0.2.1", 40002, "192.0.2.1", 443);
    story->step_ns = 100 * STORY_MS;
    story_syn(story, &peers, &first);
    story_syn_ack(story, &peers, &first);
    story_again(story, 0, false);
    peers = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    first.isn[RESPONDER_SAYS] += 123456;
    first.sent[RESPONDER_SAYS] = 0;
    story_syn_ack(story, &peers, &first);
    story_ack(story, &peers, &first);
    story_data(story, &peers, &first, OPENER_SAYS, 100);
    story_data(story, &peers, &first, RESPONDER_SAYS, 100);
    story_join(story, &peers, &second);
    story_data(story, &peers, &second, OPENER_SAYS, 100);
    story_data_fins(story, &peers, &first);
    story_fins(story, &peers, &first);
}

/* What a host with segmentation offload sends: the mapping comes with the first segment only. */
static void a_mapping_over_several_segments(struct story *story)
{
    struct story_peers peers = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    struct story_flow first = story_flow("10.0.1.1", 40001, "192.0.2.1", 443);
    story_capable(story, &peers, &first);
    story_mapping(story, &peers, &first, OPENER_SAYS, 3000, 1000);
    story_unmapped(story, &first, OPENER_SAYS, 1000);
    story_unmapped(story, &first, OPENER_SAYS, 1000);
    story_data_ack(story, &peers, &first, RESPONDER_SAYS);
    story_mapping(story, &peers, &first, RESPONDER_SAYS, 2000, 1000);
    story_unmapped(story, &first, RESPONDER_SAYS, 1000);
    story_data_ack(story, &peers, &first, OPENER_SAYS);
    story_data_fins(story, &peers, &first);
    story_fins(story, &peers, &first);
}

/* ---- Two connections that are easily taken for one ----------------------------------------------
 */

static void ports_used_again(struct story *story)
{
    struct story_peers before = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    struct story_peers after = story_peers(1, STORY_KEY_THIRD, STORY_KEY_FOURTH);
    struct story_flow first = story_flow("10.0.1.1", 40001, "192.0.2.1", 443);
    struct story_flow again = first;
    again.isn[OPENER_SAYS] += 500000000;
    again.isn[RESPONDER_SAYS] -= 700000000;
    story_capable(story, &before, &first);
    story_data(story, &before, &first, OPENER_SAYS, 100);
    story_data_fins(story, &before, &first);
    story_fins(story, &before, &first);
    story_capable(story, &after, &again);
    story_data(story, &after, &again, OPENER_SAYS, 100);
    story_data(story, &after, &again, RESPONDER_SAYS, 100);
    story_add_addr(story, &after, &again, RESPONDER_SAYS, 3, "192.0.2.3", 0);
    story_data_fins(story, &after, &again);
    story_fastclose(story, &after, &again, OPENER_SAYS, MPTA_TCP_RST | MPTA_TCP_ACK);
}

static void ports_of_a_join_used_again(struct story *story)
{
    struct story_peers peers = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    struct story_flow first = story_flow("10.0.1.1", 40001, "192.0.2.1", 443);
    struct story_flow second = story_flow("10.0.2.1", 40002, "192.0.2.1", 443);
    struct story_flow third = second;
    third.isn[OPENER_SAYS] += 500000000;
    third.isn[RESPONDER_SAYS] -= 700000000;
    third.nonce[OPENER_SAYS] = 77;
    third.nonce[RESPONDER_SAYS] = 78;
    story_capable(story, &peers, &first);
    story_data(story, &peers, &first, OPENER_SAYS, 100);
    story_join(story, &peers, &second);
    story_data(story, &peers, &second, OPENER_SAYS, 100);
    story_fins(story, &peers, &second);
    story_join(story, &peers, &third);
    story_data(story, &peers, &third, OPENER_SAYS, 100);
    story_fins(story, &peers, &third);
    story_data_fins(story, &peers, &first);
}

/* Plain TCP on the ports of an old connection is none of our business. */
static void ports_taken_over_by_plain_tcp(struct story *story)
{
    struct story_peers peers = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    struct story_flow first = story_flow("10.0.1.1", 40001, "192.0.2.1", 443);
    struct story_flow plain = first;
    plain.isn[OPENER_SAYS] += 500000000;
    plain.isn[RESPONDER_SAYS] -= 700000000;
    story_capable(story, &peers, &first);
    story_data(story, &peers, &first, OPENER_SAYS, 100);
    story_data(story, &peers, &first, RESPONDER_SAYS, 100);
    story_data_fins(story, &peers, &first);
    story_fins(story, &peers, &first);
    story_plain(story, &plain, OPENER_SAYS, MPTA_TCP_SYN, 0);
    story_plain(story, &plain, RESPONDER_SAYS, MPTA_TCP_SYN | MPTA_TCP_ACK, 0);
    story_plain(story, &plain, OPENER_SAYS, MPTA_TCP_ACK, 0);
    story_unmapped(story, &plain, OPENER_SAYS, 100);
    story_unmapped(story, &plain, RESPONDER_SAYS, 100);
    story_rst(story, &plain, OPENER_SAYS, -1);
}

/*
 * Two servers whose keys have one token: the HMAC in the SYN/ACK tells whose join it is.
 */
static void a_token_for_two(struct story *story)
{
    struct story_peers one = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_TWIN_A);
    struct story_peers two = story_peers(1, STORY_KEY_THIRD, STORY_KEY_TWIN_B);
    struct story_flow first = story_flow("10.0.1.1", 40001, "192.0.2.1", 443);
    struct story_flow other = story_flow("10.0.3.1", 40003, "192.0.2.2", 443);
    struct story_flow join_one = story_flow("10.0.2.1", 40002, "192.0.2.1", 443);
    struct story_flow join_two = story_flow("10.0.2.1", 40004, "192.0.2.2", 443);
    story_capable(story, &one, &first);
    story_data(story, &one, &first, OPENER_SAYS, 100);
    story_capable(story, &two, &other);
    story_data(story, &two, &other, OPENER_SAYS, 100);
    story_join(story, &one, &join_one);
    story_join(story, &two, &join_two);
    story_data(story, &one, &join_one, OPENER_SAYS, 100);
    story_data(story, &two, &join_two, OPENER_SAYS, 100);
}

/* ---- Ends, copies -------------------------------------------------------------------------------
 */

static void an_abort(struct story *story)
{
    struct story_peers peers = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    struct story_flow first = story_flow("10.0.1.1", 40001, "192.0.2.1", 443);
    struct story_flow second = story_flow("10.0.2.1", 40002, "192.0.2.1", 443);
    story_capable(story, &peers, &first);
    story_data(story, &peers, &first, OPENER_SAYS, 100);
    story_join(story, &peers, &second);
    story_data(story, &peers, &second, RESPONDER_SAYS, 100);
    story_fastclose(story, &peers, &first, RESPONDER_SAYS, MPTA_TCP_ACK);
    story_fastclose(story, &peers, &second, RESPONDER_SAYS, MPTA_TCP_RST | MPTA_TCP_ACK);
    story_rst(story, &first, OPENER_SAYS, -1);
    story_rst(story, &second, OPENER_SAYS, -1);
}

static void a_backup_that_is_let_go(struct story *story)
{
    struct story_peers peers = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    struct story_flow first = story_flow("10.0.1.1", 40001, "192.0.2.1", 443);
    struct story_flow second = story_flow("10.0.2.1", 40002, "192.0.2.1", 443);
    struct mpta_mptcp_option prio = {MPTA_MP_PRIO, .prio = {.nibble = 0}};
    struct mpta_mptcp_option remove = {
        MPTA_REMOVE_ADDR, .remove_addr = {.count = 1, .address_ids = {2}}
    };
    second.backup = true;
    story_capable(story, &peers, &first);
    story_data(story, &peers, &first, OPENER_SAYS, 100);
    story_join(story, &peers, &second);
    story_option(story, &second, OPENER_SAYS, MPTA_TCP_ACK, 0, prio);
    story_data(story, &peers, &second, OPENER_SAYS, 100);
    story_data_ack(story, &peers, &second, RESPONDER_SAYS);
    story_option(story, &first, OPENER_SAYS, MPTA_TCP_ACK, 0, remove);
    story_rst(story, &second, OPENER_SAYS, 0);
    story_data(story, &peers, &first, RESPONDER_SAYS, 100);
    story_data_fins(story, &peers, &first);
    story_fins(story, &peers, &first);
}

/* Each packet of a life is seen on two interfaces of a router. */
static void seen_on_two_interfaces(struct story *story)
{
    struct story once;
    story_begin(&once);
    version_1(&once);
    for (size_t i = 0; i < once.count; i++) {
        story->step_ns = 10 * STORY_MS;
        struct story_packet *packet = &story->packets[story->count++];
        story->now_ns += story->step_ns;
        *packet = once.packets[i];
        packet->place.packet = story->count & MPTA_PACKETS_MAX;
        story->now_ns = packet->place.time_ns;
        story->step_ns = 20000;
        story_again(story, story->count - 1, true);
    }
}

const struct healthy healthy_stories[HEALTHY_COUNT] = {
    {"version 1",                           version_1,                       1, 2, 3, false},
    {"version 0",                           version_0,                       1, 2, 2, false},
    {"over IPv6",                           over_ipv6,                       1, 2, 3, false},
    {"a join opened by the server",         join_by_the_server,              1, 2, 3, false},
    {"everything sent twice",               everything_sent_twice,           1, 2, 2, false},
    {"SYN cookies",                         syn_cookies,                     1, 2, 2, false},
    {"a mapping over several segments",     a_mapping_over_several_segments, 1, 1, 0, false},
    {"ports used again",                    ports_used_again,                2, 2, 1, false},
    {"ports of a join used again",          ports_of_a_join_used_again,      1, 3, 4, false},
    {"ports taken over by plain TCP",       ports_taken_over_by_plain_tcp,   1, 1, 0, false},
    {"one token for two connections",       a_token_for_two,                 2, 4, 4, true },
    {"an abort",                            an_abort,                        1, 2, 2, false},
    {"a backup subflow that is let go",     a_backup_that_is_let_go,         1, 2, 2, false},
    {"every packet seen on two interfaces", seen_on_two_interfaces,          1, 2, 3, false},
};
