/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Community ID, version 1 with seed 0: a name for a flow that other tools give it, too, whichever
 * direction they saw first.
 */
#ifndef CLI_COMMUNITY_ID_H
#define CLI_COMMUNITY_ID_H

#include "dissector/dissector.h"

/* "1:" and SHA-1 in base64, with its final NUL. */
#define COMMUNITY_ID_MAX 31

/* The name of a TCP flow between two addresses of one family. */
void community_id_format(const struct mpta_address *src, uint16_t src_port,
                         const struct mpta_address *dst, uint16_t dst_port,
                         char text[COMMUNITY_ID_MAX]);

#endif
