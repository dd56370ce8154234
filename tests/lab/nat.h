/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A network address and port translator, RFC 3022 in its smallest form: what leaves gets the
 * outside address and a port of its own; what comes back is translated back; nothing else gets in.
 */
#ifndef LAB_NAT_H
#define LAB_NAT_H

#include <stdbool.h>
#include <stddef.h>

#include "tests/lab/packet.h"

enum { NAT_FIRST_PORT = 40000, NAT_BINDINGS_MAX = 1024 };

struct nat_binding {
    struct mpta_address inside;
    uint16_t port;
};

struct nat {
    struct mpta_address outside;                   /* family 0: no translation on this path */
    struct nat_binding bindings[NAT_BINDINGS_MAX]; /* binding n owns port NAT_FIRST_PORT + n */
    size_t binding_count;
};

/* Translates a segment that leaves; false if it cannot be (other family, no port left). */
bool nat_leave(struct nat *nat, struct packet_view *view);

/* Translates a segment that comes back; false if no binding knows it. */
bool nat_return(const struct nat *nat, struct packet_view *view);

#endif
