/* SPDX-License-Identifier: BSD-3-Clause */
/* Holes and when they were left, repeats and what is echoed for them; see loss.h. */
#include "analyzer/loss.h"

#include "analyzer/array.h"
#include "analyzer/elapsed.h"
#include "analyzer/seq.h"

#include <string.h>

int64_t loss_allowance_ns(int64_t round_trip_ns)
{
    if (round_trip_ns < 0)
        return LOSS_ALLOWANCE_UNKNOWN_NS;
    int64_t allowance_ns = round_trip_ns / 4 * 3;
    return allowance_ns > LOSS_ALLOWANCE_NS ? allowance_ns : LOSS_ALLOWANCE_NS;
}

static void repeat_remove(struct loss *loss, size_t index)
{
    loss->waiting -= !loss->repeats[index].acked;
    loss->repeat_count--;
    memmove(loss->repeats + index, loss->repeats + index + 1,
            (loss->repeat_count - index) * sizeof(*loss->repeats));
}

bool loss_repeated(struct loss *loss, struct loss_repeat repeat)
{
    if (loss->repeat_count == LOSS_REPEATS)
        repeat_remove(loss, 0);
    struct loss_repeat *repeats =
        array_reserve(loss->repeats, loss->repeat_count, &loss->repeat_capacity, sizeof(*repeats));
    if (!repeats)
        return false;
    loss->repeats = repeats;
    repeats[loss->repeat_count++] = repeat;
    loss->waiting += !repeat.acked;
    loss->retransmitted++;
    loss->needless += repeat.needless;
    return true;
}

/* The first acknowledgement of a repeat is that of what arrived first. */
void loss_acked(struct loss *loss, uint64_t ack, uint32_t value)
{
    for (size_t i = 0; loss->waiting > 0 && i < loss->repeat_count; i++) {
        struct loss_repeat *repeat = &loss->repeats[i];
        if (repeat->acked || repeat->end > ack)
            continue;
        repeat->acked = true;
        repeat->needless = value != 0 && repeat->value != 0 && seq_is_after(repeat->value, value);
        loss->needless += repeat->needless;
        loss->waiting--;
    }
}

/* Which of two repeats is spoken of first: the lower one, and of one range a needless one. */
static bool repeat_precedes(const struct loss_repeat *one, const struct loss_repeat *other)
{
    return one->begin < other->begin ||
           (one->begin == other->begin && one->needless && !other->needless);
}

/* The first repeat within [begin, end); the count of repeats if there is none. */
static size_t repeat_within(const struct loss *loss, uint64_t begin, uint64_t end)
{
    size_t found = loss->repeat_count;
    for (size_t i = 0; i < loss->repeat_count; i++) {
        const struct loss_repeat *repeat = &loss->repeats[i];
        if (repeat->begin >= begin && repeat->end <= end &&
            (found == loss->repeat_count || repeat_precedes(repeat, &loss->repeats[found])))
            found = i;
    }
    return found;
}

/* It speaks of one needless repeat of each octet. */
void loss_received_twice(struct loss *loss, uint64_t begin, uint64_t end)
{
    size_t index;
    while ((index = repeat_within(loss, begin, end)) < loss->repeat_count) {
        loss->needless += !loss->repeats[index].needless;
        begin = loss->repeats[index].end;
        repeat_remove(loss, index);
    }
}

static void hole_remove(struct loss *loss, size_t index)
{
    loss->count--;
    memmove(loss->holes + index, loss->holes + index + 1,
            (loss->count - index) * sizeof(*loss->holes));
}

static bool hole_insert(struct loss *loss, size_t index, struct loss_hole hole)
{
    struct loss_hole *holes =
        array_reserve(loss->holes, loss->count, &loss->capacity, sizeof(*holes));
    if (!holes)
        return false;
    loss->holes = holes;
    memmove(holes + index + 1, holes + index, (loss->count - index) * sizeof(*holes));
    holes[index] = hole;
    loss->count++;
    return true;
}

bool loss_left_out(struct loss *loss, const struct loss_hole *hole)
{
    if (loss->count == LOSS_HOLES)
        hole_remove(loss, 0);
    return hole_insert(loss, loss->count, *hole);
}

/*
 * The packet that fills a hole was sent before the one that left it. Identifications count up by
 * packets, or by chance seem to, one time in a thousand.
 */
static bool was_sent_before(const struct loss_hole *piece, const struct loss_hole *hole)
{
    uint16_t ids = (uint16_t)(hole->ip_id - piece->ip_id);
    if (piece->value != 0 && hole->value != 0 && piece->value != hole->value)
        return seq_is_after(hole->value, piece->value);
    return piece->ip_id != 0 && hole->ip_id != 0 && ids > 0 && ids <= LOSS_HOLES;
}

/* Takes a piece out of the hole at *index, and moves on to the next one. */
static bool hole_cut(struct loss *loss, size_t *index, const struct loss_hole *piece)
{
    struct loss_hole *hole = &loss->holes[*index];
    struct loss_hole above = *hole;
    above.begin = piece->end;
    bool keeps_below = hole->begin < piece->begin, keeps_above = above.begin < above.end;
    if (!keeps_below && !keeps_above) {
        hole_remove(loss, *index);
        return true;
    }
    if (keeps_below)
        hole->end = piece->begin;
    else
        *hole = above;
    ++*index;
    if (!keeps_below || !keeps_above || loss->count == LOSS_HOLES)
        return true;
    return hole_insert(loss, (*index)++, above);
}

bool loss_filled(struct loss *loss, const struct loss_hole *piece, int64_t allowance_ns,
                 bool needless)
{
    bool late = false;
    size_t i = 0;
    while (i < loss->count && loss->holes[i].end <= piece->begin)
        i++;
    while (i < loss->count && loss->holes[i].begin < piece->end) {
        late |= elapsed_ns(loss->holes[i].time_ns, piece->time_ns) > allowance_ns &&
                !was_sent_before(piece, &loss->holes[i]);
        if (!hole_cut(loss, &i, piece))
            return false;
    }
    loss->filled_late += late && !needless;
    return true;
}

uint64_t loss_behind(const struct loss *loss)
{
    return loss->retransmitted - loss->needless;
}

uint64_t loss_before(const struct loss *loss)
{
    return loss->filled_late;
}

void loss_clear(struct loss *loss)
{
    free(loss->holes);
    free(loss->repeats);
    *loss = (struct loss){0};
}

void loss_free(struct loss *loss)
{
    if (loss)
        loss_clear(loss);
    free(loss);
}
