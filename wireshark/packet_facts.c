/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A frame's first record is kept under key 0, so that it is found when no layer is at hand; those
 * of TCP within TCP under the number of their layer.
 */
#include "wireshark/packet_facts.h"

#include <epan/proto_data.h>

#include "wireshark/plugin.h"

static struct packet_facts *facts_by_key(packet_info *pinfo, guint32 key)
{
    return p_get_proto_data(wmem_file_scope(), pinfo, plugin_protocol(), key);
}

void packet_facts_keep(packet_info *pinfo, struct packet_facts *facts)
{
    facts->layer = (uint8_t)pinfo->curr_layer_num;
    p_add_proto_data(wmem_file_scope(), pinfo, plugin_protocol(),
                     facts_by_key(pinfo, 0) ? facts->layer : 0, facts);
}

struct packet_facts *packet_facts_find(packet_info *pinfo)
{
    struct packet_facts *first = facts_by_key(pinfo, 0);
    if (!first || first->layer == pinfo->curr_layer_num)
        return first;
    return facts_by_key(pinfo, pinfo->curr_layer_num);
}

struct packet_facts *packet_facts_of_frame(packet_info *pinfo)
{
    return facts_by_key(pinfo, 0);
}
