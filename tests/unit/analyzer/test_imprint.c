/* SPDX-License-Identifier: BSD-3-Clause */
/* Imprints beside octets that are kept: nobody is accused falsely, and a change is found. */
#include "analyzer/imprint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define STREAM_LEN      8192
#define BASE            (UINT64_C(1) << 32) /* where positions of a stream begin */

static const uint8_t secret[16] = "a secret of 16.";
static struct imprint_keys keys;
static uint8_t stream[STREAM_LEN];
static uint64_t chance = 1;

static uint32_t draw(uint32_t limit)
{
    chance = chance * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(chance >> 33) % limit;
}

static void fill(void)
{
    for (size_t i = 0; i < STREAM_LEN; i++)
        stream[i] = (uint8_t)draw(256);
}

/* Takes [begin, end) of these octets from a subflow, when so many were acknowledged; true if they
 * differ from what was before. */
static bool take_late(struct imprint_set *set, uint32_t subflow, const uint8_t *octets,
                      uint64_t begin, uint64_t end, uint64_t acked, struct imprint_verdict *verdict)
{
    const struct imprint_piece piece = {
        BASE + begin, BASE + end, octets + begin, {subflow, 0, true, true, false}
    };
    assert_true(imprint_take(set, &keys, &piece, BASE + acked, verdict));
    return verdict->differs;
}

/* ... when nothing was. */
static bool take(struct imprint_set *set, uint32_t subflow, const uint8_t *octets, uint64_t begin,
                 uint64_t end, struct imprint_verdict *verdict)
{
    return take_late(set, subflow, octets, begin, end, 0, verdict);
}

/* ---- Boundaries -------------------------------------------------------------------------------
 */

#define PIECES_MAX 4

static const struct {
    const char *words;
    uint16_t first[PIECES_MAX]; /* where pieces end; they begin at `begin` */
    uint16_t again[PIECES_MAX];
    uint16_t begin;
    uint16_t changed; /* octet of the second copy */
    bool found;
} boundaries[] = {
    {"the same piece",               {100},        {100},              0,    50,   true },
    {"its first octet",              {100},        {100},              0,    0,    true },
    {"its last octet",               {100},        {100},              0,    99,   true },
    {"one octet",                    {8},          {8},                7,    7,    true },
    {"over many cells",              {1500},       {1500},             0,    1200, true },
    {"over many",                    {7001},       {7001},             1,    6999, true },
    {"two pieces in one",            {70, 103},    {103},              3,    70,   true },
    {"one piece in two",             {103},        {70, 103},          3,    100,  true },
    {"one piece in three",           {1000},       {333, 666, 1000},   0,    332,  true },
    {"in two, whose end is missing", {1000},       {333, 666},         0,    332,  true },
    {"within one piece",             {1000},       {999},              0,    5,    true },
    {"a cell whose end is missing",  {1000},       {999},              0,    998,  true },
    {"over two pieces and a cell",   {63, 200},    {200},              0,    63,   true },
    {"other ends, word by word",     {401, 802},   {400, 802},         0,    100,  true },
    {"beyond what there was",        {100},        {200},              0,    150,  false},
    {"both sides of a cell",         {1023, 1026}, {1024, 1025, 1026}, 1020, 1025, true },
    {"nothing changed",              {100, 1500},  {77, 1400, 1500},   0,    2000, false},
};

static bool changes_are_found(const uint16_t *first, const uint16_t *again, uint16_t begin,
                              uint16_t changed)
{
    static uint8_t copy[STREAM_LEN];
    struct imprint_set set = {0};
    struct imprint_verdict verdict;
    bool found = false;
    memcpy(copy, stream, sizeof(copy));
    copy[changed] ^= 0x10;
    for (uint16_t at = begin, i = 0; i < PIECES_MAX && first[i] > 0; at = first[i++])
        assert_false(take(&set, 0, stream, at, first[i], &verdict));
    for (uint16_t at = begin, i = 0; i < PIECES_MAX && again[i] > 0; at = again[i++]) {
        if (take(&set, 1, copy, at, again[i], &verdict)) {
            found = true;
            assert_in_range(changed, verdict.begin - BASE, verdict.end - BASE - 1);
        }
    }
    imprint_set_clear(&set);
    return found;
}

static void a_change_is_found_whatever_the_boundaries(void **state)
{
    size_t failures = 0;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(boundaries); i++) {
        bool found = changes_are_found(boundaries[i].first, boundaries[i].again,
                                       boundaries[i].begin, boundaries[i].changed);
        if (found != boundaries[i].found) {
            print_message("%s: %s\n", boundaries[i].words, found ? "found" : "not found");
            failures++;
        }
    }
    assert_int_equal(failures, 0);
}

/* Where words would be exchanged, or octets trade places, a plain sum would not tell. */
static void no_octet_can_make_up_for_another(void **state)
{
    static uint8_t copy[STREAM_LEN];
    (void)state;
    for (uint32_t at = 0; at + 8 < 1400; at++) {
        struct imprint_set set = {0};
        struct imprint_verdict verdict;
        memcpy(copy, stream, sizeof(copy));
        memcpy(copy + at, stream + at + 4, 4);
        memcpy(copy + at + 4, stream + at, 4);
        assert_false(take(&set, 0, stream, 0, 1400, &verdict));
        assert_true(take(&set, 1, copy, 0, 1400, &verdict));
        imprint_set_clear(&set);
    }
}

/* ---- Parts of cells ---------------------------------------------------------------------------
 */

/* What comes of [0, 200) after all of it came in one piece: pieces in this order, by subflow. */
static const struct {
    const char *words;
    struct {
        uint8_t subflow;
        uint16_t begin;
        uint16_t end;
    } again[3];
    uint16_t changed;
    uint64_t compared;
    bool found;
} part_cases[] = {
    {"one octet too few",       {{1, 1, 200}},                            2,   136, false},
    {"its only whole cell",     {{1, 63, 128}},                           100, 64,  true },
    {"one after the other",     {{1, 10, 85}, {1, 85, 200}},              70,  136, true },
    {"the end first",           {{1, 85, 200}, {1, 10, 85}},              70,  136, true },
    {"something else between",  {{1, 10, 85}, {2, 0, 200}, {1, 85, 200}}, 70,  336, true },
    {"from two subflows",       {{1, 10, 85}, {2, 85, 200}},              70,  72,  true },
    {"twice the same part",     {{1, 70, 85}, {1, 70, 85}, {1, 64, 70}},  80,  0,   true },
    {"a part anew, then all",   {{1, 70, 85}, {1, 70, 128}, {1, 64, 70}}, 80,  64,  true },
    {"a part of several cells", {{1, 100, 150}, {1, 60, 100}},            70,  64,  true },
    {"nothing of it changed",   {{1, 10, 85}, {1, 85, 200}},              205, 136, false},
};

static void parts_add_up(void **state)
{
    static uint8_t copy[STREAM_LEN];
    size_t failures = 0;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(part_cases); i++) {
        struct imprint_set set = {0};
        struct imprint_verdict verdict;
        bool found = false;
        memcpy(copy, stream, sizeof(copy));
        copy[part_cases[i].changed] ^= 1;
        assert_false(take(&set, 0, stream, 0, 200, &verdict));
        for (size_t k = 0; k < COUNT_OF(part_cases[i].again) && part_cases[i].again[k].end; k++)
            found |= take(&set, part_cases[i].again[k].subflow, copy, part_cases[i].again[k].begin,
                          part_cases[i].again[k].end, &verdict);
        if (found != part_cases[i].found || set.compared != part_cases[i].compared) {
            print_message("%s: %s, %u compared\n", part_cases[i].words,
                          found ? "found" : "not found", (unsigned)set.compared);
            failures++;
        }
        imprint_set_clear(&set);
    }
    assert_int_equal(failures, 0);
}

/* So many wait for the rest of their cell, and no more. */
static void parts_are_given_up(void **state)
{
    struct imprint_set set = {0};
    struct imprint_verdict verdict;
    (void)state;
    assert_false(take(&set, 0, stream, 0, 64 * (IMPRINT_PARTS + 1), &verdict));
    for (uint64_t i = 0; i <= IMPRINT_PARTS; i++)
        assert_false(take(&set, 1, stream, 64 * i, 64 * i + 10, &verdict));
    for (uint64_t i = IMPRINT_PARTS + 1; i-- > 0;)
        assert_false(take(&set, 1, stream, 64 * i + 10, 64 * i + 64, &verdict));
    assert_int_equal(set.compared, 64 * IMPRINT_PARTS);
    imprint_set_clear(&set);
}

/* ---- Marks ------------------------------------------------------------------------------------
 */

/* So many octets are others, in the midst of a cell or over two; found in so many of 1,000. */
static const struct {
    uint32_t len;
    unsigned least;
    unsigned most;
} mark_cases[] = {
    {1,  700,  800 },
    {2,  910,  960 },
    {4,  985,  1000},
    {8,  999,  1000},
    {28, 1000, 1000},
};

static unsigned found_by_marks(uint32_t len)
{
    static uint8_t copy[STREAM_LEN];
    struct imprint_set set = {0};
    struct imprint_verdict verdict;
    unsigned found = 0;
    assert_false(take(&set, 0, stream, 0, STREAM_LEN, &verdict));
    for (uint32_t i = 0; i < 1000; i++) {
        uint32_t begin = draw(STREAM_LEN - len);
        memcpy(copy, stream, sizeof(copy));
        for (uint32_t at = begin; at < begin + len; at++)
            copy[at] ^= (uint8_t)(1 + draw(255));
        found += take(&set, 1 + i, copy, begin, begin + len, &verdict);
        if (verdict.differs)
            assert_true(verdict.begin >= BASE + begin && verdict.end <= BASE + begin + len);
    }
    assert_int_equal(set.compared, 0);
    imprint_set_clear(&set);
    return found;
}

static void less_than_a_cell_is_found_by_marks(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(mark_cases); i++)
        assert_in_range(found_by_marks(mark_cases[i].len), mark_cases[i].least, mark_cases[i].most);
}

/* What was acknowledged has none any more once there is new data; sums of whole cells it has. */
static void marks_last_until_it_is_acknowledged(void **state)
{
    static uint8_t copy[STREAM_LEN];
    struct imprint_set set = {0};
    struct imprint_verdict verdict;
    (void)state;
    for (size_t i = 0; i < STREAM_LEN; i++)
        copy[i] = (uint8_t)~stream[i];
    assert_false(take(&set, 0, stream, 0, 1024, &verdict));
    assert_true(take_late(&set, 1, copy, 100, 120, 1024, &verdict));
    assert_false(take_late(&set, 0, stream, 1024, 2048, 1023, &verdict));
    assert_true(take_late(&set, 2, copy, 100, 120, 2048, &verdict));
    assert_int_equal(set.pages[0].mark_capacity, 2 * 1024 / IMPRINT_CELL);
    for (uint64_t at = 2048; at < 6144; at += 1024) /* these find room in their place */
        assert_false(take_late(&set, 0, stream, at, at + 1024, at, &verdict));
    assert_int_equal(set.pages[0].mark_capacity, 2 * 1024 / IMPRINT_CELL);
    assert_false(take_late(&set, 3, copy, 100, 120, 6144, &verdict));
    assert_true(take_late(&set, 3, copy, 5200, 5220, 6144, &verdict));
    assert_int_equal(set.compared, 0);
    assert_true(take_late(&set, 4, copy, 64, 128, 6144, &verdict));
    assert_int_equal(set.compared, 64);
    imprint_set_clear(&set);
}

/* A page that is behind all that is new gives their room back. */
static void marks_of_old_pages_take_no_room(void **state)
{
    struct imprint_set set = {0};
    struct imprint_verdict verdict;
    (void)state;
    for (uint64_t page = 0; page < 3; page++) {
        const uint64_t begin = BASE + page * IMPRINT_PAGE;
        const struct imprint_piece piece = {
            begin, begin + STREAM_LEN, stream, {0, 0, true, true, false}
        };
        assert_true(
            imprint_take(&set, &keys, &piece, page > 1 ? BASE + IMPRINT_PAGE : 0, &verdict));
    }
    const uint64_t first = BASE / IMPRINT_PAGE;
    assert_null(set.pages[first % set.page_count].marks);
    assert_non_null(set.pages[(first + 1) % set.page_count].marks);
    imprint_set_clear(&set);
}

/* ---- Chance -----------------------------------------------------------------------------------
 */

static void assert_sorted(const struct imprint_set *set)
{
    uint32_t count = 0;
    for (uint32_t p = 0; p < set->page_count; p++) {
        const struct imprint_page *page = &set->pages[p];
        for (uint32_t i = 1; i < page->count; i++)
            assert_true(page->items[i - 1].begin + page->items[i - 1].len <= page->items[i].begin);
        count += page->count;
    }
    assert_int_equal(count, set->count);
}

/* Pieces at random of one stream: whatever their boundaries, they are the same. */
static void nobody_is_accused_falsely(void **state)
{
    struct imprint_verdict verdict;
    (void)state;
    for (unsigned run = 0; run < 200; run++) {
        struct imprint_set set = {0};
        fill();
        for (unsigned i = 0; i < 200; i++) {
            uint32_t begin = draw(STREAM_LEN), len = 1 + draw(draw(2) ? 40 : 3000);
            uint32_t end = begin + len < STREAM_LEN ? begin + len : STREAM_LEN;
            assert_false(take_late(&set, draw(3), stream, begin, end, draw(STREAM_LEN), &verdict));
        }
        assert_sorted(&set);
        imprint_set_clear(&set);
    }
}

/* ---- Who and where ----------------------------------------------------------------------------
 */

/* What has its place for lack of a mapping is compared with its own subflow alone. */
static void a_guess_accuses_nobody_else(void **state)
{
    static uint8_t copy[STREAM_LEN];
    struct imprint_set set = {0};
    struct imprint_verdict verdict;
    const struct imprint_piece guess = {
        BASE, BASE + 100, stream, {0, 0, false, true, false}
    };
    (void)state;
    memcpy(copy, stream, sizeof(copy));
    copy[10] ^= 1;
    assert_true(imprint_take(&set, &keys, &guess, 0, &verdict));
    assert_false(take(&set, 1, copy, 0, 100, &verdict));
    assert_true(take(&set, 0, copy, 0, 100, &verdict));
    imprint_set_clear(&set);
}

/* ---- Bounds -----------------------------------------------------------------------------------
 */

static void take_far(struct imprint_set *set, uint64_t begin, uint64_t len, uint64_t acked)
{
    struct imprint_verdict verdict;
    const struct imprint_piece piece = {
        BASE + begin, BASE + begin + len, stream, {0, 0, true, true, false}
    };
    assert_true(imprint_take(set, &keys, &piece, BASE + acked, &verdict));
    assert_false(verdict.differs);
}

static void there_are_never_too_many(void **state)
{
    struct imprint_set set = {0};
    (void)state;
    for (uint64_t i = 0; i < 100000; i++)
        take_far(&set, i * 1400, 1000, 0);
    assert_in_range(set.count, 1, IMPRINTS_MAX + 2);
    for (uint64_t i = 100000; i > 0; i--) /* what lies below all is forgotten at once */
        take_far(&set, (i - 1) * 1400, 1000, 0);
    assert_in_range(set.count, 1, IMPRINTS_MAX + 2);
    imprint_set_clear(&set);
}

static void what_is_acknowledged_makes_room(void **state)
{
    struct imprint_set set = {0};
    (void)state;
    for (uint64_t i = 0; i < 100000; i++)
        take_far(&set, i * 1000, 1000, i * 1000);
    assert_in_range(set.count, 1, IMPRINTS_MAX / 4);
    imprint_set_clear(&set);
}

/* Another secret makes other prints of the same octets. */
static void prints_are_secret(void **state)
{
    static const uint8_t other[16] = "another secret.";
    struct imprint_set one = {0}, two = {0};
    (void)state;
    take_far(&one, 0, 100, 0);
    imprint_keys_make(&keys, other);
    take_far(&two, 0, 100, 0);
    assert_int_not_equal(one.pages[0].prints[0], two.pages[0].prints[0]);
    imprint_keys_make(&keys, secret);
    imprint_set_clear(&one);
    imprint_set_clear(&two);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_is_found_whatever_the_boundaries),
        cmocka_unit_test(no_octet_can_make_up_for_another),
        cmocka_unit_test(parts_add_up),
        cmocka_unit_test(parts_are_given_up),
        cmocka_unit_test(less_than_a_cell_is_found_by_marks),
        cmocka_unit_test(marks_last_until_it_is_acknowledged),
        cmocka_unit_test(marks_of_old_pages_take_no_room),
        cmocka_unit_test(nobody_is_accused_falsely),
        cmocka_unit_test(a_guess_accuses_nobody_else),
        cmocka_unit_test(there_are_never_too_many),
        cmocka_unit_test(what_is_acknowledged_makes_room),
        cmocka_unit_test(prints_are_secret),
    };
    imprint_keys_make(&keys, secret);
    fill();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
