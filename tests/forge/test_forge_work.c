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
#include <string.h>

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

/* ---- Hostile traffic ------------------------------------------------------------------------ */

/* All packets are of one moment. */
static void stop_the_clock(struct forge *forge)
{
    for (size_t i = 0; i < forge->count; i++) {
        forge->packets[i].time_ns = forge->packets[0].time_ns;
    }
}

/* Its client has the index as the low half of its address. */
static void set_source(struct forge_subflow *subflow, unsigned index)
{
    subflow->ends[MPTA_CLIENT].address.octets[2] = (uint8_t)(index >> 8);
    subflow->ends[MPTA_CLIENT].address.octets[3] = (uint8_t)index;
}

/* A join of the story's connection from the source with this index. */
static struct forge_subflow join_from(struct story *story, unsigned index)
{
    struct forge_subflow subflow =
        forge_additional(&story->connection, 1, "198.18.0.0", "203.0.113.1");
    set_source(&subflow, index);
    return subflow;
}

/* Joins from thousands of sources; each third one has the right token. */
static void join_flood(struct forge *forge, unsigned count)
{
    struct story story;
    story_open(&story, forge, 1);
    const uint32_t token = story.connection.hosts[MPTA_SERVER].token;
    for (unsigned i = 0; i < count; i++) {
        struct forge_subflow subflow = join_from(&story, i);
        story.connection.hosts[MPTA_SERVER].token = i % 3 == 0 ? token : forge_random32(forge);
        forge_syn(&subflow);
    }
    stop_the_clock(forge);
}

/* Joins with one token that nobody has. */
static void join_flood_unknown(struct forge *forge, unsigned count)
{
    struct story story;
    story_open(&story, forge, 1);
    story.connection.hosts[MPTA_SERVER].token++;
    for (unsigned i = 0; i < count; i++) {
        struct forge_subflow subflow = join_from(&story, i);
        forge_syn(&subflow);
    }
    stop_the_clock(forge);
}

/* One SYN, to the last bit, from as many sources. */
static void join_flood_of_one(struct forge *forge, unsigned count)
{
    struct story story;
    story_open(&story, forge, 1);
    for (unsigned i = 0; i < count; i++) {
        struct forge_subflow subflow = story.second;
        set_source(&subflow, i);
        forge_syn(&subflow);
    }
    stop_the_clock(forge);
}

/* One nonce from as many sources, each with an ISN and an answer of its own. */
static void replay_flood(struct forge *forge, unsigned count)
{
    struct story story;
    story_open(&story, forge, 1);
    for (unsigned i = 0; i < count; i++) {
        struct forge_subflow subflow = join_from(&story, i);
        subflow.ends[MPTA_CLIENT].nonce = 4711;
        forge_syn(&subflow);
        forge_syn_ack(&subflow);
    }
    stop_the_clock(forge);
}

/* Joins from thousands of sources, all of which the server refuses. */
static void refused_flood(struct forge *forge, unsigned count)
{
    struct story story;
    story_open(&story, forge, 1);
    for (unsigned i = 0; i < count; i++) {
        struct forge_subflow subflow = join_from(&story, i);
        forge_syn(&subflow);
        subflow.ends[MPTA_SERVER].next = 0; /* RFC 9293 section 3.10.7.1 */
        forge_rst_reason(&subflow, MPTA_SERVER, (uint8_t)(i % 7), false);
    }
    stop_the_clock(forge);
}

/* Every ID again and again, each time with another address, some echoed, some removed. */
static void address_flood(struct forge *forge, unsigned count)
{
    struct story story;
    story_open(&story, forge, 1);
    for (unsigned i = 0; i < count; i++) {
        const uint8_t id = (uint8_t)forge_random32(forge);
        char address[] = "203.0.113.1";
        address[sizeof address - 2] = (char)('1' + i % 9);
        if (i % 7 == 0) {
            forge_remove_addr(&story.first, MPTA_SERVER, &id, 1);
        } else if (i % 7 == 1) {
            forge_add_addr_echo(&story.first, MPTA_CLIENT, id, address, 0);
        } else {
            forge_add_addr(&story.first, MPTA_SERVER, id, address, 0);
        }
    }
    stop_the_clock(forge);
}

/* Announcements and joins to all of them in turn, which look at what was announced. */
static void join_every_address(struct forge *forge, unsigned count)
{
    struct story story;
    story_open(&story, forge, 1);
    for (unsigned i = 0; i < count; i++) {
        struct forge_subflow join =
            forge_additional(&story.connection, (uint8_t)i, "198.18.0.0", "203.0.113.1");
        if (i < 256) {
            forge_add_addr(&story.first, MPTA_SERVER, (uint8_t)i, "203.0.113.1", 0);
        }
        join.ends[MPTA_CLIENT].address.octets[2] = (uint8_t)(i >> 8);
        join.ends[MPTA_CLIENT].address.octets[3] = (uint8_t)i;
        forge_syn(&join);
    }
}

/* SYNs of connections from thousands of sources, sent twice each. */
static void syn_flood(struct forge *forge, unsigned count)
{
    struct story story;
    story_open(&story, forge, 1);
    for (unsigned i = 0; i < count; i++) {
        struct forge_subflow subflow = story.first;
        set_source(&subflow, i);
        forge_syn(&subflow);
        forge_syn(&subflow);
    }
    stop_the_clock(forge);
}

/* The same of version 0, whose SYNs all have one key. */
static void syn_flood_of_one_key(struct forge *forge, unsigned count)
{
    struct story story;
    story_open(&story, forge, 0);
    for (unsigned i = 0; i < count; i++) {
        struct forge_subflow subflow = story.first;
        set_source(&subflow, i);
        forge_syn(&subflow);
    }
    stop_the_clock(forge);
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
    cost->found |= strcmp(finding->kind->id, id) == 0;
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

static struct cost cost_of(void (*play)(struct forge *forge, unsigned count), unsigned count,
                           const char *id)
{
    struct forge forge = forge_new(3);
    struct mpta_tracker *tracker = mpta_tracker_new(NULL);
    struct mpta_connection connection;
    struct cost cost = {0};
    play(&forge, count);
    assert_false(forge.failed);
    blocks = 0;
    assert_int_equal(forge_feed(&forge, tracker), MPTA_OK);
    cost.blocks = blocks;
    assert_true(mpta_tracker_connection(tracker, 0, &connection));
    cost.addresses = connection.address_count;
    count_findings(&cost, tracker, id);
    mpta_tracker_free(tracker);
    forge_free(&forge);
    return cost;
}

/* A flood, the finding that it must lead to, and how many rows there may be: a handful, for each
 * reason or address ID at most one more. */
static const struct {
    const char *words;
    void (*play)(struct forge *forge, unsigned count);
    const char *id;
    size_t findings_max;
} floods[] = {
    {"joins from everywhere",                 join_flood,           "join-flood",    5 },
    {"joins for a token of nobody",           join_flood_unknown,   "join-flood",    5 },
    {"one join from everywhere",              join_flood_of_one,    "join-replay",   5 },
    {"one nonce from everywhere",             replay_flood,         "join-replay",   5 },
    {"joins from everywhere, refused",        refused_flood,        "join-refused",  10},
    {"announcements, echoes, removals",       address_flood,        "addaddr-flood", 5 },
    {"joins to all addresses that there are", join_every_address,   "join-flood",    10},
    {"SYNs from everywhere",                  syn_flood,            "syn-flood",     5 },
    {"SYNs from everywhere with one key",     syn_flood_of_one_key, "syn-flood",     5 },
};

static void work_grows_with_the_packets(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof floods / sizeof floods[0]; i++) {
        const struct cost less = cost_of(floods[i].play, LESS, floods[i].id);
        const struct cost more = cost_of(floods[i].play, 2 * LESS, floods[i].id);
        const double growth = (double)more.blocks / (double)less.blocks;
        print_message("%s: %.0f blocks a packet, %.2f times for twice the packets, %zu findings\n",
                      floods[i].words, (double)less.blocks / LESS, growth, more.findings);
        assert_true(less.blocks > LESS);
        if (growth > TWICE_MAX || !more.found || more.findings > floods[i].findings_max) {
            fail_msg("%s: or no %s", floods[i].words, floods[i].id);
        }
    }
}

/* What a host announces beyond all measure is judged, but not kept. */
static void addresses_are_bounded(void **state)
{
    (void)state;
    const struct cost cost = cost_of(address_flood, 70000, "addaddr-flood");
    assert_int_equal(cost.addresses, 65536);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(work_grows_with_the_packets),
        cmocka_unit_test(addresses_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
