/* SPDX-License-Identifier: BSD-3-Clause */
/* What each packet changes, octet by octet. */
#include "tests/unit/analyzer/model.h"

#include <string.h>

bool model_is_late(const struct model *model, enum mpta_side by)
{
    enum traffic_missing missing = model->traffic->style.missing;
    return missing == MISSING_ALL || (missing == MISSING_ACK && by == MPTA_CLIENT);
}

bool model_may_be_lost(const struct model *model, enum mpta_side by)
{
    enum traffic_missing missing = model->traffic->style.missing;
    return missing == MISSING_ALL || (missing == MISSING_SYN_ACK && by == MPTA_SERVER);
}

void model_begin(struct model *model, const struct traffic *traffic)
{
    model->traffic = traffic;
    model->check_count = 0;
    model->started = traffic->style.missing != MISSING_ALL;
    for (unsigned flow = 0; flow < traffic->style.flows; flow++) {
        for (int from = OPENER_SAYS; from <= RESPONDER_SAYS; from++) {
            struct model_half *half = &model->halves[flow][from];
            uint32_t len = traffic->halves[flow][from].len;
            memset(half->place, 0, len * sizeof(half->place[0]));
            memset(half->seen, 0, len);
            memset(half->held, 0, len);
            memset(half->captured, 0, len);
            half->payload = half->retransmitted = half->reinjected = half->remapped = 0;
            half->bare_fin = false;
        }
    }
    for (int side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
        struct model_stream *stream = &model->streams[side];
        memset(stream->carried, 0, traffic->app_len[side]);
        memset(stream->delivered, 0, traffic->app_len[side]);
        memset(stream->received, 0, traffic->app_len[side]);
        memset(stream->changed, 0, traffic->app_len[side]);
        memset(stream->proven, 0, traffic->app_len[side]);
        memset(stream->mistaken, 0, traffic->app_len[side]);
        stream->met = stream->fin = false;
        stream->base = 0;
        stream->acked = 0;
    }
}

/* ---- What a packet changes --------------------------------------------------------------------
 */

/* An octet gets its place in the stream. */
static void model_place(struct model *model, unsigned flow, enum story_from from, uint32_t at)
{
    enum mpta_side by = wire_side(model->traffic->wire, flow, from);
    struct model_half *half = &model->halves[flow][from];
    uint32_t data = half->place[at] - 1;
    uint8_t *carried = &model->streams[by].carried[data], own = (uint8_t)(1 << flow);
    if (*carried & own)
        half->remapped++;
    else if (*carried)
        half->reinjected++;
    *carried |= own;
    if (half->held[at])
        model->streams[by].delivered[data] = 1;
}

static bool same_map(const struct wire_map *a, const struct wire_map *b)
{
    return a->ssn == b->ssn && a->data == b->data && a->len == b->len && a->fin == b->fin &&
           a->checksum == b->checksum;
}

/* The first copy of an octet, and the first one that was told to be this mapping's, or nobody's. */
static void check_gather(struct model_check *check, uint32_t at, uint8_t octet, bool own)
{
    uint32_t offset = at + 1 - check->map.ssn;
    if (!check->got[offset]) {
        check->got[offset] = 1;
        check->octets[offset] = check->latest[offset] = octet;
        check->mixed |= !own;
        check->gathered++;
    }
    if (own && !check->own[offset]) {
        check->own[offset] = 1;
        check->own_octets[offset] = octet;
        check->own_gathered++;
    }
}

static void model_check_add(struct model *model, const struct wire_segment *packet)
{
    for (size_t i = 0; i < model->check_count; i++) {
        const struct model_check *check = &model->checks[i];
        if (check->flow == packet->flow && check->from == packet->from &&
            same_map(&check->map, &packet->map))
            return;
    }
    assert_true(model->check_count < MODEL_CHECKS_MAX && packet->map.len <= MODEL_MAPPING_MAX);
    struct model_check *check = &model->checks[model->check_count++];
    const struct model_half *half = &model->halves[packet->flow][packet->from];
    uint32_t begin = packet->map.ssn - 1, end = begin + packet->map.len - packet->map.fin;
    check->flow = packet->flow;
    check->from = packet->from;
    check->map = packet->map;
    check->gathered = check->own_gathered = 0;
    check->mixed = false;
    memset(check->got, 0, packet->map.len);
    memset(check->own, 0, packet->map.len);
    for (uint32_t at = begin; at < end; at++) {
        if (half->held[at] && half->place[at] == 0)
            check_gather(check, at, half->first[at], true);
    }
}

static void model_map(struct model *model, const struct wire_segment *packet)
{
    struct model_half *half = &model->halves[packet->flow][packet->from];
    enum mpta_side by = wire_side(model->traffic->wire, packet->flow, packet->from);
    struct model_stream *stream = &model->streams[by];
    const struct wire_map *map = &packet->map;
    uint32_t begin = map->ssn - 1, len = (uint32_t)map->len - map->fin;
    if (!stream->met && model_is_late(model, by))
        stream->base = (uint32_t)map->data;
    stream->met = true;
    stream->fin |= map->fin;
    if (len == 0) {
        half->bare_fin |= map->has_checksum;
        return;
    }
    if (map->has_checksum)
        model_check_add(model, packet);
    for (uint32_t i = 0; i < len; i++) {
        bool known = half->place[begin + i] != 0;
        half->place[begin + i] = (uint32_t)map->data + i + 1;
        if (half->seen[begin + i] && !known)
            model_place(model, packet->flow, packet->from, begin + i);
    }
}

bool model_sum_is_right(const struct model *model, enum mpta_side by,
                        const struct model_check *check, const uint8_t *octets)
{
    return wire_checksum(model->traffic->wire, by, &check->map, octets) == check->map.checksum;
}

/* What a right sum proves. Two changes may cancel each other out: then it is right by mistake. */
void model_take_sum(struct model *model, const struct model_check *check, const uint8_t *octets)
{
    enum mpta_side by = wire_side(model->traffic->wire, check->flow, check->from);
    struct model_stream *stream = &model->streams[by];
    uint32_t len = (uint32_t)check->map.len - check->map.fin;
    if (!model_sum_is_right(model, by, check, octets))
        return;
    if (memcmp(octets, model->traffic->app[by] + check->map.data, len) == 0)
        memset(stream->proven + check->map.data, 1, len);
    else
        memset(stream->mistaken + check->map.data, 1, len);
}

/* Octets of a mapping come again: once all are right it is proven. */
static void check_take_again(struct model *model, struct model_check *check, uint32_t from,
                             uint32_t until, const uint8_t *octets)
{
    memcpy(check->latest + (from + 1 - check->map.ssn), octets, until - from);
    model_take_sum(model, check, check->latest);
}

/* A packet that tells another mapping of some of [from, until). */
static bool tells_otherwise(const struct wire_segment *packet, const struct model_check *check,
                            uint32_t from, uint32_t until)
{
    uint32_t begin = packet->map.ssn - 1, end = begin + packet->map.len - packet->map.fin;
    return packet->map.len > (packet->map.fin ? 1 : 0) && !same_map(&packet->map, &check->map) &&
           begin < until && end > from;
}

static void model_check_octets(struct model *model, const struct wire_segment *packet,
                               uint32_t begin, uint32_t end)
{
    for (size_t i = 0; i < model->check_count; i++) {
        struct model_check *check = &model->checks[i];
        uint32_t from = check->map.ssn - 1, until = from + check->map.len - check->map.fin;
        if (check->flow != packet->flow || check->from != packet->from)
            continue;
        from = from > begin ? from : begin;
        until = until < end ? until : end;
        if (from >= until)
            continue;
        bool own = !tells_otherwise(packet, check, from, until);
        uint32_t len = (uint32_t)check->map.len - check->map.fin;
        if (check->gathered == len)
            check_take_again(model, check, from, until, packet->octets + (from - begin));
        for (uint32_t at = from; at < until; at++)
            check_gather(check, at, packet->octets[at - begin], own);
    }
}

static void model_octet(struct model *model, const struct wire_segment *packet, uint32_t at,
                        uint8_t octet, bool captured)
{
    struct model_half *half = &model->halves[packet->flow][packet->from];
    enum mpta_side by = wire_side(model->traffic->wire, packet->flow, packet->from);
    half->captured[at] |= captured;
    if (captured && octet != model->traffic->halves[packet->flow][packet->from].octets[at])
        model->streams[by].changed[model->traffic->halves[packet->flow][packet->from].data[at]] = 1;
    if (half->seen[at]) {
        half->retransmitted++;
    } else {
        half->seen[at] = 1;
        half->held[at] = captured;
        half->first[at] = octet;
        if (half->place[at])
            model_place(model, packet->flow, packet->from, at);
    }
    if (half->place[at] && captured)
        model->streams[by].delivered[half->place[at] - 1] = 1;
}

/* A mapping whose octets all come with it, and right: whatever others were, these are proven. */
static void model_prove(struct model *model, const struct wire_segment *packet)
{
    const struct wire_map *map = &packet->map;
    enum mpta_side by = wire_side(model->traffic->wire, packet->flow, packet->from);
    uint32_t len = (uint32_t)map->len - map->fin;
    if (!map->has_checksum || packet->ssn > map->ssn ||
        packet->ssn + packet->len - packet->cut < map->ssn + len || packet->cut > 0)
        return;
    if (memcmp(packet->octets + (map->ssn - packet->ssn), model->traffic->app[by] + map->data,
               len) == 0)
        memset(model->streams[by].proven + map->data, 1, len);
}

bool model_feed(struct model *model, const struct wire_segment *packet)
{
    bool has_option = packet->map.len > 0 || !packet->no_dss;
    enum mpta_side by = wire_side(model->traffic->wire, packet->flow, packet->from);
    struct model_stream *other = &model->streams[!by];
    uint32_t begin = packet->ssn - 1;
    if (!has_option && !model->started)
        return false;
    model->started = true;
    if (has_option && packet->ack > other->acked)
        other->acked = packet->ack;
    if (packet->map.len > 0) {
        model_map(model, packet);
        model_prove(model, packet);
    }
    model->halves[packet->flow][packet->from].payload += packet->len;
    for (uint32_t i = 0; i < packet->len; i++)
        model_octet(model, packet, begin + i, packet->octets[i], i < packet->len - packet->cut);
    model_check_octets(model, packet, begin, begin + packet->len - packet->cut);
    return true;
}

/* It counts for nothing, but its octets may make a mapping right that others made wrong. */
void model_copy(struct model *model, const struct wire_segment *packet)
{
    uint32_t begin = packet->ssn - 1;
    model_check_octets(model, packet, begin, begin + packet->len - packet->cut);
}

uint64_t model_carried(const struct model *model, enum mpta_side by)
{
    uint64_t bytes = 0;
    for (uint32_t at = 0; at < model->traffic->app_len[by]; at++)
        bytes += model->streams[by].carried[at] != 0;
    return bytes;
}

uint64_t model_unplaced(const struct model *model, enum mpta_side by)
{
    uint64_t bytes = 0;
    for (unsigned flow = 0; flow < traffic_seen_flows(model->traffic); flow++) {
        bool opener = wire_side(model->traffic->wire, flow, OPENER_SAYS) == by;
        enum story_from from = opener ? OPENER_SAYS : RESPONDER_SAYS;
        const struct model_half *half = &model->halves[flow][from];
        for (uint32_t at = 0; at < model->traffic->halves[flow][from].len; at++)
            bytes += half->seen[at] && half->place[at] == 0;
    }
    return bytes;
}
