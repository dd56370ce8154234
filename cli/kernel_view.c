/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A token names its receiver, so each side of a connection is asked for by its own; the kernel
 * knows the tokens of this machine alone. What is not found three times is taken to be elsewhere.
 *
 * Events come sooner than the packets that they are about, which wait for their order of time. A
 * socket that is heard of is kept by its token, until a connection with that token turns up.
 */
#include "cli/kernel_view.h"

#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "cli/kernel_hosts.h"
#include "cli/kernel_query.h"
#include "cli/now.h"
#include "cli/source_live_device.h"

#define INTERVAL_NS INT64_C(1000000000)

enum {
    CONNECTIONS_A_STEP = 256, /* looked at once a second */
    EVENTS_A_STEP = 256,
    MISSES_MAX = 3,
    INTERFACES_MAX = 64,
};

#define NO_HOST UINT32_MAX

/* What is known of the sides of a connection of the tracker. */
struct side_entry {
    uint32_t host; /* index, or NO_HOST */
    uint8_t misses;
};

struct pair_entry {
    uint32_t connection; /* id */
    struct side_entry sides[2];
};

struct kernel_view {
    struct kernel_query query;
    struct kernel_hosts hosts;
    struct pair_entry *pairs; /* of all connections, in their order, as they were last looked at */
    size_t pair_count;
    size_t pair_capacity;
    size_t next; /* connection that is looked at next */
    int64_t due_ns;
    uint64_t generation;
    uint32_t interfaces[INTERFACES_MAX]; /* to which sockets may be bound; the first is none */
    size_t interface_count;
};

/* ---- Opening -------------------------------------------------------------------------------- */

static void interface_add(struct kernel_view *view, uint32_t index)
{
    if (index != 0 && view->interface_count < INTERFACES_MAX) {
        view->interfaces[view->interface_count++] = index;
    }
}

static void interfaces_add_all(struct kernel_view *view)
{
    struct if_nameindex *all = if_nameindex();
    for (size_t i = 0; all != NULL && all[i].if_index != 0; i++) {
        interface_add(view, all[i].if_index);
    }
    if (all != NULL) {
        if_freenameindex(all);
    }
}

struct kernel_view *kernel_view_open(const char *const *interfaces, size_t count)
{
    struct kernel_view *view = calloc(1, sizeof *view);
    if (view == NULL || !kernel_query_open(&view->query)) {
        free(view);
        return NULL;
    }
    view->interface_count = 1;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(interfaces[i], SOURCE_LIVE_ANY) == 0) {
            interfaces_add_all(view);
        } else {
            interface_add(view, if_nametoindex(interfaces[i]));
        }
    }
    return view;
}

/* ---- Asking --------------------------------------------------------------------------------- */

/* A TCP socket that is bound to an interface is found by its number only. */
static bool subflow_ask(struct kernel_view *view, const struct kernel_ends *ends,
                        struct kernel_subflow *subflow)
{
    for (size_t i = 0; i < view->interface_count; i++) {
        if (kernel_query_subflow(&view->query, ends, view->interfaces[i], subflow)) {
            return true;
        }
    }
    return false;
}

static void host_ask(struct kernel_view *view, struct kernel_host *host)
{
    struct kernel_socket socket;
    if (host->closed) {
        return;
    }
    if (kernel_query_socket(&view->query, host->token, &socket)) {
        kernel_host_see(host, &socket);
    } else {
        host->closed = true;
    }
}

static struct kernel_ends ends_of(const struct mpta_subflow *subflow, enum mpta_side side)
{
    const struct mpta_subflow_end *local = &subflow->ends[side];
    const struct mpta_subflow_end *remote = &subflow->ends[!side];
    return (struct kernel_ends){
        .local = {local->address,  local->port },
          .remote = {remote->address, remote->port}
    };
}

/* Asks about each subflow that is still open. */
static void host_ask_subflows(struct kernel_view *view, const struct mpta_tracker *tracker,
                              struct kernel_host *host)
{
    struct mpta_subflow subflow;
    struct kernel_subflow answer;
    for (size_t i = 0;
         i < KERNEL_SUBFLOWS_MAX && mpta_tracker_subflow(tracker, host->connection, i, &subflow);
         i++) {
        struct kernel_ends ends = ends_of(&subflow, host->side);
        if (subflow.close == MPTA_CLOSE_OPEN && subflow_ask(view, &ends, &answer)) {
            kernel_host_see_subflow(host, &answer);
        }
    }
}

/* ---- Joining -------------------------------------------------------------------------------- */

/* Room for so many connections. */
static bool pairs_reserve(struct kernel_view *view, size_t count)
{
    size_t capacity = 2 * view->pair_capacity;
    if (count <= view->pair_capacity) {
        return true;
    }
    capacity = count > capacity ? count : capacity;
    struct pair_entry *pairs = reallocarray(view->pairs, capacity, sizeof *pairs);
    if (pairs == NULL) {
        return false;
    }
    view->pairs = pairs;
    view->pair_capacity = capacity;
    return true;
}

/* The connection has left: its sockets belong to nothing. */
static void pair_forget(struct kernel_view *view, const struct pair_entry *pair)
{
    for (size_t side = 0; side < 2; side++) {
        if (pair->sides[side].host != NO_HOST) {
            view->hosts.items[pair->sides[side].host].joined = false;
        }
    }
}

/*
 * Brings the pairs in line with the connections. Both are in the order of ids, and whoever came
 * since the last time has a higher one than all before: what is left of the old pairs moves down,
 * and the others follow.
 */
static bool pairs_follow(struct kernel_view *view, const struct mpta_tracker *tracker, size_t count)
{
    size_t old = 0, old_count = view->pair_count;
    uint32_t id;
    if (!pairs_reserve(view, count)) {
        return false;
    }
    struct pair_entry *pairs = view->pairs;
    view->pair_count = 0;
    for (size_t i = 0; i < count && mpta_tracker_connection_id(tracker, i, &id); i++) {
        while (old < old_count && pairs[old].connection < id) {
            pair_forget(view, &pairs[old++]);
        }
        if (old < old_count) {
            pairs[view->pair_count++] = pairs[old++];
        } else {
            pairs[view->pair_count++] = (struct pair_entry){
                id, {{.host = NO_HOST}, {.host = NO_HOST}}
            };
        }
    }
    while (old < old_count) {
        pair_forget(view, &pairs[old++]);
    }
    return true;
}

/* The token of a side: as packets show it, or as the kernel says of its first subflow. */
static bool side_token(struct kernel_view *view, const struct mpta_tracker *tracker,
                       const struct mpta_connection *connection, enum mpta_side side,
                       uint32_t *token)
{
    struct mpta_subflow first;
    struct kernel_subflow answer;
    *token = connection->hosts[side].token;
    if (connection->hosts[side].token_known) {
        return true;
    }
    if (!mpta_tracker_subflow(tracker, connection->id, 0, &first)) {
        return false;
    }
    struct kernel_ends ends = ends_of(&first, side);
    if (!subflow_ask(view, &ends, &answer) || !answer.role.known) {
        return false;
    }
    *token = answer.role.token_local;
    return true;
}

/* Tokens have 32 bits: one port at least must be the connection's, even where addresses are
 * translated on the way. */
static bool ends_agree(const struct kernel_ends *ends, const struct mpta_connection *connection,
                       enum mpta_side side)
{
    return ends->local.port == connection->hosts[side].port ||
           ends->remote.port == connection->hosts[!side].port;
}

/* The same of a socket that was heard of; without any address, the token has to do. */
static bool host_agrees(const struct kernel_host *host, const struct mpta_connection *connection,
                        enum mpta_side side)
{
    if (host->known) {
        return ends_agree(&host->socket.ends, connection, side);
    }
    for (size_t i = 0; i < host->event_count; i++) {
        if (host->events[i].event.ends_known) {
            return ends_agree(&host->events[i].event.ends, connection, side);
        }
    }
    return true;
}

/* The socket of a side of a connection; NULL if it is not on this machine. */
static struct kernel_host *side_join(struct kernel_view *view, const struct mpta_tracker *tracker,
                                     const struct mpta_connection *connection, enum mpta_side side)
{
    uint32_t token;
    struct kernel_socket socket;
    if (!side_token(view, tracker, connection, side, &token)) {
        return NULL;
    }
    struct kernel_host *host = kernel_host_find(&view->hosts, token);
    if (host != NULL && !host->joined && host_agrees(host, connection, side)) {
        return host;
    }
    if (!kernel_query_socket(&view->query, token, &socket) ||
        !ends_agree(&socket.ends, connection, side)) {
        return NULL;
    }
    host = kernel_host_add(&view->hosts, token);
    if (host != NULL) {
        kernel_host_see(host, &socket);
    }
    return host;
}

static void side_look(struct kernel_view *view, const struct mpta_tracker *tracker,
                      struct side_entry *entry, const struct mpta_connection *connection,
                      enum mpta_side side)
{
    if (entry->host == NO_HOST && entry->misses < MISSES_MAX) {
        struct kernel_host *host = side_join(view, tracker, connection, side);
        if (host == NULL) {
            entry->misses++;
            return;
        }
        host->joined = true;
        host->connection = connection->id;
        host->side = side;
        entry->host = (uint32_t)(host - view->hosts.items);
    } else if (entry->host != NO_HOST) {
        host_ask(view, &view->hosts.items[entry->host]);
    }
    if (entry->host != NO_HOST && !view->hosts.items[entry->host].closed) {
        host_ask_subflows(view, tracker, &view->hosts.items[entry->host]);
    }
}

static void connection_look(struct kernel_view *view, const struct mpta_tracker *tracker,
                            size_t index)
{
    struct mpta_connection connection;
    if (mpta_tracker_connection_at(tracker, index, &connection)) {
        struct side_entry *sides = view->pairs[index].sides;
        side_look(view, tracker, &sides[MPTA_CLIENT], &connection, MPTA_CLIENT);
        side_look(view, tracker, &sides[MPTA_SERVER], &connection, MPTA_SERVER);
    }
}

/* Looks at the latest connections, and at some others, which are others the next time. */
static void connections_look(struct kernel_view *view, const struct mpta_tracker *tracker)
{
    size_t count = mpta_tracker_kept(tracker);
    view->generation += count > 0;
    if (!pairs_follow(view, tracker, count) || count == 0) {
        return;
    }
    size_t latest = count < CONNECTIONS_A_STEP / 2 ? count : CONNECTIONS_A_STEP / 2;
    size_t others =
        count - latest < CONNECTIONS_A_STEP / 2 ? count - latest : CONNECTIONS_A_STEP / 2;
    for (size_t i = 1; i <= latest; i++) {
        connection_look(view, tracker, count - i);
    }
    for (size_t i = 0; i < others; i++) {
        view->next = (view->next + 1) % (count - latest);
        connection_look(view, tracker, view->next);
    }
}

/* ---- Events --------------------------------------------------------------------------------- */

/* What a subflow that just came to be looks like: it may be gone when its turn comes. */
static void event_ask(struct kernel_view *view, struct kernel_host *host,
                      const struct kernel_event *event)
{
    struct kernel_subflow subflow;
    host_ask(view, host);
    if (event->ends_known && subflow_ask(view, &event->ends, &subflow)) {
        kernel_host_see_subflow(host, &subflow);
    }
}

static void event_take(void *context, const struct kernel_event *event)
{
    struct kernel_view *view = context;
    struct kernel_host *host = kernel_host_find(&view->hosts, event->token);
    bool fresh = event->type == KERNEL_EVENT_CREATED;
    if (host == NULL || (fresh && host->closed)) {
        host = kernel_host_add(&view->hosts, event->token);
    }
    if (host == NULL) {
        return;
    }
    view->generation++;
    kernel_host_hear(host, event);
    if (event->type == KERNEL_EVENT_CLOSED) {
        host->closed = true;
    } else {
        event_ask(view, host, event);
    }
}

/* ---- For others ----------------------------------------------------------------------------- */

uint64_t kernel_view_generation(const struct kernel_view *view)
{
    return view != NULL ? view->generation : 0;
}

int kernel_view_fd(const struct kernel_view *view)
{
    return view != NULL ? kernel_query_event_fd(&view->query) : -1;
}

void kernel_view_step(struct kernel_view *view, const struct mpta_tracker *tracker, bool always)
{
    if (view == NULL) {
        return;
    }
    int64_t now_ns = clock_ns(CLOCK_MONOTONIC);
    kernel_query_events(&view->query, EVENTS_A_STEP, event_take, view);
    if (always || now_ns >= view->due_ns) {
        view->due_ns = now_ns + INTERVAL_NS;
        connections_look(view, tracker);
    }
}

static int pair_compare(const void *id, const void *pair)
{
    uint32_t wanted = *(const uint32_t *)id,
             connection = ((const struct pair_entry *)pair)->connection;
    return (wanted > connection) - (wanted < connection);
}

const struct kernel_host *kernel_view_find(const struct kernel_view *view, uint32_t connection,
                                           enum mpta_side side)
{
    const struct pair_entry *pair =
        view != NULL && view->pair_count > 0
            ? bsearch(&connection, view->pairs, view->pair_count, sizeof *pair, pair_compare)
            : NULL;
    return pair != NULL && pair->sides[side].host != NO_HOST
               ? &view->hosts.items[pair->sides[side].host]
               : NULL;
}

bool kernel_subflow_id(const struct mpta_tracker *tracker, const struct kernel_host *host,
                       const struct kernel_subflow *subflow, uint32_t *id)
{
    struct mpta_subflow seen;
    for (size_t i = 0; mpta_tracker_subflow(tracker, host->connection, i, &seen); i++) {
        struct kernel_ends ends = ends_of(&seen, host->side);
        if (kernel_ends_equal(&ends, &subflow->ends)) {
            *id = seen.id;
            return true;
        }
    }
    return false;
}

void kernel_view_close(struct kernel_view *view)
{
    if (view == NULL) {
        return;
    }
    kernel_hosts_free(&view->hosts);
    free(view->pairs);
    kernel_query_close(&view->query);
    free(view);
}
