/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Announcements of addresses: those that contradict another, that nobody can use, that are too
 * many, and those that came to nothing.
 */
#include "analyzer/amount.h"
#include "analyzer/elapsed.h"
#include "analyzer/history.h"
#include "analyzer/scope.h"

/* So many addresses of a side may stand at once, and so many may be announced within a second. */
#define ANNOUNCE_STANDING_MAX 8
#define ANNOUNCE_WINDOW_MAX   10
#define ANNOUNCE_WINDOW_NS    INT64_C(1000000000)
/* After so long, what did not follow an announcement did not follow from it. */
#define ANNOUNCE_PATIENCE_NS INT64_C(1000000000)

/* The peer acts on it, as far as can be told. */
static bool announce_is_credible(const struct history *history, const struct address_record *record)
{
    bool unsigned_v1 = history->connection->version == 1 && !record->add_addr.has_hmac;
    return record->hmac != MPTA_INVALID && !unsigned_v1;
}

/* ---- Two addresses for one ID ---------------------------------------------------------------- */

/*
 * An ID may be announced again with another port, but not with another address before it was
 * removed. A REMOVE_ADDR is not repeated when it is lost, so that only announcements in one packet
 * leave no room for one.
 */
static bool report_rebound(const struct history *history, const struct address_record *before,
                           const struct address_record *record)
{
    struct finding_list *findings = &history->connection->findings;
    struct occurrence rebound = address_occurrence(FINDING_ADDADDR_ID_REBOUND, record);
    bool together =
        before->at.packet == record->at.packet && before->at.capture == record->at.capture;
    char old[MPTA_ADDRESS_TEXT_MAX], new[MPTA_ADDRESS_TEXT_MAX];
    mpta_address_format(&before->add_addr.address, old, sizeof(old));
    mpta_address_format(&record->add_addr.address, new, sizeof(new));
    rebound.variant = together;
    if (together)
        return finding_add(findings, &rebound, "one packet announces address ID %u as %s and as %s",
                           record->add_addr.address_id, old, new);
    return finding_add_as(findings, MPTA_WARNING, &rebound,
                          "address ID %u is announced as %s, and was %s before: no REMOVE_ADDR was "
                          "captured between",
                          record->add_addr.address_id, new, old);
}

/* ---- Addresses of no use --------------------------------------------------------------------- */

/* The scope of the address of a side on the initial subflow. */
static enum address_scope scope_of_side(const struct history *history, enum mpta_side side)
{
    const struct subflow *initial = history->initial;
    return initial ? address_scope_of(&initial->ends[subflow_role(initial, side)].address)
                   : SCOPE_UNSPECIFIED;
}

static bool report_bogus(const struct history *history, const struct address_record *record)
{
    struct finding_list *findings = &history->connection->findings;
    enum address_scope scope = address_scope_of(&record->add_addr.address);
    enum address_scope peer = scope_of_side(history, !record->by);
    struct occurrence bogus = address_occurrence(FINDING_ADDADDR_BOGUS, record);
    char text[MPTA_ADDRESS_TEXT_MAX];
    bogus.variant = scope;
    mpta_address_format(&record->add_addr.address, text, sizeof(text));
    /* A peer that is as near itself may well use it. */
    if (scope == SCOPE_GLOBAL || (scope == peer && scope < SCOPE_MULTICAST))
        return true;
    if (scope > SCOPE_PRIVATE)
        return finding_add(findings, &bogus, "address ID %u is announced as %s: %s",
                           record->add_addr.address_id, text, address_scope_words(scope));
    return peer != SCOPE_GLOBAL ||
           finding_add_as(findings, MPTA_NOTE, &bogus,
                          "address ID %u is announced as %s: a private address, to a peer that has "
                          "a public one",
                          record->add_addr.address_id, text);
}

/* ---- Too many -------------------------------------------------------------------------------- */

static void count_standing(struct announcing *announcing, const struct address_record *record)
{
    if (++announcing->standing <= announcing->standing_most)
        return;
    announcing->standing_most = announcing->standing;
    if (announcing->standing == ANNOUNCE_STANDING_MAX + 1)
        announcing->standing_at = record;
}

/* How many announcements of this side lie within a second before this one. */
static void count_window(const struct history *history, struct announcing *announcing, size_t index)
{
    const struct address_record *records = history->connection->addresses,
                                *record = &records[index];
    announcing->window++;
    for (; elapsed_ns(records[announcing->window_begin].at.time_ns, record->at.time_ns) >
           ANNOUNCE_WINDOW_NS;
         announcing->window_begin++) {
        const struct address_record *left = &records[announcing->window_begin];
        announcing->window -= left->op == MPTA_ADDRESS_ADD && left->by == record->by;
    }
    if (announcing->window <= announcing->window_most)
        return;
    announcing->window_most = announcing->window;
    if (announcing->window == ANNOUNCE_WINDOW_MAX + 1)
        announcing->window_at = record;
}

static bool report_flood(const struct history *history, enum mpta_side side)
{
    const struct announcing *announcing = &history->announcing[side];
    struct finding_list *findings = &history->connection->findings;
    struct occurrence flood;
    if (announcing->standing_at) {
        flood = address_occurrence(FINDING_ADDADDR_FLOOD, announcing->standing_at);
        if (!finding_add(findings, &flood,
                         "%zu announced addresses of the %s stand at once (more than %d are a "
                         "flood)",
                         announcing->standing_most, side_word(side), ANNOUNCE_STANDING_MAX))
            return false;
    }
    if (!announcing->window_at)
        return true;
    flood = address_occurrence(FINDING_ADDADDR_FLOOD, announcing->window_at);
    flood.variant = 1;
    return finding_add(findings, &flood,
                       "the %s announces %zu times within a second (more than %d are a flood)",
                       side_word(side), announcing->window_most, ANNOUNCE_WINDOW_MAX);
}

/* ---- One announcement ------------------------------------------------------------------------ */

static void announce_store(struct history *history, struct registry_entry *entry,
                           const struct address_record *record)
{
    const struct address_record *before = entry->announced;
    bool again = before && registry_same_place(before, record);
    entry->repetitions++;
    if (again)
        return;
    if (!before)
        count_standing(&history->announcing[record->by], record);
    entry->announced = record;
    entry->repetitions = 1;
    entry->echo = NULL;
    entry->taker = NULL;
}

bool announce_take(struct history *history, size_t index)
{
    const struct address_record *record = &history->connection->addresses[index];
    struct registry_entry *entry =
        registry_entry(history->registry, record->by, record->add_addr.address_id);
    const struct address_record *before = entry->announced, *early = entry->odd_echo;
    entry->used = true;
    entry->odd_removal = NULL;
    registry_add_known(entry, record);
    count_window(history, &history->announcing[record->by], index);
    if (!announce_is_credible(history, record))
        return true;
    announce_store(history, entry, record);
    if (early && !entry->odd_echo)
        entry->echo = early;
    if (before == entry->announced)
        return true;
    return (!before || mpta_address_equal(&before->add_addr.address, &record->add_addr.address) ||
            report_rebound(history, before, record)) &&
           report_bogus(history, record);
}

/* ---- What came of it ------------------------------------------------------------------------- */

static int64_t patience_left(int64_t from_ns, int64_t to_ns)
{
    return ANNOUNCE_PATIENCE_NS - elapsed_ns(from_ns, to_ns);
}

/* Version 0 knows no echo, RFC 6824 section 3.4.1. */
static bool report_no_echo(const struct history *history, const struct registry_entry *entry)
{
    const struct address_record *record = entry->announced;
    struct occurrence silent = address_occurrence(FINDING_ADDADDR_NO_ECHO, record);
    enum mpta_side peer = !entry->side;
    char text[MPTA_ADDRESS_TEXT_MAX];
    if (history->connection->version != 1 || entry->echo || !history->heard[peer] ||
        (entry->repetitions < 2 && patience_left(record->at.time_ns, history->heard_ns[peer]) > 0))
        return true;
    mpta_address_format(&record->add_addr.address, text, sizeof(text));
    return finding_add(&history->connection->findings, &silent,
                       "the announcement of address ID %u, %s, was never echoed (announced %s)",
                       entry->id, text, amount_of(entry->repetitions, "time").text);
}

/* The peer has it, there was time, and nobody opened a subflow over it. */
static bool report_unused(const struct history *history, const struct registry_entry *entry)
{
    const struct address_record *record = entry->announced, *had = entry->echo;
    struct occurrence unused = address_occurrence(FINDING_ADDADDR_UNUSED, record);
    enum mpta_side peer = !entry->side;
    char text[MPTA_ADDRESS_TEXT_MAX];
    if (history->connection->version == 0)
        had = record;
    if (entry->taker || entry->opened || !had || !history->heard[peer] ||
        patience_left(had->at.time_ns, history->heard_ns[peer]) > 0)
        return true;
    mpta_address_format(&record->add_addr.address, text, sizeof(text));
    return finding_add(&history->connection->findings, &unused,
                       "the %s never joined address ID %u, %s", side_word(peer), entry->id, text);
}

bool announce_finish(struct history *history)
{
    for (size_t i = 0; i < history->registry->touched_count; i++) {
        const struct registry_entry *entry = history->registry->touched[i];
        if (entry->announced && (!report_no_echo(history, entry) || !report_unused(history, entry)))
            return false;
    }
    return report_flood(history, MPTA_CLIENT) && report_flood(history, MPTA_SERVER);
}
