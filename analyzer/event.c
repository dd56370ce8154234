/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who is told what. Events are told after a packet has been taken in whole, by comparing what is
 * now with what was told before, so that views read in the observer are never half done.
 */
#include "analyzer/digest.h"
#include "analyzer/tracker.h"

static const char *const event_names[] = {
    [MPTA_EVENT_CONNECTION_START] = "connection_start",
    [MPTA_EVENT_CONNECTION_ESTABLISHED] = "connection_established",
    [MPTA_EVENT_CONNECTION_END] = "connection_end",
    [MPTA_EVENT_CONNECTION_UPDATE] = "connection_update",
    [MPTA_EVENT_SUBFLOW_START] = "subflow_start",
    [MPTA_EVENT_SUBFLOW_ESTABLISHED] = "subflow_established",
    [MPTA_EVENT_SUBFLOW_END] = "subflow_end",
    [MPTA_EVENT_ADDRESS_ADD] = "address_add",
    [MPTA_EVENT_ADDRESS_ECHO] = "address_echo",
    [MPTA_EVENT_ADDRESS_REMOVE] = "address_remove",
    [MPTA_EVENT_PRIORITY_CHANGE] = "priority_change",
    [MPTA_EVENT_FALLBACK] = "fallback",
    [MPTA_EVENT_FASTCLOSE] = "fastclose",
    [MPTA_EVENT_MP_FAIL] = "mp_fail",
    [MPTA_EVENT_HAND_OVER] = "hand_over",
};
_Static_assert(sizeof(event_names) / sizeof(event_names[0]) == MPTA_EVENT_TYPE_COUNT,
               "one name for each event");

const char *mpta_event_type_name(enum mpta_event_type type)
{
    return event_names[type];
}

static struct mpta_event event_of(enum mpta_event_type type, const struct connection *connection,
                                  const struct subflow *subflow, struct mpta_place at)
{
    return (struct mpta_event){
        .type = type,
        .at = at,
        .connection = connection->id,
        .has_subflow = subflow != NULL,
        .subflow = subflow ? subflow->id : 0,
    };
}

static void tell(const struct mpta_tracker *tracker, const struct mpta_event *event)
{
    tracker->observe(tracker->observe_context, event);
}

/* Tells something of a connection or subflow that is told once. */
static void tell_once(const struct mpta_tracker *tracker, uint8_t *told, uint8_t bit, bool now,
                      struct mpta_event event)
{
    if (!now || *told & bit)
        return;
    *told = (uint8_t)(*told | bit);
    tell(tracker, &event);
}

static enum mpta_event_type address_event_type(enum mpta_address_op op)
{
    switch (op) {
    case MPTA_ADDRESS_ADD:
        return MPTA_EVENT_ADDRESS_ADD;
    case MPTA_ADDRESS_ECHO:
        return MPTA_EVENT_ADDRESS_ECHO;
    case MPTA_ADDRESS_REMOVE:
        break;
    }
    return MPTA_EVENT_ADDRESS_REMOVE;
}

static void tell_addresses(const struct mpta_tracker *tracker, const struct incoming *in,
                           size_t from)
{
    const struct connection *connection = in->subflow->connection;
    for (size_t i = from; i < connection->address_count; i++) {
        const struct address_record *record = &connection->addresses[i];
        struct mpta_event event =
            event_of(address_event_type(record->op), connection, in->subflow, record->at);
        event.by_known = true;
        event.by = record->by;
        event.address = i;
        tell(tracker, &event);
    }
}

/* Options that are events by themselves. */
static void tell_options(const struct mpta_tracker *tracker, const struct incoming *in)
{
    static const struct {
        enum mpta_subtype subtype;
        enum mpta_event_type type;
    } events[] = {
        {MPTA_MP_PRIO,      MPTA_EVENT_PRIORITY_CHANGE},
        {MPTA_MP_FASTCLOSE, MPTA_EVENT_FASTCLOSE      },
        {MPTA_MP_FAIL,      MPTA_EVENT_MP_FAIL        },
    };
    for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
        if (!options_find(in->options, events[i].subtype))
            continue;
        struct mpta_event event =
            event_of(events[i].type, in->subflow->connection, in->subflow, in->packet->place);
        event.by_known = true;
        event.by = subflow_side(in->subflow, in->role);
        tell(tracker, &event);
    }
}

/* A packet has one sender, whose data goes on on its subflow: there is one hand-over at most. */
static void tell_hand_over(const struct mpta_tracker *tracker, const struct incoming *in)
{
    struct connection *connection = in->subflow->connection;
    enum mpta_side side = subflow_side(in->subflow, in->role);
    struct hand_overs *overs = connection->measures[side].hand_overs;
    if (!overs || overs->told == overs->count || !overs->silent)
        return;
    struct mpta_event event =
        event_of(MPTA_EVENT_HAND_OVER, connection, in->subflow, in->packet->place);
    event.by_known = true;
    event.by = side;
    event.from_subflow = overs->silent->id;
    overs->told = overs->count;
    tell(tracker, &event);
}

/*
 * Some evidence of fallback may be withdrawn by a later packet. What stands once the connection
 * ends is told then; what no packet can withdraw is told at once.
 */
static void tell_fallback(const struct mpta_tracker *tracker, struct connection *connection,
                          bool at_end)
{
    struct mpta_place at;
    enum mpta_side by;
    enum mpta_fallback_cause cause = fallback_cause(&connection->awake->fallback, &at, &by);
    bool lasting = cause == MPTA_FALLBACK_SYNACK_WITHOUT_MP_CAPABLE;
    tell_once(tracker, &connection->told, TOLD_FALLBACK,
              cause != MPTA_FALLBACK_NONE && (lasting || at_end),
              event_of(MPTA_EVENT_FALLBACK, connection, connection->subflows[0], at));
}

static void tell_subflow_ends(const struct mpta_tracker *tracker,
                              const struct connection *connection, struct mpta_place at)
{
    for (size_t i = 0; i < connection->subflow_count; i++) {
        struct subflow *subflow = connection->subflows[i];
        tell_once(tracker, &subflow->told, TOLD_START, true,
                  event_of(MPTA_EVENT_SUBFLOW_START, connection, subflow, at));
        tell_once(tracker, &subflow->told, TOLD_END, true,
                  event_of(MPTA_EVENT_SUBFLOW_END, connection, subflow, at));
    }
}

void event_end(struct mpta_tracker *tracker, struct connection *connection, struct mpta_place at)
{
    tell_subflow_ends(tracker, connection, at);
    tell_fallback(tracker, connection, true);
    connection->told_digest = digest_of(tracker->hash_key, connection);
    tell_once(tracker, &connection->told, TOLD_END, true,
              event_of(MPTA_EVENT_CONNECTION_END, connection, NULL, at));
}

/*
 * What compares connections (keys, nonces, floods) is concluded at the end, and packets may come
 * after a connection has ended: then its record is not the one that was told.
 */
static void event_update(struct mpta_tracker *tracker, struct connection *connection)
{
    struct mpta_place at = {.time_ns = tracker->newest_ns};
    uint64_t digest = digest_of(tracker->hash_key, connection);
    struct mpta_event update = event_of(MPTA_EVENT_CONNECTION_UPDATE, connection, NULL, at);
    if (digest == connection->told_digest)
        return;
    connection->told_digest = digest;
    tell_subflow_ends(tracker, connection, at);
    tell(tracker, &update);
}

void event_after_packet(struct mpta_tracker *tracker, const struct incoming *in,
                        size_t address_count)
{
    struct subflow *subflow = in->subflow;
    struct connection *connection = subflow->connection;
    struct mpta_place at = in->packet->place;
    if (!tracker->observe || !connection)
        return;
    tell_once(tracker, &connection->told, TOLD_START, true,
              event_of(MPTA_EVENT_CONNECTION_START, connection, NULL, at));
    tell_once(tracker, &subflow->told, TOLD_START, true,
              event_of(MPTA_EVENT_SUBFLOW_START, connection, subflow, at));
    tell_once(tracker, &subflow->told, TOLD_ESTABLISHED, subflow->established,
              event_of(MPTA_EVENT_SUBFLOW_ESTABLISHED, connection, subflow, at));
    tell_once(tracker, &connection->told, TOLD_ESTABLISHED,
              subflow->established && subflow->kind == SUBFLOW_INITIAL,
              event_of(MPTA_EVENT_CONNECTION_ESTABLISHED, connection, NULL, at));
    tell_addresses(tracker, in, address_count);
    tell_options(tracker, in);
    tell_hand_over(tracker, in);
    tell_fallback(tracker, connection, false);
    tell_once(tracker, &subflow->told, TOLD_END, subflow_closed(subflow),
              event_of(MPTA_EVENT_SUBFLOW_END, connection, subflow, at));
}

/* Where the end of a connection was, if none was told. */
static struct mpta_place untold_end(const struct connection *connection)
{
    if (connection->settling)
        return connection->closed_at;
    return (struct mpta_place){.time_ns = connection_end_ns(connection)};
}

static bool tell_last(void *context, struct connection *connection)
{
    struct mpta_tracker *tracker = context;
    if (connection->told & TOLD_END)
        event_update(tracker, connection);
    else
        event_end(tracker, connection, untold_end(connection));
    return true;
}

bool event_last(struct mpta_tracker *tracker)
{
    return !tracker->observe || connections_visit(tracker, tell_last, tracker);
}
