/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Does the data stream begin where the key says, at IDSN + 1 (RFC 8684 section 3.1)? A DSN below
 * that is wrong, unless packets are missing before it: behind them it may be another connection's,
 * on the same ports. One above it need not be wrong: other data may have gone another way. It is
 * held against the sender only if it stands at the first octet of the only subflow, and nothing
 * ever points to another one.
 */
#include "analyzer/part.h"
#include "analyzer/tracker.h"

#include <inttypes.h>

/* Whatever the capture misses, this is the key that both hosts use. */
static bool key_is_certain(const struct connection *connection, enum mpta_side side)
{
    const struct identity *identity = &connection->identities[side];
    return identity->known && identity->changes == 0 &&
           connection->key_source == MPTA_KEY_HANDSHAKE &&
           (side == MPTA_CLIENT || identity->echoed);
}

/* The first octet of the only subflow. */
static bool begins_the_stream(const struct incoming *in, const struct mpta_dss *dss)
{
    return dss->ssn == 1 && in->subflow->kind == SUBFLOW_INITIAL &&
           in->subflow->connection->subflow_count == 1;
}

bool idsn_take_mapping(const struct incoming *in, const struct mpta_dss *dss, uint64_t position)
{
    struct connection *connection = in->subflow->connection;
    enum mpta_side side = subflow_side(in->subflow, in->role);
    const struct stream *stream = &connection->streams[side];
    struct idsn_doubt **doubt = &connection->awake->idsn_doubts[side];
    int64_t beyond = (int64_t)(position - stream->first);
    bool bare_data_fin = dss->data_fin && dss->data_len == 1;
    if (!stream->first_is_known || beyond == 0 || dss->data_len == 0 || bare_data_fin ||
        (*doubt && (*doubt)->beyond < 0) || !in->gapless ||
        !(beyond < 0 ? dss->dsn_is_64 : begins_the_stream(in, dss)))
        return true;
    if (!(*doubt = part_make(*doubt, sizeof(**doubt))))
        return false;
    **doubt = (struct idsn_doubt){beyond, position, in->subflow, in->packet->place};
    return true;
}

/* All data follows without a hole, and no more was acknowledged: there was no other subflow. */
static bool stream_is_whole(const struct connection *connection, enum mpta_side side)
{
    const struct stream *stream = &connection->streams[side];
    const struct range *ranges = rangeset_ranges(&stream->seen);
    return connection->subflow_count == 1 && stream->seen.count == 1 &&
           ranges[0].begin == connection->awake->idsn_doubts[side]->position &&
           (!stream->acked_known || stream->acked <= ranges[0].end + stream->fin);
}

static bool conclude_side(struct connection *connection, enum mpta_side side)
{
    const struct idsn_doubt *doubt = connection->awake->idsn_doubts[side];
    if (!doubt || !key_is_certain(connection, side))
        return true;
    const struct occurrence mismatch = {
        .id = FINDING_IDSN_MISMATCH,
        .variant = side,
        .at = doubt->at,
        .subflow = doubt->subflow,
        .by = doer_of(side),
    };
    if (doubt->beyond < 0)
        return finding_add(&connection->findings, &mismatch,
                           "a DSN of the %s lies %" PRIu64 " below IDSN + 1 of its key",
                           side_word(side), -(uint64_t)doubt->beyond);
    return !stream_is_whole(connection, side) ||
           finding_add(&connection->findings, &mismatch,
                       "the first DSN of the %s lies %" PRId64 " above IDSN + 1 of its key, and no "
                       "other subflow was seen that could have carried what is between",
                       side_word(side), doubt->beyond);
}

bool idsn_conclude(struct connection *connection)
{
    return conclude_side(connection, MPTA_CLIENT) && conclude_side(connection, MPTA_SERVER);
}
