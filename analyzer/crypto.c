/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Cryptography of MPTCP: tokens, initial data sequence numbers and HMACs, as pure functions of
 * numbers. The algorithms are nettle's; what is hashed in which order is RFC 8684 section 3
 * (SHA-256) and RFC 6824 section 3 (SHA-1). Nothing here knows who holds which key.
 */
#include "analyzer/analyzer.h"

#include <nettle/hmac.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>
#include <string.h>

static void put64(uint8_t *octets, uint64_t value)
{
    for (int i = 0; i < 8; i++)
        octets[i] = (uint8_t)(value >> (56 - 8 * i));
}

static void put32(uint8_t *octets, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        octets[i] = (uint8_t)(value >> (24 - 8 * i));
}

static uint64_t get64(const uint8_t *octets)
{
    uint64_t value = 0;
    for (int i = 0; i < 8; i++)
        value = value << 8 | octets[i];
    return value;
}

/* The digest of a key; returns its length, which differs by version. */
static size_t key_digest(uint64_t key, int version, uint8_t digest[SHA256_DIGEST_SIZE])
{
    uint8_t octets[8];
    put64(octets, key);
    if (version == 0) {
        struct sha1_ctx sha1;
        sha1_init(&sha1);
        sha1_update(&sha1, sizeof(octets), octets);
        sha1_digest(&sha1, SHA1_DIGEST_SIZE, digest);
        return SHA1_DIGEST_SIZE;
    }
    struct sha256_ctx sha256;
    sha256_init(&sha256);
    sha256_update(&sha256, sizeof(octets), octets);
    sha256_digest(&sha256, SHA256_DIGEST_SIZE, digest);
    return SHA256_DIGEST_SIZE;
}

/* RFC 8684 section 3.2: the most significant 32 bits are the token, the least significant 64 the
 * IDSN. */
void mpta_key_derive(uint64_t key, int version, uint32_t *token, uint64_t *idsn)
{
    uint8_t digest[SHA256_DIGEST_SIZE];
    size_t len = key_digest(key, version, digest);
    *token = (uint32_t)(get64(digest) >> 32);
    *idsn = get64(digest + len - 8);
}

uint32_t mpta_key_token(uint64_t key, int version)
{
    uint32_t token;
    uint64_t idsn;
    mpta_key_derive(key, version, &token, &idsn);
    return token;
}

uint64_t mpta_key_idsn(uint64_t key, int version)
{
    uint32_t token;
    uint64_t idsn;
    mpta_key_derive(key, version, &token, &idsn);
    return idsn;
}

static void hmac_sha256(const uint8_t key[16], const uint8_t *message, size_t len,
                        uint8_t digest[SHA256_DIGEST_SIZE])
{
    struct hmac_sha256_ctx hmac;
    hmac_sha256_set_key(&hmac, 16, key);
    hmac_sha256_update(&hmac, len, message);
    hmac_sha256_digest(&hmac, SHA256_DIGEST_SIZE, digest);
}

void mpta_join_hmac(int version, uint64_t first_key, uint64_t second_key, uint32_t first_nonce,
                    uint32_t second_nonce, uint8_t hmac[20])
{
    uint8_t key[16], message[8];
    put64(key, first_key);
    put64(key + 8, second_key);
    put32(message, first_nonce);
    put32(message + 4, second_nonce);
    if (version == 0) {
        struct hmac_sha1_ctx sha1;
        hmac_sha1_set_key(&sha1, sizeof(key), key);
        hmac_sha1_update(&sha1, sizeof(message), message);
        hmac_sha1_digest(&sha1, SHA1_DIGEST_SIZE, hmac);
        return;
    }
    uint8_t digest[SHA256_DIGEST_SIZE];
    hmac_sha256(key, message, sizeof(message), digest);
    memcpy(hmac, digest, 20);
}

/* The whole HMAC that ADD_ADDR truncates, with a port of the caller's choice. */
static void add_addr_digest(uint64_t announcer_key, uint64_t peer_key,
                            const struct mpta_add_addr *add_addr, uint16_t port,
                            uint8_t digest[SHA256_DIGEST_SIZE])
{
    uint8_t key[16], message[1 + 16 + 2];
    size_t address_len = add_addr->address.family == 4 ? 4 : 16;
    put64(key, announcer_key);
    put64(key + 8, peer_key);
    message[0] = add_addr->address_id;
    memcpy(message + 1, add_addr->address.octets, address_len);
    message[1 + address_len] = (uint8_t)(port >> 8);
    message[2 + address_len] = (uint8_t)port;
    hmac_sha256(key, message, 1 + address_len + 2, digest);
}

uint64_t mpta_add_addr_hmac(uint64_t announcer_key, uint64_t peer_key,
                            const struct mpta_add_addr *add_addr)
{
    uint8_t digest[SHA256_DIGEST_SIZE];
    uint16_t port = add_addr->has_port ? add_addr->port : 0;
    add_addr_digest(announcer_key, peer_key, add_addr, port, digest);
    return get64(digest + SHA256_DIGEST_SIZE - 8);
}

const char *mpta_add_addr_hmac_variant(uint64_t announcer_key, uint64_t peer_key,
                                       const struct mpta_add_addr *add_addr)
{
    uint8_t digest[SHA256_DIGEST_SIZE];
    uint16_t port = add_addr->has_port ? add_addr->port : 0;
    add_addr_digest(announcer_key, peer_key, add_addr, port, digest);
    if (get64(digest) == add_addr->hmac)
        return "leftmost instead of rightmost 64 bits";
    add_addr_digest(announcer_key, peer_key, add_addr, 0, digest);
    if (add_addr->has_port && get64(digest + SHA256_DIGEST_SIZE - 8) == add_addr->hmac)
        return "port taken as zero although present";
    return NULL;
}
