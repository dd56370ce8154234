/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * -z conv,mptcpa: packets of all subflows of a connection count in one row, under the addresses and
 * ports of its initial subflow.
 */
#include "wireshark/conversations.h"

#include <glib.h>

#include <epan/conversation_table.h>

#include "wireshark/taps.h"

static const char *filter_name(conv_item_t *item, conv_filter_type_e filter)
{
    bool is_6 = item->src_address.type == AT_IPv6;
    switch (filter) {
    case CONV_FT_SRC_ADDRESS:
        return is_6 ? "ipv6.src" : "ip.src";
    case CONV_FT_DST_ADDRESS:
        return is_6 ? "ipv6.dst" : "ip.dst";
    case CONV_FT_ANY_ADDRESS:
        return is_6 ? "ipv6.addr" : "ip.addr";
    case CONV_FT_SRC_PORT:
        return "tcp.srcport";
    case CONV_FT_DST_PORT:
        return "tcp.dstport";
    case CONV_FT_ANY_PORT:
        return "tcp.port";
    }
    return CONV_FILTER_INVALID;
}

static tap_packet_status listen(void *table, packet_info *pinfo, epan_dissect_t *edt,
                                const void *told, tap_flags_t flags)
{
    static ct_dissector_info_t names = {filter_name};
    const struct tapped *tapped = told;
    const struct stream_pair *pair = tapped->pair;
    enum mpta_side by = tapped->facts->fed.by;
    conv_hash_t *hash = table;
    (void)edt;
    hash->flags = flags;
    add_conversation_table_data_with_conv_id(
        hash, &pair->addresses[by], &pair->addresses[!by], pair->ports[by], pair->ports[!by],
        (conv_id_t)tapped->facts->fed.connection, 1, (int)pinfo->fd->pkt_len, &pinfo->rel_ts,
        &pinfo->abs_ts, &names, CONVERSATION_TCP);
    return TAP_PACKET_REDRAW;
}

void conversations_register(int protocol)
{
    register_conversation_table(protocol, FALSE, listen, NULL);
}
