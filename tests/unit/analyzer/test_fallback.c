/* SPDX-License-Identifier: BSD-3-Clause */
/* Every cause of fallback, RFC 8684 section 3.7, each beside the stories that only look like it. */
#include "tests/unit/analyzer/story.h"

#define SYN_ACK (MPTA_TCP_SYN | MPTA_TCP_ACK)

static struct story_peers peers;
static struct story_flow flow;
static struct story_flow second;

/* ---- At the handshake ------------------------------------------------------------------------ */

static void healthy(struct story *story)
{
    story_capable(story, &peers, &flow);
    story_data(story, &peers, &flow, OPENER_SAYS, 100);
    story_data(story, &peers, &flow, RESPONDER_SAYS, 100);
}

static void plain_server(struct story *story)
{
    story_syn(story, &peers, &flow);
    story_plain(story, &flow, RESPONDER_SAYS, SYN_ACK, 0);
    story_plain(story, &flow, OPENER_SAYS, MPTA_TCP_ACK, 0);
    story_unmapped(story, &flow, OPENER_SAYS, 100);
    story_unmapped(story, &flow, RESPONDER_SAYS, 100);
}

static void syn_ack_cut(struct story *story)
{
    story_syn(story, &peers, &flow);
    story_cut(story_syn_ack(story, &peers, &flow), 6);
    story_ack(story, &peers, &flow);
}

static void syn_ack_refuses(struct story *story)
{
    story_syn(story, &peers, &flow);
    story_rst(story, &flow, RESPONDER_SAYS, -1);
}

static void syn_repeated_without(struct story *story)
{
    story->step_ns = 1000 * STORY_MS;
    story_syn(story, &peers, &flow);
    story_strip(story_again(story, 0, false));
    story_plain(story, &flow, RESPONDER_SAYS, SYN_ACK, 0);
    story_plain(story, &flow, OPENER_SAYS, MPTA_TCP_ACK, 0);
    story_unmapped(story, &flow, OPENER_SAYS, 100);
}

/* Nobody has fallen back before the client goes on. */
static void syn_repeated_in_vain(struct story *story)
{
    story->step_ns = 1000 * STORY_MS;
    story_syn(story, &peers, &flow);
    story_strip(story_again(story, 0, false));
    story_plain(story, &flow, RESPONDER_SAYS, SYN_ACK, 0);
}

/* At the server: what it answered does not get back. */
static void answers_lost(struct story *story)
{
    story->step_ns = 1000 * STORY_MS;
    story_syn(story, &peers, &flow);
    story_syn_ack(story, &peers, &flow);
    story_strip(story_again(story, 0, false));
    story_strip(story_again(story, 1, false));
    story_plain(story, &flow, OPENER_SAYS, MPTA_TCP_ACK, 0);
    story_unmapped(story, &flow, OPENER_SAYS, 100);
}

/* The answer to the first SYN comes after the second, and the client takes it. */
static void syn_repeated_without_but_answered(struct story *story)
{
    story->step_ns = 1000 * STORY_MS;
    story_syn(story, &peers, &flow);
    story_strip(story_again(story, 0, false));
    story_syn_ack(story, &peers, &flow);
    story_ack(story, &peers, &flow);
    story_data(story, &peers, &flow, OPENER_SAYS, 100);
}

static void syn_repeated_cut(struct story *story)
{
    story_syn(story, &peers, &flow);
    story_cut(story_again(story, 0, false), 2);
    story_syn_ack(story, &peers, &flow);
}

static void ack_stripped(struct story *story)
{
    story_syn(story, &peers, &flow);
    story_syn_ack(story, &peers, &flow);
    story_strip(story_ack(story, &peers, &flow));
    story_unmapped(story, &flow, OPENER_SAYS, 100);
}

static void ack_stripped_but_dss_follows(struct story *story)
{
    story_syn(story, &peers, &flow);
    story_syn_ack(story, &peers, &flow);
    story_strip(story_ack(story, &peers, &flow));
    story_data(story, &peers, &flow, OPENER_SAYS, 100);
}

static void ack_cut(struct story *story)
{
    story_syn(story, &peers, &flow);
    story_syn_ack(story, &peers, &flow);
    story_cut(story_ack(story, &peers, &flow), 10);
}

static void ack_is_a_reset(struct story *story)
{
    story_syn(story, &peers, &flow);
    story_syn_ack(story, &peers, &flow);
    story_rst(story, &flow, OPENER_SAYS, -1);
}

static void older_version(struct story *story)
{
    struct story_peers older = story_peers(0, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    story_syn(story, &peers, &flow);
    story_syn_ack(story, &older, &flow);
    story_plain(story, &flow, OPENER_SAYS, MPTA_TCP_ACK, 0);
    story_unmapped(story, &flow, OPENER_SAYS, 100);
}

static void older_version_agreed(struct story *story)
{
    struct story_peers older = story_peers(0, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    story_syn(story, &peers, &flow);
    story_syn_ack(story, &older, &flow);
    story_ack(story, &older, &flow);
    story_data(story, &older, &flow, OPENER_SAYS, 100);
}

/* ---- Data without DSS -------------------------------------------------------------------------
 */

static void client_data_without_dss(struct story *story)
{
    story_capable(story, &peers, &flow);
    story_unmapped(story, &flow, OPENER_SAYS, 100);
    story_unmapped(story, &flow, OPENER_SAYS, 100);
}

static void server_data_without_dss(struct story *story)
{
    healthy(story);
    story_unmapped(story, &flow, RESPONDER_SAYS, 100);
}

static void mapping_of_three_segments(struct story *story)
{
    story_capable(story, &peers, &flow);
    story_mapping(story, &peers, &flow, OPENER_SAYS, 300, 100);
    story_unmapped(story, &flow, OPENER_SAYS, 100);
    story_unmapped(story, &flow, OPENER_SAYS, 100);
}

static void mapping_of_three_segments_and_more(struct story *story)
{
    mapping_of_three_segments(story);
    story_unmapped(story, &flow, OPENER_SAYS, 1);
}

static void capable_maps_two_segments(struct story *story)
{
    story_capable(story, &peers, &flow);
    story_capable_data(story, &peers, &flow, 200)->segment.payload_len = 100;
    flow.sent[OPENER_SAYS] -= 100;
    story_unmapped(story, &flow, OPENER_SAYS, 100);
}

static void mapped_data_sent_again_without(struct story *story)
{
    story->step_ns = 300 * STORY_MS;
    healthy(story);
    story_strip(story_again(story, 3, false));
}

static void data_cut(struct story *story)
{
    healthy(story);
    story_cut(story_data(story, &peers, &flow, OPENER_SAYS, 100), 8);
}

static void dss_comes_back(struct story *story)
{
    healthy(story);
    story_unmapped(story, &flow, RESPONDER_SAYS, 100);
    story_data(story, &peers, &flow, RESPONDER_SAYS, 100);
}

static void dss_comes_back_on_another_path(struct story *story)
{
    healthy(story);
    story_unmapped(story, &flow, RESPONDER_SAYS, 100);
    story_join(story, &peers, &second);
    story_data(story, &peers, &second, RESPONDER_SAYS, 100);
}

static void join_is_there(struct story *story)
{
    healthy(story);
    story_join(story, &peers, &second);
    story_unmapped(story, &flow, RESPONDER_SAYS, 100);
}

static void join_is_not_finished(struct story *story)
{
    healthy(story);
    story_join_syn(story, &peers, &second);
    story_unmapped(story, &flow, RESPONDER_SAYS, 100);
}

static void join_is_gone(struct story *story)
{
    healthy(story);
    story_join(story, &peers, &second);
    story_rst(story, &second, OPENER_SAYS, -1);
    story_unmapped(story, &flow, RESPONDER_SAYS, 100);
}

static void late_capture(struct story *story)
{
    story_data(story, &peers, &flow, OPENER_SAYS, 100);
    story_unmapped(story, &flow, OPENER_SAYS, 100);
}

/* The packet with the mapping is missing, as the hole before this data shows. */
static void mapping_not_captured(struct story *story)
{
    healthy(story);
    story_mapping(story, &peers, &flow, OPENER_SAYS, 200, 100);
    story->count--;
    story_unmapped(story, &flow, OPENER_SAYS, 100);
}

/* ---- MP_FAIL and infinite mappings -------------------------------------------------------------
 */

static void mp_fail_on(struct story *story, uint16_t flags)
{
    struct mpta_mptcp_option fail = {MPTA_MP_FAIL, .fail = {.dsn = peers.dsn[MPTA_CLIENT] - 100}};
    story_option(story, &flow, RESPONDER_SAYS, flags, 0, fail);
}

static void mp_fail(struct story *story)
{
    healthy(story);
    mp_fail_on(story, MPTA_TCP_ACK);
}

static void mp_fail_on_reset(struct story *story)
{
    healthy(story);
    story_join(story, &peers, &second);
    mp_fail_on(story, MPTA_TCP_RST | MPTA_TCP_ACK);
}

static void infinite_mapping(struct story *story)
{
    healthy(story);
    story_mapping(story, &peers, &flow, OPENER_SAYS, 0, 100);
    story_unmapped(story, &flow, OPENER_SAYS, 100);
}

static void mp_fail_then_infinite_mapping(struct story *story)
{
    healthy(story);
    mp_fail_on(story, MPTA_TCP_ACK);
    story_mapping(story, &peers, &flow, OPENER_SAYS, 0, 100);
    story_unmapped(story, &flow, OPENER_SAYS, 100);
}

/* Forged: both go on as if nothing had been. */
static void mp_fail_ends_nothing(struct story *story)
{
    mp_fail(story);
    story_data(story, &peers, &flow, OPENER_SAYS, 100);
    story_data(story, &peers, &flow, OPENER_SAYS, 100);
    story_data_ack(story, &peers, &flow, RESPONDER_SAYS);
}

/* What was on its way when MP_FAIL came is mapped, and no more acknowledged by DATA_ACK. */
static void mp_fail_crosses_data(struct story *story)
{
    mp_fail(story);
    story_data(story, &peers, &flow, OPENER_SAYS, 100);
    story_data(story, &peers, &flow, OPENER_SAYS, 100);
    story_plain(story, &flow, RESPONDER_SAYS, MPTA_TCP_ACK, 0);
}

static void infinite_mapping_ends_nothing(struct story *story)
{
    healthy(story);
    story_mapping(story, &peers, &flow, OPENER_SAYS, 0, 100);
    peers.dsn[MPTA_CLIENT] += 100;
    story_data(story, &peers, &flow, OPENER_SAYS, 100);
    story_data(story, &peers, &flow, OPENER_SAYS, 100);
    story_data_ack(story, &peers, &flow, RESPONDER_SAYS);
}

/* The packet before it is captured behind it, and acknowledged. */
static void infinite_mapping_overtakes(struct story *story)
{
    healthy(story);
    story_data(story, &peers, &flow, OPENER_SAYS, 100);
    story_mapping(story, &peers, &flow, OPENER_SAYS, 0, 100);
    story_swap(story, story->count - 2, story->count - 1);
    story_data_ack(story, &peers, &flow, RESPONDER_SAYS);
    story_unmapped(story, &flow, OPENER_SAYS, 100);
}

/* ---- Causes ---------------------------------------------------------------------------------- */

struct fallback_case {
    const char *words;
    void (*tell)(struct story *story);
    enum mpta_fallback_cause cause;
    uint64_t packet;
};

#define NONE MPTA_FALLBACK_NONE

/* clang-format off */
static const struct fallback_case fallback_cases[] = {
    {"nothing", healthy, NONE, 0},
    {"SYN/ACK without MP_CAPABLE", plain_server, MPTA_FALLBACK_SYNACK_WITHOUT_MP_CAPABLE, 2},
    {"SYN/ACK cut by the snap length", syn_ack_cut, NONE, 0},
    {"a RST for an answer", syn_ack_refuses, NONE, 0},
    {"SYN repeated without MP_CAPABLE", syn_repeated_without,
     MPTA_FALLBACK_SYN_RETRANSMITTED_WITHOUT_MP_CAPABLE, 2},
    {"SYN repeated without MP_CAPABLE, the first one answered", syn_repeated_without_but_answered,
     NONE, 0},
    {"SYN repeated without MP_CAPABLE, and no more", syn_repeated_in_vain, NONE, 0},
    {"SYN repeated without MP_CAPABLE though it was answered", answers_lost,
     MPTA_FALLBACK_SYN_RETRANSMITTED_WITHOUT_MP_CAPABLE, 3},
    {"SYN repeated, cut by the snap length", syn_repeated_cut, NONE, 0},
    {"ACK without MP_CAPABLE", ack_stripped, MPTA_FALLBACK_ACK_WITHOUT_MP_CAPABLE, 3},
    {"ACK without MP_CAPABLE, but DSS follows", ack_stripped_but_dss_follows, NONE, 0},
    {"ACK cut by the snap length", ack_cut, NONE, 0},
    {"a RST for an ACK", ack_is_a_reset, NONE, 0},
    {"an older version than offered", older_version, MPTA_FALLBACK_VERSION_MISMATCH, 2},
    {"an older version, and the client agrees", older_version_agreed, NONE, 0},
    {"data of the client without DSS", client_data_without_dss, MPTA_FALLBACK_DATA_WITHOUT_DSS, 4},
    {"data of the server without DSS", server_data_without_dss, MPTA_FALLBACK_DATA_WITHOUT_DSS, 6},
    {"a mapping over three segments", mapping_of_three_segments, NONE, 0},
    {"one octet more than the mapping over three segments", mapping_of_three_segments_and_more,
     MPTA_FALLBACK_DATA_WITHOUT_DSS, 7},
    {"MP_CAPABLE maps two segments", capable_maps_two_segments, NONE, 0},
    {"mapped data is sent again without DSS", mapped_data_sent_again_without, NONE, 0},
    {"data cut by the snap length", data_cut, NONE, 0},
    {"data without DSS, then DSS comes back", dss_comes_back, NONE, 0},
    {"data without DSS, then DSS comes back on another path", dss_comes_back_on_another_path,
     NONE, 0},
    {"data without DSS while a join is established", join_is_there, NONE, 0},
    {"data without DSS while a join is not yet established", join_is_not_finished,
     MPTA_FALLBACK_DATA_WITHOUT_DSS, 7},
    {"data without DSS after the join was reset", join_is_gone, MPTA_FALLBACK_DATA_WITHOUT_DSS, 11},
    {"data without DSS where the handshake was not captured", late_capture, NONE, 0},
    {"data without DSS behind a hole that the mapping fell into", mapping_not_captured, NONE, 0},
    {"MP_FAIL", mp_fail, MPTA_FALLBACK_MP_FAIL, 6},
    {"MP_FAIL on a RST: the other subflow goes on", mp_fail_on_reset, NONE, 0},
    {"an infinite mapping", infinite_mapping, MPTA_FALLBACK_INFINITE_MAPPING, 6},
    {"MP_FAIL, answered by an infinite mapping", mp_fail_then_infinite_mapping,
     MPTA_FALLBACK_MP_FAIL, 6},
    {"MP_FAIL that ends nothing", mp_fail_ends_nothing, NONE, 0},
    {"MP_FAIL that crosses data", mp_fail_crosses_data, MPTA_FALLBACK_MP_FAIL, 6},
    {"an infinite mapping that ends nothing", infinite_mapping_ends_nothing, NONE, 0},
    {"an infinite mapping that overtakes data", infinite_mapping_overtakes,
     MPTA_FALLBACK_INFINITE_MAPPING, 7},
};
/* clang-format on */

static void a_connection_falls_back_for_the_earliest_cause(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; i < COUNT_OF(fallback_cases); i++) {
        static struct story story;
        const struct fallback_case *c = &fallback_cases[i];
        peers = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_SERVER);
        flow = story_flow("10.0.1.1", 40001, "192.0.2.1", 443);
        second = story_flow("10.0.2.1", 40002, "192.0.2.1", 443);
        story_begin(&story);
        c->tell(&story);
        struct mpta_tracker *tracker = story_tell(&story);
        struct mpta_connection connection = story_connection(tracker, 0);
        uint64_t packet = connection.fallback == NONE ? 0 : connection.fallback_at.packet;
        if (connection.fallback != c->cause || packet != c->packet) {
            print_error("%s: %s at packet %llu\n", c->words,
                        mpta_fallback_cause_name(connection.fallback), (unsigned long long)packet);
            wrong++;
        }
        assert_int_equal(story_summary(tracker).fallbacks, connection.fallback != NONE);
        mpta_tracker_free(tracker);
    }
    assert_int_equal(wrong, 0);
}

/* The names are those of the JSON schema. */
static void causes_have_names(void **state)
{
    (void)state;
    static const char *const names[] = {
        "none",
        "synack-without-mp_capable",
        "syn-retransmitted-without-mp_capable",
        "ack-without-mp_capable",
        "data-without-dss",
        "mp_fail",
        "infinite-mapping",
        "version-mismatch",
        "other",
    };
    for (int cause = 0; cause < MPTA_FALLBACK_CAUSE_COUNT; cause++)
        assert_string_equal(mpta_fallback_cause_name((enum mpta_fallback_cause)cause),
                            names[cause]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_connection_falls_back_for_the_earliest_cause),
        cmocka_unit_test(causes_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
