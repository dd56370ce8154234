/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Subflows that were closed, and a data stream that was not: the receiver's application does not
 * learn that the stream is over (RFC 8684 section 3.3.3).
 */
#include "analyzer/tracker.h"

/* All subflows of it that came about were closed by FINs, and it was MPTCP to the end. */
static const struct subflow *last_closed_by_fins(const struct connection *connection)
{
    const struct subflow *last = NULL;
    struct mpta_place at;
    enum mpta_side by;
    if (fallback_cause(&connection->awake->fallback, &at, &by) != MPTA_FALLBACK_NONE ||
        connection->fastclosed)
        return NULL;
    for (size_t i = 0; i < connection->subflow_count; i++) {
        const struct subflow *subflow = connection->subflows[i];
        if (!subflow->established)
            continue;
        if (subflow_close_of(subflow) != MPTA_CLOSE_FIN)
            return NULL;
        if (!last || subflow->end_ns > last->end_ns)
            last = subflow;
    }
    return last;
}

/* A DATA_FIN that was not captured leaves a DATA_ACK that counts it, or its packet was cut. */
static bool data_fin_is_absent(const struct connection *connection, enum mpta_side side)
{
    const struct stream *stream = &connection->streams[side];
    return !stream->fin && connection->awake->quality.cut_options == 0 && stream->seen.count > 0 &&
           stream->acked_known && stream->acked <= stream_data_end(stream);
}

bool conclude_close(struct connection *connection)
{
    const struct subflow *last = last_closed_by_fins(connection);
    for (int side = MPTA_CLIENT; last && side <= MPTA_SERVER; side++) {
        const struct occurrence without = {
            .id = FINDING_FIN_WITHOUT_DATAFIN,
            .variant = (unsigned)side,
            .at = last->halves[subflow_role(last, (enum mpta_side)side)].fin_at,
            .subflow = last,
            .by = doer_of((enum mpta_side)side),
        };
        if (data_fin_is_absent(connection, (enum mpta_side)side) &&
            !finding_add(&connection->findings, &without,
                         "the subflows were closed by FINs, but no DATA_FIN of the %s was seen",
                         side_word((enum mpta_side)side)))
            return false;
    }
    return true;
}
