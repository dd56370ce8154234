/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where in the data stream a segment's payload lies, RFC 8684 section 3.3: mappings tie subflow
 * octets to data octets; each octet that is new on its subflow is placed in the stream, told apart
 * into news, reinjections and remappings, summed up for its checksum, and handed on to whoever
 * wants the stream.
 *
 * After a fallback (section 3.7) the subflow's octets go on as the stream's. That is also how
 * payload without a mapping is placed while the first subflow is the only one: there the two agree.
 */
#include "analyzer/array.h"
#include "analyzer/checksum.h"
#include "analyzer/held.h"
#include "analyzer/seq.h"
#include "analyzer/tracker.h"

static enum mpta_side sender_side(const struct incoming *in)
{
    return subflow_side(in->subflow, in->role);
}

static struct stream *sender_stream(const struct incoming *in)
{
    return &in->subflow->connection->streams[sender_side(in)];
}

static struct half *sender_half(const struct incoming *in)
{
    return &in->subflow->halves[in->role];
}

/* ---- Delivery ------------------------------------------------------------------------------- */

/* Data on the SYN of TCP Fast Open comes before the first octet that has a DSN. */
static uint64_t stream_start(const struct incoming *in)
{
    const struct stream *stream = sender_stream(in);
    const struct subflow *first = in->subflow->connection->subflows[0];
    const struct half *half = &first->halves[subflow_role(first, sender_side(in))];
    uint64_t start = stream->first_is_known ? stream->first : STREAM_ORIGIN;
    return half->isn_known ? start - (half->ssn_base - half->isn) : start;
}

static void deliver(const struct mpta_tracker *tracker, const struct incoming *in,
                    uint64_t position, const uint8_t *octets, uint64_t len)
{
    uint64_t start = stream_start(in);
    if (!tracker->deliver || position < start || len == 0)
        return;
    struct mpta_octets delivery = {
        .connection = in->subflow->connection->id,
        .by = sender_side(in),
        .offset = position - start,
        .octets = octets,
        .len = (size_t)len,
    };
    tracker->deliver(tracker->deliver_context, &delivery);
}

/* Payload of one place in the stream; captured may be less than its length, or 0. */
struct piece {
    uint64_t begin; /* on the subflow */
    uint64_t end;
    uint64_t position; /* in the stream */
    const uint8_t *octets;
    uint64_t captured;
};

static void deliver_range(const struct mpta_tracker *tracker, const struct incoming *in,
                          const struct piece *piece, uint64_t begin, uint64_t end)
{
    uint64_t captured_end = piece->position + piece->captured;
    if (end > captured_end)
        end = captured_end;
    if (begin < end)
        deliver(tracker, in, begin, piece->octets + (begin - piece->position), end - begin);
}

/* Hands on what is new in the stream, and what so far only came with a wrong checksum. */
static bool deliver_piece(const struct mpta_tracker *tracker, const struct incoming *in,
                          const struct piece *piece)
{
    struct stream *stream = sender_stream(in);
    uint64_t end = piece->position + (piece->end - piece->begin);
    uint64_t from = piece->position, known = piece->position;
    struct range gap;
    while (rangeset_next_gap(&stream->seen, &from, end, &gap))
        deliver_range(tracker, in, piece, gap.begin, gap.end);
    if (rangeset_count(&stream->doubtful, known, end) == 0)
        return true;
    from = known;
    while (rangeset_next_gap(&stream->doubtful, &from, end, &gap)) {
        deliver_range(tracker, in, piece, known, gap.begin);
        known = gap.end;
    }
    deliver_range(tracker, in, piece, known, end);
    return rangeset_remove(&stream->doubtful, piece->position, end);
}

/* ---- Checksums ------------------------------------------------------------------------------ */

static bool checksum_report(struct incoming *in, const struct mapping *mapping, uint64_t sum)
{
    uint16_t swapped = (uint16_t)(mapping->checksum << 8 | mapping->checksum >> 8);
    bool is_swapped = checksum_finish(sum + swapped) == 0;
    return finding_add(&in->subflow->connection->findings, FINDING_DSS_CHECKSUM, in->subflow,
                       &mapping->at, "the data-level checksum 0x%04x is wrong%s", mapping->checksum,
                       is_swapped ? ": its octets are swapped, as Linux 5.14 to 5.17 did on "
                                    "little-endian machines"
                                  : ": the payload was changed on the way");
}

/* All octets of a mapping are gathered: one verdict. Bytes of a wrong one are used only at need. */
static bool checksum_judge(struct incoming *in, struct mapping *mapping)
{
    struct stream *stream = sender_stream(in);
    uint64_t overlap;
    mapping->judged = true;
    stream->checksums.unverifiable--;
    if (checksum_finish(mapping->sum + mapping->checksum) == 0) {
        stream->checksums.valid++;
        return true;
    }
    stream->checksums.invalid++;
    return rangeset_add(&stream->doubtful, mapping->data,
                        mapping->data + (mapping->end - mapping->begin), &overlap) &&
           checksum_report(in, mapping, mapping->sum);
}

static bool checksum_gather(struct incoming *in, struct mapping *mapping, const struct piece *piece)
{
    uint64_t len = piece->end - piece->begin;
    if (!mapping || !mapping->has_checksum || mapping->judged || mapping->tainted)
        return true;
    if (piece->captured < len) {
        mapping->tainted = true;
        return true;
    }
    mapping->sum += checksum_piece(piece->octets, (size_t)len, piece->begin - mapping->begin);
    mapping->covered += len;
    return mapping->covered < mapping->end - mapping->begin || checksum_judge(in, mapping);
}

/* ---- Placing payload ------------------------------------------------------------------------ */

/* A piece that is new on its subflow: how much of it the stream has already, and by whom. */
static void count_piece(struct incoming *in, uint64_t begin, uint64_t end)
{
    struct half *half = sender_half(in);
    struct stream *stream = sender_stream(in);
    uint64_t seen = rangeset_count(&stream->seen, begin, end);
    uint64_t own = rangeset_count(&half->carried, begin, end);
    uint64_t reinjected = seen > own ? seen - own : 0;
    half->reinjected_bytes += reinjected;
    half->remapped_bytes += own;
    half->measure.view.fresh_bytes += end - begin - seen;
    stream->reinjected_bytes += reinjected;
    if (end > stream->highest)
        stream->highest = end;
}

/* Called before the piece is among those seen. */
static struct stream_piece piece_to_measure(const struct incoming *in, uint64_t begin, uint64_t end)
{
    const struct stream *stream = sender_stream(in);
    uint64_t data_end = stream_data_end(stream);
    return (struct stream_piece){
        .time_ns = in->packet->place.time_ns,
        .end = end,
        .beyond = begin >= data_end,
        .reinjected = rangeset_count(&stream->seen, begin, end) > 0,
        .outstanding = stream->acked_known && stream->acked < data_end,
    };
}

/* Counts a piece that is new on its subflow, and hands on what is new in the stream. */
static bool place_piece(const struct mpta_tracker *tracker, struct incoming *in,
                        struct mapping *mapping, const struct piece *piece)
{
    struct half *half = sender_half(in);
    struct stream *stream = sender_stream(in);
    uint64_t begin = piece->position, end = begin + (piece->end - piece->begin), overlap;
    struct stream_piece measured = piece_to_measure(in, begin, end);
    count_piece(in, begin, end);
    if (!deliver_piece(tracker, in, piece) || !rangeset_add(&half->carried, begin, end, &overlap) ||
        !rangeset_add(&stream->seen, begin, end, &overlap))
        return false;
    measured.waiting = stream_has_waiting(stream);
    measure_data(&in->subflow->connection->measures[sender_side(in)], half, &measured);
    return checksum_gather(in, mapping, piece);
}

/* The shift from subflow to stream positions that the last mapping implies; false if none can tell.
 */
static bool last_shift(const struct incoming *in, uint64_t *shift)
{
    const struct half *half = sender_half(in);
    struct stream *stream = sender_stream(in);
    if (half->infinite) {
        *shift = half->infinite_shift;
        return true;
    }
    if (half->mappings.count > 0) {
        const struct mapping *last = &half->mappings.items[half->mappings.count - 1];
        *shift = last->data - last->begin;
        return true;
    }
    stream_set_plain(stream);
    *shift = stream->first - (half->ssn_base + 1);
    return stream->first_is_known && half->ssn_base_known;
}

/* The first subflow is the only one: there subflow and stream agree, but for remappings. */
static bool is_alone(const struct incoming *in)
{
    return in->subflow->kind == SUBFLOW_INITIAL && connection_is_single(in->subflow->connection);
}

/* Payload without a mapping that goes to the stream at once: no mapping can be expected for it. */
static bool is_plain(const struct incoming *in)
{
    const struct half *half = sender_half(in);
    const struct connection *connection = in->subflow->connection;
    bool never_mapped = connection->fallback.syn_capable && !connection->fallback.syn_ack_capable &&
                        in->subflow->seen & SEEN_SYN_ACK;
    return half->infinite || ((half->plain || never_mapped) && is_alone(in));
}

static const uint8_t *octets_at(const struct incoming *in, uint64_t at, uint64_t end,
                                uint64_t *captured)
{
    uint64_t offset = at - in->extent.begin;
    uint64_t have = in->segment->payload_captured;
    *captured = offset >= have ? 0 : have - offset < end - at ? have - offset : end - at;
    return in->segment->payload + (*captured ? offset : 0);
}

/* Places what came before its mapping, with its octets where they were held. */
static bool place_unmapped(const struct mpta_tracker *tracker, struct incoming *in,
                           struct mapping *mapping)
{
    struct half *half = sender_half(in);
    uint64_t at = mapping->begin;
    if (rangeset_count(&half->unmapped, mapping->begin, mapping->end) == 0)
        return true;
    while (at < mapping->end) {
        struct piece piece = {.begin = at, .end = mapping->end};
        size_t len = 0;
        struct range gap;
        uint64_t from = at;
        if (rangeset_next_gap(&half->unmapped, &from, mapping->end, &gap)) {
            if (gap.begin == at) { /* not waiting: skip to what is */
                at = gap.end;
                continue;
            }
            piece.end = gap.begin;
        }
        piece.position = mapping->data + (at - mapping->begin);
        piece.octets = held_find(half->held, at, &len);
        if (piece.octets && len < piece.end - at)
            piece.end = at + len;
        piece.captured = piece.octets ? piece.end - at : 0;
        if (!place_piece(tracker, in, mapping, &piece))
            return false;
        at = piece.end;
    }
    if (!rangeset_remove(&half->unmapped, mapping->begin, mapping->end))
        return false;
    if (half->unmapped.count == 0)
        held_clear(&half->held);
    return true;
}

/* Places what waits on this half where the last mapping implies. */
static bool flush_unmapped(const struct mpta_tracker *tracker, struct incoming *in)
{
    struct half *half = sender_half(in);
    uint64_t shift;
    if (half->unmapped.count == 0 || !last_shift(in, &shift))
        return true;
    const struct range *ranges = rangeset_ranges(&half->unmapped);
    struct mapping implied = {.begin = ranges[0].begin,
                              .end = ranges[half->unmapped.count - 1].end,
                              .data = ranges[0].begin + shift};
    half->plain = true;
    return place_unmapped(tracker, in, &implied);
}

/* Keeps payload that has no mapping yet; when too much of it waits, none is to be expected. */
static bool keep_unmapped(const struct mpta_tracker *tracker, struct incoming *in, uint64_t begin,
                          uint64_t end)
{
    struct half *half = sender_half(in);
    uint64_t captured, overlap;
    const uint8_t *octets = octets_at(in, begin, end, &captured);
    if (!held_has_room(half->held, (size_t)captured) && in->subflow->connection && is_alone(in) &&
        !flush_unmapped(tracker, in))
        return false;
    return rangeset_add(&half->unmapped, begin, end, &overlap) &&
           held_keep(&half->held, begin, octets, (size_t)captured);
}

/* Places [begin, end), which is new on the subflow, mapping by mapping. */
static bool place_new(const struct mpta_tracker *tracker, struct incoming *in, uint64_t begin,
                      uint64_t end)
{
    struct half *half = sender_half(in);
    for (uint64_t at = begin, next, shift; at < end;) {
        struct mapping *mapping = mapping_find(&half->mappings, at, &next);
        struct piece piece = {.begin = at, .end = mapping ? mapping->end : next};
        if (piece.end > end)
            piece.end = end;
        at = piece.end;
        if (!mapping && !(is_plain(in) && last_shift(in, &shift))) {
            if (!keep_unmapped(tracker, in, piece.begin, piece.end))
                return false;
            continue;
        }
        if (mapping)
            shift = mapping->data - mapping->begin;
        piece.position = piece.begin + shift;
        piece.octets = octets_at(in, piece.begin, piece.end, &piece.captured);
        if (!place_piece(tracker, in, mapping, &piece))
            return false;
    }
    return true;
}

/* Data on a SYN has no DSN, but begins what the application reads. */
static void deliver_syn_data(const struct mpta_tracker *tracker, const struct incoming *in)
{
    struct mpta_octets delivery = {
        .connection = in->subflow->connection->id,
        .by = sender_side(in),
        .octets = in->segment->payload,
        .len = in->segment->payload_captured,
    };
    if (tracker->deliver && in->subflow->kind == SUBFLOW_INITIAL)
        tracker->deliver(tracker->deliver_context, &delivery);
}

bool data_take_payload(struct mpta_tracker *tracker, struct incoming *in)
{
    struct half *half = sender_half(in);
    uint64_t from = in->extent.begin;
    struct range gap;
    if (in->segment->flags & MPTA_TCP_SYN && in->segment->payload_len > 0)
        deliver_syn_data(tracker, in);
    if (in->segment->flags & (MPTA_TCP_SYN | MPTA_TCP_RST))
        return true;
    while (rangeset_next_gap(&half->seen, &from, in->extent.end, &gap)) {
        if (!place_new(tracker, in, gap.begin, gap.end))
            return false;
    }
    if (half->mappings.count > MAPPINGS_MAX)
        mapping_forget(&half->mappings, half->mappings.items[MAPPINGS_MAX / 2].begin);
    return true;
}

bool data_finish(struct mpta_tracker *tracker, struct connection *connection)
{
    static const struct mpta_segment no_segment;
    static const struct options no_options;
    struct mpta_packet packet = {.segment = &no_segment};
    for (size_t i = 0; i < connection->subflow_count; i++) {
        for (int role = OPENER; role <= RESPONDER; role++) {
            struct incoming in = {
                .packet = &packet,
                .segment = &no_segment,
                .options = &no_options,
                .subflow = connection->subflows[i],
                .role = (enum role)role,
            };
            if (is_alone(&in) && !flush_unmapped(tracker, &in))
                return false;
        }
    }
    return true;
}

/* ---- Mappings ------------------------------------------------------------------------------- */

static bool take_mapping(struct mpta_tracker *tracker, struct incoming *in,
                         const struct mapping *mapping)
{
    struct half *half = sender_half(in);
    struct stream *stream = sender_stream(in);
    struct mapping *added;
    uint64_t data_end = mapping->data + (mapping->end - mapping->begin);
    switch (mapping_add(&half->mappings, mapping, &added)) {
    case MAPPING_NO_MEMORY:
        return false;
    case MAPPING_REPEATED:
        return true;
    case MAPPING_CONTRADICTED:
        return finding_add_as(
            &in->subflow->connection->findings, FINDING_MAPPING_CONTRADICTION,
            in->gapless ? MPTA_ERROR : MPTA_WARNING, in->subflow, &in->packet->place,
            "a mapping contradicts an earlier one: the same subflow bytes, another "
            "place in the data stream");
    case MAPPING_NEW:
        break;
    }
    stream->checksums.unverifiable += added->has_checksum;
    if (data_end > stream->highest)
        stream->highest = data_end;
    return place_unmapped(tracker, in, added);
}

/*
 * In a capture that begins after the handshake the ISN is unknown. A mapping that is as long as the
 * payload it comes with tells it, and so do two different ones on packets with payload that agree.
 */
static void guess_ssn_base(const struct incoming *in, const struct mpta_dss *dss)
{
    struct half *half = sender_half(in);
    uint32_t guess = in->segment->seq - dss->ssn;
    if (half->ssn_base_known || in->segment->payload_len == 0 || dss->data_len == 0)
        return;
    bool exact = in->segment->payload_len == (uint32_t)dss->data_len - dss->data_fin;
    if (exact ||
        (half->ssn_guessed && half->ssn_guess == guess && half->ssn_guess_ssn != dss->ssn)) {
        half->ssn_base = in->extent.begin - dss->ssn;
        half->ssn_base_known = true;
    }
    half->ssn_guessed = true;
    half->ssn_guess = guess;
    half->ssn_guess_ssn = dss->ssn;
}

/* A DATA_FIN without data maps nothing, but its checksum is one to verify, once a subflow. */
static bool take_bare_data_fin(struct incoming *in, const struct mpta_dss *dss, uint64_t position)
{
    struct half *half = sender_half(in);
    struct stream *stream = sender_stream(in);
    struct mapping mapping = {.checksum = dss->checksum, .at = in->packet->place};
    uint64_t dsn;
    if (!dss->has_checksum || half->data_fin_judged)
        return true;
    half->data_fin_judged = true;
    stream->checksums.unverifiable++;
    if (!stream_dsn(stream, position, &dsn))
        return true;
    mapping.sum = checksum_pseudo_header(dsn, dss->ssn, dss->data_len);
    return checksum_judge(in, &mapping);
}

static bool take_data_mapping(struct mpta_tracker *tracker, struct incoming *in,
                              const struct mpta_dss *dss, uint64_t position)
{
    struct half *half = sender_half(in);
    struct mapping mapping = {
        .data = position,
        .has_checksum = dss->has_checksum,
        .checksum = dss->checksum,
        .at = in->packet->place,
    };
    uint64_t dsn;
    if (!half->ssn_base_known)
        return true;
    mapping.begin = seq_extend((uint32_t)half->ssn_base + dss->ssn, half->next);
    mapping.end = mapping.begin + dss->data_len - dss->data_fin;
    if (stream_dsn(sender_stream(in), position, &dsn))
        mapping.sum = checksum_pseudo_header(dsn, dss->ssn, dss->data_len);
    else
        mapping.tainted = true;
    return take_mapping(tracker, in, &mapping);
}

/* From here on the subflow is the stream: RFC 8684 section 3.7. */
static void take_infinite_mapping(struct incoming *in, const struct mpta_dss *dss,
                                  uint64_t position)
{
    struct half *half = sender_half(in);
    if (!half->ssn_base_known || half->infinite)
        return;
    half->infinite = true;
    half->infinite_shift = position - seq_extend((uint32_t)half->ssn_base + dss->ssn, half->next);
}

static bool take_map(struct mpta_tracker *tracker, struct incoming *in, const struct mpta_dss *dss);

/* ---- What must wait -------------------------------------------------------------------------- */

/* So many mappings wait on one subflow at most. */
#define DEFERRED_MAX 256

struct deferred {
    enum role role;
    struct mpta_place at;
    struct mpta_dss dss;
};

static bool defer(struct incoming *in, const struct mpta_dss *dss)
{
    struct subflow *subflow = in->subflow;
    if (subflow->deferred_count == DEFERRED_MAX)
        return true;
    struct deferred *deferred = array_reserve(subflow->deferred, subflow->deferred_count,
                                              &subflow->deferred_capacity, sizeof(*deferred));
    if (!deferred)
        return false;
    subflow->deferred = deferred;
    deferred[subflow->deferred_count++] = (struct deferred){in->role, in->packet->place, *dss};
    return true;
}

bool data_defer(struct incoming *in)
{
    const struct mpta_mptcp_option *option = options_find(in->options, MPTA_DSS);
    uint64_t from = in->extent.begin;
    struct range gap;
    if (in->segment->flags & (MPTA_TCP_SYN | MPTA_TCP_RST))
        return true;
    while (rangeset_next_gap(&sender_half(in)->seen, &from, in->extent.end, &gap)) {
        if (!keep_unmapped(NULL, in, gap.begin, gap.end))
            return false;
    }
    return !option || !option->dss.has_map || defer(in, &option->dss);
}

bool data_replay(struct mpta_tracker *tracker, struct subflow *subflow)
{
    static const struct mpta_segment no_segment;
    static const struct options no_options;
    size_t kept = 0;
    for (size_t i = 0; i < subflow->deferred_count; i++) {
        struct deferred deferred = subflow->deferred[i];
        if (!subflow->halves[deferred.role].ssn_base_known) {
            subflow->deferred[kept++] = deferred;
            continue;
        }
        struct mpta_packet packet = {.place = deferred.at, .segment = &no_segment};
        struct incoming in = {
            .packet = &packet,
            .segment = &no_segment,
            .options = &no_options,
            .subflow = subflow,
            .role = deferred.role,
        };
        if (!take_map(tracker, &in, &deferred.dss))
            return false;
    }
    subflow->deferred_count = kept;
    return true;
}

/* Takes a DSS with a mapping whose subflow sequence numbers are understood. */
static bool take_map(struct mpta_tracker *tracker, struct incoming *in, const struct mpta_dss *dss)
{
    struct stream *stream = sender_stream(in);
    uint64_t position;
    if (!stream_position(stream, dss->dsn, dss->dsn_is_64, &position))
        return true;
    if (dss->data_len == 0) {
        take_infinite_mapping(in, dss, position);
        return true;
    }
    if (dss->data_fin) {
        stream->fin = true;
        stream->fin_at = position + dss->data_len - 1;
    }
    if (dss->data_fin && dss->data_len == 1)
        return take_bare_data_fin(in, dss, position);
    return take_data_mapping(tracker, in, dss, position);
}

static void take_data_ack(struct incoming *in, const struct mpta_dss *dss)
{
    struct connection *connection = in->subflow->connection;
    enum mpta_side side = sender_side(in) == MPTA_CLIENT ? MPTA_SERVER : MPTA_CLIENT;
    struct stream *stream = &connection->streams[side];
    struct sighting seen = {.time_ns = in->packet->place.time_ns};
    stream_take_ack(stream, dss->data_ack, dss->ack_is_64);
    if (stream->acked_known)
        measure_data_ack(&connection->measures[side], stream->acked, !stream_has_waiting(stream),
                         seen);
}

bool data_take_dss(struct mpta_tracker *tracker, struct incoming *in, const struct mpta_dss *dss)
{
    struct half *half = sender_half(in);
    bool bare_data_fin = dss->data_fin && dss->data_len == 1;
    if (dss->has_ack)
        take_data_ack(in, dss);
    if (!dss->has_map)
        return true;
    half->plain = false;
    if (!half->ssn_base_known) {
        guess_ssn_base(in, dss);
        if (half->ssn_base_known && !data_replay(tracker, in->subflow))
            return false;
    }
    if (!half->ssn_base_known && !bare_data_fin)
        return defer(in, dss);
    return take_map(tracker, in, dss);
}

bool data_take_capable(struct mpta_tracker *tracker, struct incoming *in,
                       const struct mpta_mp_capable *capable)
{
    const struct half *half = sender_half(in);
    const struct stream *stream = sender_stream(in);
    if (!capable->has_data_len || capable->data_len == 0 || !half->ssn_base_known ||
        !stream->first_is_known || in->role != OPENER)
        return true;
    struct mapping mapping = {
        .begin = half->ssn_base + 1,
        .end = half->ssn_base + 1 + capable->data_len,
        .data = stream->first,
        .has_checksum = capable->has_checksum,
        .checksum = capable->checksum,
        .sum = checksum_pseudo_header(in->subflow->connection->identities[MPTA_CLIENT].idsn + 1, 1,
                                      capable->data_len),
        .at = in->packet->place,
    };
    return take_mapping(tracker, in, &mapping);
}
