/* SPDX-License-Identifier: BSD-3-Clause */
/* What handshakes in two or three files say of the clocks that the files were written by. */
#include "cli/clocks.h"

#include "tests/unit/cli/test_source_support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FILES_MAX   3
#define PACKETS_MAX 6
#define MS          1000000LL

/* A packet of a handshake, by its number; 0 ends a file. */
struct packet {
    unsigned handshake;
    enum { SYN = 0x02, SYN_ACK = 0x12, OTHER = 0x10 } flags;
    int time_ms;
    unsigned value; /* of timestamps */
};

struct clock_case {
    const char *words;
    struct packet files[FILES_MAX][PACKETS_MAX];
    int ahead_ms[FILES_MAX];
};

/* clang-format off */
static const struct clock_case cases[] = {
    {"a path of 10 ms, one clock",
     {{{1, SYN, 1000, 1}, {1, SYN_ACK, 1030, 2}}, {{1, SYN, 1010, 1}, {1, SYN_ACK, 1020, 2}}},
     {0}},
    {"the second clock is ahead by 5 s",
     {{{1, SYN, 1000, 1}, {1, SYN_ACK, 1030, 2}}, {{1, SYN, 6010, 1}, {1, SYN_ACK, 6020, 2}}},
     {0, 5000}},
    {"it is behind by 5 s",
     {{{1, SYN, 9000, 1}, {1, SYN_ACK, 9030, 2}}, {{1, SYN, 4010, 1}, {1, SYN_ACK, 4020, 2}}},
     {0, -5000}},
    {"ahead by less than the path takes",
     {{{1, SYN, 1000, 1}, {1, SYN_ACK, 1030, 2}}, {{1, SYN, 1019, 1}, {1, SYN_ACK, 1029, 2}}},
     {0}},
    {"no further than packets are stamped exactly",
     {{{1, SYN, 1000, 1}, {1, SYN_ACK, 1001, 2}}, {{1, SYN, 1001, 1}, {1, SYN_ACK, 1002, 2}}},
     {0}},
    {"SYNs alone do not tell it from a long path",
     {{{1, SYN, 1000, 1}, {2, SYN, 2000, 1}}, {{1, SYN, 6000, 1}, {2, SYN, 7000, 1}}},
     {0}},
    {"nor do packets of different handshakes",
     {{{1, SYN, 1000, 1}, {2, SYN_ACK, 2000, 1}}, {{1, SYN, 6000, 1}, {2, SYN_ACK, 7000, 1}}},
     {0}},
    {"nor other packets",
     {{{1, OTHER, 1000, 1}, {1, SYN_ACK, 1030, 2}}, {{1, OTHER, 6010, 1}, {1, SYN_ACK, 6020, 2}}},
     {0}},
    {"nor a SYN that was sent again",
     {{{1, SYN, 1000, 1}, {1, SYN_ACK, 1030, 3}}, {{1, SYN, 6010, 2}, {1, SYN_ACK, 6020, 3}}},
     {0}},
    {"nor one without timestamps, which looks the same each time",
     {{{1, SYN, 1000, 0}, {1, SYN, 2000, 0}, {1, SYN_ACK, 2030, 3}},
      {{1, SYN, 7010, 0}, {1, SYN_ACK, 7020, 3}}},
     {0}},
    {"one of two handshakes, which a long path explains",
     {{{1, SYN, 1000, 1}, {1, SYN_ACK, 1030, 2}, {2, SYN, 2000, 1}, {2, SYN_ACK, 2300, 2}},
      {{1, SYN, 1035, 1}, {1, SYN_ACK, 1045, 2}, {2, SYN, 2115, 1}, {2, SYN_ACK, 2125, 2}}},
     {0}},
    {"three clocks, of which the third has met the second only",
     {{{1, SYN, 1000, 1}, {1, SYN_ACK, 1030, 2}},
      {{1, SYN, 6010, 1}, {1, SYN_ACK, 6020, 2}, {2, SYN, 7000, 1}, {2, SYN_ACK, 7030, 2}},
      {{2, SYN, 9010, 1}, {2, SYN_ACK, 9020, 2}}},
     {0, 5000, 7000}},
    {"nothing in common",
     {{{1, SYN, 1000, 1}, {1, SYN_ACK, 1030, 2}}, {{2, SYN, 6010, 1}, {2, SYN_ACK, 6020, 2}}},
     {0}},
};
/* clang-format on */

/* Octets of a TCP packet over IPv4, with timestamps unless their value is 0. */
static size_t packet_make(uint8_t *octets, const struct packet *packet)
{
    uint8_t options = packet->value > 0 ? 12 : 0;
    uint8_t len = (uint8_t)(40 + options);
    memset(octets, 0, len);
    memcpy(octets, (uint8_t[]){0x45, 0, 0, len, 0, 1, 0, 0, 64, 6}, 10);
    octets[23] = (uint8_t)packet->handshake; /* ports */
    octets[27] = (uint8_t)(packet->handshake + (packet->flags == SYN_ACK ? 100 : 0));
    octets[31] = (uint8_t)(packet->handshake + (packet->flags == SYN_ACK)); /* ACK number */
    octets[32] = (uint8_t)((5 + options / 4) << 4);
    octets[33] = packet->flags;
    if (options > 0) {
        memcpy(octets + 40, (uint8_t[]){1, 1, 8, 10, 0, 0, 0, (uint8_t)packet->value}, 8);
    }
    return len;
}

static const char *file_make(const struct packet *packets)
{
    static const uint32_t header[] = {0xa1b2c3d4, 0x00040002, 0, 0, 65535, 101};
    uint8_t file[sizeof header + PACKETS_MAX * (16 + 52)];
    size_t size = sizeof header;
    memcpy(file, header, sizeof header);
    for (size_t i = 0; i < PACKETS_MAX && packets[i].handshake > 0; i++) {
        uint32_t time_ms = (uint32_t)packets[i].time_ms;
        uint32_t len = (uint32_t)packet_make(file + size + 16, &packets[i]);
        const uint32_t record[] = {time_ms / 1000, time_ms % 1000 * 1000, len, len};
        memcpy(file + size, record, sizeof record);
        size += sizeof record + len;
    }
    return support_file(file, size);
}

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct clock_case *c = &cases[i];
        const char *paths[FILES_MAX];
        int64_t ahead_ns[FILES_MAX];
        for (size_t k = 0; k < FILES_MAX; k++) {
            paths[k] = file_make(c->files[k]);
        }
        clocks_compare(paths, FILES_MAX, ahead_ns);
        for (size_t k = 0; k < FILES_MAX; k++) {
            if (ahead_ns[k] != c->ahead_ms[k] * MS) {
                fail_msg("%s: file %zu is ahead by %lld ns", c->words, k, (long long)ahead_ns[k]);
            }
        }
        support_clean();
    }
}

/* What cannot be read, or not twice, says nothing. */
static void test_unreadable(void **state)
{
    (void)state;
    const char *paths[] = {file_make(cases[1].files[0]), NULL, "/no/such/file",
                           file_make(cases[1].files[1])};
    int64_t ahead_ns[] = {1, 1, 1, 1};
    clocks_compare(paths, 4, ahead_ns);
    assert_true(ahead_ns[0] == 0 && ahead_ns[1] == 0 && ahead_ns[2] == 0);
    assert_true(ahead_ns[3] == 5000 * MS);
    support_clean();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_unreadable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
