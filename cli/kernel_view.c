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
#include <time.h>

#include "cli/kernel_query.h"
#include "cli/source_live_device.h"

#define INTERVAL_NS INT64_C(1000000000)

enum {
    HOSTS_MAX = 4096,         /* sockets that are kept */
    CONNECTIONS_A_STEP = 256, /* looked at once a second */
    EVENTS_A_STEP = 256,
    MISSES_MAX = 3,
    INTERFACES_MAX = 64,
};

#define NO_HOST UINT32_MAX

/* What is known of a side of a connection of the tracker. */
struct side_entry {
    uint32_t host; /* index, or NO_HOST */
    uint8_t misses;
};

struct kernel_view {
    struct kernel_query query;
    struct kernel_host *hosts;
    size_t host_count;
    struct side_entry *sides; /* twice a connection's id, plus the side */
    size_t side_count;
    size_t next; /* connection that is looked at next */
    int64_t due_ns;
    uint64_t generation;
    uint32_t interfaces[INTERFACES_MAX]; /* to which sockets may be bound; the first is none */
    size_t interface_count;
};

static int64_t clock_ns(clockid_t clock)
{
    struct timespec now = {0, 0};
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

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

/* ---- Hosts ---------------------------------------------------------------------------------- */

/* The latest socket that has, or had, a token. */
static struct kernel_host *host_find(struct kernel_view *view, uint32_t token)
{
    struct kernel_host *found = NULL;
    for (size_t i = 0; i < view->host_count; i++) {
        struct kernel_host *host = &view->hosts[i];
        if (host->token == token && (found == NULL || found->closed)) {
            found = host;
        }
    }
    return found;
}

static bool hosts_grow(struct kernel_view *view)
{
    if ((view->host_count & (view->host_count - 1)) != 0) {
        return true; /* room up to the next power of two */
    }
    size_t capacity = view->host_count > 0 ? 2 * view->host_count : 1;
    struct kernel_host *hosts = reallocarray(view->hosts, capacity, sizeof *hosts);
    if (hosts == NULL) {
        return false;
    }
    view->hosts = hosts;
    return true;
}

static void host_clear(struct kernel_host *host)
{
    free(host->subflows);
    free(host->events);
    memset(host, 0, sizeof *host);
}

/* A cleared place for another socket: a new one, or that of one that is gone and belongs to
 * nothing.
 */
static struct kernel_host *host_place(struct kernel_view *view)
{
    if (view->host_count < HOSTS_MAX) {
        if (!hosts_grow(view)) {
            return NULL;
        }
        memset(&view->hosts[view->host_count], 0, sizeof *view->hosts);
        return &view->hosts[view->host_count++];
    }
    for (size_t i = 0; i < view->host_count; i++) {
        if (view->hosts[i].closed && !view->hosts[i].joined) {
            host_clear(&view->hosts[i]);
            return &view->hosts[i];
        }
    }
    return NULL;
}

static struct kernel_host *host_add(struct kernel_view *view, uint32_t token)
{
    struct kernel_host *host = host_place(view);
    if (host != NULL) {
        host->token = token;
    }
    return host;
}

static void host_see(struct kernel_host *host, const struct kernel_socket *socket)
{
    host->known = true;
    host->socket = *socket;
    host->seen_ns = clock_ns(CLOCK_REALTIME);
}

/* Keeps the latest of a subflow. */
static void host_see_subflow(struct kernel_host *host, const struct kernel_subflow *subflow)
{
    size_t i = 0;
    while (i < host->subflow_count && !kernel_ends_equal(&host->subflows[i].ends, &subflow->ends)) {
        i++;
    }
    if (i == KERNEL_SUBFLOWS_MAX) {
        return;
    }
    if (host->subflows == NULL) {
        host->subflows = calloc(KERNEL_SUBFLOWS_MAX, sizeof *host->subflows);
    }
    if (host->subflows != NULL) {
        host->subflows[i] = *subflow;
        host->subflow_count += i == host->subflow_count;
    }
}

static void host_hear(struct kernel_host *host, const struct kernel_event *event)
{
    if (host->event_count == KERNEL_EVENTS_MAX) {
        return;
    }
    if (host->events == NULL) {
        host->events = calloc(KERNEL_EVENTS_MAX, sizeof *host->events);
    }
    if (host->events != NULL) {
        host->events[host->event_count++] =
            (struct kernel_host_event){clock_ns(CLOCK_REALTIME), *event};
    }
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
        host_see(host, &socket);
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
            host_see_subflow(host, &answer);
        }
    }
}

/* ---- Joining -------------------------------------------------------------------------------- */

/* Room for all sides of so many connections. */
static bool sides_reach(struct kernel_view *view, size_t connections)
{
    size_t count = 2 * connections;
    if (count <= view->side_count) {
        return true;
    }
    count = count > 2 * view->side_count ? count : 2 * view->side_count;
    struct side_entry *sides = reallocarray(view->sides, count, sizeof *sides);
    if (sides == NULL) {
        return false;
    }
    for (size_t i = view->side_count; i < count; i++) {
        sides[i] = (struct side_entry){.host = NO_HOST};
    }
    view->sides = sides;
    view->side_count = count;
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
    struct kernel_host *host = host_find(view, token);
    if (host != NULL && !host->joined && host_agrees(host, connection, side)) {
        return host;
    }
    if (!kernel_query_socket(&view->query, token, &socket) ||
        !ends_agree(&socket.ends, connection, side)) {
        return NULL;
    }
    host = host_add(view, token);
    if (host != NULL) {
        host_see(host, &socket);
    }
    return host;
}

static void side_look(struct kernel_view *view, const struct mpta_tracker *tracker,
                      const struct mpta_connection *connection, enum mpta_side side)
{
    struct side_entry *entry = &view->sides[2 * connection->id + side];
    if (entry->host == NO_HOST && entry->misses < MISSES_MAX) {
        struct kernel_host *host = side_join(view, tracker, connection, side);
        if (host == NULL) {
            entry->misses++;
            return;
        }
        host->joined = true;
        host->connection = connection->id;
        host->side = side;
        entry->host = (uint32_t)(host - view->hosts);
    } else if (entry->host != NO_HOST) {
        host_ask(view, &view->hosts[entry->host]);
    }
    if (entry->host != NO_HOST && !view->hosts[entry->host].closed) {
        host_ask_subflows(view, tracker, &view->hosts[entry->host]);
    }
}

static void connection_look(struct kernel_view *view, const struct mpta_tracker *tracker,
                            size_t index)
{
    struct mpta_connection connection;
    if (mpta_tracker_connection_at(tracker, index, &connection)) {
        side_look(view, tracker, &connection, MPTA_CLIENT);
        side_look(view, tracker, &connection, MPTA_SERVER);
    }
}

/* Looks at the latest connections, and at some others, which are others the next time. */
static void connections_look(struct kernel_view *view, const struct mpta_tracker *tracker)
{
    struct mpta_summary summary;
    mpta_tracker_summary(tracker, &summary);
    size_t count = (size_t)summary.kept;
    view->generation += count > 0;
    if (count == 0 || !sides_reach(view, count)) {
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
        host_see_subflow(host, &subflow);
    }
}

static void event_take(void *context, const struct kernel_event *event)
{
    struct kernel_view *view = context;
    struct kernel_host *host = host_find(view, event->token);
    bool fresh = event->type == KERNEL_EVENT_CREATED;
    if (host == NULL || (fresh && host->closed)) {
        host = host_add(view, event->token);
    }
    if (host == NULL) {
        return;
    }
    view->generation++;
    host_hear(host, event);
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

const struct kernel_host *kernel_view_find(const struct kernel_view *view, uint32_t connection,
                                           enum mpta_side side)
{
    size_t index = 2 * (size_t)connection + side;
    if (view == NULL || index >= view->side_count || view->sides[index].host == NO_HOST) {
        return NULL;
    }
    return &view->hosts[view->sides[index].host];
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
    for (size_t i = 0; i < view->host_count; i++) {
        host_clear(&view->hosts[i]);
    }
    free(view->hosts);
    free(view->sides);
    kernel_query_close(&view->query);
    free(view);
}
