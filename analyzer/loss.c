/* SPDX-License-Identifier: BSD-3-Clause */
/* Holes and when they were left, repeats and what is echoed for them; see loss.h. */
#include "analyzer/loss.h"

#include "analyzer/array.h"
#include "analyzer/elapsed.h"
#include "analyzer/seq.h"

#include <string.h>

int64_t loss_allowance_ns(int64_t round_trip_ns)
{
    int64_t allowance_ns = round_trip_ns / 4 * 3;
    return allowance_ns > LOSS_ALLOWANCE_NS ? allowance_ns : LOSS_ALLOWANCE_NS;
}

bool loss_repeated(struct loss *loss, bool needless, uint64_t end, uint32_t value)
{
    loss->retransmitted++;
    loss->needless += needless;
    if (needless || value == 0 || loss->repeat_count == LOSS_REPEATS)
        return true;
    struct loss_repeat *repeats =
        array_reserve(loss->repeats, loss->repeat_count, &loss->repeat_capacity, sizeof(*repeats));
    if (!repeats)
        return false;
    loss->repeats = repeats;
    repeats[loss->repeat_count++] = (struct loss_repeat){end, value};
    return true;
}

void loss_acked(struct loss *loss, uint64_t ack, uint32_t value)
{
    size_t kept = 0;
    for (size_t i = 0; i < loss->repeat_count; i++) {
        const struct loss_repeat repeat = loss->repeats[i];
        if (repeat.end > ack)
            loss->repeats[kept++] = repeat;
        else
            loss->needless += value != 0 && seq_is_after(repeat.value, value);
    }
    loss->repeat_count = kept;
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

bool loss_left_out(struct loss *loss, uint64_t begin, uint64_t end, int64_t time_ns)
{
    if (loss->count == LOSS_HOLES)
        hole_remove(loss, 0);
    return hole_insert(loss, loss->count, (struct loss_hole){begin, end, time_ns});
}

/* Takes a piece out of the hole at *index, and moves on to the next one. */
static bool hole_cut(struct loss *loss, size_t *index, const struct loss_hole *piece)
{
    struct loss_hole *hole = &loss->holes[*index];
    struct loss_hole above = {piece->end, hole->end, hole->time_ns};
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
        late |= elapsed_ns(loss->holes[i].time_ns, piece->time_ns) > allowance_ns;
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
