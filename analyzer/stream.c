/* SPDX-License-Identifier: BSD-3-Clause */
/* DSNs to positions and back, and what was seen and acknowledged of a stream. */
#include "analyzer/stream.h"

#include <stdlib.h>

/* Makes `base` the DSN at the origin; positions that plain data has there keep their meaning. */
static void stream_set_base(struct stream *stream, uint64_t base, bool is_64)
{
    stream->base = base;
    stream->base_known = true;
    stream->base_is_64 = is_64;
    if (stream->highest < STREAM_ORIGIN)
        stream->highest = STREAM_ORIGIN;
    if (stream->near < STREAM_ORIGIN)
        stream->near = STREAM_ORIGIN;
}

void stream_set_idsn(struct stream *stream, uint64_t idsn)
{
    uint64_t first = idsn + 1;
    if (!stream->base_known)
        stream_set_base(stream, first, true);
    else if (!stream->base_is_64)
        stream_set_base(stream, first + (uint32_t)(stream->base - first), true);
    /* Data met before the key keeps its positions; the first octet then lies below the origin. */
    stream->first = first - stream->base + STREAM_ORIGIN;
    stream->first_is_known = stream->first < STREAM_END;
}

void stream_forget_idsn(struct stream *stream)
{
    if (stream->seen.count > 0)
        return;
    stream->base_known = false;
    stream->base_is_64 = false;
    stream->first_is_known = false;
    stream->acked_known = false;
    stream->highest = 0;
    stream->near = 0;
    stream->far = 0;
    stream->heard_known = false;
    stream->heard_far = 0;
}

void stream_set_plain(struct stream *stream)
{
    if (stream->base_known || stream->first_is_known)
        return;
    stream->first_is_known = true;
    stream->first = STREAM_ORIGIN;
    stream->highest = STREAM_ORIGIN;
    stream->near = STREAM_ORIGIN;
}

void stream_learn_base(struct stream *stream, uint64_t dsn, bool is_64)
{
    if (!stream->base_known) {
        uint64_t before = stream->first_is_known ? stream->highest - STREAM_ORIGIN : 0;
        stream_set_base(stream, dsn - before, is_64);
    } else if (is_64 && !stream->base_is_64) {
        /* The first 64-bit DSN after shorter ones tells the upper half of the base. */
        uint64_t low = seq_extend((uint32_t)(dsn - stream->base), stream->near - STREAM_ORIGIN);
        stream->base = dsn - low;
        stream->base_is_64 = true;
    }
}

/* The position lies ahead of another, further than any window reaches. */
static bool leaps_ahead(uint64_t position, uint64_t of)
{
    return position > of && position - of > STREAM_LEAP_MAX;
}

static bool goes_on(uint64_t position, uint64_t from)
{
    return position > from && position - from <= STREAM_LEAP_MAX;
}

/* The receiver's own word, of which no bits are guessed. */
static void stream_hear(struct stream *stream, uint64_t position)
{
    bool leaps = stream->heard_known && leaps_ahead(position, stream->heard);
    if (leaps && !goes_on(position, stream->heard_far)) {
        stream->heard_far = position;
        return;
    }
    if (leaps)
        stream->far = stream->heard_far;
    if (!stream->heard_known || position > stream->heard)
        stream->heard = position;
    stream->heard_known = true;
}

void stream_leap(struct stream *stream, uint64_t position)
{
    if (stream->heard_known && leaps_ahead(position, stream->heard))
        return;
    if (goes_on(position, stream->far))
        stream->near = position;
    else
        stream->far = position;
}

void stream_take_ack(struct stream *stream, uint64_t position, bool is_64)
{
    if (!stream->acked_known || position > stream->acked)
        stream->acked = position;
    stream->acked_known = true;
    if (is_64)
        stream_hear(stream, position);
    stream_advance(stream, position);
}

int64_t stream_offset(const struct stream *stream, uint64_t position)
{
    return (int64_t)(position - (stream->first_is_known ? stream->first : STREAM_ORIGIN));
}

uint64_t stream_missing_before(const struct stream *stream, uint64_t position)
{
    if (stream->seen.count == 0)
        return 0;
    uint64_t lowest = rangeset_ranges(&stream->seen)[0].begin;
    return rangeset_gap_below(&stream->seen, stream->first_is_known ? stream->first : lowest,
                              position);
}

/* Where no data can be, and yet some mapping said so. */
static uint64_t stream_below_first(const struct stream *stream)
{
    uint64_t below = stream->first_is_known ? rangeset_count(&stream->seen, 0, stream->first) : 0;
    uint64_t all = rangeset_total(&stream->seen); /* less the holes among them that were given up */
    return below < all ? below : all;
}

/* From the first data octet, or the first seen where that is unknown, to the highest seen. */
static uint64_t stream_missing(const struct stream *stream)
{
    uint64_t end = stream_data_end(stream);
    if (stream->seen.count == 0 || (stream->first_is_known && end <= stream->first))
        return 0;
    uint64_t begin =
        stream->first_is_known ? stream->first : rangeset_ranges(&stream->seen)[0].begin;
    return end - begin - (rangeset_total(&stream->seen) - stream_below_first(stream));
}

/* What the octets handed on and those missing lie between; before any was, too. */
static void view_bounds(const struct stream *stream, struct mpta_stream *view)
{
    uint64_t origin = stream->first_is_known ? stream->first : STREAM_ORIGIN;
    static const struct delivery none;
    const struct delivery *delivery = stream->delivery ? stream->delivery : &none;
    uint64_t start = delivery->start_known ? delivery->start : origin;
    uint64_t first = stream->first_is_known || stream->seen.count == 0
                         ? origin
                         : rangeset_ranges(&stream->seen)[0].begin;
    uint64_t end = stream_data_end(stream);
    view->base_dsn_known = stream_dsn(stream, first, &view->base_dsn);
    view->begin = (int64_t)(first - delivery->syn_len - start);
    view->end = end > first ? (int64_t)(end - start) : view->begin;
}

void stream_view(const struct stream *stream, struct mpta_stream *view)
{
    *view = (struct mpta_stream){
        .data_bytes = rangeset_total(&stream->seen),
        .below_idsn_bytes = stream_below_first(stream),
        .missing_bytes = stream_missing(stream),
        .reinjected_bytes = stream->reinjected_bytes,
        .data_fin = stream->fin,
        .base_is_idsn = stream->first_is_known,
        .dss_checksum = stream->checksums,
    };
    if (stream->acked_known && stream->first_is_known && stream->acked >= stream->first) {
        view->acked_known = true;
        view->acked = stream->acked - stream->first;
    }
    view_bounds(stream, view);
}

void stream_clear(struct stream *stream)
{
    rangeset_clear(&stream->seen);
    if (!stream->delivery)
        return;
    rangeset_clear(&stream->delivery->all);
    rangeset_clear(&stream->delivery->doubtful);
    free(stream->delivery);
    stream->delivery = NULL;
}
