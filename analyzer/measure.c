/* SPDX-License-Identifier: BSD-3-Clause */
/* Counters and stop-watches; see measure.h. */
#include "analyzer/measure.h"

#include "analyzer/elapsed.h"

void measure_packet(struct half_measure *measure, int64_t time_ns, bool has_payload)
{
    struct mpta_flow_measure *view = &measure->view;
    int64_t idle_ns = measure->has_packet ? elapsed_ns(measure->last_packet_ns, time_ns) : 0;
    if (idle_ns > view->longest_idle_ns)
        view->longest_idle_ns = idle_ns;
    measure->has_packet = true;
    measure->last_packet_ns = time_ns;
    if (!has_payload)
        return;
    if (view->data_packets++ == 0)
        view->first_data_ns = time_ns;
    view->last_data_ns = time_ns;
}

static void stall_end(struct stream_measure *measure, int64_t time_ns)
{
    struct mpta_stream_measure *view = &measure->view;
    int64_t stalled_ns = elapsed_ns(measure->stalled_ns, time_ns);
    if (!measure->stalled)
        return;
    measure->stalled = false;
    if (stalled_ns <= 0 || __builtin_add_overflow(view->stall_ns, stalled_ns, &view->stall_ns))
        return;
    view->stalls++;
    if (stalled_ns > view->longest_stall_ns) {
        view->longest_stall_ns = stalled_ns;
        view->longest_stall_at_ns = measure->stalled_ns;
    }
}

static void hand_over(struct stream_measure *measure, const struct half *half,
                      const struct stream_piece *piece)
{
    bool quiet = measure->active && measure->active != half &&
                 elapsed_ns(measure->active_ns, piece->time_ns) >= HAND_OVER_QUIET_NS;
    if (measure->active && measure->active != half && !quiet)
        return;
    if (quiet && (piece->reinjected || piece->outstanding))
        measure->view.hand_overs++;
    measure->active = half;
    measure->active_ns = piece->time_ns;
}

void measure_data(struct stream_measure *measure, const struct half *half,
                  const struct stream_piece *piece)
{
    struct mpta_stream_measure *view = &measure->view;
    if (!measure->has_data)
        view->first_data_ns = piece->time_ns;
    measure->has_data = true;
    view->last_data_ns = piece->time_ns;
    if (piece->waiting && !measure->stalled) {
        measure->stalled = true;
        measure->stalled_ns = piece->time_ns;
    } else if (!piece->waiting) {
        stall_end(measure, piece->time_ns);
    }
    if (!piece->beyond)
        rtt_ambiguous(&measure->ack_latency);
    else
        rtt_sent(&measure->ack_latency, piece->end, (struct sighting){.time_ns = piece->time_ns});
    hand_over(measure, half, piece);
}

void measure_data_ack(struct stream_measure *measure, uint64_t acked, bool all,
                      struct sighting seen)
{
    if (all)
        stall_end(measure, seen.time_ns);
    rtt_acked(&measure->ack_latency, acked, seen, false);
}
