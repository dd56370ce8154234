/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Link layers, tunnels and fragments are Wireshark's business; of IP the tracker wants addresses,
 * hop limit and identification, and the octets of TCP it reads by itself.
 */
#include "wireshark/segment.h"

#include <epan/dissectors/packet-ip.h>
#include <string.h>

#include "wireshark/compat.h"

#define HEADER_LEN    20
#define IP_HEADER_LEN 20

static bool address_make(const address *from, struct mpta_address *to)
{
    *to = (struct mpta_address){0};
    if (from->type != AT_IPv4 && from->type != AT_IPv6)
        return false;
    to->family = from->type == AT_IPv4 ? 4 : 6;
    memcpy(to->octets, from->data, to->family == 4 ? 4 : sizeof(to->octets));
    return true;
}

/* Where IP says nothing else of its length, it has no extension and was not put together. */
static bool ends_where_ip_says(void *ip, size_t tcp_len)
{
    const ws_ip4 *ip4 = WS_IP4_PTR(ip);
    const ws_ip6 *ip6 = WS_IP6_PTR(ip);
    return (ip4 && ip4->ip_len == IP_HEADER_LEN + tcp_len) || (ip6 && ip6->ip6_len == tcp_len);
}

static void take_ip(void *ip, struct mpta_segment *segment)
{
    const ws_ip4 *ip4 = WS_IP4_PTR(ip);
    const ws_ip6 *ip6 = WS_IP6_PTR(ip);
    if (ip4) {
        segment->hop_limit = ip4->ip_ttl;
        segment->ip_id_present = true;
        segment->ip_id = ip4->ip_id;
    } else if (ip6) {
        segment->hop_limit = ip6->ip6_hop;
    }
}

/* Options and payload, as far as they were captured. Only a first fragment may end before. */
static void take_parts(tvbuff_t *tvb, size_t header_len, struct mpta_segment *segment)
{
    size_t captured = tvb_captured_length(tvb), reported = tvb_reported_length(tvb);
    const uint8_t *octets = tvb_get_ptr(tvb, 0, (int)captured);
    size_t header_captured = captured < header_len ? captured : header_len;
    if (reported < header_len)
        reported = header_len;
    segment->options = octets + HEADER_LEN;
    segment->options_len = header_len - HEADER_LEN;
    segment->options_captured = header_captured - HEADER_LEN;
    segment->payload = octets + header_captured;
    segment->payload_len = (uint32_t)(reported - header_len);
    segment->payload_captured = (uint32_t)(captured - header_captured);
}

enum segment_found segment_make(tvbuff_t *tvb, const packet_info *pinfo, void *ip,
                                struct mpta_segment *segment)
{
    *segment = (struct mpta_segment){.fragmented = pinfo->fragmented};
    if (!address_make(&pinfo->src, &segment->src) || !address_make(&pinfo->dst, &segment->dst) ||
        tvb_reported_length(tvb) < HEADER_LEN)
        return SEGMENT_OTHER;
    if (tvb_captured_length(tvb) < HEADER_LEN)
        return SEGMENT_CUT;
    size_t header_len = (size_t)(tvb_get_uint8(tvb, 12) >> 4) * 4;
    bool too_long = header_len > tvb_reported_length(tvb) && !pinfo->fragmented;
    if (header_len < HEADER_LEN || too_long)
        return SEGMENT_OTHER;
    segment->src_port = tvb_get_ntohs(tvb, 0);
    segment->dst_port = tvb_get_ntohs(tvb, 2);
    segment->seq = tvb_get_ntohl(tvb, 4);
    segment->ack = tvb_get_ntohl(tvb, 8);
    segment->flags = tvb_get_ntohs(tvb, 12) & 0x1ff;
    segment->window = tvb_get_ntohs(tvb, 14);
    segment->checksum = tvb_get_ntohs(tvb, 16);
    if (tvb_captured_length(tvb) == tvb_reported_length(tvb) && !pinfo->fragmented &&
        ends_where_ip_says(ip, tvb_reported_length(tvb)))
        segment->octets = tvb_get_ptr(tvb, 0, (int)tvb_captured_length(tvb));
    take_ip(ip, segment);
    take_parts(tvb, header_len, segment);
    return SEGMENT_WHOLE;
}
