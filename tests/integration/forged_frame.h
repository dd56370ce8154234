/* SPDX-License-Identifier: BSD-3-Clause */
/* A packet of the forge as a capture would have it. */
#ifndef TESTS_INTEGRATION_FORGED_FRAME_H
#define TESTS_INTEGRATION_FORGED_FRAME_H

#include "cli/source.h"
#include "tests/forge/forge.h"

/* It borrows the forge's octets. */
static inline struct frame forged_frame(const struct forge_packet *packet, uint64_t number)
{
    return (struct frame){
        .number = number,
        .interface = packet->interface,
        .time_ns = packet->time_ns,
        .time_known = true,
        .link_type = packet->link_type,
        .captured = packet->captured,
        .wire_len = packet->wire_len,
        .octets = packet->octets,
    };
}

#endif
