/* SPDX-License-Identifier: BSD-3-Clause */
/* MP_CAPABLE: what the tracker knows of a connection after all or a part of its handshake. */
#include "tests/unit/analyzer/story.h"

#include <string.h>

#define CLIENT_TOKEN 0x239fbdb0
#define SERVER_TOKEN 0xa35d6d82

static struct story_flow flow_of_client(void)
{
    return story_flow("10.0.1.1", 40001, "192.0.2.1", 443);
}

/* ---- Stories --------------------------------------------------------------------------------- */

static void version_1(struct story *story)
{
    struct story_peers peers = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    struct story_flow flow = flow_of_client();
    story_capable(story, &peers, &flow);
}

static void version_0(struct story *story)
{
    struct story_peers peers = story_peers(0, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    struct story_flow flow = flow_of_client();
    story_capable(story, &peers, &flow);
}

static void version_1_with_data(struct story *story)
{
    struct story_peers peers = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    struct story_flow flow = flow_of_client();
    story_capable(story, &peers, &flow);
    story_capable_data(story, &peers, &flow, 100);
    story_data(story, &peers, &flow, RESPONDER_SAYS, 100);
}

static void syn_three_times(struct story *story)
{
    struct story_peers peers = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    struct story_flow flow = flow_of_client();
    story->step_ns = 1000 * STORY_MS;
    story_syn(story, &peers, &flow);
    story_again(story, 0, false);
    story_again(story, 0, false);
    story_syn_ack(story, &peers, &flow);
    story_ack(story, &peers, &flow);
}

/* The server answers the second SYN with another key; the client takes the first or the second. */
static void tell_cookies(struct story *story, uint64_t taken)
{
    struct story_peers peers = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_THIRD);
    struct story_flow flow = flow_of_client();
    story->step_ns = 1000 * STORY_MS;
    story_syn(story, &peers, &flow);
    story_syn_ack(story, &peers, &flow);
    story_again(story, 0, false);
    flow.sent[RESPONDER_SAYS] = 0;
    peers = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    story_syn_ack(story, &peers, &flow);
    peers = story_peers(1, STORY_KEY_CLIENT, taken);
    story_ack(story, &peers, &flow);
    story_data(story, &peers, &flow, OPENER_SAYS, 100);
    story_data(story, &peers, &flow, RESPONDER_SAYS, 200);
    story_data_ack(story, &peers, &flow, OPENER_SAYS);
}

static void cookies_second_key(struct story *story)
{
    tell_cookies(story, STORY_KEY_SERVER);
}

static void mid_stream(struct story *story)
{
    struct story_peers peers = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    struct story_flow flow = flow_of_client();
    story_data(story, &peers, &flow, OPENER_SAYS, 100);
    story_data(story, &peers, &flow, RESPONDER_SAYS, 100);
}

static void version_2_refused(struct story *story)
{
    struct story_peers peers = story_peers(2, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    struct story_flow flow = flow_of_client();
    story_syn(story, &peers, &flow);
    story_plain(story, &flow, RESPONDER_SAYS, MPTA_TCP_SYN | MPTA_TCP_ACK, 0);
    story_plain(story, &flow, OPENER_SAYS, MPTA_TCP_ACK, 0);
}

/* ---- What is known after them -------------------------------------------------------------------
 */

struct handshake_case {
    const char *words;
    void (*tell)(struct story *story);
    struct story_loss loss;
    int version;
    bool late;
    bool client_key, server_key; /* known */
    bool established;
    enum mpta_subflow_state state;
};

#define WHOLE                                                                                      \
    {                                                                                              \
        .also = SIZE_MAX                                                                           \
    }
#define WITHOUT(first, last)                                                                       \
    {                                                                                              \
        .begin = (first)-1, .end = (last), .also = SIZE_MAX                                        \
    }
#define ONLY(of)                                                                                   \
    {                                                                                              \
        .also = SIZE_MAX, .one_sided = true, .side = (of)                                          \
    }
#define T true
#define F false

/* clang-format off */
static const struct handshake_case handshake_cases[] = {
    {"v1", version_1, WHOLE, 1, F, T, T, T, MPTA_SUBFLOW_ESTABLISHED},
    {"v1, the client only", version_1, ONLY(MPTA_CLIENT), 1, F, T, T, F,
     MPTA_SUBFLOW_PRE_ESTABLISHED},
    {"v1, the server only", version_1, ONLY(MPTA_SERVER), 1, F, F, T, F, MPTA_SUBFLOW_SYN_ACK},
    {"v1, SYN lost", version_1, WITHOUT(1, 1), 1, F, T, T, F, MPTA_SUBFLOW_PRE_ESTABLISHED},
    {"v1, SYN/ACK lost", version_1, WITHOUT(2, 2), 1, F, T, T, F, MPTA_SUBFLOW_PRE_ESTABLISHED},
    {"v1, ACK lost", version_1, WITHOUT(3, 3), 1, F, F, T, F, MPTA_SUBFLOW_SYN_ACK},
    {"v1, SYN alone", version_1, WITHOUT(2, 3), 1, F, F, F, F, MPTA_SUBFLOW_SYN},
    {"v1, ACK alone", version_1, WITHOUT(1, 2), 1, F, T, T, F, MPTA_SUBFLOW_MIDSTREAM},
    {"v1, the keys come with the data", version_1_with_data, WITHOUT(3, 3), 1, F, T, T, T,
     MPTA_SUBFLOW_ESTABLISHED},
    {"v1, the handshake lost, the keys come with the data", version_1_with_data, WITHOUT(1, 3), 1,
     F, T, T, F, MPTA_SUBFLOW_MIDSTREAM},
    {"v0", version_0, WHOLE, 0, F, T, T, T, MPTA_SUBFLOW_ESTABLISHED},
    {"v0, the client only", version_0, ONLY(MPTA_CLIENT), 0, F, T, T, F,
     MPTA_SUBFLOW_PRE_ESTABLISHED},
    {"v0, the server only", version_0, ONLY(MPTA_SERVER), 0, F, F, T, F, MPTA_SUBFLOW_SYN_ACK},
    {"v0, SYN lost", version_0, WITHOUT(1, 1), 0, F, T, T, F, MPTA_SUBFLOW_PRE_ESTABLISHED},
    {"v0, SYN/ACK lost", version_0, WITHOUT(2, 2), 0, F, T, T, F, MPTA_SUBFLOW_PRE_ESTABLISHED},
    {"v0, ACK lost", version_0, WITHOUT(3, 3), 0, F, T, T, F, MPTA_SUBFLOW_SYN_ACK},
    {"SYN repeated", syn_three_times, WHOLE, 1, F, T, T, T, MPTA_SUBFLOW_ESTABLISHED},
    {"SYN cookies", cookies_second_key, WHOLE, 1, F, T, T, T, MPTA_SUBFLOW_ESTABLISHED},
    {"SYN cookies, the answer that counts is lost", cookies_second_key, WITHOUT(4, 4), 1, F, T, T,
     T, MPTA_SUBFLOW_ESTABLISHED},
    {"mid-stream", mid_stream, WHOLE, -1, T, F, F, F, MPTA_SUBFLOW_MIDSTREAM},
    {"a version unknown to all is no late start", version_2_refused, WHOLE, -1, F, F, F, T,
     MPTA_SUBFLOW_ESTABLISHED},
};
/* clang-format on */

static bool host_is(const struct mpta_host *host, bool known, uint64_t key, int version)
{
    if (!known)
        return !host->key_known && !host->token_known;
    return host->key_known && host->token_known && host->key == key &&
           host->token == mpta_key_token(key, version) && host->idsn == mpta_key_idsn(key, version);
}

static void what_a_handshake_tells(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; i < COUNT_OF(handshake_cases); i++) {
        static struct story story;
        const struct handshake_case *c = &handshake_cases[i];
        story_begin(&story);
        c->tell(&story);
        struct mpta_tracker *tracker = story_tell_with(&story, &c->loss, NULL, 0);
        assert_int_equal(story_summary(tracker).connections, 1);
        struct mpta_connection connection = story_connection(tracker, 0);
        struct mpta_subflow subflow = story_subflow(tracker, 0, 0);
        if (connection.version != c->version || connection.late != c->late ||
            !host_is(&connection.hosts[MPTA_CLIENT], c->client_key, STORY_KEY_CLIENT, c->version) ||
            !host_is(&connection.hosts[MPTA_SERVER], c->server_key, STORY_KEY_SERVER, c->version) ||
            subflow.established != c->established || subflow.state != c->state) {
            print_error("%s: version %d, late %d, keys %d %d, %s\n", c->words, connection.version,
                        connection.late, connection.hosts[MPTA_CLIENT].key_known,
                        connection.hosts[MPTA_SERVER].key_known,
                        mpta_subflow_state_name(subflow.state));
            wrong++;
        }
        assert_int_equal(connection.hosts[MPTA_CLIENT].port, 40001);
        assert_int_equal(connection.hosts[MPTA_SERVER].port, 443);
        mpta_tracker_free(tracker);
    }
    assert_int_equal(wrong, 0);
}

static void tokens_are_those_of_the_keys(void **state)
{
    (void)state;
    static struct story story;
    story_begin(&story);
    version_1(&story);
    struct mpta_tracker *tracker = story_tell(&story);
    struct mpta_connection connection = story_connection(tracker, 0);
    assert_int_equal(connection.hosts[MPTA_CLIENT].token, CLIENT_TOKEN);
    assert_int_equal(connection.hosts[MPTA_SERVER].token, SERVER_TOKEN);
    assert_int_equal(connection.key_source, MPTA_KEY_HANDSHAKE);
    mpta_tracker_free(tracker);
}

/* With SYN cookies the data stream begins at the IDSN of the key that was taken. */
static void the_stream_begins_where_the_taken_key_says(void **state)
{
    (void)state;
    static struct story story;
    story_begin(&story);
    cookies_second_key(&story);
    struct mpta_tracker *tracker = story_tell(&story);
    struct mpta_stream stream = story_connection(tracker, 0).streams[MPTA_SERVER];
    assert_true(stream.base_is_idsn);
    assert_true(stream.acked_known);
    assert_int_equal(stream.acked, 200);
    assert_int_equal(stream.data_bytes, 200);
    assert_int_equal(stream.missing_bytes, 0);
    mpta_tracker_free(tracker);
}

/* ---- Keys and flags that do not fit -------------------------------------------------------------
 */

static void echo_of_another_key(struct story *story)
{
    struct story_peers peers = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    struct story_flow flow = flow_of_client();
    story_syn(story, &peers, &flow);
    story_syn_ack(story, &peers, &flow);
    peers.keys[MPTA_SERVER] = STORY_KEY_THIRD;
    story_ack(story, &peers, &flow);
}

static void syn_with_another_key(struct story *story)
{
    struct story_peers peers = story_peers(0, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    struct story_flow flow = flow_of_client();
    story_syn(story, &peers, &flow);
    flow.sent[OPENER_SAYS] = 0;
    peers.keys[MPTA_CLIENT] = STORY_KEY_THIRD;
    story_syn(story, &peers, &flow);
}

static void tell_flags(struct story *story, uint8_t syn, uint8_t syn_ack, uint8_t ack)
{
    struct story_peers peers = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    struct story_flow flow = flow_of_client();
    peers.flags = MPTA_CAPABLE_H | syn;
    story_syn(story, &peers, &flow);
    peers.flags = MPTA_CAPABLE_H | syn_ack;
    story_syn_ack(story, &peers, &flow);
    peers.flags = MPTA_CAPABLE_H | ack;
    story_ack(story, &peers, &flow);
}

static void checksum_by_client(struct story *story)
{
    tell_flags(story, MPTA_CAPABLE_A, 0, MPTA_CAPABLE_A);
}

static void checksum_by_server(struct story *story)
{
    tell_flags(story, 0, MPTA_CAPABLE_A, 0);
}

/* Linux takes over what the server asked for. */
static void checksum_by_server_agreed(struct story *story)
{
    tell_flags(story, 0, MPTA_CAPABLE_A, MPTA_CAPABLE_A);
}

static void checksum_by_both(struct story *story)
{
    tell_flags(story, MPTA_CAPABLE_A, MPTA_CAPABLE_A, MPTA_CAPABLE_A);
}

static void checksum_by_none(struct story *story)
{
    tell_flags(story, 0, 0, 0);
}

struct note_case {
    const char *words;
    void (*tell)(struct story *story);
    const char *id;
    uint64_t count;
    bool checksum_required;
};

/* clang-format off */
static const struct note_case note_cases[] = {
    {"the client echoes another key", echo_of_another_key, "key-echo-mismatch", 1, F},
    {"the client repeats its SYN with another key", syn_with_another_key, "key-changed", 1, F},
    {"the server repeats its SYN/ACK with another key", cookies_second_key, "key-changed", 1, F},
    {"a key that a repeated SYN/ACK offered is echoed", cookies_second_key, "key-echo-mismatch", 0,
     F},
    {"the client alone asks for checksums", checksum_by_client, "checksum-asymmetric", 1, T},
    {"the server alone asks for checksums", checksum_by_server, "checksum-asymmetric", 1, T},
    {"the server asks, the client agrees", checksum_by_server_agreed, "checksum-asymmetric", 1, T},
    {"both ask for checksums", checksum_by_both, "checksum-asymmetric", 0, T},
    {"nobody asks for checksums", checksum_by_none, "checksum-asymmetric", 0, F},
    {"the capture begins late", mid_stream, "handshake-not-captured", 1, F},
    {"the capture begins in time", version_1, "handshake-not-captured", 0, F},
};
/* clang-format on */

static void what_does_not_fit_is_said(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; i < COUNT_OF(note_cases); i++) {
        static struct story story;
        const struct note_case *c = &note_cases[i];
        story_begin(&story);
        c->tell(&story);
        struct mpta_tracker *tracker = story_tell(&story);
        bool required = story_connection(tracker, 0).checksum_required;
        if (story_count(tracker, 0, c->id) != c->count || required != c->checksum_required) {
            print_error("%s: %s not %llu times, or checksums\n", c->words, c->id,
                        (unsigned long long)c->count);
            wrong++;
        }
        mpta_tracker_free(tracker);
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_handshake_tells),
        cmocka_unit_test(tokens_are_those_of_the_keys),
        cmocka_unit_test(the_stream_begins_where_the_taken_key_says),
        cmocka_unit_test(what_does_not_fit_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
