/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TCP asks the dissector of its conversation first. There sits the sink: it swallows what is taken,
 * and hands all else to the dissector whose place it has, so that it goes on as ever.
 *
 * A dissector that hands a connection over to another (STARTTLS, an upgrade, a proxy) says so in
 * that conversation, too. The sink notes it, and takes its place again.
 */
#include "wireshark/sink.h"

/* From a frame on, a connection is another dissector's. */
struct application {
    uint32_t frame;
    dissector_handle_t handle;
};

static dissector_handle_t sink_handle;
static const struct packet_facts *watched;

/* ---- Conversations --------------------------------------------------------------------------- */

static conversation_t *conversation_of(const packet_info *pinfo)
{
    return find_conversation(pinfo->num, &pinfo->src, &pinfo->dst, CONVERSATION_TCP, pinfo->srcport,
                             pinfo->destport, 0);
}

/* The dissector that was chosen for all packets of a conversation. */
static dissector_handle_t conversation_for_all(conversation_t *conversation)
{
    dissector_handle_t handle = conversation_get_dissector(conversation, 0);
    return handle == sink_handle ? NULL : handle;
}

/* ---- In the place of others ------------------------------------------------------------------ */

/* Whom TCP would ask if the sink were not there: of a subflow, those chosen for all its packets. */
static dissector_handle_t displaced(const packet_info *pinfo, const struct packet_facts *facts)
{
    const struct stream_pair *pair =
        facts->fed.has_connection ? streams_of(facts->fed.connection) : NULL;
    conversation_t *conversation = conversation_of(pinfo);
    if (!pair || !conversation)
        return NULL;
    if (conversation == sink_conversation(pinfo, pair))
        return sink_application(pinfo, pair);
    return conversation_for_all(conversation);
}

static int dissect_sink(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    if (!watched)
        return 0;
    if (watched->taken)
        return (int)tvb_captured_length(tvb);
    dissector_handle_t handle = displaced(pinfo, watched);
    pinfo->can_desegment = pinfo->saved_can_desegment; /* as if TCP had called it */
    return handle ? call_dissector_only(handle, tvb, pinfo, tree, data) : 0;
}

/* In name only, so that it is no layer between TCP and what it hands on to. */
void sink_register(int protocol)
{
    int sink =
        proto_register_protocol_in_name_only("TCP, put together by MPTCPA", "TCP (MPTCPA stream)",
                                             "mptcpa_stream", protocol, FT_PROTOCOL);
    sink_handle = create_dissector_handle(dissect_sink, sink);
}

const struct packet_facts *sink_watch(const struct packet_facts *facts)
{
    const struct packet_facts *before = watched;
    watched = facts;
    return before;
}

static bool sink_put(conversation_t *conversation, uint32_t frame)
{
    if (!conversation)
        return false;
    if (conversation_get_dissector(conversation, frame) != sink_handle)
        conversation_set_dissector_from_frame_number(conversation, frame, sink_handle);
    return true;
}

void sink_install(packet_info *pinfo, const struct packet_facts *facts)
{
    struct stream_pair *pair = facts->fed.has_connection ? streams_of(facts->fed.connection) : NULL;
    uint64_t bit = facts->fed.subflow < 64 ? UINT64_C(1) << facts->fed.subflow : 0;
    if (!pair || pair->left || pair->sinks & bit)
        return;
    if (sink_put(conversation_of(pinfo), pinfo->num))
        pair->sinks |= bit;
}

conversation_t *sink_conversation(const packet_info *pinfo, const struct stream_pair *pair)
{
    return find_conversation(pinfo->num, &pair->addresses[MPTA_CLIENT],
                             &pair->addresses[MPTA_SERVER], CONVERSATION_TCP,
                             pair->ports[MPTA_CLIENT], pair->ports[MPTA_SERVER], 0);
}

/* ---- Other dissectors ------------------------------------------------------------------------ */

dissector_handle_t sink_application(const packet_info *pinfo, const struct stream_pair *pair)
{
    guint count = pair->applications ? wmem_array_get_count(pair->applications) : 0;
    for (guint i = count; i > 0; i--) {
        const struct application *application = wmem_array_index(pair->applications, i - 1);
        if (application->frame <= pinfo->num)
            return application->handle;
    }
    conversation_t *conversation = sink_conversation(pinfo, pair);
    return conversation ? conversation_for_all(conversation) : NULL;
}

void sink_restore(const packet_info *pinfo, struct stream_pair *pair)
{
    conversation_t *conversation = sink_conversation(pinfo, pair);
    struct application application = {.frame = pinfo->num + 1};
    if (!conversation)
        return;
    application.handle = conversation_get_dissector(conversation, application.frame);
    if (application.handle == sink_handle || !application.handle)
        return;
    if (!pair->applications)
        pair->applications = wmem_array_new(wmem_file_scope(), sizeof(application));
    if (!pinfo->fd->visited)
        wmem_array_append(pair->applications, &application, 1);
    sink_put(conversation, application.frame);
}
