/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Of one subflow packets tell their order themselves: see order.h. On another one what was sent
 * after the end is known by what it acknowledges: octets that came by after the end had.
 */
#include "analyzer/aftermath.h"

#include "analyzer/elapsed.h"
#include "analyzer/order.h"
#include "analyzer/tracker.h"

#include <stdlib.h>

/* The packet with which something ended. */
struct moment {
    bool seen;
    const struct subflow *subflow;
    uint64_t position; /* of its sender's sequence space */
    struct order_stamp stamp;
    struct mpta_place at;
    bool has_data_ack;
    uint64_t data_ack; /* position in the other stream */
};

struct aftermath {
    struct moment fastclose;
    struct moment infinite[2]; /* by the side that sent it */
};

/* Also of a RST, which has no extent. */
static uint64_t position_of(const struct incoming *in)
{
    const struct half *half = in->sender;
    return half->seq_known ? seq_extend(in->segment->seq, half->next) : seq_first(in->segment->seq);
}

static struct moment moment_of(const struct incoming *in)
{
    return (struct moment){
        .seen = true,
        .subflow = in->subflow,
        .position = position_of(in),
        .stamp = order_stamp_of(in->segment, in->options),
        .at = in->packet->place,
    };
}

/* This packet of the same sender and subflow was sent after that moment. */
static bool sent_after(const struct incoming *in, const struct moment *moment)
{
    const struct order_stamp stamp = order_stamp_of(in->segment, in->options);
    return order_is_after(&stamp, &moment->stamp);
}

static bool aftermath_begin(struct connection *connection)
{
    if (!connection->aftermath)
        connection->aftermath = calloc(1, sizeof(*connection->aftermath));
    return connection->aftermath;
}

bool aftermath_note_fastclose(const struct incoming *in)
{
    struct connection *connection = in->subflow->connection;
    if (!aftermath_begin(connection))
        return false;
    connection->aftermath->fastclose = moment_of(in);
    for (size_t i = 0; i < connection->subflow_count; i++) {
        struct subflow *subflow = connection->subflows[i];
        enum role peer = role_other(subflow_role(subflow, subflow_side(in->subflow, in->role)));
        subflow->awake->fastclose_next = subflow->halves[peer].next;
    }
    return true;
}

static bool note_infinite(const struct incoming *in, const struct mpta_dss *dss)
{
    struct connection *connection = in->subflow->connection;
    enum mpta_side side = subflow_side(in->subflow, in->role);
    enum mpta_side peer = side_other(side);
    if (!aftermath_begin(connection))
        return false;
    struct moment *moment = &connection->aftermath->infinite[side];
    if (moment->seen)
        return true;
    *moment = moment_of(in);
    moment->has_data_ack = dss->has_ack && connection->streams[peer].base_known &&
                           stream_position(&connection->streams[peer], dss->data_ack,
                                           dss->ack_is_64, &moment->data_ack);
    return true;
}

/* No packet is on its way so long. */
#define FASTCLOSE_WAY_NS INT64_C(2000000000)

/* On another subflow than MP_FASTCLOSE: an acknowledgement of what its receiver sent after that. */
static bool answers_after(const struct incoming *in)
{
    const struct half *peer = in->receiver;
    return in->segment->flags & MPTA_TCP_ACK && !(in->segment->flags & MPTA_TCP_RST) &&
           in->subflow->awake->fastclose_next > 0 &&
           seq_extend(in->segment->ack, peer->next) > in->subflow->awake->fastclose_next;
}

/*
 * A host that aborts resets all subflows. One that answers on them what comes later has not, or
 * what it answers came by before, uncaptured.
 */
static bool report_beside_fastclose(const struct incoming *in, const struct moment *moment)
{
    struct connection *connection = in->subflow->connection;
    enum mpta_side side = subflow_side(in->subflow, in->role);
    enum mpta_side receiver = side_other(side);
    bool proven = in->gapless && in->segment->payload_len > 0 &&
                  connection_key_is_certain(connection, receiver) &&
                  connection->identities[receiver].key == connection->awake->fastclose.key &&
                  elapsed_ns(moment->at.time_ns, in->packet->place.time_ns) > FASTCLOSE_WAY_NS;
    struct occurrence after = occurrence_in(FINDING_DATA_AFTER_FASTCLOSE, in);
    after.variant = 1;
    return !in->gapless || !answers_after(in) ||
           finding_add_as(&connection->findings, proven ? MPTA_ERROR : MPTA_WARNING, &after,
                          "the %s goes on with subflow %u after its MP_FASTCLOSE on subflow %u, as "
                          "if it had not aborted",
                          side_word(side), in->subflow->id, moment->subflow->id);
}

/*
 * Data that the sender had not sent when it aborted, under a mapping as if nothing had been. It
 * takes the receiver's key to know that it was the sender who aborted.
 */
static bool report_after_fastclose(const struct incoming *in, const struct moment *moment)
{
    if (in->subflow != moment->subflow)
        return report_beside_fastclose(in, moment);
    struct connection *connection = in->subflow->connection;
    enum mpta_side side = subflow_side(in->subflow, in->role);
    enum mpta_side receiver = side_other(side);
    const struct identity *identity = &connection->identities[receiver];
    const struct occurrence after = occurrence_in(FINDING_DATA_AFTER_FASTCLOSE, in);
    bool proven = in->gapless && connection_key_is_certain(connection, receiver);
    bool doubtful = identity->known && identity->key != connection->awake->fastclose.key;
    if (in->segment->payload_len == 0 || doubtful || position_of(in) < moment->position ||
        !sent_after(in, moment))
        return true;
    return finding_add_as(
        &connection->findings, proven ? MPTA_ERROR : MPTA_WARNING, &after,
        "the %s sends new data after its MP_FASTCLOSE, as if it had not "
        "aborted%s",
        side_word(side), proven ? "" : ", unless somebody else did, or this is another connection");
}

/* A mapping of what lies behind the packet with the infinite one. */
static bool report_mapping_after(const struct incoming *in, const struct moment *moment)
{
    struct connection *connection = in->subflow->connection;
    const struct occurrence after = occurrence_in(FINDING_MAPPING_AFTER_FALLBACK, in);
    /* Behind a gap it may be another connection, on the same ports. */
    bool proven = in->gapless && sent_after(in, moment);
    if (position_of(in) < moment->position)
        return true;
    return finding_add_as(&connection->findings, proven ? MPTA_ERROR : MPTA_WARNING, &after,
                          "the %s maps data again after its infinite mapping%s",
                          side_word(subflow_side(in->subflow, in->role)),
                          proven ? "" : ", unless this packet was overtaken");
}

/* Its DATA_ACK is higher than that beside the infinite mapping, on whichever subflow. */
static bool acknowledges_more(const struct incoming *in, const struct mpta_dss *dss,
                              const struct moment *moment)
{
    struct connection *connection = in->subflow->connection;
    enum mpta_side side = subflow_side(in->subflow, in->role);
    enum mpta_side peer = side_other(side);
    uint64_t position;
    return moment->has_data_ack && dss->has_ack &&
           stream_position(&connection->streams[peer], dss->data_ack, dss->ack_is_64, &position) &&
           position > moment->data_ack;
}

/* Another subflow is in use, and nobody has begun to close it: all of it was captured. */
static bool report_subflow_beside(const struct incoming *in, const struct mpta_dss *dss,
                                  const struct moment *moment)
{
    const struct subflow *subflow = in->subflow;
    const struct occurrence beside = occurrence_in(FINDING_INFINITE_WITH_SUBFLOWS, in);
    bool proven = acknowledges_more(in, dss, moment);
    if (!in->gapless || !subflow->established || subflow->was_reset ||
        in->segment->flags & (MPTA_TCP_FIN | MPTA_TCP_RST) || subflow->halves[OPENER].fin ||
        subflow->halves[RESPONDER].fin)
        return true;
    return finding_add_as(&subflow->connection->findings, proven ? MPTA_ERROR : MPTA_WARNING,
                          &beside,
                          "the %s goes on with another subflow although its infinite mapping made "
                          "subflow %u the only one%s",
                          side_word(subflow_side(subflow, in->role)), moment->subflow->id,
                          proven ? "" : ", unless this packet was overtaken");
}

static bool report_after_infinite(const struct incoming *in, const struct mpta_dss *dss,
                                  const struct moment *moment)
{
    if (in->subflow != moment->subflow)
        return report_subflow_beside(in, dss, moment);
    bool maps = dss->has_map && dss->data_len > 0;
    return !maps || report_mapping_after(in, moment);
}

static bool report_after(const struct incoming *in, const struct mpta_dss *dss)
{
    const struct connection *connection = in->subflow->connection;
    const struct aftermath *aftermath = connection->aftermath;
    enum mpta_side side = subflow_side(in->subflow, in->role);
    if (connection->fastclosed && connection->awake->fastclose.by == side &&
        !report_after_fastclose(in, &aftermath->fastclose))
        return false;
    return !aftermath->infinite[side].seen ||
           report_after_infinite(in, dss, &aftermath->infinite[side]);
}

bool aftermath_take(const struct incoming *in, const struct mpta_dss *dss)
{
    if (in->subflow->connection->aftermath && !report_after(in, dss))
        return false;
    return !dss->has_map || dss->data_len > 0 || note_infinite(in, dss);
}
