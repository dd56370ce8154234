/* SPDX-License-Identifier: BSD-3-Clause */
/* Community IDs, the first as the specification publishes it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/community_id.h"

static const struct {
    const char *words;
    struct mpta_address src;
    uint16_t src_port;
    struct mpta_address dst;
    uint16_t dst_port;
    const char *id;
} cases[] = {
    {"the specification's",
     {4, {128, 232, 110, 120}},
     34855, {4, {66, 35, 250, 204}},
     80,    "1:LQU9qZlK+B5F3KDmev6m5PMibrg="},
    {"IPv6",
     {6, {0x20, 1, 0xd, 0xb8, [15] = 1}},
     40000, {6, {0x20, 1, 0xd, 0xb8, [15] = 2}},
     443,   "1:RYG3Msb11GthNt1OYXJouPzmrvA="},
    {"one address, two ports",
     {4, {127, 0, 0, 1}},
     5001,  {4, {127, 0, 0, 1}},
     40000, "1:1JOFeBUHdCrzeowdYgG9umwjXh4="},
};

static void both_directions_have_the_same_id(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char there[COMMUNITY_ID_MAX];
        char back[COMMUNITY_ID_MAX];
        community_id_format(&cases[i].src, cases[i].src_port, &cases[i].dst, cases[i].dst_port,
                            there);
        community_id_format(&cases[i].dst, cases[i].dst_port, &cases[i].src, cases[i].src_port,
                            back);
        if (strcmp(there, cases[i].id) != 0 || strcmp(back, cases[i].id) != 0) {
            fail_msg("%s: %s and %s", cases[i].words, there, back);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_directions_have_the_same_id),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
