/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a link in the middle of a network shows: thousands of conversations at a time, by TCP and
 * UDP over both families of IP, some in IP fragments; one packet of twenty is Multipath TCP.
 */
#ifndef FORGE_BACKBONE_H
#define FORGE_BACKBONE_H

#include "tests/forge/forge.h"

/* So many packets of it, or a few more. */
void backbone_play(struct forge *forge, size_t count);

#endif
