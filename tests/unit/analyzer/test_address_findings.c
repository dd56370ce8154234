/* SPDX-License-Identifier: BSD-3-Clause */
/* What is said of addresses and their IDs: each finding beside what must not lead to it. */
#include "tests/unit/analyzer/finding_case.h"

#include <stdio.h>

static struct story_peers peers;
static struct story_flow first;
static struct story_flow second;

static void connect_version(struct story *story, int version)
{
    peers = story_peers(version, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    first = story_flow("10.0.1.1", 40001, "192.0.2.1", 443);
    second = story_flow("10.0.2.1", 40002, "192.0.2.1", 443);
    second.address_id[RESPONDER_SAYS] = 0;
    story_capable(story, &peers, &first);
}

static void connect(struct story *story)
{
    connect_version(story, 1);
}

static void seconds_later(struct story *story, int seconds)
{
    story->now_ns += seconds * 1000 * STORY_MS;
    story_data(story, &peers, &first, OPENER_SAYS, 10);
    story_data_ack(story, &peers, &first, RESPONDER_SAYS);
}

static struct story_packet *announce(struct story *story, uint8_t id, const char *address)
{
    return story_add_addr(story, &peers, &first, RESPONDER_SAYS, id, address, 0);
}

static void echo(struct story *story, uint8_t id, const char *address)
{
    story_add_addr_echo(story, &first, OPENER_SAYS, id, address, 0);
}

static void remove_id(struct story *story, enum story_from from, uint8_t id)
{
    struct mpta_mptcp_option remove = {
        MPTA_REMOVE_ADDR, .remove_addr = {.count = 1, .address_ids = {id}}
    };
    story_option(story, &first, from, MPTA_TCP_ACK, 0, remove);
}

/* ---- One ID, two addresses ------------------------------------------------------------------- */

static void rebound(struct story *story)
{
    connect(story);
    announce(story, 3, "192.0.2.3");
    announce(story, 3, "192.0.2.4");
}

/* Two options of the same ID fit into one packet only without their HMACs: version 0. */
static void rebound_in_one_packet(struct story *story)
{
    const struct mpta_mptcp_option options[] = {
        {MPTA_ADD_ADDR, .add_addr = {.nibble = 4, .address_id = 3, .address = {4, {192, 0, 2, 3}}}},
        {MPTA_ADD_ADDR, .add_addr = {.nibble = 4, .address_id = 3, .address = {4, {192, 0, 2, 4}}}},
    };
    connect_version(story, 0);
    story_say(story, &first, RESPONDER_SAYS, MPTA_TCP_ACK, 0, 2, options);
}

static void rebound_after_removal(struct story *story)
{
    connect(story);
    announce(story, 3, "192.0.2.3");
    remove_id(story, RESPONDER_SAYS, 3);
    announce(story, 3, "192.0.2.4");
}

static void announced_with_two_ports(struct story *story)
{
    connect(story);
    announce(story, 3, "192.0.2.3");
    story_add_addr(story, &peers, &first, RESPONDER_SAYS, 3, "192.0.2.3", 8443);
}

/* Each side has IDs of its own. */
static void one_id_on_either_side(struct story *story)
{
    connect(story);
    announce(story, 3, "192.0.2.3");
    story_add_addr(story, &peers, &first, OPENER_SAYS, 3, "10.0.3.1", 0);
}

static void rebound_by_a_forger(struct story *story)
{
    connect(story);
    announce(story, 3, "192.0.2.3");
    story_spoil(announce(story, 3, "192.0.2.4"), 15);
}

/* ---- Echoes ---------------------------------------------------------------------------------- */

static void never_echoed(struct story *story)
{
    connect(story);
    announce(story, 3, "192.0.2.3");
    announce(story, 3, "192.0.2.3");
    seconds_later(story, 0);
}

static void echoed(struct story *story)
{
    connect(story);
    announce(story, 3, "192.0.2.3");
    echo(story, 3, "192.0.2.3");
    seconds_later(story, 2);
}

static void not_echoed_yet(struct story *story)
{
    connect(story);
    announce(story, 3, "192.0.2.3");
    seconds_later(story, 0);
}

static void not_echoed_and_removed(struct story *story)
{
    connect(story);
    announce(story, 3, "192.0.2.3");
    remove_id(story, RESPONDER_SAYS, 3);
    seconds_later(story, 2);
}

static void not_echoed_in_version_0(struct story *story)
{
    connect_version(story, 0);
    announce(story, 3, "192.0.2.3");
    seconds_later(story, 2);
}

static void forged_and_not_echoed(struct story *story)
{
    connect(story);
    story_spoil(announce(story, 3, "192.0.2.3"), 15);
    seconds_later(story, 2);
}

static void echoed_wrongly(struct story *story)
{
    connect(story);
    announce(story, 3, "192.0.2.3");
    echo(story, 3, "192.0.2.4");
}

static void echoed_with_another_port(struct story *story)
{
    connect(story);
    announce(story, 3, "192.0.2.3");
    story_add_addr_echo(story, &first, OPENER_SAYS, 3, "192.0.2.3", 8443);
}

static void echoed_without_announcement(struct story *story)
{
    connect(story);
    echo(story, 3, "192.0.2.3");
    seconds_later(story, 0);
}

/* The paths of announcement and echo were captured out of order. */
static void echoed_before(struct story *story)
{
    connect(story);
    echo(story, 3, "192.0.2.3");
    announce(story, 3, "192.0.2.3");
    seconds_later(story, 2);
}

/* What was announced before still gets its echo. */
static void echoed_late(struct story *story)
{
    connect(story);
    announce(story, 3, "192.0.2.3");
    remove_id(story, RESPONDER_SAYS, 3);
    announce(story, 3, "192.0.2.4");
    echo(story, 3, "192.0.2.3");
    echo(story, 3, "192.0.2.4");
}

/* ---- Used or not ----------------------------------------------------------------------------- */

static void joined(struct story *story)
{
    echoed(story);
    second = story_flow("10.0.2.1", 40002, "192.0.2.3", 443);
    story_join(story, &peers, &second);
    seconds_later(story, 2);
}

/* Behind a NAT of the server's the addresses differ, the ID tells. */
static void joined_through_a_nat(struct story *story)
{
    echoed(story);
    second = story_flow("10.0.2.1", 40002, "203.0.113.9", 443);
    second.address_id[RESPONDER_SAYS] = 3;
    story_join(story, &peers, &second);
    seconds_later(story, 2);
}

static void joined_from_there(struct story *story)
{
    echoed(story);
    second = story_flow("192.0.2.3", 40002, "10.0.1.1", 5000);
    second.opened_by = MPTA_SERVER;
    second.address_id[OPENER_SAYS] = 3;
    story_join(story, &peers, &second);
    seconds_later(story, 2);
}

static void echoed_just_now(struct story *story)
{
    connect(story);
    announce(story, 3, "192.0.2.3");
    echo(story, 3, "192.0.2.3");
}

/* ---- Of no use ------------------------------------------------------------------------------- */

#define ANNOUNCED_AS(name, address)                                                                \
    static void announced_as_##name(struct story *story)                                           \
    {                                                                                              \
        connect(story);                                                                            \
        announce(story, 3, address);                                                               \
    }
ANNOUNCED_AS(multicast, "224.0.0.5")
ANNOUNCED_AS(broadcast, "255.255.255.255")
ANNOUNCED_AS(unspecified, "::")
ANNOUNCED_AS(loopback, "127.0.0.1")
ANNOUNCED_AS(link_local, "fe80::1")
ANNOUNCED_AS(private, "10.1.2.3")
ANNOUNCED_AS(global, "198.51.100.3")

static void announced_to_a_public_peer(struct story *story)
{
    connect(story);
    story_add_addr(story, &peers, &first, OPENER_SAYS, 3, "10.0.3.1", 0);
}

static void announced_on_one_host(struct story *story)
{
    peers = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    first = story_flow("127.0.0.1", 40001, "127.0.0.1", 443);
    story_capable(story, &peers, &first);
    announce(story, 3, "127.0.0.2");
}

/* ---- Too many -------------------------------------------------------------------------------- */

static void announce_many(struct story *story, unsigned count, int64_t step_ns, bool removed)
{
    connect(story);
    story->step_ns = step_ns;
    for (unsigned i = 1; i <= count; i++) {
        char address[32];
        snprintf(address, sizeof(address), "198.51.100.%u", i);
        announce(story, (uint8_t)i, address);
        if (removed)
            remove_id(story, RESPONDER_SAYS, (uint8_t)i);
    }
}

static void nine_addresses(struct story *story)
{
    announce_many(story, 9, 500 * STORY_MS, false);
}

static void eight_addresses(struct story *story)
{
    announce_many(story, 8, 0, false);
}

/* A host that moves about for a day. */
static void twenty_addresses_in_turn(struct story *story)
{
    announce_many(story, 20, 60000 * STORY_MS, true);
}

static void eleven_at_once(struct story *story)
{
    announce_many(story, 11, 0, true);
}

static void ten_at_once(struct story *story)
{
    announce_many(story, 10, 0, true);
}

/* ---- Removals -------------------------------------------------------------------------------- */

static void removed_unknown_on_one_path(struct story *story)
{
    connect(story);
    remove_id(story, RESPONDER_SAYS, 9);
}

static void removed_unknown_on_one_interface(struct story *story)
{
    connect(story);
    story_join(story, &peers, &second);
    remove_id(story, RESPONDER_SAYS, 9);
}

/* The second path, captured on an interface of its own. */
static void join_elsewhere(struct story *story)
{
    size_t begin = story->count;
    story_join(story, &peers, &second);
    for (size_t i = begin; i < story->count; i++)
        story->packets[i].interface = 1;
}

static void removed_unknown(struct story *story)
{
    connect(story);
    join_elsewhere(story);
    remove_id(story, RESPONDER_SAYS, 9);
}

static void removed_announced(struct story *story)
{
    connect(story);
    announce(story, 9, "192.0.2.9");
    remove_id(story, RESPONDER_SAYS, 9);
    remove_id(story, RESPONDER_SAYS, 9);
}

static void removed_joined(struct story *story)
{
    connect(story);
    story_join(story, &peers, &second);
    remove_id(story, OPENER_SAYS, second.address_id[OPENER_SAYS]);
}

static void removed_initial(struct story *story)
{
    connect(story);
    remove_id(story, OPENER_SAYS, 0);
}

/* The ID is the client's; the server never had it. */
static void removed_by_the_other(struct story *story)
{
    connect(story);
    join_elsewhere(story);
    remove_id(story, RESPONDER_SAYS, second.address_id[OPENER_SAYS]);
}

/* Two paths, captured out of order. */
static void removed_before_it_is_announced(struct story *story)
{
    connect(story);
    remove_id(story, RESPONDER_SAYS, 9);
    announce(story, 9, "192.0.2.9");
}

/* The announcement was not captured, its echo was. */
static void removed_echoed(struct story *story)
{
    connect(story);
    echo(story, 9, "192.0.2.9");
    remove_id(story, RESPONDER_SAYS, 9);
}

/* Version 0 has no echo: one missing packet is all it takes. */
static void removed_in_version_0(struct story *story)
{
    connect_version(story, 0);
    remove_id(story, RESPONDER_SAYS, 9);
}

/* The SYN/ACK of the address that was joined would tell its ID. */
static void removed_with_an_unnamed_join(struct story *story)
{
    connect(story);
    second = story_flow("10.0.2.1", 40002, "192.0.2.9", 443);
    story_join_syn(story, &peers, &second);
    remove_id(story, RESPONDER_SAYS, 7);
}

static void removed_in_a_late_capture(struct story *story)
{
    connect(story);
    story->count = 0;
    seconds_later(story, 0);
    remove_id(story, RESPONDER_SAYS, 9);
}

/* ---- Where joins come from ------------------------------------------------------------------- */

static void announced_then_translated(struct story *story)
{
    connect(story);
    story_add_addr(story, &peers, &first, OPENER_SAYS, 2, "10.0.9.9", 0);
    story_join(story, &peers, &second);
}

static void announced_then_joined(struct story *story)
{
    connect(story);
    story_add_addr(story, &peers, &first, OPENER_SAYS, 2, "10.0.2.1", 0);
    story_join(story, &peers, &second);
}

/* From another address than the initial subflow's, while that is in use. */
static void id_0_elsewhere(struct story *story)
{
    connect(story);
    second.address_id[OPENER_SAYS] = 0;
    story_join(story, &peers, &second);
    seconds_later(story, 0);
}

/* Linux joins so from the initial address, once its subflow is gone or to further addresses. */
static void id_0_from_the_initial_address(struct story *story)
{
    connect(story);
    second = story_flow("10.0.1.1", 40002, "192.0.2.1", 443);
    second.address_id[OPENER_SAYS] = 0;
    story_join(story, &peers, &second);
    seconds_later(story, 0);
}

static void id_0_after_removal(struct story *story)
{
    connect(story);
    remove_id(story, OPENER_SAYS, 0);
    second.address_id[OPENER_SAYS] = 0;
    story_join(story, &peers, &second);
    seconds_later(story, 0);
}

/* The host is behind a NAT whose address has changed: the initial subflow is dead. */
static void id_0_moved(struct story *story)
{
    connect(story);
    second.address_id[OPENER_SAYS] = 0;
    story_join(story, &peers, &second);
}

static void join_again_from(struct story *story, const char *address, bool at_once)
{
    struct story_flow third = story_flow(address, 40003, "192.0.2.1", 443);
    third.address_id[RESPONDER_SAYS] = 0;
    story_join(story, &peers, &third);
    if (at_once)
        story_data(story, &peers, &second, OPENER_SAYS, 10);
}

static void one_id_from_two_addresses(struct story *story)
{
    connect(story);
    story_join(story, &peers, &second);
    join_again_from(story, "10.0.3.1", true);
}

static void one_id_from_one_address(struct story *story)
{
    connect(story);
    story_join(story, &peers, &second);
    join_again_from(story, "10.0.2.1", true);
}

static void one_id_from_two_addresses_in_turn(struct story *story)
{
    connect(story);
    story_join(story, &peers, &second);
    join_again_from(story, "10.0.3.1", false);
}

/* Somebody repeats the join: that is said as such. */
static void one_id_repeated(struct story *story)
{
    connect(story);
    story_join(story, &peers, &second);
    struct story_flow third = story_flow("10.0.3.1", 40003, "192.0.2.1", 443);
    third.nonce[OPENER_SAYS] = second.nonce[OPENER_SAYS];
    story_join_syn(story, &peers, &third);
    story_data(story, &peers, &second, OPENER_SAYS, 10);
}

static void one_id_given_anew(struct story *story)
{
    connect(story);
    story_join(story, &peers, &second);
    remove_id(story, OPENER_SAYS, second.address_id[OPENER_SAYS]);
    join_again_from(story, "10.0.3.1", true);
}

/* ---- Taken over ------------------------------------------------------------------------------ */

static void move_to(struct story *story, int version, uint8_t hop_limit, uint32_t len)
{
    connect_version(story, version);
    story_data(story, &peers, &first, OPENER_SAYS, 100);
    announce(story, 3, "198.51.100.66")->segment.hop_limit = hop_limit;
    second = story_flow("10.0.2.1", 40002, "198.51.100.66", 443);
    story_join(story, &peers, &second);
    story_data(story, &peers, &second, OPENER_SAYS, len);
    story_data_ack(story, &peers, &second, RESPONDER_SAYS);
}

static void moved(struct story *story)
{
    move_to(story, 0, 64, 300);
}

static void moved_by_a_stranger(struct story *story)
{
    move_to(story, 0, 51, 300);
}

static void moved_in_version_1(struct story *story)
{
    move_to(story, 1, 51, 300);
}

static void shared(struct story *story)
{
    move_to(story, 0, 51, 100);
}

#define NOT 0, MPTA_NOTE, NULL

/* clang-format off */
static const struct finding_case cases[] = {
    {"one ID, two addresses", rebound, "addaddr-id-rebound", 1, MPTA_WARNING,
     "as 192.0.2.4, and was 192.0.2.3"},
    {"in one packet", rebound_in_one_packet, "addaddr-id-rebound", 1, MPTA_ERROR, "one packet"},
    {"one after the other", rebound_after_removal, "addaddr-id-rebound", NOT},
    {"one address, two ports", announced_with_two_ports, "addaddr-id-rebound", NOT},
    {"one ID on either side", one_id_on_either_side, "addaddr-id-rebound", NOT},
    {"the second one is forged", rebound_by_a_forger, "addaddr-id-rebound", NOT},

    {"never echoed", never_echoed, "addaddr-no-echo", 1, MPTA_NOTE,
     "ID 3, 192.0.2.3, was never echoed (announced 2 times)"},
    {"echoed", echoed, "addaddr-no-echo", NOT},
    {"not echoed yet", not_echoed_yet, "addaddr-no-echo", NOT},
    {"not echoed, and removed", not_echoed_and_removed, "addaddr-no-echo", NOT},
    {"no echo in version 0", not_echoed_in_version_0, "addaddr-no-echo", NOT},
    {"forged, and not echoed", forged_and_not_echoed, "addaddr-no-echo", NOT},
    {"the echo was captured before", echoed_before, "addaddr-no-echo", NOT},

    {"echoed wrongly", echoed_wrongly, "addaddr-echo-mismatch", 1, MPTA_WARNING,
     "says 192.0.2.4, announced was 192.0.2.3"},
    {"another port", echoed_with_another_port, "addaddr-echo-mismatch", 1, MPTA_WARNING,
     "says 192.0.2.3:8443, announced was 192.0.2.3"},
    {"echo of nothing", echoed_without_announcement, "addaddr-echo-mismatch", 1, MPTA_NOTE, NULL},
    {"a right echo", echoed, "addaddr-echo-mismatch", NOT},
    {"a right echo, captured before", echoed_before, "addaddr-echo-mismatch", NOT},
    {"a late echo", echoed_late, "addaddr-echo-mismatch", NOT},

    {"echoed, never joined", echoed, "addaddr-unused", 1, MPTA_NOTE,
     "the client never joined address ID 3, 192.0.2.3"},
    {"version 0, never joined", not_echoed_in_version_0, "addaddr-unused", 1, MPTA_NOTE, NULL},
    {"joined", joined, "addaddr-unused", NOT},
    {"joined through a NAT", joined_through_a_nat, "addaddr-unused", NOT},
    {"joined from there", joined_from_there, "addaddr-unused", NOT},
    {"not joined yet", echoed_just_now, "addaddr-unused", NOT},
    {"never echoed, not joined", never_echoed, "addaddr-unused", NOT},

    {"multicast", announced_as_multicast, "addaddr-bogus", 1, MPTA_WARNING, "multicast"},
    {"broadcast", announced_as_broadcast, "addaddr-bogus", 1, MPTA_WARNING, "broadcast"},
    {"unspecified", announced_as_unspecified, "addaddr-bogus", 1, MPTA_WARNING, "unspecified"},
    {"loopback", announced_as_loopback, "addaddr-bogus", 1, MPTA_WARNING, "loopback"},
    {"link-local", announced_as_link_local, "addaddr-bogus", 1, MPTA_WARNING, "link-local"},
    {"private, to a private one", announced_as_private, "addaddr-bogus", NOT},
    {"private, to a public one", announced_to_a_public_peer, "addaddr-bogus", 1, MPTA_NOTE,
     "private"},
    {"global", announced_as_global, "addaddr-bogus", NOT},
    {"loopback, on one host", announced_on_one_host, "addaddr-bogus", NOT},

    {"nine addresses", nine_addresses, "addaddr-flood", 1, MPTA_WARNING, "9 announced addresses"},
    {"eight addresses", eight_addresses, "addaddr-flood", NOT},
    {"twenty addresses in turn", twenty_addresses_in_turn, "addaddr-flood", NOT},
    {"eleven at once", eleven_at_once, "addaddr-flood", 1, MPTA_WARNING, "11 times"},
    {"ten at once", ten_at_once, "addaddr-flood", NOT},

    {"an unknown ID is removed", removed_unknown, "removeaddr-unknown", 1, MPTA_WARNING, "ID 9"},
    {"one path captured", removed_unknown_on_one_path, "removeaddr-unknown", 1, MPTA_NOTE, "ID 9"},
    {"one interface captured", removed_unknown_on_one_interface, "removeaddr-unknown", 1, MPTA_NOTE,
     "ID 9"},
    {"an announced one is", removed_announced, "removeaddr-unknown", NOT},
    {"the ID of a join", removed_joined, "removeaddr-unknown", NOT},
    {"the initial address", removed_initial, "removeaddr-unknown", NOT},
    {"the other side's ID", removed_by_the_other, "removeaddr-unknown", 1, MPTA_WARNING, NULL},
    {"removed, then announced", removed_before_it_is_announced, "removeaddr-unknown", NOT},
    {"an echoed one", removed_echoed, "removeaddr-unknown", NOT},
    {"in version 0", removed_in_version_0, "removeaddr-unknown", 1, MPTA_NOTE, NULL},
    {"where an ID is not known", removed_with_an_unnamed_join, "removeaddr-unknown", 1, MPTA_NOTE,
     NULL},
    {"in a late capture", removed_in_a_late_capture, "removeaddr-unknown", 1, MPTA_NOTE, NULL},

    {"announced, translated", announced_then_translated, "join-nat", 1, MPTA_NOTE,
     "comes from 10.0.2.1, and was announced as 10.0.9.9"},
    {"announced, joined", announced_then_joined, "join-nat", NOT},
    {"ID 0, moved", id_0_moved, "join-nat", 1, MPTA_NOTE, NULL},
    {"one ID, two addresses in turn", one_id_from_two_addresses_in_turn, "join-nat", 1, MPTA_NOTE,
     NULL},
    {"one ID, one address", one_id_from_one_address, "join-nat", NOT},

    {"ID 0 from elsewhere", id_0_elsewhere, "join-address-id", 1, MPTA_WARNING,
     "from 10.0.2.1 has address ID 0"},
    {"ID 0 from the initial address", id_0_from_the_initial_address, "join-address-id", NOT},
    {"ID 0 after its removal", id_0_after_removal, "join-address-id", NOT},
    {"ID 0, moved", id_0_moved, "join-address-id", NOT},
    {"one ID, two addresses at once", one_id_from_two_addresses, "join-address-id", 1,
     MPTA_WARNING, "from 10.0.2.1 and from 10.0.3.1"},
    {"one ID, one address", one_id_from_one_address, "join-address-id", NOT},
    {"one ID, two addresses in turn", one_id_from_two_addresses_in_turn, "join-address-id", NOT},
    {"one ID, repeated", one_id_repeated, "join-address-id", NOT},
    {"an ID given anew", one_id_given_anew, "join-address-id", NOT},

    {"most data moved", moved, "addaddr-hijack", 1, MPTA_WARNING, "75 % of the data moved to"},
    {"announced by a stranger", moved_by_a_stranger, "addaddr-hijack", 1, MPTA_ERROR,
     "came another way"},
    {"version 1", moved_in_version_1, "addaddr-hijack", NOT},
    {"half of the data moved", shared, "addaddr-hijack", NOT},
};
/* clang-format on */

static void findings_are_made_where_they_are_true(void **state)
{
    (void)state;
    finding_cases_check(cases, COUNT_OF(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(findings_are_made_where_they_are_true),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
