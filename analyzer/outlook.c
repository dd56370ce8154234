/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What would be concluded if the capture ended now: for who watches while it goes on. Conclusions
 * add to lists of findings and change nothing else, so they are drawn on copies of the lists, of
 * which only the rows are kept that are new. The next outlook, and the end, begin anew.
 */
#include "analyzer/tracker.h"

#include <stdlib.h>
#include <string.h>

/* Sets a list aside: what is found from now on goes to a copy. */
static bool list_begin(struct finding_list *list, struct finding_list *outlook)
{
    struct finding_list copy;
    finding_list_clear(outlook);
    if (!finding_list_copy(list, &copy))
        return false;
    *outlook = *list;
    *list = copy;
    return true;
}

/* Puts it back; the outlook is what the copy has beyond it. */
static void list_end(struct finding_list *list, struct finding_list *outlook)
{
    struct finding_list found = *list;
    *list = *outlook;
    *outlook = found;
    finding_list_drop(outlook, list->count);
}

static void lists_end(struct mpta_tracker *tracker, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct connection *connection = tracker->connections[i];
        list_end(&connection->findings, &connection->outlook);
        connection->in_flood = false; /* which only the end can say */
    }
    list_end(&tracker->findings, &tracker->outlook);
}

static bool note_all(struct mpta_tracker *tracker, const struct mpta_capture_facts *facts,
                     size_t count)
{
    bool done = true;
    for (size_t i = 0; i < count && done; i++)
        done = mpta_tracker_note_capture(tracker, &facts[i]) == MPTA_OK;
    return done;
}

enum mpta_status mpta_tracker_preview(struct mpta_tracker *tracker,
                                      const struct mpta_capture_facts *facts, size_t count)
{
    size_t begun = 0;
    if (!list_begin(&tracker->findings, &tracker->outlook))
        return MPTA_NO_MEMORY;
    while (begun < tracker->connection_count && list_begin(&tracker->connections[begun]->findings,
                                                           &tracker->connections[begun]->outlook))
        begun++;
    bool done = begun == tracker->connection_count && note_all(tracker, facts, count) &&
                conclude(tracker) && conclude_evicted(tracker);
    lists_end(tracker, begun);
    return done ? MPTA_OK : MPTA_NO_MEMORY;
}

void mpta_tracker_forget_preview(struct mpta_tracker *tracker)
{
    for (size_t i = 0; i < tracker->connection_count; i++)
        finding_list_clear(&tracker->connections[i]->outlook);
    finding_list_clear(&tracker->outlook);
}
