/* SPDX-License-Identifier: BSD-3-Clause */
/* What came again and could not be compared with what came before is counted, and told. */
#include "tests/unit/analyzer/wire.h"

#include <string.h>

#define SECOND 1

/* Right octets of the client, under a mapping of their own. */
static void say(struct wire *wire, unsigned flow, uint32_t ssn, uint64_t offset, uint16_t len,
                uint16_t cut)
{
    static uint8_t octets[WIRE_LEN_MAX];
    wire_fill(octets, len, MPTA_CLIENT, offset);
    wire_send(wire, &(struct wire_segment){
                        .flow = flow,
                        .ssn = ssn,
                        .octets = octets,
                        .len = len,
                        .cut = cut,
                        .map = {.ssn = ssn, .data = offset, .len = len}
    });
}

static void begin_pair(struct wire *wire)
{
    wire_capable(wire);
    wire_join(wire, SECOND);
    say(wire, 0, 1, 0, 1400, 0);
}

static void nothing_again(struct wire *wire)
{
    begin_pair(wire);
    say(wire, SECOND, 1, 1400, 1400, 0);
}

static void a_retransmission(struct wire *wire)
{
    begin_pair(wire);
    say(wire, 0, 1, 0, 1400, 0);
}

static void a_reinjection(struct wire *wire)
{
    begin_pair(wire);
    say(wire, SECOND, 1, 0, 1400, 0);
}

static void in_smaller_segments(struct wire *wire)
{
    begin_pair(wire);
    say(wire, SECOND, 1, 0, 700, 0);
    say(wire, SECOND, 701, 700, 700, 0);
}

/* 64 - 36 octets of a cell at its begin, 44 of another one at its end. */
static void with_other_ends(struct wire *wire)
{
    begin_pair(wire);
    say(wire, SECOND, 1, 36, 1200, 0);
}

static void an_octet(struct wire *wire)
{
    begin_pair(wire);
    say(wire, SECOND, 1, 36, 1, 0);
}

static void cut_by_the_capture(struct wire *wire)
{
    begin_pair(wire);
    say(wire, SECOND, 1, 0, 1400, 1400 - 640);
}

/* Nobody sends data again by it: RFC 1122 section 4.2.3.6. */
static void a_keep_alive(struct wire *wire)
{
    static const uint8_t garbage = 0;
    begin_pair(wire);
    wire_send(wire, &(struct wire_segment){
                        .from = RESPONDER_SAYS, .ssn = 1, .ack = 1400, .acked_len = 1400});
    wire_send(wire,
              &(struct wire_segment){.ssn = 1400, .octets = &garbage, .len = 1, .no_dss = true});
}

static const struct {
    const char *words;
    void (*tell)(struct wire *wire);
    uint64_t uncompared;
    const char *told; /* NULL: nothing is */
} cases[] = {
    {"nothing comes again", nothing_again,       0,   NULL                                            },
    {"a retransmission",    a_retransmission,    0,   NULL                                            },
    {"a reinjection",       a_reinjection,       0,   NULL                                            },
    {"in smaller segments", in_smaller_segments, 0,   NULL                                            },
    {"with other ends",     with_other_ends,     48,  "; 48 bytes that came again could not be compar"},
    {"one octet",           an_octet,            1,   "; 1 byte that came again could not be compare" },
    {"cut by the capture",  cut_by_the_capture,  760,
     "; 760 bytes that came again could not be comp"                                                  },
    {"a keep-alive",        a_keep_alive,        0,   NULL                                            },
};

static bool is_told(const struct wire *wire, const char *words)
{
    struct mpta_sentence sentences[MPTA_SENTENCES_MAX];
    size_t count = mpta_tracker_verdict(wire->tracker, 0, NULL, sentences);
    for (size_t i = 0; i < count; i++) {
        if (strstr(sentences[i].text, words))
            return true;
    }
    return false;
}

static void each_case_is_counted_and_told(void **state)
{
    static struct wire wire;
    size_t failures = 0;
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        wire_open(&wire);
        cases[i].tell(&wire);
        wire_finish(&wire);
        uint64_t count = story_connection(wire.tracker, 0).streams[MPTA_CLIENT].uncompared_bytes;
        bool told = is_told(&wire, cases[i].told ? cases[i].told : "could not be compared");
        bool healthy = is_told(&wire, "Healthy");
        if (count != cases[i].uncompared || told != (cases[i].told != NULL) ||
            healthy != (cases[i].told == NULL)) {
            print_message("%s: %u, %s%s\n", cases[i].words, (unsigned)count,
                          told ? "told" : "not told", healthy ? ", healthy" : "");
            failures++;
        }
        wire_close(&wire);
    }
    assert_int_equal(failures, 0);
}

/* What was compared stays so when all is closed and imprints are no more. */
static void closing_changes_nothing(void **state)
{
    static struct wire wire;
    (void)state;
    wire_open(&wire);
    in_smaller_segments(&wire);
    for (unsigned flow = 0; flow < 2; flow++) {
        story_rst(&wire.story, &wire.flows[flow], RESPONDER_SAYS, -1);
        wire_tell(&wire);
    }
    assert_int_equal(story_connection(wire.tracker, 0).streams[MPTA_CLIENT].uncompared_bytes, 0);
    wire_close(&wire);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_case_is_counted_and_told),
        cmocka_unit_test(closing_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
