/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a connection takes of memory while it is open, and what is left of it once its end was told:
 * two subflows that carried some data each way. Counted is what the allocator gave, so that no
 * other process and no system has a say in it. The linker puts these functions in the place of the
 * allocating ones.
 */
#include "tests/unit/analyzer/story.h"

#include <malloc.h>
#include <stdlib.h>

#define CONNECTIONS 100 /* that are counted, after as many others have filled what all share */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *items, size_t size);
void __real_free(void *items);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *items, size_t size);
void __wrap_free(void *items);

static size_t in_use;

static void *count_in(void *items)
{
    in_use += malloc_usable_size(items);
    return items;
}

void *__wrap_malloc(size_t size)
{
    return count_in(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
    return count_in(__real_calloc(count, size));
}

void *__wrap_realloc(void *items, size_t size)
{
    in_use -= malloc_usable_size(items);
    return count_in(__real_realloc(items, size));
}

void __wrap_free(void *items)
{
    in_use -= malloc_usable_size(items);
    __real_free(items);
}

/* ---- The story ------------------------------------------------------------------------------- */

/* All packets carry timestamps, as those of most hosts do. */
static void stamp_all(struct story *story)
{
    for (size_t i = 0; i < story->count; i++) {
        if (story->packets[i].segment.options_len + 12 <= sizeof(story->packets[i].options))
            story_stamp(&story->packets[i], 1000 + (uint32_t)i, 999 + (uint32_t)i);
    }
}

static void tell_connection(struct story *story, uint16_t number, bool closed, int64_t now_ns)
{
    struct story_peers peers = story_peers(1, STORY_KEY_THIRD + number, STORY_KEY_FOURTH + number);
    struct story_flow first = story_flow("10.0.1.1", (uint16_t)(10000 + number), "192.0.2.1", 443);
    struct story_flow second = story_flow("10.0.2.1", (uint16_t)(20000 + number), "192.0.2.1", 443);
    story_begin(story);
    story->now_ns = now_ns;
    second.address_id[OPENER_SAYS] = 2;
    second.nonce[OPENER_SAYS] += number;
    second.nonce[RESPONDER_SAYS] += number;
    story_capable(story, &peers, &first);
    story_join(story, &peers, &second);
    for (unsigned i = 0; i < 4; i++) {
        struct story_flow *flow = i % 2 ? &second : &first;
        story_data(story, &peers, flow, OPENER_SAYS, 1000);
        story_data_ack(story, &peers, flow, RESPONDER_SAYS);
        story_data(story, &peers, flow, RESPONDER_SAYS, 1000);
        story_data_ack(story, &peers, flow, OPENER_SAYS);
    }
    if (closed) {
        story_data_fins(story, &peers, &first);
        story_fins(story, &peers, &first);
        story_fins(story, &peers, &second);
    }
    stamp_all(story);
}

/* Feeds so many connections one after the other; the time of the last packet. */
static int64_t feed_connections(struct mpta_tracker *tracker, uint16_t begin, bool closed,
                                int64_t now_ns)
{
    static struct story story;
    struct mpta_fed fed;
    for (uint16_t i = 0; i < CONNECTIONS; i++) {
        tell_connection(&story, (uint16_t)(begin + i), closed, now_ns);
        for (size_t k = 0; k < story.count; k++)
            assert_int_equal(story_feed(&story, k, tracker, &fed), MPTA_OK);
        now_ns = story.now_ns;
    }
    return now_ns;
}

/* ---- What it takes --------------------------------------------------------------------------- */

static const struct {
    const char *words;
    bool closed;
    size_t most; /* octets a connection */
} cases[] = {
    {"open",                 false, 12600},
    {"closed, its end told", true,  8700 },
};

static void connections_take_so_much(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct mpta_config config = {0};
        struct mpta_tracker *tracker = mpta_tracker_new(&config);
        assert_non_null(tracker);
        int64_t now_ns = feed_connections(tracker, 0, cases[i].closed, STORY_MS);
        size_t before = in_use;
        feed_connections(tracker, CONNECTIONS, cases[i].closed, now_ns);
        size_t each = (in_use - before) / CONNECTIONS;
        if (each > cases[i].most)
            fail_msg("%s: %zu octets a connection, more than %zu", cases[i].words, each,
                     cases[i].most);
        print_message("%s: %zu octets a connection\n", cases[i].words, each);
        assert_int_equal(story_summary(tracker).connections, 2 * CONNECTIONS);
        assert_int_equal(story_summary(tracker).subflows, 4 * CONNECTIONS);
        assert_null(story_worst(tracker, MPTA_WARNING));
        mpta_tracker_free(tracker);
    }
    assert_int_equal(in_use, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(connections_take_so_much)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
