/* SPDX-License-Identifier: BSD-3-Clause */
/* Keys given by the user: they identify and verify what a late capture does not show. */
#include "tests/unit/analyzer/story.h"

static const uint64_t both_keys[] = {STORY_KEY_CLIENT, STORY_KEY_SERVER};
static const uint64_t client_key[] = {STORY_KEY_CLIENT};
static const uint64_t server_key[] = {STORY_KEY_SERVER};
static const uint64_t other_keys[] = {STORY_KEY_THIRD, STORY_KEY_FOURTH};

static struct story_peers peers;
static struct story_flow first;
static struct story_flow second;

/* ---- A connection in mid-stream ----------------------------------------------------------------
 */

static void client_sends(struct story *story)
{
    story_data(story, &peers, &first, OPENER_SAYS, 100);
}

static void server_sends(struct story *story)
{
    story_data(story, &peers, &first, RESPONDER_SAYS, 100);
}

static void client_acknowledges(struct story *story)
{
    peers.dsn[MPTA_SERVER] += 1000;
    story_data_ack(story, &peers, &first, OPENER_SAYS);
}

static void short_numbers_then_long(struct story *story)
{
    struct mpta_mptcp_option dss = {
        MPTA_DSS,
        .dss = {.flags = 0x01, .has_ack = true, .data_ack = (uint32_t)peers.dsn[MPTA_SERVER]}
    };
    story_option(story, &first, OPENER_SAYS, MPTA_TCP_ACK, 0, dss);
    story_data(story, &peers, &first, OPENER_SAYS, 100);
    story_data(story, &peers, &first, RESPONDER_SAYS, 100);
}

static void both_send(struct story *story)
{
    story_data(story, &peers, &first, OPENER_SAYS, 100);
    story_data(story, &peers, &first, RESPONDER_SAYS, 100);
    story_data_ack(story, &peers, &first, OPENER_SAYS);
}

struct late_case {
    const char *words;
    void (*tell)(struct story *story);
    int version;
    const uint64_t *keys;
    size_t key_count;
    bool client_known, server_known;
};

/* clang-format off */
static const struct late_case late_cases[] = {
    {"no keys", both_send, 1, NULL, 0, false, false},
    {"both keys", both_send, 1, both_keys, 2, true, true},
    {"both keys, version 0", both_send, 0, both_keys, 2, true, true},
    {"other keys", both_send, 1, other_keys, 2, false, false},
    {"the client's key by its DSN", client_sends, 1, client_key, 1, true, false},
    {"the server's key by its DSN", server_sends, 1, server_key, 1, false, true},
    {"the server's key by the client's DATA_ACK", client_acknowledges, 1, server_key, 1, false,
     true},
    {"the client's key by the server's DATA_ACK", server_sends, 1, client_key, 1, true, false},
    {"short numbers say nothing, long ones do", short_numbers_then_long, 1, both_keys, 2, true,
     true},
};
/* clang-format on */

static void keys_begin(struct story *story, int version)
{
    peers = story_peers(version, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    first = story_flow("10.0.1.1", 40001, "192.0.2.1", 443);
    second = story_flow("10.0.2.1", 40002, "192.0.2.1", 443);
    peers.dsn[MPTA_CLIENT] += 5000;
    peers.dsn[MPTA_SERVER] += 70000;
    story_begin(story);
}

static bool late_is(const struct mpta_connection *connection, const struct late_case *c)
{
    const struct mpta_host *hosts = connection->hosts;
    bool any = c->client_known || c->server_known;
    return connection->late && hosts[MPTA_CLIENT].key_known == c->client_known &&
           hosts[MPTA_SERVER].key_known == c->server_known &&
           (!c->client_known || hosts[MPTA_CLIENT].key == STORY_KEY_CLIENT) &&
           (!c->server_known || hosts[MPTA_SERVER].key == STORY_KEY_SERVER) &&
           connection->version == (any ? c->version : -1) &&
           connection->key_source == (any ? MPTA_KEY_USER : MPTA_KEY_NONE);
}

static void a_late_flow_is_known_by_its_data_sequence_numbers(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; i < COUNT_OF(late_cases); i++) {
        static struct story story;
        const struct late_case *c = &late_cases[i];
        keys_begin(&story, c->version);
        c->tell(&story);
        struct mpta_tracker *tracker = story_tell_with(&story, NULL, c->keys, c->key_count);
        struct mpta_connection connection = story_connection(tracker, 0);
        if (!late_is(&connection, c)) {
            print_error("%s: keys %d %d, version %d\n", c->words,
                        connection.hosts[MPTA_CLIENT].key_known,
                        connection.hosts[MPTA_SERVER].key_known, connection.version);
            wrong++;
        }
        mpta_tracker_free(tracker);
    }
    assert_int_equal(wrong, 0);
}

/* ---- Joins ----------------------------------------------------------------------------------- */

struct join_case {
    const char *words;
    bool flow_first; /* the late flow is met before the join */
    const uint64_t *keys;
    size_t key_count;
    size_t connections, unlinked;
    enum mpta_verdict verdict;
};

/* clang-format off */
static const struct join_case join_cases[] = {
    {"both keys, after the flow", true, both_keys, 2, 1, 0, MPTA_VALID},
    {"both keys, before the flow", false, both_keys, 2, 1, 0, MPTA_VALID},
    {"the server's key, after the flow", true, server_key, 1, 1, 0, MPTA_UNVERIFIABLE},
    {"no keys: the join is unlinked", true, NULL, 0, 1, 1, MPTA_UNVERIFIABLE},
};
/* clang-format on */

static struct mpta_subflow find_join(const struct mpta_tracker *tracker)
{
    struct mpta_subflow subflow;
    for (size_t i = 0; mpta_tracker_subflow(tracker, 0, i, &subflow); i++) {
        if (subflow.type == MPTA_SUBFLOW_JOIN)
            return subflow;
    }
    return story_unlinked(tracker, 0);
}

static void a_join_is_known_by_its_token_and_verified(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; i < COUNT_OF(join_cases); i++) {
        static struct story story;
        const struct join_case *c = &join_cases[i];
        keys_begin(&story, 1);
        if (c->flow_first)
            both_send(&story);
        story_join(&story, &peers, &second);
        both_send(&story);
        struct mpta_tracker *tracker = story_tell_with(&story, NULL, c->keys, c->key_count);
        struct mpta_summary summary = story_summary(tracker);
        struct mpta_subflow join = find_join(tracker);
        if (summary.connections != c->connections || summary.unlinked_subflows != c->unlinked ||
            join.syn_ack_hmac != c->verdict || join.ack_hmac != c->verdict) {
            print_error("%s: %llu connections, %llu unlinked, %s\n", c->words,
                        (unsigned long long)summary.connections,
                        (unsigned long long)summary.unlinked_subflows,
                        mpta_verdict_name(join.syn_ack_hmac));
            wrong++;
        }
        mpta_tracker_free(tracker);
    }
    assert_int_equal(wrong, 0);
}

/* Without any data the join alone tells: its token one key, its HMAC the other. */
static void a_join_alone_finds_both_keys(void **state)
{
    (void)state;
    static struct story story;
    static const uint64_t many[] = {STORY_KEY_THIRD, STORY_KEY_CLIENT, STORY_KEY_FOURTH,
                                    STORY_KEY_SERVER};
    keys_begin(&story, 1);
    story_join_syn(&story, &peers, &second);
    story_join_syn_ack(&story, &peers, &second);
    story_join_ack(&story, &peers, &second);
    struct mpta_tracker *tracker = story_tell_with(&story, NULL, many, COUNT_OF(many));
    struct mpta_connection connection = story_connection(tracker, 0);
    assert_true(connection.late);
    assert_true(connection.hosts[MPTA_CLIENT].key == STORY_KEY_CLIENT);
    assert_true(connection.hosts[MPTA_SERVER].key == STORY_KEY_SERVER);
    assert_int_equal(story_subflow(tracker, 0, 0).syn_ack_hmac, MPTA_VALID);
    mpta_tracker_free(tracker);
}

/* An acknowledgement of 32 bits, which no key explains. */
static void acknowledge_shortly(struct story *story, struct story_flow *flow)
{
    struct mpta_mptcp_option dss = {
        MPTA_DSS, .dss = {.flags = 0x01, .has_ack = true, .data_ack = 4711}
    };
    story_option(story, flow, OPENER_SAYS, MPTA_TCP_ACK, 0, dss);
}

/* The key that its token names is that of the one late flow to its receiver, if there is one. */
static void a_join_is_that_of_the_only_late_flow(void **state)
{
    (void)state;
    for (unsigned flows = 1; flows <= 2; flows++) {
        static struct story story;
        struct story_flow other = story_flow("10.0.7.1", 40007, "192.0.2.1", 443);
        keys_begin(&story, 1);
        acknowledge_shortly(&story, &first);
        if (flows == 2)
            acknowledge_shortly(&story, &other);
        story_join(&story, &peers, &second);
        struct mpta_tracker *tracker = story_tell_with(&story, NULL, server_key, 1);
        const struct mpta_connection connection = story_connection(tracker, 0);
        bool known = connection.hosts[MPTA_SERVER].key_known;
        assert_int_equal(story_summary(tracker).connections, flows == 1 ? 1 : 3);
        assert_int_equal(connection.subflow_count, flows == 1 ? 2 : 1);
        assert_int_equal(known, flows == 1);
        assert_null(story_worst(tracker, MPTA_WARNING));
        mpta_tracker_free(tracker);
    }
}

/* With one of two wrong keys nothing is proven against the join. */
static void a_missing_key_proves_nothing(void **state)
{
    (void)state;
    static struct story story;
    static const uint64_t half[] = {STORY_KEY_SERVER, STORY_KEY_THIRD};
    keys_begin(&story, 1);
    both_send(&story);
    story_join(&story, &peers, &second);
    struct mpta_tracker *tracker = story_tell_with(&story, NULL, half, COUNT_OF(half));
    assert_null(story_worst(tracker, MPTA_ERROR));
    assert_int_equal(story_summary(tracker).join_hmac.invalid, 0);
    mpta_tracker_free(tracker);
}

/* Where the join came first, the hosts still have the addresses of the initial subflow. */
static void hosts_have_the_addresses_of_the_initial_subflow(void **state)
{
    (void)state;
    static struct story story;
    keys_begin(&story, 1);
    story_join(&story, &peers, &second);
    both_send(&story);
    struct mpta_tracker *tracker = story_tell_with(&story, NULL, both_keys, 2);
    struct mpta_connection connection = story_connection(tracker, 0);
    assert_int_equal(connection.subflow_count, 2);
    assert_int_equal(connection.hosts[MPTA_CLIENT].port, 40001);
    mpta_tracker_free(tracker);
}

/* Two late flows of one connection, known as such by their DSNs. */
static void two_late_flows_are_one_connection(void **state)
{
    (void)state;
    static struct story story;
    keys_begin(&story, 1);
    story_data(&story, &peers, &first, OPENER_SAYS, 100);
    story_data(&story, &peers, &second, OPENER_SAYS, 100);
    story_data(&story, &peers, &second, RESPONDER_SAYS, 100);
    struct mpta_tracker *tracker = story_tell_with(&story, NULL, both_keys, 2);
    assert_int_equal(story_summary(tracker).connections, 1);
    assert_int_equal(story_connection(tracker, 0).subflow_count, 2);
    mpta_tracker_free(tracker);
}

/* The handshake knows better than the user. */
static void the_handshake_comes_before_the_users_keys(void **state)
{
    (void)state;
    static struct story story;
    keys_begin(&story, 1);
    peers = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    story_capable(&story, &peers, &first);
    both_send(&story);
    struct mpta_tracker *tracker = story_tell_with(&story, NULL, other_keys, 2);
    struct mpta_connection connection = story_connection(tracker, 0);
    assert_int_equal(connection.key_source, MPTA_KEY_HANDSHAKE);
    assert_true(connection.hosts[MPTA_CLIENT].key == STORY_KEY_CLIENT);
    assert_null(story_worst(tracker, MPTA_WARNING));
    mpta_tracker_free(tracker);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_late_flow_is_known_by_its_data_sequence_numbers),
        cmocka_unit_test(a_join_is_known_by_its_token_and_verified),
        cmocka_unit_test(a_join_alone_finds_both_keys),
        cmocka_unit_test(a_join_is_that_of_the_only_late_flow),
        cmocka_unit_test(a_missing_key_proves_nothing),
        cmocka_unit_test(hosts_have_the_addresses_of_the_initial_subflow),
        cmocka_unit_test(two_late_flows_are_one_connection),
        cmocka_unit_test(the_handshake_comes_before_the_users_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
