/* SPDX-License-Identifier: BSD-3-Clause */
/* What counts as lost before and behind the place of capture, and what does not. */
#include "analyzer/loss.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define MS              INT64_C(1000000)

enum step_kind {
    DONE,
    LEFT_OUT, /* [begin, end) at time */
    FILLED,   /* [begin, end) at time */
    FILLED_NEEDLESSLY,
    REPEATED, /* up to `end`, with TSval `value` */
    REPEATED_NEEDLESSLY,
    ACKED, /* up to `end`, with TSecr `value` */
    TWICE, /* [begin, end) was received */
};

struct step {
    enum step_kind kind;
    uint64_t begin;
    uint64_t end;
    int64_t time_ms;
    uint32_t value;
    uint16_t ip_id;
};

struct loss_case {
    const char *words;
    struct step steps[8];
    uint64_t behind, before;
    size_t holes; /* that are left */
};

/* clang-format off */
static const struct loss_case loss_cases[] = {
    {"nothing", {{0}}, 0, 0, 0},
    {"sent again", {{REPEATED, 0, 100, 0, 0, 0}}, 1, 0, 0},
    {"sent again and again",
     {{REPEATED, 0, 100, 0, 5, 0}, {REPEATED, 0, 100, 9, 9, 0}, {ACKED, 0, 100, 0, 9, 0}}, 2, 0, 0},
    {"sent again after it was acknowledged", {{REPEATED_NEEDLESSLY, 0, 100, 0, 0, 0}}, 0, 0, 0},
    {"the first one had arrived: an older value is echoed",
     {{REPEATED, 0, 100, 0, 9, 0}, {ACKED, 0, 100, 0, 5, 0}}, 0, 0, 0},
    {"an acknowledgement of something below it tells nothing",
     {{REPEATED, 0, 100, 0, 9, 0}, {ACKED, 0, 99, 0, 5, 0}, {ACKED, 0, 100, 0, 9, 0}}, 1, 0, 0},
    {"the second one arrived: its value is echoed",
     {{REPEATED, 0, 100, 0, 9, 0}, {ACKED, 0, 100, 0, 9, 0}}, 1, 0, 0},
    {"a later one is echoed", {{REPEATED, 0, 100, 0, 9, 0}, {ACKED, 0, 200, 0, 12, 0}}, 1, 0, 0},
    {"no echo", {{REPEATED, 0, 100, 0, 9, 0}, {ACKED, 0, 100, 0, 0, 0}}, 1, 0, 0},
    {"no value", {{REPEATED, 0, 100, 0, 0, 0}, {ACKED, 0, 100, 0, 5, 0}}, 1, 0, 0},
    {"values wrap",
     {{REPEATED, 0, 100, 0, 3, 0}, {ACKED, 0, 100, 0, 0xfffffff0, 0}}, 0, 0, 0},
    {"one of two was needed: the first, and the second was for nothing",
     {{REPEATED, 0, 100, 0, 9, 0}, {REPEATED, 0, 100, 0, 12, 0},
      {ACKED, 0, 100, 0, 9, 0}}, 1, 0, 0},
    {"the receiver got it twice", {{REPEATED, 0, 100, 0, 0, 0}, {TWICE, 0, 100, 0, 0, 0}}, 0, 0, 0},
    {"it got another one twice",
     {{REPEATED, 0, 100, 0, 0, 0}, {TWICE, 100, 200, 0, 0, 0}}, 1, 0, 0},
    {"it got a part of it twice",
     {{REPEATED, 0, 100, 0, 0, 0}, {TWICE, 50, 100, 0, 0, 0}}, 1, 0, 0},
    {"the first was lost, the second arrived, the third was for nothing",
     {{REPEATED, 0, 100, 0, 0, 0}, {REPEATED, 0, 100, 0, 0, 0}, {TWICE, 0, 100, 0, 0, 0}}, 1, 0, 0},
    {"both were for nothing, and it says so twice",
     {{REPEATED, 0, 100, 0, 0, 0}, {REPEATED, 0, 100, 0, 0, 0}, {TWICE, 0, 100, 0, 0, 0},
      {TWICE, 0, 100, 0, 0, 0}}, 0, 0, 0},
    {"it speaks of several at once",
     {{REPEATED, 100, 200, 0, 0, 0}, {REPEATED, 0, 100, 0, 0, 0}, {REPEATED, 0, 100, 0, 0, 0},
      {REPEATED, 300, 400, 0, 0, 0}, {TWICE, 0, 200, 0, 0, 0}}, 2, 0, 0},
    {"what timestamps told is not told again",
     {{REPEATED, 0, 100, 0, 7, 0}, {REPEATED, 0, 100, 0, 9, 0}, {ACKED, 0, 100, 0, 7, 0},
      {TWICE, 0, 100, 0, 0, 0}}, 1, 0, 0},
    {"nor what acknowledgements told",
     {{REPEATED, 0, 100, 0, 0, 0}, {REPEATED_NEEDLESSLY, 0, 100, 0, 0, 0},
      {TWICE, 0, 100, 0, 0, 0}},
     1, 0, 0},
    {"a hole stays", {{LEFT_OUT, 0, 100, 0, 0, 0}}, 0, 0, 1},
    {"a hole filled soon is disorder", {{LEFT_OUT, 0, 100, 0, 0, 0}, {FILLED, 0, 100, 10, 0, 0}},
     0, 0, 0},
    {"a hole filled late was a loss", {{LEFT_OUT, 0, 100, 0, 0, 0}, {FILLED, 0, 100, 11, 0, 0}},
     0, 1, 0},
    {"filled late, but acknowledged: it was not captured",
     {{LEFT_OUT, 0, 100, 0, 0, 0}, {FILLED_NEEDLESSLY, 0, 100, 11, 0, 0}}, 0, 0, 0},
    {"each packet that fills it counts",
     {{LEFT_OUT, 0, 300, 0, 0, 0}, {FILLED, 100, 200, 11, 0, 0}, {FILLED, 0, 100, 12, 0, 0},
      {FILLED, 200, 300, 13, 0, 0}}, 0, 3, 0},
    {"the first one soon, the others late",
     {{LEFT_OUT, 0, 300, 0, 0, 0}, {FILLED, 0, 100, 5, 0, 0},
      {FILLED, 100, 200, 12, 0, 0}}, 0, 1, 1},
    {"a packet over two holes counts once",
     {{LEFT_OUT, 0, 100, 0, 0, 0}, {LEFT_OUT, 200, 300, 5, 0, 0},
      {FILLED, 0, 300, 12, 0, 0}}, 0, 1, 0},
    {"a packet that fills no hole", {{LEFT_OUT, 100, 200, 0, 0, 0}, {FILLED, 0, 100, 50, 0, 0},
                                     {FILLED, 200, 300, 50, 0, 0}}, 0, 0, 1},
    {"the middle of a hole is filled", {{LEFT_OUT, 0, 300, 0, 0, 0}, {FILLED, 100, 200, 1, 0, 0},
                                        {FILLED, 100, 200, 50, 0, 0}, {FILLED, 250, 300, 50, 0, 0}},
     0, 1, 2},
    {"filled late, but stamped before the data from above",
     {{LEFT_OUT, 0, 100, 0, 9, 0}, {FILLED, 0, 100, 11, 8, 0}}, 0, 0, 0},
    {"stamped behind it: sent again, whatever was counted",
     {{LEFT_OUT, 0, 100, 0, 9, 7}, {FILLED, 0, 100, 11, 10, 6}}, 0, 1, 0},
    {"one stamp, but counted before it", {{LEFT_OUT, 0, 100, 0, 9, 7}, {FILLED, 0, 100, 11, 9, 6}},
     0, 0, 0},
    {"counted before it, over the end of numbers",
     {{LEFT_OUT, 0, 100, 0, 0, 3}, {FILLED, 0, 100, 11, 0, 65530}}, 0, 0, 0},
    {"counted behind it", {{LEFT_OUT, 0, 100, 0, 9, 7}, {FILLED, 0, 100, 11, 9, 8}}, 0, 1, 0},
    {"counted long before it: by chance",
     {{LEFT_OUT, 0, 100, 0, 9, 700}, {FILLED, 0, 100, 11, 9, 6}}, 0, 1, 0},
    {"not counted", {{LEFT_OUT, 0, 100, 0, 9, 7}, {FILLED, 0, 100, 11, 9, 0}}, 0, 1, 0},
    {"a clock that runs back makes no loss",
     {{LEFT_OUT, 0, 100, 50, 0, 0}, {FILLED, 0, 100, 0, 0, 0}}, 0, 0, 0},
};
/* clang-format on */

static bool loss_step(struct loss *loss, const struct step *step)
{
    const struct loss_hole piece = {step->begin, step->end, step->time_ms * MS, step->value,
                                    step->ip_id};
    switch (step->kind) {
    case DONE:
        break;
    case LEFT_OUT:
        return loss_left_out(loss, &piece);
    case FILLED:
    case FILLED_NEEDLESSLY:
        return loss_filled(loss, &piece, 10 * MS, step->kind == FILLED_NEEDLESSLY);
    case REPEATED:
    case REPEATED_NEEDLESSLY:
        return loss_repeated(loss, (struct loss_repeat){step->begin, step->end, step->value,
                                                        step->kind == REPEATED_NEEDLESSLY,
                                                        step->kind == REPEATED_NEEDLESSLY});
    case TWICE:
        loss_received_twice(loss, step->begin, step->end);
        break;
    case ACKED:
        loss_acked(loss, step->end, step->value);
    }
    return true;
}

static void losses_are_told_from_disorder_and_repetition(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(loss_cases); i++) {
        const struct loss_case *c = &loss_cases[i];
        struct loss loss = {0};
        for (size_t k = 0; k < COUNT_OF(c->steps); k++)
            assert_true(loss_step(&loss, &c->steps[k]));
        if (loss_behind(&loss) != c->behind || loss_before(&loss) != c->before ||
            loss.count != c->holes)
            fail_msg("%s: %llu behind, %llu before, %zu holes", c->words,
                     (unsigned long long)loss_behind(&loss), (unsigned long long)loss_before(&loss),
                     loss.count);
        loss_clear(&loss);
    }
}

/* Holes and repeats without end: what is forgotten is no loss, and memory stays. */
static void memory_is_bounded(void **state)
{
    struct loss loss = {0};
    (void)state;
    for (uint64_t at = 0; at < 100000; at += 10) {
        const struct loss_hole hole = {.begin = at, .end = at + 5};
        const struct loss_hole middle = {.begin = at + 2, .end = at + 3};
        assert_true(loss_left_out(&loss, &hole));
        assert_true(loss_filled(&loss, &middle, MS, false));
        assert_true(loss_repeated(&loss, (struct loss_repeat){at, at + 5, 1, false, false}));
    }
    assert_int_equal(loss.count, LOSS_HOLES);
    assert_true(loss.capacity <= LOSS_HOLES);
    assert_int_equal(loss.repeat_count, LOSS_REPEATS);
    assert_int_equal(loss.waiting, LOSS_REPEATS);
    loss_acked(&loss, 100000, 2);
    assert_int_equal(loss.waiting, 0);
    loss_received_twice(&loss, 0, 100000);
    assert_int_equal(loss.repeat_count, 0);
    assert_int_equal(loss.needless, LOSS_REPEATS);
    assert_int_equal(loss.filled_late, 0);
    const struct loss_hole all = {.end = 100000, .time_ns = 2 * MS};
    assert_true(loss_filled(&loss, &all, MS, false));
    assert_int_equal(loss.count, 0);
    assert_int_equal(loss.filled_late, 1);
    loss_clear(&loss);
}

static void the_allowance_follows_the_path(void **state)
{
    (void)state;
    assert_true(loss_allowance_ns(-1) == LOSS_ALLOWANCE_UNKNOWN_NS);
    assert_true(loss_allowance_ns(1 * MS) == 3 * MS);
    assert_true(loss_allowance_ns(40 * MS) == 30 * MS);
    assert_true(loss_allowance_ns(INT64_MAX) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(losses_are_told_from_disorder_and_repetition),
        cmocka_unit_test(memory_is_bounded),
        cmocka_unit_test(the_allowance_follows_the_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
