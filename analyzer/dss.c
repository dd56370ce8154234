/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a DSS says, RFC 8684 section 3.3: mappings in all their forms, DATA_FIN, DATA_ACK; and the
 * mapping that MP_CAPABLE with data implies. Numbers become positions here; what lies at them is
 * data.c's business.
 */
#include "analyzer/checksum.h"
#include "analyzer/data.h"
#include "analyzer/fast_open.h"
#include "analyzer/judge.h"
#include "analyzer/seq.h"

/* ---- Mappings ------------------------------------------------------------------------------- */

/*
 * A mapping that waited for its data, and whose checksum that data proves wrong, gives way to one
 * that it proves right.
 */
static bool oust_disproved(struct incoming *in, const struct check *proved)
{
    struct half *half = sender_half(in);
    const struct check *other;
    size_t at = 0;
    if (judge_alone(in, proved) != MPTA_VALID)
        return true;
    while ((other = checks_next(&half->checks, proved->begin, proved->end, &at))) {
        if (other->verdict == MPTA_ABSENT &&
            other->data - other->begin != proved->data - proved->begin &&
            rangeset_count(&half->seen, other->begin, other->end) == 0 &&
            judge_alone(in, other) == MPTA_INVALID &&
            !mapping_remove(&half->mappings, other->begin, other->end))
            return false;
    }
    return true;
}

/* An infinite mapping came before, and says something else of the same octets. */
static bool contradicts_infinite(const struct half *half, const struct mapping *mapping)
{
    return half->infinite && mapping->end > half->aside->plain_begin &&
           mapping->data - mapping->begin != half->aside->plain_shift;
}

static enum mapping_status add_mapping(struct half *half, const struct mapping *mapping)
{
    return contradicts_infinite(half, mapping) ? MAPPING_CONTRADICTED
                                               : mapping_add(&half->mappings, mapping);
}

/*
 * Senders put a mapping on packets with its data or near it. One of other octets, behind packets
 * that were not captured, is of a later connection with the same ports, whose SYN is among those.
 */
static bool may_be_anothers(const struct incoming *in, const struct mapping *mapping)
{
    return !in->gapless && (mapping->end <= in->extent.begin || mapping->begin >= in->extent.end);
}

static bool report_contradiction(struct incoming *in)
{
    const struct occurrence contradiction = occurrence_in(FINDING_MAPPING_CONTRADICTION, in);
    return finding_add_as(&in->subflow->connection->findings,
                          in->gapless ? MPTA_ERROR : MPTA_WARNING, &contradiction,
                          "a mapping contradicts an earlier one: the same subflow bytes, another "
                          "place in the data stream");
}

/*
 * What has no mapping is taken for the stream; a mapping of octets that come behind all others says
 * that it is no longer, and one that puts octets elsewhere that it never was. A mapping that was
 * sent before, or says the same of octets that came without it, says neither.
 */
static bool takes_up_dss(const struct half *half, const struct mapping *mapping)
{
    const struct rangeset *seen = &half->seen;
    uint64_t seen_end = seen->count ? rangeset_ranges(seen)[seen->count - 1].end : 0;
    const struct aside *aside = half_aside(half);
    bool same = mapping->data - mapping->begin == aside->plain_shift;
    return mapping->end > aside->plain_begin && !(same && mapping->end <= seen_end);
}

/* check: of its checksum, or NULL. */
static bool take_mapping(struct mpta_tracker *tracker, struct incoming *in,
                         const struct mapping *mapping, const struct check *check)
{
    struct stream *stream = sender_stream(in);
    struct half *half = sender_half(in);
    uint64_t data_end = mapping->data + (mapping->end - mapping->begin);
    enum mapping_status status = add_mapping(half, mapping);
    if (status == MAPPING_CONTRADICTED && may_be_anothers(in, mapping))
        return true;
    if (status == MAPPING_CONTRADICTED) {
        if (!report_contradiction(in) || (check && !oust_disproved(in, check)))
            return false;
        status = add_mapping(half, mapping);
    }
    if (status != MAPPING_NEW)
        return status != MAPPING_NO_MEMORY;
    if (data_end > stream->highest)
        stream->highest = data_end;
    if (takes_up_dss(half, mapping))
        half->plain = false;
    return rules_take_size(in, mapping) && data_place_unmapped(tracker, in, mapping);
}

/*
 * A checksum covers 64 bits of DSN. Where 32 were sent, the others are right if no more than 2 GiB
 * of the stream were missed: on the only subflow, and without a gap, nothing was.
 */
static bool dsn_is_sure(const struct incoming *in, const struct mpta_dss *dss)
{
    return dss->dsn_is_64 || (in->gapless && plain_is_alone(in));
}

/* A DATA_FIN without data maps nothing, but its checksum is one to verify, once a subflow. */
static bool take_bare_data_fin(const struct mpta_tracker *tracker, struct incoming *in,
                               const struct mpta_dss *dss, uint64_t position)
{
    struct half *half = sender_half(in);
    struct check check = {
        .data = position,
        .ssn = dss->ssn,
        .data_len = dss->data_len,
        .checksum = dss->checksum,
        .dsn_is_sure = dsn_is_sure(in, dss),
        .at = in->packet->place,
    };
    if (!dss->has_checksum || half->data_fin_judged)
        return true;
    if (!half_make_aside(half))
        return false;
    half->data_fin_judged = true;
    half->aside->data_fin_packet = in->packet->place.packet;
    return judge_bare(tracker, in, &check);
}

static bool take_checked_mapping(struct mpta_tracker *tracker, struct incoming *in,
                                 const struct mpta_dss *dss, const struct mapping *mapping)
{
    const struct check check = {
        .begin = mapping->begin,
        .end = mapping->end,
        .data = mapping->data,
        .ssn = dss->ssn,
        .data_len = dss->data_len,
        .checksum = dss->checksum,
        .dsn_is_sure = dsn_is_sure(in, dss),
        .at = in->packet->place,
    };
    return deliver_expect(tracker, in, &check) && unmapped_take_mapping(in, mapping) &&
           take_mapping(tracker, in, mapping, &check);
}

static bool take_data_mapping(struct mpta_tracker *tracker, struct incoming *in,
                              const struct mpta_dss *dss, uint64_t position)
{
    const struct half *half = sender_half(in);
    uint64_t begin = seq_extend((uint32_t)half->ssn_base + dss->ssn, half->next);
    const struct mapping mapping = {begin, begin + dss->data_len - dss->data_fin, position};
    if (dss->has_checksum)
        return take_checked_mapping(tracker, in, dss, &mapping);
    return unmapped_take_mapping(in, &mapping) && take_mapping(tracker, in, &mapping, NULL);
}

/* From here on the subflow is the stream: RFC 8684 section 3.7. */
static bool take_infinite_mapping(const struct mpta_tracker *tracker, struct incoming *in,
                                  const struct mpta_dss *dss, uint64_t position)
{
    struct half *half = sender_half(in);
    struct mapping mapping = {.end = UINT64_MAX, .data = position};
    if (half->infinite)
        return true;
    mapping.begin = seq_extend((uint32_t)half->ssn_base + dss->ssn, half->next);
    if (!half_make_aside(half))
        return false;
    half->infinite = true;
    half->aside->plain_begin = mapping.begin;
    half->aside->plain_shift = position - mapping.begin;
    return data_place_unmapped(tracker, in, &mapping);
}

/* Finds the position of a DSN, the first of which is the base; *told: it has one. False if there is
 * no memory. */
static bool take_dsn(struct incoming *in, const struct mpta_dss *dss, uint64_t *position,
                     bool *told)
{
    struct stream *stream = sender_stream(in);
    *told = stream_position(stream, dss->dsn, dss->dsn_is_64, position);
    return (dss->ssn != 1 && *position - stream->first < STREAM_END) ||
           idsn_take_mapping(in, dss, *position);
}

bool data_take_map(struct mpta_tracker *tracker, struct incoming *in, const struct mpta_dss *dss)
{
    uint64_t position;
    bool told;
    sender_half(in)->narrow |= !dss->dsn_is_64;
    if (!take_dsn(in, dss, &position, &told))
        return false;
    if (!told) {
        sender_half(in)->blind = true;
        return true;
    }
    if (!rules_take_map(in, dss, position))
        return false;
    if (dss->data_len == 0)
        return take_infinite_mapping(tracker, in, dss, position);
    if (dss->data_fin && dss->data_len == 1)
        return take_bare_data_fin(tracker, in, dss, position);
    return take_data_mapping(tracker, in, dss, position);
}

static bool take_data_ack(struct incoming *in, const struct mpta_dss *dss)
{
    struct connection *connection = in->subflow->connection;
    enum mpta_side side = receiver_side(in);
    struct stream *stream = &connection->streams[side];
    struct stream_measure *measure = &connection->measures[side];
    struct sighting seen = {.time_ns = in->packet->place.time_ns};
    struct hole_watch *holes = connection->watches[side].hole;
    bool known = stream->acked_known || stream->first_is_known;
    uint64_t before = stream->acked_known ? stream->acked : stream->first, position;
    bool told =
        stream->base_known && stream_position(stream, dss->data_ack, dss->ack_is_64, &position);
    if (told && !rules_take_ack(in, dss, position))
        return false;
    if (told)
        stream_take_ack(stream, position, dss->ack_is_64);
    if (!stream->acked_known)
        return true;
    if (told)
        bridge_take_ack(in, position);
    if (holes && holes->now.behind.subflow)
        hole_take_ack(in, holes);
    if (known && stream->acked > before)
        measure->acked_bytes += stream->acked - before;
    return measure_data_ack(measure, stream->acked, !stream_has_waiting(stream), seen);
}

bool data_take_dss(struct mpta_tracker *tracker, struct incoming *in, const struct mpta_dss *dss)
{
    struct half *half = sender_half(in);
    bool bare_data_fin = dss->data_fin && dss->data_len == 1;
    uint64_t position;
    bool told;
    if (dss->has_ack && !take_data_ack(in, dss))
        return false;
    if (!dss->has_map)
        return true;
    if (half->ssn_base_known || bare_data_fin)
        return data_take_map(tracker, in, dss);
    if (!take_dsn(in, dss, &position, &told))
        return false;
    if (!told)
        return true;
    return rules_take_fin(in, dss, position) && defer_take_map(tracker, in, dss, position);
}

/*
 * The third ACK carries both keys and no data: SSN 1 is next, behind data on the SYN if any. Where
 * data comes with it, and that is the whole of its mapping, SSN 1 is the first octet.
 */
static bool learn_ssn_base(struct mpta_tracker *tracker, struct incoming *in,
                           const struct mpta_mp_capable *capable)
{
    struct half *half = sender_half(in);
    uint32_t len = in->segment->payload_len;
    bool whole = half->syn_payload > 0 && capable->has_data_len && capable->data_len == len;
    if ((len > 0 && !whole) || (half->ssn_base_known && half->syn_payload == 0))
        return true;
    fast_open_tell(half, in->extent.begin - 1);
    return defer_replay(tracker, in->subflow);
}

/* The mapping of MP_CAPABLE with data, or one of length 0 without. */
static struct mpta_dss capable_map(const struct incoming *in, const struct mpta_mp_capable *capable)
{
    return (struct mpta_dss){
        .has_map = true,
        .dsn_is_64 = true,
        .dsn = in->subflow->connection->identities[MPTA_CLIENT].idsn + 1,
        .ssn = 1,
        .data_len = capable->data_len,
        .has_checksum = capable->has_checksum,
        .checksum = capable->checksum,
    };
}

/* Only the client's packets after its SYN may carry both keys. */
static bool capable_may_map(const struct incoming *in, const struct mpta_mp_capable *capable)
{
    return in->subflow->kind == SUBFLOW_INITIAL && in->role == OPENER &&
           capable->has_receiver_key && !(in->segment->flags & MPTA_TCP_SYN);
}

bool data_take_capable(struct mpta_tracker *tracker, struct incoming *in,
                       const struct mpta_mp_capable *capable)
{
    struct mpta_dss dss = capable_map(in, capable);
    if (!capable_may_map(in, capable))
        return true;
    if (!learn_ssn_base(tracker, in, capable))
        return false;
    if (!capable->has_data_len || capable->data_len == 0 || !sender_stream(in)->first_is_known)
        return true;
    return data_take_dss(tracker, in, &dss);
}

/* ---- Asked afterwards ------------------------------------------------------------------------ */

bool data_find_map(const struct incoming *in, struct mpta_dss *dss)
{
    const struct mpta_mptcp_option *option = options_find(in->options, MPTA_DSS);
    const struct mpta_mptcp_option *capable = options_find(in->options, MPTA_MP_CAPABLE);
    bool implied = !option && capable && capable_may_map(in, &capable->capable) &&
                   capable->capable.has_data_len;
    if (option)
        *dss = option->dss;
    else if (implied)
        *dss = capable_map(in, &capable->capable);
    return implied || (option && dss->has_map && dss->data_len > 0);
}

/* Without side effects: a position that cannot be told yet is none. */
static bool known_position(const struct stream *stream, uint64_t dsn, bool is_64,
                           uint64_t *position)
{
    struct stream copy = *stream; /* stream_position changes no more than numbers */
    return stream->base_known && stream_position(&copy, dsn, is_64, position);
}

static bool mapping_is_known(const struct incoming *in, const struct mpta_dss *dss)
{
    const struct half *half = sender_half(in);
    uint64_t begin = seq_extend((uint32_t)half->ssn_base + dss->ssn, half->next);
    uint64_t end = begin + dss->data_len - dss->data_fin, position, next;
    const struct mapping *mapping = mapping_find(&half->mappings, begin, &next);
    return half->ssn_base_known && begin < end && mapping && mapping->end >= end &&
           known_position(sender_stream(in), dss->dsn, dss->dsn_is_64, &position) &&
           mapping->data - mapping->begin == position - begin;
}

static bool ack_is_known(const struct incoming *in, const struct mpta_dss *dss)
{
    const struct stream *stream = &in->subflow->connection->streams[receiver_side(in)];
    uint64_t position;
    return !dss->has_ack || (stream->acked_known &&
                             known_position(stream, dss->data_ack, dss->ack_is_64, &position) &&
                             position <= stream->acked);
}

bool data_is_repeated(const struct incoming *in)
{
    const struct extent *extent = &in->extent;
    struct mpta_dss dss;
    return data_find_map(in, &dss) && (!dss.data_fin || sender_stream(in)->fin) &&
           rangeset_count(&sender_half(in)->seen, extent->begin, extent->end) ==
               extent->end - extent->begin &&
           mapping_is_known(in, &dss) && ack_is_known(in, &dss);
}

uint64_t data_checksum_packet(const struct incoming *in, const struct mpta_dss *dss)
{
    struct half *half = sender_half(in);
    uint64_t begin = seq_extend((uint32_t)half->ssn_base + dss->ssn, half->next);
    uint64_t end = begin + dss->data_len - dss->data_fin;
    if (dss->data_fin && dss->data_len == 1)
        return half_aside(half)->data_fin_packet;
    if (!half->ssn_base_known)
        return 0;
    const struct check *check = checks_find(&half->checks, begin, end, dss->checksum);
    return check ? check->at.packet : 0;
}
