/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Keys that can be guessed, RFC 8684 section 5: zero, one that two connections use, or the keys of
 * a host in a regular series. All keys are sorted once, by key and by host, at the end.
 */
#include "analyzer/tracker.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* So many keys of a host, one after the other, make a series. Chance makes one of 2^128. */
#define SERIES_MIN 4

enum weakness {
    WEAK_ZERO,
    WEAK_REPEATED,
    WEAK_SERIES,
};

/* One host's key in one connection. */
struct used_key {
    uint64_t key;
    const struct mpta_address *host;
    struct connection *connection;
    enum mpta_side side;
};

struct used_keys {
    struct used_key *items;
    size_t count;
};

/* ---- Gathering ------------------------------------------------------------------------------- */

/*
 * Keys that the user gave, and those that SYN cookies left in doubt, tell nothing of a host; nor do
 * those in a flood of SYNs, whose sources are forged.
 */
bool key_is_telling(const struct connection *connection, enum mpta_side side)
{
    const struct identity *identity = &connection->identities[side];
    return identity->known && identity->changes == 0 && connection->capable_seen &&
           !connection->in_flood && connection->key_source == MPTA_KEY_HANDSHAKE;
}

static void keys_gather(struct used_keys *keys, struct connection *connection)
{
    const struct subflow *first = connection->subflows[0];
    for (int side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
        if (!key_is_telling(connection, (enum mpta_side)side))
            continue;
        keys->items[keys->count++] = (struct used_key){
            .key = connection->identities[side].key,
            .host = &first->ends[subflow_role(first, (enum mpta_side)side)].address,
            .connection = connection,
            .side = (enum mpta_side)side,
        };
    }
}

/* ---- Orders ---------------------------------------------------------------------------------- */

static int number_order(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int age_order(const struct used_key *a, const struct used_key *b)
{
    int order = number_order(a->connection->id, b->connection->id);
    return order ? order : (int)a->side - (int)b->side;
}

static int by_key(const void *left, const void *right)
{
    const struct used_key *a = left, *b = right;
    int order = number_order(a->key, b->key);
    return order ? order : age_order(a, b);
}

static int by_host(const void *left, const void *right)
{
    const struct used_key *a = left, *b = right;
    int order = memcmp(a->host, b->host, sizeof(*a->host));
    return order ? order : age_order(a, b);
}

/* ---- Findings -------------------------------------------------------------------------------- */

static struct occurrence weak_key(const struct used_key *key, enum weakness weakness)
{
    const struct subflow *first = key->connection->subflows[0];
    return (struct occurrence){
        .id = FINDING_KEY_WEAK,
        .variant = weakness,
        .at = first->first,
        .subflow = first,
        .by = doer_of(key->side),
    };
}

static bool report_zero(const struct used_key *key)
{
    const struct occurrence weak = weak_key(key, WEAK_ZERO);
    return key->key != 0 || finding_add(&key->connection->findings, &weak,
                                        "the key of the %s is zero", side_word(key->side));
}

/* True if two uses are of two connections: one connection may be seen twice, at both ends of a NAT.
 */
static bool uses_differ(const struct used_key *a, const struct used_key *b)
{
    enum mpta_side peer_of_a = side_other(a->side);
    enum mpta_side peer_of_b = side_other(b->side);
    return a->connection != b->connection && key_is_telling(a->connection, peer_of_a) &&
           key_is_telling(b->connection, peer_of_b) &&
           a->connection->identities[peer_of_a].key != b->connection->identities[peer_of_b].key;
}

static bool key_is_asked_for(const struct mpta_tracker *tracker, const struct used_key *key)
{
    return concludes_for(tracker, key->connection->subflows[0]);
}

static bool say_repeated(const struct mpta_tracker *tracker, const struct used_key *key,
                         uint32_t before)
{
    const struct occurrence weak = weak_key(key, WEAK_REPEATED);
    key->connection->identities[key->side].repeat_told = tracker->parting;
    return finding_add(&key->connection->findings, &weak,
                       "the key of the %s was used in connection %" PRIu32 ", too",
                       side_word(key->side), before);
}

/* A connection that has left its record, later than any other with the key that is here. */
static const struct record *repeated_record(const struct mpta_tracker *tracker,
                                            const struct used_key *before,
                                            const struct used_key *key)
{
    const struct identity *identity = &key->connection->identities[key->side];
    const struct record *record = token_memory_find(tracker, identity->token);
    enum mpta_side side;
    uint64_t peer_key;
    if (!record || record->id >= key->connection->id ||
        (before && before->connection->id > record->id) ||
        !record_find_key(record, key->key, &side, &peer_key))
        return NULL;
    enum mpta_side peer = side_other(key->side);
    bool differs =
        key_is_telling(key->connection, peer) && key->connection->identities[peer].key != peer_key;
    return differs ? record : NULL;
}

/* before: the one with this key before, or NULL. To be said once, when the first of the two leaves,
 * or in the end. */
static bool report_repeated(const struct mpta_tracker *tracker, const struct used_key *before,
                            const struct used_key *key)
{
    const struct record *record = repeated_record(tracker, before, key);
    bool asked_for = key_is_asked_for(tracker, key);
    if (key->connection->identities[key->side].repeat_told)
        return true;
    if (record && asked_for)
        return say_repeated(tracker, key, record->id);
    if (!before || !uses_differ(before, key) || (!key_is_asked_for(tracker, before) && !asked_for))
        return true;
    return say_repeated(tracker, key, before->connection->id);
}

/* Said of a host, not of its connections. */
static bool report_series(struct mpta_tracker *tracker, const struct used_key *key, uint64_t step)
{
    char host[MPTA_ADDRESS_TEXT_MAX];
    struct occurrence weak = weak_key(key, WEAK_SERIES);
    weak.by = BY_NOBODY;
    mpta_address_format(key->host, host, sizeof(host));
    return finding_add(&tracker->findings, &weak,
                       "%s makes its keys by adding 0x%" PRIx64 " to the one before: %d keys or "
                       "more, one after the other, are in this series",
                       host, step, SERIES_MIN);
}

/* Of a series up to this key: it was said when others of it left. */
static bool series_is_told(const struct used_key *last)
{
    bool told = false;
    for (size_t i = 0; i < SERIES_MIN; i++)
        told |= (last - i)->connection->identities[(last - i)->side].series_told;
    return told;
}

static bool series_is_asked_for(const struct mpta_tracker *tracker, const struct used_key *last)
{
    bool asked_for = false;
    for (size_t i = 0; i < SERIES_MIN; i++)
        asked_for |= key_is_asked_for(tracker, last - i);
    return asked_for;
}

/* Those that stay are known to be of it, whoever leaves. */
static void series_tell(const struct used_key *last)
{
    for (size_t i = 0; i < SERIES_MIN; i++)
        (last - i)->connection->identities[(last - i)->side].series_told = true;
}

/* Of a series so many in a row, with the last one of them. */
static bool series_take(struct mpta_tracker *tracker, const struct used_key *key, size_t length)
{
    bool told = series_is_told(key), first = length == SERIES_MIN;
    if (first && !told && series_is_asked_for(tracker, key)) {
        if (!report_series(tracker, key, key->key - (key - 1)->key))
            return false;
        told = true;
    }
    if (told && tracker->parting)
        series_tell(key);
    return true;
}

/* Walks over the keys in the order of hosts and age. */
static bool report_all_series(struct mpta_tracker *tracker, const struct used_keys *keys)
{
    size_t length = 1;
    for (size_t i = 1; i < keys->count; i++) {
        const struct used_key *key = &keys->items[i], *before = key - 1;
        uint64_t step = key->key - before->key;
        bool same_host = mpta_address_equal(key->host, before->host);
        bool goes_on = same_host && length > 1 && step == before->key - (before - 1)->key;
        if (goes_on)
            length++;
        else
            length = same_host && step != 0 ? 2 : 1;
        if (length >= SERIES_MIN && !series_take(tracker, key, length))
            return false;
    }
    return true;
}

static bool report_single_keys(const struct mpta_tracker *tracker, const struct used_keys *keys)
{
    for (size_t i = 0; i < keys->count; i++) {
        const struct used_key *key = &keys->items[i];
        const struct used_key *before = i > 0 && (key - 1)->key == key->key ? key - 1 : NULL;
        if ((key_is_asked_for(tracker, key) && !report_zero(key)) ||
            !report_repeated(tracker, before, key))
            return false;
    }
    return true;
}

bool conclude_keys(struct mpta_tracker *tracker)
{
    struct used_keys keys = {0};
    if (tracker->connection_count == 0)
        return true;
    keys.items = calloc(tracker->connection_count, 2 * sizeof(*keys.items));
    if (!keys.items)
        return false;
    for (size_t i = 0; i < tracker->connection_count; i++)
        keys_gather(&keys, tracker->connections[i]);
    qsort(keys.items, keys.count, sizeof(*keys.items), by_key);
    bool done = report_single_keys(tracker, &keys);
    qsort(keys.items, keys.count, sizeof(*keys.items), by_host);
    done = done && report_all_series(tracker, &keys);
    free(keys.items);
    return done;
}
