/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * DSNs and positions: each case is a short story of what a stream is told and what it must answer.
 * Positions are written as offsets from STREAM_ORIGIN, which is IDSN + 1 or the first DSN met.
 */
#include "analyzer/stream.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define STEPS_MAX       10

/* IDSN + 1 is this number, and numbers near it. */
#define BASE    UINT64_C(0x8899aabb00001000)
#define NEAR_32 UINT64_C(0x12345678fffffff0)
#define NEAR_64 UINT64_C(0xfffffffffffffff0)
#define LATER   (INT64_C(0x3ffff000)) /* a step that windows allow */
#define FAR     (INT64_C(0x200000000))

enum op {
    END,
    IDSN,   /* IDSN + 1 becomes known */
    FORGET, /* it was not the host's */
    PLAIN,  /* the stream has no DSNs so far */
    MAP_64, /* a DSN of 64 bits lies at `offset`; 1000 octets of it are met */
    MAP_32, /* the same with 32 bits */
    BARE,   /* a DSN of 64 bits lies at `offset`; no octet of it is met */
    REFUSE, /* a DSN of 64 bits has no position */
    SEE,    /* 1000 octets at `offset` are seen */
    ACK_64, /* a DATA_ACK; the view says `offset` */
    ACK_32, /* the same with 32 bits */
    NO_ACK, /* a DATA_ACK; the view says none */
    DSN_AT, /* the DSN at `offset` is this */
    NO_DSN, /* the DSN at `offset` is not known */
    FIRST,  /* the first octet lies at `offset` */
    NO_FIRST,
    MISSING, /* octets by the view */
    BYTES,   /* data_bytes by the view */
};

struct step {
    enum op op;
    uint64_t number;
    int64_t offset;
};

struct stream_case {
    const char *words;
    struct step steps[STEPS_MAX];
};

/* clang-format off */
static const struct stream_case stream_cases[] = {
    {"the first octet is IDSN + 1",
     {{IDSN, BASE, 0}, {MAP_64, BASE, 0}, {MAP_32, BASE + 1000, 1000}, {DSN_AT, BASE + 2000, 2000},
      {FIRST, 0, 0}}},
    {"32 bits pass a wrap, up and down again",
     {{IDSN, NEAR_32, 0}, {MAP_32, NEAR_32, 0}, {MAP_32, NEAR_32 + 0x10, 0x10},
      {MAP_32, NEAR_32 + 0x1000, 0x1000}, {MAP_32, NEAR_32, 0},
      {DSN_AT, UINT64_C(0x1234567900000000), 0x10}}},
    {"64 bits pass a wrap",
     {{IDSN, NEAR_64, 0}, {MAP_64, NEAR_64, 0}, {MAP_64, 0, 0x10}, {MAP_32, 0x1000, 0x1010},
      {MAP_64, 0x2000, 0x2010}, {DSN_AT, 1, 0x11}}},
    {"32 bits are extended from the highest, never from the IDSN",
     {{IDSN, BASE, 0}, {MAP_32, BASE + LATER, LATER},
      {MAP_32, BASE + 2 * LATER, 2 * LATER}, {MAP_32, BASE + 3 * LATER, 3 * LATER},
      {MAP_32, BASE + 4 * LATER, 4 * LATER}, {MAP_32, BASE + 5 * LATER, 5 * LATER},
      {MAP_32, BASE + 4 * LATER, 4 * LATER}}},
    {"64 bits need not be near anything",
     {{IDSN, BASE, 0}, {MAP_64, BASE + FAR, FAR}, {MAP_64, BASE, 0}}},
    {"32 bits are extended from what was met, not from what was only mapped",
     {{IDSN, BASE, 0}, {MAP_32, BASE, 0}, {BARE, BASE + FAR, FAR}, {BARE, BASE + FAR + 1, FAR + 1},
      {MAP_32, BASE + 1000, 1000}}},
    {"one leap leads nobody astray",
     {{IDSN, BASE, 0}, {MAP_32, BASE, 0}, {MAP_64, BASE + FAR, FAR}, {MAP_32, BASE + 1000, 1000},
      {MAP_64, BASE + 3 * FAR, 3 * FAR}, {MAP_32, BASE + 2000, 2000}}},
    {"nor do two, further ahead of what its receiver acknowledged than any window",
     {{IDSN, BASE, 0}, {MAP_32, BASE, 0}, {ACK_64, BASE + 1000, 1000}, {MAP_64, BASE + FAR, FAR},
      {MAP_64, BASE + FAR + 1000, FAR + 1000}, {MAP_32, BASE + 1000, 1000}}},
    {"an acknowledgement that leaps is no such word before another one goes on from there",
     {{IDSN, BASE, 0}, {MAP_32, BASE, 0}, {ACK_64, BASE + 1000, 1000}, {ACK_64, BASE + FAR, FAR},
      {MAP_64, BASE + FAR, FAR}, {MAP_64, BASE + FAR + 1000, FAR + 1000},
      {MAP_32, BASE + 1000, 1000}}},
    {"and is one then",
     {{IDSN, BASE, 0}, {MAP_32, BASE, 0}, {ACK_64, BASE + 1000, 1000}, {ACK_64, BASE + FAR, FAR},
      {ACK_64, BASE + FAR + 1000, FAR + 1000}, {MAP_32, BASE + 1000, FAR + 1000}}},
    {"a leap from which another packet goes on is one",
     {{IDSN, BASE, 0}, {MAP_32, BASE, 0}, {MAP_64, BASE + FAR, FAR},
      {MAP_64, BASE + FAR + 1000, FAR + 1000}, {MAP_32, BASE + 2000, FAR + 2000}}},
    {"one DATA_ACK that leaps leads nobody astray, two do not lie",
     {{IDSN, BASE, 0}, {MAP_32, BASE, 0}, {ACK_64, BASE + FAR, FAR}, {MAP_32, BASE + 1000, 1000},
      {ACK_64, BASE + FAR + 1000, FAR + 1000}, {MAP_32, BASE + 2000, FAR + 2000}}},
    {"DATA_ACKs alone move on, too",
     {{IDSN, BASE, 0}, {ACK_32, BASE + LATER, LATER}, {ACK_32, BASE + 2 * LATER, 2 * LATER},
      {ACK_32, BASE + 3 * LATER, 3 * LATER}, {ACK_32, BASE + 4 * LATER, 4 * LATER}}},
    {"late: the first DSN is the base, earlier ones lie below",
     {{MAP_64, BASE, 0}, {MAP_64, BASE + 1000, 1000}, {MAP_64, BASE - 500, -500},
      {MAP_32, BASE - 2000, -2000}, {NO_FIRST, 0, 0}, {DSN_AT, BASE - 1, -1}}},
    {"late, 32 bits only: the upper half stays unknown",
     {{MAP_32, BASE, 0}, {MAP_32, BASE + 0xfffff000, -0x1000}, {NO_DSN, 0, 0}, {NO_FIRST, 0, 0}}},
    {"late, 32 bits pass a wrap",
     {{MAP_32, NEAR_32, 0}, {MAP_32, NEAR_32 + 0x20, 0x20}, {MAP_32, NEAR_32 - 0x20, -0x20}}},
    {"late, 64 bits after 32 tell the upper half",
     {{MAP_32, BASE, 0}, {MAP_32, BASE + 1000, 1000}, {MAP_64, BASE + 2000, 2000},
      {DSN_AT, BASE, 0}}},
    {"late, 64 bits after 32, across a wrap of 32",
     {{MAP_32, NEAR_32, 0}, {MAP_64, NEAR_32 + 0x40, 0x40}, {DSN_AT, NEAR_32, 0},
      {MAP_32, NEAR_32 + 0x80, 0x80}}},
    {"late, 64 bits after 32, below the base and across a wrap",
     {{MAP_32, NEAR_32 + 0x40, 0}, {MAP_64, NEAR_32, -0x40}, {DSN_AT, NEAR_32 + 0x40, 0}}},
    {"late, 64 bits after 32 that wrapped",
     {{MAP_32, NEAR_32, 0}, {MAP_32, NEAR_32 + LATER, LATER},
      {MAP_32, NEAR_32 + 2 * LATER, 2 * LATER},
      {MAP_32, NEAR_32 + 3 * LATER, 3 * LATER},
      {MAP_32, NEAR_32 + 4 * LATER, 4 * LATER},
      {MAP_64, NEAR_32 + 5 * LATER, 5 * LATER}, {DSN_AT, NEAR_32, 0}}},
    {"late, 32 bits after 64",
     {{MAP_64, NEAR_32, 0}, {MAP_32, NEAR_32 + 0x40, 0x40}, {DSN_AT, NEAR_32 + 0x40, 0x40}}},
    {"late, across a wrap of 64",
     {{MAP_64, NEAR_64, 0}, {MAP_64, 0, 0x10}, {MAP_32, 0x10, 0x20}, {MAP_64, NEAR_64 - 8, -8}}},
    {"a DSN that is impossibly far below has no position",
     {{IDSN, BASE, 0}, {REFUSE, BASE - (UINT64_C(1) << 33), 0}, {MAP_64, BASE, 0}}},
    {"a DSN that is impossibly far above has none",
     {{IDSN, BASE, 0}, {REFUSE, BASE + (UINT64_C(1) << 63), 0}, {MAP_64, BASE, 0}}},

    {"the IDSN after data: positions stay, the first octet lies below",
     {{MAP_64, BASE + 3000, 0}, {IDSN, BASE, 0}, {FIRST, 0, -3000}, {MAP_64, BASE, -3000},
      {MAP_32, BASE + 4000, 1000}}},
    {"the IDSN after data with 32 bits",
     {{MAP_32, NEAR_32 + 0x40, 0}, {IDSN, NEAR_32, 0}, {FIRST, 0, -0x40}, {DSN_AT, NEAR_32, -0x40},
      {MAP_64, NEAR_32, -0x40}}},
    {"the IDSN after exactly the first data",
     {{MAP_32, BASE, 0}, {IDSN, BASE, 0}, {FIRST, 0, 0}, {DSN_AT, BASE, 0}}},
    {"the same IDSN again changes nothing",
     {{IDSN, BASE, 0}, {MAP_64, BASE + 1000, 1000}, {IDSN, BASE, 0}, {FIRST, 0, 0},
      {MAP_32, BASE + 2000, 2000}}},
    {"another IDSN after the first was forgotten",
     {{IDSN, NEAR_64, 0}, {FORGET, 0, 0}, {NO_FIRST, 0, 0}, {IDSN, BASE, 0}, {FIRST, 0, 0},
      {MAP_64, BASE, 0}, {MAP_32, BASE + 1000, 1000}}},
    {"another IDSN where a mapping without data was taken by the first",
     {{IDSN, BASE, 0}, {MAP_64, BASE + 30 * LATER, 30 * LATER}, {FORGET, 0, 0}, {IDSN, NEAR_32, 0},
      {MAP_32, NEAR_32, 0}}},
    {"another IDSN also where a DATA_ACK was taken by the first",
     {{IDSN, BASE, 0}, {ACK_64, BASE + 7, 7}, {FORGET, 0, 0}, {IDSN, NEAR_32, 0},
      {NO_ACK, 0, 0}, {MAP_32, NEAR_32, 0}, {ACK_32, NEAR_32 + 5, 5}}},

    {"without DSNs the stream begins at the origin",
     {{PLAIN, 0, 0}, {FIRST, 0, 0}, {NO_DSN, 0, 0}, {SEE, 0, 0}, {BYTES, 1000, 0}}},
    {"a DATA_ACK means nothing to a stream without DSNs",
     {{PLAIN, 0, 0}, {NO_ACK, 17, 0}}},
    {"the IDSN after plain data: it began there",
     {{PLAIN, 0, 0}, {SEE, 0, 0}, {IDSN, BASE, 0}, {FIRST, 0, 0}, {MAP_64, BASE + 1000, 1000},
      {MAP_32, BASE + 2000, 2000}, {DSN_AT, BASE, 0}}},
    {"a DSN after plain data goes on where it ended",
     {{PLAIN, 0, 0}, {SEE, 0, 0}, {MAP_64, BASE, 1000}, {MAP_32, BASE + 1000, 2000}}},

    {"DATA_ACKs: the highest counts, at IDSN + 1 it is zero",
     {{IDSN, BASE, 0}, {ACK_64, BASE, 0}, {MAP_64, BASE, 0}, {ACK_64, BASE + 500, 500},
      {ACK_32, BASE + 900, 900}, {ACK_32, BASE + 100, 900}, {ACK_64, BASE + 1001, 1001}}},
    {"a DATA_ACK of 32 bits passes a wrap",
     {{IDSN, NEAR_32, 0}, {MAP_64, NEAR_32, 0}, {ACK_32, NEAR_32 + 0x100, 0x100}}},
    {"a DATA_ACK of 32 bits is extended from the highest",
     {{IDSN, BASE, 0}, {MAP_64, BASE + 8 * LATER - 1000, 8 * LATER - 1000},
      {MAP_64, BASE + 8 * LATER, 8 * LATER}, {ACK_32, BASE + 8 * LATER + 4, 8 * LATER + 4}}},
    {"a DATA_ACK without IDSN is not told", {{MAP_64, BASE, 0}, {NO_ACK, BASE + 10, 0}}},
    {"a DATA_ACK below the IDSN is none", {{IDSN, BASE, 0}, {NO_ACK, BASE - 5, 0}}},
    {"a DATA_ACK does not become the base",
     {{NO_ACK, BASE + 77, 0}, {MAP_64, BASE, 0}, {MAP_32, BASE + 1000, 1000}}},
    {"a DATA_ACK of 64 bits tells the upper half, too",
     {{MAP_32, BASE, 0}, {NO_ACK, BASE + 100, 0}, {DSN_AT, BASE, 0}}},

    {"nothing seen, nothing missing",
     {{IDSN, BASE, 0}, {MAP_64, BASE + 5000, 5000}, {MISSING, 0, 0}}},
    {"all seen", {{IDSN, BASE, 0}, {SEE, 0, 0}, {SEE, 0, 1000}, {MISSING, 0, 0}, {BYTES, 2000, 0}}},
    {"a hole",
     {{IDSN, BASE, 0}, {SEE, 0, 0}, {SEE, 0, 3000}, {MISSING, 2000, 0}, {BYTES, 2000, 0}}},
    {"a hole before the first seen",
     {{IDSN, BASE, 0}, {SEE, 0, 700}, {MISSING, 700, 0}, {BYTES, 1000, 0}}},
    {"late: what came before the first seen is not missing",
     {{MAP_64, BASE, 0}, {SEE, 0, 2000}, {MISSING, 0, 0}, {SEE, 0, -1000}, {MISSING, 2000, 0}}},
};
/* clang-format on */

static struct mpta_stream view_of(const struct stream *stream)
{
    struct mpta_stream view;
    stream_view(stream, &view);
    return view;
}

static void meet(struct stream *stream, uint64_t end)
{
    if (stream->highest < end)
        stream->highest = end;
    stream_advance(stream, end);
}

static bool map(struct stream *stream, const struct step *step, uint64_t *position)
{
    bool is_64 = step->op != MAP_32;
    uint64_t number = is_64 ? step->number : (uint32_t)step->number;
    if (!stream_position(stream, number, is_64, position))
        return false;
    if (step->op != BARE)
        meet(stream, *position + 1000);
    return true;
}

static bool see(struct stream *stream, uint64_t position)
{
    uint64_t overlap;
    meet(stream, position + 1000);
    return rangeset_add(&stream->seen, position, position + 1000, &overlap);
}

static bool ack(struct stream *stream, const struct step *step)
{
    bool is_64 = step->op != ACK_32;
    uint64_t number = is_64 ? step->number : (uint32_t)step->number, position;
    if (stream->base_known && stream_position(stream, number, is_64, &position))
        stream_take_ack(stream, position, is_64);
    struct mpta_stream view = view_of(stream);
    if (step->op == NO_ACK)
        return !view.acked_known;
    return view.acked_known && view.acked == (uint64_t)step->offset;
}

/* True if the stream answers as the step wants. */
static bool take(struct stream *stream, const struct step *step)
{
    uint64_t wanted = STREAM_ORIGIN + (uint64_t)step->offset, number;
    switch (step->op) {
    case IDSN:
        stream_set_idsn(stream, step->number - 1);
        return true;
    case FORGET:
        stream_forget_idsn(stream);
        return true;
    case PLAIN:
        stream_set_plain(stream);
        return true;
    case MAP_64:
    case MAP_32:
    case BARE:
        return map(stream, step, &number) && number == wanted;
    case REFUSE:
        return !stream_position(stream, step->number, true, &number);
    case SEE:
        return see(stream, wanted);
    case ACK_64:
    case ACK_32:
    case NO_ACK:
        return ack(stream, step);
    case DSN_AT:
        return stream_dsn(stream, wanted, &number) && number == step->number;
    case NO_DSN:
        return !stream_dsn(stream, wanted, &number);
    case FIRST:
        return view_of(stream).base_is_idsn && stream->first == wanted;
    case NO_FIRST:
        return !view_of(stream).base_is_idsn;
    case MISSING:
        return view_of(stream).missing_bytes == step->number;
    case BYTES:
        return view_of(stream).data_bytes == step->number;
    case END:
        break;
    }
    return false;
}

static void positions_are_found_and_kept(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(stream_cases); i++) {
        const struct stream_case *c = &stream_cases[i];
        struct stream stream = {0};
        for (size_t k = 0; k < STEPS_MAX && c->steps[k].op != END; k++) {
            if (!take(&stream, &c->steps[k]))
                fail_msg("%s: step %zu", c->words, k + 1);
        }
        stream_clear(&stream);
    }
}

/* Three times around 2^32 from just below 2^64, forms mixed at random, always within reach. */
static void a_long_walk_stays_on_the_road(void **state)
{
    (void)state;
    const uint64_t base = UINT64_MAX - 5 * (LATER << 1), step = UINT64_C(0x1234567);
    struct stream stream = {0};
    uint64_t seed = 1, position;
    stream_set_idsn(&stream, base - 1);
    for (uint64_t offset = 0; offset < 13 * LATER; offset += step) {
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        bool is_64 = seed >> 63;
        uint64_t dsn = base + offset;
        assert_true(stream_position(&stream, is_64 ? dsn : (uint32_t)dsn, is_64, &position));
        assert_true(position == STREAM_ORIGIN + offset);
        stream_advance(&stream, position + step);
    }
    stream_clear(&stream);
}

/* ---- What waits ------------------------------------------------------------------------------ */

/* Positions from 100 on. */
static const struct {
    const char *words;
    struct range seen[3];
    uint64_t first; /* 0: not known */
    uint64_t acked; /* 0: nothing */
    bool waits;
} waiting_cases[] = {
    {"nothing was seen",                   {{0, 0}},                             100, 0,   false},
    {"all from the first octet on",        {{100, 200}},                         100, 0,   false},
    {"the first octets are missing",       {{150, 200}},                         100, 0,   true },
    {"... and acknowledged",               {{150, 200}},                         100, 150, false},
    {"... but for one",                    {{150, 200}},                         100, 149, true },
    {"where the first one is not known",   {{150, 200}},                         0,   0,   false},
    {"a hole there",                       {{150, 200}, {250, 300}},             0,   0,   true },
    {"a hole",                             {{100, 200}, {250, 300}},             100, 0,   true },
    {"acknowledged up to it",              {{100, 200}, {250, 300}},             100, 200, true },
    {"acknowledged into it",               {{100, 200}, {250, 300}},             100, 249, true },
    {"acknowledged over it",               {{100, 200}, {250, 300}},             100, 250, false},
    {"acknowledged beyond all",            {{100, 200}, {250, 300}},             100, 400, false},
    {"the first of two is acknowledged",   {{100, 200}, {250, 300}, {310, 320}}, 100, 300, true },
    {"both of two are",                    {{100, 200}, {250, 300}, {310, 320}}, 100, 310, false},
    {"below the first octet, and from it", {{50, 60}, {100, 200}},               100, 0,   false},
};

static void what_waits_lies_behind_a_hole(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(waiting_cases) / sizeof(waiting_cases[0]); i++) {
        struct stream stream = {
            .first_is_known = waiting_cases[i].first > 0,
            .first = waiting_cases[i].first,
            .acked_known = waiting_cases[i].acked > 0,
            .acked = waiting_cases[i].acked,
        };
        uint64_t overlap;
        for (size_t k = 0; k < 3; k++)
            assert_true(rangeset_add(&stream.seen, waiting_cases[i].seen[k].begin,
                                     waiting_cases[i].seen[k].end, &overlap));
        if (stream_has_waiting(&stream) != waiting_cases[i].waits)
            fail_msg("%s", waiting_cases[i].words);
        stream_clear(&stream);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(positions_are_found_and_kept),
        cmocka_unit_test(a_long_walk_stays_on_the_road),
        cmocka_unit_test(what_waits_lies_behind_a_hole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
