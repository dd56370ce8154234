/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How much work hostile traffic makes. The analyzer is compiled for this test so that it counts its
 * basic blocks: the same packets make the same number on every machine. Twice the packets may take
 * little more than twice the work, and lead to no more findings.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "cli/event_line.h"
#include "tests/forge/floods.h"
#include "tests/forge/scenario.h"

#define LESS 10000

/* Sorting takes a little more than twice as long. */
#define TWICE_MAX 2.2

/* What the compiler has the analyzer call for each basic block. */
void __sanitizer_cov_trace_pc(void);

static uint64_t blocks;

void __sanitizer_cov_trace_pc(void)
{
    blocks++;
}

/* ---- Counting ------------------------------------------------------------------------------- */

/* What a flood of a size costs and leads to. */
struct cost {
    uint64_t blocks;
    size_t findings; /* rows of them */
    bool found;      /* the one that was looked for */
    uint64_t addresses;
};

static void count_finding(struct cost *cost, const struct mpta_finding *finding, const char *id)
{
    cost->findings++;
    cost->found |= id && strcmp(finding->kind->id, id) == 0;
}

static void count_findings(struct cost *cost, const struct mpta_tracker *tracker, const char *id)
{
    struct mpta_connection connection;
    struct mpta_finding finding;
    for (uint32_t c = 0; mpta_tracker_connection(tracker, c, &connection); c++) {
        for (size_t i = 0; mpta_tracker_finding(tracker, c, i, &finding); i++) {
            count_finding(cost, &finding, id);
        }
    }
    for (size_t i = 0; mpta_tracker_global_finding(tracker, i, &finding); i++) {
        count_finding(cost, &finding, id);
    }
}

static struct cost cost_of(const struct forge_flood *flood, unsigned count)
{
    struct forge forge = forge_new(3);
    struct mpta_tracker *tracker = mpta_tracker_new(NULL);
    struct mpta_connection connection;
    struct cost cost = {.found = flood->id == NULL};
    flood->play(&forge, count);
    assert_false(forge.failed);
    blocks = 0;
    assert_int_equal(forge_feed(&forge, tracker), MPTA_OK);
    cost.blocks = blocks;
    assert_true(mpta_tracker_connection(tracker, 0, &connection));
    cost.addresses = connection.address_count;
    count_findings(&cost, tracker, flood->id);
    mpta_tracker_free(tracker);
    forge_free(&forge);
    return cost;
}

static void flood_check(const struct forge_flood *flood)
{
    const struct cost less = cost_of(flood, LESS);
    const struct cost more = cost_of(flood, 2 * LESS);
    const double growth = (double)more.blocks / (double)less.blocks;
    print_message("%s: %.0f blocks a packet, %.2f times for twice the packets, %zu findings\n",
                  flood->words, (double)less.blocks / LESS, growth, more.findings);
    assert_true(less.blocks > LESS);
    if (growth > TWICE_MAX || !more.found || more.findings > flood->findings_max) {
        fail_msg("%s: or no %s", flood->words, flood->id ? flood->id : "bound");
    }
}

static void work_grows_with_the_packets(void **state)
{
    const struct forge_flood *flood;
    (void)state;
    for (size_t i = 0; (flood = forge_flood_at(i)) != NULL; i++) {
        flood_check(flood);
    }
}

/* ---- Telling --------------------------------------------------------------------------------- */

struct teller {
    struct report report;
    FILE *stream;
};

static void line_tell(void *context, const struct mpta_event *event)
{
    struct teller *teller = context;
    assert_true(event_line_write(&teller->report, event, NULL, teller->stream));
}

static uint64_t work_of_telling(const struct forge_flood *flood, unsigned count)
{
    struct forge forge = forge_new(3);
    struct teller teller = {.stream = fopen("/dev/null", "w")};
    const struct text_style style = {.verbose = true};
    const struct mpta_config config = {.observe = line_tell, .observe_context = &teller};
    struct mpta_tracker *tracker = mpta_tracker_new(&config);
    teller.report.tracker = tracker;
    assert_non_null(teller.stream);
    flood->play(&forge, count);
    blocks = 0;
    assert_int_equal(forge_feed(&forge, tracker), MPTA_OK);
    assert_true(report_text(&teller.report, &style, teller.stream));
    assert_true(report_json(&teller.report, teller.stream));
    uint64_t work = blocks;
    mpta_tracker_free(tracker);
    forge_free(&forge);
    fclose(teller.stream);
    return work;
}

/* What the analyzer is asked for each event, and each line of a report, costs as much behind many
 * packets as behind few. */
static void work_of_telling_grows_with_the_packets(void **state)
{
    const struct forge_flood *flood;
    (void)state;
    for (size_t i = 0; (flood = forge_flood_at(i)) != NULL; i++) {
        uint64_t less = work_of_telling(flood, LESS / 4);
        uint64_t more = work_of_telling(flood, LESS / 2);
        const double growth = (double)more / (double)less;
        print_message("%s: %.2f times for twice the packets\n", flood->words, growth);
        assert_true(growth <= TWICE_MAX);
    }
}

/* ---- Leaving --------------------------------------------------------------------------------- */

/* A connection that is over half a minute before the next one; every other one stays. */
static void half_of_them_stay(struct forge *forge, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        struct story story;
        story_prepare(&story, forge, 1);
        forge_connect(&story.first);
        if (i % 2 == 0) {
            story_end(&story);
        }
        forge_wait(forge, 30 * FORGE_S);
    }
}

/* All on the same ports, one after the other. */
static void ports_used_again(struct forge *forge, unsigned count)
{
    struct story story;
    story_prepare(&story, forge, 1);
    const struct forge_subflow first = story.first;
    for (unsigned i = 0; i < count; i++) {
        story_prepare(&story, forge, 1);
        story.first.ends[MPTA_CLIENT].port = first.ends[MPTA_CLIENT].port;
        forge_connect(&story.first);
        story_end(&story);
        forge_wait(forge, 3 * FORGE_S);
    }
}

/* Whoever is over may leave after every packet. */
static uint64_t work_of_leaving(void (*play)(struct forge *forge, unsigned count), unsigned count)
{
    struct forge forge = forge_new(3);
    struct mpta_tracker *tracker = mpta_tracker_new(NULL);
    struct mpta_summary summary;
    struct mpta_segment segment;
    struct mpta_fed fed;
    play(&forge, count);
    blocks = 0;
    for (size_t i = 0; i < forge.count; i++) {
        const struct forge_packet *packet = &forge.packets[i];
        assert_int_equal(mpta_frame_dissect(packet->link_type, packet->octets, packet->captured,
                                            packet->wire_len, &segment),
                         MPTA_FRAME_TCP);
        const struct mpta_packet taken = {.place = mpta_place_of(i + 1, packet->time_ns, 0),
                                          .segment = &segment};
        assert_int_equal(mpta_tracker_feed(tracker, &taken, &fed), MPTA_OK);
        mpta_tracker_retire(tracker, 0);
    }
    uint64_t work = blocks;
    mpta_tracker_summary(tracker, &summary);
    assert_int_equal(summary.connections, count);
    assert_true(summary.kept < count * 2 / 3);
    mpta_tracker_free(tracker);
    forge_free(&forge);
    return work;
}

static void work_of_leaving_grows_with_the_packets(void **state)
{
    static const struct {
        const char *words;
        void (*play)(struct forge *forge, unsigned count);
    } cases[] = {
        {"half of them stay", half_of_them_stay},
        {"ports used again",  ports_used_again },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint64_t less = work_of_leaving(cases[i].play, LESS / 4);
        uint64_t more = work_of_leaving(cases[i].play, LESS / 2);
        const double growth = (double)more / (double)less;
        print_message("%s: %.0f blocks a connection, %.2f times for twice as many\n",
                      cases[i].words, (double)less / (LESS / 4.0), growth);
        assert_true(growth <= TWICE_MAX);
    }
}

/* ---- Making room ----------------------------------------------------------------------------- */

/* A little more than wait without a connection at once. */
#define UNLINKED 17000

/* The most that one packet costs, which is the one that the older half of a flood makes room for,
 * beside so many connections. */
static uint64_t work_of_making_room(unsigned connections)
{
    struct forge others = forge_new(3), forge = forge_new(3);
    struct mpta_tracker *tracker = mpta_tracker_new(NULL);
    struct mpta_summary summary;
    uint64_t most = 0;
    half_of_them_stay(&others, connections);
    forge_flood_find("joins-unknown")->play(&forge, UNLINKED);
    for (size_t i = 0; i < others.count; i++) {
        const struct forge_packet *packet = &others.packets[i];
        assert_int_equal(forge_packet_feed(tracker, packet, i + 1, packet->time_ns), MPTA_OK);
    }
    for (size_t i = 0; i < forge.count; i++) {
        const struct forge_packet *packet = &forge.packets[i];
        blocks = 0;
        assert_int_equal(forge_packet_feed(tracker, packet, others.count + i + 1, packet->time_ns),
                         MPTA_OK);
        most = blocks > most ? blocks : most;
    }
    mpta_tracker_summary(tracker, &summary);
    assert_true(summary.half_open.expired + summary.half_open.evicted > 0);
    assert_true(summary.connections >= connections);
    mpta_tracker_free(tracker);
    forge_free(&forge);
    forge_free(&others);
    return most;
}

/* Of what else is there nothing is looked at. */
static void room_is_made_whatever_else_there_is(void **state)
{
    (void)state;
    const double ratio = (double)work_of_making_room(4 * LESS) / (double)work_of_making_room(1);
    print_message("room among joins beside many connections: %.2f times the work\n", ratio);
    assert_true(ratio <= 1.1);
}

/* ---- Bounds ---------------------------------------------------------------------------------- */

/* What a host announces beyond all measure is judged, but not kept. */
static void addresses_are_bounded(void **state)
{
    (void)state;
    const struct cost cost = cost_of(forge_flood_find("addresses"), 70000);
    assert_int_equal(cost.addresses, 65536);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(work_grows_with_the_packets),
        cmocka_unit_test(work_of_telling_grows_with_the_packets),
        cmocka_unit_test(work_of_leaving_grows_with_the_packets),
        cmocka_unit_test(room_is_made_whatever_else_there_is),
        cmocka_unit_test(addresses_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
