/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The list is cut into parts. Whoever has nothing to do takes the next part and makes its text;
 * the caller writes those that are next, and makes some himself while they are not ready. Parts
 * that are taken lie in a ring, so that no more than a few are in memory.
 */
#include "cli/report_pool.h"

#include <pthread.h>
#include <stdlib.h>

#include "cli/thread.h"

enum {
    PART_ITEMS = 16,
    HELPERS_MAX = 7,
    PARTS_HELD = 4 * (HELPERS_MAX + 1),
};

/* Texts that wait to be written: more of them are made only if the caller cannot go on else. */
#define OCTETS_HELD ((size_t)4 * 1024 * 1024)

struct part {
    bool ready;
    bool complete; /* there was memory for it */
    char *text;    /* or NULL */
    size_t length;
};

struct pool {
    const struct report_pool_list *list;
    size_t count;   /* of parts */
    size_t taken;   /* parts that somebody makes or has made */
    size_t written; /* parts that are done with */
    size_t octets;  /* in parts that are ready */
    bool stop;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct part parts[PARTS_HELD];
};

/* ---- Making parts --------------------------------------------------------------------------- */

/* A text in memory; it is not complete where memory was short. */
static struct part part_make(const struct report_pool_list *list, size_t index)
{
    struct part part = {.ready = true};
    FILE *stream = open_memstream(&part.text, &part.length);
    if (stream != NULL) {
        size_t first = index * PART_ITEMS;
        size_t left = list->count - first;
        bool made = list->write(list->context, first,
                                first + (left < PART_ITEMS ? left : PART_ITEMS), stream);
        bool kept = ferror(stream) == 0;
        part.complete = fclose(stream) == 0 && kept && made;
    }
    return part;
}

/* Whether there is a part to be taken; the one that is to be written next may always be. */
static bool pool_has_part(const struct pool *pool)
{
    return !pool->stop && pool->taken < pool->count &&
           (pool->taken == pool->written ||
            (pool->taken - pool->written < PARTS_HELD && pool->octets < OCTETS_HELD));
}

/* Takes the next part and makes it; the lock is held before and after, but not meanwhile. */
static void pool_make_part(struct pool *pool)
{
    size_t index = pool->taken++;
    pthread_mutex_unlock(&pool->lock);
    struct part part = part_make(pool->list, index);
    pthread_mutex_lock(&pool->lock);
    pool->parts[index % PARTS_HELD] = part;
    pool->octets += part.length;
    pthread_cond_broadcast(&pool->changed);
}

static void *helper_run(void *context)
{
    struct pool *pool = context;
    pthread_mutex_lock(&pool->lock);
    while (!pool->stop && pool->taken < pool->count) {
        if (pool_has_part(pool)) {
            pool_make_part(pool);
        } else {
            pthread_cond_wait(&pool->changed, &pool->lock);
        }
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

/* ---- Writing them --------------------------------------------------------------------------- */

/* The part that is to be written next, out of the ring. */
static struct part pool_next(struct pool *pool)
{
    struct part *next = &pool->parts[pool->written % PARTS_HELD];
    pthread_mutex_lock(&pool->lock);
    while (!next->ready) {
        if (pool_has_part(pool)) {
            pool_make_part(pool);
        } else {
            pthread_cond_wait(&pool->changed, &pool->lock);
        }
    }
    struct part part = *next;
    *next = (struct part){0};
    pool->octets -= part.length;
    pool->written++;
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
    return part;
}

static bool pool_write(struct pool *pool, FILE *stream)
{
    bool complete = true;
    while (complete && pool->written < pool->count) {
        struct part part = pool_next(pool);
        complete = part.complete;
        if (part.text != NULL) {
            fwrite(part.text, 1, part.length, stream);
        }
        free(part.text);
    }
    return complete;
}

static void pool_end(struct pool *pool, const pthread_t *threads, unsigned count)
{
    pthread_mutex_lock(&pool->lock);
    pool->stop = true;
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
    for (unsigned i = 0; i < count; i++) {
        pthread_join(threads[i], NULL);
    }
    for (size_t i = 0; i < PARTS_HELD; i++) {
        free(pool->parts[i].text);
    }
    pthread_cond_destroy(&pool->changed);
    pthread_mutex_destroy(&pool->lock);
}

bool report_pool_write(const struct report_pool_list *list, unsigned helpers, FILE *stream)
{
    pthread_t threads[HELPERS_MAX];
    unsigned begun = 0;
    struct pool pool = {
        .list = list,
        .count = (list->count + PART_ITEMS - 1) / PART_ITEMS,
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .changed = PTHREAD_COND_INITIALIZER,
    };
    if (helpers == 0 || list->count < REPORT_POOL_WORTH) {
        return list->write(list->context, 0, list->count, stream);
    }
    while (begun < helpers && begun < HELPERS_MAX &&
           thread_begin(&threads[begun], helper_run, &pool)) {
        begun++;
    }
    bool complete = pool_write(&pool, stream);
    pool_end(&pool, threads, begun);
    return complete;
}
