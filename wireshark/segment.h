/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A TCP segment as the tracker knows it, of what Wireshark has found before TCP. */
#ifndef WIRESHARK_SEGMENT_H
#define WIRESHARK_SEGMENT_H

#include <epan/packet.h>

#include "dissector/dissector.h"

enum segment_found {
    SEGMENT_WHOLE,
    SEGMENT_CUT, /* the snap length cut its header */
    SEGMENT_OTHER,
};

/*
 * Fills *segment from the octets of a TCP segment; `ip` is what the dissector of IP hands to those
 * above it, or NULL. What it points to lives as long as the tvbuff.
 */
enum segment_found segment_make(tvbuff_t *tvb, const packet_info *pinfo, void *ip,
                                struct mpta_segment *segment);

#endif
