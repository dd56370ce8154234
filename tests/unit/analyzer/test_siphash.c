/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SipHash-1-3 of its authors' test message (octets 0, 1, 2, ... under the key 0 to 15), around each
 * boundary of its words of eight octets, as OpenSSL has it: `openssl mac -macopt hexkey:0001...0f
 * -macopt size:8 -macopt c-rounds:1 -macopt d-rounds:3 SIPHASH`.
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
    {0,   UINT64_C(0xabac0158050fc4dc)},
    {1,   UINT64_C(0xc9f49bf37d57ca93)},
    {2,   UINT64_C(0x82cb9b024dc7d44d)},
    {3,   UINT64_C(0x8bf80ab8e7ddf7fb)},
    {4,   UINT64_C(0xcf75576088d38328)},
    {5,   UINT64_C(0xdef9d52f49533b67)},
    {6,   UINT64_C(0xc50d2b50c59f22a7)},
    {7,   UINT64_C(0xd3927d989bb11140)},
    {8,   UINT64_C(0x369095118d299a8e)},
    {9,   UINT64_C(0x25a48eb36c063de4)},
    {14,  UINT64_C(0x605aa111c0f95d34)},
    {15,  UINT64_C(0xd320d86d2a519956)},
    {16,  UINT64_C(0xcc4fdd1a7d908b66)},
    {31,  UINT64_C(0x2370dd1f8c21d1bc)},
    {32,  UINT64_C(0x81157b6c16a7b60d)},
    {40,  UINT64_C(0xc1d2363299e41531)},
    {63,  UINT64_C(0x9d199062b7bbb3a8)},
    {104, UINT64_C(0xd8d079a19509a3b1)},
    {255, UINT64_C(0xf76214e3153c4a15)}, /* only the low octet of the length is hashed */
    {256, UINT64_C(0x75b3e64e167de370)},
};

static void the_hash_is_siphash_1_3(void **state)
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
        cmocka_unit_test(the_hash_is_siphash_1_3),
        cmocka_unit_test(every_octet_of_the_key_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
