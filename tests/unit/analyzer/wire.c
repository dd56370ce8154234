/* SPDX-License-Identifier: BSD-3-Clause */
/* Segments out of octets, and octets compared with what they should be. */
#include "tests/unit/analyzer/wire.h"

#include "tests/unit/analyzer/series_check.h"

#include <string.h>

#define WIRE_STEP_NS (10 * STORY_MS)

/* ---- Octets -----------------------------------------------------------------------------------
 */

uint8_t wire_octet(enum mpta_side by, uint64_t offset)
{
    uint64_t mixed = (offset + 1) * (by == MPTA_CLIENT ? UINT64_C(0x9e3779b97f4a7c15)
                                                       : UINT64_C(0xc2b2ae3d27d4eb4f));
    return (uint8_t)(mixed >> 56 ^ mixed >> 29);
}

void wire_fill(uint8_t *octets, size_t len, enum mpta_side by, uint64_t offset)
{
    for (size_t i = 0; i < len; i++)
        octets[i] = wire_octet(by, offset + i);
}

static uint32_t add_number(uint32_t sum, uint64_t number, int words)
{
    for (; words > 0; words--, number >>= 16)
        sum += number & 0xffff;
    return sum;
}

uint16_t wire_checksum(const struct wire *wire, enum mpta_side by, const struct wire_map *map,
                       const uint8_t *octets)
{
    uint32_t sum = add_number(0, wire->peers.dsn[by] + map->data, 4);
    sum = add_number(sum, map->ssn, 2);
    sum = add_number(sum, map->len, 1);
    for (uint32_t i = 0; i < (uint32_t)map->len - map->fin; i++)
        sum += i % 2 ? octets[i] : (uint32_t)octets[i] << 8;
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

/* ---- The receiver -----------------------------------------------------------------------------
 */

static void receive_octet(struct wire *wire, enum mpta_side by, uint64_t offset, uint8_t octet)
{
    uint64_t overlap;
    bool right = octet == wire_octet(by, offset - WIRE_ORIGIN + wire->start[by]);
    struct rangeset *to = right ? &wire->good[by] : &wire->bad[by];
    struct rangeset *other = right ? &wire->bad[by] : &wire->good[by];
    wire->again += rangeset_count(&wire->good[by], offset, offset + 1);
    assert_true(rangeset_remove(other, offset, offset + 1));
    assert_true(rangeset_add(to, offset, offset + 1, &overlap));
}

static bool is_right(const struct wire *wire, const struct mpta_octets *octets)
{
    for (size_t i = 0; i < octets->len; i++) {
        uint64_t offset = (uint64_t)octets->offset + i + wire->start[octets->by];
        if (octets->octets[i] != wire_octet(octets->by, offset))
            return false;
    }
    return true;
}

static void receive(void *context, const struct mpta_octets *octets)
{
    struct wire *wire = context;
    uint64_t begin = WIRE_ORIGIN + (uint64_t)octets->offset, end = begin + octets->len, overlap;
    assert_int_equal(octets->connection, 0);
    assert_true(octets->len > 0);
    if (!is_right(wire, octets)) {
        for (size_t i = 0; i < octets->len; i++)
            receive_octet(wire, octets->by, begin + i, octets->octets[i]);
        return;
    }
    assert_true(rangeset_remove(&wire->bad[octets->by], begin, end));
    assert_true(rangeset_add(&wire->good[octets->by], begin, end, &overlap));
    wire->again += overlap;
}

/* The right checksum is told beside the one that was there: the same where that was valid. */
static void take_judgement(void *context, const struct mpta_judgement *judgement)
{
    struct wire *wire = context;
    bool valid = judgement->verdict == MPTA_VALID;
    assert_true(valid || judgement->verdict == MPTA_INVALID);
    assert_int_equal(judgement->expected == judgement->checksum, valid);
    assert_true(judgement->at.packet > 0);
    wire->judged.valid += valid;
    wire->judged.invalid += !valid;
}

static void take_status(struct wire *wire, enum mpta_status status)
{
    assert_true(status == MPTA_OK || wire->may_fail);
    wire->failures += status != MPTA_OK;
}

/* ---- Life and handshakes ----------------------------------------------------------------------
 */

void wire_open(struct wire *wire)
{
    wire_open_for(wire, receive, wire);
}

void wire_open_for(struct wire *wire, void (*deliver)(void *, const struct mpta_octets *),
                   void *context)
{
    memset(wire, 0, sizeof(*wire));
    story_begin(&wire->story);
    wire->now_ns = wire->story.now_ns;
    wire->peers = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    wire->flows[0] = story_flow("10.0.1.1", 40001, "10.0.9.1", 443);
    wire->flows[1] = story_flow("10.0.2.1", 40002, "10.0.9.1", 443);
    wire->flows[2] = story_flow("2001:db8::1", 40003, "2001:db8::9", 443);
    wire->flows[3] = story_flow("10.0.9.1", 40004, "10.0.1.1", 40005);
    wire->flows[3].opened_by = MPTA_SERVER;
    struct mpta_config config = {
        .hash_key = {8, 6, 8, 4},
        .deliver = deliver,
        .deliver_context = context,
        .judge = take_judgement,
        .judge_context = wire,
        .interval_ns = 10 * WIRE_STEP_NS,
    };
    wire->tracker = mpta_tracker_new(&config);
    assert_non_null(wire->tracker);
}

void wire_close(struct wire *wire)
{
    mpta_tracker_free(wire->tracker);
    for (int side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
        rangeset_clear(&wire->good[side]);
        rangeset_clear(&wire->bad[side]);
    }
}

void wire_checksums(struct wire *wire, bool with, bool without)
{
    wire->mixed = with && without;
    if (with && !without)
        wire->peers.flags |= MPTA_CAPABLE_A;
}

const char *wire_worst(const struct wire *wire)
{
    struct mpta_finding finding;
    if (!wire->mixed)
        return story_worst(wire->tracker, MPTA_ERROR);
    for (size_t i = 0; mpta_tracker_finding(wire->tracker, 0, i, &finding); i++) {
        if (finding.severity == MPTA_ERROR &&
            strcmp(finding.kind->id, "dss-checksum-presence") != 0)
            return finding.kind->id;
    }
    return NULL;
}

/* The next packet is there; false if it is not captured. */
static bool take_number(struct wire *wire, struct mpta_place *place)
{
    *place = mpta_place_of(++wire->packets, wire->now_ns, place->capture);
    return wire->packets < wire->lost_begin || wire->packets >= wire->lost_end;
}

void wire_tell(struct wire *wire)
{
    struct mpta_fed fed;
    for (; wire->fed < wire->story.count; wire->fed++) {
        struct story_packet *packet = &wire->story.packets[wire->fed];
        wire->now_ns += WIRE_STEP_NS;
        if (!take_number(wire, &packet->place))
            continue;
        take_status(wire, story_feed(&wire->story, wire->fed, wire->tracker, &fed));
    }
    wire->ip_id = wire->story.ip_id;
}

void wire_capable(struct wire *wire)
{
    story_capable(&wire->story, &wire->peers, &wire->flows[0]);
    wire_tell(wire);
}

void wire_join(struct wire *wire, unsigned flow)
{
    story_join(&wire->story, &wire->peers, &wire->flows[flow]);
    wire_tell(wire);
}

enum mpta_side wire_side(const struct wire *wire, unsigned flow, enum story_from from)
{
    bool by_client = (from == OPENER_SAYS) == (wire->flows[flow].opened_by == MPTA_CLIENT);
    return by_client ? MPTA_CLIENT : MPTA_SERVER;
}

/* ---- Segments ---------------------------------------------------------------------------------
 */

static struct mpta_mptcp_option capable_option(const struct wire *wire, const struct wire_map *map)
{
    return (struct mpta_mptcp_option){
        MPTA_MP_CAPABLE, .capable = {.version = 1,
                                     .flags = wire->peers.flags,
                                     .has_sender_key = true,
                                     .has_receiver_key = true,
                                     .sender_key = wire->peers.keys[MPTA_CLIENT],
                                     .receiver_key = wire->peers.keys[MPTA_SERVER],
                                     .has_data_len = true,
                                     .has_checksum = map->has_checksum,
                                     .data_len = map->len,
                                     .checksum = map->checksum}
    };
}

static struct mpta_mptcp_option dss_option(const struct wire *wire, enum mpta_side by,
                                           const struct wire_segment *segment)
{
    const struct wire_map *map = &segment->map;
    uint64_t ack = wire->peers.dsn[!by] + segment->ack;
    struct mpta_mptcp_option option = {.subtype = MPTA_DSS};
    struct mpta_dss *dss = &option.dss;
    dss->has_ack = true;
    dss->ack_is_64 = segment->ack_is_64;
    dss->data_ack = segment->ack_is_64 ? ack : (uint32_t)ack;
    dss->has_map = map->len > 0 || map->infinite;
    if (dss->has_map) {
        uint64_t dsn = wire->peers.dsn[by] + map->data;
        dss->dsn_is_64 = !map->is_32;
        dss->dsn = map->is_32 ? (uint32_t)dsn : dsn;
        dss->ssn = map->ssn;
        dss->data_len = map->len;
        dss->data_fin = map->fin;
        dss->has_checksum = map->has_checksum;
        dss->checksum = map->checksum;
    }
    dss->flags = (uint8_t)(dss->data_fin << 4 | dss->dsn_is_64 << 3 | dss->has_map << 2 |
                           dss->ack_is_64 << 1 | 1);
    return option;
}

static size_t put_options(const struct wire *wire, const struct wire_segment *segment,
                          enum mpta_side by, uint8_t options[40])
{
    const struct wire_map *map = &segment->map;
    bool has_map = map->len > 0 || map->infinite;
    if (!has_map && segment->no_dss)
        return 0;
    struct mpta_mptcp_option option =
        map->capable ? capable_option(wire, map) : dss_option(wire, by, segment);
    size_t len = mpta_mptcp_encode(&option, options, 40);
    assert_true(len > 0);
    while (len % 4)
        options[len++] = MPTA_KIND_NOP;
    return len;
}

static void feed_last(struct wire *wire, uint32_t interface, bool duplicate)
{
    struct mpta_packet packet = {{0}, 0, interface, &wire->last};
    struct mpta_fed fed;
    if (!take_number(wire, &packet.place))
        return;
    take_status(wire, mpta_tracker_feed(wire->tracker, &packet, &fed));
    assert_true(wire->may_fail || wire->lost_end > 0 || fed.duplicate == duplicate);
}

void wire_send(struct wire *wire, const struct wire_segment *segment)
{
    const struct story_flow *flow = &wire->flows[segment->flow];
    enum story_from from = segment->from, to = from == OPENER_SAYS ? RESPONDER_SAYS : OPENER_SAYS;
    enum mpta_side by = wire_side(wire, segment->flow, from);
    bool behind_syn = segment->flow == 0 && from == OPENER_SAYS;
    wire->last = (struct mpta_segment){
        .src = flow->address[from],
        .dst = flow->address[to],
        .src_port = flow->port[from],
        .dst_port = flow->port[to],
        .seq = flow->isn[from] + (behind_syn ? wire->syn_len : 0) + segment->ssn,
        .ack = flow->isn[to] + 1 + segment->acked_len,
        .flags = MPTA_TCP_ACK | segment->flags,
        .window = 65535,
        .options = wire->options,
        .payload = segment->octets,
        .payload_len = segment->len,
        .payload_captured = segment->len - segment->cut,
        .hop_limit = 64,
        .ip_id_present = true,
        .ip_id = ++wire->ip_id,
    };
    wire->last.options_len = put_options(wire, segment, by, wire->options);
    wire->last.options_captured = wire->last.options_len;
    wire->now_ns += WIRE_STEP_NS;
    feed_last(wire, 0, false);
}

void wire_copy_last(struct wire *wire)
{
    feed_last(wire, 1, true);
}

void wire_copy_whole(struct wire *wire)
{
    wire->last.payload_captured = wire->last.payload_len;
    feed_last(wire, 1, true);
}

void wire_finish(struct wire *wire)
{
    take_status(wire, mpta_tracker_finish(wire->tracker));
    const char *wrong = wire->failures > 0 ? NULL : series_check(wire->tracker);
    if (wrong)
        fail_msg("%s", wrong);
}
