/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the orchestrator tells a peer on its command line.
 */
#ifndef LAB_PEER_OPTIONS_H
#define LAB_PEER_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "tests/lab/connection.h"

struct peer_options {
    bool server;
    bool tcp;                        /* plain TCP instead of Multipath TCP */
    bool sequential;                 /* a connection begins when the one before has ended */
    bool fast_open;                  /* a client: the first octets go with the SYN */
    bool waits;                      /* sends nothing before something was received */
    struct sockaddr_storage address; /* to listen at, or to connect to */
    uint64_t port;
    struct sockaddr_storage bind; /* of a client; family 0: not bound */
    uint64_t bind_port;
    struct sockaddr_storage listen; /* a client listens here too, at bind_port, to be joined */
    uint64_t connections;
    uint64_t seed;
    uint64_t send; /* octets a connection */
    uint64_t receive;
    uint64_t chunk;
    uint64_t pace_us;
    uint64_t hold; /* the first limit of what is sent on a connection */
    uint64_t timeout;
    enum close_mode close_mode;
};

/* Reads the command line; tells what is wrong with it and exits with status 2. */
struct peer_options peer_options_parse(int argc, char **argv);

#endif
