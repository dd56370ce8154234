/* SPDX-License-Identifier: BSD-3-Clause */
/* What is said of priorities: data on backups, and who changes them for whom. */
#include "tests/unit/analyzer/finding_case.h"

static struct story_peers peers;
static struct story_flow first;
static struct story_flow second;

/* The client joins, with flag B if it is to be a backup. */
static void connect_and_join(struct story *story, int version, bool backup)
{
    peers = story_peers(version, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    first = story_flow("10.0.1.1", 40001, "192.0.2.1", 443);
    second = story_flow("10.0.2.1", 40002, "192.0.2.1", 443);
    second.backup = backup;
    story_capable(story, &peers, &first);
    story_data(story, &peers, &first, RESPONDER_SAYS, 100);
    story_data_ack(story, &peers, &first, OPENER_SAYS);
    story_join(story, &peers, &second);
}

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

/* ---- Data on backups ------------------------------------------------------------------------- */

static void beside_a_regular_one(struct story *story)
{
    connect_and_join(story, 1, true);
    story_data(story, &peers, &second, RESPONDER_SAYS, 100);
    story_data(story, &peers, &second, RESPONDER_SAYS, 100);
}

static void both_ways(struct story *story)
{
    beside_a_regular_one(story);
    story_data(story, &peers, &second, OPENER_SAYS, 100);
}

static void on_a_regular_one(struct story *story)
{
    connect_and_join(story, 1, false);
    story_data(story, &peers, &second, RESPONDER_SAYS, 100);
}

/* The client alone asks: what it sends itself is its own affair. */
static void by_who_asked(struct story *story)
{
    connect_and_join(story, 1, false);
    prio(story, &second, OPENER_SAYS, true, -1);
    story->now_ns += 1000 * STORY_MS;
    story_data(story, &peers, &second, OPENER_SAYS, 100);
}

static void by_who_was_asked(struct story *story)
{
    connect_and_join(story, 1, false);
    prio(story, &second, OPENER_SAYS, true, -1);
    story->now_ns += 1000 * STORY_MS;
    story_data(story, &peers, &second, RESPONDER_SAYS, 100);
}

static void before_it_was_read(struct story *story)
{
    connect_and_join(story, 1, false);
    prio(story, &second, OPENER_SAYS, true, -1);
    story_data(story, &peers, &second, RESPONDER_SAYS, 100);
}

static void asked_no_more(struct story *story)
{
    connect_and_join(story, 1, true);
    prio(story, &second, OPENER_SAYS, false, -1);
    story_data(story, &peers, &second, RESPONDER_SAYS, 100);
}

/* TCP's own business: it was sent when the subflow was regular. */
static void sent_again(struct story *story)
{
    connect_and_join(story, 1, false);
    story_data(story, &peers, &second, RESPONDER_SAYS, 100);
    prio(story, &second, OPENER_SAYS, true, -1);
    story->now_ns += 1000 * STORY_MS;
    story_again(story, story->count - 2, false);
}

static void after_a_reset(struct story *story)
{
    connect_and_join(story, 1, true);
    story_rst(story, &first, OPENER_SAYS, 1);
    story_data(story, &peers, &second, RESPONDER_SAYS, 100);
}

/* What was sent on the regular subflow is not acknowledged for a while. */
static void after_silence(struct story *story)
{
    connect_and_join(story, 1, true);
    story_data(story, &peers, &first, RESPONDER_SAYS, 100);
    story->now_ns += 300 * STORY_MS;
    story_data(story, &peers, &second, RESPONDER_SAYS, 100);
}

/* It is the other side whose data is not acknowledged: the path is one. */
static void after_silence_of_the_sender(struct story *story)
{
    connect_and_join(story, 1, true);
    story_data(story, &peers, &first, OPENER_SAYS, 100);
    story->now_ns += 300 * STORY_MS;
    story_data(story, &peers, &second, RESPONDER_SAYS, 100);
}

/* Nothing was sent there either: it is silent because it is idle. */
static void after_a_rest(struct story *story)
{
    connect_and_join(story, 1, true);
    story->now_ns += 5000 * STORY_MS;
    story_data(story, &peers, &second, RESPONDER_SAYS, 100);
}

/* ---- By address ID --------------------------------------------------------------------------- */

static void about_another(struct story *story)
{
    connect_and_join(story, 0, false);
    prio(story, &first, OPENER_SAYS, true, second.address_id[OPENER_SAYS]);
}

/* A few hops are another route; more, another host. */
static void about_another_from_afar(struct story *story, int hops)
{
    connect_and_join(story, 0, false);
    prio(story, &first, OPENER_SAYS, true, second.address_id[OPENER_SAYS]);
    story->packets[story->count - 1].segment.hop_limit -= (uint8_t)hops;
}

static void about_another_from_elsewhere(struct story *story)
{
    about_another_from_afar(story, 6);
}

static void about_another_from_there(struct story *story)
{
    about_another_from_afar(story, 5);
}

static void about_itself(struct story *story)
{
    connect_and_join(story, 0, false);
    prio(story, &second, OPENER_SAYS, true, second.address_id[OPENER_SAYS]);
}

static void about_this_one(struct story *story)
{
    connect_and_join(story, 0, false);
    prio(story, &second, OPENER_SAYS, true, -1);
}

#define NOT 0, MPTA_NOTE, NULL

/* clang-format off */
static const struct finding_case cases[] = {
    {"beside a regular one", beside_a_regular_one, "backup-used", 1, MPTA_NOTE,
     "the server's data goes over a backup subflow, while subflow 0"},
    {"both ways", both_ways, "backup-used", 2, MPTA_NOTE, NULL},
    {"on a regular one", on_a_regular_one, "backup-used", NOT},
    {"by who asked for it", by_who_asked, "backup-used", NOT},
    {"by who was asked", by_who_was_asked, "backup-used", 1, MPTA_NOTE, "while subflow 0"},
    {"before it was read", before_it_was_read, "backup-used", NOT},
    {"a backup no more", asked_no_more, "backup-used", 0, MPTA_NOTE, NULL},
    {"sent again", sent_again, "backup-used", NOT},
    {"after a reset", after_a_reset, "backup-used", 1, MPTA_NOTE, "no regular one"},
    {"after silence", after_silence, "backup-used", 1, MPTA_NOTE, "no regular one"},
    {"after silence of its sender", after_silence_of_the_sender, "backup-used", 1, MPTA_NOTE,
     "no regular one"},
    {"after a rest", after_a_rest, "backup-used", 1, MPTA_NOTE, "while subflow 0"},

    {"about another subflow", about_another, "prio-other-subflow", 1, MPTA_WARNING,
     "on a subflow of address ID 0 makes the subflows of ID 2 backups"},
    {"... from there", about_another_from_there, "prio-other-subflow", 1, MPTA_WARNING, NULL},
    {"... from elsewhere", about_another_from_elsewhere, "prio-other-subflow", 1, MPTA_ERROR,
     "came another way"},
    {"about itself, by ID", about_itself, "prio-other-subflow", NOT},
    {"about itself", about_this_one, "prio-other-subflow", NOT},
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
