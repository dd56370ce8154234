/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files about data ask of a packet on its way, and of each other. */
#ifndef ANALYZER_DATA_H
#define ANALYZER_DATA_H

#include "analyzer/deliver.h"
#include "analyzer/tracker.h"

/* Of the sender of a packet: its side, its stream and what is watched of that, its half. */
static inline enum mpta_side sender_side(const struct incoming *in)
{
    return subflow_side(in->subflow, in->role);
}

static inline enum mpta_side receiver_side(const struct incoming *in)
{
    return subflow_side(in->subflow, role_other(in->role));
}

static inline struct stream *sender_stream(const struct incoming *in)
{
    return &in->subflow->connection->streams[sender_side(in)];
}

static inline struct watch *sender_watch(const struct incoming *in)
{
    return &in->subflow->connection->watches[sender_side(in)];
}

static inline struct watch *receiver_watch(const struct incoming *in)
{
    return &in->subflow->connection->watches[receiver_side(in)];
}

static inline struct half *sender_half(const struct incoming *in)
{
    return in->sender;
}

static inline struct half *receiver_half(const struct incoming *in)
{
    return in->receiver;
}

static inline struct remembered remember(const struct incoming *in)
{
    return (struct remembered){in->subflow, in->role, in->packet->place};
}

/* It is its connection's beyond doubt. */
static inline bool subflow_is_verified(const struct subflow *subflow)
{
    const struct joining *join = subflow_joining(subflow);
    return subflow->kind == SUBFLOW_INITIAL ||
           (join->syn_ack_verdict == MPTA_VALID && join->ack_verdict == MPTA_VALID);
}

/*
 * No packet that was not captured could give this one's data or DATA_ACK another place in the
 * stream: there is no gap on its subflow, whose join was verified, and DSNs have all their bits.
 */
static inline bool data_is_sure(const struct incoming *in)
{
    return in->gapless && subflow_is_verified(in->subflow) && !sender_half(in)->narrow;
}

/* Where a position of a stream lies for a reader: the offset from its first octet. */
uint64_t data_offset(const struct stream *stream, uint64_t position);

/* All functions below return false if there is no memory. */

/* Places what came before its mapping. */
bool data_place_unmapped(const struct mpta_tracker *tracker, struct incoming *in,
                         const struct mapping *mapping);

/* ---- plain.c: payload without mappings, which after a fallback is the stream ----------------- */

/* The first subflow is the only one: there subflow and stream agree, but for remappings. */
bool plain_is_alone(const struct incoming *in);

/* No mapping can come, or these octets would be too much to be kept until one does. */
bool plain_is_due(const struct incoming *in, size_t octets);

/* From the end of its last mapping on the subflow is the stream, if its sender has fallen back. */
bool plain_start(const struct mpta_tracker *tracker, struct incoming *in);

/* The position of an octet that no mapping covers; false where there is none. */
bool plain_position(const struct incoming *in, uint64_t at, uint64_t *position);

/* ---- bridge.c: payload whose mapping was not captured ---------------------------------------- */

/* A DATA_ACK of `in`'s sender that says up to which position its peer's data arrived. */
void bridge_take_ack(struct incoming *in, uint64_t position);

/*
 * The sender has fallen back, as far as was captured: the subflow is the stream. The end of its
 * last mapping, and of the stream, are moved to where it is proven that both go on side by side;
 * false if nowhere.
 */
bool bridge_find_plain(const struct incoming *in, uint64_t *at, uint64_t *position);

/* Nothing more will come on the half that `in` names: places what still waits, if it is proven. */
bool bridge_finish(const struct mpta_tracker *tracker, struct incoming *in);

/* ---- rules.c: what a DSS may say ------------------------------------------------------------- */

/* A DATA_FIN of `in`'s sender; a mapping, with DATA_FIN or without, before it is taken in. */
bool rules_take_fin(struct incoming *in, const struct mpta_dss *dss, uint64_t position);
bool rules_take_map(struct incoming *in, const struct mpta_dss *dss, uint64_t position);

/* A mapping that says something new of its subflow: they may be too small. */
bool rules_take_size(struct incoming *in, const struct mapping *mapping);

/*
 * A DATA_ACK of `in`'s sender, up to a position, before it is taken in: there is something to say
 * only of more than before, or than was sent.
 */
bool rules_take_more_ack(struct incoming *in, const struct mpta_dss *dss, uint64_t position);

static inline bool rules_take_ack(struct incoming *in, const struct mpta_dss *dss,
                                  uint64_t position)
{
    const struct connection *connection = in->subflow->connection;
    const struct end_watch *end = &connection->watches[receiver_side(in)].end;
    bool is_more = !end->ack.subflow || position > end->acked ||
                   position > connection->streams[receiver_side(in)].highest;
    return (!is_more && !end->ahead) || rules_take_more_ack(in, dss, position);
}

/* Data of `in`'s sender that is new on its subflow, [begin, end) in the stream. */
void rules_take_acked_early(struct incoming *in, uint64_t begin, uint64_t end);

static inline void rules_take_data(struct incoming *in, uint64_t begin, uint64_t end)
{
    if (sender_watch(in)->end.early)
        rules_take_acked_early(in, begin, end);
}

bool rules_conclude(struct connection *connection, enum mpta_side side);

/* ---- rewrite.c: do octets that come again say the same? -------------------------------------- */

/* Payload that was captured; mapped: a mapping gave it its place. */
bool rewrite_take(const struct mpta_tracker *tracker, struct incoming *in,
                  const struct piece *piece, bool mapped);

/* ---- window.c: data beyond the receiver's window --------------------------------------------- */

/* Any packet, once its DATA_ACK is taken in; options still say how its SYN scales windows. */
bool window_take(struct incoming *in);

/* Beyond the edge by so little is nothing: windows are rounded by their scale. */
#define WINDOW_SLACK 65535

/* Data that is new on its subflow and ends at this position. */
bool window_take_beyond(struct incoming *in, uint64_t end);

static inline bool window_take_data(struct incoming *in, uint64_t end)
{
    return end <= sender_watch(in)->window.edge + WINDOW_SLACK || window_take_beyond(in, end);
}

/* ---- hole.c: what delivery waited for -------------------------------------------------------- */

/* Data was placed; waiting: some of the stream lies behind a hole. */
bool hole_take_change(struct incoming *in, bool waiting);

static inline bool hole_take_data(struct incoming *in, bool waiting)
{
    return (!waiting && !sender_watch(in)->hole) || hole_take_change(in, waiting);
}

/* The DATA_ACK of a packet was taken in, and there is a hole. */
void hole_take_ack(struct incoming *in, struct hole_watch *watch);

bool hole_conclude(struct connection *connection, enum mpta_side side);

/* ---- reinject.c: why data went again on another subflow -------------------------------------- */

/* So many octets of [begin, end), new on this subflow, had been carried by another. */
bool reinject_take(struct incoming *in, uint64_t begin, uint64_t end, uint64_t octets);

bool reinject_conclude(struct connection *connection, enum mpta_side side);

/* ---- progress.c: which subflow gets on ------------------------------------------------------- */

/* Any packet of a linked subflow, once it has been taken in whole. */
bool progress_take(struct incoming *in);

bool progress_conclude(struct subflow *subflow, enum role role);
bool progress_is_stale(const struct subflow *subflow, enum role role);

/* ---- stall.c: a receiver that keeps data from going on ----------------------------------------
 */

/* Any packet with ACK, once its DATA_ACK is taken in; one that acknowledges more on its subflow. */
bool stall_take_shut(const struct incoming *in);

static inline bool stall_take_window(const struct incoming *in)
{
    return (in->segment->window > 0 && !receiver_watch(in)->stall.shut) || stall_take_shut(in);
}

bool stall_take_ack(const struct incoming *in);

bool stall_conclude(struct connection *connection, enum mpta_side side);

/* ---- standstill.c: what a side's data came to a stop at ---------------------------------------
 */

bool standstill_conclude(struct connection *connection, enum mpta_side side);

/* An acknowledgement of octets that none acknowledged before; not yet among its progress. */
bool standstill_take_ack(const struct incoming *in);

/* A DATA_FIN, after all else that its packet says. False if there is no memory. */
bool standstill_take_fin(const struct incoming *in);

/* ---- evasion.c: requests that no path shows -------------------------------------------------- */

/* Payload that is new on its subflow has the place [position, end) in the stream. */
bool evasion_take_data(struct incoming *in, uint64_t position, uint64_t end);

bool evasion_conclude(struct connection *connection);

/* ---- unmapped.c: payload without mapping ----------------------------------------------------- */

/* Payload that waits for a mapping. */
bool unmapped_take(struct incoming *in, uint64_t begin);

/* A mapping that does not cover the payload it comes with. */
bool unmapped_take_mapping(struct incoming *in, const struct mapping *mapping);

bool unmapped_conclude(struct subflow *subflow, enum role role);

#endif
