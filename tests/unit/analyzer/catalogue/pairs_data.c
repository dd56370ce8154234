/* SPDX-License-Identifier: BSD-3-Clause */
/* Rows about data, on a wire whose octets are known. The client sends. */
#include "tests/unit/analyzer/catalogue/pairs.h"

static void open_wire(struct wire *wire)
{
    wire_capable(wire);
}

static void open_pair(struct wire *wire)
{
    wire_capable(wire);
    wire_join(wire, PAIR_JOIN);
}

static void say_map(struct wire *wire, unsigned flow, uint32_t ssn, uint32_t len,
                    const struct wire_map *map)
{
    static uint8_t octets[WIRE_LEN_MAX];
    wire_fill(octets, len, MPTA_CLIENT, map->data);
    wire_send(wire, &(struct wire_segment){
                        .flow = flow, .ssn = ssn, .octets = octets, .len = len, .map = *map});
}

/* 100 octets from offset 0 at SSN 1, one of them another than the client's application sends. */
static void say_spoilt(struct wire *wire, unsigned flow)
{
    static uint8_t octets[100];
    wire_fill(octets, sizeof(octets), MPTA_CLIENT, 0);
    octets[50] ^= 0x20;
    wire_send(
        wire,
        &(struct wire_segment){
            .flow = flow, .ssn = 1, .octets = octets, .len = 100, .map = {.ssn = 1, .len = 100}
    });
}

static void data_fin(struct wire *wire, uint32_t ssn, uint64_t at)
{
    say_map(wire, 0, ssn, 0, &(struct wire_map){.data = at, .len = 1, .fin = true});
}

/* ---- Checksums ------------------------------------------------------------------------------- */

/* 100 octets under a checksum, and then spoilt; `cut` of them were not captured. */
static void say_under_checksum(struct wire *wire, bool spoilt, uint32_t cut)
{
    static uint8_t octets[100];
    struct wire_map map = {.ssn = 1, .len = 100, .has_checksum = true};
    wire_fill(octets, sizeof(octets), MPTA_CLIENT, 0);
    map.checksum = wire_checksum(wire, MPTA_CLIENT, &map, octets);
    octets[50] ^= spoilt ? 0x20 : 0;
    wire_send(wire, &(struct wire_segment){
                        .ssn = 1, .octets = octets, .len = 100, .cut = cut, .map = map});
}

static void checksum(struct wire *wire, bool near)
{
    wire->peers.flags |= MPTA_CAPABLE_A;
    open_wire(wire);
    say_under_checksum(wire, true, near ? 10 : 0);
}

static void checksum_presence(struct wire *wire, bool near)
{
    if (near)
        wire->peers.flags |= MPTA_CAPABLE_A;
    open_wire(wire);
    say_under_checksum(wire, false, 0);
}

/* A packet is compared with its copy once there is a second capture point. */
static void payload_altered(struct wire *wire, bool near)
{
    static uint8_t octets[100];
    open_wire(wire);
    pair_data(wire, 0, 1, 0, 100);
    wire_copy_last(wire);
    wire_fill(octets, sizeof(octets), MPTA_CLIENT, 100);
    wire_send(wire, &(struct wire_segment){
                        .ssn = 101,
                        .octets = octets,
                        .len = 100,
                        .map = {.ssn = 101, .data = 100, .len = 100}
    });
    octets[50] ^= near ? 0 : 0x20;
    wire_copy_last(wire);
}

/* ---- Mappings -------------------------------------------------------------------------------- */

static void contradiction(struct wire *wire, bool near)
{
    open_wire(wire);
    pair_data(wire, 0, 1, 0, 100);
    say_map(wire, 0, 101, 0, &(struct wire_map){.ssn = 1, .data = near ? 0 : 50, .len = 100});
}

static void off_stream(struct wire *wire, bool near)
{
    open_wire(wire);
    say_map(wire, 0, 1, 100, &(struct wire_map){.ssn = near ? 1 : 0, .len = 100});
}

/* The client's packets have numbers of their own, one after the other from its SYN on. */
static void count_packets(struct wire *wire)
{
    struct story *story = &wire->story;
    struct story_flow *flow = &wire->flows[PAIR_JOIN];
    open_wire(wire);
    story_join_syn(story, &wire->peers, flow)->segment.ip_id = 500;
    story_join_syn_ack(story, &wire->peers, flow)->segment.ip_id = 0;
    story_join_ack(story, &wire->peers, flow)->segment.ip_id = 501;
    story_data_ack(story, &wire->peers, flow, RESPONDER_SAYS);
    wire_tell(wire);
    wire->ip_id = 501;
}

static void unmapped(struct wire *wire, bool near)
{
    static uint8_t octets[100];
    count_packets(wire);
    pair_data(wire, PAIR_JOIN, 1, 0, 100);
    wire_fill(octets, sizeof(octets), MPTA_CLIENT, 100);
    wire_send(wire,
              &(struct wire_segment){
                  .flow = PAIR_JOIN, .ssn = 101, .octets = octets, .len = 100, .no_dss = true});
    if (near)
        say_map(wire, PAIR_JOIN, 201, 0, &(struct wire_map){.ssn = 101, .data = 100, .len = 100});
    wire_send(wire, &(struct wire_segment){
                        .flow = PAIR_JOIN, .ssn = 201, .no_dss = true, .flags = MPTA_TCP_FIN});
}

static void tiny(struct wire *wire, bool near)
{
    uint32_t len = near ? 16 : 15;
    open_wire(wire);
    for (uint32_t i = 0; i < 1000; i++)
        pair_data(wire, 0, 1 + i * len, i * len, len);
}

/* ---- Data that comes again ------------------------------------------------------------------- */

static void rewritten(struct wire *wire, bool near)
{
    open_pair(wire);
    pair_data(wire, 0, 1, 0, 100);
    if (near)
        pair_data(wire, PAIR_JOIN, 1, 0, 100);
    else
        say_spoilt(wire, PAIR_JOIN);
}

static void overlap(struct wire *wire, bool near)
{
    open_wire(wire);
    pair_data(wire, 0, 1, 0, 100);
    if (near)
        pair_data(wire, 0, 1, 0, 100);
    else
        say_spoilt(wire, 0);
}

/* On the same subflow it is only mapped anew. */
static void reinjected(struct wire *wire, bool near)
{
    open_pair(wire);
    pair_data(wire, 0, 1, 0, 100);
    pair_data(wire, near ? 0 : PAIR_JOIN, near ? 101 : 1, 0, 100);
}

/* ---- Windows and ends ------------------------------------------------------------------------ */

/* The windows of a wire are not scaled. */
#define WINDOW 65535

static void beyond_window(struct wire *wire, bool near)
{
    open_wire(wire);
    pair_ack(wire, 0, 0, 0);
    pair_data(wire, 0, 1, near ? WINDOW - 100 : UINT64_C(1) << 31, 100);
    pair_ack(wire, 0, 0, 100);
}

static void ack_beyond(struct wire *wire, bool near)
{
    open_wire(wire);
    pair_data(wire, 0, 1, 0, 100);
    data_fin(wire, 101, 100);
    pair_ack(wire, 0, near ? 101 : 102, 100);
}

static void after_fin(struct wire *wire, bool near)
{
    open_wire(wire);
    pair_data(wire, 0, 1, 0, 100);
    data_fin(wire, 101, 100);
    if (near)
        pair_data(wire, 0, 1, 0, 100);
    else
        pair_data(wire, 0, 101, 100, 1);
}

/* ---- Time ------------------------------------------------------------------------------------ */

/* The server lacks 100 octets for so long. */
static void lack(struct wire *wire, int64_t duration_ns, unsigned flow)
{
    open_pair(wire);
    pair_data(wire, 0, 1, 0, 100);
    pair_data(wire, flow, flow == 0 ? 201 : 1, 200, 100);
    pair_wait(wire, duration_ns);
    pair_ack(wire, 0, 100, 100);
    pair_data(wire, 0, 101, 100, 100);
}

static void hole(struct wire *wire, bool near)
{
    lack(wire, (near ? 1900 : 2100) * STORY_MS, PAIR_JOIN);
}

static void head_of_line(struct wire *wire, bool near)
{
    lack(wire, 200 * STORY_MS, near ? 0 : PAIR_JOIN);
}

static void stale(struct wire *wire, bool near)
{
    open_pair(wire);
    pair_data(wire, 0, 1, 0, 100);
    pair_ack(wire, 0, 100, 100);
    pair_data(wire, PAIR_JOIN, 1, 100, 100);
    pair_wait(wire, (near ? 900 : 1100) * STORY_MS);
    pair_data(wire, PAIR_JOIN, 1, 100, 100);
    pair_data(wire, 0, 101, 200, 100);
    pair_wait(wire, (near ? 900 : 1100) * STORY_MS);
    pair_ack(wire, 0, 100, 200);
}

/* Sent again, eleven seconds later; what the other end says in between tells that it is there. */
static void data_unanswered(struct wire *wire, bool near)
{
    open_wire(wire);
    pair_data(wire, 0, 1, 0, 100);
    pair_wait(wire, 5000 * STORY_MS);
    if (near)
        pair_ack(wire, 0, 1, 0);
    pair_wait(wire, 6000 * STORY_MS);
    pair_data(wire, 0, 1, 0, 100);
}

/* Sent again, 15 seconds in all; the other end says each time how little it has. */
static void data_stuck(struct wire *wire, bool near)
{
    uint32_t acked = 0;
    open_wire(wire);
    pair_data(wire, 0, 1, 0, 100);
    for (int64_t wait_ms = 1000; wait_ms < 16000; wait_ms *= 2) {
        pair_wait(wire, wait_ms * STORY_MS);
        pair_data(wire, 0, 1, 0, 100);
        acked += near;
        pair_ack(wire, 0, acked, acked);
    }
}

/* Sent again after 12 seconds, and acknowledged at last; or the acknowledgement had been there. */
static void data_stalled(struct wire *wire, bool near)
{
    open_wire(wire);
    pair_data(wire, 0, 1, 0, 100);
    pair_wait(wire, 12000 * STORY_MS);
    if (!near)
        pair_data(wire, 0, 1, 0, 100);
    pair_ack(wire, 0, 100, 100);
}

/* A DATA_FIN, three times in twelve seconds. */
static void data_fin_unacked(struct wire *wire, bool near)
{
    struct wire_segment fin = {
        .ssn = 101, .map = {.data = 100, .len = 1, .fin = true}
    };
    open_wire(wire);
    pair_data(wire, 0, 1, 0, 100);
    pair_ack(wire, 0, 100, 100);
    for (unsigned i = 0; i < 3; i++) {
        wire_send(wire, &fin);
        if (near && i == 1)
            pair_ack(wire, 0, 101, 100);
        pair_wait(wire, 6000 * STORY_MS);
    }
}

/* Five times within twelve seconds; the third time it is open by one octet. */
static void window_closed(struct wire *wire, bool near)
{
    pair_open_one(wire);
    for (unsigned i = 0; i < 5; i++) {
        struct story_packet *ack =
            story_data_ack(&wire->story, &wire->peers, &wire->flows[0], RESPONDER_SAYS);
        ack->segment.window = near && i == 2 ? 1 : 0;
        pair_wait(wire, 3000 * STORY_MS);
    }
}

/* TCP acknowledges every three seconds; in between the DATA_ACK moves once. */
static void data_ack_stuck(struct wire *wire, bool near)
{
    open_wire(wire);
    for (uint32_t i = 0; i < 7; i++) {
        pair_data(wire, 0, 1 + 100 * i, 100 * i, 100);
        pair_ack(wire, 0, near && i >= 3 ? 350 : 0, 100 * (i + 1));
        pair_wait(wire, 3000 * STORY_MS);
    }
}

/* ---- Hidden requests ------------------------------------------------------------------------- */

static void evasion(struct wire *wire, bool near)
{
    uint32_t ssn[WIRE_FLOWS] = {1, 1, 1, 1};
    open_wire(wire);
    for (unsigned flow = 1; flow < WIRE_FLOWS; flow++)
        wire_join(wire, flow);
    for (uint32_t at = 0, i = 0; at < 512; at += near ? 128 : 127, i++) {
        uint32_t len = near ? 128 : 127;
        unsigned flow = i % WIRE_FLOWS;
        static uint8_t octets[128];
        wire_fill(octets, len, MPTA_CLIENT, at);
        wire_send(wire, &(struct wire_segment){
                            .flow = flow,
                            .from = flow == 3 ? RESPONDER_SAYS : OPENER_SAYS,
                            .ssn = ssn[flow],
                            .octets = octets,
                            .len = len,
                            .map = {.ssn = ssn[flow], .data = at, .len = (uint16_t)len}
        });
        ssn[flow] += len;
    }
}

static const struct pair pairs[] = {
    {"dss-checksum",          checksum,          "ten octets were not captured"              },
    {"dss-checksum-presence", checksum_presence, "flag A asked for it"                       },
    {"payload-altered",       payload_altered,   "the same at both capture points"           },
    {"mapping-contradiction", contradiction,     "the same mapping again"                    },
    {"mapping-off-stream",    off_stream,        "the first octet behind the SYN"            },
    {"data-unmapped",         unmapped,          "the mapping comes behind the data"         },
    {"data-rewritten",        rewritten,         "the same octets"                           },
    {"data-reinjected",       reinjected,        "on the same subflow"                       },
    {"data-beyond-window",    beyond_window,     "up to the edge of the window"              },
    {"ack-beyond-data",       ack_beyond,        "the DATA_FIN, which counts one"            },
    {"data-after-fin",        after_fin,         "data from before it, sent again"           },
    {"data-hole",             hole,              "just under two seconds"                    },
    {"data-unanswered",       data_unanswered,   "the other end repeated an old ACK"         },
    {"data-stalled",          data_stalled,      "it was not sent again"                     },
    {"data-fin-unacked",      data_fin_unacked,  "it is acknowledged, and yet sent again"    },
    {"data-stuck",            data_stuck,        "an octet more is acknowledged each time"   },
    {"subflow-stale",         stale,             "just under two seconds"                    },
    {"window-closed",         window_closed,     "it is open by one octet in between"        },
    {"data-ack-stuck",        data_ack_stuck,    "the DATA_ACK moves once"                   },
    {"head-of-line",          head_of_line,      "the path that it waits for is the only one"},
    {"mapping-tiny",          tiny,              "16 octets each"                            },
    {"evasion-fragments",     evasion,           "in runs of 128"                            },
    {"tcp-overlap-differs",   overlap,           "the same octets"                           },
};
const struct pair_list pairs_of_data = {pairs, COUNT_OF(pairs)};
