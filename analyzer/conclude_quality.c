/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the capture could not prove, said once for each connection that it limits, and once for what
 * concerns the whole of it.
 */
#include "analyzer/amount.h"
#include "analyzer/tracker.h"

#include <inttypes.h>

/* So many of a hundred octets may be missing before it is worth a warning. */
#define LOSS_PERCENT 1

/* ---- One connection -------------------------------------------------------------------------- */

/* The checksums of both directions that could not be verified. */
static uint64_t unverifiable_checksums(const struct connection *connection)
{
    return connection->streams[MPTA_CLIENT].checksums.unverifiable +
           connection->streams[MPTA_SERVER].checksums.unverifiable;
}

static bool report_snapped(struct connection *connection)
{
    const struct quality *quality = &connection->awake->quality;
    const struct occurrence snapped = {.id = FINDING_CAPTURE_SNAPPED, .at = quality->cut.first};
    uint64_t checksums = unverifiable_checksums(connection);
    return quality->cut.count == 0 ||
           finding_add(&connection->findings, &snapped,
                       "%s cut by the snap length (%" PRIu64 " within the options): %s could not "
                       "be verified",
                       amount_of(quality->cut.count, "packet").text, quality->cut_options,
                       amount_of(checksums, "checksum").text);
}

/* The other end acknowledged what it sent, so it sent something, and nothing was captured. */
static bool half_is_unheard(const struct half *half)
{
    return half->packets == 0 && half->acked > 0;
}

static bool report_one_sided(const struct subflow *subflow, enum role role)
{
    const struct half *half = &subflow->halves[role];
    struct occurrence one_sided =
        occurrence_by(FINDING_CAPTURE_ONE_SIDED, subflow, role_other(role), &subflow->first);
    enum mpta_side side = subflow_side(subflow, role);
    one_sided.variant = side;
    return !half_is_unheard(half) || finding_add(&subflow->connection->findings, &one_sided,
                                                 "nothing that the %s sent on subflow %" PRIu32
                                                 " was captured, though it was "
                                                 "acknowledged",
                                                 side_word(side), subflow->id);
}

/* Its handshake was not captured; of the first subflow that is said in other words. */
static bool report_late(const struct subflow *subflow)
{
    const struct connection *connection = subflow->connection;
    const struct occurrence late = {
        .id = FINDING_CAPTURE_LATE, .at = subflow->first, .subflow = subflow};
    bool said = subflow->kind == SUBFLOW_INITIAL && !connection->capable_seen &&
                connection->key_source == MPTA_KEY_NONE;
    return subflow->seen & (SEEN_SYN | SEEN_SYN_ACK) || said ||
           finding_add(&subflow->connection->findings, &late,
                       "subflow %" PRIu32 " had begun before the first packet of it was captured",
                       subflow->id);
}

static bool report_damaged(const struct subflow *subflow, enum role role)
{
    const struct half *half = &subflow->halves[role];
    const struct damaged *damaged = half->damage.damaged;
    if (!damaged)
        return true;
    struct occurrence wrong =
        occurrence_by(FINDING_PACKETS_DAMAGED, subflow, role, &damaged->first);
    wrong.variant = subflow_side(subflow, role);
    return finding_add(&subflow->connection->findings, &wrong,
                       "%s of the %s on subflow %" PRIu32 " with a wrong TCP checksum, among "
                       "others with right ones: %s",
                       amount_of(damaged->count, "packet").text,
                       side_word(subflow_side(subflow, role)), subflow->id,
                       damage_is_doubtful(half)
                           ? "left out, though what they carried was acknowledged"
                           : "damaged on the way, their receiver drops them");
}

static bool report_blurred(struct connection *connection, enum mpta_side side)
{
    uint64_t blurred = connection_blurred_bytes(connection, side);
    const struct occurrence blur = {
        .id = FINDING_CAPTURE_BLURRED, .variant = side, .at = connection->subflows[0]->first};
    return blurred == 0 || finding_add(&connection->findings, &blur,
                                       "more than %d holes at once in the data of the %s: the "
                                       "lowest, of %" PRIu64 " octets in all, were no longer told "
                                       "from data, and no count of octets errs by more",
                                       RANGESET_MAX, side_word(side), blurred);
}

/* ---- Acknowledged, but never seen ------------------------------------------------------------ */

static void unseen_add(struct unseen *unseen, const struct half *half)
{
    uint64_t begin = half->isn + 1, end = half->acked;
    if (!half->isn_known && half->seen.count > 0)
        begin = rangeset_ranges(&half->seen)[0].begin;
    if (half->fin && end >= half->fin_end)
        end = half->fin_end - 1;
    if (half->packets == 0 || (!half->isn_known && half->seen.count == 0) || end <= begin)
        return;
    uint64_t lost = end - begin - rangeset_count(&half->seen, begin, end);
    unseen->acked += end - begin;
    /* One may be a FIN that was not captured. */
    unseen->lost += lost > 1 ? lost : 0;
}

static void unseen_add_subflow(struct unseen *unseen, const struct subflow *subflow)
{
    unseen_add(unseen, &subflow->halves[OPENER]);
    unseen_add(unseen, &subflow->halves[RESPONDER]);
}

/* Of IP fragments only the first ones are analysed: what is in the others is not lost. */
static bool report_unseen(struct finding_list *findings, const struct unseen *unseen,
                          const struct occurrence *occurrence, bool fragments)
{
    if (unseen->lost <= unseen->acked / (100 / LOSS_PERCENT))
        return true;
    return finding_add_as(findings, fragments ? MPTA_NOTE : MPTA_WARNING, occurrence,
                          "the capture lacks %" PRIu64 " of %" PRIu64 " octets that were "
                          "acknowledged, more than %d %%%s",
                          unseen->lost, unseen->acked, LOSS_PERCENT,
                          fragments ? "; some are in IP fragments, which are not put together"
                                    : "");
}

static bool conclude_subflow(const struct subflow *subflow)
{
    return report_one_sided(subflow, OPENER) && report_one_sided(subflow, RESPONDER) &&
           report_damaged(subflow, OPENER) && report_damaged(subflow, RESPONDER) &&
           report_late(subflow);
}

bool conclude_connection_quality(struct connection *connection)
{
    const struct occurrence loss = {
        .id = FINDING_CAPTURE_LOSS_ESTIMATED,
        .at = connection->subflows[0]->first,
    };
    struct unseen unseen = {0};
    for (size_t i = 0; i < connection->subflow_count; i++) {
        unseen_add_subflow(&unseen, connection->subflows[i]);
        if (!conclude_subflow(connection->subflows[i]))
            return false;
    }
    return report_snapped(connection) && report_blurred(connection, MPTA_CLIENT) &&
           report_blurred(connection, MPTA_SERVER) &&
           report_unseen(&connection->findings, &unseen, &loss,
                         connection->awake->quality.fragments > 0);
}

/* ---- The whole capture ----------------------------------------------------------------------- */

static bool report_unlinked_unseen(struct mpta_tracker *tracker)
{
    const struct tally *leavers = &tracker->quality.leavers;
    struct occurrence loss = {.id = FINDING_CAPTURE_LOSS_ESTIMATED, .at = leavers->first};
    struct unseen unseen = tracker->quality.unseen;
    if (tracker->unlinked_count > 0 && leavers->count == 0)
        loss.at = tracker->unlinked[0]->first;
    for (size_t i = 0; i < tracker->unlinked_count; i++)
        unseen_add_subflow(&unseen, tracker->unlinked[i]);
    return report_unseen(&tracker->findings, &unseen, &loss, false);
}

void quality_take_leaver(struct capture_quality *capture, const struct subflow *subflow)
{
    unseen_add_subflow(&capture->unseen, subflow);
    if (capture->leavers.count++ == 0)
        capture->leavers.first = subflow->first;
}

static bool report_copies(struct mpta_tracker *tracker)
{
    const struct tally *copies = &tracker->quality.copies;
    const struct occurrence duplicates = {.id = FINDING_CAPTURE_DUPLICATES, .at = copies->first};
    return copies->count == 0 ||
           finding_add(&tracker->findings, &duplicates,
                       "packets that were captured more than once, and counted once: %" PRIu64,
                       copies->count);
}

enum offload {
    OFFLOAD_SEGMENTATION,
    OFFLOAD_CHECKSUM,
};

static bool report_offload(struct mpta_tracker *tracker)
{
    const struct tally *supers = &tracker->quality.super_segments;
    const struct tally *partial = &tracker->quality.partial_checksums;
    struct occurrence offload = {
        .id = FINDING_CAPTURE_OFFLOAD, .variant = OFFLOAD_SEGMENTATION, .at = supers->first};
    if (supers->count > 0 &&
        !finding_add(
            &tracker->findings, &offload,
            "%" PRIu64 " segments are larger than their receiver takes at once: they were "
            "captured before an interface cut them, or after it joined them, so that fewer "
            "packets are counted than were on the wire",
            supers->count))
        return false;
    offload.variant = OFFLOAD_CHECKSUM;
    offload.at = partial->first;
    return partial->count == 0 ||
           finding_add(&tracker->findings, &offload,
                       "TCP checksums are not complete: packets were captured before an interface "
                       "computed them, on the host that sent them");
}

bool conclude_capture_quality(struct mpta_tracker *tracker)
{
    return report_unlinked_unseen(tracker) && report_copies(tracker) && report_offload(tracker);
}

/* ---- What only the front knows --------------------------------------------------------------- */

static struct occurrence capture_occurrence(enum finding_id id,
                                            const struct mpta_capture_facts *facts)
{
    return (struct occurrence){
        .id = id,
        .variant = facts->capture,
        .at = mpta_place_of(0, 0, facts->capture),
    };
}

/* Variants of findings about cut packets: the connections', and then one for each capture. */
static bool note_cut(struct mpta_tracker *tracker, const struct mpta_capture_facts *facts)
{
    const struct occurrence cut = capture_occurrence(FINDING_CAPTURE_SNAPPED, facts);
    return facts->cut == 0 ||
           finding_add(&tracker->findings, &cut,
                       "%s %s cut by the snap length before the end of the TCP "
                       "header, and could not be analysed",
                       amount_of(facts->cut, "packet").text, amount_was(facts->cut));
}

static bool note_gaps(struct mpta_tracker *tracker, const struct mpta_capture_facts *facts)
{
    const struct occurrence truncated = capture_occurrence(FINDING_CAPTURE_TRUNCATED, facts);
    const struct occurrence drops = capture_occurrence(FINDING_CAPTURE_DROPS, facts);
    if (facts->truncated &&
        !finding_add(&tracker->findings, &truncated,
                     "the capture file is damaged or cut off: what follows is missing"))
        return false;
    return (facts->kernel_drops == 0 && facts->interface_drops == 0) ||
           finding_add(&tracker->findings, &drops,
                       "packets dropped while capturing: %" PRIu64 " by the kernel, %" PRIu64
                       " by interfaces",
                       facts->kernel_drops, facts->interface_drops);
}

static bool note_order(struct mpta_tracker *tracker, const struct mpta_capture_facts *facts)
{
    const struct occurrence unordered = capture_occurrence(FINDING_CAPTURE_UNORDERED, facts);
    return facts->late == 0 || finding_add(&tracker->findings, &unordered,
                                           "%s came too late to be put in the order of time",
                                           amount_of(facts->late, "packet").text);
}

static bool note_clock(struct mpta_tracker *tracker, const struct mpta_capture_facts *facts)
{
    const struct occurrence clocks = capture_occurrence(FINDING_CAPTURE_CLOCKS, facts);
    bool ahead = facts->clock_ahead_ns > 0;
    uint64_t apart_ns = (uint64_t)facts->clock_ahead_ns;
    uint64_t apart_ms = (ahead ? apart_ns : -apart_ns) / 1000000;
    return facts->clock_ahead_ns == 0 ||
           finding_add(&tracker->findings, &clocks,
                       "the clock of this capture is %" PRIu64 ".%03" PRIu64 " s %s another's: its "
                       "times were set %s by that",
                       apart_ms / 1000, apart_ms % 1000, ahead ? "ahead of" : "behind",
                       ahead ? "back" : "forward");
}

enum mpta_status mpta_tracker_note_capture(struct mpta_tracker *tracker,
                                           const struct mpta_capture_facts *facts)
{
    bool noted = note_gaps(tracker, facts) && note_order(tracker, facts) &&
                 note_cut(tracker, facts) && note_clock(tracker, facts);
    return noted ? MPTA_OK : MPTA_NO_MEMORY;
}
