/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Imprints in pages, each a sorted array: data that comes late over a slow path is put in its place
 * without moving all that came before. The sum runs over words that
 * lie at multiples of four in the stream, wherever they lie in memory; what is missing of a word at
 * either end of a piece counts as zero, which is why sums of neighbours add up.
 */
#include "analyzer/imprint.h"

#include "analyzer/array.h"
#include "analyzer/siphash.h"

#include <stdlib.h>
#include <string.h>

/* So many words are summed in one go: a number that compilers make vectors of. */
#define STRIDE 16

void imprint_keys_make(struct imprint_keys *keys, const uint8_t secret[16])
{
    static const char label[] = "imprint";
    struct {
        char label[sizeof(label)];
        uint64_t number;
    } of = {.number = 0};
    _Static_assert(sizeof(of) == 16, "no padding, it is hashed whole");
    memcpy(of.label, label, sizeof(label));
    for (; of.number < IMPRINT_LEN_MAX / 4; of.number++) {
        keys->words[of.number] = (uint32_t)siphash(secret, &of, sizeof(of));
        keys->words[of.number + IMPRINT_LEN_MAX / 4] = keys->words[of.number];
    }
}

/* ---- Sums ----------------------------------------------------------------------------------- */

/* The octets [from, from + len) of a word; the others are zero. */
static uint32_t word_part(const uint8_t *octets, size_t from, size_t len)
{
    uint8_t word[4] = {0};
    uint32_t value;
    memcpy(word + from, octets, len);
    memcpy(&value, word, 4);
    return value;
}

static uint64_t words_sum(const uint32_t *keys, const uint8_t *octets, size_t count)
{
    uint64_t sum = 0;
    uint32_t word;
    size_t i = 0;
    for (; i + STRIDE <= count; i += STRIDE) {
        for (size_t k = 0; k < STRIDE; k++) {
            memcpy(&word, octets + 4 * (i + k), 4);
            sum += (uint64_t)word * keys[i + k];
        }
    }
    for (; i < count; i++) {
        memcpy(&word, octets + 4 * i, 4);
        sum += (uint64_t)word * keys[i];
    }
    return sum;
}

/* The sum of octets that make one imprint at most. */
static uint64_t piece_sum(const struct imprint_keys *keys, uint64_t begin, uint64_t end,
                          const uint8_t *octets)
{
    const uint32_t *key = keys->words + begin % IMPRINT_LEN_MAX / 4;
    size_t len = (size_t)(end - begin), from = begin % 4, lead = from ? 4 - from : 0;
    uint64_t sum = 0;
    if (lead > len)
        lead = len;
    if (lead > 0)
        sum += (uint64_t)word_part(octets, from, lead) * *key++;
    len -= lead;
    octets += lead;
    sum += words_sum(key, octets, len / 4);
    if (len % 4 > 0)
        sum += (uint64_t)word_part(octets + len / 4 * 4, 0, len % 4) * key[len / 4];
    return sum;
}

/* The sum of [begin, end) of a piece. */
static uint64_t sum_of(const struct imprint_keys *keys, const struct imprint_piece *piece,
                       uint64_t begin, uint64_t end)
{
    return piece_sum(keys, begin, end, piece->octets + (begin - piece->begin));
}

/* ---- Pages ---------------------------------------------------------------------------------- */

static void page_drop(struct imprint_set *set, struct imprint_page *page)
{
    set->count -= page->count;
    free(page->items);
    *page = (struct imprint_page){0};
}

static void pages_drop_acked(struct imprint_set *set, uint64_t acked)
{
    uint64_t keep = acked > IMPRINT_MARGIN ? (acked - IMPRINT_MARGIN) / IMPRINT_PAGE : 0;
    for (uint32_t i = 0; i < set->page_count; i++) {
        if (set->pages[i].count > 0 && set->pages[i].number < keep)
            page_drop(set, &set->pages[i]);
    }
}

static void pages_drop_lowest(struct imprint_set *set)
{
    struct imprint_page *lowest = NULL;
    for (uint32_t i = 0; i < set->page_count; i++) {
        struct imprint_page *page = &set->pages[i];
        if (page->count > 0 && (!lowest || page->number < lowest->number))
            lowest = page;
    }
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
 * Makes room for a page that is not there. *page is set to it, or NULL where it lies below what is
 * kept.
 */
static bool page_make(struct imprint_set *set, uint64_t number, uint64_t acked,
                      struct imprint_page **page)
{
    pages_drop_acked(set, acked);
    while (!(*page = page_slot(set, number)) || (*page)->count > 0) {
        if (set->page_count < IMPRINT_PAGES_MAX) {
            if (!pages_grow(set))
                return false;
        } else if ((*page)->number < number) {
            page_drop(set, *page);
        } else {
            *page = NULL;
            return true;
        }
    }
    (*page)->number = number;
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

static bool page_reserve(struct imprint_page *page)
{
    size_t capacity = page->capacity;
    struct imprint *items =
        array_reserve(page->items, page->count, &capacity, sizeof(*page->items));
    if (!items)
        return false;
    page->items = items;
    page->capacity = (uint32_t)capacity;
    return true;
}

/* Leaves the imprint of [begin, end) of a piece at an index of a page. */
static bool imprint_insert(struct imprint_set *set, const struct imprint_keys *keys,
                           struct imprint_page *page, uint32_t at,
                           const struct imprint_piece *piece, uint64_t begin, uint64_t end)
{
    if (!page_reserve(page))
        return false;
    memmove(page->items + at + 1, page->items + at, (page->count - at) * sizeof(*page->items));
    page->items[at] = (struct imprint){
        .sum = sum_of(keys, piece, begin, end),
        .subflow = piece->source.subflow,
        .shift = piece->source.shift,
        .begin = (uint16_t)(begin % IMPRINT_PAGE),
        .len = (uint16_t)(end - begin),
        .mapped = piece->source.mapped,
        .sure = piece->source.sure,
    };
    page->count++;
    set->count++;
    return true;
}

static struct imprint_source source_of(const struct imprint *imprint)
{
    return (struct imprint_source){imprint->subflow, imprint->shift, imprint->mapped,
                                   imprint->sure};
}

/* ---- Comparing ------------------------------------------------------------------------------ */

static bool same_source(const struct imprint_source *a, const struct imprint_source *b)
{
    return a->subflow == b->subflow && a->shift == b->shift;
}

/* True once the octets [begin, end) have completed what came before them of an imprint. */
static bool part_completes(struct imprint_set *set, const struct imprint_keys *keys,
                           const struct imprint_piece *piece, const struct imprint_page *page,
                           uint32_t at, uint64_t begin, uint64_t end)
{
    bool first = begin == imprint_begin(page, at);
    bool goes_on = set->part.begin == imprint_begin(page, at) && set->part.end == begin &&
                   same_source(&set->part.source, &piece->source);
    if (!first && !goes_on)
        return false;
    if (first) {
        set->part.source = piece->source;
        set->part.begin = begin;
        set->part.sum = 0;
    }
    set->part.sum += sum_of(keys, piece, begin, end);
    set->part.end = end;
    return end == imprint_end(page, at);
}

/* Sums of octets that were placed without a mapping say something of their own subflow only. */
static bool comparable(const struct imprint_source *a, const struct imprint_source *b)
{
    return same_source(a, b) || (a->mapped && b->mapped);
}

/* Compares [begin, end) of a piece with an imprint of a page that covers it. */
static void imprint_compare(struct imprint_set *set, const struct imprint_keys *keys,
                            const struct imprint_piece *piece, const struct imprint_page *page,
                            uint32_t at, uint64_t begin, uint64_t end,
                            struct imprint_verdict *verdict)
{
    struct imprint_source first = source_of(&page->items[at]);
    if (!comparable(&first, &piece->source) ||
        !part_completes(set, keys, piece, page, at, begin, end) ||
        set->part.sum == page->items[at].sum || verdict->differs)
        return;
    *verdict = (struct imprint_verdict){
        .differs = true,
        .first = first,
        .begin = imprint_begin(page, at),
        .end = end,
    };
}

/* The part [begin, end) of a piece, which lies in one page and leaves one imprint at most. */
static bool part_take(struct imprint_set *set, const struct imprint_keys *keys,
                      struct imprint_page *page, const struct imprint_piece *piece, uint64_t begin,
                      uint64_t end, struct imprint_verdict *verdict)
{
    uint32_t i = first_ending_after(page, begin);
    for (uint64_t next; begin < end; begin = next, i++) {
        next = end;
        if (i < page->count && imprint_begin(page, i) <= begin) {
            if (imprint_end(page, i) < next)
                next = imprint_end(page, i);
            imprint_compare(set, keys, piece, page, i, begin, next, verdict);
            continue;
        }
        if (i < page->count && imprint_begin(page, i) < next)
            next = imprint_begin(page, i);
        if (page->count == IMPRINT_PAGE_FULL)
            return true;
        if (!imprint_insert(set, keys, page, i, piece, begin, next))
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
    uint64_t unit = piece->end - piece->begin > IMPRINT_LEN_MAX ? IMPRINT_CHUNK : IMPRINT_PAGE;
    for (uint64_t at = piece->begin, next; at < piece->end; at = next) {
        struct imprint_page *page = page_find(set, at / IMPRINT_PAGE);
        next = at - at % unit + unit;
        if (next > piece->end)
            next = piece->end;
        if (!page && !page_make(set, at / IMPRINT_PAGE, acked, &page))
            return false;
        if (page && !part_take(set, keys, page, piece, at, next, verdict))
            return false;
    }
    return true;
}

void imprint_set_clear(struct imprint_set *set)
{
    for (uint32_t i = 0; i < set->page_count; i++)
        free(set->pages[i].items);
    free(set->pages);
    *set = (struct imprint_set){0};
}
