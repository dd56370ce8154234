/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a connection takes of memory while it is open, what is left of it once its end was told,
 * what its record takes, and that nothing is left of those that come and go: two subflows that
 * carried some data each way, and all that may be in between. Counted is what the allocator gave,
 * so that no other process and no system has a say in it. The linker puts these functions in the
 * place of the allocating ones.
 */
#include "tests/unit/analyzer/story.h"
#include "tests/unit/analyzer/stranger.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#define CONNECTIONS 100 /* that are counted, after as many others have filled what all share */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *items, size_t size);
void __real_free(void *items);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *items, size_t size);
void __wrap_free(void *items);
char *__real_strdup(const char *text);
char *__wrap_strdup(const char *text);

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

char *__wrap_strdup(const char *text)
{
    return count_in(__real_strdup(text));
}

/* ---- The story ------------------------------------------------------------------------------- */

/* No two keys have anything to do with each other. */
static struct story_peers visitor_peers(uint32_t number)
{
    uint64_t mixed = (number + 1) * UINT64_C(0x9e3779b97f4a7c15);
    mixed = (mixed ^ mixed >> 29) * UINT64_C(0xbf58476d1ce4e5b9);
    return story_peers(1, STORY_KEY_THIRD ^ mixed, STORY_KEY_FOURTH ^ mixed ^ mixed >> 31);
}

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
    struct story_peers peers = visitor_peers(number);
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

#define MINUTE_NS INT64_C(60000000000)

static const struct {
    const char *words;
    bool closed;
    bool aged;   /* long after its last packet */
    size_t most; /* octets a connection */
} cases[] = {
    {"open",                      false, false, 7950},
    {"open, it sleeps",           false, true,  3450},
    {"closed, its end told",      true,  false, 6300},
    {"left, its record is there", true,  true,  700 },
};

/* Time goes by, with as many packets of somebody else, until all have left of whom nothing more
 * comes, and others sleep. */
static int64_t retire_all(struct mpta_tracker *tracker, int64_t now_ns)
{
    for (int i = 0; i < 3 * CONNECTIONS; i++) {
        now_ns += MINUTE_NS;
        stranger_feed(tracker, now_ns);
        mpta_tracker_retire(tracker, 0);
    }
    return now_ns;
}

/* What so many connections more take. */
static size_t measure(struct mpta_tracker *tracker, bool closed, bool aged)
{
    int64_t now_ns = feed_connections(tracker, 0, closed, STORY_MS);
    now_ns = aged ? retire_all(tracker, now_ns) : now_ns;
    size_t before = in_use;
    now_ns = feed_connections(tracker, CONNECTIONS, closed, now_ns);
    if (aged)
        retire_all(tracker, now_ns);
    return in_use - before;
}

static void connections_take_so_much(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct mpta_config config = {.keeps_records = true, .sleeps = true};
        struct mpta_tracker *tracker = mpta_tracker_new(&config);
        assert_non_null(tracker);
        size_t each = measure(tracker, cases[i].closed, cases[i].aged) / CONNECTIONS;
        if (each > cases[i].most)
            fail_msg("%s: %zu octets a connection, more than %zu", cases[i].words, each,
                     cases[i].most);
        print_message("%s: %zu octets a connection\n", cases[i].words, each);
        assert_int_equal(story_summary(tracker).connections, 2 * CONNECTIONS);
        assert_int_equal(story_summary(tracker).kept, 2 * CONNECTIONS);
        assert_int_equal(story_summary(tracker).subflows, 4 * CONNECTIONS);
        assert_null(story_worst(tracker, MPTA_WARNING));
        mpta_tracker_free(tracker);
    }
    assert_int_equal(in_use, 0);
}

/* ---- Coming and going ------------------------------------------------------------------------ */

#define VISITORS     200000
#define VISITORS_ERA (VISITORS / 10) /* so many are looked at together */
#define RETIRE_EVERY 256             /* visitors */
#define RETIRE_KEEP  64

/* Flows of other hosts for each visitor. */
static struct story_flow visitor_flow(uint32_t number, uint8_t path)
{
    struct story_flow flow = story_flow("10.0.0.0", 40000, "192.0.2.1", 443);
    flow.address[OPENER_SAYS].octets[0] = path;
    flow.address[OPENER_SAYS].octets[1] = (uint8_t)(number >> 16);
    flow.address[OPENER_SAYS].octets[2] = (uint8_t)(number >> 8);
    flow.address[OPENER_SAYS].octets[3] = (uint8_t)number;
    flow.isn[OPENER_SAYS] += number * 65537;
    flow.isn[RESPONDER_SAYS] += number * 65539;
    flow.nonce[OPENER_SAYS] += number;
    flow.nonce[RESPONDER_SAYS] += number;
    return flow;
}

static void visit_and_close(struct story *story, uint32_t number)
{
    struct story_peers peers = visitor_peers(number);
    struct story_flow flow = visitor_flow(number, 10);
    story_capable(story, &peers, &flow);
    story_capable_data(story, &peers, &flow, 100);
    story_data_fins(story, &peers, &flow);
    story_fins(story, &peers, &flow);
}

static void visit_on_two_paths(struct story *story, uint32_t number)
{
    struct story_peers peers = visitor_peers(number);
    struct story_flow first = visitor_flow(number, 10), second = visitor_flow(number, 11);
    second.address_id[OPENER_SAYS] = 2;
    story_capable(story, &peers, &first);
    story_join(story, &peers, &second);
    story_data(story, &peers, &second, OPENER_SAYS, 100);
    story_data_fins(story, &peers, &first);
    story_fins(story, &peers, &first);
    story_fins(story, &peers, &second);
}

static void visit_in_vain(struct story *story, uint32_t number)
{
    struct story_peers peers = visitor_peers(number);
    struct story_flow flow = visitor_flow(number, 10);
    story_syn(story, &peers, &flow);
}

/* The join of a connection that was not captured. */
static void visit_of_nobody(struct story *story, uint32_t number)
{
    struct story_peers peers = visitor_peers(number);
    struct story_flow flow = visitor_flow(number, 10);
    story_join(story, &peers, &flow);
    story_rst(story, &flow, RESPONDER_SAYS, 0);
}

/* Plain TCP takes over the ports. */
static void visit_and_make_room(struct story *story, uint32_t number)
{
    visit_and_close(story, number);
    struct story_flow flow = visitor_flow(number, 10);
    flow.isn[OPENER_SAYS] += 0x40000000;
    story_plain(story, &flow, OPENER_SAYS, MPTA_TCP_SYN, 0);
    story_plain(story, &flow, OPENER_SAYS, MPTA_TCP_ACK, 0);
}

/* Captured again behind a NAT. */
static void visit_through_a_nat(struct story *story, uint32_t number)
{
    visit_and_close(story, number);
    for (size_t i = 0, count = story->count; i < count; i++) {
        story_stamp(&story->packets[i], 1000 + number, 999);
        struct story_packet *copy = story_again(story, i, true);
        struct mpta_segment *segment = &copy->segment;
        *(segment->src_port == 443 ? &segment->dst_port : &segment->src_port) = 50000;
        copy->place.time_ns = story->packets[i].place.time_ns + STORY_MS / 10;
    }
}

static void (*const visits[])(struct story *story, uint32_t number) = {
    visit_and_close, visit_on_two_paths,  visit_in_vain,
    visit_of_nobody, visit_and_make_room, visit_through_a_nat,
};

/* The most that was in use while so many came and went. */
static size_t receive(struct mpta_tracker *tracker, uint32_t begin, uint32_t end, int64_t *now_ns)
{
    static struct story story;
    struct mpta_fed fed;
    size_t most = 0;
    for (uint32_t number = begin; number < end; number++) {
        story_begin(&story);
        story.now_ns = *now_ns;
        visits[number % COUNT_OF(visits)](&story, number);
        for (size_t i = 0; i < story.count; i++)
            assert_int_equal(story_feed(&story, i, tracker, &fed), MPTA_OK);
        *now_ns = story.now_ns;
        most = in_use > most ? in_use : most;
        if (number % RETIRE_EVERY == 0)
            mpta_tracker_retire(tracker, RETIRE_KEEP);
    }
    return most;
}

static void nothing_is_left_of_those_that_come_and_go(void **state)
{
    (void)state;
    const struct mpta_config config = {0};
    struct mpta_tracker *tracker = mpta_tracker_new(&config);
    int64_t now_ns = STORY_MS;
    assert_non_null(tracker);
    receive(tracker, 0, VISITORS_ERA, &now_ns);
    size_t early = receive(tracker, VISITORS_ERA, 2 * VISITORS_ERA, &now_ns);
    receive(tracker, 2 * VISITORS_ERA, VISITORS - VISITORS_ERA, &now_ns);
    size_t late = receive(tracker, VISITORS - VISITORS_ERA, VISITORS, &now_ns);
    print_message("%zu octets at most, and %zu in the end\n", early, late);
    assert_true(late <= early + early / 100);
    assert_int_equal(mpta_tracker_finish(tracker), MPTA_OK);
    struct mpta_summary summary = story_summary(tracker);
    assert_int_equal(summary.connections + summary.unlinked_subflows, VISITORS);
    assert_true(summary.kept < VISITORS / 20);
    mpta_tracker_free(tracker);
    assert_int_equal(in_use, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connections_take_so_much),
        cmocka_unit_test(nothing_is_left_of_those_that_come_and_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
