/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Bindings are made by outgoing segments, one an inside address and port, and never expire: a run
 * of the lab is shorter than any timeout of a real translator.
 */
#include "tests/lab/nat.h"

static size_t nat_find(const struct nat *nat, const struct mpta_address *inside, uint16_t port)
{
    size_t i = 0;

    while (i < nat->binding_count &&
           !(nat->bindings[i].port == port && mpta_address_equal(&nat->bindings[i].inside, inside)))
        i++;
    return i;
}

bool nat_leave(struct nat *nat, struct packet_view *view)
{
    const struct mpta_segment *segment = &view->segment;
    size_t i = nat_find(nat, &segment->src, segment->src_port);

    if (segment->src.family != nat->outside.family || i == NAT_BINDINGS_MAX)
        return false;
    if (i == nat->binding_count)
        nat->bindings[nat->binding_count++] =
            (struct nat_binding){.inside = segment->src, .port = segment->src_port};
    packet_readdress(view, PACKET_SRC, &nat->outside, (uint16_t)(NAT_FIRST_PORT + i));
    return true;
}

bool nat_return(const struct nat *nat, struct packet_view *view)
{
    size_t i = (size_t)view->segment.dst_port - NAT_FIRST_PORT;

    if (view->segment.dst_port < NAT_FIRST_PORT || i >= nat->binding_count ||
        !mpta_address_equal(&view->segment.dst, &nat->outside))
        return false;
    packet_readdress(view, PACKET_DST, &nat->bindings[i].inside, nat->bindings[i].port);
    return true;
}
