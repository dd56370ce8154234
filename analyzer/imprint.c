/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Imprints in pages, each a sorted array: data that comes late over a slow path is put in its place
 * without moving all that came before.
 */
#include "analyzer/imprint.h"

#include <stdlib.h>
#include <string.h>

/* A page with room for fewer cells is short. */
#define SHORT_PAGE 128
/* A new page has room for no more than this from the beginning. */
#define USUAL_ITEMS_MAX 64
#define USUAL_CELLS_MAX (IMPRINT_PAGE / IMPRINT_CELL + USUAL_ITEMS_MAX)

/* ---- Pages ---------------------------------------------------------------------------------- */

static void page_drop(struct imprint_set *set, struct imprint_page *page)
{
    set->count -= page->count;
    free(page->items);
    free(page->prints);
    free(page->marks);
    memset(page, 0, sizeof(*page));
}

/* Some cells have marks, and all of these were acknowledged. */
static bool page_is_acked(const struct imprint_page *page, uint64_t acked)
{
    return page->marked_end > 0 && page->number * IMPRINT_PAGE + page->marked_end <= acked;
}

/* The room for them stays. */
static void page_drop_marks(struct imprint_page *page)
{
    page->marked_from = page->cell_count;
    page->marked_end = 0;
}

/*
 * The number of the lowest page there may be is known, so that only places are looked at where one
 * that has to go may be; of these there are no more than all.
 */
static void pages_drop_acked(struct imprint_set *set, uint64_t acked)
{
    uint64_t keep = acked > IMPRINT_MARGIN ? (acked - IMPRINT_MARGIN) / IMPRINT_PAGE : 0;
    if (keep <= set->lowest)
        return;
    uint64_t count = keep - set->lowest < set->page_count ? keep - set->lowest : set->page_count;
    for (uint64_t number = keep - count; number < keep; number++) {
        struct imprint_page *page = &set->pages[number % set->page_count];
        if (page->count > 0 && page->number < keep)
            page_drop(set, page);
    }
    set->lowest = keep;
}

static void pages_drop_lowest(struct imprint_set *set)
{
    struct imprint_page *lowest = NULL;
    for (uint32_t i = 0; i < set->page_count; i++) {
        struct imprint_page *page = &set->pages[i];
        if (page->count > 0 && (!lowest || page->number < lowest->number))
            lowest = page;
    }
    if (lowest)
        page_drop(set, lowest);
}

/* Pages keep apart when there is room for twice as many. */
static bool pages_grow(struct imprint_set *set)
{
    uint32_t page_count = set->page_count ? 2 * set->page_count : 1;
    struct imprint_page *pages = calloc(page_count, sizeof(*pages));
    if (!pages)
        return false;
    for (uint32_t i = 0; i < set->page_count; i++) {
        if (set->pages[i].count > 0)
            pages[set->pages[i].number % page_count] = set->pages[i];
        else /* what an insertion has left for which there was no memory */
            page_drop(set, &set->pages[i]);
    }
    free(set->pages);
    set->pages = pages;
    set->page_count = page_count;
    return true;
}

static struct imprint_page *page_slot(const struct imprint_set *set, uint64_t number)
{
    return set->page_count ? &set->pages[number % set->page_count] : NULL;
}

static struct imprint_page *page_find(const struct imprint_set *set, uint64_t number)
{
    struct imprint_page *page = page_slot(set, number);
    return page && page->count > 0 && page->number == number ? page : NULL;
}

/*
 * Pages below what was acknowledged are going to get few more. Those further below were looked at
 * when other pages were made.
 */
static void pages_drop_marks(struct imprint_set *set, uint64_t acked)
{
    uint64_t end = acked / IMPRINT_PAGE;
    for (uint64_t number = end > 2 ? end - 2 : 0; number < end; number++) {
        struct imprint_page *page = page_find(set, number);
        if (!page || !page_is_acked(page, acked))
            continue;
        page_drop_marks(page);
        free(page->marks);
        page->marks = NULL;
        page->mark_capacity = 0;
    }
}

/*
 * Makes room for a page that is not there. *page is set to it, or NULL where it lies below what is
 * kept.
 */
static bool page_make(struct imprint_set *set, uint64_t number, uint64_t acked,
                      struct imprint_page **page)
{
    struct imprint_page *slot;
    pages_drop_acked(set, acked);
    pages_drop_marks(set, acked);
    *page = NULL;
    while (!(slot = page_slot(set, number)) || slot->count > 0) {
        if (set->page_count < IMPRINT_PAGES_MAX) {
            if (!pages_grow(set))
                return false;
        } else if (slot && slot->number < number) {
            page_drop(set, slot);
        } else {
            return true;
        }
    }
    slot->number = number;
    if (number < set->lowest)
        set->lowest = number;
    *page = slot;
    return true;
}

/* ---- The imprints of a page -------------------------------------------------------------------
 */

static uint64_t imprint_begin(const struct imprint_page *page, uint32_t at)
{
    return page->number * IMPRINT_PAGE + page->items[at].begin;
}

static uint64_t imprint_end(const struct imprint_page *page, uint32_t at)
{
    return imprint_begin(page, at) + page->items[at].len;
}

/* The index of the first imprint that ends after `position`. */
static uint32_t first_ending_after(const struct imprint_page *page, uint64_t position)
{
    uint32_t low = 0, high = page->count;
    if (high == 0 || imprint_end(page, high - 1) <= position)
        return high;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (imprint_end(page, middle) <= position)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/*
 * For how many items an array of a page is made larger that has room for `capacity`. A page that is
 * new gets what others have needed, within the bound, so that those of a stream need not grow; as
 * long as the first one is short, it grows by a quarter, for most streams stay so.
 */
static uint16_t room_for(uint32_t wanted, uint16_t capacity, uint16_t *usual, uint32_t bound)
{
    if (capacity == 0 && wanted < *usual)
        return *usual;
    uint32_t larger = capacity + (capacity < SHORT_PAGE ? capacity / 4U : capacity);
    if (wanted < larger)
        wanted = larger;
    if (wanted > *usual && wanted <= bound)
        *usual = (uint16_t)wanted;
    return (uint16_t)wanted;
}

static bool page_reserve(struct imprint_set *set, struct imprint_page *page)
{
    if (page->count < page->capacity)
        return true;
    uint16_t room = room_for(page->count + 1U, page->capacity, &set->usual_items, USUAL_ITEMS_MAX);
    struct imprint *items = realloc(page->items, room * sizeof(*items));
    if (!items)
        return false;
    page->items = items;
    page->capacity = room;
    return true;
}

static bool page_reserve_cells(struct imprint_set *set, struct imprint_page *page, uint32_t more)
{
    uint32_t wanted = page->cell_count + more;
    if (page->prints && wanted <= page->cell_capacity)
        return true;
    uint16_t room = room_for(wanted, page->cell_capacity, &set->usual_cells, USUAL_CELLS_MAX);
    uint32_t *prints = realloc(page->prints, room * sizeof(*prints));
    if (!prints)
        return false;
    page->prints = prints;
    page->cell_capacity = room;
    return true;
}

/* For so many more cells with marks, which may take the place of those acknowledged. */
static bool page_reserve_marks(struct imprint_set *set, struct imprint_page *page, uint32_t more,
                               uint64_t acked)
{
    uint32_t wanted = page->cell_count - page->marked_from + more;
    if (page->marks && wanted <= page->mark_capacity)
        return true;
    if (page_is_acked(page, acked)) {
        page_drop_marks(page);
        wanted = more;
        if (wanted <= page->mark_capacity)
            return true;
    }
    uint16_t room = room_for(wanted, page->mark_capacity, &set->usual_marks, USUAL_CELLS_MAX);
    struct imprint_marks *marks = realloc(page->marks, room * sizeof(*marks));
    if (!marks)
        return false;
    page->marks = marks;
    page->mark_capacity = room;
    return true;
}

/* Leaves the imprint of [begin, end) of a piece at an index of a page. */
static bool imprint_insert(struct imprint_set *set, const struct imprint_keys *keys,
                           struct imprint_page *page, uint32_t at,
                           const struct imprint_piece *piece, uint64_t begin, uint64_t end,
                           uint64_t acked)
{
    uint32_t cells = (uint32_t)((end - 1) / IMPRINT_CELL - begin / IMPRINT_CELL + 1);
    uint16_t last = (uint16_t)((end - 1) % IMPRINT_PAGE + 1);
    if (!page_reserve(set, page) || !page_reserve_cells(set, page, cells) ||
        !page_reserve_marks(set, page, cells, acked))
        return false;
    if (at < page->count)
        memmove(page->items + at + 1, page->items + at, (page->count - at) * sizeof(*page->items));
    page->items[at] = (struct imprint){
        .subflow = piece->source.subflow,
        .shift = piece->source.shift,
        .mapped = piece->source.mapped,
        .sure = piece->source.sure,
        .second = piece->source.second,
        .begin = (uint16_t)(begin % IMPRINT_PAGE),
        .len = (uint16_t)(end - begin),
        .first_cell = (uint16_t)page->cell_count,
    };
    page->count++;
    set->count++;
    imprint_prints_fill(keys, begin, end, piece->octets + (begin - piece->begin),
                        page->prints + page->cell_count,
                        page->marks + (page->cell_count - page->marked_from));
    page->cell_count = (uint16_t)(page->cell_count + cells);
    if (last > page->marked_end)
        page->marked_end = last;
    return true;
}

static struct imprint_source source_of(const struct imprint *imprint)
{
    return (struct imprint_source){imprint->subflow, imprint->shift, imprint->mapped, imprint->sure,
                                   imprint->second};
}

/* ---- Comparing ------------------------------------------------------------------------------ */

/* What an imprint has of a cell, or what came again of that. */
struct cell {
    struct imprint_source source;
    uint64_t begin;
    uint64_t end;
    uint32_t print;
    struct imprint_sums sums;          /* of what came again */
    const struct imprint_marks *marks; /* NULL: there are none */
};

/* A bit for each octet of a range that lies in one cell. */
static uint64_t bits_of(uint64_t begin, uint64_t end)
{
    _Static_assert(IMPRINT_CELL == 64, "a bit for each octet");
    return UINT64_MAX >> (IMPRINT_CELL - (end - begin)) << begin % IMPRINT_CELL;
}

/* What an imprint has of the cell around a position that it covers. */
static struct cell cell_around(const struct imprint_page *page, uint32_t at, uint64_t position)
{
    uint64_t begin = imprint_begin(page, at), number = position / IMPRINT_CELL;
    uint64_t index = page->items[at].first_cell + number - begin / IMPRINT_CELL;
    struct cell cell = {
        .source = source_of(&page->items[at]),
        .begin = number * IMPRINT_CELL,
        .end = imprint_cell_end(position, imprint_end(page, at)),
        .print = page->prints[index],
        .marks = index >= page->marked_from ? &page->marks[index - page->marked_from] : NULL,
    };
    if (cell.begin < begin)
        cell.begin = begin;
    return cell;
}

static bool same_source(const struct imprint_source *a, const struct imprint_source *b)
{
    return a->subflow == b->subflow && a->shift == b->shift;
}

/* Sums of octets that were placed without a mapping say something of their own subflow only. */
static bool comparable(const struct imprint_source *a, const struct imprint_source *b)
{
    return same_source(a, b) || (a->mapped && b->mapped);
}

/* What came again differs from what came first. Differences side by side are told as one. */
static void tell_difference(const struct cell *first, const struct cell *again,
                            struct imprint_verdict *verdict)
{
    if (verdict->differs) {
        if (same_source(&verdict->first, &first->source) && verdict->end == again->begin)
            verdict->end = again->end;
        return;
    }
    *verdict = (struct imprint_verdict){
        .differs = true,
        .sure = first->source.sure && again->source.sure,
        .first = first->source,
        .begin = again->begin,
        .end = again->end,
    };
}

/* Both have the same boundaries. */
static void cell_compare(struct imprint_set *set, const struct cell *first,
                         const struct cell *again, struct imprint_verdict *verdict)
{
    set->compared += first->end - first->begin;
    if (first->print != again->print)
        tell_difference(first, again, verdict);
}

/* What came before of the same cell and source, or an empty part; NULL: no memory. */
static struct imprint_part *part_find(struct imprint_set *set, const struct cell *first,
                                      const struct imprint_source *source)
{
    uint64_t inside = bits_of(first->begin, first->end);
    struct imprint_part *part;
    if (!set->parts && !(set->parts = calloc(IMPRINT_PARTS, sizeof(*set->parts))))
        return NULL;
    for (part = set->parts; part < set->parts + IMPRINT_PARTS; part++) {
        if (part->covered & inside && !(part->covered & ~inside) && part->begin == first->begin &&
            same_source(&part->source, source))
            return part;
    }
    part = &set->parts[set->next_part++ % IMPRINT_PARTS];
    *part = (struct imprint_part){.source = *source, .begin = first->begin};
    return part;
}

/* All octets of a cell have come. */
static void part_finish(struct imprint_set *set, const struct imprint_keys *keys,
                        const struct cell *first, const struct imprint_part *part,
                        struct imprint_verdict *verdict)
{
    const struct cell whole = {
        .source = part->source,
        .begin = first->begin,
        .end = first->end,
        .print = imprint_print(keys, &part->sums),
    };
    if (part->told)
        set->compared += first->end - first->begin;
    else if (comparable(&first->source, &whole.source))
        cell_compare(set, first, &whole, verdict);
}

/*
 * Some octets of a cell. Where their marks are others they differ; else they are compared once the
 * rest of the cell has come. What came twice begins anew.
 */
static bool part_take(struct imprint_set *set, const struct imprint_keys *keys,
                      const struct cell *first, const struct cell *again,
                      struct imprint_verdict *verdict)
{
    struct imprint_part *part = part_find(set, first, &again->source);
    uint64_t bits = bits_of(again->begin, again->end);
    if (!part)
        return false;
    if (part->covered & bits)
        *part = (struct imprint_part){.source = again->source, .begin = first->begin};
    part->source.mapped &= again->source.mapped;
    part->source.sure &= again->source.sure;
    part->covered |= bits;
    for (size_t i = 0; i < IMPRINT_SUMS; i++)
        part->sums.sums[i] += again->sums.sums[i];
    if (first->marks &&
        imprint_marks_differ(first->marks, again->marks, again->begin, again->end)) {
        tell_difference(first, again, verdict);
        part->told = true;
    }
    if (part->covered == bits_of(first->begin, first->end)) {
        part_finish(set, keys, first, part, verdict);
        part->covered = 0;
    }
    return true;
}

/* Compares [begin, end) of a piece with an imprint of a page that covers it. */
static bool imprint_compare(struct imprint_set *set, const struct imprint_keys *keys,
                            const struct imprint_piece *piece, const struct imprint_page *page,
                            uint32_t at, uint64_t begin, uint64_t end,
                            struct imprint_verdict *verdict)
{
    struct imprint_source source = source_of(&page->items[at]);
    if (!comparable(&source, &piece->source))
        return true;
    for (uint64_t next; begin < end; begin = next) {
        next = imprint_cell_end(begin, end);
        struct cell first = cell_around(page, at, begin);
        struct imprint_marks marks;
        struct cell again = {.source = piece->source, .begin = begin, .end = next, .marks = &marks};
        imprint_sums_fill(keys, begin, next, piece->octets + (begin - piece->begin), &again.sums,
                          &marks);
        again.print = imprint_print(keys, &again.sums);
        if (begin == first.begin && next == first.end)
            cell_compare(set, &first, &again, verdict);
        else if (!part_take(set, keys, &first, &again, verdict))
            return false;
    }
    return true;
}

/* The octets [begin, end) of a piece, which lie in one page. */
static bool octets_take(struct imprint_set *set, const struct imprint_keys *keys,
                        struct imprint_page *page, const struct imprint_piece *piece,
                        uint64_t begin, uint64_t end, uint64_t acked,
                        struct imprint_verdict *verdict)
{
    uint32_t i = first_ending_after(page, begin);
    for (uint64_t next; begin < end; begin = next, i++) {
        next = end;
        if (i < page->count && imprint_begin(page, i) <= begin) {
            if (imprint_end(page, i) < next)
                next = imprint_end(page, i);
            if (!imprint_compare(set, keys, piece, page, i, begin, next, verdict))
                return false;
            continue;
        }
        if (i < page->count && imprint_begin(page, i) < next)
            next = imprint_begin(page, i);
        if (page->count == IMPRINT_PAGE_FULL)
            return true;
        if (!imprint_insert(set, keys, page, i, piece, begin, next, acked))
            return false;
    }
    return true;
}

bool imprint_take(struct imprint_set *set, const struct imprint_keys *keys,
                  const struct imprint_piece *piece, uint64_t acked,
                  struct imprint_verdict *verdict)
{
    *verdict = (struct imprint_verdict){0};
    while (set->count >= IMPRINTS_MAX)
        pages_drop_lowest(set);
    for (uint64_t at = piece->begin, next; at < piece->end; at = next) {
        struct imprint_page *page = page_find(set, at / IMPRINT_PAGE);
        next = at - at % IMPRINT_PAGE + IMPRINT_PAGE;
        if (next > piece->end)
            next = piece->end;
        if (!page && !page_make(set, at / IMPRINT_PAGE, acked, &page))
            return false;
        if (page && !octets_take(set, keys, page, piece, at, next, acked, verdict))
            return false;
    }
    return true;
}

void imprint_set_clear(struct imprint_set *set)
{
    for (uint32_t i = 0; i < set->page_count; i++)
        page_drop(set, &set->pages[i]);
    free(set->pages);
    free(set->parts);
    *set = (struct imprint_set){.compared = set->compared};
}
