/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * When payload came that waited for its mapping: what is found again, what is forgotten, and that a
 * series has it in the interval in which it came.
 */
#include "analyzer/arrival.h"
#include "analyzer/elapsed.h"
#include "tests/unit/analyzer/wire.h"

#define STEPS_MAX 5
#define NEVER     (-1)

/* ---- The list ------------------------------------------------------------------------------- */

struct note {
    uint64_t begin;
    int64_t time_ns;
};

struct arrival_case {
    const char *words;
    struct note notes[STEPS_MAX]; /* up to one without a time */
    uint64_t at, end;             /* what is asked */
    int64_t time_ns;
    uint64_t until;
};

/* clang-format off */
static const struct arrival_case arrival_cases[] = {
    {"nothing", {{0, 0}}, 10, 20, NEVER, 20},
    {"below all", {{10, 1}}, 5, 20, NEVER, 10},
    {"its first octet", {{10, 1}}, 10, 20, 1, 20},
    {"up to the next one", {{10, 1}, {15, 2}}, 10, 20, 1, 15},
    {"the next one", {{10, 1}, {15, 2}}, 15, 20, 2, 20},
    {"in another order", {{15, 2}, {30, 3}, {10, 1}, {20, 4}}, 17, 40, 2, 20},
    {"an end below the next one", {{10, 1}, {15, 2}}, 10, 12, 1, 12},
};
/* clang-format on */

static void each_octet_came_with_its_arrival(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(arrival_cases) / sizeof(arrival_cases[0]); i++) {
        const struct arrival_case *c = &arrival_cases[i];
        struct arrival_list list = {0};
        uint64_t end = c->end;
        for (size_t k = 0; k < STEPS_MAX && c->notes[k].time_ns; k++)
            assert_true(arrival_note(&list, c->notes[k].begin, c->notes[k].time_ns));
        int64_t time_ns = arrival_find(&list, c->at, NEVER, &end);
        if (time_ns != c->time_ns || end != c->until)
            fail_msg("%s: at %lld up to %llu", c->words, (long long)time_ns,
                     (unsigned long long)end);
        arrival_forget(&list);
        assert_int_equal(arrival_find(&list, c->at, NEVER, &end), NEVER);
        arrival_clear(&list);
    }
}

static int64_t evenly(int64_t i)
{
    return i * STORY_MS;
}

static int64_t at_the_ends(int64_t i)
{
    return i % 2 ? INT64_MAX - i : INT64_MIN + i;
}

static const struct {
    const char *words;
    int64_t (*time_ns)(int64_t i);
    int64_t error_ns; /* of what is found */
} clocks[] = {
    {"evenly",      evenly,      32 * STORY_MS},
    {"at the ends", at_the_ends, INT64_MAX    },
};

/* Of many some are forgotten: then an octet came with one that came a little earlier. */
static void memory_is_bounded(void **state)
{
    (void)state;
    for (size_t c = 0; c < sizeof(clocks) / sizeof(clocks[0]); c++) {
        struct arrival_list list = {0};
        bool bounded = true, close = true;
        for (int64_t i = 1; i <= 10 * ARRIVALS_MAX; i++) {
            assert_true(arrival_note(&list, (uint64_t)i, clocks[c].time_ns(i)));
            bounded &= list.count <= ARRIVALS_MAX;
        }
        for (int64_t i = 1; i <= 10 * ARRIVALS_MAX; i++) {
            uint64_t end = UINT64_MAX;
            int64_t time_ns = arrival_find(&list, (uint64_t)i, NEVER, &end);
            int64_t late_ns = elapsed_ns(time_ns, clocks[c].time_ns(i));
            close &= end > (uint64_t)i && late_ns <= clocks[c].error_ns &&
                     (late_ns >= 0 || clocks[c].error_ns == INT64_MAX);
        }
        arrival_clear(&list);
        if (!bounded || !close)
            fail_msg("%s: %s", clocks[c].words, bounded ? "too far off" : "too many");
    }
}

/* ---- The series ----------------------------------------------------------------------------- */

/* Segments of 100 octets without DSS, an interval apart; what then tells their place. */
enum telling {
    A_MAPPING,
    AN_INFINITE_MAPPING,
    THE_END, /* of a capture with a gap, and a fallback */
};

static const struct {
    const char *words;
    enum telling telling;
} tellings[] = {
    {"a mapping behind its data",           A_MAPPING          },
    {"an infinite mapping behind its data", AN_INFINITE_MAPPING},
    {"a fallback that the end tells",       THE_END            },
};

#define INTERVAL_NS (100 * STORY_MS) /* of a wire's series */
#define SEGMENTS    6
#define SEGMENT_LEN 100

static void send_at(struct wire *wire, unsigned index, struct wire_map map, bool no_dss)
{
    uint8_t octets[SEGMENT_LEN];
    struct wire_segment segment = {
        .ssn = index * SEGMENT_LEN + 1,
        .octets = octets,
        .len = SEGMENT_LEN,
        .map = map,
        .no_dss = no_dss,
    };
    wire_fill(octets, SEGMENT_LEN, MPTA_CLIENT, (uint64_t)index * SEGMENT_LEN);
    wire->now_ns += INTERVAL_NS;
    wire_send(wire, &segment);
}

static void tell(struct wire *wire, enum telling telling)
{
    const struct wire_map mapping = {.ssn = 1, .len = (SEGMENTS + 1) * SEGMENT_LEN};
    const struct wire_map infinite = {.ssn = 1, .infinite = true};
    for (unsigned i = telling == THE_END; i < SEGMENTS; i++)
        send_at(wire, i, (struct wire_map){0}, true);
    if (telling != THE_END)
        send_at(wire, SEGMENTS, telling == A_MAPPING ? mapping : infinite, false);
    wire_finish(wire);
}

/* Whatever tells the place of payload, no interval has more of it than came then. */
static void series_have_it_when_it_came(void **state)
{
    (void)state;
    static struct wire wire;
    for (size_t i = 0; i < sizeof(tellings) / sizeof(tellings[0]); i++) {
        struct mpta_series_point point;
        uint64_t sum = 0;
        wire_open(&wire);
        wire_capable(&wire);
        if (tellings[i].telling == THE_END)
            send_at(&wire, 0, (struct wire_map){.ssn = 1, .len = SEGMENT_LEN}, false);
        tell(&wire, tellings[i].telling);
        for (size_t k = 0; mpta_tracker_series_point(wire.tracker, 0, 0, MPTA_CLIENT, k, &point);
             k++) {
            if (point.fresh_bytes != point.payload_bytes)
                fail_msg("%s: %llu octets of %llu", tellings[i].words,
                         (unsigned long long)point.fresh_bytes,
                         (unsigned long long)point.payload_bytes);
            sum += point.fresh_bytes;
        }
        if (sum < SEGMENTS * SEGMENT_LEN)
            fail_msg("%s: only %llu octets", tellings[i].words, (unsigned long long)sum);
        wire_close(&wire);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_octet_came_with_its_arrival),
        cmocka_unit_test(memory_is_bounded),
        cmocka_unit_test(series_have_it_when_it_came),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
