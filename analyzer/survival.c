/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Two things together show that MPTCP goes on: data that was new is mapped, and the other side
 * acknowledges it by DATA_ACK. A host that has fallen back does not say such a DATA_ACK; and none
 * that it said before can be about data that came later.
 */
#include "analyzer/survival.h"

#include "analyzer/data.h"

static const enum mpta_fallback_cause causes[] = {
    MPTA_FALLBACK_MP_FAIL,
    MPTA_FALLBACK_INFINITE_MAPPING,
};

/* This packet is the one that is known as the cause. */
static bool says_so(const struct incoming *in, enum mpta_fallback_cause cause)
{
    const struct mpta_place *event =
        fallback_event(&in->subflow->connection->awake->fallback, cause);
    return event->packet == in->packet->place.packet && event->capture == in->packet->place.capture;
}

/* MP_FAIL is about its receiver's data, an infinite mapping about its sender's. */
static void watch_from(struct incoming *in, enum mpta_fallback_cause cause)
{
    struct connection *connection = in->subflow->connection;
    enum mpta_side data_of = cause == MPTA_FALLBACK_MP_FAIL ? receiver_side(in) : sender_side(in);
    connection->awake->fallback.evidence->survivals[cause] = (struct survival){
        .is_watched = true,
        .subflow = in->subflow,
        .data_of = data_of,
        .behind = data_of == sender_side(in) ? in->extent.begin + 1 : 0,
        .sent = connection->streams[data_of].highest,
    };
}

/* New data is mapped, and not by a packet that what said so has overtaken. */
static void take_map(struct survival *survival, struct incoming *in, const struct mpta_dss *dss)
{
    uint64_t position;
    bool behind = in->subflow != survival->subflow || in->extent.begin >= survival->behind;
    if (survival->is_mapped || sender_side(in) != survival->data_of || !dss->has_map ||
        dss->data_len == 0 || (dss->data_fin && dss->data_len == 1) || !behind ||
        !stream_position(sender_stream(in), dss->dsn, dss->dsn_is_64, &position) ||
        position < survival->sent)
        return;
    survival->is_mapped = true;
    survival->mapped_at = position;
}

/* The data that was mapped since has arrived, as MPTCP's receiver says. */
static bool is_heard(const struct survival *survival, struct incoming *in,
                     const struct mpta_dss *dss)
{
    struct stream *stream = &in->subflow->connection->streams[receiver_side(in)];
    uint64_t position;
    return survival->is_mapped && receiver_side(in) == survival->data_of && dss->has_ack &&
           stream_position(stream, dss->data_ack, dss->ack_is_64, &position) &&
           position > survival->mapped_at;
}

/* What no mapping covers is not the stream's any more. */
static void take_back(struct connection *connection, enum mpta_fallback_cause cause)
{
    struct survival *survival = &connection->awake->fallback.evidence->survivals[cause];
    enum role role = subflow_role(survival->subflow, survival->data_of);
    for (size_t i = 0; i < connection->subflow_count; i++) {
        if (connection->subflows[i] == survival->subflow)
            connection->subflows[i]->halves[role].infinite = false;
    }
    survival->is_watched = false;
    fallback_survive(&connection->awake->fallback, cause);
}

void survival_take(struct incoming *in, const struct mpta_mptcp_option *option)
{
    struct connection *connection = in->subflow->connection;
    bool any = connection->awake->fallback.evidence;
    for (size_t i = 0; any && i < sizeof(causes) / sizeof(causes[0]); i++) {
        struct survival *survival = &connection->awake->fallback.evidence->survivals[causes[i]];
        if (says_so(in, causes[i])) {
            watch_from(in, causes[i]);
        } else if (survival->is_watched && option->subtype == MPTA_DSS &&
                   connection->streams[survival->data_of].base_known) {
            take_map(survival, in, &option->dss);
            if (is_heard(survival, in, &option->dss))
                take_back(connection, causes[i]);
        }
    }
}

bool survival_conclude(struct connection *connection)
{
    const struct evidence *evidence = connection->awake->fallback.evidence;
    for (size_t i = 0; evidence && i < sizeof(causes) / sizeof(causes[0]); i++) {
        enum mpta_side by = evidence->survived_by[causes[i]];
        const struct occurrence ignored = {
            .id = FINDING_FALLBACK_IGNORED,
            .variant = causes[i],
            .at = evidence->survived[causes[i]],
            .subflow = connection->subflows[0],
            .by = doer_of(by),
        };
        if (ignored.at.packet != 0 &&
            !finding_add(&connection->findings, &ignored,
                         "%s in the name of the %s ended nothing: data is mapped and acknowledged "
                         "by DATA_ACK after it as before; it may be forged",
                         causes[i] == MPTA_FALLBACK_MP_FAIL ? "MP_FAIL" : "an infinite mapping",
                         side_word(by)))
            return false;
    }
    return true;
}
