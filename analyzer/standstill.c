/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a side's data stands still at when the capture ends, or stood still at for long. Only the
 * sender can prove it: that it sends the first waiting octet again, or its DATA_FIN, shows that no
 * acknowledgement has arrived, captured or not. What one path does not get across is nothing here
 * once the data arrived over another.
 */
#include "analyzer/amount.h"
#include "analyzer/data.h"
#include "analyzer/elapsed.h"
#include "analyzer/part.h"

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
    if (has_arrived(connection, side) || !last_word(connection, side_other(side), &heard_ns))
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
    char on[40] = "", hint[SIZES_HINT_MAX];
    progress_hint(&vain->first->halves[role].progress, hint);
    if (connection->subflow_count > 1)
        snprintf(on, sizeof(on), " on %.30s", amount_of(vain->subflows, "subflow").text);
    return finding_add(&connection->findings, &unanswered,
                       "%s of the %s%s %s sent again for %.1f s, and nothing came back "
                       "from the %s%s (more than %.0f s)%s",
                       amount_of(vain->octets, "byte").text, side_word(side), on,
                       amount_was(vain->octets), (double)vain->lasted_ns / 1e9,
                       side_word(side_other(side)), connection->subflow_count > 1 ? " on any" : "",
                       (double)STANDSTILL_NS / 1e9, hint);
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
    uint64_t waits = half->progress.sent - half->progress.acked;
    char hint[SIZES_HINT_MAX];
    stuck.variant = by;
    progress_hint(&half->progress, hint);
    return finding_add(&subflow->connection->findings, &stuck,
                       "%s of the %s %s sent again for %.1f s, the last time %u at once; "
                       "the %s answered on this subflow, but acknowledged none of them (more than "
                       "%.0f s)%s",
                       amount_of(waits, "byte").text, side_word(by), amount_was(waits),
                       (double)again_after_ns(half, INT64_MIN) / 1e9, half->progress.sizes.again,
                       side_word(side_other(by)), (double)STANDSTILL_NS / 1e9, hint);
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

/* ---- It went on ------------------------------------------------------------------------------ */

/* Octets of a side that waited when nothing got on for so long, and were sent again. */
static bool consider_passed(const struct incoming *in, const struct subflow *subflow,
                            struct standstill_watch *watch)
{
    int64_t longest_ns = watch->passed ? watch->passed->lasted_ns : 0;
    const struct half *half = &subflow->halves[subflow_role(subflow, receiver_side(in))];
    int64_t got_on_ns = receiver_watch(in)->progress.last_ns;
    const struct mpta_place *since = &half->progress.since;
    int64_t lasted_ns = elapsed_ns(since->time_ns > got_on_ns ? since->time_ns : got_on_ns,
                                   in->packet->place.time_ns);
    if (again_after_ns(half, got_on_ns) < STANDSTILL_NS || lasted_ns <= longest_ns)
        return true;
    watch->passed = part_make(watch->passed, sizeof(*watch->passed));
    if (!watch->passed)
        return false;
    *watch->passed = (struct standstill){
        .first = {subflow, subflow_role(subflow, receiver_side(in)), *since},
        .lasted_ns = lasted_ns,
        .octets = half->progress.sent - half->progress.acked,
        .end = remember(in),
        .by_newer = in->subflow->first.time_ns > since->time_ns,
    };
    return true;
}

bool standstill_take_ack(const struct incoming *in)
{
    const struct connection *connection = in->subflow->connection;
    struct watch *watch = receiver_watch(in);
    const struct progress *waiting = &receiver_half(in)->progress;
    int64_t got_on_ns = watch->progress.last_ns;
    bool shut = watch->stall.shut && watch->stall.shut->now.by.subflow, done = true;
    if (waiting->sent <= waiting->acked || shut ||
        (got_on_ns != 0 && elapsed_ns(got_on_ns, in->packet->place.time_ns) < STANDSTILL_NS))
        return true;
    for (size_t i = 0; i < connection->subflow_count && done; i++)
        done = consider_passed(in, connection->subflows[i], &watch->standstill);
    return done;
}

static bool report_passed(struct connection *connection, enum mpta_side side)
{
    const struct standstill *passed = connection->watches[side].standstill.passed;
    if (!passed)
        return true;
    struct occurrence stalled = occurrence_remembered(FINDING_DATA_STALLED, &passed->first);
    stalled.variant = side;
    return finding_add(&connection->findings, &stalled,
                       "data of the %s stood still for %.1f s (more than %.0f s): %s %s "
                       "sent again and again, until the %s acknowledged data on subflow %u%s",
                       side_word(side), (double)passed->lasted_ns / 1e9,
                       (double)STANDSTILL_NS / 1e9, amount_of(passed->octets, "byte").text,
                       amount_was(passed->octets), side_word(side_other(side)),
                       passed->end.subflow->id,
                       passed->by_newer ? ", which was opened meanwhile" : "");
}

/* ---- The end of the data --------------------------------------------------------------------- */

bool standstill_take_fin(const struct incoming *in)
{
    struct standstill_watch *watch = &sender_watch(in)->standstill;
    const struct stream *stream = sender_stream(in);
    if (!stream->fin || (stream->acked_known && stream->acked > stream->fin_at)) {
        free(watch->fin);
        watch->fin = NULL;
        return true;
    }
    if (!watch->fin) {
        if (!(watch->fin = part_make(NULL, sizeof(*watch->fin))))
            return false;
        watch->fin->first = remember(in);
    }
    watch->fin->lasted_ns = elapsed_ns(watch->fin->first.at.time_ns, in->packet->place.time_ns);
    return true;
}

/* A host repeats its DATA_FIN until it is acknowledged, or it gives up. */
static bool conclude_fin(struct connection *connection, enum mpta_side side)
{
    const struct waiting_fin *waiting = connection->watches[side].standstill.fin;
    const struct stream *stream = &connection->streams[side];
    if (!waiting || waiting->lasted_ns < STANDSTILL_NS || !has_arrived(connection, side) ||
        stream->acked > stream->fin_at)
        return true;
    struct occurrence fin = occurrence_remembered(FINDING_DATA_FIN_UNACKED, &waiting->first);
    fin.variant = side;
    return finding_add(&connection->findings, &fin,
                       "the DATA_FIN of the %s was repeated for %.1f s (more than %.0f s), and the "
                       "%s did not acknowledge it",
                       side_word(side), (double)waiting->lasted_ns / 1e9,
                       (double)STANDSTILL_NS / 1e9, side_word(side_other(side)));
}

/* ---- All of it ------------------------------------------------------------------------------- */

bool standstill_conclude(struct connection *connection, enum mpta_side side)
{
    if (!report_passed(connection, side) || !conclude_fin(connection, side))
        return false;
    struct in_vain vain = in_vain_of(connection, side);
    if (vain.first)
        return report_unanswered(connection, side, &vain);
    return has_arrived(connection, side) || conclude_stuck(connection, side);
}
