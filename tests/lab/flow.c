/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The flow table. A SYN begins a flow anew, so a reused port does not inherit what its forerunner
 * did; a flow that began before the emulator counts as opened by whoever is seen first.
 */
#include "tests/lab/flow.h"

#include <stdlib.h>

static size_t flow_bucket(const uint16_t port[SIDES])
{
    return (port[C2S] * 31U + port[S2C]) % FLOW_BUCKETS;
}

static bool flow_matches(const struct flow *flow, const struct flow *key)
{
    return flow->port[C2S] == key->port[C2S] && flow->port[S2C] == key->port[S2C] &&
           mpta_address_equal(&flow->address[C2S], &key->address[C2S]) &&
           mpta_address_equal(&flow->address[S2C], &key->address[S2C]);
}

static struct flow flow_key(const struct mpta_segment *segment, enum direction direction)
{
    struct flow key = {.opener = direction};

    key.address[direction] = segment->src;
    key.port[direction] = segment->src_port;
    key.address[!direction] = segment->dst;
    key.port[!direction] = segment->dst_port;
    return key;
}

static struct flow *flow_find_or_add(struct flow_table *table, const struct flow *key)
{
    struct flow **head = &table->buckets[flow_bucket(key->port)];
    struct flow *flow = *head;

    while (flow != NULL && !flow_matches(flow, key))
        flow = flow->next;
    if (flow != NULL)
        return flow;
    flow = malloc(sizeof *flow);
    if (flow == NULL)
        return NULL;
    *flow = *key;
    flow->next = *head;
    return *head = flow;
}

static void flow_begin(struct flow *flow, enum direction opener)
{
    flow->opener = opener;
    flow->third_ack_seen = false;
    flow->payload_octets = 0;
}

static unsigned flow_stage(struct flow *flow, uint16_t tcp_flags, enum direction direction)
{
    if (tcp_flags & MPTA_TCP_SYN)
        return tcp_flags & MPTA_TCP_ACK ? STAGE_SYN_ACK : STAGE_SYN;
    if (direction != flow->opener || flow->third_ack_seen)
        return STAGE_LATER;
    flow->third_ack_seen = true;
    return STAGE_THIRD_ACK;
}

struct flow *flow_note(struct flow_table *table, const struct mpta_segment *segment,
                       enum direction direction, unsigned *stages)
{
    struct flow key = flow_key(segment, direction);
    struct flow *flow = flow_find_or_add(table, &key);

    if (flow == NULL)
        return NULL;
    *stages = flow_stage(flow, segment->flags, direction);
    if (*stages == STAGE_SYN)
        flow_begin(flow, direction);
    if (segment->payload_len > 0)
        *stages |= STAGE_DATA;
    return flow;
}

void flow_table_free(struct flow_table *table)
{
    for (size_t i = 0; i < FLOW_BUCKETS; i++) {
        struct flow *next;
        for (struct flow *flow = table->buckets[i]; flow != NULL; flow = next) {
            next = flow->next;
            free(flow);
        }
        table->buckets[i] = NULL;
    }
}
