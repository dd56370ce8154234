/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Data: DSS options with their DATA_ACKs, mappings and checksums, and the segments that carry them
 * (RFC 8684 section 3.3). A host's stream is a function of the offset, so that octets may be sent
 * in any order and as often as a story wants.
 */
#include "tests/forge/forge.h"

#include <assert.h>

#include "dissector/wire.h"

uint32_t forge_ssn(const struct forge_subflow *subflow, enum mpta_side side, uint32_t seq)
{
    return seq - subflow->ends[side].ssn_zero;
}

void forge_add_payload(const struct forge_subflow *subflow, enum mpta_side side,
                       struct forge_segment *segment, uint64_t offset, size_t length)
{
    assert(length <= FORGE_PAYLOAD_MAX);
    forge_stream(forge_host_of(subflow, side), offset, segment->payload, length);
    segment->payload_len = length;
}

/* ---- Checksums ------------------------------------------------------------------------------ */

/* RFC 8684 section 3.3.1: the DSN counts with all its 64 bits whatever travels. */
uint16_t forge_dss_checksum(uint64_t dsn, uint32_t ssn, uint16_t data_len, const uint8_t *payload,
                            size_t payload_len)
{
    uint8_t pseudo_header[16];
    struct wire_writer writer = wire_writer_of(pseudo_header, sizeof pseudo_header);
    wire_put(&writer, dsn, 8);
    wire_put(&writer, ssn, 4);
    wire_put(&writer, data_len, 2);
    wire_put(&writer, 0, 2);
    uint32_t sum = forge_sum(0, pseudo_header, sizeof pseudo_header);
    return (uint16_t)~forge_sum_fold(forge_sum(sum, payload, payload_len));
}

/* RFC 8684 section 3.1: checksums are used if either host asked for them. */
static bool checksums_used(const struct forge_connection *connection)
{
    return (connection->hosts[MPTA_CLIENT].flags | connection->hosts[MPTA_SERVER].flags) &
           MPTA_CAPABLE_A;
}

static uint16_t mapping_data_len(const struct forge_mapping *mapping)
{
    return (uint16_t)(mapping->length + (mapping->data_fin ? 1 : 0));
}

static uint16_t mapping_checksum(const struct forge_subflow *subflow, enum mpta_side side,
                                 const struct forge_mapping *mapping)
{
    uint8_t payload[FORGE_PAYLOAD_MAX];
    assert(mapping->length <= sizeof payload);
    forge_stream(forge_host_of(subflow, side), mapping->offset, payload, mapping->length);
    return forge_dss_checksum(forge_dsn(subflow, side, mapping->offset), mapping->ssn,
                              mapping_data_len(mapping), payload, mapping->length);
}

/* ---- DSS ------------------------------------------------------------------------------------ */

static uint64_t dsn_cut(uint64_t dsn, bool is_32)
{
    return is_32 ? (uint32_t)dsn : dsn;
}

struct mpta_dss *forge_add_data_ack(const struct forge_subflow *subflow, enum mpta_side side,
                                    struct forge_segment *segment)
{
    const struct forge_host *own = forge_host_of(subflow, side);
    const struct forge_host *peer = forge_host_of(subflow, forge_peer_of(side));
    struct mpta_dss *dss = &forge_segment_add(segment, MPTA_DSS)->dss;
    dss->has_ack = true;
    dss->ack_is_64 = !own->ack_is_32;
    dss->data_ack = dsn_cut(forge_dsn(subflow, forge_peer_of(side), peer->next), own->ack_is_32);
    return dss;
}

struct mpta_dss *forge_add_mapping(const struct forge_subflow *subflow, enum mpta_side side,
                                   struct forge_segment *segment,
                                   const struct forge_mapping *mapping)
{
    const struct forge_host *host = forge_host_of(subflow, side);
    struct mpta_dss *dss = forge_add_data_ack(subflow, side, segment);
    dss->has_map = true;
    dss->data_fin = mapping->data_fin;
    dss->dsn_is_64 = !host->dsn_is_32;
    dss->dsn = dsn_cut(forge_dsn(subflow, side, mapping->offset), host->dsn_is_32);
    dss->ssn = mapping->ssn;
    dss->data_len = mapping_data_len(mapping);
    dss->has_checksum = checksums_used(subflow->connection);
    dss->checksum = dss->has_checksum ? mapping_checksum(subflow, side, mapping) : 0;
    return dss;
}

/* MP_CAPABLE with data: the mapping is implied, SSN 1 and IDSN + 1, RFC 8684 section 3.1. */
static void add_capable_mapping(const struct forge_subflow *subflow, struct forge_segment *segment,
                                const struct forge_mapping *mapping)
{
    const struct forge_host *own = forge_host_of(subflow, MPTA_CLIENT);
    struct mpta_mp_capable *capable = &forge_segment_add(segment, MPTA_MP_CAPABLE)->capable;
    assert(mapping->offset == 0 && mapping->ssn == 1);
    *capable = (struct mpta_mp_capable){
        .version = (uint8_t)subflow->connection->version,
        .flags = own->flags,
        .has_sender_key = true,
        .has_receiver_key = true,
        .has_data_len = true,
        .has_checksum = checksums_used(subflow->connection),
        .sender_key = own->key,
        .receiver_key = forge_host_of(subflow, MPTA_SERVER)->key,
        .data_len = mapping->length,
    };
    capable->checksum = capable->has_checksum ? mapping_checksum(subflow, MPTA_CLIENT, mapping) : 0;
}

/* ---- Segments with data --------------------------------------------------------------------- */

void forge_data_mapped(struct forge_subflow *subflow, enum mpta_side side, uint32_t ssn,
                       uint64_t offset, uint16_t length, const struct forge_mapping *mapping)
{
    uint16_t push = forge_host_of(subflow, side)->more_queued ? 0 : MPTA_TCP_PSH;
    struct forge_segment segment = forge_segment(subflow, side, push | MPTA_TCP_ACK);
    segment.seq = subflow->ends[side].ssn_zero + ssn;
    forge_add_payload(subflow, side, &segment, offset, length);
    if (mapping && subflow->capable_due && side == MPTA_CLIENT) {
        add_capable_mapping(subflow, &segment, mapping);
        subflow->capable_due = false;
    } else if (mapping) {
        forge_add_mapping(subflow, side, &segment, mapping);
    }
    forge_emit(subflow, side, &segment);
}

void forge_retransmit(struct forge_subflow *subflow, enum mpta_side side, uint32_t ssn,
                      uint64_t offset, uint16_t length)
{
    const struct forge_mapping mapping = {.offset = offset, .ssn = ssn, .length = length};
    forge_data_mapped(subflow, side, ssn, offset, length,
                      subflow->connection->fell_back ? NULL : &mapping);
}

void forge_reinject(struct forge_subflow *subflow, enum mpta_side side, uint64_t offset,
                    uint16_t length)
{
    forge_retransmit(subflow, side, forge_ssn(subflow, side, subflow->ends[side].next), offset,
                     length);
}

void forge_data(struct forge_subflow *subflow, enum mpta_side side, uint16_t length)
{
    struct forge_host *host = forge_host_of(subflow, side);
    forge_reinject(subflow, side, host->next, length);
    host->next += length;
}

void forge_ack(struct forge_subflow *subflow, enum mpta_side side)
{
    struct forge_segment segment = forge_segment(subflow, side, MPTA_TCP_ACK);
    if (!subflow->connection->fell_back) {
        forge_add_data_ack(subflow, side, &segment);
    }
    forge_emit(subflow, side, &segment);
}

void forge_send(struct forge_subflow *subflow, enum mpta_side side, uint16_t length)
{
    forge_data(subflow, side, length);
    forge_ack(subflow, forge_peer_of(side));
}

/*
 * RFC 8684 section 3.7: a data-level length of 0, with a checksum of 0 where checksums are used.
 * What follows is not MPTCP any more.
 */
void forge_infinite_mapping(struct forge_subflow *subflow, enum mpta_side side, uint16_t length)
{
    struct forge_host *host = forge_host_of(subflow, side);
    struct forge_segment segment = forge_segment(subflow, side, MPTA_TCP_PSH | MPTA_TCP_ACK);
    const struct forge_mapping mapping = {.offset = host->next,
                                          .ssn = forge_ssn(subflow, side, segment.seq)};
    forge_add_payload(subflow, side, &segment, host->next, length);
    forge_add_mapping(subflow, side, &segment, &mapping)->checksum = 0;
    forge_emit(subflow, side, &segment);
    host->next += length;
    subflow->connection->fell_back = true;
}

/* RFC 8684 section 3.3.3: without data it is a mapping of length 1 at SSN 0. */
void forge_data_fin(struct forge_subflow *subflow, enum mpta_side side)
{
    struct forge_host *host = forge_host_of(subflow, side);
    struct forge_segment segment = forge_segment(subflow, side, MPTA_TCP_ACK);
    const struct forge_mapping mapping = {.offset = host->next, .data_fin = true};
    forge_add_mapping(subflow, side, &segment, &mapping);
    forge_emit(subflow, side, &segment);
    host->next++;
}

void forge_data_close(struct forge_subflow *subflow)
{
    forge_data_fin(subflow, MPTA_CLIENT);
    forge_ack(subflow, MPTA_SERVER);
    forge_data_fin(subflow, MPTA_SERVER);
    forge_ack(subflow, MPTA_CLIENT);
}
