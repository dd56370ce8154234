/* SPDX-License-Identifier: BSD-3-Clause */
/* Read-only views of a tracker: by value, so that how its memory is laid out stays its own
 * business. */
#include "analyzer/tracker.h"

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
    summary->fallbacks += fallback_cause(&connection->fallback, &at, &by) != MPTA_FALLBACK_NONE;
    summary->add_addr_hmac.valid += connection->add_addr_hmac.valid;
    summary->add_addr_hmac.invalid += connection->add_addr_hmac.invalid;
    summary->add_addr_hmac.unverifiable += connection->add_addr_hmac.unverifiable;
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

void mpta_tracker_summary(const struct mpta_tracker *tracker, struct mpta_summary *summary)
{
    *summary = tracker->evicted;
    summary->connections = tracker->next_connection;
    summary->kept = tracker->connection_count;
    summary->subflows = tracker->linked_count;
    summary->unlinked_subflows += tracker->unlinked_count;
    summary->duplicates = tracker->quality.copies.count;
    summary->late_packets = tracker->late_packets;
    summary->half_open = half_open_count(tracker);
    count_findings(summary, &tracker->findings, &tracker->outlook);
    for (size_t i = 0; i < tracker->connection_count; i++)
        summary_add_connection(summary, tracker->connections[i]);
    for (size_t i = 0; i < tracker->unlinked_count; i++)
        summary_add_subflow(summary, tracker->unlinked[i]);
}

bool mpta_tracker_connection_at(const struct mpta_tracker *tracker, size_t index,
                                struct mpta_connection *connection)
{
    if (index >= tracker->connection_count)
        return false;
    connection_view(tracker->connections[index], connection);
    connection->capture_over = tracker->finished;
    connection->over = tracker->finished || tracker->connections[index]->given_up;
    return true;
}

bool mpta_tracker_connection_id(const struct mpta_tracker *tracker, size_t index, uint32_t *id)
{
    if (index >= tracker->connection_count)
        return false;
    *id = tracker->connections[index]->id;
    return true;
}

bool mpta_tracker_connection(const struct mpta_tracker *tracker, uint32_t id,
                             struct mpta_connection *connection)
{
    return mpta_tracker_connection_at(tracker, place_index(tracker, id), connection);
}

bool mpta_tracker_subflow(const struct mpta_tracker *tracker, uint32_t connection, size_t index,
                          struct mpta_subflow *subflow)
{
    const struct connection *owner = place_connection(tracker, connection);
    if (!owner || index >= owner->subflow_count)
        return false;
    subflow_view(owner->subflows[index], subflow);
    join_view_halt(owner->subflows[index], subflow);
    return true;
}

static bool subflow_point(const struct mpta_tracker *tracker, const struct subflow *subflow,
                          enum mpta_side sender, size_t index, struct mpta_series_point *point)
{
    const struct half *half = &subflow->halves[subflow_role(subflow, sender)];
    return series_view(half->measure.series, &tracker->grid, index, point);
}

bool mpta_tracker_series_point(const struct mpta_tracker *tracker, uint32_t connection,
                               uint32_t subflow, enum mpta_side sender, size_t index,
                               struct mpta_series_point *point)
{
    const struct connection *owner = place_connection(tracker, connection);
    return owner && subflow < owner->subflow_count &&
           subflow_point(tracker, owner->subflows[subflow], sender, index, point);
}

bool mpta_tracker_stream_point(const struct mpta_tracker *tracker, uint32_t connection,
                               enum mpta_side sender, size_t index, struct mpta_series_point *point)
{
    const struct connection *owner = place_connection(tracker, connection);
    return owner && series_view(owner->measures[sender].series, &tracker->grid, index, point);
}

bool mpta_tracker_address(const struct mpta_tracker *tracker, uint32_t connection, size_t index,
                          struct mpta_address_event *address)
{
    const struct connection *owner = place_connection(tracker, connection);
    if (!owner || index >= owner->address_count)
        return false;
    const struct address_record *record = &owner->addresses[index];
    *address = (struct mpta_address_event){
        .op = record->op,
        .by = record->by,
        .address_id = record->add_addr.address_id,
        .address = record->add_addr.address,
        .has_port = record->add_addr.has_port,
        .port = record->add_addr.port,
        .hmac = record->hmac,
        .at = record->at,
    };
    return true;
}

uint64_t mpta_tracker_missing_before(const struct mpta_tracker *tracker, uint32_t connection,
                                     enum mpta_side sender, int64_t offset)
{
    const struct connection *owner = place_connection(tracker, connection);
    if (!owner)
        return 0;
    const struct stream *stream = &owner->streams[sender];
    uint64_t position = (uint64_t)(offset - stream_offset(stream, 0));
    return stream_missing_before(stream, position);
}

bool mpta_tracker_join_hmacs(const struct mpta_tracker *tracker, uint32_t connection, size_t index,
                             struct mpta_join_hmacs *hmacs)
{
    const struct connection *owner = place_connection(tracker, connection);
    return owner && index < owner->subflow_count && join_hmacs(owner->subflows[index], hmacs);
}

bool mpta_tracker_address_hmac(const struct mpta_tracker *tracker, uint32_t connection,
                               size_t index, uint64_t *hmac)
{
    const struct connection *owner = place_connection(tracker, connection);
    return owner && index < owner->address_count &&
           address_hmac(owner, &owner->addresses[index], hmac);
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

bool mpta_tracker_finding(const struct mpta_tracker *tracker, uint32_t connection, size_t index,
                          struct mpta_finding *finding)
{
    const struct connection *owner = place_connection(tracker, connection);
    return owner &&
           finding_fill(finding_nth(&owner->findings, &owner->outlook, index), owner, finding);
}

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
