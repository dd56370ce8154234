/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who leaves before the end takes the same steps as all do at the end: conclusions are drawn, of
 * those that compare connections, too, with all that is there; what came to light is told; what it
 * adds to the summary is counted. So what is told of who has left is what the end would have told,
 * had the capture ended then. Afterwards nothing in the tracker leads there any more, but to its
 * record where one is kept.
 */
#include "analyzer/leave.h"

#include "analyzer/token.h"

#include <stdlib.h>

/* ---- Who ------------------------------------------------------------------------------------- */

struct candidate *candidates_new(const struct mpta_tracker *tracker)
{
    size_t most = tracker->connection_count > tracker->unlinked_count ? tracker->connection_count
                                                                      : tracker->unlinked_count;
    return calloc(most + 1, sizeof(struct candidate));
}

static int candidate_compare(const void *a, const void *b)
{
    const struct candidate *one = a, *other = b;
    if (one->open != other->open)
        return one->open ? 1 : -1;
    return (one->time_ns > other->time_ns) - (one->time_ns < other->time_ns);
}

/* Those of a flood lie as they came. */
void candidates_sort(struct candidate *candidates, size_t count)
{
    bool in_order = true;
    for (size_t i = 1; i < count && in_order; i++)
        in_order = candidate_compare(&candidates[i - 1], &candidates[i]) <= 0;
    if (!in_order)
        qsort(candidates, count, sizeof(*candidates), candidate_compare);
}

static void connection_give_up(struct connection *connection)
{
    connection->given_up = true;
    finding_list_clear(&connection->outlook);
    for (size_t i = 0; i < connection->subflow_count; i++)
        connection->subflows[i]->given_up = true;
}

void leave_choose_connections(struct mpta_tracker *tracker, const struct candidate *candidates,
                              size_t count)
{
    for (size_t i = 0; i < count; i++)
        connection_give_up(tracker->connections[candidates[i].index]);
}

bool leave_reserve(struct mpta_tracker *tracker, size_t count)
{
    return !tracker->keeps_records || (token_memory_reserve(tracker, 2 * count) &&
                                       record_list_begin(&tracker->records, count));
}

void leave_choose_unlinked(struct mpta_tracker *tracker, const struct candidate *candidates,
                           size_t count)
{
    for (size_t i = 0; i < count; i++)
        tracker->unlinked[candidates[i].index]->given_up = true;
}

/* ---- Last words ------------------------------------------------------------------------------ */

/* Who is told may look at all that there is. */
static bool leavers_conclude(struct mpta_tracker *tracker)
{
    tracker->parting = true;
    bool done = conclude_together(tracker);
    token_note_leavers(tracker);
    done = event_last(tracker) && done;
    tracker->parting = false;
    return done;
}

/* ---- Connections ----------------------------------------------------------------------------- */

/* Its tokens may still be used if it was given up alive, and are not known if its keys are not. */
static void tokens_leave(struct mpta_tracker *tracker, struct connection *connection,
                         enum leave_why why)
{
    tracker->tokens_lost |= why != LEAVE_OVER || !connection_has_keys(connection);
    for (int side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
        struct identity *identity = &connection->identities[side];
        if (!identity->known)
            continue;
        table_remove(&tracker->tokens, &identity->token_link);
        gone_add_token(tracker, identity->token);
    }
}

/* What is not concluded, or not kept, of one that was over: the end has to say so. */
static void note_lack(struct mpta_tracker *tracker)
{
    tracker->conclusions_lost = true;
}

void leave_note_evicted(struct mpta_tracker *tracker)
{
    if (tracker->evicted_at.time_ns == 0)
        tracker->evicted_at.time_ns = tracker->newest_ns;
}

/* There is room: see leave_reserve. */
static void record_put(struct mpta_tracker *tracker, const struct connection *connection,
                       struct record *record)
{
    record_list_add(&tracker->records, record);
    for (int side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
        const struct identity *identity = &connection->identities[side];
        if (identity->known)
            token_memory_add(tracker, identity->token, connection->id);
    }
}

/* Leaves its record behind, if any do. Without memory it is one of those given up for want of it.
 */
static bool connection_record(struct mpta_tracker *tracker, struct connection *connection)
{
    if (!tracker->keeps_records)
        return true;
    bool whole = !connection_sleeps(connection) && book_last(tracker, connection);
    struct record *record = whole ? record_new(connection, &tracker->grid) : NULL;
    if (record) {
        record_put(tracker, connection, record);
        return true;
    }
    note_lack(tracker);
    leave_note_evicted(tracker);
    return false;
}

static void connection_leave(struct mpta_tracker *tracker, struct connection *connection,
                             enum leave_why why)
{
    bool over = why == LEAVE_OVER || connection_closed(connection);
    if (!connection_wake(tracker, connection))
        note_lack(tracker);
    else
        summary_add_connection(&tracker->evicted, connection);
    tokens_leave(tracker, connection, over ? LEAVE_OVER : why);
    tracker->retired += why == LEAVE_OVER && connection_record(tracker, connection);
    for (size_t i = 0; i < connection->subflow_count; i++) {
        half_open_forget(tracker, connection->subflows[i], why == LEAVE_OVER);
        connection->subflows[i]->over = over;
    }
    sleep_drop(tracker, connection);
    connection_free(connection);
}

/* How many left. */
static size_t connections_leave(struct mpta_tracker *tracker, enum leave_why why)
{
    size_t kept = 0, count = tracker->connection_count;
    for (size_t i = 0; i < count; i++) {
        if (tracker->connections[i]->given_up)
            connection_leave(tracker, tracker->connections[i], why);
        else
            tracker->connections[kept++] = tracker->connections[i];
    }
    tracker->connection_count = kept;
    record_list_end(&tracker->records);
    return count - kept;
}

/* ---- Subflows without a connection ----------------------------------------------------------- */

static void unlinked_tell(const struct mpta_tracker *tracker, const struct subflow *subflow)
{
    struct mpta_subflow view;
    if (!tracker->part)
        return;
    subflow_view(subflow, &view);
    tracker->part(tracker->part_context, &view);
}

static void unlinked_count(struct mpta_tracker *tracker, const struct subflow *subflow, bool over)
{
    half_open_forget(tracker, subflow, over);
    quality_take_leaver(&tracker->quality, subflow);
    summary_add_subflow(&tracker->evicted, subflow);
    tracker->evicted.unlinked_subflows++;
    tracker->evicted.evicted_subflows += !over;
}

static void unlinked_leave_one(struct mpta_tracker *tracker, struct subflow *subflow,
                               enum leave_why why)
{
    unlinked_tell(tracker, subflow);
    unlinked_count(tracker, subflow, why == LEAVE_OVER);
    subflow->over = why == LEAVE_OVER || subflow_closed(subflow);
}

/* How many left. */
static size_t unlinked_leave(struct mpta_tracker *tracker, enum leave_why why)
{
    size_t count = tracker->unlinked_count;
    for (size_t i = 0; i < count; i++) {
        if (tracker->unlinked[i]->given_up)
            unlinked_leave_one(tracker, tracker->unlinked[i], why);
    }
    for (size_t i = count; i-- > 0;) {
        if (tracker->unlinked[i]->given_up)
            place_forget_unlinked(tracker, tracker->unlinked[i]);
    }
    return count - tracker->unlinked_count;
}

/* ---- What they leave behind ------------------------------------------------------------------ */

/* With a subflow go the other sides of NATs that led to it, */
static void aliases_choose(struct mpta_tracker *tracker)
{
    for (struct subflow *subflow = tracker->followers; subflow; subflow = subflow->next_owned) {
        if (subflow->kind == SUBFLOW_ALIAS && subflow->same_as->given_up) {
            subflow->given_up = true;
            subflow->over = subflow->same_as->over;
        }
    }
}

/* and with all of its key what took over their ports. */
static void plain_choose(struct mpta_tracker *tracker)
{
    for (struct subflow *subflow = tracker->followers; subflow; subflow = subflow->next_owned)
        subflow->given_up |= subflow->kind == SUBFLOW_PLAIN && !flow_guards(tracker, subflow);
}

/* Findings of the tracker remember subflows; which these were is not told of those without one. */
static void witnesses_forget(struct mpta_tracker *tracker)
{
    finding_list_clear(&tracker->outlook);
    for (size_t i = 0; i < tracker->findings.count; i++) {
        struct finding *finding = &tracker->findings.items[i];
        for (size_t k = 0; k < MPTA_WITNESSES_MAX; k++) {
            if (finding->witnesses[k].subflow && finding->witnesses[k].subflow->given_up)
                finding->witnesses[k].subflow = NULL;
        }
    }
}

/* The connection that it was of before is there, and may remember it. */
static bool is_remembered(const struct mpta_tracker *tracker, const struct subflow *subflow)
{
    return subflow->moved &&
           (subflow->moved_often || place_connection(tracker, subflow->moved_from));
}

static void husks_sweep(struct mpta_tracker *tracker)
{
    struct subflow *next;
    for (struct subflow *husk = tracker->husks; husk; husk = next) {
        next = husk->next_owned;
        if (is_remembered(tracker, husk))
            continue;
        subflow_disown(husk);
        subflow_free(husk);
    }
}

/* Lets no packet find a subflow any more. */
static void subflow_detach(struct mpta_tracker *tracker, struct subflow *subflow)
{
    flow_remove(tracker, subflow);
    twin_forget(tracker, subflow);
    if (subflow->orphaned)
        table_remove(&tracker->orphans, &subflow->place_link);
    subflow->orphaned = false;
    subflow->connection = NULL;
}

static void subflow_leave(struct mpta_tracker *tracker, struct subflow *subflow)
{
    subflow_detach(tracker, subflow);
    subflow_disown(subflow);
    subflow_own(subflow, &tracker->husks);
}

static void list_remember(struct mpta_tracker *tracker, const struct subflow *list)
{
    for (; list; list = list->next_owned) {
        if (list->over)
            flow_note_leaver(tracker, list);
    }
}

static void list_leave(struct mpta_tracker *tracker, struct subflow *list)
{
    struct subflow *next;
    for (; list; list = next) {
        next = list->next_owned;
        if (list->given_up)
            subflow_leave(tracker, list);
    }
}

static void subflows_leave(struct mpta_tracker *tracker)
{
    aliases_choose(tracker);
    plain_choose(tracker);
    list_remember(tracker, tracker->owned);
    list_remember(tracker, tracker->followers);
    list_leave(tracker, tracker->owned);
    list_leave(tracker, tracker->followers);
    witnesses_forget(tracker);
    husks_sweep(tracker);
}

/* ---- A flood --------------------------------------------------------------------------------- */

static void flood_leave_one(struct mpta_tracker *tracker, struct subflow *subflow)
{
    unlinked_count(tracker, subflow, false);
    subflow_detach(tracker, subflow);
    subflow_disown(subflow);
    subflow_own(subflow, subflow->moved ? &tracker->husks : &tracker->spent);
}

bool leave_flood(struct mpta_tracker *tracker, size_t *done)
{
    size_t kept = 0, count = tracker->unlinked_count;
    bool concluded = true;
    aliases_choose(tracker);
    plain_choose(tracker);
    for (size_t i = 0; i < count; i++) {
        struct subflow *subflow = tracker->unlinked[i];
        if (!subflow->given_up) {
            place_keep_unlinked(tracker, subflow, kept++);
            continue;
        }
        concluded = concluded && conclude_unlinked_join(tracker, subflow, true);
        flood_leave_one(tracker, subflow);
    }
    tracker->unlinked_count = kept;
    list_leave(tracker, tracker->followers);
    witnesses_forget(tracker);
    husks_sweep(tracker);
    leave_note_evicted(tracker);
    *done = count - kept;
    return concluded;
}

void leave_free_spent(struct mpta_tracker *tracker, size_t count)
{
    for (size_t i = 0; i < count && tracker->spent; i++) {
        struct subflow *spent = tracker->spent;
        subflow_disown(spent);
        subflow_free(spent);
    }
}

/* ---- All of it ------------------------------------------------------------------------------- */

bool leave(struct mpta_tracker *tracker, enum leave_why why, size_t *done)
{
    bool concluded = leavers_conclude(tracker);
    *done = connections_leave(tracker, why) + unlinked_leave(tracker, why);
    subflows_leave(tracker);
    if (why == LEAVE_OVER && !concluded)
        note_lack(tracker);
    if (why != LEAVE_OVER && *done > 0)
        leave_note_evicted(tracker);
    return concluded;
}

/* So many at a time, or a sixteenth: what they leave but their records is freed together. */
#define ASLEEP_PORTION 1024

static size_t asleep_choose(const struct mpta_tracker *tracker, size_t most)
{
    size_t count = 0;
    for (size_t i = 0; i < tracker->connection_count && count < most; i++) {
        if (!connection_sleeps(tracker->connections[i]))
            continue;
        connection_give_up(tracker->connections[i]);
        count++;
    }
    return count;
}

void leave_asleep(struct mpta_tracker *tracker)
{
    size_t portion = tracker->connection_count / 16 + ASLEEP_PORTION, count;
    while ((count = asleep_choose(tracker, portion)) > 0) {
        bool room = leave_reserve(tracker, count);
        if (!room) {
            note_lack(tracker);
            leave_note_evicted(tracker);
        }
        (void)connections_leave(tracker, room ? LEAVE_OVER : LEAVE_MEMORY);
        subflows_leave(tracker);
    }
}
