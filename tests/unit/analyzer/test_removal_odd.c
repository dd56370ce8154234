/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Stories that are odd without being wrong: ends that come early, then other connections on the
 * same ports, keys that change as SYN cookies let them. None has an error, and none gets one,
 * whichever run of packets, or which two of them, the capture misses.
 */
#include "tests/unit/analyzer/story.h"

static struct story_peers before, after;
static struct story_flow first, again;

/* Two connections on the same ports, whose sequence numbers lie apart one way or the other. */
static void begin(struct story *story, int version, uint32_t apart)
{
    story_begin(story);
    before = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    after = story_peers(version, STORY_KEY_THIRD, STORY_KEY_FOURTH);
    first = story_flow("10.0.1.1", 40001, "10.0.9.1", 443);
    again = first;
    again.isn[OPENER_SAYS] += apart;
    again.isn[RESPONDER_SAYS] += apart / 2;
}

static void open_before(struct story *story)
{
    story_capable(story, &before, &first);
    story_data(story, &before, &first, OPENER_SAYS, 100);
    story_data(story, &before, &first, RESPONDER_SAYS, 100);
}

static void live_again(struct story *story)
{
    story_capable(story, &after, &again);
    story_data(story, &after, &again, OPENER_SAYS, 100);
    story_data(story, &after, &again, RESPONDER_SAYS, 100);
    story_data(story, &after, &again, OPENER_SAYS, 100);
    story_add_addr(story, &after, &again, RESPONDER_SAYS, 3, "10.0.9.3", 0);
    story_data_fins(story, &after, &again);
    story_fastclose(story, &after, &again, OPENER_SAYS, MPTA_TCP_RST | MPTA_TCP_ACK);
}

/* ---- Another connection on the ports --------------------------------------------------------- */

static void after_an_infinite_mapping(struct story *story, uint32_t apart)
{
    begin(story, 1, apart);
    open_before(story);
    story_mapping(story, &before, &first, OPENER_SAYS, 0, 100);
    story_unmapped(story, &first, RESPONDER_SAYS, 100);
    live_again(story);
}

static void after_an_abort(struct story *story, uint32_t apart)
{
    begin(story, 1, apart);
    open_before(story);
    story_fastclose(story, &before, &first, OPENER_SAYS, MPTA_TCP_RST | MPTA_TCP_ACK);
    live_again(story);
}

static void after_a_data_fin(struct story *story, uint32_t apart)
{
    begin(story, 1, apart);
    open_before(story);
    story_data_fins(story, &before, &first);
    live_again(story);
}

/* Version 0 announces without HMACs, and its client tells its key in the SYN. */
static void in_version_0(struct story *story, uint32_t apart)
{
    begin(story, 0, apart);
    open_before(story);
    live_again(story);
}

static void first_in_version_0(struct story *story, uint32_t apart)
{
    begin(story, 1, apart);
    before = story_peers(0, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    open_before(story);
    story_add_addr(story, &before, &first, RESPONDER_SAYS, 3, "10.0.9.3", 0);
    live_again(story);
}

/* The older one had checksums, the newer one does without. */
static void without_checksums(struct story *story, uint32_t apart)
{
    begin(story, 1, apart);
    before.flags |= MPTA_CAPABLE_A;
    story_capable(story, &before, &first);
    story_fins(story, &before, &first);
    live_again(story);
}

/* ---- SYN cookies ----------------------------------------------------------------------------- */

/* The server answers twice, with two keys; the client takes the second. */
static void answer_twice(struct story *story, int version, uint32_t apart)
{
    begin(story, version, apart);
    before = story_peers(version, STORY_KEY_CLIENT, STORY_KEY_THIRD);
    after = story_peers(version, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    story_syn(story, &before, &first);
    story_syn_ack(story, &before, &first);
    first.sent[RESPONDER_SAYS] = 0;
    story_syn_ack(story, &after, &first);
    story_ack(story, &after, &first);
}

static void cookies_and_an_abort(struct story *story, uint32_t apart)
{
    answer_twice(story, 1, apart);
    story_fastclose(story, &after, &first, OPENER_SAYS, MPTA_TCP_ACK);
}

static void cookies_and_a_join(struct story *story, uint32_t apart)
{
    struct story_flow join = story_flow("10.0.2.1", 40002, "10.0.9.1", 443);
    answer_twice(story, 0, apart);
    story_data(story, &after, &first, RESPONDER_SAYS, 100);
    story_join(story, &after, &join);
    story_fastclose(story, &after, &first, OPENER_SAYS, MPTA_TCP_ACK);
}

/* ---- All of them ----------------------------------------------------------------------------- */

static const struct {
    const char *words;
    void (*tell)(struct story *story, uint32_t apart);
} stories[] = {
    {"after an infinite mapping", after_an_infinite_mapping},
    {"after an abort",            after_an_abort           },
    {"after a DATA_FIN",          after_a_data_fin         },
    {"in version 0",              in_version_0             },
    {"after version 0",           first_in_version_0       },
    {"without checksums",         without_checksums        },
    {"SYN cookies, an abort",     cookies_and_an_abort     },
    {"SYN cookies, a join",       cookies_and_a_join       },
};

/* True if without these packets there is no error; else says which. */
static bool bears(const struct story *story, const char *words, const struct story_loss *loss)
{
    struct mpta_tracker *tracker = story_tell_with(story, loss, NULL, 0);
    const char *error = story_worst(tracker, MPTA_ERROR);
    if (error)
        print_error("%s, without packets %zu to %zu and %zu (0: none): %s\n", words,
                    loss->begin + 1, loss->end, loss->also + 1, error);
    mpta_tracker_free(tracker);
    return !error;
}

static size_t errors_without_runs(const struct story *story, const char *words)
{
    size_t errors = 0;
    for (size_t begin = 0; begin <= story->count; begin++) {
        for (size_t end = begin + 1; end <= story->count; end++)
            errors += !bears(story, words, &(struct story_loss){begin, end, .also = SIZE_MAX});
    }
    return errors;
}

static size_t errors_without_pairs(const struct story *story, const char *words)
{
    size_t errors = 0;
    for (size_t one = 0; one < story->count; one++) {
        for (size_t other = one + 2; other < story->count; other++)
            errors += !bears(story, words, &(struct story_loss){one, one + 1, .also = other});
    }
    return errors;
}

static void odd_is_not_wrong(void **state)
{
    static const uint32_t aparts[] = {UINT32_C(500000000), UINT32_C(3700000000)};
    size_t errors = 0;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(stories); i++) {
        for (size_t j = 0; j < COUNT_OF(aparts); j++) {
            static struct story story;
            stories[i].tell(&story, aparts[j]);
            errors += !bears(&story, stories[i].words, &(struct story_loss){.also = SIZE_MAX});
            errors += errors_without_runs(&story, stories[i].words);
            errors += errors_without_pairs(&story, stories[i].words);
        }
    }
    assert_int_equal(errors, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(odd_is_not_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
