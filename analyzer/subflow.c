/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A subflow takes segments and keeps facts: which handshake packets were seen, how far each end
 * sent and was acknowledged, FINs and RSTs. What state it is in follows from these: see
 * subflow_state.c.
 */
#include "analyzer/subflow.h"

#include "analyzer/fast_open.h"
#include "analyzer/held.h"
#include "analyzer/keep_alive.h"
#include "analyzer/part.h"
#include "analyzer/seq.h"

#include <stdlib.h>
#include <string.h>

/* ---- Flow keys ------------------------------------------------------------------------------ */

/* True if the sender of a segment is the lower end of its key. */
static bool sender_is_lower(const struct mpta_segment *segment)
{
    int order = memcmp(segment->src.octets, segment->dst.octets, sizeof(segment->src.octets));
    return order < 0 || (order == 0 && segment->src_port <= segment->dst_port);
}

struct flow_key flow_key_of(const struct mpta_segment *segment)
{
    struct flow_key key;
    int src = sender_is_lower(segment) ? 0 : 1;
    memcpy(key.address[src], segment->src.octets, 16);
    memcpy(key.address[!src], segment->dst.octets, 16);
    key.port[src] = segment->src_port;
    key.port[!src] = segment->dst_port;
    key.family = segment->src.family;
    return key;
}
_Static_assert(sizeof(struct flow_key) == 40, "a flow key has no padding, it is hashed whole");

/* ---- Roles and sides ------------------------------------------------------------------------ */

enum role subflow_sender(const struct subflow *subflow, const struct mpta_segment *segment)
{
    const struct endpoint *opener = &subflow->ends[OPENER];
    return segment->src_port == opener->port && mpta_address_equal(&segment->src, &opener->address)
               ? OPENER
               : RESPONDER;
}

/* ---- Life ----------------------------------------------------------------------------------- */

void subflow_set_awake(struct subflow *subflow, struct subflow_awake *awake)
{
    subflow->awake = awake;
    subflow->halves = awake ? awake->halves : NULL;
}

struct subflow *subflow_new(const struct mpta_packet *packet, enum role by)
{
    const struct mpta_segment *segment = packet->segment;
    struct subflow *subflow = calloc(1, sizeof(*subflow));
    struct subflow_awake *awake = calloc(1, sizeof(*awake));
    if (!subflow || !awake) {
        free(subflow);
        free(awake);
        return NULL;
    }
    subflow_set_awake(subflow, awake);
    subflow->key = flow_key_of(segment);
    subflow->ends[by] = (struct endpoint){segment->src, segment->src_port};
    subflow->ends[role_other(by)] = (struct endpoint){segment->dst, segment->dst_port};
    subflow->first = packet->place;
    subflow->awake->point = packet->point;
    subflow->awake->interface = packet->interface;
    subflow->end_ns = packet->place.time_ns;
    return subflow;
}

bool subflow_make_join(struct subflow *subflow)
{
    subflow->joining = part_make(subflow->joining, sizeof(*subflow->joining));
    if (subflow->joining)
        subflow->kind = SUBFLOW_JOIN;
    return subflow->joining;
}

static void half_clear(struct half *half)
{
    rangeset_clear(&half->seen);
    rangeset_clear(&half->carried);
    mapping_list_clear(&half->mappings);
    check_list_clear(&half->checks);
    free(half->aside);
    if (half->waiting) {
        rangeset_clear(&half->waiting->octets);
        held_clear(&half->waiting->held);
        arrival_clear(&half->waiting->arrivals);
    }
    measure_clear(&half->measure);
    sizes_clear(&half->progress.sizes);
    free(half->damage.damaged);
    free(half->waiting);
    free(half->waits);
}

void subflow_awake_clear(struct subflow_awake *awake)
{
    half_clear(&awake->halves[OPENER]);
    half_clear(&awake->halves[RESPONDER]);
    free(awake->deferred);
}

void subflow_free(struct subflow *subflow)
{
    if (subflow->awake)
        subflow_awake_clear(subflow->awake);
    free(subflow->awake);
    free(subflow->joining);
    free(subflow);
}

void subflow_own(struct subflow *subflow, struct subflow **list)
{
    subflow->next_owned = *list;
    subflow->owned_at = list;
    if (subflow->next_owned)
        subflow->next_owned->owned_at = &subflow->next_owned;
    *list = subflow;
}

void subflow_disown(struct subflow *subflow)
{
    *subflow->owned_at = subflow->next_owned;
    if (subflow->next_owned)
        subflow->next_owned->owned_at = subflow->owned_at;
}

/* ---- Sequence spaces ------------------------------------------------------------------------ */

static struct sighting packet_sighting(const struct mpta_packet *packet)
{
    return (struct sighting){
        .time_ns = packet->place.time_ns,
        .source = packet_source(packet),
    };
}

/* The position of a number in the space of a half; the first number met becomes its base. */
static uint64_t half_position(struct half *half, uint32_t number)
{
    if (!half->seq_known) {
        half->seq_known = true;
        half->next = seq_first(number);
    }
    return seq_extend(number, half->next);
}

/*
 * The SYN or SYN/ACK of a half. One that comes after later packets still tells the ISN; one with
 * another ISN, as SYN cookies make, replaces the first while no data was seen.
 */
static bool half_take_syn(struct half *half, const struct mpta_segment *segment,
                          struct sighting seen)
{
    bool repeated = half->isn_known;
    uint64_t isn = half_position(half, segment->seq);
    bool fresh = !repeated || (isn != half->isn && half->seen.count == 0);
    if (fresh) {
        if (repeated || half->next <= isn)
            half->next = isn + 1;
        half->isn = isn;
        half->isn_known = true;
    }
    fast_open_take_syn(half, segment->payload_len, fresh);
    half->hop_limit = segment->hop_limit;
    if (!repeated && segment->payload_len == 0)
        return rtt_sent(&half->measure.rtt, half->isn + 1, seen);
    rtt_ambiguous(&half->measure.rtt);
    return true;
}

/* The TSval of the other end that a packet echoes; 0 for none. */
static uint32_t echo_of(const struct options *options)
{
    return options->timestamps.present ? options->timestamps.echo : 0;
}

/* What an acknowledgement says of round trips. */
static bool half_take_round_trip(struct half *half, uint64_t ack, const struct options *options,
                                 struct sighting seen, bool copied)
{
    return rtt_acked(&half->measure.rtt, ack, seen, copied) &&
           echo_acked(&half->measure.echo, echo_of(options), ack, seen, copied);
}

/* What it says of losses. */
static void half_take_receipt(struct half *half, uint64_t ack, const struct options *options)
{
    const struct received_twice *twice = &options->twice;
    struct loss *loss = half->measure.loss;
    if (!loss)
        return;
    loss_acked(loss, ack, echo_of(options));
    if (twice->present) {
        uint64_t begin = seq_extend(twice->left, half->next);
        loss_received_twice(loss, begin, begin + (twice->right - twice->left));
    }
}

/* The other end acknowledged up to a number. */
static bool half_take_ack(struct half *half, const struct mpta_segment *segment,
                          const struct options *options, struct sighting seen, bool copied)
{
    uint64_t ack = half_position(half, segment->ack);
    if (ack > half->acked) {
        half->acked = ack;
        half->acked_ns = seen.time_ns;
    }
    fast_open_take_ack(half, ack, segment->flags & MPTA_TCP_SYN);
    if (ack > half->next)
        half->next = ack;
    half_take_receipt(half, ack, options);
    return half_take_round_trip(half, ack, options, seen, copied);
}

/* The timestamps that a half sends. Data on a SYN may not be accepted: it makes no round trip. */
static bool half_take_timestamps(struct half *half, const struct timestamps *timestamps,
                                 const struct extent *extent, bool syn, struct sighting seen)
{
    bool awaited = !syn && extent->end > half->acked;
    uint64_t end = awaited ? extent->end : extent->begin;
    return !timestamps->present ||
           echo_sent(&half->measure.echo, timestamps->value, extent->begin, end, seen);
}

/* ---- Handshake and RST ---------------------------------------------------------------------- */

static void subflow_take_syn(struct subflow *subflow, bool is_answer,
                             const struct mpta_place *place)
{
    subflow->seen |= is_answer ? SEEN_SYN_ACK : SEEN_SYN;
    subflow->awake->handshake_at = *place;
    if (is_answer && subflow->awake->answer_at.packet == 0)
        subflow->awake->answer_at = *place;
    else if (!is_answer)
        subflow->asked_again |= subflow->awake->answer_at.packet != 0;
}

/* Notes which step of the handshake a segment is, if any. A RST is none. */
static void subflow_take_handshake(struct subflow *subflow, enum role role,
                                   const struct mpta_packet *packet)
{
    uint16_t flags = packet->segment->flags;
    if (flags & MPTA_TCP_RST)
        return;
    if (flags & MPTA_TCP_SYN)
        subflow_take_syn(subflow, flags & MPTA_TCP_ACK, &packet->place);
    else if (role == OPENER && flags & MPTA_TCP_ACK)
        subflow->seen |= SEEN_ACK;
    else if (role == RESPONDER && flags & MPTA_TCP_ACK && subflow->seen & SEEN_ACK)
        subflow->seen |= SEEN_CONFIRMED;
}

/* A RST that lies behind the SYN of its sender, or acknowledges more than the other one's. */
static bool rst_follows_data(const struct subflow *subflow, enum role role,
                             const struct mpta_segment *segment)
{
    const struct half *sender = &subflow->halves[role];
    const struct half *receiver = &subflow->halves[role_other(role)];
    bool behind =
        sender->isn_known && segment->seq != 0 && segment->seq != (uint32_t)sender->isn + 1;
    bool acknowledges = receiver->isn_known && segment->flags & MPTA_TCP_ACK &&
                        segment->ack != (uint32_t)receiver->isn + 1;
    return behind || acknowledges;
}

/* RFC 9293 section 3.10.7.1: to a SYN, which has no ACK, a RST has sequence number 0. */
static bool rst_answers_syn(const struct subflow *subflow, enum role role,
                            const struct mpta_segment *segment)
{
    const struct half *opener = &subflow->halves[OPENER];
    return role == RESPONDER && subflow->seen == SEEN_SYN && opener->isn_known &&
           segment->flags & MPTA_TCP_ACK && segment->seq == 0 &&
           segment->ack == (uint32_t)opener->isn + 1;
}

/* Where a RST stands among the other packets of its sender; behind them where it does not say. */
static uint64_t rst_position(const struct half *half, const struct mpta_segment *segment)
{
    return half->seq_known && segment->seq != 0 ? seq_extend(segment->seq, half->next) : half->next;
}

static void subflow_take_rst(struct subflow *subflow, enum role role,
                             const struct mpta_packet *packet)
{
    subflow->halves[role].rst = true;
    subflow->reset_after_data |= rst_follows_data(subflow, role, packet->segment);
    if (subflow->was_reset)
        return;
    subflow->was_reset = true;
    subflow->reset_syn = rst_answers_syn(subflow, role, packet->segment);
    subflow->awake->reset_by = role;
    subflow->awake->reset_at = packet->place;
    subflow->awake->reset_position = rst_position(&subflow->halves[role], packet->segment);
    const struct half *receiver = &subflow->halves[role_other(role)];
    subflow->awake->reset_after = receiver->seq_known ? receiver->next : UINT64_MAX;
}

void subflow_doubt_reset(struct subflow *subflow, const struct mpta_place *at,
                         enum mpta_reset_doubt doubt)
{
    const struct mpta_place *reset_at = &subflow->awake->reset_at;
    if (subflow->was_reset && subflow->awake->reset_doubt == MPTA_RESET_UNDOUBTED &&
        reset_at->packet == at->packet && reset_at->capture == at->capture)
        subflow->awake->reset_doubt = doubt;
}

/* Who resets a subflow has no data behind that; packets that the RST overtook lie before it. */
static void subflow_outlive_reset(struct subflow *subflow, enum role role,
                                  const struct extent *extent)
{
    if (subflow->was_reset && role == subflow->awake->reset_by && extent->end > extent->begin &&
        extent->end > subflow->awake->reset_position)
        subflow_doubt_reset(subflow, &subflow->awake->reset_at, MPTA_RESET_OUTLIVED);
}

/* Nor does it acknowledge what the other end has sent since. */
static void subflow_acknowledge_after_reset(struct subflow *subflow, enum role role,
                                            const struct mpta_segment *segment)
{
    const struct half *receiver = &subflow->halves[role_other(role)];
    if (subflow->was_reset && role == subflow->awake->reset_by && receiver->seq_known &&
        segment->flags & MPTA_TCP_ACK &&
        seq_extend(segment->ack, receiver->next) > subflow->awake->reset_after)
        subflow_doubt_reset(subflow, &subflow->awake->reset_at, MPTA_RESET_OUTLIVED);
}

/* ---- Segments ------------------------------------------------------------------------------- */

bool subflow_take(struct subflow *subflow, enum role role, const struct mpta_packet *packet,
                  const struct options *options, struct extent *extent)
{
    const struct mpta_segment *segment = packet->segment;
    struct sighting seen = packet_sighting(packet);
    struct half *half = &subflow->halves[role];
    bool syn = segment->flags & MPTA_TCP_SYN;

    *extent = (struct extent){0};
    half->packets++;
    if (packet->place.time_ns > subflow->end_ns)
        subflow->end_ns = packet->place.time_ns;
    if (packet->place.time_ns < subflow->first.time_ns)
        subflow->first = packet->place;
    /* The sequence numbers of a RST need not lie in the stream. */
    if (segment->flags & MPTA_TCP_RST) {
        measure_packet(&half->measure, packet->place.time_ns, segment->payload_len > 0);
        subflow_take_rst(subflow, role, packet);
        return true;
    }
    subflow_take_handshake(subflow, role, packet);
    subflow_acknowledge_after_reset(subflow, role, segment);
    habit_take(&half->habit, segment, seen.source);
    if (syn) {
        habit_take_syn(&half->habit, options);
        if (!half_take_syn(half, segment, seen))
            return false;
    }
    extent->begin = half_position(half, segment->seq) + syn;
    extent->end = extent->begin + segment->payload_len;
    if (!syn)
        fast_open_take_data(half, extent);
    measure_packet(&half->measure, packet->place.time_ns,
                   segment->payload_len > 0 && !extent_is_probe(extent, half, packet, options));
    if (!half_take_timestamps(half, &options->timestamps, extent, syn, seen))
        return false;
    return !(segment->flags & MPTA_TCP_ACK) ||
           half_take_ack(&subflow->halves[role_other(role)], segment, options, seen,
                         subflow->copied);
}

bool subflow_take_payload(struct subflow *subflow, enum role role, const struct mpta_packet *packet,
                          const struct options *options, const struct extent *extent)
{
    struct half *half = &subflow->halves[role];
    uint64_t overlap;

    if (extent_is_probe(extent, half, packet, options))
        return true;
    half->payload_bytes += packet->segment->payload_len;
    if (packet->segment->flags & MPTA_TCP_RST)
        return true;
    subflow_outlive_reset(subflow, role, extent);
    if (!rangeset_add(&half->seen, extent->begin, extent->end, &overlap))
        return false;
    half->retransmitted_bytes += overlap;
    struct payload_piece piece = {
        .begin = extent->begin,
        .end = extent->end,
        .next = half->next,
        .acked = half->acked,
        .overlap = overlap,
        .value = options->timestamps.present ? options->timestamps.value : 0,
        .ip_id = packet->segment->ip_id_present ? packet->segment->ip_id : 0,
        .seen = packet_sighting(packet),
    };
    if (extent->begin != extent->end && !(packet->segment->flags & MPTA_TCP_SYN) &&
        !measure_payload(&half->measure, &subflow->halves[role_other(role)].measure, &piece))
        return false;
    uint64_t end = extent->end;
    if (packet->segment->flags & MPTA_TCP_FIN) {
        half->fin = true;
        half->fin_end = ++end;
        half->fin_at = packet->place;
    }
    if (end > half->next)
        half->next = end;
    if (half->next - half->acked > half->measure.flow.max_in_flight && half->acked > 0)
        half->measure.flow.max_in_flight = half->next - half->acked;
    return true;
}

bool subflow_take_copy(struct subflow *subflow, enum role role, const struct mpta_packet *packet,
                       const struct options *options)
{
    struct half *receiver = &subflow->halves[role_other(role)];
    const uint16_t flags = packet->segment->flags;
    subflow->copied = true;
    return !(flags & MPTA_TCP_ACK) || flags & MPTA_TCP_RST || !receiver->seq_known ||
           half_take_round_trip(receiver, seq_extend(packet->segment->ack, receiver->next), options,
                                packet_sighting(packet), true);
}
