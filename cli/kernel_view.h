/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The kernel's own view of connections that this machine takes part in, beside what the packets
 * show: joined by token, or by addresses and ports where no packet told the token. It is asked once
 * a second, and when it says that something happened; what it said last of a socket is kept when
 * the socket is gone.
 */
#ifndef CLI_KERNEL_VIEW_H
#define CLI_KERNEL_VIEW_H

#include "analyzer/analyzer.h"
#include "cli/kernel_message.h"

/* So much is kept of one socket, at most. */
enum { KERNEL_SUBFLOWS_MAX = 32, KERNEL_EVENTS_MAX = 64 };

struct kernel_host_event {
    int64_t time_ns; /* when it was heard of */
    struct kernel_event event;
};

/* A socket of Multipath TCP: one side of a connection, on this machine. */
struct kernel_host {
    uint32_t token;
    bool joined; /* it belongs to a connection of the tracker: */
    uint32_t connection;
    enum mpta_side side;
    bool known; /* the kernel answered: */
    struct kernel_socket socket;
    int64_t seen_ns;                 /* when it did last */
    bool closed;                     /* since then it is gone */
    struct kernel_subflow *subflows; /* owned */
    size_t subflow_count;
    struct kernel_host_event *events; /* owned */
    size_t event_count;
};

struct kernel_view;

/*
 * Opens what it takes, while there are privileges; interfaces are those that are captured from.
 * NULL where the kernel has nothing to say, or no memory.
 */
struct kernel_view *kernel_view_open(const char *const *interfaces, size_t count);

/* A descriptor that can be read when the kernel has something to tell, or -1. */
int kernel_view_fd(const struct kernel_view *view);

/* Hears of events, and asks about the connections of the tracker if that is due, or always. */
void kernel_view_step(struct kernel_view *view, const struct mpta_tracker *tracker, bool always);

/* Another number whenever the kernel was asked or told something. view may be NULL. */
uint64_t kernel_view_generation(const struct kernel_view *view);

/* What the kernel says of one side of a connection; NULL for nothing. view may be NULL. */
const struct kernel_host *kernel_view_find(const struct kernel_view *view, uint32_t connection,
                                           enum mpta_side side);

/* The id of the connection's subflow that a TCP socket of it carries; false if packets show none.
 */
bool kernel_subflow_id(const struct mpta_tracker *tracker, const struct kernel_host *host,
                       const struct kernel_subflow *subflow, uint32_t *id);

/* NULL is allowed. */
void kernel_view_close(struct kernel_view *view);

#endif
