/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The one's complement sum, piece by piece in any order, against the plainest reading of RFC 1071
 * and against sums worked out elsewhere.
 */
#include "analyzer/checksum.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define WHOLE_MAX       65535

static uint32_t random_below(uint64_t *seed, uint32_t limit)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 33) % limit;
}

/* RFC 1071 section 1: 16-bit words, an odd octet padded with zero, carries added back at once. */
static uint16_t naive(const uint8_t *octets, size_t len)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < len; i++) {
        sum += i % 2 ? octets[i] : (uint32_t)octets[i] << 8;
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return (uint16_t)~sum;
}

struct sum_case {
    const char *words;
    uint8_t octets[12];
    size_t len;
    uint16_t expected;
};

/* clang-format off */
static const struct sum_case sum_cases[] = {
    {"the example of RFC 1071 section 3", {0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7}, 8,
     (uint16_t)~0xddf2},
    {"nothing", {0}, 0, 0xffff},
    {"one octet is the high one", {0x12}, 1, (uint16_t)~0x1200},
    {"three octets", {0x12, 0x34, 0x56}, 3, (uint16_t)~0x6834},
    {"all ones", {0xff, 0xff, 0xff, 0xff}, 4, 0},
    {"a carry comes round", {0xff, 0xff, 0x00, 0x01}, 4, (uint16_t)~0x0001},
    {"nine octets, one more than a stride", {1, 2, 3, 4, 5, 6, 7, 8, 9}, 9, (uint16_t)~0x1914},
};
/* clang-format on */

static void sums_are_as_worked_out_elsewhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(sum_cases); i++) {
        const struct sum_case *c = &sum_cases[i];
        uint16_t sum = checksum_finish(checksum_piece(c->octets, c->len, 0));
        if (sum != c->expected || naive(c->octets, c->len) != c->expected)
            fail_msg("%s: 0x%04x", c->words, sum);
    }
}

/* Every length to a few strides, from every alignment, at both parities. */
static void lengths_alignments_and_parities(void **state)
{
    (void)state;
    uint8_t octets[64], padded[65];
    for (size_t i = 0; i < sizeof(octets); i++)
        octets[i] = (uint8_t)(i * 151 + 77);
    for (size_t begin = 0; begin < 8; begin++) {
        for (size_t len = 0; len <= 40; len++) {
            memset(padded, 0, 1);
            memcpy(padded + 1, octets + begin, len);
            assert_int_equal(checksum_finish(checksum_piece(octets + begin, len, 0)),
                             naive(octets + begin, len));
            assert_int_equal(checksum_finish(checksum_piece(octets + begin, len, 7)),
                             naive(padded, len + 1));
        }
    }
}

struct cut {
    size_t begin, end;
};

/* Cuts [0, len) into pieces of at most `longest`, in random order. */
static size_t cut_and_shuffle(struct cut *cuts, size_t len, uint32_t longest, uint64_t *seed)
{
    size_t count = 0;
    for (size_t at = 0; at < len; count++) {
        size_t end = at + 1 + random_below(seed, longest);
        cuts[count] = (struct cut){at, end < len ? end : len};
        at = cuts[count].end;
    }
    for (size_t i = count; i > 1; i--) {
        size_t k = random_below(seed, (uint32_t)i);
        struct cut cut = cuts[k];
        cuts[k] = cuts[i - 1];
        cuts[i - 1] = cut;
    }
    return count;
}

static void pieces_in_any_order_make_the_same_sum(void **state)
{
    (void)state;
    static uint8_t octets[WHOLE_MAX];
    static struct cut cuts[WHOLE_MAX];
    uint64_t seed = 8684;
    for (size_t i = 0; i < sizeof(octets); i++)
        octets[i] = (uint8_t)random_below(&seed, 256);
    for (int round = 0; round < 400; round++) {
        size_t len = round == 0 ? WHOLE_MAX : 1 + random_below(&seed, 3000);
        size_t from = random_below(&seed, (uint32_t)(WHOLE_MAX - len + 1));
        size_t count = cut_and_shuffle(cuts, len, 1 + random_below(&seed, 1500), &seed);
        uint64_t sum = 0;
        for (size_t i = 0; i < count; i++)
            sum += checksum_piece(octets + from + cuts[i].begin, cuts[i].end - cuts[i].begin,
                                  cuts[i].begin);
        assert_int_equal(checksum_finish(sum), naive(octets + from, len));
    }
}

/* The most that one mapping can hold, all ones: no sum overflows on the way. */
static void the_largest_sum_does_not_overflow(void **state)
{
    (void)state;
    static uint8_t octets[WHOLE_MAX];
    memset(octets, 0xff, sizeof(octets));
    uint64_t sum = 0;
    for (size_t i = 0; i < WHOLE_MAX; i++)
        sum += checksum_piece(octets + i, 1, i);
    assert_int_equal(checksum_finish(sum), naive(octets, WHOLE_MAX));
    /* Behind one zero octet: 00 ff, and then ones only. */
    assert_int_equal(checksum_finish(checksum_piece(octets, WHOLE_MAX, 1)), (uint16_t)~0x00ff);
}

struct pseudo_case {
    const char *words;
    uint64_t dsn;
    uint32_t ssn;
    uint16_t data_len;
};

static const struct pseudo_case pseudo_cases[] = {
    {"zeros",                     0,                            0,          0     },
    {"each octet is taken",       UINT64_C(0x0123456789abcdef), 0x13579bdf, 0x2468},
    {"all ones",                  UINT64_MAX,                   UINT32_MAX, 0xffff},
    {"the upper half of the DSN", UINT64_C(0xfeed000000000000), 1,          1     },
    {"the lower half of the DSN", UINT64_C(0x0000beef00000001), 1,          1     },
};

static void put(uint8_t *at, uint64_t number, int octets)
{
    for (int i = octets - 1; i >= 0; i--, number >>= 8)
        at[i] = (uint8_t)number;
}

/* RFC 8684 figure 10: DSN, SSN, data-level length, zeros. */
static void the_pseudo_header_is_that_of_the_rfc(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(pseudo_cases); i++) {
        const struct pseudo_case *c = &pseudo_cases[i];
        uint8_t header[16] = {0};
        put(header, c->dsn, 8);
        put(header + 8, c->ssn, 4);
        put(header + 12, c->data_len, 2);
        uint64_t sum = checksum_pseudo_header(c->dsn, c->ssn, c->data_len);
        if (checksum_finish(sum) != naive(header, sizeof(header)))
            fail_msg("%s: 0x%04x", c->words, checksum_finish(sum));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_are_as_worked_out_elsewhere),
        cmocka_unit_test(lengths_alignments_and_parities),
        cmocka_unit_test(pieces_in_any_order_make_the_same_sum),
        cmocka_unit_test(the_largest_sum_does_not_overflow),
        cmocka_unit_test(the_pseudo_header_is_that_of_the_rfc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
