/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every TCP segment passes here before Wireshark's own dissector sees it: the tracker is fed on the
 * first pass, TCP is dissected as ever, and what the tracker said is shown below it.
 *
 * The wrapper has a protocol "in name only" below TCP, so that it leaves no layer in the packet,
 * and disabling `mptcpa` leaves TCP as it was.
 */
#include "wireshark/wrap_tcp.h"

#include <epan/exceptions.h>
#include <epan/ipproto.h>
#include <epan/packet.h>

#include "wireshark/packet_facts.h"
#include "wireshark/plugin.h"
#include "wireshark/reassembly.h"
#include "wireshark/session.h"
#include "wireshark/sink.h"
#include "wireshark/taps.h"
#include "wireshark/tree.h"

static dissector_handle_t tcp_handle;
static dissector_handle_t wrapper_handle;

static struct packet_facts *facts_of(tvbuff_t *tvb, packet_info *pinfo, void *ip)
{
    if (!plugin_is_enabled() || pinfo->flags.in_error_pkt)
        return NULL;
    return pinfo->fd->visited ? packet_facts_find(pinfo) : session_feed(tvb, pinfo, ip);
}

static int dissect_wrapped(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *ip)
{
    struct packet_facts *facts = facts_of(tvb, pinfo, ip);
    proto_item *before = tree_end(tree);
    volatile int len = 0;
    if (!facts)
        return call_dissector_only(tcp_handle, tvb, pinfo, tree, ip);
    const struct packet_facts *watched = sink_watch(facts);
    TRY
    {
        len = call_dissector_only(tcp_handle, tvb, pinfo, tree, ip);
    }
    CATCH_ALL
    {
        sink_watch(watched);
        tree_show(tvb, pinfo, tree, before, facts);
        RETHROW;
    }
    ENDTRY;
    sink_watch(watched);
    sink_install(pinfo, facts);
    tree_show(tvb, pinfo, tree, before, facts);
    reassembly_dissect(tvb, pinfo, tree, facts);
    taps_tell(tvb, pinfo, facts);
    return len;
}

void wrap_tcp_register(void)
{
    int wrapper = proto_register_protocol_in_name_only(
        "TCP, watched for Multipath TCP", "TCP (MPTCPA)", "mptcpa_tcp",
        proto_get_id_by_filter_name("tcp"), FT_PROTOCOL);
    wrapper_handle = create_dissector_handle(dissect_wrapped, wrapper);
}

void wrap_tcp_hand_off(void)
{
    tcp_handle = find_dissector("tcp");
    dissector_add_uint("ip.proto", IP_PROTO_TCP, wrapper_handle);
}
