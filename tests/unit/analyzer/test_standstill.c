/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What data stands still at when the capture ends: courses of a wire of two subflows, each row one
 * step of the client's or the server's.
 */
#include "tests/unit/analyzer/wire.h"

#include <string.h>

#define SECOND    1
#define STEPS_MAX 8

enum does {
    ENDS,
    SENDS,      /* the client, 100 octets, */
    SENDS_LONG, /* or as many as a path may not take, */
    ACKS,       /* the server */
};

#define LONG 1000

/* What happens so many seconds after the step before. */
struct step {
    enum does does;
    unsigned after_s;
    unsigned flow;
    uint32_t ssn;    /* of what the client sends; so much of it the server acknowledges, plus 1 */
    uint64_t offset; /* in the stream; up to there it acknowledges */
};

static void take_step(struct wire *wire, const struct step *step)
{
    static uint8_t octets[LONG];
    struct wire_segment segment = {.flow = step->flow, .ssn = step->ssn};
    wire->now_ns += step->after_s * INT64_C(1000000000);
    if (step->does != ACKS) {
        segment.len = step->does == SENDS ? 100 : LONG;
        wire_fill(octets, segment.len, MPTA_CLIENT, step->offset);
        segment.octets = octets;
        segment.map = (struct wire_map){step->ssn, step->offset, .len = (uint16_t)segment.len};
    } else {
        segment.from = RESPONDER_SAYS;
        segment.ssn = 1;
        segment.ack_is_64 = true;
        segment.ack = step->offset;
        segment.acked_len = step->ssn - 1;
    }
    wire_send(wire, &segment);
}

static const struct {
    const char *words;
    struct step steps[STEPS_MAX];
    const char *id;      /* the only one of the three that is made, or NULL */
    const char *message; /* a part of it */
} cases[] = {
    {"both paths go dark",
     {{SENDS, 0, 0, 1, 0},
      {SENDS, 0, SECOND, 1, 100},
      {SENDS, 4, 0, 1, 0},
      {SENDS, 7, SECOND, 1, 100}},
     "data-unanswered", "100 bytes of the client on 1 subflow were sent again for 11.0 s"      },
    {"... and both are tried to the end",
     {{SENDS, 0, 0, 1, 0},
      {SENDS, 0, SECOND, 1, 100},
      {SENDS, 11, 0, 1, 0},
      {SENDS, 1, SECOND, 1, 100}},
     "data-unanswered", "200 bytes of the client on 2 subflows were sent again for 12.0 s"     },
    {"... not for long",
     {{SENDS, 0, 0, 1, 0},
      {SENDS, 0, SECOND, 1, 100},
      {SENDS, 8, 0, 1, 0},
      {SENDS, 1, SECOND, 1, 100}},
     NULL,              NULL                                                                   },
    {"the server's last word counts, on whichever path",
     {{SENDS, 0, 0, 1, 0}, {ACKS, 5, SECOND, 1, 0}, {SENDS, 6, 0, 1, 0}},
     NULL,              NULL                                                                   },
    {"... and it is long ago",
     {{SENDS, 0, 0, 1, 0}, {ACKS, 5, SECOND, 1, 0}, {SENDS, 11, 0, 1, 0}},
     "data-unanswered", "for 11.0 s"                                                           },
    {"the data arrived over the other path",
     {{SENDS, 0, 0, 1, 0},
      {SENDS, 1, SECOND, 1, 0},
      {ACKS, 0, SECOND, 101, 100},
      {SENDS, 20, 0, 1, 0}},
     NULL,              NULL                                                                   },
    {"other octets were sent again: an acknowledgement may be missing in the capture",
     {{SENDS, 0, 0, 1, 0}, {SENDS, 11, 0, 101, 100}, {SENDS, 1, 0, 101, 100}},
     NULL,              NULL                                                                   },
    {"the server acknowledges what came before",
     {{SENDS, 0, 0, 1, 0},
      {ACKS, 1, 0, 1, 0},
      {SENDS, 4, 0, 1, 0},
      {ACKS, 1, 0, 1, 0},
      {SENDS, 8, 0, 1, 0},
      {ACKS, 1, 0, 1, 0}},
     "data-stuck",      "100 bytes of the client were sent again for 14.0 s, the last time 100"},
    {"... and then it",
     {{SENDS, 0, 0, 1, 0},
      {ACKS, 1, 0, 1, 0},
      {SENDS, 4, 0, 1, 0},
      {ACKS, 1, 0, 1, 0},
      {SENDS, 8, 0, 1, 0},
      {ACKS, 1, 0, 101, 100}},
     "data-stalled",    "stood still for 15.1 s"                                               },
    {"... while the other path carries on, so that this one is stale",
     {{SENDS, 0, SECOND, 1, 0},
      {ACKS, 0, SECOND, 101, 100},
      {SENDS, 1, SECOND, 101, 100},
      {SENDS, 11, SECOND, 101, 100},
      {ACKS, 1, SECOND, 101, 100},
      {SENDS, 1, 0, 1, 200},
      {ACKS, 0, 0, 51, 100},
      {ACKS, 1, 0, 101, 100}},
     "data-stalled",    "acknowledged data on subflow 0"                                       },
    {"short segments get through and long ones do not",
     {{SENDS, 0, 0, 1, 0},
      {ACKS, 0, 0, 101, 100},
      {SENDS_LONG, 0, 0, 101, 100},
      {SENDS_LONG, 12, 0, 101, 100}},
     "data-unanswered", "nothing longer than 100 bytes ever got through there"                 },
    {"... and the server goes on with what it has",
     {{SENDS, 0, 0, 1, 0},
      {ACKS, 0, 0, 101, 100},
      {SENDS_LONG, 0, 0, 101, 100},
      {ACKS, 5, 0, 101, 100},
      {SENDS_LONG, 7, 0, 101, 100},
      {ACKS, 1, 0, 101, 100}},
     "data-stuck",      "nothing longer than 100 bytes ever got through there"                 },
    {"the path comes back",
     {{SENDS, 0, 0, 1, 0}, {SENDS, 12, 0, 1, 0}, {ACKS, 3, 0, 101, 100}},
     "data-stalled",    "stood still for 15.0 s (more than 10 s): 100 bytes"                   },
    {"another path takes over",
     {{SENDS, 0, 0, 1, 0},
      {SENDS, 12, 0, 1, 0},
      {SENDS, 1, SECOND, 1, 0},
      {ACKS, 0, SECOND, 101, 100}},
     "data-stalled",    "until the server acknowledged data on subflow 1"                      },
    {"it was sent again once, and soon",
     {{SENDS, 0, 0, 1, 0}, {SENDS, 5, 0, 1, 0}, {ACKS, 9, 0, 101, 100}},
     NULL,              NULL                                                                   },
};

static bool is_as_expected(const struct mpta_tracker *tracker, size_t i)
{
    static const char *const ids[] = {"data-unanswered", "data-stuck", "data-stalled"};
    struct mpta_finding finding;
    for (size_t k = 0; k < COUNT_OF(ids); k++) {
        bool expected = cases[i].id && strcmp(cases[i].id, ids[k]) == 0;
        if (story_finding(tracker, 0, ids[k], &finding) != expected)
            return false;
        if (expected &&
            (finding.severity != MPTA_WARNING || !strstr(finding.message, cases[i].message)))
            return false;
    }
    return true;
}

static void each_standstill_is_told_and_nothing_else(void **state)
{
    static struct wire wire;
    size_t failures = 0;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        wire_open(&wire);
        wire_capable(&wire);
        wire_join(&wire, SECOND);
        for (size_t k = 0; k < STEPS_MAX && cases[i].steps[k].does != ENDS; k++)
            take_step(&wire, &cases[i].steps[k]);
        wire_finish(&wire);
        if (!is_as_expected(wire.tracker, i)) {
            print_message("%s\n", cases[i].words);
            failures++;
        }
        wire_close(&wire);
    }
    assert_int_equal(failures, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_standstill_is_told_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
