/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which address an ID stands for, as joins show it: they come from an address and carry its ID. A
 * NAT on the way changes the address, and one with several changes it differently each time, so
 * that no join alone proves that its host gave one ID to two addresses.
 */
#include "analyzer/elapsed.h"
#include "analyzer/history.h"

/* ---- Where a join comes from ------------------------------------------------------------------
 */

static bool report_nat(const struct subflow *join, const struct address_record *announced)
{
    const struct endpoint *from = &join->ends[OPENER];
    const struct occurrence nat = occurrence_by(FINDING_JOIN_NAT, join, OPENER, &join->first);
    char came[MPTA_ADDRESS_TEXT_MAX], said[MPTA_ADDRESS_TEXT_MAX];
    mpta_address_format(&from->address, came, sizeof(came));
    mpta_address_format(&announced->add_addr.address, said, sizeof(said));
    return finding_add(&join->connection->findings, &nat,
                       "the join with address ID %u comes from %s, and was announced as %s: a NAT "
                       "on that path",
                       join->halves[OPENER].address_id, came, said);
}

/* Both at the same time, or one after the other, which a host behind a NAT does when it moves. */
static bool report_two_addresses(const struct subflow *before, const struct subflow *join)
{
    const struct half *from = &join->halves[OPENER];
    const struct half *other = &before->halves[subflow_role(before, join->opened_by)];
    bool at_once = other->measure.has_packet &&
                   elapsed_ns(join->first.time_ns, other->measure.last_packet_ns) > 0;
    struct occurrence two = occurrence_by(at_once ? FINDING_JOIN_ADDRESS_ID : FINDING_JOIN_NAT,
                                          join, OPENER, &join->first);
    char new[MPTA_ADDRESS_TEXT_MAX], old[MPTA_ADDRESS_TEXT_MAX];
    mpta_address_format(&join->ends[OPENER].address, new, sizeof(new));
    mpta_address_format(&before->ends[subflow_role(before, join->opened_by)].address, old,
                        sizeof(old));
    two.variant = 1U + (from->address_id == 0);
    if (from->address_id == 0)
        return finding_add(&join->connection->findings, &two,
                           "a join from %s has address ID 0, which stands for the initial address "
                           "%s; or a NAT translates that one to both",
                           new, old);
    return finding_add(&join->connection->findings, &two,
                       "joins from %s and from %s have one address ID, %u; or a NAT translates one "
                       "address to both",
                       old, new, from->address_id);
}

/* Then it is somebody else's, see replay.c. */
static bool is_repeated(const struct subflow *before, const struct subflow *join)
{
    return before->kind == SUBFLOW_JOIN &&
           subflow_joining(before)->nonce[OPENER] == subflow_joining(join)->nonce[OPENER];
}

static bool check_source(const struct history *history, const struct registry_entry *entry,
                         const struct subflow *join)
{
    const struct mpta_address *from = &join->ends[OPENER].address;
    const struct subflow *before = entry->opened;
    if (entry->announced)
        return mpta_address_equal(&entry->announced->add_addr.address, from) ||
               report_nat(join, entry->announced);
    /* The initial subflow has ID 0 at either end, unless that was removed. */
    if (!before && entry->id == 0 && !entry->removed)
        before = history->initial;
    return !before || is_repeated(before, join) ||
           mpta_address_equal(&before->ends[subflow_role(before, entry->side)].address, from) ||
           report_two_addresses(before, join);
}

/* ---- Where it goes to -------------------------------------------------------------------------
 */

static void mark_target(struct history *history, const struct subflow *join)
{
    const struct half *to = &join->halves[RESPONDER];
    enum mpta_side side = subflow_side(join, RESPONDER);
    if (to->address_id_known) {
        struct registry_entry *entry = registry_entry(history->registry, side, to->address_id);
        entry->used = true;
        entry->odd_removal = NULL;
        entry->taker = join;
    }
    for (size_t i = 0; i < history->registry->touched_count; i++) {
        struct registry_entry *entry = history->registry->touched[i];
        if (entry->side == side && entry->announced &&
            mpta_address_equal(&entry->announced->add_addr.address, &join->ends[RESPONDER].address))
            entry->taker = join;
    }
}

bool binding_take_join(struct history *history, const struct subflow *join)
{
    const struct half *from = &join->halves[OPENER];
    mark_target(history, join);
    if (!from->address_id_known)
        return true;
    struct registry_entry *entry =
        registry_entry(history->registry, subflow_side(join, OPENER), from->address_id);
    if (!check_source(history, entry, join))
        return false;
    entry->used = true;
    entry->odd_removal = NULL;
    entry->opened = join;
    return true;
}

/* ---- Taken over -------------------------------------------------------------------------------
 */

/*
 * In version 0 whoever guesses sequence numbers can announce an address of his own, relay the join
 * and have the connection: RFC 7430 section 2. What an announcement by the host itself leads to
 * looks the same, unless its packet came another way than the others of that host.
 */
static bool report_hijack(const struct history *history, const struct registry_entry *entry)
{
    const struct half *halves = entry->taker->halves;
    uint64_t moved =
        halves[OPENER].measure.flow.fresh_bytes + halves[RESPONDER].measure.flow.fresh_bytes;
    bool foreign = entry->announced->foreign;
    struct occurrence hijack = address_occurrence(FINDING_ADDADDR_HIJACK, entry->announced);
    char text[MPTA_ADDRESS_TEXT_MAX];
    if (!entry->taker->established || moved <= history->data_bytes / 2)
        return true;
    mpta_address_format(&entry->announced->add_addr.address, text, sizeof(text));
    hijack.variant = foreign;
    return finding_add_as(
        &history->connection->findings, foreign ? MPTA_ERROR : MPTA_WARNING, &hijack,
        "%.0f %% of the data moved to %s, which an announcement without HMAC had "
        "named (more than half is taken for suspect)%s",
        100 * (double)moved / (double)history->data_bytes, text,
        foreign ? ", and its packet came another way than the others of that host" : "");
}

bool binding_finish(struct history *history)
{
    if (history->connection->version != 0)
        return true;
    for (size_t i = 0; i < history->registry->touched_count; i++) {
        const struct registry_entry *entry = history->registry->touched[i];
        if (entry->announced && entry->taker && !report_hijack(history, entry))
            return false;
    }
    return true;
}
