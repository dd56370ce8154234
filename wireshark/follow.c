/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * -z follow,mptcpa,ascii,N, and in Wireshark from 4.2 on also its menu. Octets come in the order of
 * the stream as deliveries; what nobody captured is named where it is missing, as for TCP.
 */
#include "wireshark/follow.h"

#include <epan/follow.h>
#include <epan/to_str.h>

#include "wireshark/compat.h"
#include "wireshark/session.h"
#include "wireshark/taps.h"

static char *index_filter(guint stream, guint sub_stream)
{
    (void)sub_stream;
    return g_strdup_printf("mptcpa.conn eq %u", stream);
}

/* For the connection of the packet that the user looks at. */
static char *conversation_filter(epan_dissect_t *edt, packet_info *pinfo, guint *stream,
                                 guint *sub_stream)
{
    const struct packet_facts *facts = packet_facts_of_frame(pinfo);
    (void)edt;
    (void)sub_stream;
    if (!facts || !facts->fed.has_connection)
        return NULL;
    *stream = facts->fed.connection;
    return index_filter(*stream, 0);
}

/* The ends of a subflow: what it carried of the stream. */
static char *address_filter(address *source, address *destination, int source_port,
                            int destination_port)
{
    const char *field = source->type == AT_IPv6 ? "ipv6.addr" : "ip.addr";
    char *from = address_to_str(NULL, source), *to = address_to_str(NULL, destination);
    char *filter = g_strdup_printf("%s == %s && tcp.port == %d && %s == %s && tcp.port == %d",
                                   field, from, source_port, field, to, destination_port);
    wmem_free(NULL, from);
    wmem_free(NULL, to);
    return filter;
}

static char *port_name(wmem_allocator_t *allocator, guint port)
{
    return wmem_strdup_printf(allocator, "%u", port);
}

/* ---- Octets ---------------------------------------------------------------------------------- */

static void add_record(follow_info_t *info, const packet_info *pinfo,
                       const struct packet_facts *facts, GByteArray *octets)
{
    follow_record_t *record = g_new0(follow_record_t, 1);
    record->is_server = facts->fed.by == MPTA_SERVER;
    record->packet_num = pinfo->num;
    record->abs_ts = pinfo->abs_ts;
    record->data = octets;
    info->bytes_written[record->is_server] += octets->len;
    info->payload = g_list_prepend(info->payload, record);
}

static GByteArray *octets_of(const struct tapped *tapped, const struct delivery *delivery)
{
    GByteArray *octets = g_byte_array_sized_new((guint)delivery->len);
    for (size_t i = 0; i < delivery->piece_count; i++) {
        const struct piece *piece = &delivery->pieces[i];
        const guint8 *at = piece->octets
                               ? piece->octets
                               : tvb_get_ptr(tapped->tvb, (gint)piece->at, (gint)piece->len);
        g_byte_array_append(octets, at, piece->len);
    }
    return octets;
}

static GByteArray *words_for_hole(uint64_t len)
{
    char *words =
        g_strdup_printf("[%" G_GUINT64_FORMAT " bytes missing in capture file]", (guint64)len);
    return g_byte_array_new_take((guint8 *)words, strlen(words));
}

static void take_ends(follow_info_t *info, const struct stream_pair *pair)
{
    if (info->client_port != 0)
        return;
    info->client_port = pair->ports[MPTA_CLIENT];
    info->server_port = pair->ports[MPTA_SERVER];
    copy_address(&info->client_ip, &pair->addresses[MPTA_CLIENT]);
    copy_address(&info->server_ip, &pair->addresses[MPTA_SERVER]);
}

static tap_packet_status listen(void *context, packet_info *pinfo, epan_dissect_t *edt,
                                const void *data, tap_flags_t flags)
{
    follow_info_t *info = context;
    const struct tapped *tapped = data;
    (void)edt;
    (void)flags;
    take_ends(info, tapped->pair);
    for (const struct delivery *delivery = tapped->facts->deliveries; delivery;
         delivery = delivery->next) {
        if (delivery->skipped > 0)
            add_record(info, pinfo, tapped->facts, words_for_hole(delivery->skipped));
        add_record(info, pinfo, tapped->facts, octets_of(tapped, delivery));
    }
    return TAP_PACKET_DONT_REDRAW;
}

/* ---- Registration ---------------------------------------------------------------------------- */

#if WS_SINCE(4, 2)
static guint32 stream_count(void)
{
    return session_connection_count();
}

void follow_register(int protocol)
{
    register_follow_stream(protocol, TAP_STREAMS, conversation_filter, index_filter, address_filter,
                           port_name, listen, stream_count, NULL);
}
#else
void follow_register(int protocol)
{
    register_follow_stream(protocol, TAP_STREAMS, conversation_filter, index_filter, address_filter,
                           port_name, listen);
}
#endif
