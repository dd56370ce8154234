/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The forge itself: clock, chance, and the road of a segment into the capture, which may be spoilt
 * on the way. It knows addresses and sequence numbers of subflows, but not what the options mean.
 */
#include "tests/forge/forge.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lab/random.h"

/* 2024-01-01T00:00:00Z: any moment would do, as long as it is always the same. */
#define FIRST_MOMENT_NS (INT64_C(1704067200) * FORGE_S)

#define COPY_DELAY_NS 2000

struct forge forge_new(uint64_t seed)
{
    return (struct forge){
        .now_ns = FIRST_MOMENT_NS,
        .chance = seed,
        .interfaces = {{"eth0", FORGE_ETHERNET}, {"eth1", FORGE_ETHERNET}},
        .copies = 1,
    };
}

void forge_free(struct forge *forge)
{
    for (size_t i = 0; i < forge->count; i++) {
        free(forge->packets[i].octets);
    }
    free(forge->packets);
    *forge = (struct forge){0};
}

/* ---- Chance and time ------------------------------------------------------------------------ */

uint64_t forge_random(struct forge *forge)
{
    return random_next(&forge->chance);
}

uint32_t forge_random32(struct forge *forge)
{
    return (uint32_t)(forge_random(forge) >> 32);
}

void forge_wait(struct forge *forge, int64_t duration_ns)
{
    forge->now_ns += duration_ns;
}

/*
 * The capture is made beside the client: its packets follow each other at once, what the server
 * answers comes a round trip later.
 */
static void clock_tick(struct forge_subflow *subflow, enum mpta_side side)
{
    struct forge *forge = subflow->connection->forge;
    bool is_answer = side == MPTA_SERVER && subflow->last_sender == MPTA_CLIENT;
    int64_t pause_ns = 30000 + (int64_t)(forge_random(forge) % 40000);
    forge_wait(forge, is_answer ? subflow->rtt_ns + pause_ns : pause_ns);
    subflow->last_sender = side;
}

struct mpta_address forge_address(const char *text)
{
    struct mpta_address address = {0};
    if (inet_pton(AF_INET, text, address.octets) == 1) {
        address.family = 4;
    } else if (inet_pton(AF_INET6, text, address.octets) == 1) {
        address.family = 6;
    }
    assert(address.family != 0);
    return address;
}

/* ---- The list of packets -------------------------------------------------------------------- */

/* Room for one more packet; false if there is no memory. */
static bool packets_make_room(struct forge *forge)
{
    if (forge->count < forge->capacity) {
        return true;
    }
    size_t capacity = forge->capacity ? forge->capacity * 2 : 64;
    struct forge_packet *packets = realloc(forge->packets, capacity * sizeof *packets);
    if (packets == NULL) {
        return false;
    }
    forge->packets = packets;
    forge->capacity = capacity;
    return true;
}

/* A new packet at the end, with room for its octets; NULL and failed if there is no memory. */
static struct forge_packet *packet_append(struct forge *forge, size_t size)
{
    uint8_t *octets = !forge->failed && packets_make_room(forge) ? malloc(size) : NULL;
    if (octets == NULL) {
        forge->failed = true;
        return NULL;
    }
    struct forge_packet *packet = &forge->packets[forge->count++];
    packet->octets = octets;
    return packet;
}

/* One frame, as one interface shows it. */
static void frame_capture(struct forge *forge, uint32_t interface, const uint8_t *octets,
                          size_t wire_len)
{
    size_t captured = wire_len;
    if (forge->snap_len > 0 && captured > forge->snap_len) {
        captured = forge->snap_len;
    }
    struct forge_packet *packet = packet_append(forge, captured);
    if (packet) {
        packet->time_ns = forge->now_ns;
        packet->interface = interface;
        packet->link_type = forge_wrap_link_type(forge->interfaces[interface].wrap);
        packet->captured = captured;
        packet->wire_len = wire_len;
        memcpy(packet->octets, octets, captured);
    }
}

/* An IP packet, or a fragment of one, wrapped and captured as often as the forge says. */
static void ip_capture(struct forge *forge, uint32_t interface, const uint8_t *ip, size_t length)
{
    uint8_t frame[FORGE_WRAP_MAX + FORGE_IP_MAX];
    size_t wire_len = forge_wrap_encode(forge->interfaces[interface].wrap, ip, length, frame);
    for (unsigned copy = 0; copy < forge->copies; copy++) {
        forge_wait(forge, copy > 0 ? COPY_DELAY_NS : 0);
        frame_capture(forge, interface, frame, wire_len);
    }
}

static void fragments_capture(struct forge *forge, uint32_t interface, const uint8_t *ip,
                              size_t length, size_t size)
{
    uint8_t fragment[FORGE_IP_MAX];
    size_t fragment_len;
    for (size_t offset = 0;
         (fragment_len = forge_fragment_encode(ip, length, offset, size, fragment)) > 0;
         offset += size) {
        ip_capture(forge, interface, fragment, fragment_len);
        forge_wait(forge, 1000);
    }
}

void forge_overtake(struct forge *forge)
{
    if (forge->failed) {
        return;
    }
    assert(forge->count >= 2);
    struct forge_packet *pair = forge->packets + forge->count - 2;
    const struct forge_packet last = pair[1];
    int64_t earlier_ns = pair[0].time_ns;
    pair[1] = pair[0];
    pair[1].time_ns = last.time_ns;
    pair[0] = last;
    pair[0].time_ns = earlier_ns;
}

static void packets_reverse(struct forge_packet *packets, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        const struct forge_packet other = packets[i];
        packets[i] = packets[count - 1 - i];
        packets[count - 1 - i] = other;
    }
}

/* Rotation by three reversals: it needs no memory. */
void forge_move_to_front(struct forge *forge, size_t begin)
{
    if (!forge->failed) {
        packets_reverse(forge->packets, begin);
        packets_reverse(forge->packets + begin, forge->count - begin);
        packets_reverse(forge->packets, forge->count);
    }
}

/* ---- Segments ------------------------------------------------------------------------------- */

/* Milliseconds of the clock and each host's own start, RFC 7323 section 4.1. */
static uint32_t end_timestamp(const struct forge *forge, const struct forge_end *end)
{
    return end->ts_base + (uint32_t)(forge->now_ns / FORGE_MS);
}

struct forge_segment forge_segment(const struct forge_subflow *subflow, enum mpta_side side,
                                   uint16_t flags)
{
    const struct forge_end *own = &subflow->ends[side];
    const struct forge_end *peer = &subflow->ends[forge_peer_of(side)];
    return (struct forge_segment){
        .src = own->address,
        .dst = peer->address,
        .src_port = own->port,
        .dst_port = peer->port,
        .seq = own->next,
        .ack = flags & MPTA_TCP_ACK ? peer->next : 0,
        .flags = flags,
        .window = flags & MPTA_TCP_SYN ? 64240 : 502,
        .hop_limit = side == MPTA_CLIENT ? 64 : 57,
        .syn_options = flags & MPTA_TCP_SYN,
        .timestamps = !(flags & MPTA_TCP_RST),
        .ts_echo = flags & MPTA_TCP_ACK ? peer->ts_value : 0,
    };
}

/* The sequence number after a segment, RFC 9293 section 3.4; a repetition moves nothing. */
static void end_advance(struct forge_end *end, const struct forge_segment *segment)
{
    uint32_t length = (uint32_t)segment->payload_len;
    length += segment->flags & MPTA_TCP_SYN ? 1 : 0;
    length += segment->flags & MPTA_TCP_FIN ? 1 : 0;
    uint32_t after = segment->seq + length;
    if ((int32_t)(after - end->next) > 0) {
        end->next = after;
    }
}

void forge_emit_ip(struct forge *forge, uint32_t interface, const uint8_t *ip, size_t length,
                   size_t fragment_size)
{
    if (fragment_size > 0) {
        fragments_capture(forge, interface, ip, length, fragment_size);
    } else {
        ip_capture(forge, interface, ip, length);
    }
}

static void segment_capture(struct forge *forge, uint32_t interface,
                            const struct forge_segment *segment, size_t fragment_size)
{
    uint8_t ip[FORGE_IP_MAX];
    size_t length = forge_segment_encode(segment, ip);
    forge_emit_ip(forge, interface, ip, length, fragment_size);
}

void forge_emit(struct forge_subflow *subflow, enum mpta_side side, struct forge_segment *segment)
{
    struct forge *forge = subflow->connection->forge;
    struct forge_end *end = &subflow->ends[side];
    const struct forge_next next = forge->next;
    forge->next = (struct forge_next){0};

    clock_tick(subflow, side);
    segment->ip_id = ++forge->ip_ids;
    segment->ts_value = end->ts_value = end_timestamp(forge, end);
    end_advance(end, segment);
    if (next.edit) {
        next.edit(segment, next.argument);
    }
    if (!next.unseen && !forge->not_captured[side]) {
        segment_capture(forge, subflow->interface, segment, next.fragment_size);
    }
}
