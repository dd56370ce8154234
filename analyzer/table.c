/* SPDX-License-Identifier: BSD-3-Clause */
/* Chained hash table with links inside the things; doubles when as full as it has buckets. */
#include "analyzer/table.h"

#include <assert.h>
#include <stdlib.h>

#define TABLE_FIRST_BUCKETS 64

static struct link **table_bucket(const struct table *table, uint64_t hash)
{
    return &table->buckets[hash & (table->bucket_count - 1)];
}

static void chain_push(struct link **at, struct link *link)
{
    link->next = *at;
    link->at = at;
    if (link->next)
        link->next->at = &link->next;
    *at = link;
}

static void table_rehash(struct table *table, struct link **old, size_t old_count)
{
    for (size_t i = 0; i < old_count; i++) {
        /* Each chain is reversed first, so that the newest of equal hashes stays in front. */
        struct link *reversed = NULL;
        for (struct link *link = old[i], *next; link; link = next) {
            next = link->next;
            link->next = reversed;
            reversed = link;
        }
        for (struct link *link = reversed, *next; link; link = next) {
            next = link->next;
            chain_push(table_bucket(table, link->hash), link);
        }
    }
}

bool table_reserve(struct table *table)
{
    if (table->count < table->bucket_count)
        return true;
    size_t count = table->bucket_count ? 2 * table->bucket_count : TABLE_FIRST_BUCKETS;
    struct link **buckets = calloc(count, sizeof(struct link *));
    if (!buckets)
        return false;
    struct link **old = table->buckets;
    size_t old_count = table->bucket_count;
    table->buckets = buckets;
    table->bucket_count = count;
    table_rehash(table, old, old_count);
    free(old);
    return true;
}

void table_insert(struct table *table, struct link *link, uint64_t hash)
{
    assert(table->count < table->bucket_count);
    link->hash = hash;
    chain_push(table_bucket(table, hash), link);
    table->count++;
}

void table_remove(struct table *table, struct link *link)
{
    *link->at = link->next;
    if (link->next)
        link->next->at = link->at;
    table->count--;
}

static struct link *chain_find(struct link *link, uint64_t hash)
{
    while (link && link->hash != hash)
        link = link->next;
    return link;
}

struct link *table_find(const struct table *table, uint64_t hash)
{
    return table->bucket_count ? chain_find(*table_bucket(table, hash), hash) : NULL;
}

struct link *table_find_next(const struct link *link)
{
    return chain_find(link->next, link->hash);
}

void table_clear(struct table *table)
{
    free(table->buckets);
    *table = (struct table){0};
}
