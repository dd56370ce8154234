/* SPDX-License-Identifier: BSD-3-Clause */
/* Events drawn at random, segments cut at random, and a capture that sees most of them. */
#include "tests/unit/analyzer/traffic.h"

#include <stdio.h>
#include <string.h>

/* What is written without DSS in the end; in volume, so much at once. */
#define PLAIN_WRITES 10
#define VOLUME_LEN   (TRAFFIC_PLAIN_MAX / PLAIN_WRITES)

/* Once there are so many packets, or a script is over, nothing new is begun, and the rest goes in
 * long segments. */
#define PACKETS_ENOUGH 824
#define SEGMENT_LEN    1500

/* As many octets of a script as the limit asks for. */
static uint32_t script_draw(struct script *script, uint32_t limit)
{
    unsigned octets = limit <= 1u << 8 ? 1 : limit <= 1u << 16 ? 2 : 4;
    return (uint32_t)(script_number(script, octets) % limit);
}

uint32_t traffic_random(struct traffic *traffic, uint32_t limit)
{
    if (traffic->scripted)
        return script_draw(&traffic->script, limit);
    traffic->seed = traffic->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(traffic->seed >> 33) % limit;
}

static bool one_in(struct traffic *traffic, uint32_t times)
{
    return traffic_random(traffic, times) == 0;
}

static bool percent(struct traffic *traffic, uint32_t percent)
{
    return traffic_random(traffic, 100) < percent;
}

/* Short, middling or long, each as often. */
static uint32_t random_len(struct traffic *traffic, uint32_t longest)
{
    static const uint32_t limits[] = {20, 400, UINT32_MAX};
    uint32_t limit = limits[traffic_random(traffic, 3)];
    return 1 + traffic_random(traffic, limit < longest ? limit : longest);
}

static bool is_crowded(const struct traffic *traffic)
{
    return traffic->count >= PACKETS_ENOUGH;
}

/* A script may end before the events that it announced. */
static bool is_over(const struct traffic *traffic)
{
    return traffic->scripted && traffic->script.left == 0;
}

static uint32_t segment_len(struct traffic *traffic, uint32_t longest)
{
    uint32_t len = random_len(traffic, longest);
    return is_crowded(traffic) || is_over(traffic) ? longest : len;
}

static void style_draw_handshake(struct traffic *traffic)
{
    static const unsigned flows[] = {
        [MISSING_NONE] = WIRE_FLOWS, [MISSING_SYN] = WIRE_FLOWS, [MISSING_SYN_ACK] = 1,
        [MISSING_ACK] = 3,           [MISSING_ALL] = 1,
    };
    struct traffic_style *style = &traffic->style;
    style->missing = MISSING_NONE;
    if (one_in(traffic, 4))
        style->missing = (enum traffic_missing)(1 + traffic_random(traffic, MISSING_ALL));
    style->flows = 1 + traffic_random(traffic, flows[style->missing]);
    style->unseen = UNSEEN_NONE;
    if (style->flows > 1 && style->missing == MISSING_NONE && one_in(traffic, 2))
        style->unseen = one_in(traffic, 2) ? UNSEEN_ALL : UNSEEN_BEGIN;
}

/* Who falls back sent nothing anew that was not captured, and has no other subflow. */
static void style_draw_vanish(struct traffic *traffic)
{
    struct traffic_style *style = &traffic->style;
    style->vanish = style->flows == 1 && style->missing == MISSING_NONE && one_in(traffic, 2);
    style->volume = style->vanish && one_in(traffic, 8);
    if (!style->vanish)
        return;
    style->checksums = false;
    if (one_in(traffic, 2))
        style->percent_old = 0;
    else
        style->percent_lost = style->percent_untold = 0;
}

static void style_draw(struct traffic *traffic)
{
    static const uint32_t losses[] = {0, 0, 2, 10, 40};
    static const uint32_t longest[] = {30, 600, 3000};
    struct traffic_style *style = &traffic->style;
    style_draw_handshake(traffic);
    /* A host that does these cannot be understood where its ISN is unknown. */
    bool orderly = style->missing == MISSING_SYN_ACK || style->missing == MISSING_ALL ||
                   style->unseen == UNSEEN_BEGIN;
    style->straddle = !orderly && one_in(traffic, 2);
    style->remeasure = !orderly && one_in(traffic, 2);
    style->percent_cut = !orderly && one_in(traffic, 4) ? 20 : 0;
    style->checksums = !one_in(traffic, 3);
    style->mixed = style->checksums && one_in(traffic, 4);
    style->percent_again = traffic_random(traffic, 40);
    style->percent_old = traffic_random(traffic, 40);
    style->percent_lost = losses[traffic_random(traffic, COUNT_OF(losses))];
    style->percent_untold = one_in(traffic, 3) ? 1 + traffic_random(traffic, 30) : 0;
    style->percent_changed = 0;
    style->reorder = one_in(traffic, 3) ? 0 : 1 + traffic_random(traffic, 20);
    style->longest = longest[traffic_random(traffic, COUNT_OF(longest))];
    style->events = 2 + traffic_random(traffic, 70);
    style_draw_vanish(traffic);
}

const char *traffic_words(const struct traffic *traffic)
{
    static const char *const missing[] = {"", ", no SYN", ", no SYN/ACK", ", no ACK", ", late"};
    static const char *const unseen[] = {"", ", joins seen late", ", joins not seen"};
    static char words[256];
    const struct traffic_style *style = &traffic->style;
    snprintf(words, sizeof(words),
             "%u subflows, %zu packets, mappings to %u, again %u%%, old %u%%, lost %u%%, "
             "untold %u%%, cut %u%%, changed %u%%, reordered by %u%s%s%s%s%s%s",
             style->flows, traffic->count, style->longest, style->percent_again, style->percent_old,
             style->percent_lost, style->percent_untold, style->percent_cut, style->percent_changed,
             style->reorder, missing[style->missing], unseen[style->unseen],
             style->vanish ? style->volume ? ", DSS vanish for long" : ", DSS vanish" : "",
             style->straddle ? ", straddling" : "", style->remeasure ? ", remeasured" : "",
             style->checksums ? style->mixed ? ", some checksums" : ", checksums" : "");
    return words;
}

/* ---- Packets ----------------------------------------------------------------------------------
 */

static enum mpta_side side_of(const struct traffic *traffic, unsigned flow, enum story_from from)
{
    return wire_side(traffic->wire, flow, from);
}

unsigned traffic_seen_flows(const struct traffic *traffic)
{
    return traffic->style.unseen == UNSEEN_NONE ? traffic->style.flows : 1;
}

static struct wire_segment *packet_add(struct traffic *traffic, unsigned flow, enum story_from from)
{
    assert_true(traffic->count < TRAFFIC_PACKETS_MAX);
    struct wire_segment *packet = &traffic->packets[traffic->count++];
    *packet = (struct wire_segment){
        .flow = flow,
        .from = from,
        .ssn = traffic->halves[flow][from].sent + 1,
        .ack_is_64 = one_in(traffic, 2),
        .ack = traffic_random(traffic, traffic->app_len[!side_of(traffic, flow, from)] + 1),
    };
    return packet;
}

/* The octets [begin, end) of a half, with a mapping or without. */
static void segment_add(struct traffic *traffic, unsigned flow, enum story_from from,
                        uint32_t begin, uint32_t end, const struct wire_map *map)
{
    struct wire_segment *packet = packet_add(traffic, flow, from);
    packet->ssn = begin + 1;
    packet->octets = traffic->halves[flow][from].octets + begin;
    packet->len = end - begin;
    packet->no_dss = one_in(traffic, 2);
    if (map)
        packet->map = *map;
    packet->map.is_32 = one_in(traffic, 2);
    if (packet->len > 0 && percent(traffic, traffic->style.percent_cut))
        packet->cut = 1 + traffic_random(traffic, packet->len);
}

/* A mapping on a packet without data. */
static void telling_add(struct traffic *traffic, unsigned flow, enum story_from from,
                        struct traffic_mapping *mapping)
{
    uint32_t sent = traffic->halves[flow][from].sent;
    segment_add(traffic, flow, from, sent, sent, &mapping->map);
    mapping->told = true;
}

/* ---- Mappings ---------------------------------------------------------------------------------
 */

/* The checksum is over octets that stand in a row in the stream. */
static void map_sum_up(struct traffic *traffic, enum mpta_side by, struct wire_map *map)
{
    const struct traffic_style *style = &traffic->style;
    map->has_checksum = style->checksums && !(style->mixed && one_in(traffic, 2));
    if (map->has_checksum)
        map->checksum = wire_checksum(traffic->wire, by, map, traffic->app[by] + map->data);
}

static struct traffic_mapping *mapping_add(struct traffic *traffic, unsigned flow,
                                           enum story_from from, uint32_t data, uint32_t len,
                                           bool fin)
{
    struct traffic_half *half = &traffic->halves[flow][from];
    enum mpta_side by = side_of(traffic, flow, from);
    struct traffic_mapping *mapping = &half->mappings[half->mapping_count++];
    *mapping = (struct traffic_mapping){
        .map = {.ssn = half->len + 1, .data = data, .len = (uint16_t)(len + fin), .fin = fin},
        .telling = (enum traffic_telling)traffic_random(traffic, TELLINGS),
    };
    memcpy(half->octets + half->len, traffic->app[by] + data, len);
    for (uint32_t i = 0; i < len; i++)
        half->data[half->len + i] = data + i;
    half->len += len;
    map_sum_up(traffic, by, &mapping->map);
    if (mapping->telling == TELL_BEFORE)
        telling_add(traffic, flow, from, mapping);
    return mapping;
}

static uint32_t mapping_begin(const struct traffic_mapping *mapping)
{
    return mapping->map.ssn - 1;
}

static uint32_t mapping_end(const struct traffic_mapping *mapping)
{
    return mapping->map.ssn - 1 + mapping->map.len - mapping->map.fin;
}

/* Whether a mapping is to be told on a segment of [begin, end). */
static bool mapping_fits(const struct traffic_mapping *mapping, uint32_t begin, uint32_t end)
{
    if (mapping_end(mapping) <= begin || mapping_begin(mapping) >= end)
        return false;
    if (mapping->telling == TELL_FIRST)
        return mapping_begin(mapping) >= begin;
    if (mapping->telling == TELL_LAST)
        return mapping_end(mapping) <= end;
    return mapping->telling == TELL_EACH;
}

static struct traffic_mapping *mapping_to_tell(struct traffic_half *half, uint32_t begin,
                                               uint32_t end)
{
    struct traffic_mapping *found = NULL;
    for (size_t i = 0; i < half->mapping_count; i++) {
        struct traffic_mapping *mapping = &half->mappings[i];
        if (mapping_fits(mapping, begin, end) && (!found || (found->told && !mapping->told)))
            found = mapping;
    }
    return found;
}

static struct traffic_mapping *mapping_at(struct traffic_half *half, uint32_t at)
{
    size_t i = 0;
    while (mapping_end(&half->mappings[i]) <= at)
        i++;
    return &half->mappings[i];
}

/* What was sent whole and not told is told on packets of their own. */
static void tell_rest(struct traffic *traffic, unsigned flow, enum story_from from)
{
    struct traffic_half *half = &traffic->halves[flow][from];
    for (size_t i = 0; i < half->mapping_count; i++) {
        struct traffic_mapping *mapping = &half->mappings[i];
        if (!mapping->told && mapping_end(mapping) <= half->sent)
            telling_add(traffic, flow, from, mapping);
    }
}

/*
 * Sends what a half has up to `end`, in segments cut at random. One octet without its mapping might
 * be that of a keep-alive, RFC 1122 section 4.2.3.6, and nobody could tell.
 */
static void send_until(struct traffic *traffic, unsigned flow, enum story_from from, uint32_t end)
{
    struct traffic_half *half = &traffic->halves[flow][from];
    while (half->sent < end) {
        uint32_t begin = half->sent, len = segment_len(traffic, SEGMENT_LEN);
        uint32_t stop = begin + len < end ? begin + len : end;
        struct traffic_mapping *mapping = mapping_to_tell(half, begin, stop);
        if (!mapping && stop - begin == 1)
            mapping = mapping_at(half, begin);
        half->sent = stop;
        segment_add(traffic, flow, from, begin, stop, mapping ? &mapping->map : NULL);
        if (mapping)
            mapping->told = true;
        tell_rest(traffic, flow, from);
    }
}

static void send_some(struct traffic *traffic, unsigned flow, enum story_from from)
{
    const struct traffic_half *half = &traffic->halves[flow][from];
    uint32_t held_back = 0;
    if (traffic->style.straddle && half->len > half->sent)
        held_back = traffic_random(traffic, half->len - half->sent);
    send_until(traffic, flow, from, half->len - held_back);
}

/* ---- Events -----------------------------------------------------------------------------------
 */

static bool has_room(const struct traffic *traffic, unsigned flow, enum story_from from,
                     uint32_t len)
{
    const struct traffic_half *half = &traffic->halves[flow][from];
    return half->len + len <= TRAFFIC_MAPPED_MAX &&
           half->mapping_count + 1 < TRAFFIC_MAPPINGS_MAX && !is_crowded(traffic);
}

static void send_new(struct traffic *traffic, unsigned flow, enum story_from from, bool fin)
{
    enum mpta_side by = side_of(traffic, flow, from);
    uint32_t len = random_len(traffic, traffic->style.longest);
    uint32_t data = traffic->app_len[by];
    if (!has_room(traffic, flow, from, len) || data + len > TRAFFIC_MAPPED_MAX)
        return;
    traffic->app_len[by] += len;
    mapping_add(traffic, flow, from, data, len, fin);
    send_some(traffic, flow, from);
}

/* Data that some subflow has, under a new SSN: reinjected or remapped. */
static void send_old(struct traffic *traffic, unsigned flow, enum story_from from)
{
    enum mpta_side by = side_of(traffic, flow, from);
    if (traffic->app_len[by] == 0)
        return;
    uint32_t data = traffic_random(traffic, traffic->app_len[by]);
    uint32_t len = random_len(traffic, traffic->style.longest);
    if (len > traffic->app_len[by] - data)
        len = traffic->app_len[by] - data;
    if (!has_room(traffic, flow, from, len))
        return;
    mapping_add(traffic, flow, from, data, len, false);
    send_some(traffic, flow, from);
}

/* A mapping of exactly these octets of a half, if they stand in a row in the stream. */
static bool map_exactly(struct traffic *traffic, unsigned flow, enum story_from from,
                        uint32_t begin, uint32_t end, struct wire_map *map)
{
    const struct traffic_half *half = &traffic->halves[flow][from];
    for (uint32_t at = begin + 1; at < end; at++) {
        if (half->data[at] != half->data[at - 1] + 1)
            return false;
    }
    *map = (struct wire_map){
        .ssn = begin + 1, .data = half->data[begin], .len = (uint16_t)(end - begin)};
    map_sum_up(traffic, side_of(traffic, flow, from), map);
    return true;
}

/* A retransmission: octets of the subflow, with boundaries of its own. */
static void send_again(struct traffic *traffic, unsigned flow, enum story_from from)
{
    struct traffic_half *half = &traffic->halves[flow][from];
    if (half->sent == 0 || is_crowded(traffic))
        return;
    uint32_t begin = traffic_random(traffic, half->sent);
    uint32_t end = begin + random_len(traffic, SEGMENT_LEN);
    struct wire_map map = mapping_at(half, begin)->map;
    if (end > half->sent)
        end = half->sent;
    if (!traffic->style.straddle && end > mapping_end(mapping_at(half, begin)))
        end = mapping_end(mapping_at(half, begin));
    if (traffic->style.remeasure && one_in(traffic, 2) &&
        !map_exactly(traffic, flow, from, begin, end, &map))
        return;
    segment_add(traffic, flow, from, begin, end,
                one_in(traffic, 4) && end - begin > 1 ? NULL : &map);
}

/* A mapping's octets again, all of them in one segment. */
static void send_whole(struct traffic *traffic, unsigned flow, enum story_from from)
{
    const struct traffic_half *half = &traffic->halves[flow][from];
    if (half->mapping_count == 0 || is_crowded(traffic))
        return;
    uint32_t which = traffic_random(traffic, (uint32_t)half->mapping_count);
    const struct traffic_mapping *mapping = &half->mappings[which];
    if (mapping_end(mapping) <= half->sent)
        segment_add(traffic, flow, from, mapping_begin(mapping), mapping_end(mapping),
                    &mapping->map);
}

/* Tells the last mapping anew with the DATA_FIN, all of its octets in one segment, as Linux does.
 */
static void send_fin_whole(struct traffic *traffic, unsigned flow, enum story_from from)
{
    const struct traffic_half *half = &traffic->halves[flow][from];
    enum mpta_side by = side_of(traffic, flow, from);
    if (half->mapping_count == 0)
        return;
    const struct traffic_mapping *last = &half->mappings[half->mapping_count - 1];
    struct wire_map map = last->map;
    if (map.fin || map.data + map.len != traffic->app_len[by])
        return;
    map.len++;
    map.fin = true;
    map_sum_up(traffic, by, &map);
    segment_add(traffic, flow, from, mapping_begin(last), mapping_end(last), &map);
}

static void event(struct traffic *traffic)
{
    unsigned flow = traffic_random(traffic, traffic->style.flows);
    enum story_from from = one_in(traffic, 2) ? OPENER_SAYS : RESPONDER_SAYS;
    uint32_t draw = traffic_random(traffic, 100);
    if (draw < traffic->style.percent_again && one_in(traffic, 4))
        send_whole(traffic, flow, from);
    else if (draw < traffic->style.percent_again)
        send_again(traffic, flow, from);
    else if (draw < traffic->style.percent_again + traffic->style.percent_old)
        send_old(traffic, flow, from);
    else
        send_new(traffic, flow, from, false);
}

/* DATA_FIN without data, on any subflow, once or twice. */
static void send_bare_fin(struct traffic *traffic, unsigned flow, enum story_from from)
{
    enum mpta_side by = side_of(traffic, flow, from);
    struct wire_map map = {.data = traffic->app_len[by], .len = 1, .fin = true};
    map.has_checksum = traffic->style.checksums;
    map.checksum = wire_checksum(traffic->wire, by, &map, NULL);
    for (uint32_t i = 0; i <= traffic_random(traffic, 2); i++) {
        uint32_t sent = traffic->halves[flow][from].sent;
        segment_add(traffic, flow, from, sent, sent, &map);
    }
}

/* New data without any DSS, all that comes from its sender from now on. */
static void send_plain(struct traffic *traffic)
{
    struct traffic_half *half = &traffic->halves[0][OPENER_SAYS];
    uint32_t len = traffic->style.volume ? VOLUME_LEN - traffic_random(traffic, VOLUME_LEN / 4)
                                         : random_len(traffic, traffic->style.longest);
    uint32_t longest = traffic->style.volume ? VOLUME_LEN : SEGMENT_LEN, *app_len;
    app_len = &traffic->app_len[side_of(traffic, 0, OPENER_SAYS)];
    if (is_crowded(traffic) || half->len + len > TRAFFIC_FLOW_MAX ||
        *app_len + len > TRAFFIC_APP_MAX)
        return;
    memcpy(half->octets + half->len, traffic->app[MPTA_CLIENT] + *app_len, len);
    for (uint32_t i = 0; i < len; i++)
        half->data[half->len + i] = *app_len + i;
    *app_len += len;
    half->len += len;
    while (half->sent < half->len) {
        uint32_t begin = half->sent, end = begin + segment_len(traffic, longest);
        half->sent = end < half->len ? end : half->len;
        segment_add(traffic, 0, OPENER_SAYS, begin, half->sent, NULL);
        traffic->packets[traffic->count - 1].no_dss = true;
    }
}

static void send_ends(struct traffic *traffic)
{
    for (unsigned flow = 0; flow < traffic->style.flows; flow++) {
        for (int from = OPENER_SAYS; from <= RESPONDER_SAYS; from++) {
            enum story_from sender = (enum story_from)from;
            if (flow == 0 && one_in(traffic, 2) && !traffic->style.vanish)
                send_new(traffic, flow, sender, true);
            send_until(traffic, flow, sender, traffic->halves[flow][sender].len);
            if (one_in(traffic, 2) && !traffic->style.vanish)
                send_fin_whole(traffic, flow, sender);
            if (one_in(traffic, 2) && !traffic->style.vanish)
                send_bare_fin(traffic, flow, sender);
        }
    }
    for (unsigned i = 0; traffic->style.vanish && i < PLAIN_WRITES; i++) {
        send_plain(traffic);
        if (one_in(traffic, 4))
            send_whole(traffic, 0, OPENER_SAYS);
    }
}

/* ---- The capture ------------------------------------------------------------------------------
 */

static bool is_unseen(const struct traffic *traffic, size_t packet)
{
    return traffic->packets[packet].flow >= traffic_seen_flows(traffic) &&
           (traffic->style.unseen == UNSEEN_ALL || packet < traffic->count / 2);
}

static void lose(struct traffic *traffic)
{
    size_t kept = 0;
    for (size_t i = 0; i < traffic->count; i++) {
        if (percent(traffic, traffic->style.percent_lost) || is_unseen(traffic, i))
            continue;
        struct wire_segment packet = traffic->packets[i];
        if (packet.len > 1 && percent(traffic, traffic->style.percent_untold))
            packet.map = (struct wire_map){0};
        traffic->packets[kept++] = packet;
    }
    traffic->count = kept;
}

static void reorder(struct traffic *traffic)
{
    for (size_t i = 1; i < traffic->count && traffic->style.reorder > 0; i++) {
        size_t back = traffic_random(traffic, traffic->style.reorder + 1);
        size_t other = back < i ? i - back : 0;
        struct wire_segment packet = traffic->packets[i];
        if (!one_in(traffic, 3))
            continue;
        memmove(&traffic->packets[other + 1], &traffic->packets[other],
                (i - other) * sizeof(packet));
        traffic->packets[other] = packet;
    }
}

/* Changes one octet of some segments. */
static void change(struct traffic *traffic)
{
    for (size_t i = 0; i < traffic->count; i++) {
        struct wire_segment *packet = &traffic->packets[i];
        uint8_t *octets = traffic->changed + traffic->changed_len;
        if (packet->len == 0 || traffic->changed_len + packet->len > TRAFFIC_CHANGED_MAX ||
            !percent(traffic, traffic->style.percent_changed))
            continue;
        memcpy(octets, packet->octets, packet->len);
        octets[traffic_random(traffic, packet->len)] ^= (uint8_t)(1 + traffic_random(traffic, 255));
        traffic->changed_len += packet->len;
        packet->octets = octets;
    }
}

/* A last DATA_ACK, unless MPTCP is over: of anything or, by the receiver of an only subflow, of all
 * on both levels. */
static void last_add(struct traffic *traffic, enum story_from from)
{
    struct wire_segment *packet = packet_add(traffic, 0, from);
    enum story_from to = from == OPENER_SAYS ? RESPONDER_SAYS : OPENER_SAYS;
    packet->no_dss = traffic->style.vanish;
    if (traffic->style.flows > 1 || one_in(traffic, 2))
        return;
    packet->acked_len = traffic->halves[0][to].sent;
    packet->ack = traffic->app_len[side_of(traffic, 0, to)];
}

static void begin(struct traffic *traffic, bool changing)
{
    style_draw(traffic);
    if (!changing)
        return;
    style_draw_handshake(traffic);
    traffic->style.missing = MISSING_NONE;
    traffic->style.unseen = UNSEEN_NONE;
    traffic->style.vanish = false;
    traffic->style.percent_untold = 0;
    traffic->style.percent_changed = 1 + traffic_random(traffic, 20);
    traffic->style.checksums = true;
    traffic->style.mixed = false;
}

void traffic_begin(struct traffic *traffic, uint64_t seed, bool changing)
{
    traffic->scripted = false;
    traffic->seed = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
    begin(traffic, changing);
}

void traffic_begin_script(struct traffic *traffic, const uint8_t *octets, size_t size,
                          bool changing)
{
    traffic->scripted = true;
    traffic->script = (struct script){octets, size};
    begin(traffic, changing);
}

void traffic_make(struct traffic *traffic, const struct wire *wire)
{
    traffic->wire = wire;
    traffic->count = 0;
    traffic->changed_len = 0;
    for (int side = MPTA_CLIENT; side <= MPTA_SERVER; side++)
        traffic->app_len[side] = 0;
    for (unsigned flow = 0; flow < WIRE_FLOWS; flow++) {
        for (int from = OPENER_SAYS; from <= RESPONDER_SAYS; from++) {
            struct traffic_half *half = &traffic->halves[flow][from];
            half->len = half->sent = 0;
            half->mapping_count = 0;
        }
    }
    for (uint32_t i = 0; i < traffic->style.events && !is_over(traffic); i++)
        event(traffic);
    send_ends(traffic);
    change(traffic);
    lose(traffic);
    reorder(traffic);
    last_add(traffic, OPENER_SAYS);
    last_add(traffic, RESPONDER_SAYS);
}
