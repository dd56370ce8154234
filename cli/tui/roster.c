/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Each connection has a key, a number by which it is sorted; those with equal keys stand in the
 * order in which they began. Keys are made of connections that changed, then all are sorted anew,
 * which is quick as long as nothing else is looked at.
 */
#include "cli/tui/roster.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const char *const order_names[] = {
    [ROSTER_BY_ID] = "number",
    [ROSTER_BY_CLIENT] = "client",
    [ROSTER_BY_SERVER] = "server",
    [ROSTER_BY_STATE] = "state",
    [ROSTER_BY_SUBFLOWS] = "subflows",
    [ROSTER_BY_DATA] = "data",
    [ROSTER_BY_GOODPUT] = "goodput",
    [ROSTER_BY_RTT] = "round trip",
    [ROSTER_BY_REINJECTED] = "reinjected",
    [ROSTER_BY_LASTED] = "duration",
    [ROSTER_BY_FINDINGS] = "findings",
};
static_assert(sizeof order_names / sizeof order_names[0] == ROSTER_ORDER_COUNT, "a name for each");

const char *roster_order_name(enum roster_order order)
{
    return order_names[order];
}

bool roster_order_is_descending(int order)
{
    return order >= ROSTER_BY_SUBFLOWS;
}

void roster_free(struct roster *roster)
{
    free(roster->entries);
    free(roster->shown);
    free(roster->rows);
    *roster = (struct roster){.row_count = 0};
}

/* ---- Keys ----------------------------------------------------------------------------------- */

/* Addresses in order, IPv4 before IPv6; of IPv6 the network decides. */
static uint64_t key_of_address(const struct mpta_address *address, uint16_t port)
{
    uint64_t key = address->family == 6;
    for (size_t i = 0; i < 5; i++) {
        key = key << 8 | address->octets[i];
    }
    return key << 16 | (address->family == 4 ? port : (uint64_t)address->octets[5] << 8);
}

static uint64_t key_of_findings(const uint64_t findings[MPTA_SEVERITY_COUNT])
{
    uint64_t key = 0;
    for (int severity = MPTA_ERROR; severity >= MPTA_NOTE; severity--) {
        key = key << 20 | (findings[severity] & 0xfffff);
    }
    return key;
}

static uint64_t key_of(const struct facts *facts, enum roster_order order)
{
    const struct mpta_host *hosts = facts->connection.hosts;
    switch (order) {
    case ROSTER_BY_ID:
        return facts->connection.id;
    case ROSTER_BY_CLIENT:
        return key_of_address(&hosts[MPTA_CLIENT].address, hosts[MPTA_CLIENT].port);
    case ROSTER_BY_SERVER:
        return key_of_address(&hosts[MPTA_SERVER].address, hosts[MPTA_SERVER].port);
    case ROSTER_BY_STATE:
        return (uint64_t)facts->connection.close;
    case ROSTER_BY_SUBFLOWS:
        return facts->connection.subflow_count;
    case ROSTER_BY_DATA:
        return facts->data_bytes;
    case ROSTER_BY_GOODPUT:
        return facts->goodput_bps;
    case ROSTER_BY_RTT:
        return facts->rtt_known ? (uint64_t)facts->rtt_ns : 0;
    case ROSTER_BY_REINJECTED:
        return (uint64_t)(facts->reinjected * 1e9);
    case ROSTER_BY_LASTED:
        return (uint64_t)facts->lasted_ns;
    case ROSTER_BY_FINDINGS:
        return key_of_findings(facts->findings);
    }
    return 0;
}

/* ---- Filter --------------------------------------------------------------------------------- */

static bool connection_passes(const struct roster *roster, const struct model *model,
                              const struct facts *facts)
{
    struct text_line words;
    if (roster->filter[0] == '\0') {
        return true;
    }
    facts_words(model, facts, &words);
    return filter_passes(roster->filter, words.text);
}

/* ---- Looking -------------------------------------------------------------------------------- */

static bool roster_reserve(struct roster *roster, size_t count)
{
    if (count <= roster->entry_count) {
        return true;
    }
    struct roster_entry *entries = reallocarray(roster->entries, count, sizeof *entries);
    if (entries == NULL) {
        return false;
    }
    roster->entries = entries;
    uint32_t *shown = reallocarray(roster->shown, count, sizeof *shown);
    if (shown == NULL) {
        return false;
    }
    roster->shown = shown;
    memset(entries + roster->entry_count, 0, (count - roster->entry_count) * sizeof *entries);
    roster->entry_count = count;
    return true;
}

static void roster_look(struct roster *roster, const struct model *model, uint32_t connection)
{
    struct roster_entry *entry = &roster->entries[connection];
    struct facts facts;
    if (!facts_read(model, connection, &facts)) {
        entry->shown = false;
        return;
    }
    entry->key = key_of(&facts, roster->order);
    entry->subflow_count = (uint32_t)facts.connection.subflow_count;
    entry->shown = connection_passes(roster, model, &facts);
}

/* ---- Rows ----------------------------------------------------------------------------------- */

static int compare_connections(const void *one, const void *other, void *context)
{
    const struct roster *roster = context;
    uint32_t a = *(const uint32_t *)one;
    uint32_t b = *(const uint32_t *)other;
    uint64_t key_a = roster->entries[a].key;
    uint64_t key_b = roster->entries[b].key;
    if (key_a == key_b) {
        return (a > b) - (a < b);
    }
    return (key_a > key_b) != roster->inverted ? 1 : -1;
}

static bool roster_add_row(struct roster *roster, const struct roster_row *row)
{
    if (roster->row_count == roster->row_capacity) {
        size_t capacity = roster->row_capacity > 0 ? 2 * roster->row_capacity : 64;
        struct roster_row *rows = reallocarray(roster->rows, capacity, sizeof *rows);
        if (rows == NULL) {
            return false;
        }
        roster->rows = rows;
        roster->row_capacity = capacity;
    }
    roster->rows[roster->row_count++] = *row;
    return true;
}

static bool roster_add_connection(struct roster *roster, uint32_t connection)
{
    uint32_t subflows =
        roster_is_expanded(roster, connection) ? roster->entries[connection].subflow_count : 0;
    bool done = roster_add_row(roster, &(struct roster_row){connection, false, 0});
    for (uint32_t i = 0; done && i < subflows; i++) {
        done = roster_add_row(roster, &(struct roster_row){connection, true, i});
    }
    return done;
}

static bool roster_make_rows(struct roster *roster)
{
    bool done = true;
    roster->shown_count = 0;
    for (uint32_t id = 0; id < roster->entry_count; id++) {
        if (roster->entries[id].shown) {
            roster->shown[roster->shown_count++] = id;
        }
    }
    if (roster->shown_count > 1) {
        qsort_r(roster->shown, roster->shown_count, sizeof *roster->shown, compare_connections,
                roster);
    }
    roster->row_count = 0;
    for (size_t i = 0; done && i < roster->shown_count; i++) {
        done = roster_add_connection(roster, roster->shown[i]);
    }
    return done;
}

bool roster_update(struct roster *roster, const struct model *model)
{
    if (!roster_reserve(roster, model->connection_count)) {
        roster->whole = true; /* what changed is not told a second time */
        return false;
    }
    roster->dirty |= roster->whole || model->changed_count > 0;
    if (roster->whole) {
        for (uint32_t id = 0; id < roster->entry_count; id++) {
            roster_look(roster, model, id);
        }
    } else {
        for (size_t i = 0; i < model->changed_count; i++) {
            roster_look(roster, model, model->changed[i]);
        }
    }
    roster->whole = false;
    bool done = !roster->dirty || roster_make_rows(roster);
    roster->dirty = false;
    return done;
}

/* ---- Wishes --------------------------------------------------------------------------------- */

void roster_sort(struct roster *roster, enum roster_order order, bool inverted)
{
    roster->whole |= roster->order != order;
    roster->order = order;
    roster->inverted = inverted;
    roster->dirty = true;
}

void roster_filter(struct roster *roster, const char *filter)
{
    snprintf(roster->filter, sizeof roster->filter, "%s", filter);
    roster->whole = true;
}

void roster_expand(struct roster *roster, uint32_t connection, bool expanded)
{
    if (connection < roster->entry_count) {
        roster->entries[connection].expanded = expanded != roster->tree;
        roster->dirty = true;
    }
}

void roster_expand_all(struct roster *roster, bool tree)
{
    for (size_t i = 0; i < roster->entry_count; i++) {
        roster->entries[i].expanded = false;
    }
    roster->tree = tree;
    roster->dirty = true;
}

void roster_tag(struct roster *roster, uint32_t connection)
{
    if (connection < roster->entry_count) {
        roster->entries[connection].tagged = !roster->entries[connection].tagged;
    }
}

bool roster_is_expanded(const struct roster *roster, uint32_t connection)
{
    return connection < roster->entry_count && roster->entries[connection].expanded != roster->tree;
}

bool roster_is_tagged(const struct roster *roster, uint32_t connection)
{
    return connection < roster->entry_count && roster->entries[connection].tagged;
}

bool roster_is_shown(const struct roster *roster, uint32_t connection)
{
    return connection < roster->entry_count && roster->entries[connection].shown;
}

size_t roster_tag_count(const struct roster *roster)
{
    size_t count = 0;
    for (size_t i = 0; i < roster->entry_count; i++) {
        count += roster->entries[i].tagged;
    }
    return count;
}

size_t roster_find(const struct roster *roster, uint32_t connection)
{
    size_t row = 0;
    while (row < roster->row_count &&
           (roster->rows[row].connection != connection || roster->rows[row].is_subflow)) {
        row++;
    }
    return row;
}
