/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Records come by the hundred and have ids that are close together, near the end of the row. So
 * they are merged from its end on, and what is older than all of them is not touched.
 */
#include "analyzer/kept.h"

#include "analyzer/tracker.h"

#include <stdlib.h>
#include <string.h>

/* ---- The row of records ---------------------------------------------------------------------- */

/* Those that come stand behind the places of all, so that the merge does not meet them. */
bool record_list_begin(struct record_list *list, size_t count)
{
    size_t needed = list->count + 2 * count, room = list->room + list->room / 2;
    list->arrivals = list->count + count;
    list->arrived = 0;
    if (needed <= list->room)
        return true;
    room = needed > room ? needed : room;
    struct record_entry *items =
        room > SIZE_MAX / sizeof(*items) ? NULL : realloc(list->items, room * sizeof(*items));
    if (!items)
        return false;
    list->items = items;
    list->room = room;
    return true;
}

void record_list_add(struct record_list *list, struct record *record)
{
    list->items[list->arrivals + list->arrived++] = (struct record_entry){record->id, record};
}

void record_list_end(struct record_list *list)
{
    size_t old = list->count, arrived = list->arrived;
    list->count += arrived;
    for (size_t to = list->count; arrived > 0; to--) {
        const struct record_entry *next = &list->items[list->arrivals + arrived - 1];
        if (old > 0 && list->items[old - 1].id > next->id) {
            list->items[to - 1] = list->items[--old];
        } else {
            list->items[to - 1] = *next;
            arrived--;
        }
    }
    list->arrived = 0;
}

void record_list_drop(struct record_list *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(list->items[i].record);
    list->count -= count;
    if (list->count > 0)
        memmove(list->items, list->items + count, list->count * sizeof(*list->items));
}

void record_list_clear(struct record_list *list)
{
    record_list_drop(list, list->count);
    free(list->items);
    *list = (struct record_list){0};
}

/* ---- Both rows ------------------------------------------------------------------------------- */

size_t kept_count(const struct mpta_tracker *tracker)
{
    return tracker->connection_count + tracker->records.count;
}

/*
 * How many records have a lower id. Nearly all ids are those of records: as many as are not can
 * stand before the one that is looked for, at most.
 */
static size_t records_below(const struct mpta_tracker *tracker, uint32_t id)
{
    const struct record_list *list = &tracker->records;
    size_t others = tracker->next_connection - list->count;
    size_t high = id < list->count ? id : list->count;
    size_t low = id > others ? id - others : 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (list->items[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static const struct record *record_find(const struct mpta_tracker *tracker, uint32_t id)
{
    const struct record_list *list = &tracker->records;
    size_t index = list->count > 0 ? records_below(tracker, id) : 0;
    return index < list->count && list->items[index].id == id ? list->items[index].record : NULL;
}

struct kept kept_find(const struct mpta_tracker *tracker, uint32_t id)
{
    struct kept kept = {.record = record_find(tracker, id)};
    if (!kept.record)
        kept.live = place_connection(tracker, id);
    return kept;
}

/* The index among both of one that is there. */
static size_t index_of_live(const struct mpta_tracker *tracker, size_t live)
{
    return live + records_below(tracker, tracker->connections[live]->id);
}

/* The first one that is there whose index among both is this one or higher. */
static size_t live_from(const struct mpta_tracker *tracker, size_t index)
{
    size_t low = 0, high = tracker->connection_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (index_of_live(tracker, middle) < index)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct kept kept_at(const struct mpta_tracker *tracker, size_t index)
{
    const struct record_list *list = &tracker->records;
    if (index >= kept_count(tracker))
        return (struct kept){0};
    size_t live = list->count > 0 ? live_from(tracker, index) : index;
    if (live < tracker->connection_count &&
        (list->count == 0 || index_of_live(tracker, live) == index))
        return (struct kept){.live = tracker->connections[live]};
    return (struct kept){.record = list->items[index - live].record};
}
