/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Community ID: SHA-1 over seed, addresses, protocol and ports in the order of the network, the
 * lesser endpoint first, so that both directions have one name.
 */
#include "cli/community_id.h"

#include <assert.h>
#include <nettle/base64.h>
#include <nettle/sha1.h>
#include <string.h>

#define PROTOCOL_TCP 6

static_assert(COMMUNITY_ID_MAX == 2 + BASE64_ENCODE_RAW_LENGTH(SHA1_DIGEST_SIZE) + 1,
              "room for the text");

static size_t address_len(const struct mpta_address *address)
{
    return address->family == 4 ? 4 : 16;
}

static void hash_u16(struct sha1_ctx *hash, uint16_t value)
{
    const uint8_t octets[2] = {(uint8_t)(value >> 8), (uint8_t)value};
    sha1_update(hash, sizeof octets, octets);
}

static void hash_flow(struct sha1_ctx *hash, const struct mpta_address *low, uint16_t low_port,
                      const struct mpta_address *high, uint16_t high_port)
{
    static const uint8_t protocol_and_pad[2] = {PROTOCOL_TCP, 0};
    hash_u16(hash, 0); /* the seed */
    sha1_update(hash, address_len(low), low->octets);
    sha1_update(hash, address_len(high), high->octets);
    sha1_update(hash, sizeof protocol_and_pad, protocol_and_pad);
    hash_u16(hash, low_port);
    hash_u16(hash, high_port);
}

void community_id_format(const struct mpta_address *src, uint16_t src_port,
                         const struct mpta_address *dst, uint16_t dst_port,
                         char text[COMMUNITY_ID_MAX])
{
    uint8_t digest[SHA1_DIGEST_SIZE];
    struct sha1_ctx hash;
    int order = memcmp(src->octets, dst->octets, address_len(src));

    sha1_init(&hash);
    if (order < 0 || (order == 0 && src_port < dst_port)) {
        hash_flow(&hash, src, src_port, dst, dst_port);
    } else {
        hash_flow(&hash, dst, dst_port, src, src_port);
    }
    sha1_digest(&hash, sizeof digest, digest);
    memcpy(text, "1:", 2);
    base64_encode_raw(text + 2, sizeof digest, digest);
    text[COMMUNITY_ID_MAX - 1] = '\0';
}
