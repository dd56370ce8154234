/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Asking the Linux kernel about its sockets, and hearing of what happens to them, over netlink. Its
 * descriptors are opened once, and serve on without privileges; nothing here waits.
 */
#ifndef CLI_KERNEL_QUERY_H
#define CLI_KERNEL_QUERY_H

#include <stdbool.h>

#include "cli/kernel_message.h"

struct mnl_socket;

struct kernel_query {
    struct mnl_socket *diag;
    struct mnl_socket *events; /* NULL where the kernel does not tell this process */
    uint16_t family;           /* of the events */
    uint32_t sequence;
};

/* False where this system has no such sockets, or does not tell. */
bool kernel_query_open(struct kernel_query *query);

/* The socket of Multipath TCP that has a token. False if there is none. */
bool kernel_query_socket(struct kernel_query *query, uint32_t token, struct kernel_socket *socket);

/*
 * The TCP socket with these ends; interface is the number of the one that it is bound to, or 0.
 * False if there is none.
 */
bool kernel_query_subflow(struct kernel_query *query, const struct kernel_ends *ends,
                          uint32_t interface, struct kernel_subflow *subflow);

/* A descriptor that can be read when there are events; -1 if there never will be. */
int kernel_query_event_fd(const struct kernel_query *query);

/* Tells of each event that has come, of at most so many messages. */
void kernel_query_events(struct kernel_query *query, unsigned messages,
                         void (*tell)(void *context, const struct kernel_event *event),
                         void *context);

void kernel_query_close(struct kernel_query *query);

#endif
