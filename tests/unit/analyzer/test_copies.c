/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One connection at two capture points, and something between them that takes options of kind 30
 * off, or changes them: each packet counts once, and what its receiver did not get is told.
 */
#include "tests/unit/analyzer/story.h"

#include <string.h>

static struct story_peers peers;
static struct story_flow first;
static struct story_flow second;

/* ---- What is sent ---------------------------------------------------------------------------- */

/* Packets 0 to 2 are the handshake, 3 and 5 data of the client and the server, 7 on closes. */
static void one_path(struct story *story)
{
    story_capable(story, &peers, &first);
    story_data(story, &peers, &first, OPENER_SAYS, 100);
    story_data_ack(story, &peers, &first, RESPONDER_SAYS);
    story_data(story, &peers, &first, RESPONDER_SAYS, 200);
    story_data_ack(story, &peers, &first, OPENER_SAYS);
    story_data_fins(story, &peers, &first);
    story_fins(story, &peers, &first);
}

/* Packets 3 to 6 join. */
static void two_paths(struct story *story)
{
    story_capable(story, &peers, &first);
    story_join(story, &peers, &second);
    story_data(story, &peers, &first, OPENER_SAYS, 100);
}

/* Without IP identification a host may send ACKs that are alike but for their options. */
static void acks_that_are_alike(struct story *story)
{
    story_capable(story, &peers, &first);
    story_data_ack(story, &peers, &first, RESPONDER_SAYS);
    story_add_addr(story, &peers, &first, RESPONDER_SAYS, 2, "10.0.9.1", 0);
    for (size_t i = 0; i < story->count; i++)
        story->packets[i].segment.ip_id = 0;
}

/* ---- What becomes of it ---------------------------------------------------------------------- */

typedef void on_the_way(struct story_packet *packet);

static void untouched(struct story_packet *packet)
{
    (void)packet;
}

/* One bit of what lies behind kind, length, subtype and ID. */
static void spoilt(struct story_packet *packet)
{
    story_spoil(packet, 6);
}

struct copy_case {
    const char *words;
    void (*tell)(struct story *story);
    on_the_way *change;
    size_t begin, end; /* of the packets that it happens to */
    bool turned;       /* the other capture point is met first */
    uint64_t findings; /* options-altered */
    enum mpta_fallback_cause fallback;
    enum mpta_connection_close close;
};

#define NONE    MPTA_FALLBACK_NONE
#define NO_DSS  MPTA_FALLBACK_DATA_WITHOUT_DSS
#define SYNACK  MPTA_FALLBACK_SYNACK_WITHOUT_MP_CAPABLE
#define CLOSED  MPTA_CONNECTION_DATA_FIN
#define PLAINLY MPTA_CONNECTION_FIN
#define OPEN    MPTA_CONNECTION_OPEN

/* clang-format off */
static const struct copy_case copy_cases[] = {
    {"nothing happens", one_path, untouched, 0, 99, false, 0, NONE, CLOSED},
    {"nothing happens, the other first", one_path, untouched, 0, 99, true, 0, NONE, CLOSED},
    {"the SYN/ACK is stripped", one_path, story_strip, 1, 2, false, 1, SYNACK, CLOSED},
    {"all data is stripped", one_path, story_strip, 3, 99, false, 10, NO_DSS, PLAINLY},
    {"all data is stripped, and met so first", one_path, story_strip, 3, 99, true, 10, NO_DSS,
     PLAINLY},
    {"data of the client is stripped", one_path, story_strip, 3, 4, false, 1, NO_DSS, PLAINLY},
    {"an ACK is stripped", one_path, story_strip, 4, 5, false, 1, NONE, CLOSED},
    {"data is stripped while another subflow lives", two_paths, story_strip, 7, 8, false, 1, NONE,
     OPEN},
    {"the third ACK of a join is stripped", two_paths, story_strip, 5, 6, false, 1, NONE, OPEN},
    {"alike, nothing happens", acks_that_are_alike, untouched, 0, 99, false, 0, NONE, OPEN},
};
/* clang-format on */

static void copies_begin(struct story *story)
{
    peers = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    first = story_flow("10.0.1.1", 40001, "192.0.2.1", 443);
    second = story_flow("10.0.2.1", 40002, "192.0.2.1", 443);
    story_begin(story);
}

/* Each packet at its sender's capture point, and a little later, changed, at the other one. */
static void tell_twice(struct story *twice, const struct copy_case *c)
{
    static struct story once;
    copies_begin(&once);
    c->tell(&once);
    *twice = once;
    twice->count = 0;
    for (size_t i = 0; i < once.count; i++) {
        struct story_packet *pair = &twice->packets[twice->count];
        twice->count += 2;
        pair[0] = pair[1] = once.packets[i];
        pair[1].interface = 1;
        pair[1].place.time_ns += STORY_MS / 10;
        pair[1].segment.hop_limit--;
        if (i >= c->begin && i < c->end)
            c->change(&pair[1]);
        if (c->turned)
            story_swap(twice, twice->count - 2, twice->count - 1);
    }
}

static bool copy_holds(const struct copy_case *c)
{
    static struct story twice;
    tell_twice(&twice, c);
    struct mpta_tracker *tracker = story_tell(&twice);
    struct mpta_connection connection = story_connection(tracker, 0);
    struct mpta_subflow_direction sent = story_subflow(tracker, 0, 0).directions[MPTA_CLIENT];
    uint64_t duplicates = story_summary(tracker).duplicates;
    uint64_t findings = story_count(tracker, 0, "options-altered");
    bool holds = duplicates == twice.count / 2 && findings == c->findings &&
                 connection.fallback == c->fallback && connection.close == c->close &&
                 sent.retransmitted_bytes == 0;
    if (!holds)
        print_error("%s: %llu copies of %zu, %llu findings, fallback %s, close %d\n", c->words,
                    (unsigned long long)duplicates, twice.count / 2, (unsigned long long)findings,
                    mpta_fallback_cause_name(connection.fallback), (int)connection.close);
    mpta_tracker_free(tracker);
    return holds;
}

static void what_happens_on_the_way_is_told(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; i < COUNT_OF(copy_cases); i++)
        wrong += !copy_holds(&copy_cases[i]);
    assert_int_equal(wrong, 0);
}

/* ---- Words and verdicts ---------------------------------------------------------------------- */

static void a_changed_hmac_is_wrong_where_it_arrives(void **state)
{
    static const struct copy_case c = {.tell = two_paths, .change = spoilt, .begin = 4, .end = 5};
    static struct story twice;
    struct mpta_finding finding;
    (void)state;
    tell_twice(&twice, &c);
    struct mpta_tracker *tracker = story_tell(&twice);
    assert_int_equal(story_subflow(tracker, 0, 1).syn_ack_hmac, MPTA_INVALID);
    assert_int_equal(story_count(tracker, 0, "join-hmac-synack"), 1);
    assert_true(story_finding(tracker, 0, "options-altered", &finding));
    assert_non_null(
        strstr(finding.message, "changed the MP_JOIN of the SYN/ACK of the server on a join"));
    assert_int_equal(finding.severity, MPTA_ERROR);
    mpta_tracker_free(tracker);
}

static void what_was_taken_off_is_named(void **state)
{
    static struct story twice;
    (void)state;
    for (int turned = 0; turned < 2; turned++) {
        const struct copy_case c = {
            .tell = two_paths, .change = story_strip, .begin = 5, .end = 6, .turned = turned};
        struct mpta_finding finding;
        tell_twice(&twice, &c);
        struct mpta_tracker *tracker = story_tell(&twice);
        assert_true(story_finding(tracker, 0, "options-altered", &finding));
        assert_non_null(
            strstr(finding.message, "removed MP_JOIN from an ACK of the client on a join"));
        assert_int_equal(finding.witnesses[0].other.packet, 6);
        assert_int_equal(finding.witnesses[0].at.time_ns - finding.witnesses[0].other.time_ns,
                         STORY_MS / 10);
        assert_int_equal(finding.witnesses[0].subflow, 1);
        mpta_tracker_free(tracker);
    }
}

/* Two packets may be alike but for their options, and each be missed at one capture point. */
static void without_identification_it_is_no_proof(void **state)
{
    static struct story twice;
    struct mpta_finding finding;
    const struct copy_case c = {.tell = one_path, .change = story_strip, .begin = 3, .end = 4};
    (void)state;
    tell_twice(&twice, &c);
    twice.packets[6].segment.ip_id = twice.packets[7].segment.ip_id = 0;
    struct mpta_tracker *tracker = story_tell(&twice);
    assert_true(story_finding(tracker, 0, "options-altered", &finding));
    assert_int_equal(finding.severity, MPTA_WARNING);
    mpta_tracker_free(tracker);
}

/* One packet's options were lost, those of later ones arrive: MPTCP stays in use. */
static void what_arrives_later_withdraws_the_fallback(void **state)
{
    static struct story twice;
    const struct copy_case c = {.tell = one_path, .change = story_strip, .begin = 3, .end = 4};
    (void)state;
    tell_twice(&twice, &c);
    story_data(&twice, &peers, &first, OPENER_SAYS, 50);
    twice.packets[twice.count] = twice.packets[twice.count - 1];
    twice.packets[twice.count++].interface = 1;
    struct mpta_tracker *tracker = story_tell(&twice);
    assert_int_equal(story_connection(tracker, 0).fallback, NONE);
    mpta_tracker_free(tracker);
}

enum { LONGER = 3 };

/* A gateway makes the client's data longer, and moves the numbers of all that comes behind it. */
static void make_longer(struct story *twice)
{
    static uint8_t octets[2][100 + LONGER];
    for (size_t i = 0; i < sizeof(octets[0]); i++) {
        octets[0][i] = (uint8_t)i;
        octets[1][i] = (uint8_t)(i < 10 ? i : i + 1);
    }
    for (size_t i = 6; i < 8; i++) {
        struct mpta_segment *data = &twice->packets[i].segment;
        data->payload = octets[i - 6];
        data->payload_len += i == 7 ? LONGER : 0;
        data->payload_captured = data->payload_len;
    }
    for (size_t i = 9; i < twice->count; i += 2) {
        struct story_packet *behind = &twice->packets[i];
        uint32_t *moved = behind->side == MPTA_CLIENT ? &behind->segment.seq : &behind->segment.ack;
        *moved += LONGER;
    }
}

/* Nobody has sent anything again: no packet from behind the gateway is like one before it. */
static void payload_of_another_length_is_told(void **state)
{
    static struct story twice;
    const struct copy_case c = {.tell = one_path, .change = untouched};
    (void)state;
    tell_twice(&twice, &c);
    make_longer(&twice);
    struct mpta_tracker *tracker = story_tell(&twice);
    assert_int_equal(story_count(tracker, 0, "payload-altered"), 1);
    assert_int_equal(story_count(tracker, 0, "tcp-overlap-differs"), 0);
    assert_int_equal(story_summary(tracker).duplicates, twice.count / 2 - 1);
    assert_int_equal(story_connection(tracker, 0).streams[MPTA_CLIENT].data_bytes, 100);
    assert_int_equal(story_connection(tracker, 0).close, CLOSED);
    mpta_tracker_free(tracker);
}

/* ---- One capture point ----------------------------------------------------------------------- */

/* How many copies there are where one capture point is expected and, from `other` on, each second
 * packet comes from another one. */
static uint64_t copies_of_one_source(size_t other)
{
    static struct story twice;
    static const struct copy_case c = {.tell = one_path, .change = untouched};
    const struct mpta_config config = {
        .hash_key = {1, 2, 3}
    };
    struct mpta_fed fed;
    tell_twice(&twice, &c);
    struct mpta_tracker *tracker = mpta_tracker_new(&config);
    assert_non_null(tracker);
    mpta_tracker_expect_one_source(tracker);
    for (size_t i = 0; i < twice.count; i++) {
        twice.packets[i].interface = i >= other ? i % 2 : 0;
        assert_int_equal(story_feed(&twice, i, tracker, &fed), MPTA_OK);
    }
    assert_int_equal(mpta_tracker_finish(tracker), MPTA_OK);
    uint64_t copies = story_summary(tracker).duplicates;
    assert_null(story_worst(tracker, MPTA_ERROR));
    mpta_tracker_free(tracker);
    return copies;
}

/* It is no more than an expectation; only the first packet of another capture point is not known
 * for a copy. */
static void one_source_may_be_expected(void **state)
{
    static struct story once;
    (void)state;
    copies_begin(&once);
    one_path(&once);
    assert_int_equal(copies_of_one_source(SIZE_MAX), once.count);
    assert_int_equal(copies_of_one_source(8), once.count - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_happens_on_the_way_is_told),
        cmocka_unit_test(a_changed_hmac_is_wrong_where_it_arrives),
        cmocka_unit_test(what_was_taken_off_is_named),
        cmocka_unit_test(without_identification_it_is_no_proof),
        cmocka_unit_test(what_arrives_later_withdraws_the_fallback),
        cmocka_unit_test(payload_of_another_length_is_told),
        cmocka_unit_test(one_source_may_be_expected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
