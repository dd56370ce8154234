/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tokens, IDSNs and HMACs against constants that another implementation of SHA-1, SHA-256 and HMAC
 * computed.
 */
#include "analyzer/analyzer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#define KEY_A UINT64_C(0x1fdb5df328bc3def)
#define KEY_B UINT64_C(0x29a6c86981ad933c)

struct key_case {
    const char *words;
    int version;
    uint64_t key;
    uint32_t token;
    uint64_t idsn;
};

/* clang-format off */
static const struct key_case key_cases[] = {
    {"v1, a client's key", 1, KEY_A, 0x239fbdb0, UINT64_C(14413541604287230029)},
    {"v1, a server's key", 1, KEY_B, 0xa35d6d82, UINT64_C(11713449205243392241)},
    {"v1, all bits zero", 1, 0, 0xaf5570f5, UINT64_C(16551347165485088252)},
    {"v1, all bits one", 1, UINT64_MAX, 0x12a3ae44, UINT64_C(6339759150979674314)},
    {"v1, octets in order", 1, UINT64_C(0x0123456789abcdef), 0x55c53f5d,
     UINT64_C(6271089639696537624)},
    {"v0, a client's key", 0, KEY_A, 0x7550f54b, UINT64_C(17069008146799116759)},
    {"v0, a server's key", 0, KEY_B, 0xd97615c1, UINT64_C(9056739914572983765)},
    {"v0, all bits zero", 0, 0, 0x05fe4057, UINT64_C(12417979246923204585)},
    {"v0, all bits one", 0, UINT64_MAX, 0xbe673e8a, UINT64_C(9684711452643483785)},
    {"v0, octets in order", 0, UINT64_C(0x0123456789abcdef), 0x0ca2eadb,
     UINT64_C(16419999864004347207)},
};
/* clang-format on */

static void a_key_gives_token_and_idsn(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(key_cases); i++) {
        const struct key_case *c = &key_cases[i];
        uint32_t token = mpta_key_token(c->key, c->version);
        uint64_t idsn = mpta_key_idsn(c->key, c->version);
        if (token != c->token || idsn != c->idsn)
            fail_msg("%s: token 0x%08x idsn %llu", c->words, token, (unsigned long long)idsn);
    }
}

struct join_case {
    const char *words;
    int version;
    uint64_t first_key, second_key;
    uint32_t first_nonce, second_nonce;
    uint8_t hmac[20];
};

/* clang-format off */
static const struct join_case join_cases[] = {
    {"v1, A's own", 1, KEY_A, KEY_B, 0x01020304, 0xa0b0c0d0,
     {0x6a, 0xa6, 0xbe, 0xeb, 0x78, 0x3c, 0xc5, 0x6f, 0x5a, 0x70,
      0xae, 0x17, 0x53, 0x06, 0x20, 0xa5, 0x49, 0x21, 0xd9, 0x81}},
    {"v1, B's own: keys and nonces change places", 1, KEY_B, KEY_A, 0xa0b0c0d0, 0x01020304,
     {0xc9, 0xc3, 0xf8, 0x3f, 0xe0, 0x22, 0x17, 0x6a, 0x72, 0x61,
      0x43, 0x62, 0xf6, 0xfe, 0xae, 0x94, 0x14, 0x42, 0xf0, 0xe8}},
    {"v1, all bits zero", 1, 0, 0, 0, 0,
     {0xf3, 0x75, 0x18, 0x0a, 0xba, 0x92, 0x88, 0x84, 0x01, 0xf1,
      0x91, 0x9b, 0xe4, 0xa8, 0x71, 0x5a, 0x62, 0x76, 0x3b, 0x65}},
    {"v1, all bits one", 1, UINT64_MAX, UINT64_MAX, UINT32_MAX, UINT32_MAX,
     {0x1a, 0x88, 0x3d, 0xbb, 0x50, 0x66, 0xfe, 0xa1, 0x10, 0x49,
      0x60, 0x36, 0xd0, 0x71, 0x50, 0x34, 0x47, 0xd7, 0x10, 0xde}},
    {"v0, A's own", 0, KEY_A, KEY_B, 0x01020304, 0xa0b0c0d0,
     {0xb9, 0x3a, 0x86, 0x9f, 0x5f, 0x5b, 0xb1, 0xed, 0xbb, 0x4b,
      0x34, 0xdf, 0xd7, 0xbf, 0x41, 0x3c, 0xc6, 0x30, 0xbf, 0x0e}},
    {"v0, B's own", 0, KEY_B, KEY_A, 0xa0b0c0d0, 0x01020304,
     {0x45, 0x3f, 0x45, 0x9e, 0x64, 0xf6, 0x1a, 0xa1, 0x65, 0x98,
      0xc8, 0x92, 0x48, 0x2d, 0xbe, 0x14, 0x41, 0xe9, 0xfa, 0x51}},
    {"v0, all bits zero", 0, 0, 0, 0, 0,
     {0xda, 0xb6, 0x9a, 0xd9, 0x8e, 0x28, 0x76, 0x4f, 0x97, 0x7e,
      0xe2, 0x48, 0x7e, 0x4f, 0x3f, 0x68, 0x73, 0xb2, 0xa2, 0x97}},
    {"v0, all bits one", 0, UINT64_MAX, UINT64_MAX, UINT32_MAX, UINT32_MAX,
     {0x50, 0x54, 0xce, 0xba, 0x82, 0x6b, 0x9b, 0xeb, 0xf3, 0x72,
      0xdf, 0x6b, 0x47, 0x9d, 0xee, 0x8e, 0xef, 0xb5, 0x61, 0xd4}},
};
/* clang-format on */

static void a_join_is_signed_with_both_keys_and_nonces(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(join_cases); i++) {
        const struct join_case *c = &join_cases[i];
        uint8_t hmac[20];
        memset(hmac, 0x5a, sizeof(hmac));
        mpta_join_hmac(c->version, c->first_key, c->second_key, c->first_nonce, c->second_nonce,
                       hmac);
        if (memcmp(hmac, c->hmac, sizeof(hmac)) != 0)
            fail_msg("%s", c->words);
    }
}

#define IPV4                                                                                       \
    {                                                                                              \
        4,                                                                                         \
        {                                                                                          \
            10, 0, 0, 2                                                                            \
        }                                                                                          \
    }
#define IPV6                                                                                       \
    {                                                                                              \
        6,                                                                                         \
        {                                                                                          \
            0x20, 0x01, 0x0d, 0xb8, [15] = 2                                                       \
        }                                                                                          \
    }

struct add_addr_case {
    const char *words;
    uint64_t announcer_key, peer_key;
    struct mpta_add_addr add_addr;
    uint64_t hmac;
};

/* clang-format off */
static const struct add_addr_case add_addr_cases[] = {
    {"IPv4", KEY_A, KEY_B, {.address_id = 2, .address = IPV4}, UINT64_C(0x6209069c3588b7cd)},
    {"IPv4, announced by the other host", KEY_B, KEY_A, {.address_id = 2, .address = IPV4},
     UINT64_C(0xa8ea357f04633544)},
    {"IPv4 and a port", KEY_A, KEY_B,
     {.address_id = 2, .address = IPV4, .has_port = true, .port = 8080},
     UINT64_C(0x49794a9abaa9eb90)},
    {"a port that is not there does not count", KEY_A, KEY_B,
     {.address_id = 2, .address = IPV4, .has_port = false, .port = 8080},
     UINT64_C(0x6209069c3588b7cd)},
    {"IPv6", KEY_A, KEY_B, {.address_id = 255, .address = IPV6}, UINT64_C(0xd5c762fff13648bd)},
    {"IPv6 and a port", KEY_A, KEY_B,
     {.address_id = 255, .address = IPV6, .has_port = true, .port = 443},
     UINT64_C(0x45dad8cf1f1e4ba7)},
    {"IPv6 and a port, announced by the other host", KEY_B, KEY_A,
     {.address_id = 255, .address = IPV6, .has_port = true, .port = 443},
     UINT64_C(0xbc0cb87fb077655c)},
};
/* clang-format on */

static void an_announcement_is_signed_with_id_address_and_port(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(add_addr_cases); i++) {
        const struct add_addr_case *c = &add_addr_cases[i];
        uint64_t hmac = mpta_add_addr_hmac(c->announcer_key, c->peer_key, &c->add_addr);
        if (hmac != c->hmac)
            fail_msg("%s: 0x%016llx", c->words, (unsigned long long)hmac);
    }
}

struct variant_case {
    const char *words;
    struct mpta_add_addr add_addr;
    const char *variant; /* a part of its name, or NULL */
};

/* clang-format off */
static const struct variant_case variant_cases[] = {
    {"IPv4, the leftmost octets",
     {.address_id = 2, .address = IPV4, .hmac = UINT64_C(0x969d32f14b40bbf3)}, "leftmost"},
    {"IPv4 and a port, the leftmost octets",
     {.address_id = 2, .address = IPV4, .has_port = true, .port = 8080,
      .hmac = UINT64_C(0x3dc84c02e9067bcb)}, "leftmost"},
    {"IPv6, the leftmost octets",
     {.address_id = 255, .address = IPV6, .hmac = UINT64_C(0x77277d132b6dca54)}, "leftmost"},
    {"IPv4 and a port, signed without it",
     {.address_id = 2, .address = IPV4, .has_port = true, .port = 8080,
      .hmac = UINT64_C(0x6209069c3588b7cd)}, "port"},
    {"IPv6 and a port, signed without it",
     {.address_id = 255, .address = IPV6, .has_port = true, .port = 443,
      .hmac = UINT64_C(0xd5c762fff13648bd)}, "port"},
    {"no known mistake",
     {.address_id = 2, .address = IPV4, .hmac = UINT64_C(0x0123456789abcdef)}, NULL},
    {"the right HMAC of a port number zero is no mistake",
     {.address_id = 2, .address = IPV4, .hmac = UINT64_C(0x6209069c3588b7cd)}, NULL},
};
/* clang-format on */

static void known_mistakes_have_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(variant_cases); i++) {
        const struct variant_case *c = &variant_cases[i];
        const char *variant = mpta_add_addr_hmac_variant(KEY_A, KEY_B, &c->add_addr);
        bool right = c->variant ? variant && strstr(variant, c->variant) : !variant;
        if (!right)
            fail_msg("%s: %s", c->words, variant ? variant : "no name");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_gives_token_and_idsn),
        cmocka_unit_test(a_join_is_signed_with_both_keys_and_nonces),
        cmocka_unit_test(an_announcement_is_signed_with_id_address_and_port),
        cmocka_unit_test(known_mistakes_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
