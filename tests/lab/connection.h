/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One connection of an application of the lab: what it still has to send, what it received, how it
 * is to close and how it ended. Works on one non-blocking socket; waits for nothing.
 */
#ifndef LAB_CONNECTION_H
#define LAB_CONNECTION_H

#include <nettle/sha2.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "tests/lab/stream.h"

/* When and how this side closes. */
enum close_mode {
    CLOSE_SHUTDOWN, /* its direction, as soon as all is sent */
    CLOSE_ANSWER,   /* its direction, once all is sent and the other side has closed its own */
    CLOSE_ABORT,    /* aborts when told to: connection_abort */
    CLOSE_OPEN,     /* never; only after the other side */
};

/* The same for all connections of a process. */
struct connection_plan {
    uint64_t seed;
    bool mptcp;         /* the socket is one of Multipath TCP */
    unsigned direction; /* that it sends in: 0 from client to server, 1 back */
    uint64_t send_octets;
    uint64_t receive_octets;
    uint64_t chunk_octets; /* a write */
    int64_t pace_ns;       /* from one write to the next */
    bool waits;            /* sends nothing before something was received */
    enum close_mode close_mode;
};

enum connection_end {
    CONNECTION_LIVE,
    CONNECTION_CLOSED,  /* both directions came to their ends */
    CONNECTION_ABORTED, /* by this side */
    CONNECTION_FAILED,  /* the socket told an error: see `error` */
};

struct connection {
    int fd;
    const struct connection_plan *plan;
    uint64_t number; /* of the stream that it sends */
    bool connected;
    bool out_closed;
    bool in_closed;
    enum connection_end end;
    int error;

    struct stream out;
    struct sha256_ctx out_hash;
    uint64_t sent;
    int64_t next_send_ns;

    struct stream expected;
    uint8_t in_number[STREAM_NUMBER_OCTETS];
    struct sha256_ctx in_hash;
    uint64_t received;
    bool mismatch;
    uint64_t mismatch_at; /* offset of the first octet that is not the stream's */

    uint16_t local_port;
    uint16_t remote_port;
    bool fallback;           /* the kernel goes on with plain TCP, as of the last look */
    uint32_t token;          /* the kernel's own; 0 if it never told */
    unsigned extra_subflows; /* as of the last look */
};

/* Takes over the socket. connected tells whether its handshake is over. */
void connection_open(struct connection *connection, const struct connection_plan *plan, int fd,
                     uint64_t number, bool connected);

/*
 * Connects with the first octets on the SYN (TCP Fast Open) instead of connect(2). False if that
 * cannot be (errno tells).
 */
bool connection_send_first(struct connection *connection, const struct sockaddr *address,
                           socklen_t address_length);

/* The poll events that it waits for; limit is how many octets may be sent until told otherwise. */
short connection_events(const struct connection *connection, uint64_t limit, int64_t now_ns);

/* Does what poll said is possible. */
void connection_step(struct connection *connection, short revents, uint64_t limit, int64_t now_ns);

/* True if nothing more is to be expected of it, though it may be open still. */
bool connection_settled(const struct connection *connection);

/* Aborts what is still open: the other side gets an MP_FASTCLOSE, or RST where MPTCP ended. */
void connection_abort(struct connection *connection);

/* Closes what is still open. */
void connection_close(struct connection *connection);

/* Prints one JSON object. */
void connection_print(const struct connection *connection);

#endif
