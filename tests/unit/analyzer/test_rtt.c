/* SPDX-License-Identifier: BSD-3-Clause */
/* Round trips: what makes a sample, what makes none, and what a hostile clock cannot do. */
#include "analyzer/rtt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum step_kind {
    DONE,
    SENT,      /* a segment up to `end` */
    ACKED,     /* up to `end` */
    AMBIGUOUS, /* something was sent again */
    ACKED_HERE /* as ACKED, where packets are seen at several capture points */
};

struct step {
    enum step_kind kind;
    uint64_t end;
    int64_t time_ns;
    uint32_t source;
};

struct rtt_case {
    const char *words;
    struct step steps[12];
    uint64_t samples;
    int64_t min_ns, max_ns, sum_ns;
};

/* clang-format off */
static const struct rtt_case rtt_cases[] = {
    {"nothing", {{0}}, 0, 0, 0, 0},
    {"one round trip", {{SENT, 100, 5, 0}, {ACKED, 100, 12, 0}}, 1, 7, 7, 7},
    {"three of them", {{SENT, 100, 0, 0}, {ACKED, 100, 9, 0}, {SENT, 200, 10, 0},
                       {ACKED, 200, 14, 0}, {SENT, 300, 20, 0}, {ACKED, 300, 40, 0}},
     3, 4, 20, 33},
    {"a delayed ACK measures the last segment it covers",
     {{SENT, 100, 0, 0}, {SENT, 200, 3, 0}, {ACKED, 200, 10, 0}}, 1, 7, 7, 7},
    {"an ACK into a segment measures nothing", {{SENT, 100, 0, 0}, {ACKED, 99, 5, 0}}, 0, 0, 0, 0},
    {"an ACK past a segment, to no segment's end, measures nothing",
     {{SENT, 100, 0, 0}, {ACKED, 101, 5, 0}, {ACKED, 100, 6, 0}}, 0, 0, 0, 0},
    {"a repeated ACK measures once",
     {{SENT, 100, 0, 0}, {ACKED, 100, 5, 0}, {ACKED, 100, 9, 0}}, 1, 5, 5, 5},
    {"what was sent again is ambiguous",
     {{SENT, 100, 0, 0}, {AMBIGUOUS, 0, 0, 0}, {ACKED, 100, 5, 0}}, 0, 0, 0, 0},
    {"after an ambiguity things go on",
     {{SENT, 100, 0, 0}, {AMBIGUOUS, 0, 0, 0}, {SENT, 200, 6, 0}, {ACKED, 200, 8, 0}},
     1, 2, 2, 2},
    {"an ACK before its segment is a clock that lies",
     {{SENT, 100, 50, 0}, {ACKED, 100, 40, 0}}, 0, 0, 0, 0},
    {"no time at all is a sample", {{SENT, 100, 50, 0}, {ACKED, 100, 50, 0}}, 1, 0, 0, 0},
    {"no more segments are watched than there is room for",
     {{SENT, 1, 1, 0}, {SENT, 2, 2, 0}, {SENT, 3, 3, 0}, {SENT, 4, 4, 0}, {SENT, 5, 5, 0},
      {SENT, 6, 6, 0}, {SENT, 7, 7, 0}, {SENT, 8, 8, 0}, {SENT, 9, 9, 0}, {ACKED, 9, 20, 0},
      {ACKED, 8, 21, 0}}, 0, 0, 0, 0},
    {"two capture points make no round trip",
     {{SENT, 100, 5, 1}, {ACKED_HERE, 100, 7, 2}}, 0, 0, 0, 0},
    {"one of two capture points makes one",
     {{SENT, 100, 5, 1}, {ACKED_HERE, 100, 7, 2}, {ACKED_HERE, 100, 9, 1}}, 1, 4, 4, 4},
};
/* clang-format on */

static void rtt_step(struct rtt *rtt, const struct step *step)
{
    struct sighting seen = {step->time_ns, step->source};
    switch (step->kind) {
    case DONE:
        break;
    case SENT:
        assert_true(rtt_sent(rtt, step->end, seen));
        break;
    case ACKED:
    case ACKED_HERE:
        assert_true(rtt_acked(rtt, step->end, seen, step->kind == ACKED_HERE));
        break;
    case AMBIGUOUS:
        rtt_ambiguous(rtt);
        break;
    }
}

static void samples_are_what_only_one_segment_can_explain(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rtt_cases); i++) {
        const struct rtt_case *c = &rtt_cases[i];
        struct rtt rtt = {0};
        for (size_t k = 0; k < COUNT_OF(c->steps); k++)
            rtt_step(&rtt, &c->steps[k]);
        if (rtt.stats.samples != c->samples || rtt.stats.min_ns != c->min_ns ||
            rtt.stats.max_ns != c->max_ns || rtt.stats.sum_ns != c->sum_ns)
            fail_msg("%s: %llu samples, %lld to %lld, sum %lld", c->words,
                     (unsigned long long)rtt.stats.samples, (long long)rtt.stats.min_ns,
                     (long long)rtt.stats.max_ns, (long long)rtt.stats.sum_ns);
        rtt_clear(&rtt);
    }
}

/* A mean is sum / samples: a sample that would make the sum overflow must leave it alone. */
static void a_sum_that_would_overflow_stays(void **state)
{
    (void)state;
    struct rtt rtt = {0};
    for (uint64_t end = 1; end <= 3; end++) {
        assert_true(rtt_sent(&rtt, end, (struct sighting){0, 0}));
        assert_true(rtt_acked(&rtt, end, (struct sighting){INT64_MAX - 1, 0}, false));
    }
    assert_int_equal(rtt.stats.samples, 1);
    assert_true(rtt.stats.sum_ns == INT64_MAX - 1);
    rtt_clear(&rtt);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_are_what_only_one_segment_can_explain),
        cmocka_unit_test(a_sum_that_would_overflow_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
