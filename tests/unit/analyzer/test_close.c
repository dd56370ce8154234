/* SPDX-License-Identifier: BSD-3-Clause */
/* How subflows and connections end: DATA_FIN, FIN, RST with and without a reason, MP_FASTCLOSE. */
#include "tests/unit/analyzer/story.h"

#include <string.h>

#define ACK (MPTA_TCP_ACK)
#define RST (MPTA_TCP_RST | MPTA_TCP_ACK)
#define FIN (MPTA_TCP_FIN | MPTA_TCP_ACK)

static struct story_peers peers;
static struct story_flow first;
static struct story_flow second;

static void two_paths(struct story *story)
{
    story_capable(story, &peers, &first);
    story_data(story, &peers, &first, OPENER_SAYS, 100);
    story_join(story, &peers, &second);
}

static void left_open(struct story *story)
{
    two_paths(story);
}

static void data_fins(struct story *story)
{
    two_paths(story);
    story_data_fins(story, &peers, &first);
}

static void data_fin_of_one_side(struct story *story)
{
    data_fins(story);
    story->count -= 2;
}

static void data_fins_then_fins(struct story *story)
{
    data_fins(story);
    story_fins(story, &peers, &first);
    story_fins(story, &peers, &second);
}

static void fins_only(struct story *story)
{
    two_paths(story);
    story_fins(story, &peers, &second);
    story_fins(story, &peers, &first);
}

static void one_fin(struct story *story)
{
    two_paths(story);
    story_plain(story, &first, OPENER_SAYS, FIN, 0);
}

static void two_fins_one_not_acknowledged(struct story *story)
{
    two_paths(story);
    story_fins(story, &peers, &first);
    story->count--;
}

static void resets_only(struct story *story)
{
    two_paths(story);
    story_rst(story, &first, OPENER_SAYS, -1);
    story_rst(story, &second, RESPONDER_SAYS, 5);
}

static void a_reset_after_the_fins(struct story *story)
{
    two_paths(story);
    story_fins(story, &peers, &first);
    story_rst(story, &first, RESPONDER_SAYS, -1);
}

static void a_reset_before_the_last_ack(struct story *story)
{
    two_fins_one_not_acknowledged(story);
    story_rst(story, &first, OPENER_SAYS, -1);
}

/* The established subflow ended with FIN; the join that never was one was reset later. */
static void a_refused_join_after_the_fins(struct story *story)
{
    story_capable(story, &peers, &first);
    story_fins(story, &peers, &first);
    story_join_syn(story, &peers, &second);
    story_rst(story, &second, RESPONDER_SAYS, -1);
}

static void aborted(struct story *story)
{
    two_paths(story);
    story_fastclose(story, &peers, &first, RESPONDER_SAYS, ACK);
}

static void aborted_after_data_fins(struct story *story)
{
    data_fins(story);
    story_fastclose(story, &peers, &second, OPENER_SAYS, RST);
}

static void aborted_with_a_wrong_key(struct story *story)
{
    two_paths(story);
    story_spoil(story_fastclose(story, &peers, &first, RESPONDER_SAYS, ACK), 11);
}

/* The sender's own key is not its receiver's. */
static void aborted_with_its_own_key(struct story *story)
{
    struct story_peers mirrored = story_peers(1, STORY_KEY_SERVER, STORY_KEY_CLIENT);
    two_paths(story);
    story_fastclose(story, &mirrored, &first, RESPONDER_SAYS, ACK);
}

static void aborted_without_keys(struct story *story)
{
    story_data(story, &peers, &first, OPENER_SAYS, 100);
    story_fastclose(story, &peers, &first, OPENER_SAYS, RST);
}

static void aborted_before_the_key_is_known(struct story *story)
{
    story_syn(story, &peers, &first);
    story_syn_ack(story, &peers, &first);
    story_fastclose(story, &peers, &first, RESPONDER_SAYS, ACK);
}

/* The receiver's key, which proves it wrong, comes later. */
static void aborted_with_a_wrong_key_unmasked_late(struct story *story)
{
    aborted_before_the_key_is_known(story);
    story_spoil(&story->packets[story->count - 1], 11);
    story_capable_data(story, &peers, &first, 100);
}

struct close_case {
    const char *words;
    void (*tell)(struct story *story);
    enum mpta_connection_close close;
    enum mpta_subflow_close first;
    enum mpta_subflow_state state; /* of the first subflow */
    const char *id;                /* of a finding there is, or NULL */
    const char *no_id;             /* of a finding there is not, or NULL */
};

/* clang-format off */
static const struct close_case close_cases[] = {
    {"left open", left_open, MPTA_CONNECTION_OPEN, MPTA_CLOSE_OPEN, MPTA_SUBFLOW_ESTABLISHED, NULL,
     "subflow-reset"},
    {"DATA_FIN by both", data_fins, MPTA_CONNECTION_DATA_FIN, MPTA_CLOSE_OPEN,
     MPTA_SUBFLOW_ESTABLISHED, NULL, NULL},
    {"DATA_FIN by one", data_fin_of_one_side, MPTA_CONNECTION_OPEN, MPTA_CLOSE_OPEN,
     MPTA_SUBFLOW_ESTABLISHED, NULL, NULL},
    {"DATA_FIN, then FIN", data_fins_then_fins, MPTA_CONNECTION_DATA_FIN, MPTA_CLOSE_FIN,
     MPTA_SUBFLOW_CLOSED, NULL, NULL},
    {"FIN only", fins_only, MPTA_CONNECTION_FIN, MPTA_CLOSE_FIN, MPTA_SUBFLOW_CLOSED, NULL, NULL},
    {"one FIN", one_fin, MPTA_CONNECTION_OPEN, MPTA_CLOSE_OPEN, MPTA_SUBFLOW_CLOSING, NULL, NULL},
    {"two FINs, one not acknowledged", two_fins_one_not_acknowledged, MPTA_CONNECTION_OPEN,
     MPTA_CLOSE_FIN, MPTA_SUBFLOW_CLOSING, NULL, NULL},
    {"RST only", resets_only, MPTA_CONNECTION_RESET, MPTA_CLOSE_RESET, MPTA_SUBFLOW_RESET,
     "subflow-reset", NULL},
    {"RST after the FINs", a_reset_after_the_fins, MPTA_CONNECTION_OPEN, MPTA_CLOSE_FIN,
     MPTA_SUBFLOW_CLOSED, NULL, "subflow-reset"},
    {"RST before the last ACK", a_reset_before_the_last_ack, MPTA_CONNECTION_OPEN,
     MPTA_CLOSE_RESET, MPTA_SUBFLOW_RESET, "subflow-reset", NULL},
    {"a refused join after the FINs", a_refused_join_after_the_fins, MPTA_CONNECTION_FIN,
     MPTA_CLOSE_FIN, MPTA_SUBFLOW_CLOSED, "join-refused", "subflow-reset"},
    {"MP_FASTCLOSE", aborted, MPTA_CONNECTION_FASTCLOSE, MPTA_CLOSE_OPEN, MPTA_SUBFLOW_ESTABLISHED,
     "fastclose", "fastclose-key"},
    {"MP_FASTCLOSE on a RST after DATA_FIN", aborted_after_data_fins, MPTA_CONNECTION_FASTCLOSE,
     MPTA_CLOSE_OPEN, MPTA_SUBFLOW_ESTABLISHED, "fastclose", "subflow-reset"},
    {"MP_FASTCLOSE with a wrong key", aborted_with_a_wrong_key, MPTA_CONNECTION_OPEN,
     MPTA_CLOSE_OPEN, MPTA_SUBFLOW_ESTABLISHED, "fastclose-key", "fastclose"},
    {"MP_FASTCLOSE with its sender's key", aborted_with_its_own_key, MPTA_CONNECTION_OPEN,
     MPTA_CLOSE_OPEN, MPTA_SUBFLOW_ESTABLISHED, "fastclose-key", "fastclose"},
    {"MP_FASTCLOSE where no key is known", aborted_without_keys, MPTA_CONNECTION_FASTCLOSE,
     MPTA_CLOSE_RESET, MPTA_SUBFLOW_RESET, "fastclose", "fastclose-key"},
    {"MP_FASTCLOSE where its receiver's key is not known", aborted_before_the_key_is_known,
     MPTA_CONNECTION_FASTCLOSE, MPTA_CLOSE_OPEN, MPTA_SUBFLOW_SYN_ACK, "fastclose",
     "fastclose-key"},
    {"MP_FASTCLOSE with a wrong key, unmasked late", aborted_with_a_wrong_key_unmasked_late,
     MPTA_CONNECTION_OPEN, MPTA_CLOSE_OPEN, MPTA_SUBFLOW_ESTABLISHED, "fastclose-key", NULL},
};
/* clang-format on */

static void close_begin(struct story *story)
{
    peers = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    first = story_flow("10.0.1.1", 40001, "192.0.2.1", 443);
    second = story_flow("10.0.2.1", 40002, "192.0.2.1", 443);
    story_begin(story);
}

static void connections_and_subflows_end(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; i < COUNT_OF(close_cases); i++) {
        static struct story story;
        const struct close_case *c = &close_cases[i];
        close_begin(&story);
        c->tell(&story);
        struct mpta_tracker *tracker = story_tell(&story);
        struct mpta_connection connection = story_connection(tracker, 0);
        struct mpta_subflow subflow = story_subflow(tracker, 0, 0);
        if (connection.close != c->close || subflow.close != c->first ||
            subflow.state != c->state || (c->id && !story_count(tracker, 0, c->id)) ||
            (c->no_id && story_count(tracker, 0, c->no_id))) {
            print_error("%s: %d, %d, %s\n", c->words, (int)connection.close, (int)subflow.close,
                        mpta_subflow_state_name(subflow.state));
            wrong++;
        }
        mpta_tracker_free(tracker);
    }
    assert_int_equal(wrong, 0);
}

static void an_abort_has_an_author(void **state)
{
    (void)state;
    static struct story story;
    close_begin(&story);
    aborted(&story);
    story_fastclose(&story, &peers, &first, OPENER_SAYS, RST);
    struct mpta_tracker *tracker = story_tell(&story);
    assert_int_equal(story_connection(tracker, 0).fastclose_by, MPTA_SERVER);
    mpta_tracker_free(tracker);
}

/* ---- Reasons of resets ------------------------------------------------------------------------
 */

static void reset_once(struct story *story)
{
    story_rst(story, &second, RESPONDER_SAYS, 5);
}

static void reset_bare(struct story *story)
{
    story_rst(story, &second, RESPONDER_SAYS, -1);
}

/* The reason comes with a later RST of the same side, and one of the other side says another. */
static void reset_thrice(struct story *story)
{
    story_rst(story, &second, RESPONDER_SAYS, -1);
    story_rst(story, &second, OPENER_SAYS, 4);
    story_rst(story, &second, RESPONDER_SAYS, 6);
}

static void reset_by_the_other_with_reason(struct story *story)
{
    story_rst(story, &second, RESPONDER_SAYS, -1);
    story_rst(story, &second, OPENER_SAYS, 4);
}

static void reset_transiently(struct story *story)
{
    struct mpta_mptcp_option tcprst = {
        MPTA_MP_TCPRST, .tcprst = {.flags = 1, .transient = true, .reason = 2}
    };
    story_option(story, &second, OPENER_SAYS, RST, 0, tcprst);
}

static void reset_for_no_known_reason(struct story *story)
{
    story_rst(story, &second, OPENER_SAYS, 7);
}

struct reset_case {
    const char *words;
    void (*tell)(struct story *story);
    enum mpta_side by;
    bool reason_known;
    uint8_t reason;
    bool transient;
    const char *message; /* of subflow-reset: a part of it */
    bool unknown;        /* reset-reason-unknown */
};

/* clang-format off */
static const struct reset_case reset_cases[] = {
    {"with a reason", reset_once, MPTA_SERVER, true, 5, false, "unacceptable", false},
    {"without a reason", reset_bare, MPTA_SERVER, false, 0, false, "no reason", false},
    {"the reason comes later", reset_thrice, MPTA_SERVER, true, 6, false, "middlebox", false},
    {"the other side's reason is not this side's", reset_by_the_other_with_reason, MPTA_SERVER,
     false, 0, false, "no reason", false},
    {"transient", reset_transiently, MPTA_CLIENT, true, 2, true, "transient", false},
    {"a reason that is not defined", reset_for_no_known_reason, MPTA_CLIENT, true, 7, false,
     "unknown", true},
};
/* clang-format on */

static void the_first_reset_counts_and_any_reason_of_its_side(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(reset_cases); i++) {
        static struct story story;
        struct mpta_finding finding;
        const struct reset_case *c = &reset_cases[i];
        close_begin(&story);
        two_paths(&story);
        uint64_t packet = story.count + 1;
        c->tell(&story);
        struct mpta_tracker *tracker = story_tell(&story);
        struct mpta_subflow join = story_subflow(tracker, 0, 1);
        assert_true(story_finding(tracker, 0, "subflow-reset", &finding));
        if (!join.was_reset || join.reset_by != c->by ||
            join.reset_reason_known != c->reason_known || join.reset_at.packet != packet ||
            (c->reason_known && join.reset_reason != c->reason) ||
            (c->reason_known && join.reset_transient != c->transient) ||
            !strstr(finding.message, c->message) ||
            story_count(tracker, 0, "reset-reason-unknown") != c->unknown)
            fail_msg("%s: %s", c->words, finding.message);
        mpta_tracker_free(tracker);
    }
}

/* Findings that say the same are one row, which names the first. */
static void resets_are_one_row_a_reason(void **state)
{
    (void)state;
    static struct story story;
    struct mpta_finding finding;
    close_begin(&story);
    two_paths(&story);
    story_rst(&story, &second, RESPONDER_SAYS, 6);
    story_rst(&story, &first, OPENER_SAYS, 6);
    struct mpta_tracker *tracker = story_tell(&story);
    assert_true(story_finding(tracker, 0, "subflow-reset", &finding));
    assert_int_equal(finding.count, 2);
    assert_true(finding.witnesses[0].has_subflow);
    assert_int_equal(finding.witnesses[0].subflow, 0);
    assert_true(mpta_tracker_finding(tracker, 0, 0, &finding));
    assert_false(mpta_tracker_finding(tracker, 0, 1, &finding));
    mpta_tracker_free(tracker);
}

static void another_reason_is_another_row(void **state)
{
    (void)state;
    static struct story story;
    struct mpta_finding finding;
    close_begin(&story);
    two_paths(&story);
    story_rst(&story, &second, RESPONDER_SAYS, 6);
    story_rst(&story, &first, OPENER_SAYS, 5);
    struct mpta_tracker *tracker = story_tell(&story);
    for (size_t i = 0; i < 2; i++) {
        assert_true(mpta_tracker_finding(tracker, 0, i, &finding));
        assert_string_equal(finding.kind->id, "subflow-reset");
        assert_int_equal(finding.count, 1);
    }
    mpta_tracker_free(tracker);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connections_and_subflows_end),
        cmocka_unit_test(an_abort_has_an_author),
        cmocka_unit_test(the_first_reset_counts_and_any_reason_of_its_side),
        cmocka_unit_test(resets_are_one_row_a_reason),
        cmocka_unit_test(another_reason_is_another_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
