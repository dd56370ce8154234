/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Conversations take turns by chance. Most are short, some are long, and one that is over gives its
 * place to another. Those of Multipath TCP have places of their own, and a turn whenever their part
 * of the packets is less than it is to be.
 */
#include "tests/forge/backbone.h"

#include <stdlib.h>

#include "dissector/wire.h"
#include "tests/forge/scenario.h"

enum {
    MULTIPATH_EVERY = 20, /* packets */
    MULTIPATH_PLACES = 200,
    OTHER_PLACES = 4000,
    SERVER_PORT = 443,
    SEGMENT_LEN = 1400, /* leaves room for DSS and timestamps */
    FRAGMENT_LEN = 576,
    DATAGRAM_MAX = 3000,
    UDP_HEADER_LEN = 8,
    PROTOCOL_UDP = 17,
};

enum conversation_kind { OVER, MULTIPATH, PLAIN, DATAGRAMS };

struct conversation {
    enum conversation_kind kind;
    unsigned turn;
    unsigned last_turn;
    struct story story; /* one that is not MPTCP has the first subflow only */
};

struct backbone {
    struct forge *forge;
    uint64_t begun; /* conversations */
    size_t multipath_packets;
    struct conversation multipath[MULTIPATH_PLACES];
    struct conversation others[OTHER_PLACES];
};

static bool one_in(struct forge *forge, unsigned times)
{
    return forge_random32(forge) % times == 0;
}

/* ---- Beginnings ----------------------------------------------------------------------------- */

/* An end of its own for each conversation: the last octets of an address tell its number. */
static void address_number(struct mpta_address *address, uint64_t number)
{
    uint8_t *last = address->octets + (address->family == 4 ? 3 : 15);
    last[-1] = (uint8_t)(number >> 8);
    last[0] = (uint8_t)number;
}

static void subflow_settle(struct forge_subflow *subflow, uint64_t number)
{
    address_number(&subflow->ends[MPTA_CLIENT].address, number);
    address_number(&subflow->ends[MPTA_SERVER].address, number % 251);
    subflow->ends[MPTA_SERVER].port = SERVER_PORT;
    subflow->rtt_ns = 0; /* other conversations are what takes time */
}

static void conversation_begin(struct backbone *backbone, struct conversation *conversation,
                               enum conversation_kind kind)
{
    struct forge *forge = backbone->forge;
    struct story *story = &conversation->story;
    bool is_ipv6 = one_in(forge, 3);
    uint64_t number = backbone->begun++;
    conversation->kind = kind;
    conversation->turn = 0;
    conversation->last_turn = 2 + forge_random32(forge) % (one_in(forge, 10) ? 400 : 12);
    story->connection = forge_connection(forge, 1);
    story->connection.fell_back = kind != MULTIPATH;
    story->first = forge_subflow(&story->connection, is_ipv6 ? "2001:db8:a::" : "10.0.0.0",
                                 is_ipv6 ? "2001:db8:b::" : "198.18.0.0");
    story->second = forge_additional(&story->connection, 1, "100.64.0.0", "198.18.0.0");
    story->joined = false;
    subflow_settle(&story->first, number);
    subflow_settle(&story->second, number);
}

/* ---- TCP ------------------------------------------------------------------------------------ */

/* A request or a few segments of an answer, acknowledged. Fragments would be losses of MPTCP. */
static void exchange(struct forge *forge, struct forge_subflow *subflow)
{
    enum mpta_side by = one_in(forge, 4) ? MPTA_CLIENT : MPTA_SERVER;
    unsigned segments = by == MPTA_CLIENT ? 1 : 1 + forge_random32(forge) % 3;
    for (; segments > 0; segments--) {
        bool is_short = by == MPTA_CLIENT || one_in(forge, 4);
        if (subflow->connection->fell_back && one_in(forge, 100)) {
            forge->next.fragment_size = FRAGMENT_LEN;
        }
        forge_data(subflow, by,
                   is_short ? (uint16_t)(20 + forge_random32(forge) % 600) : SEGMENT_LEN);
    }
    forge_ack(subflow, forge_peer_of(by));
}

static void plain_connect(struct forge_subflow *subflow)
{
    void (*const packets[])(struct forge_subflow *) = {forge_syn, forge_syn_ack, forge_third_ack};
    for (size_t i = 0; i < sizeof packets / sizeof packets[0]; i++) {
        subflow->connection->forge->next.edit = forge_edit_strip;
        packets[i](subflow);
    }
}

static void plain_turn(struct forge *forge, struct conversation *conversation)
{
    struct forge_subflow *subflow = &conversation->story.first;
    if (conversation->turn == 0) {
        plain_connect(subflow);
    } else if (conversation->turn == conversation->last_turn) {
        forge_close(subflow);
    } else {
        exchange(forge, subflow);
    }
}

static void multipath_turn(struct forge *forge, struct conversation *conversation)
{
    struct story *story = &conversation->story;
    if (conversation->turn == 0) {
        forge_connect(&story->first);
        story_talk(&story->first);
    } else if (conversation->turn == conversation->last_turn) {
        story_end(story);
    } else if (conversation->turn == 1) {
        story_join(story);
    } else {
        exchange(forge, one_in(forge, 2) ? &story->first : &story->second);
    }
}

/* ---- UDP ------------------------------------------------------------------------------------ */

/* RFC 768, without a checksum: nobody looks at it. */
static void datagram_send(struct forge *forge, const struct forge_end *from,
                          const struct forge_end *to, size_t payload_len)
{
    uint8_t ip[40 + UDP_HEADER_LEN + DATAGRAM_MAX] = {0};
    size_t header_len = from->address.family == 4 ? 20 : 40, udp_len = UDP_HEADER_LEN + payload_len;
    struct wire_writer writer = wire_writer_of(ip + header_len, UDP_HEADER_LEN);
    if (from->address.family == 4) {
        forge_ipv4_header(ip, ++forge->ip_ids, 60, PROTOCOL_UDP, from->address.octets,
                          to->address.octets, udp_len);
    } else {
        forge_ipv6_header(ip, 60, PROTOCOL_UDP, from->address.octets, to->address.octets, udp_len);
    }
    wire_put(&writer, from->port, 2);
    wire_put(&writer, to->port, 2);
    wire_put(&writer, udp_len, 2);
    wire_put(&writer, 0, 2);
    forge_wait(forge, 30000);
    forge_emit_ip(forge, 0, ip, header_len + udp_len,
                  udp_len > SEGMENT_LEN + UDP_HEADER_LEN ? SEGMENT_LEN : 0);
}

/* Short ones, full ones, and now and then one that takes fragments. */
static void datagram_turn(struct forge *forge, struct conversation *conversation)
{
    const struct forge_end *ends = conversation->story.first.ends;
    unsigned from = one_in(forge, 3) ? MPTA_CLIENT : MPTA_SERVER;
    size_t payload_len = one_in(forge, 3) ? 40 + forge_random32(forge) % 400 : 1250;
    datagram_send(forge, &ends[from], &ends[!from], one_in(forge, 50) ? DATAGRAM_MAX : payload_len);
}

/* ---- The whole ------------------------------------------------------------------------------ */

static void conversation_turn(struct forge *forge, struct conversation *conversation)
{
    static void (*const turns[])(struct forge *, struct conversation *) = {
        [MULTIPATH] = multipath_turn,
        [PLAIN] = plain_turn,
        [DATAGRAMS] = datagram_turn,
    };
    turns[conversation->kind](forge, conversation);
    if (conversation->turn++ == conversation->last_turn) {
        conversation->kind = OVER;
    }
}

static void multipath_step(struct backbone *backbone)
{
    struct forge *forge = backbone->forge;
    struct conversation *conversation =
        &backbone->multipath[forge_random32(forge) % MULTIPATH_PLACES];
    size_t before = forge->count;
    if (conversation->kind == OVER) {
        conversation_begin(backbone, conversation, MULTIPATH);
    }
    conversation_turn(forge, conversation);
    backbone->multipath_packets += forge->count - before;
}

static void other_step(struct backbone *backbone)
{
    struct forge *forge = backbone->forge;
    struct conversation *conversation = &backbone->others[forge_random32(forge) % OTHER_PLACES];
    if (conversation->kind == OVER) {
        conversation_begin(backbone, conversation, one_in(forge, 3) ? DATAGRAMS : PLAIN);
    }
    conversation_turn(forge, conversation);
}

void backbone_play(struct forge *forge, size_t count)
{
    struct backbone *backbone = calloc(1, sizeof *backbone);
    if (backbone == NULL) {
        forge->failed = true;
        return;
    }
    backbone->forge = forge;
    while (forge->count < count && !forge->failed) {
        if (backbone->multipath_packets * MULTIPATH_EVERY <= forge->count) {
            multipath_step(backbone);
        } else {
            other_step(backbone);
        }
    }
    free(backbone);
}
