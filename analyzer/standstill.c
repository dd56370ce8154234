/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a side's data stands still at when the capture ends. Only the sender can prove it: that it
 * sends the first waiting octet again shows that no acknowledgement of it has arrived, captured or
 * not. What one path does not get across is nothing here once the data arrived over another.
 */
#include "analyzer/data.h"
#include "analyzer/elapsed.h"

#include <stdio.h>

/* Data that stands still for so long does so for more than a loss. */
#define STANDSTILL_NS INT64_C(10000000000)

/* ---- What waits ------------------------------------------------------------------------------ */

/* All data that was seen has been acknowledged on the data level, over whichever path. */
static bool has_arrived(const struct connection *connection, enum mpta_side side)
{
    const struct stream *stream = &connection->streams[side];
    return stream->acked_known && stream->acked >= stream_data_end(stream);
}

/* The first octet that waits was sent again so long after a time, or after it began to wait. */
static int64_t again_after_ns(const struct half *half, int64_t time_ns)
{
    const struct progress *progress = &half->progress;
    if (progress->sent <= progress->acked)
        return 0;
    return elapsed_ns(progress->since.time_ns > time_ns ? progress->since.time_ns : time_ns,
                      progress->again_ns);
}

/* ---- Nothing comes back ---------------------------------------------------------------------- */

/* The last word of a side, on any subflow; false: it never said one. */
static bool last_word(const struct connection *connection, enum mpta_side side, int64_t *time_ns)
{
    bool heard = false;
    for (size_t i = 0; i < connection->subflow_count; i++) {
        const struct subflow *subflow = connection->subflows[i];
        const struct half_measure *said = &subflow->halves[subflow_role(subflow, side)].measure;
        if (!said->has_packet || (heard && said->last_packet_ns <= *time_ns))
            continue;
        *time_ns = said->last_packet_ns;
        heard = true;
    }
    return heard;
}

/* All that a side sent again in vain since its peer's last word. */
struct in_vain {
    const struct subflow *first; /* where it waits longest; NULL: there is nothing */
    uint64_t octets;
    size_t subflows;
    int64_t lasted_ns;
};

static struct in_vain in_vain_of(const struct connection *connection, enum mpta_side side)
{
    struct in_vain vain = {0};
    int64_t heard_ns = 0;
    if (has_arrived(connection, side) ||
        !last_word(connection, side == MPTA_CLIENT ? MPTA_SERVER : MPTA_CLIENT, &heard_ns))
        return vain;
    for (size_t i = 0; i < connection->subflow_count; i++) {
        const struct subflow *subflow = connection->subflows[i];
        const struct half *half = &subflow->halves[subflow_role(subflow, side)];
        int64_t lasted_ns = again_after_ns(half, heard_ns);
        if (lasted_ns < STANDSTILL_NS)
            continue;
        vain.octets += half->progress.sent - half->progress.acked;
        vain.subflows++;
        if (lasted_ns <= vain.lasted_ns)
            continue;
        vain.lasted_ns = lasted_ns;
        vain.first = subflow;
    }
    return vain;
}

static bool report_unanswered(struct connection *connection, enum mpta_side side,
                              const struct in_vain *vain)
{
    enum role role = subflow_role(vain->first, side);
    struct occurrence unanswered = occurrence_by(FINDING_DATA_UNANSWERED, vain->first, role,
                                                 &vain->first->halves[role].progress.since);
    char on[40] = "";
    if (connection->subflow_count > 1)
        snprintf(on, sizeof(on), " on %zu subflow%s", vain->subflows,
                 vain->subflows == 1 ? "" : "s");
    return finding_add(&connection->findings, &unanswered,
                       "%llu bytes of the %s%s were sent again for %.1f s, and nothing came back "
                       "from the %s%s (more than %.0f s)",
                       (unsigned long long)vain->octets, side_word(side), on,
                       (double)vain->lasted_ns / 1e9,
                       side_word(side == MPTA_CLIENT ? MPTA_SERVER : MPTA_CLIENT),
                       connection->subflow_count > 1 ? " on any" : "", (double)STANDSTILL_NS / 1e9);
}

/* ---- Something comes back, but no acknowledgement -------------------------------------------- */

/* A subflow that others carry on without is said to be stale. */
static bool is_stuck(const struct subflow *subflow, enum role role)
{
    const struct half *half = &subflow->halves[role];
    const struct half_measure *other = &subflow->halves[role_other(role)].measure;
    return again_after_ns(half, INT64_MIN) >= STANDSTILL_NS && other->has_packet &&
           other->last_packet_ns > half->progress.since.time_ns &&
           !progress_is_stale(subflow, role);
}

static bool report_stuck(const struct subflow *subflow, enum role role)
{
    const struct half *half = &subflow->halves[role];
    enum mpta_side by = subflow_side(subflow, role);
    struct occurrence stuck =
        occurrence_by(FINDING_DATA_STUCK, subflow, role, &half->progress.since);
    stuck.variant = by;
    return finding_add(
        &subflow->connection->findings, &stuck,
        "%llu bytes of the %s were sent again for %.1f s, the last time %u at once; "
        "the %s answered on this subflow, but acknowledged none of them (more than "
        "%.0f s)",
        (unsigned long long)(half->progress.sent - half->progress.acked), side_word(by),
        (double)again_after_ns(half, INT64_MIN) / 1e9, half->progress.again_len,
        side_word(by == MPTA_CLIENT ? MPTA_SERVER : MPTA_CLIENT), (double)STANDSTILL_NS / 1e9);
}

static bool conclude_stuck(struct connection *connection, enum mpta_side side)
{
    for (size_t i = 0; i < connection->subflow_count; i++) {
        const struct subflow *subflow = connection->subflows[i];
        enum role role = subflow_role(subflow, side);
        if (is_stuck(subflow, role) && !report_stuck(subflow, role))
            return false;
    }
    return true;
}

bool standstill_conclude(struct connection *connection, enum mpta_side side)
{
    struct in_vain vain = in_vain_of(connection, side);
    if (vain.first)
        return report_unanswered(connection, side, &vain);
    return has_arrived(connection, side) || conclude_stuck(connection, side);
}
