/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Octets that come again at their place in the stream must be the same: RFC 9293 section 3.10.7.4
 * leaves it to the receiver which of two copies it takes, and RFC 8684 section 3.3.1 as well, so
 * whoever can make a second copy differ can show one thing to an inspector and another to the
 * application. What is under a checksum counts once that is verified: nobody takes a spoilt copy.
 *
 * Where a subflow was captured at two points, the copies may be one packet, before and behind
 * something that changed its payload, and perhaps its length: then no two packets of the points are
 * alike any more, and only what the first of them shows is looked at from there on.
 */
#include "analyzer/data.h"

/*
 * A keep-alive may carry one garbage octet, at the place of the last one that was sent: RFC 1122
 * section 4.2.3.6. Its acknowledgement need not have been captured; but no mapping comes with it.
 */
static bool is_keep_alive(const struct incoming *in)
{
    const struct half *half = sender_half(in);
    struct mpta_dss dss;
    return in->segment->payload_len == 1 && in->extent.end == half->next &&
           (half->acked >= in->extent.end || !data_find_map(in, &dss));
}

/* One octet at the beginning of its mapping, which goes on from no other. */
static bool is_lone(const struct incoming *in, const struct piece *piece)
{
    uint64_t next;
    const struct mapping *mapping =
        piece->end - piece->begin == 1
            ? mapping_find(&sender_half(in)->mappings, piece->begin, &next)
            : NULL;
    return mapping && mapping->begin == piece->begin;
}

/*
 * Linux asks whether a closed window has opened with one octet under a mapping of its own
 * (mptcp_sendmsg_frag): its place is that of the last octet of the stream, which was acknowledged,
 * and its content that of the next one, which must wait. Its receiver has that place already.
 */
static bool is_window_probe(const struct incoming *in, const struct piece *piece)
{
    const struct stream *stream = sender_stream(in);
    return is_lone(in, piece) && stream->acked_known && piece->position < stream->acked;
}

/* That it was acknowledged may not have been captured. */
static bool may_be_window_probe(const struct incoming *in, const struct piece *piece)
{
    const struct stream *stream = sender_stream(in);
    return is_lone(in, piece) &&
           (!stream->acked_known || piece->position + 1 == stream_data_end(stream));
}

/* Some of a piece lies under a checksum that does not say so far that it is as it was sent. */
static bool is_unproven(const struct incoming *in, const struct piece *piece)
{
    struct check_list *checks = &sender_half(in)->checks;
    const struct check *check;
    size_t at = 0;
    while (checks->count > 0 && (check = checks_next(checks, piece->begin, piece->end, &at))) {
        if (check->verdict != MPTA_VALID &&
            check->data - check->begin == piece->position - piece->begin)
            return true;
    }
    return false;
}

/*
 * What is acknowledged is forgotten after a while; whoever forges an acknowledgement of more than
 * came by must not bring that about.
 */
static uint64_t acked_data(const struct stream *stream)
{
    uint64_t end = stream_data_end(stream);
    if (!stream->acked_known)
        return 0;
    return stream->acked < end ? stream->acked : end;
}

/* The same octets of one subflow, sent twice. */
static bool report_overlap(struct incoming *in, enum mpta_severity severity,
                           const struct imprint_verdict *verdict)
{
    const struct occurrence overlap = occurrence_in(FINDING_TCP_OVERLAP_DIFFERS, in);
    return finding_add_as(
        &in->subflow->connection->findings, severity, &overlap,
        "bytes %llu to %llu of the %s's data were sent again on their subflow with another content",
        (unsigned long long)data_offset(sender_stream(in), verdict->begin),
        (unsigned long long)data_offset(sender_stream(in), verdict->end - 1),
        side_word(sender_side(in)));
}

/* The same octets of one subflow, at two capture points. */
static bool report_altered(struct incoming *in, enum mpta_severity severity,
                           const struct imprint_verdict *verdict)
{
    const struct occurrence altered = occurrence_in(FINDING_PAYLOAD_ALTERED, in);
    in->subflow->altered = true;
    return finding_add_as(&in->subflow->connection->findings, severity, &altered,
                          "bytes %llu to %llu of the %s's data are others at this capture point "
                          "than at the other one: they were changed on the way between them",
                          (unsigned long long)data_offset(sender_stream(in), verdict->begin),
                          (unsigned long long)data_offset(sender_stream(in), verdict->end - 1),
                          side_word(sender_side(in)));
}

/* The same DSNs, on two subflows or under two SSNs. */
static bool report_rewritten(struct incoming *in, enum mpta_severity severity,
                             const struct imprint_verdict *verdict)
{
    const struct occurrence rewritten = occurrence_in(FINDING_DATA_REWRITTEN, in);
    return finding_add_as(&in->subflow->connection->findings, severity, &rewritten,
                          "bytes %llu to %llu of the %s's data came on subflow %u with another "
                          "content than on subflow %u before",
                          (unsigned long long)data_offset(sender_stream(in), verdict->begin),
                          (unsigned long long)data_offset(sender_stream(in), verdict->end - 1),
                          side_word(sender_side(in)), in->subflow->id, verdict->first.subflow);
}

bool rewrite_take(const struct mpta_tracker *tracker, struct incoming *in,
                  const struct piece *piece, bool mapped)
{
    const struct stream *stream = sender_stream(in);
    const struct imprint_piece octets = {
        .begin = piece->position,
        .end = piece->position + (piece->end - piece->begin),
        .octets = piece->octets,
        .source = {.subflow = in->subflow->id,
                   .shift = (uint32_t)(piece->position - piece->begin),
                   .mapped = mapped,
                   .sure = data_is_sure(in) && !is_lone(in, piece),
                   .second = in->elsewhere},
    };
    struct imprint_set *imprints = &sender_watch(in)->imprints;
    struct imprint_verdict verdict;
    if (is_keep_alive(in) || is_window_probe(in, piece)) {
        imprints->compared++; /* whatever it is, nobody takes it */
        return true;
    }
    if (is_unproven(in, piece))
        return true;
    if (!imprint_take(imprints, &tracker->imprint_keys, &octets, acked_data(stream), &verdict))
        return false;
    bool again = verdict.first.subflow == octets.source.subflow &&
                 verdict.first.shift == octets.source.shift;
    enum mpta_severity severity = verdict.sure ? MPTA_ERROR : MPTA_WARNING;
    if (!verdict.differs || may_be_window_probe(in, piece))
        return true;
    if (!again)
        return report_rewritten(in, severity, &verdict);
    return verdict.first.second == in->elsewhere ? report_overlap(in, severity, &verdict)
                                                 : report_altered(in, severity, &verdict);
}
