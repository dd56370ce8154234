/* SPDX-License-Identifier: BSD-3-Clause */
/* What is said of joins at the end of a capture: each finding beside what must not lead to it. */
#include "tests/unit/analyzer/finding_case.h"

#include <stdio.h>

static struct story_peers peers;
static struct story_flow first;
static struct story_flow second;

static void connect_with(struct story *story, uint8_t flags)
{
    peers = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    peers.flags |= flags;
    first = story_flow("10.0.1.1", 40001, "192.0.2.1", 443);
    second = story_flow("10.0.2.1", 40002, "192.0.2.1", 443);
    second.address_id[RESPONDER_SAYS] = 0;
    story_capable(story, &peers, &first);
}

static void seconds_later(struct story *story, int seconds)
{
    story->now_ns += seconds * 1000 * STORY_MS;
    story_data(story, &peers, &first, OPENER_SAYS, 10);
    story_data_ack(story, &peers, &first, RESPONDER_SAYS);
}

/* ---- No answer ------------------------------------------------------------------------------- */

static void asked_once(struct story *story)
{
    connect_with(story, 0);
    story_join_syn(story, &peers, &second);
    seconds_later(story, 2);
}

static void asked_twice(struct story *story)
{
    connect_with(story, 0);
    story_join_syn(story, &peers, &second);
    story_again(story, 3, false);
}

static void just_asked(struct story *story)
{
    connect_with(story, 0);
    story_join_syn(story, &peers, &second);
}

static void answered_late(struct story *story)
{
    connect_with(story, 0);
    story_join_syn(story, &peers, &second);
    seconds_later(story, 2);
    story_join_syn_ack(story, &peers, &second);
}

/* ---- Stripped and refused -------------------------------------------------------------------- */

static void both_ways_of_stripping(struct story *story)
{
    connect_with(story, 0);
    struct story_flow third = story_flow("10.0.3.1", 40003, "192.0.2.1", 443);
    story_join_syn(story, &peers, &second);
    story_strip(story_join_syn_ack(story, &peers, &second));
    story_join_syn(story, &peers, &third);
    story_join_syn_ack(story, &peers, &third);
    story_strip(story_join_ack(story, &peers, &third));
}

/* Each reason is a row of its own. */
static void refused_for_two_reasons(struct story *story)
{
    connect_with(story, 0);
    for (uint16_t i = 0; i < 4; i++) {
        struct story_flow join = story_flow("10.0.2.1", (uint16_t)(40002 + i), "192.0.2.1", 443);
        story_join_syn(story, &peers, &join);
        story_rst(story, &join, RESPONDER_SAYS, i % 2 ? 3 : 2);
    }
}

static void handshake_and_reset(struct story *story, int wait_ms)
{
    connect_with(story, 0);
    story_join_syn(story, &peers, &second);
    story_join_syn_ack(story, &peers, &second);
    story_join_ack(story, &peers, &second);
    story->now_ns += wait_ms * STORY_MS;
    story_rst(story, &second, RESPONDER_SAYS, 3);
}

static void reset_at_once(struct story *story)
{
    handshake_and_reset(story, 0);
}

/* The confirmation of the third ACK may not have been captured. */
static void reset_later(struct story *story)
{
    handshake_and_reset(story, 100);
}

/* It answers no SYN: packets in between were not captured. */
static void reset_in_mid_stream(struct story *story)
{
    connect_with(story, 0);
    story_join_syn(story, &peers, &second);
    second.sent[RESPONDER_SAYS] = 1001;
    story_rst(story, &second, RESPONDER_SAYS, 3);
}

/* ---- Flag C ---------------------------------------------------------------------------------- */

static void despite_c(struct story *story)
{
    connect_with(story, MPTA_CAPABLE_C);
    story_join(story, &peers, &second);
}

static void without_c(struct story *story)
{
    connect_with(story, 0);
    story_join(story, &peers, &second);
}

static void despite_c_to_another_port(struct story *story)
{
    connect_with(story, MPTA_CAPABLE_C);
    second = story_flow("10.0.2.1", 40002, "192.0.2.1", 444);
    story_join(story, &peers, &second);
}

static void despite_c_to_another_address(struct story *story)
{
    connect_with(story, MPTA_CAPABLE_C);
    second = story_flow("10.0.2.1", 40002, "192.0.2.2", 443);
    story_join(story, &peers, &second);
}

/* Behind a load balancer both are one address; the server knows which one was meant. */
static void despite_c_says_the_server_not(struct story *story)
{
    connect_with(story, MPTA_CAPABLE_C);
    second.address_id[RESPONDER_SAYS] = 1;
    story_join(story, &peers, &second);
}

static void despite_c_or_translated(struct story *story)
{
    connect_with(story, MPTA_CAPABLE_C);
    story_add_addr(story, &peers, &first, RESPONDER_SAYS, 1, "203.0.113.1", 0);
    story_join_syn(story, &peers, &second);
}

/* The client forbids it; the server joins there all the same. */
static void despite_c_of_the_client(struct story *story)
{
    connect_with(story, MPTA_CAPABLE_C);
    second = story_flow("192.0.2.2", 50000, "10.0.1.1", 40001);
    second.opened_by = MPTA_SERVER;
    second.address_id[RESPONDER_SAYS] = 0;
    story_join(story, &peers, &second);
}

/* ---- SYNs to others -------------------------------------------------------------------------- */

static void join_hosts(struct story *story, unsigned count, unsigned step, bool answered)
{
    connect_with(story, 0);
    for (unsigned i = 0; i < count; i++) {
        char address[32];
        snprintf(address, sizeof(address), "198.51.100.%u", 1 + i * step);
        struct story_flow join = story_flow("10.0.2.1", (uint16_t)(40100 + i), address, 443);
        story_join_syn(story, &peers, &join);
        if (answered)
            story_join_syn_ack(story, &peers, &join);
    }
    seconds_later(story, 2);
}

static void syns_to_five_hosts(struct story *story)
{
    join_hosts(story, 5, 1, false);
}

/* Each is sent twice, which those whose answer was not captured are not. */
static void syns_again_to_hosts(struct story *story, unsigned count, bool again)
{
    join_hosts(story, count, 1, false);
    for (unsigned i = 0; again && i < count; i++)
        story_again(story, 3 + i, false);
}

static void syns_to_nine_hosts(struct story *story)
{
    syns_again_to_hosts(story, 9, true);
}

static void syns_to_nine_hosts_once(struct story *story)
{
    syns_again_to_hosts(story, 9, false);
}

static void syns_to_eight_hosts(struct story *story)
{
    syns_again_to_hosts(story, 8, true);
}

static void syns_to_four_hosts(struct story *story)
{
    join_hosts(story, 4, 1, false);
}

static void syns_to_one_host(struct story *story)
{
    join_hosts(story, 7, 0, false);
}

static void five_hosts_that_answer(struct story *story)
{
    join_hosts(story, 5, 1, true);
}

/* clang-format off */
static const struct finding_case cases[] = {
    {"asked once", asked_once, "join-unanswered", 1, MPTA_NOTE,
     "captured once, and no answer"},
    {"not answered, asked twice", asked_twice, "join-unanswered", 1, MPTA_WARNING,
     "never answered"},
    {"the capture ends", just_asked, "join-unanswered", 1, MPTA_NOTE, "the capture ends"},
    {"answered late", answered_late, "join-unanswered", 0, MPTA_NOTE, NULL},
    {"both ways of stripping", both_ways_of_stripping, "join-stripped", 2, MPTA_WARNING,
     "the SYN/ACK of the join"},
    {"refused for two reasons", refused_for_two_reasons, "join-refused", 4, MPTA_WARNING,
     "lack of resources"},
    {"reset at its third ACK", reset_at_once, "join-refused", 1, MPTA_WARNING, "prohibited"},
    {"reset later", reset_later, "join-refused", 0, MPTA_NOTE, NULL},
    {"reset later is a reset", reset_later, "subflow-reset", 1, MPTA_NOTE, NULL},
    {"reset by a RST in mid-stream", reset_in_mid_stream, "join-refused", 0, MPTA_NOTE, NULL},
    {"despite flag C", despite_c, "join-despite-c", 1, MPTA_WARNING,
     "192.0.2.1:443, where flag C of the server"},
    {"no flag C", without_c, "join-despite-c", 0, MPTA_NOTE, NULL},
    {"flag C, another port", despite_c_to_another_port, "join-despite-c", 0, MPTA_NOTE, NULL},
    {"flag C, another address", despite_c_to_another_address, "join-despite-c", 0, MPTA_NOTE, NULL},
    {"flag C, and the address is another one to the server", despite_c_says_the_server_not,
     "join-despite-c", 0, MPTA_NOTE, NULL},
    {"flag C, but addresses were announced", despite_c_or_translated, "join-despite-c", 1,
     MPTA_NOTE, "translated"},
    {"flag C of the client", despite_c_of_the_client, "join-despite-c", 1, MPTA_WARNING,
     "10.0.1.1:40001, where flag C of the client"},
    {"SYNs to five silent hosts", syns_to_five_hosts, "syn-amplification", 5, MPTA_WARNING,
     "to 5 addresses"},
    {"SYNs to nine silent hosts", syns_to_nine_hosts, "syn-amplification", 9, MPTA_ERROR,
     "to 9 addresses that never answer (more than 8: it is made to attack them)"},
    {"... sent once", syns_to_nine_hosts_once, "syn-amplification", 9, MPTA_WARNING, NULL},
    {"SYNs to eight", syns_to_eight_hosts, "syn-amplification", 8, MPTA_WARNING, NULL},
    {"SYNs to four silent hosts", syns_to_four_hosts, "syn-amplification", 0, MPTA_NOTE, NULL},
    {"SYNs to one silent host", syns_to_one_host, "syn-amplification", 0, MPTA_NOTE, NULL},
    {"five hosts that answer", five_hosts_that_answer, "syn-amplification", 0, MPTA_NOTE, NULL},
};
/* clang-format on */

static void findings_are_made_where_they_are_true(void **state)
{
    (void)state;
    finding_cases_check(cases, COUNT_OF(cases));
}

/* Two rows, in the order in which they were met, each with its own reason. */
static void each_reason_has_its_row(void **state)
{
    (void)state;
    static struct story story;
    struct mpta_finding one, two;
    story_begin(&story);
    refused_for_two_reasons(&story);
    struct mpta_tracker *tracker = story_tell(&story);
    assert_true(mpta_tracker_finding(tracker, 0, 0, &one));
    assert_true(mpta_tracker_finding(tracker, 0, 1, &two));
    assert_string_equal(one.message, "the server refused the join: lack of resources");
    assert_string_equal(two.message, "the server refused the join: administratively prohibited");
    assert_int_equal(one.count, 2);
    assert_int_equal(two.count, 2);
    mpta_tracker_free(tracker);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(findings_are_made_where_they_are_true),
        cmocka_unit_test(each_reason_has_its_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
