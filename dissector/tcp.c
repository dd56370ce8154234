/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The TCP header, RFC 9293 section 3.1. Its options are found but not read.
 */
#include "dissector/layer.h"

#define TCP_FIXED_LEN 20

/* The segment, if its checksum can be judged. */
static const uint8_t *whole_octets(const struct dissection *d)
{
    bool whole = d->wire.captured == d->wire.left && !d->is_short && !d->segment.fragmented &&
                 !d->segment.super_segment;
    return whole ? d->wire.at : NULL;
}

/* Splits what follows the fixed header into options and payload. */
static void rest_decode(struct wire *wire, size_t options_len, struct mpta_segment *segment)
{
    /* Fewer octets than the data offset says are left only in a first fragment. */
    struct wire options = wire_child(wire, options_len < wire->left ? options_len : wire->left);
    segment->options = options.at;
    segment->options_len = options_len;
    segment->options_captured = options.captured;
    segment->payload = wire->at;
    segment->payload_len = (uint32_t)wire->left;
    segment->payload_captured = (uint32_t)wire->captured;
}

enum layer mpta_layer_tcp(struct dissection *d)
{
    struct mpta_segment *segment = &d->segment;
    segment->octets = whole_octets(d);
    struct wire wire = d->wire; /* whose fields compilers may so keep in registers */
    segment->src_port = wire_u16(&wire);
    segment->dst_port = wire_u16(&wire);
    segment->seq = wire_u32(&wire);
    segment->ack = wire_u32(&wire);
    uint16_t offset_flags = wire_u16(&wire);
    segment->flags = offset_flags & 0x1ff;
    segment->window = wire_u16(&wire);
    segment->checksum = wire_u16(&wire);
    wire_skip(&wire, 2); /* urgent pointer */
    d->wire = wire;

    size_t header_len = (size_t)(offset_flags >> 12) * 4;
    bool too_long = header_len > TCP_FIXED_LEN + wire.left && !segment->fragmented;
    if (header_len < TCP_FIXED_LEN || too_long) {
        return LAYER_END_MALFORMED;
    }
    rest_decode(&d->wire, header_len - TCP_FIXED_LEN, segment);
    return LAYER_END_TCP;
}
