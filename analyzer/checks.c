/* SPDX-License-Identifier: BSD-3-Clause */
/* A sorted list of checks, and how they gather what they cover. */
#include "analyzer/checks.h"

#include "analyzer/array.h"
#include "analyzer/checksum.h"
#include "analyzer/search.h"

#include <string.h>

/* The index of the first check that begins at or after `at`. */
static size_t first_from(const struct check_list *list, uint64_t at)
{
    const struct search begins = {list->items, sizeof(*list->items), offsetof(struct check, begin),
                                  list->count};
    return search_first(&begins, at);
}

static bool same_mapping(const struct check *a, const struct check *b)
{
    return a->begin == b->begin && a->end == b->end && a->data == b->data &&
           a->data_len == b->data_len && a->checksum == b->checksum;
}

void check_release(struct check_list *list, struct check *check)
{
    if (check->octets)
        list->held -= (uint32_t)(check->end - check->begin);
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
    uint32_t count = list->count / 2;
    for (uint32_t i = 0; i < count; i++)
        check_clear(list, &list->items[i]);
    memmove(list->items, list->items + count, (list->count - count) * sizeof(*list->items));
    list->count -= count;
}

struct check *checks_next_twin(struct check_list *list, const struct check *check, size_t *at)
{
    if (*at == 0)
        *at = first_from(list, check->begin);
    for (; *at < list->count && list->items[*at].begin == check->begin; (*at)++) {
        struct check *other = &list->items[*at];
        if (other != check && other->end == check->end) {
            (*at)++;
            return other;
        }
    }
    return NULL;
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
        list->longest = (uint32_t)(check->end - check->begin);
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

/* Makes room for copies, as far as the bound allows. */
static bool check_reserve(struct check_list *list, struct check *check)
{
    uint32_t len = (uint32_t)(check->end - check->begin);
    if (check->octets || list->held + len > CHECKS_HELD_MAX)
        return true;
    check->octets = malloc(len);
    if (!check->octets)
        return false;
    list->held += len;
    return true;
}

bool check_hold(struct check_list *list, struct check *check, const uint8_t *octets)
{
    bool is_new = !check->octets;
    if (!check_reserve(list, check))
        return false;
    if (is_new && check->octets)
        memcpy(check->octets, octets, (size_t)(check->end - check->begin));
    return true;
}

void check_overwrite(struct check *check, uint64_t begin, uint64_t end, const uint8_t *octets)
{
    uint64_t from = begin > check->begin ? begin : check->begin;
    uint64_t until = end < check->end ? end : check->end;
    uint64_t offset = from - check->begin;
    size_t len = (size_t)(until - from);
    const uint8_t *news = octets + (from - begin);
    /* In one's complement the inverse of a sum is what takes it back. */
    check->sum += checksum_piece(news, len, offset);
    check->sum += checksum_finish(checksum_piece(check->octets + offset, len, offset));
    memcpy(check->octets + offset, news, len);
}

bool check_gather(struct check_list *list, struct check *check, uint64_t begin, uint64_t end,
                  const uint8_t *octets, bool keep)
{
    uint64_t from = begin > check->begin ? begin : check->begin, overlap;
    uint64_t until = end < check->end ? end : check->end;
    bool all = from == check->begin && until == check->end && check->gathered.count == 0;
    struct range gap;
    /* A check that has gathered octets without copies goes on without. */
    if (keep && !all && check->gathered.count == 0 && !check_reserve(list, check))
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

bool check_lacks(const struct check *check, uint64_t begin, uint64_t end)
{
    uint64_t from = begin > check->begin ? begin : check->begin;
    uint64_t until = end < check->end ? end : check->end;
    return from < until && rangeset_count(&check->gathered, from, until) < until - from;
}

bool check_is_complete(const struct check *check)
{
    return !check_lacks(check, check->begin, check->end);
}

void check_list_clear(struct check_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        check_clear(list, &list->items[i]);
    free(list->items);
    *list = (struct check_list){0};
}
