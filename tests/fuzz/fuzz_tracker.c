/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Scripts of packets, for the tracker. The input tells what comes next on which of a few subflows,
 * and how far it is from what a sender in order would send: most inputs so tell stories that hold
 * together, and go wrong somewhere. Keys, tokens and numbers come from small sets that belong
 * together, too.
 *
 * Whatever the script: every octet of a stream is delivered once, views can be read at any time,
 * counts agree, and the end comes.
 */
#include <stdlib.h>
#include <string.h>

#include "analyzer/tracker.h"
#include "tests/fuzz/require.h"
#include "tests/fuzz/script.h"

#define SUBFLOWS     6
#define KEYS         4
#define PAYLOAD_MAX  1400
#define STREAM_KNOWN 65536 /* of each stream the first octets are looked at one by one */

/* ---- The script ----------------------------------------------------------------------------- */

/* Mostly nothing, now and then anything. */
static uint64_t script_offset(struct script *script)
{
    uint8_t how = script_octet(script);
    int64_t step = (int8_t)script_octet(script);
    if (how < 192) {
        return 0;
    }
    return (uint64_t)step * (UINT64_C(1) << how % 64);
}

/* ---- The hosts ------------------------------------------------------------------------------ */

static const uint64_t keys[KEYS] = {0x0102030405060708, 0x1111111111111111, 0xfedcba9876543210, 7};

struct end {
    struct mpta_address address;
    uint16_t port;
    uint32_t isn;
    uint32_t next; /* sequence number */
    uint32_t nonce;
};

struct path {
    struct end ends[2];
};

struct world {
    struct script script;
    struct mpta_tracker *tracker;
    struct path paths[SUBFLOWS];
    uint64_t sent[KEYS]; /* octets of the stream of who has this key */
    int64_t now_ns;
    uint64_t packets;
    bool repeats; /* octets may come again: under a checksum, or on a SYN */
    bool sleeps;  /* everybody, between packets */
    uint8_t options[40];
    size_t options_len;
    uint8_t delivered[2 * KEYS][2][STREAM_KNOWN / 8]; /* by connection and side: a bit an octet */
};

/* What all say. */
static const uint8_t payload[PAYLOAD_MAX] = {1, 2, 3, 5, 7, 11, 13};

static void world_set_up(struct world *world)
{
    for (unsigned i = 0; i < SUBFLOWS; i++) {
        for (unsigned side = 0; side < 2; side++) {
            world->paths[i].ends[side] = (struct end){
                .address = {.family = i % 3 == 2 ? 6 : 4,
                            .octets = {10, 0, (uint8_t)i, (uint8_t)(side + 1)}},
                .port = (uint16_t)(side == 0 ? 40000 + i : 443),
                .isn = UINT32_MAX - 2000 * i - side,
                .next = UINT32_MAX - 2000 * i - side,
                .nonce = 1000 + 2 * i + side,
            };
        }
    }
}

/* Which of the keys an end has, if the script does not want another. */
static unsigned key_of(struct world *world, unsigned path, unsigned side)
{
    uint8_t other = script_octet(&world->script);
    unsigned own = path / 3 * 2 + side;
    return other < 224 ? own : other % KEYS;
}

/* ---- Options -------------------------------------------------------------------------------- */

static void option_add(struct world *world, const struct mpta_mptcp_option *option)
{
    world->options_len += mpta_mptcp_encode(option, world->options + world->options_len,
                                            sizeof world->options - world->options_len);
}

static void capable_add(struct world *world, unsigned path, unsigned side)
{
    uint8_t form = script_octet(&world->script);
    uint64_t own = keys[key_of(world, path, side)], other = keys[key_of(world, path, !side)];
    uint16_t data_len = script_octet(&world->script);
    struct mpta_mptcp_option option = {.subtype = MPTA_MP_CAPABLE};
    option.capable = (struct mpta_mp_capable){
        .version = form & 0x40 ? 0 : 1,
        .flags = form & 0x80 ? MPTA_CAPABLE_H | MPTA_CAPABLE_A : MPTA_CAPABLE_H,
        .has_sender_key = form & 1,
        .has_receiver_key = (form & 3) == 3,
        .has_data_len = (form & 7) == 7,
        .has_checksum = (form & 15) == 15,
    };
    option.capable.sender_key = option.capable.has_sender_key ? own : 0;
    option.capable.receiver_key = option.capable.has_receiver_key ? other : 0;
    option.capable.data_len = option.capable.has_data_len ? data_len : 0;
    world->repeats |= option.capable.has_checksum;
    option_add(world, &option);
}

static void join_add(struct world *world, unsigned path, unsigned side)
{
    const struct end *ends = world->paths[path].ends;
    uint8_t form = script_octet(&world->script);
    uint64_t own = keys[key_of(world, path, side)], other = keys[key_of(world, path, !side)];
    struct mpta_mptcp_option option = {.subtype = MPTA_MP_JOIN};
    uint8_t hmac[32] = {0};
    option.join.form = (enum mpta_join_form)(form % 3);
    option.join.address_id = option.join.form == MPTA_JOIN_ACK ? 0 : form / 3 % 4;
    option.join.nonce = option.join.form == MPTA_JOIN_ACK ? 0 : ends[side].nonce;
    if (option.join.form == MPTA_JOIN_SYN) {
        option.join.token = mpta_key_token(other, form < 224);
    } else if (form % 16 != 15) {
        mpta_join_hmac(form < 224, own, other, ends[side].nonce, ends[!side].nonce, hmac);
        memcpy(option.join.hmac, hmac, option.join.form == MPTA_JOIN_ACK ? 20 : 8);
    }
    option_add(world, &option);
}

static void dss_add(struct world *world, unsigned path, unsigned side, uint16_t length)
{
    const struct end *end = &world->paths[path].ends[side];
    unsigned own = key_of(world, path, side), other = key_of(world, path, !side);
    uint8_t form = script_octet(&world->script);
    struct mpta_mptcp_option option = {.subtype = MPTA_DSS};
    option.dss = (struct mpta_dss){
        .has_ack = form & 1,
        .ack_is_64 = (form & 3) == 3,
        .has_map = form & 4,
        .dsn_is_64 = (form & 12) == 12,
        .data_fin = form & 16,
        .has_checksum = (form & 36) == 36,
    };
    option.dss.flags = (uint8_t)(form & 31);
    world->repeats |= option.dss.has_checksum;
    uint64_t ack = mpta_key_idsn(keys[other], 1) + 1 + world->sent[other];
    uint64_t dsn = mpta_key_idsn(keys[own], 1) + 1 + world->sent[own];
    if (option.dss.has_ack) {
        ack += script_offset(&world->script);
        option.dss.data_ack = option.dss.ack_is_64 ? ack : (uint32_t)ack;
    } else {
        option.dss.flags &= (uint8_t)~2U;
    }
    if (option.dss.has_map) {
        dsn += script_offset(&world->script);
        option.dss.dsn = option.dss.dsn_is_64 ? dsn : (uint32_t)dsn;
        option.dss.ssn = end->next - end->isn + (uint32_t)script_offset(&world->script);
        length = (uint16_t)(length + script_offset(&world->script));
        option.dss.data_len = (uint16_t)(length + option.dss.data_fin);
    } else {
        option.dss.flags &= (uint8_t)~8U;
    }
    world->sent[own] += option.dss.has_map ? length : 0;
    option_add(world, &option);
}

static void add_addr_add(struct world *world, unsigned path, unsigned side)
{
    uint8_t form = script_octet(&world->script);
    uint64_t own = keys[key_of(world, path, side)], other = keys[key_of(world, path, !side)];
    struct mpta_mptcp_option option = {.subtype = MPTA_ADD_ADDR};
    struct mpta_add_addr *add = &option.add_addr;
    *add = (struct mpta_add_addr){
        .nibble = form & 1,
        .echo = form & 1,
        .address_id = form / 16 % 8,
        .address = world->paths[form % SUBFLOWS].ends[side].address,
        .has_port = form & 2,
        .has_hmac = !(form & 1),
        .port = form & 2 ? 443 : 0,
    };
    add->hmac = add->has_hmac ? mpta_add_addr_hmac(own, other, add) ^ (form == 255) : 0;
    option_add(world, &option);
}

static void other_add(struct world *world, unsigned path, unsigned side, unsigned subtype)
{
    uint8_t form = script_octet(&world->script);
    unsigned other = key_of(world, path, !side);
    struct mpta_mptcp_option option = {.subtype = (enum mpta_subtype)subtype};
    switch (subtype) {
    case MPTA_REMOVE_ADDR:
        option.remove_addr.count = 1;
        option.remove_addr.address_ids[0] = form % 8;
        break;
    case MPTA_MP_PRIO:
        option.prio.nibble = form & 1;
        option.prio.backup = form & 1;
        break;
    case MPTA_MP_FAIL:
        option.fail.dsn = mpta_key_idsn(keys[other], 1) + 1 + script_offset(&world->script);
        break;
    case MPTA_MP_FASTCLOSE:
        option.fastclose.receiver_key = keys[other];
        break;
    default:
        option.subtype = MPTA_MP_TCPRST;
        option.tcprst.reason = form % 8;
        break;
    }
    option_add(world, &option);
}

/* Octets as they come, in the place of options. */
static void raw_add(struct world *world)
{
    size_t length = script_octet(&world->script) % (sizeof world->options + 1);
    for (size_t i = 0; i < length; i++) {
        world->options[i] = script_octet(&world->script);
    }
    world->repeats = true;
    world->options_len = length;
}

static void options_choose(struct world *world, unsigned path, unsigned side, uint16_t length)
{
    uint8_t which = script_octet(&world->script);
    world->options_len = 0;
    if (which >= 240) {
        raw_add(world);
        return;
    }
    switch (which % 12) {
    case 0:
    case 1:
        capable_add(world, path, side);
        break;
    case 2:
    case 3:
        join_add(world, path, side);
        break;
    case 9:
        break;
    case 10:
        add_addr_add(world, path, side);
        break;
    case 11:
        other_add(world, path, side, MPTA_REMOVE_ADDR + which / 12 % 6);
        break;
    default:
        dss_add(world, path, side, length);
        break;
    }
}

/* ---- Packets -------------------------------------------------------------------------------- */

static uint16_t flags_choose(struct world *world)
{
    static const uint16_t flags[] = {
        MPTA_TCP_ACK,
        MPTA_TCP_ACK | MPTA_TCP_PSH,
        MPTA_TCP_SYN,
        MPTA_TCP_SYN | MPTA_TCP_ACK,
        MPTA_TCP_ACK | MPTA_TCP_FIN,
        MPTA_TCP_RST,
        MPTA_TCP_RST | MPTA_TCP_ACK,
        MPTA_TCP_ACK,
    };
    return flags[script_octet(&world->script) % (sizeof flags / sizeof flags[0])];
}

static void all_sleep(const struct world *world)
{
    for (size_t i = 0; world->sleeps && i < world->tracker->connection_count; i++) {
        struct connection *connection = world->tracker->connections[i];
        if (!connection->settling) {
            connection_sleep(world->tracker, connection);
        }
    }
}

static void packet_feed(struct world *world)
{
    uint8_t where = script_octet(&world->script), size = script_octet(&world->script);
    unsigned path = where / 2 % SUBFLOWS, side = where % 2;
    struct end *own = &world->paths[path].ends[side], *peer = &world->paths[path].ends[!side];
    uint16_t length = size < 128 ? 0 : (uint16_t)((size - 128) * 11);
    uint16_t flags = flags_choose(world);
    if (flags & MPTA_TCP_SYN) {
        own->next = own->isn;
    }
    world->repeats |= flags & MPTA_TCP_SYN && length > 0;
    options_choose(world, path, side, length);
    world->now_ns += (int64_t)script_octet(&world->script) << (where >> 4) << 8;
    uint32_t ahead = (uint32_t)script_offset(&world->script);
    uint32_t ack = peer->next + (uint32_t)script_offset(&world->script);
    struct mpta_segment segment = {
        .src = own->address,
        .dst = peer->address,
        .src_port = own->port,
        .dst_port = peer->port,
        .seq = own->next + ahead,
        .ack = flags & MPTA_TCP_ACK ? ack : 0,
        .flags = flags,
        .window = 500,
        .options = world->options,
        .options_len = world->options_len,
        .options_captured = world->options_len,
        .payload = payload,
        .payload_len = length,
        .payload_captured = where & 0x80 ? length / 2 : length,
        .hop_limit = 64,
    };
    own->next += length + (flags & (MPTA_TCP_SYN | MPTA_TCP_FIN) ? 1U : 0U);
    const struct mpta_packet packet = {
        .place = mpta_place_of(++world->packets, world->now_ns, 0),
        .interface = where >> 6 & 1,
        .segment = &segment,
    };
    struct mpta_fed fed;
    require(mpta_tracker_feed(world->tracker, &packet, &fed) == MPTA_OK);
    all_sleep(world);
}

/* ---- What must hold ------------------------------------------------------------------------- */

static void deliver(void *context, const struct mpta_octets *octets)
{
    struct world *world = context;
    if (world->repeats || octets->connection >= 2 * KEYS || octets->offset < 0) {
        return;
    }
    uint8_t *bits = world->delivered[octets->connection][octets->by];
    for (size_t i = 0; i < octets->len; i++) {
        uint64_t at = (uint64_t)octets->offset + i;
        if (at < STREAM_KNOWN) {
            require(!(bits[at / 8] & 1U << at % 8));
            bits[at / 8] |= (uint8_t)(1U << at % 8);
        }
    }
}

static void subflow_look(const struct mpta_tracker *tracker, uint32_t id, size_t index)
{
    struct mpta_subflow subflow;
    struct mpta_join_hmacs hmacs;
    struct mpta_series_point point;
    require(mpta_tracker_subflow(tracker, id, index, &subflow));
    (void)mpta_tracker_join_hmacs(tracker, id, index, &hmacs);
    for (size_t k = 0; k < 4; k++) {
        (void)mpta_tracker_series_point(tracker, id, (uint32_t)index, MPTA_CLIENT, k, &point);
    }
}

static void connection_look(const struct mpta_tracker *tracker,
                            const struct mpta_connection *connection)
{
    struct mpta_address_event address;
    struct mpta_finding finding;
    for (size_t i = 0; i < connection->subflow_count; i++) {
        subflow_look(tracker, connection->id, i);
    }
    for (size_t i = 0; mpta_tracker_address(tracker, connection->id, i, &address); i++) {
        uint64_t hmac;
        (void)mpta_tracker_address_hmac(tracker, connection->id, i, &hmac);
    }
    for (size_t i = 0; mpta_tracker_finding(tracker, connection->id, i, &finding); i++) {
        require(finding.message != NULL && finding.message[0] != '\0');
        require(finding.count >= 1 && finding.witness_count >= 1);
    }
}

static void tracker_look(const struct mpta_tracker *tracker)
{
    struct mpta_connection connection;
    struct mpta_subflow subflow;
    struct mpta_summary summary;
    size_t kept = 0;
    mpta_tracker_summary(tracker, &summary);
    for (; mpta_tracker_connection_at(tracker, kept, &connection); kept++) {
        connection_look(tracker, &connection);
    }
    for (size_t i = 0; mpta_tracker_unlinked(tracker, i, &subflow); i++) {
    }
    const struct mpta_half_open *joins = &summary.half_open;
    require(kept == summary.kept);
    require(joins->seen == joins->completed + joins->live + joins->expired + joins->evicted);
}

static void observe(void *context, const struct mpta_event *event)
{
    const struct world *world = context;
    struct mpta_connection connection;
    require(mpta_tracker_connection(world->tracker, event->connection, &connection));
    require(mpta_event_type_name(event->type) != NULL);
}

/* ---- The whole ------------------------------------------------------------------------------ */

static void world_step(struct world *world)
{
    uint8_t what = script_octet(&world->script);
    if (what == 255) {
        (void)mpta_tracker_evict(world->tracker);
    } else if (what == 253) {
        (void)mpta_tracker_retire(world->tracker, world->packets % 4);
    } else if (what == 254) {
        require(mpta_tracker_preview(world->tracker, NULL, 0) == MPTA_OK);
        tracker_look(world->tracker);
    } else {
        packet_feed(world);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct world *world = calloc(1, sizeof *world);
    require(world != NULL);
    const struct mpta_config config = {
        .deliver = deliver,
        .deliver_context = world,
        .locate = true,
        .observe = observe,
        .observe_context = world,
        .interval_ns = 1000000,
        .keeps_records = size > 0 && data[0] & 2,
        .sleeps = size > 0 && data[0] & 4,
        .keys = keys,
        .key_count = size > 0 && data[0] & 1 ? 1 : 0,
    };
    world->script = (struct script){data, size};
    world->sleeps = config.sleeps;
    world->tracker = mpta_tracker_new(&config);
    require(world->tracker != NULL);
    world_set_up(world);
    while (world->script.left > 0) {
        world_step(world);
    }
    require(mpta_tracker_finish(world->tracker) == MPTA_OK);
    tracker_look(world->tracker);
    mpta_tracker_free(world->tracker);
    free(world);
    return 0;
}
