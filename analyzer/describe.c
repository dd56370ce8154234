/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a caller is told of the packet that it fed: whose it is, and where in the data stream it
 * speaks. It looks at what the other stations have found, and changes nothing.
 */
#include "analyzer/tracker.h"

struct described describe_before(const struct incoming *in)
{
    const struct half *half = in->sender;
    return (struct described){half->retransmitted_bytes, half->reinjected_bytes,
                              half->remapped_bytes};
}

void describe_subflow(const struct incoming *in, struct mpta_fed *fed)
{
    const struct subflow *subflow = in->subflow;
    fed->has_subflow = true;
    fed->subflow = subflow->id;
    fed->by = subflow_side(subflow, in->role);
    fed->has_connection = subflow->connection != NULL;
    fed->connection = subflow->connection ? subflow->connection->id : 0;
}

static void describe_payload(const struct incoming *in, const struct stream *stream,
                             struct mpta_fed_data *data)
{
    uint64_t end = in->extent.end, position;
    if (in->segment->payload_len == 0 || in->segment->flags & (MPTA_TCP_SYN | MPTA_TCP_RST))
        return;
    enum data_placing placing = data_position(in, in->extent.begin, &end, &position);
    if (placing == DATA_UNPLACED)
        return;
    data->placed = true;
    data->mapped = placing == DATA_MAPPED;
    data->dsn_known = data->mapped && stream_dsn(stream, position, &data->dsn);
    data->begin = stream_offset(stream, position);
    data->end = data->begin + (int64_t)(end - in->extent.begin);
}

/* The DSS was taken in before, so that asking for the position changes nothing. */
static void describe_data_ack(const struct incoming *in, struct stream *stream,
                              struct mpta_fed_data *data)
{
    const struct mpta_mptcp_option *option = options_find(in->options, MPTA_DSS);
    uint64_t position;
    if (!option || !option->dss.has_ack || !stream->acked_known ||
        !stream_position(stream, option->dss.data_ack, option->dss.ack_is_64, &position))
        return;
    data->acked = true;
    data->data_ack = stream_offset(stream, position);
    data->data_ack_known = stream_dsn(stream, position, &data->data_ack_dsn);
}

static void describe_data_fin(const struct incoming *in, const struct stream *stream,
                              struct mpta_fed_data *data)
{
    const struct mpta_mptcp_option *option = options_find(in->options, MPTA_DSS);
    if (!option || !option->dss.data_fin || !stream->fin)
        return;
    data->data_fin = true;
    data->length = stream_offset(stream, stream->fin_at);
}

/* Which packet brought the mapping with a checksum that this one carries, maybe again. */
static void describe_checksum(const struct incoming *in, struct mpta_fed_data *data)
{
    struct mpta_dss dss;
    if (!data_find_map(in, &dss) || !dss.has_checksum)
        return;
    data->checksummed = true;
    data->checksum_packet = data_checksum_packet(in, &dss);
}

void describe_data(const struct incoming *in, const struct described *before,
                   struct mpta_fed_data *data)
{
    const struct half *half = in->sender;
    enum mpta_side by = subflow_side(in->subflow, in->role);
    struct connection *connection = in->subflow->connection;
    if (!connection)
        return;
    data->from_start = connection->streams[by].first_is_known;
    describe_payload(in, &connection->streams[by], data);
    describe_data_fin(in, &connection->streams[by], data);
    describe_checksum(in, data);
    describe_data_ack(in, &connection->streams[side_other(by)], data);
    data->retransmitted_bytes = half->retransmitted_bytes - before->retransmitted_bytes;
    data->reinjected_bytes = half->reinjected_bytes - before->reinjected_bytes;
    data->remapped_bytes = half->remapped_bytes - before->remapped_bytes;
}
