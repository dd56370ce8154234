/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Connections that nothing was heard of for long sleep: struct connection_awake and, of each of
 * their subflows, struct subflow_awake, most of what a connection takes, lie packed until somebody
 * asks for them. What finds a connection, or compares it with others, stays as it is: subflows and
 * their ends, keys, what joins said, findings.
 *
 * While a connection sleeps, the pointers to these structs, and into them, are NULL. Whoever may
 * come from elsewhere, by a flow, a token or a row of all connections, wakes it before he looks.
 */
#ifndef ANALYZER_SLEEP_H
#define ANALYZER_SLEEP_H

#include "analyzer/connection.h"

struct mpta_tracker;
struct bed;

/* What is packed of a connection. */
struct sleep {
    uint32_t len;
    uint8_t octets[];
};

static inline bool connection_sleeps(const struct connection *connection)
{
    return connection->sleep;
}

/* Lays it down, if that can be done; otherwise it stays awake. There is a bed. */
void connection_sleep(const struct mpta_tracker *tracker, struct connection *connection);

/* Nothing happens to one that is awake. False if there is no memory: it sleeps on. */
bool connection_wake(const struct mpta_tracker *tracker, struct connection *connection);

/* The same for the connection of a subflow; one without a connection is awake. */
bool subflow_wake(const struct mpta_tracker *tracker, const struct subflow *subflow);

/* What a visit does; false: that was the last one. */
typedef bool connection_visitor(void *context, struct connection *connection);

/* Visits a connection while it is awake; if it slept, it sleeps again afterwards. What the visit
 * returns, or false if there is no memory to wake it. */
bool connection_visit(const struct mpta_tracker *tracker, struct connection *connection,
                      connection_visitor *visit, void *context);

/* Visits all connections in turn or, while some leave, these; until a visit is false. */
bool connections_visit(const struct mpta_tracker *tracker, connection_visitor *visit,
                       void *context);

/* Frees what is packed of a connection, which is about to be freed, too; that takes no memory. */
void sleep_drop(const struct mpta_tracker *tracker, struct connection *connection);

/* Here is a new one, awake. */
void sleep_watch(const struct mpta_tracker *tracker, const struct connection *connection);

/* Who is silent at this time lies down: to be called now and then. */
void sleep_look(struct mpta_tracker *tracker, int64_t now_ns);

/* Where connections are to sleep. NULL: no memory. */
struct bed *bed_new(void);
void bed_free(struct bed *bed);

#endif
