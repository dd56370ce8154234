/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is sent after an infinite mapping and after MP_FASTCLOSE. Each story is told with the
 * finding that it must make, and how bad it is; stories next to it make none.
 */
#include "tests/unit/analyzer/story.h"

#include <string.h>

#define ACK (MPTA_TCP_ACK)
#define RST (MPTA_TCP_RST | MPTA_TCP_ACK)
#define FIN (MPTA_TCP_FIN | MPTA_TCP_ACK)

static struct story_peers peers;
static struct story_flow first;
static struct story_flow second;

static void open_one(struct story *story)
{
    story_capable(story, &peers, &first);
    story_data(story, &peers, &first, OPENER_SAYS, 100);
    story_data(story, &peers, &first, RESPONDER_SAYS, 100);
}

static void open_two(struct story *story)
{
    open_one(story);
    story_join(story, &peers, &second);
    story_data(story, &peers, &second, OPENER_SAYS, 100);
    story_data(story, &peers, &second, RESPONDER_SAYS, 100);
}

/* The opener's; its DSN goes on. */
static struct story_packet *say_infinite(struct story *story, struct story_flow *flow)
{
    return story_mapping(story, &peers, flow, OPENER_SAYS, 0, 100);
}

/* ---- Mappings after an infinite one ---------------------------------------------------------- */

static void maps_again(struct story *story)
{
    open_one(story);
    say_infinite(story, &first);
    story_unmapped(story, &first, RESPONDER_SAYS, 50);
    story_data(story, &peers, &first, OPENER_SAYS, 100);
}

static void maps_again_unproven(struct story *story)
{
    open_one(story);
    say_infinite(story, &first);
    story_data(story, &peers, &first, OPENER_SAYS, 100);
}

static void repeats_infinite(struct story *story)
{
    open_one(story);
    say_infinite(story, &first);
    story_unmapped(story, &first, RESPONDER_SAYS, 50);
    say_infinite(story, &first);
    story_unmapped(story, &first, OPENER_SAYS, 50);
}

static void retransmits_older(struct story *story)
{
    open_one(story);
    say_infinite(story, &first);
    struct story_packet *answer = story_unmapped(story, &first, RESPONDER_SAYS, 50);
    uint32_t acked = answer->segment.seq + 50;
    story_again(story, 3, false)->segment.ack = acked;
}

static void overtaken_by_infinite(struct story *story)
{
    open_one(story);
    story_data(story, &peers, &first, OPENER_SAYS, 100);
    say_infinite(story, &first);
    story_swap(story, story->count - 2, story->count - 1);
}

static void peer_still_maps(struct story *story)
{
    open_one(story);
    say_infinite(story, &first);
    story_data(story, &peers, &first, RESPONDER_SAYS, 100);
}

/* ---- Subflows beside an infinite mapping ----------------------------------------------------- */

static void beside(struct story *story)
{
    open_two(story);
    say_infinite(story, &first);
    story_data(story, &peers, &second, RESPONDER_SAYS, 100);
    story_data(story, &peers, &second, OPENER_SAYS, 100);
}

static void beside_unproven(struct story *story)
{
    open_two(story);
    say_infinite(story, &first);
    story_data(story, &peers, &second, OPENER_SAYS, 100);
}

static void beside_a_finished_one(struct story *story)
{
    open_two(story);
    story_fins(story, &peers, &second);
    say_infinite(story, &first);
    story_data_ack(story, &peers, &second, OPENER_SAYS);
}

static void beside_a_closing_one(struct story *story)
{
    open_two(story);
    story_plain(story, &second, OPENER_SAYS, FIN, 0);
    say_infinite(story, &first);
    story_data(story, &peers, &second, RESPONDER_SAYS, 100);
    story_data_ack(story, &peers, &second, OPENER_SAYS);
}

static void beside_one_that_is_reset(struct story *story)
{
    open_two(story);
    say_infinite(story, &first);
    story_rst(story, &second, OPENER_SAYS, 1);
}

static void beside_a_silent_one(struct story *story)
{
    open_two(story);
    say_infinite(story, &first);
    story_unmapped(story, &first, RESPONDER_SAYS, 50);
}

/* ---- Data after MP_FASTCLOSE ----------------------------------------------------------------- */

static void goes_on(struct story *story)
{
    open_one(story);
    story_fastclose(story, &peers, &first, OPENER_SAYS, ACK);
    story_data(story, &peers, &first, RESPONDER_SAYS, 100);
    story_data(story, &peers, &first, OPENER_SAYS, 100);
}

static void goes_on_after_rst(struct story *story)
{
    open_one(story);
    story_fastclose(story, &peers, &first, OPENER_SAYS, RST);
    story_data(story, &peers, &first, RESPONDER_SAYS, 100);
    story_data(story, &peers, &first, OPENER_SAYS, 100);
}

static void fastclose_repeated(struct story *story)
{
    open_one(story);
    story_fastclose(story, &peers, &first, OPENER_SAYS, ACK);
    story_data(story, &peers, &first, RESPONDER_SAYS, 100);
    story_fastclose(story, &peers, &first, OPENER_SAYS, ACK);
    story_data_ack(story, &peers, &first, OPENER_SAYS);
}

static void peer_has_data_under_way(struct story *story)
{
    open_one(story);
    story_fastclose(story, &peers, &first, OPENER_SAYS, ACK);
    story_data(story, &peers, &first, RESPONDER_SAYS, 100);
    story_data(story, &peers, &first, RESPONDER_SAYS, 100);
}

static void overtaken_by_fastclose(struct story *story)
{
    open_one(story);
    story_data(story, &peers, &first, OPENER_SAYS, 100);
    story_fastclose(story, &peers, &first, OPENER_SAYS, ACK);
    story_swap(story, story->count - 2, story->count - 1);
}

static void late_on_another_path(struct story *story)
{
    open_two(story);
    story_data(story, &peers, &second, OPENER_SAYS, 100);
    story_fastclose(story, &peers, &first, OPENER_SAYS, RST);
    story_swap(story, story->count - 2, story->count - 1);
}

/* The opener answers on the second subflow what came after its MP_FASTCLOSE on the first. */
static void go_on_elsewhere(struct story *story, int64_t later_ns, bool data)
{
    open_two(story);
    story_fastclose(story, &peers, &first, OPENER_SAYS, ACK);
    story->now_ns += later_ns;
    story_data(story, &peers, &second, RESPONDER_SAYS, 100);
    if (data)
        story_data(story, &peers, &second, OPENER_SAYS, 100);
    else
        story_data_ack(story, &peers, &second, OPENER_SAYS);
}

static void goes_on_elsewhere(struct story *story)
{
    go_on_elsewhere(story, 3000 * STORY_MS, true);
}

static void goes_on_elsewhere_at_once(struct story *story)
{
    go_on_elsewhere(story, 0, true);
}

static void answers_elsewhere(struct story *story)
{
    go_on_elsewhere(story, 3000 * STORY_MS, false);
}

static void resets_elsewhere(struct story *story)
{
    go_on_elsewhere(story, 3000 * STORY_MS, false);
    story->count--;
    story_rst(story, &second, OPENER_SAYS, -1);
}

static void fastclose_is_forged(struct story *story)
{
    open_one(story);
    story_spoil(story_fastclose(story, &peers, &first, OPENER_SAYS, ACK), 11);
    story_data(story, &peers, &first, RESPONDER_SAYS, 100);
    story_data(story, &peers, &first, OPENER_SAYS, 100);
}

/* ---- The table ------------------------------------------------------------------------------- */

#define NONE (-1)

static const struct {
    const char *words;
    void (*tell)(struct story *story);
    const char *id;
    int severity; /* enum mpta_severity, or NONE: it must not be found */
} cases[] = {
    {"maps again",                      maps_again,                "mapping-after-fallback", MPTA_ERROR  },
    {"maps again at once",              maps_again_unproven,       "mapping-after-fallback", MPTA_WARNING},
    {"repeats it",                      repeats_infinite,          "mapping-after-fallback", NONE        },
    {"retransmits older data",          retransmits_older,         "mapping-after-fallback", NONE        },
    {"overtook a mapping",              overtaken_by_infinite,     "mapping-after-fallback", NONE        },
    {"the peer still maps",             peer_still_maps,           "mapping-after-fallback", NONE        },
    {"another subflow goes on",         beside,                    "infinite-with-subflows", MPTA_ERROR  },
    {"another subflow goes on at once", beside_unproven,           "infinite-with-subflows", MPTA_WARNING},
    {"another subflow is finished",     beside_a_finished_one,     "infinite-with-subflows", NONE        },
    {"another subflow is closing",      beside_a_closing_one,      "infinite-with-subflows", NONE        },
    {"another subflow is reset",        beside_one_that_is_reset,  "infinite-with-subflows", NONE        },
    {"another subflow is silent",       beside_a_silent_one,       "infinite-with-subflows", NONE        },
    {"goes on after its ACK",           goes_on,                   "data-after-fastclose",   MPTA_ERROR  },
    {"goes on after its RST",           goes_on_after_rst,         "data-after-fastclose",   MPTA_ERROR  },
    {"repeats MP_FASTCLOSE",            fastclose_repeated,        "data-after-fastclose",   NONE        },
    {"the peer has data under way",     peer_has_data_under_way,   "data-after-fastclose",   NONE        },
    {"overtook data",                   overtaken_by_fastclose,    "data-after-fastclose",   NONE        },
    {"data is late on another path",    late_on_another_path,      "data-after-fastclose",   NONE        },
    {"goes on elsewhere",               goes_on_elsewhere,         "data-after-fastclose",   MPTA_ERROR  },
    {"goes on elsewhere at once",       goes_on_elsewhere_at_once, "data-after-fastclose",   MPTA_WARNING},
    {"answers elsewhere",               answers_elsewhere,         "data-after-fastclose",   MPTA_WARNING},
    {"resets the others",               resets_elsewhere,          "data-after-fastclose",   NONE        },
    {"somebody else's",                 fastclose_is_forged,       "data-after-fastclose",   NONE        },
};

static void tell_afresh(struct story *story, size_t index)
{
    peers = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    first = story_flow("10.0.1.1", 40001, "10.9.0.1", 443);
    second = story_flow("10.0.2.1", 40002, "10.9.0.1", 443);
    story_begin(story);
    cases[index].tell(story);
}

static int severity_of(const struct mpta_tracker *tracker, const char *id)
{
    struct mpta_finding finding;
    return story_finding(tracker, 0, id, &finding) ? (int)finding.severity : NONE;
}

static void each_story_has_its_finding(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct story story;
        tell_afresh(&story, i);
        struct mpta_tracker *tracker = story_tell(&story);
        int severity = severity_of(tracker, cases[i].id);
        if (severity != cases[i].severity)
            fail_msg("%s: %d", cases[i].words, severity);
        mpta_tracker_free(tracker);
    }
}

/* Stories without an error have none either when a packet was not captured. */
static void loss_makes_no_error(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct story story;
        tell_afresh(&story, i);
        for (size_t lost = 0; cases[i].severity != MPTA_ERROR && lost < story.count; lost++) {
            const struct story_loss loss = {.also = lost};
            struct mpta_tracker *tracker = story_tell_with(&story, &loss, NULL, 0);
            if (severity_of(tracker, cases[i].id) > cases[i].severity)
                fail_msg("%s, without packet %zu", cases[i].words, lost + 1);
            mpta_tracker_free(tracker);
        }
    }
}

/* A timestamp proves the order where nothing was acknowledged in between. */
static void timestamps_prove_the_order(void **state)
{
    static const struct {
        uint32_t before, after;
        int severity;
    } rows[] = {
        {7,          8, MPTA_ERROR  },
        {7,          7, MPTA_WARNING},
        {8,          7, MPTA_WARNING},
        {UINT32_MAX, 0, MPTA_ERROR  },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct story story;
        tell_afresh(&story, 1);
        for (size_t at = story.count - 2; at < story.count; at++) {
            struct story_packet *packet = &story.packets[at];
            uint32_t value = at == story.count - 1 ? rows[i].after : rows[i].before;
            const uint8_t octets[10] = {MPTA_KIND_TIMESTAMPS,   10,
                                        (uint8_t)(value >> 24), (uint8_t)(value >> 16),
                                        (uint8_t)(value >> 8),  (uint8_t)value};
            assert_true(packet->segment.options_len + sizeof(octets) <= sizeof(packet->options));
            memcpy(packet->options + packet->segment.options_len, octets, sizeof(octets));
            packet->segment.options_len += sizeof(octets);
            packet->segment.options_captured = packet->segment.options_len;
        }
        struct mpta_tracker *tracker = story_tell(&story);
        assert_int_equal(severity_of(tracker, "mapping-after-fallback"), rows[i].severity);
        mpta_tracker_free(tracker);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_story_has_its_finding),
        cmocka_unit_test(loss_makes_no_error),
        cmocka_unit_test(timestamps_prove_the_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
