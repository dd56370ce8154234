/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets with wrong TCP checksums: which of them were damaged on the way, and which show nothing
 * but where they were captured.
 */
#include "tests/unit/analyzer/story.h"

#include <inttypes.h>
#include <string.h>

static struct story story;
static struct story_peers peers;
static struct story_flow flow;

/*
 * A course is told in letters, one a packet after the handshake, whose checksums are right:
 *   + - . p 0   the client's data with a right checksum, a wrong one, one not known, with the
 *               pseudo-header's sum, with none
 *   o           a wrong one at another capture point
 *   l           a wrong one, on more data than all others carry
 *   r           the packet before is sent again, with a right one
 *   a           the server acknowledges all
 */
struct damage_case {
    const char *words;
    const char *course;
    uint64_t damaged;
    bool doubtful;
};

static const struct damage_case cases[] = {
    {"nothing is wrong",                           "++++a",                                0, false},
    {"a wrong one among right ones",               "+-ra",                                 1, false},
    {"nothing is known of it",                     "+.ra",                                 0, false},
    {"no data had a right one",                    "-ra",                                  0, false},
    {"no shorter data had a right one",            "+++la",                                0, false},
    {"wrong from the start",                       "-----ra",                              0, false},
    {"an interface was to compute one",            "++p-ra",                               0, false},
    {"there was none once",                        "++0-ra",                               0, false},
    {"none, where the others have one",            "++0ra",                                0, false},
    {"at a point of which nothing else is known",  "+++ora",                               0, false},
    {"another, after too few right ones",          "+-r-ra",                               1, false},
    {"another, after as many as it takes",         "+-r++-ra",                             2, false},
    {"others, each sent again and acknowledged",   "+-ra+++-ra+++-ra",                     3, false},
    {"it was acknowledged, though not sent again", "+-a",                                  1, true },
    {"and so the next one is believed",            "+-a++++-a",                            1, true },
    {"a rule from now on",                         "++++++++++++++++++++++++------------", 8, false},
};

static void say_data(uint32_t len, enum story_sum sum)
{
    story_data(&story, &peers, &flow, OPENER_SAYS, len)->sum = sum;
}

static void say(char letter)
{
    struct story_packet *again;
    switch (letter) {
    case 'a':
        story_data_ack(&story, &peers, &flow, RESPONDER_SAYS);
        break;
    case 'r':
        again = story_again(&story, story.count - 1, false);
        again->sum = SUM_GOOD;
        again->interface = 0;
        break;
    case 'o':
        say_data(100, SUM_BAD);
        story.packets[story.count - 1].interface = 1;
        break;
    default:
        say_data(letter == 'l' ? 101 : 100, letter == '+'   ? SUM_GOOD
                                            : letter == 'p' ? SUM_PARTIAL
                                            : letter == '0' ? SUM_NONE
                                            : letter == '.' ? SUM_UNSEEN
                                                            : SUM_BAD);
    }
}

static void tell(const char *course)
{
    peers = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    flow = story_flow("10.0.1.1", 40001, "192.0.2.1", 443);
    story_begin(&story);
    story_capable(&story, &peers, &flow);
    for (size_t i = 0; i < story.count; i++)
        story.packets[i].sum = SUM_GOOD;
    for (; *course; course++)
        say(*course);
}

/* How many packets of the client the course has, and how many of a whole story are damaged. */
static uint64_t count_sent(void)
{
    uint64_t count = 0;
    for (size_t i = 0; i < story.count; i++)
        count += story.packets[i].side == MPTA_CLIENT;
    return count;
}

static uint64_t feed_all(struct mpta_tracker *tracker)
{
    uint64_t damaged = 0;
    for (size_t i = 0; i < story.count; i++) {
        struct mpta_fed fed;
        assert_int_equal(story_feed(&story, i, tracker, &fed), MPTA_OK);
        assert_true(!fed.damaged || (fed.has_connection && !fed.data.placed));
        damaged += fed.damaged;
    }
    assert_int_equal(mpta_tracker_finish(tracker), MPTA_OK);
    return damaged;
}

static void damage_is_told_from_habits(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct damage_case *c = &cases[i];
        struct mpta_finding finding;
        struct mpta_tracker *tracker = mpta_tracker_new(NULL);
        assert_non_null(tracker);
        tell(c->course);
        uint64_t damaged = feed_all(tracker);
        if (damaged != c->damaged)
            fail_msg("%s: %" PRIu64 " damaged", c->words, damaged);
        uint64_t taken = story_subflow(tracker, 0, 0).directions[0].packets;
        if (taken != count_sent() - damaged)
            fail_msg("%s: %" PRIu64 " packets counted", c->words, taken);
        if (story_finding(tracker, 0, "packets-damaged", &finding) != (damaged > 0))
            fail_msg("%s: the finding", c->words);
        if (damaged > 0 && (strstr(finding.message, "acknowledged") != NULL) != c->doubtful)
            fail_msg("%s: %s", c->words, finding.message);
        const char *worst = story_worst(tracker, MPTA_ERROR);
        if (worst)
            fail_msg("%s: %s", c->words, worst);
        mpta_tracker_free(tracker);
    }
}

/* Over what was damaged the good one is no retransmission, for the receiver did not get it. */
static void nothing_of_it_is_taken(void **state)
{
    struct mpta_tracker *tracker = mpta_tracker_new(NULL);
    (void)state;
    assert_non_null(tracker);
    tell("+-r+a");
    /* Its header and its options are not what was sent, either. */
    story.packets[4].segment.seq ^= 1U << 20;
    story.packets[4].segment.flags |= MPTA_TCP_RST;
    story_spoil(&story.packets[4], 8);
    assert_int_equal(feed_all(tracker), 1);
    struct mpta_subflow subflow = story_subflow(tracker, 0, 0);
    assert_int_equal(subflow.directions[0].payload_bytes, 300);
    assert_int_equal(subflow.directions[0].retransmitted_bytes, 0);
    assert_null(story_worst(tracker, MPTA_WARNING));
    mpta_tracker_free(tracker);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(damage_is_told_from_habits),
        cmocka_unit_test(nothing_of_it_is_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
