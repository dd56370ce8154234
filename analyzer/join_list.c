/* SPDX-License-Identifier: BSD-3-Clause */
/* Gathered twice: to know how many there are, and to put them down. */
#include "analyzer/join_list.h"

#include <stdlib.h>

static void list_add(struct join_list *list, const struct mpta_tracker *tracker,
                     struct subflow *subflow, join_list_counts *counts)
{
    if (subflow->kind != list->kind || !(subflow->seen & SEEN_SYN) ||
        (subflow->kind == SUBFLOW_JOIN && !subflow_joining(subflow)->token_known) ||
        !counts(tracker, subflow))
        return;
    if (list->items)
        list->items[list->count] = subflow;
    list->count++;
}

static void list_fill(struct join_list *list, const struct mpta_tracker *tracker,
                      join_list_counts *counts)
{
    list->count = 0;
    for (size_t i = 0; i < tracker->connection_count; i++) {
        const struct connection *connection = tracker->connections[i];
        for (size_t j = 0; j < connection->subflow_count; j++)
            list_add(list, tracker, connection->subflows[j], counts);
    }
    for (size_t i = 0; i < tracker->unlinked_count; i++)
        list_add(list, tracker, tracker->unlinked[i], counts);
}

bool join_list_gather(struct join_list *list, const struct mpta_tracker *tracker,
                      enum subflow_kind kind, join_list_counts *counts)
{
    *list = (struct join_list){.kind = kind};
    list_fill(list, tracker, counts);
    if (list->count == 0)
        return true;
    list->items = malloc(list->count * sizeof(struct subflow *));
    if (!list->items)
        return false;
    list_fill(list, tracker, counts);
    return true;
}

void join_list_free(struct join_list *list)
{
    free(list->items);
    *list = (struct join_list){0};
}
