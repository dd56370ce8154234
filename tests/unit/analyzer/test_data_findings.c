/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Findings about data: for each what shows it, and what comes near and does not. Steps are taken on
 * a wire of two subflows; the client sends unless a step says otherwise.
 */
#include "tests/unit/analyzer/wire.h"

#include <string.h>

#define MS     STORY_MS
#define ANY    UINT32_MAX
#define SECOND 1

/* ---- Steps ------------------------------------------------------------------------------------
 */

/* Octets of the stream of `by`, which `change` spoils at one place (ANY: nowhere). */
struct said {
    unsigned flow;
    uint32_t ssn;
    uint64_t data;
    uint32_t len;
    uint32_t change;
    uint32_t cut;
    enum mpta_side by;
    uint16_t flags;
    bool bare; /* without option */
};

static void say(struct wire *wire, const struct said *said)
{
    static uint8_t octets[WIRE_LEN_MAX];
    struct wire_segment segment = {
        .flow = said->flow,
        .from = wire->flows[said->flow].opened_by == said->by ? OPENER_SAYS : RESPONDER_SAYS,
        .ssn = said->ssn,
        .octets = octets,
        .len = said->len,
        .cut = said->cut,
        .flags = said->flags,
        .no_dss = said->bare,
    };
    wire_fill(octets, said->len, said->by, said->data);
    if (said->change != ANY)
        octets[said->change] ^= 0x20;
    if (!said->bare)
        segment.map =
            (struct wire_map){.ssn = said->ssn, .data = said->data, .len = (uint16_t)said->len};
    wire_send(wire, &segment);
}

static void data(struct wire *wire, unsigned flow, uint32_t ssn, uint64_t offset, uint32_t len)
{
    say(wire, &(struct said){flow, ssn, offset, len, .change = ANY});
}

static void changed(struct wire *wire, unsigned flow, uint32_t ssn, uint64_t offset, uint32_t len,
                    uint32_t change)
{
    say(wire, &(struct said){flow, ssn, offset, len, .change = change});
}

static void bare(struct wire *wire, unsigned flow, uint32_t ssn, uint64_t offset, uint32_t len)
{
    say(wire, &(struct said){flow, ssn, offset, len, .change = ANY, .bare = true});
}

/* A mapping on a packet with `len` octets from `ssn` on, or without any. */
static void mapping(struct wire *wire, unsigned flow, uint32_t ssn, uint32_t len,
                    const struct wire_map *map)
{
    static uint8_t octets[WIRE_LEN_MAX];
    wire_fill(octets, len, MPTA_CLIENT, map->data);
    wire_send(wire, &(struct wire_segment){
                        .flow = flow, .ssn = ssn, .octets = octets, .len = len, .map = *map});
}

/* The server acknowledges so many octets of the stream, and of the subflow. */
static void acknowledge(struct wire *wire, unsigned flow, uint64_t ack, uint32_t acked_len)
{
    wire_send(wire, &(struct wire_segment){.flow = flow,
                                           .from = RESPONDER_SAYS,
                                           .ssn = 1,
                                           .ack_is_64 = true,
                                           .ack = ack,
                                           .acked_len = acked_len});
}

static void data_fin(struct wire *wire, unsigned flow, uint32_t ssn, uint64_t at)
{
    mapping(wire, flow, ssn, 0, &(struct wire_map){.data = at, .len = 1, .fin = true});
}

static void finish(struct wire *wire, unsigned flow, uint32_t ssn)
{
    wire_send(wire, &(struct wire_segment){
                        .flow = flow, .ssn = ssn, .no_dss = true, .flags = MPTA_TCP_FIN});
}

static void reset(struct wire *wire, unsigned flow)
{
    story_rst(&wire->story, &wire->flows[flow], RESPONDER_SAYS, -1);
    wire_tell(wire);
}

static void wait(struct wire *wire, int64_t duration_ns)
{
    wire->now_ns += duration_ns;
}

static void begin_pair(struct wire *wire)
{
    wire_capable(wire);
    wire_join(wire, SECOND);
}

/* ---- dss-checksum-presence --------------------------------------------------------------------
 */

static void send_with_checksum(struct wire *wire, unsigned flow)
{
    uint8_t octets[100];
    struct wire_map map = {.ssn = 1, .len = 100, .has_checksum = true};
    wire_fill(octets, sizeof(octets), MPTA_CLIENT, 0);
    map.checksum = wire_checksum(wire, MPTA_CLIENT, &map, octets);
    mapping(wire, flow, 1, 100, &map);
}

static void none_although_negotiated(struct wire *wire)
{
    wire->peers.flags |= MPTA_CAPABLE_A;
    wire_capable(wire);
    send_with_checksum(wire, 0);
    data(wire, 0, 101, 100, 100);
}

static void none_on_a_data_fin(struct wire *wire)
{
    wire->peers.flags |= MPTA_CAPABLE_A;
    wire_capable(wire);
    send_with_checksum(wire, 0);
    data_fin(wire, 0, 101, 100);
}

static void none_on_a_join(struct wire *wire)
{
    wire->peers.flags |= MPTA_CAPABLE_A;
    begin_pair(wire);
    data(wire, SECOND, 1, 0, 100);
}

static void one_that_nobody_asked_for(struct wire *wire)
{
    wire_capable(wire);
    send_with_checksum(wire, 0);
}

static void one_that_was_negotiated(struct wire *wire)
{
    wire->peers.flags |= MPTA_CAPABLE_A;
    wire_capable(wire);
    send_with_checksum(wire, 0);
}

static void none_after_mp_fail(struct wire *wire)
{
    struct mpta_mptcp_option fail = {.subtype = MPTA_MP_FAIL};
    wire->peers.flags |= MPTA_CAPABLE_A;
    wire_capable(wire);
    story_option(&wire->story, &wire->flows[0], RESPONDER_SAYS, MPTA_TCP_ACK, 0, fail);
    wire_tell(wire);
    data(wire, 0, 1, 0, 100);
}

static void none_on_an_infinite_mapping(struct wire *wire)
{
    wire->peers.flags |= MPTA_CAPABLE_A;
    wire_capable(wire);
    mapping(wire, 0, 1, 100, &(struct wire_map){.ssn = 1, .infinite = true});
}

/* The SYN/ACK may have said anything. */
static void one_where_the_syn_ack_is_missing(struct wire *wire)
{
    wire->flows[0].sent[RESPONDER_SAYS] = 1;
    story_syn(&wire->story, &wire->peers, &wire->flows[0]);
    wire->flows[0].sent[OPENER_SAYS] = 1;
    story_ack(&wire->story, &wire->peers, &wire->flows[0]);
    wire_tell(wire);
    send_with_checksum(wire, 0);
}

/* ---- mapping-off-stream -----------------------------------------------------------------------
 */

static void at_the_syn(struct wire *wire)
{
    wire_capable(wire);
    mapping(wire, 0, 1, 100, &(struct wire_map){.ssn = 0, .len = 100});
}

static void behind_the_fin(struct wire *wire)
{
    begin_pair(wire);
    data(wire, 0, 1, 0, 100);
    finish(wire, 0, 101);
    mapping(wire, 0, 102, 0, &(struct wire_map){.ssn = 101, .data = 100, .len = 50});
}

static void a_data_fin_behind_the_fin(struct wire *wire)
{
    begin_pair(wire);
    data(wire, 0, 1, 0, 100);
    finish(wire, 0, 101);
    data_fin(wire, 0, 102, 100);
}

static void what_the_fin_follows(struct wire *wire)
{
    begin_pair(wire);
    data(wire, 0, 1, 0, 100);
    finish(wire, 0, 101);
    mapping(wire, 0, 51, 50, &(struct wire_map){.ssn = 51, .data = 50, .len = 50});
}

/* Which of two connections on these ports this is cannot be told. */
static void at_the_syn_behind_a_gap(struct wire *wire)
{
    wire_capable(wire);
    data(wire, 0, 101, 100, 100);
    mapping(wire, 0, 301, 100, &(struct wire_map){.ssn = 0, .data = 200, .len = 100});
}

/* The client's packets have numbers of their own, one after the other from its SYN on. */
static void count_packets(struct wire *wire, unsigned flow)
{
    struct story *story = &wire->story;
    wire_capable(wire);
    story_join_syn(story, &wire->peers, &wire->flows[flow])->segment.ip_id = 500;
    story_join_syn_ack(story, &wire->peers, &wire->flows[flow])->segment.ip_id = 0;
    story_join_ack(story, &wire->peers, &wire->flows[flow])->segment.ip_id = 501;
    story_data_ack(story, &wire->peers, &wire->flows[flow], RESPONDER_SAYS);
    wire_tell(wire);
    wire->ip_id = 501;
}

/* The second mapping lies elsewhere than its payload, and so many packets before it are missing. */
static void map_elsewhere(struct wire *wire, uint16_t missing)
{
    count_packets(wire, SECOND);
    mapping(wire, SECOND, 1, 100, &(struct wire_map){.ssn = 1, .len = 100});
    wire->ip_id = (uint16_t)(wire->ip_id + missing);
    mapping(wire, SECOND, 101, 100, &(struct wire_map){.ssn = 2101, .data = 100, .len = 100});
    finish(wire, SECOND, 201);
}

static void beside_its_payload(struct wire *wire)
{
    map_elsewhere(wire, 0);
}

static void beside_its_payload_and_a_packet_missing(struct wire *wire)
{
    map_elsewhere(wire, 1);
}

/* As Linux repeats it on the next segment, where it was not spoilt. */
static void beyond_all_that_is_sent(struct wire *wire)
{
    begin_pair(wire);
    mapping(wire, SECOND, 1, 100, &(struct wire_map){.ssn = 65537, .len = 200});
    mapping(wire, SECOND, 101, 100, &(struct wire_map){.ssn = 1, .len = 200});
    reset(wire, SECOND);
}

static void where_data_comes_later(struct wire *wire)
{
    begin_pair(wire);
    mapping(wire, SECOND, 1, 100, &(struct wire_map){.ssn = 101, .data = 100, .len = 100});
    mapping(wire, SECOND, 101, 100, &(struct wire_map){.ssn = 1, .len = 100});
    reset(wire, SECOND);
}

static void ahead_of_its_payload(struct wire *wire)
{
    count_packets(wire, SECOND);
    mapping(wire, SECOND, 1, 0, &(struct wire_map){.ssn = 1, .len = 100});
    mapping(wire, SECOND, 1, 100, &(struct wire_map){.ssn = 101, .data = 100, .len = 100});
    bare(wire, SECOND, 101, 100, 100);
    reset(wire, SECOND);
}

/* ---- mapping-contradiction --------------------------------------------------------------------
 */

/* A second mapping of the first octets, or of some of them, on a packet from `ssn` on. */
static void mapped_again(struct wire *wire, uint32_t ssn, uint16_t len)
{
    wire_capable(wire);
    data(wire, 0, 1, 0, 100);
    mapping(wire, 0, ssn, 100, &(struct wire_map){.ssn = 51, .data = 500, .len = len});
}

static void without_a_gap(struct wire *wire)
{
    mapped_again(wire, 101, 50);
}

static void behind_a_gap_with_its_octets(struct wire *wire)
{
    mapped_again(wire, 301, 350);
}

/* A later connection on the same ports, whose handshake was not captured, may say this. */
static void behind_a_gap_without_them(struct wire *wire)
{
    mapped_again(wire, 301, 50);
}

/* ---- data-unmapped ----------------------------------------------------------------------------
 */

/* Octets of a join without a mapping, behind some that have one and so many missing packets. */
static void leave_out_mapping(struct wire *wire, uint16_t missing, uint32_t ssn)
{
    count_packets(wire, SECOND);
    data(wire, SECOND, 1, 0, 100);
    wire->ip_id = (uint16_t)(wire->ip_id + missing);
    bare(wire, SECOND, ssn, ssn - 1, 201 - ssn);
}

static void on_a_join_that_is_reset(struct wire *wire)
{
    leave_out_mapping(wire, 0, 101);
    reset(wire, SECOND);
}

static void on_a_join_that_is_closed(struct wire *wire)
{
    leave_out_mapping(wire, 0, 101);
    finish(wire, SECOND, 201);
}

static void where_a_packet_is_missing(struct wire *wire)
{
    leave_out_mapping(wire, 1, 101);
    finish(wire, SECOND, 201);
}

static void where_data_is_missing(struct wire *wire)
{
    leave_out_mapping(wire, 0, 151);
    reset(wire, SECOND);
}

static void on_a_join_that_goes_on(struct wire *wire)
{
    count_packets(wire, SECOND);
    bare(wire, SECOND, 1, 0, 100);
}

static void until_the_mapping_comes(struct wire *wire)
{
    count_packets(wire, SECOND);
    bare(wire, SECOND, 1, 0, 100);
    mapping(wire, SECOND, 101, 0, &(struct wire_map){.ssn = 1, .len = 100});
    reset(wire, SECOND);
}

/* A fallback is what that is. */
static void on_the_only_subflow(struct wire *wire)
{
    wire_capable(wire);
    bare(wire, 0, 1, 0, 100);
    reset(wire, 0);
}

/* ---- data-rewritten, tcp-overlap-differs ------------------------------------------------------
 */

static void the_same_elsewhere(struct wire *wire)
{
    begin_pair(wire);
    data(wire, 0, 1, 0, 1400);
    data(wire, SECOND, 1, 0, 1400);
}

static void other_octets_elsewhere(struct wire *wire)
{
    begin_pair(wire);
    data(wire, 0, 1, 0, 1400);
    changed(wire, SECOND, 1, 0, 1400, 700);
}

static void other_octets_in_smaller_segments(struct wire *wire)
{
    begin_pair(wire);
    data(wire, 0, 1, 0, 3000);
    data(wire, SECOND, 1, 0, 500);
    changed(wire, SECOND, 501, 500, 700, 699);
    data(wire, SECOND, 1201, 1200, 1800);
}

static void other_octets_in_larger_segments(struct wire *wire)
{
    begin_pair(wire);
    data(wire, 0, 1, 0, 333);
    data(wire, 0, 334, 333, 667);
    changed(wire, SECOND, 1, 0, 1000, 340);
}

/* Nothing of it begins or ends where something began or ended before. */
static void other_octets_with_other_ends(struct wire *wire)
{
    begin_pair(wire);
    data(wire, 0, 1, 0, 1400);
    changed(wire, SECOND, 1, 100, 1000, 500);
}

static void the_same_with_other_ends(struct wire *wire)
{
    begin_pair(wire);
    data(wire, 0, 1, 0, 1400);
    data(wire, SECOND, 1, 100, 1000);
}

/* A part of its cell came once, and this octet leaves the same mark. */
static void other_octets_at_an_end(struct wire *wire)
{
    begin_pair(wire);
    data(wire, 0, 1, 0, 1400);
    changed(wire, SECOND, 1, 100, 1000, 18);
}

/* Octets that are all others, without a whole cell among them. */
static void fewer_octets_than_a_cell(struct wire *wire)
{
    uint8_t octets[28];
    begin_pair(wire);
    data(wire, 0, 1, 0, 1400);
    wire_fill(octets, sizeof(octets), MPTA_SERVER, 777);
    wire_send(wire, &(struct wire_segment){
                        .flow = SECOND,
                        .ssn = 1,
                        .octets = octets,
                        .len = sizeof(octets),
                        .map = {.ssn = 1, .data = 777, .len = sizeof(octets)}
    });
}

static void other_octets_where_two_segments_meet(struct wire *wire)
{
    begin_pair(wire);
    data(wire, 0, 1, 0, 1400);
    changed(wire, SECOND, 1, 100, 110, 109);
    data(wire, SECOND, 111, 210, 500);
}

static void other_octets_beside_a_gap_and_without(struct wire *wire)
{
    begin_pair(wire);
    data(wire, 0, 1, 0, 1400);
    data(wire, SECOND, 1, 1000, 100);
    changed(wire, SECOND, 201, 100, 110, 109);
    data(wire, SECOND, 311, 210, 500);
}

static void other_octets_under_another_ssn(struct wire *wire)
{
    begin_pair(wire);
    data(wire, 0, 1, 0, 200);
    changed(wire, 0, 201, 0, 200, 0);
}

static void other_octets_beside_a_gap(struct wire *wire)
{
    begin_pair(wire);
    data(wire, 0, 1, 0, 200);
    changed(wire, SECOND, 101, 0, 200, 0);
}

static void other_octets_that_were_cut(struct wire *wire)
{
    begin_pair(wire);
    data(wire, 0, 1, 0, 200);
    say(wire, &(struct said){SECOND, 1, 0, 200, .change = 150, .cut = 60});
}

static void other_octets_behind_the_first(struct wire *wire)
{
    begin_pair(wire);
    data(wire, 0, 1, 0, 200);
    changed(wire, SECOND, 1, 100, 200, 150);
}

/* Its checksum says that it was spoilt on the way: the receiver has dropped it. */
static void what_a_checksum_shows_to_be_spoilt(struct wire *wire)
{
    uint8_t octets[100];
    struct wire_map map = {.ssn = 1, .len = 100, .has_checksum = true};
    struct wire_segment segment = {.octets = octets, .ssn = 1, .len = 100};
    wire->peers.flags |= MPTA_CAPABLE_A;
    begin_pair(wire);
    wire_fill(octets, sizeof(octets), MPTA_CLIENT, 0);
    map.checksum = wire_checksum(wire, MPTA_CLIENT, &map, octets);
    segment.map = map;
    octets[3] ^= 1;
    wire_send(wire, &segment);
    send_with_checksum(wire, SECOND);
}

/* A mapping of two segments, one of which comes spoilt: nothing is proven yet. */
static void what_a_checksum_does_not_show_yet(struct wire *wire)
{
    uint8_t octets[200];
    struct wire_map map = {.ssn = 1, .len = 200, .has_checksum = true};
    struct wire_segment segment = {.octets = octets, .ssn = 1, .len = 100};
    wire->peers.flags |= MPTA_CAPABLE_A;
    begin_pair(wire);
    send_with_checksum(wire, SECOND);
    wire_fill(octets, sizeof(octets), MPTA_CLIENT, 0);
    map.checksum = wire_checksum(wire, MPTA_CLIENT, &map, octets);
    segment.map = map;
    octets[3] ^= 1;
    wire_send(wire, &segment);
}

static void other_octets_again(struct wire *wire)
{
    wire_capable(wire);
    data(wire, 0, 1, 0, 1400);
    changed(wire, 0, 1, 0, 1400, 1399);
}

static void other_octets_again_in_part(struct wire *wire)
{
    wire_capable(wire);
    data(wire, 0, 1, 0, 1400);
    data(wire, 0, 1401, 1400, 1400);
    changed(wire, 0, 701, 700, 700, 0);
    data(wire, 0, 1, 0, 700);
    changed(wire, 0, 701, 700, 700, 0);
}

static void the_same_again_with_other_ends(struct wire *wire)
{
    wire_capable(wire);
    data(wire, 0, 1, 0, 1400);
    data(wire, 0, 1401, 1400, 1400);
    data(wire, 0, 701, 700, 1400);
    data(wire, 0, 1, 0, 2800);
}

/* RFC 1122 section 4.2.3.6: one garbage octet. */
static void a_keep_alive(struct wire *wire)
{
    wire_capable(wire);
    data(wire, 0, 1, 0, 100);
    acknowledge(wire, 0, 100, 100);
    changed(wire, 0, 100, 99, 1, 0);
}

static void octet_again(struct wire *wire, uint16_t mapped)
{
    uint8_t octet = wire_octet(MPTA_CLIENT, 99) ^ 0xff;
    struct wire_segment segment = {
        .ssn = 100, .octets = &octet, .len = 1, .map = {.ssn = 100, .data = 99, .len = mapped}
    };
    wire_capable(wire);
    data(wire, 0, 1, 0, 100);
    wire_send(wire, &segment);
}

static void a_keep_alive_without_acknowledgement(struct wire *wire)
{
    octet_again(wire, 0);
}

static void another_octet_with_its_mapping(struct wire *wire)
{
    octet_again(wire, 1);
}

/* Linux's question whether a window has opened: the place of the last octet, another content. */
static void send_window_probe(struct wire *wire, unsigned flow, uint32_t ssn)
{
    uint8_t octet = wire_octet(MPTA_CLIENT, 99) ^ 0xff;
    wire_send(wire, &(struct wire_segment){
                        .flow = flow,
                        .ssn = ssn,
                        .octets = &octet,
                        .len = 1,
                        .map = {.ssn = ssn, .data = 99, .len = 1}
    });
}

static void a_window_probe(struct wire *wire)
{
    wire_capable(wire);
    data(wire, 0, 1, 0, 100);
    acknowledge(wire, 0, 100, 100);
    send_window_probe(wire, 0, 101);
    data(wire, 0, 102, 100, 100);
}

/* Its acknowledgement was not captured. */
static void a_window_probe_elsewhere(struct wire *wire)
{
    begin_pair(wire);
    data(wire, 0, 1, 0, 100);
    acknowledge(wire, 0, 0, 0);
    send_window_probe(wire, SECOND, 1);
    data(wire, 0, 101, 100, 100);
}

static void a_window_probe_again(struct wire *wire)
{
    begin_pair(wire);
    data(wire, 0, 1, 0, 100);
    acknowledge(wire, 0, 100, 100);
    send_window_probe(wire, SECOND, 1);
    data(wire, SECOND, 2, 100, 100);
    send_window_probe(wire, SECOND, 1);
    data(wire, 0, 1, 0, 100);
}

/* What it asks about came before, but was not captured; then it comes again. */
static void a_window_probe_before_its_octet(struct wire *wire)
{
    begin_pair(wire);
    acknowledge(wire, 0, 100, 100);
    send_window_probe(wire, SECOND, 1);
    data(wire, 0, 1, 0, 100);
}

/* The receiver waits for this octet, and data behind it was sent. */
static void another_octet_that_is_waited_for(struct wire *wire)
{
    begin_pair(wire);
    data(wire, 0, 1, 0, 200);
    acknowledge(wire, 0, 0, 50);
    send_window_probe(wire, SECOND, 1);
}

/* ---- data-reinjected --------------------------------------------------------------------------
 */

static void the_same_under_another_ssn(struct wire *wire)
{
    begin_pair(wire);
    data(wire, 0, 1, 0, 100);
    data(wire, 0, 101, 0, 100);
}

/* ---- data-beyond-window -----------------------------------------------------------------------
 */

#define EDGE 65535 /* the windows of a wire are not scaled */

/* Data so far ahead, and what the server acknowledges then. */
static void send_ahead(struct wire *wire, uint64_t at, uint64_t ack, uint32_t acked_len)
{
    acknowledge(wire, 0, 0, 0);
    data(wire, 0, 1, at, 100);
    acknowledge(wire, 0, ack, acked_len);
}

static void beyond_the_edge(struct wire *wire)
{
    wire_capable(wire);
    send_ahead(wire, 2 * EDGE + 1, 0, 100);
}

static void up_to_the_edge(struct wire *wire)
{
    wire_capable(wire);
    acknowledge(wire, 0, 0, 0);
    data(wire, 0, 1, 0, 100);
    data(wire, 0, 101, EDGE - 100, 100);
    acknowledge(wire, 0, 100, 200);
}

/* Where no window reaches. */
static void beyond_all_windows(struct wire *wire)
{
    wire_capable(wire);
    send_ahead(wire, UINT64_C(1) << 31, 0, 100);
}

/* What opened the window was not captured, but what came later says that it was open. */
static void beyond_the_edge_of_a_capture(struct wire *wire)
{
    wire_capable(wire);
    send_ahead(wire, 2 * EDGE + 1, 2 * EDGE, 100);
}

static void beyond_the_edge_and_unanswered(struct wire *wire)
{
    wire_capable(wire);
    send_ahead(wire, 2 * EDGE + 1, 0, 0);
}

/* How a window is scaled is said by both SYNs. */
static void beyond_an_edge_of_unknown_scale(struct wire *wire)
{
    wire->flows[0].sent[OPENER_SAYS] = 1;
    story_syn_ack(&wire->story, &wire->peers, &wire->flows[0]);
    story_ack(&wire->story, &wire->peers, &wire->flows[0]);
    wire_tell(wire);
    send_ahead(wire, 2 * EDGE + 1, 0, 100);
}

/* ---- ack-beyond-data --------------------------------------------------------------------------
 */

static void more_than_the_data_fin(struct wire *wire)
{
    wire_capable(wire);
    data(wire, 0, 1, 0, 100);
    acknowledge(wire, 0, 300, 100);
    data_fin(wire, 0, 101, 100);
}

static void the_data_fin(struct wire *wire)
{
    wire_capable(wire);
    data(wire, 0, 1, 0, 100);
    data_fin(wire, 0, 101, 100);
    acknowledge(wire, 0, 101, 100);
}

static void what_comes_later(struct wire *wire)
{
    wire_capable(wire);
    data(wire, 0, 1, 0, 100);
    acknowledge(wire, 0, 200, 100);
    data(wire, 0, 101, 100, 100);
}

static void what_comes_over_another_path(struct wire *wire)
{
    begin_pair(wire);
    data(wire, 0, 1, 0, 100);
    acknowledge(wire, 0, 200, 100);
    data(wire, SECOND, 1, 100, 100);
}

static void what_was_not_captured(struct wire *wire)
{
    begin_pair(wire);
    data(wire, 0, 1, 0, 100);
    acknowledge(wire, 0, 200, 100);
    data(wire, 0, 101, 200, 100);
}

/* Somebody else acknowledged it: the server answers what comes then as if it had not. */
static void what_is_taken_back(struct wire *wire)
{
    wire_capable(wire);
    data(wire, 0, 1, 0, 100);
    acknowledge(wire, 0, 1000000, 100);
    data(wire, 0, 101, 100, 100);
    acknowledge(wire, 0, 200, 200);
}

/* An older packet, which was overtaken. */
static void what_overtakes_an_older_one(struct wire *wire)
{
    begin_pair(wire);
    data(wire, 0, 1, 0, 100);
    acknowledge(wire, 0, 1000000, 100);
    acknowledge(wire, 0, 100, 100);
    acknowledge(wire, SECOND, 100, 0);
}

/* Ever more of it, and never anything that tells the order. */
static void what_is_taken_back_again_and_again(struct wire *wire)
{
    wire_capable(wire);
    data(wire, 0, 1, 0, 100);
    for (unsigned i = 0; i < 5; i++) {
        acknowledge(wire, 0, 1000000 + i, 100);
        acknowledge(wire, 0, 100, 100);
        wire->now_ns += 900 * MS;
    }
}

static void what_is_taken_back_elsewhere(struct wire *wire)
{
    begin_pair(wire);
    data(wire, 0, 1, 0, 100);
    acknowledge(wire, 0, 1000000, 100);
    wire->now_ns += 3000 * MS;
    acknowledge(wire, SECOND, 100, 0);
}

/* The first copy was not captured, but its acknowledgement on the subflow was. */
static void what_is_sent_once_more(struct wire *wire)
{
    wire_capable(wire);
    data(wire, 0, 1, 0, 100);
    acknowledge(wire, 0, 200, 200);
    data(wire, 0, 101, 100, 100);
}

/* Its first copy was not captured, on a path where the server acknowledged it. */
static void what_came_over_a_path_that_was_missed(struct wire *wire)
{
    begin_pair(wire);
    data(wire, 0, 1, 0, 100);
    acknowledge(wire, SECOND, 200, 100);
    wire->now_ns += 100 * MS;
    data(wire, 0, 101, 100, 100);
}

/* ---- data-after-fin ---------------------------------------------------------------------------
 */

static void data_behind_it(struct wire *wire)
{
    wire_capable(wire);
    data(wire, 0, 1, 0, 100);
    data_fin(wire, 0, 101, 100);
    data(wire, 0, 101, 100, 100);
}

static void before_data_that_was_sent(struct wire *wire)
{
    wire_capable(wire);
    data(wire, 0, 1, 0, 200);
    data_fin(wire, 0, 201, 100);
}

static void elsewhere(struct wire *wire)
{
    wire_capable(wire);
    data(wire, 0, 1, 0, 100);
    data_fin(wire, 0, 101, 100);
    data_fin(wire, 0, 101, 101);
}

static void the_same_place(struct wire *wire)
{
    begin_pair(wire);
    data(wire, 0, 1, 0, 100);
    mapping(wire, 0, 101, 50, &(struct wire_map){.ssn = 101, .data = 100, .len = 51, .fin = true});
    data_fin(wire, 0, 151, 150);
    data_fin(wire, SECOND, 1, 150);
    data(wire, SECOND, 1, 0, 150);
}

static void data_behind_it_and_a_gap(struct wire *wire)
{
    wire_capable(wire);
    data_fin(wire, 0, 101, 100);
    data(wire, 0, 201, 100, 100);
}

/* ---- data-hole --------------------------------------------------------------------------------
 */

static void lacks(struct wire *wire, int64_t duration_ns, uint64_t ack)
{
    begin_pair(wire);
    data(wire, 0, 1, 0, 100);
    data(wire, SECOND, 1, 200, 100);
    wait(wire, duration_ns);
    acknowledge(wire, 0, ack, 100);
    data(wire, 0, 101, 100, 100);
}

static void for_more_than_two_seconds(struct wire *wire)
{
    lacks(wire, 2500 * MS, 100);
}

static void for_less_than_two_seconds(struct wire *wire)
{
    lacks(wire, 1500 * MS, 100);
}

static void only_in_the_capture(struct wire *wire)
{
    lacks(wire, 2500 * MS, 300);
}

static void nobody_says_so(struct wire *wire)
{
    begin_pair(wire);
    data(wire, 0, 1, 0, 100);
    data(wire, SECOND, 1, 200, 100);
    wait(wire, 2500 * MS);
    data(wire, 0, 101, 100, 100);
}

/* ---- subflow-stale ----------------------------------------------------------------------------
 */

/* The second path falls silent; data goes on over the first. */
static void fall_silent(struct wire *wire, int64_t duration_ns, bool again, bool others)
{
    begin_pair(wire);
    data(wire, 0, 1, 0, 100);
    acknowledge(wire, 0, 100, 100);
    data(wire, SECOND, 1, 100, 100);
    wait(wire, duration_ns / 2);
    if (again)
        data(wire, SECOND, 1, 100, 100);
    data(wire, 0, 101, 200, 100);
    wait(wire, duration_ns / 2);
    acknowledge(wire, 0, 100, others ? 200 : 100);
}

static void sent_again_in_vain(struct wire *wire)
{
    fall_silent(wire, 3000 * MS, true, true);
}

static void not_for_long(struct wire *wire)
{
    fall_silent(wire, 1500 * MS, true, true);
}

/* An acknowledgement may be missing in the capture. */
static void not_sent_again(struct wire *wire)
{
    fall_silent(wire, 3000 * MS, false, true);
}

static void like_all_others(struct wire *wire)
{
    fall_silent(wire, 3000 * MS, true, false);
}

static void and_is_acknowledged_in_the_end(struct wire *wire)
{
    fall_silent(wire, 3000 * MS, true, true);
    acknowledge(wire, SECOND, 300, 100);
}

/* ---- head-of-line -----------------------------------------------------------------------------
 */

static void for_the_other_path(struct wire *wire)
{
    lacks(wire, 200 * MS, 100);
}

static void for_the_same_path(struct wire *wire)
{
    wire_capable(wire);
    data(wire, 0, 1, 0, 100);
    data(wire, 0, 201, 200, 100);
    wait(wire, 200 * MS);
    data(wire, 0, 101, 100, 100);
}

/* ---- mapping-tiny -----------------------------------------------------------------------------
 */

static void send_mappings(struct wire *wire, uint32_t count, uint32_t len)
{
    wire_capable(wire);
    for (uint32_t i = 0; i < count; i++)
        data(wire, 0, 1 + i * len, i * len, len);
}

static void a_thousand_of_15(struct wire *wire)
{
    send_mappings(wire, 1000, 15);
}

static void a_thousand_of_16(struct wire *wire)
{
    send_mappings(wire, 1000, 16);
}

static void fewer_than_a_thousand(struct wire *wire)
{
    send_mappings(wire, 999, 4);
}

/* ---- evasion-fragments ------------------------------------------------------------------------
 */

static void begin_several(struct wire *wire, unsigned flows)
{
    wire_capable(wire);
    for (unsigned flow = 1; flow < flows; flow++)
        wire_join(wire, flow);
}

/* A run that was written alone. */
static void push(struct wire *wire, unsigned flow, uint32_t ssn, uint64_t offset, uint32_t len)
{
    say(wire, &(struct said){flow, ssn, offset, len, .change = ANY, .flags = MPTA_TCP_PSH});
}

/* pushed: with PSH, as if each had been written alone. */
static void spread(struct wire *wire, unsigned flows, uint32_t len, bool pushed)
{
    begin_several(wire, flows);
    for (uint32_t i = 0; i < 512 / len; i++)
        (pushed ? push : data)(wire, i % flows, 1 + i / flows * len, i * len, len);
}

static void in_runs_of_64_over_four(struct wire *wire)
{
    spread(wire, 4, 64, false);
}

static void in_runs_of_64_over_three(struct wire *wire)
{
    spread(wire, 3, 64, false);
}

static void in_runs_of_128_over_four(struct wire *wire)
{
    spread(wire, 4, 128, false);
}

/* A scheduler that takes turns, and an application that writes 64 octets at a time. */
static void in_small_writes(struct wire *wire)
{
    spread(wire, 4, 64, true);
}

/* ... each of which the server answers. */
static void in_a_dialogue(struct wire *wire)
{
    begin_several(wire, 4);
    for (uint32_t i = 0; i < 8; i++) {
        struct said run = {i % 4, 1 + 64 * (i / 4), 64 * i, 64, ANY, .flags = MPTA_TCP_PSH};
        say(wire, &run);
        run.by = MPTA_SERVER;
        say(wire, &run);
    }
}

/* Behind a request that was none, and a long run. */
static void in_a_later_request(struct wire *wire)
{
    begin_several(wire, 4);
    data(wire, 0, 1, 0, 1400);
    for (uint32_t i = 0; i < 16; i++) {
        uint32_t behind = i % 4 == 0 ? 1400 : 0;
        push(wire, i % 4, 1 + behind + 40 * (i / 4), 1400 + 40 * i, 40);
    }
}

/* Backwards: only in the end it turns out that the first two runs are one. */
static void in_runs_that_come_backwards(struct wire *wire)
{
    uint32_t ssn[WIRE_FLOWS] = {121, 1, 1, 1};
    begin_several(wire, 4);
    data(wire, 0, 1, 0, 120);
    for (uint32_t i = 20; i-- > 0;) {
        unsigned flow = i % 4;
        push(wire, flow, ssn[flow], 120 + 20 * i, 20);
        ssn[flow] += 20;
    }
}

/* Redundant: what is short comes on all of them in the end. */
static void in_small_writes_over_all(struct wire *wire)
{
    spread(wire, 4, 64, true);
    for (unsigned flow = 0; flow < 4; flow++)
        data(wire, flow, 129, 0, 512);
}

/* Small writes, the last of which is longer than a segment: it is all that was cut. */
static void in_small_writes_and_a_long_one(struct wire *wire)
{
    spread(wire, 4, 64, true);
    data(wire, 0, 129, 512, 1400);
}

/* ---- All of them ------------------------------------------------------------------------------
 */

/* What a case comes to: a finding of this severity, or none. */
enum outcome {
    NONE,
    NOTE,
    WARNING,
    ERROR,
};

static const struct {
    const char *id;
    const char *words;
    void (*tell)(struct wire *wire);
    enum outcome expected;
} cases[] = {
    {"dss-checksum-presence", "none although negotiated",        none_although_negotiated,                ERROR  },
    {"dss-checksum-presence", "none on a DATA_FIN",              none_on_a_data_fin,                      ERROR  },
    {"dss-checksum-presence", "none on a join",                  none_on_a_join,                          ERROR  },
    {"dss-checksum-presence", "one that nobody asked for",       one_that_nobody_asked_for,               ERROR  },
    {"dss-checksum-presence", "one that was negotiated",         one_that_was_negotiated,                 NONE   },
    {"dss-checksum-presence", "none after MP_FAIL",              none_after_mp_fail,                      NONE   },
    {"dss-checksum-presence", "none on an infinite mapping",     none_on_an_infinite_mapping,             NONE   },
    {"dss-checksum-presence", "one, and the SYN/ACK is missing", one_where_the_syn_ack_is_missing,
     NONE                                                                                                        },
    {"mapping-contradiction", "without a gap",                   without_a_gap,                           ERROR  },
    {"mapping-contradiction", "behind a gap, of its octets",     behind_a_gap_with_its_octets,            WARNING},
    {"mapping-contradiction", "behind a gap, of others",         behind_a_gap_without_them,               NONE   },
    {"mapping-off-stream",    "at the SYN",                      at_the_syn,                              ERROR  },
    {"mapping-off-stream",    "behind the FIN",                  behind_the_fin,                          ERROR  },
    {"mapping-off-stream",    "a DATA_FIN behind the FIN",       a_data_fin_behind_the_fin,               NONE   },
    {"mapping-off-stream",    "what the FIN follows",            what_the_fin_follows,                    NONE   },
    {"mapping-off-stream",    "at the SYN, behind a gap",        at_the_syn_behind_a_gap,                 NONE   },
    {"mapping-off-stream",    "beside its payload",              beside_its_payload,                      ERROR  },
    {"mapping-off-stream",    "beside it, a packet missing",     beside_its_payload_and_a_packet_missing,
     WARNING                                                                                                     },
    {"mapping-off-stream",    "beyond all that is sent",         beyond_all_that_is_sent,                 WARNING},
    {"mapping-off-stream",    "where data comes later",          where_data_comes_later,                  NONE   },
    {"mapping-off-stream",    "ahead of its payload",            ahead_of_its_payload,                    NONE   },
    {"data-unmapped",         "on a join that is closed",        on_a_join_that_is_closed,                ERROR  },
    {"data-unmapped",         "on a join that is reset",         on_a_join_that_is_reset,                 WARNING},
    {"data-unmapped",         "where a packet is missing",       where_a_packet_is_missing,               WARNING},
    {"data-unmapped",         "where data is missing",           where_data_is_missing,                   NONE   },
    {"data-unmapped",         "on a join that goes on",          on_a_join_that_goes_on,                  NONE   },
    {"data-unmapped",         "until the mapping comes",         until_the_mapping_comes,                 NONE   },
    {"data-unmapped",         "ahead of its payload",            ahead_of_its_payload,                    NONE   },
    {"data-unmapped",         "on the only subflow",             on_the_only_subflow,                     NONE   },
    {"data-rewritten",        "the same elsewhere",              the_same_elsewhere,                      NONE   },
    {"data-rewritten",        "others elsewhere",                other_octets_elsewhere,                  ERROR  },
    {"data-rewritten",        "in smaller segments",             other_octets_in_smaller_segments,        ERROR  },
    {"data-rewritten",        "in larger segments",              other_octets_in_larger_segments,         ERROR  },
    {"data-rewritten",        "with other ends",                 other_octets_with_other_ends,            ERROR  },
    {"data-rewritten",        "the same with other ends",        the_same_with_other_ends,                NONE   },
    {"data-rewritten",        "at an end",                       other_octets_at_an_end,                  NONE   },
    {"data-rewritten",        "fewer than a cell has",           fewer_octets_than_a_cell,                ERROR  },
    {"data-rewritten",        "where two segments meet",         other_octets_where_two_segments_meet,    ERROR  },
    {"data-rewritten",        "where they meet beside a gap",    other_octets_beside_a_gap_and_without,
     WARNING                                                                                                     },
    {"data-rewritten",        "under another SSN",               other_octets_under_another_ssn,          ERROR  },
    {"data-rewritten",        "beside a gap",                    other_octets_beside_a_gap,               WARNING},
    {"data-rewritten",        "that were cut",                   other_octets_that_were_cut,              NONE   },
    {"data-rewritten",        "behind the first ones",           other_octets_behind_the_first,           NONE   },
    {"data-rewritten",        "spoilt under a checksum",         what_a_checksum_shows_to_be_spoilt,      NONE   },
    {"data-rewritten",        "not shown by a checksum yet",     what_a_checksum_does_not_show_yet,       NONE   },
    {"data-rewritten",        "a window probe",                  a_window_probe,                          NONE   },
    {"data-rewritten",        "a window probe elsewhere",        a_window_probe_elsewhere,                NONE   },
    {"data-rewritten",        "a window probe again",            a_window_probe_again,                    NONE   },
    {"data-rewritten",        "a window probe, then its octet",  a_window_probe_before_its_octet,         NONE   },
    {"data-rewritten",        "another octet, waited for",       another_octet_that_is_waited_for,        WARNING},
    {"data-rewritten",        "sent again",                      other_octets_again,                      NONE   },
    {"tcp-overlap-differs",   "sent again",                      other_octets_again,                      ERROR  },
    {"tcp-overlap-differs",   "sent again in part",              other_octets_again_in_part,              ERROR  },
    {"tcp-overlap-differs",   "the same with other ends",        the_same_again_with_other_ends,          NONE   },
    {"tcp-overlap-differs",   "on another subflow",              other_octets_elsewhere,                  NONE   },
    {"tcp-overlap-differs",   "a keep-alive",                    a_keep_alive,                            NONE   },
    {"tcp-overlap-differs",   "no acknowledgement captured",     a_keep_alive_without_acknowledgement,
     NONE                                                                                                        },
    {"tcp-overlap-differs",   "an octet with its mapping",       another_octet_with_its_mapping,          ERROR  },
    {"data-reinjected",       "the same elsewhere",              the_same_elsewhere,                      NOTE   },
    {"data-reinjected",       "under another SSN",               the_same_under_another_ssn,              NONE   },
    {"data-beyond-window",    "beyond the edge",                 beyond_the_edge,                         WARNING},
    {"data-beyond-window",    "beyond all windows",              beyond_all_windows,                      ERROR  },
    {"data-beyond-window",    "up to the edge",                  up_to_the_edge,                          NONE   },
    {"data-beyond-window",    "beyond what was captured",        beyond_the_edge_of_a_capture,            NONE   },
    {"data-beyond-window",    "beyond it and unanswered",        beyond_the_edge_and_unanswered,          NONE   },
    {"data-beyond-window",    "the scale is not known",          beyond_an_edge_of_unknown_scale,         NONE   },
    {"ack-beyond-data",       "more than the DATA_FIN",          more_than_the_data_fin,                  ERROR  },
    {"ack-beyond-data",       "the DATA_FIN",                    the_data_fin,                            NONE   },
    {"ack-beyond-data",       "what comes later",                what_comes_later,                        WARNING},
    {"ack-beyond-data",       "what comes over another path",    what_comes_over_another_path,            NONE   },
    {"ack-beyond-data",       "what was not captured",           what_was_not_captured,                   NONE   },
    {"ack-beyond-data",       "what came over a missed path",    what_came_over_a_path_that_was_missed,
     NONE                                                                                                        },
    {"ack-beyond-data",       "what is taken back",              what_is_taken_back,                      ERROR  },
    {"ack-beyond-data",       "what is taken back by turns",     what_is_taken_back_again_and_again,      WARNING},
    {"ack-beyond-data",       "what is taken back elsewhere",    what_is_taken_back_elsewhere,            WARNING},
    {"ack-beyond-data",       "what overtakes an older one",     what_overtakes_an_older_one,             NONE   },
    {"ack-beyond-data",       "what is sent once more",          what_is_sent_once_more,                  NONE   },
    {"data-after-fin",        "data behind it",                  data_behind_it,                          ERROR  },
    {"data-after-fin",        "before data that was sent",       before_data_that_was_sent,               ERROR  },
    {"data-after-fin",        "elsewhere",                       elsewhere,                               ERROR  },
    {"data-after-fin",        "the same place",                  the_same_place,                          NONE   },
    {"data-after-fin",        "data behind it and a gap",        data_behind_it_and_a_gap,                NONE   },
    {"data-hole",             "for more than two seconds",       for_more_than_two_seconds,               WARNING},
    {"data-hole",             "for less than two seconds",       for_less_than_two_seconds,               NONE   },
    {"data-hole",             "only in the capture",             only_in_the_capture,                     NONE   },
    {"data-hole",             "nobody says so",                  nobody_says_so,                          NONE   },
    {"subflow-stale",         "sent again in vain",              sent_again_in_vain,                      WARNING},
    {"subflow-stale",         "acknowledged in the end",         and_is_acknowledged_in_the_end,          WARNING},
    {"subflow-stale",         "not for long",                    not_for_long,                            NONE   },
    {"subflow-stale",         "not sent again",                  not_sent_again,                          NONE   },
    {"subflow-stale",         "like all others",                 like_all_others,                         NONE   },
    {"head-of-line",          "for the other path",              for_the_other_path,                      NOTE   },
    {"head-of-line",          "for the same path",               for_the_same_path,                       NONE   },
    {"mapping-tiny",          "a thousand of 15 octets",         a_thousand_of_15,                        WARNING},
    {"mapping-tiny",          "a thousand of 16 octets",         a_thousand_of_16,                        NONE   },
    {"mapping-tiny",          "fewer than a thousand",           fewer_than_a_thousand,                   NONE   },
    {"evasion-fragments",     "runs of 64 over four",            in_runs_of_64_over_four,                 WARNING},
    {"evasion-fragments",     "runs of 64 over three",           in_runs_of_64_over_three,                NONE   },
    {"evasion-fragments",     "runs of 128 over four",           in_runs_of_128_over_four,                NONE   },
    {"evasion-fragments",     "small writes",                    in_small_writes,                         WARNING},
    {"evasion-fragments",     "small writes and a long one",     in_small_writes_and_a_long_one,          WARNING},
    {"evasion-fragments",     "small writes that are answered",  in_a_dialogue,                           NOTE   },
    {"evasion-fragments",     "small writes over all",           in_small_writes_over_all,                NONE   },
    {"evasion-fragments",     "in runs that come backwards",     in_runs_that_come_backwards,             WARNING},
    {"evasion-fragments",     "in a later request",              in_a_later_request,                      WARNING},
};

static enum outcome outcome_of(const struct mpta_tracker *tracker, const char *id)
{
    static const enum outcome outcomes[] = {
        [MPTA_NOTE] = NOTE,
        [MPTA_WARNING] = WARNING,
        [MPTA_ERROR] = ERROR,
    };
    struct mpta_finding finding;
    return story_finding(tracker, 0, id, &finding) ? outcomes[finding.severity] : NONE;
}

static void each_case_comes_to_what_it_should(void **state)
{
    static struct wire wire;
    size_t failures = 0;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        wire_open(&wire);
        cases[i].tell(&wire);
        wire_finish(&wire);
        enum outcome outcome = outcome_of(wire.tracker, cases[i].id);
        if (outcome != cases[i].expected) {
            print_message("%s: %s: %d, not %d\n", cases[i].id, cases[i].words, outcome,
                          cases[i].expected);
            failures++;
        }
        wire_close(&wire);
    }
    assert_int_equal(failures, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_case_comes_to_what_it_should),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
