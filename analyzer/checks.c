/* SPDX-License-Identifier: BSD-3-Clause */
/* A sorted list of checks, and how they gather what they cover. */
#include "analyzer/checks.h"

#include "analyzer/array.h"
#include "analyzer/checksum.h"

#include <string.h>

/* The index of the first check that begins at or after `at`. */
static size_t first_from(const struct check_list *list, uint64_t at)
{
    size_t low = 0, high = list->count;
    if (high == 0 || list->items[high - 1].begin < at)
        return high;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (list->items[middle].begin < at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool same_mapping(const struct check *a, const struct check *b)
{
    return a->begin == b->begin && a->end == b->end && a->data == b->data &&
           a->data_len == b->data_len && a->checksum == b->checksum;
}

void check_release(struct check_list *list, struct check *check)
{
    if (check->octets)
        list->held -= (size_t)(check->end - check->begin);
    free(check->octets);
    check->octets = NULL;
}

struct check *checks_first_held(struct check_list *list, size_t count)
{
    for (size_t i = 0; list->held > 0 && i < count; i++) {
        if (list->items[i].octets)
            return &list->items[i];
    }
    return NULL;
}

static void check_clear(struct check_list *list, struct check *check)
{
    check_release(list, check);
    rangeset_clear(&check->gathered);
}

/* Forgets the lower half: the oldest, as a subflow grows. */
static void checks_forget(struct check_list *list)
{
    size_t count = list->count / 2;
    for (size_t i = 0; i < count; i++)
        check_clear(list, &list->items[i]);
    memmove(list->items, list->items + count, (list->count - count) * sizeof(*list->items));
    list->count -= count;
}

/*
 * Takes over what another check of the same octets has gathered: Linux maps the last data of a
 * stream anew, with DATA_FIN, and the octets that came before are gone.
 */
static bool check_inherit(struct check *check, const struct check *other)
{
    const struct range *ranges = rangeset_ranges(&other->gathered);
    uint64_t overlap;
    check->sum = other->sum;
    if (other->verdict != MPTA_ABSENT)
        return rangeset_add(&check->gathered, check->begin, check->end, &overlap);
    for (uint32_t i = 0; i < other->gathered.count; i++) {
        if (!rangeset_add(&check->gathered, ranges[i].begin, ranges[i].end, &overlap))
            return false;
    }
    return true;
}

/* The one added last comes before the others that begin where it does. */
bool checks_inherit(struct check_list *list, struct check *added)
{
    const struct check *end = list->items + list->count;
    for (const struct check *other = added + 1; other < end && other->begin == added->begin;
         other++) {
        if (other->end == added->end)
            return check_inherit(added, other);
    }
    return true;
}

bool checks_add(struct check_list *list, const struct check *check, struct check **added)
{
    *added = NULL;
    for (size_t i = first_from(list, check->begin);
         i < list->count && list->items[i].begin == check->begin; i++) {
        if (same_mapping(&list->items[i], check))
            return true;
    }
    if (list->count == CHECKS_MAX)
        checks_forget(list);
    struct check *items = array_reserve(list->items, list->count, &list->capacity, sizeof(*items));
    if (!items)
        return false;
    list->items = items;
    size_t at = first_from(list, check->begin);
    memmove(items + at + 1, items + at, (list->count - at) * sizeof(*items));
    items[at] = *check;
    list->count++;
    if (check->end - check->begin > list->longest)
        list->longest = check->end - check->begin;
    *added = &items[at];
    return true;
}

const struct check *checks_find(const struct check_list *list, uint64_t begin, uint64_t end,
                                uint16_t checksum)
{
    for (size_t i = first_from(list, begin); i < list->count && list->items[i].begin == begin;
         i++) {
        if (list->items[i].end == end && list->items[i].checksum == checksum)
            return &list->items[i];
    }
    return NULL;
}

struct check *checks_next(struct check_list *list, uint64_t begin, uint64_t end, size_t *at)
{
    if (*at == 0)
        *at = first_from(list, begin > list->longest ? begin - list->longest : 0);
    for (; *at < list->count && list->items[*at].begin < end; (*at)++) {
        if (list->items[*at].end > begin)
            return &list->items[(*at)++];
    }
    return NULL;
}

/* Makes room for copies; a check that has gathered octets without them goes on without. */
static bool check_keep(struct check_list *list, struct check *check)
{
    size_t len = (size_t)(check->end - check->begin);
    if (check->octets || check->gathered.count > 0 || list->held + len > CHECKS_HELD_MAX)
        return true;
    check->octets = malloc(len);
    if (!check->octets)
        return false;
    list->held += len;
    return true;
}

bool check_gather(struct check_list *list, struct check *check, uint64_t begin, uint64_t end,
                  const uint8_t *octets, bool keep)
{
    uint64_t from = begin > check->begin ? begin : check->begin, overlap;
    uint64_t until = end < check->end ? end : check->end;
    bool all = from == check->begin && until == check->end && check->gathered.count == 0;
    struct range gap;
    if (keep && !all && !check_keep(list, check))
        return false;
    while (rangeset_next_gap(&check->gathered, &from, until, &gap)) {
        size_t len = (size_t)(gap.end - gap.begin);
        uint64_t offset = gap.begin - check->begin;
        if (!rangeset_add(&check->gathered, gap.begin, gap.end, &overlap))
            return false;
        check->sum += checksum_piece(octets + (gap.begin - begin), len, offset);
        if (check->octets)
            memcpy(check->octets + offset, octets + (gap.begin - begin), len);
    }
    return true;
}

bool check_is_complete(const struct check *check)
{
    return rangeset_count(&check->gathered, check->begin, check->end) == check->end - check->begin;
}

void check_list_clear(struct check_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        check_clear(list, &list->items[i]);
    free(list->items);
    *list = (struct check_list){0};
}
