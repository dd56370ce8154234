/* SPDX-License-Identifier: BSD-3-Clause */
/* Round-trip samples from one direction of a subflow. It knows positions and times, no packets. */
#include "analyzer/rtt.h"

#include "analyzer/array.h"
#include "analyzer/elapsed.h"

#include <string.h>

struct mpta_rtt rtt_view(const struct durations *stats)
{
    if (stats->samples == 0)
        return (struct mpta_rtt){0};
    return (struct mpta_rtt){
        .samples = stats->samples,
        .min_ns = stats->min_ns,
        .max_ns = stats->max_ns,
        .sum_ns = stats->sum_ns,
        .median_ns = durations_quantile(stats, 50),
        .p95_ns = durations_quantile(stats, 95),
    };
}

bool rtt_sent(struct rtt *rtt, uint64_t end, struct sighting seen)
{
    if (rtt->probe_count == RTT_PROBES)
        return true;
    uint32_t capacity = rtt->probe_capacity;
    struct rtt_probe *probes =
        array_reserve(rtt->probes, rtt->probe_count, &capacity, sizeof(*probes));
    if (!probes)
        return false;
    rtt->probes = probes;
    rtt->probe_capacity = (uint8_t)capacity;
    probes[rtt->probe_count++] = (struct rtt_probe){end, seen.time_ns, seen.source};
    return true;
}

void rtt_ambiguous(struct rtt *rtt)
{
    rtt->probe_count = 0;
}

bool rtt_acked(struct rtt *rtt, uint64_t ack, struct sighting seen, bool same_source)
{
    uint32_t done = 0;
    if (rtt->probe_count == 0 || (same_source && rtt->probes[0].source != seen.source))
        return true;
    while (done < rtt->probe_count && rtt->probes[done].end <= ack)
        done++;
    if (done == 0)
        return true;
    if (rtt->probes[done - 1].end == ack &&
        (!same_source || rtt->probes[done - 1].source == seen.source) &&
        !durations_add(&rtt->stats, elapsed_ns(rtt->probes[done - 1].time_ns, seen.time_ns)))
        return false;
    rtt->probe_count = (uint8_t)(rtt->probe_count - done);
    memmove(rtt->probes, rtt->probes + done, rtt->probe_count * sizeof(rtt->probes[0]));
    return true;
}

void rtt_forget(struct rtt *rtt)
{
    free(rtt->probes);
    rtt->probes = NULL;
    rtt->probe_count = rtt->probe_capacity = 0;
}

void rtt_clear(struct rtt *rtt)
{
    rtt_forget(rtt);
    durations_clear(&rtt->stats);
}
