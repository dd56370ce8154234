/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Payload whose mapping was not captured. What lies around it tells how much data was there, never
 * which. Be it between two mappings that are as far apart on the subflow as in the stream, and let
 * every DATA_ACK agree: its sender may have sent older data anew there, as Linux does on the same
 * subflow, while as much new data went elsewhere; or later data first, and then what another
 * subflow had failed to carry (RFC 8684 section 3.3.6). That other subflow may use an interface
 * where nothing was captured, so nothing that was captured can rule it out. Packet by packet, but
 * for the octets of the payload, both captures are the same. At the end a DATA_FIN or more data may
 * be missing, too. So such octets have no place, even if no more than one packet is missing; they
 * are counted (unplaced_bytes).
 *
 * A fallback (section 3.7) is another matter. One subflow is left, and it is the stream; who falls
 * back has nothing on its way that is not in order, for an infinite mapping acts retroactively from
 * what was last acknowledged. So what follows the last mapping goes on where the stream had come
 * to, with four provisos. The fallback must have been seen: an event of fallback.c, or a receiver
 * that acknowledges without DATA_ACK. No DATA_ACK may speak against it. What other subflows carried
 * must have been acknowledged: else it may go again, now without DSS. And where octets are missing
 * behind the last mapping, all that is known must be one straight line from the first octet
 * on, on the only subflow: whoever sent data anew, or elsewhere, may have done so there as well.
 * Then what both levels last acknowledged is where the stream goes on from, and no octet before.
 */
#include "analyzer/data.h"
#include "analyzer/seq.h"

/* So many subflows are asked whether they carried anything. */
#define CARRIERS_ASKED_MAX 64

/* A place up to which subflow and stream had come. */
struct joint {
    uint64_t at;       /* on the subflow */
    uint64_t position; /* in the stream */
};

void bridge_take_ack(struct incoming *in, uint64_t position)
{
    struct half *half = receiver_half(in);
    if (!(in->segment->flags & MPTA_TCP_ACK) ||
        in->segment->flags & (MPTA_TCP_SYN | MPTA_TCP_RST) || !half->seq_known)
        return;
    uint64_t at = seq_extend(in->segment->ack, half->next);
    if (at > half->heard_high)
        half->heard_high = at;
    bool tells_more = half->heard_at == 0 || position > half->heard_data ||
                      (position == half->heard_data && at < half->heard_at);
    if (!tells_more)
        return;
    half->heard_at = at;
    half->heard_data = position;
}

/* What was acknowledged on both levels at once; a FIN and a DATA_FIN are no data. */
static struct joint heard_joint(const struct half *half, const struct stream *stream)
{
    struct joint joint = {half->heard_at, half->heard_data};
    if (half->fin && joint.at >= half->fin_end)
        joint.at = half->fin_end - 1;
    if (stream->fin && joint.position > stream->fin_at)
        joint.position = stream->fin_at;
    return joint;
}

/* What was acknowledged does not speak against it that subflow and stream go on side by side. */
static bool is_side_by_side(const struct joint *heard, const struct joint *from)
{
    if (heard->at <= from->at)
        return heard->position <= from->position;
    return heard->position - from->position == heard->at - from->at;
}

/* ---- Who has fallen back ----------------------------------------------------------------------
 */

/* No packet of either end took it up after the handshake, nor did the first data. */
static bool is_never_used(const struct incoming *in)
{
    const struct fallback *fallback = &in->subflow->connection->awake->fallback;
    const struct half *half = sender_half(in);
    uint64_t first = half->ssn_base + 1;
    return !fallback->halves[OPENER].signalled && !fallback->halves[RESPONDER].signalled &&
           half->ssn_base_known && rangeset_count(&half->seen, first, first + 1) == 1;
}

static bool has_fallen_back(const struct incoming *in)
{
    struct mpta_place at;
    enum mpta_side by;
    return fallback_cause(&in->subflow->connection->awake->fallback, &at, &by) !=
               MPTA_FALLBACK_NONE ||
           is_never_used(in);
}

/* No other subflow was met that can have carried data of the sender's. */
static bool carries_all(const struct incoming *in)
{
    const struct connection *connection = in->subflow->connection;
    if (connection->subflow_count > CARRIERS_ASKED_MAX)
        return false;
    for (size_t i = 0; i < connection->subflow_count; i++) {
        const struct subflow *other = connection->subflows[i];
        if (other != in->subflow && !subflow_is_refused(other))
            return false;
    }
    return true;
}

/*
 * What another subflow carried, and nobody acknowledged, may be what its sender sends next: RFC
 * 8684 section 3.3.6.
 */
static bool others_owe(const struct incoming *in)
{
    const struct stream *stream = sender_stream(in);
    uint64_t from = stream->acked_known ? stream->acked : 0, end = stream_data_end(stream);
    return from < end && rangeset_count(&stream->seen, from, end) >
                             rangeset_count(&sender_half(in)->carried, from, end);
}

/* From the first octet on all mappings say the same: nothing went anew, and nothing elsewhere. */
static bool is_straight(const struct incoming *in)
{
    const struct half *half = sender_half(in);
    const struct stream *stream = sender_stream(in);
    const struct mapping_list *mappings = &half->mappings;
    bool straight = half->ssn_base_known && half->remapped_bytes == 0 && mappings->forgotten == 0 &&
                    (stream->first_is_known || mappings->count == 0);
    for (size_t i = 0; straight && i < mappings->count; i++) {
        const struct mapping *mapping = &mappings->items[i];
        straight = mapping->data - stream->first == mapping->begin - (half->ssn_base + 1);
    }
    return straight;
}

/* No octets are missing between a place and the first ones behind it that wait. */
static bool is_whole_to_wait(const struct half *half, uint64_t at)
{
    const struct rangeset *waiting = &half_waiting(half)->octets;
    return rangeset_count(waiting, at, at + 1) == 1 || waiting->count == 0 ||
           rangeset_ranges(waiting)[waiting->count - 1].end <= at;
}

/*
 * DSS vanish where packets are missing, so that they may have told a mapping of what came since.
 * But the receiver has acknowledged it without a DATA_ACK: it has fallen back. Nor has anybody
 * acknowledged, or ended the stream, elsewhere.
 */
static bool is_taken_as_plain(const struct incoming *in, const struct joint *last)
{
    const struct half *half = sender_half(in);
    const struct stream *stream = sender_stream(in);
    return in->subflow->connection->awake->fallback.halves[in->role].bare &&
           half->acked > last->at && half->heard_high <= last->at &&
           (!stream->acked_known || stream->acked <= last->position) &&
           (!stream->fin || half->next - half->fin - last->at <= stream->fin_at - last->position);
}

bool bridge_find_plain(const struct incoming *in, uint64_t *at, uint64_t *position)
{
    const struct joint heard = heard_joint(sender_half(in), sender_stream(in));
    struct joint last = {*at, *position};
    bool whole = is_whole_to_wait(sender_half(in), last.at);
    if (!is_side_by_side(&heard, &last) || others_owe(in))
        return false;
    if (!whole && heard.at > last.at)
        last = heard;
    *at = last.at;
    *position = last.position;
    return (has_fallen_back(in) || is_taken_as_plain(in, &last)) &&
           (whole || (is_straight(in) && carries_all(in)));
}

bool bridge_finish(const struct mpta_tracker *tracker, struct incoming *in)
{
    return half_waiting(sender_half(in))->octets.count == 0 || !plain_is_alone(in) ||
           plain_start(tracker, in);
}
