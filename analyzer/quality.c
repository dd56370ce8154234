/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Counting what limits a capture, packet by packet. What follows from it is said at the end: see
 * conclude_quality.c.
 */
#include "analyzer/quality.h"

#include "analyzer/checksum.h"
#include "analyzer/tracker.h"

/* Where checksums are partial, they are in all packets of a host: the first ones suffice. */
#define CHECKSUM_PACKETS 8

static void tally_add(struct tally *tally, const struct mpta_place *place)
{
    if (tally->count++ == 0)
        tally->first = *place;
}

/* ---- Cut packets ----------------------------------------------------------------------------- */

/* What is missing from a first fragment is in another one, and was not cut. */
static void take_incomplete(struct quality *quality, const struct incoming *in, bool headers_only)
{
    const struct mpta_segment *segment = in->segment;
    bool short_of_payload = segment->payload_captured < segment->payload_len && !headers_only;
    bool cut = short_of_payload || in->options->cut;
    quality->fragments += segment->fragmented;
    if (!cut || segment->fragmented)
        return;
    tally_add(&quality->cut, &in->packet->place);
    quality->cut_options += in->options->cut;
}

/* ---- Segmentation offload -------------------------------------------------------------------- */

/* More than the receiver takes at once: no interface sends that. */
static bool is_super_segment(const struct incoming *in)
{
    const struct half *receiver = in->receiver;
    return in->segment->super_segment ||
           (receiver->habit.mss > 0 && in->segment->payload_len > receiver->habit.mss);
}

/* ---- Checksum offload ------------------------------------------------------------------------ */

static uint64_t sum_u32(uint32_t number)
{
    return (number >> 16) + (number & 0xffff);
}

/* Over all of the segment but its checksum; the urgent pointer is taken for 0. */
static uint64_t segment_sum(const struct mpta_segment *segment)
{
    uint64_t offset = 5 + segment->options_len / 4;
    return segment->src_port + segment->dst_port + sum_u32(segment->seq) + sum_u32(segment->ack) +
           (offset << 12 | segment->flags) + segment->window +
           checksum_piece(segment->options, segment->options_len, 0) +
           checksum_piece(segment->payload, segment->payload_len, segment->options_len);
}

/*
 * Hosts leave the sum of the pseudo-header for the interface to go on with. By chance one right
 * checksum of 65,536 looks the same.
 */
static bool checksum_is_partial(const struct mpta_segment *segment)
{
    uint64_t pseudo = checksum_tcp_pseudo_header(segment);
    uint16_t left_for_interface = (uint16_t)(UINT16_MAX - checksum_finish(pseudo));
    if (left_for_interface != segment->checksum || segment->fragmented ||
        segment->flags & MPTA_TCP_URG || segment->options_captured < segment->options_len ||
        segment->payload_captured < segment->payload_len)
        return false;
    return checksum_finish(pseudo + segment_sum(segment)) != segment->checksum;
}

/* ---- All of it ------------------------------------------------------------------------------- */

void quality_take(struct capture_quality *capture, const struct incoming *in)
{
    const struct mpta_segment *segment = in->segment;
    if (in->subflow->connection)
        take_incomplete(&in->subflow->connection->awake->quality, in, capture->headers_only);
    if (is_super_segment(in))
        tally_add(&capture->super_segments, &in->packet->place);
    if (in->sender->packets <= CHECKSUM_PACKETS && checksum_is_partial(segment))
        tally_add(&capture->partial_checksums, &in->packet->place);
}

void quality_take_copy(struct capture_quality *capture, const struct mpta_place *place)
{
    tally_add(&capture->copies, place);
}
