/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Walks over option areas: octets in, the story of the walk out.
 */
#include "dissector/dissector.h"
#include "tests/unit/dissector/octets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define STORY_MAX 512

struct walk_case {
    const char *words;
    const char *hex;   /* captured octets */
    size_t uncaptured; /* octets more by the data offset */
    const char *story; /* "kind/length" of each option, and what ended the walk */
};

static const struct walk_case walk_cases[] = {
    {"no options",           "",                                  0, "end"                 },
    {"end of options",       "00",                                0, "end"                 },
    {"octets after the end", "00 02 04 05b4",                     0, "end"                 },
    {"nothing but NOPs",     "01010101",                          0, "end"                 },
    {"a Linux SYN",          "020405b4 0402 01 030307 1e04 0181", 0, "2/4 4/2 3/3 30/4 end"},
    {"two of kind 30",       "1e03 50 01 1e08 2001 00000001",     0, "30/3 30/8 end"       },
    {"end after an option",  "0402 00 ff",                        0, "4/2 end"             },
    {"unknown kind",         "fd04 1234",                         0, "253/4 end"           },
    {"length 0",             "0402 1e00 0000",                    0, "4/2 overrun"         },
    {"length 1",             "1e01",                              0, "overrun"             },
    {"no length",            "01 1e",                             0, "overrun"             },
    {"one too long",         "0402 1e05 0000",                    0, "4/2 overrun"         },
    {"length 255",           "1eff 00",                           0, "overrun"             },
    {"cut between options",  "0402",                              4, "4/2 cut"             },
    {"cut before any",       "",                                  4, "cut"                 },
    {"cut after a NOP",      "01",                                3, "cut"                 },
    {"cut after a kind",     "1e",                                3, "cut"                 },
    {"cut after a length",   "1e04",                              2, "cut"                 },
    {"cut in an option",     "0402 1e04 01",                      1, "4/2 cut"             },
    {"cut after the end",    "0402 00",                           9, "4/2 end"             },
    {"cut, too long",        "0402 1e08 01",                      2, "4/2 overrun"         },
    {"cut, too short",       "1e01",                              6, "overrun"             },
    {"cut after an option",  "1e04 0181",                         8, "30/4 cut"            },
};

static const char *const endings[] = {
    [MPTA_WALK_OPTION] = "option",
    [MPTA_WALK_END] = "end",
    [MPTA_WALK_CUT] = "cut",
    [MPTA_WALK_OVERRUN] = "overrun",
};

/* Tells a walk over so many octets that were captured of an area; what ended it must end it again
 * and again. True if octets that are not zero follow the end of the list. */
static bool walk_tell(const uint8_t *area, size_t captured, size_t length, char *story)
{
    uint8_t *octets = octets_copy(area, captured);
    struct mpta_segment segment = {
        .options = octets, .options_len = length, .options_captured = captured};
    struct mpta_option_walk walk;
    struct mpta_tcp_option option;
    enum mpta_walk step;
    size_t told = 0;
    mpta_option_walk_start(&walk, &segment);
    while ((step = mpta_option_walk_next(&walk, &option)) == MPTA_WALK_OPTION) {
        assert_int_equal(option.octets[0], option.kind);
        assert_int_equal(option.octets[1], option.length);
        assert_true(option.octets >= octets);
        told +=
            (size_t)snprintf(story + told, STORY_MAX - told, "%u/%u ", option.kind, option.length);
    }
    snprintf(story + told, STORY_MAX - told, "%s", endings[step]);
    assert_int_equal(mpta_option_walk_next(&walk, &option), step);
    assert_int_equal(mpta_option_walk_next(&walk, &option), step);
    free(octets);
    return walk.unclean_end;
}

static void walks_tell_their_stories(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof walk_cases / sizeof walk_cases[0]; i++) {
        const struct walk_case *c = &walk_cases[i];
        uint8_t area[64];
        size_t captured = hex_decode(c->hex, area, sizeof area);
        char story[STORY_MAX];
        walk_tell(area, captured, captured + c->uncaptured, story);
        if (strcmp(story, c->story) != 0) {
            fail_msg("%s: %s, expected %s", c->words, story, c->story);
        }
    }
}

/* Octets that the snap length cut make the story shorter, never another one. */
static void cut_walks_tell_less(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof walk_cases / sizeof walk_cases[0]; i++) {
        const struct walk_case *c = &walk_cases[i];
        uint8_t area[64];
        size_t length = hex_decode(c->hex, area, sizeof area);
        for (size_t captured = 0; captured < length; captured++) {
            char story[STORY_MAX];
            walk_tell(area, captured, length + c->uncaptured, story);
            size_t told = strlen(story);
            bool less = strcmp(story + told - 3, "cut") == 0;
            if (strcmp(story, c->story) != 0 &&
                !(less && strncmp(story, c->story, told - 3) == 0)) {
                fail_msg("%s, cut at %zu: %s", c->words, captured, story);
            }
        }
    }
}

/* Padding behind the end of the list must be zero, as far as it was captured. */
static void octets_behind_the_end_are_seen(void **state)
{
    static const struct {
        const char *hex;
        size_t uncaptured;
        bool unclean;
    } rows[] = {
        {"",                   0, false},
        {"0402 0101",          0, false},
        {"0402 00 00",         0, false},
        {"0402 0100",          0, false},
        {"0402 00 ff",         0, true },
        {"00 000000 00000001", 0, true },
        {"00 02 04 05b4",      0, true },
        {"0402 0000",          4, false},
        {"0402 0001",          4, true },
        {"1e04",               2, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t area[64];
        char story[STORY_MAX];
        size_t captured = hex_decode(rows[i].hex, area, sizeof area);
        assert_int_equal(walk_tell(area, captured, captured + rows[i].uncaptured, story),
                         rows[i].unclean);
    }
}

/* One option may fill the whole area. */
static void longest_option_is_walked(void **state)
{
    (void)state;
    const uint8_t area[40] = {30, 40};
    char story[STORY_MAX];
    walk_tell(area, sizeof area, sizeof area, story);
    assert_string_equal(story, "30/40 end");
}

static void options_of_syns_are_decoded_or_left(void **state)
{
    static const struct {
        const char *hex;
        bool is_mss;
        uint16_t mss;
        bool is_scale;
        uint8_t shift;
    } rows[] = {
        {"0204 05b4",   true,  1460, false, 99},
        {"0203 05",     false, 7,    false, 99},
        {"0205 05b400", false, 7,    false, 99},
        {"0303 0e",     false, 7,    true,  14},
        {"0302",        false, 7,    false, 99},
        {"0304 0e00",   false, 7,    false, 99},
        {"0402",        false, 7,    false, 99},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t octets[8];
        uint16_t mss = 7;
        uint8_t shift = 99;
        struct mpta_tcp_option option = {.octets = octets};
        hex_decode(rows[i].hex, octets, sizeof octets);
        option.kind = octets[0];
        option.length = octets[1];
        assert_int_equal(mpta_mss_decode(&option, &mss), rows[i].is_mss);
        assert_int_equal(mpta_window_scale_decode(&option, &shift), rows[i].is_scale);
        assert_int_equal(mss, rows[i].mss);
        assert_int_equal(shift, rows[i].shift);
    }
}

struct sack_case {
    const char *words;
    const char *hex;
    bool expected;
    uint8_t count;
    uint32_t left; /* of the last block */
    uint32_t right;
};

static const struct sack_case sack_cases[] = {
    {"one block",       "050a 11223344 f5667788",                                                       true,  1, 0x11223344, 0xf5667788},
    {"two blocks",      "0512 00000001 00000002 fffffff0 00000010",                                     true,  2, 0xfffffff0, 0x10      },
    {"four blocks",     "0522 00000001 00000002 00000003 00000004 00000005 00000006 00000007 00000008",
     true,                                                                                                     4, 7,          8         },
    {"nothing in it",   "0502",                                                                         false, 0, 0,          0         },
    {"half a block",    "0506 11223344",                                                                false, 0, 0,          0         },
    {"one octet short", "0509 11223344 f56677",                                                         false, 0, 0,          0         },
    {"one octet long",  "050b 11223344 f5667788 00",                                                    false, 0, 0,          0         },
    {"another kind",    "040a 11223344 f5667788",                                                       false, 0, 0,          0         },
};

static void sack_is_decoded_or_left(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sack_cases / sizeof sack_cases[0]; i++) {
        const struct sack_case *c = &sack_cases[i];
        uint8_t area[64];
        size_t length = hex_decode(c->hex, area, sizeof area);
        uint8_t *octets = octets_copy(area, length);
        struct mpta_tcp_option option = {.kind = octets[0], .length = octets[1], .octets = octets};
        struct mpta_sack sack = {0};
        bool decoded = mpta_sack_decode(&option, &sack);
        free(octets);
        if (decoded != c->expected || sack.count != c->count ||
            (decoded && (sack.blocks[sack.count - 1].left != c->left ||
                         sack.blocks[sack.count - 1].right != c->right))) {
            fail_msg("%s: %d, %u blocks", c->words, decoded, sack.count);
        }
    }
}

static void numbers_are_decoded_or_left(void **state)
{
    static const struct {
        const char *hex;
        bool expected;
        uint32_t value;
    } rows[] = {
        {"0204 05b4",   true,  1460},
        {"0303 0e",     true,  14  },
        {"0203 05",     false, 0   },
        {"0205 05b400", false, 0   },
        {"0302",        false, 0   },
        {"0304 0e00",   false, 0   },
        {"0402",        false, 0   },
        {"1e04 8101",   false, 0   },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t area[64];
        size_t length = hex_decode(rows[i].hex, area, sizeof area);
        uint8_t *octets = octets_copy(area, length);
        const struct mpta_tcp_option option = {octets[0], (uint8_t)length, octets};
        uint16_t mss = 0;
        uint8_t shift = 0;
        bool decoded = mpta_mss_decode(&option, &mss) || mpta_window_scale_decode(&option, &shift);
        assert_int_equal(decoded, rows[i].expected);
        assert_int_equal(mss + shift, rows[i].value);
        free(octets);
    }
}

struct timestamps_case {
    const char *words;
    const char *hex;
    bool expected;
    uint32_t value;
    uint32_t echo;
};

static const struct timestamps_case timestamps_cases[] = {
    {"timestamps",      "080a 11223344 f5667788",    true,  0x11223344, 0xf5667788},
    {"one octet short", "0809 11223344 f56677",      false, 0,          0         },
    {"one octet long",  "080b 11223344 f5667788 00", false, 0,          0         },
    {"nothing in it",   "0802",                      false, 0,          0         },
    {"another kind",    "1e0a 11223344 f5667788",    false, 0,          0         },
};

static void timestamps_are_decoded_or_left(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof timestamps_cases / sizeof timestamps_cases[0]; i++) {
        const struct timestamps_case *c = &timestamps_cases[i];
        uint8_t area[16];
        size_t length = hex_decode(c->hex, area, sizeof area);
        uint8_t *octets = octets_copy(area, length);
        struct mpta_tcp_option option = {.kind = octets[0], .length = octets[1], .octets = octets};
        uint32_t value = 0, echo = 0;
        bool decoded = mpta_timestamps_decode(&option, &value, &echo);
        free(octets);
        if (decoded != c->expected || value != c->value || echo != c->echo) {
            fail_msg("%s: %d %08x %08x", c->words, decoded, value, echo);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(walks_tell_their_stories),
        cmocka_unit_test(cut_walks_tell_less),
        cmocka_unit_test(octets_behind_the_end_are_seen),
        cmocka_unit_test(longest_option_is_walked),
        cmocka_unit_test(numbers_are_decoded_or_left),
        cmocka_unit_test(timestamps_are_decoded_or_left),
        cmocka_unit_test(options_of_syns_are_decoded_or_left),
        cmocka_unit_test(sack_is_decoded_or_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
