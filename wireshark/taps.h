/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What each packet of a connection tells tables, trees of statistics and the view of a stream. */
#ifndef WIRESHARK_TAPS_H
#define WIRESHARK_TAPS_H

#include <epan/packet.h>
#include <epan/tap.h>

#include "wireshark/packet_facts.h"
#include "wireshark/streams.h"

#define TAP_PACKETS "mptcpa"
#define TAP_STREAMS "mptcpa_follow"

/* What listeners of both get, for as long as the packet is dissected. */
struct tapped {
    tvbuff_t *tvb; /* the TCP segment */
    const struct packet_facts *facts;
    const struct stream_pair *pair;
};

void taps_register(int protocol);
void taps_tell(tvbuff_t *tvb, packet_info *pinfo, const struct packet_facts *facts);

#endif
