/* SPDX-License-Identifier: BSD-3-Clause */
/* Round-trip samples from one direction of a subflow. It knows positions and times, no packets. */
#include "analyzer/rtt.h"

#include "analyzer/elapsed.h"

#include <string.h>

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

static void rtt_sample(struct mpta_rtt *stats, int64_t sample_ns)
{
    int64_t sum_ns;
    if (sample_ns < 0 || __builtin_add_overflow(stats->sum_ns, sample_ns, &sum_ns))
        return;
    stats->sum_ns = sum_ns;
    if (stats->samples == 0 || sample_ns < stats->min_ns)
        stats->min_ns = sample_ns;
    if (stats->samples == 0 || sample_ns > stats->max_ns)
        stats->max_ns = sample_ns;
    stats->samples++;
}

void rtt_acked(struct rtt *rtt, uint64_t ack, struct sighting seen, bool same_source)
{
    uint8_t done = 0;
    if (rtt->probe_count == 0 || (same_source && rtt->probes[0].source != seen.source))
        return;
    while (done < rtt->probe_count && rtt->probes[done].end <= ack)
        done++;
    if (done == 0)
        return;
    if (rtt->probes[done - 1].end == ack &&
        (!same_source || rtt->probes[done - 1].source == seen.source))
        rtt_sample(&rtt->stats, elapsed_ns(rtt->probes[done - 1].time_ns, seen.time_ns));
    rtt->probe_count = (uint8_t)(rtt->probe_count - done);
    memmove(rtt->probes, rtt->probes + done, rtt->probe_count * sizeof(rtt->probes[0]));
}
