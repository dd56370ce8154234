/* SPDX-License-Identifier: BSD-3-Clause */
/* Read-only views of a tracker: by value, so that how its memory is laid out stays its own
 * business. */
#include <string.h>

#include "analyzer/kept.h"
#include "analyzer/tracker.h"

/* ---- All of them together -------------------------------------------------------------------- */

static void count_verdict(struct mpta_verdict_counts *counts, enum mpta_verdict verdict)
{
    counts->valid += verdict == MPTA_VALID;
    counts->invalid += verdict == MPTA_INVALID;
    counts->unverifiable += verdict == MPTA_UNVERIFIABLE;
}

void summary_add_subflow(struct mpta_summary *summary, const struct subflow *subflow)
{
    count_verdict(&summary->join_hmac, subflow_syn_ack_hmac(subflow));
    count_verdict(&summary->join_hmac, subflow_joining(subflow)->ack_verdict);
}

static void count_findings(struct mpta_summary *summary, const struct finding_list *list,
                           const struct finding_list *outlook)
{
    const struct finding *row;
    for (size_t i = 0; (row = finding_nth(list, outlook, i)) != NULL; i++)
        summary->findings[row->severity]++;
}

void summary_add_connection(struct mpta_summary *summary, const struct connection *connection)
{
    struct mpta_place at;
    enum mpta_side by;
    summary->fallbacks +=
        fallback_cause(&connection->awake->fallback, &at, &by) != MPTA_FALLBACK_NONE;
    summary->add_addr_hmac.valid += connection->awake->add_addr_hmac.valid;
    summary->add_addr_hmac.invalid += connection->awake->add_addr_hmac.invalid;
    summary->add_addr_hmac.unverifiable += connection->awake->add_addr_hmac.unverifiable;
    for (int side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
        const struct mpta_verdict_counts *checksums = &connection->streams[side].checksums;
        summary->dss_checksum.valid += checksums->valid;
        summary->dss_checksum.invalid += checksums->invalid;
        summary->dss_checksum.unverifiable += checksums->unverifiable;
    }
    count_findings(summary, &connection->findings, &connection->outlook);
    for (size_t i = 0; i < connection->subflow_count; i++)
        summary_add_subflow(summary, connection->subflows[i]);
}

static bool summary_visit(void *context, struct connection *connection)
{
    summary_add_connection(context, connection);
    return true;
}

void mpta_tracker_summary(const struct mpta_tracker *tracker, struct mpta_summary *summary)
{
    *summary = tracker->evicted;
    summary->connections = tracker->next_connection;
    summary->kept = kept_count(tracker);
    summary->subflows = tracker->linked_count;
    summary->unlinked_subflows += tracker->unlinked_count;
    summary->duplicates = tracker->quality.copies.count;
    summary->late_packets = tracker->late_packets;
    summary->half_open = half_open_count(tracker);
    count_findings(summary, &tracker->findings, &tracker->outlook);
    for (size_t i = 0; i < tracker->connection_count; i++)
        (void)connection_visit(tracker, tracker->connections[i], summary_visit, summary);
    for (size_t i = 0; i < tracker->unlinked_count; i++)
        summary_add_subflow(summary, tracker->unlinked[i]);
}

size_t mpta_tracker_kept(const struct mpta_tracker *tracker)
{
    return kept_count(tracker);
}

/* ---- Of what is there ------------------------------------------------------------------------ */

void view_subflow(const struct subflow *subflow, struct mpta_subflow *view)
{
    subflow_view(subflow, view);
    join_view_halt(subflow, view);
}

void view_address(const struct address_record *record, struct mpta_address_event *view)
{
    *view = (struct mpta_address_event){
        .op = record->op,
        .by = record->by,
        .address_id = record->add_addr.address_id,
        .address = record->add_addr.address,
        .has_port = record->add_addr.has_port,
        .port = record->add_addr.port,
        .hmac = record->hmac,
        .at = record->at,
    };
}

/* owner: the connection of the row, or NULL. A subflow that has moved on since is not named. */
static bool finding_fill(const struct finding *row, const struct connection *owner,
                         struct mpta_finding *view)
{
    if (!row)
        return false;
    finding_view(row, view);
    for (size_t i = 0; i < view->witness_count; i++) {
        const struct subflow *subflow = row->witnesses[i].subflow;
        view->witnesses[i].has_subflow = subflow && subflow->connection == owner;
        view->witnesses[i].subflow = view->witnesses[i].has_subflow ? subflow->id : 0;
    }
    return true;
}

bool view_finding(const struct connection *connection, size_t index, struct mpta_finding *view)
{
    return finding_fill(finding_nth(&connection->findings, &connection->outlook, index), connection,
                        view);
}

static bool subflow_point(const struct mpta_tracker *tracker, const struct subflow *subflow,
                          enum mpta_side sender, size_t index, struct mpta_series_point *point)
{
    const struct half *half = &subflow->halves[subflow_role(subflow, sender)];
    return series_view(half->measure.series, &tracker->grid, index, point);
}

/* ---- Of connections, and of the records of those that left ------------------------------------
 */

/* Without memory to wake it, it is not there. */
static struct kept awake(const struct mpta_tracker *tracker, struct kept kept)
{
    if (kept.live && !connection_wake(tracker, kept.live))
        kept.live = NULL;
    return kept;
}

static bool kept_view(const struct mpta_tracker *tracker, struct kept kept,
                      struct mpta_connection *view)
{
    if (kept.record)
        record_view(kept.record, view);
    else if (kept.live)
        connection_view(kept.live, view);
    else
        return false;
    view->capture_over = tracker->finished;
    view->over = tracker->finished || kept.record || kept.live->given_up;
    return true;
}

bool mpta_tracker_connection_at(const struct mpta_tracker *tracker, size_t index,
                                struct mpta_connection *connection)
{
    return kept_view(tracker, awake(tracker, kept_at(tracker, index)), connection);
}

bool mpta_tracker_connection_id(const struct mpta_tracker *tracker, size_t index, uint32_t *id)
{
    struct kept kept = kept_at(tracker, index);
    if (kept.live || kept.record)
        *id = kept.live ? kept.live->id : kept.record->id;
    return kept.live || kept.record;
}

bool mpta_tracker_connection(const struct mpta_tracker *tracker, uint32_t id,
                             struct mpta_connection *connection)
{
    return kept_view(tracker, awake(tracker, kept_find(tracker, id)), connection);
}

bool mpta_tracker_hosts(const struct mpta_tracker *tracker, uint32_t id, struct mpta_host hosts[2])
{
    struct kept kept = awake(tracker, kept_find(tracker, id));
    struct mpta_connection view;
    if (kept.live) {
        connection_view_hosts(kept.live, hosts);
        return true;
    }
    if (!kept.record)
        return false;
    record_view(kept.record, &view);
    memcpy(hosts, view.hosts, sizeof(view.hosts));
    return true;
}

bool mpta_tracker_subflow(const struct mpta_tracker *tracker, uint32_t connection, size_t index,
                          struct mpta_subflow *subflow)
{
    struct kept kept = awake(tracker, kept_find(tracker, connection));
    if (kept.record)
        return record_view_subflow(kept.record, index, subflow);
    if (!kept.live || index >= kept.live->subflow_count)
        return false;
    view_subflow(kept.live->subflows[index], subflow);
    return true;
}

bool mpta_tracker_series_point(const struct mpta_tracker *tracker, uint32_t connection,
                               uint32_t subflow, enum mpta_side sender, size_t index,
                               struct mpta_series_point *point)
{
    struct kept kept = awake(tracker, kept_find(tracker, connection));
    if (kept.record)
        return record_subflow_point(kept.record, &tracker->grid, subflow, sender, index, point);
    return kept.live && subflow < kept.live->subflow_count &&
           subflow_point(tracker, kept.live->subflows[subflow], sender, index, point);
}

bool mpta_tracker_stream_point(const struct mpta_tracker *tracker, uint32_t connection,
                               enum mpta_side sender, size_t index, struct mpta_series_point *point)
{
    struct kept kept = awake(tracker, kept_find(tracker, connection));
    if (kept.record)
        return record_stream_point(kept.record, &tracker->grid, sender, index, point);
    return kept.live &&
           series_view(kept.live->measures[sender].series, &tracker->grid, index, point);
}

bool mpta_tracker_address(const struct mpta_tracker *tracker, uint32_t connection, size_t index,
                          struct mpta_address_event *address)
{
    struct kept kept = awake(tracker, kept_find(tracker, connection));
    if (kept.record)
        return record_view_address(kept.record, index, address);
    if (!kept.live || index >= kept.live->address_count)
        return false;
    view_address(&kept.live->addresses[index], address);
    return true;
}

uint64_t mpta_tracker_missing_before(const struct mpta_tracker *tracker, uint32_t connection,
                                     enum mpta_side sender, int64_t offset)
{
    struct connection *owner = place_connection(tracker, connection);
    if (!owner || !connection_wake(tracker, owner))
        return 0;
    const struct stream *stream = &owner->streams[sender];
    uint64_t position = (uint64_t)(offset - stream_offset(stream, 0));
    return stream_missing_before(stream, position);
}

bool mpta_tracker_join_hmacs(const struct mpta_tracker *tracker, uint32_t connection, size_t index,
                             struct mpta_join_hmacs *hmacs)
{
    struct kept kept = awake(tracker, kept_find(tracker, connection));
    if (kept.record)
        return record_join_hmacs(kept.record, index, hmacs);
    return kept.live && index < kept.live->subflow_count &&
           join_hmacs(kept.live->subflows[index], hmacs);
}

bool mpta_tracker_address_hmac(const struct mpta_tracker *tracker, uint32_t connection,
                               size_t index, uint64_t *hmac)
{
    struct kept kept = awake(tracker, kept_find(tracker, connection));
    if (kept.record)
        return record_address_hmac(kept.record, index, hmac);
    return kept.live && index < kept.live->address_count &&
           address_hmac(kept.live, &kept.live->addresses[index], hmac);
}

bool mpta_tracker_finding(const struct mpta_tracker *tracker, uint32_t connection, size_t index,
                          struct mpta_finding *finding)
{
    struct kept kept = awake(tracker, kept_find(tracker, connection));
    if (kept.record)
        return record_view_finding(kept.record, index, finding);
    return kept.live && view_finding(kept.live, index, finding);
}

/* ---- Of what has no connection --------------------------------------------------------------- */

bool mpta_tracker_unlinked(const struct mpta_tracker *tracker, size_t index,
                           struct mpta_subflow *subflow)
{
    if (index >= tracker->unlinked_count)
        return false;
    subflow_view(tracker->unlinked[index], subflow);
    return true;
}

bool mpta_tracker_unlinked_point(const struct mpta_tracker *tracker, size_t subflow,
                                 enum mpta_side sender, size_t index,
                                 struct mpta_series_point *point)
{
    return subflow < tracker->unlinked_count &&
           subflow_point(tracker, tracker->unlinked[subflow], sender, index, point);
}

bool mpta_tracker_global_finding(const struct mpta_tracker *tracker, size_t index,
                                 struct mpta_finding *finding)
{
    return finding_fill(finding_nth(&tracker->findings, &tracker->outlook, index), NULL, finding);
}
