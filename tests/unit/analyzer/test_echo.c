/* SPDX-License-Identifier: BSD-3-Clause */
/* Round trips by the timestamps option, RFC 7323: what makes a sample, and what is ambiguous. */
#include "analyzer/echo.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum step_kind {
    DONE,
    SENT,       /* TSval `value`, with payload from `begin` to `end` */
    ACKED,      /* TSecr `value`, up to `end` */
    ACKED_HERE, /* as ACKED, where packets are seen at several capture points */
};

struct step {
    enum step_kind kind;
    uint32_t value;
    uint64_t begin;
    uint64_t end;
    int64_t time_ns;
    uint32_t source;
};

struct echo_case {
    const char *words;
    struct step steps[12];
    uint64_t samples;
    int64_t sum_ns;
};

#define PURE(value, time)                                                                          \
    {                                                                                              \
        SENT, value, 0, 0, time, 0                                                                 \
    }
#define DATA(value, begin, end, time)                                                              \
    {                                                                                              \
        SENT, value, begin, end, time, 0                                                           \
    }
#define ACK(value, end, time)                                                                      \
    {                                                                                              \
        ACKED, value, 0, end, time, 0                                                              \
    }

/* clang-format off */
static const struct echo_case echo_cases[] = {
    {"nothing", {{0}}, 0, 0},
    {"one round trip", {DATA(7, 0, 100, 5), ACK(7, 100, 12)}, 1, 7},
    {"a delayed ACK echoes the first segment it covers",
     {DATA(7, 0, 100, 0), DATA(9, 100, 200, 3), ACK(7, 200, 10)}, 1, 10},
    {"three of them", {DATA(1, 0, 9, 0), ACK(1, 9, 4), DATA(2, 9, 19, 10), ACK(2, 19, 15),
                       DATA(3, 19, 29, 20), ACK(3, 29, 26)}, 3, 15},
    {"what carries no payload makes none", {PURE(7, 0), ACK(7, 0, 9)}, 0, 0},
    {"a value that was sent before without payload is ambiguous",
     {PURE(7, 0), DATA(7, 0, 100, 5), ACK(7, 100, 12)}, 0, 0},
    {"the second segment with a value makes none, the first one does",
     {DATA(7, 0, 100, 0), DATA(7, 100, 200, 3), ACK(7, 100, 8), ACK(7, 200, 10)}, 1, 8},
    {"an older value than before makes none",
     {DATA(7, 100, 200, 0), DATA(6, 0, 100, 3), ACK(6, 200, 8)}, 0, 0},
    {"no echo", {DATA(7, 0, 100, 0), ACK(0, 100, 8)}, 0, 0},
    {"a value of zero has no echo", {DATA(0, 0, 100, 0), ACK(0, 100, 8)}, 0, 0},
    {"another echo", {DATA(7, 0, 100, 0), ACK(6, 100, 8)}, 0, 0},
    {"the right echo after all was acknowledged with another",
     {DATA(7, 0, 100, 0), ACK(6, 100, 8), ACK(7, 100, 9)}, 0, 0},
    {"an echo that does not acknowledge the segment",
     {DATA(7, 0, 100, 0), ACK(7, 99, 8), ACK(7, 100, 9)}, 1, 9},
    {"an echo counts once", {DATA(7, 0, 100, 0), ACK(7, 100, 8), ACK(7, 100, 9)}, 1, 8},
    {"sent again with a new value: the echo tells which it was",
     {DATA(7, 0, 100, 0), DATA(20, 0, 100, 13), ACK(20, 100, 20)}, 1, 7},
    {"sent again with a new value, needlessly",
     {DATA(7, 0, 100, 0), DATA(20, 0, 100, 13), ACK(7, 100, 20)}, 1, 20},
    {"sent again within one tick is ambiguous",
     {DATA(7, 0, 100, 0), DATA(7, 0, 100, 1), ACK(7, 100, 2)}, 0, 0},
    {"what was lost comes after what was sent after it",
     {DATA(7, 0, 100, 0), DATA(8, 100, 200, 1), DATA(20, 0, 100, 13), ACK(20, 200, 20)}, 1, 7},
    {"values wrap", {DATA(0xfffffffe, 0, 100, 0), DATA(2, 100, 200, 4), ACK(0xfffffffe, 100, 9),
                     ACK(2, 200, 10)}, 2, 15},
    {"an ACK before its segment is a clock that lies", {DATA(7, 0, 100, 50), ACK(7, 100, 40)},
     0, 0},
    {"no more values are watched than there is room for",
     {DATA(1, 0, 1, 0), DATA(2, 1, 2, 0), DATA(3, 2, 3, 0), DATA(4, 3, 4, 0), DATA(5, 4, 5, 0),
      ACK(5, 5, 9), DATA(6, 5, 6, 10), ACK(6, 6, 13)}, 1, 3},
    {"two capture points make no round trip",
     {{SENT, 7, 0, 100, 5, 1}, {ACKED_HERE, 7, 0, 100, 7, 2}}, 0, 0},
    {"one of two capture points makes one",
     {{SENT, 7, 0, 100, 5, 1}, {ACKED_HERE, 7, 0, 100, 7, 2}, {ACKED_HERE, 7, 0, 100, 9, 1}},
     1, 4},
};
/* clang-format on */

static void echo_step(struct echo *echo, const struct step *step)
{
    struct sighting seen = {step->time_ns, step->source};
    switch (step->kind) {
    case DONE:
        break;
    case SENT:
        assert_true(echo_sent(echo, step->value, step->begin, step->end, seen));
        break;
    case ACKED:
    case ACKED_HERE:
        assert_true(echo_acked(echo, step->value, step->end, seen, step->kind == ACKED_HERE));
        break;
    }
}

static void samples_are_what_only_one_segment_can_explain(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(echo_cases); i++) {
        const struct echo_case *c = &echo_cases[i];
        struct echo echo = {0};
        for (size_t k = 0; k < COUNT_OF(c->steps); k++)
            echo_step(&echo, &c->steps[k]);
        if (echo.stats.samples != c->samples || echo.stats.sum_ns != c->sum_ns)
            fail_msg("%s: %llu samples, sum %lld", c->words, (unsigned long long)echo.stats.samples,
                     (long long)echo.stats.sum_ns);
        echo_clear(&echo);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_are_what_only_one_segment_can_explain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
