/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sending, receiving and comparing on one connection. Every received octet is compared with the
 * stream that the first eight announce, so that a corrupted or misplaced octet is found where it
 * is, not only by the hash in the end.
 */
#include "tests/lab/connection.h"

#include <assert.h>
#include <errno.h>
#include <linux/mptcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#ifndef SOL_MPTCP
#define SOL_MPTCP 284
#endif

enum { BUFFER_OCTETS = 65536 };

static_assert(offsetof(struct sockaddr_in, sin_port) == offsetof(struct sockaddr_in6, sin6_port),
              "one place for the port");

/* An address as the kernel fills it in; the port is at the same place in both families. */
union socket_address {
    struct sockaddr any;
    struct sockaddr_in ipv4;
    struct sockaddr_in6 ipv6;
};

static uint16_t socket_port(int fd,
                            int (*look)(int fd, struct sockaddr *address, socklen_t *length))
{
    union socket_address address = {0};
    socklen_t length = sizeof address;

    return look(fd, &address.any, &length) == 0 ? ntohs(address.ipv4.sin_port) : 0;
}

static void connection_look_ports(struct connection *connection)
{
    connection->local_port = socket_port(connection->fd, getsockname);
    connection->remote_port = socket_port(connection->fd, getpeername);
}

/* Asks the kernel; after a fallback it knows nothing of Multipath TCP any more. */
static void connection_look(struct connection *connection)
{
    struct mptcp_info info = {0};
    socklen_t length = sizeof info;

    if (!connection->plan->mptcp || connection->fd < 0)
        return;
    if (getsockopt(connection->fd, SOL_MPTCP, MPTCP_INFO, &info, &length) != 0) {
        connection->fallback = true;
        return;
    }
    connection->fallback = (info.mptcpi_flags & MPTCP_INFO_FLAG_FALLBACK) != 0;
    connection->extra_subflows = info.mptcpi_subflows;
    if (info.mptcpi_token != 0)
        connection->token = info.mptcpi_token;
}

void connection_open(struct connection *connection, const struct connection_plan *plan, int fd,
                     uint64_t number, bool connected)
{
    *connection =
        (struct connection){.fd = fd, .plan = plan, .number = number, .connected = connected};
    stream_start(&connection->out, plan->seed, plan->direction, number);
    sha256_init(&connection->out_hash);
    sha256_init(&connection->in_hash);
    if (!connected)
        return;
    connection_look_ports(connection);
    connection_look(connection);
}

/* ---- Ends ----------------------------------------------------------------------------------- */

static void connection_end(struct connection *connection, enum connection_end end, int error)
{
    connection_close(connection);
    connection->end = end;
    connection->error = error;
}

void connection_abort(struct connection *connection)
{
    struct linger now = {.l_onoff = 1, .l_linger = 0};

    if (connection->end != CONNECTION_LIVE)
        return;
    setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    connection_end(connection, CONNECTION_ABORTED, 0);
}

static bool connection_may_close(const struct connection *connection)
{
    const struct connection_plan *plan = connection->plan;

    if (connection->out_closed || connection->sent < plan->send_octets)
        return false;
    switch (plan->close_mode) {
    case CLOSE_SHUTDOWN:
        return true;
    case CLOSE_ANSWER:
    case CLOSE_ABORT:
    case CLOSE_OPEN:
        return connection->in_closed;
    }
    return false;
}

static void connection_try_close(struct connection *connection)
{
    if (connection->end != CONNECTION_LIVE || !connection->connected)
        return;
    if (connection_may_close(connection)) {
        shutdown(connection->fd, SHUT_WR);
        connection->out_closed = true;
    }
    if (connection->out_closed && connection->in_closed)
        connection_end(connection, CONNECTION_CLOSED, 0);
}

void connection_close(struct connection *connection)
{
    if (connection->fd < 0)
        return;
    connection_look(connection);
    close(connection->fd);
    connection->fd = -1;
}

bool connection_settled(const struct connection *connection)
{
    const struct connection_plan *plan = connection->plan;

    if (connection->end != CONNECTION_LIVE)
        return true;
    return (plan->close_mode == CLOSE_OPEN || plan->close_mode == CLOSE_ABORT) &&
           connection->sent >= plan->send_octets && connection->received >= plan->receive_octets;
}

/* ---- Sending -------------------------------------------------------------------------------- */

static uint64_t min_u64(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t connection_sendable(const struct connection *connection, uint64_t limit)
{
    uint64_t end = min_u64(connection->plan->send_octets, limit);

    if (!connection->connected || connection->out_closed || connection->sent >= end)
        return 0;
    if (connection->plan->waits && connection->received == 0)
        return 0;
    return min_u64(end - connection->sent, connection->plan->chunk_octets);
}

/* The octets to be sent next, without taking them from the stream. */
static void connection_peek(const struct connection *connection, uint8_t *buffer, size_t length)
{
    struct stream ahead = connection->out;

    stream_read(&ahead, buffer, length);
}

static void connection_account(struct connection *connection, size_t taken)
{
    uint8_t buffer[BUFFER_OCTETS];

    stream_read(&connection->out, buffer, taken);
    sha256_update(&connection->out_hash, taken, buffer);
    connection->sent += taken;
}

bool connection_send_first(struct connection *connection, const struct sockaddr *address,
                           socklen_t address_length)
{
    const struct connection_plan *plan = connection->plan;
    uint8_t buffer[BUFFER_OCTETS];
    size_t length = (size_t)min_u64(min_u64(plan->send_octets, plan->chunk_octets), sizeof buffer);

    connection_peek(connection, buffer, length);
    ssize_t taken = sendto(connection->fd, buffer, length, MSG_FASTOPEN | MSG_NOSIGNAL, address,
                           address_length);
    if (taken > 0)
        connection_account(connection, (size_t)taken);
    return taken >= 0 || errno == EINPROGRESS;
}

static void connection_send(struct connection *connection, uint64_t limit, int64_t now_ns)
{
    uint8_t buffer[BUFFER_OCTETS];
    size_t length = (size_t)min_u64(connection_sendable(connection, limit), sizeof buffer);

    if (length == 0 || now_ns < connection->next_send_ns)
        return;
    connection_peek(connection, buffer, length);
    ssize_t taken = send(connection->fd, buffer, length, MSG_NOSIGNAL);
    if (taken < 0 && errno != EAGAIN)
        connection_end(connection, CONNECTION_FAILED, errno);
    if (taken <= 0)
        return;
    connection_account(connection, (size_t)taken);
    connection->next_send_ns = now_ns + connection->plan->pace_ns;
}

/* ---- Receiving ------------------------------------------------------------------------------ */

/* The number is read from the octets themselves; then they may be foretold, it included. */
static void connection_learn_number(struct connection *connection)
{
    uint64_t number = 0;

    for (size_t i = 0; i < STREAM_NUMBER_OCTETS; i++)
        number = number << 8 | connection->in_number[i];
    stream_start(&connection->expected, connection->plan->seed, !connection->plan->direction,
                 number);
    stream_read(&connection->expected, connection->in_number, STREAM_NUMBER_OCTETS);
}

static void connection_compare(struct connection *connection, uint8_t octet)
{
    uint8_t expected;

    if (connection->received < STREAM_NUMBER_OCTETS) {
        connection->in_number[connection->received++] = octet;
        if (connection->received == STREAM_NUMBER_OCTETS)
            connection_learn_number(connection);
        return;
    }
    stream_read(&connection->expected, &expected, 1);
    if (expected != octet && !connection->mismatch) {
        connection->mismatch = true;
        connection->mismatch_at = connection->received;
    }
    connection->received++;
}

static void connection_receive(struct connection *connection)
{
    uint8_t buffer[BUFFER_OCTETS];
    ssize_t length = recv(connection->fd, buffer, sizeof buffer, 0);

    if (length == 0)
        connection->in_closed = true;
    if (length < 0 && errno != EAGAIN)
        connection_end(connection, CONNECTION_FAILED, errno);
    if (length <= 0)
        return;
    sha256_update(&connection->in_hash, (size_t)length, buffer);
    for (ssize_t i = 0; i < length; i++)
        connection_compare(connection, buffer[i]);
}

/* ---- Steps ---------------------------------------------------------------------------------- */

short connection_events(const struct connection *connection, uint64_t limit, int64_t now_ns)
{
    short events = connection->in_closed ? 0 : POLLIN;

    if (!connection->connected)
        return POLLOUT;
    if (connection_sendable(connection, limit) > 0 && now_ns >= connection->next_send_ns)
        events |= POLLOUT;
    return events;
}

static void connection_finish_connect(struct connection *connection)
{
    int error = 0;
    socklen_t length = sizeof error;

    getsockopt(connection->fd, SOL_SOCKET, SO_ERROR, &error, &length);
    if (error != 0) {
        connection_end(connection, CONNECTION_FAILED, error);
        return;
    }
    connection->connected = true;
    connection_look_ports(connection);
    connection_look(connection);
}

void connection_step(struct connection *connection, short revents, uint64_t limit, int64_t now_ns)
{
    if (!connection->connected) {
        if (revents != 0)
            connection_finish_connect(connection);
        return;
    }
    if (revents & (POLLIN | POLLHUP | POLLERR) && !connection->in_closed)
        connection_receive(connection);
    if (connection->end == CONNECTION_LIVE && revents & POLLOUT)
        connection_send(connection, limit, now_ns);
    connection_try_close(connection);
}

/* ---- The result ----------------------------------------------------------------------------- */

static void print_digest(const char *name, const struct sha256_ctx *hash)
{
    struct sha256_ctx copy = *hash;
    uint8_t digest[SHA256_DIGEST_SIZE];

    sha256_digest(&copy, sizeof digest, digest);
    printf("\"%s\": \"", name);
    for (size_t i = 0; i < sizeof digest; i++)
        printf("%02x", digest[i]);
    printf("\", ");
}

static void print_number(const char *name, uint64_t number)
{
    printf("\"%s\": %llu, ", name, (unsigned long long)number);
}

static void print_bool(const char *name, bool value)
{
    printf("\"%s\": %s, ", name, value ? "true" : "false");
}

void connection_print(const struct connection *connection)
{
    static const char *const ends[] = {
        [CONNECTION_LIVE] = "open",
        [CONNECTION_CLOSED] = "closed",
        [CONNECTION_ABORTED] = "aborted",
        [CONNECTION_FAILED] = "failed",
    };
    uint64_t in_number = 0;

    for (size_t i = 0; i < STREAM_NUMBER_OCTETS; i++)
        in_number = in_number << 8 | connection->in_number[i];
    printf("{");
    print_number("local_port", connection->local_port);
    print_number("remote_port", connection->remote_port);
    print_number("sent", connection->sent);
    print_number("sent_stream", connection->number);
    print_digest("sent_sha256", &connection->out_hash);
    print_number("received", connection->received);
    if (connection->received >= STREAM_NUMBER_OCTETS)
        print_number("received_stream", in_number);
    print_digest("received_sha256", &connection->in_hash);
    if (connection->mismatch)
        print_number("mismatch_at", connection->mismatch_at);
    print_bool("connected", connection->connected);
    if (connection->plan->mptcp)
        print_bool("fallback", connection->fallback);
    if (connection->token != 0) {
        print_number("extra_subflows", connection->extra_subflows);
        printf("\"token\": \"0x%08x\", ", connection->token);
    }
    if (connection->error != 0)
        printf("\"error\": \"%s\", ", strerrorname_np(connection->error));
    printf("\"end\": \"%s\"}", ends[connection->end]);
}
