/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Two blocks: one is looked at while the other is filled. Two counters say all: the thread fills
 * blocks, the reader gives them back, and what lies between is full. The blocks are large: to wake
 * somebody up takes as long as to copy a hundred kilobytes, and octets that are still in the other
 * processor's own cache are slow to come.
 */
#include "cli/source_ahead.h"

#include "cli/thread.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>

enum { BLOCKS = 2, BLOCK_SIZE = 2 * 1024 * 1024 };

/* Unpacking takes longer, and nobody should wait for so much of it. */
enum { UNPACKED_SIZE = BLOCK_SIZE / 4 };

struct block {
    size_t length;
    uint64_t stored;
    uint8_t memory[SOURCE_AHEAD_ROOM + BLOCK_SIZE];
};

struct source_ahead {
    struct source_tap *tap;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed; /* a counter, for who waits for the other one */
    uint64_t filled;        /* blocks, by the thread */
    uint64_t given_back;    /* by the reader */
    uint64_t taken;         /* the reader's own */
    atomic_bool stop;
    struct block blocks[BLOCKS];
};

/* ---- The thread ----------------------------------------------------------------------------- */

/* The next block to fill, when there is one; NULL if no more are wanted. */
static struct block *block_wait(struct source_ahead *ahead)
{
    pthread_mutex_lock(&ahead->lock);
    while (!ahead->stop && ahead->filled - ahead->given_back == BLOCKS) {
        pthread_cond_wait(&ahead->changed, &ahead->lock);
    }
    struct block *block = ahead->stop ? NULL : &ahead->blocks[ahead->filled % BLOCKS];
    pthread_mutex_unlock(&ahead->lock);
    return block;
}

/* Whatever comes in pieces fills whole blocks; an end is a block of its own, which is empty. */
static void block_fill(struct source_ahead *ahead, struct block *block)
{
    uint8_t *octets = block->memory + SOURCE_AHEAD_ROOM;
    size_t size = ahead->tap->unpack ? UNPACKED_SIZE : BLOCK_SIZE;
    size_t got = 1;
    block->length = 0;
    while (got > 0 && block->length < size && !ahead->stop) {
        got = source_tap_draw(ahead->tap, octets + block->length, size - block->length);
        block->length += got;
    }
    block->stored = ahead->tap->unpack ? source_unpack_stored(ahead->tap->unpack) : 0;
}

static void counter_step(struct source_ahead *ahead, uint64_t *counter, uint64_t value)
{
    pthread_mutex_lock(&ahead->lock);
    *counter = value;
    pthread_cond_signal(&ahead->changed);
    pthread_mutex_unlock(&ahead->lock);
}

static void *ahead_run(void *context)
{
    struct source_ahead *ahead = context;
    struct block *block;
    bool more = true;
    while (more && (block = block_wait(ahead)) != NULL) {
        block_fill(ahead, block);
        more = block->length > 0;
        counter_step(ahead, &ahead->filled, ahead->filled + 1);
    }
    return NULL;
}

/* ---- The reader ----------------------------------------------------------------------------- */

static void ahead_free(struct source_ahead *ahead)
{
    if (ahead->tap->unpack) {
        source_unpack_set_stop(ahead->tap->unpack, NULL);
    }
    pthread_cond_destroy(&ahead->changed);
    pthread_mutex_destroy(&ahead->lock);
    munmap(ahead, sizeof *ahead);
}

/* Not by malloc: what a limit on the analysis's memory weighs is the same with and without. */
struct source_ahead *source_ahead_begin(struct source_tap *tap)
{
    struct source_ahead *ahead =
        mmap(NULL, sizeof *ahead, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (ahead == MAP_FAILED) {
        return NULL;
    }
    ahead->tap = tap;
    atomic_init(&ahead->stop, false);
    pthread_mutex_init(&ahead->lock, NULL);
    pthread_cond_init(&ahead->changed, NULL);
    if (tap->unpack) {
        source_unpack_set_stop(tap->unpack, &ahead->stop);
    }
    if (!thread_begin(&ahead->thread, ahead_run, ahead)) {
        ahead_free(ahead);
        return NULL;
    }
    return ahead;
}

struct source_ahead_block source_ahead_next(struct source_ahead *ahead)
{
    pthread_mutex_lock(&ahead->lock);
    while (ahead->filled == ahead->taken) {
        pthread_cond_wait(&ahead->changed, &ahead->lock);
    }
    pthread_mutex_unlock(&ahead->lock);
    struct block *block = &ahead->blocks[ahead->taken++ % BLOCKS];
    return (struct source_ahead_block){block->memory + SOURCE_AHEAD_ROOM, block->length,
                                       block->stored};
}

void source_ahead_release(struct source_ahead *ahead)
{
    assert(ahead->taken > 0);
    counter_step(ahead, &ahead->given_back, ahead->taken - 1);
}

void source_ahead_end(struct source_ahead *ahead)
{
    if (!ahead) {
        return;
    }
    atomic_store(&ahead->stop, true);
    pthread_mutex_lock(&ahead->lock);
    pthread_cond_signal(&ahead->changed);
    pthread_mutex_unlock(&ahead->lock);
    pthread_join(ahead->thread, NULL);
    ahead_free(ahead);
}
