/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Octets that no mapping covers: in streams that go on without DSS for so long that they are placed
 * at once, and then meet a packet from before, or DSS again; on the subflow that is left, which may
 * send again what another one carried; and a keep-alive's octet where the capture has a hole.
 */
#include "tests/unit/analyzer/wire.h"

#include <string.h>

#define STEP 1000
#define END  600000

/* Payload with a mapping or, if that has no length, without DSS. */
static void send(struct wire *wire, uint32_t ssn, uint64_t data, uint32_t len,
                 const struct wire_map *map)
{
    uint8_t octets[STEP];
    struct wire_segment segment = {
        .ssn = ssn, .octets = octets, .len = len, .map = *map, .no_dss = map->len == 0};
    wire_fill(octets, len, MPTA_CLIENT, data);
    wire_send(wire, &segment);
}

static void acknowledge(struct wire *wire, uint64_t data, uint32_t len)
{
    struct wire_segment ack = {.from = RESPONDER_SAYS, .ssn = 1, .acked_len = len, .ack = data};
    wire_send(wire, &ack);
}

/* ---- A packet that comes in between -----------------------------------------------------------
 */

struct between_case {
    const char *words;
    bool capable; /* the first mapping is MP_CAPABLE's */
    uint32_t at;  /* it comes before these octets, */
    uint32_t len; /* with so many of the first ones */
    struct wire_map map;
    bool used;         /* DSS was still in use then */
    uint64_t unplaced; /* at the end */
};

/* clang-format off */
static const struct between_case between_cases[] = {
    {"the first segment, again", false, 400000, STEP, {.ssn = 1, .len = STEP}, false, 0},
    {"again before much has come", false, 100000, STEP, {.ssn = 1, .len = STEP}, false, 0},
    {"a part of it", false, 400000, 100, {.ssn = 1, .len = 500}, false, 0},
    {"its mapping, alone", false, 400000, 0, {.ssn = 1, .len = STEP}, false, 0},
    {"MP_CAPABLE with data, again", true, 400000, STEP,
     {.ssn = 1, .len = STEP, .capable = true}, false, 0},
    {"a DATA_FIN", false, 400000, 0, {.data = END, .len = 1, .fin = true}, true, 0},
    {"a mapping of octets that had none, where they are", false, 400000, 0,
     {.ssn = 300001, .data = 300000, .len = STEP}, true, 0},
    {"a mapping of octets that had none, elsewhere", false, 400000, 0,
     {.ssn = 300001, .len = STEP}, true, END - 400000},
};
/* clang-format on */

static void between_run(struct wire *wire, const struct between_case *c)
{
    const struct wire_map none = {0}, first = {.ssn = 1, .len = STEP, .capable = c->capable};
    wire_open(wire);
    wire_capable(wire);
    send(wire, 1, 0, STEP, &first);
    uint64_t vanished = wire->packets + 1;
    for (uint32_t at = STEP; at < END; at += STEP) {
        if (at == c->at) {
            send(wire, 1, 0, c->len, &c->map);
            vanished = c->used ? wire->packets + 1 : vanished;
        }
        send(wire, at + 1, at, STEP, &none);
    }
    wire_finish(wire);
    const struct mpta_connection connection = story_connection(wire->tracker, 0);
    const struct mpta_stream *stream = &connection.streams[MPTA_CLIENT];
    const struct rangeset *good = &wire->good[MPTA_CLIENT];
    if (stream->missing_bytes > 0 || stream->unplaced_bytes != c->unplaced ||
        wire->bad[MPTA_CLIENT].count > 0 ||
        rangeset_count(good, WIRE_ORIGIN, WIRE_ORIGIN + END) != END - c->unplaced)
        fail_msg("%s: %llu missing, %llu without a place", c->words,
                 (unsigned long long)stream->missing_bytes,
                 (unsigned long long)stream->unplaced_bytes);
    if (connection.fallback != MPTA_FALLBACK_DATA_WITHOUT_DSS ||
        connection.fallback_at.packet != vanished)
        fail_msg("%s: a fallback at %llu, not %llu", c->words,
                 (unsigned long long)connection.fallback_at.packet, (unsigned long long)vanished);
    wire_close(wire);
}

static void what_was_sent_before_is_no_use_of_dss(void **state)
{
    (void)state;
    static struct wire wire;
    for (size_t i = 0; i < COUNT_OF(between_cases); i++)
        between_run(&wire, &between_cases[i]);
}

/* ---- What another subflow carried -------------------------------------------------------------
 */

struct owed_case {
    const char *words;
    uint64_t acked;    /* of [0, 200); 0: nothing was */
    uint64_t unplaced; /* of 100 octets */
};

static const struct owed_case owed_cases[] = {
    {"nothing was acknowledged",                   0,   100},
    {"what the other subflow carried was not",     100, 100},
    {"some of what the other subflow carried was", 150, 100},
    {"all was",                                    200, 0  },
};

/* A join carries [100, 200) and is reset; the first subflow goes on without DSS. */
static void what_nobody_acknowledged_may_come_again(void **state)
{
    static uint8_t octets[100];
    (void)state;
    for (size_t i = 0; i < COUNT_OF(owed_cases); i++) {
        static struct wire wire;
        const struct owed_case *c = &owed_cases[i];
        const struct wire_map none = {0}, first = {.ssn = 1, .len = 100};
        struct wire_segment other = {
            .flow = 1,
            .ssn = 1,
            .octets = octets,
            .len = 100,
            .map = {.ssn = 1, .data = 100, .len = 100}
        };
        struct wire_segment reset = {.flow = 1, .ssn = 101, .no_dss = true, .flags = MPTA_TCP_RST};
        wire_open(&wire);
        wire_capable(&wire);
        wire_join(&wire, 1);
        send(&wire, 1, 0, 100, &first);
        wire_fill(octets, sizeof(octets), MPTA_CLIENT, 100);
        wire_send(&wire, &other);
        wire_send(&wire, &reset);
        if (c->acked > 0)
            acknowledge(&wire, c->acked, 100);
        send(&wire, 101, c->unplaced > 0 ? 100 : 200, 100, &none);
        wire_finish(&wire);
        const struct mpta_connection connection = story_connection(wire.tracker, 0);
        const struct mpta_stream *stream = &connection.streams[MPTA_CLIENT];
        if (stream->unplaced_bytes != c->unplaced || stream->data_bytes != 300 - c->unplaced ||
            wire.bad[MPTA_CLIENT].count > 0)
            fail_msg("%s: %llu without a place", c->words,
                     (unsigned long long)stream->unplaced_bytes);
        wire_close(&wire);
    }
}

/* ---- A keep-alive -----------------------------------------------------------------------------
 */

struct octet_case {
    const char *words;
    uint32_t seen;   /* of the 200 octets before, all of which were acknowledged */
    int64_t wait_ns; /* since then */
    bool mapped;     /* it comes with the mapping again, */
    bool is_data;    /* and is what it should be */
    bool unheard;    /* their acknowledgement was not captured */
};

static const struct octet_case octet_cases[] = {
    {"where nothing is missing",                         200, 0,                   false, false, false},
    {"in a hole",                                        100, 0,                   false, false, false},
    {"in a hole, with a mapping",                        100, 0,                   true,  true,  false},
    {"the only one that is missing, and captured late",  199, 0,                   false, true,  false},
    {"the only one that is missing, a good while after", 199, INT64_C(2000000000), false, false,
     false                                                                                            },
    {"the same, with a mapping: it was sent again",      199, INT64_C(2000000000), true,  true,  false},
    {"not acknowledged, where nothing is missing",       200, INT64_C(2000000000), false, false, true },
    {"not acknowledged, in a hole",                      100, INT64_C(2000000000), false, false, true },
    {"not acknowledged, the only one that is missing",   199, INT64_C(2000000000), false, false,
     true                                                                                             },
    {"not acknowledged, the last one of what is sent",   199, 0,                   false, true,  true },
    {"not acknowledged, with a mapping",                 199, INT64_C(2000000000), true,  true,  true },
};

/* The last one that was acknowledged comes alone: RFC 1122 section 4.2.3.6. */
static void an_octet_of_a_keep_alive_is_nobodys_data(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(octet_cases); i++) {
        static struct wire wire;
        const struct octet_case *c = &octet_cases[i];
        const struct wire_map both = {.ssn = 1, .len = 200},
                              next = {.ssn = 201, .data = 200, .len = 100};
        uint8_t octet = wire_octet(MPTA_CLIENT, 199) ^ (c->is_data ? 0 : 0xff);
        struct wire_segment last = {.ssn = 200, .octets = &octet, .len = 1};
        if (c->mapped)
            last.map = both;
        wire_open(&wire);
        wire_capable(&wire);
        send(&wire, 1, 0, c->seen, &both);
        if (!c->unheard)
            acknowledge(&wire, 200, 200);
        wire.now_ns += c->wait_ns;
        wire_send(&wire, &last);
        send(&wire, 201, 200, 100, &next);
        wire_finish(&wire);
        const struct mpta_connection connection = story_connection(wire.tracker, 0);
        const struct mpta_stream *stream = &connection.streams[MPTA_CLIENT];
        if (stream->data_bytes != c->seen + 100 + c->is_data || stream->unplaced_bytes > 0 ||
            wire.bad[MPTA_CLIENT].count > 0 || story_worst(wire.tracker, MPTA_ERROR))
            fail_msg("%s: %llu bytes", c->words, (unsigned long long)stream->data_bytes);
        wire_close(&wire);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_sent_before_is_no_use_of_dss),
        cmocka_unit_test(what_nobody_acknowledged_may_come_again),
        cmocka_unit_test(an_octet_of_a_keep_alive_is_nobodys_data),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
