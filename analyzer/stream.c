/* SPDX-License-Identifier: BSD-3-Clause */
/* DSNs to positions and back, and what was seen and acknowledged of a stream. */
#include "analyzer/stream.h"

#include "analyzer/seq.h"

/* Positions stay below this, so that adding lengths to them never wraps. */
#define STREAM_END (UINT64_C(1) << 63)

void stream_set_idsn(struct stream *stream, uint64_t idsn)
{
    uint64_t base = idsn + 1;
    if (!stream->base_known) {
        stream->base = base;
        stream->highest = STREAM_ORIGIN;
    } else if (!stream->base_is_64) {
        stream->base = base + (uint32_t)(stream->base - base);
    }
    /* Data met before the key keeps its positions; the first octet then lies below the origin. */
    uint64_t first = base - stream->base + STREAM_ORIGIN;
    stream->base_known = true;
    stream->base_is_64 = true;
    stream->first_is_known = first < STREAM_END;
    stream->first = first;
}

void stream_forget_idsn(struct stream *stream)
{
    if (stream->seen.count > 0)
        return;
    stream->base_known = false;
    stream->base_is_64 = false;
    stream->first_is_known = false;
    stream->acked_known = false;
}

void stream_set_plain(struct stream *stream)
{
    if (stream->base_known)
        return;
    stream->base_known = true;
    stream->first_is_known = true;
    stream->first = STREAM_ORIGIN;
    stream->highest = STREAM_ORIGIN;
}

static bool position_of_64(struct stream *stream, uint64_t dsn, uint64_t *position)
{
    if (!stream->base_is_64) {
        /* The first 64-bit DSN after shorter ones tells the upper half of the base. */
        uint64_t low = seq_extend((uint32_t)(dsn - stream->base), stream->highest - STREAM_ORIGIN);
        stream->base = dsn - low;
        stream->base_is_64 = true;
    }
    *position = dsn - stream->base + STREAM_ORIGIN;
    return *position < STREAM_END;
}

bool stream_position(struct stream *stream, uint64_t dsn, bool is_64, uint64_t *position)
{
    if (!stream->base_known) {
        stream->base = dsn;
        stream->base_known = true;
        stream->base_is_64 = is_64;
        stream->highest = STREAM_ORIGIN;
    }
    if (is_64)
        return position_of_64(stream, dsn, position);
    /* STREAM_ORIGIN is a multiple of 2^32, so that the low halves agree. */
    *position = seq_extend((uint32_t)(dsn - stream->base), stream->highest);
    return *position < STREAM_END;
}

bool stream_dsn(const struct stream *stream, uint64_t position, uint64_t *dsn)
{
    *dsn = stream->base + (position - STREAM_ORIGIN);
    return stream->base_known && stream->base_is_64;
}

void stream_take_ack(struct stream *stream, uint64_t data_ack, bool is_64)
{
    uint64_t position;
    if (!stream->base_known || !stream_position(stream, data_ack, is_64, &position))
        return;
    if (!stream->acked_known || position > stream->acked)
        stream->acked = position;
    stream->acked_known = true;
}

uint64_t stream_data_end(const struct stream *stream)
{
    return stream->seen.count ? rangeset_ranges(&stream->seen)[stream->seen.count - 1].end : 0;
}

bool stream_has_waiting(const struct stream *stream)
{
    struct range gap;
    if (stream->seen.count < 2)
        return false;
    uint64_t from = rangeset_ranges(&stream->seen)[0].begin;
    if (stream->acked_known && stream->acked > from)
        from = stream->acked;
    return rangeset_next_gap(&stream->seen, &from, stream_data_end(stream), &gap);
}

void stream_view(const struct stream *stream, struct mpta_stream *view)
{
    const struct range *ranges = rangeset_ranges(&stream->seen);
    *view = (struct mpta_stream){
        .data_bytes = rangeset_total(&stream->seen),
        .reinjected_bytes = stream->reinjected_bytes,
        .data_fin = stream->fin,
        .base_is_idsn = stream->first_is_known,
        .dss_checksum = stream->checksums,
    };
    if (stream->seen.count > 0)
        view->missing_bytes =
            ranges[stream->seen.count - 1].end - ranges[0].begin - view->data_bytes;
    if (stream->acked_known && stream->first_is_known && stream->acked >= stream->first) {
        view->acked_known = true;
        view->acked = stream->acked - stream->first;
    }
}

void stream_clear(struct stream *stream)
{
    rangeset_clear(&stream->seen);
    rangeset_clear(&stream->doubtful);
}
