/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One direction of a connection's data sequence space, RFC 8684 section 3.3. Inside, data has
 * positions: offsets from the first data octet (IDSN + 1) plus STREAM_ORIGIN, in plain 64-bit
 * numbers that do not wrap. DSNs are converted here and nowhere else. It knows no subflows.
 */
#ifndef ANALYZER_STREAM_H
#define ANALYZER_STREAM_H

#include "analyzer/analyzer.h"
#include "analyzer/rangeset.h"
#include "analyzer/seq.h"

/* Where IDSN + 1 lies, or the first DSN met where the IDSN is unknown: then others may lie below.
 */
#define STREAM_ORIGIN (UINT64_C(1) << 32)

/* No receiver's window is larger: RFC 7323 section 2.3. */
#define STREAM_LEAP_MAX (UINT64_C(1) << 30)

/* Positions stay below this, so that adding lengths to them never wraps. */
#define STREAM_END (UINT64_C(1) << 63)

/* What was handed on of a stream, as far as octets are wanted. */
struct delivery {
    struct rangeset all;
    struct rangeset doubtful; /* of these, what came only under a wrong checksum */
    bool start_known; /* the first octet has been handed on: so does `start` mean something */
    uint64_t start;   /* position of offset 0, */
    uint64_t syn_len; /* which stands so far before the first DSN: octets on the SYN */
};

struct stream {
    bool base_known;      /* DSNs have positions */
    bool base_is_64;      /* all 64 bits of base are known */
    bool first_is_known;  /* the IDSN is known, or there are no DSNs: `first` means something */
    bool heard_known;     /* its receiver sent DATA_ACKs of 64 bits: so does `heard` */
    bool acked_known;     /* its receiver sent DATA_ACKs: so does `acked` */
    bool fin;             /* there was a DATA_FIN: so does `fin_at` */
    uint64_t base;        /* the DSN at STREAM_ORIGIN: IDSN + 1, or the first one met */
    uint64_t first;       /* position of the first data octet, IDSN + 1 */
    uint64_t highest;     /* position after the highest octet known of, seen or only mapped */
    uint64_t near;        /* position near which DSNs of 32 bits lie; see stream_advance */
    uint64_t far;         /* one that lies too far away to be it, unless another follows */
    uint64_t heard;       /* the highest DATA_ACK of 64 bits, without what leaps too far ahead, */
    uint64_t heard_far;   /* unless another follows */
    struct rangeset seen; /* that some subflow carried */
    uint64_t reinjected_bytes;
    uint64_t blurred_bytes; /* came again where it is no longer told which subflow carried what */

    struct delivery *delivery; /* NULL: nothing was handed on */

    uint64_t acked;  /* position up to which the receiver acknowledged */
    uint64_t fin_at; /* position of the DATA_FIN */
    struct mpta_verdict_counts checksums;
};

/* The IDSN became known. Positions given out before keep their meaning. */
void stream_set_idsn(struct stream *stream, uint64_t idsn);

/* The IDSN was not the host's after all. It stays the base where data has been placed by it. */
void stream_forget_idsn(struct stream *stream);

/* A DSN makes the base, or tells its upper half. */
void stream_learn_base(struct stream *stream, uint64_t dsn, bool is_64);

/*
 * The position of a DSN, of which 32 bits are extended to the value nearest what stream_advance was
 * told. The first one makes the base where none is known. False if it lies outside of what can be
 * told apart.
 */
static inline bool stream_position(struct stream *stream, uint64_t dsn, bool is_64,
                                   uint64_t *position)
{
    if (!stream->base_known || (is_64 && !stream->base_is_64))
        stream_learn_base(stream, dsn, is_64);
    /* STREAM_ORIGIN is a multiple of 2^32, so that the low halves agree. */
    *position = is_64 ? dsn - stream->base + STREAM_ORIGIN
                      : seq_extend((uint32_t)(dsn - stream->base), stream->near);
    return *position < STREAM_END;
}

/* ... further ahead than any window reaches. */
void stream_leap(struct stream *stream, uint64_t position);

/*
 * Octets were seen, or acknowledged, up to a position: DSNs of 32 bits lie near it from now on. A
 * mapping alone tells nothing. One packet that leaps further than any window is not believed before
 * another one goes on from there, so that a single bogus one cannot lead a stream astray; nor are
 * several, while a receiver that acknowledges with 64 bits is further behind than any window.
 */
static inline void stream_advance(struct stream *stream, uint64_t position)
{
    if (position <= stream->near)
        return;
    if (position - stream->near <= STREAM_LEAP_MAX)
        stream->near = position;
    else
        stream_leap(stream, position);
}

/* The 64-bit DSN at a position; false while its upper half is unknown. */
static inline bool stream_dsn(const struct stream *stream, uint64_t position, uint64_t *dsn)
{
    *dsn = stream->base + (position - STREAM_ORIGIN);
    return stream->base_known && stream->base_is_64;
}

/* Lets positions begin at STREAM_ORIGIN for a stream that has no DSNs, as far as is known. */
void stream_set_plain(struct stream *stream);

/* A DATA_ACK of the receiver, whose position stream_position has told. */
void stream_take_ack(struct stream *stream, uint64_t position, bool is_64);

/* Position after the highest octet seen; 0 before the first. */
static inline uint64_t stream_data_end(const struct stream *stream)
{
    const struct range *last = rangeset_last(&stream->seen);
    return last ? last->end : 0;
}

/* A position as callers know it, an offset from the first octet or from the first DSN met. */
int64_t stream_offset(const struct stream *stream, uint64_t position);

/* How many octets directly below a position no packet carried. */
uint64_t stream_missing_before(const struct stream *stream, uint64_t position);

/*
 * Some octet that was seen lies behind one that was neither seen nor acknowledged: one that is not
 * acknowledged lies below the highest range, right below which one was not seen.
 */
static inline bool stream_has_waiting(const struct stream *stream)
{
    const struct range *last = rangeset_last(&stream->seen);
    if (!last)
        return false;
    uint64_t from =
        stream->first_is_known ? stream->first : rangeset_ranges(&stream->seen)[0].begin;
    if (stream->acked_known && stream->acked > from)
        from = stream->acked;
    return from < last->begin;
}

/* Fills the view. */
void stream_view(const struct stream *stream, struct mpta_stream *view);

void stream_clear(struct stream *stream);

#endif
