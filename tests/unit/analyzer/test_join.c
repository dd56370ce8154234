/* SPDX-License-Identifier: BSD-3-Clause */
/* MP_JOIN, RFC 8684 section 3.2: which connection a subflow joins, and whether its HMACs are true.
 */
#include "tests/unit/analyzer/story.h"

#include <string.h>

#define V MPTA_VALID
#define I MPTA_INVALID
#define U MPTA_UNVERIFIABLE
#define A MPTA_ABSENT

#define NONCE_AT 12 /* of a SYN/ACK, whose HMAC is cut to 8 octets */
#define HMAC_AT  6  /* kind, length, subtype and address ID come before the HMAC */

static struct story_peers peers;
static struct story_flow first;
static struct story_flow second;

/* ---- Stories --------------------------------------------------------------------------------- */

static void by_the_client(struct story *story)
{
    story_capable(story, &peers, &first);
    story_join(story, &peers, &second);
}

static void by_the_server(struct story *story)
{
    second = story_flow("192.0.2.1", 40002, "10.0.2.1", 5000);
    second.opened_by = MPTA_SERVER;
    story_capable(story, &peers, &first);
    story_join(story, &peers, &second);
}

static void version_0(struct story *story)
{
    peers = story_peers(0, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    by_the_client(story);
}

static void by_the_server_version_0(struct story *story)
{
    peers = story_peers(0, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    by_the_server(story);
}

static void before_its_connection(struct story *story)
{
    story_join(story, &peers, &second);
    story_capable(story, &peers, &first);
}

static void between_its_connection(struct story *story)
{
    story_join_syn(story, &peers, &second);
    story_capable(story, &peers, &first);
    story_join_syn_ack(story, &peers, &second);
    story_join_ack(story, &peers, &second);
    story_data_ack(story, &peers, &second, RESPONDER_SAYS);
}

static void to_nobody(struct story *story)
{
    struct story_peers nobody = story_peers(1, 1, 2);
    story_capable(story, &peers, &first);
    story_join(story, &nobody, &second);
}

static void not_confirmed(struct story *story)
{
    by_the_client(story);
    story->count--;
}

static void reset_instead_of_confirmed(struct story *story)
{
    not_confirmed(story);
    story_rst(story, &second, RESPONDER_SAYS, 1);
}

static void confirmed_by_data(struct story *story)
{
    not_confirmed(story);
    story_data(story, &peers, &second, RESPONDER_SAYS, 10);
}

static void syn_ack_forged(struct story *story)
{
    story_capable(story, &peers, &first);
    story_join_syn(story, &peers, &second);
    story_spoil(story_join_syn_ack(story, &peers, &second), HMAC_AT);
    story_join_ack(story, &peers, &second);
    story_data_ack(story, &peers, &second, RESPONDER_SAYS);
}

static void syn_ack_forged_in_its_last_octet(struct story *story)
{
    story_capable(story, &peers, &first);
    story_join_syn(story, &peers, &second);
    story_spoil(story_join_syn_ack(story, &peers, &second), 4 + 7);
    story_rst(story, &second, OPENER_SAYS, -1);
}

static void ack_forged(struct story *story)
{
    story_capable(story, &peers, &first);
    story_join_syn(story, &peers, &second);
    story_join_syn_ack(story, &peers, &second);
    story_spoil(story_join_ack(story, &peers, &second), HMAC_AT);
    story_rst(story, &second, RESPONDER_SAYS, 3);
}

static void ack_forged_in_its_last_octet(struct story *story)
{
    story_capable(story, &peers, &first);
    story_join_syn(story, &peers, &second);
    story_join_syn_ack(story, &peers, &second);
    story_spoil(story_join_ack(story, &peers, &second), 4 + 19);
}

/* The SYN/ACK with another nonce and a wrong HMAC. */
static void rival_syn_ack(struct story *story)
{
    struct story_packet *rival = story_join_syn_ack(story, &peers, &second);
    story_spoil(rival, HMAC_AT);
    story_spoil(rival, NONCE_AT);
}

static void another_syn_ack_first(struct story *story)
{
    story_capable(story, &peers, &first);
    story_join_syn(story, &peers, &second);
    rival_syn_ack(story);
    story_join_syn_ack(story, &peers, &second);
    story_join_ack(story, &peers, &second);
    story_data_ack(story, &peers, &second, RESPONDER_SAYS);
}

static void another_syn_ack_later(struct story *story)
{
    by_the_client(story);
    rival_syn_ack(story);
}

/* The SYN/ACK that the ACK answers was not captured, and who sent it found the ACK right. */
static void ack_of_another_syn_ack(struct story *story)
{
    story_capable(story, &peers, &first);
    story_join_syn(story, &peers, &second);
    story_join_syn_ack(story, &peers, &second);
    story_spoil(story_join_ack(story, &peers, &second), HMAC_AT);
    story_data_ack(story, &peers, &second, RESPONDER_SAYS);
}

static void forged_and_sent_again(struct story *story)
{
    story->step_ns = 300 * STORY_MS;
    syn_ack_forged_in_its_last_octet(story);
    story->count--;
    story_again(story, story->count - 1, false);
    story_again(story, story->count - 1, false);
}

/* The client's key comes with its first data only. */
static void key_comes_late(struct story *story)
{
    story_capable(story, &peers, &first);
    story->count--;
    story_join(story, &peers, &second);
    story_capable_data(story, &peers, &first, 100);
}

static void key_comes_late_and_never(struct story *story)
{
    key_comes_late(story);
    story->count--;
}

static void forged_before_the_key_comes(struct story *story)
{
    story_syn(story, &peers, &first);
    story_syn_ack(story, &peers, &first);
    story_join_syn(story, &peers, &second);
    story_spoil(story_join_syn_ack(story, &peers, &second), HMAC_AT);
    story_join_ack(story, &peers, &second);
    story_data_ack(story, &peers, &second, RESPONDER_SAYS);
    story_capable_data(story, &peers, &first, 100);
}

/* The SYN was captured elsewhere, and comes after its answer although it is older. */
static void syn_comes_late(struct story *story)
{
    by_the_client(story);
    story_swap(story, 3, 4);
}

static void syn_comes_late_and_its_connection_later(struct story *story)
{
    before_its_connection(story);
    story_swap(story, 0, 1);
}

struct join_case {
    const char *words;
    void (*tell)(struct story *story);
    size_t without; /* packet; 0: none */
    bool linked;
    enum mpta_side opened_by;
    bool established;
    enum mpta_subflow_state state;
    enum mpta_verdict syn_ack, ack;
};

#define CLIENT          MPTA_CLIENT
#define SERVER          MPTA_SERVER
#define ESTABLISHED     MPTA_SUBFLOW_ESTABLISHED
#define PRE_ESTABLISHED MPTA_SUBFLOW_PRE_ESTABLISHED
#define RESET           MPTA_SUBFLOW_RESET

/* clang-format off */
static const struct join_case join_cases[] = {
    {"by the client", by_the_client, 0, true, CLIENT, true, ESTABLISHED, V, V},
    {"by the server", by_the_server, 0, true, SERVER, true, ESTABLISHED, V, V},
    {"version 0", version_0, 0, true, CLIENT, true, ESTABLISHED, V, V},
    {"by the server, version 0", by_the_server_version_0, 0, true, SERVER, true, ESTABLISHED, V, V},
    {"before its connection", before_its_connection, 0, true, CLIENT, true, ESTABLISHED, V, V},
    {"its SYN before its connection", between_its_connection, 0, true, CLIENT, true, ESTABLISHED,
     V, V},
    {"to nobody", to_nobody, 0, false, CLIENT, true, ESTABLISHED, U, U},
    {"not confirmed", not_confirmed, 0, true, CLIENT, false, PRE_ESTABLISHED, V, V},
    {"reset instead of confirmed", reset_instead_of_confirmed, 0, true, CLIENT, false, RESET, V, V},
    {"confirmed by data", confirmed_by_data, 0, true, CLIENT, true, ESTABLISHED, V, V},
    {"SYN/ACK forged", syn_ack_forged, 0, true, CLIENT, false, PRE_ESTABLISHED, I, V},
    {"SYN/ACK forged in its last octet", syn_ack_forged_in_its_last_octet, 0, true, CLIENT, false,
     RESET, I, A},
    {"ACK forged", ack_forged, 0, true, CLIENT, false, RESET, V, I},
    {"ACK forged in its last octet", ack_forged_in_its_last_octet, 0, true, CLIENT, false,
     PRE_ESTABLISHED, V, I},
    {"another SYN/ACK first", another_syn_ack_first, 0, true, CLIENT, true, ESTABLISHED, V, V},
    {"another SYN/ACK later", another_syn_ack_later, 0, true, CLIENT, true, ESTABLISHED, V, V},
    {"ACK of another SYN/ACK", ack_of_another_syn_ack, 0, true, CLIENT, true, ESTABLISHED, V, U},
    {"SYN lost", by_the_client, 4, false, CLIENT, false, PRE_ESTABLISHED, U, U},
    {"SYN/ACK lost", by_the_client, 5, true, CLIENT, false, PRE_ESTABLISHED, U, U},
    {"ACK lost", by_the_client, 6, true, CLIENT, false, MPTA_SUBFLOW_SYN_ACK, V, A},
    {"the client's key not known yet", key_comes_late_and_never, 0, true, CLIENT, true,
     ESTABLISHED, U, U},
    {"the client's key comes late", key_comes_late, 0, true, CLIENT, true, ESTABLISHED, V, V},
    {"the client's key comes late and unmasks a forgery", forged_before_the_key_comes, 0, true,
     CLIENT, false, PRE_ESTABLISHED, I, V},
    {"its SYN comes late", syn_comes_late, 0, true, CLIENT, true, ESTABLISHED, V, V},
    {"its SYN comes late, its connection later", syn_comes_late_and_its_connection_later, 0, true,
     CLIENT, true, ESTABLISHED, V, V},
};
/* clang-format on */

static void join_begin(struct story *story)
{
    peers = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    first = story_flow("10.0.1.1", 40001, "192.0.2.1", 443);
    second = story_flow("10.0.2.1", 40002, "192.0.2.1", 443);
    story_begin(story);
}

static bool join_is(const struct mpta_tracker *tracker, const struct join_case *c)
{
    struct mpta_subflow join;
    bool linked = mpta_tracker_subflow(tracker, 0, 1, &join);
    if (!linked && !mpta_tracker_unlinked(tracker, 0, &join))
        return false;
    if (linked == c->linked && join.opened_by == c->opened_by &&
        join.established == c->established && join.state == c->state &&
        join.syn_ack_hmac == c->syn_ack && join.ack_hmac == c->ack &&
        join.type == MPTA_SUBFLOW_JOIN)
        return true;
    print_error("%s: linked %d, opened by %d, established %d, %s, %s, %s\n", c->words, linked,
                (int)join.opened_by, join.established, mpta_subflow_state_name(join.state),
                mpta_verdict_name(join.syn_ack_hmac), mpta_verdict_name(join.ack_hmac));
    return false;
}

static void a_join_finds_its_connection_and_is_verified(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; i < COUNT_OF(join_cases); i++) {
        static struct story story;
        const struct join_case *c = &join_cases[i];
        struct story_loss loss = {.also = c->without - 1};
        join_begin(&story);
        c->tell(&story);
        struct mpta_tracker *tracker = story_tell_with(&story, &loss, NULL, 0);
        struct mpta_summary summary = story_summary(tracker);
        wrong += !join_is(tracker, c) || summary.connections != 1 ||
                 summary.subflows != (c->linked ? 2 : 1) ||
                 summary.unlinked_subflows != (c->linked ? 0 : 1);
        mpta_tracker_free(tracker);
    }
    assert_int_equal(wrong, 0);
}

/* ---- Findings -------------------------------------------------------------------------------- */

static void server_heard_later(struct story *story)
{
    story->step_ns = 1000 * STORY_MS;
    story_data(story, &peers, &first, OPENER_SAYS, 10);
    story_data_ack(story, &peers, &first, RESPONDER_SAYS);
}

static void never_answered(struct story *story)
{
    story_capable(story, &peers, &first);
    story_join_syn(story, &peers, &second);
    server_heard_later(story);
}

static void just_sent(struct story *story)
{
    story_capable(story, &peers, &first);
    story_join_syn(story, &peers, &second);
}

static void server_side_not_captured(struct story *story)
{
    story_syn(story, &peers, &first);
    story_ack(story, &peers, &first);
    story_join_syn(story, &peers, &second);
    story->step_ns = 1000 * STORY_MS;
    story_again(story, 2, false);
    story_data(story, &peers, &first, OPENER_SAYS, 10);
}

static void syn_ack_stripped(struct story *story)
{
    story_capable(story, &peers, &first);
    story_join_syn(story, &peers, &second);
    story_strip(story_join_syn_ack(story, &peers, &second));
    story_rst(story, &second, OPENER_SAYS, -1);
}

static void syn_ack_cut(struct story *story)
{
    story_capable(story, &peers, &first);
    story_join_syn(story, &peers, &second);
    story_cut(story_join_syn_ack(story, &peers, &second), 5);
}

static void ack_stripped(struct story *story)
{
    story_capable(story, &peers, &first);
    story_join_syn(story, &peers, &second);
    story_join_syn_ack(story, &peers, &second);
    story_strip(story_join_ack(story, &peers, &second));
    story_rst(story, &second, RESPONDER_SAYS, -1);
}

static void ack_cut(struct story *story)
{
    story_capable(story, &peers, &first);
    story_join_syn(story, &peers, &second);
    story_join_syn_ack(story, &peers, &second);
    story_cut(story_join_ack(story, &peers, &second), 20);
}

static void refused(struct story *story)
{
    story_capable(story, &peers, &first);
    story_join_syn(story, &peers, &second);
    story_rst(story, &second, RESPONDER_SAYS, 3);
}

static void given_up_by_its_opener(struct story *story)
{
    story_capable(story, &peers, &first);
    story_join_syn(story, &peers, &second);
    story_join_syn_ack(story, &peers, &second);
    story_rst(story, &second, OPENER_SAYS, -1);
}

static void reset_after_data(struct story *story)
{
    by_the_client(story);
    story_data(story, &peers, &second, OPENER_SAYS, 10);
    story_rst(story, &second, RESPONDER_SAYS, 6);
}

/* Its data never got there: the numbers of the RST alone tell that it had been sent. */
static void reset_that_acknowledges_data(struct story *story)
{
    reset_after_data(story);
    story->packets[8] = story->packets[9];
    story->count--;
}

/* A middlebox takes the options off all that comes later. */
static void stripped_behind_the_handshake(struct story *story)
{
    by_the_client(story);
    story_data(story, &peers, &second, RESPONDER_SAYS, 10);
    story_strip(story_data_ack(story, &peers, &second, OPENER_SAYS));
    story_rst(story, &second, RESPONDER_SAYS, 6);
}

struct finding_case {
    const char *words;
    void (*tell)(struct story *story);
    const char *id;
    uint64_t count;
    const char *message; /* a part of it, or NULL */
    size_t without;      /* packet; 0: none */
};

/* clang-format off */
static const struct finding_case finding_cases[] = {
    {"SYN/ACK forged", syn_ack_forged, "join-hmac-synack", 1, NULL, 0},
    {"SYN/ACK forged, the ACK is right", syn_ack_forged, "join-hmac-ack", 0, NULL, 0},
    {"SYN/ACK forged, sent three times", forged_and_sent_again, "join-hmac-synack", 1, NULL, 0},
    {"SYN/ACK forged, unmasked late", forged_before_the_key_comes, "join-hmac-synack", 1, NULL, 0},
    {"another SYN/ACK first", another_syn_ack_first, "join-hmac-synack", 1, NULL, 0},
    {"another SYN/ACK later", another_syn_ack_later, "join-hmac-synack", 1, NULL, 0},
    {"another SYN/ACK later, the ACK is right", another_syn_ack_later, "join-hmac-ack", 0, NULL, 0},
    {"ACK of another SYN/ACK", ack_of_another_syn_ack, "join-hmac-ack", 0, NULL, 0},
    {"ACK forged", ack_forged, "join-hmac-ack", 1, NULL, 0},
    {"ACK forged and refused", ack_forged, "join-refused", 1, NULL, 0},
    {"refused with a reason", refused, "join-refused", 1, "prohibited", 0},
    {"reset after three good packets", reset_instead_of_confirmed, "join-refused", 1, "MPTCP", 0},
    {"given up by its opener", given_up_by_its_opener, "join-refused", 0, NULL, 0},
    {"given up by its opener is a reset", given_up_by_its_opener, "subflow-reset", 1, NULL, 0},
    {"never answered", never_answered, "join-unanswered", 1, NULL, 0},
    {"just sent", just_sent, "join-unanswered", 1, "the capture ends", 0},
    {"the server's side not captured", server_side_not_captured, "join-unanswered", 0, NULL, 0},
    {"SYN/ACK stripped", syn_ack_stripped, "join-stripped", 1, NULL, 0},
    {"SYN/ACK cut by the snap length", syn_ack_cut, "join-stripped", 0, NULL, 0},
    {"ACK stripped", ack_stripped, "join-stripped", 1, NULL, 0},
    {"ACK cut by the snap length", ack_cut, "join-stripped", 0, NULL, 0},
    {"a good join", by_the_client, "join-stripped", 0, NULL, 0},
    {"reset after data", reset_after_data, "join-refused", 0, NULL, 0},
    {"reset after data, its SYN/ACK lost", reset_after_data, "join-refused", 0, NULL, 5},
    {"reset after data, its SYN/ACK lost, is a reset", reset_after_data, "subflow-reset", 1, NULL,
     5},
    {"reset after data, its ACK lost", reset_after_data, "join-refused", 0, NULL, 6},
    {"reset after data that was lost, and its ACK", reset_that_acknowledges_data, "join-refused", 0,
     NULL, 6},
    {"stripped behind its handshake, its ACK lost", stripped_behind_the_handshake, "join-stripped",
     0, NULL, 6},
};
/* clang-format on */

static bool finding_is(const struct mpta_tracker *tracker, const struct finding_case *c)
{
    struct mpta_finding finding;
    if (story_count(tracker, 0, c->id) != c->count)
        return false;
    if (c->count == 0)
        return true;
    return story_finding(tracker, 0, c->id, &finding) && finding.witnesses[0].has_subflow &&
           finding.witnesses[0].subflow == 1 && finding.witnesses[0].at.packet > 0 &&
           (!c->message || strstr(finding.message, c->message));
}

static void what_goes_wrong_is_said_once(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; i < COUNT_OF(finding_cases); i++) {
        static struct story story;
        const struct finding_case *c = &finding_cases[i];
        struct story_loss loss = {.also = c->without - 1};
        join_begin(&story);
        c->tell(&story);
        struct mpta_tracker *tracker = story_tell_with(&story, &loss, NULL, 0);
        if (!finding_is(tracker, c)) {
            struct mpta_finding finding = {.message = "none"};
            (void)story_finding(tracker, 0, c->id, &finding);
            print_error("%s: %s: %s\n", c->words, c->id, finding.message);
            wrong++;
        }
        mpta_tracker_free(tracker);
    }
    assert_int_equal(wrong, 0);
}

/* ---- Unlinked, and shared tokens ----------------------------------------------------------------
 */

static void a_join_to_nobody_is_named(void **state)
{
    (void)state;
    static struct story story;
    struct mpta_finding finding;
    join_begin(&story);
    to_nobody(&story);
    struct mpta_tracker *tracker = story_tell(&story);
    struct mpta_subflow join = story_unlinked(tracker, 0);
    assert_true(join.token_known);
    assert_int_equal(join.token, mpta_key_token(2, 1));
    assert_int_equal(join.ends[MPTA_CLIENT].port, 40002);
    assert_true(story_global_finding(tracker, "join-token-unknown", &finding));
    assert_int_equal(finding.severity, MPTA_NOTE);
    mpta_tracker_free(tracker);
}

static void a_join_to_nobody_that_is_refused_is_a_warning(void **state)
{
    (void)state;
    static struct story story;
    struct mpta_finding finding;
    struct story_peers nobody = story_peers(1, 1, 2);
    join_begin(&story);
    story_capable(&story, &peers, &first);
    story_join_syn(&story, &nobody, &second);
    story_rst(&story, &second, RESPONDER_SAYS, -1);
    struct mpta_tracker *tracker = story_tell(&story);
    assert_true(story_global_finding(tracker, "join-token-unknown", &finding));
    assert_int_equal(finding.severity, MPTA_WARNING);
    mpta_tracker_free(tracker);
}

/* Then its receiver knew it, and only its connection was not captured. */
static void a_join_to_nobody_that_is_reset_later_is_a_note(void **state)
{
    (void)state;
    static struct story story;
    struct mpta_finding finding;
    join_begin(&story);
    to_nobody(&story);
    story_rst(&story, &second, RESPONDER_SAYS, -1);
    struct mpta_tracker *tracker = story_tell(&story);
    assert_true(story_global_finding(tracker, "join-token-unknown", &finding));
    assert_int_equal(finding.severity, MPTA_NOTE);
    mpta_tracker_free(tracker);
}

/*
 * Two connections to one address whose keys have one token: nothing but the HMAC of the SYN/ACK
 * tells whose join it is. The order of the connections must not matter.
 */
static void the_hmac_tells_whose_join_it_is(void **state)
{
    (void)state;
    for (int newer = 0; newer < 2; newer++) {
        static struct story story;
        join_begin(&story);
        peers = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_TWIN_A);
        struct story_peers other = story_peers(1, STORY_KEY_THIRD, STORY_KEY_TWIN_B);
        struct story_flow other_flow = story_flow("10.0.3.1", 40003, "192.0.2.1", 443);
        story_capable(&story, &peers, &first);
        story_capable(&story, &other, &other_flow);
        story_join(&story, newer ? &other : &peers, &second);
        struct mpta_tracker *tracker = story_tell(&story);
        struct mpta_subflow join = story_subflow(tracker, (uint32_t)newer, 1);
        assert_int_equal(join.syn_ack_hmac, MPTA_VALID);
        assert_int_equal(join.ack_hmac, MPTA_VALID);
        assert_int_equal(join.id, 1);
        assert_int_equal(story_connection(tracker, !newer).subflow_count, 1);
        assert_null(story_worst(tracker, MPTA_ERROR));
        mpta_tracker_free(tracker);
    }
}

/* The join is met first, then the other connection with its token, then its own. */
static void a_join_waits_for_the_right_one_of_two(void **state)
{
    (void)state;
    static struct story story;
    join_begin(&story);
    peers = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_TWIN_A);
    struct story_peers other = story_peers(1, STORY_KEY_THIRD, STORY_KEY_TWIN_B);
    struct story_flow other_flow = story_flow("10.0.3.1", 40003, "192.0.2.1", 443);
    story_join(&story, &peers, &second);
    story_capable(&story, &other, &other_flow);
    story_capable(&story, &peers, &first);
    struct mpta_tracker *tracker = story_tell(&story);
    assert_null(story_worst(tracker, MPTA_ERROR));
    assert_int_equal(story_subflow(tracker, 1, 1).syn_ack_hmac, MPTA_VALID);
    mpta_tracker_free(tracker);
}

/*
 * The connection of a join was not captured, and a later one has its token: long after it they have
 * nothing in common, and shortly after it clocks of captures may be apart, so that nobody is
 * accused.
 */
static void a_join_is_not_that_of_a_later_connection(void **state)
{
    static const struct {
        int64_t wait_ns;
        size_t linked;
    } cases[] = {
        {INT64_C(59000000000), 1},
        {INT64_C(61000000000), 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        static struct story story;
        join_begin(&story);
        peers = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_TWIN_A);
        struct story_peers other = story_peers(1, STORY_KEY_THIRD, STORY_KEY_TWIN_B);
        story_join(&story, &peers, &second);
        story.now_ns += cases[i].wait_ns;
        story_capable(&story, &other, &first);
        struct mpta_tracker *tracker = story_tell(&story);
        assert_null(story_worst(tracker, MPTA_ERROR));
        assert_int_equal(story_connection(tracker, 0).subflow_count, 1 + cases[i].linked);
        assert_int_equal(story_summary(tracker).unlinked_subflows, 1 - cases[i].linked);
        if (cases[i].linked)
            assert_int_equal(story_subflow(tracker, 0, 1).syn_ack_hmac, MPTA_UNVERIFIABLE);
        mpta_tracker_free(tracker);
    }
}

/* Where tokens collide, address and liveness decide before any HMAC is there. */
static void the_address_decides_before_the_hmac(void **state)
{
    (void)state;
    static struct story story;
    join_begin(&story);
    peers = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_TWIN_A);
    struct story_peers other = story_peers(1, STORY_KEY_THIRD, STORY_KEY_TWIN_B);
    struct story_flow other_flow = story_flow("10.0.3.1", 40003, "198.51.100.1", 443);
    story_capable(&story, &peers, &first);
    story_capable(&story, &other, &other_flow);
    story_join_syn(&story, &peers, &second);
    struct mpta_tracker *tracker = story_tell(&story);
    assert_int_equal(story_connection(tracker, 0).subflow_count, 2);
    assert_int_equal(story_connection(tracker, 1).subflow_count, 1);
    mpta_tracker_free(tracker);
}

/* Two keys of the server's that have one token in version 1. */
#define COLLIDING_ONE   UINT64_C(0x556b105c262f29cd)
#define COLLIDING_OTHER UINT64_C(0x3adacd4959f95d56)

static const struct collision_case {
    const char *words;
    bool ends;      /* the older connection, before the newer one begins */
    size_t without; /* packet; 0: none */
    uint64_t count;
} collision_cases[] = {
    {"both live",                                    false, 0, 1},
    {"the older one ends first",                     true,  0, 0},
    {"the older one ends first, one FIN is missing", true,  8, 0},
};

static void tokens_collide_while_both_connections_live(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; i < COUNT_OF(collision_cases); i++) {
        static struct story story;
        const struct collision_case *c = &collision_cases[i];
        struct story_peers older = story_peers(1, STORY_KEY_CLIENT, COLLIDING_ONE);
        struct story_peers newer = story_peers(1, STORY_KEY_THIRD, COLLIDING_OTHER);
        struct story_loss loss = {.also = c->without - 1};
        join_begin(&story);
        story_capable(&story, &older, &first);
        story_data_fins(&story, &older, &first);
        if (c->ends)
            story_fins(&story, &older, &first);
        story_capable(&story, &newer, &second);
        story_data(&story, &newer, &second, OPENER_SAYS, 10);
        if (!c->ends)
            story_fins(&story, &older, &first);
        struct mpta_tracker *tracker = story_tell_with(&story, &loss, NULL, 0);
        if (story_count(tracker, 1, "token-collision") != c->count) {
            print_error("%s\n", c->words);
            wrong++;
        }
        mpta_tracker_free(tracker);
    }
    assert_int_equal(wrong, 0);
}

/* What the responder sends is placed when it comes: only so is a later copy the reinjected one. */
static void mappings_are_understood_without_the_syn_ack(void **state)
{
    (void)state;
    static struct story story;
    struct story_loss loss = {.also = 4};
    join_begin(&story);
    by_the_client(&story);
    uint64_t dsn = peers.dsn[MPTA_SERVER];
    story_data(&story, &peers, &second, RESPONDER_SAYS, 10);
    peers.dsn[MPTA_SERVER] = dsn;
    story_data(&story, &peers, &first, RESPONDER_SAYS, 10);
    struct mpta_tracker *tracker = story_tell_with(&story, &loss, NULL, 0);
    assert_int_equal(story_subflow(tracker, 0, 0).directions[MPTA_SERVER].reinjected_bytes, 10);
    assert_int_equal(story_subflow(tracker, 0, 1).directions[MPTA_SERVER].reinjected_bytes, 0);
    mpta_tracker_free(tracker);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_join_finds_its_connection_and_is_verified),
        cmocka_unit_test(what_goes_wrong_is_said_once),
        cmocka_unit_test(a_join_to_nobody_is_named),
        cmocka_unit_test(a_join_to_nobody_that_is_refused_is_a_warning),
        cmocka_unit_test(a_join_to_nobody_that_is_reset_later_is_a_note),
        cmocka_unit_test(the_hmac_tells_whose_join_it_is),
        cmocka_unit_test(a_join_waits_for_the_right_one_of_two),
        cmocka_unit_test(a_join_is_not_that_of_a_later_connection),
        cmocka_unit_test(the_address_decides_before_the_hmac),
        cmocka_unit_test(tokens_collide_while_both_connections_live),
        cmocka_unit_test(mappings_are_understood_without_the_syn_ack),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
