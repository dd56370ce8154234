/* SPDX-License-Identifier: BSD-3-Clause */
/* Runs tables of cases on a wire. */
#include "tests/unit/analyzer/wire_case.h"

#include <string.h>

/* A client key with IDSN + 1 = 0x2150ef8afffffe79. */
#define KEY_NEAR_WRAP UINT64_C(0x100000000073f1f5)

/* ---- Segments ---------------------------------------------------------------------------------
 */

static void checksum_row(const struct wire *wire, enum mpta_side by, const struct wire_row *row,
                         struct wire_map *map)
{
    static uint8_t octets[WIRE_LEN_MAX];
    wire_fill(octets, row->map.len, by, row->map.data);
    /* A mapping of other data than its payload is: the checksum is over what was sent. */
    if (row->map.ssn == row->ssn && row->map.len == row->len)
        wire_fill(octets, row->len, by, row->data);
    map->has_checksum = row->flags & CSUM;
    map->checksum = wire_checksum(wire, by, map, octets);
    if (row->flags & WRONG)
        map->checksum++;
    if (row->flags & SWAPPED)
        map->checksum = (uint16_t)(map->checksum << 8 | map->checksum >> 8);
}

static void send_row(struct wire *wire, const struct wire_row *row, enum mpta_side by)
{
    static uint8_t octets[WIRE_LEN_MAX];
    bool fin = row->flags & FIN;
    struct wire_segment segment = {
        .flow = row->flags & SECOND ? 1 : 0,
        .from = by == MPTA_CLIENT ? OPENER_SAYS : RESPONDER_SAYS,
        .ssn = row->ssn,
        .octets = octets,
        .len = row->len,
        .cut = row->cut,
        .map = {.ssn = row->map.ssn,
                .data = row->map.data,
                .len = (uint16_t)(row->map.len + fin),
                .fin = fin,
                .infinite = row->flags & INFINITE,
                .capable = row->flags & CAPABLE,
                .is_32 = row->flags & NARROW},
        .no_dss = row->flags & BARE,
    };
    wire_fill(octets, row->len, by, row->data);
    checksum_row(wire, by, row, &segment.map);
    if (row->flags & CORRUPT)
        octets[0] ^= 0x55;
    wire_send(wire, &segment);
    if (row->flags & COPIED)
        wire_copy_whole(wire);
    if (row->flags & ACK_AFTER) {
        story_ack(&wire->story, &wire->peers, &wire->flows[0]);
        wire_tell(wire);
    }
}

/* Checksums are negotiated unless some mapping has none. */
static void negotiate(struct wire *wire, const struct wire_case *c)
{
    unsigned with = 0, without = 0;
    for (size_t k = 0; k < WIRE_SEGMENTS_MAX; k++) {
        bool mapped = c->rows[k].map.len > 0 || c->rows[k].flags & (FIN | CSUM);
        with += mapped && c->rows[k].flags & CSUM;
        without += mapped && !(c->rows[k].flags & CSUM);
    }
    wire_checksums(wire, with > 0, without > 0);
}

static bool row_is_end(const struct wire_row *row)
{
    return row->len == 0 && row->flags == 0 && row->map.len == 0;
}

/* ---- Ways to begin ----------------------------------------------------------------------------
 */

void wire_single(struct wire *wire)
{
    wire_capable(wire);
}

void wire_pair(struct wire *wire)
{
    wire_capable(wire);
    wire_join(wire, 1);
}

void wire_nothing(struct wire *wire)
{
    (void)wire;
}

void wire_unanswered(struct wire *wire)
{
    story_syn(&wire->story, &wire->peers, &wire->flows[0]);
    wire->flows[0].sent[RESPONDER_SAYS] = 1;
    story_plain(&wire->story, &wire->flows[0], OPENER_SAYS, MPTA_TCP_ACK, 0);
    wire_tell(wire);
}

void wire_late(struct wire *wire)
{
    wire->start[MPTA_CLIENT] = wire->start[MPTA_SERVER] = 1000;
}

void wire_closed(struct wire *wire)
{
    static const struct wire_row row = DATA_AS(1, 100, 100, SECOND);
    wire_pair(wire);
    send_row(wire, &row, MPTA_CLIENT);
    story_rst(&wire->story, &wire->flows[1], RESPONDER_SAYS, 0);
    wire_tell(wire);
}

void wire_narrow(struct wire *wire)
{
    uint8_t flags = wire->peers.flags;
    wire->peers = story_peers(1, KEY_NEAR_WRAP, STORY_KEY_SERVER);
    wire->peers.flags = flags;
    wire_capable(wire);
}

void wire_no_ack(struct wire *wire)
{
    wire->start[MPTA_CLIENT] = 1000;
    story_syn(&wire->story, &wire->peers, &wire->flows[0]);
    story_syn_ack(&wire->story, &wire->peers, &wire->flows[0]);
    wire_tell(wire);
}

void wire_no_syns(struct wire *wire)
{
    wire->flows[0].sent[OPENER_SAYS] = wire->flows[0].sent[RESPONDER_SAYS] = 1;
    story_ack(&wire->story, &wire->peers, &wire->flows[0]);
    wire_tell(wire);
}

/* ---- Expectations -----------------------------------------------------------------------------
 */

static bool same_ranges(const struct rangeset *set, const struct range *expected)
{
    const struct range *ranges = rangeset_ranges(set);
    uint32_t count = 0;
    while (count < WIRE_RANGES_MAX && expected[count].end > 0)
        count++;
    for (size_t i = 0; i < count && i < set->count; i++) {
        if (ranges[i].begin != WIRE_ORIGIN + expected[i].begin ||
            ranges[i].end != WIRE_ORIGIN + expected[i].end)
            return false;
    }
    return set->count == count;
}

static bool same_counts(const struct wire *wire, const struct wire_case *c)
{
    struct mpta_connection connection = story_connection(wire->tracker, 0);
    const struct mpta_stream *stream = &connection.streams[c->by];
    uint64_t remapped = 0, retransmitted = 0;
    for (size_t i = 0; i < connection.subflow_count; i++) {
        struct mpta_subflow subflow = story_subflow(wire->tracker, 0, i);
        remapped += subflow.directions[c->by].remapped_bytes;
        retransmitted += subflow.directions[c->by].retransmitted_bytes;
    }
    return stream->data_bytes == c->data_bytes && stream->missing_bytes == c->missing_bytes &&
           stream->reinjected_bytes == c->reinjected_bytes && remapped == c->remapped_bytes &&
           retransmitted == c->retransmitted_bytes && stream->base_is_idsn == !c->no_base;
}

static bool same_checksums(const struct wire *wire, const struct wire_case *c)
{
    struct mpta_connection connection = story_connection(wire->tracker, 0);
    const struct mpta_verdict_counts *counts = &connection.streams[c->by].dss_checksum;
    return counts->valid == c->checksums.valid && counts->invalid == c->checksums.invalid &&
           counts->unverifiable == c->checksums.unverifiable &&
           counts->valid == wire->judged.valid && counts->invalid == wire->judged.invalid;
}

static bool same_error(const struct wire *wire, const struct wire_case *c)
{
    const char *worst = wire_worst(wire);
    return worst && c->error ? strcmp(worst, c->error) == 0 : !worst && !c->error;
}

static const char *compare(const struct wire *wire, const struct wire_case *c)
{
    if (!same_error(wire, c))
        return "findings";
    if (!same_counts(wire, c))
        return "counts";
    if (!same_checksums(wire, c))
        return "checksums";
    if (!same_ranges(&wire->good[c->by], c->good) || !same_ranges(&wire->bad[c->by], c->bad))
        return "octets";
    /* Of a copy that may be wrong anywhere, all is handed on again. */
    bool may_be_wrong = c->checksums.invalid > 0 || c->bad[0].end > 0;
    return wire->again > 0 && !may_be_wrong ? "octets that came twice" : NULL;
}

static void show(const struct wire *wire, const struct wire_case *c, const char *wrong)
{
    struct mpta_connection connection = story_connection(wire->tracker, 0);
    const struct mpta_stream *stream = &connection.streams[c->by];
    print_message("%s: wrong %s\n", c->words, wrong);
    print_message("  data %llu missing %llu reinjected %llu checksums %llu/%llu/%llu error %s\n",
                  (unsigned long long)stream->data_bytes, (unsigned long long)stream->missing_bytes,
                  (unsigned long long)stream->reinjected_bytes,
                  (unsigned long long)stream->dss_checksum.valid,
                  (unsigned long long)stream->dss_checksum.invalid,
                  (unsigned long long)stream->dss_checksum.unverifiable, wire_worst(wire));
    for (uint32_t i = 0; i < wire->good[c->by].count; i++)
        print_message("  good [%lld, %lld)\n",
                      (long long)(rangeset_ranges(&wire->good[c->by])[i].begin - WIRE_ORIGIN),
                      (long long)(rangeset_ranges(&wire->good[c->by])[i].end - WIRE_ORIGIN));
    for (uint32_t i = 0; i < wire->bad[c->by].count; i++)
        print_message("  bad [%llu, %llu)\n",
                      (unsigned long long)rangeset_ranges(&wire->bad[c->by])[i].begin,
                      (unsigned long long)rangeset_ranges(&wire->bad[c->by])[i].end);
}

void wire_run(const struct wire_case *cases, size_t count)
{
    static struct wire wire;
    size_t failures = 0;
    for (size_t i = 0; i < count; i++) {
        const struct wire_case *c = &cases[i];
        wire_open(&wire);
        negotiate(&wire, c);
        c->begin(&wire);
        for (size_t k = 0; k < WIRE_SEGMENTS_MAX && !row_is_end(&c->rows[k]); k++)
            send_row(&wire, &c->rows[k], c->by);
        wire_finish(&wire);
        const char *wrong = compare(&wire, c);
        if (wrong)
            show(&wire, c, wrong);
        failures += wrong != NULL;
        wire_close(&wire);
    }
    assert_int_equal(failures, 0);
}
