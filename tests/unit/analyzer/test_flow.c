/* SPDX-License-Identifier: BSD-3-Clause */
/* Which subflow a packet belongs to: ports used again, late packets, copies, families. */
#include "tests/unit/analyzer/story.h"

#include <string.h>

static struct story_peers before;
static struct story_peers after;
static struct story_flow old;
static struct story_flow again;

static void flow_begin(struct story *story)
{
    before = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    after = story_peers(1, STORY_KEY_THIRD, STORY_KEY_FOURTH);
    old = story_flow("10.0.1.1", 40001, "192.0.2.1", 443);
    again = old;
    again.isn[OPENER_SAYS] += 500000000;
    again.isn[RESPONDER_SAYS] -= 700000000;
    story_begin(story);
}

static void tell_old(struct story *story)
{
    story_capable(story, &before, &old);
    story_data(story, &before, &old, OPENER_SAYS, 100);
    story_data(story, &before, &old, RESPONDER_SAYS, 100);
    story_data_fins(story, &before, &old);
    story_fins(story, &before, &old);
}

static void tell_again(struct story *story)
{
    story_capable(story, &after, &again);
    story_data(story, &after, &again, OPENER_SAYS, 200);
}

/* ---- Ports used again ------------------------------------------------------------------------ */

static void ports_used_again_are_another_connection(void **state)
{
    (void)state;
    static struct story story;
    flow_begin(&story);
    tell_old(&story);
    tell_again(&story);
    struct mpta_tracker *tracker = story_tell(&story);
    assert_int_equal(story_summary(tracker).connections, 2);
    assert_true(story_connection(tracker, 0).hosts[MPTA_CLIENT].key == STORY_KEY_CLIENT);
    assert_true(story_connection(tracker, 1).hosts[MPTA_CLIENT].key == STORY_KEY_THIRD);
    assert_int_equal(story_connection(tracker, 0).close, MPTA_CONNECTION_DATA_FIN);
    assert_int_equal(story_connection(tracker, 1).close, MPTA_CONNECTION_OPEN);
    mpta_tracker_free(tracker);
}

/* What a packet belongs to that is told after both connections. */
static void assert_late_packet(const struct story *story, uint32_t connection)
{
    struct mpta_tracker *tracker = mpta_tracker_new(NULL);
    struct mpta_fed fed = {0};
    assert_non_null(tracker);
    for (size_t i = 0; i < story->count; i++)
        assert_int_equal(story_feed(story, i, tracker, &fed), MPTA_OK);
    assert_true(fed.has_connection);
    assert_int_equal(fed.connection, connection);
    mpta_tracker_free(tracker);
}

static void late_packets_belong_to_the_old_connection(void **state)
{
    (void)state;
    static struct story story;
    for (int from = OPENER_SAYS; from <= RESPONDER_SAYS; from++) {
        flow_begin(&story);
        tell_old(&story);
        tell_again(&story);
        story_data_ack(&story, &before, &old, (enum story_from)from);
        assert_late_packet(&story, 0);
        flow_begin(&story);
        tell_old(&story);
        tell_again(&story);
        story_data_ack(&story, &after, &again, (enum story_from)from);
        assert_late_packet(&story, 1);
    }
}

static void late_data_counts_where_it_belongs(void **state)
{
    (void)state;
    static struct story story;
    flow_begin(&story);
    tell_old(&story);
    tell_again(&story);
    story_again(&story, 3, false);
    struct mpta_tracker *tracker = story_tell(&story);
    struct mpta_subflow first = story_subflow(tracker, 0, 0), second = story_subflow(tracker, 1, 0);
    assert_int_equal(first.directions[MPTA_CLIENT].payload_bytes, 200);
    assert_int_equal(first.directions[MPTA_CLIENT].retransmitted_bytes, 100);
    assert_int_equal(second.directions[MPTA_CLIENT].payload_bytes, 200);
    assert_int_equal(second.directions[MPTA_CLIENT].retransmitted_bytes, 0);
    mpta_tracker_free(tracker);
}

/* A SYN/ACK or ACK with MP_CAPABLE and other sequence numbers is another connection's. */
static void ports_used_again_are_told_without_the_syn(void **state)
{
    (void)state;
    for (size_t lost = 1; lost <= 2; lost++) {
        static struct story story;
        flow_begin(&story);
        tell_old(&story);
        size_t begin = story.count;
        tell_again(&story);
        struct story_loss loss = {.begin = begin, .end = begin + lost, .also = SIZE_MAX};
        struct mpta_tracker *tracker = story_tell_with(&story, &loss, NULL, 0);
        assert_null(story_worst(tracker, MPTA_ERROR));
        assert_int_equal(story_summary(tracker).connections, 2);
        mpta_tracker_free(tracker);
    }
}

/* Nothing of the second handshake was captured; its numbers lie near those of the first. */
static void ports_used_again_are_told_by_what_lies_behind_a_fin(void **state)
{
    static const uint32_t steps[] = {1000, 900000, 0x7ffff000};
    (void)state;
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        static struct story story;
        flow_begin(&story);
        again.isn[OPENER_SAYS] = old.isn[OPENER_SAYS] + steps[i];
        again.isn[RESPONDER_SAYS] = old.isn[RESPONDER_SAYS] + steps[i];
        tell_old(&story);
        size_t begin = story.count;
        story_capable(&story, &after, &again);
        struct story_loss loss = {.begin = begin, .end = story.count, .also = SIZE_MAX};
        story_data(&story, &after, &again, OPENER_SAYS, 200);
        story_data(&story, &after, &again, RESPONDER_SAYS, 200);
        struct mpta_tracker *tracker = story_tell_with(&story, &loss, NULL, 0);
        assert_null(story_worst(tracker, MPTA_WARNING));
        assert_int_equal(story_summary(tracker).connections, 2);
        assert_int_equal(story_connection(tracker, 0).streams[MPTA_CLIENT].data_bytes, 100);
        mpta_tracker_free(tracker);
    }
}

/*
 * Neither's SYN was captured, nor the ACKs that close the first: a SYN/ACK behind data is another
 * connection's.
 */
static void a_syn_ack_behind_data_opens_another_connection(void **state)
{
    (void)state;
    static struct story story;
    flow_begin(&story);
    again.isn[OPENER_SAYS] = old.isn[OPENER_SAYS] + 100000;
    again.isn[RESPONDER_SAYS] = old.isn[RESPONDER_SAYS] + 100000;
    tell_old(&story);
    story.count -= 2;
    story_syn_ack(&story, &after, &again);
    struct story_loss loss = {.end = 2, .also = SIZE_MAX};
    struct mpta_tracker *tracker = story_tell_with(&story, &loss, NULL, 0);
    assert_int_equal(story_summary(tracker).connections, 2);
    assert_true(story_connection(tracker, 0).hosts[MPTA_SERVER].key == STORY_KEY_SERVER);
    assert_true(story_connection(tracker, 1).hosts[MPTA_SERVER].key == STORY_KEY_FOURTH);
    mpta_tracker_free(tracker);
}

/* Plain TCP on old ports, its SYN not captured: the connection before it was whole and is over. */
static void plain_tcp_does_not_reopen_a_connection(void **state)
{
    (void)state;
    static struct story story;
    flow_begin(&story);
    tell_old(&story);
    again.sent[OPENER_SAYS] = again.sent[RESPONDER_SAYS] = 1;
    story_unmapped(&story, &again, OPENER_SAYS, 1000);
    story_unmapped(&story, &again, RESPONDER_SAYS, 1000);
    struct mpta_tracker *tracker = story_tell(&story);
    assert_int_equal(story_connection(tracker, 0).fallback, MPTA_FALLBACK_NONE);
    assert_int_equal(story_subflow(tracker, 0, 0).directions[MPTA_CLIENT].payload_bytes, 100);
    mpta_tracker_free(tracker);
}

static void plain_tcp_takes_its_ports_with_it(void **state)
{
    (void)state;
    static struct story story;
    flow_begin(&story);
    tell_old(&story);
    story_plain(&story, &again, OPENER_SAYS, MPTA_TCP_SYN, 0);
    story_plain(&story, &again, RESPONDER_SAYS, MPTA_TCP_SYN | MPTA_TCP_ACK, 0);
    story_unmapped(&story, &again, OPENER_SAYS, 1000);
    struct mpta_tracker *tracker = story_tell(&story);
    assert_int_equal(story_summary(tracker).connections, 1);
    assert_int_equal(story_connection(tracker, 0).fallback, MPTA_FALLBACK_NONE);
    assert_int_equal(story_subflow(tracker, 0, 0).directions[MPTA_CLIENT].payload_bytes, 100);
    mpta_tracker_free(tracker);
}

/* ---- What is none of our business --------------------------------------------------------------
 */

static void plain_tcp_is_not_tracked(void **state)
{
    (void)state;
    static struct story story;
    struct mpta_fed fed;
    flow_begin(&story);
    story_plain(&story, &old, OPENER_SAYS, MPTA_TCP_SYN, 0);
    story_plain(&story, &old, RESPONDER_SAYS, MPTA_TCP_SYN | MPTA_TCP_ACK, 0);
    story_unmapped(&story, &old, OPENER_SAYS, 100);
    struct mpta_tracker *tracker = story_tell(&story);
    assert_int_equal(story_summary(tracker).connections, 0);
    assert_int_equal(story_feed(&story, 2, tracker, &fed), MPTA_OK);
    assert_false(fed.mptcp || fed.has_subflow || fed.has_connection || fed.duplicate);
    mpta_tracker_free(tracker);
}

/* The same octets in IPv4's and in IPv6's place are two flows. */
static void families_never_alias(void **state)
{
    (void)state;
    static struct story story;
    flow_begin(&story);
    again = old;
    again.address[OPENER_SAYS].family = 6;
    again.address[RESPONDER_SAYS].family = 6;
    story_capable(&story, &before, &old);
    story_capable(&story, &after, &again);
    struct mpta_tracker *tracker = story_tell(&story);
    assert_int_equal(story_summary(tracker).connections, 2);
    assert_null(story_worst(tracker, MPTA_WARNING));
    mpta_tracker_free(tracker);
}

/* ---- Counting -------------------------------------------------------------------------------- */

struct fed_case {
    const char *words;
    uint8_t option[16];
    size_t len;
    bool mptcp;
};

/* clang-format off */
static const struct fed_case fed_cases[] = {
    {"an MP_PRIO", {30, 3, 0x51, 1}, 4, true},
    {"an MP_PRIO one octet too long", {30, 5, 0x51, 0, 0, 1, 1, 1}, 8, false},
    {"a subtype that is not assigned", {30, 3, 0x90, 1}, 4, true},
    {"a length that only version 1 has, in version 0", {30, 4, 0x00, 0x81}, 4, true},
    {"a DSS whose flags want another length", {30, 8, 0x20, 0x05, 0, 0, 0, 1}, 8, true},
    {"a DSS of no form's length", {30, 6, 0x20, 0x01, 0, 0, 1, 1}, 8, false},
    {"timestamps", {8, 10, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1}, 12, false},
};
/* clang-format on */

/* Well-formed is an option whose length fits its subtype in either version. */
static void packets_with_well_formed_options_are_mptcp(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; i < COUNT_OF(fed_cases); i++) {
        static struct story story;
        struct mpta_fed fed = {0};
        flow_begin(&story);
        story_capable(&story, &before, &old);
        struct story_packet *packet = story_plain(&story, &old, OPENER_SAYS, MPTA_TCP_ACK, 0);
        memcpy(packet->options, fed_cases[i].option, sizeof(fed_cases[i].option));
        packet->segment.options_len = packet->segment.options_captured = fed_cases[i].len;
        struct mpta_tracker *tracker = mpta_tracker_new(NULL);
        assert_non_null(tracker);
        for (size_t k = 0; k < story.count; k++)
            assert_int_equal(story_feed(&story, k, tracker, &fed), MPTA_OK);
        if (fed.mptcp != fed_cases[i].mptcp) {
            print_error("%s: %d\n", fed_cases[i].words, fed.mptcp);
            wrong++;
        }
        mpta_tracker_free(tracker);
    }
    assert_int_equal(wrong, 0);
}

static void copies_count_once(void **state)
{
    (void)state;
    static struct story once, twice;
    flow_begin(&once);
    tell_old(&once);
    twice = once;
    twice.count = 0;
    for (size_t i = 0; i < once.count; i++) {
        for (uint32_t interface = 0; interface < 2; interface++) {
            struct story_packet *packet = &twice.packets[twice.count++];
            *packet = once.packets[i];
            packet->interface = interface;
            packet->place.time_ns += interface * 1000;
            packet->segment.hop_limit = (uint8_t)(64 - interface);
        }
    }
    struct mpta_tracker *one = story_tell(&once), *two = story_tell(&twice);
    assert_int_equal(story_summary(one).duplicates, 0);
    assert_int_equal(story_summary(two).duplicates, once.count);
    for (int side = 0; side < 2; side++) {
        struct mpta_subflow a = story_subflow(one, 0, 0), b = story_subflow(two, 0, 0);
        assert_int_equal(a.directions[side].packets, b.directions[side].packets);
        assert_int_equal(a.directions[side].payload_bytes, b.directions[side].payload_bytes);
        assert_int_equal(b.directions[side].retransmitted_bytes, 0);
    }
    mpta_tracker_free(one);
    mpta_tracker_free(two);
}

/* What a RST acknowledges makes no round trip, and neither does a copy of it. */
static void a_copied_reset_makes_no_round_trip(void **state)
{
    (void)state;
    static struct story story;
    flow_begin(&story);
    story_syn(&story, &before, &old);
    story_rst(&story, &old, RESPONDER_SAYS, -1);
    story_again(&story, 1, true);
    story.packets[2].interface = story.packets[1].interface;
    story.packets[2].place.time_ns = story.packets[1].place.time_ns;
    struct mpta_tracker *tracker = story_tell(&story);
    assert_int_equal(story_summary(tracker).duplicates, 1);
    assert_int_equal(story_subflow(tracker, 0, 0).directions[MPTA_CLIENT].rtt.samples, 0);
    mpta_tracker_free(tracker);
}

/* ---- Before and behind a NAT ------------------------------------------------------------------
 */

/* Adds a timestamps option. */
static void stamp(struct story_packet *packet, uint8_t value)
{
    const uint8_t option[12] = {MPTA_KIND_NOP, MPTA_KIND_NOP, MPTA_KIND_TIMESTAMPS, 10, 0, 0, 1,
                                value};
    memcpy(packet->options + packet->segment.options_len, option, sizeof(option));
    packet->segment.options_len += sizeof(option);
    packet->segment.options_captured += sizeof(option);
}

/* The same packet on the other side. */
static void translate(struct story_packet *packet, int64_t delay_ns, uint32_t step)
{
    const struct mpta_address outside = story_flow("203.0.113.7", 1, "192.0.2.1", 1).address[0];
    bool sent = packet->segment.src_port == old.port[OPENER_SAYS];
    *(sent ? &packet->segment.seq : &packet->segment.ack) += step;
    *(sent ? &packet->segment.src : &packet->segment.dst) = outside;
    *(sent ? &packet->segment.src_port : &packet->segment.dst_port) = 1024;
    packet->interface = 1;
    packet->place.time_ns += delay_ns;
}

static const struct nat_case {
    const char *words;
    int64_t delay_ms;
    uint8_t stamp; /* of the second SYN; the first has 1, 0: neither has one */
    uint32_t step; /* to the second's ISN */
    uint64_t connections;
} nat_cases[] = {
    {"one SYN",                           5,    1, 0, 1},
    {"the clocks differ by a second",     1000, 1, 0, 1},
    {"another connection 3 s later",      3000, 1, 0, 2},
    {"another connection with its ISN",   5,    2, 0, 2},
    {"another connection at its time",    5,    1, 9, 2},
    {"no timestamps: nothing is certain", 5,    0, 0, 2},
};

static void tell_on_both_sides(struct story *story, const struct nat_case *c)
{
    flow_begin(story);
    tell_old(story);
    if (c->stamp > 0)
        stamp(&story->packets[0], 1);
    size_t count = story->count;
    for (size_t i = 0; i < count; i++) {
        story->packets[story->count] = story->packets[i];
        translate(&story->packets[story->count++], c->delay_ms * STORY_MS, c->step);
    }
    if (c->stamp > 0)
        story->packets[count].options[story->packets[count].segment.options_len - 5] = c->stamp;
}

static void a_nat_makes_no_second_connection(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; i < COUNT_OF(nat_cases); i++) {
        static struct story story;
        const struct nat_case *c = &nat_cases[i];
        tell_on_both_sides(&story, c);
        struct mpta_tracker *tracker = story_tell(&story);
        struct mpta_summary summary = story_summary(tracker);
        bool once = summary.duplicates == story.count / 2;
        if (summary.connections != c->connections || once != (c->connections == 1)) {
            print_error("%s: %llu connections, %llu copies\n", c->words,
                        (unsigned long long)summary.connections,
                        (unsigned long long)summary.duplicates);
            wrong++;
        }
        mpta_tracker_free(tracker);
    }
    assert_int_equal(wrong, 0);
}

/* What comes later on the translated ports, after the connection ended, is another one's. */
static void translated_ports_are_used_again(void **state)
{
    (void)state;
    static struct story story;
    tell_on_both_sides(&story, &nat_cases[0]);
    size_t count = story.count;
    story.now_ns += 10000 * STORY_MS;
    tell_again(&story);
    story_data(&story, &after, &again, OPENER_SAYS, 300);
    story.now_ns += 300 * STORY_MS;
    story_again(&story, story.count - 2, false);
    for (size_t i = count; i < story.count; i++)
        translate(&story.packets[i], 0, 0);
    struct mpta_tracker *tracker = story_tell(&story);
    assert_int_equal(story_summary(tracker).connections, 2);
    assert_int_equal(story_subflow(tracker, 1, 0).directions[MPTA_CLIENT].payload_bytes, 700);
    assert_int_equal(story_subflow(tracker, 0, 0).directions[MPTA_CLIENT].payload_bytes, 100);
    mpta_tracker_free(tracker);
}

static void retransmissions_are_counted(void **state)
{
    (void)state;
    static struct story story;
    flow_begin(&story);
    story.step_ns = 300 * STORY_MS;
    tell_old(&story);
    story_again(&story, 3, false);
    struct mpta_tracker *tracker = story_tell(&story);
    struct mpta_subflow_direction direction = story_subflow(tracker, 0, 0).directions[MPTA_CLIENT];
    assert_int_equal(direction.payload_bytes, 200);
    assert_int_equal(direction.retransmitted_bytes, 100);
    assert_int_equal(story_summary(tracker).duplicates, 0);
    mpta_tracker_free(tracker);
}

/* ---- Late SYNs ------------------------------------------------------------------------------- */

/* The SYN was captured elsewhere and is fed after packets that are younger than it. */
static void a_syn_that_comes_late_opens_nothing_new(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t later = 1; later < 5; later++) {
        static struct story story;
        flow_begin(&story);
        tell_old(&story);
        for (size_t i = 0; i < later; i++)
            story_swap(&story, i, i + 1);
        struct mpta_tracker *tracker = story_tell(&story);
        struct mpta_connection connection = story_connection(tracker, 0);
        struct mpta_subflow subflow = story_subflow(tracker, 0, 0);
        bool in_time = subflow.start_ns == story.packets[later].place.time_ns;
        if (story_summary(tracker).connections != 1 || connection.late || connection.version != 1 ||
            !subflow.established || !in_time || story_worst(tracker, MPTA_WARNING)) {
            print_error("%zu packets later: %llu connections, late %d, established %d, "
                        "start in time %d\n",
                        later, (unsigned long long)story_summary(tracker).connections,
                        connection.late, subflow.established, in_time);
            wrong++;
        }
        mpta_tracker_free(tracker);
    }
    assert_int_equal(wrong, 0);
}

/* The first SYN was not captured; a SYN/ACK and a copy of the SYN were, as with SYN cookies. */
static void a_syn_that_comes_again_opens_nothing_new(void **state)
{
    (void)state;
    static struct story story;
    flow_begin(&story);
    story.step_ns = 300 * STORY_MS;
    tell_old(&story);
    memmove(&story.packets[4], &story.packets[2], (story.count++ - 2) * sizeof(story.packets[0]));
    story.packets[3] = story.packets[1];
    story.packets[2] = story.packets[0];
    story.packets[2].place.time_ns += 400 * STORY_MS;
    story.packets[3].place.time_ns += 400 * STORY_MS;
    struct story_loss loss = {.end = 1, .also = SIZE_MAX};
    struct mpta_tracker *tracker = story_tell_with(&story, &loss, NULL, 0);
    assert_int_equal(story_summary(tracker).connections, 1);
    assert_true(story_subflow(tracker, 0, 0).established);
    mpta_tracker_free(tracker);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ports_used_again_are_another_connection),
        cmocka_unit_test(late_packets_belong_to_the_old_connection),
        cmocka_unit_test(late_data_counts_where_it_belongs),
        cmocka_unit_test(ports_used_again_are_told_without_the_syn),
        cmocka_unit_test(ports_used_again_are_told_by_what_lies_behind_a_fin),
        cmocka_unit_test(a_syn_ack_behind_data_opens_another_connection),
        cmocka_unit_test(plain_tcp_does_not_reopen_a_connection),
        cmocka_unit_test(plain_tcp_takes_its_ports_with_it),
        cmocka_unit_test(plain_tcp_is_not_tracked),
        cmocka_unit_test(families_never_alias),
        cmocka_unit_test(packets_with_well_formed_options_are_mptcp),
        cmocka_unit_test(copies_count_once),
        cmocka_unit_test(a_copied_reset_makes_no_round_trip),
        cmocka_unit_test(a_nat_makes_no_second_connection),
        cmocka_unit_test(translated_ports_are_used_again),
        cmocka_unit_test(retransmissions_are_counted),
        cmocka_unit_test(a_syn_that_comes_late_opens_nothing_new),
        cmocka_unit_test(a_syn_that_comes_again_opens_nothing_new),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
