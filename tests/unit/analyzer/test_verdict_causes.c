/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Verdicts that name a cause: who reset a subflow, or that it may have been somebody else; what
 * went wrong before that; and what captures at both ends prove of what lies between them.
 */
#include "tests/unit/analyzer/story.h"

#include <string.h>

static struct story_peers peers;
static struct story_flow first, second;

static void begin(struct story *story)
{
    story_begin(story);
    peers = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    first = story_flow("10.0.1.1", 40001, "10.0.9.1", 443);
    second = story_flow("10.0.2.1", 40002, "10.0.9.1", 443);
}

static void connect(struct story *story)
{
    story_capable(story, &peers, &first);
    story_capable_data(story, &peers, &first, 100);
    story_data_ack(story, &peers, &first, RESPONDER_SAYS);
}

static void finish(struct story *story)
{
    story_data_fins(story, &peers, &first);
    story_fins(story, &peers, &first);
}

/* A sentence begins so, says this, and tells of that finding. */
struct expected {
    const char *begins;
    const char *says;
    const char *id; /* NULL: of none */
};

static bool sentence_is(const struct mpta_sentence *sentence, const struct expected *expected)
{
    const char *id = sentence->kind ? sentence->kind->id : "";
    return strncmp(sentence->text, expected->begins, strlen(expected->begins)) == 0 &&
           strstr(sentence->text, expected->says) &&
           strcmp(id, expected->id ? expected->id : "") == 0;
}

static bool verdict_is(const struct mpta_sentence *sentences, size_t count,
                       const struct expected expected[MPTA_SENTENCES_MAX])
{
    for (size_t i = 0; i < MPTA_SENTENCES_MAX; i++) {
        if ((i < count) != (expected[i].begins != NULL))
            return false;
        if (i < count && !sentence_is(&sentences[i], &expected[i]))
            return false;
    }
    return true;
}

static bool check(const char *words, const struct story *story, const char *const *names,
                  const struct expected expected[MPTA_SENTENCES_MAX])
{
    struct mpta_sentence sentences[MPTA_SENTENCES_MAX];
    struct mpta_tracker *tracker = story_tell(story);
    size_t count = mpta_tracker_verdict(tracker, 0, names, sentences);
    bool done = verdict_is(sentences, count, expected);
    for (size_t i = 0; i < count && !done; i++)
        print_error("%s: [%s] %s\n", words, sentences[i].kind ? sentences[i].kind->id : "",
                    sentences[i].text);
    mpta_tracker_free(tracker);
    return done;
}

/* ---- Resets ---------------------------------------------------------------------------------- */

/* The server has spoken often enough for its distance to be known. */
static void talk(struct story *story)
{
    connect(story);
    for (int i = 0; i < 4; i++) {
        story_data(story, &peers, &first, OPENER_SAYS, 100);
        story_data_ack(story, &peers, &first, RESPONDER_SAYS);
    }
}

static void reset_by_server(struct story *story)
{
    connect(story);
    story_rst(story, &first, RESPONDER_SAYS, -1);
}

static void reset_as_prohibited(struct story *story)
{
    connect(story);
    story_rst(story, &first, OPENER_SAYS, 3);
}

static void reset_for_unknown_reason(struct story *story)
{
    connect(story);
    story_rst(story, &first, OPENER_SAYS, 7);
}

static void reset_from_afar(struct story *story)
{
    talk(story);
    story_rst(story, &first, RESPONDER_SAYS, -1)->segment.hop_limit -= 20;
}

static void reset_beyond_window(struct story *story)
{
    talk(story);
    story_rst(story, &first, RESPONDER_SAYS, -1)->segment.seq += 1U << 30;
}

/* The server knows nothing of that RST. */
static void reset_and_outlived(struct story *story)
{
    talk(story);
    story_rst(story, &first, RESPONDER_SAYS, -1);
    story_data(story, &peers, &first, RESPONDER_SAYS, 100);
}

/* ... and takes what the client has sent since. */
static void reset_and_acknowledged(struct story *story)
{
    talk(story);
    story_rst(story, &first, RESPONDER_SAYS, -1);
    story_data(story, &peers, &first, OPENER_SAYS, 100);
    story_data_ack(story, &peers, &first, RESPONDER_SAYS);
}

/* The client had sent more when the RST came, and sends more than it. */
static void reset_and_data_on_its_way(struct story *story)
{
    talk(story);
    story_data(story, &peers, &first, OPENER_SAYS, 100);
    story_rst(story, &first, RESPONDER_SAYS, -1);
    story_data_ack(story, &peers, &first, RESPONDER_SAYS);
    story_data(story, &peers, &first, OPENER_SAYS, 100);
}

/* What the RST overtook was sent before it. */
static void reset_overtakes_data(struct story *story)
{
    talk(story);
    story_data(story, &peers, &first, RESPONDER_SAYS, 100);
    story_rst(story, &first, RESPONDER_SAYS, -1);
    story_swap(story, story->count - 2, story->count - 1);
}

static void reset_by_wrong_key(struct story *story)
{
    const struct story_peers forger = story_peers(1, STORY_KEY_THIRD, STORY_KEY_FOURTH);
    connect(story);
    story_join(story, &peers, &second);
    story_fastclose(story, &forger, &second, RESPONDER_SAYS, MPTA_TCP_RST | MPTA_TCP_ACK);
    story_data(story, &peers, &first, OPENER_SAYS, 300);
    finish(story);
}

/* ---- What came before them ------------------------------------------------------------------- */

/* The third ACK echoes a key that the SYN/ACK did not have. */
static void reset_after_wrong_echo(struct story *story)
{
    const struct story_peers other = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_THIRD);
    story_syn(story, &peers, &first);
    story_syn_ack(story, &peers, &first);
    story_ack(story, &other, &first);
    story_rst(story, &first, RESPONDER_SAYS, 1);
}

/* Data of the second subflow arrives without mapping, and it is reset. */
static void reset_after_unmapped(struct story *story)
{
    connect(story);
    story_join(story, &peers, &second);
    story_data(story, &peers, &second, OPENER_SAYS, 100);
    story_unmapped(story, &second, OPENER_SAYS, 100);
    story_rst(story, &second, RESPONDER_SAYS, 6);
    story_data(story, &peers, &first, OPENER_SAYS, 300);
    finish(story);
}

static const struct {
    const char *words;
    void (*tell)(struct story *story);
    struct expected sentences[MPTA_SENTENCES_MAX];
} cases[] = {
    {"a reset without a reason",
     reset_by_server,           {{"The server reset subflow 0 (packet 6): no reason given. Next: ", "capture there, too",
       "subflow-reset"},
      {"It used one subflow; reset.", "", NULL}}          },
    {"a reset as prohibited",
     reset_as_prohibited,       {{"The client reset subflow 0 (packet 6): administratively prohibited. Next: ",
       "look at 'ip mptcp limits' and the firewall of the client", "subflow-reset"},
      {"It used one subflow; reset.", "", NULL}}      },
    {"a reset for a reason that there is not",
     reset_for_unknown_reason,  {{"The client reset subflow 0 (packet 6): unknown reason. Next: ", "which stack the client",
       "subflow-reset"},
      {"A reset with the undefined reason 7", "", "reset-reason-unknown"},
      {"It used one subflow; reset.", "", NULL}} },
    {"a reset from another distance",
     reset_from_afar,           {{"A RST in the name of the server came on subflow 0 (packet 14), which may be forged",
       "Next: compare with a capture at the server", "reset-suspect"},
      {"It used one subflow; reset.", "", NULL}}          },
    {"a reset beyond the window",
     reset_beyond_window,       {{"A RST in the name of the server came on subflow 0 (packet 14), which may be forged",
       "its sequence number", "reset-suspect"},
      {"It used one subflow; reset.", "", NULL}}      },
    {"a reset after which its sender goes on",
     reset_and_outlived,        {{"A RST in the name of the server came on subflow 0 (packet 14), which may be forged",
       "the server goes on after it. Next: ", "subflow-reset"},
      {"It used one subflow; reset.", "", NULL}}       },
    {"a reset after which its sender acknowledges",
     reset_and_acknowledged,    {{"A RST in the name of the server came on subflow 0 (packet 14), which may be forged",
       "the server goes on after it. Next: ", "subflow-reset"},
      {"It used one subflow; reset.", "", NULL}}   },
    {"a reset that overtakes an acknowledgement, while data is on its way",
     reset_and_data_on_its_way, {{"The server reset subflow 0 (packet 15): no reason given. Next: ", "", "subflow-reset"},
      {"It used one subflow; reset.", "", NULL}}},
    {"a reset that overtakes data",
     reset_overtakes_data,      {{"The server reset subflow 0 (packet 15): no reason given", "Next: ", "subflow-reset"},
      {"It used one subflow; reset.", "", NULL}}     },
    {"a reset by MP_FASTCLOSE with a wrong key",
     reset_by_wrong_key,        {{"MP_FASTCLOSE with a key that is not its receiver's", "Next: ", "fastclose-key"},
      {"A RST in the name of the server came on subflow 1 (packet 10), which is probably forged",
       "the connection went on without it. Next: ", "subflow-reset"},
      {"2 subflows, of which", "", NULL}}              },
    {"a reset after a wrong echo",
     reset_after_wrong_echo,    {{"The client echoes another key", "(packet 3)", "key-echo-mismatch"},
      {"The server reset subflow 0 (packet 4): MPTCP-specific error", "Next: ", "subflow-reset"},
      {"It used one subflow", "reset", NULL}}      },
    {"a reset after data without mapping",
     reset_after_unmapped,      {{"100 bytes of the client on subflow 1 without a mapping", "Next: ", "data-unmapped"},
      {"The server reset subflow 1 (packet 12): middlebox interference",
       "changes options or payload", "subflow-reset"},
      {"2 subflows shared", "", NULL}}               },
};

static void causes_come_first(void **state)
{
    (void)state;
    static struct story story;
    size_t wrong = 0;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        begin(&story);
        cases[i].tell(&story);
        wrong += !check(cases[i].words, &story, NULL, cases[i].sentences);
    }
    assert_int_equal(wrong, 0);
}

/* ---- Captures of both ends ------------------------------------------------------------------- */

static void fall_back_at_once(struct story *story)
{
    story_syn(story, &peers, &first);
    story_syn_ack(story, &peers, &first);
    story_plain(story, &first, OPENER_SAYS, MPTA_TCP_ACK, 0);
    story_unmapped(story, &first, OPENER_SAYS, 100);
    story_fins(story, &peers, &first);
}

/* The server got a SYN without MP_CAPABLE. */
static void fall_back_unasked(struct story *story)
{
    story_syn(story, &peers, &first);
    story_strip(story_syn_ack(story, &peers, &first));
    story_plain(story, &first, OPENER_SAYS, MPTA_TCP_ACK, 0);
    story_unmapped(story, &first, OPENER_SAYS, 100);
    story_fins(story, &peers, &first);
}

static void lose_mappings(struct story *story)
{
    connect(story);
    story_data(story, &peers, &first, OPENER_SAYS, 100);
    story_data(story, &peers, &first, OPENER_SAYS, 100);
}

static void join_in_vain(struct story *story)
{
    connect(story);
    story_join_syn(story, &peers, &second);
    story_rst(story, &second, RESPONDER_SAYS, 1);
    finish(story);
}

/* Each packet is captured where it is sent and, with another number, where it arrives; `stripped`
 * lost its options in between. */
static void tell_at_both_ends(struct story *both, const struct story *once, size_t stripped)
{
    *both = *once;
    both->count = 0;
    for (size_t i = 0; i < once->count; i++) {
        struct story_packet *pair = &both->packets[both->count];
        bool by_server = once->packets[i].side != MPTA_CLIENT;
        both->count += 2;
        pair[0] = pair[1] = once->packets[i];
        pair[0].place.capture = by_server;
        pair[1].place.capture = !by_server;
        pair[1].place.packet += 100;
        pair[1].place.time_ns += STORY_MS / 10;
        pair[1].segment.hop_limit--;
        if (i == stripped)
            story_strip(&pair[1]);
    }
}

static const struct {
    const char *words;
    void (*tell)(struct story *story);
    size_t stripped;
    struct expected sentences[MPTA_SENTENCES_MAX];
} both_cases[] = {
    {"a SYN/ACK",
     fall_back_at_once, 1,
     {{"Fell back to TCP: a middlebox between the two capture points removed MP_CAPABLE from the "
       "SYN/ACK of the server (packet 2 of b.pcap before it, packet 102 of a.pcap behind it). Next",
       "look for the middlebox", "options-altered"},
      {"It went on as plain TCP; closed by FIN.", "", NULL}}},
    {"a SYN",
     fall_back_unasked, 0,
     {{"Fell back to TCP: a middlebox between the two capture points removed MP_CAPABLE from the "
       "SYN of the client (packet 1 of a.pcap before it, packet 101 of b.pcap behind it). Next",
       "look for the middlebox", "options-altered"},
      {"It went on as plain TCP; closed by FIN.", "", NULL}}},
    {"data",
     lose_mappings,     6,
     {{"Fell back to TCP: a middlebox between the two capture points removed DSS from data of the "
       "client (packet 7 of a.pcap before it, packet 107 of b.pcap behind it). Next",
       "look for the middlebox", "options-altered"},
      {"It went on as plain TCP", "", NULL}}                },
    {"the SYN of a join",
     join_in_vain,      5,
     {{"A middlebox between the two capture points removed MP_JOIN from the SYN of the client "
       "on a join (packet 6 of a.pcap before it, packet 106 of b.pcap behind it). Next",
       "look for the middlebox", "options-altered"},
      {"No second subflow: the join from 10.0.2.1", "refused by the server", "join-refused"},
      {"It used one subflow", "", NULL}}                    },
};

static void both_ends_tell_who_it_was(void **state)
{
    (void)state;
    static struct story once, both;
    static const char *const names[] = {"a.pcap", "b.pcap"};
    size_t wrong = 0;
    for (size_t i = 0; i < COUNT_OF(both_cases); i++) {
        begin(&once);
        both_cases[i].tell(&once);
        tell_at_both_ends(&both, &once, both_cases[i].stripped);
        wrong += !check(both_cases[i].words, &both, names, both_cases[i].sentences);
    }
    assert_int_equal(wrong, 0);
}

/* What is known is not guessed beside it. */
static void a_fallback_that_is_explained_guesses_nothing(void **state)
{
    (void)state;
    static struct story once, both;
    for (int i = 0; i < 2; i++) {
        struct mpta_finding finding;
        begin(&once);
        (i == 0 ? fall_back_unasked : fall_back_at_once)(&once);
        tell_at_both_ends(&both, &once, i == 0 ? SIZE_MAX : 1);
        struct mpta_tracker *tracker = story_tell(&both);
        assert_true(story_finding(tracker, 0, "fallback-synack", &finding));
        assert_int_equal(strstr(finding.message, "does not speak MPTCP or") != NULL, i == 0);
        mpta_tracker_free(tracker);
    }
}

/* ---- What came to nothing -------------------------------------------------------------------- */

static void a_handshake_that_stops_is_told(void **state)
{
    (void)state;
    static struct story story;
    static const struct expected syn[MPTA_SENTENCES_MAX] = {
        {"Not established, as far as the capture goes: its SYN (packet 1) was not answered",
         "Next: ", NULL}
    };
    static const struct expected syn_ack[MPTA_SENTENCES_MAX] = {
        {"Not established, as far as the capture goes: its SYN (packet 1) was answered, but",
         "Next", NULL}
    };
    begin(&story);
    story_syn(&story, &peers, &first);
    assert_true(check("a SYN", &story, NULL, syn));
    story_syn_ack(&story, &peers, &first);
    assert_true(check("a SYN/ACK", &story, NULL, syn_ack));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(causes_come_first),
        cmocka_unit_test(both_ends_tell_who_it_was),
        cmocka_unit_test(a_fallback_that_is_explained_guesses_nothing),
        cmocka_unit_test(a_handshake_that_stops_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
