/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * That the HMAC of a SYN/ACK is right is found out once. Whatever it depends on may change after
 * that: then the verdict is that on a join of which nothing was known before.
 */
#include "analyzer/connection.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#define OPENER_KEY      UINT64_C(0x0102030405060708)
#define RESPONDER_KEY   UINT64_C(0x1112131415161718)
#define OPENER_NONCE    1
#define RESPONDER_NONCE 2

struct proof_case {
    const char *words;
    /* A packet that comes after the proof, the SYN/ACK unless it is the SYN; nonce 0: there is
     * none. */
    bool from_opener;
    uint32_t nonce;
    uint8_t spoilt; /* in the HMAC, by bits */
    /* What is asked then. */
    int version;
    uint64_t opener_key, responder_key;
    enum mpta_verdict expected;
};

static const struct proof_case proof_cases[] = {
    {"the same again",        false, 0, 0, 1, OPENER_KEY,     RESPONDER_KEY,     MPTA_VALID  },
    {"the same packet again", false, 2, 0, 1, OPENER_KEY,     RESPONDER_KEY,     MPTA_VALID  },
    {"another HMAC",          false, 2, 1, 1, OPENER_KEY,     RESPONDER_KEY,     MPTA_INVALID},
    {"another nonce",         false, 3, 0, 1, OPENER_KEY,     RESPONDER_KEY,     MPTA_INVALID},
    {"a late SYN",            true,  1, 0, 1, OPENER_KEY,     RESPONDER_KEY,     MPTA_VALID  },
    {"a late SYN, another",   true,  3, 0, 1, OPENER_KEY,     RESPONDER_KEY,     MPTA_INVALID},
    {"another version",       false, 0, 0, 0, OPENER_KEY,     RESPONDER_KEY,     MPTA_INVALID},
    {"another opener's key",  false, 0, 0, 1, OPENER_KEY + 1, RESPONDER_KEY,     MPTA_INVALID},
    {"another responder's",   false, 0, 0, 1, OPENER_KEY,     RESPONDER_KEY + 1, MPTA_INVALID},
    {"the keys exchanged",    false, 0, 0, 1, RESPONDER_KEY,  OPENER_KEY,        MPTA_INVALID},
};

/* Takes an MP_JOIN, as another capture point shows it: what came before does not stand. */
static void take(struct subflow *subflow, enum role role, uint32_t nonce, const uint8_t hmac[8])
{
    const struct mpta_segment segment = {.flags = MPTA_TCP_SYN};
    const struct mpta_packet packet = {.place = {.packet = 1}, .segment = &segment};
    struct mpta_mp_join join = {
        .form = role == OPENER ? MPTA_JOIN_SYN : MPTA_JOIN_SYN_ACK,
        .token = 7,
        .nonce = nonce,
    };
    if (role == RESPONDER)
        memcpy(join.hmac, hmac, 8);
    join_take(subflow, role, &join, &packet, true);
}

static enum mpta_verdict try_right_keys(struct subflow *subflow)
{
    return join_try_keys(subflow->joining, 1, OPENER_KEY, RESPONDER_KEY);
}

static void a_proof_holds_no_longer_than_what_it_rests_on(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(proof_cases); i++) {
        const struct proof_case *c = &proof_cases[i];
        struct joining join = {0};
        struct half halves[2] = {0};
        struct subflow subflow = {.kind = SUBFLOW_JOIN, .joining = &join, .halves = halves};
        uint8_t hmac[20];
        mpta_join_hmac(1, RESPONDER_KEY, OPENER_KEY, RESPONDER_NONCE, OPENER_NONCE, hmac);
        take(&subflow, OPENER, OPENER_NONCE, hmac);
        take(&subflow, RESPONDER, RESPONDER_NONCE, hmac);
        assert_int_equal(try_right_keys(&subflow), MPTA_VALID);
        join.token_known = false; /* so that a SYN is taken still */
        hmac[7] ^= c->spoilt;
        if (c->nonce > 0)
            take(&subflow, c->from_opener ? OPENER : RESPONDER, c->nonce, hmac);
        if (join_try_keys(&join, c->version, c->opener_key, c->responder_key) != c->expected)
            fail_msg("%s", c->words);
    }
}

/* Other keys that were tried in between take nothing from it. */
static void a_wrong_key_is_no_proof(void **state)
{
    struct joining join = {0};
    struct half halves[2] = {0};
    struct subflow subflow = {.kind = SUBFLOW_JOIN, .joining = &join, .halves = halves};
    uint8_t hmac[20];
    (void)state;
    mpta_join_hmac(1, RESPONDER_KEY, OPENER_KEY, RESPONDER_NONCE, OPENER_NONCE, hmac);
    take(&subflow, OPENER, OPENER_NONCE, hmac);
    take(&subflow, RESPONDER, RESPONDER_NONCE, hmac);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(join_try_keys(&join, 1, 1, 2), MPTA_INVALID);
        assert_int_equal(try_right_keys(&subflow), MPTA_VALID);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_proof_holds_no_longer_than_what_it_rests_on),
        cmocka_unit_test(a_wrong_key_is_no_proof),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
