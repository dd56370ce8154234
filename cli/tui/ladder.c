/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rungs are made from packets one by one, as they come; the newest stays open, for what follows may
 * belong to it. Rungs whose packets have given way are forgotten. Events last longer: those that
 * are left move up to the first rung of which all is there, so that the rungs lie without gaps.
 */
#include "cli/tui/ladder.h"

#include <stdlib.h>
#include <string.h>

/* ---- Kinds ---------------------------------------------------------------------------------- */

static enum rung_repeat packet_repeat(const struct packet *packet)
{
    const struct mpta_fed_data *data = &packet->fed.data;
    bool again = data->retransmitted_bytes > 0 || data->remapped_bytes > 0;
    return data->reinjected_bytes > 0 ? REPEAT_REINJECTED : again ? REPEAT_AGAIN : REPEAT_NONE;
}

static enum rung_kind packet_kind(const struct packet *packet)
{
    if (packet_is_event(packet)) {
        return RUNG_EVENT;
    }
    if (packet_repeat(packet) != REPEAT_NONE) {
        return RUNG_AGAIN;
    }
    return packet->payload_len > 0 ? RUNG_DATA : RUNG_ACK;
}

static struct rung rung_of(const struct packet *packet, uint64_t serial)
{
    const struct mpta_fed_data *data = &packet->fed.data;
    return (struct rung){
        .kind = packet_kind(packet),
        .subflow = packet->fed.subflow,
        .by = packet->fed.by,
        .first = serial,
        .last = serial,
        .packets = 1,
        .bytes = packet->payload_len,
        .repeat = packet_repeat(packet),
        .placed = data->placed,
        .begin = data->begin,
        .end = data->end,
        .placed_bytes = data->placed ? (uint64_t)(data->end - data->begin) : 0,
        .acked = data->acked,
        .data_ack = data->data_ack,
    };
}

/* ---- Growing -------------------------------------------------------------------------------- */

/* There may be gaps, which other subflows fill. What is sent again begins a new run where it goes
 * back, because it may be the same octets once more. */
static bool data_goes_on(const struct rung *rung, const struct rung *next)
{
    return rung->kind == next->kind && rung->placed == next->placed &&
           rung->repeat == next->repeat &&
           (rung->kind == RUNG_DATA || !rung->placed || rung->end <= next->begin);
}

/* An acknowledgement between data belongs to it; data goes on where it is of the same kind. */
static bool rung_takes(const struct rung *rung, const struct rung *next)
{
    if (rung->kind == RUNG_EVENT || next->kind == RUNG_EVENT) {
        return false;
    }
    bool same = rung->subflow == next->subflow && rung->by == next->by;
    return next->kind == RUNG_ACK ? rung->kind != RUNG_ACK || same
                                  : same && data_goes_on(rung, next);
}

static void rung_grow(struct rung *rung, const struct rung *next)
{
    bool same = rung->subflow == next->subflow && rung->by == next->by;
    rung->last = next->last;
    if (rung->kind != RUNG_ACK && next->kind == RUNG_ACK) {
        return;
    }
    rung->packets++;
    rung->bytes += next->bytes;
    if (next->placed) {
        rung->begin = rung->placed && rung->begin < next->begin ? rung->begin : next->begin;
        rung->end = rung->placed && rung->end > next->end ? rung->end : next->end;
        rung->placed_bytes += next->placed_bytes;
        rung->placed = true;
    }
    if (next->acked && same) {
        rung->data_ack =
            rung->acked && rung->data_ack > next->data_ack ? rung->data_ack : next->data_ack;
        rung->acked = true;
    }
}

static bool ladder_reserve(struct ladder *ladder)
{
    if (ladder->begin > ladder->capacity / 2) {
        memmove(ladder->rungs, ladder->rungs + ladder->begin,
                (ladder->end - ladder->begin) * sizeof *ladder->rungs);
        ladder->end -= ladder->begin;
        ladder->full -= ladder->begin;
        ladder->begin = 0;
    }
    if (ladder->end < ladder->capacity) {
        return true;
    }
    size_t capacity = ladder->capacity > 0 ? 2 * ladder->capacity : 64;
    struct rung *rungs = reallocarray(ladder->rungs, capacity, sizeof *rungs);
    if (rungs == NULL) {
        return false;
    }
    ladder->rungs = rungs;
    ladder->capacity = capacity;
    return true;
}

static bool ladder_is_shown(const struct ladder *ladder, const struct rung *rung)
{
    return !ladder->shape.events || rung->kind == RUNG_EVENT || rung->kind == RUNG_AGAIN;
}

static bool ladder_close_open(struct ladder *ladder)
{
    if (!ladder->has_open || !ladder_is_shown(ladder, &ladder->open)) {
        ladder->has_open = false;
        return true;
    }
    if (!ladder_reserve(ladder)) {
        return false;
    }
    ladder->rungs[ladder->end++] = ladder->open;
    ladder->has_open = false;
    return true;
}

static bool ladder_take(struct ladder *ladder, const struct packet *packet, uint64_t serial)
{
    struct rung next = rung_of(packet, serial);
    if (ladder->has_open && !ladder->shape.single && rung_takes(&ladder->open, &next)) {
        rung_grow(&ladder->open, &next);
        return true;
    }
    if (!ladder_close_open(ladder)) {
        return false;
    }
    ladder->open = next;
    ladder->has_open = true;
    return true;
}

/* ---- Keeping up ----------------------------------------------------------------------------- */

static bool event_is_there(const struct packet_store *store, const struct rung *rung)
{
    return rung->kind == RUNG_EVENT && packet_store_get(store, rung->first) != NULL;
}

/* Moves the events of [from, to) that are there to its end; returns where they begin. */
static size_t events_gather(const struct packet_store *store, struct rung *rungs, size_t from,
                            size_t to)
{
    size_t begin = to;
    for (size_t i = to; i-- > from;) {
        if (event_is_there(store, &rungs[i])) {
            rungs[--begin] = rungs[i];
        }
    }
    return begin;
}

static void ladder_forget(struct ladder *ladder, const struct packet_store *store)
{
    uint64_t first = packet_store_first(store);
    size_t full = ladder->full;
    if (ladder->has_open && ladder->open.last < first && ladder->open.kind != RUNG_EVENT) {
        ladder->has_open = false;
    }
    while (full < ladder->end && ladder->rungs[full].last < first) {
        full++;
    }
    size_t begin = events_gather(store, ladder->rungs, ladder->full, full);
    size_t older = ladder->full - ladder->begin;
    if (older > 0 && begin > ladder->full) {
        memmove(ladder->rungs + begin - older, ladder->rungs + ladder->begin,
                older * sizeof *ladder->rungs);
    }
    ladder->begin = begin - older;
    ladder->full = full;
    while (ladder->begin < ladder->full && !event_is_there(store, &ladder->rungs[ladder->begin])) {
        ladder->begin++;
    }
}

static bool shape_is(const struct ladder_shape *a, const struct ladder_shape *b)
{
    return a->connection == b->connection && a->single == b->single && a->events == b->events;
}

static void ladder_restart(struct ladder *ladder, const struct ladder_shape *shape)
{
    ladder->shape = *shape;
    ladder->made = true;
    ladder->begin = ladder->full = ladder->end = 0;
    ladder->has_open = false;
    ladder->newest = PACKET_NONE;
}

/* The packet after the last one that was looked at, as far as it is still there. */
static uint64_t ladder_next(const struct ladder *ladder, const struct packet_store *store)
{
    const struct packet *packet = packet_store_get(store, ladder->newest);
    if (packet != NULL) {
        return packet->next;
    }
    uint64_t serial = packet_store_first_of(store, ladder->shape.connection);
    while (ladder->newest != PACKET_NONE && serial <= ladder->newest &&
           (packet = packet_store_get(store, serial)) != NULL) {
        serial = packet->next;
    }
    return serial;
}

/* Of data that has mostly given way no run can be told. */
static bool packet_is_whole(const struct packet_store *store, const struct packet *packet)
{
    return packet->serial >= packet_store_first(store) || packet_is_event(packet);
}

bool ladder_update(struct ladder *ladder, const struct packet_store *store,
                   const struct ladder_shape *shape)
{
    if (!ladder->made || !shape_is(&ladder->shape, shape)) {
        ladder_restart(ladder, shape);
    }
    ladder_forget(ladder, store);
    const struct packet *packet;
    for (uint64_t serial = ladder_next(ladder, store);
         (packet = packet_store_get(store, serial)) != NULL; serial = packet->next) {
        if (packet_is_whole(store, packet) && !ladder_take(ladder, packet, serial)) {
            return false;
        }
        ladder->newest = serial;
    }
    return true;
}

size_t ladder_count(const struct ladder *ladder)
{
    bool open = ladder->has_open && ladder_is_shown(ladder, &ladder->open);
    return ladder->end - ladder->begin + open;
}

const struct rung *ladder_rung(const struct ladder *ladder, size_t index)
{
    size_t closed = ladder->end - ladder->begin;
    return index < closed ? &ladder->rungs[ladder->begin + index] : &ladder->open;
}

size_t ladder_find(const struct ladder *ladder, uint64_t serial)
{
    size_t low = 0;
    size_t high = ladder_count(ladder);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ladder_rung(ladder, middle)->last < serial) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

void ladder_free(struct ladder *ladder)
{
    free(ladder->rungs);
    *ladder = (struct ladder){.made = false};
}
