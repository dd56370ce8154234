/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Payload without mappings. Where its sender has fallen back (RFC 8684 section 3.7), or the SYN/ACK
 * was without MP_CAPABLE, the only subflow is the stream from there on: octets of the one are those
 * of the other, a fixed number further.
 */
#include "analyzer/data.h"
#include "analyzer/held.h"

bool plain_is_alone(const struct incoming *in)
{
    return in->subflow->kind == SUBFLOW_INITIAL && connection_is_single(in->subflow->connection);
}

/*
 * Nothing behind the last mapping has its place already, so that the stream ends with that mapping.
 */
static bool is_last_placed(const struct half *half, uint64_t end)
{
    return end >= half->next || rangeset_count(&half->seen, end, half->next) <=
                                    rangeset_count(&half_waiting(half)->octets, end, half->next);
}

/*
 * What comes after the last mapping goes on where the stream ends: that is where a receiver puts it
 * that falls back. Without any mapping the stream begins with the subflow.
 */
static bool plain_find(const struct incoming *in, uint64_t *begin, uint64_t *position)
{
    const struct half *half = sender_half(in);
    const struct stream *stream = sender_stream(in);
    *begin = half->ssn_base + 1;
    *position = stream->first_is_known ? stream->first : STREAM_ORIGIN;
    if (half->mappings.count > 0) {
        *begin = half->mappings.items[half->mappings.count - 1].end;
        *position = stream->highest;
        return is_last_placed(half, *begin);
    }
    return half->ssn_base_known && (stream->first_is_known || !stream->base_known);
}

/* From an octet of the subflow on it is the stream; what waits gets its place. */
static bool go_on_plain(const struct mpta_tracker *tracker, struct incoming *in, uint64_t begin,
                        uint64_t position)
{
    struct half *half = sender_half(in);
    struct mapping implied = {begin, UINT64_MAX, position};
    if (!half_make_aside(half))
        return false;
    stream_set_plain(sender_stream(in));
    half->plain = true;
    half->aside->plain_begin = begin;
    half->aside->plain_shift = position - begin;
    return data_place_unmapped(tracker, in, &implied);
}

bool plain_start(const struct mpta_tracker *tracker, struct incoming *in)
{
    const struct half *half = sender_half(in);
    uint64_t begin, position;
    if (half->infinite || half->plain || !plain_find(in, &begin, &position) ||
        !bridge_find_plain(in, &begin, &position))
        return true;
    return go_on_plain(tracker, in, begin, position);
}

/* The server's SYN/ACK was seen to be without MP_CAPABLE: no mapping will ever come. */
static bool is_never_mapped(const struct incoming *in)
{
    const struct fallback *fallback = &in->subflow->connection->awake->fallback;
    return fallback_event(fallback, MPTA_FALLBACK_SYNACK_WITHOUT_MP_CAPABLE)->packet != 0 &&
           !fallback->syn_ack_capable;
}

bool plain_position(const struct incoming *in, uint64_t at, uint64_t *position)
{
    const struct half *half = sender_half(in);
    const struct aside *aside = half_aside(half);
    *position = at + aside->plain_shift;
    return at >= aside->plain_begin && (half->infinite || (half->plain && plain_is_alone(in)));
}

bool plain_is_due(const struct incoming *in, size_t octets)
{
    return plain_is_alone(in) &&
           (is_never_mapped(in) || !held_has_room(&half_waiting(sender_half(in))->held, octets));
}
