/* SPDX-License-Identifier: BSD-3-Clause */
/* Counters and stop-watches; see measure.h. */
#include "analyzer/measure.h"

#include "analyzer/connection.h"
#include "analyzer/elapsed.h"
#include "analyzer/part.h"

/* So many subflows are asked whether they fell silent. */
#define PATHS_ASKED_MAX 64

void measure_packet(struct half_measure *measure, int64_t time_ns, bool has_payload)
{
    struct flow_measure *flow = &measure->flow;
    int64_t idle_ns = measure->has_packet ? elapsed_ns(measure->last_packet_ns, time_ns) : 0;
    if (idle_ns > flow->longest_idle_ns)
        flow->longest_idle_ns = idle_ns;
    measure->has_packet = true;
    measure->last_packet_ns = time_ns;
    if (!has_payload)
        return;
    if (flow->data_packets == 0 || time_ns < flow->first_data_ns)
        flow->first_data_ns = time_ns;
    if (flow->data_packets == 0 || time_ns > flow->last_data_ns)
        flow->last_data_ns = time_ns;
    flow->data_packets++;
}

void measure_fresh(struct half_measure *measure, int64_t time_ns, uint64_t bytes)
{
    struct flow_measure *flow = &measure->flow;
    if (bytes == 0)
        return;
    if (flow->fresh_bytes == 0 || time_ns < flow->first_fresh_ns)
        flow->first_fresh_ns = time_ns;
    if (flow->fresh_bytes == 0 || time_ns > flow->last_fresh_ns)
        flow->last_fresh_ns = time_ns;
    flow->fresh_bytes += bytes;
}

/* ---- One direction of a subflow -------------------------------------------------------------- */

/* Its shortest round trip; false if there is none. */
static bool shortest(const struct half_measure *measure, int64_t *round_trip_ns)
{
    const struct durations *stats =
        measure->rtt.stats.samples > 0 ? &measure->rtt.stats : &measure->echo.stats;
    *round_trip_ns = stats->min_ns;
    return stats->samples > 0;
}

/* From one end of the path to the other and back; below 0 where it is not known. */
static int64_t path_round_trip_ns(const struct half_measure *measure,
                                  const struct half_measure *other)
{
    int64_t there_ns, back_ns, sum_ns;
    bool there = shortest(measure, &there_ns), back = shortest(other, &back_ns);
    if (__builtin_add_overflow(there_ns, back_ns, &sum_ns))
        sum_ns = INT64_MAX;
    return there || back ? sum_ns : -1;
}

/* What is not in order. */
static bool take_disorder(struct half_measure *measure, const struct half_measure *other,
                          const struct payload_piece *piece)
{
    bool needless = piece->end <= piece->acked;
    struct loss *loss = measure->loss = part_make(measure->loss, sizeof(*measure->loss));
    if (!loss)
        return false;
    rtt_ambiguous(&measure->rtt);
    if (piece->end <= piece->next)
        loss->out_of_order_bytes += piece->end - piece->begin - piece->overlap;
    const struct loss_repeat repeat = {piece->begin, piece->end, piece->value, needless, needless};
    if (piece->overlap > 0 && !loss_repeated(loss, repeat))
        return false;
    if (piece->overlap == piece->end - piece->begin)
        return true;
    const struct loss_hole hole = {piece->begin, piece->end, piece->seen.time_ns, piece->value,
                                   piece->ip_id};
    return loss_filled(loss, &hole, loss_allowance_ns(path_round_trip_ns(measure, other)),
                       needless || piece->overlap > 0);
}

/* Payload beyond all before makes a round trip; any other makes those under way ambiguous. */
bool measure_payload(struct half_measure *measure, const struct half_measure *other,
                     const struct payload_piece *piece)
{
    if (piece->overlap > 0 || piece->begin < piece->next)
        return take_disorder(measure, other, piece);
    if (!rtt_sent(&measure->rtt, piece->end, piece->seen))
        return false;
    const struct loss_hole hole = {piece->next, piece->begin, piece->seen.time_ns, piece->value,
                                   piece->ip_id};
    if (piece->begin == piece->next)
        return true;
    measure->loss = part_make(measure->loss, sizeof(*measure->loss));
    return measure->loss && loss_left_out(measure->loss, &hole);
}

void measure_view(const struct half_measure *measure, struct mpta_subflow_direction *view)
{
    view->rtt = rtt_view(&measure->rtt.stats);
    view->rtt_timestamps = rtt_view(&measure->echo.stats);
    const struct flow_measure *flow = &measure->flow;
    view->measure = (struct mpta_flow_measure){
        .data_packets = flow->data_packets,
        .first_data_ns = flow->first_data_ns,
        .last_data_ns = flow->last_data_ns,
        .fresh_bytes = flow->fresh_bytes,
        .first_fresh_ns = flow->first_fresh_ns,
        .last_fresh_ns = flow->last_fresh_ns,
        .max_in_flight = flow->max_in_flight,
        .longest_idle_ns = flow->longest_idle_ns,
    };
    if (!measure->loss)
        return;
    view->measure.out_of_order_bytes = measure->loss->out_of_order_bytes;
    view->measure.retransmitted_packets = measure->loss->retransmitted;
    view->measure.needless_packets = measure->loss->needless;
    view->measure.lost_behind = loss_behind(measure->loss);
    view->measure.lost_before = loss_before(measure->loss);
}

void measure_clear(struct half_measure *measure)
{
    rtt_clear(&measure->rtt);
    echo_clear(&measure->echo);
    loss_free(measure->loss);
    measure->loss = NULL;
    series_free(measure->series);
    measure->series = NULL;
}

void measure_trim(struct half_measure *measure)
{
    if (measure->rtt.probe_count == 0)
        rtt_forget(&measure->rtt);
    if (measure->echo.probe_count == 0)
        echo_forget(&measure->echo);
}

/* ---- One direction of a data stream ---------------------------------------------------------- */

static void stall_end(struct stream_measure *measure, int64_t time_ns)
{
    struct head_of_line *line = measure->head_of_line;
    if (!measure_waits(measure))
        return;
    int64_t waited_ns = elapsed_ns(line->since_ns, time_ns);
    line->waits = false;
    if (waited_ns <= 0 || __builtin_add_overflow(line->lasted_ns, waited_ns, &line->lasted_ns))
        return;
    line->count++;
    if (waited_ns > line->longest_ns) {
        line->longest_ns = waited_ns;
        line->longest_at_ns = line->since_ns;
    }
}

static bool stall_begin(struct stream_measure *measure, int64_t time_ns)
{
    struct head_of_line *line = measure->head_of_line =
        part_make(measure->head_of_line, sizeof(*line));
    if (!line)
        return false;
    line->waits = true;
    line->since_ns = time_ns;
    return true;
}

/* Silence that is none: a window waits for its acknowledgement. */
static int64_t usual_silence_ns(const struct subflow *subflow)
{
    const struct half *halves = subflow->halves;
    int64_t round_trip_ns = path_round_trip_ns(&halves[0].measure, &halves[1].measure);
    int64_t silence_ns = round_trip_ns < INT64_MAX / 3 ? round_trip_ns * 3 / 2 : INT64_MAX;
    return silence_ns > HAND_OVER_QUIET_NS ? silence_ns : HAND_OVER_QUIET_NS;
}

/* The shortest such silence is known without asking. */
static bool is_silence(const struct subflow *subflow, int64_t silent_ns)
{
    return silent_ns >= HAND_OVER_QUIET_NS && silent_ns >= usual_silence_ns(subflow);
}

void measure_finish(struct stream_measure *measure, int64_t time_ns)
{
    stall_end(measure, time_ns);
}

/* Octets of it wait to be acknowledged, and none has been for so long. */
static bool is_stuck(const struct subflow *subflow, const struct stream_piece *piece)
{
    const struct progress *progress = &subflow->halves[subflow_role(subflow, piece->by)].progress;
    return progress->acked > 0 && progress->sent > progress->acked &&
           is_silence(subflow, elapsed_ns(progress->since.time_ns, piece->time_ns));
}

static struct half *half_of(struct subflow *subflow, const struct stream_piece *piece)
{
    return &subflow->halves[subflow_role(subflow, piece->by)];
}

static bool has_carried(struct subflow *subflow, const struct stream_piece *piece)
{
    return rangeset_count(&half_of(subflow, piece)->carried, piece->begin, piece->end) > 0;
}

/* For so long it has carried data without falling silent. */
static int64_t steady_for_ns(struct subflow *subflow, const struct stream_piece *piece)
{
    const struct half_measure *own = &half_of(subflow, piece)->measure;
    bool steady = own->carries && !is_silence(subflow, elapsed_ns(own->carried_ns, piece->time_ns));
    return steady ? elapsed_ns(own->back_ns, piece->time_ns) : 0;
}

/* Octets are missing between its SYN and the highest seen. */
static bool has_gap(const struct half *half)
{
    const struct range *ranges = rangeset_ranges(&half->seen);
    return half->seen.count > 1 ||
           (half->seen.count == 1 && half->isn_known && ranges[0].begin > half->isn + 1);
}

/*
 * The subflow besides the active one whose data comes over this one; NULL if none is that for sure.
 * One whose octets wait, and which had carried the piece; or, where losses lie before the capture,
 * the one that fell silent last, while this one never was. But another that has a gap of its own
 * may be what lost it.
 */
static struct subflow *find_silent(const struct stream_measure *measure, struct subflow *subflow,
                                   const struct stream_piece *piece)
{
    const struct connection *connection = subflow->connection;
    int64_t steady_ns = steady_for_ns(subflow, piece);
    struct subflow *last = NULL;
    for (size_t i = 0; i < connection->subflow_count && i < PATHS_ASKED_MAX; i++) {
        struct subflow *other = connection->subflows[i];
        const struct half *half = half_of(other, piece);
        int64_t silence_ns = usual_silence_ns(other);
        if (other == subflow || other == measure->active || !half->measure.carries)
            continue;
        bool silent = elapsed_ns(half->measure.carried_ns, piece->time_ns) >= silence_ns;
        if (silent && piece->reinjected && is_stuck(other, piece) && has_carried(other, piece))
            return other;
        if (!silent && has_gap(half))
            return NULL;
        if (silent && piece->overdue && steady_ns >= silence_ns &&
            (!last || half->measure.carried_ns > half_of(last, piece)->measure.carried_ns))
            last = other;
    }
    return last;
}

/*
 * A subflow that is not needed is silent, too: so either its own data waits, whatever else has been
 * acknowledged meanwhile, or that goes over the other one, seen here or lost before. What a dead
 * path is tried with does not make it carry anything.
 */
static struct subflow *find_taken_over(const struct stream_measure *measure,
                                       struct subflow *subflow, const struct stream_piece *piece)
{
    struct subflow *active = measure->active;
    if (active && active != subflow) {
        int64_t silent_ns = elapsed_ns(measure->active_ns, piece->time_ns);
        bool quiet = is_silence(active, silent_ns);
        bool stuck = (quiet || piece->reinjected) && is_stuck(active, piece);
        bool lost = quiet && piece->overdue && silent_ns >= usual_silence_ns(subflow);
        if (lost || (quiet && stuck) ||
            ((quiet || stuck) && piece->reinjected && has_carried(active, piece)))
            return active;
    }
    return piece->reinjected || piece->overdue ? find_silent(measure, subflow, piece) : NULL;
}

/* It carries data, again if it was silent. */
static void note_carrying(struct subflow *subflow, const struct stream_piece *piece)
{
    struct half_measure *own = &half_of(subflow, piece)->measure;
    int64_t silent_ns = own->carries ? elapsed_ns(own->carried_ns, piece->time_ns) : INT64_MAX;
    if (is_silence(subflow, silent_ns))
        own->back_ns = piece->time_ns;
    own->carries = true;
    own->carried_ns = piece->time_ns;
}

static bool note_hand_over(struct stream_measure *measure, struct subflow *from,
                           const struct stream_piece *piece)
{
    struct hand_overs *overs = measure->hand_overs = part_make(measure->hand_overs, sizeof(*overs));
    if (!overs)
        return false;
    if (overs->count++ == 0)
        overs->first_ns = piece->time_ns;
    overs->last_ns = piece->time_ns;
    overs->silent = from;
    half_of(from, piece)->measure.carries = false;
    return true;
}

static bool hand_over(struct stream_measure *measure, struct subflow *subflow,
                      const struct stream_piece *piece)
{
    struct subflow *active = measure->active, *from = find_taken_over(measure, subflow, piece);
    bool lasts = active && active != subflow && from != active &&
                 !is_silence(active, elapsed_ns(measure->active_ns, piece->time_ns));
    note_carrying(subflow, piece);
    if (from && !note_hand_over(measure, from, piece))
        return false;
    if (lasts)
        return true;
    measure->active = subflow;
    measure->active_ns = piece->time_ns;
    return true;
}

bool measure_data(struct stream_measure *measure, struct subflow *subflow,
                  const struct stream_piece *piece)
{
    if (!measure->has_data || piece->time_ns < measure->first_data_ns)
        measure->first_data_ns = piece->time_ns;
    if (!measure->has_data || (piece->fresh && piece->time_ns > measure->last_data_ns))
        measure->last_data_ns = piece->time_ns;
    measure->has_data = true;
    if (!piece->waiting)
        stall_end(measure, piece->time_ns);
    else if (!measure_waits(measure) && !stall_begin(measure, piece->time_ns))
        return false;
    if (!piece->afterwards && !hand_over(measure, subflow, piece))
        return false;
    if (piece->beyond)
        return rtt_sent(&measure->ack_latency, piece->end,
                        (struct sighting){.time_ns = piece->time_ns});
    rtt_ambiguous(&measure->ack_latency);
    return true;
}

bool measure_data_ack(struct stream_measure *measure, uint64_t acked, bool all,
                      struct sighting seen)
{
    if (all)
        stall_end(measure, seen.time_ns);
    return rtt_acked(&measure->ack_latency, acked, seen, false);
}

void measure_forget(struct stream_measure *measure, const struct subflow *subflow)
{
    if (measure->active == subflow)
        measure->active = NULL;
    if (measure->hand_overs && measure->hand_overs->silent == subflow)
        measure->hand_overs->silent = NULL;
}

void measure_stream_view(const struct stream_measure *measure, struct mpta_stream_measure *view)
{
    static const struct hand_overs no_overs;
    static const struct head_of_line no_line;
    const struct hand_overs *overs = measure->hand_overs ? measure->hand_overs : &no_overs;
    const struct head_of_line *line = measure->head_of_line ? measure->head_of_line : &no_line;
    *view = (struct mpta_stream_measure){
        .first_data_ns = measure->first_data_ns,
        .last_data_ns = measure->last_data_ns,
        .data_ack_latency = rtt_view(&measure->ack_latency.stats),
        .hand_overs = overs->count,
        .first_hand_over_ns = overs->first_ns,
        .last_hand_over_ns = overs->last_ns,
        .stalls = line->count,
        .stall_ns = line->lasted_ns,
        .longest_stall_ns = line->longest_ns,
        .longest_stall_at_ns = line->longest_at_ns,
    };
}

void measure_stream_clear(struct stream_measure *measure)
{
    rtt_clear(&measure->ack_latency);
    series_free(measure->series);
    free(measure->hand_overs);
    free(measure->head_of_line);
    measure->series = NULL;
    measure->hand_overs = NULL;
    measure->head_of_line = NULL;
}
