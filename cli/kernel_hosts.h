/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sockets that were heard of, within a bound: beyond it one that no connection has is given up. A
 * host moves in memory when another one is added.
 */
#ifndef CLI_KERNEL_HOSTS_H
#define CLI_KERNEL_HOSTS_H

#include "cli/kernel_view.h"

/* All zero is none. */
struct kernel_hosts {
    struct kernel_host *items;
    size_t count;
};

/* The latest socket that has, or had, a token; NULL for none. */
struct kernel_host *kernel_host_find(struct kernel_hosts *hosts, uint32_t token);

/* A new one; NULL if there is no memory, or no room. */
struct kernel_host *kernel_host_add(struct kernel_hosts *hosts, uint32_t token);

/* What the kernel said of it just now. */
void kernel_host_see(struct kernel_host *host, const struct kernel_socket *socket);

/* Keeps the latest of a subflow. */
void kernel_host_see_subflow(struct kernel_host *host, const struct kernel_subflow *subflow);

/* Keeps an event. */
void kernel_host_hear(struct kernel_host *host, const struct kernel_event *event);

void kernel_hosts_free(struct kernel_hosts *hosts);

#endif
