/* SPDX-License-Identifier: BSD-3-Clause */
/* The packets of stories, and how a tracker is told of them. */
#include "tests/unit/analyzer/story.h"

#include "tests/unit/analyzer/series_check.h"

#include <arpa/inet.h>
#include <string.h>

#define STORY_START_NS INT64_C(1700000000000000000)

/* What payloads hold. */
static const uint8_t story_payload[65536];

void story_begin(struct story *story)
{
    memset(story, 0, sizeof(*story));
    story->now_ns = STORY_START_NS;
    story->step_ns = 10 * STORY_MS;
}

static struct mpta_address address_of(const char *text)
{
    struct mpta_address address = {.family = strchr(text, ':') ? 6 : 4};
    int family = address.family == 6 ? AF_INET6 : AF_INET;
    assert_int_equal(inet_pton(family, text, address.octets), 1);
    return address;
}

struct story_flow story_flow(const char *opener, uint16_t opener_port, const char *responder,
                             uint16_t responder_port)
{
    return (struct story_flow){
        .address = {address_of(opener),                 address_of(responder)             },
        .port = {opener_port,                        responder_port                    },
        .isn = {opener_port * UINT32_C(0x01000193), opener_port * UINT32_C(0x9e3779b1)},
        .address_id = {2,                                  1                                 },
        .nonce = {opener_port * UINT32_C(0x85ebca6b), opener_port * UINT32_C(0xc2b2ae35)},
    };
}

struct story_peers story_peers(int version, uint64_t client_key, uint64_t server_key)
{
    return (struct story_peers){
        .version = version,
        .flags = MPTA_CAPABLE_H,
        .keys = {client_key,                server_key  },
        .dsn = { mpta_key_idsn(client_key, version) + 1, mpta_key_idsn(server_key, version) + 1},
    };
}

static enum mpta_side side_of(const struct story_flow *flow, enum story_from from)
{
    bool client = (from == OPENER_SAYS) == (flow->opened_by == MPTA_CLIENT);
    return client ? MPTA_CLIENT : MPTA_SERVER;
}

/* ---- Packets --------------------------------------------------------------------------------- */

static struct story_packet *packet_new(struct story *story)
{
    assert_true(story->count < STORY_PACKETS_MAX);
    struct story_packet *packet = &story->packets[story->count++];
    story->now_ns += story->step_ns;
    packet->place = mpta_place_of(story->count, story->now_ns, 0);
    return packet;
}

static void options_put(struct story_packet *packet, size_t count,
                        const struct mpta_mptcp_option *options)
{
    struct mpta_segment *segment = &packet->segment;
    for (size_t i = 0; i < count; i++) {
        size_t len = mpta_mptcp_encode(&options[i], packet->options + segment->options_len,
                                       sizeof(packet->options) - segment->options_len);
        assert_true(len > 0);
        segment->options_len += len;
    }
    while (segment->options_len % 4)
        packet->options[segment->options_len++] = MPTA_KIND_NOP;
    segment->options_captured = segment->options_len;
}

struct story_packet *story_say(struct story *story, struct story_flow *flow, enum story_from from,
                               uint16_t flags, uint32_t payload_len, size_t option_count,
                               const struct mpta_mptcp_option *options)
{
    enum story_from to = from == OPENER_SAYS ? RESPONDER_SAYS : OPENER_SAYS;
    struct story_packet *packet = packet_new(story);
    packet->side = side_of(flow, from);
    packet->segment = (struct mpta_segment){
        .src = flow->address[from],
        .dst = flow->address[to],
        .src_port = flow->port[from],
        .dst_port = flow->port[to],
        .seq = flow->isn[from] + flow->sent[from],
        .ack = flags & MPTA_TCP_ACK ? flow->isn[to] + flow->sent[to] : 0,
        .flags = flags,
        .window = 65535,
        .payload_len = payload_len,
        .payload_captured = payload_len,
        .hop_limit = 64,
        .ip_id_present = flow->address[from].family == 4,
        .ip_id = ++story->ip_id,
    };
    flow->sent[from] += payload_len;
    flow->offset[from] += payload_len;
    flow->sent[from] += (flags & MPTA_TCP_SYN ? 1U : 0U) + (flags & MPTA_TCP_FIN ? 1U : 0U);
    options_put(packet, option_count, options);
    return packet;
}

struct story_packet *story_option(struct story *story, struct story_flow *flow,
                                  enum story_from from, uint16_t flags, uint32_t payload_len,
                                  struct mpta_mptcp_option option)
{
    return story_say(story, flow, from, flags, payload_len, 1, &option);
}

struct story_packet *story_plain(struct story *story, struct story_flow *flow, enum story_from from,
                                 uint16_t flags, uint32_t payload_len)
{
    return story_say(story, flow, from, flags, payload_len, 0, NULL);
}

void story_swap(struct story *story, size_t one, size_t other)
{
    struct story_packet packet = story->packets[one];
    story->packets[one] = story->packets[other];
    story->packets[other] = packet;
}

struct story_packet *story_again(struct story *story, size_t index, bool copy)
{
    const struct story_packet *before = &story->packets[index];
    struct story_packet *packet = packet_new(story);
    struct mpta_place place = packet->place;
    *packet = *before;
    packet->place = place;
    packet->interface += copy;
    if (!copy)
        packet->segment.ip_id = ++story->ip_id;
    return packet;
}

void story_spoil(struct story_packet *packet, size_t at)
{
    assert_true(at < packet->segment.options_len);
    packet->options[at] ^= 0x10;
}

void story_strip(struct story_packet *packet)
{
    packet->segment.options_len = 0;
    packet->segment.options_captured = 0;
}

/* Adds an option that holds numbers of 32 bits, behind two NOPs. */
static void option_put(struct story_packet *packet, uint8_t kind, const uint32_t *numbers,
                       size_t count)
{
    struct mpta_segment *segment = &packet->segment;
    uint8_t *octets = packet->options + segment->options_len;
    assert_true(segment->options_len + 4 + 4 * count <= sizeof(packet->options));
    octets[0] = octets[1] = MPTA_KIND_NOP;
    octets[2] = kind;
    octets[3] = (uint8_t)(2 + 4 * count);
    for (size_t i = 0; i < 4 * count; i++)
        octets[4 + i] = (uint8_t)(numbers[i / 4] >> (24 - i % 4 * 8));
    segment->options_len += 4 + 4 * count;
    segment->options_captured = segment->options_len;
}

void story_stamp(struct story_packet *packet, uint32_t value, uint32_t echo)
{
    const uint32_t numbers[] = {value, echo};
    option_put(packet, MPTA_KIND_TIMESTAMPS, numbers, 2);
}

void story_sack(struct story_packet *packet, const uint32_t (*blocks)[2], size_t count)
{
    option_put(packet, MPTA_KIND_SACK, blocks[0], 2 * count);
}

void story_cut(struct story_packet *packet, size_t options_captured)
{
    assert_true(options_captured < packet->segment.options_len);
    packet->segment.options_captured = options_captured;
    packet->segment.payload_captured = 0;
}

/* ---- Handshakes ------------------------------------------------------------------------------ */

static struct mpta_mptcp_option capable_of(const struct story_peers *peers, uint64_t sender,
                                           uint64_t receiver)
{
    return (struct mpta_mptcp_option){
        MPTA_MP_CAPABLE, .capable = {.version = (uint8_t)peers->version,
                                     .flags = peers->flags,
                                     .has_sender_key = sender != 0,
                                     .has_receiver_key = receiver != 0,
                                     .sender_key = sender,
                                     .receiver_key = receiver}
    };
}

struct story_packet *story_syn(struct story *story, const struct story_peers *peers,
                               struct story_flow *flow)
{
    uint64_t key = peers->version == 0 ? peers->keys[MPTA_CLIENT] : 0;
    return story_option(story, flow, OPENER_SAYS, MPTA_TCP_SYN, 0, capable_of(peers, key, 0));
}

struct story_packet *story_syn_ack(struct story *story, const struct story_peers *peers,
                                   struct story_flow *flow)
{
    return story_option(story, flow, RESPONDER_SAYS, MPTA_TCP_SYN | MPTA_TCP_ACK, 0,
                        capable_of(peers, peers->keys[MPTA_SERVER], 0));
}

struct story_packet *story_ack(struct story *story, const struct story_peers *peers,
                               struct story_flow *flow)
{
    return story_option(story, flow, OPENER_SAYS, MPTA_TCP_ACK, 0,
                        capable_of(peers, peers->keys[MPTA_CLIENT], peers->keys[MPTA_SERVER]));
}

void story_capable(struct story *story, const struct story_peers *peers, struct story_flow *flow)
{
    story_syn(story, peers, flow);
    story_syn_ack(story, peers, flow);
    story_ack(story, peers, flow);
}

struct story_packet *story_join_syn(struct story *story, const struct story_peers *peers,
                                    struct story_flow *flow)
{
    uint64_t receiver_key = peers->keys[side_of(flow, RESPONDER_SAYS)];
    struct mpta_mptcp_option join = {
        MPTA_MP_JOIN, .join = {.form = MPTA_JOIN_SYN,
                               .flags = flow->backup,
                               .backup = flow->backup,
                               .address_id = flow->address_id[OPENER_SAYS],
                               .token = mpta_key_token(receiver_key, peers->version),
                               .nonce = flow->nonce[OPENER_SAYS]}
    };
    return story_option(story, flow, OPENER_SAYS, MPTA_TCP_SYN, 0, join);
}

/* The HMAC that one end of a join makes: its own key and nonce come first. */
static void hmac_of(const struct story_peers *peers, const struct story_flow *flow,
                    enum story_from from, uint8_t hmac[20])
{
    enum story_from to = from == OPENER_SAYS ? RESPONDER_SAYS : OPENER_SAYS;
    mpta_join_hmac(peers->version, peers->keys[side_of(flow, from)], peers->keys[side_of(flow, to)],
                   flow->nonce[from], flow->nonce[to], hmac);
}

struct story_packet *story_join_syn_ack(struct story *story, const struct story_peers *peers,
                                        struct story_flow *flow)
{
    uint8_t hmac[20];
    struct mpta_mptcp_option join = {
        MPTA_MP_JOIN, .join = {.form = MPTA_JOIN_SYN_ACK,
                               .flags = flow->backup,
                               .backup = flow->backup,
                               .address_id = flow->address_id[RESPONDER_SAYS],
                               .nonce = flow->nonce[RESPONDER_SAYS]}
    };
    hmac_of(peers, flow, RESPONDER_SAYS, hmac);
    memcpy(join.join.hmac, hmac, 8);
    return story_option(story, flow, RESPONDER_SAYS, MPTA_TCP_SYN | MPTA_TCP_ACK, 0, join);
}

struct story_packet *story_join_ack(struct story *story, const struct story_peers *peers,
                                    struct story_flow *flow)
{
    struct mpta_mptcp_option join = {MPTA_MP_JOIN, .join = {.form = MPTA_JOIN_ACK}};
    hmac_of(peers, flow, OPENER_SAYS, join.join.hmac);
    return story_option(story, flow, OPENER_SAYS, MPTA_TCP_ACK, 0, join);
}

void story_join(struct story *story, const struct story_peers *peers, struct story_flow *flow)
{
    story_join_syn(story, peers, flow);
    story_join_syn_ack(story, peers, flow);
    story_join_ack(story, peers, flow);
    story_data_ack(story, peers, flow, RESPONDER_SAYS);
}

/* ---- Data ------------------------------------------------------------------------------------ */

static struct mpta_mptcp_option dss_of(const struct story_peers *peers,
                                       const struct story_flow *flow, enum story_from from)
{
    return (struct mpta_mptcp_option){
        MPTA_DSS, .dss = {.flags = 0x03,
                          .has_ack = true,
                          .ack_is_64 = true,
                          .data_ack = peers->dsn[!side_of(flow, from)]}
    };
}

static void dss_map(struct mpta_dss *dss, uint64_t dsn, uint32_t ssn, uint16_t len)
{
    dss->flags |= 0x0c;
    dss->has_map = true;
    dss->dsn_is_64 = true;
    dss->dsn = dsn;
    dss->ssn = ssn;
    dss->data_len = len;
}

struct story_packet *story_mapping(struct story *story, struct story_peers *peers,
                                   struct story_flow *flow, enum story_from from, uint16_t len,
                                   uint32_t payload_len)
{
    struct mpta_mptcp_option dss = dss_of(peers, flow, from);
    uint64_t *dsn = &peers->dsn[side_of(flow, from)];
    dss_map(&dss.dss, *dsn, flow->offset[from] + 1, len);
    *dsn += len;
    return story_option(story, flow, from, MPTA_TCP_ACK | MPTA_TCP_PSH, payload_len, dss);
}

struct story_packet *story_capable_data(struct story *story, struct story_peers *peers,
                                        struct story_flow *flow, uint16_t len)
{
    struct mpta_mptcp_option option =
        capable_of(peers, peers->keys[MPTA_CLIENT], peers->keys[MPTA_SERVER]);
    option.capable.has_data_len = true;
    option.capable.data_len = len;
    peers->dsn[MPTA_CLIENT] += len;
    return story_option(story, flow, OPENER_SAYS, MPTA_TCP_ACK | MPTA_TCP_PSH, len, option);
}

struct story_packet *story_data(struct story *story, struct story_peers *peers,
                                struct story_flow *flow, enum story_from from, uint32_t len)
{
    return story_mapping(story, peers, flow, from, (uint16_t)len, len);
}

struct story_packet *story_data_ack(struct story *story, const struct story_peers *peers,
                                    struct story_flow *flow, enum story_from from)
{
    return story_option(story, flow, from, MPTA_TCP_ACK, 0, dss_of(peers, flow, from));
}

struct story_packet *story_unmapped(struct story *story, struct story_flow *flow,
                                    enum story_from from, uint32_t len)
{
    return story_plain(story, flow, from, MPTA_TCP_ACK | MPTA_TCP_PSH, len);
}

/* ---- Closing --------------------------------------------------------------------------------- */

static void story_data_fin(struct story *story, struct story_peers *peers, struct story_flow *flow,
                           enum story_from from)
{
    struct mpta_mptcp_option dss = dss_of(peers, flow, from);
    dss_map(&dss.dss, peers->dsn[side_of(flow, from)]++, 0, 1);
    dss.dss.flags |= 0x10;
    dss.dss.data_fin = true;
    story_option(story, flow, from, MPTA_TCP_ACK, 0, dss);
}

void story_data_fins(struct story *story, struct story_peers *peers, struct story_flow *flow)
{
    story_data_fin(story, peers, flow, OPENER_SAYS);
    story_data_fin(story, peers, flow, RESPONDER_SAYS);
    story_data_ack(story, peers, flow, OPENER_SAYS);
}

void story_fins(struct story *story, const struct story_peers *peers, struct story_flow *flow)
{
    story_option(story, flow, OPENER_SAYS, MPTA_TCP_FIN | MPTA_TCP_ACK, 0,
                 dss_of(peers, flow, OPENER_SAYS));
    story_option(story, flow, RESPONDER_SAYS, MPTA_TCP_FIN | MPTA_TCP_ACK, 0,
                 dss_of(peers, flow, RESPONDER_SAYS));
    story_data_ack(story, peers, flow, OPENER_SAYS);
}

struct story_packet *story_rst(struct story *story, struct story_flow *flow, enum story_from from,
                               int reason)
{
    struct mpta_mptcp_option tcprst = {MPTA_MP_TCPRST, .tcprst = {.reason = (uint8_t)reason}};
    struct story_packet *rst =
        reason < 0 ? story_plain(story, flow, from, MPTA_TCP_RST | MPTA_TCP_ACK, 0)
                   : story_option(story, flow, from, MPTA_TCP_RST | MPTA_TCP_ACK, 0, tcprst);
    if (flow->sent[from] == 0)
        rst->segment.seq = 0; /* RFC 9293 section 3.10.7.1 */
    return rst;
}

struct story_packet *story_fastclose(struct story *story, const struct story_peers *peers,
                                     struct story_flow *flow, enum story_from from, uint16_t flags)
{
    struct mpta_mptcp_option fastclose = {
        MPTA_MP_FASTCLOSE, .fastclose = {.receiver_key = peers->keys[!side_of(flow, from)]}};
    return story_option(story, flow, from, flags, 0, fastclose);
}

/* ---- Addresses ------------------------------------------------------------------------------- */

static struct mpta_mptcp_option add_addr_of(uint8_t id, const char *address, uint16_t port)
{
    return (struct mpta_mptcp_option){
        MPTA_ADD_ADDR,
        .add_addr = {
                     .address_id = id, .address = address_of(address), .has_port = port != 0, .port = port}
    };
}

struct story_packet *story_add_addr(struct story *story, const struct story_peers *peers,
                                    struct story_flow *flow, enum story_from from, uint8_t id,
                                    const char *address, uint16_t port)
{
    struct mpta_mptcp_option option = add_addr_of(id, address, port);
    struct mpta_add_addr *add_addr = &option.add_addr;
    enum mpta_side side = side_of(flow, from);
    if (peers->version == 0) {
        add_addr->nibble = add_addr->address.family;
    } else {
        add_addr->has_hmac = true;
        add_addr->hmac = mpta_add_addr_hmac(peers->keys[side], peers->keys[!side], add_addr);
    }
    return story_option(story, flow, from, MPTA_TCP_ACK, 0, option);
}

struct story_packet *story_add_addr_echo(struct story *story, struct story_flow *flow,
                                         enum story_from from, uint8_t id, const char *address,
                                         uint16_t port)
{
    struct mpta_mptcp_option option = add_addr_of(id, address, port);
    option.add_addr.nibble = 1;
    option.add_addr.echo = true;
    return story_option(story, flow, from, MPTA_TCP_ACK, 0, option);
}

/* ---- Telling a tracker ------------------------------------------------------------------------
 */

/* RFC 9293 section 3.1, octet by octet. */
static uint32_t sum_octets(uint32_t sum, const uint8_t *octets, size_t len)
{
    for (size_t i = 0; i < len; i++)
        sum += i % 2 ? octets[i] : (uint32_t)octets[i] << 8;
    return sum % 0xffff;
}

static uint16_t sum_of_kind(enum story_sum kind, uint32_t pseudo, const uint8_t *octets, size_t len)
{
    if (kind == SUM_NONE)
        return 0;
    if (kind == SUM_PARTIAL)
        return (uint16_t)pseudo;
    return (uint16_t)(~sum_octets(pseudo, octets, len) ^ (kind == SUM_BAD ? 0x4000 : 0));
}

static void put16(uint8_t *octets, uint32_t number)
{
    octets[0] = (uint8_t)(number >> 8);
    octets[1] = (uint8_t)number;
}

/* The octets of a segment, from the TCP header on, and its checksum. */
static void segment_encode(struct mpta_segment *segment, enum story_sum kind, uint8_t *octets)
{
    size_t header_len = 20 + segment->options_len, len = header_len + segment->payload_len;
    const uint16_t fields[10] = {
        segment->src_port,
        segment->dst_port,
        (uint16_t)(segment->seq >> 16),
        (uint16_t)segment->seq,
        (uint16_t)(segment->ack >> 16),
        (uint16_t)segment->ack,
        (uint16_t)(header_len / 4 << 12 | segment->flags),
        segment->window,
    };
    for (size_t i = 0; i < COUNT_OF(fields); i++)
        put16(octets + 2 * i, fields[i]);
    memcpy(octets + 20, segment->options, segment->options_len);
    memcpy(octets + header_len, segment->payload, segment->payload_len);
    uint32_t pseudo = sum_octets(6 + (uint32_t)len, segment->src.octets, 16);
    pseudo = sum_octets(pseudo, segment->dst.octets, 16);
    segment->checksum = sum_of_kind(kind, pseudo, octets, len);
    put16(octets + 16, segment->checksum);
    segment->octets = octets;
}

enum mpta_status story_feed(const struct story *story, size_t index, struct mpta_tracker *tracker,
                            struct mpta_fed *fed)
{
    static uint8_t octets[20 + 40 + sizeof(story_payload)];
    const struct story_packet *packet = &story->packets[index];
    struct mpta_segment segment = packet->segment;
    segment.options = packet->options;
    if (!segment.payload)
        segment.payload = story_payload;
    if (packet->sum != SUM_UNSEEN)
        segment_encode(&segment, packet->sum, octets);
    struct mpta_packet lent = {packet->place, packet->place.capture, packet->interface, &segment};
    return mpta_tracker_feed(tracker, &lent, fed);
}

static bool packet_is_lost(const struct story *story, size_t index, const struct story_loss *loss)
{
    return (index >= loss->begin && index < loss->end) || index == loss->also ||
           (loss->one_sided && story->packets[index].side != loss->side);
}

struct mpta_tracker *story_tell_with(const struct story *story, const struct story_loss *loss,
                                     const uint64_t *keys, size_t key_count)
{
    struct mpta_config config = {
        .hash_key = {1, 2, 3},
          .keys = keys, .key_count = key_count, .interval_ns = 15 * STORY_MS
    };
    struct mpta_tracker *tracker = mpta_tracker_new(&config);
    struct mpta_fed fed;
    assert_non_null(tracker);
    for (size_t i = 0; i < story->count; i++) {
        if (!loss || !packet_is_lost(story, i, loss))
            assert_int_equal(story_feed(story, i, tracker, &fed), MPTA_OK);
    }
    assert_int_equal(mpta_tracker_finish(tracker), MPTA_OK);
    const char *wrong = series_check(tracker);
    if (wrong)
        fail_msg("%s", wrong);
    return tracker;
}

struct mpta_tracker *story_tell(const struct story *story)
{
    return story_tell_with(story, NULL, NULL, 0);
}

/* ---- Asking it --------------------------------------------------------------------------------
 */

struct mpta_summary story_summary(const struct mpta_tracker *tracker)
{
    struct mpta_summary summary;
    mpta_tracker_summary(tracker, &summary);
    return summary;
}

struct mpta_connection story_connection(const struct mpta_tracker *tracker, size_t index)
{
    struct mpta_connection connection;
    assert_true(mpta_tracker_connection_at(tracker, index, &connection));
    return connection;
}

struct mpta_subflow story_subflow(const struct mpta_tracker *tracker, uint32_t connection,
                                  size_t index)
{
    struct mpta_subflow subflow;
    assert_true(mpta_tracker_subflow(tracker, connection, index, &subflow));
    return subflow;
}

struct mpta_subflow story_unlinked(const struct mpta_tracker *tracker, size_t index)
{
    struct mpta_subflow subflow;
    assert_true(mpta_tracker_unlinked(tracker, index, &subflow));
    return subflow;
}

struct mpta_address_event story_address(const struct mpta_tracker *tracker, uint32_t connection,
                                        size_t index)
{
    struct mpta_address_event address;
    assert_true(mpta_tracker_address(tracker, connection, index, &address));
    return address;
}

bool story_finding(const struct mpta_tracker *tracker, uint32_t connection, const char *id,
                   struct mpta_finding *finding)
{
    for (size_t i = 0; mpta_tracker_finding(tracker, connection, i, finding); i++) {
        if (strcmp(finding->kind->id, id) == 0)
            return true;
    }
    return false;
}

bool story_global_finding(const struct mpta_tracker *tracker, const char *id,
                          struct mpta_finding *finding)
{
    for (size_t i = 0; mpta_tracker_global_finding(tracker, i, finding); i++) {
        if (strcmp(finding->kind->id, id) == 0)
            return true;
    }
    return false;
}

uint64_t story_count(const struct mpta_tracker *tracker, uint32_t connection, const char *id)
{
    uint64_t count = 0;
    struct mpta_finding finding;
    for (size_t i = 0; mpta_tracker_finding(tracker, connection, i, &finding); i++) {
        if (strcmp(finding.kind->id, id) == 0)
            count += finding.count;
    }
    return count;
}

const char *story_worst(const struct mpta_tracker *tracker, enum mpta_severity severity)
{
    struct mpta_finding finding;
    struct mpta_connection connection;
    for (size_t i = 0; mpta_tracker_global_finding(tracker, i, &finding); i++) {
        if (finding.severity >= severity)
            return finding.kind->id;
    }
    for (uint32_t id = 0; mpta_tracker_connection(tracker, id, &connection); id++) {
        for (size_t i = 0; mpta_tracker_finding(tracker, id, i, &finding); i++) {
            if (finding.severity >= severity)
                return finding.kind->id;
        }
    }
    return NULL;
}
