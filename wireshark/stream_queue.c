/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A hole is given up when its receiver has acknowledged what lies in it, so that it was only not
 * captured; a while later, where the file is out of order. Where nobody is heard to acknowledge, it
 * is given up when that lasts longer than sending again does; and always when too much waits.
 */
#include "wireshark/stream_queue.h"

#define UNHEARD_PATIENCE_NS INT64_C(1000000000)
#define HELD_MAX            (UINT64_C(4) << 20)

struct chunk {
    uint64_t begin;
    struct piece piece;
};

static gint chunk_compare(gconstpointer a, gconstpointer b, gpointer unused)
{
    const struct chunk *x = a, *y = b;
    (void)unused;
    return x->begin < y->begin ? -1 : x->begin > y->begin;
}

void stream_queue_close(struct stream_queue *queue)
{
    if (queue->waiting)
        g_tree_destroy(queue->waiting);
}

static struct chunk *queue_first(const struct stream_queue *queue)
{
    GTreeNode *node = queue->waiting ? g_tree_node_first(queue->waiting) : NULL;
    return node ? g_tree_node_value(node) : NULL;
}

static void queue_remove(struct stream_queue *queue, struct chunk *chunk)
{
    queue->held -= chunk->piece.len;
    g_tree_remove(queue->waiting, chunk);
}

/* So many octets at the front of a piece are not wanted. */
static void piece_trim(struct piece *piece, uint32_t len)
{
    if (piece->octets)
        piece->octets += len;
    piece->at += len;
    piece->len -= len;
}

static struct chunk *chunk_make(const struct stream_queue *queue, uint64_t offset,
                                const struct piece *piece, const uint8_t *tcp)
{
    struct chunk *chunk = g_new(struct chunk, 1);
    *chunk = (struct chunk){offset, *piece};
    if (offset < queue->next) {
        piece_trim(&chunk->piece, (uint32_t)(queue->next - offset));
        chunk->begin = queue->next;
    }
    if (offset > queue->next && !piece->octets)
        chunk->piece.octets = wmem_memdup(wmem_file_scope(), tcp + piece->at, piece->len);
    return chunk;
}

void stream_queue_put(struct stream_queue *queue, uint64_t offset, const struct piece *piece,
                      const uint8_t *tcp)
{
    if (offset + piece->len <= queue->next)
        return;
    if (!queue->waiting)
        queue->waiting = g_tree_new_full(chunk_compare, NULL, NULL, g_free);
    struct chunk *chunk = chunk_make(queue, offset, piece, tcp);
    struct chunk *old = g_tree_lookup(queue->waiting, chunk);
    if (old && old->piece.len >= chunk->piece.len) {
        g_free(chunk);
        return;
    }
    if (old)
        queue_remove(queue, old);
    queue->held += chunk->piece.len;
    g_tree_insert(queue->waiting, chunk, chunk);
}

/* ---- Holes ----------------------------------------------------------------------------------- */

static bool hole_is_acked(const struct stream_queue *queue)
{
    const struct chunk *first = queue_first(queue);
    return first && first->begin > queue->next && queue->acked_known &&
           queue->acked >= first->begin;
}

void stream_queue_acked(struct stream_queue *queue, uint64_t acked, int64_t now_ns)
{
    if (!queue->acked_known || acked > queue->acked)
        queue->acked = acked;
    queue->acked_known = true;
    queue->heard_ns = now_ns;
    if (!queue->hole_is_acked && hole_is_acked(queue)) {
        queue->hole_is_acked = true;
        queue->acked_ns = now_ns;
    }
}

/* All of the stream has been acknowledged: nothing of it is still on its way. */
static bool stream_is_over(const struct stream_queue *queue)
{
    return queue->length_known && queue->acked_known && queue->acked >= queue->length;
}

static bool may_skip(const struct stream_queue *queue, int64_t now_ns, int64_t patience_ns)
{
    if (queue->held > HELD_MAX || (hole_is_acked(queue) && stream_is_over(queue)))
        return true;
    if (queue->hole_is_acked)
        return now_ns - queue->acked_ns >= patience_ns;
    return queue->waits && now_ns - MAX(queue->waits_ns, queue->heard_ns) > UNHEARD_PATIENCE_NS;
}

/* ---- What leaves ----------------------------------------------------------------------------- */

/* Moves the first chunk to a delivery, where it goes on or may begin one. */
static void delivery_add(struct stream_queue *queue, struct chunk *chunk, wmem_array_t *pieces)
{
    uint64_t end = chunk->begin + chunk->piece.len;
    if (end > queue->next) {
        piece_trim(&chunk->piece, (uint32_t)(queue->next - chunk->begin));
        wmem_array_append(pieces, &chunk->piece, 1);
        queue->next = end;
    }
    queue_remove(queue, chunk);
}

static struct delivery *delivery_make(struct stream_queue *queue, uint64_t skipped)
{
    wmem_array_t *pieces = wmem_array_sized_new(wmem_file_scope(), sizeof(struct piece), 1);
    struct delivery *delivery = wmem_new0(wmem_file_scope(), struct delivery);
    struct chunk *chunk;
    delivery->offset = queue->next;
    delivery->skipped = skipped;
    while ((chunk = queue_first(queue)) && chunk->begin <= queue->next)
        delivery_add(queue, chunk, pieces);
    delivery->len = queue->next - delivery->offset;
    delivery->piece_count = wmem_array_get_count(pieces);
    delivery->pieces = wmem_array_get_raw(pieces);
    queue->hole_is_acked = false;
    queue->waits = false;
    return delivery;
}

/* The octets from here to the next hole, or behind the hole that is here. */
static struct delivery *queue_take_run(struct stream_queue *queue, const struct chunk *first)
{
    uint64_t skipped = first->begin > queue->next ? first->begin - queue->next : 0;
    queue->next += skipped;
    return delivery_make(queue, skipped);
}

struct delivery *stream_queue_take(struct stream_queue *queue, int64_t now_ns, int64_t patience_ns)
{
    struct delivery *all = NULL, **end = &all;
    const struct chunk *first;
    while ((first = queue_first(queue)) &&
           (first->begin <= queue->next || may_skip(queue, now_ns, patience_ns))) {
        *end = queue_take_run(queue, first);
        end = &(*end)->next;
    }
    if (first && !queue->waits) {
        queue->waits = true;
        queue->waits_ns = now_ns;
    }
    return all;
}

struct delivery *stream_queue_take_all(struct stream_queue *queue)
{
    struct delivery *all = NULL, **end = &all;
    const struct chunk *first;
    while ((first = queue_first(queue))) {
        *end = queue_take_run(queue, first);
        end = &(*end)->next;
    }
    return all;
}
