/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Payload whose mapping was not captured. Where one subflow carried the stream alone, its octets
 * and the stream's go side by side, but for data that was mapped anew; so there are joints, places
 * up to which both had come: the mappings that are known, what was acknowledged on both levels at
 * once, and the end of both. Between two joints that lie as far apart on the one level as on the
 * other all was new, and has its place: nobody sends first what comes later. Behind the last joint
 * the subflow is the stream if its sender has fallen back (RFC 8684 section 3.7), or never spoke of
 * mappings again. What has no place even so is counted.
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

/* No other subflow can have carried data of the sender's, captured or not. */
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

/* ---- From joint to joint ----------------------------------------------------------------------
 */

/* Places what waits between two joints if both levels agree on what lies there. */
static bool bridge(const struct mpta_tracker *tracker, struct incoming *in, struct joint *from,
                   struct joint to, bool *agree)
{
    const struct mapping between = {from->at, to.at, from->position};
    *agree = to.at >= from->at && to.position - from->position == to.at - from->at;
    if (!*agree)
        return true;
    *from = to;
    return data_place_unmapped(tracker, in, &between);
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

/* Over one hole before a mapping, or behind all of them: `until` is where it ends at most. */
static bool bridge_heard(const struct mpta_tracker *tracker, struct incoming *in,
                         struct joint *from, uint64_t until)
{
    const struct joint heard = heard_joint(sender_half(in), sender_stream(in));
    bool agree;
    return heard.at <= from->at || heard.at > until || bridge(tracker, in, from, heard, &agree);
}

/* Nothing is missing from there on. */
static bool is_whole_from(const struct half *half, uint64_t at)
{
    struct range gap;
    return !rangeset_next_gap(&half->seen, &at, half->next - half->fin, &gap);
}

/*
 * Where the stream begins on the subflow. Of a capture that begins late the first mapping has to
 * do, if others followed without a hole on either level, so that the subflow was alone then, too,
 * or if all that followed was captured.
 */
static bool first_joint(const struct incoming *in, struct joint *first)
{
    const struct half *half = sender_half(in);
    const struct stream *stream = sender_stream(in);
    const struct mapping *mapping = half->mappings.items;
    if (half->ssn_base_known && stream->first_is_known)
        *first = (struct joint){half->ssn_base + 1, stream->first};
    else if (half->mappings.count == 1 &&
             (half->ssn_guessed_twice || is_whole_from(half, mapping->end)))
        *first = (struct joint){mapping->begin, mapping->data};
    else
        return false;
    return true;
}

/*
 * Over all holes in what mappings there are, as long as both levels agree: *from moves to the end
 * of the last one. It takes all mappings before a hole to know how far the stream had come.
 */
static bool bridge_mappings(const struct mpta_tracker *tracker, struct incoming *in,
                            struct joint *from, bool *agree)
{
    const struct mapping_list *mappings = &sender_half(in)->mappings;
    *agree = true;
    for (size_t i = 0; *agree && i < mappings->count; i++) {
        const struct mapping *next = &mappings->items[i];
        const struct joint begin = {next->begin, next->data};
        uint64_t data_end = next->data + (next->end - next->begin);
        if (!bridge_heard(tracker, in, from, begin.at) ||
            (begin.at > from->at && !bridge(tracker, in, from, begin, agree)))
            return false;
        if (next->end > from->at)
            from->at = next->end;
        if (data_end > from->position)
            from->position = data_end;
    }
    return true;
}

/* Behind the last mapping: up to what was acknowledged, and to the end. */
static bool bridge_tail(const struct mpta_tracker *tracker, struct incoming *in, struct joint *from)
{
    const struct half *half = sender_half(in);
    const struct stream *stream = sender_stream(in);
    const struct joint end = {half->next - half->fin, stream->fin_at};
    bool agree;
    return bridge_heard(tracker, in, from, UINT64_MAX) &&
           (!stream->fin || bridge(tracker, in, from, end, &agree));
}

/* ---- Behind the last joint --------------------------------------------------------------------
 */

/* Its sender has given up MPTCP, or never took it up. */
static bool has_fallen_back(const struct incoming *in)
{
    const struct fallback *fallback = &in->subflow->connection->fallback;
    struct mpta_place at;
    enum mpta_side by;
    return !fallback->halves[in->role].signalled ||
           fallback_cause(fallback, &at, &by) != MPTA_FALLBACK_NONE;
}

/*
 * Packets are missing that may have told a mapping of what came since. But the receiver has
 * acknowledged it without a DATA_ACK, so it was not mapped; and its sender never sent data anew,
 * nor has anybody acknowledged, or ended the stream, elsewhere.
 */
static bool goes_on_anyhow(const struct incoming *in, const struct joint *last)
{
    const struct half *half = sender_half(in);
    const struct stream *stream = sender_stream(in);
    return in->subflow->connection->fallback.halves[in->role].bare && half->remapped_bytes == 0 &&
           half->acked > last->at && half->heard_high <= last->at &&
           (!stream->acked_known || stream->acked <= last->position) &&
           (!stream->fin || half->next - half->fin - last->at <= stream->fin_at - last->position);
}

bool bridge_finish(const struct mpta_tracker *tracker, struct incoming *in)
{
    const struct half *half = sender_half(in);
    struct joint last;
    bool agree = false;
    uint64_t highest = sender_stream(in)->highest;
    if (half->unmapped.count == 0)
        return true;
    if (carries_all(in) && first_joint(in, &last) &&
        (!bridge_mappings(tracker, in, &last, &agree) ||
         (agree && !bridge_tail(tracker, in, &last))))
        return false;
    if (half->unmapped.count == 0 || !data_is_alone(in) || half->infinite || half->plain)
        return true;
    if (has_fallen_back(in)) {
        /* A fallback goes on from the end of what was mapped, not of what was placed. */
        sender_stream(in)->highest = highest;
        return data_turn_plain(tracker, in);
    }
    return !agree || !goes_on_anyhow(in, &last) ||
           data_go_on_plain(tracker, in, last.at, last.position);
}
