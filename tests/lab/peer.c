/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The applications of the lab: one program that is client or server, over Multipath TCP or plain
 * TCP, with one or many connections at once, each sending a stream of its own (stream.h).
 *
 * It prints "ready" when it listens (server) or begins (client), "held" when every connection has
 * sent what the limit allows, "done" when every connection came as far as it is meant to. On
 * standard input it takes "go N" (the limit becomes N octets a connection), "go" (no limit) and
 * "abort" (all connections).
 * At the end of input or at the timeout it closes what is open, prints the result as one line of
 * JSON and exits.
 */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/lab/connection.h"
#include "tests/lab/peer_options.h"

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

enum { CONNECTIONS_MAX = 4096, NS_PER_SECOND = 1000000000, IDLE_MS = 1000, RETRY_MS = 10 };

struct peer {
    struct peer_options options;
    struct connection_plan plan;
    int listener;
    struct connection *connections;
    unsigned opened;
    uint64_t limit;
    bool told_held;
    bool told_done;
};

static int64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * NS_PER_SECOND + now.tv_nsec;
}

static void tell(const char *word)
{
    puts(word);
    fflush(stdout);
}

static void die(const char *what)
{
    fprintf(stderr, "peer: %s: %s\n", what, strerror(errno));
    exit(EXIT_FAILURE);
}

/* ---- Sockets -------------------------------------------------------------------------------- */

static socklen_t address_len(const struct sockaddr_storage *address)
{
    return address->ss_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
}

static int peer_socket(const struct peer_options *options)
{
    int protocol = options->tcp ? IPPROTO_TCP : IPPROTO_MPTCP;
    int type = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
    int fd = socket(options->address.ss_family, type, protocol);
    int yes = 1;

    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0)
        die("socket");
    return fd;
}

static int peer_listen(const struct peer_options *options, const struct sockaddr_storage *address)
{
    int fd = peer_socket(options);

    if (bind(fd, (const struct sockaddr *)address, address_len(address)) != 0 ||
        listen(fd, CONNECTIONS_MAX) != 0)
        die("listen");
    return fd;
}

static void peer_add(struct peer *peer, int fd, bool connected)
{
    connection_open(&peer->connections[peer->opened], &peer->plan, fd, peer->opened, connected);
    peer->opened++;
}

static void peer_accept(struct peer *peer)
{
    while (peer->opened < peer->options.connections) {
        int fd = accept4(peer->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0)
            return;
        peer_add(peer, fd, true);
    }
}

static void peer_connect_fast(struct peer *peer, int fd)
{
    const struct sockaddr_storage *address = &peer->options.address;

    peer_add(peer, fd, false);
    if (!connection_send_first(&peer->connections[peer->opened - 1],
                               (const struct sockaddr *)address, address_len(address)))
        die("connect with data");
}

/* False if the address is still taken by a connection that came before. */
static bool peer_connect(struct peer *peer)
{
    const struct sockaddr_storage *address = &peer->options.address;
    const struct sockaddr_storage *from = &peer->options.bind;
    int fd = peer_socket(&peer->options);

    if (from->ss_family != 0 && bind(fd, (const struct sockaddr *)from, address_len(from)) != 0)
        die("bind");
    if (peer->options.fast_open) {
        peer_connect_fast(peer, fd);
        return true;
    }
    if (connect(fd, (const struct sockaddr *)address, address_len(address)) == 0 ||
        errno == EINPROGRESS) {
        peer_add(peer, fd, false);
        return true;
    }
    if (errno != EADDRNOTAVAIL)
        die("connect");
    close(fd);
    return false;
}

/* Opens what a client may have open now. */
static void peer_open_more(struct peer *peer)
{
    while (!peer->options.server && peer->opened < peer->options.connections) {
        if (peer->options.sequential && peer->opened > 0 &&
            !connection_settled(&peer->connections[peer->opened - 1]))
            return;
        if (!peer_connect(peer))
            return;
    }
}

/* ---- Waiting -------------------------------------------------------------------------------- */

/* True if the connection could send now but for its pace. */
static bool connection_is_paced(const struct connection *connection, int64_t at_ns)
{
    return connection->end == CONNECTION_LIVE && connection->next_send_ns > at_ns;
}

static int64_t peer_wake_ns(const struct peer *peer, int64_t at_ns, int64_t end_ns)
{
    bool incomplete = !peer->options.server && peer->opened < peer->options.connections;
    int64_t wake_ns = at_ns + (int64_t)(incomplete ? RETRY_MS : IDLE_MS) * 1000000;

    for (unsigned i = 0; i < peer->opened; i++)
        if (connection_is_paced(&peer->connections[i], at_ns) &&
            peer->connections[i].next_send_ns < wake_ns)
            wake_ns = peer->connections[i].next_send_ns;
    return wake_ns < end_ns ? wake_ns : end_ns;
}

/* fds: standard input, the listener, then the connections. */
static void peer_wait(const struct peer *peer, struct pollfd *fds, int64_t end_ns)
{
    int64_t at_ns = now_ns();
    int64_t wait_ns = peer_wake_ns(peer, at_ns, end_ns) - at_ns;
    struct timespec timeout = {.tv_sec = wait_ns > 0 ? wait_ns / NS_PER_SECOND : 0,
                               .tv_nsec = wait_ns > 0 ? wait_ns % NS_PER_SECOND : 0};

    fds[0] = (struct pollfd){.fd = STDIN_FILENO, .events = POLLIN};
    fds[1] = (struct pollfd){.fd = peer->listener, .events = POLLIN};
    for (unsigned i = 0; i < peer->opened; i++) {
        const struct connection *connection = &peer->connections[i];
        fds[2 + i] = (struct pollfd){
            .fd = connection->fd,
            .events = connection_events(connection, peer->limit, at_ns),
        };
        /* One that waits for nothing would still report errors, and spin. */
        if (fds[2 + i].events == 0)
            fds[2 + i].fd = -1;
    }
    ppoll(fds, 2 + peer->opened, &timeout, NULL);
}

static void peer_step(struct peer *peer, const struct pollfd *fds, unsigned count)
{
    int64_t at_ns = now_ns();

    for (unsigned i = 0; i < count; i++)
        if (peer->connections[i].end == CONNECTION_LIVE)
            connection_step(&peer->connections[i], fds[2 + i].revents, peer->limit, at_ns);
}

/* ---- Talking with the orchestrator ---------------------------------------------------------- */

static void peer_obey(struct peer *peer, const char *order)
{
    unsigned long long limit;

    if (strcmp(order, "abort") == 0) {
        for (unsigned i = 0; i < peer->opened; i++)
            connection_abort(&peer->connections[i]);
        return;
    }
    peer->limit = sscanf(order, "go %llu", &limit) == 1 ? limit : UINT64_MAX;
    peer->told_held = false;
}

/* Reads what there is of an order; false at the end of input. */
static bool peer_listen_to_orders(struct peer *peer)
{
    static char line[64];
    static size_t length;

    if (read(STDIN_FILENO, line + length, 1) != 1)
        return false;
    if (line[length] != '\n' && length + 2 < sizeof line) {
        length++;
        return true;
    }
    line[length] = '\0';
    length = 0;
    peer_obey(peer, line);
    return true;
}

static bool connection_is_held(const struct connection *connection, uint64_t limit)
{
    return connection->end != CONNECTION_LIVE || connection->sent >= limit ||
           connection->sent >= connection->plan->send_octets;
}

static void peer_tell_progress(struct peer *peer)
{
    bool held = peer->opened == peer->options.connections;
    bool done = held;

    for (unsigned i = 0; i < peer->opened; i++) {
        held &= connection_is_held(&peer->connections[i], peer->limit);
        done &= connection_settled(&peer->connections[i]);
    }
    if (held && !peer->told_held)
        tell("held");
    peer->told_held |= held;
    if (done && !peer->told_done)
        tell("done");
    peer->told_done |= done;
}

static void peer_print_result(const struct peer *peer)
{
    printf("{\"connections\": [");
    for (unsigned i = 0; i < peer->opened; i++) {
        printf("%s", i == 0 ? "" : ", ");
        connection_print(&peer->connections[i]);
    }
    printf("], \"done\": %s}\n", peer->told_done ? "true" : "false");
}

/* ---- The process ---------------------------------------------------------------------------- */

static struct connection_plan plan_of(const struct peer_options *options)
{
    return (struct connection_plan){
        .seed = options->seed,
        .mptcp = !options->tcp,
        .direction = options->server ? 1 : 0,
        .send_octets = options->send,
        .receive_octets = options->receive,
        .chunk_octets = options->chunk,
        .pace_ns = (int64_t)options->pace_us * 1000,
        .waits = options->waits,
        .close_mode = options->close_mode,
    };
}

static void peer_run(struct peer *peer, struct pollfd *fds)
{
    int64_t end_ns = now_ns() + (int64_t)peer->options.timeout * NS_PER_SECOND;

    while (now_ns() < end_ns) {
        peer_open_more(peer);
        unsigned count = peer->opened;
        peer_wait(peer, fds, end_ns);
        peer_step(peer, fds, count);
        if (peer->options.server)
            peer_accept(peer);
        peer_tell_progress(peer);
        if (fds[0].revents != 0 && !peer_listen_to_orders(peer))
            return;
    }
}

int main(int argc, char **argv)
{
    struct peer peer = {.options = peer_options_parse(argc, argv), .listener = -1};

    if (peer.options.connections > CONNECTIONS_MAX)
        peer.options.connections = CONNECTIONS_MAX;
    peer.plan = plan_of(&peer.options);
    peer.limit = peer.options.hold;
    peer.connections = calloc(peer.options.connections + 1, sizeof *peer.connections);
    struct pollfd *fds = calloc(2 + peer.options.connections, sizeof *fds);
    if (peer.connections == NULL || fds == NULL)
        die("memory");
    if (peer.options.server)
        peer.listener = peer_listen(&peer.options, &peer.options.address);
    else if (peer.options.listen.ss_family != 0)
        peer.listener = peer_listen(&peer.options, &peer.options.listen);
    tell("ready");
    peer_run(&peer, fds);
    for (unsigned i = 0; i < peer.opened; i++)
        connection_close(&peer.connections[i]);
    peer_print_result(&peer);
    free(fds);
    free(peer.connections);
    return EXIT_SUCCESS;
}
