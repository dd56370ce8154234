/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Right checksums give credit and each wrong one costs some, so that a rule is never taken for
 * damage for long: a capture point behind which something else computes them, or a host that joins
 * packets from a certain moment on.
 */
#include "analyzer/damage.h"

#include "analyzer/checksum.h"
#include "analyzer/part.h"
#include "analyzer/seq.h"
#include "analyzer/tracker.h"

/* So many right checksums outweigh a wrong one, */
#define DAMAGE_PRICE 3
/* and so many are remembered: no more than eight packets in a row are damaged. */
#define DAMAGE_CREDIT 24

enum sum {
    SUM_RIGHT,
    SUM_OFFLOADED, /* left for an interface to compute */
    SUM_WRONG,
};

/* ---- One checksum ---------------------------------------------------------------------------- */

/*
 * Hosts leave nothing, or the sum of the pseudo-header, some without the length of what is still to
 * be cut, for the interface to go on with.
 */
static bool sum_is_offloaded(const struct mpta_segment *segment)
{
    enum { HEADER_LEN = 20 };
    uint64_t pseudo = checksum_tcp_pseudo_header(segment);
    uint16_t len = (uint16_t)(HEADER_LEN + segment->options_len + segment->payload_len);
    uint16_t whole = checksum_finish(pseudo);
    uint16_t without_len = checksum_finish(pseudo + (uint16_t)~len);
    uint16_t checksum = segment->checksum, inverse = (uint16_t)~checksum;
    return checksum == 0 || checksum == whole || inverse == whole || checksum == without_len ||
           inverse == without_len;
}

static enum sum sum_judge(const struct mpta_segment *segment)
{
    if (checksum_tcp_is_right(segment))
        return SUM_RIGHT;
    return sum_is_offloaded(segment) ? SUM_OFFLOADED : SUM_WRONG;
}

/* ---- The habit of a sender ------------------------------------------------------------------- */

/* Its habit at a capture point; NULL where there are too many of these. */
static struct sum_habit *habit_at(struct damage *damage, uint32_t source)
{
    for (size_t i = 0; i < DAMAGE_SOURCES; i++) {
        struct sum_habit *habit = &damage->habits[i];
        if (!habit->used)
            *habit = (struct sum_habit){.source = source, .used = true};
        if (habit->source == source)
            return habit;
    }
    return NULL;
}

static void habit_take_right(struct sum_habit *habit, uint32_t payload_len)
{
    if (habit->credit < DAMAGE_CREDIT)
        habit->credit++;
    if (payload_len > habit->payload_len)
        habit->payload_len = payload_len;
}

/* What joined packets is longer than any that came alone: RFC 9293 knows of no such thing. */
static bool habit_take_wrong(struct sum_habit *habit, uint32_t payload_len)
{
    bool damaged = habit->credit >= DAMAGE_PRICE && payload_len <= habit->payload_len;
    habit->credit = (uint8_t)(damaged ? habit->credit - DAMAGE_PRICE : 0);
    return damaged;
}

/* ---- All of it ------------------------------------------------------------------------------- */

bool damage_is_doubtful(const struct half *half)
{
    const struct damaged *damaged = half->damage.damaged;
    return damaged && damaged->end > damaged->begin && half->acked >= damaged->end &&
           rangeset_count(&half->seen, damaged->begin, damaged->end) <
               damaged->end - damaged->begin;
}

static bool damage_note(struct half *half, const struct incoming *in)
{
    struct damaged *damaged = half->damage.damaged =
        part_make(half->damage.damaged, sizeof(*damaged));
    if (!damaged)
        return false;
    if (damaged->count++ == 0)
        damaged->first = in->packet->place;
    if (in->segment->payload_len == 0)
        return true;
    damaged->begin = seq_extend(in->segment->seq, half->next);
    damaged->end = damaged->begin + in->segment->payload_len;
    return true;
}

bool damage_take(const struct incoming *in, bool *damaged)
{
    const struct mpta_segment *segment = in->segment;
    struct half *half = in->sender;
    struct sum_habit *habit =
        segment->octets ? habit_at(&half->damage, packet_source(in->packet)) : NULL;
    *damaged = false;
    if (!habit || habit->offloaded)
        return true;
    enum sum sum = sum_judge(segment);
    habit->offloaded = sum == SUM_OFFLOADED;
    if (sum == SUM_RIGHT)
        habit_take_right(habit, segment->payload_len);
    if (sum != SUM_WRONG || damage_is_doubtful(half) ||
        !habit_take_wrong(habit, segment->payload_len))
        return true;
    *damaged = true;
    return damage_note(half, in);
}
