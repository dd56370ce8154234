/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The road of one packet through the tracker: its options are decoded, its subflow found or opened,
 * a second copy of it set aside; then the subflow takes its TCP part, the handshake and the other
 * options are taken down, and evidence of fallback is weighed. Each step is a file of its own.
 */
#include "analyzer/tracker.h"

#include "analyzer/data.h"
#include "analyzer/fast_open.h"
#include "analyzer/gapless.h"
#include "analyzer/leave.h"

#include <stdlib.h>
#include <string.h>

static const char *const verdict_names[] = {
    [MPTA_ABSENT] = "absent",
    [MPTA_VALID] = "valid",
    [MPTA_INVALID] = "invalid",
    [MPTA_UNVERIFIABLE] = "unverifiable",
};

const char *mpta_verdict_name(enum mpta_verdict verdict)
{
    return verdict_names[verdict];
}

/* ---- Life ----------------------------------------------------------------------------------- */

struct mpta_tracker *mpta_tracker_new(const struct mpta_config *config)
{
    static const struct mpta_config all_zero;
    struct mpta_tracker *tracker = calloc(1, sizeof(*tracker));
    if (!tracker)
        return NULL;
    if (!config)
        config = &all_zero;
    tracker->newest_ns = INT64_MIN;
    tracker->asked_ns = INT64_MIN;
    memcpy(tracker->hash_key, config->hash_key, sizeof(tracker->hash_key));
    memcpy(tracker->dedup.hash_key, config->hash_key, sizeof(tracker->dedup.hash_key));
    imprint_keys_make(&tracker->imprint_keys, tracker->hash_key);
    tracker->deliver = config->deliver;
    tracker->deliver_context = config->deliver_context;
    tracker->observe = config->observe;
    tracker->observe_context = config->observe_context;
    tracker->judge = config->judge;
    tracker->judge_context = config->judge_context;
    tracker->locate = config->locate;
    tracker->part = config->part;
    tracker->part_context = config->part_context;
    tracker->keeps_records = config->keeps_records;
    tracker->quality.headers_only = config->headers_only;
    tracker->grid.interval_ns = config->interval_ns > 0 ? config->interval_ns : 0;
    tracker->bed = config->sleeps ? bed_new() : NULL;
    if ((config->sleeps && !tracker->bed) ||
        !keyring_fill(&tracker->keyring, config->keys, config->key_count)) {
        mpta_tracker_free(tracker);
        return NULL;
    }
    return tracker;
}

static void free_subflows(struct subflow *subflow)
{
    while (subflow) {
        struct subflow *next = subflow->next_owned;
        subflow_free(subflow);
        subflow = next;
    }
}

void mpta_tracker_free(struct mpta_tracker *tracker)
{
    if (!tracker)
        return;
    for (size_t i = 0; i < tracker->connection_count; i++) {
        sleep_drop(tracker, tracker->connections[i]);
        connection_free(tracker->connections[i]);
    }
    record_list_clear(&tracker->records);
    token_memory_clear(&tracker->token_memory);
    free_subflows(tracker->owned);
    free_subflows(tracker->followers);
    free_subflows(tracker->husks);
    leave_free_spent(tracker, SIZE_MAX);
    free(tracker->connections);
    free(tracker->unlinked);
    finding_list_clear(&tracker->findings);
    finding_list_clear(&tracker->outlook);
    keyring_clear(&tracker->keyring);
    dedup_clear(&tracker->dedup);
    free(tracker->registry);
    table_clear(&tracker->flows);
    table_clear(&tracker->tokens);
    table_clear(&tracker->orphans);
    table_clear(&tracker->initials);
    gone_clear(&tracker->gone);
    bed_free(tracker->bed);
    free(tracker);
}

void mpta_tracker_expect_one_source(struct mpta_tracker *tracker)
{
    tracker->one_source = true;
}

/* ---- One packet ----------------------------------------------------------------------------- */

/* Mappings that waited for where SSN 1 lies. */
static bool replay_told(struct mpta_tracker *tracker, struct subflow *subflow)
{
    return !fast_open_was_told(subflow) || !subflow->connection || defer_replay(tracker, subflow);
}

static bool subflow_take_all(struct mpta_tracker *tracker, struct incoming *in)
{
    struct subflow *subflow = in->subflow;
    in->gapless = subflow_is_gapless(subflow, in->role, in->segment);
    if (!subflow_take(subflow, in->role, in->packet, in->options, &in->extent) ||
        !replay_told(tracker, subflow) || !half_open_take(tracker, in) ||
        !handshake_take(tracker, in))
        return false;
    if (!(subflow->connection ? userkey_try(tracker, in) : userkey_link(tracker, in)))
        return false;
    struct connection *connection = subflow->connection;
    if (!signal_take(tracker, in) || (connection && !backup_take(in)) ||
        !(connection ? data_take_payload(tracker, in) : data_take_unlinked(in)) ||
        !subflow_take_payload(subflow, in->role, in->packet, in->options, &in->extent))
        return false;
    connection_update(subflow);
    if (connection && subflow->kind == SUBFLOW_INITIAL &&
        !fallback_take(&connection->awake->fallback, subflow, in->role, in->packet, in->options,
                       &in->extent, in->repeats, connection_is_single(connection)))
        return false;
    return !connection || (window_take(in) && progress_take(in));
}

static bool packet_take_and_tell(struct mpta_tracker *tracker, struct incoming *in,
                                 struct mpta_fed_data *data)
{
    const struct described before = describe_before(in);
    const struct connection *connection = in->subflow->connection;
    size_t address_count = connection ? connection->address_count : SIZE_MAX; /* told long since */
    if (!subflow_take_all(tracker, in) || !inspect_options(tracker, in) || !reset_inspect(in))
        return false;
    quality_take(&tracker->quality, in);
    event_after_packet(tracker, in, address_count);
    settle_if_closed(tracker, in);
    if (tracker->locate)
        describe_data(in, &before, data);
    return true;
}

static bool tracker_take(struct mpta_tracker *tracker, struct incoming *in, struct mpta_fed *fed)
{
    bool is_new;
    if (!flow_find(tracker, in, &is_new))
        return false;
    if (!in->subflow || in->subflow->kind == SUBFLOW_PLAIN)
        return inspect_options(tracker, in);
    tracker->has_acks |= !(in->segment->flags & (MPTA_TCP_SYN | MPTA_TCP_RST));
    incoming_belong(in, in->subflow, subflow_sender(in->subflow, in->segment));
    if (is_new && !place_subflow(tracker, in))
        return false;
    bool opens = is_new && in->subflow->kind != SUBFLOW_ALIAS;
    if (in->subflow->kind == SUBFLOW_ALIAS) {
        if (!subflow_wake(tracker, in->subflow->same_as))
            return false;
        incoming_belong(in, in->subflow->same_as, in->role);
    }
    if (!damage_take(in, &fed->damaged))
        return false;
    if (fed->damaged) {
        describe_subflow(in, fed);
        return true;
    }
    if (!copy_judge(tracker, in))
        return false;
    if (opens)
        in->copy = DEDUP_NEW; /* what the copy was of has been given up since */
    fed->duplicate = in->copy != DEDUP_NEW;
    bool done =
        fed->duplicate ? copy_take(tracker, in) : packet_take_and_tell(tracker, in, &fed->data);
    describe_subflow(in, fed);
    return done && book_packet(tracker, in);
}

enum mpta_status mpta_tracker_feed(struct mpta_tracker *tracker, const struct mpta_packet *packet,
                                   struct mpta_fed *fed)
{
    struct options options;
    struct incoming in = {.packet = packet, .segment = packet->segment, .options = &options};
    options_read(&options, packet->segment);
    *fed = (struct mpta_fed){.mptcp = options.fits};
    if (!tracker->grid.has_origin) {
        tracker->grid.has_origin = true;
        tracker->grid.origin_ns = packet->place.time_ns;
    }
    tracker->packets++;
    tracker->now_ns = packet->place.time_ns;
    if (packet->place.time_ns > tracker->newest_ns)
        tracker->newest_ns = packet->place.time_ns;
    bool settled = half_open_make_room(tracker) && settle_due(tracker, packet->place.time_ns);
    return tracker_take(tracker, &in, fed) && settled ? MPTA_OK : MPTA_NO_MEMORY;
}

enum mpta_status mpta_tracker_finish(struct mpta_tracker *tracker)
{
    tracker->finished = true;
    mpta_tracker_forget_preview(tracker);
    bool done = conclude(tracker) && book_finish(tracker);
    done = event_last(tracker) && done;
    leave_asleep(tracker);
    done = conclude_evicted(tracker) && done;
    return done && !tracker->conclusions_lost ? MPTA_OK : MPTA_NO_MEMORY;
}
