/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Payload for which no mapping ever came, RFC 8684 section 3.3.1. A mapping may come before its
 * data or after it, and on a packet without payload: what proves that there was none is a capture
 * that has all packets around, and a subflow that is over.
 */
#include "analyzer/amount.h"
#include "analyzer/data.h"

#include <stdlib.h>

/* A mapping is no longer than this, RFC 8684 section 3.3; it is told so far from its data. */
#define MAPPING_LEN_MAX 65535

/* The first packet with payload that waits, and the first one whose own mapping lies elsewhere. */
struct unmapped {
    struct mpta_place at;
    uint64_t begin;
    struct mpta_place off_at;
    struct range off_payload;
    uint64_t off_begin; /* of that mapping */
};

static struct unmapped *unmapped_of(struct half *half)
{
    if (!half->waits)
        half->waits = calloc(1, sizeof(*half->waits));
    return half->waits;
}

bool unmapped_take(struct incoming *in, uint64_t begin)
{
    struct half *half = sender_half(in);
    struct unmapped *unmapped = unmapped_of(half);
    if (!unmapped)
        return false;
    if (unmapped->at.packet == 0 ||
        rangeset_count(&half_waiting(half)->octets, unmapped->begin, unmapped->begin + 1) == 0) {
        unmapped->at = in->packet->place;
        unmapped->begin = begin;
    }
    return true;
}

bool unmapped_take_mapping(struct incoming *in, const struct mapping *mapping)
{
    struct half *half = sender_half(in);
    uint64_t next;
    if (!in->gapless || in->extent.begin == in->extent.end || mapping->begin <= half->ssn_base ||
        (mapping->begin < in->extent.end && mapping->end > in->extent.begin) ||
        mapping_find(&half->mappings, in->extent.begin, &next))
        return true;
    struct unmapped *unmapped = unmapped_of(half);
    if (!unmapped)
        return false;
    if (unmapped->off_at.packet == 0) {
        unmapped->off_at = in->packet->place;
        unmapped->off_payload = (struct range){in->extent.begin, in->extent.end};
        unmapped->off_begin = mapping->begin;
    }
    return true;
}

/* ---- Conclusions ---------------------------------------------------------------------------- */

/* So far around octets their mapping would have been told. */
static struct range surroundings(const struct half *half, const struct range *octets)
{
    struct range around = {half->ssn_base + 1, half->next - half->fin};
    if (octets->begin > around.begin + MAPPING_LEN_MAX)
        around.begin = octets->begin - MAPPING_LEN_MAX;
    if (octets->end + MAPPING_LEN_MAX < around.end)
        around.end = octets->end + MAPPING_LEN_MAX;
    return around;
}

/*
 * All octets around were captured, and nothing more will come. An only subflow that goes on without
 * mappings has fallen back, or its ports are a stranger's now.
 */
static bool is_final(const struct subflow *subflow, enum role role, const struct range *octets)
{
    const struct half *half = &subflow->halves[role];
    struct range around = surroundings(half, octets), gap;
    bool mapped_later = half->mappings.count > 0 &&
                        half->mappings.items[half->mappings.count - 1].begin >= octets->end;
    /* A DATA_FIN says that MPTCP stayed in use to the end. */
    bool needed = mapped_later || subflow->connection->subflow_count > 1 ||
                  subflow->connection->streams[subflow_side(subflow, role)].fin;
    bool over = subflow->was_reset || half->fin || around.end < half->next - half->fin;
    uint64_t from = around.begin;
    return over && needed && octets->begin > half->ssn_base &&
           octets->begin >= half->mappings.forgotten &&
           octets->end - octets->begin > 1 && /* one may be a keep-alive's */
           !rangeset_next_gap(&half->seen, &from, around.end, &gap);
}

/*
 * No packet of its sender is missing while a mapping of these octets could be told. Behind the last
 * one that was captured there may have been more, unless that closes the subflow.
 */
static bool is_unbroken(const struct half *half, const struct range *octets)
{
    struct range around = surroundings(half, octets);
    bool to_the_end = half->fin || around.end < half->next;
    return to_the_end && half->isn_known && half->ids.known &&
           (half->ids.from <= half->isn ||
            (around.begin > half->ssn_base + 1 && half->ids.from <= around.begin));
}

/* What mappings there were is known. */
static bool is_understood(const struct subflow *subflow, const struct half *half)
{
    struct mpta_place at;
    enum mpta_side by;
    /* With SYN cookies another SYN/ACK, which was not captured, may have told the ISN. */
    bool first_seen = rangeset_count(&half->seen, half->isn + 1, half->isn + 2) == 1;
    return first_seen && half->waits && !half->blind && half->ssn_base_known && half->isn_known &&
           !half->infinite && !half->plain && rangeset_made_up(&half_waiting(half)->octets) == 0 &&
           subflow->awake->deferred_count == 0 && subflow->established &&
           fallback_cause(&subflow->connection->awake->fallback, &at, &by) == MPTA_FALLBACK_NONE;
}

static bool report_unmapped(struct subflow *subflow, enum role role, uint64_t octets, bool proven)
{
    const struct occurrence unmapped =
        occurrence_by(FINDING_DATA_UNMAPPED, subflow, role, &subflow->halves[role].waits->at);
    return octets == 0 ||
           finding_add_as(&subflow->connection->findings, proven ? MPTA_ERROR : MPTA_WARNING,
                          &unmapped, "%s of the %s on subflow %u without a mapping%s",
                          amount_of(octets, "byte").text, side_word(subflow_side(subflow, role)),
                          subflow->id,
                          proven ? "" : ", unless a packet that told it was not captured");
}

/* A mapping beside its payload, which the mapping of other packets may or may not cover. */
static bool report_off(struct subflow *subflow, enum role role, bool proven)
{
    struct occurrence off = occurrence_by(FINDING_MAPPING_OFF_STREAM, subflow, role,
                                          &subflow->halves[role].waits->off_at);
    off.variant = 2;
    return finding_add_as(&subflow->connection->findings, proven ? MPTA_ERROR : MPTA_WARNING, &off,
                          "a mapping of the %s covers neither the bytes that it comes with nor any "
                          "others that were sent",
                          side_word(subflow_side(subflow, role)));
}

/* It lies beyond all that was sent until its subflow was over. */
static bool is_beyond_all(const struct subflow *subflow, const struct half *half)
{
    uint64_t end = half->next - half->fin, from = half->isn + 1;
    struct range gap;
    return (subflow->was_reset || half->fin) && half->waits->off_begin >= end &&
           !rangeset_next_gap(&half->seen, &from, end, &gap);
}

static bool conclude_off(struct subflow *subflow, enum role role)
{
    const struct half *half = &subflow->halves[role];
    const struct range *payload = &half->waits->off_payload;
    bool uncovered =
        rangeset_count(&half_waiting(half)->octets, payload->begin, payload->end) > 0 &&
        is_final(subflow, role, payload);
    if (half->waits->off_at.packet == 0 || (!uncovered && !is_beyond_all(subflow, half)))
        return true;
    return report_off(subflow, role, uncovered && is_unbroken(half, payload));
}

bool unmapped_conclude(struct subflow *subflow, enum role role)
{
    const struct half *half = &subflow->halves[role];
    const struct range *ranges = rangeset_ranges(&half_waiting(half)->octets);
    uint64_t octets = 0;
    bool proven = true;
    if (!is_understood(subflow, half))
        return true;
    for (uint32_t i = 0; i < half_waiting(half)->octets.count; i++) {
        if (!is_final(subflow, role, &ranges[i]))
            continue;
        octets += ranges[i].end - ranges[i].begin;
        proven &= is_unbroken(half, &ranges[i]);
    }
    return report_unmapped(subflow, role, octets, proven) && conclude_off(subflow, role);
}
