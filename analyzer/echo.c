/* SPDX-License-Identifier: BSD-3-Clause */
/* Values under way and their echoes; see echo.h. */
#include "analyzer/echo.h"

#include "analyzer/array.h"
#include "analyzer/elapsed.h"
#include "analyzer/seq.h"

#include <string.h>

/* What was sent again within one tick of the clock makes its echo ambiguous. */
static void echo_repeated(struct echo *echo, uint32_t value, uint64_t begin, uint64_t end)
{
    if (echo->probe_count == 0 || begin == end)
        return;
    uint8_t last = (uint8_t)(echo->probe_count - 1);
    if (echo->probes[last].value == value && begin < echo->probes[last].end)
        echo->probe_count = last;
}

bool echo_sent(struct echo *echo, uint32_t value, uint64_t begin, uint64_t end,
               struct sighting seen)
{
    if (echo->known && !seq_is_after(value, echo->newest)) {
        echo_repeated(echo, value, begin, end);
        return true;
    }
    echo->known = true;
    echo->newest = value;
    if (begin == end || value == 0 || echo->probe_count == ECHO_PROBES)
        return true;
    uint32_t capacity = echo->probe_capacity;
    struct echo_probe *probes =
        array_reserve(echo->probes, echo->probe_count, &capacity, sizeof(*probes));
    if (!probes)
        return false;
    echo->probes = probes;
    echo->probe_capacity = (uint8_t)capacity;
    if (echo->probe_count == 0 || end < echo->least_end)
        echo->least_end = end;
    probes[echo->probe_count++] = (struct echo_probe){end, seen.time_ns, value, seen.source};
    return true;
}

/* Takes a probe out, and keeps their order. */
static void probe_remove(struct echo *echo, uint32_t index)
{
    echo->probe_count--;
    memmove(echo->probes + index, echo->probes + index + 1,
            (echo->probe_count - index) * sizeof(echo->probes[0]));
    echo->least_end = UINT64_MAX;
    for (uint32_t i = 0; i < echo->probe_count; i++) {
        if (echo->probes[i].end < echo->least_end)
            echo->least_end = echo->probes[i].end;
    }
}

/* What is acknowledged is under way no more, whichever value was echoed for it. */
bool echo_acked(struct echo *echo, uint32_t value, uint64_t ack, struct sighting seen,
                bool same_source)
{
    uint32_t i = 0;
    if (echo->probe_count == 0 || ack < echo->least_end)
        return true;
    while (i < echo->probe_count) {
        if (echo->probes[i].end > ack || (same_source && echo->probes[i].source != seen.source)) {
            i++;
            continue;
        }
        if (echo->probes[i].value == value &&
            !durations_add(&echo->stats, elapsed_ns(echo->probes[i].time_ns, seen.time_ns)))
            return false;
        probe_remove(echo, i);
    }
    return true;
}

void echo_forget(struct echo *echo)
{
    free(echo->probes);
    echo->probes = NULL;
    echo->probe_count = echo->probe_capacity = 0;
}

void echo_clear(struct echo *echo)
{
    echo_forget(echo);
    durations_clear(&echo->stats);
}
