/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Nothing is made for listeners that are not there. */
#include "wireshark/taps.h"

#include "wireshark/conversations.h"
#include "wireshark/follow.h"
#include "wireshark/stats_tree.h"
#include "wireshark/tables.h"

static int packets_tap = -1;
static int streams_tap = -1;

void taps_register(int protocol)
{
    packets_tap = register_tap(TAP_PACKETS);
    streams_tap = register_tap(TAP_STREAMS);
    follow_register(protocol);
    tables_register();
    conversations_register(protocol);
    stats_tree_register_all();
}

void taps_tell(tvbuff_t *tvb, packet_info *pinfo, const struct packet_facts *facts)
{
    bool streams = facts->deliveries && have_tap_listener(streams_tap);
    if (!facts->fed.has_connection || (!streams && !have_tap_listener(packets_tap)))
        return;
    struct tapped *tapped = wmem_new(pinfo->pool, struct tapped);
    *tapped = (struct tapped){tvb, facts, streams_of(facts->fed.connection)};
    if (!tapped->pair)
        return;
    tap_queue_packet(packets_tap, pinfo, tapped);
    if (streams)
        tap_queue_packet(streams_tap, pinfo, tapped);
}
