/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a connection's addresses came to, RFC 8684 section 3.4: its records and joins are gone
 * through in the order of time, then what never happened is said.
 */
#include "analyzer/history.h"
#include "analyzer/tracker.h"

#include <stdlib.h>

/* ---- Echoes and removals --------------------------------------------------------------------- */

static void echo_take(struct history *history, const struct address_record *record)
{
    struct registry_entry *entry =
        registry_entry(history->registry, !record->by, record->add_addr.address_id);
    entry->used = true;
    entry->odd_removal = NULL;
    if (entry->announced && registry_same_place(entry->announced, record) && !entry->echo)
        entry->echo = record;
    else if (!registry_was_announced(entry, record) && !entry->odd_echo)
        entry->odd_echo = record;
}

static void removal_take(struct history *history, const struct address_record *record)
{
    struct registry_entry *entry =
        registry_entry(history->registry, record->by, record->add_addr.address_id);
    /* ID 0 is that of the initial subflow's address. */
    if (!entry->used && entry->id != 0 && !entry->odd_removal)
        entry->odd_removal = record;
    if (entry->announced)
        history->announcing[record->by].standing--;
    registry_remove(entry);
}

/* An address, with a port where there is one. */
static void place_format(const struct address_record *record, char text[MPTA_ENDPOINT_TEXT_MAX])
{
    const struct mpta_add_addr *add_addr = &record->add_addr;
    if (add_addr->has_port)
        mpta_endpoint_format(&add_addr->address, add_addr->port, text, MPTA_ENDPOINT_TEXT_MAX);
    else
        mpta_address_format(&add_addr->address, text, MPTA_ENDPOINT_TEXT_MAX);
}

/* An announcement or removal, on a pure ACK, is easily lost: by itself it proves little. */
static bool report_odd_echo(const struct history *history, const struct registry_entry *entry)
{
    struct finding_list *findings = &history->connection->findings;
    const struct address_record *record = entry->odd_echo;
    struct occurrence odd = address_occurrence(FINDING_ADDADDR_ECHO_MISMATCH, record);
    char text[MPTA_ENDPOINT_TEXT_MAX], said[MPTA_ENDPOINT_TEXT_MAX];
    odd.variant = entry->known_count == 0;
    if (entry->known_count == 0)
        return !history->heard[entry->side] || !history->connection->capable_seen ||
               finding_add_as(findings, MPTA_NOTE, &odd,
                              "an echo of address ID %u, of which no announcement was captured",
                              entry->id);
    place_format(record, text);
    place_format(entry->known[0], said);
    return finding_add(findings, &odd, "the echo of address ID %u says %s, announced was %s",
                       entry->id, text, said);
}

/* Its paths met at one capture point: another one may have gone by, and the ID told there. */
static bool is_seen_at_one_point(const struct connection *connection)
{
    const struct subflow *first = connection->subflows[0];
    for (size_t i = 1; i < connection->subflow_count; i++) {
        const struct subflow *other = connection->subflows[i];
        if (!subflow_one_point(other, first))
            return false;
    }
    return true;
}

static bool report_odd_removal(const struct history *history, const struct registry_entry *entry)
{
    const struct connection *connection = history->connection;
    struct occurrence odd = address_occurrence(FINDING_REMOVEADDR_UNKNOWN, entry->odd_removal);
    /* Else the one packet that tells of the ID may be missing. */
    bool complete = connection->version == 1 && connection->capable_seen &&
                    entry->odd_removal->gapless && !history->unnamed[entry->side] &&
                    !is_seen_at_one_point(connection);
    odd.variant = complete;
    return finding_add_as(&history->connection->findings, complete ? MPTA_WARNING : MPTA_NOTE, &odd,
                          "REMOVE_ADDR of address ID %u, which was neither announced nor used as "
                          "far as the capture shows",
                          entry->id);
}

static bool odd_finish(const struct history *history)
{
    for (size_t i = 0; i < history->registry->touched_count; i++) {
        const struct registry_entry *entry = history->registry->touched[i];
        if ((entry->odd_echo && !report_odd_echo(history, entry)) ||
            (entry->odd_removal && !report_odd_removal(history, entry)))
            return false;
    }
    return true;
}

/* ---- In the order of time ---------------------------------------------------------------------
 */

static int join_compare(const void *left, const void *right)
{
    const struct subflow *a = *(const struct subflow *const *)left;
    const struct subflow *b = *(const struct subflow *const *)right;
    if (a->first.time_ns != b->first.time_ns)
        return a->first.time_ns < b->first.time_ns ? -1 : 1;
    return (a->id > b->id) - (a->id < b->id);
}

/* The joins whose SYN was captured, the first one first. Their number is at most that of subflows.
 */
static size_t joins_gather(const struct connection *connection, const struct subflow **joins)
{
    size_t count = 0;
    for (size_t i = 0; i < connection->subflow_count; i++) {
        const struct subflow *subflow = connection->subflows[i];
        if (subflow->kind == SUBFLOW_JOIN && subflow->seen & SEEN_SYN)
            joins[count++] = subflow;
    }
    qsort(joins, count, sizeof(const struct subflow *), join_compare);
    return count;
}

static bool record_take(struct history *history, size_t index)
{
    const struct address_record *record = &history->connection->addresses[index];
    switch (record->op) {
    case MPTA_ADDRESS_ADD:
        return announce_take(history, index);
    case MPTA_ADDRESS_ECHO:
        echo_take(history, record);
        break;
    case MPTA_ADDRESS_REMOVE:
        removal_take(history, record);
        break;
    }
    return true;
}

static bool history_tell(struct history *history, const struct subflow *const *joins,
                         size_t join_count)
{
    const struct connection *connection = history->connection;
    size_t next = 0;
    for (size_t i = 0; i < connection->address_count; i++) {
        while (next < join_count &&
               joins[next]->first.time_ns < connection->addresses[i].at.time_ns) {
            if (!binding_take_join(history, joins[next++]))
                return false;
        }
        if (!record_take(history, i))
            return false;
    }
    while (next < join_count) {
        if (!binding_take_join(history, joins[next++]))
            return false;
    }
    return announce_finish(history) && binding_finish(history) && odd_finish(history);
}

/* As far as it was captured, or else acknowledged. */
static uint64_t stream_len(const struct stream *stream)
{
    struct mpta_stream view;
    stream_view(stream, &view);
    uint64_t len = view.data_bytes + view.missing_bytes;
    return view.acked_known && view.acked > len ? view.acked : len;
}

/* What the subflows together say. */
static void history_survey(struct history *history)
{
    const struct connection *connection = history->connection;
    for (size_t i = 0; i < connection->subflow_count; i++) {
        const struct subflow *subflow = connection->subflows[i];
        for (int role = OPENER; role <= RESPONDER; role++) {
            const struct half_measure *measure = &subflow->halves[role].measure;
            enum mpta_side side = subflow_side(subflow, (enum role)role);
            history->unnamed[side] |= !subflow->halves[role].address_id_known;
            if (!measure->has_packet)
                continue;
            if (!history->heard[side] || measure->last_packet_ns > history->heard_ns[side])
                history->heard_ns[side] = measure->last_packet_ns;
            history->heard[side] = true;
        }
    }
    history->data_bytes = stream_len(&connection->streams[MPTA_CLIENT]) +
                          stream_len(&connection->streams[MPTA_SERVER]);
}

bool conclude_addresses(const struct mpta_tracker *tracker, struct connection *connection,
                        struct registry *registry)
{
    /* A join without its SYN may be this connection's. */
    bool strays = tracker->unlinked_count + tracker->evicted.unlinked_subflows > 0;
    struct history history = {
        .connection = connection,
        .initial = connection_initial(connection),
        .registry = registry,
        .unnamed = {strays, strays},
    };
    if (connection->address_count == 0 && connection->subflow_count < 2)
        return true;
    const struct subflow **joins =
        malloc(connection->subflow_count * sizeof(const struct subflow *));
    if (!joins)
        return false;
    history_survey(&history);
    bool done = history_tell(&history, joins, joins_gather(connection, joins));
    registry_clear(registry);
    free(joins);
    return done;
}
