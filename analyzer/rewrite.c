/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Octets that come again at their place in the stream must be the same: RFC 9293 section 3.10.7.4
 * leaves it to the receiver which of two copies it takes, and RFC 8684 section 3.3.1 as well, so
 * whoever can make a second copy differ can show one thing to an inspector and another to the
 * application. What is under a checksum counts once that is verified: nobody takes a spoilt copy.
 */
#include "analyzer/data.h"

/*
 * A keep-alive may carry one garbage octet, at the place of the last one that was acknowledged: RFC
 * 1122 section 4.2.3.6.
 */
static bool is_keep_alive(const struct incoming *in)
{
    const struct half *half = sender_half(in);
    return in->segment->payload_len == 1 && in->extent.end == half->next &&
           half->acked >= in->extent.end;
}

/* Some of a piece lies under a checksum that does not say so far that it is as it was sent. */
static bool is_unproven(const struct incoming *in, const struct piece *piece)
{
    const struct check *check;
    size_t at = 0;
    while ((check = checks_next(&sender_half(in)->checks, piece->begin, piece->end, &at))) {
        if (check->verdict != MPTA_VALID &&
            check->data - check->begin == piece->position - piece->begin)
            return true;
    }
    return false;
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
                   .sure = data_is_sure(in)},
    };
    struct imprint_set *imprints = &sender_watch(in)->imprints;
    struct imprint_verdict verdict;
    if (is_keep_alive(in)) {
        imprints->compared++; /* whatever it is, nobody takes it */
        return true;
    }
    if (is_unproven(in, piece))
        return true;
    if (!imprint_take(imprints, &tracker->imprint_keys, &octets,
                      stream->acked_known ? stream->acked : 0, &verdict))
        return false;
    bool again = verdict.first.subflow == octets.source.subflow &&
                 verdict.first.shift == octets.source.shift;
    enum mpta_severity severity = verdict.sure ? MPTA_ERROR : MPTA_WARNING;
    return !verdict.differs || (again ? report_overlap(in, severity, &verdict)
                                      : report_rewritten(in, severity, &verdict));
}
