/* SPDX-License-Identifier: BSD-3-Clause */
/* What hosts signal on an open connection: addresses, priorities, aborts and resets. */
#include "tests/unit/analyzer/story.h"

#include <string.h>

static struct story_peers peers;
static struct story_flow first;
static struct story_flow second;

static void signals_begin(struct story *story, int version)
{
    peers = story_peers(version, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    first = story_flow("10.0.1.1", 40001, "192.0.2.1", 443);
    second = story_flow("10.0.2.1", 40002, "192.0.2.1", 443);
    story_begin(story);
}

/* ---- Addresses ------------------------------------------------------------------------------- */

static void announced(struct story *story)
{
    story_capable(story, &peers, &first);
    story_add_addr(story, &peers, &first, RESPONDER_SAYS, 3, "192.0.2.3", 0);
}

static void announced_with_port(struct story *story)
{
    story_capable(story, &peers, &first);
    story_add_addr(story, &peers, &first, RESPONDER_SAYS, 3, "192.0.2.3", 8443);
}

static void announced_by_client(struct story *story)
{
    story_capable(story, &peers, &first);
    story_add_addr(story, &peers, &first, OPENER_SAYS, 3, "2001:db8::3", 0);
}

static void announced_with_port_over_ipv6(struct story *story)
{
    story_capable(story, &peers, &first);
    story_add_addr(story, &peers, &first, OPENER_SAYS, 3, "2001:db8::3", 8443);
}

/* The server opened the subflow on which it announces: its key still comes first. */
static void announced_on_a_join_of_the_server(struct story *story)
{
    second = story_flow("192.0.2.1", 40002, "10.0.2.1", 5000);
    second.opened_by = MPTA_SERVER;
    story_capable(story, &peers, &first);
    story_join(story, &peers, &second);
    story_add_addr(story, &peers, &second, OPENER_SAYS, 3, "192.0.2.3", 0);
}

static void echoed(struct story *story)
{
    story_capable(story, &peers, &first);
    story_add_addr_echo(story, &first, OPENER_SAYS, 3, "192.0.2.3", 8443);
}

static void forged(struct story *story)
{
    story_capable(story, &peers, &first);
    story_spoil(story_add_addr(story, &peers, &first, RESPONDER_SAYS, 3, "192.0.2.3", 0), 15);
}

/* Signed with the right keys in the wrong order, as if the other side had announced. */
static void signed_by_the_other(struct story *story)
{
    struct story_peers mirrored = story_peers(1, STORY_KEY_SERVER, STORY_KEY_CLIENT);
    story_capable(story, &peers, &first);
    story_add_addr(story, &mirrored, &first, RESPONDER_SAYS, 3, "192.0.2.3", 0);
}

static void keys_come_late(struct story *story)
{
    story_capable(story, &peers, &first);
    story->count--;
    story_add_addr(story, &peers, &first, RESPONDER_SAYS, 3, "192.0.2.3", 0);
    story_capable_data(story, &peers, &first, 10);
}

static void keys_never_come(struct story *story)
{
    keys_come_late(story);
    story->count--;
}

static void removed(struct story *story)
{
    struct mpta_mptcp_option remove = {
        MPTA_REMOVE_ADDR, .remove_addr = {.count = 2, .address_ids = {3, 9}}
    };
    story_capable(story, &peers, &first);
    story_option(story, &first, RESPONDER_SAYS, MPTA_TCP_ACK, 0, remove);
}

struct address_case {
    const char *words;
    int version;
    void (*tell)(struct story *story);
    size_t count;
    enum mpta_address_op op;
    enum mpta_side by;
    uint8_t id;
    const char *address;
    uint16_t port;
    enum mpta_verdict hmac;
};

#define ADD    MPTA_ADDRESS_ADD
#define CLIENT MPTA_CLIENT
#define SERVER MPTA_SERVER

/* clang-format off */
static const struct address_case address_cases[] = {
    {"announced", 1, announced, 1, ADD, SERVER, 3, "192.0.2.3", 0, MPTA_VALID},
    {"with a port", 1, announced_with_port, 1, ADD, SERVER, 3, "192.0.2.3", 8443, MPTA_VALID},
    {"by the client, IPv6", 1, announced_by_client, 1, ADD, CLIENT, 3, "2001:db8::3", 0,
     MPTA_VALID},
    {"IPv6 with a port", 1, announced_with_port_over_ipv6, 1, ADD, CLIENT, 3, "2001:db8::3", 8443,
     MPTA_VALID},
    {"by the server on its own join", 1, announced_on_a_join_of_the_server, 1, ADD, SERVER, 3,
     "192.0.2.3", 0, MPTA_VALID},
    {"echoed", 1, echoed, 1, MPTA_ADDRESS_ECHO, CLIENT, 3, "192.0.2.3", 8443, MPTA_ABSENT},
    {"forged", 1, forged, 1, ADD, SERVER, 3, "192.0.2.3", 0, MPTA_INVALID},
    {"signed by the other", 1, signed_by_the_other, 1, ADD, SERVER, 3, "192.0.2.3", 0,
     MPTA_INVALID},
    {"the keys come late", 1, keys_come_late, 1, ADD, SERVER, 3, "192.0.2.3", 0, MPTA_VALID},
    {"the keys never come", 1, keys_never_come, 1, ADD, SERVER, 3, "192.0.2.3", 0,
     MPTA_UNVERIFIABLE},
    {"removed", 1, removed, 2, MPTA_ADDRESS_REMOVE, SERVER, 3, "-", 0, MPTA_ABSENT},
    {"version 0", 0, announced, 1, ADD, SERVER, 3, "192.0.2.3", 0, MPTA_ABSENT},
    {"version 0 with a port", 0, announced_with_port, 1, ADD, SERVER, 3, "192.0.2.3", 8443,
     MPTA_ABSENT},
    {"version 0, IPv6", 0, announced_by_client, 1, ADD, CLIENT, 3, "2001:db8::3", 0, MPTA_ABSENT},
};
/* clang-format on */

static bool address_is(const struct mpta_address_event *event, const struct address_case *c)
{
    char text[MPTA_ADDRESS_TEXT_MAX];
    mpta_address_format(&event->address, text, sizeof(text));
    return event->op == c->op && event->by == c->by && event->address_id == c->id &&
           strcmp(text, c->address) == 0 && event->has_port == (c->port != 0) &&
           event->port == c->port && event->hmac == c->hmac && event->at.packet > 0;
}

static void addresses_are_taken_down_and_verified(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(address_cases); i++) {
        static struct story story;
        const struct address_case *c = &address_cases[i];
        signals_begin(&story, c->version);
        c->tell(&story);
        struct mpta_tracker *tracker = story_tell(&story);
        struct mpta_address_event event = story_address(tracker, 0, 0);
        struct mpta_verdict_counts hmacs = story_summary(tracker).add_addr_hmac;
        if (story_connection(tracker, 0).address_count != c->count || !address_is(&event, c) ||
            hmacs.valid != (c->hmac == MPTA_VALID) || hmacs.invalid != (c->hmac == MPTA_INVALID) ||
            hmacs.unverifiable != (c->hmac == MPTA_UNVERIFIABLE) ||
            story_count(tracker, 0, "addaddr-hmac") != (c->hmac == MPTA_INVALID) ||
            story_count(tracker, 0, "addaddr-hmac-presence") != 0)
            fail_msg("%s: %s", c->words, mpta_verdict_name(event.hmac));
        mpta_tracker_free(tracker);
    }
}

static void each_removed_id_is_an_entry(void **state)
{
    (void)state;
    static struct story story;
    signals_begin(&story, 1);
    removed(&story);
    struct mpta_tracker *tracker = story_tell(&story);
    assert_int_equal(story_address(tracker, 0, 1).address_id, 9);
    mpta_tracker_free(tracker);
}

static void an_hmac_belongs_to_announcements_of_version_1(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        int version;
        uint8_t nibble;
        bool has_hmac;
        uint64_t count;
    } cases[] = {
        {"v1, an announcement without", 1, 0, false, 1},
        {"v1, an echo with",            1, 1, true,  1},
        {"v1, an echo without",         1, 1, false, 0},
        {"v0, an announcement without", 0, 4, false, 0},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        static struct story story;
        struct mpta_mptcp_option option = {
            MPTA_ADD_ADDR, .add_addr = {.nibble = cases[i].nibble,
                                        .echo = cases[i].nibble == 1,
                                        .address_id = 3,
                                        .address = {4, {192, 0, 2, 3}},
                                        .has_hmac = cases[i].has_hmac}
        };
        signals_begin(&story, cases[i].version);
        story_capable(&story, &peers, &first);
        story_option(&story, &first, RESPONDER_SAYS, MPTA_TCP_ACK, 0, option);
        struct mpta_tracker *tracker = story_tell(&story);
        if (story_count(tracker, 0, "addaddr-hmac-presence") != cases[i].count)
            fail_msg("%s", cases[i].words);
        mpta_tracker_free(tracker);
    }
}

/* ---- Priority -------------------------------------------------------------------------------- */

static void prio(struct story *story, struct story_flow *flow, enum story_from from, bool backup,
                 int address_id)
{
    struct mpta_mptcp_option option = {
        MPTA_MP_PRIO, .prio = {.nibble = backup,
                               .backup = backup,
                               .has_address_id = address_id >= 0,
                               .address_id = (uint8_t)(address_id < 0 ? 0 : address_id)}
    };
    story_option(story, flow, from, MPTA_TCP_ACK, 0, option);
}

static void join_as_backup(struct story *story)
{
    second.backup = true;
    story_capable(story, &peers, &first);
    story_join(story, &peers, &second);
}

static void join_as_backup_then_regular(struct story *story)
{
    join_as_backup(story);
    prio(story, &second, OPENER_SAYS, false, -1);
}

static void regular_then_backup_by_server(struct story *story)
{
    story_capable(story, &peers, &first);
    story_join(story, &peers, &second);
    prio(story, &second, RESPONDER_SAYS, true, -1);
}

static void first_becomes_backup(struct story *story)
{
    story_capable(story, &peers, &first);
    story_join(story, &peers, &second);
    prio(story, &first, OPENER_SAYS, true, -1);
}

/* Told on the first subflow about the second, by the client's address ID on it. */
static void about_another_subflow(struct story *story)
{
    story_capable(story, &peers, &first);
    story_join(story, &peers, &second);
    prio(story, &first, OPENER_SAYS, true, second.address_id[OPENER_SAYS]);
}

static void about_no_subflow(struct story *story)
{
    story_capable(story, &peers, &first);
    story_join(story, &peers, &second);
    prio(story, &first, OPENER_SAYS, true, 77);
}

struct prio_case {
    const char *words;
    int version;
    void (*tell)(struct story *story);
    bool first[2], second[2]; /* by side */
};

/* clang-format off */
static const struct prio_case prio_cases[] = {
    {"a join as backup", 1, join_as_backup, {false, false}, {true, true}},
    {"a backup becomes regular", 1, join_as_backup_then_regular, {false, false}, {false, true}},
    {"the server wants a backup", 1, regular_then_backup_by_server, {false, false}, {false, true}},
    {"the first subflow becomes a backup", 1, first_becomes_backup, {true, false}, {false, false}},
    {"version 0, a backup becomes regular", 0, join_as_backup_then_regular, {false, false},
     {false, true}},
    {"version 0, about another subflow", 0, about_another_subflow, {false, false}, {true, false}},
    {"version 0, about no subflow", 0, about_no_subflow, {false, false}, {false, false}},
};
/* clang-format on */

static void priorities_are_as_last_signalled(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(prio_cases); i++) {
        static struct story story;
        const struct prio_case *c = &prio_cases[i];
        signals_begin(&story, c->version);
        c->tell(&story);
        struct mpta_tracker *tracker = story_tell(&story);
        struct mpta_subflow one = story_subflow(tracker, 0, 0), two = story_subflow(tracker, 0, 1);
        for (int side = 0; side < 2; side++) {
            if (one.ends[side].backup != c->first[side] || two.ends[side].backup != c->second[side])
                fail_msg("%s: side %d", c->words, side);
        }
        assert_int_equal(one.ends[MPTA_CLIENT].address_id, 0);
        assert_int_equal(two.ends[MPTA_CLIENT].address_id, second.address_id[OPENER_SAYS]);
        mpta_tracker_free(tracker);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_taken_down_and_verified),
        cmocka_unit_test(each_removed_id_is_an_entry),
        cmocka_unit_test(an_hmac_belongs_to_announcements_of_version_1),
        cmocka_unit_test(priorities_are_as_last_signalled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
