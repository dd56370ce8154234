/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SipHash-1-3, for tables whose keys come from packets: the variant that its authors propose for
 * these, where no hash is ever shown. No other module hashes.
 */
#include "analyzer/siphash.h"

struct sip {
    uint64_t v0, v1, v2, v3;
};

static uint64_t rotate(uint64_t value, int bits)
{
    return value << bits | value >> (64 - bits);
}

/* Compilers make one load of this. */
static inline uint64_t get_le64(const uint8_t *octets)
{
    return (uint64_t)octets[0] | (uint64_t)octets[1] << 8 | (uint64_t)octets[2] << 16 |
           (uint64_t)octets[3] << 24 | (uint64_t)octets[4] << 32 | (uint64_t)octets[5] << 40 |
           (uint64_t)octets[6] << 48 | (uint64_t)octets[7] << 56;
}

static uint64_t get_rest(const uint8_t *octets, size_t count)
{
    uint64_t value = 0;
    for (size_t i = 0; i < count; i++)
        value |= (uint64_t)octets[i] << (8 * i);
    return value;
}

/* Every packet is hashed: the state is to stay in registers. */
static inline __attribute__((always_inline)) void sip_round(struct sip *s)
{
    s->v0 += s->v1;
    s->v2 += s->v3;
    s->v1 = rotate(s->v1, 13) ^ s->v0;
    s->v3 = rotate(s->v3, 16) ^ s->v2;
    s->v0 = rotate(s->v0, 32) + s->v3;
    s->v2 += s->v1;
    s->v1 = rotate(s->v1, 17) ^ s->v2;
    s->v3 = rotate(s->v3, 21) ^ s->v0;
    s->v2 = rotate(s->v2, 32);
}

static inline __attribute__((always_inline)) void sip_absorb(struct sip *s, uint64_t word)
{
    s->v3 ^= word;
    sip_round(s);
    s->v0 ^= word;
}

uint64_t siphash(const uint8_t key[16], const void *data, size_t len)
{
    uint64_t k0 = get_le64(key), k1 = get_le64(key + 8);
    struct sip s = {k0 ^ UINT64_C(0x736f6d6570736575), k1 ^ UINT64_C(0x646f72616e646f6d),
                    k0 ^ UINT64_C(0x6c7967656e657261), k1 ^ UINT64_C(0x7465646279746573)};
    const uint8_t *at = data;
    size_t left = len;
    for (; left >= 8; at += 8, left -= 8)
        sip_absorb(&s, get_le64(at));
    sip_absorb(&s, (uint64_t)(len & 0xff) << 56 | get_rest(at, left));
    s.v2 ^= 0xff;
    for (int i = 0; i < 3; i++)
        sip_round(&s);
    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}
