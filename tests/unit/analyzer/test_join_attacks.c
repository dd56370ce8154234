/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Joins that somebody repeats, nonces that are not random, floods: each finding beside the healthy
 * traffic that looks like it.
 */
#include "tests/unit/analyzer/finding_case.h"

#define TOKEN_AT 4 /* kind, length, subtype and address ID come before the token of a SYN */

static struct story_peers peers;
static struct story_flow first;
static struct story_flow second;
static struct story_flow third;

static void connect_and_join(struct story *story)
{
    peers = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    first = story_flow("10.0.1.1", 40001, "192.0.2.1", 443);
    second = story_flow("10.0.2.1", 40002, "192.0.2.1", 443);
    third = story_flow("198.51.100.66", 40003, "192.0.2.1", 443);
    third.nonce[OPENER_SAYS] = second.nonce[OPENER_SAYS];
    story_capable(story, &peers, &first);
    story_join(story, &peers, &second);
}

/* The same, but for the third ACK of the join. */
static void connect_and_half_join(struct story *story)
{
    connect_and_join(story);
    story->count -= 2;
}

/* ---- The same nonce -------------------------------------------------------------------------- */

static void repeated_from_elsewhere(struct story *story)
{
    connect_and_join(story);
    story_join_syn(story, &peers, &third);
    story_join_syn_ack(story, &peers, &third);
}

/* The responder did not fall for it. */
static void repeated_and_not_answered(struct story *story)
{
    connect_and_join(story);
    story_join_syn(story, &peers, &third);
}

static void repeated_before_the_ack(struct story *story)
{
    connect_and_half_join(story);
    story_join_syn(story, &peers, &third);
}

static void repeated_from_one_address(struct story *story)
{
    connect_and_join(story);
    third.address[OPENER_SAYS] = second.address[OPENER_SAYS];
    story_join(story, &peers, &third);
}

/* Before and behind a NAT that leaves the ISN alone: two views of one packet. */
static void seen_behind_a_nat(struct story *story)
{
    connect_and_join(story);
    for (int i = 0; i < 2; i++)
        third.isn[i] = second.isn[i];
    third.nonce[RESPONDER_SAYS] = second.nonce[RESPONDER_SAYS];
    story->now_ns = story->packets[3].place.time_ns;
    story_join(story, &peers, &third);
}

/* The same SYN to the last bit, but the join it opened was complete long before. */
static void repeated_to_the_last_bit(struct story *story)
{
    connect_and_join(story);
    third.isn[OPENER_SAYS] = second.isn[OPENER_SAYS];
    story->now_ns += 60000 * STORY_MS;
    story_join_syn(story, &peers, &third);
}

static void repeat_to_the_last_bit(struct story *story, int64_t later_ns)
{
    connect_and_join(story);
    third.isn[OPENER_SAYS] = second.isn[OPENER_SAYS];
    story->now_ns += later_ns;
    story_join_syn(story, &peers, &third);
}

/* So soon the opener has not sent it again, either. */
static void repeated_to_the_last_bit_at_once(struct story *story)
{
    repeat_to_the_last_bit(story, 0);
}

static void repeated_to_the_last_bit_in_a_second(struct story *story)
{
    repeat_to_the_last_bit(story, 1500 * STORY_MS);
}

static void repeated_but_for_the_address_id(struct story *story)
{
    connect_and_half_join(story);
    third.isn[OPENER_SAYS] = second.isn[OPENER_SAYS];
    third.address_id[OPENER_SAYS] = 9;
    story_join_syn(story, &peers, &third);
}

/* Elsewhere, where another clock may tell the time. */
static void repeated_at_another_place(struct story *story)
{
    connect_and_join(story);
    third.isn[OPENER_SAYS] = second.isn[OPENER_SAYS];
    story_join_syn(story, &peers, &third)->interface = 1;
}

/* A NAT that changes ISNs, too: what the other host answers is one answer. */
static void seen_behind_a_nat_with_new_isns(struct story *story)
{
    connect_and_join(story);
    third.nonce[RESPONDER_SAYS] = second.nonce[RESPONDER_SAYS];
    story_join(story, &peers, &third);
}

static void seen_behind_such_a_nat_without_answers(struct story *story)
{
    connect_and_join(story);
    story_join_syn(story, &peers, &third)->interface = 1;
}

static void sent_again(struct story *story)
{
    connect_and_join(story);
    story_again(story, 3, false);
    story_again(story, 4, false);
}

/* Another connection's nonce may well be the same: there are many connections. */
static void nonce_of_another_connection(struct story *story)
{
    struct story_peers others = story_peers(1, STORY_KEY_THIRD, STORY_KEY_FOURTH);
    struct story_flow other = story_flow("10.0.4.1", 40004, "192.0.2.1", 443);
    connect_and_join(story);
    story_capable(story, &others, &other);
    story_join(story, &others, &third);
}

static void answered_with_one_nonce(struct story *story)
{
    connect_and_join(story);
    third.nonce[OPENER_SAYS] = 4711;
    third.nonce[RESPONDER_SAYS] = second.nonce[RESPONDER_SAYS];
    story_join(story, &peers, &third);
}

static void nonce_of_zero(struct story *story)
{
    connect_and_join(story);
    third.nonce[OPENER_SAYS] = 0;
    story_join(story, &peers, &third);
}

/* One SYN, to the last bit, from ever more addresses: more than there are places to capture. */
static void repeat_from_everywhere(struct story *story)
{
    third.isn[OPENER_SAYS] = second.isn[OPENER_SAYS];
    for (uint8_t i = 0; i < 8; i++) {
        third.address[OPENER_SAYS].octets[3] = i;
        third.sent[OPENER_SAYS] = 0;
        story_join_syn(story, &peers, &third);
    }
}

static void repeated_from_everywhere(struct story *story)
{
    connect_and_join(story);
    repeat_from_everywhere(story);
}

static void repeated_from_everywhere_early(struct story *story)
{
    connect_and_half_join(story);
    repeat_from_everywhere(story);
}

/* ---- Floods ---------------------------------------------------------------------------------- */

/* Joins from many ports, each with its own nonce; answered: 0 no, 1 by SYN/ACK, 2 completed. */
static void join_often(struct story *story, unsigned count, int64_t step_ns, int answered)
{
    peers = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    first = story_flow("10.0.1.1", 40001, "192.0.2.1", 443);
    story_capable(story, &peers, &first);
    story->step_ns = step_ns;
    for (unsigned i = 0; i < count; i++) {
        struct story_flow join = story_flow("10.0.2.1", (uint16_t)(41000 + i), "192.0.2.1", 443);
        story_join_syn(story, &peers, &join);
        if (answered > 0)
            story_join_syn_ack(story, &peers, &join);
        if (answered > 1)
            story_join_ack(story, &peers, &join);
    }
}

/* What a filter for SYNs leaves of joins that were completed. */
static void nine_of_which_only_syns_are_captured(struct story *story)
{
    peers = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    for (uint16_t i = 0; i < 9; i++) {
        struct story_flow join = story_flow("10.0.2.1", (uint16_t)(41000 + i), "192.0.2.1", 443);
        story_join_syn(story, &peers, &join);
        story_join_syn_ack(story, &peers, &join);
    }
}

static void nine_half_open(struct story *story)
{
    join_often(story, 9, 1000 * STORY_MS, 0);
}

static void nine_half_open_at_once(struct story *story)
{
    join_often(story, 9, 0, 0);
}

static void nine_answered(struct story *story)
{
    join_often(story, 9, 1000 * STORY_MS, 1);
}

static void eight_half_open(struct story *story)
{
    join_often(story, 8, 0, 0);
}

static void nine_in_an_hour(struct story *story)
{
    join_often(story, 9, 400000 * STORY_MS, 0);
}

static void nine_completed(struct story *story)
{
    join_often(story, 9, 0, 2);
}

static void nine_refused(struct story *story)
{
    peers = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    first = story_flow("10.0.1.1", 40001, "192.0.2.1", 443);
    story_capable(story, &peers, &first);
    for (uint16_t i = 0; i < 9; i++) {
        struct story_flow join = story_flow("10.0.2.1", (uint16_t)(41000 + i), "192.0.2.1", 443);
        story_join_syn(story, &peers, &join);
        story_rst(story, &join, RESPONDER_SAYS, 3);
    }
}

/* With tokens of nobody, in one moment, half of them refused: what counts is the target. */
static void join_nobody(struct story *story, unsigned count, int64_t step_ns)
{
    struct story_peers nobody = story_peers(1, 1, 2);
    story->step_ns = step_ns;
    for (unsigned i = 0; i < count; i++) {
        struct story_flow join = story_flow("10.0.2.1", (uint16_t)(41000 + i), "192.0.2.1", 443);
        struct story_packet *syn = story_join_syn(story, &nobody, &join);
        syn->options[TOKEN_AT] = (uint8_t)i;
        if (i % 5 == 0)
            story_rst(story, &join, RESPONDER_SAYS, -1);
    }
}

static void hundred_and_one_to_nobody(struct story *story)
{
    join_nobody(story, 101, 0);
}

static void hundred_to_nobody(struct story *story)
{
    join_nobody(story, 100, 0);
}

static void hundred_and_one_in_two_seconds(struct story *story)
{
    join_nobody(story, 101, 20 * STORY_MS);
}

/* From so many addresses, so many from each. */
static void join_from(struct story *story, unsigned addresses, unsigned each)
{
    peers = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    first = story_flow("10.0.1.1", 40001, "192.0.2.1", 443);
    story_capable(story, &peers, &first);
    story->step_ns = 200 * STORY_MS;
    for (unsigned i = 0; i < addresses * each; i++) {
        struct story_flow join =
            story_flow("198.18.0.0", (uint16_t)(41000 + i / addresses), "192.0.2.1", 443);
        join.address[OPENER_SAYS].octets[2] = (uint8_t)(i % addresses >> 8);
        join.address[OPENER_SAYS].octets[3] = (uint8_t)(i % addresses);
        join.nonce[OPENER_SAYS] = 1 + i;
        story_join_syn(story, &peers, &join);
    }
}

static void from_257_addresses(struct story *story)
{
    join_from(story, 257, 1);
}

static void from_256_addresses(struct story *story)
{
    join_from(story, 256, 1);
}

static void thrice_from_each(struct story *story)
{
    join_from(story, 100, 3);
}

/* ---- Floods of connections ------------------------------------------------------------------- */

/* What becomes of each SYN. */
enum syn_fate {
    SYN_ALONE,
    SYN_TWICE,
    SYN_ANSWERED,
    SYN_REFUSED,
    SYN_COMPLETED,
};

static void connect_often(struct story *story, unsigned count, int64_t step_ns, enum syn_fate fate)
{
    story->step_ns = step_ns;
    for (unsigned i = 0; i < count; i++) {
        struct story_flow flow = story_flow("198.18.0.0", 40001, "192.0.2.1", 443);
        flow.address[OPENER_SAYS].octets[3] = (uint8_t)i;
        struct story_peers each =
            story_peers(1, STORY_KEY_CLIENT + i, STORY_KEY_SERVER - 7 * i * i);
        story_syn(story, &each, &flow);
        if (fate == SYN_TWICE)
            story_again(story, story->count - 1, false);
        if (fate == SYN_ANSWERED || fate == SYN_COMPLETED)
            story_syn_ack(story, &each, &flow);
        if (fate == SYN_COMPLETED)
            story_ack(story, &each, &flow);
        if (fate == SYN_REFUSED)
            story_rst(story, &flow, RESPONDER_SAYS, -1)->segment.seq = 0;
    }
}

/* A connection besides, so that more than SYNs was captured. */
static void connect_besides(struct story *story)
{
    peers = story_peers(1, STORY_KEY_THIRD, STORY_KEY_FOURTH);
    first = story_flow("10.0.1.1", 40001, "192.0.2.1", 443);
    story_capable(story, &peers, &first);
}

static void hundred_and_one_syns(struct story *story)
{
    connect_besides(story);
    connect_often(story, 101, 0, SYN_ALONE);
}

static void syns_sent_twice(struct story *story)
{
    connect_besides(story);
    connect_often(story, 101, 5 * STORY_MS, SYN_TWICE);
}

/* Whoever forges sources need not draw keys; and the SYN of version 0 has one. */
static void syns_with_one_key(struct story *story)
{
    const struct story_peers one = story_peers(0, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    connect_besides(story);
    story->step_ns = 0;
    for (unsigned i = 0; i < 101; i++) {
        struct story_flow flow = story_flow("198.18.0.0", 40001, "192.0.2.1", 443);
        flow.address[OPENER_SAYS].octets[3] = (uint8_t)i;
        story_syn(story, &one, &flow);
    }
}

static void answered_syns(struct story *story)
{
    connect_besides(story);
    connect_often(story, 101, 0, SYN_ANSWERED);
}

static void captured_syns(struct story *story)
{
    connect_often(story, 101, 0, SYN_ANSWERED);
}

static void hundred_syns(struct story *story)
{
    connect_besides(story);
    connect_often(story, 100, 0, SYN_ALONE);
}

static void syns_in_two_seconds(struct story *story)
{
    connect_besides(story);
    connect_often(story, 101, 20 * STORY_MS, SYN_ALONE);
}

static void hundred_and_one_connections(struct story *story)
{
    connect_often(story, 101, 0, SYN_COMPLETED);
}

static void refused_syns(struct story *story)
{
    connect_besides(story);
    connect_often(story, 101, 0, SYN_REFUSED);
}

static void syns_to_two_hosts(struct story *story)
{
    connect_besides(story);
    connect_often(story, 60, 0, SYN_ALONE);
    for (unsigned i = 0; i < 60; i++) {
        struct story_flow flow = story_flow("198.18.0.0", 40001, "192.0.2.2", 443);
        flow.address[OPENER_SAYS].octets[3] = (uint8_t)i;
        story_syn(story, &peers, &flow);
    }
}

#define NOT 0, MPTA_NOTE, NULL

/* clang-format off */
static const struct finding_case cases[] = {
    {"from elsewhere", repeated_from_elsewhere, "join-replay", 1, MPTA_ERROR,
     "a join from 198.51.100.66 repeats token and nonce of one from 10.0.2.1"},
    {"from elsewhere, not answered", repeated_and_not_answered, "join-replay", 1, MPTA_ERROR, NULL},
    {"from elsewhere, before the first is complete", repeated_before_the_ack, "join-replay", 1,
     MPTA_WARNING, "or was captured on both sides of a NAT that changes ISNs"},
    {"to the last bit, too late", repeated_to_the_last_bit, "join-replay", 1, MPTA_ERROR, NULL},
    {"... at once", repeated_to_the_last_bit_at_once, "join-replay", 1, MPTA_ERROR, NULL},
    {"... in a second", repeated_to_the_last_bit_in_a_second, "join-replay", 1, MPTA_WARNING,
     "of a NAT, where it was held up"},
    {"... but for its address ID", repeated_but_for_the_address_id, "join-replay", 1, MPTA_ERROR,
     NULL},
    {"... at another place", repeated_at_another_place, "join-replay", NOT},
    {"to the last bit, from everywhere", repeated_from_everywhere, "join-replay", 8, MPTA_ERROR,
     NULL},
    {"... before the first is complete", repeated_from_everywhere_early, "join-replay", 5,
     MPTA_ERROR, NULL},
    {"... they are as many joins", repeated_from_everywhere, "join-unanswered", 8, MPTA_NOTE,
     NULL},
    {"from one address", repeated_from_one_address, "join-replay", NOT},
    {"before and behind a NAT", seen_behind_a_nat, "join-replay", NOT},
    {"... which changes ISNs", seen_behind_a_nat_with_new_isns, "join-replay", NOT},
    {"... and nothing answers", seen_behind_such_a_nat_without_answers, "join-replay", NOT},
    {"sent again", sent_again, "join-replay", NOT},
    {"the nonce of another connection", nonce_of_another_connection, "join-replay", NOT},

    {"one nonce from one address", repeated_from_one_address, "join-nonce-reuse", 1, MPTA_WARNING,
     "two joins from 10.0.2.1"},
    {"answered with one nonce", answered_with_one_nonce, "join-nonce-reuse", 1, MPTA_WARNING,
     "answered"},
    {"a nonce of zero", nonce_of_zero, "join-nonce-reuse", 1, MPTA_WARNING, "nonce 0"},
    {"from elsewhere: a replay", repeated_from_elsewhere, "join-nonce-reuse", NOT},
    {"before and behind a NAT", seen_behind_a_nat, "join-nonce-reuse", NOT},
    {"... which changes ISNs", seen_behind_a_nat_with_new_isns, "join-nonce-reuse", NOT},
    {"sent again", sent_again, "join-nonce-reuse", NOT},
    {"the nonce of another connection", nonce_of_another_connection, "join-nonce-reuse", NOT},

    {"nine half-open", nine_half_open, "join-flood", 9, MPTA_WARNING,
     "9 joins for the token 0xa35d6d82 were never completed, 9 of them within a minute from 1 "
     "address (more than 8: a flood, or a path on which nothing comes back)"},
    {"nine half-open, in no time", nine_half_open_at_once, "join-flood", 9, MPTA_WARNING, NULL},
    {"nine answered, not completed", nine_answered, "join-flood", 9, MPTA_WARNING, NULL},
    {"nine answered, captured by a filter for SYNs", nine_of_which_only_syns_are_captured,
     "join-flood", NOT},
    {"eight half-open", eight_half_open, "join-flood", NOT},
    {"nine in an hour", nine_in_an_hour, "join-flood", NOT},
    {"nine completed", nine_completed, "join-flood", NOT},
    {"nine refused", nine_refused, "join-flood", NOT},
    {"101 to nobody, in no time", hundred_and_one_to_nobody, "join-flood", 101, MPTA_WARNING,
     "101 joins to 192.0.2.1 were never completed, 101 of them within a second"},
    {"100 to nobody", hundred_to_nobody, "join-flood", NOT},
    {"101 in two seconds", hundred_and_one_in_two_seconds, "join-flood", NOT},
    {"more addresses than a host has", from_257_addresses, "join-flood", 257, MPTA_ERROR,
     "257 of them within a minute from 257 addresses"},
    {"as many as a host may have", from_256_addresses, "join-flood", 256, MPTA_WARNING,
     "256 of them within a minute from 256 addresses"},
    {"as many joins from fewer", thrice_from_each, "join-flood", 300, MPTA_WARNING,
     "300 of them within a minute from 100 addresses"},

    {"101 SYNs, in no time", hundred_and_one_syns, "syn-flood", 101, MPTA_WARNING,
     "101 connections to 192.0.2.1 were never completed, 101 of them within a second from 101 "
     "addresses (more than 100"},
    {"... each sent twice", syns_sent_twice, "syn-flood", 101, MPTA_WARNING, NULL},
    {"... of which no other word is lost", syns_sent_twice, "syn-unanswered", NOT},
    {"... with one key of version 0", syns_with_one_key, "syn-flood", 101, MPTA_WARNING, NULL},
    {"... that is no host's", syns_with_one_key, "key-weak", NOT},
    {"101 SYNs with an answer each", answered_syns, "syn-flood", 101, MPTA_WARNING, NULL},
    {"101 SYNs with an answer each, of which only SYNs are captured", captured_syns, "syn-flood",
     NOT},
    {"100 SYNs", hundred_syns, "syn-flood", NOT},
    {"101 SYNs in two seconds", syns_in_two_seconds, "syn-flood", NOT},
    {"101 connections", hundred_and_one_connections, "syn-flood", NOT},
    {"101 SYNs that are refused", refused_syns, "syn-flood", NOT},
    {"101 SYNs to two hosts", syns_to_two_hosts, "syn-flood", NOT},
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
