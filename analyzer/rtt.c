/* SPDX-License-Identifier: BSD-3-Clause */
/* Round-trip samples from one direction of a subflow. It knows positions and times, no packets. */
#include "analyzer/rtt.h"

#include "analyzer/elapsed.h"

#include <string.h>

struct mpta_rtt rtt_view(const struct durations *stats)
{
    return (struct mpta_rtt){
        .samples = stats->samples,
        .min_ns = stats->min_ns,
        .max_ns = stats->max_ns,
        .sum_ns = stats->sum_ns,
        .median_ns = durations_quantile(stats, 50),
        .p95_ns = durations_quantile(stats, 95),
    };
}

void rtt_sent(struct rtt *rtt, uint64_t end, struct sighting seen)
{
    if (rtt->probe_count == RTT_PROBES)
        return;
    rtt->probes[rtt->probe_count].end = end;
    rtt->probes[rtt->probe_count].time_ns = seen.time_ns;
    rtt->probes[rtt->probe_count].source = seen.source;
    rtt->probe_count++;
}

void rtt_ambiguous(struct rtt *rtt)
{
    rtt->probe_count = 0;
}

bool rtt_acked(struct rtt *rtt, uint64_t ack, struct sighting seen, bool same_source)
{
    uint8_t done = 0;
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
