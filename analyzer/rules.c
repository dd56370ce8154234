/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a DSS may say, RFC 8684 section 3.3: a checksum if and only if one was negotiated, a mapping
 * of octets that its subflow can have, no data behind the DATA_FIN, no acknowledgement of what was
 * not sent. Whoever breaks a rule is named once his words cannot be explained by packets that were
 * not captured.
 */
#include "analyzer/amount.h"
#include "analyzer/data.h"
#include "analyzer/elapsed.h"
#include "analyzer/gapless.h"
#include "analyzer/part.h"
#include "analyzer/seq.h"

/* So many mappings are judged together by their size, RFC 8684 section 5. */
#define TINY_MAPPINGS 1000
#define TINY_OCTETS   16

/* A DATA_ACK and the data that it speaks of may be captured so far out of order. */
#define EARLY_ACK_NS INT64_C(1000000)
/* In a stream of so many octets 32 bits of a DATA_ACK may mean two of them. */
#define AMBIGUOUS_OCTETS (UINT64_C(1) << 31)
/* So many subflows are asked whether all of them was captured. */
#define EARLY_SUBFLOWS_MAX 16

uint64_t data_offset(const struct stream *stream, uint64_t position)
{
    uint64_t first = stream->first_is_known ? stream->first : STREAM_ORIGIN;
    return position > first ? position - first : 0;
}

/* ---- Checksums ------------------------------------------------------------------------------ */

/* After MP_FAIL or an infinite mapping nothing is mapped for good: RFC 8684 section 3.7. */
static bool is_falling_back(const struct connection *connection)
{
    const struct fallback *fallback = &connection->awake->fallback;
    return fallback->evidence &&
           (fallback_event(fallback, MPTA_FALLBACK_MP_FAIL)->packet != 0 ||
            fallback_event(fallback, MPTA_FALLBACK_INFINITE_MAPPING)->packet != 0);
}

/* RFC 8684 section 3.1: checksums are used if either SYN asked for them. Both must be known. */
static bool take_checksum(struct incoming *in, const struct mpta_dss *dss)
{
    struct connection *connection = in->subflow->connection;
    uint8_t offered =
        connection->offered_flags[MPTA_CLIENT] | connection->offered_flags[MPTA_SERVER];
    uint8_t all = connection->capable_flags[MPTA_CLIENT] | connection->capable_flags[MPTA_SERVER];
    bool missing = !dss->has_checksum && offered & MPTA_CAPABLE_A && dss->data_len > 0;
    bool unasked = dss->has_checksum && !(all & MPTA_CAPABLE_A);
    if ((!missing && !unasked) || !connection->offered[MPTA_CLIENT] ||
        !connection->offered[MPTA_SERVER] || is_falling_back(connection))
        return true;
    struct occurrence presence = occurrence_in(FINDING_DSS_CHECKSUM_PRESENCE, in);
    bool sure = in->gapless && subflow_is_verified(in->subflow);
    presence.variant = 2 * (unsigned)sender_side(in) + unasked;
    return finding_add_as(&connection->findings, sure ? MPTA_ERROR : MPTA_WARNING, &presence,
                          "the %s sends mappings %s", side_word(sender_side(in)),
                          unasked ? "with a checksum, which neither side asked for"
                                  : "without a checksum, although checksums were negotiated");
}

/* ---- Subflow sequence numbers --------------------------------------------------------------- */

/*
 * The SYN is octet 0 of its subflow, and nothing follows the FIN: mappings that lie there cover
 * nothing, RFC 8684 section 3.3.1.
 */
static bool take_place(struct incoming *in, const struct mpta_dss *dss)
{
    const struct half *half = sender_half(in);
    uint64_t begin = seq_extend((uint32_t)half->ssn_base + dss->ssn, half->next);
    bool below = begin <= half->ssn_base, behind = half->fin && begin + 1 >= half->fin_end;
    if (!half->ssn_base_known || !in->gapless || (!below && !behind))
        return true;
    struct occurrence off = occurrence_in(FINDING_MAPPING_OFF_STREAM, in);
    off.variant = below;
    return finding_add(&in->subflow->connection->findings, &off,
                       "a mapping of %u bytes from SSN %u on covers no byte of its subflow: it "
                       "begins %s",
                       dss->data_len, dss->ssn, below ? "at its SYN or before" : "behind its FIN");
}

bool rules_take_size(struct incoming *in, const struct mapping *mapping)
{
    struct half *half = sender_half(in);
    half->tiny_octets += (uint32_t)(mapping->end - mapping->begin);
    if (++half->tiny_mappings < TINY_MAPPINGS)
        return true;
    uint32_t octets = half->tiny_octets;
    half->tiny_mappings = 0;
    half->tiny_octets = 0;
    const struct occurrence tiny = occurrence_in(FINDING_MAPPING_TINY, in);
    return octets >= TINY_OCTETS * TINY_MAPPINGS ||
           finding_add(&in->subflow->connection->findings, &tiny,
                       "%u mappings of the %s have %.1f bytes on average, less than %u: each costs "
                       "its receiver far more memory",
                       TINY_MAPPINGS, side_word(sender_side(in)), (double)octets / TINY_MAPPINGS,
                       TINY_OCTETS);
}

/* ---- DATA_FIN, RFC 8684 section 3.3.3 ---------------------------------------------------------
 */

/* Words before and after the first of two positions that contradict each other. */
struct contradiction {
    const char *before;
    const char *between;
};

static bool report_after_fin(struct incoming *in, const struct contradiction *words, uint64_t one,
                             uint64_t other)
{
    const struct stream *stream = sender_stream(in);
    const struct occurrence after = occurrence_in(FINDING_DATA_AFTER_FIN, in);
    return finding_add(&in->subflow->connection->findings, &after,
                       "the %s %s offset %llu%s offset %llu", side_word(sender_side(in)),
                       words->before, (unsigned long long)data_offset(stream, one), words->between,
                       (unsigned long long)data_offset(stream, other));
}

/* The first DATA_FIN whose place is sure stands. */
static bool take_fin(struct incoming *in, uint64_t fin_at, bool sure)
{
    static const struct contradiction moves = {"moves its DATA_FIN from", " to"};
    static const struct contradiction below = {"has its DATA_FIN at",
                                               ", before data that it had mapped up to"};
    struct stream *stream = sender_stream(in);
    struct end_watch *end = &sender_watch(in)->end;
    if (end->fin_sure)
        return !sure || fin_at == stream->fin_at ||
               report_after_fin(in, &moves, stream->fin_at, fin_at);
    stream->fin = true;
    stream->fin_at = fin_at;
    end->fin_sure = sure;
    return !sure || end->sure_end <= fin_at || report_after_fin(in, &below, fin_at, end->sure_end);
}

/* After a fallback a DATA_FIN says nothing any more. */
static bool end_is_sure(const struct incoming *in)
{
    return data_is_sure(in) && !is_falling_back(in->subflow->connection);
}

/* Data that a mapping names; also one that contradicts another, which may be the true one. */
static bool take_end(struct incoming *in, uint64_t data_end)
{
    static const struct contradiction beyond = {"maps data up to", ", beyond its DATA_FIN at"};
    const struct stream *stream = sender_stream(in);
    struct end_watch *end = &sender_watch(in)->end;
    if (!end_is_sure(in))
        return true;
    if (data_end > end->sure_end)
        end->sure_end = data_end;
    return !end->fin_sure || data_end <= stream->fin_at ||
           report_after_fin(in, &beyond, data_end, stream->fin_at);
}

bool rules_take_fin(struct incoming *in, const struct mpta_dss *dss, uint64_t position)
{
    return !dss->data_fin || dss->data_len == 0 ||
           take_fin(in, position + dss->data_len - 1, end_is_sure(in));
}

bool rules_take_map(struct incoming *in, const struct mpta_dss *dss, uint64_t position)
{
    uint16_t len = (uint16_t)(dss->data_len - dss->data_fin);
    if (!take_checksum(in, dss) || !rules_take_fin(in, dss, position))
        return false;
    return dss->data_len == 0 || len == 0 || (take_end(in, position + len) && take_place(in, dss));
}

/* ---- DATA_ACK, RFC 8684 section 3.3.2 ---------------------------------------------------------
 */

/* Of the newest subflows no octet is known to have been sent that was not captured. */
static bool is_captured_whole(const struct connection *connection)
{
    size_t count = connection->subflow_count;
    bool whole = true;
    for (size_t i = count > EARLY_SUBFLOWS_MAX ? count - EARLY_SUBFLOWS_MAX : 0; i < count; i++)
        whole &= subflow_is_whole(connection->subflows[i]);
    return whole;
}

/* How far the data goes that is known to have been sent. */
static uint64_t known_end(const struct stream *stream)
{
    return stream->fin && stream->fin_at + 1 > stream->highest ? stream->fin_at + 1
                                                               : stream->highest;
}

/* Remembers a DATA_ACK of more than is known to have been sent, until that turns up. */
static bool take_early_ack(struct incoming *in, struct stream *stream, struct end_watch *end,
                           uint64_t position)
{
    uint64_t known = known_end(stream);
    const struct early_ack *early = end->early;
    /* One that data has passed by without filling it spoke of what was not captured. */
    bool stands = early && early->by.subflow && (early->sent || known <= early->begin);
    if (position <= known || stands || !stream->first_is_known ||
        !is_captured_whole(in->subflow->connection))
        return true;
    end->early = part_make(end->early, sizeof(*end->early));
    if (!end->early)
        return false;
    *end->early = (struct early_ack){.by = remember(in), .begin = known, .end = position};
    return true;
}

/* A DATA_ACK of more than was sent stays the first one until that has come by. */
static bool take_ahead(struct incoming *in, const struct stream *stream, struct end_watch *end,
                       uint64_t position)
{
    uint64_t known = known_end(stream);
    const struct ahead_ack *ahead = end->ahead;
    bool stands = ahead && !ahead->retracted && ahead->position > known;
    if (stands || !stream->first_is_known || position <= known ||
        (ahead && ahead->retracted && position <= ahead->position))
        return true;
    end->ahead = part_make(end->ahead, sizeof(*end->ahead));
    if (!end->ahead)
        return false;
    *end->ahead = (struct ahead_ack){
        .by = remember(in),
        .stamp = order_stamp_of(in->segment, in->options),
        .position = position,
        .octets = position - known,
    };
    return true;
}

/* So much later no packet of before is still on its way. */
#define RETRACTED_NS INT64_C(2000000000)

/*
 * A DATA_ACK never goes back. Of two packets that tell their order the first one has acknowledged
 * what had not come by, and the second one not: whatever the capture misses, one of them is wrong.
 */
static bool take_retraction(struct incoming *in, struct end_watch *end, uint64_t position)
{
    if (!end->ahead)
        return true;
    const struct order_stamp stamp = order_stamp_of(in->segment, in->options);
    struct connection *connection = in->subflow->connection;
    const struct remembered *by = &end->ahead->by;
    bool proven = by->subflow == in->subflow && order_is_after(&stamp, &end->ahead->stamp);
    bool later = elapsed_ns(by->at.time_ns, in->packet->place.time_ns) > RETRACTED_NS;
    if (position >= end->ahead->position || end->ahead->retracted || (!proven && !later))
        return true;
    struct occurrence back = occurrence_remembered(FINDING_ACK_BEYOND_DATA, by);
    back.variant = 2;
    end->ahead->retracted = true;
    return finding_add_as(
        &connection->findings, proven ? MPTA_ERROR : MPTA_WARNING, &back,
        "the %s acknowledges %s more than had been sent, as far as was "
        "captured, and takes that back afterwards: somebody else may have done it",
        side_word(sender_side(in)), amount_of(end->ahead->octets, "byte").text);
}

bool rules_take_more_ack(struct incoming *in, const struct mpta_dss *dss, uint64_t position)
{
    struct connection *connection = in->subflow->connection;
    struct stream *stream = &connection->streams[receiver_side(in)];
    struct end_watch *end = &connection->watches[receiver_side(in)].end;
    /* What a SYN or RST says besides is nothing that its receiver would read. */
    bool sure = in->gapless && subflow_is_verified(in->subflow) &&
                !(in->segment->flags & (MPTA_TCP_SYN | MPTA_TCP_RST));
    if (!sure)
        return true;
    if (!take_early_ack(in, stream, end, position))
        return false;
    if (!end->ack.subflow || position > end->acked) {
        end->acked = position;
        end->acked_is_64 = dss->ack_is_64;
        end->ack = remember(in);
    }
    if (!dss->ack_is_64)
        return true;
    return take_ahead(in, stream, end, position) && take_retraction(in, end, position);
}

/*
 * Data that a DATA_ACK came before is sent. The acknowledgement was right after all if this only
 * repeats what was not captured, or comes over another path, whose packets may have another clock.
 */
void rules_take_acked_early(struct incoming *in, uint64_t begin, uint64_t end)
{
    struct early_ack *early = sender_watch(in)->end.early;
    int64_t now_ns = in->packet->place.time_ns;
    if (!early->by.subflow || begin >= early->end || end <= early->begin)
        return;
    bool right = in->subflow != early->by.subflow || sender_half(in)->acked > in->extent.begin;
    if (!early->sent)
        early->sent_ns = now_ns;
    early->sent = true;
    if (right || elapsed_ns(early->by.at.time_ns, early->sent_ns) < EARLY_ACK_NS)
        early->by.subflow = NULL;
}

/* All that was acknowledged too early was sent later. */
/* On some subflow nothing of a side was captured, or not all that was acknowledged. */
static bool is_heard_in_part(const struct connection *connection, enum mpta_side side)
{
    for (size_t i = 0; i < connection->subflow_count; i++) {
        const struct subflow *subflow = connection->subflows[i];
        const struct half *half = &subflow->halves[subflow_role(subflow, side)];
        if ((half->packets == 0 && half->acked > 0) || !subflow_is_whole(subflow))
            return true;
    }
    return false;
}

static bool conclude_early_ack(struct connection *connection, enum mpta_side side)
{
    const struct early_ack *early = connection->watches[side].end.early;
    const struct stream *stream = &connection->streams[side];
    /* What was sent there may be what was acknowledged, and came again elsewhere. */
    if (!early || !early->by.subflow || !early->sent || is_heard_in_part(connection, side) ||
        rangeset_count(&stream->seen, early->begin, early->end) < early->end - early->begin)
        return true;
    const struct occurrence beyond = occurrence_remembered(FINDING_ACK_BEYOND_DATA, &early->by);
    uint64_t octets = early->end - early->begin;
    int64_t ahead_ns = elapsed_ns(early->by.at.time_ns, early->sent_ns);
    return finding_add_as(&connection->findings, MPTA_WARNING, &beyond,
                          "the %s acknowledges %s of data %.3f s before it was sent "
                          "(more than %.3f s)",
                          side_word(side_other(side)), amount_of(octets, "byte").text,
                          (double)ahead_ns / 1e9, (double)EARLY_ACK_NS / 1e9);
}

/* Where the DATA_FIN is, nothing but it can be acknowledged beyond the data. */
static bool conclude_ack_beyond_fin(struct connection *connection, enum mpta_side side)
{
    const struct end_watch *end = &connection->watches[side].end;
    const struct stream *stream = &connection->streams[side];
    bool unambiguous = end->acked_is_64 || stream->fin_at - stream->first < AMBIGUOUS_OCTETS;
    if (!end->fin_sure || !end->ack.subflow || end->acked <= stream->fin_at + 1 || !unambiguous ||
        (end->ahead && end->ahead->retracted))
        return true;
    struct occurrence beyond = occurrence_remembered(FINDING_ACK_BEYOND_DATA, &end->ack);
    beyond.variant = 1;
    return finding_add(&connection->findings, &beyond,
                       "the %s acknowledges %s beyond the DATA_FIN of the %s",
                       side_word(side_other(side)),
                       amount_of(end->acked - stream->fin_at - 1, "byte").text, side_word(side));
}

bool rules_conclude(struct connection *connection, enum mpta_side side)
{
    return conclude_early_ack(connection, side) && conclude_ack_beyond_fin(connection, side);
}
