/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A packet that was met before at another capture point counts once. What something on the way did
 * to it in between is seen here and nowhere else: payload and options of kind 30 that differ.
 */
#include "analyzer/checksum.h"
#include "analyzer/data.h"
#include "analyzer/fingerprint.h"
#include "analyzer/gapless.h"
#include "analyzer/seq.h"
#include "analyzer/tracker.h"

#include <string.h>

/* ---- Which copy is it? ----------------------------------------------------------------------- */

/* A sum over payload that was captured whole, and its length; 0 for none. */
static uint64_t payload_sum(const struct mpta_segment *segment)
{
    if (segment->payload_len == 0 || segment->payload_captured < segment->payload_len)
        return 0;
    return (uint64_t)segment->payload_len << 16 |
           checksum_finish(checksum_piece(segment->payload, segment->payload_len, 0));
}

static struct print print_of(const struct incoming *in)
{
    const struct mpta_segment *segment = in->segment;
    struct print print = {
        .flow = in->subflow,
        .seq = segment->seq,
        .ack = segment->ack,
        .payload_len = segment->payload_len,
        .role = (uint16_t)in->role,
        .flags = segment->flags,
        .window = segment->window,
        .ip_id = segment->ip_id_present ? segment->ip_id : 0,
        .options_len = (uint8_t)segment->options_captured,
    };
    memcpy(print.options, segment->options, segment->options_captured);
    return print;
}

/*
 * It is the first of its sender, or goes beyond what that had sent, or had acknowledged: of what
 * was met before, nothing can be the same packet. One octet may be a keep-alive's, which leaves no
 * trace there.
 */
static bool is_novel(const struct incoming *in)
{
    const struct mpta_segment *segment = in->segment;
    const struct half *sender = in->sender;
    const struct half *receiver = in->receiver;
    if (sender->packets == 0)
        return true;
    if (segment->flags & (MPTA_TCP_SYN | MPTA_TCP_RST))
        return false;
    bool sends = segment->payload_len > 1 || segment->flags & MPTA_TCP_FIN;
    return (sends && sender->seq_known && seq_extend(segment->seq, sender->next) >= sender->next) ||
           (segment->flags & MPTA_TCP_ACK && receiver->seq_known &&
            seq_extend(segment->ack, receiver->next) > receiver->acked);
}

static bool has_ip_id(const struct mpta_segment *segment)
{
    return segment->ip_id_present && segment->ip_id != 0;
}

/* What one source has shown is no longer of use where there is another: fingerprints change. */
static void sources_take(struct mpta_tracker *tracker, uint64_t source)
{
    if (!tracker->one_source)
        return;
    if (tracker->source_known && tracker->source != source) {
        tracker->one_source = false;
        dedup_clear(&tracker->dedup);
    }
    tracker->source_known = true;
    tracker->source = source;
}

static bool is_elsewhere(const struct incoming *in)
{
    return in->packet->point != in->subflow->awake->point ||
           in->packet->interface != in->subflow->awake->interface;
}

static void copy_count(struct mpta_tracker *tracker, struct incoming *in, enum dedup_verdict copy)
{
    in->copy = copy;
    tracker->has_copies = true;
    quality_take_copy(&tracker->quality, &in->packet->place);
}

bool copy_judge(struct mpta_tracker *tracker, struct incoming *in)
{
    const struct mpta_place *place = &in->packet->place;
    const struct mpta_segment *segment = in->segment;
    uint64_t source = (uint64_t)in->packet->point << 32 | in->packet->interface;
    sources_take(tracker, source);
    in->elsewhere = is_elsewhere(in);
    if (in->subflow->altered && in->elsewhere) {
        copy_count(tracker, in, DEDUP_COPY);
        return true;
    }
    bool distinct = segment->payload_len > 0 || has_ip_id(segment);
    bool readable = !in->options->cut && !in->options->overrun;
    struct dedup_result result;
    const struct dedup_packet packet = {
        .print = print_of(in),
        .novel = is_novel(in),
        .singular = readable && (distinct || segment->flags & MPTA_TCP_SYN),
        .elsewhere = in->elsewhere,
        .source = source,
        .capture = place->capture,
        .number = place->packet,
        .window_ns = tracker->one_source ? DEDUP_MIRROR_NS : DEDUP_WINDOW_NS,
        .time_ns = place->time_ns,
        .distinct = distinct,
        .payload = tracker->has_copies ? payload_sum(segment) : 0,
    };
    if (!dedup_note(&tracker->dedup, &packet, &result))
        return false;
    if (result.verdict != DEDUP_NEW)
        copy_count(tracker, in, result.verdict);
    in->first_subtypes = result.parts;
    in->subtypes = result.own_parts;
    in->first_at = mpta_place_of(result.number, result.time_ns, result.capture);
    return true;
}

/* ---- What was done to it --------------------------------------------------------------------- */

/* Without an IP identification two packets may be alike but for this, each of them seen at one
 * capture point and missed at the other. */
static enum mpta_severity severity_of_change(const struct incoming *in)
{
    return has_ip_id(in->segment) ? MPTA_ERROR : MPTA_WARNING;
}

/* As it was captured before and behind what did it. */
static struct occurrence occurrence_between(enum finding_id id, const struct incoming *in)
{
    struct occurrence between = occurrence_in(id, in);
    between.other = in->first_at;
    return between;
}

static bool report_payload(struct mpta_tracker *tracker, const struct incoming *in)
{
    const struct occurrence altered = occurrence_between(FINDING_PAYLOAD_ALTERED, in);
    return finding_add_as(tracker_findings(tracker, in->subflow), severity_of_change(in), &altered,
                          "a middlebox between the two capture points changed the payload of a "
                          "packet of the %s",
                          side_word(subflow_side(in->subflow, in->role)));
}

/* The lowest subtype of a set that is not empty. */
static enum mpta_subtype first_of(uint16_t subtypes)
{
    unsigned subtype = 0;
    while (!(subtypes >> subtype & 1))
        subtype++;
    return (enum mpta_subtype)subtype;
}

/* What kind of packet it is, for a sentence. */
static const char *packet_words(const struct mpta_segment *segment)
{
    if (segment->flags & MPTA_TCP_SYN)
        return segment->flags & MPTA_TCP_ACK ? "the SYN/ACK" : "the SYN";
    if (segment->flags & MPTA_TCP_RST)
        return "a RST";
    if (segment->payload_len > 0)
        return "data";
    return segment->flags & MPTA_TCP_FIN ? "a FIN" : "an ACK";
}

/* Nothing on the way has keys to add an option with, so whichever copy lacks it is the later one.
 */
static bool report_removed(struct finding_list *findings, const struct incoming *in)
{
    uint16_t lacking = in->first_subtypes & (uint16_t)~in->subtypes;
    uint16_t more = in->subtypes & (uint16_t)~in->first_subtypes;
    enum mpta_subtype subtype = first_of(lacking ? lacking : more);
    struct occurrence removed = occurrence_between(FINDING_OPTIONS_ALTERED, in);
    removed.variant = 1U + (unsigned)subtype + (lacking ? 0 : 16);
    if (!lacking) {
        removed.at = in->first_at;
        removed.other = in->packet->place;
    }
    return finding_add_as(findings, severity_of_change(in), &removed,
                          "a middlebox between the two capture points removed %s from %s of the "
                          "%s%s",
                          mpta_subtype_name(subtype), packet_words(in->segment),
                          side_word(subflow_side(in->subflow, in->role)),
                          in->subflow->kind == SUBFLOW_JOIN ? " on a join" : "");
}

static bool report_options(struct mpta_tracker *tracker, const struct incoming *in)
{
    struct finding_list *findings = tracker_findings(tracker, in->subflow);
    const struct occurrence changed = occurrence_between(FINDING_OPTIONS_ALTERED, in);
    /* A name is said only where nothing else can be meant. */
    bool single = in->subtypes && !(in->subtypes & (in->subtypes - 1U));
    if (in->first_subtypes != in->subtypes)
        return report_removed(findings, in);
    return finding_add_as(
        findings, severity_of_change(in), &changed,
        "a middlebox between the two capture points changed %s%s of %s of the %s%s",
        single ? "the " : "",
        single ? mpta_subtype_name(first_of(in->subtypes)) : "an MPTCP option",
        packet_words(in->segment), side_word(subflow_side(in->subflow, in->role)),
        in->subflow->kind == SUBFLOW_JOIN ? " on a join" : "");
}

/* Its receiver got another packet than was sent. */
static bool take_changed(struct mpta_tracker *tracker, struct incoming *in)
{
    struct subflow *subflow = in->subflow;
    const struct half *half = in->sender;
    if (!report_options(tracker, in))
        return false;
    if (subflow->connection && subflow->kind == SUBFLOW_INITIAL &&
        !fallback_take_changed(&subflow->connection->awake->fallback, in->role, in->packet,
                               in->first_subtypes, in->subtypes,
                               connection_is_single(subflow->connection)))
        return false;
    if (in->options->count == 0 || !half->seq_known)
        return true;
    in->gapless = subflow_is_gapless(subflow, in->role, in->segment);
    in->extent.begin =
        seq_extend(in->segment->seq, half->next) + !!(in->segment->flags & MPTA_TCP_SYN);
    in->extent.end = in->extent.begin + in->segment->payload_len;
    if (!handshake_take(tracker, in) || !signal_take(tracker, in))
        return false;
    connection_update(subflow);
    return true;
}

bool copy_take(struct mpta_tracker *tracker, struct incoming *in)
{
    struct subflow *subflow = in->subflow;
    if (in->copy == DEDUP_ALTERED && !report_payload(tracker, in))
        return false;
    if (in->copy == DEDUP_CHANGED && !take_changed(tracker, in))
        return false;
    if (in->copy == DEDUP_COPY && subflow->connection && subflow->kind == SUBFLOW_INITIAL)
        fallback_take_copy(&subflow->connection->awake->fallback, in->role, in->packet,
                           in->options);
    return subflow_take_copy(subflow, in->role, in->packet, in->options) &&
           (subflow->altered || data_take_copy(tracker, in));
}
