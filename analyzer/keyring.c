/* SPDX-License-Identifier: BSD-3-Clause */
/* The user's keys with what follows from them. It knows no connection. */
#include "analyzer/keyring.h"

#include "analyzer/analyzer.h"

#include <stdlib.h>

#define KEYRING_REACH (UINT64_C(1) << 40)

static bool keyring_has(const struct keyring *ring, uint64_t key)
{
    for (size_t i = 0; i < ring->count; i++) {
        if (ring->keys[i].key == key)
            return true;
    }
    return false;
}

bool keyring_fill(struct keyring *ring, const uint64_t *keys, size_t count)
{
    ring->keys = count ? calloc(count, sizeof(*ring->keys)) : NULL;
    if (count && !ring->keys)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (keyring_has(ring, keys[i]))
            continue;
        struct keyring_key *key = &ring->keys[ring->count++];
        key->key = keys[i];
        for (int version = 0; version < 2; version++)
            mpta_key_derive(keys[i], version, &key->tokens[version], &key->idsns[version]);
    }
    return true;
}

void keyring_clear(struct keyring *ring)
{
    free(ring->keys);
    *ring = (struct keyring){0};
}

const struct keyring_key *keyring_by_token(const struct keyring *ring, uint32_t token, int *version)
{
    for (*version = 1; *version >= 0; --*version) {
        for (size_t i = 0; i < ring->count; i++) {
            if (ring->keys[i].tokens[*version] == token)
                return &ring->keys[i];
        }
    }
    return NULL;
}

const struct keyring_key *keyring_by_dsn(const struct keyring *ring, uint64_t dsn, int *version)
{
    for (*version = 1; *version >= 0; --*version) {
        for (size_t i = 0; i < ring->count; i++) {
            if (dsn - ring->keys[i].idsns[*version] - 1 < KEYRING_REACH)
                return &ring->keys[i];
        }
    }
    return NULL;
}
