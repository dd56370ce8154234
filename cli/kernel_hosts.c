/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/kernel_hosts.h"

#include <stdlib.h>
#include <string.h>

#include "cli/now.h"

enum { HOSTS_MAX = 4096 };

struct kernel_host *kernel_host_find(struct kernel_hosts *hosts, uint32_t token)
{
    struct kernel_host *found = NULL;
    for (size_t i = 0; i < hosts->count; i++) {
        struct kernel_host *host = &hosts->items[i];
        if (host->token == token && (found == NULL || found->closed)) {
            found = host;
        }
    }
    return found;
}

static bool hosts_grow(struct kernel_hosts *hosts)
{
    if ((hosts->count & (hosts->count - 1)) != 0) {
        return true; /* room up to the next power of two */
    }
    size_t capacity = hosts->count > 0 ? 2 * hosts->count : 1;
    struct kernel_host *items = reallocarray(hosts->items, capacity, sizeof *items);
    if (items == NULL) {
        return false;
    }
    hosts->items = items;
    return true;
}

static void host_clear(struct kernel_host *host)
{
    free(host->subflows);
    free(host->events);
    memset(host, 0, sizeof *host);
}

/* One that belongs to nothing and is gone, or else was not heard of for longest; NULL for none. */
static struct kernel_host *host_spare(struct kernel_hosts *hosts)
{
    struct kernel_host *spare = NULL;
    for (size_t i = 0; i < hosts->count; i++) {
        struct kernel_host *host = &hosts->items[i];
        if (host->joined) {
            continue;
        }
        if (host->closed) {
            return host;
        }
        if (spare == NULL || host->seen_ns < spare->seen_ns) {
            spare = host;
        }
    }
    return spare;
}

/* A cleared place for another socket: a new one, or that of one that can be spared. */
static struct kernel_host *host_place(struct kernel_hosts *hosts)
{
    if (hosts->count < HOSTS_MAX) {
        if (!hosts_grow(hosts)) {
            return NULL;
        }
        memset(&hosts->items[hosts->count], 0, sizeof *hosts->items);
        return &hosts->items[hosts->count++];
    }
    struct kernel_host *spare = host_spare(hosts);
    if (spare != NULL) {
        host_clear(spare);
    }
    return spare;
}

struct kernel_host *kernel_host_add(struct kernel_hosts *hosts, uint32_t token)
{
    struct kernel_host *host = host_place(hosts);
    if (host != NULL) {
        host->token = token;
    }
    return host;
}

void kernel_host_see(struct kernel_host *host, const struct kernel_socket *socket)
{
    host->known = true;
    host->socket = *socket;
    host->seen_ns = clock_ns(CLOCK_REALTIME);
}

void kernel_host_see_subflow(struct kernel_host *host, const struct kernel_subflow *subflow)
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

void kernel_host_hear(struct kernel_host *host, const struct kernel_event *event)
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

void kernel_hosts_free(struct kernel_hosts *hosts)
{
    for (size_t i = 0; i < hosts->count; i++) {
        host_clear(&hosts->items[i]);
    }
    free(hosts->items);
}
