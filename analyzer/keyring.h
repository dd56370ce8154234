/* SPDX-License-Identifier: BSD-3-Clause */
/* Keys that the user gave: which of them does a token or a data sequence number belong to? */
#ifndef ANALYZER_KEYRING_H
#define ANALYZER_KEYRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct keyring_key {
    uint64_t key;
    uint32_t tokens[2]; /* by version */
    uint64_t idsns[2];
};

/* All zero is an empty ring. */
struct keyring {
    struct keyring_key *keys;
    size_t count;
};

/* Copies the keys; doubles count once. False if there is no memory. */
bool keyring_fill(struct keyring *ring, const uint64_t *keys, size_t count);
void keyring_clear(struct keyring *ring);

/* The key that this token names, and the version in which it does; NULL if none. */
const struct keyring_key *keyring_by_token(const struct keyring *ring, uint32_t token,
                                           int *version);

/*
 * The key whose IDSN lies a little below a 64-bit data sequence number: 2^40 octets at most, which
 * one number in 2^24 does by chance. NULL if none.
 */
const struct keyring_key *keyring_by_dsn(const struct keyring *ring, uint64_t dsn, int *version);

#endif
