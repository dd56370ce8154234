/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The model takes in what the road of packets lets it see. Packets of no subflow are counted, not
 * kept. Which connections changed is kept as a list, so that a view of thousands looks at few.
 */
#include "cli/tui/model.h"

#include <stdlib.h>

bool model_open(struct model *model, size_t packets_limit)
{
    *model = (struct model){.generation = 1};
    model->packets = packet_store_new(packets_limit);
    return model->packets != NULL && event_log_open(&model->events, MODEL_EVENTS_LIMIT);
}

void model_close(struct model *model)
{
    packet_store_free(model->packets);
    event_log_close(&model->events);
    free(model->connections);
    free(model->changed);
}

/* Room for a connection, and for its id among those that changed. */
static bool model_reserve(struct model *model, uint32_t connection)
{
    size_t wanted = (size_t)connection + 1;
    if (wanted <= model->connection_capacity) {
        model->connection_count =
            wanted > model->connection_count ? wanted : model->connection_count;
        return true;
    }
    size_t capacity =
        wanted > 2 * model->connection_capacity ? wanted : 2 * model->connection_capacity;
    struct model_connection *connections =
        reallocarray(model->connections, capacity, sizeof *connections);
    if (connections == NULL) {
        return false;
    }
    model->connections = connections;
    for (size_t i = model->connection_capacity; i < capacity; i++) {
        connections[i] = (struct model_connection){.changed = false};
    }
    uint32_t *changed = reallocarray(model->changed, capacity, sizeof *changed);
    if (changed == NULL) {
        return false;
    }
    model->changed = changed;
    model->connection_capacity = capacity;
    model->connection_count = wanted;
    return true;
}

static void model_touch(struct model *model, uint32_t connection)
{
    if (!model->connections[connection].changed) {
        model->connections[connection].changed = true;
        model->changed[model->changed_count++] = connection;
    }
}

static void model_take_time(struct model *model, const struct frame *frame)
{
    if (!frame->time_known && frame->time_ns == 0) {
        return;
    }
    if (!model->frames_timed) {
        model->frames_timed = true;
        model->first_ns = model->newest_ns = frame->time_ns;
    }
    model->newest_ns = frame->time_ns > model->newest_ns ? frame->time_ns : model->newest_ns;
}

static bool model_connection_frame(struct model *model, const struct frame *frame,
                                   const struct mpta_segment *segment, const struct mpta_fed *fed)
{
    if (!model_reserve(model, fed->connection)) {
        return false;
    }
    if (!fed->duplicate && !fed->damaged && segment->payload_len > 0) {
        course_add(&model->connections[fed->connection].course, frame->time_ns,
                   segment->payload_len);
    }
    model_touch(model, fed->connection);
    return true;
}

bool model_frame(struct model *model, const struct frame *frame, const struct mpta_segment *segment,
                 const struct mpta_fed *fed)
{
    model->frames++;
    model->generation++;
    model_take_time(model, frame);
    if (segment == NULL || !(fed->has_subflow || fed->mptcp)) {
        return true;
    }
    if (fed->has_connection && !model_connection_frame(model, frame, segment, fed)) {
        return false;
    }
    if (!packet_store_add(model->packets, frame, segment, fed)) {
        return false;
    }
    if (model->told.packet == frame->number && model->told.capture == frame->capture) {
        packet_store_tell(model->packets);
    }
    return true;
}

/* An event may be of another connection than the packet that brought it about. */
void model_event(struct model *model, const struct mpta_event *event)
{
    event_log_add(&model->events, event);
    model->told = event->at;
    if (model_reserve(model, event->connection)) {
        model_touch(model, event->connection);
    }
    model->generation++;
}

/* Another sum where the findings of a connection are others. */
static uint64_t findings_sum(const struct mpta_tracker *tracker, uint32_t connection)
{
    struct mpta_finding finding;
    size_t count;
    const struct mpta_finding_kind *kinds = mpta_finding_kinds(&count);
    uint64_t sum = 0;
    for (size_t i = 0; mpta_tracker_finding(tracker, connection, i, &finding); i++) {
        uint64_t kind = (uint64_t)(finding.kind - kinds) * MPTA_SEVERITY_COUNT;
        sum += UINT64_C(0x9e3779b97f4a7c15) * (1 + kind + finding.severity);
    }
    return sum;
}

/* Of very many connections few are concluded upon anew. */
void model_preview(struct model *model)
{
    model->generation++;
    for (uint32_t id = 0; id < model->connection_count; id++) {
        uint64_t sum = findings_sum(model_tracker(model), id);
        if (sum != model->connections[id].findings) {
            model->connections[id].findings = sum;
            model_touch(model, id);
        }
    }
}

/* The last conclusions may be about any connection. */
void model_finish(struct model *model)
{
    struct mpta_summary summary;
    mpta_tracker_summary(model_tracker(model), &summary);
    model->finished = true;
    model->generation++;
    if (summary.connections > 0 && model_reserve(model, (uint32_t)(summary.connections - 1))) {
        for (uint32_t id = 0; id < summary.connections; id++) {
            model_touch(model, id);
        }
    }
}

void model_settle(struct model *model)
{
    for (size_t i = 0; i < model->changed_count; i++) {
        model->connections[model->changed[i]].changed = false;
    }
    model->changed_count = 0;
}

const struct mpta_tracker *model_tracker(const struct model *model)
{
    return model->report->tracker;
}

const struct mpta_summary *model_summary(struct model *model)
{
    if (model->summary_generation != model->generation) {
        mpta_tracker_summary(model_tracker(model), &model->summary);
        model->summary_generation = model->generation;
    }
    return &model->summary;
}

bool model_forgot(const struct model *model, uint32_t connection, int64_t *before_ns)
{
    uint64_t first = packet_store_first(model->packets);
    const struct packet *oldest = packet_store_get(model->packets, first);
    struct mpta_connection seen;
    if (first == 0 || oldest == NULL ||
        !mpta_tracker_connection(model_tracker(model), connection, &seen)) {
        return false;
    }
    *before_ns = oldest->place.time_ns;
    return seen.start_ns < *before_ns;
}

const struct course *model_course(const struct model *model, uint32_t connection)
{
    static const struct course none;
    return connection < model->connection_count ? &model->connections[connection].course : &none;
}
