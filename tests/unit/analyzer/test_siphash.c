/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SipHash-2-4 of its authors' test message (octets 0, 1, 2, ... under the key 0 to 15), around each
 * boundary of its words of eight octets.
 */
#include "analyzer/siphash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const struct {
    size_t len;
    uint64_t hash;
} siphash_cases[] = {
    {0,   UINT64_C(0x726fdb47dd0e0e31)},
    {1,   UINT64_C(0x74f839c593dc67fd)},
    {2,   UINT64_C(0x0d6c8009d9a94f5a)},
    {3,   UINT64_C(0x85676696d7fb7e2d)},
    {4,   UINT64_C(0xcf2794e0277187b7)},
    {5,   UINT64_C(0x18765564cd99a68d)},
    {6,   UINT64_C(0xcbc9466e58fee3ce)},
    {7,   UINT64_C(0xab0200f58b01d137)},
    {8,   UINT64_C(0x93f5f5799a932462)},
    {9,   UINT64_C(0x9e0082df0ba9e4b0)},
    {14,  UINT64_C(0xf723ca908e7af2ee)},
    {15,  UINT64_C(0xa129ca6149be45e5)},
    {16,  UINT64_C(0x3f2acc7f57c29bdb)},
    {31,  UINT64_C(0x32d892fad841c342)},
    {32,  UINT64_C(0x7127512f72f27cce)},
    {40,  UINT64_C(0x0e3ea96b5304a7d0)},
    {63,  UINT64_C(0x958a324ceb064572)},
    {104, UINT64_C(0xa67a2da926669689)},
    {255, UINT64_C(0xa9c169fec74db21a)}, /* only the low octet of the length is hashed */
    {256, UINT64_C(0x999d0526d2a7bfd7)},
};

static void the_hash_is_siphash_2_4(void **state)
{
    (void)state;
    uint8_t key[16];
    for (uint8_t i = 0; i < sizeof(key); i++)
        key[i] = i;
    for (size_t i = 0; i < COUNT_OF(siphash_cases); i++) {
        size_t len = siphash_cases[i].len;
        uint8_t *message = malloc(len ? len : 1);
        assert_non_null(message);
        for (size_t at = 0; at < len; at++)
            message[at] = (uint8_t)at;
        uint64_t hash = siphash(key, message, len);
        free(message);
        if (hash != siphash_cases[i].hash)
            fail_msg("%zu octets: 0x%016llx", len, (unsigned long long)hash);
    }
}

static void every_octet_of_the_key_counts(void **state)
{
    (void)state;
    const uint8_t zero[16] = {0};
    uint64_t without = siphash(zero, "token", 5);
    for (size_t i = 0; i < sizeof(zero); i++) {
        uint8_t key[16] = {0};
        key[i] = 1;
        assert_int_not_equal(siphash(key, "token", 5), without);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_hash_is_siphash_2_4),
        cmocka_unit_test(every_octet_of_the_key_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
