/* SPDX-License-Identifier: BSD-3-Clause */
/* Keys that the user gave, found again by the token or the data sequence number they lead to. */
#include "analyzer/keyring.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#define KEY_A  UINT64_C(0x1fdb5df328bc3def)
#define KEY_B  UINT64_C(0x29a6c86981ad933c)
#define IDSN_A UINT64_C(14413541604287230029) /* in version 1 */
#define IDSN_B UINT64_C(9056739914572983765)  /* in version 0 */
#define REACH  (UINT64_C(1) << 40)

static const uint64_t keys[] = {KEY_A, KEY_B, KEY_A};

static void a_key_given_twice_counts_once(void **state)
{
    (void)state;
    struct keyring ring = {0};
    assert_true(keyring_fill(&ring, keys, COUNT_OF(keys)));
    assert_int_equal(ring.count, 2);
    keyring_clear(&ring);
    assert_int_equal(ring.count, 0);
}

static void an_empty_ring_knows_nothing(void **state)
{
    (void)state;
    struct keyring ring = {0};
    int version;
    assert_true(keyring_fill(&ring, NULL, 0));
    assert_null(keyring_by_token(&ring, 0, &version));
    assert_null(keyring_by_dsn(&ring, 0, &version));
    keyring_clear(&ring);
}

struct token_case {
    const char *words;
    uint32_t token;
    uint64_t key; /* 0: none */
    int version;
};

static const struct token_case token_cases[] = {
    {"the first key's in version 1",  0x239fbdb0, KEY_A, 1},
    {"the second key's in version 1", 0xa35d6d82, KEY_B, 1},
    {"the first key's in version 0",  0x7550f54b, KEY_A, 0},
    {"the second key's in version 0", 0xd97615c1, KEY_B, 0},
    {"nobody's",                      0x239fbdb1, 0,     0},
};

static void a_token_leads_to_its_key_and_version(void **state)
{
    (void)state;
    struct keyring ring = {0};
    assert_true(keyring_fill(&ring, keys, COUNT_OF(keys)));
    for (size_t i = 0; i < COUNT_OF(token_cases); i++) {
        const struct token_case *c = &token_cases[i];
        int version;
        const struct keyring_key *key = keyring_by_token(&ring, c->token, &version);
        bool right = c->key ? key && key->key == c->key && version == c->version : !key;
        if (!right)
            fail_msg("%s", c->words);
    }
    keyring_clear(&ring);
}

struct dsn_case {
    const char *words;
    uint64_t dsn;
    uint64_t key; /* 0: none */
    int version;
};

static const struct dsn_case dsn_cases[] = {
    {"the first octet",            IDSN_A + 1,         KEY_A, 1},
    {"the IDSN itself is no data", IDSN_A,             0,     0},
    {"far into the stream",        IDSN_A + REACH,     KEY_A, 1},
    {"too far to be told",         IDSN_A + REACH + 1, 0,     0},
    {"version 0",                  IDSN_B + 1234,      KEY_B, 0},
    {"nobody's",                   0,                  0,     0},
};

static void a_dsn_leads_to_its_key_and_version(void **state)
{
    (void)state;
    struct keyring ring = {0};
    assert_true(keyring_fill(&ring, keys, COUNT_OF(keys)));
    for (size_t i = 0; i < COUNT_OF(dsn_cases); i++) {
        const struct dsn_case *c = &dsn_cases[i];
        int version;
        const struct keyring_key *key = keyring_by_dsn(&ring, c->dsn, &version);
        bool right = c->key ? key && key->key == c->key && version == c->version : !key;
        if (!right)
            fail_msg("%s", c->words);
    }
    keyring_clear(&ring);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_given_twice_counts_once),
        cmocka_unit_test(an_empty_ring_knows_nothing),
        cmocka_unit_test(a_token_leads_to_its_key_and_version),
        cmocka_unit_test(a_dsn_leads_to_its_key_and_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
