/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One record a frame and TCP layer, in the memory of the file. */
#include "wireshark/packet_facts.h"

#include <epan/proto_data.h>

#include "wireshark/plugin.h"

struct packet_facts *packet_facts_new(const packet_info *pinfo)
{
    struct packet_facts *facts = wmem_new0(wmem_file_scope(), struct packet_facts);
    facts->frame = pinfo->num;
    return facts;
}

void packet_facts_keep(packet_info *pinfo, struct packet_facts *facts)
{
    p_add_proto_data(wmem_file_scope(), pinfo, plugin_protocol(), pinfo->curr_layer_num, facts);
}

struct packet_facts *packet_facts_find(packet_info *pinfo)
{
    return p_get_proto_data(wmem_file_scope(), pinfo, plugin_protocol(), pinfo->curr_layer_num);
}
