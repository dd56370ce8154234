/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The same packet twice: copies of one packet from several sources against a packet that was sent
 * again.
 */
#include "analyzer/dedup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define MS              INT64_C(1000000)

enum {
    END,
    NEW,
    COPY,
    CHANGED,
};

/* All packets of a case are alike. */
struct sight {
    uint64_t source;
    int64_t time_us;
    int expected; /* NEW, COPY */
};

struct dedup_case {
    const char *words;
    struct sight sights[16];
};

/* clang-format off */
static const struct dedup_case dedup_cases[] = {
    {"one source, sent again", {{1, 0, NEW}, {1, 200000, NEW}, {1, 600000, NEW}}},
    {"one source, a mirror", {{1, 0, NEW}, {1, 300, COPY}}},
    {"one source, a mirror at the end of its reach", {{1, 0, NEW}, {1, 1000, COPY}}},
    {"one source, just past a mirror's reach", {{1, 0, NEW}, {1, 1001, NEW}}},
    {"one source, mirrored and sent again, mirrored",
     {{1, 0, NEW}, {1, 10, COPY}, {1, 200000, NEW}, {1, 200010, COPY}}},
    {"two sources", {{1, 0, NEW}, {2, 20000, COPY}}},
    {"two sources at once", {{1, 0, NEW}, {2, 0, COPY}}},
    {"two sources, the second before the first in time", {{1, 500, NEW}, {2, 0, COPY}}},
    {"two sources, sent again: all of it copied",
     {{1, 0, NEW}, {2, 20000, COPY}, {1, 200000, NEW}, {2, 220000, COPY}}},
    {"two sources, sent again before the copy comes",
     {{1, 0, NEW}, {1, 10000, NEW}, {2, 20000, COPY}, {2, 30000, COPY}}},
    {"two sources, sent again: the second shows it first",
     {{1, 0, NEW}, {2, 20000, COPY}, {2, 220000, NEW}, {1, 240000, COPY}}},
    {"two sources, lost between them and sent again",
     {{1, 0, NEW}, {1, 200000, NEW}, {2, 220000, COPY}, {1, 400000, NEW}, {2, 420000, COPY}}},
    {"three sources", {{1, 0, NEW}, {2, 10, COPY}, {3, 20, COPY}}},
    {"three sources, sent again",
     {{1, 0, NEW}, {2, 10, COPY}, {3, 20, COPY}, {3, 90000, NEW}, {1, 90010, COPY},
      {2, 90020, COPY}}},
    {"five sources",
     {{1, 0, NEW}, {2, 10, COPY}, {3, 20, COPY}, {4, 30, COPY}, {5, 40, COPY}}},
    {"five sources, sent again",
     {{1, 0, NEW}, {2, 10, COPY}, {3, 20, COPY}, {4, 30, COPY}, {5, 40, COPY},
      {1, 90000, NEW}, {2, 90010, COPY}, {3, 90020, COPY}, {4, 90030, COPY}, {5, 90040, COPY}}},
    {"two sources, at the end of the window", {{1, 0, NEW}, {2, 2000000, COPY}}},
    {"two sources, past the window", {{1, 0, NEW}, {2, 2000001, NEW}}},
    {"the window is counted from the newest copy",
     {{1, 0, NEW}, {2, 1500000, COPY}, {3, 3000000, COPY}, {1, 5000001, NEW}}},
};
/* clang-format on */

/* A packet without parts that may change, of a flow that source 1 was the first to show. */
static struct dedup_packet packet_of(uint32_t seq, uint64_t source, int64_t time_ns, bool distinct,
                                     uint64_t payload)
{
    return (struct dedup_packet){
        .print.seq = seq,
        .singular = distinct,
        .elsewhere = source != 1,
        .source = source,
        .capture = (uint32_t)source,
        .time_ns = time_ns,
        .window_ns = DEDUP_WINDOW_NS,
        .distinct = distinct,
        .payload = payload,
    };
}

static void copies_are_told_from_what_was_sent_again(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(dedup_cases); i++) {
        const struct dedup_case *c = &dedup_cases[i];
        struct dedup dedup = {0};
        for (size_t k = 0; c->sights[k].expected != END; k++) {
            struct dedup_result result;
            const struct sight *sight = &c->sights[k];
            const struct dedup_packet packet =
                packet_of(7, sight->source, 1000 * sight->time_us, true, 0);
            assert_true(dedup_note(&dedup, &packet, &result));
            if ((result.verdict == DEDUP_COPY) != (sight->expected == COPY))
                fail_msg("%s: packet %zu", c->words, k + 1);
        }
        dedup_clear(&dedup);
    }
}

static bool note(struct dedup *dedup, uint32_t seq, uint64_t source, int64_t time_ns)
{
    struct dedup_result result;
    const struct dedup_packet packet = packet_of(seq, source, time_ns, true, 0);
    assert_true(dedup_note(dedup, &packet, &result));
    return result.verdict == DEDUP_COPY;
}

/* Two RSTs in answer to two segments come within microseconds, and are alike to the last bit. */
static void packets_that_hosts_repeat_at_once_are_no_copies(void **state)
{
    (void)state;
    struct dedup dedup = {0};
    const struct dedup_packet first = packet_of(7, 1, 0, false, 0),
                              again = packet_of(7, 1, 11000, false, 0);
    struct dedup_result result;
    assert_true(dedup_note(&dedup, &first, &result));
    assert_int_equal(result.verdict, DEDUP_NEW);
    assert_true(dedup_note(&dedup, &first, &result));
    assert_int_equal(result.verdict, DEDUP_COPY);
    assert_true(dedup_note(&dedup, &again, &result));
    assert_int_equal(result.verdict, DEDUP_NEW);
    dedup_clear(&dedup);
}

static void other_packets_are_no_copies(void **state)
{
    (void)state;
    struct dedup dedup = {0};
    for (uint32_t seq = 0; seq < 1000; seq++)
        assert_false(note(&dedup, seq, seq % 2, 0));
    for (uint32_t seq = 0; seq < 1000; seq++)
        assert_true(note(&dedup, seq, 2, 0));
    dedup_clear(&dedup);
}

/* Everything within the window is remembered while the ring grows; what is older makes room. */
static void memory_grows_with_the_window_and_no_further(void **state)
{
    (void)state;
    struct dedup dedup = {0};
    for (uint32_t i = 0; i < 20000; i++) {
        assert_false(note(&dedup, i, 1, (int64_t)i * MS));
        if (i >= 1000)
            assert_true(note(&dedup, i - 1000, 2, (int64_t)i * MS));
    }
    assert_true(dedup.count <= 4096);
    assert_true(dedup.capacity <= 8192);
    assert_true(dedup.table.count == dedup.count);
    dedup_clear(&dedup);
}

/* Where no flow is seen at two places, only what a mirror's copy may be of is in the table. */
static void one_place_fills_no_table(void **state)
{
    (void)state;
    struct dedup dedup = {0};
    for (uint32_t i = 0; i < 5000; i++)
        assert_false(note(&dedup, i, 1, (int64_t)i * MS));
    assert_int_equal(dedup.table.count, 2);
    assert_int_equal(dedup.count, 2001);
    assert_true(note(&dedup, 3000, 2, 5000 * MS));
    assert_int_equal(dedup.table.count, dedup.count);
    dedup_clear(&dedup);
}

/* So many packets at once that the oldest must go: those are forgotten, the newest are not. */
static void a_flood_evicts_the_oldest(void **state)
{
    (void)state;
    struct dedup dedup = {0};
    const uint32_t excess = 1000;
    for (uint32_t i = 0; i < DEDUP_ENTRIES + excess; i++)
        assert_false(note(&dedup, i, 1, 0));
    assert_int_equal(dedup.count, DEDUP_ENTRIES);
    assert_int_equal(dedup.capacity, DEDUP_ENTRIES);
    assert_true(note(&dedup, excess, 2, 0));
    assert_true(note(&dedup, DEDUP_ENTRIES + excess - 1, 2, 0));
    assert_false(note(&dedup, 0, 2, 0));
    dedup_clear(&dedup);
}

/* One packet from the far future and one from the far past: what is between still works. */
static void hostile_times_do_no_harm(void **state)
{
    (void)state;
    struct dedup dedup = {0};
    assert_false(note(&dedup, 1, 1, INT64_MAX));
    assert_false(note(&dedup, 2, 1, INT64_MIN));
    assert_false(note(&dedup, 3, 1, 0));
    assert_true(note(&dedup, 3, 2, 10 * MS));
    assert_false(note(&dedup, 3, 2, INT64_MAX));
    dedup_clear(&dedup);
}

/* A copy with other payload is a copy, but not the same any more. */
static void altered_payload_is_told(void **state)
{
    (void)state;
    struct dedup dedup = {0};
    struct dedup_packet sent = packet_of(7, 1, 10, true, 11);
    const struct dedup_packet same = packet_of(7, 2, 5000, true, 11),
                              other = packet_of(7, 3, 6000, true, 12),
                              unknown = packet_of(7, 4, 7000, true, 0);
    struct dedup_result result;
    sent.number = 4711;
    assert_true(dedup_note(&dedup, &sent, &result));
    assert_int_equal(result.verdict, DEDUP_NEW);
    assert_true(dedup_note(&dedup, &same, &result));
    assert_int_equal(result.verdict, DEDUP_COPY);
    assert_true(dedup_note(&dedup, &other, &result));
    assert_int_equal(result.verdict, DEDUP_ALTERED);
    assert_int_equal(result.number, 4711);
    assert_int_equal(result.capture, 1);
    assert_int_equal(result.time_ns, 10);
    assert_true(dedup_note(&dedup, &unknown, &result));
    assert_int_equal(result.verdict, DEDUP_COPY);
    dedup_clear(&dedup);
}

struct part_sight {
    uint64_t source;
    int64_t time_ms;
    uint16_t parts;
    int expected;   /* NEW, COPY, CHANGED */
    uint16_t first; /* CHANGED: parts of the first */
};

/* All packets of a case are alike but for their options of kind 30. */
struct part_case {
    const char *words;
    struct part_sight sights[8];
    bool plural;
};

/* clang-format off */
static const struct part_case part_cases[] = {
    {"the same elsewhere", {{1, 0, 4, NEW, 0}, {2, 5, 4, COPY, 0}}, false},
    {"changed on the way", {{1, 0, 4, NEW, 0}, {2, 5, 8, CHANGED, 4}}, false},
    {"taken off on the way", {{1, 0, 4, NEW, 0}, {2, 5, 0, CHANGED, 4}}, false},
    {"taken off on the way, and met there first",
     {{2, 0, 0, NEW, 0}, {1, 5, 4, CHANGED, 0}}, false},
    {"two packets of one source, as a host sends them",
     {{1, 0, 4, NEW, 0}, {1, 5, 0, NEW, 0}}, false},
    {"both of them elsewhere",
     {{1, 0, 4, NEW, 0}, {1, 1, 0, NEW, 0}, {2, 5, 4, COPY, 0}, {2, 6, 0, COPY, 0}}, false},
    {"both of them elsewhere, one changed",
     {{1, 0, 4, NEW, 0}, {1, 1, 8, NEW, 0}, {2, 5, 4, COPY, 0}, {2, 6, 0, CHANGED, 8}}, false},
    {"each is changed once",
     {{1, 0, 4, NEW, 0}, {2, 5, 0, CHANGED, 4}, {2, 20, 8, NEW, 0}}, false},
    {"changed, and the same at a third place",
     {{1, 0, 4, NEW, 0}, {2, 5, 0, CHANGED, 4}, {3, 9, 0, COPY, 0}}, false},
    {"so late that it was sent again", {{1, 0, 4, NEW, 0}, {2, 501, 0, NEW, 0}}, false},
    {"hosts send several that are alike", {{1, 0, 4, NEW, 0}, {2, 5, 0, NEW, 0}}, true},
};
/* clang-format on */

/* One option of the subtype that has this bit; none for 0. */
static void set_part(struct print *print, uint16_t part)
{
    uint8_t subtype = 0;
    while (part >> subtype > 1)
        subtype++;
    print->options_len = part ? 4 : 0;
    print->options[0] = 30;
    print->options[1] = 4;
    print->options[2] = (uint8_t)(subtype << 4);
}

static bool part_sight_holds(struct dedup *dedup, const struct part_case *c,
                             const struct part_sight *sight)
{
    static const enum dedup_verdict verdicts[] = {
        [NEW] = DEDUP_NEW, [COPY] = DEDUP_COPY, [CHANGED] = DEDUP_CHANGED};
    struct dedup_packet packet = packet_of(7, sight->source, sight->time_ms * MS, true, 0);
    struct dedup_result result;
    set_part(&packet.print, sight->parts);
    packet.singular = !c->plural;
    packet.elsewhere = sight->source != c->sights[0].source;
    assert_true(dedup_note(dedup, &packet, &result));
    return result.verdict == verdicts[sight->expected] && result.parts == sight->first;
}

static void parts_that_are_changed_are_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(part_cases); i++) {
        const struct part_case *c = &part_cases[i];
        struct dedup dedup = {0};
        for (size_t k = 0; c->sights[k].expected != END; k++) {
            if (!part_sight_holds(&dedup, c, &c->sights[k]))
                fail_msg("%s: packet %zu", c->words, k + 1);
        }
        assert_int_equal(dedup.table.count, dedup.linked);
        assert_int_equal(dedup.bares.count, dedup.comparing ? dedup.linked : 0);
        dedup_clear(&dedup);
    }
}

/* A row of packets from a few flows, many of them twice or more, some at a second source. */
static struct dedup_packet packet_drawn(uint32_t *state, uint32_t *newest, int64_t *time_ns)
{
    *state = *state * 1664525U + 1013904223U;
    uint32_t drawn = *state >> 8;
    bool novel = drawn % 3 > 0;
    *time_ns += drawn / 4 % (MS / 2);
    *newest += novel;
    uint32_t back = novel ? 0 : drawn / 64 % 8;
    bool elsewhere = !novel && *newest > 6000 && drawn % 16 == 0;
    struct dedup_packet packet = packet_of(*newest < back ? 0 : *newest - back, elsewhere ? 2 : 1,
                                           *time_ns, drawn % 5 > 0, 0);
    packet.number = drawn;
    packet.novel = novel;
    return packet;
}

/* What is said to be novel, and is, need not be looked for: that it is said changes nothing. */
static void novel_packets_are_found_again(void **state)
{
    (void)state;
    struct dedup told = {0}, untold = {0};
    uint32_t drawn = 1, newest = 0;
    int64_t time_ns = 0;
    unsigned copies = 0;
    for (int i = 0; i < 12000; i++) {
        struct dedup_packet packet = packet_drawn(&drawn, &newest, &time_ns);
        struct dedup_result with, without;
        assert_true(dedup_note(&told, &packet, &with));
        packet.novel = false;
        assert_true(dedup_note(&untold, &packet, &without));
        assert_int_equal(with.verdict, without.verdict);
        assert_int_equal(with.number, without.number);
        assert_int_equal(with.time_ns, without.time_ns);
        copies += with.verdict != DEDUP_NEW;
        assert_true(told.table.count + told.pending >= told.linked || told.comparing);
    }
    assert_true(told.comparing);
    assert_true(copies > 1000);
    dedup_clear(&told);
    dedup_clear(&untold);
}

/* Of many that are novel, none is hashed. */
static void novel_packets_fill_no_table(void **state)
{
    (void)state;
    struct dedup dedup = {0};
    for (uint32_t i = 0; i < 5000; i++) {
        struct dedup_packet packet = packet_of(i, 1, i, true, 0);
        struct dedup_result result;
        packet.novel = true;
        assert_true(dedup_note(&dedup, &packet, &result));
    }
    assert_int_equal(dedup.table.count, 0);
    assert_int_equal(dedup.pending, 5000);
    assert_true(note(&dedup, 4711, 1, 5000));
    assert_int_equal(dedup.table.count, 5000);
    dedup_clear(&dedup);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies_are_told_from_what_was_sent_again),
        cmocka_unit_test(other_packets_are_no_copies),
        cmocka_unit_test(packets_that_hosts_repeat_at_once_are_no_copies),
        cmocka_unit_test(altered_payload_is_told),
        cmocka_unit_test(parts_that_are_changed_are_told),
        cmocka_unit_test(memory_grows_with_the_window_and_no_further),
        cmocka_unit_test(one_place_fills_no_table),
        cmocka_unit_test(a_flood_evicts_the_oldest),
        cmocka_unit_test(novel_packets_are_found_again),
        cmocka_unit_test(novel_packets_fill_no_table),
        cmocka_unit_test(hostile_times_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
