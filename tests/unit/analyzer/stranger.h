/* SPDX-License-Identifier: BSD-3-Clause */
/* A packet of somebody else, of whom nothing is told: it says only how late it is. */
#ifndef STRANGER_H
#define STRANGER_H

#include "analyzer/analyzer.h"

/* What cmocka's own header asks for. */
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static inline void stranger_feed(struct mpta_tracker *tracker, int64_t time_ns)
{
    const struct mpta_segment segment = {
        .src = {.family = 4, .octets = {198, 51, 100, 1}},
        .dst = {.family = 4, .octets = {198, 51, 100, 2}},
        .src_port = 9,
        .dst_port = 99,
        .flags = MPTA_TCP_ACK,
    };
    const struct mpta_packet packet = {.place = mpta_place_of(1, time_ns, 0), .segment = &segment};
    struct mpta_fed fed;
    assert_int_equal(mpta_tracker_feed(tracker, &packet, &fed), MPTA_OK);
    assert_false(fed.has_subflow);
}

#endif
