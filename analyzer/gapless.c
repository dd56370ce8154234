/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/gapless.h"

#include "analyzer/seq.h"

/* What a segment of this subflow may lie behind the end of what was seen. */
#define GAPLESS_REACH (UINT64_C(1) << 24)

/* All of a half from its SYN on was captured, and a number lies at the end of that or a little
 * below. */
static bool half_reaches(const struct half *half, uint32_t number)
{
    uint64_t position = seq_extend(number, half->next);
    return half->isn_known && position >= half->isn && position <= half->next &&
           half->next - position < GAPLESS_REACH && rangeset_given_up(&half->seen) == 0 &&
           rangeset_covers(&half->seen, half->isn + 1, half->next - half->fin);
}

bool subflow_is_gapless(const struct subflow *subflow, enum role role,
                        const struct mpta_segment *segment)
{
    return half_reaches(&subflow->halves[role], segment->seq) &&
           (!(segment->flags & MPTA_TCP_ACK) ||
            half_reaches(&subflow->halves[role_other(role)], segment->ack));
}

static bool half_is_whole(const struct half *half)
{
    return half->packets == 0 ||
           (half->isn_known && rangeset_given_up(&half->seen) == 0 &&
            rangeset_covers(&half->seen, half->isn + 1, half->next - half->fin));
}

bool subflow_is_whole(const struct subflow *subflow)
{
    return half_is_whole(&subflow->halves[OPENER]) && half_is_whole(&subflow->halves[RESPONDER]);
}
